//! How a command ends: a code for scripts, a sentence for people, and one thing to do next.

use std::fmt;
use std::process::ExitCode;

use crate::config::ConfigError;
use crate::domain::bulletin::Language;
use crate::flow::VerbError;
use crate::store::StoreError;
use crate::words;

/// The codes are a promise to scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    Done = 0,
    Failed = 1,
    Usage = 2,
    /// A plan, a file or a request holds what cannot be.
    Invalid = 3,
    NotAllowed = 4,
    /// Somebody else was faster: a stale hash or version, a name that is taken.
    Conflict = 5,
    /// Some recipients were not reached.
    Partly = 6,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command stopped.
#[derive(Debug)]
pub struct Failure {
    pub exit: Exit,
    /// What happened, where, and what was not done.
    pub what: String,
    /// A command or a step that helps.
    pub next: Option<String>,
    silent: bool,
}

impl Failure {
    pub fn new(exit: Exit, what: impl Into<String>) -> Self {
        Self {
            exit,
            what: what.into(),
            next: None,
            silent: false,
        }
    }

    #[must_use]
    pub fn next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }

    /// Whoever read our output went away, as `| head` does: that is no failure.
    pub(super) fn is_silent(&self) -> bool {
        self.silent
    }

    /// A file that could not be read or written.
    pub(super) fn file(path: &std::path::Path, what_not: &str, error: &std::io::Error) -> Self {
        Self::new(
            Exit::Failed,
            format!("{}: {error}; {what_not}", path.display()),
        )
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "error: {}", self.what)?;
        match &self.next {
            Some(next) => writeln!(f, "  next: {next}"),
            None => Ok(()),
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let exit = match &error {
            ConfigError::Flag { .. } => Exit::Usage,
            ConfigError::Unreadable { .. } => Exit::Failed,
            ConfigError::Wrong { .. } | ConfigError::Variable { .. } => Exit::Invalid,
        };
        Self::new(exit, error.to_string())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let exit = match &error {
            StoreError::Conflict { .. } | StoreError::Duplicate(_) | StoreError::Taken(_) => {
                Exit::Conflict
            }
            _ => Exit::Failed,
        };
        let failure = Self::new(exit, error.to_string());
        match &error {
            StoreError::Unavailable(_) => {
                failure.next("fabu doctor says whether the database can be reached")
            }
            StoreError::Taken(_) => failure.next("stop the other server first"),
            StoreError::Full(_) => failure.next("make room on the disk, then try again"),
            StoreError::Missing(_) | StoreError::Foreign(_) => {
                failure.next("name the right database; fabu doctor looks at it")
            }
            StoreError::TooNew { .. } | StoreError::NewerJournal { .. } => {
                failure.next("use the newer program this database was migrated with")
            }
            _ => failure,
        }
    }
}

/// Writing to standard output.
impl From<VerbError> for Failure {
    fn from(error: VerbError) -> Self {
        let said = error.to_string();
        match error {
            VerbError::NotFound { what, id } => {
                let shown: String = id.chars().take(40).collect();
                let what = format!("there is no {what} {shown:?}; nothing was changed");
                Self::new(Exit::Invalid, what)
            }
            VerbError::Invalid { .. } => {
                Self::new(Exit::Invalid, format!("{said}; nothing was changed"))
            }
            VerbError::Denied(denied) => {
                let said = words::denied(Language::En, &denied);
                Self::new(Exit::NotAllowed, format!("{said}; nothing was changed"))
            }
            VerbError::Forbidden(_) => Self::new(Exit::NotAllowed, said),
            VerbError::Conflict { .. } | VerbError::NotNow(_) | VerbError::NotPossible(_) => {
                Self::new(Exit::Conflict, said)
            }
            VerbError::Store(error) => error.into(),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return Self {
                exit: Exit::Done,
                what: String::new(),
                next: None,
                silent: true,
            };
        }
        Self::new(
            Exit::Failed,
            format!("standard output: {error}; the answer is not complete"),
        )
    }
}
