//! Facts: what is known of an incident, typed, sourced, and with the time as of which it holds.

mod bounds;
mod english;
mod named;
mod read;
mod several;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::phrase::{Phrase, phrase};
use super::time::{Moment, Span};
pub use bounds::{Lies, contradictions, has_side};
pub use english::{LeftOut, english_code, left_out};
pub use named::{EXPECTED_DURATION, register};
pub use read::{MAX_ROWS, MAX_TEXT, clean_text, finished_text};
pub use several::in_short;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FactType {
    Text,
    Number,
    Integer,
    Time,
    Duration,
    Flag,
    Choice,
    List,
}

/// A fact that an event type declares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FactSpec {
    pub fact: String,
    pub label: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_en: Option<String>,
    #[serde(rename = "type")]
    pub kind: FactType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The unit in English fields; `unit` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_en: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<ColumnSpec>,
    /// A text that names places, so that a version in another language must name them too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub place: bool,
    /// A text that may be given in English too, as the fact `<code>-en`; one that names places always may.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub english: bool,
    /// Given with a correction and held by it alone: it says what was wrong with one text, and nothing of the incident.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub correction: bool,
    /// The most characters of a text, so that a short message that prints it fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
    /// A text that names places (`place`) and may list several: of more than `max` has room for, the first is printed with how many
    /// there are (镇文体中心等3处). That is so in every text that prints the fact, the long one and the English one as well, so that all
    /// channels say the same; a text that has to name all of them prints a list.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub several: bool,
    /// On which side of now a time lies: `ahead` of it, `behind` it, or `either`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lies: Option<Lies>,
    /// A time that is not before this one: an end and its start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// A number that is no more than this one: a part and its whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<String>,
    /// A number that may be below zero; temperatures may by themselves.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub signed: bool,
    /// What has it for itself, when it says nothing of the whole incident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per: Option<Per>,
}

/// What a fact is about, where that is not the incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Per {
    /// One text: what one rumour claims is nothing that another text may say.
    Release,
}

/// A column of a list fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ColumnSpec {
    pub column: String,
    pub label: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_en: Option<String>,
    #[serde(rename = "type")]
    pub kind: FactType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The unit in English fields; `unit` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_en: Option<String>,
    /// A text that names a place, so that it may be given in English too, as the column `<code>-en`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub place: bool,
    /// A number that may be below zero; temperatures may by themselves.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub signed: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type", content = "value")]
pub enum FactValue {
    Text(String),
    Number(f64),
    Integer(i64),
    Time(Moment),
    Duration(Span),
    Flag(bool),
    List(Vec<BTreeMap<String, FactValue>>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    #[serde(flatten)]
    pub value: FactValue,
    /// The time as of which the value holds (截至).
    pub as_of: Moment,
    pub source: Option<String>,
    /// The users whose words are in it; empty in what older versions wrote.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
}

/// All that is known of one incident.
pub type Facts = BTreeMap<String, Fact>;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.phrase())]
pub struct FactError {
    pub fact: String,
    pub what: Phrase,
}

impl FactError {
    /// What was refused, the fact included.
    pub fn phrase(&self) -> Phrase {
        let fact = format!("{:?}", self.fact);
        phrase!("fact.bad", fact, what = self.what.clone())
    }
}

impl Fact {
    /// Whether it holds the same words as `other`, whoever gave them and as of whenever.
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        self.value == other.value && self.source == other.source
    }

    /// Whether words of `earlier` are still in it: a clause of its text, a cell of its rows, its source. Whoever adds a
    /// sign or changes a number beside them has not written them.
    pub fn takes_over_words_of(&self, earlier: &Self) -> bool {
        let mine = self.texts().concat();
        let clause = |c: char| !c.is_alphanumeric();
        earlier
            .texts()
            .iter()
            .flat_map(|text| text.split(clause))
            .any(|clause| clause.chars().count() >= 2 && mine.contains(clause))
    }

    /// Every text in it, its source included.
    fn texts(&self) -> Vec<&str> {
        let mut texts: Vec<&str> = self.source.iter().map(String::as_str).collect();
        match &self.value {
            FactValue::Text(text) => texts.push(text),
            FactValue::List(rows) => {
                for cell in rows.iter().flat_map(BTreeMap::values) {
                    if let FactValue::Text(text) = cell {
                        texts.push(text);
                    }
                }
            }
            _ => {}
        }
        texts
    }
}

impl FactValue {
    /// Whether `{{#if}}` takes the branch.
    pub fn is_truthy(&self) -> bool {
        match self {
            Self::Text(text) => !text.is_empty(),
            Self::Flag(flag) => *flag,
            Self::List(rows) => !rows.is_empty(),
            Self::Number(_) | Self::Integer(_) | Self::Time(_) | Self::Duration(_) => true,
        }
    }
}

impl FactSpec {
    /// Whether one text has it for itself, and the incident never.
    pub fn is_of_one_text(&self) -> bool {
        self.correction || self.per == Some(Per::Release)
    }
}
