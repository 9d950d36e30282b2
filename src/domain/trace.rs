//! What the journal says of each release: when it stood where, who was waited for, and how it ended.
//!
//! The one reader: a drill's score, the reports and whoever shows the course of a release use it, and so agree. Knows
//! neither plans nor people, and no words: which post drafts for a body, and what an outcome is called, others say.

mod reader;
mod timeliness;

pub use reader::Reader;
pub use timeliness::{Timeliness, timeliness};

use serde::Serialize;

use super::body::PostRef;
use super::deadline::PassedLimit;
use super::journal::Told;
use super::level::ResponseLevel;
use super::plan::CorrectionKind;
use super::reason::Reason;
use super::release::Holding;
use super::time::Moment;
use crate::id::{IncidentId, ReleaseId};

/// One release from its listing to its end.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trace {
    pub release: ReleaseId,
    pub incident: Option<IncidentId>,
    pub plan: String,
    pub body: String,
    pub item: String,
    pub name: String,
    pub occurrence: u32,
    /// The response level when it was planned; None after the end.
    pub level: Option<ResponseLevel>,
    /// What it explains or corrects.
    pub tied_to: Option<ReleaseId>,
    /// The release in whose text it goes out; what happens to that one happens to this.
    pub part_of: Option<ReleaseId>,
    pub correction: Option<CorrectionKind>,
    /// From when its time counts: nobody could begin before it was listed, nor explain a text before that was out.
    pub opened_at: Moment,
    /// Once it is out, the deadline that it had then, whatever has been planned since.
    pub due_at: Option<Moment>,
    /// The first limit that had passed when it was listed. It was not kept, whatever became of `due_at`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passed: Option<PassedLimit>,
    /// Of what is held before its text: while it is awaited `due_at` is the limit of the holding, afterwards that of the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holding: Option<Holding>,
    /// When its facts were complete and there was a draft.
    pub drafted_at: Option<Moment>,
    /// When it was submitted for the first time.
    pub submitted_at: Option<Moment>,
    /// When the last signature before publication was given.
    pub signed_at: Option<Moment>,
    pub published_at: Option<Moment>,
    /// When the last channel was done with it.
    pub sent_at: Option<Moment>,
    /// Since when a measure is ready that nobody has ordered; None = ordered, or none that is decided.
    pub undecided_since: Option<Moment>,
    pub outcome: Outcome,
    pub ended_at: Option<Moment>,
    /// Why it ended so, where somebody or something says.
    pub reason: Option<Reason>,
    pub corrected_by: Option<ReleaseId>,
    /// It went out on the fast route.
    pub before_countersignature: bool,
    /// Facts that it lacked at the last look.
    pub missing: Vec<String>,
    pub fault: Option<String>,
    /// Each wait for whoever drafts, then for a signature, that came to an end before publication.
    pub steps: Vec<Step>,
    /// What holds it up, and since when.
    pub waits: Option<(Waits, Moment)>,
}

/// A wait that is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    pub by: Waits,
    pub from: Moment,
    pub to: Moment,
}

/// Whom a release waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Waits {
    /// Whoever drafts for its body.
    Drafter,
    /// This post's signature; the turn may have passed to another post as well, which may have given it.
    Signer {
        post: PostRef,
        passed_to: Option<PostRef>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    Open,
    /// A measure that was ready and not ordered.
    NotOrdered,
    Published,
    Waived,
    Cancelled,
    Superseded,
    Missed,
    Corrected,
    Withdrawn,
    Expired,
}

impl Trace {
    /// The limit that it is judged by.
    pub fn limit(&self) -> Option<Moment> {
        let passed = self.passed.as_ref().map(|passed| passed.due_at);
        passed.or(self.due_at)
    }

    /// Seconds left when it went out; negative = late. None while it is not out or has no deadline. What was held late is as
    /// late as that, out or not.
    pub fn slack(&self) -> Option<i64> {
        if let Some(Holding::Held {
            at,
            limit: Some(limit),
        }) = self.holding
            && at > limit
        {
            return Some((limit - at).num_seconds());
        }
        Some((self.limit()? - self.published_at?).num_seconds())
    }

    /// Begun and neither out nor given up.
    pub fn is_open(&self, now: Moment) -> bool {
        self.published_at.is_none()
            && self.outcome == Outcome::Open
            && self.undecided_since.is_none()
            && self.opened_at <= now
    }

    /// Whether what it tells of was held by its limit; None while that is not settled at `now`, and where nothing is held.
    pub fn held_on_time(&self, now: Moment) -> Option<bool> {
        match self.holding? {
            Holding::Held { limit, at } => limit.map(|limit| at <= limit),
            Holding::Awaited => {
                let is_over = self.outcome == Outcome::Open && self.due_at? < now;
                is_over.then_some(false)
            }
        }
    }

    /// Whether its first limit was kept, and that of a holding; None while that is not settled at `now`.
    pub fn on_time(&self, now: Moment) -> Option<bool> {
        if self.holding.is_some_and(Holding::is_late) {
            return Some(false);
        }
        let due = self.limit()?;
        match (self.published_at, self.outcome) {
            (Some(at), _) => Some(at <= due),
            (None, Outcome::Missed) => Some(false),
            (None, Outcome::Open) if due < now => Some(false),
            _ => None,
        }
    }

    /// The waits for signatures that came.
    pub fn signed(&self) -> impl DoubleEndedIterator<Item = (&PostRef, &Step)> {
        self.steps.iter().filter_map(|step| match &step.by {
            Waits::Signer { post, .. } => Some((post, step)),
            Waits::Drafter => None,
        })
    }
}

/// The traces of a whole journal, or of all entries of one incident, in order of deadline.
pub fn read<'a>(journal: impl IntoIterator<Item = &'a Told>) -> Vec<Trace> {
    let mut reader = Reader::default();
    for entry in journal {
        reader.take(entry);
    }
    reader.finish()
}
