//! Databases to test on: a SQLite file, SQLite in memory, and a database of its own in the PostgreSQL that
//! `scripts/test` starts once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use fabu::store::{Driver, Row, Store};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;

/// An empty database and its URL.
pub struct Database {
    pub url: String,
    folder: Option<TempDir>,
    /// The connection that is the database, when it lies in memory.
    memory: Option<Arc<dyn Driver>>,
}

/// A connection beside the program's: what an administrator, another program or an attacker would use.
pub enum Outsider {
    Sqlite(SqliteConnection),
    /// Nobody is beside it in memory: this takes its turn like everybody.
    Memory(Arc<dyn Driver>),
    Postgres(PgConnection),
}

impl Database {
    /// By the name of its tests' module. `None` where [`Database::postgres`] is.
    pub async fn of_kind(kind: &str) -> Option<Self> {
        match kind {
            "sqlite" => Some(Self::sqlite()),
            "memory" => Some(Self::memory().await),
            _ => Self::postgres().await,
        }
    }

    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("发布.db").display());
        Self {
            url,
            folder: Some(folder),
            memory: None,
        }
    }

    pub async fn memory() -> Self {
        let url = "sqlite::memory:".to_owned();
        Self {
            memory: Some(fabu::store::driver(&url).await.unwrap()),
            url,
            folder: None,
        }
    }

    /// `None` on a machine without PostgreSQL, said aloud; in CI it is never missing.
    pub async fn postgres() -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let Ok(server) = std::env::var("FABU_TEST_POSTGRES") else {
            let why = "FABU_TEST_POSTGRES is not set; scripts/test starts a PostgreSQL and sets it";
            assert!(!std::env::var("CI").is_ok_and(|ci| ci == "true"), "{why}");
            eprintln!("skipped: {why}");
            return None;
        };
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("fabu_test_{}_{number}", std::process::id());
        let mut admin = PgConnection::connect(&server).await.unwrap();
        let create = format!("CREATE DATABASE {name} TEMPLATE template0");
        sqlx::raw_sql(AssertSqlSafe(create))
            .execute(&mut admin)
            .await
            .unwrap();
        let (place, query) = server.split_once('?').unwrap_or((&server, ""));
        let (place, _) = place.rsplit_once('/').unwrap();
        Some(Self {
            url: format!("{place}/{name}?{query}"),
            folder: None,
            memory: None,
        })
    }

    pub async fn driver(&self) -> Arc<dyn Driver> {
        match &self.memory {
            Some(driver) => driver.clone(),
            None => fabu::store::driver(&self.url).await.unwrap(),
        }
    }

    pub async fn store(&self) -> Store {
        let store = Store::over(self.driver().await);
        store.migrate().await.unwrap();
        store
    }

    pub async fn outsider(&self) -> Outsider {
        if let Some(driver) = &self.memory {
            return Outsider::Memory(driver.clone());
        }
        match self.url.strip_prefix("sqlite:") {
            Some(path) => {
                let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
                Outsider::Sqlite(SqliteConnection::connect_with(&options).await.unwrap())
            }
            None => Outsider::Postgres(PgConnection::connect(&self.url).await.unwrap()),
        }
    }

    /// Removes the database. A test that failed leaves its PostgreSQL database standing for a look.
    pub async fn discard(self) {
        if self.folder.is_some() || self.memory.is_some() {
            return;
        }
        let server = std::env::var("FABU_TEST_POSTGRES").unwrap();
        let (place, _) = self.url.split_once('?').unwrap();
        let (_, name) = place.rsplit_once('/').unwrap();
        let mut admin = PgConnection::connect(&server).await.unwrap();
        let drop = format!("DROP DATABASE {name} WITH (FORCE)");
        sqlx::raw_sql(AssertSqlSafe(drop))
            .execute(&mut admin)
            .await
            .unwrap();
    }
}

impl Outsider {
    /// Runs any statements.
    pub async fn run(&mut self, sql: &str) -> sqlx::Result<()> {
        if let Self::Memory(driver) = self {
            let refusal = |error: fabu::store::StoreError| sqlx::Error::Protocol(error.to_string());
            let mut conn = driver.begin().await.map_err(refusal)?;
            conn.script(kept(sql)).await.map_err(refusal)?;
            return conn.commit().await.map_err(refusal);
        }
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Memory(_) => unreachable!("answered above"),
            Self::Sqlite(conn) => sqlx::raw_sql(sql).execute(conn).await.map(drop),
            Self::Postgres(conn) => sqlx::raw_sql(sql).execute(conn).await.map(drop),
        }
    }

    /// The one text column of every row.
    pub async fn texts(&mut self, sql: &str) -> Vec<String> {
        if let Self::Memory(driver) = self {
            let rows = ask(driver, sql).await;
            return rows
                .iter()
                .map(|row| row.text(0).unwrap().to_owned())
                .collect();
        }
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Memory(_) => unreachable!("answered above"),
            Self::Sqlite(conn) => sqlx::query_scalar(sql).fetch_all(conn).await.unwrap(),
            Self::Postgres(conn) => sqlx::query_scalar(sql).fetch_all(conn).await.unwrap(),
        }
    }

    pub async fn number(&mut self, sql: &str) -> i64 {
        if let Self::Memory(driver) = self {
            return ask(driver, sql).await[0].int(0).unwrap();
        }
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Memory(_) => unreachable!("answered above"),
            Self::Sqlite(conn) => sqlx::query_scalar(sql).fetch_one(conn).await.unwrap(),
            Self::Postgres(conn) => sqlx::query_scalar(sql).fetch_one(conn).await.unwrap(),
        }
    }
}

async fn ask(driver: &Arc<dyn Driver>, sql: &str) -> Vec<Row> {
    let mut conn = driver.read().await.unwrap();
    conn.query(kept(sql), vec![]).await.unwrap()
}

/// Drivers take only texts that are part of the program; a test's few are kept to its end.
fn kept(sql: &str) -> &'static str {
    Box::leak(sql.to_owned().into_boxed_str())
}

/// Makes a test of each named `async fn(&Database)` for each database: `sqlite::name`, `memory::name` and
/// `postgres::name`. Those after `not in memory:` need a second program, or a reader beside a writer.
#[macro_export]
macro_rules! on_each_database {
    ($($test:ident),* $(,)? $(; not in memory: $($shared:ident),+ $(,)?)?) => {
        mod sqlite {
            $crate::tests_on!(sqlite: $($test,)* $($($shared,)+)?);
        }
        mod memory {
            $crate::tests_on!(memory: $($test,)*);
        }
        mod postgres {
            $crate::tests_on!(postgres: $($test,)* $($($shared,)+)?);
        }
    };
}

/// The tests of one database.
#[macro_export]
macro_rules! tests_on {
    ($kind:ident: $($test:ident,)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $test() {
            if let Some(database) = $crate::support::database::Database::of_kind(stringify!($kind)).await {
                super::$test(&database).await;
                database.discard().await;
            }
        })*
    };
}
