//! PostgreSQL, for where several nodes share the work.
//!
//! Writers see each other's commits between statements (`READ COMMITTED`) and rely on row versions and row locks;
//! readers keep one picture (`REPEATABLE READ READ ONLY`).

use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgQueryResult};
use sqlx::{ConnectOptions, Connection as _};

use super::session::Guarded;
use super::sqlx_tx::{Flavour, SqlxTx};
use super::statement::{Marks, PATIENCE_SECONDS};
use super::{Connection, Dialect, Driver, Result, StoreError};

const CONNECTIONS: u32 = 16;

pub(super) struct Postgres {
    pool: PgPool,
}

struct Plain;

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
        let tx = self.pool.begin_with(statement).await;
        let tx = tx.map_err(|error| Plain.failure(statement, error))?;
        Ok(Guarded::boxed(SqlxTx { tx, flavour: Plain }, reads_only))
    }
}

fn away(options: &PgConnectOptions, error: sqlx::Error) -> StoreError {
    let (host, port) = (options.get_host(), options.get_port());
    match Plain.failure("connect", error) {
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

impl Flavour for Plain {
    type Db = sqlx::Postgres;
    const DIALECT: Dialect = Dialect::Postgres;
    const MARKS: Marks = Marks::Numbered;

    /// Connection trouble (08), serialisation and deadlock (40), resources (53), lock timeout (55P03), shutdown (57P),
    /// idle timeout (25P03), input or output error (58).
    fn passing(code: &str) -> bool {
        ["08", "40", "53", "55P03", "57P", "25P03", "58"]
            .iter()
            .any(|family| code.starts_with(family))
    }

    fn changed(done: &PgQueryResult) -> u64 {
        done.rows_affected()
    }
}
