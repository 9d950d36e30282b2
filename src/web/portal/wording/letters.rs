//! One sign as a reader takes it: whatever its width and case, whether it makes words with others, and whether it says something by
//! itself.

use std::hash::{DefaultHasher, Hash};

use unicode_normalization::UnicodeNormalization;

use crate::domain::invisible::ordinary;

/// Signs that say something: without them a measure is another measure.
pub(super) const SIGNS: &str = "%‰℃°¥$≥≤±√×÷≠≈";

/// The narrow small form of a character; a code that has several characters is spelled out later.
pub(super) fn simple(c: char) -> char {
    let narrow = ordinary(c.encode_utf8(&mut [0; 4]));
    let narrow = same_ideograph(narrow.chars().next().unwrap_or(c));
    let mut lower = narrow.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => narrow,
    }
}

/// Radicals and compatibility forms, which PDF readers and old encodings put in the place of the ideograph that looks the
/// same; and signs that are written in two ways.
fn same_ideograph(c: char) -> char {
    match c {
        '⺟' => '母',
        '⺠' => '民',
        '⻄' => '西',
        '⻅' => '见',
        '⻆' => '角',
        '⻉' => '贝',
        '⻋' => '车',
        '⻓' => '长',
        '⻔' => '门',
        '⻘' => '青',
        '⻙' => '韦',
        '⻚' => '页',
        '⻛' => '风',
        '⻜' => '飞',
        '⻝' => '食',
        '⻢' => '马',
        '⻥' => '鱼',
        '⻦' => '鸟',
        '⻨' => '麦',
        '⻩' => '黄',
        '⻬' => '齐',
        '⻮' => '齿',
        '⻰' => '龙',
        '⻳' => '龟',
        '≧' | '⩾' => '≥',
        '≦' | '⩽' => '≤',
        '\u{2e80}'..='\u{2fdf}' | '\u{f900}'..='\u{faff}' => {
            let mut whole = std::iter::once(c).nfkc();
            match (whole.next(), whole.next()) {
                (Some(one), None) => one,
                _ => c,
            }
        }
        c => c,
    }
}

/// A sign that only says something before a number: a mail that is quoted has `>` before its lines, and a dash between two
/// numbers is no minus.
pub(super) fn measures(chars: &[(usize, char)], at: usize) -> bool {
    let is_of_word = |c: &(usize, char)| c.1.is_ascii_alphanumeric();
    match chars[at].1 {
        '<' | '>' => is_digit(chars, at + 1),
        '-' | '\u{2212}' => {
            let before = at.checked_sub(1).and_then(|before| chars.get(before));
            is_digit(chars, at + 1) && !before.is_some_and(is_of_word)
        }
        _ => false,
    }
}

/// Letters and digits that make words together, the signs for Roman numbers among them.
pub(super) fn is_letter(c: char) -> bool {
    c.is_alphanumeric() && !is_ideograph(c) || matches!(c, '\u{2170}'..='\u{217b}')
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Adds a letter to `word`; `ⅱ` is spelled as on a keyboard.
pub(super) fn spell(c: char, word: &mut DefaultHasher) {
    const NUMERALS: [&str; 12] = [
        "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii",
    ];
    match (u32::from(c).checked_sub(0x2170)).and_then(|at| NUMERALS.get(at as usize)) {
        Some(numeral) => numeral.chars().for_each(|c| c.hash(word)),
        None => c.hash(word),
    }
}

/// A point or colon between two digits belongs to the number.
pub(super) fn joins(chars: &[(usize, char)], at: usize) -> bool {
    matches!(chars[at].1, '.' | ':')
        && is_digit(chars, at.wrapping_sub(1))
        && is_digit(chars, at + 1)
}

/// A comma that parts thousands is written or not.
pub(super) fn parts_thousands(chars: &[(usize, char)], at: usize) -> bool {
    chars[at].1 == ','
        && is_digit(chars, at.wrapping_sub(1))
        && (1..=3).all(|next| is_digit(chars, at + next))
        && !is_digit(chars, at + 4)
}

pub(super) fn is_digit(chars: &[(usize, char)], at: usize) -> bool {
    chars.get(at).is_some_and(|(_, c)| c.is_ascii_digit())
}
