//! What waits for a second person.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::BindingView;

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AskedView {
    pub id: String,
    /// raise-to-i, end or withdraw.
    pub act: String,
    pub incident: String,
    /// What that is called.
    #[serde(default)]
    pub incident_title: String,
    pub release: Option<String>,
    /// What that is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_name_en: Option<String>,
    pub reason: String,
    /// The level that is to be reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The level that the response was at when it was asked for.
    #[serde(default)]
    pub level: Option<String>,
    /// Who asked.
    pub asked_by: String,
    pub asked_by_name: String,
    pub asked_at: DateTime<Utc>,
    /// After that it must be asked for again.
    pub until: DateTime<Utc>,
    /// The posts any of which may confirm it, held by another person than the one who asked.
    pub waits_for: Vec<String>,
    /// What was asked for before and was not meant any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<String>,
    /// open, confirmed, declined, lapsed or overtaken.
    pub status: String,
    pub decided_by: Option<String>,
    pub decided_at: Option<DateTime<Utc>>,
    /// Of an end, when it is asked for and looked at: the measures that bind on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub binding: Vec<BindingView>,
}

/// What became of an act that may take a second person: it was done, or it was asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Outcome<T> {
    Asked(Box<AskedView>),
    Done(Box<T>),
}
