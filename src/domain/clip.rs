//! Words of somebody else in a sentence of ours: cut, so that a long input never makes a long answer.

use std::borrow::Cow;

/// How much of a name is said back.
const NAME: usize = 60;

/// The first `most` characters of `text`, and how many more there are.
pub fn clip(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        None => Cow::Borrowed(text),
        Some((end, _)) => {
            let more = text[end..].chars().count();
            Cow::Owned(format!("{}… (+{more})", &text[..end]))
        }
    }
}

/// A name, an id or a value that somebody gave, as it is said back.
pub fn short(text: &str) -> Cow<'_, str> {
    clip(text, NAME)
}

/// A word of a file as a complaint quotes it: cut to what fits in a message, control characters made visible.
pub fn quoted(text: &str) -> String {
    let mut out: String = text
        .chars()
        .take(NAME)
        .map(|c| if c.is_control() { '\u{FFFD}' } else { c })
        .collect();
    if text.chars().nth(NAME).is_some() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_left_alone_and_the_rest_is_counted() {
        assert_eq!(clip("汛情", 2), "汛情");
        assert_eq!(clip("汛情通报", 2), "汛情… (+2)");
        assert_eq!(clip("", 0), "");
        assert!(short(&"汛".repeat(1_000_000)).len() < 300);
    }
}
