//! What cannot be used of an input: as much of it as somebody can read, and how much more there is. A thousand slips
//! are not a thousand lines.

use std::fmt;
use std::ops::Deref;

use crate::domain::clip::clip;

/// The most that is listed.
pub const MOST: usize = 20;
/// The most that is said in one sentence.
const SAID: usize = 5;
const FIELD: usize = 120;
const WHAT: usize = 2_000;

/// One field that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    pub field: String,
    pub what: String,
}

/// The first of them, and how many more there were.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    first: Vec<Problem>,
    more: usize,
}

impl Problems {
    pub fn add(&mut self, field: &str, what: &str) {
        if self.first.len() == MOST {
            self.more += 1;
            return;
        }
        self.first.push(Problem {
            field: clip(field, FIELD).into_owned(),
            what: clip(what, WHAT).into_owned(),
        });
    }

    pub fn more(&self) -> usize {
        self.more
    }
}

/// Those that are listed.
impl Deref for Problems {
    type Target = [Problem];

    fn deref(&self) -> &[Problem] {
        &self.first
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, Problem { field, what }) in self.first.iter().take(SAID).enumerate() {
            let comma = if n == 0 { "" } else { "; " };
            write!(f, "{comma}{field}: {what}")?;
        }
        match self.first.len().saturating_sub(SAID) + self.more {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}
