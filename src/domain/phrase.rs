//! A sentence for a person, kept as what it says and of what. Its words are put at the rim, in the reader's language, by
//! `words::say`; nothing here knows them.

use std::borrow::Cow;

use super::clip::clip;
use super::time::{Span, span_zh};

/// What is said, by the name of the words, and what fills their blanks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Phrase {
    /// `check.citation-expired` stands in `locales/*/said/check.toml`; empty for somebody else's words.
    pub key: &'static str,
    pub blanks: Vec<(&'static str, Blank)>,
}

/// What fills a blank.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Blank {
    /// The same in every language: a name, a code, a moment, a library's own words.
    Text(String),
    /// A number, which chooses among the forms of a word (`{n} row|{n} rows`) if the blank is called `n`.
    Number(u64),
    Phrase(Phrase),
    /// A name that a file gives in both languages.
    Name {
        zh: String,
        en: String,
    },
    /// Said one after the other, with the reader's comma.
    List(Vec<Blank>),
}

impl Phrase {
    /// Words that stand as they are in every language: those of a library, of another server, of a person.
    pub fn verbatim(text: impl Into<String>) -> Self {
        Self {
            key: "",
            blanks: vec![("", Blank::Text(text.into()))],
        }
    }

    /// The same with at most `most` characters of each text in it.
    #[must_use]
    pub fn clipped(mut self, most: usize) -> Self {
        for (_, blank) in &mut self.blanks {
            *blank = std::mem::replace(blank, Blank::Number(0)).clipped(most);
        }
        self
    }

    /// `all` with a word such as *and* between each two of them.
    pub fn chained(all: impl IntoIterator<Item = Self>, link: fn(Self, Self) -> Self) -> Self {
        let chained = all.into_iter().reduce(link);
        chained.unwrap_or_else(|| Self::verbatim(""))
    }
}

impl Blank {
    fn clipped(self, most: usize) -> Self {
        match self {
            Self::Text(text) => Self::Text(clip(&text, most).into_owned()),
            Self::Number(number) => Self::Number(number),
            Self::Name { zh, en } => Self::Name {
                zh: clip(&zh, most).into_owned(),
                en: clip(&en, most).into_owned(),
            },
            Self::Phrase(phrase) => Self::Phrase(phrase.clipped(most)),
            Self::List(list) => Self::List(list.into_iter().map(|one| one.clipped(most)).collect()),
        }
    }
}

/// `phrase!("check.citation-expired", name = short(&name), to)`: a blank is filled with text, a number, another phrase
/// or a list of them.
macro_rules! phrase {
    (@value $name:ident = $value:expr) => { $value };
    (@value $name:ident) => { $name };
    ($key:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {
        $crate::domain::phrase::Phrase {
            key: $key,
            blanks: vec![$((
                stringify!($name),
                $crate::domain::phrase::Blank::from($crate::domain::phrase::phrase!(@value $name $(= $value)?)),
            )),*],
        }
    };
}

pub(crate) use phrase;

impl From<Phrase> for Blank {
    fn from(phrase: Phrase) -> Self {
        Self::Phrase(phrase)
    }
}

impl From<String> for Blank {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Blank {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<&str> for Blank {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Cow<'_, str>> for Blank {
    fn from(text: Cow<'_, str>) -> Self {
        Self::Text(text.into_owned())
    }
}

/// As files write it, and in Chinese as notices do.
impl From<Span> for Blank {
    fn from(span: Span) -> Self {
        match span.as_seconds() {
            // No words for less than nothing.
            ..0 => Self::Text(span.to_string()),
            _ => Self::Name {
                zh: span_zh(span),
                en: span.to_string(),
            },
        }
    }
}

impl From<usize> for Blank {
    fn from(number: usize) -> Self {
        Self::Number(number as u64)
    }
}

impl From<u64> for Blank {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Blank {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

/// Nothing is said where there is nothing.
impl From<Option<Phrase>> for Blank {
    fn from(phrase: Option<Phrase>) -> Self {
        phrase.map_or_else(|| Self::Text(String::new()), Self::Phrase)
    }
}

impl<T: Into<Blank>> FromIterator<T> for Blank {
    fn from_iter<I: IntoIterator<Item = T>>(list: I) -> Self {
        Self::List(list.into_iter().map(Into::into).collect())
    }
}
