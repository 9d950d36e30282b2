//! One cell: made harmless for spreadsheet programs and back, and taken apart into a list.

/// What a spreadsheet program takes for a formula or a command when a cell begins with it.
const DANGEROUS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];
const GUARD: char = '\'';

fn looks_guarded_or_dangerous(text: &str) -> bool {
    text.trim_start_matches(GUARD).starts_with(DANGEROUS)
}

/// `text` with an apostrophe in front if a program would otherwise run it.
pub(super) fn guard(text: &str) -> String {
    if looks_guarded_or_dangerous(text) {
        format!("{GUARD}{text}")
    } else {
        text.to_owned()
    }
}

/// Takes off what [`guard`] put on. An apostrophe in front of anything else belongs to the text.
pub(super) fn unguard(text: &str) -> &str {
    match text.strip_prefix(GUARD) {
        Some(rest) if looks_guarded_or_dangerous(rest) => rest,
        _ => text,
    }
}

/// The parts of `a;b、c`, without empty ones.
pub(super) fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([';', '；', '、'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formulas_become_text() {
        for text in ["=1+2", "+86", "-1", "@name", "\t=1", "\r=1", "＝1", "'=1"] {
            assert_eq!(guard(text), format!("'{text}"));
        }
        for text in ["O'Neil", "'tis", "张三", "1=2", ""] {
            assert_eq!(guard(text), text);
        }
    }

    proptest! {
        #[test]
        fn what_was_guarded_comes_back(text in "['=+@\\t\\r＝-]{0,4}\\PC{0,10}") {
            let guarded = guard(&text);
            prop_assert!(!guarded.starts_with(DANGEROUS));
            prop_assert_eq!(unguard(&guarded), text);
        }
    }
}
