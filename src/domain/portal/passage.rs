//! A passage that a correction names: what was wrong, and what is right.

use serde::{Deserialize, Serialize};

use super::{said_in, words_of};
use crate::domain::bulletin::{BulletinText, Language};
use crate::domain::fact::english_code;
use crate::domain::incident::Incident;
use crate::domain::release::Release;

/// The facts that say what was wrong, and what is right.
const WRONG: &str = "correction-text";
const RIGHT: &str = "correction-to";

/// A passage that a correction names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    pub wrong: String,
    pub right: String,
    /// The same in English, if the correction's English text says both.
    #[serde(default, rename = "en", skip_serializing_if = "Option::is_none")]
    pub english: Option<Box<Passage>>,
}

impl Passage {
    /// It in `language`, or in Chinese where nobody gave the English.
    pub fn in_language(&self, language: Language) -> &Self {
        match (language, &self.english) {
            (Language::En, Some(english)) => english,
            _ => self,
        }
    }

    /// What `all`, which correct one text one after the other, say of it together, in their order: of what was corrected once more
    /// the first words and the last, and what has nothing to do with another by itself.
    #[must_use]
    pub fn together(all: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let mut known = Vec::new();
        for next in all {
            next.joins(&mut known);
        }
        known
    }

    /// Takes its place among `known`, which earlier corrections of the same text say, as it is to be read beside the first words;
    /// tells which place that is.
    pub(super) fn joins(mut self, known: &mut Vec<Self>) -> usize {
        known.retain(|first| {
            if let Some(widened) = self.around(first) {
                self = widened;
                return false;
            }
            // It says the whole anew.
            self.wrong != first.wrong
        });
        let again = known
            .iter()
            .enumerate()
            .find_map(|(at, first)| Some((at, self.after(first)?)));
        match again {
            Some((at, whole)) => {
                known[at] = whole;
                at
            }
            None => {
                known.push(self);
                known.len() - 1
            }
        }
    }

    /// The passage beside the first words, where it names what `first` made right with others beside it.
    fn around(&self, first: &Self) -> Option<Self> {
        let is_longer = says_which(&first.right) && self.wrong != first.right;
        Some(Self {
            wrong: replaced(&self.wrong, &first.right, &first.wrong).filter(|_| is_longer)?,
            right: self.right.clone(),
            english: self.english_beside(first),
        })
    }

    /// The passage as it is right by now, where `first` made right what this one corrects once more.
    fn after(&self, first: &Self) -> Option<Self> {
        Some(Self {
            wrong: first.wrong.clone(),
            right: replaced(&first.right, &self.wrong, &self.right)?,
            english: self.english_beside(first),
        })
    }

    /// The English of it, which may be shorter than that of `first` where the Chinese is longer. Words that were corrected in
    /// English once and are not known to be joined would say what is wrong by now.
    fn english_beside(&self, first: &Self) -> Option<Box<Self>> {
        let own = self.english.as_deref()?;
        match first.english.as_deref() {
            None => Some(Box::new(own.clone())),
            Some(first) => own.around(first).or_else(|| own.after(first)).map(Box::new),
        }
    }

    /// What `correction` was given to say, before there is a text of it.
    pub fn given(correction: &Release, incident: &Incident) -> Option<Self> {
        let of = |wrong: &str, right: &str| {
            let known = |fact: &str| (correction.own_facts.get(fact)).or(incident.facts.get(fact));
            Some(Self {
                wrong: words_of(known(wrong)?)?.to_owned(),
                right: words_of(known(right)?)?.to_owned(),
                english: None,
            })
        };
        Some(Self {
            english: of(&english_code(WRONG), &english_code(RIGHT)).map(Box::new),
            ..of(WRONG, RIGHT)?
        })
    }

    /// The facts of a correction, if its signed text says both: only what was signed is shown.
    pub(super) fn told_by(
        text: &BulletinText,
        correction: &Release,
        incident: &Incident,
    ) -> Option<Self> {
        let of = |text: &str, wrong: &str, right: &str| {
            let known = |fact: &str| (correction.own_facts.get(fact)).or(incident.facts.get(fact));
            let said = |fact: &str| said_in(text, known(fact)?);
            Some(Self {
                wrong: said(wrong)?,
                right: said(right)?,
                english: None,
            })
        };
        let english = |text: &str| of(text, &english_code(WRONG), &english_code(RIGHT));
        Some(Self {
            english: text.text_en.as_deref().and_then(english).map(Box::new),
            ..of(&text.text, WRONG, RIGHT)?
        })
    }
}

/// Whether `words` are enough to be known again among others: a few, or a number with what it counts.
fn says_which(words: &str) -> bool {
    let length = words.chars().count();
    length > 3 || length > 1 && words.contains(char::is_numeric)
}

/// `text` with `words` in other words; None where they do not stand in it. A number is not a part of a longer one.
fn replaced(text: &str, words: &str, by: &str) -> Option<String> {
    let mut said = String::new();
    let mut rest = 0;
    for (at, _) in text.match_indices(words) {
        let end = at + words.len();
        if !is_within_number(text, at) && !is_within_number(text, end) {
            said.push_str(&text[rest..at]);
            said.push_str(by);
            rest = end;
        }
    }
    (rest > 0).then(|| said + &text[rest..])
}

/// Whether a number of `text` begins before `at` and ends behind: 18|5, 18.|5 and 18|:30.
fn is_within_number(text: &str, at: usize) -> bool {
    let is_digit = |c: Option<char>| c.is_some_and(char::is_numeric);
    let is_sign = |c: char| ['.', '．', ':', '：', ','].contains(&c);
    let ends = |text: &str| is_digit(text.chars().next_back());
    let begins = |text: &str| is_digit(text.chars().next());
    let (before, behind) = text.split_at(at);
    ends(before) && begins(behind)
        || before.strip_suffix(is_sign).is_some_and(ends) && begins(behind)
        || ends(before) && behind.strip_prefix(is_sign).is_some_and(begins)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passage(wrong: &str, right: &str) -> Passage {
        Passage {
            wrong: wrong.into(),
            right: right.into(),
            english: None,
        }
    }

    #[test]
    fn corrections_of_one_text_are_read_together() {
        let of = |all: &[(&str, &str)]| {
            let all = all.iter().map(|(wrong, right)| passage(wrong, right));
            let together = Passage::together(all).into_iter();
            together
                .map(|one| format!("{}→{}", one.wrong, one.right))
                .collect::<Vec<_>>()
        };
        let (road, hour) = (("经圩堤路", "经县道201线"), ("20时前", "21时前"));
        assert_eq!(of(&[road, hour]), ["经圩堤路→经县道201线", "20时前→21时前"]);
        // Corrected once more, and with the words beside it.
        assert_eq!(
            of(&[road, hour, ("县道201线", "环城路")]),
            ["经圩堤路→经环城路", "20时前→21时前"]
        );
        assert_eq!(
            of(&[road, ("集合，经县道201线", "不集合，经环城路")]),
            ["集合，经圩堤路→不集合，经环城路"]
        );
        // The later one says the whole already.
        assert_eq!(of(&[road, ("经圩堤路", "经环城路")]), ["经圩堤路→经环城路"]);
        // An hour is no part of another hour.
        let other = ("9时起停水", "8时起停水");
        assert_eq!(
            of(&[("20时撤离", "19时撤离"), ("9时", "8时"), other]),
            ["20时撤离→19时撤离", "9时→8时", "9时起停水→8时起停水"]
        );
        // A few characters are enough if there is a number among them.
        assert_eq!(
            of(&[("8时前", "9时前"), ("请于9时前撤离", "请于10时前撤离")]),
            ["请于8时前撤离→请于10时前撤离"]
        );
        let (gate, meeting) = (("南门", "北门"), ("到北门集合", "到东门集合"));
        assert_eq!(of(&[gate, meeting]), ["南门→北门", "到北门集合→到东门集合"]);
    }

    #[test]
    fn a_part_of_a_number_is_not_corrected() {
        for (text, words, now) in [
            ("水位19.5米", "5米", None),
            ("水位19．5米", "5米", None),
            ("水位19.5米，水深5米", "5米", Some("水位19.5米，水深6米")),
            ("水位19.5米", "19", None),
            ("18:30分", "30分", None),
            ("18：30分", "30分", None),
            ("18:30", "18", None),
            ("1,200 people", "200 people", None),
            ("15米", "5米", None),
            ("共5米。", "5米", Some("共6米。")),
            ("一、5米", "5米", Some("一、6米")),
            ("水位：5米", "5米", Some("水位：6米")),
        ] {
            assert_eq!(replaced(text, words, "6米").as_deref(), now, "{text}");
        }
        let of = [("水位18.5米", "水位19.5米"), ("5米", "6米")];
        let all = Passage::together(of.map(|(wrong, right)| passage(wrong, right)));
        assert_eq!(all, of.map(|(wrong, right)| passage(wrong, right)));
    }

    #[test]
    fn english_is_said_wherever_it_is_known_to_be_right() {
        let of = |zh: (&str, &str), en: Option<(&str, &str)>| Passage {
            english: en.map(|(wrong, right)| Box::new(passage(wrong, right))),
            ..passage(zh.0, zh.1)
        };
        let first = of(("到实验小学", "到和平小学"), Some(("to A", "to B school")));
        let around = |en| of(("请到和平小学集合", "请到体育馆集合"), en);
        let english = |second: Passage| {
            let all = Passage::together([first.clone(), second]);
            assert_eq!(all.len(), 1, "{all:?}");
            assert_eq!(all[0].wrong, "请到实验小学集合");
            all[0].english.clone().map(|en| (en.wrong, en.right))
        };
        assert_eq!(
            english(around(Some(("Go to B school", "Go to the gym")))),
            Some(("Go to A".to_owned(), "Go to the gym".to_owned()))
        );
        assert_eq!(english(around(None)), None);
        assert_eq!(english(around(Some(("by road", "by boat")))), None);
        // English is as long as it likes.
        assert_eq!(
            english(around(Some(("to B school", "to the gym")))),
            Some(("to A".to_owned(), "to the gym".to_owned()))
        );

        let hours = |first: Option<(&str, &str)>, second| {
            let first = of(("8时前", "9时前"), first);
            let second = of(("请于9时前撤离", "请于10时前撤离"), second);
            let [whole] = <[Passage; 1]>::try_from(Passage::together([first, second])).unwrap();
            whole.english.map(|en| format!("{}→{}", en.wrong, en.right))
        };
        let second = Some(("Leave by 9am", "Leave by 10am"));
        assert_eq!(
            hours(Some(("8am", "9am")), second).as_deref(),
            Some("Leave by 8am→Leave by 10am")
        );
        assert_eq!(
            hours(None, second).as_deref(),
            Some("Leave by 9am→Leave by 10am")
        );
        assert_eq!(hours(Some(("8am", "9am")), None), None);
    }
}
