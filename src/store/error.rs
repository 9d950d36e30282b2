//! What can go wrong with a store, sorted by what the caller can do about it.

use crate::domain::ailment::Ailment;
use crate::domain::bad_json;
use crate::domain::phrase::{Phrase, phrase};

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached or stays busy: nothing was written, trying again later may work.
    #[error("the database is not available, nothing was written: {0}")]
    Unavailable(String),
    /// There is no room for what was to be written.
    #[error("the disk of the database is full, nothing was written: {0}")]
    Full(String),
    /// The database that was opened is not there any more: what is written into it would be lost.
    #[error("the database is gone, nothing was written: {0}")]
    Missing(String),
    /// What is there is no database of this program, or not the one that was opened.
    #[error("this is not the database: {0}")]
    Foreign(String),
    /// Another process works on it.
    #[error("another server{0} works on this database already: two would send everything twice")]
    Taken(String),
    /// This process has stopped working on it.
    #[error("this server takes no changes, nothing was written: {0}")]
    Barred(String),
    /// The connection broke while the transaction was being made durable: it may or may not have happened.
    #[error(
        "the connection to the database broke during the commit, so it is not known whether it was written; look before trying again: {0}"
    )]
    Uncertain(String),
    /// Somebody else changed the row since it was read: nothing was written.
    #[error("{table} {id} was changed by somebody else meanwhile; nothing was written")]
    Conflict { table: &'static str, id: String },
    /// A unique key stands already.
    #[error("it exists already: {0}")]
    Duplicate(String),
    /// A row holds what no version of this program wrote.
    #[error("table {table}, row {id}: {what}; the row was left as it is")]
    BrokenRow {
        table: &'static str,
        id: String,
        what: String,
    },
    #[error(
        "the database is of a newer version of this program (it has migration {found}, this program knows {known})"
    )]
    TooNew { found: i64, known: i64 },
    #[error(
        "the journal is of a newer version of this program (its seals are of format {found}, this program knows {known}); \
         nothing was written"
    )]
    NewerJournal { found: i64, known: u32 },
    /// A drill's database was handed to the actual world, or the other way round.
    #[error(
        "this database holds the {found} world and must not be worked on as the {wanted} one; nothing was written"
    )]
    OtherWorld { found: String, wanted: &'static str },
    #[error("migration {name} failed, the database is unchanged: {what}")]
    Migration { name: String, what: String },
    #[error("the database refused a statement: {0}")]
    Statement(String),
}

impl StoreError {
    /// What it means for a server that cannot go on because of it; None when it is about the statement alone.
    pub fn ailment(&self) -> Option<Ailment> {
        match self {
            Self::Full(_) => Some(Ailment::DiskFull),
            Self::Missing(_) => Some(Ailment::DatabaseMissing),
            Self::Foreign(_)
            | Self::OtherWorld { .. }
            | Self::TooNew { .. }
            | Self::NewerJournal { .. } => Some(Ailment::ForeignDatabase),
            Self::Taken(_) => Some(Ailment::LockLost),
            Self::Unavailable(_) | Self::Uncertain(_) | Self::Barred(_) => {
                Some(Ailment::StoreUnavailable)
            }
            _ => None,
        }
    }

    /// What whoever asked for something is told.
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::BrokenRow { table, id, what } => {
                let what = bad_json::of_text(what);
                phrase!("verb.unreadable-row", table = *table, row = id, what)
            }
            // What the database says is for whoever mends it.
            error => phrase!("verb.store", error = error.to_string()),
        }
    }

    pub(crate) fn column(column: usize, expected: &str) -> Self {
        Self::Statement(format!(
            "column {column} of the answer should be {expected}"
        ))
    }

    pub(crate) fn undone() -> Self {
        Self::Statement(
            "an earlier statement of this transaction failed, nothing of it was written".into(),
        )
    }

    pub(crate) fn only_reads(sql: &str) -> Self {
        Self::Statement(format!(
            "this transaction only reads, nothing was written: {sql}"
        ))
    }

    pub fn broken(table: &'static str, id: impl ToString, what: impl ToString) -> Self {
        Self::BrokenRow {
            table,
            id: id.to_string(),
            what: what.to_string(),
        }
    }
}
