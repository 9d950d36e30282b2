//! What a saying that goes round claims: of which matter, whether something has to be done or has not any more, by which hour, where
//! to go and whom to call.
//!
//! Pure, and knows no text of ours. It is read roughly, clause by clause: what is made of it only points to the orders themselves.

mod detail;
mod groups;
mod words;

pub use self::groups::groups_in;
pub use self::words::Matter;

use self::detail::{goals, hours, telephones, with_digits};
use self::words::{BOTH, DENIED, ENDED, FREED, HINDERED, MATTERS, NOT, TRADITIONAL};
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
        let is_named = names.peek().is_some() || !groups_in(&self.text).is_empty();
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
        for (place, _) in groups_in(&self.text).into_iter().rev() {
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
    first(clause, &ENDED).or_else(|| said_over(clause))
}

/// Where `over` at the end of a clause says so: it is now over, is the evacuation over. A road that is flooded all over is none.
fn said_over(clause: &str) -> Option<usize> {
    const BETWEEN: [&str; 6] = ["now", "already", "finally", "nearly", "almost", "not"];
    const BEFORE: [&str; 5] = ["when", "so", "and", "but", "or"];
    let is = |word: &str| {
        let bare = word.strip_suffix("n't").unwrap_or(word);
        ["is", "are", "was", "were", "be", "been"].contains(&bare) || word.ends_with("'s")
    };
    let before = clause.strip_suffix(" over")?;
    let last = before.rsplit(' ').find(|word| !BETWEEN.contains(word))?;
    let first = before.split(' ').find(|word| !BEFORE.contains(word))?;
    let is_of_place = last == "all" || last.ends_with("ed") || last.ends_with("ing");
    (is(last) || is(first) && !is_of_place).then_some(before.len())
}

/// Where the first of `words` is said in `clause`.
fn first(clause: &str, words: &[&str]) -> Option<usize> {
    let said = words
        .iter()
        .filter_map(|word| Some(places(clause, word).next()?.start));
    said.min()
}

/// Whether what stands `before` something that people may do again says that they may not.
fn is_hindered(before: &str) -> bool {
    let is_free = |behind: &str| FREED.iter().any(|word| is_said(behind, word));
    HINDERED.iter().any(|word| {
        let last = places(before, word).last();
        last.is_some_and(|place| !is_free(&before[place.end..]))
    })
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
    let (is_over, is_turned) = match (ended(clause), back, act) {
        (Some(at), _, _) => (true, is_not(at)),
        (_, Some(at), _) => (true, is_not(at) || is_hindered(&clause[..at])),
        (_, _, Some(at)) => (false, is_not(at)),
        _ => return None,
    };
    Some(match is_over != is_turned {
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
            // A ban is no permission, nor is what hinders.
            ("严禁饮用自来水", Some(Stance::Asked)),
            ("严禁外出", Some(Stance::Asked)),
            ("请尽量减少外出", Some(Stance::Asked)),
            ("限制通行", Some(Stance::Asked)),
            ("中断供水", Some(Stance::Asked)),
            ("积水影响车辆通行", Some(Stance::Asked)),
            ("请到供水点取水", Some(Stance::Asked)),
            ("没水喝", Some(Stance::Asked)),
            ("There is no water to drink", Some(Stance::Asked)),
            ("不要使用自来水", Some(Stance::Asked)),
            ("Do not use the tap water", Some(Stance::Asked)),
            // Whoever is hindered has to leave all the same, or may be free again.
            ("受洪水影响必须转移", Some(Stance::Asked)),
            ("为减少损失请转移", Some(Stance::Asked)),
            ("没水没电必须转移", Some(Stance::Asked)),
            ("受影响的群众可以回家了", Some(Stance::Over)),
            ("限制通行已经解除", Some(Stance::Over)),
            ("道路解禁", Some(Stance::Over)),
            ("宵禁结束可以外出", Some(Stance::Over)),
            ("可以用自来水了", Some(Stance::Over)),
            ("恢复供水了", Some(Stance::Over)),
            ("The road is flooded all over", Some(Stance::Asked)),
            ("Leave, the water is pouring over", Some(Stance::Asked)),
            (
                "The evacuation of Weinan Village is now over",
                Some(Stance::Over),
            ),
            (
                "Is the evacuation of Weinan Village over?",
                Some(Stance::Over),
            ),
            ("So is it over?", Some(Stance::Over)),
            ("The evacuation isn't over", Some(Stance::Asked)),
        ] {
            assert_eq!(Saying::read(said).stance, stance, "{said}");
        }
    }

    #[test]
    fn a_place_with_its_groups_is_all_that_is_said() {
        let is_place = |said: &str| Saying::read(said).is_place(["荷花村"].into_iter());
        for said in [
            "荷花村三组",
            "荷花村三组 Group 3",
            "Group 3 荷花村三组",
            "荷花村group 3、4组",
        ] {
            assert!(is_place(said), "{said}");
        }
        for said in ["荷花村group的 3", "荷花村group-wide 3", "荷花村三组在哪"] {
            assert!(!is_place(said), "{said}");
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
