//! A passage that a correction names: what was wrong, and what is right.

use serde::{Deserialize, Serialize};

use super::said_in;
use crate::domain::bulletin::{BulletinText, Language};
use crate::domain::fact::english_code;
use crate::domain::incident::Incident;
use crate::domain::release::Release;

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
        let (wrong, right) = ("correction-text", "correction-to");
        let english = |text: &str| of(text, &english_code(wrong), &english_code(right));
        Some(Self {
            english: text.text_en.as_deref().and_then(english).map(Box::new),
            ..of(&text.text, wrong, right)?
        })
    }
}
