//! Facts that several acts have, or that are lists of their own.

use serde::{Deserialize, Serialize};

use crate::domain::approval::Refusal;
use crate::domain::body::PostRef;
use crate::domain::bulletin::REMINDERS_FROM;
use crate::domain::concern::Found;
use crate::domain::deadline::PassedLimit;
use crate::domain::level::ResponseLevel;
use crate::domain::rights::ConfirmedAct;
use crate::domain::time::Moment;
use crate::id::{AskId, DispatchId, ReleaseId};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelChanged {
    pub from: ResponseLevel,
    pub to: ResponseLevel,
    pub reason: String,
}

/// Releases of one plan that were listed together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    pub plan: String,
    pub body: String,
    pub releases: Vec<PlannedRelease>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedRelease {
    pub id: ReleaseId,
    pub item: String,
    pub name: String,
    pub occurrence: u32,
    pub opens_at: Moment,
    pub due_at: Option<Moment>,
    /// The first limit that had passed when it was listed; `due_at` is the one that it is worked to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed: Option<PassedLimit>,
    pub tied_to: Option<ReleaseId>,
    /// Where and when somebody found what it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<Found>,
    /// The release in whose text it goes out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<ReleaseId>,
    /// A measure that is ready and not ordered.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub undecided: bool,
    /// It tells of something that is held first; its deadline is that of the holding.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub to_be_held: bool,
}

/// What the template says now, where another text stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Newer {
    pub item: String,
    /// The version that stands, when it is once more what the template says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newer_version: Option<u32>,
    /// Why there is no newer text yet.
    #[serde(flatten)]
    pub lacks: Option<Lacks>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<Vec<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lacks {
    pub missing: Vec<String>,
    pub fault: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminded {
    pub item: String,
    /// Of the time there is.
    pub percent: u32,
    pub to: Option<PostRef>,
    pub due_at: Option<Moment>,
    pub state: String,
    #[serde(flatten)]
    pub late: Option<Late>,
}

/// It fell due while nobody was looking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Late {
    pub late: bool,
    pub was_due_at: Option<Moment>,
}

impl Late {
    /// What fell due at `was_due_at`.
    pub fn since(was_due_at: Moment) -> Self {
        Self {
            late: true,
            was_due_at: Some(was_due_at),
        }
    }
}

/// One version of a release on one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispatched {
    pub dispatch: DispatchId,
    pub channel: String,
    pub version: u32,
}

impl Dispatched {
    /// A text for the public, and no reminder to a post.
    pub fn is_of_bulletin(&self) -> bool {
        self.version < REMINDERS_FROM
    }
}

/// Deliveries that were given up and are tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenUp {
    pub failed: u64,
    pub unknown: u64,
}

/// Why a signature was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Refused {
    By(Refusal),
    /// In the English words of journals that had no codes.
    Said(String),
}

/// An act that asks for a second person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondPerson {
    pub id: AskId,
    pub act: ConfirmedAct,
    pub asked_by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
