//! The word somebody probably meant, and how values read in a sentence.

use serde_json::Value;

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

/// The known word nearest to `wrong`, if it is near enough to be a slip.
pub fn closest<'a>(wrong: &str, known: &[&'a str]) -> Option<&'a str> {
    // What nobody could have mistyped is not compared: the table grows with the product of the lengths.
    if wrong.chars().count() > 80 {
        return None;
    }
    let wrong = wrong.to_lowercase().replace('_', "-");
    known
        .iter()
        .map(|word| (distance(&wrong, &word.to_lowercase()), *word))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, word)| {
            *distance <= 1 + word.chars().count().min(wrong.chars().count()) / 4
        })
        .map(|(_, word)| word)
}

/// Insertions, deletions, replacements and swaps of neighbours between two words.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    rows[0] = (0..=b.len()).collect();
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let same = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j - 1] + same)
                .min(rows[i - 1][j] + 1)
                .min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()]
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

/// The text, cut to what fits in a message, control characters made visible.
pub fn short(text: &str) -> String {
    const MOST: usize = 60;
    let mut out: String = text
        .chars()
        .take(MOST)
        .map(|c| if c.is_control() { '\u{FFFD}' } else { c })
        .collect();
    if text.chars().nth(MOST).is_some() {
        out.push('…');
    }
    out
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
    fn a_slip_is_recognised_and_a_stranger_is_not() {
        let known = ["channels", "audience", "valid-for"];
        assert_eq!(closest("chanels", &known), Some("channels"));
        assert_eq!(closest("valid_for", &known), Some("valid-for"));
        assert_eq!(closest("audiecne", &known), Some("audience"));
        assert_eq!(closest("weather", &known), None);
    }

    #[test]
    fn lists_read_like_sentences() {
        assert_eq!(list::<&str>(&[]), "nothing");
        assert_eq!(list(&["a"]), "`a`");
        assert_eq!(list(&["a", "b", "c"]), "`a`, `b` and `c`");
    }
}
