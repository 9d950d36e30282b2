//! The marks of a drill. They are set here and nowhere else, on every text of every channel, whatever the author wrote.

use crate::domain::bulletin::{BulletinText, Language};

/// What every text of a drill begins with.
pub const OPEN: &str = "【演练】";
/// What every text of a drill ends with.
pub const CLOSE: &str = "以上为演练";

/// Whether, and in which language, to mark.
#[derive(Debug, Clone, Copy)]
pub struct Marks {
    drill: bool,
    language: Language,
}

impl Marks {
    pub fn new(drill: bool, language: Language) -> Self {
        Self { drill, language }
    }

    /// What stands in front of a text.
    pub fn open(self) -> &'static str {
        match (self.drill, self.language) {
            (false, _) => "",
            (true, Language::ZhCn) => OPEN,
            (true, Language::En) => "【演练】[EXERCISE] ",
        }
    }

    /// What stands behind it, on the same line.
    pub fn close(self) -> &'static str {
        match (self.drill, self.language) {
            (false, _) => "",
            (true, Language::ZhCn) => CLOSE,
            (true, Language::En) => "This was an exercise. 以上为演练",
        }
    }

    /// A text of one line with both marks.
    pub fn line(self, text: &str) -> String {
        let text = self.bare(text);
        let gap = if self.drill { " " } else { "" };
        format!("{}{text}{gap}{}", self.open(), self.close())
    }

    /// A text of several lines with both marks, the last on a line of its own.
    pub fn block(self, text: &str) -> String {
        let text = self.bare(text);
        let gap = if self.drill { "\n\n" } else { "" };
        format!("{}{text}{gap}{}", self.open(), self.close())
    }

    /// A title with the opening mark alone; one that has it already keeps it.
    pub fn title(self, text: &str) -> String {
        format!("{}{}", self.open(), self.bare(text))
    }

    /// The text without the mark that an earlier hand set, so that it is set once.
    fn bare(self, text: &str) -> &str {
        if self.drill {
            text.strip_prefix(self.open().trim_end())
                .or_else(|| text.strip_prefix(OPEN))
                .unwrap_or(text)
                .trim_start()
        } else {
            text
        }
    }
}

/// A claim in `text` that this is no drill, as it is written there.
pub fn claim_of_reality(text: &BulletinText) -> Option<String> {
    let fields = [
        Some(&text.title),
        text.title_en.as_ref(),
        text.action.as_ref(),
        text.action_en.as_ref(),
        Some(&text.text),
        text.text_en.as_ref(),
        text.sms.as_ref(),
        text.sms_en.as_ref(),
    ];
    let claims = [
        "不是演练",
        "非演练",
        "notadrill",
        "notanexercise",
        "nodrill",
    ];
    fields.into_iter().flatten().find_map(|field| {
        // Spaces and punctuation inside the words do not make them less of a claim.
        let letters: Vec<(usize, char)> = field
            .char_indices()
            .filter(|(_, c)| c.is_alphanumeric())
            .collect();
        let squeezed: String = letters.iter().flat_map(|(_, c)| c.to_lowercase()).collect();
        claims
            .iter()
            .find(|claim| squeezed.contains(*claim))
            .map(|claim| (*claim).to_owned())
    })
}
