//! Channels: whether they send and what waits on them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ChannelView {
    pub channel: String,
    pub name: String,
    pub kind: String,
    pub enabled: bool,
    /// Why it cannot be used, in words for the operator.
    pub fault: Option<String>,
    /// Why its account is refused, and since when: what waits is kept and goes on when it is mended.
    #[serde(default)]
    pub trouble: Option<TroubleView>,
    /// Status → how many deliveries.
    pub deliveries: BTreeMap<String, i64>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TroubleView {
    pub since: DateTime<Utc>,
    pub why: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SwitchedView {
    pub channel: String,
    pub enabled: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TestedView {
    pub channel: String,
    /// In the provider's words.
    pub answer: String,
}
