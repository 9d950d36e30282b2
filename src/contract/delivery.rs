//! Deliveries as they are shown, and how far a release has come on each channel.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DeliveryView {
    /// For the page after.
    pub id: i64,
    /// The idempotency key that the provider was given.
    pub key: String,
    pub channel: String,
    /// Masked.
    pub address: String,
    /// zh-CN or en.
    pub language: String,
    pub status: String,
    pub attempts: i64,
    pub first_at: DateTime<Utc>,
    pub next_at: Option<DateTime<Utc>>,
    pub done_at: Option<DateTime<Utc>>,
    /// When a receipt last said what became of it.
    pub receipt_at: Option<DateTime<Utc>>,
    pub receipt: Option<String>,
    pub why: Option<String>,
}

/// How far a release has come on one channel.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ChannelCount {
    pub channel: String,
    /// Whether the whole audience has its deliveries; until then `total` grows.
    pub expanded: bool,
    pub total: i64,
    /// Status → how many deliveries.
    #[schema(value_type = Object)]
    pub deliveries: BTreeMap<String, i64>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResendInput {
    /// Only what was given up on this channel.
    #[serde(default)]
    pub channel: Option<String>,
    /// Also what may have arrived. It may then arrive twice.
    #[serde(default)]
    pub unknown: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ResendView {
    pub release: String,
    /// How many deliveries wait again.
    pub resent: u64,
    /// How many may have arrived and were left alone, because `unknown` was not asked for.
    pub unknown_left: u64,
    pub channels: BTreeMap<String, ResentView>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ResentView {
    /// Had failed, and wait again.
    pub failed: u64,
    /// May have arrived, and wait again: they may arrive twice.
    pub unknown: u64,
    pub unknown_left: u64,
    /// Given up here, and left alone: the fallback channel has delivered it, or has taken it and gives no receipts.
    pub reached_otherwise: u64,
}
