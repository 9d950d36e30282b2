//! A text as a person compares it with another: word by word, whatever copying did to width, case, blanks, punctuation,
//! line ends and marks that nobody sees. A Chinese character is a word, and so is a number with its decimal point.
//!
//! Knows no entry and no page.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::domain::invisible::{is_invisible, ordinary};

/// As many words in a row make a piece that is looked up.
pub const GRAM: usize = 5;
/// How many more words than a copy the place may have that it was copied from.
const SLACK: usize = 12;

/// A text and its words.
pub struct Wording<'t> {
    text: &'t str,
    keys: Vec<u64>,
    /// Where each word begins.
    starts: Vec<usize>,
}

/// A piece of a comparison of what stands here with what somebody has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Same(String),
    /// Only in what stands here.
    Ours(String),
    /// Only in the other text.
    Theirs(String),
}

/// How one text goes on from a place that it shares with the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Likeness {
    pub pieces: Vec<Piece>,
    /// How many words of the other text stand here.
    pub same: usize,
    /// Nothing was changed in what stands here and nothing left out of it; words may stand before it and behind it.
    pub is_whole: bool,
}

impl<'t> Wording<'t> {
    pub fn new(text: &'t str) -> Self {
        let chars: Vec<(usize, char)> = text
            .char_indices()
            .filter(|(_, c)| !is_invisible(*c))
            .map(|(at, c)| (at, simple(c)))
            .collect();
        let mut wording = Self {
            text,
            keys: Vec::new(),
            starts: Vec::new(),
        };
        let mut at = 0;
        while let Some(&(start, c)) = chars.get(at) {
            if is_letter(c) {
                let mut word = DefaultHasher::new();
                while let Some(&(_, c)) = chars.get(at) {
                    if is_letter(c) {
                        spell(c, &mut word);
                    } else if joins(&chars, at) {
                        c.hash(&mut word);
                    } else if !parts_thousands(&chars, at) {
                        break;
                    }
                    at += 1;
                }
                // A single character is its own key; a word never is one.
                wording.push(start, word.finish() | 1 << 63);
            } else {
                if c.is_alphanumeric() || "%‰℃°¥$".contains(c) {
                    wording.push(start, u64::from(u32::from(c)));
                }
                at += 1;
            }
        }
        wording
    }

    fn push(&mut self, start: usize, key: u64) {
        self.starts.push(start);
        self.keys.push(key);
    }

    /// What the words are, for comparison only.
    pub fn keys(&self) -> &[u64] {
        &self.keys
    }

    /// One number for all the words in their order.
    pub fn handle(&self) -> u64 {
        let mut all = DefaultHasher::new();
        self.keys.hash(&mut all);
        all.finish()
    }

    /// The words of `range` as they are written, with what stands behind them.
    fn written(&self, range: Range<usize>) -> &'t str {
        if range.is_empty() {
            return "";
        }
        let place = |word: usize| match self.starts.get(word) {
            // What stands before the first word belongs to it.
            Some(_) if word == 0 => 0,
            Some(&at) => at,
            None => self.text.len(),
        };
        &self.text[place(range.start)..place(range.end)]
    }

    /// Where the words of `part` stand in a row.
    pub fn find(&self, part: &Wording) -> Option<Range<usize>> {
        let len = part.keys.len();
        let mut windows = self.keys.windows(len.max(1));
        let start = windows.position(|window| window == part.keys)?;
        Some(start..start + len)
    }

    /// What stands before the words of `range`, the words themselves, and what stands behind them.
    pub fn around(&self, range: Range<usize>) -> [&'t str; 3] {
        let (from, to) = (range.start, range.end);
        [0..from, from..to, to..self.keys.len()].map(|part| self.written(part))
    }
}

/// What differs between `ours` and `theirs` from the first word to the last.
pub fn differences(ours: &Wording, theirs: &Wording) -> Vec<Piece> {
    pieces(
        ours,
        theirs,
        capture_diff_slices(Algorithm::Myers, &ours.keys, &theirs.keys),
    )
}

/// `theirs` beside the part of `ours` that it may be a copy of; None when no piece of it stands there.
pub fn likeness(ours: &Wording, theirs: &Wording) -> Option<Likeness> {
    let (mine, other) = (&ours.keys, &theirs.keys);
    let (at, from, len) = longest_run(mine, other)?;
    // Both ways from the longest piece that they share, so that what is alike lies together.
    let first = at.saturating_sub(from + SLACK);
    let before = backwards(&mine[first..at], &other[..from]);
    let last = (at + other.len() - from + SLACK).min(mine.len());
    let behind = capture_diff_slices(
        Algorithm::Myers,
        &mine[at + len..last],
        &other[from + len..],
    );
    let mut ops: Vec<DiffOp> = before
        .into_iter()
        .map(|op| moved(op, first, 0))
        .chain([DiffOp::Equal {
            old_index: at,
            new_index: from,
            len,
        }])
        .chain(behind.into_iter().map(|op| moved(op, at + len, from + len)))
        .collect();
    // Where the copy begins and ends, nothing is missing.
    trim_front(&mut ops);
    trim_end(&mut ops);
    let same = ops.iter().filter_map(kept).sum();
    let is_whole = ops.iter().filter(|op| kept(op).is_some()).count() == 1
        && ops
            .iter()
            .all(|op| matches!(op, DiffOp::Equal { .. } | DiffOp::Insert { .. }));
    Some(Likeness {
        same,
        is_whole,
        pieces: pieces(ours, theirs, ops),
    })
}

/// The pieces of the comparison, with words that stand alone between two changes taken for changed.
fn pieces(ours: &Wording, theirs: &Wording, ops: Vec<DiffOp>) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    let mut mine = String::new();
    let mut other = String::new();
    let count = ops.len();
    for (n, op) in ops.iter().enumerate() {
        let (old, new) = (op.old_range(), op.new_range());
        let is_lone = old.len() == 1 && n > 0 && n + 1 < count && kept(op).is_some();
        if kept(op).is_some() && !is_lone {
            flush(&mut out, &mut mine, &mut other);
            out.push(Piece::Same(ours.written(old).to_owned()));
            continue;
        }
        mine.push_str(ours.written(old));
        other.push_str(theirs.written(new));
    }
    flush(&mut out, &mut mine, &mut other);
    out
}

fn flush(out: &mut Vec<Piece>, mine: &mut String, other: &mut String) {
    if !mine.is_empty() {
        out.push(Piece::Ours(std::mem::take(mine)));
    }
    if !other.is_empty() {
        out.push(Piece::Theirs(std::mem::take(other)));
    }
}

fn kept(op: &DiffOp) -> Option<usize> {
    match op {
        DiffOp::Equal { len, .. } => Some(*len),
        _ => None,
    }
}

/// Takes away what only our text goes on with; of a replacement there, as much is ours as is the other's.
fn trim_end(ops: &mut Vec<DiffOp>) {
    while matches!(ops.last(), Some(DiffOp::Delete { .. })) {
        ops.pop();
    }
    if let Some(DiffOp::Replace {
        old_len, new_len, ..
    }) = ops.last_mut()
    {
        *old_len = (*old_len).min(*new_len);
    }
}

fn trim_front(ops: &mut Vec<DiffOp>) {
    let gone = ops
        .iter()
        .take_while(|op| matches!(op, DiffOp::Delete { .. }))
        .count();
    ops.drain(..gone);
    if let Some(DiffOp::Replace {
        old_index,
        old_len,
        new_len,
        ..
    }) = ops.first_mut()
    {
        let extra = old_len.saturating_sub(*new_len);
        *old_index += extra;
        *old_len -= extra;
    }
}

fn moved(op: DiffOp, old: usize, new: usize) -> DiffOp {
    match op {
        DiffOp::Equal {
            old_index,
            new_index,
            len,
        } => DiffOp::Equal {
            old_index: old_index + old,
            new_index: new_index + new,
            len,
        },
        DiffOp::Delete {
            old_index,
            old_len,
            new_index,
        } => DiffOp::Delete {
            old_index: old_index + old,
            old_len,
            new_index: new_index + new,
        },
        DiffOp::Insert {
            old_index,
            new_index,
            new_len,
        } => DiffOp::Insert {
            old_index: old_index + old,
            new_index: new_index + new,
            new_len,
        },
        DiffOp::Replace {
            old_index,
            old_len,
            new_index,
            new_len,
        } => DiffOp::Replace {
            old_index: old_index + old,
            old_len,
            new_index: new_index + new,
            new_len,
        },
    }
}

/// The comparison made from the end, so that what is alike lies at the end.
fn backwards(old: &[u64], new: &[u64]) -> Vec<DiffOp> {
    let turned = |keys: &[u64]| keys.iter().rev().copied().collect::<Vec<_>>();
    let ops = capture_diff_slices(Algorithm::Myers, &turned(old), &turned(new));
    let turn = |op: &DiffOp| {
        let (a, b) = (op.old_range(), op.new_range());
        let (old_index, new_index) = (old.len() - a.end, new.len() - b.end);
        match op {
            DiffOp::Equal { len, .. } => DiffOp::Equal {
                old_index,
                new_index,
                len: *len,
            },
            DiffOp::Delete { .. } => DiffOp::Delete {
                old_index,
                old_len: a.len(),
                new_index,
            },
            DiffOp::Insert { .. } => DiffOp::Insert {
                old_index,
                new_index,
                new_len: b.len(),
            },
            DiffOp::Replace { .. } => DiffOp::Replace {
                old_index,
                old_len: a.len(),
                new_index,
                new_len: b.len(),
            },
        }
    };
    ops.iter().rev().map(turn).collect()
}

/// Where in `ours` and in `theirs` the longest piece begins that they share, and its length.
fn longest_run(ours: &[u64], theirs: &[u64]) -> Option<(usize, usize, usize)> {
    /// A piece that stands in more places than this is no help.
    const PLACES: usize = 8;
    let mut places: HashMap<&[u64], Vec<usize>> = HashMap::new();
    for (at, gram) in ours.windows(GRAM).enumerate() {
        let known = places.entry(gram).or_default();
        if known.len() < PLACES {
            known.push(at);
        }
    }
    let mut best: Option<(usize, usize, usize)> = None;
    let mut from = 0;
    while from + GRAM <= theirs.len() {
        let mut longest = 0;
        for &at in places
            .get(&theirs[from..from + GRAM])
            .map_or(&[][..], Vec::as_slice)
        {
            let pairs = ours[at..].iter().zip(&theirs[from..]);
            let len = pairs.take_while(|(a, b)| a == b).count();
            longest = longest.max(len);
            if best.is_none_or(|(_, _, most)| len > most) {
                best = Some((at, from, len));
            }
        }
        from += longest.saturating_sub(GRAM).max(1);
    }
    best
}

/// Every piece of [`GRAM`] words as a small number, in order.
pub fn grams(keys: &[u64]) -> Vec<u32> {
    let number = |gram: &[u64]| {
        let mut hasher = DefaultHasher::new();
        gram.hash(&mut hasher);
        (hasher.finish() >> 32) as u32
    };
    keys.windows(GRAM).map(number).collect()
}

/// The narrow small form of a character; a code that has several characters is spelled out later.
fn simple(c: char) -> char {
    let narrow = ordinary(c.encode_utf8(&mut [0; 4]));
    let narrow = narrow.chars().next().unwrap_or(c);
    let mut lower = narrow.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => narrow,
    }
}

/// Letters and digits that make words together, the signs for Roman numbers among them.
fn is_letter(c: char) -> bool {
    c.is_alphanumeric() && !is_ideograph(c) || matches!(c, '\u{2170}'..='\u{217b}')
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Adds a letter to `word`; `ⅱ` is spelled as on a keyboard.
fn spell(c: char, word: &mut DefaultHasher) {
    const NUMERALS: [&str; 12] = [
        "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii",
    ];
    match (u32::from(c).checked_sub(0x2170)).and_then(|at| NUMERALS.get(at as usize)) {
        Some(numeral) => numeral.chars().for_each(|c| c.hash(word)),
        None => c.hash(word),
    }
}

/// A point or colon between two digits belongs to the number.
fn joins(chars: &[(usize, char)], at: usize) -> bool {
    matches!(chars[at].1, '.' | ':')
        && is_digit(chars, at.wrapping_sub(1))
        && is_digit(chars, at + 1)
}

/// A comma that parts thousands is written or not.
fn parts_thousands(chars: &[(usize, char)], at: usize) -> bool {
    chars[at].1 == ','
        && is_digit(chars, at.wrapping_sub(1))
        && (1..=3).all(|next| is_digit(chars, at + next))
        && !is_digit(chars, at + 4)
}

fn is_digit(chars: &[(usize, char)], at: usize) -> bool {
    chars.get(at).is_some_and(|(_, c)| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn said(likeness: &Likeness) -> String {
        let word = |piece: &Piece| match piece {
            Piece::Same(text) => text.clone(),
            Piece::Ours(text) => format!("[-{text}-]"),
            Piece::Theirs(text) => format!("[+{text}+]"),
        };
        likeness.pieces.iter().map(word).collect()
    }

    fn is_copy(like: &Likeness) -> bool {
        matches!(like.pieces.as_slice(), [Piece::Same(_)])
    }

    const OURS: &str = "【示例应急】洪水威胁临江镇沿江村，7月3日24时前撤到临江中学，水位8.52米，带药和证件。接送0510-0000-1210";

    fn like(theirs: &str) -> Option<Likeness> {
        likeness(&Wording::new(OURS), &Wording::new(theirs))
    }

    #[test]
    fn copying_changes_no_word() {
        for (one, other) in [
            ("水位８.５２米，（Ⅱ级）", "水位8.52米 ii级"),
            ("示防汛办〔2026〕17号", "示防汛办[2026] 17 号"),
            ("Residents, MOVE now!\r\n", "residents move\u{200b} now"),
            ("共1,200人", "共１２００人"),
            ("《通告》", " 通告。"),
        ] {
            assert_eq!(
                Wording::new(one).keys(),
                Wording::new(other).keys(),
                "{one}"
            );
        }
        for (one, other) in [
            ("8.52米", "85.2米"),
            ("8:30", "83:0"),
            ("80%", "80"),
            ("Café", "Cafè"),
            ("1,2,3", "123"),
        ] {
            assert_ne!(
                Wording::new(one).keys(),
                Wording::new(other).keys(),
                "{one}"
            );
        }
    }

    #[test]
    fn a_part_is_a_copy_and_one_character_is_seen() {
        assert!(is_copy(&like(OURS).unwrap()));
        assert!(is_copy(&like("沿江村 7月3日24时前 撤到临江中学").unwrap()));
        assert_eq!(like("今晚吃什么呢大家"), None);
        let changed = like("洪水威胁临江镇沿江村，7月3日14时前撤到临江中学").unwrap();
        assert_eq!(
            said(&changed),
            "洪水威胁临江镇沿江村，7月3日[-24-][+14+]时前撤到临江中学，"
        );
        let left_out = like("洪水威胁临江镇沿江村，7月3日24时前，水位8.52米，带药和证件").unwrap();
        assert!(
            said(&left_out).contains("[-撤到临江中学，-]"),
            "{}",
            said(&left_out)
        );
        let last = like("前撤到临江中学，水位8.52米，带药和证件。接送0510-0000-9999").unwrap();
        assert!(said(&last).ends_with("[-1210-][+9999+]"), "{}", said(&last));
    }

    #[test]
    fn words_around_a_copy_are_told_from_changed_ones() {
        let forwarded = like(&format!("转给大家：{OURS} 收到请加微信转账")).unwrap();
        assert!(forwarded.is_whole && !is_copy(&forwarded));
        assert!(
            said(&forwarded).starts_with("[+转给大家：【+]"),
            "{}",
            said(&forwarded)
        );
        assert!(
            !like("洪水威胁临江镇沿江村，7月3日14时前撤到临江中学")
                .unwrap()
                .is_whole
        );
    }

    proptest! {
        #[test]
        fn nothing_breaks_and_every_word_of_the_other_is_shown(ours in "[甲乙丙丁一二8.,: a-c]{0,80}", theirs in "[甲乙丙丁一二8.,: a-c]{0,80}") {
            let (a, b) = (Wording::new(&ours), Wording::new(&theirs));
            if let Some(like) = likeness(&a, &b) {
                let shown: String = like.pieces.iter().filter_map(|piece| match piece {
                    Piece::Same(text) | Piece::Theirs(text) => Some(format!("{text} ")),
                    Piece::Ours(_) => None,
                }).collect();
                prop_assert_eq!(Wording::new(&shown).keys().len(), b.keys().len());
                prop_assert!(like.same <= b.keys().len());
            }
        }

        #[test]
        fn any_text_can_be_read(text in any::<String>()) {
            let wording = Wording::new(&text);
            prop_assert_eq!(wording.around(0..wording.keys().len())[1].len() <= text.len(), true);
        }
    }
}
