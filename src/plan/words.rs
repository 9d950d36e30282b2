//! The word somebody probably meant, and how values, levels and anchors read in a sentence.

use serde_json::Value;

use super::file::Stage;
pub use crate::domain::clip::quoted as short;
use crate::domain::deadline::Anchor;
pub use crate::domain::nearest::closest;
use crate::domain::phrase::{Blank, Phrase, phrase};

/// `did you mean X?`, or the words there are when none is close.
pub fn suggest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<Phrase> {
    let mut seen = std::collections::BTreeSet::new();
    let known: Vec<&str> = known
        .into_iter()
        .filter(|word| seen.insert(*word))
        .collect();
    match closest(wrong, &known) {
        Some(word) => Some(phrase!("structure.did-you-mean", word)),
        None if known.is_empty() => None,
        None => Some(phrase!("structure.there-is", known = list(&known))),
    }
}

/// `a, b and c`, cut after a dozen.
pub fn list<S: AsRef<str>>(words: &[S]) -> Blank {
    const MOST: usize = 12;
    let mut quoted: Vec<String> = words
        .iter()
        .take(MOST)
        .map(|word| format!("`{}`", short(word.as_ref())))
        .collect();
    let more = words.len().saturating_sub(MOST);
    if more > 0 {
        let head: Blank = quoted.into_iter().collect();
        return phrase!("structure.more-of-list", head, more).into();
    }
    match quoted.pop() {
        None => phrase!("structure.nothing").into(),
        Some(only) if quoted.is_empty() => only.into(),
        Some(last) => {
            let head: Blank = quoted.into_iter().collect();
            phrase!("structure.last-of-list", head, last).into()
        }
    }
}

/// `a or b or c`.
pub fn either(words: impl IntoIterator<Item = Blank>) -> Blank {
    let joined = words
        .into_iter()
        .reduce(|head, last| phrase!("word.or", head, last).into());
    joined.unwrap_or_else(|| phrase!("structure.nothing").into())
}

/// A value as a reader of the file would name it.
pub fn name_of(value: &Value) -> Phrase {
    match value {
        Value::Null => phrase!("structure.nothing"),
        Value::Bool(flag) => phrase!("structure.got-flag", flag = flag.to_string()),
        Value::Number(number) => phrase!("structure.got-number", number = number.to_string()),
        Value::String(text) => phrase!("structure.got-text", text = short(text)),
        Value::Array(_) => phrase!("structure.list"),
        Value::Object(_) => phrase!("structure.mapping"),
    }
}

/// A level, or the end.
pub fn level(stage: Stage) -> Phrase {
    match stage.level() {
        None => phrase!("word.end"),
        Some(at) => phrase!(
            "word.level",
            level = Blank::Name {
                zh: at.roman_zh().to_owned(),
                en: stage.code().to_owned(),
            }
        ),
    }
}

/// Several levels, the same fault of all.
pub fn levels(stages: &[Stage]) -> Blank {
    stages.iter().copied().map(level).collect()
}

/// What a deadline counts from.
pub fn anchor(anchor: Anchor) -> Phrase {
    match anchor {
        Anchor::Known => phrase!("word.known"),
        Anchor::Warning => phrase!("word.warning"),
        Anchor::Activation => phrase!("word.activation"),
        Anchor::LevelChange => phrase!("word.level-change"),
        Anchor::Publication => phrase!("word.publication"),
        Anchor::LastRelease => phrase!("word.last-release"),
        Anchor::Occurrence => phrase!("word.occurrence"),
        Anchor::Termination => phrase!("word.termination"),
        Anchor::Request => phrase!("word.request"),
    }
}

/// Whether `code` is lower-case ASCII letters, digits and hyphens, and starts with a letter or digit.
pub fn is_code(code: &str) -> bool {
    code.len() <= 64
        && code.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && code
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
