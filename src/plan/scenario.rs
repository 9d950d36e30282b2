//! A drill's scenario as written in `drills/*.yaml`: what serde reads and what its JSON Schema is made from.
//!
//! Only the form; whether the plans, posts and items it names exist is asked in [`crate::plan::scenario_check`].

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::Value;

use crate::domain::area::AreaCode;
use crate::domain::level::{IncidentGrade, ResponseLevel};
use crate::domain::plan::CorrectionKind;
use crate::domain::time::Span;

/// One rehearsal: who plays, what happens, what is expected.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DrillFile {
    /// Its code, the name of the file.
    pub drill: String,
    /// Marks a file of the example set.
    #[serde(default)]
    pub example: bool,
    pub title: String,
    #[serde(default)]
    pub title_en: Option<String>,
    /// The plans that are rehearsed.
    #[schemars(length(min = 1))]
    pub plans: Vec<String>,
    /// When it begins, by the clocks of `time-zone`.
    #[schemars(schema_with = "local_time")]
    pub start: String,
    #[serde(default = "shanghai")]
    #[schemars(schema_with = "time_zone")]
    pub time_zone: String,
    pub length: Span,
    /// Where chance begins; `--seed` overrules it.
    #[serde(default = "one")]
    pub seed: u64,
    /// Whether duty leaders send pre-approved texts before the other signatures.
    #[serde(default)]
    pub fast_route: FastRoute,
    /// How fast everybody is of whom nothing else is said.
    #[serde(default)]
    pub everyone: Option<Pace>,
    /// The people of whom something is said. Every other post is held by one person, always on duty.
    #[serde(default)]
    pub people: Vec<PersonFile>,
    /// What those who decide answer about measures that are ready.
    #[serde(default)]
    pub decisions: Decisions,
    /// How channels behave; one that is not named accepts everything at once, within its own rate.
    #[serde(default)]
    pub channels: BTreeMap<String, ChannelModel>,
    /// Simulated people who would get the texts.
    #[serde(default)]
    pub recipients: Vec<Recipients>,
    #[schemars(length(min = 1))]
    pub injects: Vec<InjectFile>,
    #[schemars(length(min = 1))]
    pub expect: Vec<ExpectFile>,
}

/// Use of the fast route.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FastRoute {
    #[default]
    Never,
    /// Once half of the time to the deadline is gone.
    HalfTime,
    Always,
}

/// The answers to measures that are ready, by their item. Any other one is not applicable, but for what lifts when the
/// response has ended: that is ordered.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Decisions {
    #[serde(default)]
    pub ordered: Vec<String>,
    /// Nobody answers.
    #[serde(default)]
    pub unanswered: Vec<String>,
}

/// A log-normal reaction time: half are faster than the median, nine of ten faster than p90.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Pace {
    pub median: Span,
    pub p90: Span,
}

/// One person.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PersonFile {
    /// The posts this person holds, each as body/post.
    #[schemars(length(min = 1))]
    pub posts: Vec<String>,
    /// From taking a text up to signing it.
    #[serde(default)]
    pub reaction: Option<Pace>,
    /// From taking a draft up to submitting it; as `reaction` when left out.
    #[serde(default)]
    pub drafting: Option<Pace>,
    /// When this person is at work, such as 08:30-18:00; always when left out.
    #[serde(default)]
    #[schemars(schema_with = "hours")]
    pub hours: Option<String>,
    /// How fast outside the hours; not at all when left out.
    #[serde(default)]
    pub on_call: Option<Pace>,
    #[serde(default)]
    pub absent: Vec<Absence>,
}

/// From and to count from the start; without `to`, until the end.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Absence {
    pub from: Span,
    #[serde(default)]
    pub to: Option<Span>,
}

/// A provider as the drill plays it.
#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ChannelModel {
    /// Messages a second, if less than the channel's own rate.
    #[serde(default)]
    #[schemars(range(min = 0.001, max = 1_000_000.0))]
    pub per_second: Option<f64>,
    /// How long one message takes; with the channel's concurrency it bounds the rate.
    #[serde(default)]
    pub latency: Option<Span>,
    /// Of each thousand tries, how many fail and are tried again.
    #[serde(default)]
    #[schemars(range(max = 1000))]
    pub failures_per_mille: u32,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Recipients {
    #[schemars(range(min = 1, max = 5_000_000))]
    pub count: u32,
    pub areas: Vec<AreaCode>,
    #[serde(default)]
    pub groups: Vec<String>,
    /// Which addresses each has.
    #[schemars(length(min = 1))]
    pub addresses: Vec<AddressChoice>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AddressChoice {
    Sms,
    Email,
}

/// Something that happens: `at`, counted from the start, and one thing.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct InjectFile {
    pub at: Span,
    #[serde(default)]
    pub declare: Option<DeclareInject>,
    #[serde(default)]
    pub facts: Option<FactsInject>,
    #[serde(default)]
    pub raise: Option<LevelInject>,
    #[serde(default)]
    pub lower: Option<LevelInject>,
    #[serde(default)]
    pub grade: Option<GradeInject>,
    #[serde(default)]
    pub end: Option<EndInject>,
    #[serde(default)]
    pub channel_down: Option<DownInject>,
    #[serde(default)]
    pub channel_slow: Option<SlowInject>,
    #[serde(default)]
    pub absent: Option<AbsentInject>,
    #[serde(default)]
    pub rumour: Option<RumourInject>,
    #[serde(default)]
    pub wrong_bulletin: Option<WrongInject>,
    #[serde(default)]
    pub restart: Option<RestartInject>,
}

/// An incident is declared. Later injects name it by `incident`, which is the event when left out.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DeclareInject {
    #[serde(default)]
    pub incident: Option<String>,
    pub event: String,
    #[schemars(schema_with = "level")]
    pub level: ResponseLevel,
    #[schemars(length(min = 1))]
    pub areas: Vec<AreaCode>,
    #[serde(default)]
    pub title: Option<String>,
    /// How long before this the event was known.
    #[serde(default)]
    pub known_before: Option<Span>,
    #[serde(default)]
    pub expected_duration: Option<Span>,
    #[serde(default)]
    pub facts: BTreeMap<String, Value>,
}

/// Facts come in.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FactsInject {
    #[serde(default)]
    pub incident: Option<String>,
    #[serde(default)]
    pub give: BTreeMap<String, Value>,
    /// Fills every fact that nobody has given yet with a stand-in of its type.
    #[serde(default)]
    pub stand_ins: bool,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LevelInject {
    #[serde(default)]
    pub incident: Option<String>,
    #[schemars(schema_with = "level")]
    pub to: ResponseLevel,
    pub reason: String,
}

/// Somebody grades the incident by the harm done (事件等级), or grades it anew.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct GradeInject {
    #[serde(default)]
    pub incident: Option<String>,
    #[schemars(schema_with = "grade")]
    pub to: IncidentGrade,
    /// Who says so; whoever directs the exercise when it is left out.
    #[serde(default)]
    pub source: Option<String>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EndInject {
    #[serde(default)]
    pub incident: Option<String>,
    pub reason: String,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DownInject {
    pub channel: String,
    #[serde(rename = "for")]
    pub lasts: Span,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SlowInject {
    pub channel: String,
    #[schemars(range(min = 0.001, max = 1_000_000.0))]
    pub per_second: f64,
    #[serde(rename = "for")]
    pub lasts: Span,
}

/// Whoever holds the post goes away; without `for`, until the end.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AbsentInject {
    pub post: String,
    #[serde(default, rename = "for")]
    pub lasts: Option<Span>,
}

/// A rumour goes round and is to be answered by an on-demand item.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RumourInject {
    #[serde(default)]
    pub incident: Option<String>,
    pub item: String,
    #[serde(default)]
    pub facts: BTreeMap<String, Value>,
}

/// Somebody notices that the newest text of an item is wrong.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct WrongInject {
    #[serde(default)]
    pub incident: Option<String>,
    pub item: String,
    #[schemars(schema_with = "correction")]
    pub kind: CorrectionKind,
    #[serde(default)]
    pub facts: BTreeMap<String, Value>,
}

/// The server stops and comes back after `for`; nothing is done meanwhile.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RestartInject {
    #[serde(rename = "for")]
    pub lasts: Span,
}

/// One thing that must hold at the end.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ExpectFile {
    /// Every release of this item goes out by its deadline.
    #[serde(default)]
    pub on_time: Option<OnTime>,
    /// Every wrong text is corrected within this time of being noticed.
    #[serde(default)]
    pub corrected_within: Option<Span>,
    /// Nothing goes out without the signatures of its route.
    #[serde(default)]
    pub only_approved: Option<bool>,
    /// Of what was due, the share that went out in time, in per cent.
    #[serde(default)]
    #[schemars(range(max = 100))]
    pub on_time_rate: Option<u32>,
    /// A channel has taken this share of its messages within this time of each publication.
    #[serde(default)]
    pub accepted: Option<ChannelShare>,
    /// This share of a channel's messages has arrived by then, as its receipts say.
    #[serde(default)]
    pub delivered: Option<ChannelShare>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct OnTime {
    pub item: String,
    #[serde(default)]
    pub plan: Option<String>,
    /// Only the releases of this level.
    #[serde(default)]
    #[schemars(schema_with = "level")]
    pub level: Option<ResponseLevel>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ChannelShare {
    pub channel: String,
    pub within: Span,
    #[schemars(range(max = 100))]
    pub percent: u32,
}

fn shanghai() -> String {
    "Asia/Shanghai".into()
}

fn one() -> u64 {
    1
}

fn local_time(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": "^\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}$",
        "description": "a day and a time such as 2026-07-01 21:30"
    })
}

fn time_zone(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "format": "time-zone",
        "description": "a time zone such as Asia/Shanghai"
    })
}

fn hours(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "pattern": "^([01]\\d|2[0-3]):[0-5]\\d-([01]\\d|2[0-4]):[0-5]\\d$",
        "description": "hours such as 08:30-18:00"
    })
}

fn level(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": ["IV", "III", "II", "I"] })
}

fn grade(_: &mut SchemaGenerator) -> Schema {
    let grades = IncidentGrade::ALL.map(IncidentGrade::code);
    json_schema!({ "type": "string", "enum": grades })
}

fn correction(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": ["sent-in-error", "wrong-content", "all-clear"] })
}

impl InjectFile {
    /// The keys of what happens; one is right.
    pub fn kinds(&self) -> Vec<&'static str> {
        [
            ("declare", self.declare.is_some()),
            ("facts", self.facts.is_some()),
            ("raise", self.raise.is_some()),
            ("lower", self.lower.is_some()),
            ("grade", self.grade.is_some()),
            ("end", self.end.is_some()),
            ("channel-down", self.channel_down.is_some()),
            ("channel-slow", self.channel_slow.is_some()),
            ("absent", self.absent.is_some()),
            ("rumour", self.rumour.is_some()),
            ("wrong-bulletin", self.wrong_bulletin.is_some()),
            ("restart", self.restart.is_some()),
        ]
        .into_iter()
        .filter_map(|(key, is_there)| is_there.then_some(key))
        .collect()
    }
}

impl ExpectFile {
    /// The keys of what is expected; one is right.
    pub fn kinds(&self) -> Vec<&'static str> {
        [
            ("on-time", self.on_time.is_some()),
            ("corrected-within", self.corrected_within.is_some()),
            ("only-approved", self.only_approved.is_some()),
            ("on-time-rate", self.on_time_rate.is_some()),
            ("accepted", self.accepted.is_some()),
            ("delivered", self.delivered.is_some()),
        ]
        .into_iter()
        .filter_map(|(key, is_there)| is_there.then_some(key))
        .collect()
    }
}
