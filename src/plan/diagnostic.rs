//! What is wrong with a file, where, and what to do about it. Knows nothing of plans.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

/// A place in a file; lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub file: Arc<str>,
    pub line: usize,
    pub column: usize,
}

/// Errors keep a plan from being used, warnings do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
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
    pub message: String,
    pub help: Option<String>,
}

impl Serialize for Diagnostic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Row<'a> {
            severity: Severity,
            code: &'a str,
            file: &'a str,
            line: usize,
            column: usize,
            message: &'a str,
            help: Option<&'a str>,
        }
        Row {
            severity: self.severity,
            code: self.code,
            file: &self.place.file,
            line: self.place.line,
            column: self.place.column,
            message: &self.message,
            help: self.help.as_deref(),
        }
        .serialize(serializer)
    }
}

/// Collects complaints; every check writes into one.
#[derive(Debug, Default)]
pub struct Report {
    found: Vec<Diagnostic>,
}

/// The complaint just made, for adding a line of help.
pub struct Said<'a>(&'a mut Diagnostic);

impl Said<'_> {
    pub fn help(self, text: impl Into<String>) {
        self.0.help = Some(text.into());
    }

    pub fn help_if(self, text: Option<String>) {
        self.0.help = text;
    }
}

impl Report {
    pub fn error(
        &mut self,
        code: &'static str,
        place: Place,
        message: impl Into<String>,
    ) -> Said<'_> {
        self.say(Severity::Error, code, place, message.into())
    }

    pub fn warning(
        &mut self,
        code: &'static str,
        place: Place,
        message: impl Into<String>,
    ) -> Said<'_> {
        self.say(Severity::Warning, code, place, message.into())
    }

    pub fn say(
        &mut self,
        severity: Severity,
        code: &'static str,
        place: Place,
        message: String,
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
