//! What codes are called: where a person reads, a name stands.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Code → name in English, for what has one.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct EnglishNames {
    pub bodies: BTreeMap<String, String>,
    pub posts: BTreeMap<String, String>,
    pub areas: BTreeMap<String, String>,
    pub events: BTreeMap<String, String>,
    pub facts: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct NamesView {
    /// Code → name, as the others.
    pub bodies: BTreeMap<String, String>,
    /// By body/post; the name without that of the body.
    pub posts: BTreeMap<String, String>,
    pub areas: BTreeMap<String, String>,
    pub events: BTreeMap<String, String>,
    /// By event/fact.
    pub facts: BTreeMap<String, String>,
    pub channels: BTreeMap<String, String>,
    pub english: EnglishNames,
    /// Channels that send nothing now.
    pub switched_off: Vec<String>,
}
