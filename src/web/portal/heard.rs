//! Where a word of ours is said in somebody's words: a Chinese one anywhere, since nothing parts the words there, an English one as a
//! word of its own. `network` says nothing of work, and what is `unsafe` is not safe.
//!
//! An English word may have an s behind it; `evacuat-` goes on as it likes, and `-n't` may stand behind other letters.

use std::ops::Range;

/// Everywhere that `word` is said in `text`, which is small.
pub fn places<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
    let (bare, goes_on) = match word.strip_suffix('-') {
        Some(stem) => (stem, true),
        None => (word, false),
    };
    let (bare, follows) = match bare.strip_prefix('-') {
        Some(end) => (end, true),
        None => (bare, false),
    };
    let is_letter = |c: char| c.is_ascii_alphanumeric();
    text.match_indices(bare).filter_map(move |(at, _)| {
        let begins = follows || !bare.starts_with(is_letter) || !text[..at].ends_with(is_letter);
        let behind = &text[at + bare.len()..];
        let end = match behind.strip_prefix('s') {
            Some(after) if bare.ends_with(is_letter) && !after.starts_with(is_letter) => 1,
            _ => 0,
        };
        let is_open = goes_on || !bare.ends_with(is_letter);
        let ends = is_open || !behind[end..].starts_with(is_letter);
        (begins && ends).then_some(at..at + bare.len() + end)
    })
}

pub fn is_said(text: &str, word: &str) -> bool {
    places(text, word).next().is_some()
}

/// `text` without `word`.
pub fn without(text: &str, word: &str) -> String {
    let mut rest = String::with_capacity(text.len());
    let mut from = 0;
    for place in places(text, word) {
        rest.push_str(&text[from..place.start]);
        from = place.end;
    }
    rest + &text[from..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_english_word_is_said_as_a_word_of_its_own() {
        for (text, word, is) in [
            ("the network is down", "work", false),
            ("go to work", "work", true),
            ("it is unsafe", "safe", false),
            ("it is safe.", "safe", true),
            ("the order was extended", "ended", false),
            ("the river is overflowing", "is over", false),
            ("it is over", "is over", true),
            ("all schools", "school", true),
            ("evacuation", "evacuat-", true),
            ("evacuation", "evacuat", false),
            ("you don't have to", "-n't", true),
            ("水can喝", "can", true),
            ("圩南村解除转移", "解除", true),
        ] {
            assert_eq!(is_said(text, word), is, "{word}: {text}");
        }
        assert_eq!(
            without("has it ended, extended", "ended"),
            "has it , extended"
        );
    }
}
