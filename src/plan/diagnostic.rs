//! What is wrong with a file, where, and what to do about it. Knows nothing of plans.

use std::fmt;
use std::sync::Arc;

use crate::domain::phrase::Phrase;

/// A place in a file; lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub file: Arc<str>,
    pub line: usize,
    pub column: usize,
}

/// Errors keep a plan from being used, warnings do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// One complaint. `code` is stable, the words are not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub severity: Severity,
    pub code: &'static str,
    pub place: Place,
    pub message: Phrase,
    pub help: Option<Phrase>,
}

/// Collects complaints; every check writes into one.
#[derive(Debug, Default)]
pub struct Report {
    found: Vec<Diagnostic>,
}

/// The complaint just made, for adding a line of help.
pub struct Said<'a>(&'a mut Diagnostic);

impl Said<'_> {
    pub fn help(self, help: Phrase) {
        self.0.help = Some(help);
    }

    pub fn help_if(self, help: Option<Phrase>) {
        self.0.help = help;
    }
}

impl Report {
    pub fn error(&mut self, code: &'static str, place: Place, message: Phrase) -> Said<'_> {
        self.say(Severity::Error, code, place, message)
    }

    pub fn warning(&mut self, code: &'static str, place: Place, message: Phrase) -> Said<'_> {
        self.say(Severity::Warning, code, place, message)
    }

    pub fn say(
        &mut self,
        severity: Severity,
        code: &'static str,
        place: Place,
        message: Phrase,
    ) -> Said<'_> {
        let at = self.found.len();
        self.found.push(Diagnostic {
            severity,
            code,
            place,
            message,
            help: None,
        });
        Said(&mut self.found[at])
    }

    /// Whether the same was said of this file already: a level that inherits a fault and changes other keys of its item has
    /// the fault in another place, but no second one.
    pub fn has_said(&self, code: &str, file: &str, message: &Phrase) -> bool {
        let mut found = self.found.iter();
        found.any(|one| one.code == code && *one.place.file == *file && one.message == *message)
    }

    /// Takes over what another report has found.
    pub fn append(&mut self, other: Self) {
        self.found.extend(other.found);
    }

    pub fn has_errors(&self) -> bool {
        self.found.iter().any(|d| d.severity == Severity::Error)
    }

    /// In the order of the files, each complaint once: an inherited fault is one fault, however many levels have it.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.found.sort_by(|a, b| {
            (&a.place, a.severity, a.code, &a.message)
                .cmp(&(&b.place, b.severity, b.code, &b.message))
        });
        self.found
            .dedup_by(|a, b| a.place == b.place && a.code == b.code && a.message == b.message);
        self.found
    }
}
