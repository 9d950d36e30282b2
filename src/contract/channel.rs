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
    /// What is heard of what it has taken, if it gives receipts.
    #[serde(default)]
    pub receipts: Option<ReceiptsView>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ReceiptsView {
    /// Where its provider calls; the name of the secret stands in place of that.
    pub address: Option<String>,
    /// How many deliveries wait for one.
    pub awaited: i64,
    /// Of these, as far as a thousand, the provider has given no name of their own by which a receipt could speak of them.
    pub unnamed: i64,
    /// When one was last about a delivery.
    pub last_at: Option<DateTime<Utc>>,
    /// How many said nothing that the channel's file knows.
    pub ignored: i64,
    /// How many were about nothing that was ever sent.
    pub strays: i64,
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
