//! The journal (台账): who did what, when and why; append-only, each entry sealed by a hash over it and its predecessor.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::bulletin::hex;
use super::time::Moment;

/// What is to be written; the store gives it its number and its seal.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub at: Moment,
    /// A user, or `fabu` for what the engine did by itself.
    pub actor: String,
    pub act: String,
    pub incident: Option<String>,
    pub release: Option<String>,
    pub data: Value,
}

/// An entry as it stands in the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sealed {
    pub seq: i64,
    pub at: Moment,
    pub actor: String,
    pub act: String,
    pub incident: Option<String>,
    pub release: Option<String>,
    pub data: Value,
    pub prev: String,
    pub hash: String,
}

/// The actor of what nobody did.
pub const ENGINE: &str = "fabu";

/// The predecessor of the first entry.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

impl Entry {
    pub fn new(at: Moment, actor: &str, act: &str) -> Self {
        Self {
            at,
            actor: actor.to_owned(),
            act: act.to_owned(),
            incident: None,
            release: None,
            data: Value::Null,
        }
    }

    #[must_use]
    pub fn incident(mut self, id: impl ToString) -> Self {
        self.incident = Some(id.to_string());
        self
    }

    #[must_use]
    pub fn release(mut self, id: impl ToString) -> Self {
        self.release = Some(id.to_string());
        self
    }

    #[must_use]
    pub fn data(mut self, data: Value) -> Self {
        self.data = data;
        self
    }

    /// Gives the entry its number and its seal. `data_text` is the exact text that will be stored for `data`.
    pub fn seal(self, seq: i64, prev: &str, data_text: &str) -> Sealed {
        let hash = seal_hash(
            seq,
            self.at,
            &self.actor,
            &self.act,
            self.incident.as_deref(),
            self.release.as_deref(),
            data_text,
            prev,
        );
        Sealed {
            seq,
            at: self.at,
            actor: self.actor,
            act: self.act,
            incident: self.incident,
            release: self.release,
            data: self.data,
            prev: prev.to_owned(),
            hash,
        }
    }
}

/// SHA-256 over every stored column, each with its length so that no two entries can be written the same way.
#[expect(clippy::too_many_arguments, reason = "it is the columns of one row")]
pub fn seal_hash(
    seq: i64,
    at: Moment,
    actor: &str,
    act: &str,
    incident: Option<&str>,
    release: Option<&str>,
    data_text: &str,
    prev: &str,
) -> String {
    let mut digest = Sha256::new();
    for field in [
        Some(prev),
        Some(&*seq.to_string()),
        Some(&*at.timestamp_millis().to_string()),
        Some(actor),
        Some(act),
        incident,
        release,
        Some(data_text),
    ] {
        match field {
            Some(text) => {
                digest.update(format!("{}:", text.len()));
                digest.update(text);
            }
            None => digest.update("-"),
        }
    }
    hex(&digest.finalize())
}

/// What is wrong with a journal, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "kebab-case", tag = "fault")]
pub enum ChainFault {
    #[error("entry {seq}: its contents do not match its seal")]
    Altered { seq: i64 },
    #[error("entry {seq}: it does not follow the entry before it")]
    Broken { seq: i64 },
    #[error("entry {expected} is missing; entry {found} stands in its place")]
    Gap { expected: i64, found: i64 },
    #[error("the journal ends at entry {found}, but its head says {expected}")]
    Truncated { expected: i64, found: i64 },
    #[error("entry {seq} is not the one whose seal was noted down")]
    Rewritten { seq: i64 },
}
