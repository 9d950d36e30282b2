//! Three four-step scales that must not be mixed: response level, incident grade, warning colour.
//!
//! Source: 突发事件应对法 (2024) art. 3 (grades), 63 (warning levels), 71 (response levels). They do not map one to one,
//! and social-security incidents have neither grade nor colour.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fact::{FactValue, Facts};
use super::phrase::{Blank, Phrase, phrase};

/// The response level (响应级别). `I` is the highest and compares greatest.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub enum ResponseLevel {
    IV,
    III,
    II,
    I,
}

#[derive(Debug, thiserror::Error)]
#[error("{}", self.phrase())]
pub struct BadLevel(String);

impl BadLevel {
    pub fn phrase(&self) -> Phrase {
        phrase!(
            "verb.bad-level",
            text = format!("{:?}", self.0),
            also = "四级–一级"
        )
    }
}

impl ResponseLevel {
    pub const ALL: [Self; 4] = [Self::IV, Self::III, Self::II, Self::I];

    pub fn code(self) -> &'static str {
        match self {
            Self::IV => "IV",
            Self::III => "III",
            Self::II => "II",
            Self::I => "I",
        }
    }

    /// `四级`, the statute's word.
    pub fn zh(self) -> &'static str {
        match self {
            Self::IV => "四级",
            Self::III => "三级",
            Self::II => "二级",
            Self::I => "一级",
        }
    }

    /// `Ⅳ级`, the word of most local plans.
    pub fn roman_zh(self) -> &'static str {
        match self {
            Self::IV => "Ⅳ级",
            Self::III => "Ⅲ级",
            Self::II => "Ⅱ级",
            Self::I => "Ⅰ级",
        }
    }

    pub fn en(self) -> String {
        self.phrase().to_string()
    }

    pub fn phrase(self) -> Phrase {
        phrase!("verb.level", level = Blank::from(self))
    }
}

/// `Ⅲ级` or `III`, as people who work with plans call it; a text for the public has the statute's word.
impl From<ResponseLevel> for Blank {
    fn from(level: ResponseLevel) -> Self {
        Self::Name {
            zh: level.roman_zh().to_owned(),
            en: level.code().to_owned(),
        }
    }
}

impl fmt::Display for ResponseLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for ResponseLevel {
    type Err = BadLevel;

    fn from_str(text: &str) -> Result<Self, BadLevel> {
        match text.trim().trim_end_matches('级') {
            "IV" | "iv" | "Ⅳ" | "4" | "四" => Ok(Self::IV),
            "III" | "iii" | "Ⅲ" | "3" | "三" => Ok(Self::III),
            "II" | "ii" | "Ⅱ" | "2" | "二" => Ok(Self::II),
            "I" | "i" | "Ⅰ" | "1" | "一" => Ok(Self::I),
            _ => Err(BadLevel(text.chars().take(20).collect())),
        }
    }
}

/// The incident grade (事件等级), by harm done; the gravest compares greatest. Known late, if ever; never derived from the
/// response level.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum IncidentGrade {
    Ordinary,
    Considerable,
    Serious,
    ParticularlySerious,
}

impl IncidentGrade {
    pub const ALL: [Self; 4] = [
        Self::Ordinary,
        Self::Considerable,
        Self::Serious,
        Self::ParticularlySerious,
    ];
    /// The fact that says it; a fact like any other, given by somebody, with its source and time.
    pub const FACT: &'static str = "incident-grade";

    pub fn code(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::Considerable => "considerable",
            Self::Serious => "serious",
            Self::ParticularlySerious => "particularly-serious",
        }
    }

    /// The statute's word, which is the value of the fact.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Ordinary => "一般",
            Self::Considerable => "较大",
            Self::Serious => "重大",
            Self::ParticularlySerious => "特别重大",
        }
    }

    /// What `facts` say of it; None while nobody has graded the incident.
    pub fn of(facts: &Facts) -> Option<Self> {
        let FactValue::Text(said) = &facts.get(Self::FACT)?.value else {
            return None;
        };
        Self::ALL.into_iter().find(|grade| grade.zh() == said)
    }

    pub fn en(self) -> String {
        self.phrase().to_string()
    }

    pub fn phrase(self) -> Phrase {
        match self {
            Self::Ordinary => phrase!("verb.grade.ordinary"),
            Self::Considerable => phrase!("verb.grade.considerable"),
            Self::Serious => phrase!("verb.grade.serious"),
            Self::ParticularlySerious => phrase!("verb.grade.particularly-serious"),
        }
    }
}

/// No grade of an incident is called so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadGrade;

impl FromStr for IncidentGrade {
    type Err = BadGrade;

    /// By its code or by the statute's word.
    fn from_str(text: &str) -> Result<Self, BadGrade> {
        let mut all = Self::ALL.into_iter();
        all.find(|grade| [grade.code(), grade.zh()].contains(&text.trim()))
            .ok_or(BadGrade)
    }
}

/// The colour of an early warning (预警级别).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WarningColour {
    Red,
    Orange,
    Yellow,
    Blue,
}

/// The four classes of emergency event. Source: 突发事件应对法 (2024) art. 2.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum EventClass {
    NaturalDisaster,
    AccidentDisaster,
    PublicHealth,
    SocialSecurity,
}

impl EventClass {
    pub fn zh(self) -> &'static str {
        match self {
            Self::NaturalDisaster => "自然灾害",
            Self::AccidentDisaster => "事故灾难",
            Self::PublicHealth => "公共卫生事件",
            Self::SocialSecurity => "社会安全事件",
        }
    }

    /// Whether law grades such incidents and gives them warning colours.
    pub fn is_graded(self) -> bool {
        self != Self::SocialSecurity
    }
}
