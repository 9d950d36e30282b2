//! What cannot be used of an input: as much of it as somebody can read, and how much more there is. A thousand slips
//! are not a thousand lines.

use std::ops::Deref;

use crate::domain::clip::clip;
use crate::domain::phrase::{Phrase, phrase};

/// The most that is listed.
pub const MOST: usize = 20;
/// The most that is said in one sentence.
const SAID: usize = 5;
const FIELD: usize = 120;
/// The most of a text that a problem says back.
const WHAT: usize = 1_000;

/// One field that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub field: String,
    pub what: Phrase,
}

/// The first of them, and how many more there were.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    first: Vec<Problem>,
    more: usize,
}

impl Problems {
    pub fn add(&mut self, field: &str, what: Phrase) {
        if self.first.len() == MOST {
            self.more += 1;
            return;
        }
        self.first.push(Problem {
            field: clip(field, FIELD).into_owned(),
            what: what.clipped(WHAT),
        });
    }

    /// Says `what` of `field` where something less particular was said of it.
    pub fn say_rather(&mut self, field: &str, what: Phrase) {
        self.first.retain(|one| one.field != field);
        self.add(field, what);
    }

    pub fn more(&self) -> usize {
        self.more
    }

    /// The first few in one sentence.
    pub fn phrase(&self) -> Phrase {
        let said = self.first.iter().take(SAID);
        let said =
            said.map(|one| phrase!("verb.field", field = &one.field, what = one.what.clone()));
        let more = self.first.len().saturating_sub(SAID) + self.more;
        let more = (more > 0).then(|| phrase!("verb.and-more", n = more));
        Phrase::chained(said.chain(more), |one, next| {
            phrase!("verb.then", one, next)
        })
    }
}

/// Those that are listed.
impl Deref for Problems {
    type Target = [Problem];

    fn deref(&self) -> &[Problem] {
        &self.first
    }
}
