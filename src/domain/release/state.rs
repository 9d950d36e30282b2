//! What is true of a release now: its state with the facts of it. *Overdue* is not here: it is a deadline in the past.

use serde::{Deserialize, Serialize};

use super::Undecided;
use crate::domain::body::PostRef;
use crate::domain::bulletin::{Owed, Publication};
use crate::domain::numbering::Filling;
use crate::domain::plan::Signer;
use crate::domain::reason::Reason;
use crate::domain::time::Moment;
use crate::id::ReleaseId;

/// What is true of a release now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum ReleaseState {
    /// A measure that is ready and not ordered.
    Undecided(Undecided),
    /// Somebody found that its conditions are not met.
    NotApplicable {
        at: Moment,
        by: String,
        why: String,
    },
    /// Not opened yet, or waiting for its first draft.
    Planned,
    /// A draft is being made: facts are missing, or nobody has submitted it yet.
    Drafting(Drafting),
    InReview(Review),
    /// Signed by all; waits for the release it belongs to.
    Approved {
        version: u32,
        hash: String,
        at: Moment,
        /// Signatures that it owes from when it goes out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        owed: Option<Owed>,
        /// Newer words that its signers saw and did not want.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        declined: Option<u32>,
    },
    Published(Publication),
    Superseded {
        at: Moment,
        why: Reason,
        was: Option<Publication>,
    },
    Expired {
        at: Moment,
        was: Publication,
    },
    /// The measure that it ordered is over everywhere, by the text `by`; or what it explained is.
    Lifted {
        at: Moment,
        by: ReleaseId,
        was: Publication,
    },
    Corrected {
        at: Moment,
        by: ReleaseId,
        was: Publication,
    },
    Withdrawn {
        at: Moment,
        by: String,
        why: String,
        was: Publication,
        /// The text that says so; none in what older versions wrote.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notice: Option<ReleaseId>,
    },
    Waived {
        at: Moment,
        by: String,
        why: String,
    },
    Cancelled {
        at: Moment,
        why: Reason,
    },
    /// An occurrence that nobody published before the next one came.
    Missed {
        at: Moment,
    },
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Drafting {
    /// Facts that the template needs and nobody has given.
    pub missing: Vec<String>,
    /// The version that waits to be submitted; None while facts are missing or the template fails.
    pub version: Option<u32>,
    /// Why there is no draft, when it is not for missing facts.
    pub fault: Option<String>,
    /// Why a reviewer sent it back.
    pub returned: Option<Reason>,
    /// Facts have changed since a person wrote `version`; what the template would say with them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newer: Option<u32>,
}

/// A text under review, bound to the bytes that were submitted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Review {
    /// Which review of the release this is.
    #[serde(default)]
    pub round: u32,
    pub version: u32,
    pub hash: String,
    /// The user who submitted it, and therefore may not sign it.
    pub submitted_by: String,
    pub signers: Vec<Signer>,
    /// Posts any of which may sign in the signer's place from the start: a correction goes out with the signature of
    /// whoever is awake.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<PostRef>,
    /// Index of the signer whose turn it is.
    pub step: usize,
    pub turn_since: Moment,
    /// The turn has passed to the deputy, who may sign as well.
    pub passed_to_deputy: bool,
    /// Facts have changed since; the newer draft version that exists.
    pub stale: Option<u32>,
    /// How far the reminders of this turn have gone.
    #[serde(default, skip_serializing_if = "Prompt::is_none")]
    pub prompted: Prompt,
}

/// What a signer was reminded of: their own time to sign, which is shorter than the release's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prompt {
    #[default]
    None,
    /// Half of it is gone.
    Half,
    /// All of it is, and there is no deputy to whom the turn could pass.
    Over,
}

impl Prompt {
    fn is_none(&self) -> bool {
        *self == Self::None
    }
}

/// The states by name, for queries and the API.
pub const OPEN_STATES: [&str; 5] = ["undecided", "planned", "drafting", "in-review", "approved"];

impl ReleaseState {
    /// Every state by name, for queries.
    pub const CODES: [&'static str; 15] = [
        "undecided",
        "not-applicable",
        "planned",
        "drafting",
        "in-review",
        "approved",
        "published",
        "superseded",
        "expired",
        "lifted",
        "corrected",
        "withdrawn",
        "waived",
        "cancelled",
        "missed",
    ];

    pub fn code(&self) -> &'static str {
        match self {
            Self::Undecided(_) => "undecided",
            Self::NotApplicable { .. } => "not-applicable",
            Self::Planned => "planned",
            Self::Drafting(_) => "drafting",
            Self::InReview(_) => "in-review",
            Self::Approved { .. } => "approved",
            Self::Published(_) => "published",
            Self::Superseded { .. } => "superseded",
            Self::Expired { .. } => "expired",
            Self::Lifted { .. } => "lifted",
            Self::Corrected { .. } => "corrected",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Waived { .. } => "waived",
            Self::Cancelled { .. } => "cancelled",
            Self::Missed { .. } => "missed",
        }
    }

    pub fn zh(&self) -> &'static str {
        match self {
            Self::Undecided(_) => "待决定",
            Self::NotApplicable { .. } => "不适用",
            Self::Planned => "待开始",
            Self::Drafting(_) => "拟稿",
            Self::InReview(_) => "审签",
            Self::Approved { .. } => "已签发",
            Self::Published(_) => "已发布",
            Self::Superseded {
                why: Reason::ResponseEnded,
                ..
            } => "已结束",
            Self::Superseded { .. } => "已被替代",
            Self::Expired { .. } => "已失效",
            Self::Lifted { .. } => "已解除",
            Self::Corrected { .. } => "已更正",
            Self::Withdrawn { .. } => "已撤回",
            Self::Waived { .. } => "免发",
            Self::Cancelled { .. } => "已取消",
            Self::Missed { .. } => "漏发",
        }
    }

    /// The version that is drafted, under review, signed or out.
    pub fn standing_version(&self) -> Option<u32> {
        match self {
            Self::Drafting(drafting) => drafting.version,
            Self::InReview(review) => Some(review.version),
            Self::Approved { version, .. } => Some(*version),
            state => state.publication().map(|publication| publication.version),
        }
    }

    /// Whether it still has to be published.
    pub fn is_open(&self) -> bool {
        matches!(
            self,
            Self::Undecided(_)
                | Self::Planned
                | Self::Drafting(_)
                | Self::InReview(_)
                | Self::Approved { .. }
        )
    }

    /// Keeps what is true of the text that went out, whatever became of it since.
    pub fn set_publication(&mut self, publication: Publication) {
        match self {
            Self::Published(was)
            | Self::Expired { was, .. }
            | Self::Lifted { was, .. }
            | Self::Corrected { was, .. }
            | Self::Withdrawn { was, .. }
            | Self::Superseded { was: Some(was), .. } => *was = publication,
            _ => {}
        }
    }

    /// What went out, if anything did, whatever became of it since.
    pub fn publication(&self) -> Option<&Publication> {
        match self {
            Self::Published(was)
            | Self::Expired { was, .. }
            | Self::Lifted { was, .. }
            | Self::Corrected { was, .. }
            | Self::Withdrawn { was, .. } => Some(was),
            Self::Superseded { was, .. } => was.as_ref(),
            _ => None,
        }
    }
}

impl ReleaseState {
    /// A text that has just gone out, with the numbers and the date that it got.
    #[must_use]
    pub fn filled(mut self, filling: Filling) -> Self {
        if let Some(mut publication) = self.publication().cloned() {
            publication.filling = Some(filling);
            self.set_publication(publication);
        }
        self
    }
}

impl Review {
    pub fn signer(&self) -> Option<&Signer> {
        self.signers.get(self.step)
    }

    /// Whether the next signature publishes.
    pub fn is_last_step(&self) -> bool {
        self.step + 1 >= self.signers.len()
    }
}
