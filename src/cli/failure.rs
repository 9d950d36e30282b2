//! How a command ends: a code for scripts, a sentence for people, and one thing to do next.

use std::fmt;
use std::process::ExitCode;

use super::words::{each, joined, language, spoken, word};
use crate::config::ConfigError;
use crate::domain::bulletin::Language;
use crate::flow::VerbError;
use crate::store::StoreError;

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
            word!(
                "fabu.file",
                path = path.display(),
                error = io(error),
                what_not
            ),
        )
    }
}

/// What the system says, the usual things in the user's language.
pub(super) fn io(error: &std::io::Error) -> String {
    usual(error).map_or_else(|| error.to_string(), str::to_owned)
}

fn usual(error: &std::io::Error) -> Option<&'static str> {
    use std::io::ErrorKind;
    Some(match error.kind() {
        ErrorKind::NotFound => word!("fabu.io.not-found"),
        ErrorKind::PermissionDenied => word!("fabu.io.denied"),
        ErrorKind::AlreadyExists => word!("fabu.io.exists"),
        ErrorKind::IsADirectory => word!("fabu.io.folder"),
        ErrorKind::NotADirectory => word!("fabu.io.reached-not"),
        ErrorKind::ConnectionRefused => word!("fabu.io.refused"),
        ErrorKind::ConnectionReset => word!("fabu.io.reset"),
        ErrorKind::TimedOut => word!("fabu.io.slow"),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => word!("fabu.io.no-way"),
        ErrorKind::AddrInUse => word!("fabu.io.taken"),
        ErrorKind::AddrNotAvailable => word!("fabu.io.not-here"),
        ErrorKind::StorageFull => word!("fabu.io.full"),
        ErrorKind::ReadOnlyFilesystem => word!("fabu.io.read-only"),
        _ => return None,
    })
}

/// `text` with what libraries and the system have said in it in the user's language, as far as it is known.
pub(super) fn understood(text: &str) -> String {
    let mut text = text.to_owned();
    if language() == Language::En {
        return text;
    }
    if let Some((_, rest)) = text.split_once("(os error ")
        && let Some(Ok(code)) = rest.split_once(')').map(|(code, _)| code.parse())
    {
        let error = std::io::Error::from_raw_os_error(code);
        if let Some(usual) = usual(&error) {
            text = text.replace(&error.to_string(), usual);
        }
    }
    for (phrase, known) in each!("fabu.foreign") {
        text = text.replace(phrase, known);
    }
    let told =
        |text: String, head: &str, said: fn(&str, &str) -> String| match expected(&text, head) {
            Some((before, name, values, after)) => {
                format!("{before}{}{after}", said(name, &joined(&values)))
            }
            None => text,
        };
    let text = told(text, "unknown field `", |name, values| {
        word!("fabu.unknown-field", name, values)
    });
    told(text, "unknown variant `", |name, values| {
        word!("fabu.unknown-value", name, values)
    })
}

/// ``… unknown field `x`, expected one of `a`, `b`；…`` in its parts.
fn expected<'a>(text: &'a str, head: &str) -> Option<(&'a str, &'a str, Vec<&'a str>, &'a str)> {
    let (before, rest) = text.split_once(head)?;
    let (name, rest) = rest.split_once("`, expected ")?;
    let end = rest.find('；').unwrap_or(rest.len());
    let values = rest[..end].split('`').skip(1).step_by(2).collect();
    Some((before, name, values, &rest[end..]))
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = understood(&self.what);
        writeln!(f, "{}", word!("fabu.error", what))?;
        match &self.next {
            Some(command) => writeln!(f, "{}", word!("fabu.next", command)),
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
        Self::new(exit, configuration(&error))
    }
}

fn configuration(error: &ConfigError) -> String {
    match error {
        ConfigError::Unreadable { path, why } => word!("fabu.config.unreadable", path, why),
        ConfigError::Wrong {
            path,
            line,
            column,
            what,
        } => word!("fabu.config.wrong", path, line, column, what),
        ConfigError::Variable { name, what } => word!("fabu.config.variable", name, what),
        ConfigError::Flag { name, what } => word!("fabu.config.flag", name, what),
    }
}

/// The store's own words are the log's; here stands what they come to.
fn store(error: &StoreError) -> String {
    match error {
        StoreError::Unavailable(why) => word!("fabu.store.unavailable", why),
        StoreError::Full(why) => word!("fabu.store.full", why),
        StoreError::Missing(why) => word!("fabu.store.missing", why),
        StoreError::Foreign(why) => word!("fabu.store.foreign", why),
        StoreError::Taken(who) => word!("fabu.store.taken", who),
        StoreError::Conflict { table, id } => word!("fabu.store.conflict", table, id),
        StoreError::Duplicate(what) => word!("fabu.store.duplicate", what),
        StoreError::TooNew { found, known } => word!("fabu.store.too-new", found, known),
        other => word!("fabu.store.other", why = other),
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
        let next = match &error {
            StoreError::Unavailable(_) => word!("fabu.store.unavailable-next"),
            StoreError::Taken(_) => word!("fabu.store.taken-next"),
            StoreError::Full(_) => word!("fabu.store.full-next"),
            StoreError::Missing(_) | StoreError::Foreign(_) => word!("fabu.store.missing-next"),
            StoreError::TooNew { .. } | StoreError::NewerJournal { .. } => {
                word!("fabu.store.too-new-next")
            }
            _ => return Self::new(exit, store(&error)),
        };
        Self::new(exit, store(&error)).next(next)
    }
}

impl From<VerbError> for Failure {
    fn from(error: VerbError) -> Self {
        let said = spoken(&error.phrase());
        match error {
            VerbError::NotFound { what, id } => {
                let shown: String = id.chars().take(40).collect();
                let what = word!("fabu.verb.not-found", what = spoken(&what.phrase()), shown);
                Self::new(Exit::Invalid, what)
            }
            VerbError::Invalid { .. } => Self::new(Exit::Invalid, unchanged(said)),
            VerbError::Denied(_) => Self::new(Exit::NotAllowed, unchanged(said)),
            VerbError::Forbidden(_) => Self::new(Exit::NotAllowed, said),
            VerbError::Conflict { .. }
            | VerbError::Excluded(_)
            | VerbError::Waiting { .. }
            | VerbError::NotNow(_)
            | VerbError::NotPossible(_) => Self::new(Exit::Conflict, said),
            VerbError::Store(error) => error.into(),
        }
    }
}

/// That nothing was changed, unless the sentence says so itself.
fn unchanged(said: String) -> String {
    let tail = word!("fabu.verb.unchanged", said = "");
    match said.contains(tail.trim_start_matches([';', '；', ' '])) {
        true => said,
        false => word!("fabu.verb.unchanged", said),
    }
}

/// Writing to standard output.
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
        Self::new(Exit::Failed, word!("fabu.output", error = io(&error)))
    }
}
