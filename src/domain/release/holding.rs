//! What is held before a text can tell of it, such as a press conference: until somebody reports it the deadline of the
//! release is the limit of the holding, afterwards that of the text.

use serde::{Deserialize, Serialize};

use super::{Release, Reminder};
use crate::domain::bulletin::Publication;
use crate::domain::time::{Moment, Span};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holding {
    /// Nobody has reported it.
    Awaited,
    Held {
        at: Moment,
        /// By when it was to be held.
        limit: Option<Moment>,
    },
}

impl Holding {
    pub fn held_at(self) -> Option<Moment> {
        match self {
            Self::Awaited => None,
            Self::Held { at, .. } => Some(at),
        }
    }

    /// Held, and too late.
    pub fn is_late(self) -> bool {
        matches!(self, Self::Held { at, limit: Some(limit) } if at > limit)
    }
}

impl Release {
    /// Whether it waits for somebody to say that what it tells of was held.
    pub fn awaits_holding(&self) -> bool {
        self.holding == Some(Holding::Awaited) && self.state.is_open()
    }

    pub fn held_at(&self) -> Option<Moment> {
        self.holding?.held_at()
    }

    /// It was held at `at`: its deadline is the text's from now on, and its reminders begin afresh. Of what is out only the
    /// measure is mended. None where nothing is held, nothing changes, or it was given up.
    pub fn reported_held(mut self, at: Moment, text_within: Span) -> Option<Self> {
        let limit = match self.holding? {
            Holding::Awaited => self.due_at,
            Holding::Held { at: known, .. } if known == at => return None,
            Holding::Held { limit, .. } => limit,
        };
        let due_at = Some(text_within.after(at));
        if self.state.is_open() {
            self.opened_at = self.opened_at.max(at);
            self.reminded = Reminder::None;
        } else {
            // A text tells of what was held before it; what is held later is another one.
            let publication = self.state.publication().filter(|out| at <= out.at)?.clone();
            self.state.set_publication(Publication {
                due_at,
                ..publication
            });
        }
        self.holding = Some(Holding::Held { at, limit });
        self.due_at = due_at;
        Some(self)
    }
}
