//! SQLite without a file: a world for drills and tests.
//!
//! One connection, which readers and writers take in turn: it is the database, and goes with the store. Statements run
//! on the thread that asks, because nothing blocks here, and handing each to another thread costs a hundred times what
//! it does. A task that holds a transaction while it begins another waits for itself, and is told so after fifteen
//! seconds.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, Error, ffi};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::session::{Guarded, Session};
use super::sqlite::passing;
use super::statement::{self, Marks, PATIENCE_SECONDS};
use super::{Connection, Dialect, Driver, Result, Row, StoreError, Value};

/// The turn to use the connection; `None` once the store is closed.
type Turn = OwnedMutexGuard<Option<rusqlite::Connection>>;

pub(super) struct Memory {
    connection: Arc<Mutex<Option<rusqlite::Connection>>>,
}

struct MemoryTx {
    turn: Turn,
}

/// Whether `url` asks for a database that is in no file.
pub(super) fn is_meant_by(url: &str) -> bool {
    matches!(url, "sqlite::memory:" | "sqlite://:memory:")
}

impl Memory {
    pub(super) fn open() -> Result<Self> {
        let connection = rusqlite::Connection::open_in_memory()
            .and_then(|connection| {
                connection.set_prepared_statement_cache_capacity(512);
                // Else a statement with `LIMIT $1` is planned anew each time it is run.
                connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
                connection.execute_batch(
                    "PRAGMA foreign_keys = ON; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;",
                )?;
                Ok(connection)
            })
            .map_err(|error| failure("open", error))?;
        Ok(Self {
            connection: Arc::new(Mutex::new(Some(connection))),
        })
    }

    async fn start(&self, begin: &'static str, reads_only: bool) -> Result<Box<dyn Connection>> {
        let turn = tokio::time::timeout(
            Duration::from_secs(PATIENCE_SECONDS),
            Arc::clone(&self.connection).lock_owned(),
        )
        .await
        .map_err(|_| statement::no_turn())?;
        control(connection(&turn)?, begin).map_err(|error| failure(begin, error))?;
        Ok(Guarded::boxed(MemoryTx { turn }, reads_only))
    }
}

#[async_trait]
impl Driver for Memory {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    async fn begin(&self) -> Result<Box<dyn Connection>> {
        self.start("BEGIN IMMEDIATE", false).await
    }

    async fn read(&self) -> Result<Box<dyn Connection>> {
        self.start("BEGIN", true).await
    }

    async fn close(&self) {
        self.connection.lock().await.take();
    }
}

impl Session for MemoryTx {
    const DIALECT: Dialect = Dialect::Sqlite;
    const MARKS: Marks = Marks::Bare;

    async fn execute(
        &mut self,
        sql: Cow<'static, str>,
        head: &'static str,
        args: Vec<Value>,
    ) -> Result<u64> {
        change(connection(&self.turn)?, &sql, &args).map_err(|error| failure(head, error))
    }

    async fn query(
        &mut self,
        sql: &'static str,
        args: Vec<Value>,
        reads_only: bool,
    ) -> Result<Vec<Result<Row>>> {
        let rows = look(connection(&self.turn)?, sql, &args, reads_only);
        rows.map_err(|error| failure(sql, error))
    }

    async fn script(&mut self, sql: &'static str) -> Result<()> {
        let done = connection(&self.turn)?.execute_batch(sql);
        done.map_err(|error| failure(sql, error))
    }

    async fn commit(self, _: bool) -> Result<()> {
        let done = control(connection(&self.turn)?, "COMMIT");
        done.map_err(|error| failure("COMMIT", error))
    }
}

impl Drop for MemoryTx {
    fn drop(&mut self) {
        if let Ok(connection) = connection(&self.turn)
            && !connection.is_autocommit()
        {
            // SQLite refuses a roll-back only where it has rolled back by itself.
            let _ = control(connection, "ROLLBACK");
        }
    }
}

fn connection(turn: &Turn) -> Result<&rusqlite::Connection> {
    turn.as_ref().ok_or_else(|| {
        StoreError::Unavailable("the store was closed, and its database with it".into())
    })
}

/// `BEGIN`, `COMMIT`, `ROLLBACK`.
fn control(connection: &rusqlite::Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.raw_execute().map(drop)
}

/// Runs a statement and says how many rows it changed. Rows that it returns are passed over.
fn change(connection: &rusqlite::Connection, sql: &str, args: &[Value]) -> rusqlite::Result<u64> {
    let mut statement = connection.prepare_cached(sql)?;
    bind(&mut statement, args)?;
    let mut rows = statement.raw_query();
    while rows.next()?.is_some() {}
    Ok(connection.changes())
}

/// The inner error is about a row that was returned, and fails nothing.
fn look(
    connection: &rusqlite::Connection,
    sql: &str,
    args: &[Value],
    reads_only: bool,
) -> rusqlite::Result<Vec<Result<Row>>> {
    let mut statement = connection.prepare_cached(sql)?;
    if reads_only && !statement.readonly() {
        let what = "attempt to write a readonly database".to_owned();
        return Err(Error::SqliteFailure(
            ffi::Error::new(ffi::SQLITE_READONLY),
            Some(what),
        ));
    }
    bind(&mut statement, args)?;
    let columns = statement.column_count();
    let mut rows = statement.raw_query();
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let values = (0..columns)
            .map(|column| value(row.get_ref(column), column))
            .collect::<Result<_>>();
        found.push(values.map(|values| Row { values }));
    }
    Ok(found)
}

/// `$2` is the second argument wherever it stands; SQLite itself takes it for a name. A bare `?` is the next one.
fn bind(statement: &mut CachedStatement<'_>, args: &[Value]) -> rusqlite::Result<()> {
    for position in 1..=statement.parameter_count() {
        let number = match statement.parameter_name(position) {
            Some(name) => name
                .strip_prefix('$')
                .and_then(|number| number.parse().ok())
                .ok_or_else(|| Error::InvalidParameterName(name.to_owned()))?,
            None => position,
        };
        match number.checked_sub(1).and_then(|index| args.get(index)) {
            Some(Value::Int(value)) => statement.raw_bind_parameter(position, value)?,
            Some(Value::Text(value)) => statement.raw_bind_parameter(position, value)?,
            None => return Err(Error::InvalidParameterCount(number, args.len())),
        }
    }
    Ok(())
}

fn value(raw: rusqlite::Result<ValueRef<'_>>, column: usize) -> Result<Value> {
    let unreadable = |error: String| StoreError::Statement(error);
    let other =
        |found: &str| StoreError::column(column, &format!("a number or text, found {found}"));
    match raw.map_err(|error| unreadable(error.to_string()))? {
        ValueRef::Null => Ok(Value::Int(None)),
        ValueRef::Integer(value) => Ok(Value::Int(Some(value))),
        ValueRef::Text(bytes) => std::str::from_utf8(bytes)
            .map(Value::from)
            .map_err(|error| unreadable(error.to_string())),
        ValueRef::Real(_) => Err(other("REAL")),
        ValueRef::Blob(_) => Err(other("BLOB")),
    }
}

fn failure(sql: &str, error: Error) -> StoreError {
    let (refusal, message) = match error {
        Error::SqliteFailure(refusal, message) => (refusal, message),
        Error::SqlInputError { error, msg, .. } => (error, Some(msg)),
        other => return statement::unexpected(sql, &other),
    };
    let message = message.unwrap_or_else(|| refusal.to_string());
    let code = refusal.extended_code.to_string();
    let is_duplicate = matches!(
        refusal.extended_code,
        ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
    );
    if is_duplicate {
        StoreError::Duplicate(message)
    } else if passing(&code) {
        StoreError::Unavailable(message)
    } else {
        statement::refused(sql, &message, &code)
    }
}
