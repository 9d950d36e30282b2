//! What a text given at night is refused for: only what can mean nothing else. Everything doubtful passes, since a
//! report that waits for another word is late.

use super::Sort;
use super::scan::{BRACKETS, Scan, is_blank, is_ident};

/// Words that say, alone in a value or in brackets, that nothing is said yet.
#[rustfmt::skip]
const LEFT: [&str; 17] = [
    "待补充", "待补", "待填", "待填写", "待录入", "待补录", "待完善", "待撰写", "待更新", "未填写", "todo", "tbd",
    "tba", "fixme", "placeholder", "to be added", "to be filled in",
];
/// Words that are a value of nothing, although they may stand in a sentence.
#[rustfmt::skip]
const NO_VALUE: [&str; 10] = [
    "略", "同上", "此处略", "后补", "xxx", "xx", "n/a", "null", "undefined", "nan",
];
/// What begins a remark to whoever writes; the public may be told the same in round brackets.
#[rustfmt::skip]
const TO_THE_AUTHOR: [&str; 9] = [
    "此处填写", "在此填写", "请在此处填写", "请填写", "请填入", "请补充", "insert ", "fill in", "lorem",
];
/// What is counted after a letter that stands for a number.
const COUNTED: [&str; 14] = [
    "人", "户", "名", "起", "处", "月", "日", "时", "毫米", "厘米", "米", "万元", "亿元", "公里",
];
/// Words of a text that repeats what others have written.
const QUOTES: [&str; 8] = ["网传", "谣", "不实", "诈骗", "诈", "“", "「", "‘"];

/// The first words that show that the text is not finished, with their place in bytes.
pub(super) fn first(text: &str) -> Option<(usize, String)> {
    let whole = text.trim();
    if whole.is_empty() {
        return None;
    }
    let from = text.len() - text.trim_start().len();
    let bare = whole
        .trim_matches(|c: char| c.is_ascii_punctuation() || "。，；：！？（）【】".contains(c))
        .to_lowercase();
    if !whole.chars().any(char::is_alphanumeric)
        || LEFT.contains(&bare.as_str())
        || NO_VALUE.contains(&bare.as_str())
    {
        return Some((from, whole.to_owned()));
    }
    let scan = Scan {
        text,
        chars: text.char_indices().collect(),
        known: &|_| false,
    };
    let is_quoting = QUOTES.iter().any(|word| text.contains(word));
    let mut at = 0;
    while at < scan.chars.len() {
        if let Some(length) = scan.link(at) {
            at += length;
            continue;
        }
        let length = scan
            .remark(at)
            .or_else(|| scan.mark(at))
            .or_else(|| (!is_quoting).then(|| scan.number_to_come(at)).flatten());
        if let Some(length) = length {
            return Some((scan.byte(at), scan.slice(at, at + length).to_owned()));
        }
        at += 1;
    }
    None
}

impl Scan<'_> {
    /// `（待补充）`, `【请填写单位名称】`.
    fn remark(&self, at: usize) -> Option<usize> {
        let open = self.char(at)?;
        let (_, close) = BRACKETS
            .iter()
            .find(|(mark, _)| *mark == open && !"「『“《".contains(*mark))?;
        let inner = self.count(at + 1, |c| c != *close && c != open && c != '\n');
        if inner == 0 || inner > 40 || self.char(at + 1 + inner) != Some(*close) {
            return None;
        }
        let words = self.slice(at + 1, at + 1 + inner).trim().to_lowercase();
        let words = words.trim_end_matches(|c: char| "。.!！…:：".contains(c));
        let behind = self.rest(at + 2 + inner);
        // 【请填写验证码】类短信: somebody else's words.
        let is_cited = ["类", "短信", "字样", "的", "信息", "链接", "”", "」"]
            .iter()
            .any(|word| behind.starts_with(word))
            || self.before(at).is_some_and(|c| "“「‘".contains(c));
        let is_round = matches!(open, '（' | '(');
        let to_the_author = TO_THE_AUTHOR.iter().any(|word| words.starts_with(word))
            && !is_cited
            && (!is_round || words.starts_with("此处填写"));
        (LEFT.contains(&words) || to_the_author).then_some(inner + 2)
    }

    /// Words and signs that nobody says.
    fn mark(&self, at: usize) -> Option<usize> {
        let is_free = self.before(at).is_none_or(|c| !is_ident(c));
        for word in ["TODO", "TBD", "FIXME", "TBA"] {
            let ends = self.char(at + word.len()).is_none_or(|c| !is_ident(c));
            if is_free && ends && self.rest(at).starts_with(word) {
                return Some(word.len());
            }
        }
        if self.rest(at).starts_with('\u{fffd}') {
            return Some(1);
        }
        let is_line = |c: char| matches!(c, '_' | '＿');
        let line = self.count(at, is_line);
        let by_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        if line > 1 && !by_word(self.before(at)) && !by_word(self.char(at + line)) {
            return Some(line);
        }
        let error = self
            .nothing(at)
            .filter(|find| find.sort == Sort::Later && matches!(self.char(at), Some('#' | '[')))?;
        let is_error = self
            .slice(at, at + error.length)
            .contains(char::is_alphabetic)
            || self.counts(at + error.length);
        is_error.then_some(error.length)
    }

    /// `死亡XX人`, `X月X日`, `XXX`, `2026年  月  日`, `第  号`.
    fn number_to_come(&self, at: usize) -> Option<usize> {
        let first = self.char(at)?;
        if first == '第' {
            let gap = self.count(at + 1, is_blank);
            let is_counted = self.char(at + 1 + gap) == Some('号');
            return (gap > 1 && is_counted).then_some(gap + 2);
        }
        if first == '年' {
            let month = self.count(at + 1, is_blank);
            let day = self.count(at + 2 + month, is_blank);
            let is_date = self.char(at + 1 + month) == Some('月')
                && self.char(at + 2 + month + day) == Some('日');
            return (month > 0 && day > 0 && is_date).then_some(month + day + 3);
        }
        let is_letter = |c: char| matches!(c, 'X' | 'x' | 'Ｘ' | 'ｘ');
        let is_sign = |c: char| matches!(c, '×' | '○' | '＊' | '□');
        let is_free = self
            .before(at)
            .is_none_or(|c| !c.is_ascii_alphanumeric() && !is_letter(c) && !is_sign(c));
        let letters = self.count(at, is_letter);
        let signs = self.count(at, is_sign);
        let counts = self.counts(at + letters.max(signs));
        let is_gap = match (letters, signs) {
            (1..=2, _) => counts,
            (3..=12, _) => {
                counts
                    || self
                        .char(at + letters)
                        .is_none_or(|c| !c.is_alphanumeric() && c != '-')
            }
            (_, 2..=12) => counts,
            _ => false,
        };
        (is_free && is_gap).then_some(letters.max(signs))
    }

    /// Whether what is counted stands there, and no longer word: 人们, 时代.
    fn counts(&self, at: usize) -> bool {
        let rest = self.rest(at);
        COUNTED.iter().any(|unit| {
            rest.strip_prefix(unit).is_some_and(|behind| {
                behind
                    .chars()
                    .next()
                    .is_none_or(|c| !c.is_alphanumeric() || c.is_ascii_alphanumeric() || c == 'Ｘ')
            })
        })
    }
}
