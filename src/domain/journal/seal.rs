//! The seal of an entry: a hash over everything that it says and over the seal before it.
//!
//! The format of a seal says which columns it covers, so that a chain can go on when an entry learns to say more.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::domain::bulletin::hex;
use crate::domain::time::Moment;

/// What is written today. Format 1 knew incident and release alone; format 2 covers the subject as well.
pub const FORMAT: u32 = 2;

/// The predecessor of the first entry.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The columns of one entry, as they stand in the database.
#[derive(Debug, Clone, Copy)]
pub struct Columns<'a> {
    pub format: u32,
    pub seq: i64,
    pub at: Moment,
    pub actor: &'a str,
    pub act: &'a str,
    pub incident: Option<&'a str>,
    pub release: Option<&'a str>,
    pub subject_kind: Option<&'a str>,
    pub subject_id: Option<&'a str>,
    /// The exact text that is stored.
    pub data: &'a str,
    pub prev: &'a str,
}

impl Columns<'_> {
    /// SHA-256 over the columns, each with its length so that no two entries can be written the same way.
    pub fn seal(&self) -> String {
        let (seq, at) = (self.seq.to_string(), self.at.timestamp_millis().to_string());
        let format = self.format.to_string();
        let mut digest = Sha256::new();
        let mut cover = |field: Option<&str>| match field {
            Some(text) => {
                digest.update(format!("{}:", text.len()));
                digest.update(text);
            }
            None => digest.update("-"),
        };
        // Format 1 begins with a seal, which is never as short as a number.
        if self.format != 1 {
            cover(Some(&format));
        }
        for field in [self.prev, &seq, &at, self.actor, self.act] {
            cover(Some(field));
        }
        cover(self.incident);
        cover(self.release);
        if self.format != 1 {
            cover(self.subject_kind);
            cover(self.subject_id);
        }
        cover(Some(self.data));
        hex(&digest.finalize())
    }
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
