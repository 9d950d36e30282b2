//! The bytes of a message. All but four header lines are the same for every recipient, so they are encoded once per
//! rendering and copied.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lettre::Address;
use lettre::address::Envelope;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use sha2::{Digest, Sha256};

use super::address;
use crate::channel::ChannelError;
use crate::domain::bulletin::{Rendering, hex};
use crate::domain::channel::{ChannelDef, EmailDef};
use crate::domain::time::{Moment, from_millis};

/// Who the mail comes from.
pub(super) struct Sender {
    from: Mailbox,
    reply_to: Option<Mailbox>,
}

impl Sender {
    pub fn new(def: &ChannelDef, section: &EmailDef) -> Result<Self, ChannelError> {
        let mailbox = |key: &str, text: &str, name: Option<String>| {
            address::parse(text)
                .map(|address| Mailbox::new(name.map(|n| one_line(&n)), address))
                .map_err(|why| ChannelError::bad_value(def, key, why))
        };
        let reply_to = section.reply_to.as_ref();
        Ok(Self {
            from: mailbox("from", &section.from, section.from_name.clone())?,
            reply_to: reply_to
                .map(|text| mailbox("reply-to", text, None))
                .transpose()?,
        })
    }

    pub fn address(&self) -> &Address {
        &self.from.email
    }
}

/// A rendering ready for the wire, but for its recipient.
pub(super) struct Letter {
    /// Header lines and body, with dots at the start of a line doubled and the final dot, as SMTP wants it.
    common: String,
    domain: String,
}

impl Letter {
    pub fn new(sender: &Sender, rendering: &Rendering) -> Result<Self, String> {
        let fault = |why: &dyn std::fmt::Display| {
            format!("the text could not be made into a mail: {why}; nothing was sent")
        };
        let subject = rendering.subject.as_deref();
        let subject = subject.or_else(|| rendering.text.lines().next());
        let subject = one_line(subject.unwrap_or_default());
        // The recipient is filled in by `to`; lettre wants an envelope and a date to build with.
        let from = sender.address().clone();
        let envelope = Envelope::new(Some(from.clone()), vec![from]).map_err(|e| fault(&e))?;
        let mut builder = Message::builder()
            .envelope(envelope)
            .date(from_millis(0).into())
            .from(sender.from.clone())
            .subject(&*subject)
            .raw_header(raw("Auto-Submitted", "auto-generated"))
            .raw_header(raw("Content-Language", rendering.language.code()));
        if let Some(reply_to) = &sender.reply_to {
            builder = builder.reply_to(reply_to.clone());
        }
        let plain = SinglePart::plain(rendering.text.clone());
        let message = match &rendering.html {
            Some(html) => builder.multipart(
                MultiPart::alternative()
                    .boundary(boundary(rendering))
                    .singlepart(plain)
                    .singlepart(SinglePart::html(html.clone())),
            ),
            None => builder.singlepart(plain),
        };
        let mut message = message.map_err(|e| fault(&e))?;
        message.headers_mut().remove_raw("Date");
        if subject.contains("=?") {
            message.headers_mut().insert_raw(encoded_whole(&subject));
        }
        let bytes = String::from_utf8(message.formatted()).map_err(|e| fault(&e))?;
        let mut common = bytes.replace("\r\n.", "\r\n..");
        common.push_str(if common.ends_with("\r\n") {
            ".\r\n"
        } else {
            "\r\n.\r\n"
        });
        let domain = sender.address().domain().to_owned();
        Ok(Self { common, domain })
    }

    /// The whole message for one recipient, final dot included.
    pub fn to(&self, to: &Address, key: &str, at: Moment) -> String {
        let id = message_id(key);
        let date = at.to_rfc2822();
        let Self { common, domain } = self;
        let mut out = String::with_capacity(common.len() + 256);
        for piece in [
            "To: ",
            to.as_ref(),
            "\r\nDate: ",
            &date,
            "\r\nMessage-ID: <",
            &id,
            "@",
            domain,
            ">\r\nX-Fabu-Delivery: ",
            &id,
            "\r\n",
            common,
        ] {
            out.push_str(piece);
        }
        out
    }
}

/// The key as it may stand in an id: the same for every try, so that a receiver can tell a repeat.
fn message_id(key: &str) -> String {
    let fit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    key.chars().map(|c| if fit(c) { c } else { '-' }).collect()
}

/// The same text gives the same bytes, so the line between the parts comes from the text.
fn boundary(rendering: &Rendering) -> String {
    let mut digest = Sha256::new();
    digest.update(&rendering.text);
    digest.update(rendering.html.as_deref().unwrap_or_default());
    format!("fabu-{}", hex(&digest.finalize()[..15]))
}

fn raw(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// A title that looks like an encoded word would be read by a mail program as what it encodes, and not as what was
/// signed: such a title is encoded whole.
fn encoded_whole(text: &str) -> HeaderValue {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        // 45 bytes are 60 characters of base64; with what stands around them they fit into the 75 of a word.
        let end = (0..=rest.len().min(45))
            .rev()
            .find(|end| rest.is_char_boundary(*end))
            .filter(|end| *end > 0)
            .unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        words.push(format!("=?utf-8?b?{}?=", STANDARD.encode(word)));
        rest = after;
    }
    let name = HeaderName::new_from_ascii_str("Subject");
    HeaderValue::dangerous_new_pre_encoded(name, text.to_owned(), words.join("\r\n "))
}

fn one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::bulletin::Language;

    fn sender() -> Sender {
        let mailbox = Mailbox::new(
            Some("示例市发布".into()),
            "fabu@shili.invalid".parse().unwrap(),
        );
        Sender {
            from: mailbox,
            reply_to: None,
        }
    }

    fn rendering(subject: &str, text: &str) -> Rendering {
        Rendering {
            channel: "mail".into(),
            language: Language::ZhCn,
            subject: Some(subject.into()),
            text: text.into(),
            html: Some(format!("<p>{text}</p>")),
            parts: Vec::new(),
            segments: None,
        }
    }

    fn mail(subject: &str, text: &str) -> String {
        let letter = Letter::new(&sender(), &rendering(subject, text)).unwrap();
        let to = "zhang@example.org".parse().unwrap();
        letter.to(&to, "L-01JC4Z.7", from_millis(1_777_600_800_000))
    }

    #[test]
    fn the_head_names_one_recipient_and_the_delivery() {
        let mail = mail("关于启动防汛四级应急响应的通告", "请做好转移准备。");
        let head = mail.split("\r\n\r\n").next().unwrap();
        for line in [
            "To: zhang@example.org",
            "Date: Fri, 1 May 2026 02:00:00 +0000",
            "Message-ID: <L-01JC4Z.7@shili.invalid>",
            "X-Fabu-Delivery: L-01JC4Z.7",
            "Auto-Submitted: auto-generated",
            "Content-Language: zh-CN",
        ] {
            assert!(head.lines().any(|l| l == line), "no {line:?} in\n{head}");
        }
        assert_eq!(head.matches("\r\nDate: ").count(), 1, "{head}");
        assert!(mail.is_ascii(), "{mail}");
    }

    #[test]
    fn a_subject_with_a_line_break_stays_one_header() {
        let mail = mail("通告\r\nBcc: everyone@example.org", "正文");
        assert!(!mail.contains("\r\nBcc:"), "{mail}");
    }

    #[test]
    fn a_title_that_looks_encoded_is_read_as_it_was_signed() {
        let hidden = "=?utf-8?B?5YWo5Z+O56uL5Y2z5pKk56a7?=";
        for title in [
            hidden.to_owned(),
            format!("通告 {hidden} {}", "长".repeat(60)),
        ] {
            let mail = mail(&title, "正文");
            assert!(!mail.contains(hidden), "{mail}");
            let (_, after) = mail.split_once("Subject: ").unwrap();
            let lines: Vec<&str> = after.split("\r\n").collect();
            let folded = 1 + lines[1..].iter().take_while(|l| l.starts_with(' ')).count();
            let mut read = Vec::new();
            for line in &lines[..folded] {
                let word = line.trim().strip_prefix("=?utf-8?b?").unwrap();
                assert!(line.len() <= 76 + "Subject: ".len(), "{line}");
                read.extend(STANDARD.decode(word.strip_suffix("?=").unwrap()).unwrap());
            }
            assert_eq!(String::from_utf8(read).unwrap(), title);
        }
    }

    #[test]
    fn a_line_that_is_a_dot_does_not_end_the_message() {
        let mail = mail("s", "first\n.\nsecond\n..third");
        assert_eq!(mail.matches("\r\n.\r\n").count(), 1, "{mail}");
        assert!(mail.ends_with("\r\n.\r\n"), "{mail}");
        assert!(
            mail.contains("\r\n..\r\n") && mail.contains("\r\n...third"),
            "{mail}"
        );
    }

    #[test]
    fn the_same_text_gives_the_same_bytes() {
        assert_eq!(mail("通告", "正文"), mail("通告", "正文"));
    }
}
