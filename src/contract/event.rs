//! Types of events as whoever declares one is asked about them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::fact::Lies;

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct EventView {
    pub event: String,
    pub name: String,
    pub name_en: Option<String>,
    pub class: String,
    /// The response levels that a plan has for it, the lowest first.
    pub levels: Vec<String>,
    pub facts: Vec<AskedFact>,
}

/// A fact, and what waits for it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AskedFact {
    pub fact: String,
    pub label: String,
    pub label_en: Option<String>,
    /// text, number, integer, time, duration, flag, choice or list.
    #[serde(rename = "type")]
    pub kind: String,
    pub unit: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// On which side of now a time lies, where that is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub lies: Option<Lies>,
    /// One text has it for itself, and the incident never.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub of_one_text: bool,
    /// Level → the items whose texts cannot be made without it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub needed: BTreeMap<String, Vec<String>>,
}
