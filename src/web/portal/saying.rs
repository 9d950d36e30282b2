//! What a saying that goes round claims: of which matter, whether something has to be done or has not any more, by which hour, where
//! to go and whom to call.
//!
//! Pure, and knows no text of ours. It is read roughly, clause by clause: what is made of it only points to the orders themselves.

mod detail;
mod groups;
mod words;

pub use self::groups::numbers as groups_of;
pub use self::words::Matter;

use self::detail::{goals, hours, telephones, with_digits};
use self::groups::groups;
use self::words::{BOTH, DENIED, ENDED, MATTERS, NOT, TRADITIONAL};
use super::heard::{is_said, places, without};
use super::wording::Wording;
use crate::domain::invisible::ordinary;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stance {
    /// Something has to be done, or still holds.
    Asked,
    /// It has not, any more.
    Over,
}

pub struct Saying {
    /// Small and narrow, without what is asked in two ways at once (能不能).
    pub text: String,
    pub matters: Vec<&'static Matter>,
    pub stance: Option<Stance>,
    /// The words that say it is over.
    pub over: String,
}

impl Saying {
    pub fn read(asked: &str) -> Self {
        let mut text = ordinary(asked).to_lowercase();
        let pairs: Vec<char> = TRADITIONAL.chars().collect();
        let same = |c: char| {
            pairs
                .chunks(2)
                .find_map(|pair| (pair[0] == c).then_some(pair[1]))
        };
        text = text.chars().map(|c| same(c).unwrap_or(c)).collect();
        for (both, one) in BOTH {
            text = text.replace(both, one);
        }
        let text = with_digits(&text);
        let has = |words: &[&str]| words.iter().any(|word| is_said(&text, word));
        let matters = MATTERS.iter();
        let matters: Vec<&Matter> = matters
            .filter(|matter| has(matter.said) || has(matter.undone) || has(matter.ordered))
            .collect();
        let stances = clauses(&text).filter_map(|clause| Some((clause, stance(clause, &matters)?)));
        let stances: Vec<(&str, Stance)> = stances.collect();
        let of = |wanted: Stance| stances.iter().filter(move |(_, stance)| *stance == wanted);
        let is_denied = has(&DENIED);
        let is_over = of(Stance::Over).next().is_some();
        let stance = match (stances.is_empty(), is_over != is_denied) {
            (true, _) => None,
            (false, true) => Some(Stance::Over),
            (false, false) => Some(Stance::Asked),
        };
        let over: Vec<&str> = of(Stance::Over).map(|(clause, _)| *clause).collect();
        Self {
            over: over.join("，"),
            stance,
            matters,
            text,
        }
    }

    /// How many words it is of.
    pub fn words(&self) -> usize {
        Wording::new(&self.text).keys().len()
    }

    /// Whether nothing is said but that something has ended, beside `names` of places: 解除了吗.
    pub fn is_bare<'n>(&self, names: impl Iterator<Item = &'n str>) -> bool {
        let has_ended = clauses(&self.text).any(|clause| ended(clause).is_some());
        has_ended && !self.says_more_than(names.chain(ENDED).chain(["over"]))
    }

    /// Whether nothing is said but `names` of places, and groups of them: 圩南村三组.
    pub fn is_place<'n>(&self, names: impl Iterator<Item = &'n str>) -> bool {
        let mut names = names.peekable();
        let is_named = names.peek().is_some() || !groups(&self.text).is_empty();
        is_named && !self.says_more_than(names)
    }

    fn says_more_than<'n>(&self, words: impl Iterator<Item = &'n str>) -> bool {
        const EMPTY: [&str; 48] = [
            "通告",
            "命令",
            "措施",
            "警报",
            "听说",
            "据说",
            "网传",
            "群里",
            "说",
            "已经",
            "全部",
            "现在",
            "大家",
            "转发",
            "扩散",
            "紧急",
            "通知",
            "真的",
            "请问",
            "刚刚",
            "全",
            "都",
            "了",
            "吗",
            "的",
            "吧",
            "是",
            "能",
            "可以",
            "the",
            "is",
            "are",
            "it",
            "has",
            "have",
            "been",
            "be",
            "all",
            "already",
            "now",
            "yet",
            "everything",
            "order",
            "in",
            "of",
            "we",
            "i",
            "for",
        ];
        let mut rest = self.text.clone();
        for (place, _) in groups(&self.text).into_iter().rev() {
            rest.replace_range(place, " ");
        }
        for word in words.chain(EMPTY) {
            rest = without(&rest, word);
        }
        rest.contains(|c: char| c.is_alphanumeric())
    }

    /// Whether it sends people somewhere, in whatever matter.
    pub fn tells(&self) -> bool {
        const TOLD: [&str; 10] = [
            "前往", "必须", "赶紧", "马上", "立即", "到", "must", "go to", "have to", "need to",
        ];
        TOLD.iter().any(|word| is_said(&self.text, word))
    }

    /// Whether `ours`, the words of an order, have every hour, telephone and place to go to that it names.
    pub fn agrees_with(&self, ours: &str) -> bool {
        let ours = with_digits(&ordinary(ours).to_lowercase());
        let (said, known) = (hours(&self.text), hours(&ours));
        let is_hour = |(hour, minute): &(u32, u32)| {
            // 6点 is said of the evening, too.
            let mut known = known.iter();
            known.any(|(own, of)| {
                of == minute && (own % 24 == hour % 24 || *hour <= 12 && own % 12 == hour % 12)
            })
        };
        let digits: String = ours.chars().filter(char::is_ascii_digit).collect();
        let squeezed: String = ours.chars().filter(|c| !c.is_whitespace()).collect();
        said.iter().all(is_hour)
            && telephones(&self.text)
                .iter()
                .all(|number| digits.contains(number.as_str()))
            && goals(&self.text)
                .iter()
                .all(|goal| squeezed.contains(goal.as_str()))
    }
}

fn clauses(text: &str) -> impl Iterator<Item = &str> {
    let ends = text.split(|c: char| "，。；：！？、,;:!?\n~…".contains(c));
    ends.flat_map(|part| part.split(". "))
        .map(str::trim)
        .filter(|clause| !clause.is_empty())
}

/// Where a clause says that something has ended: 解除, and "… is the evacuation over".
fn ended(clause: &str) -> Option<usize> {
    first(clause, &ENDED).or_else(|| clause.strip_suffix(" over").map(str::len))
}

/// Where the first of `words` is said in `clause`.
fn first(clause: &str, words: &[&str]) -> Option<usize> {
    let said = words
        .iter()
        .filter_map(|word| Some(places(clause, word).next()?.start));
    said.min()
}

/// What a clause says of `matters`.
fn stance(clause: &str, matters: &[&Matter]) -> Option<Stance> {
    let of = |words: fn(&Matter) -> &'static [&'static str]| {
        let all = matters.iter().map(|matter| words(matter));
        all.filter_map(|words| first(clause, words)).min()
    };
    let back = of(|matter| matter.undone);
    let act = of(|matter| matter.said);
    // What is negated is what stands behind.
    let is_not = |at: usize| NOT.iter().any(|not| is_said(&clause[..at], not));
    let (at, is_over) = match (ended(clause), back, act) {
        (Some(at), _, _) => (at, true),
        (_, Some(at), _) => (at, true),
        (_, _, Some(at)) => (at, false),
        _ => return None,
    };
    Some(match is_over != is_not(at) {
        true => Stance::Over,
        false => Stance::Asked,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_is_told_from_what_is_asked() {
        for (said, stance) in [
            ("圩南村水退了，可以回来了", Some(Stance::Over)),
            ("不用走了", Some(Stance::Over)),
            ("不要转移，都是假的", Some(Stance::Asked)),
            ("转移没有解除", Some(Stance::Asked)),
            ("是不是可以回家了", Some(Stance::Over)),
            ("还不能回家", Some(Stance::Asked)),
            ("要不要撤離", Some(Stance::Asked)),
            // Whatever is done again is over, and whatever is not to be done holds.
            ("明天上课", Some(Stance::Over)),
            ("明天不上课", Some(Stance::Asked)),
            ("停课解除了", Some(Stance::Over)),
            ("水可以喝了", Some(Stance::Over)),
            ("自来水不要喝", Some(Stance::Asked)),
            ("停止供水三天", Some(Stance::Asked)),
            ("禁止通行", Some(Stance::Asked)),
            ("不要外出", Some(Stance::Asked)),
            // A sign of negation within another word negates nothing.
            ("水位不断上涨必须转移", Some(Stance::Asked)),
            ("免费接送转移", Some(Stance::Asked)),
            ("淹没区人员转移", Some(Stance::Asked)),
            ("It is unsafe to return", Some(Stance::Asked)),
            ("The evacuation was extended", Some(Stance::Asked)),
            ("The river is overflowing, leave", Some(Stance::Asked)),
            ("Is the evacuation over?", Some(Stance::Over)),
            ("Schools are open again", Some(Stance::Over)),
            ("Classes resume on Monday", Some(Stance::Over)),
            ("People are allowed back", Some(Stance::Over)),
            ("Do not drink the water", Some(Stance::Asked)),
            ("The water is drinkable", Some(Stance::Over)),
            ("Stay home", Some(Stance::Asked)),
            ("The network is down", None),
            ("网传转移取消是谣言", Some(Stance::Asked)),
            ("You don’t have to leave", Some(Stance::Over)),
            ("It is not safe to return", Some(Stance::Asked)),
            ("今晚吃什么", None),
        ] {
            assert_eq!(Saying::read(said).stance, stance, "{said}");
        }
    }

    #[test]
    fn another_hour_another_hall_and_another_number_do_not_agree() {
        let ours = "圩南村请于7月3日18时30分前撤离到镇文体中心。接送0510-0000-1203";
        for said in [
            "今晚六点半前走",
            "18:30前到镇文体中心",
            "6点半到文体中心集合，电话0510-0000-1203",
            "leave before 18:30",
            "快一点走",
        ] {
            assert!(Saying::read(said).agrees_with(ours), "{said}");
        }
        for said in [
            "今晚八点前走",
            "撤离到县第一中学",
            "车费打13800000000",
            "leave by 8 pm",
        ] {
            assert!(!Saying::read(said).agrees_with(ours), "{said}");
        }
    }
}
