//! What counts as an address of each kind, and the one form in which each is kept.

pub mod mailbox;
pub mod phone;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::invisible::{ordinary, visible};
use crate::domain::phrase::{Phrase, phrase};

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
pub struct BadAddress(Phrase);

impl BadAddress {
    pub fn phrase(&self) -> Phrase {
        self.0.clone()
    }
}

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
            Self::Sms => phone::read(text),
            Self::Email => mailbox::read(text),
            Self::Telegram => chat(text),
        }
    }
}

impl AddressKind {
    /// What two addresses share that reach the same place. Nobody hands out `Zhang@` and `zhang@` to two people, and
    /// names of chats have no capitals.
    pub fn sameness(self, address: &str) -> String {
        format!("{}:{}", self.code(), address.to_lowercase())
    }
}

impl fmt::Display for AddressKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

fn chat(text: &str) -> Result<String, BadAddress> {
    let text =
        ordinary(&visible(text)).replace(['\u{2010}', '\u{2011}', '\u{2212}', '\u{2013}'], "-");
    let mut text = text.trim_matches(|c: char| c.is_whitespace() || "'\"`‘’“”".contains(c));
    text = text.strip_suffix(".0").unwrap_or(text);
    let linked = ["https://", "http://", ""]
        .into_iter()
        .filter_map(|scheme| text.strip_prefix(scheme))
        .find_map(|rest| {
            rest.strip_prefix("t.me/")
                .or_else(|| rest.strip_prefix("telegram.me/"))
        });
    let at = linked.map(|name| format!("@{name}"));
    let text = at.as_deref().unwrap_or(text);
    let number = text.strip_prefix('-').unwrap_or(text);
    let name = text.strip_prefix('@').unwrap_or_default();
    let is_number = (1..=18).contains(&number.len())
        && number.bytes().all(|b| b.is_ascii_digit())
        && number.bytes().any(|b| b != b'0');
    let is_name = (5..=32).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if is_number || is_name {
        return Ok(text.to_owned());
    }
    Err(BadAddress(phrase!("contact.bad.chat")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn chats_are_numbers_or_names() {
        for text in ["123456789", "-1001234567890", "@shili_fabu"] {
            assert_eq!(AddressKind::Telegram.read(text).as_deref(), Ok(text));
        }
        assert_eq!(
            AddressKind::Telegram
                .read("https://t.me/shili_fabu")
                .as_deref(),
            Ok("@shili_fabu")
        );
        for text in [
            "shili_fabu",
            "@abc",
            "@1abcdef",
            "12a",
            "-",
            "",
            "0",
            "1.23457E+12",
        ] {
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
