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
        let mut known: Vec<Self> = Vec::new();
        for mut next in all {
            // It names the words that an earlier one made right, with others beside them.
            known.retain(|first| {
                let is_within = first.right.chars().count() > 3 && next.wrong != first.right;
                let is_within = is_within && next.wrong.contains(&first.right);
                if is_within {
                    next.wrong = next.wrong.replace(&first.right, &first.wrong);
                }
                !is_within && first.wrong != next.wrong
            });
            match known
                .iter_mut()
                .find_map(|first| Some((next.after(first)?, first)))
            {
                Some((whole, first)) => *first = whole,
                None => known.push(next),
            }
        }
        known
    }

    /// The passage as it is right by now, where `first` made right what this one corrects once more.
    pub(super) fn after(&self, first: &Self) -> Option<Self> {
        if !first.right.contains(&self.wrong) {
            return None;
        }
        let english = (self.english.as_ref()).zip(first.english.as_ref());
        Some(Self {
            wrong: first.wrong.clone(),
            right: first.right.replace(&self.wrong, &self.right),
            english: english
                .and_then(|(own, first)| own.after(first))
                .map(Box::new),
        })
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
    }
}
