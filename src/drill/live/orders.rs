//! What whoever directs a live drill may ask, and what comes of it.

use super::super::report::Pages;
use super::super::score::Score;
use super::view::View;
use crate::domain::phrase::{Phrase, phrase};
use crate::domain::time::Span;
use crate::flow::VerbError;
use crate::plan::scenario::InjectFile;
use crate::store::StoreError;

/// What whoever directs the drill may ask.
pub enum Order {
    /// Lets something happen now.
    Inject {
        inject: Box<InjectFile>,
        by: String,
        key: Option<String>,
    },
    /// Lets the next inject of the file happen now instead of when it was to.
    Next {
        by: String,
        key: Option<String>,
    },
    /// Stops the clock, and so moves every deadline that is still to come.
    Pause,
    /// Lets the clock run again, or run at another speed.
    Resume {
        speed: Option<u32>,
    },
    /// Plays on to a moment of the drill as fast as it goes.
    Jump(Leap),
    Stop {
        why: String,
    },
    /// What the report would say by now.
    Report,
}

/// How far to jump.
#[derive(Debug, Clone, Copy)]
pub enum Leap {
    /// To so long after the start.
    To(Span),
    By(Span),
}

/// What an order leads to.
pub enum Asked {
    Done(Box<View>),
    /// What happened, in the words of the transcript.
    Happened(String),
    Reports(Box<Reports>),
}

/// The files of a drill's end.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Reports {
    pub run: String,
    pub transcript: String,
    pub score: Score,
    /// The report and its ledger, by file name.
    pub pages: Pages,
}

/// Why an order was not carried out; nothing of it has happened.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// The engine's own refusal.
    #[error("{0}")]
    Refused(#[from] VerbError),
    #[error("{0}")]
    Conflict(Phrase),
    #[error("{field}: {what}")]
    Invalid { field: &'static str, what: Phrase },
    #[error("{0}")]
    Failed(Phrase),
}

impl OrderError {
    pub(super) fn over() -> Self {
        Self::Conflict(phrase!("rehearsal.over"))
    }
}

impl From<StoreError> for OrderError {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.into())
    }
}
