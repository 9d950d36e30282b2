//! `plans/<plan>/plan.yaml` as written.
//!
//! Keys that an inherited item may leave out are optional here; `check::items` demands them of the whole item.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{date, time_zone};
use crate::domain::area::AreaCode;
use crate::domain::audience::Audience;
use crate::domain::concern::ConcernSource;
use crate::domain::deadline::Due;
use crate::domain::document::Document;
use crate::domain::level::{IncidentGrade, ResponseLevel};
use crate::domain::plan::{Held, ItemKind, ItemRole, OnRaise};
use crate::domain::recurrence::CronRule;
use crate::domain::time::Span;

/// `plans/<plan>/plan.yaml`: what one body releases about one event type, level by level.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PlanFile {
    /// The name of its folder.
    pub plan: String,
    /// Marks a file of the example set.
    #[serde(default)]
    pub example: bool,
    pub title: String,
    #[serde(default)]
    pub title_en: Option<String>,
    /// Drafts and answers the telephone.
    pub body: String,
    /// The body that decides and signs, where it is another one; an item may name its own.
    #[serde(default)]
    pub issuer: Option<String>,
    /// The posts that decide measures; whoever may declare incidents of the body when left out.
    #[serde(default)]
    pub decided_by: Vec<String>,
    pub event: String,
    #[schemars(length(min = 1))]
    pub areas: Vec<AreaCode>,
    pub revision: String,
    #[schemars(schema_with = "time_zone")]
    pub time_zone: Tz,
    #[serde(default)]
    pub effective: Effective,
    #[schemars(extend("minProperties" = 1))]
    pub routes: BTreeMap<String, RouteFile>,
    #[serde(default)]
    pub corrections: Option<CorrectionsFile>,
    /// Who speaks at which grade of the incident.
    #[serde(default)]
    pub speaker: Option<SpeakerFile>,
    pub levels: LevelsFile,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Effective {
    #[serde(default)]
    #[schemars(schema_with = "date")]
    pub from: Option<NaiveDate>,
    /// The day by which somebody must have looked at the plan again.
    #[serde(default)]
    #[schemars(schema_with = "date")]
    pub review_by: Option<NaiveDate>,
}

/// At some grades of an incident a superior speaks, and its text is relayed; at all others the plan's own organ speaks.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SpeakerFile {
    /// A fact of type `choice`: the grade (事件等级).
    pub by: String,
    /// The grades at which the superior speaks.
    #[schemars(length(min = 1))]
    pub superior: Vec<String>,
    /// The item that relays the superior's text; its `takes-over` says what stops.
    pub relay: String,
    /// The fact that holds the superior's text word for word. The relay prints it as it is, with whose it is and of when.
    #[serde(default = "superior_content")]
    pub words: String,
    /// The fact that names the superior.
    #[serde(default = "superior_command")]
    pub source: String,
    /// The fact that says when the superior released its text.
    #[serde(default = "superior_time")]
    pub time: String,
}

fn superior_content() -> String {
    "superior-content".into()
}

fn superior_command() -> String {
    "superior-command".into()
}

fn superior_time() -> String {
    "superior-time".into()
}

/// The posts that sign, in order: `post` of the plan's body, or `body/post`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RouteFile {
    #[schemars(length(min = 1))]
    pub sign: Vec<String>,
    /// A text of the template alone may go out on these signatures; `countersign` names the route that signs afterwards.
    #[serde(default)]
    pub pre_approved: bool,
    #[serde(default)]
    pub countersign: Option<String>,
    #[serde(default)]
    pub countersign_within: Option<Span>,
}

/// The pre-written corrections: one person sends, a second confirms.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CorrectionsFile {
    pub sign: String,
    pub confirm: String,
    pub confirm_within: Span,
    pub sent_in_error: String,
    pub wrong_content: String,
    pub all_clear: String,
    /// Takes a text back when what is right is not known yet; the program has words for it where this is left out.
    #[serde(default)]
    pub withdrawal: Option<String>,
    /// The posts that may prepare and send one beside `sign` and `confirm`, `post` or `body/post`. Left out: every post that signs
    /// for the plan, and every post that may declare.
    #[serde(default)]
    pub may: Vec<String>,
}

impl CorrectionsFile {
    /// The templates, each with its key.
    pub fn templates(&self) -> impl Iterator<Item = (&'static str, &String)> {
        let own = [
            ("sent-in-error", &self.sent_in_error),
            ("wrong-content", &self.wrong_content),
            ("all-clear", &self.all_clear),
        ];
        let withdrawal = self.withdrawal.iter().map(|name| ("withdrawal", name));
        own.into_iter().chain(withdrawal)
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1))]
pub struct LevelsFile {
    #[serde(rename = "IV", default)]
    pub iv: Option<LevelFile>,
    #[serde(rename = "III", default)]
    pub iii: Option<LevelFile>,
    #[serde(rename = "II", default)]
    pub ii: Option<LevelFile>,
    #[serde(rename = "I", default)]
    pub i: Option<LevelFile>,
    /// What is released when the response ends.
    #[serde(default)]
    pub end: Option<LevelFile>,
}

impl LevelsFile {
    pub fn get(&self, stage: Stage) -> Option<&LevelFile> {
        match stage {
            Stage::IV => self.iv.as_ref(),
            Stage::III => self.iii.as_ref(),
            Stage::II => self.ii.as_ref(),
            Stage::I => self.i.as_ref(),
            Stage::End => self.end.as_ref(),
        }
    }
}

/// A response level, or the end of the response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
pub enum Stage {
    IV,
    III,
    II,
    I,
    #[serde(rename = "end")]
    End,
}

impl Stage {
    /// Lowest first, which is the order in which they inherit.
    pub const ALL: [Self; 5] = [Self::IV, Self::III, Self::II, Self::I, Self::End];

    pub fn code(self) -> &'static str {
        match self {
            Self::IV => "IV",
            Self::III => "III",
            Self::II => "II",
            Self::I => "I",
            Self::End => "end",
        }
    }

    pub fn level(self) -> Option<ResponseLevel> {
        match self {
            Self::IV => Some(ResponseLevel::IV),
            Self::III => Some(ResponseLevel::III),
            Self::II => Some(ResponseLevel::II),
            Self::I => Some(ResponseLevel::I),
            Self::End => None,
        }
    }
}

/// What is released at one level.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LevelFile {
    /// The lower level whose items this one starts from.
    #[serde(default)]
    pub inherit: Option<Stage>,
    /// Codes of inherited items to leave out.
    #[serde(default)]
    pub drop: Vec<String>,
    #[serde(default)]
    pub items: Vec<ItemFile>,
    /// Who watches what people ask and claim, and who answers. At a level that inherits, the same source changes only
    /// what it names.
    #[serde(default)]
    pub concerns: Vec<ConcernFile>,
}

/// What is asked or claimed at one source (回应关切).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ConcernFile {
    pub source: ConcernSource,
    /// The posts that keep an eye on it.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub watch: Option<Vec<String>>,
    /// The post that answers.
    #[serde(default)]
    pub answer: Option<String>,
    /// Counted from when it was found.
    #[serde(default)]
    pub within: Option<Span>,
    #[serde(default)]
    pub route: Option<String>,
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub channels: Option<Vec<ChannelChoice>>,
}

/// One thing to disclose. At a level that inherits, only what differs; `key: null` takes an inherited key out.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ItemFile {
    /// The same code across levels is the same matter.
    pub item: String,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub name_en: Option<String>,
    #[serde(default)]
    pub kind: Option<ItemKind>,
    #[serde(default)]
    pub role: Option<ItemRole>,
    /// What it speaks about, checked against what the body may release.
    #[serde(default)]
    pub subject: Option<String>,
    /// The body that decides and signs this; the plan's `issuer` when left out.
    #[serde(default)]
    pub issuer: Option<String>,
    /// The kind of document (文种), where it is not what `kind` is by itself.
    #[serde(default)]
    pub document: Option<Document>,
    /// File name without `.hbs`.
    #[serde(default)]
    pub template: Option<String>,
    /// Content elements (内容要素).
    #[serde(default)]
    pub content: Option<Vec<String>>,
    /// Citations of rules.yaml.
    #[serde(default)]
    pub basis: Option<Vec<String>>,
    #[serde(default)]
    pub format: Option<ItemFormat>,
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub channels: Option<Vec<ChannelChoice>>,
    #[serde(default)]
    pub audience: Option<Audience>,
    /// One deadline, or several of which the earliest counts.
    #[serde(default)]
    pub due: Option<OneOrMore<Due>>,
    #[serde(default)]
    pub repeat: Option<RepeatFile>,
    /// What it tells of is held first: `due` is the limit of the holding, and the text is due after it.
    #[serde(default)]
    pub held: Option<Held>,
    /// The grade of the incident from which it is planned, at whatever level; `null` at a level that plans it by itself.
    #[serde(default)]
    pub from_grade: Option<IncidentGrade>,
    /// Planned only when a person asks for it.
    #[serde(default)]
    pub on_demand: Option<bool>,
    /// Whether its level alone plans it, or only makes it ready for somebody to decide.
    #[serde(default)]
    pub when: Option<When>,
    /// The posts that decide it; the plan's `decided-by` when left out.
    #[serde(default)]
    pub decided_by: Option<Vec<String>>,
    /// Codes of the measures that it excludes in the same place.
    #[serde(default)]
    pub instead_of: Option<Vec<String>>,
    /// The facts in which its text names its places; an order for some places of the incident sets them for that text.
    #[serde(default)]
    pub places_facts: Option<Vec<String>>,
    /// The item in whose text this one goes out: one number, one message, one chain of signatures.
    #[serde(default)]
    pub bundle: Option<String>,
    #[serde(default)]
    pub route: Option<String>,
    /// A route with `pre-approved: true` that may be used instead.
    #[serde(default)]
    pub fast: Option<String>,
    /// How long the published text stands.
    #[serde(default)]
    pub valid_for: Option<Span>,
    #[serde(default)]
    pub on_raise: Option<OnRaise>,
    /// Codes of standing notices that this one lifts.
    #[serde(default)]
    pub lifts: Option<Vec<String>>,
    /// The fact of type `time` that says from which hour what it lifts is over; from when it goes out when left out.
    #[serde(default)]
    pub effective: Option<String>,
    /// The fact of type `text` that says for whom, in its places, what it lifts goes on until another text lifts it.
    #[serde(default)]
    pub except: Option<String>,
    /// Codes of the items that stop when this relay of a superior's text goes out: the superior speaks of them from then on.
    #[serde(default)]
    pub takes_over: Option<Vec<String>>,
    /// Codes of the measures that this text is advice on: the end of the response leaves it standing while one of them binds, and it
    /// ends with the last.
    #[serde(default)]
    pub stands_with: Option<Vec<String>>,
    /// An item of kind `interpretation` tied to this one.
    #[serde(default)]
    pub interpretation: Option<Box<ItemFile>>,
}

/// What plans an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Its level.
    Automatic,
    /// A person who orders it: its level only lists it as ready.
    Decided,
}

/// How the text is laid out; shown in the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ItemFormat {
    Text,
    Table,
}

/// A channel by code, or with an audience of its own.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ChannelChoice {
    Code(String),
    For(ChannelFor),
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ChannelFor {
    pub channel: String,
    #[serde(default)]
    pub audience: Option<Audience>,
}

impl ChannelChoice {
    pub fn code(&self) -> &str {
        match self {
            Self::Code(code) => code,
            Self::For(choice) => &choice.channel,
        }
    }

    pub fn audience(&self) -> Option<&Audience> {
        match self {
            Self::Code(_) => None,
            Self::For(choice) => choice.audience.as_ref(),
        }
    }
}

/// One, or a list.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMore<T> {
    One(T),
    More(#[schemars(length(min = 1))] Vec<T>),
}

impl<T> OneOrMore<T> {
    pub fn as_slice(&self) -> &[T] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::More(more) => more,
        }
    }
}

/// Exactly one of the two.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RepeatFile {
    /// Counted from the last publication.
    #[serde(default)]
    pub every: Option<Span>,
    /// Minute hour day month weekday, in the plan's time zone.
    #[serde(default)]
    pub cron: Option<CronRule>,
}
