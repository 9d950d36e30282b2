//! The journal (台账): who did what, when and why; append-only, each entry sealed by a hash over it and its predecessor.

pub mod act;
mod inject;
pub mod seal;
mod subject;

pub use act::Act;
pub use inject::{Effect, Happened};
pub use seal::{ChainFault, FORMAT, GENESIS};
pub use subject::{BadSubject, Subject, SubjectKind};

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

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
    pub subject: Option<Subject>,
    pub data: Value,
    /// Of the seal.
    pub format: u32,
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

/// The actor of what nobody did.
pub const ENGINE: &str = "fabu";

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

    pub fn subject(&self) -> Option<Subject> {
        subject(&self.act, self.incident.as_ref(), self.release.as_ref())
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

impl Told {
    pub fn subject(&self) -> Option<Subject> {
        subject(&self.act, self.incident.as_ref(), self.release.as_ref())
    }
}

/// What the act itself names, else the release, else the incident.
fn subject(
    act: &Act,
    incident: Option<&IncidentId>,
    release: Option<&ReleaseId>,
) -> Option<Subject> {
    act.subject()
        .or_else(|| Some(Subject::new(SubjectKind::Release, release?)))
        .or_else(|| Some(Subject::new(SubjectKind::Incident, incident?)))
}

fn parsed<T: FromStr>(text: Option<String>) -> Result<Option<T>, T::Err> {
    text.map(|text| text.parse()).transpose()
}
