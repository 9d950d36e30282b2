//! What commands show of the server's answers. Fields that nobody prints are left out; new ones do no harm.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::domain::time::Moment;

#[derive(Debug, Deserialize)]
pub struct Incident {
    pub id: String,
    pub event: String,
    pub title: String,
    pub level: String,
    pub status: String,
    pub areas: Vec<String>,
    pub known_at: Moment,
    pub declared_at: Moment,
    pub level_since: Moment,
    pub ended_at: Option<Moment>,
    pub expected_duration: Option<String>,
    pub facts: BTreeMap<String, Fact>,
    pub levels: Vec<LevelChange>,
    pub plans: Vec<Plan>,
    pub releases: Vec<Release>,
}

#[derive(Debug, Deserialize)]
pub struct Fact {
    #[serde(rename = "type")]
    pub kind: String,
    pub value: Value,
    pub as_of: Moment,
    pub source: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct LevelChange {
    pub level: String,
    pub at: Moment,
    pub by: String,
    pub reason: String,
}

#[derive(Debug, Deserialize)]
pub struct Plan {
    pub plan: String,
    pub revision: String,
}

#[derive(Debug, Deserialize)]
pub struct Release {
    pub id: String,
    pub incident: String,
    pub body: String,
    pub item: String,
    pub name: String,
    pub occurrence: u32,
    pub status: String,
    pub opened_at: Moment,
    pub due_at: Option<Moment>,
    #[serde(default)]
    pub due_beyond_calendar: Option<i32>,
    pub published_at: Option<Moment>,
    pub valid_until: Option<Moment>,
    pub next: Option<String>,
    pub may_sign: Vec<String>,
    pub missing_facts: Vec<String>,
    pub note: Option<String>,
    pub stale: bool,
    pub newer_version: Option<u32>,
    pub difference: Vec<String>,
    pub tied_to: Option<String>,
    pub correction: Option<String>,
    pub countersign_due_at: Option<Moment>,
    pub own_words: bool,
    pub signatures: Vec<Signature>,
    pub bulletin: Option<Bulletin>,
}

#[derive(Debug, Deserialize)]
pub struct Signature {
    pub round: u32,
    pub post: String,
    pub user: String,
    pub name: String,
    pub at: Moment,
    pub version: u32,
    pub kind: String,
}

#[derive(Debug, Deserialize)]
pub struct Bulletin {
    pub version: u32,
    pub hash: String,
    /// What a person types to say which text they have read.
    pub code: String,
    pub written_by: Vec<String>,
    pub incident_title: Option<String>,
    pub title: String,
    pub text: String,
    pub document_number: Option<String>,
    pub valid_for: Option<String>,
    pub reach: Vec<Reach>,
    pub renderings: Vec<Rendering>,
}

#[derive(Debug, Deserialize)]
pub struct Reach {
    pub channel: String,
    pub areas: Vec<String>,
    pub groups: Vec<String>,
    pub posts: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub struct Rendering {
    pub channel: String,
    pub language: String,
    pub subject: Option<String>,
    pub text: String,
    #[serde(default)]
    pub parts: Vec<String>,
    pub segments: Option<u32>,
}

#[derive(Debug, Deserialize)]
pub struct Me {
    pub user: String,
    pub posts: Vec<String>,
}

impl Rendering {
    /// Whether a reader would see the same as of `other`, whichever channel brings it.
    pub fn reads_like(&self, other: &Self) -> bool {
        (&self.language, &self.subject, &self.text, &self.parts)
            == (&other.language, &other.subject, &other.text, &other.parts)
            && self.segments == other.segments
    }
}

impl Release {
    /// Whether it waits for a post among `posts`.
    pub fn waits_for(&self, posts: &[String]) -> bool {
        self.next
            .iter()
            .chain(&self.may_sign)
            .any(|post| posts.contains(post))
    }

    pub fn is_open(&self) -> bool {
        crate::domain::release::OPEN_STATES.contains(&&*self.status)
    }
}
