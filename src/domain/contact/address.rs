//! What counts as an address of each kind, and the one form in which each is kept.

use std::fmt;

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AddressKind {
    /// A mobile number of mainland China: eleven digits, the first a 1.
    Sms,
    Email,
    /// A chat's number or an @name.
    Telegram,
}

/// Why a text is no address. Says what is wrong without repeating the whole of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadAddress(String);

impl AddressKind {
    pub const ALL: [Self; 3] = [Self::Sms, Self::Email, Self::Telegram];

    pub fn code(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Email => "email",
            Self::Telegram => "telegram",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// `text` as it is kept: numbers without country code and separators, mail domains in lower case.
    ///
    /// # Errors
    /// When it cannot be an address of this kind; says what one looks like.
    pub fn read(self, text: &str) -> Result<String, BadAddress> {
        match self {
            Self::Sms => phone(text),
            Self::Email => mailbox(text),
            Self::Telegram => chat(text),
        }
    }
}

impl fmt::Display for AddressKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

fn phone(text: &str) -> Result<String, BadAddress> {
    let bad = |what: String| {
        Err(BadAddress(format!(
            "{what}; a mobile number is 11 digits beginning with 1"
        )))
    };
    if text.starts_with(|c: char| c.is_ascii_digit()) && text.contains(['E', 'e']) {
        return bad(
            "it was rounded by a spreadsheet (such as 1.38E+10): format the column as text".into(),
        );
    }
    let mut digits = String::with_capacity(16);
    let plus = text.trim_start().starts_with(['+', '＋']);
    for c in text.trim().chars() {
        match c {
            '0'..='9' => digits.push(c),
            // Input methods leave full-width digits in forms.
            '０'..='９' => digits.extend(char::from_u32(
                u32::from(c) - u32::from('０') + u32::from('0'),
            )),
            ' ' | '\u{a0}' | '\u{3000}' | '-' | '－' | '–' | '(' | ')' | '（' | '）' => {}
            '+' | '＋' if digits.is_empty() => {}
            c => return bad(format!("it holds {c:?}")),
        }
    }
    let national = match digits.strip_prefix("0086") {
        Some(rest) => rest,
        None if plus || digits.len() == 13 => digits.strip_prefix("86").unwrap_or(&digits),
        None => &digits,
    };
    if plus && national.len() == digits.len() {
        return bad("it belongs to another country".into());
    }
    if national.len() != 11 {
        return bad(format!("it has {} digits", national.len()));
    }
    if !national.starts_with('1') {
        return bad("it begins with another digit, as fixed lines do".into());
    }
    Ok(national.to_owned())
}

fn mailbox(text: &str) -> Result<String, BadAddress> {
    let bad = |what: &str| {
        Err(BadAddress(format!(
            "{what}; a mail address looks like name@example.org"
        )))
    };
    let text = text.trim();
    if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return bad("it holds a space or a line break");
    }
    let Some((user, domain)) = text.split_once('@') else {
        return bad("it has no @");
    };
    if domain.contains('@') {
        return bad("it has more than one @");
    }
    if text.len() > 254 || user.len() > 64 {
        return bad("it is longer than mail addresses may be");
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    if user.is_empty() || !user.chars().all(allowed) {
        return bad(
            "the part before the @ is empty or holds other than ASCII letters, digits and !#$%&'*+-/=?^_`{|}~.",
        );
    }
    if user.starts_with('.') || user.ends_with('.') || user.contains("..") {
        return bad("the part before the @ begins or ends with a dot, or has two in a row");
    }
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c == '-' || c.is_alphanumeric())
    };
    if !domain.contains('.') || !domain.split('.').all(label) {
        return bad("the part after the @ is no domain name");
    }
    Ok(format!("{user}@{}", domain.to_ascii_lowercase()))
}

fn chat(text: &str) -> Result<String, BadAddress> {
    let text = text.trim();
    let number = text.strip_prefix('-').unwrap_or(text);
    let name = text.strip_prefix('@').unwrap_or_default();
    let is_number = (1..=18).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    let is_name = (5..=32).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if is_number || is_name {
        return Ok(text.to_owned());
    }
    Err(BadAddress(
        "it is neither a chat's number nor an @name of 5 to 32 letters, digits and _".into(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_come_in_many_forms_and_are_kept_in_one() {
        for text in [
            "13800001234",
            " +86 138-0000-1234 ",
            "0086 138 0000 1234",
            "8613800001234",
            "（+86）13800001234",
            "１３８００００１２３４",
        ] {
            assert_eq!(
                AddressKind::Sms.read(text).as_deref(),
                Ok("13800001234"),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_mobile_number_is_told_why() {
        for (text, why) in [
            ("1380000123", "10 digits"),
            ("138000012345", "12 digits"),
            ("02512345678", "fixed lines"),
            ("+1 415 555 0100", "another country"),
            ("1.38E+10", "spreadsheet"),
            ("138****1234", "'*'"),
            ("", "0 digits"),
        ] {
            let said = AddressKind::Sms.read(text).unwrap_err().to_string();
            assert!(said.contains(why), "{text}: {said}");
        }
    }

    #[test]
    fn mail_addresses_are_checked_before_anything_is_sent_to_them() {
        for (text, kept) in [
            ("Zhang.San+news@Example.ORG", "Zhang.San+news@example.org"),
            ("duty@示例.中国", "duty@示例.中国"),
        ] {
            assert_eq!(AddressKind::Email.read(text).as_deref(), Ok(kept));
        }
        for text in [
            "a@b@c.org",
            "a b@c.org",
            "a@c.org\r\nBcc: x@y.org",
            "@c.org",
            "a@c",
            "a@-c.org",
            "a..b@c.org",
            "<a@c.org>",
            "a,b@c.org",
        ] {
            assert!(AddressKind::Email.read(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn chats_are_numbers_or_names() {
        for text in ["123456789", "-1001234567890", "@shili_fabu"] {
            assert_eq!(AddressKind::Telegram.read(text).as_deref(), Ok(text));
        }
        for text in ["shili_fabu", "@abc", "@1abcdef", "12a", "-", ""] {
            assert!(AddressKind::Telegram.read(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_was_read_once_reads_the_same_again(text in "\\PC{0,30}|\\+?(86)?1[0-9 -]{10,14}|[a-z.]{1,9}@[a-z.]{1,9}") {
            for kind in AddressKind::ALL {
                if let Ok(kept) = kind.read(&text) {
                    prop_assert_eq!(kind.read(&kept), Ok(kept.clone()));
                    prop_assert!(!kept.chars().any(|c| c.is_control() || c.is_whitespace()));
                }
            }
        }
    }
}
