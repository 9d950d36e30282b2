//! A bulletin in one language, as channels lay it out.

use super::marks::Marks;
use super::notice::Notice;
use super::tidy;
use crate::domain::bulletin::Language;

/// The parts of a text in one language. Titles and actions are single lines; nothing is marked yet.
pub struct Words<'t> {
    pub language: Language,
    pub marks: Marks,
    pub title: String,
    pub document_number: Option<&'t str>,
    pub action: Option<String>,
    /// None when only title and action exist in this language.
    pub body: Option<&'t str>,
    pub sms: Option<String>,
    pub signed_body: &'t str,
    pub signed_date: &'t str,
    pub link: Option<&'t str>,
    pub signature: Option<&'t str>,
}

impl<'t> Words<'t> {
    /// None when the text does not exist in that language. Chinese always does.
    pub fn of(notice: &Notice<'t>, language: Language) -> Option<Self> {
        let (text, link) = (notice.text, notice.about.link);
        let signature = notice.about.signature;
        let marks = Marks::new(notice.about.drill, language);
        let line = |field: &Option<String>| {
            field
                .as_deref()
                .map(tidy::line)
                .filter(|field| !field.is_empty())
        };
        let document_number = text.document_number.as_deref();
        match language {
            Language::ZhCn => Some(Self {
                language,
                marks,
                title: marks.bare(&tidy::line(&text.title)).to_owned(),
                document_number,
                action: line(&text.action),
                body: Some(&text.text),
                sms: line(&text.sms),
                signed_body: &text.signed_body,
                signed_date: &text.signed_date,
                link,
                signature,
            }),
            Language::En => {
                let says_something =
                    text.text_en.is_some() || text.action_en.is_some() || text.sms_en.is_some();
                let title = line(&text.title_en).filter(|_| says_something)?;
                Some(Self {
                    language,
                    marks,
                    title: marks.bare(&title).to_owned(),
                    document_number,
                    action: line(&text.action_en),
                    body: text
                        .text_en
                        .as_deref()
                        .filter(|body| !body.trim().is_empty()),
                    sms: line(&text.sms_en),
                    signed_body: text.signed_body_en.as_deref().unwrap_or(&text.signed_body),
                    signed_date: text.signed_date_en.as_deref().unwrap_or(&text.signed_date),
                    link,
                    signature,
                })
            }
        }
    }

    pub fn choose<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        match self.language {
            Language::ZhCn => zh,
            Language::En => en,
        }
    }

    /// The body's paragraphs; one that says where the text is when there is none in this language.
    pub fn paragraphs(&self) -> Vec<String> {
        match (self.body, self.link) {
            (Some(body), _) => body
                .split("\n\n")
                .filter(|paragraph| !paragraph.trim().is_empty())
                .map(str::to_owned)
                .collect(),
            (None, Some(link)) => vec![format!("The full text is in Chinese: {link}")],
            (None, None) => vec!["The full text is in Chinese.".to_owned()],
        }
    }

    /// Body and date, one under the other.
    pub fn signature(&self) -> Option<String> {
        let lines: Vec<_> = [self.signed_body, self.signed_date]
            .into_iter()
            .filter(|line| !line.is_empty())
            .collect();
        Some(lines.join("\n")).filter(|signature| !signature.is_empty())
    }

    /// Everything, paragraph by paragraph: title, document number, action, body, signature.
    pub fn blocks(&self) -> Vec<String> {
        let mut head = self.title.clone();
        if let Some(number) = self.document_number {
            head.push('\n');
            head.push_str(number);
        }
        let mut out = vec![head];
        out.extend(self.action.clone());
        out.extend(self.paragraphs());
        out.extend(self.signature());
        out
    }
}
