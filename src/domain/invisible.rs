//! Characters that nobody can see: which of them a text loses, and which a name, a code or an address does.

/// A mark without width, or one that turns the direction of writing: in a notice it only deceives.
///
/// Joiners, variation selectors and the marks of Mongolian are left alone: texts in those scripts need them.
pub fn deceives(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{200b}' | '\u{200e}'
        | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e007f}')
}

/// Everything without a picture of its own. In an address, a heading or a code it can only have come along by accident.
pub fn is_invisible(c: char) -> bool {
    deceives(c)
        || matches!(c,
            '\u{180b}'..='\u{180f}' | '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
        || (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

/// Whether it is seen as a gap, whatever its width.
fn is_gap(c: char) -> bool {
    c.is_whitespace() || c == '\u{2800}'
}

/// `text` as a reader sees it: without invisible characters, every run of gaps one space, none at the ends. Line breaks
/// stay line breaks.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap: Option<char> = None;
    for c in text.chars().filter(|c| !is_invisible(*c)) {
        if is_gap(c) {
            let is_break = matches!(
                c,
                '\n' | '\r' | '\u{b}' | '\u{85}' | '\u{2028}' | '\u{2029}'
            );
            gap = if is_break || gap == Some('\n') {
                Some('\n')
            } else {
                Some(' ')
            };
            continue;
        }
        if let Some(gap) = gap.take().filter(|_| !out.is_empty()) {
            out.push(gap);
        }
        out.push(c);
    }
    out
}

/// Full-width letters, digits and signs as their ordinary forms: input methods leave them where a code is meant.
pub fn ordinary(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            '\u{3000}' => ' ',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_seen_is_what_is_left() {
        for text in [
            "\u{202d}138 0000\u{202c}",
            "\u{feff}138\u{a0}0000\u{200b}",
            "138\u{3000}\u{2009}0000\u{ad}\u{e0041}",
            " 1\u{fe0f}38 00\u{180e}00 ",
        ] {
            assert_eq!(visible(text), "138 0000", "{text:?}");
        }
        assert_eq!(visible("甲 \r\n\t乙"), "甲\n乙");
        assert_eq!(visible("\u{3164}\u{2800}\u{200d}"), "");
        assert_eq!(ordinary("ＡＢ１＠．"), "AB1@.");
    }

    proptest! {
        #[test]
        fn nothing_unseen_survives_and_twice_is_once(text in any::<String>()) {
            let once = visible(&text);
            prop_assert!(!once.chars().any(|c| is_invisible(c) || (is_gap(c) && c != ' ' && c != '\n')));
            prop_assert_eq!(visible(&once), once);
        }
    }
}
