//! SQLite in a file: one writer, readers beside it.
//!
//! Writing goes through a pool of one connection, so writers queue fairly here instead of failing with "locked" there.
//! Readers have a pool of their own, may not write, and each sees the file as it was when it first looked.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::Connection as _;
use sqlx::sqlite::{
    SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteQueryResult, SqliteSynchronous,
};

use super::session::Guarded;
use super::sqlite_file::Anchor;
use super::sqlx_tx::{Flavour, SqlxTx};
use super::statement::{self, Marks, PATIENCE_SECONDS};
use super::{Connection, Dialect, Driver, Result, StoreError};

const READERS: u32 = 8;
/// Kibibytes of pages that the writer and each reader keep; together they bound what this driver holds in memory.
const WRITER_CACHE: &str = "-16384";
const READER_CACHE: &str = "-4096";

pub(super) struct Sqlite {
    write: SqlitePool,
    read: SqlitePool,
    /// Last, so that it is closed last.
    anchor: Arc<Anchor>,
}

/// What is done to the file beside a transaction's statements.
struct Watched(Arc<Anchor>);

impl Sqlite {
    pub(super) async fn open(url: &str) -> Result<Self> {
        let Some(place) = url.strip_prefix("sqlite:") else {
            return Err(StoreError::Unavailable(format!(
                "{url:?} does not name a database; write sqlite:PATH or postgres://…"
            )));
        };
        match place.strip_prefix("//").unwrap_or(place) {
            "" => Err(StoreError::Unavailable(format!("{url:?} names no file"))),
            path => Self::in_file(Path::new(path)).await,
        }
    }

    async fn in_file(path: &Path) -> Result<Self> {
        let is_new = !path.exists();
        let anchor = Arc::new(Anchor::at(path)?);
        let options = SqliteConnectOptions::new()
            .filename(path)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(PATIENCE_SECONDS))
            .statement_cache_capacity(512);
        let named = |error| match failure("open", error) {
            StoreError::Unavailable(what) | StoreError::Statement(what) => {
                StoreError::Unavailable(format!("{}: {what}", path.display()))
            }
            StoreError::Foreign(what) => {
                StoreError::Unavailable(format!("{}: {what}", path.display()))
            }
            other => other,
        };
        let write = options
            .clone()
            .pragma("cache_size", WRITER_CACHE)
            .pragma("journal_size_limit", "67108864");
        let write = sound(pool(1), &anchor)
            .connect_with(write)
            .await
            .map_err(named)?;
        let read = options
            .pragma("cache_size", READER_CACHE)
            .pragma("query_only", "1");
        let read = sound(pool(READERS), &anchor).connect_lazy_with(read);
        let opened = Self {
            write,
            read,
            anchor,
        };
        // A file that stood there may be somebody else's, and stays as it is until it is known to be ours.
        if is_new {
            opened.prepare().await?;
        }
        Ok(opened)
    }

    async fn start(
        &self,
        pool: &SqlitePool,
        statement: &'static str,
        reads_only: bool,
    ) -> Result<Box<dyn Connection>> {
        let flavour = Watched(self.anchor.clone());
        let tx = pool.begin_with(statement).await;
        let tx = tx.map_err(|error| flavour.failure(statement, error))?;
        Ok(Guarded::boxed(SqlxTx { tx, flavour }, reads_only))
    }
}

fn pool(size: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(size)
        .acquire_timeout(Duration::from_secs(PATIENCE_SECONDS))
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

/// On a full disk SQLite ends a transaction by itself, and the connection goes on believing in it: it could never begin
/// another. Such a connection is closed when it comes back, and a new one takes its place, in the same file.
fn sound(pool: SqlitePoolOptions, anchor: &Arc<Anchor>) -> SqlitePoolOptions {
    let (anchor, released) = (anchor.clone(), anchor.clone());
    pool.after_connect(move |_, _| {
        let in_place = anchor.is_in_place();
        Box::pin(async move {
            in_place.map_err(|error| sqlx::Error::Io(std::io::Error::other(error.to_string())))
        })
    })
    .after_release(move |connection, _| {
        let anchor = released.clone();
        Box::pin(async move {
            if connection.is_in_transaction() {
                // A roll-back may still be on its way to the thread that talks to SQLite; this arrives after it.
                connection.ping().await?;
            }
            let is_sound = !connection.is_in_transaction();
            if !is_sound {
                anchor.log().may_be_made_anew();
            }
            Ok(is_sound)
        })
    })
}

#[async_trait]
impl Driver for Sqlite {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    async fn begin(&self) -> Result<Box<dyn Connection>> {
        self.start(&self.write, "BEGIN IMMEDIATE", false).await
    }

    async fn read(&self) -> Result<Box<dyn Connection>> {
        self.start(&self.read, "BEGIN", true).await
    }

    async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }

    fn lock(&self) -> Result<String> {
        self.anchor.lock()
    }

    fn look(&self) -> Result<()> {
        self.anchor.is_in_place()?;
        self.anchor.is_whole()?;
        self.anchor.log().is_in_place()?;
        self.anchor.is_sound()?;
        self.anchor.has_room()
    }

    async fn prepare(&self) -> Result<()> {
        let sql = "PRAGMA journal_mode = WAL";
        let done = sqlx::query(sql).execute(&self.write).await;
        done.map(drop).map_err(|error| failure(sql, error))
    }

    async fn open_all(&self) -> Result<()> {
        let mut open = Vec::new();
        for _ in 0..READERS {
            let mut one = self.read().await?;
            one.query("SELECT count(*) FROM sqlite_schema", Vec::new())
                .await?;
            open.push(one);
        }
        Ok(())
    }

    async fn rescue(&self) -> Result<bool> {
        self.anchor.is_in_place()?;
        self.anchor.is_whole()?;
        // Where another log stands, somebody else may have written to the database by it.
        if !matches!(self.anchor.log().is_in_place(), Err(StoreError::Missing(_))) {
            return Ok(false);
        }
        self.settle().await.map(|()| true)
    }

    async fn settle(&self) -> Result<()> {
        let sql = "PRAGMA wal_checkpoint(PASSIVE)";
        let done = sqlx::query(sql).execute(&self.write).await;
        done.map(drop).map_err(|error| failure(sql, error))
    }
}

impl Flavour for Watched {
    type Db = sqlx::Sqlite;
    const DIALECT: Dialect = Dialect::Sqlite;
    const MARKS: Marks = Marks::Bare;

    fn passing(code: &str) -> bool {
        passing(code)
    }

    fn changed(done: &SqliteQueryResult) -> u64 {
        done.rows_affected()
    }

    fn met(&self, error: &StoreError) {
        self.0.met(error);
    }

    /// What is written into a file that was removed or replaced is gone with this process.
    fn before_commit(&self) -> Result<()> {
        self.0.is_in_place()?;
        self.0.log().remember();
        self.0.log().is_in_place()
    }
}

fn failure(sql: &str, error: sqlx::Error) -> StoreError {
    statement::failure(sql, error, passing)
}

/// Busy, locked, out of memory, input or output error, disk full, cannot open. The low byte is the family.
pub(super) fn passing(code: &str) -> bool {
    code.parse::<i64>()
        .is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 7 | 10 | 13 | 14))
}
