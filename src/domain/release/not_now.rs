//! Why a release is not in a state in which something can be done with it: the state, who brought it there, and when.

use std::fmt;

use super::{Release, ReleaseState};
use crate::domain::time::Moment;
use crate::id::ReleaseId;

/// What somebody, or the passing of time, wanted of a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    Ordered,
    Decided,
    Drafted,
    Edited,
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
    fn en(self) -> &'static str {
        match self {
            Self::Ordered => "ordered",
            Self::Decided => "decided",
            Self::Drafted => "drafted",
            Self::Edited => "edited",
            Self::Submitted => "submitted",
            Self::Approved => "approved",
            Self::Returned => "returned",
            Self::Waived => "waived",
            Self::Published => "published",
            Self::Superseded => "superseded",
            Self::Cancelled => "cancelled",
            Self::Missed => "missed",
            Self::Expired => "expired",
            Self::Corrected => "corrected",
            Self::Withdrawn => "withdrawn",
            Self::SentAgain => "sent again",
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
}

impl fmt::Display for NotNow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "release {} is {}", self.release, self.state)?;
        if let Some(since) = self.since {
            write!(f, " since {}", since.format("%Y-%m-%dT%H:%M:%SZ"))?;
        }
        if let Some(by) = &self.by {
            write!(f, " (by {by})")?;
        }
        write!(
            f,
            " and cannot be {} now; nothing was changed",
            self.wanted.en()
        )
    }
}

impl Release {
    /// That `wanted` cannot be done in the state that stands.
    pub fn not_now(&self, wanted: Wanted) -> NotNow {
        let (since, by) = self.state.brought_by();
        NotNow {
            release: self.id.clone(),
            state: self.state.code(),
            by: by.map(str::to_owned),
            since,
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
