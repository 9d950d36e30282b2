//! The journal (台账): who did what, when and why; append-only, each entry sealed by a hash over it and its predecessor.

pub mod act;
mod inject;

pub use act::Act;
pub use inject::{Effect, Happened};

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::bulletin::hex;
use super::release::Release;
use super::time::Moment;
use crate::id::{BadId, IncidentId, ReleaseId};

/// What is to be written; the store gives it its number and its seal.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub at: Moment,
    /// A user, or `fabu` for what the engine did by itself.
    pub actor: String,
    pub act: Act,
    pub incident: Option<IncidentId>,
    pub release: Option<ReleaseId>,
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

/// An entry that was read: what happened, as a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    pub seq: i64,
    pub at: Moment,
    pub actor: String,
    pub act: Act,
    pub incident: Option<IncidentId>,
    pub release: Option<ReleaseId>,
    pub hash: String,
}

/// An entry that this program cannot read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("entry {seq} of the journal: {what}")]
pub struct Unreadable {
    pub seq: i64,
    pub what: String,
}

/// What an entry is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    pub kind: SubjectKind,
    pub id: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectKind {
    Incident,
    Release,
    ContactList,
    Person,
    Channel,
    Drill,
}

/// The actor of what nobody did.
pub const ENGINE: &str = "fabu";

/// The predecessor of the first entry.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

impl Subject {
    pub fn new(kind: SubjectKind, id: impl ToString) -> Self {
        let id = id.to_string();
        Self { kind, id }
    }
}

impl Entry {
    pub fn new(at: Moment, actor: &str, act: Act) -> Self {
        Self {
            at,
            actor: actor.to_owned(),
            act,
            incident: None,
            release: None,
        }
    }

    #[must_use]
    pub fn incident(mut self, id: &IncidentId) -> Self {
        self.incident = Some(id.clone());
        self
    }

    /// Of a release, and so of its incident.
    #[must_use]
    pub fn release(mut self, release: &Release) -> Self {
        self.release = Some(release.id.clone());
        self.incident(&release.incident)
    }

    /// What the act itself names, else the release, else the incident.
    pub fn subject(&self) -> Option<Subject> {
        self.act
            .subject()
            .or_else(|| Some(Subject::new(SubjectKind::Release, self.release.as_ref()?)))
            .or_else(|| Some(Subject::new(SubjectKind::Incident, self.incident.as_ref()?)))
    }

    /// Gives the entry its number and its seal; returns it with the exact text of its data.
    pub fn seal(self, seq: i64, prev: &str) -> (Sealed, String) {
        let (act, data) = self.act.parts();
        let data_text = data.to_string();
        let incident = self.incident.map(|id| id.to_string());
        let release = self.release.map(|id| id.to_string());
        let hash = seal_hash(
            seq,
            self.at,
            &self.actor,
            &act,
            incident.as_deref(),
            release.as_deref(),
            &data_text,
            prev,
        );
        let sealed = Sealed {
            seq,
            at: self.at,
            actor: self.actor,
            act,
            incident,
            release,
            data,
            prev: prev.to_owned(),
            hash,
        };
        (sealed, data_text)
    }
}

impl Sealed {
    /// What the entry says.
    ///
    /// # Errors
    /// Names the entry, and the act that this program does not know.
    pub fn read(self) -> Result<Told, Unreadable> {
        let seq = self.seq;
        let bad = |what: String| Unreadable { seq, what };
        let id = |id: BadId| bad(id.to_string());
        Ok(Told {
            seq,
            at: self.at,
            actor: self.actor,
            act: Act::read(&self.act, self.data).map_err(|error| bad(error.to_string()))?,
            incident: parsed(self.incident).map_err(id)?,
            release: parsed(self.release).map_err(id)?,
            hash: self.hash,
        })
    }
}

fn parsed<T: FromStr>(text: Option<String>) -> Result<Option<T>, T::Err> {
    text.map(|text| text.parse()).transpose()
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
