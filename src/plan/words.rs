//! The word somebody probably meant, and how values read in a sentence.

use serde_json::Value;

pub use crate::domain::clip::quoted as short;
pub use crate::domain::nearest::closest;

/// `did you mean X?`, or the words there are when none is close.
pub fn suggest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let mut seen = std::collections::BTreeSet::new();
    let known: Vec<&str> = known
        .into_iter()
        .filter(|word| seen.insert(*word))
        .collect();
    match closest(wrong, &known) {
        Some(word) => Some(format!("did you mean `{word}`?")),
        None if known.is_empty() => None,
        None => Some(format!("there is {}", list(&known))),
    }
}

/// `a, b and c`, cut after a dozen.
pub fn list<S: AsRef<str>>(words: &[S]) -> String {
    const MOST: usize = 12;
    let quoted: Vec<String> = words
        .iter()
        .take(MOST)
        .map(|word| format!("`{}`", short(word.as_ref())))
        .collect();
    match (words.len().checked_sub(MOST), quoted.split_last()) {
        (Some(more), _) if more > 0 => format!("{} and {more} more", quoted.join(", ")),
        (_, Some((last, []))) => last.clone(),
        (_, Some((last, head))) => format!("{} and {last}", head.join(", ")),
        (_, None) => "nothing".into(),
    }
}

/// A value as a reader of the file would name it.
pub fn name_of(value: &Value) -> String {
    match value {
        Value::Null => "nothing".into(),
        Value::Bool(flag) => format!("the flag {flag}"),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("the text `{}`", short(text)),
        Value::Array(_) => "a list".into(),
        Value::Object(_) => "a mapping".into(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_like_sentences() {
        assert_eq!(list::<&str>(&[]), "nothing");
        assert_eq!(list(&["a"]), "`a`");
        assert_eq!(list(&["a", "b", "c"]), "`a`, `b` and `c`");
    }
}
