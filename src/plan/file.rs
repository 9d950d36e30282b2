//! The files as written: what serde reads and what the JSON Schemas are made from. Nothing is looked up here.

mod plan;

pub use plan::{
    ChannelChoice, ChannelFor, ConcernFile, CorrectionsFile, Effective, ItemFile, ItemFormat,
    LevelFile, LevelsFile, OneOrMore, PlanFile, RepeatFile, RouteFile, SpeakerFile, Stage, When,
};

use std::collections::BTreeMap;

use chrono::NaiveDate;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use crate::domain::area::Area;
use crate::domain::body::{Body, Rank};
use crate::domain::concern::ConcernSource;
use crate::domain::deadline::Anchor;
use crate::domain::document::Document;
use crate::domain::fact::FactSpec;
use crate::domain::level::{EventClass, IncidentGrade};
use crate::domain::load::Burden;
use crate::domain::plan::{ItemKind, ItemRole};
use crate::domain::rights::Confirm;
use crate::domain::time::Span;

/// `plans/bodies.yaml`: places, bodies and their posts.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct BodiesFile {
    /// Marks a file of the example set.
    #[serde(default)]
    pub example: bool,
    /// The places that plans, incidents and contacts may name; a longer code lies inside its own head.
    pub areas: Vec<Area>,
    pub bodies: Vec<Body>,
    /// Acts that one person asks for and another one confirms.
    #[serde(default)]
    pub confirm: Vec<Confirm>,
}

/// `plans/events.yaml`: event types and their facts.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EventsFile {
    /// Marks a file of the example set.
    #[serde(default)]
    pub example: bool,
    /// Facts that every event type has.
    #[serde(default)]
    pub common_facts: Vec<FactSpec>,
    pub events: Vec<EventFile>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EventFile {
    pub event: String,
    pub name: String,
    #[serde(default)]
    pub name_en: Option<String>,
    pub class: EventClass,
    #[serde(default)]
    pub facts: Vec<FactSpec>,
}

/// `plans/rules.yaml`: what law and good practice demand.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RulesFile {
    /// Marks a file of the example set.
    #[serde(default)]
    pub example: bool,
    #[serde(default)]
    pub citations: Vec<Citation>,
    #[serde(default)]
    pub rules: Vec<Rule>,
}

/// One article of one document, with the days it is in force.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Citation {
    pub basis: String,
    pub document: String,
    #[serde(default)]
    pub article: Option<String>,
    /// First day in force.
    #[schemars(schema_with = "date")]
    pub from: NaiveDate,
    /// Last day in force, once it is repealed.
    #[serde(default)]
    #[schemars(schema_with = "date")]
    pub to: Option<NaiveDate>,
    /// How many articles the document has, so that one beyond the last is refused.
    #[serde(default)]
    pub articles: Option<u32>,
    /// Those of its articles that were put in later and that are cited: `291-1` is 第二百九十一条之一.
    #[serde(default)]
    pub inserted: Vec<String>,
    #[serde(default)]
    pub checked: Checked,
    /// The day on which it was checked.
    #[serde(default)]
    #[schemars(schema_with = "date")]
    pub checked_on: Option<NaiveDate>,
}

/// What a citation was held against.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Checked {
    /// The text in the gazette or on the issuer's own site.
    Text,
    /// A full copy of the text, kept by others.
    Mirror,
    /// A summary, a report or another document that quotes it.
    Digest,
    /// Nothing.
    #[default]
    Not,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Rule {
    pub rule: String,
    pub name: String,
    #[serde(default)]
    pub name_en: Option<String>,
    #[serde(default)]
    pub basis: Vec<String>,
    #[serde(default)]
    pub applies: Applies,
    pub demand: Demand,
    #[serde(default)]
    pub severity: RuleSeverity,
}

/// Where a rule applies; a key that is left out restricts nothing.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Applies {
    #[serde(default)]
    pub levels: Vec<Stage>,
    /// At these grades of the incident, whatever the level; only of an `item` demand. With `levels`: there as well.
    #[serde(default)]
    pub grades: Vec<IncidentGrade>,
    #[serde(default)]
    pub events: Vec<String>,
    #[serde(default)]
    pub classes: Vec<EventClass>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RuleSeverity {
    #[default]
    Error,
    Warning,
}

/// Exactly one of these.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Demand {
    /// At each level some such item has a deadline this short.
    #[serde(default)]
    pub item: Option<ItemDemand>,
    /// Every such item lists these content elements.
    #[serde(default)]
    pub content: Option<ContentDemand>,
    /// Only these bodies speak on this subject.
    #[serde(default)]
    pub only_by: Option<OnlyBy>,
    /// Notices on these subjects bind people, so a person decides them.
    #[serde(default)]
    pub decided: Option<Decided>,
    /// No level asks for more than people can do.
    #[serde(default)]
    pub load: Option<LoadDemand>,
    /// Texts of these kinds take no time of posts of this rank.
    #[serde(default)]
    pub not_signed_by: Option<NotSignedBy>,
    /// At each level somebody watches these sources and answers within this time of being found.
    #[serde(default)]
    pub concern: Option<ConcernDemand>,
    /// What a short message says, and how long it may be.
    #[serde(default)]
    pub sms: Option<SmsDemand>,
    /// How documents of these kinds are titled and how they close.
    #[serde(default)]
    pub document: Option<DocumentDemand>,
    /// Words that no text says.
    #[serde(default)]
    pub wording: Option<WordingDemand>,
    /// What may rest on these citations.
    #[serde(default)]
    pub grounds: Option<GroundsDemand>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ItemDemand {
    #[serde(default)]
    pub kinds: Vec<ItemKind>,
    #[serde(default)]
    pub roles: Vec<ItemRole>,
    #[serde(default)]
    pub due_within: Option<Span>,
    #[serde(default)]
    pub due_of: Option<Anchor>,
    /// `true`: what is held within that time (`held`), not what announces it, and planned by the level alone.
    #[serde(default)]
    pub held: bool,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ContentDemand {
    #[serde(default)]
    pub kinds: Vec<ItemKind>,
    #[serde(default)]
    pub roles: Vec<ItemRole>,
    #[schemars(length(min = 1))]
    pub elements: Vec<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct OnlyBy {
    pub subject: String,
    #[schemars(length(min = 1))]
    pub bodies: Vec<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Decided {
    #[schemars(length(min = 1))]
    pub subjects: Vec<String>,
}

/// The most of something that may be due within a time after an activation, at whatever hour of the day.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LoadDemand {
    pub of: Burden,
    pub most: u32,
    pub within: Span,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct NotSignedBy {
    #[schemars(length(min = 1))]
    pub kinds: Vec<ItemKind>,
    pub rank: Rank,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ConcernDemand {
    #[schemars(length(min = 1))]
    pub sources: Vec<ConcernSource>,
    pub within: Span,
}

/// Asked of the short form of every item on these subjects that goes out by SMS.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SmsDemand {
    /// All when left out.
    #[serde(default)]
    pub subjects: Vec<String>,
    /// The most characters with signature, and with the longest values that its facts may have.
    #[serde(default)]
    pub most: Option<u32>,
    /// The same for the English form, which needs more of them to say the same.
    #[serde(default)]
    pub most_en: Option<u32>,
    /// How many places a text may be for at once, for its length; 3 when left out.
    #[serde(default)]
    pub places: Option<u32>,
    #[serde(default)]
    pub says: Vec<SmsPart>,
    /// `false`: no number with its as-of time (截至).
    #[serde(default)]
    pub as_of: Option<bool>,
    /// The most characters of a link.
    #[serde(default)]
    pub link: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SmsPart {
    /// A signature: the issuer's or the channel's.
    Who,
    /// A place or the event.
    Where,
    /// A time: from when, until when, or the day of the text.
    When,
    /// A telephone number.
    Telephone,
}

/// Asked of every text of these kinds of document, in each branch that its template can take.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DocumentDemand {
    #[schemars(length(min = 1))]
    pub documents: Vec<Document>,
    /// The title ends with one of these.
    #[serde(default)]
    pub title_ends: Vec<String>,
    /// The title ends with none of these: they are the names of other kinds.
    #[serde(default)]
    pub title_never_ends: Vec<String>,
    /// The text ends with one of these.
    #[serde(default)]
    pub text_ends: Vec<String>,
}

/// Words that no text says, in either language. A tag counts as it is written: `{{release.next-update}}`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct WordingDemand {
    #[schemars(length(min = 1))]
    pub says: Vec<String>,
    /// The same sentence may say them beside one of these.
    #[serde(default)]
    pub unless: Vec<String>,
    /// In texts of these kinds; all when left out.
    #[serde(default)]
    pub kinds: Vec<ItemKind>,
    /// They may stand where facts have other values, so a condition has to keep them from these.
    #[serde(default)]
    pub given: BTreeMap<String, String>,
    /// What to write.
    pub instead: String,
    #[serde(default)]
    pub instead_en: Option<String>,
}

/// Items that rest on one of these citations are on one of the subjects, or documents of one of the kinds.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct GroundsDemand {
    #[schemars(length(min = 1))]
    pub basis: Vec<String>,
    #[serde(default)]
    pub subjects: Vec<String>,
    #[serde(default)]
    pub documents: Vec<Document>,
}

/// `plans/holidays.yaml`: the working-day calendar.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct HolidaysFile {
    /// Marks a file of the example set.
    #[serde(default)]
    pub example: bool,
    /// Where the dates were taken from.
    #[serde(default)]
    pub source: Option<String>,
    /// Weekdays that are off.
    #[serde(default)]
    #[schemars(schema_with = "dates")]
    pub holidays: Vec<NaiveDate>,
    /// Weekend days that are worked.
    #[serde(default)]
    #[schemars(schema_with = "dates")]
    pub workdays: Vec<NaiveDate>,
}

fn date(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "format": "date", "description": "a date such as 2026-05-01"})
}

fn dates(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "array", "items": date(generator)})
}

fn time_zone(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string", "format": "time-zone", "examples": ["Asia/Shanghai"],
        "description": "a time zone of the IANA list, such as Asia/Shanghai"
    })
}
