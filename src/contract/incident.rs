//! Incidents as they are shown.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{AskedView, ReleaseView};

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct IncidentView {
    pub id: String,
    pub event: String,
    pub title: String,
    pub level: String,
    pub status: String,
    pub areas: Vec<String>,
    pub known_at: DateTime<Utc>,
    pub declared_at: DateTime<Utc>,
    pub level_since: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
    pub expected_duration: Option<String>,
    /// Name → `{type, value, as_of, source}`.
    pub facts: BTreeMap<String, FactView>,
    pub levels: Vec<LevelView>,
    pub plans: Vec<PlanView>,
    pub releases: Vec<ReleaseView>,
    /// On its board, and of a change of level or the end: the measures that went out, where each binds and where it was lifted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub binding: Vec<BindingView>,
    /// Of a change of level or the end: the measures that are ordered and not out yet, which bind once they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on_the_way: Vec<ReleaseView>,
    /// On its board: what waits for a second person, the most pressing first. Of a change of level or the end: what did, and is not
    /// meant any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<AskedView>,
}

/// A measure that went out.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct BindingView {
    pub release: String,
    pub item: String,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    /// Of its text.
    pub title: String,
    pub document_number: Option<String>,
    /// The correction of it that is out: its text counts as corrected by that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected_by: Option<String>,
    pub since: DateTime<Utc>,
    /// Where it binds, by code; nowhere once it was lifted everywhere.
    pub areas: Vec<String>,
    /// Those of them where it binds only whom its lifting excepted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<OnlyView>,
    pub lifted: Vec<LiftedView>,
    /// The item that lifts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifting: Option<String>,
    /// Why its row cannot be read: what it orders, lifts or leaves in force is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreadable: Option<String>,
}

impl BindingView {
    /// Whether it binds anywhere, or nobody knows.
    pub fn may_bind(&self) -> bool {
        !self.areas.is_empty() || self.unreadable.is_some()
    }
}

/// A place in which a measure binds on for some.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct OnlyView {
    /// By code.
    pub area: String,
    /// Who they are, in the words of the lifting.
    pub who: String,
}

/// Some places in which a measure was lifted.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct LiftedView {
    /// By code.
    pub areas: Vec<String>,
    /// The release that lifted it.
    pub by: String,
    /// Since when, or from when.
    pub at: DateTime<Utc>,
    /// It is announced for that hour, and the measure binds until then.
    pub to_come: bool,
    /// Whom it excepts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub except: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct LevelView {
    pub level: String,
    pub at: DateTime<Utc>,
    pub by: String,
    pub reason: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PlanView {
    pub plan: String,
    pub revision: String,
    pub hash: String,
}

/// A fact as it stands, with what it is worth.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct FactView {
    #[serde(rename = "type")]
    pub kind: String,
    pub value: Value,
    pub as_of: DateTime<Utc>,
    pub source: Option<String>,
    /// Whose words are in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
}
