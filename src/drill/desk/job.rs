//! Something that one person can do, and how pressing it is.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::people::Work;
use crate::domain::body::PostRef;
use crate::domain::plan::CorrectionKind;
use crate::domain::time::Moment;
use crate::id::{AskId, ReleaseId};

/// What a job is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Matter {
    Release(ReleaseId),
    Asked(AskId),
}

impl Matter {
    pub fn release(&self) -> Option<&ReleaseId> {
        match self {
            Self::Release(id) => Some(id),
            Self::Asked(_) => None,
        }
    }

    pub fn as_str(&self) -> &str {
        match self {
            Self::Release(id) => id.as_str(),
            Self::Asked(id) => id.as_str(),
        }
    }
}

/// Something that one person can do now, or from a moment on.
#[derive(Debug, Clone)]
pub struct Job {
    pub of: Matter,
    /// The step of the release; nobody of the same post takes the same step up twice.
    pub step: String,
    pub post: PostRef,
    pub act: Act,
    pub open_from: Moment,
    /// What chance is drawn for.
    pub draw: String,
    /// Corrections before everything else, then by deadline.
    pub rank: Rank,
}

/// What is more pressing comes first.
pub type Rank = (u8, Moment);

#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    Submit,
    /// The signature for the text with this hash; the fast route looks its hash up when it is taken up.
    Sign {
        hash: String,
    },
    SignFast,
    /// Orders the measure, or finds it not applicable.
    Decide {
        ordered: bool,
    },
    Prepare {
        kind: CorrectionKind,
        facts: BTreeMap<String, Value>,
    },
    /// As the second person, what `asked_by` asked for.
    Confirm {
        asked_by: String,
    },
}

impl Act {
    pub fn work(&self) -> Work {
        match self {
            Self::Submit => Work::Drafting,
            _ => Work::Signing,
        }
    }
}
