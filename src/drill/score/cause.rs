//! Why a deadline was not kept, or what holds a text up: that the response began late, that the plan left no way, what was
//! lacking, who was waited for, which step took the time. Values; `finder` finds them, `drill/tell` has the words.

use serde::{Deserialize, Serialize};

use super::waits::Wait;
use crate::domain::deadline::{Anchor, PassedLimit};
use crate::domain::level::ResponseLevel;
use crate::domain::time::Span;

/// Lengths of time in seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case",
    tag = "kind"
)]
pub enum Cause {
    /// Its limit had passed when the response began, or reached the level that asks for it: the fault of neither the plan
    /// nor whoever drafts and signs.
    BegunLate {
        begun: Begun,
        limit: Limit,
        over: i64,
        /// Whether the limit was kept that it was given instead, and why not; None while that is to come.
        kept: Option<bool>,
        then: Option<Box<Self>>,
    },
    /// It was on its way when its limit passed, and was listed again.
    ListedAgain {
        limit: Limit,
        over: i64,
    },
    /// Its limit had passed this long when it was listed, though the response had begun in time: nobody could keep it.
    ListedLate {
        over: i64,
    },
    /// Drafting and every signature take this long even where everybody is at their quickest.
    TooShort {
        least: i64,
        given: i64,
    },
    /// What it tells of was held this long after its limit, or was not held when the limit passed.
    HeldLate {
        over: i64,
    },
    NotHeld,
    /// The server was away when the limit passed.
    Away,
    /// Its template does not fit the facts.
    Template {
        fault: String,
    },
    /// The text that it explains or corrects is not out.
    Original,
    /// Facts that it lacks, by code, and the post that has to bring them.
    Facts {
        missing: Vec<String>,
        #[serde(default)]
        from: Option<String>,
    },
    /// It waits for this post.
    Waits {
        post: String,
        /// For a draft, not for a signature.
        #[serde(default)]
        drafting: bool,
        passed_to: Option<String>,
        seconds: i64,
    },
    /// The step that took most of the time, and its share in per cent.
    Step {
        step: StepKind,
        seconds: i64,
        percent: i64,
        /// Who was waited for longest.
        slowest: Option<Wait>,
    },
}

/// What came too late for a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "what")]
pub enum Begun {
    Declared,
    Raised {
        to: ResponseLevel,
    },
    /// The grade of the incident (事件等级) from which the text is asked for.
    Graded,
}

/// A limit as the plan words it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    pub within: Span,
    pub of: Anchor,
}

impl From<&PassedLimit> for Limit {
    fn from(passed: &PassedLimit) -> Self {
        Self {
            within: passed.within,
            of: passed.of,
        }
    }
}

/// A way of looking at causes: what would have to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    Facts,
    Drafting,
    Review,
    Signature,
    Sending,
}

impl StepKind {
    pub const ALL: [Self; 5] = [
        Self::Facts,
        Self::Drafting,
        Self::Review,
        Self::Signature,
        Self::Sending,
    ];
}

impl Cause {
    /// A fault of the plan: nobody at their work could have kept the limit.
    pub fn is_of_plan(&self) -> bool {
        matches!(self, Self::ListedLate { .. } | Self::TooShort { .. })
    }

    /// Whose signature or draft came too late.
    pub fn post(&self) -> Option<&str> {
        match self {
            Self::Waits { post, .. } => Some(post),
            Self::Step { slowest, .. } => Some(&slowest.as_ref()?.post),
            Self::BegunLate { then, .. } => then.as_ref()?.post(),
            _ => None,
        }
    }

    /// Every post that it speaks of.
    pub fn posts(&self) -> Vec<&str> {
        let also = match self {
            Self::Waits { passed_to, .. } => passed_to.as_deref(),
            Self::Facts { from, .. } => from.as_deref(),
            Self::BegunLate {
                then: Some(then), ..
            } => return then.posts(),
            _ => None,
        };
        self.post().into_iter().chain(also).collect()
    }
}
