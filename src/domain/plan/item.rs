//! An item of a plan (公开事项): one thing to disclose at a level, and what kind of text it is.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::audience::Audience;
use crate::domain::body::PostRef;
use crate::domain::concern::ConcernSource;
use crate::domain::deadline::{Due, Repeat};
use crate::domain::document::Document;
use crate::domain::level::IncidentGrade;
use crate::domain::time::Span;

/// One thing to disclose at a level (公开事项).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    pub item: String,
    pub name: String,
    pub name_en: Option<String>,
    pub kind: ItemKind,
    pub role: Option<ItemRole>,
    pub subject: Option<String>,
    /// A code of [`super::Plan::issuers`]; None = the plan's body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// None = what its kind is by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Document>,
    pub template: String,
    pub content: Vec<String>,
    pub basis: Vec<String>,
    pub channels: Vec<ItemChannel>,
    pub audience: Audience,
    /// The earliest counts. Empty = no deadline of its own.
    pub due: Vec<Due>,
    pub repeat: Option<Repeat>,
    /// It tells of something that is held first; then `due` is the limit of the holding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Held>,
    /// It is planned from this grade of the incident on, and not below; None = by its level alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_grade: Option<IncidentGrade>,
    pub on_demand: bool,
    /// A measure that its level makes ready, and somebody orders or not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub decided: bool,
    /// Who decides it; none = whoever may decide in the plan's body.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decided_by: Vec<PostRef>,
    /// Codes of the measures that it excludes in the same place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instead_of: Vec<String>,
    /// The facts that name the places of an order, for that one text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places_facts: Vec<String>,
    /// The item in whose text this one goes out; then it has no template, channels and route of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundle: Option<String>,
    pub route: String,
    pub fast: Option<String>,
    pub valid_for: Option<Span>,
    pub on_raise: OnRaise,
    pub lifts: Vec<String>,
    /// The fact of type `time` that says from which hour what it lifts is over; none = from when it goes out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<String>,
    /// The fact of type `text` that says for whom what it lifts goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub except: Option<String>,
    /// Items whose series stop when this text of a superior is relayed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub takes_over: Vec<String>,
    /// Measures that it is advice on: the end of the response leaves it standing while one of them binds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stands_with: Vec<String>,
    pub interpretation: Option<Box<Item>>,
    /// The same item where the plan lets the source of a concern say by when, by whom and where it is answered.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by_source: BTreeMap<ConcernSource, Item>,
}

impl Item {
    /// As it is for what was found at `source`.
    pub fn from(&self, source: Option<ConcernSource>) -> &Self {
        let own = source.and_then(|source| self.by_source.get(&source));
        own.unwrap_or(self)
    }

    /// Whether an incident of `grade` asks for it.
    pub fn is_for(&self, grade: Option<IncidentGrade>) -> bool {
        self.from_grade
            .is_none_or(|from| grade.is_some_and(|grade| grade >= from))
    }

    pub fn document(&self) -> Document {
        self.document.unwrap_or(Document::of(self.kind))
    }
}

/// What is held before a text can tell of it, such as a press conference (新闻发布会).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Held {
    /// The fact of type `time` that says when it was held.
    pub fact: String,
    /// The item that announces it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announced_by: Option<String>,
    /// The fact of type `time` for which it is announced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announced_for: Option<String>,
    /// How long after the holding its text may come.
    pub text_within: Span,
    /// An on-demand item that is asked for when it was held; its deadline of `request` counts from the holding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemChannel {
    pub channel: String,
    /// None = the item's audience.
    pub audience: Option<Audience>,
}

#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum ItemKind {
    Notice,
    Bulletin,
    Advisory,
    Warning,
    Interpretation,
    Refutation,
    PressConference,
    Summary,
    Correction,
}

impl ItemKind {
    pub fn code(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Bulletin => "bulletin",
            Self::Advisory => "advisory",
            Self::Warning => "warning",
            Self::Interpretation => "interpretation",
            Self::Refutation => "refutation",
            Self::PressConference => "press-conference",
            Self::Summary => "summary",
            Self::Correction => "correction",
        }
    }

    pub fn zh(self) -> &'static str {
        match self {
            Self::Notice => "通告",
            Self::Bulletin => "情况通报",
            Self::Advisory => "提示",
            Self::Warning => "预警信息",
            Self::Interpretation => "解读",
            Self::Refutation => "辟谣",
            Self::PressConference => "新闻发布会",
            Self::Summary => "总结",
            Self::Correction => "更正",
        }
    }

    /// Which lane its deliveries take: a warning or correction is never behind an explanation.
    pub fn lane(self) -> crate::domain::delivery::Lane {
        use crate::domain::delivery::Lane;
        match self {
            Self::Warning | Self::Correction | Self::Notice | Self::Advisory | Self::Refutation => {
                Lane::Urgent
            }
            Self::Bulletin | Self::PressConference => Lane::Normal,
            Self::Interpretation | Self::Summary => Lane::Bulk,
        }
    }
}

#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum ItemRole {
    Activation,
    Termination,
    Lifting,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OnRaise {
    #[default]
    Keep,
    Reissue,
}
