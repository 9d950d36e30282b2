//! Why a release is not in a state in which something can be done with it: the state, who brought it there, and when.

use std::fmt;

use super::{Release, ReleaseState};
use crate::domain::phrase::{Phrase, phrase};
use crate::domain::time::{Moment, minute};
use crate::id::ReleaseId;

/// What somebody, or the passing of time, wanted of a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    Ordered,
    Decided,
    Drafted,
    Edited,
    Placed,
    Submitted,
    Approved,
    Returned,
    Waived,
    Published,
    Superseded,
    Cancelled,
    Missed,
    Expired,
    Corrected,
    Withdrawn,
    SentAgain,
}

impl Wanted {
    fn phrase(self) -> Phrase {
        match self {
            Self::Ordered => phrase!("verb.wanted.ordered"),
            Self::Decided => phrase!("verb.wanted.decided"),
            Self::Drafted => phrase!("verb.wanted.drafted"),
            Self::Edited => phrase!("verb.wanted.edited"),
            Self::Placed => phrase!("verb.wanted.placed"),
            Self::Submitted => phrase!("verb.wanted.submitted"),
            Self::Approved => phrase!("verb.wanted.approved"),
            Self::Returned => phrase!("verb.wanted.returned"),
            Self::Waived => phrase!("verb.wanted.waived"),
            Self::Published => phrase!("verb.wanted.published"),
            Self::Superseded => phrase!("verb.wanted.superseded"),
            Self::Cancelled => phrase!("verb.wanted.cancelled"),
            Self::Missed => phrase!("verb.wanted.missed"),
            Self::Expired => phrase!("verb.wanted.expired"),
            Self::Corrected => phrase!("verb.wanted.corrected"),
            Self::Withdrawn => phrase!("verb.wanted.withdrawn"),
            Self::SentAgain => phrase!("verb.wanted.sent-again"),
        }
    }
}

/// A transition that the state does not allow. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct NotNow {
    pub release: ReleaseId,
    /// The state it is in, by name.
    pub state: &'static str,
    /// Who brought it there, where a person did.
    pub by: Option<String>,
    pub since: Option<Moment>,
    pub wanted: Wanted,
    /// The release in whose text it goes out, where that is the one to ask it of.
    pub leader: Option<ReleaseId>,
}

impl NotNow {
    pub fn phrase(&self) -> Phrase {
        if let Some(leader) = &self.leader {
            return phrase!(
                "verb.not-alone",
                release = self.release.as_str(),
                leader = leader.as_str(),
                wanted = self.wanted.phrase(),
            );
        }
        let since = self.since.map(minute);
        phrase!(
            "verb.not-now",
            release = self.release.as_str(),
            state = state(self.state),
            since = since.map(|at| phrase!("verb.since", at)),
            by = self.by.as_ref().map(|by| phrase!("verb.by", by)),
            wanted = self.wanted.phrase(),
        )
    }
}

impl fmt::Display for NotNow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.phrase().fmt(f)
    }
}

/// What a state is called, by its code.
pub(in crate::domain) fn state(code: &'static str) -> Phrase {
    match code {
        "undecided" => phrase!("verb.state.undecided"),
        "planned" => phrase!("verb.state.planned"),
        "drafting" => phrase!("verb.state.drafting"),
        "in-review" => phrase!("verb.state.in-review"),
        "approved" => phrase!("verb.state.approved"),
        "published" => phrase!("verb.state.published"),
        "lifted" => phrase!("verb.state.lifted"),
        "superseded" => phrase!("verb.state.superseded"),
        "expired" => phrase!("verb.state.expired"),
        "corrected" => phrase!("verb.state.corrected"),
        "withdrawn" => phrase!("verb.state.withdrawn"),
        "waived" => phrase!("verb.state.waived"),
        "not-applicable" => phrase!("verb.state.not-applicable"),
        "cancelled" => phrase!("verb.state.cancelled"),
        "missed" => phrase!("verb.state.missed"),
        code => Phrase::verbatim(code),
    }
}

impl Release {
    /// That `wanted` cannot be done in the state that stands.
    pub fn not_now(&self, wanted: Wanted) -> NotNow {
        let (since, by) = match (wanted, &self.ordered_by) {
            // Whoever decides too late is told who was before them.
            (Wanted::Ordered | Wanted::Decided, Some(by)) => (Some(self.opened_at), Some(&**by)),
            _ => self.state.brought_by(),
        };
        NotNow {
            release: self.id.clone(),
            state: self.state.code(),
            by: by.map(str::to_owned),
            since,
            leader: (self.part_of.clone())
                .filter(|_| matches!(wanted, Wanted::Corrected | Wanted::Withdrawn)),
            wanted,
        }
    }
}

impl ReleaseState {
    /// When the state began and who brought it about, as far as the state knows.
    fn brought_by(&self) -> (Option<Moment>, Option<&str>) {
        match self {
            Self::Undecided(_) | Self::Planned | Self::Drafting(_) => (None, None),
            Self::InReview(review) => (None, Some(&review.submitted_by)),
            Self::Approved { at, .. }
            | Self::Superseded { at, .. }
            | Self::Expired { at, .. }
            | Self::Lifted { at, .. }
            | Self::Cancelled { at, .. }
            | Self::Corrected { at, .. }
            | Self::Missed { at } => (Some(*at), None),
            Self::Published(publication) => (Some(publication.at), None),
            Self::Withdrawn { at, by, .. }
            | Self::Waived { at, by, .. }
            | Self::NotApplicable { at, by, .. } => (Some(*at), Some(by)),
        }
    }
}
