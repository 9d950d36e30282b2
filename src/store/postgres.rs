//! PostgreSQL, for where several nodes share the work.
//!
//! Writers see each other's commits between statements (`READ COMMITTED`) and rely on row versions and row locks;
//! readers keep one picture (`REPEATABLE READ READ ONLY`).

use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::{
    Arguments, AssertSqlSafe, ConnectOptions, Connection as _, Row as _, Transaction, TypeInfo,
    ValueRef,
};

use super::statement::{self, Marks, PATIENCE_SECONDS};
use super::{Connection, Dialect, Driver, Result, Row, StoreError, Value};

const CONNECTIONS: u32 = 16;

pub(super) struct Postgres {
    pool: PgPool,
}

struct PostgresTx {
    tx: Transaction<'static, sqlx::Postgres>,
    reads_only: bool,
    failed: bool,
}

impl Postgres {
    /// `sslmode=…` in the URL decides about TLS; without it TLS is used when the server offers it.
    pub(super) async fn open(url: &str) -> Result<Self> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|error| {
                StoreError::Unavailable(format!("the database URL is not understood: {error}"))
            })?
            .application_name("fabu")
            .statement_cache_capacity(512)
            // A node that was paused in the middle of a transaction must not hold the others up for ever. Compiling a
            // statement takes the server longer than running any of ours.
            .options([
                ("lock_timeout", "15s"),
                ("idle_in_transaction_session_timeout", "60s"),
                ("jit", "off"),
            ]);
        // The pool would go on knocking for its whole patience; somebody who starts the program wants to know at once.
        let probe = options
            .connect()
            .await
            .map_err(|error| away(&options, error))?;
        probe.close().await.map_err(|error| away(&options, error))?;
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(Duration::from_secs(PATIENCE_SECONDS))
            .connect_lazy_with(options);
        Ok(Self { pool })
    }

    async fn start(
        &self,
        statement: &'static str,
        reads_only: bool,
    ) -> Result<Box<dyn Connection>> {
        let tx = self
            .pool
            .begin_with(statement)
            .await
            .map_err(|e| failure(statement, e))?;
        Ok(Box::new(PostgresTx {
            tx,
            reads_only,
            failed: false,
        }))
    }
}

fn away(options: &PgConnectOptions, error: sqlx::Error) -> StoreError {
    let (host, port) = (options.get_host(), options.get_port());
    match failure("connect", error) {
        StoreError::Unavailable(what) | StoreError::Statement(what) | StoreError::Missing(what) => {
            StoreError::Unavailable(format!("{host}:{port}: {what}"))
        }
        other => other,
    }
}

#[async_trait]
impl Driver for Postgres {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    async fn begin(&self) -> Result<Box<dyn Connection>> {
        self.start("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", false)
            .await
    }

    async fn read(&self) -> Result<Box<dyn Connection>> {
        self.start("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", true)
            .await
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}

#[async_trait]
impl Connection for PostgresTx {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    async fn execute(&mut self, sql: &'static str, args: Vec<Value>) -> Result<u64> {
        self.may_write(sql)?;
        let done = sqlx::query_with(sql, arguments(args)?)
            .execute(&mut *self.tx)
            .await;
        self.settle(sql, done).map(|done| done.rows_affected())
    }

    async fn query(&mut self, sql: &'static str, args: Vec<Value>) -> Result<Vec<Row>> {
        self.still_good()?;
        let rows = sqlx::query_with(sql, arguments(args)?)
            .fetch_all(&mut *self.tx)
            .await;
        self.settle(sql, rows)?.iter().map(row).collect()
    }

    async fn insert_many(
        &mut self,
        head: &'static str,
        rows: Vec<Vec<Value>>,
        tail: &'static str,
    ) -> Result<u64> {
        self.may_write(head)?;
        if rows.is_empty() {
            return Ok(0);
        }
        let columns = statement::width(head, &rows)?;
        let mut inserted = 0;
        let sizes = statement::chunks(rows.len());
        let mut rows = rows.into_iter();
        for size in sizes {
            let sql = statement::values(head, size, columns, tail, Marks::Numbered);
            let args = arguments(rows.by_ref().take(size).flatten())?;
            let done = sqlx::query_with(AssertSqlSafe(sql), args)
                .execute(&mut *self.tx)
                .await;
            inserted += self.settle(head, done)?.rows_affected();
        }
        Ok(inserted)
    }

    async fn script(&mut self, sql: &'static str) -> Result<()> {
        self.may_write(sql)?;
        let done = sqlx::raw_sql(sql).execute(&mut *self.tx).await;
        self.settle(sql, done).map(drop)
    }

    async fn commit(self: Box<Self>) -> Result<()> {
        // The server answers COMMIT of a failed transaction with a quiet ROLLBACK.
        self.still_good()?;
        self.tx
            .commit()
            .await
            .map_err(|error| statement::commit_failure(error, passing))
    }
}

impl PostgresTx {
    fn still_good(&self) -> Result<()> {
        if self.failed {
            Err(StoreError::undone())
        } else {
            Ok(())
        }
    }

    fn may_write(&self, sql: &str) -> Result<()> {
        if self.reads_only {
            return Err(StoreError::only_reads(sql));
        }
        self.still_good()
    }

    fn settle<T>(&mut self, sql: &str, outcome: sqlx::Result<T>) -> Result<T> {
        outcome.map_err(|error| {
            self.failed = true;
            failure(sql, error)
        })
    }
}

fn failure(sql: &str, error: sqlx::Error) -> StoreError {
    statement::failure(sql, error, passing)
}

/// Connection trouble (08), serialisation and deadlock (40), resources (53), lock timeout (55P03), shutdown (57P),
/// idle timeout (25P03), input or output error (58).
fn passing(code: &str) -> bool {
    ["08", "40", "53", "55P03", "57P", "25P03", "58"]
        .iter()
        .any(|family| code.starts_with(family))
}

fn arguments(values: impl IntoIterator<Item = Value>) -> Result<PgArguments> {
    let mut args = PgArguments::default();
    for value in values {
        let added = match value {
            Value::Int(value) => args.add(value),
            Value::Text(value) => {
                value.as_deref().map_or(Ok(()), statement::storable)?;
                args.add(value)
            }
        };
        added.map_err(|error| StoreError::Statement(error.to_string()))?;
    }
    Ok(args)
}

fn row(row: &PgRow) -> Result<Row> {
    let values = (0..row.len())
        .map(|column| value(row, column))
        .collect::<Result<_>>()?;
    Ok(Row { values })
}

fn value(row: &PgRow, column: usize) -> Result<Value> {
    let unreadable = |error: sqlx::Error| StoreError::Statement(error.to_string());
    let raw = row.try_get_raw(column).map_err(unreadable)?;
    if raw.is_null() {
        return Ok(Value::Int(None));
    }
    let info = raw.type_info();
    let int = match info.name() {
        "INT8" => row.try_get(column).map_err(unreadable)?,
        "INT4" => i64::from(row.try_get::<i32, _>(column).map_err(unreadable)?),
        "BOOL" => i64::from(row.try_get::<bool, _>(column).map_err(unreadable)?),
        "TEXT" | "VARCHAR" | "NAME" => {
            return row.try_get(column).map(Value::Text).map_err(unreadable);
        }
        other => {
            let expected = format!("a number or text, found {other}; cast it in the statement");
            return Err(StoreError::column(column, &expected));
        }
    };
    Ok(Value::Int(Some(int)))
}
