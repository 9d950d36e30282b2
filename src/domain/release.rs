//! A release (发布任务): an item made concrete for one incident: one occurrence, one deadline, one state.
//!
//! Its transitions take the release and give the next one back, or say why not ([`NotNow`]): `drafting` up to the
//! signers, `signing` from one signature to the next, `ending` for what goes out or is given up, `holding` for what is held
//! before its text, `wake` for what time does by itself. Nothing else assigns a state.

mod bundle;
mod deciding;
mod drafting;
mod ending;
mod holding;
mod not_now;
mod signing;
mod state;
mod turn;
mod wake;
mod who;

pub use deciding::{Excludes, PutOff, Undecided, excludes};
pub use drafting::Submission;
pub use holding::Holding;
pub(in crate::domain) use not_now::state;
pub use not_now::{NotNow, Wanted};
pub use signing::{Signed, Then, Unsigned, Wish};
pub use state::{Drafting, OPEN_STATES, Prompt, ReleaseState, Review};
pub use turn::Turn;
pub use wake::{Falls, Reminded};

use serde::{Deserialize, Serialize};

use super::area::AreaCode;
use super::bulletin::{Publication, REMINDERS_FROM};
use super::concern::Found;
use super::deadline::PassedLimit;
use super::fact::Facts;
use super::level::ResponseLevel;
use super::lifting::Lifted;
use super::plan::{CorrectionKind, ItemKind};
use super::time::Moment;
use crate::id::{IncidentId, ReleaseId};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Release {
    pub id: ReleaseId,
    pub incident: IncidentId,
    pub plan: String,
    pub plan_hash: String,
    pub body: String,
    pub item: String,
    pub name: String,
    pub name_en: Option<String>,
    pub kind: ItemKind,
    /// The level it was planned at; None = an item of the end.
    pub level: Option<ResponseLevel>,
    /// Which one of its series it is, from 1.
    pub occurrence: u32,
    /// The moment its work could begin.
    pub opened_at: Moment,
    /// None while the anchor is not known yet (an interpretation of something unpublished).
    pub due_at: Option<Moment>,
    /// The first limit that could not be kept any more when it was listed; `due_at` is the one that it is worked to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed: Option<PassedLimit>,
    /// Of what is held before its text can be written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holding: Option<Holding>,
    /// The places that its text is for; None = those of the incident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub areas: Option<Vec<AreaCode>>,
    /// Where it was lifted since.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lifted: Vec<Lifted>,
    /// Who ordered it, if it is a measure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordered_by: Option<String>,
    /// Where and when somebody found what it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<Found>,
    /// What it interprets or corrects.
    pub tied_to: Option<ReleaseId>,
    /// The release in whose text it goes out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<ReleaseId>,
    /// The releases that go out in its text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub carries: Vec<ReleaseId>,
    pub correction: Option<CorrectionKind>,
    /// Why the correction is made, in the corrector's words (`original.reason` in its template).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction_reason: Option<String>,
    /// Who gave the reason of the correction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction_reason_by: Option<String>,
    /// What a correction was given to say, and an order for some places: the facts of the incident are not its own.
    #[serde(default, skip_serializing_if = "Facts::is_empty")]
    pub own_facts: Facts,
    pub state: ReleaseState,
    /// How often it has gone under review: each submission begins a round of signatures of its own.
    #[serde(default)]
    pub rounds: u32,
    /// How far the reminders of its deadline have gone.
    pub reminded: Reminder,
    /// The next moment at which something about it must be looked at, whatever people do.
    pub wake_at: Option<Moment>,
    /// The store's row version; an update of another version than the one read is a conflict.
    #[serde(skip)]
    pub row_version: i64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reminder {
    #[default]
    None,
    Seventy,
    Ninety,
    Overdue,
}

impl Release {
    /// The places that its text is for.
    pub fn areas<'a>(&'a self, incident: &'a super::incident::Incident) -> &'a [AreaCode] {
        self.areas.as_deref().unwrap_or(&incident.areas)
    }

    /// Whether a version of its text still says what is so, and may go to somebody who has not got it. What reminds people of
    /// the release is no text for the public and always may.
    pub fn still_says(&self, version: u32, now: Moment) -> bool {
        let is_said = |text: &Publication| {
            text.version == version && text.valid_until.is_none_or(|until| now < until)
        };
        version >= REMINDERS_FROM
            || matches!(&self.state, ReleaseState::Published(text) if is_said(text))
    }

    pub fn is_overdue(&self, now: Moment) -> bool {
        self.state.is_open() && self.due_at.is_some_and(|due| due < now)
    }

    /// The moment `percent` of the time to the deadline is used up.
    pub fn mark_at(&self, percent: i64) -> Option<Moment> {
        let due = self.due_at?;
        let span = (due - self.opened_at).num_milliseconds().max(0);
        Some(self.opened_at + chrono::TimeDelta::milliseconds(span.saturating_mul(percent) / 100))
    }
}

#[cfg(test)]
mod tables;
