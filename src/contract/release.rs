//! Releases as they are shown: in lists without their text, alone with all of it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::incident::FactView;
use crate::domain::reason::Reason;
use crate::domain::release::OPEN_STATES;

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ReleaseView {
    pub id: String,
    pub incident: String,
    pub plan: String,
    /// The event that its plan is for.
    #[serde(default)]
    pub event: String,
    /// Drafts it.
    pub body: String,
    /// Decides and signs it, where that is another body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    pub item: String,
    pub name: String,
    pub name_en: Option<String>,
    pub kind: String,
    pub level: Option<String>,
    pub occurrence: u32,
    pub status: String,
    pub opened_at: DateTime<Utc>,
    pub due_at: Option<DateTime<Utc>>,
    /// The year whose holidays nobody has listed, if `due_at` was counted in working days through it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_beyond_calendar: Option<i32>,
    /// A limit that had passed before the release was listed, since the response began late or the measure was ordered late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed_limit: Option<DateTime<Utc>>,
    pub overdue: bool,
    /// Of what is held before its text can be written, such as a press conference; `due_at` is its limit until it was held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holding: Option<HoldingView>,
    pub published_at: Option<DateTime<Utc>>,
    pub valid_until: Option<DateTime<Utc>>,
    /// The posts any of which decides whether this measure is ordered, while nobody has.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub decides: Vec<String>,
    /// Alone: the measures in force or on their way that exclude it in the same places.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excludes: Vec<ExcludesView>,
    /// Who wanted to be asked later whether this measure is ordered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub put_off: Option<PutOffView>,
    /// The post whose turn it is.
    pub next: Option<String>,
    /// The posts any of which may give the next signature.
    pub may_sign: Vec<String>,
    pub missing_facts: Vec<String>,
    /// Those of them that it has for itself, so that they are given to it and not to the incident.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing_own: Vec<String>,
    /// Alone, while its text is not out: the facts and columns that would give in English what its English text says in
    /// Chinese. Nothing waits for them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wanted_facts: Vec<String>,
    /// Alone, while its text is not out: tables in it with rows that name places and none that it is for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elsewhere: Vec<ElsewhereView>,
    /// Alone: the facts that it says for itself, and not the incident's of that name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub own_facts: BTreeMap<String, FactView>,
    /// Why there is no text, why it came back, or why the release ended.
    pub note: Option<String>,
    /// The same as a code with its facts, where it is one: `{code, …}`, or a person's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub why: Option<Reason>,
    /// A newer text exists than the one under review or the one that a person wrote.
    pub stale: bool,
    /// Its version, which a signer names who wants the older words all the same.
    pub newer_version: Option<u32>,
    /// What differs in it, line by line.
    pub difference: Vec<String>,
    /// What it explains or corrects.
    pub tied_to: Option<String>,
    /// The places that it is for, by code; none = the incident's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<String>,
    /// Where what it answers was found: hotline, web-message, new-media, media, superior, patrol or village.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// When that was found; its deadline counts from then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found_at: Option<DateTime<Utc>>,
    /// The release in whose text it goes out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<String>,
    /// A measure that is out and not lifted: it binds people.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub still_binds: bool,
    /// A measure that is ordered and not out: it binds people once it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub will_bind: bool,
    /// Of a measure that still binds: the item that lifts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifting: Option<String>,
    /// Where a measure that still binds was lifted, by code.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lifted: Vec<String>,
    /// sent-in-error, wrong-content or all-clear.
    pub correction: Option<String>,
    pub correction_reason: Option<String>,
    /// Posts that still have to sign a text that is out already.
    pub countersign_due_at: Option<DateTime<Utc>>,
    /// A correction that went out on the signature of whoever wrote its words, and said so.
    pub own_words: bool,
    pub signatures: Vec<SignatureView>,
    pub bulletin: Option<BulletinView>,
    /// In lists: why nothing is known of it but what is indexed. Its row cannot be read, was left as it is, and is worked on by
    /// nothing until it is mended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreadable: Option<String>,
}

/// What is held before a text can tell of it.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct HoldingView {
    /// When it was held; nobody has reported it when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_at: Option<DateTime<Utc>>,
    /// By when it is, or was, to be held.
    pub limit: Option<DateTime<Utc>>,
    pub late: bool,
}

/// A table with rows about other places than its text.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ElsewhereView {
    pub fact: String,
    pub rows: Vec<StrangeRow>,
    /// The other rows, as they are given.
    #[schema(value_type = Vec<Object>)]
    pub rest: Vec<Value>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct StrangeRow {
    /// Counted from 1.
    pub row: usize,
    /// Its first words.
    pub says: String,
    /// By code.
    pub places: Vec<String>,
}

/// A measure that excludes another one.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ExcludesView {
    pub release: String,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_en: Option<String>,
    /// Of its text, once it is out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_number: Option<String>,
    /// Where both would hold, by code.
    pub areas: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct PutOffView {
    /// The user.
    pub by: String,
    pub at: DateTime<Utc>,
    pub until: DateTime<Utc>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SignatureView {
    /// Which review of the release it belongs to; those of earlier rounds count no more.
    pub round: u32,
    pub post: String,
    pub user: String,
    pub name: String,
    pub at: DateTime<Utc>,
    pub version: u32,
    pub hash: String,
    /// review, fast, correction or countersign.
    pub kind: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct BulletinView {
    pub version: u32,
    pub hash: String,
    /// What stands for the hash when a person types it.
    pub code: String,
    /// The users whose free words are in it; none of them is its only signer before it is out.
    pub written_by: Vec<String>,
    /// The incident's title, if a person worded it: the portal shows it above the text.
    pub incident_title: Option<String>,
    pub title: String,
    pub title_en: Option<String>,
    pub action: Option<String>,
    pub text: String,
    pub document_number: Option<String>,
    pub drafted_at: DateTime<Utc>,
    /// How long it stands once it is out; until something takes its place when left out.
    pub valid_for: Option<String>,
    /// Whom each channel addresses. Empty lists do not restrict.
    pub reach: Vec<ReachView>,
    pub renderings: Vec<RenderingView>,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ReachView {
    pub channel: String,
    pub areas: Vec<String>,
    pub groups: Vec<String>,
    pub posts: Vec<String>,
    /// Places around those: whoever is recorded by one of them and no nearer may live in those, and is reached, too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub around: Vec<String>,
    /// How many contacts these are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub around_people: Option<u64>,
    /// It goes there, or to more people there, because what it takes the place of did.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub also: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RenderingView {
    pub channel: String,
    /// zh-CN or en.
    pub language: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    pub text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segments: Option<u32>,
}

impl ReleaseView {
    /// Whether it waits for a post among `posts`.
    pub fn waits_for(&self, posts: &[String]) -> bool {
        self.next
            .iter()
            .chain(&self.may_sign)
            .any(|post| posts.contains(post))
    }

    /// The body that decides and signs it.
    pub fn issued_by(&self) -> &str {
        self.issuer.as_ref().unwrap_or(&self.body)
    }

    pub fn is_open(&self) -> bool {
        OPEN_STATES.contains(&&*self.status)
    }
}

impl RenderingView {
    /// Whether a reader would see the same as of `other`, whichever channel brings it.
    pub fn reads_like(&self, other: &Self) -> bool {
        (&self.language, &self.subject, &self.text, &self.parts)
            == (&other.language, &other.subject, &other.text, &other.parts)
            && self.segments == other.segments
    }
}
