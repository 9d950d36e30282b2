//! One text to one address: the states of a delivery, the lanes, and the parcel that a channel is handed.

pub mod alarm;
mod receipt;

pub use receipt::{Named, Receipt, Said, Unmoved, key, of_key};

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::backoff::Verdict;
use super::blame::Scope;
use super::bulletin::{Language, REMINDERS_FROM, Rendering};
use super::channel::Finality;
use super::time::Moment;
use crate::id::{DispatchId, ReleaseId};

/// Urgent goes before normal, normal before bulk, on every channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lane {
    Urgent,
    Normal,
    Bulk,
}

impl Lane {
    pub const ALL: [Self; 3] = [Self::Urgent, Self::Normal, Self::Bulk];

    pub fn code(self) -> i64 {
        match self {
            Self::Urgent => 0,
            Self::Normal => 1,
            Self::Bulk => 2,
        }
    }
}

/// The states of a delivery. The numbers are kept in the store and never change their meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryStatus {
    Pending,
    Leased,
    /// The provider took it; nothing is known of its arrival.
    Accepted,
    Delivered,
    Failed,
    /// Tried, and it cannot be said whether it arrived.
    Unknown,
    Skipped,
    Cancelled,
}

impl DeliveryStatus {
    pub const ALL: [Self; 8] = [
        Self::Pending,
        Self::Leased,
        Self::Accepted,
        Self::Delivered,
        Self::Failed,
        Self::Unknown,
        Self::Skipped,
        Self::Cancelled,
    ];

    pub fn code(self) -> i64 {
        match self {
            Self::Pending => 0,
            Self::Leased => 1,
            Self::Accepted => 2,
            Self::Delivered => 3,
            Self::Failed => 4,
            Self::Unknown => 5,
            Self::Skipped => 6,
            Self::Cancelled => 7,
        }
    }

    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Leased => "leased",
            Self::Accepted => "accepted",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Skipped => "skipped",
            Self::Cancelled => "cancelled",
        }
    }

    /// No try will change it any more; a receipt may.
    pub fn is_tried(self) -> bool {
        !matches!(self, Self::Pending | Self::Leased)
    }
}

/// A text of one release version going to one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispatch {
    pub id: DispatchId,
    pub release: ReleaseId,
    pub version: u32,
    pub channel: String,
    pub lane: Lane,
    pub created_at: Moment,
    /// An earlier dispatch whose text to the same address must be final first, and whose recipients these are.
    pub after: Option<DispatchId>,
    pub state: DispatchState,
}

impl Dispatch {
    /// A text for the public, and no reminder to a post.
    pub fn is_of_bulletin(&self) -> bool {
        self.version < REMINDERS_FROM
    }
}

/// How far the expansion into deliveries has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum DispatchState {
    /// Contacts' addresses up to `cursor` have their delivery.
    Expanding {
        cursor: i64,
    },
    Expanded,
}

/// A delivery that this process holds the lease of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leased {
    pub id: i64,
    pub dispatch: DispatchId,
    pub lane: Lane,
    pub address: String,
    pub language: Language,
    /// Which try this is, from 1.
    pub attempt: u32,
    /// How many of the tries were made before somebody had it sent again.
    pub earlier: u32,
    /// Grows with every lease; an outcome with an older fence is thrown away.
    pub fence: i64,
    /// When the first try was due; give-up counts from here.
    pub first_at: Moment,
    /// How many earlier tries may have arrived.
    pub doubts: u32,
}

impl Leased {
    /// What has become of it after a try that was judged so.
    pub fn end(&self, verdict: Verdict, finality: Finality, at: Moment) -> Settled {
        let receipt_by = match (&verdict, finality) {
            (Verdict::Accepted { .. }, Finality::Receipt { within }) => Some(within.after(at)),
            _ => None,
        };
        Settled {
            id: self.id,
            fence: self.fence,
            attempt: self.attempt,
            at,
            verdict,
            receipt_by,
        }
    }
}

/// What became of a lease, to be written if the lease still holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    pub id: i64,
    pub fence: i64,
    pub attempt: u32,
    pub at: Moment,
    pub verdict: Verdict,
    /// Until when a receipt is waited for, if it is.
    pub receipt_by: Option<Moment>,
}

/// What a channel is handed: the bytes, the address, and a key that stays the same through every retry.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// The idempotency key: unique per delivery, the same for every try of it.
    pub key: String,
    pub address: String,
    pub rendering: Arc<Rendering>,
    pub attempt: u32,
    /// The moment of this try, for signatures and date headers.
    pub at: Moment,
}

/// What a channel says of one try. It only classifies; what follows is decided around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Accepted {
        /// What it said, for whoever looks later.
        receipt: Option<String>,
        /// What it calls the text, or each of its parts, if its receipts will speak of them so.
        ids: Vec<String>,
    },
    /// Worth another try, not before `after` if the provider said so. `scope`: whom else the trouble meets.
    /// `ambiguous`: it may have arrived.
    Retry {
        after: Option<std::time::Duration>,
        why: String,
        scope: Scope,
        ambiguous: bool,
    },
    /// Never going to work, whoever mends what: a bad address, a refused text.
    Refused { why: String },
}

impl Outcome {
    /// Taken, with what was said.
    pub fn accepted(receipt: Option<String>) -> Self {
        Self::Accepted {
            receipt,
            ids: Vec::new(),
        }
    }
}
