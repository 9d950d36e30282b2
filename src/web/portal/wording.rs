//! A text as a person compares it with another: word by word, whatever copying did to width, case, blanks, punctuation,
//! line ends and marks that nobody sees. A Chinese character is a word, and so is a number with its decimal point.
//!
//! Knows no entry and no page.

mod compare;
mod hour;
mod letters;
mod phrase;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

pub use compare::{Likeness, Piece, differences, likeness};
pub use phrase::by_phrase;

use self::hour::Hour;
use self::letters::{SIGNS, is_letter, joins, measures, parts_thousands, simple, spell};
use crate::domain::invisible::is_invisible;

/// As many words in a row make a piece that is looked up.
pub const GRAM: usize = 5;

/// A text and its words.
pub struct Wording<'t> {
    text: &'t str,
    keys: Vec<u64>,
    /// Where each word begins.
    starts: Vec<usize>,
    /// The words that make another hour of the one before them: its minutes.
    minutes: Vec<Range<usize>>,
    hours: Vec<(u32, u32)>,
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
            minutes: Vec::new(),
            hours: Vec::new(),
        };
        let mut at = 0;
        while let Some(&(start, c)) = chars.get(at) {
            if let Some((len, says_day, hour)) = hour::with_part_of_day(&chars, at) {
                for (start, c) in &chars[at..at + if says_day { len } else { 0 }] {
                    wording.push(*start, u64::from(u32::from(*c)));
                }
                wording.push_hour(&chars, at + len, &hour);
                at += len + hour.len;
            } else if let Some(hour) = hour::at(&chars, at) {
                wording.push_hour(&chars, at, &hour);
                at += hour.len;
            } else if is_letter(c) {
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
                wording.push(start, key_of(word));
            } else {
                if c.is_alphanumeric() || SIGNS.contains(c) || measures(&chars, at) {
                    let c = if c == '\u{2212}' { '-' } else { c };
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

    /// An hour however it was written: 20时, 20时00分 and 20:00 are one, 20时30分 and 20:30 another.
    fn push_hour(&mut self, chars: &[(usize, char)], at: usize, hour: &Hour) {
        let place = |behind: usize| chars[at + behind].0;
        let minute = hour.minute.map_or(0, |(minute, _)| minute);
        self.hours.push((hour.hour, minute));
        self.push(place(0), number(hour.hour));
        self.push(place(hour.sign), u64::from(u32::from('时')));
        if let Some((minute, behind)) = hour.minute {
            let first = self.keys.len();
            self.push(place(behind), number(minute));
            self.push(place(hour.len - 1), u64::from(u32::from('分')));
            self.minutes.push(first..self.keys.len());
        }
    }

    /// What the words are, for comparison only.
    pub fn keys(&self) -> &[u64] {
        &self.keys
    }

    /// The hours of the day that it names, with their minutes.
    pub fn hours(&self) -> &[(u32, u32)] {
        &self.hours
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
        self.places(part).next()
    }

    /// Where the clause begins that the word `at` stands in, and where it ends; not further away than `most` words.
    fn clause(&self, at: usize, most: usize) -> Range<usize> {
        let mut back = (at.saturating_sub(most)..=at).rev();
        let begin = back.find(|word| self.is_pause(*word)).unwrap_or(at);
        let last = (at + most).min(self.keys.len());
        let mut on = at + 1..=last;
        let end = on.find(|word| *word == self.keys.len() || self.is_pause(*word));
        begin..end.unwrap_or(at)
    }

    /// Whether a clause begins with the word `at`.
    fn is_pause(&self, at: usize) -> bool {
        let before = (self.starts.get(at)).map_or(self.text, |at| &self.text[..*at]);
        let before = before.trim_end_matches([' ', '\u{3000}', '\r']);
        before.is_empty() || before.ends_with(|c: char| "，。；：！？、,.;:!?）)》”\n".contains(c))
    }

    /// Everywhere that the words of `part` stand in a row; an hour without its minutes is another hour.
    pub fn places(&self, part: &Wording) -> impl Iterator<Item = Range<usize>> {
        let len = part.keys.len();
        let windows = self.keys.windows(len.max(1)).enumerate();
        let is_cut = |at: usize| {
            let mut minutes = self.minutes.iter();
            minutes.any(|minutes| minutes.start <= at && at < minutes.end)
        };
        windows
            .filter(move |(_, window)| *window == part.keys)
            .map(move |(start, _)| start..start + len)
            .filter(move |place| !is_cut(place.start) && !is_cut(place.end))
    }

    /// Whether a sentence ends before word `at`, or the text does.
    pub fn is_between_sentences(&self, at: usize) -> bool {
        if at == 0 || at >= self.keys.len() {
            return true;
        }
        if self.minutes.iter().any(|minutes| minutes.contains(&at)) {
            return false;
        }
        let mut chars = self.text[self.starts[at - 1]..self.starts[at]]
            .chars()
            .peekable();
        while let Some(c) = chars.next() {
            let is_end = match simple(c) {
                '。' | '！' | '？' | '!' | '?' | ';' | '\n' | '\r' | '【' | '】' => true,
                '.' | ':' => chars.peek().is_none_or(|next| next.is_whitespace()) || c == '：',
                _ => false,
            };
            if is_end {
                return true;
            }
        }
        false
    }

    /// The words of `range`, with what is missing of the first sentence and of the last: what stands before, the words,
    /// what stands behind. None when they begin and end with a sentence.
    pub fn in_sentences(&self, range: Range<usize>) -> Option<[&'t str; 3]> {
        let from = (0..=range.start)
            .rev()
            .find(|at| self.is_between_sentences(*at))?;
        let to = (range.end..=self.keys.len()).find(|at| self.is_between_sentences(*at))?;
        let parts = [from..range.start, range.start..range.end, range.end..to];
        (from < range.start || range.end < to).then(|| parts.map(|part| self.written(part)))
    }

    /// What stands before the words of `range`, the words themselves, and what stands behind them.
    pub fn around(&self, range: Range<usize>) -> [&'t str; 3] {
        let (from, to) = (range.start, range.end);
        [0..from, from..to, to..self.keys.len()].map(|part| self.written(part))
    }
}

/// A single character is its own key; a word never is one.
fn key_of(word: DefaultHasher) -> u64 {
    word.finish() | 1 << 63
}

fn number(number: u32) -> u64 {
    let mut word = DefaultHasher::new();
    number.to_string().chars().for_each(|c| c.hash(&mut word));
    key_of(word)
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
            ("⽼⼈和⻋辆，⽔深", "老人和车辆水深"),
            ("气温−5℃", "气温 -5℃"),
            ("7月3日20时前", "7月3日20时00分前"),
            ("20:00撤离", "20点整撤离"),
            ("20时30分", "２０：３０"),
            ("08:05", "8时5分"),
            ("晚8点半", "晚8时30分"),
            ("凌晨0点半前撤离", "0时30分前撤离"),
            ("晚上8点撤离", "20时撤离"),
            ("今晚8点撤离", "今晚20时撤离"),
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
            ("气温-5℃", "气温5℃"),
            ("≥50毫米", "≤50毫米"),
            ("误差±3", "误差3"),
            ("20时前", "20时30分前"),
            ("20:30", "20:03"),
            ("20时", "2时"),
            ("8:30:15", "8:30"),
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
        let half = Wording::new("请于7月3日20时30分前撤离");
        for part in ["请于7月3日20时", "30分前撤离"] {
            assert_eq!(half.find(&Wording::new(part)), None, "{part}");
        }
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

    #[test]
    fn a_part_of_a_sentence_is_known_for_one() {
        let ours = Wording::new("发现山坡掉土，不等通知先撤离，再报告。老人8.5米 远");
        let around = |part: &str| ours.in_sentences(ours.find(&Wording::new(part)).unwrap());
        assert_eq!(around("发现山坡掉土，不等通知先撤离，再报告"), None);
        assert_eq!(
            around("等通知先撤离"),
            Some(["发现山坡掉土，不", "等通知先撤离，", "再报告。"])
        );
        assert_eq!(around("老人8.5"), Some(["", "老人8.5", "米 远"]));
        let like = like("大家注意！洪水威胁临江镇沿江村，7月3日24时前撤到临江中学").unwrap();
        assert!(like.is_whole, "{}", said(&like));
        let like = likeness(
            &Wording::new(&format!("甲乙丙丁。{OURS}")),
            &Wording::new(&format!("大家注意！{OURS}")),
        )
        .unwrap();
        assert!(
            like.is_whole && said(&like).starts_with("[+大家注意！【+]"),
            "{}",
            said(&like)
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
