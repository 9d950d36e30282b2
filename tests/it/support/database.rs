//! Databases to test on: a SQLite file, and a database of its own in the PostgreSQL that `scripts/test` starts once.

use std::sync::atomic::{AtomicU32, Ordering};

use fabu::store::Store;
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;

/// An empty database and its URL.
pub struct Database {
    pub url: String,
    folder: Option<TempDir>,
}

/// A connection beside the program's: what an administrator, another program or an attacker would use.
pub enum Outsider {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Database {
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("发布.db").display());
        Self {
            url,
            folder: Some(folder),
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
        })
    }

    pub async fn store(&self) -> Store {
        Store::open(&self.url).await.unwrap()
    }

    pub async fn outsider(&self) -> Outsider {
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
        if self.folder.is_some() {
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
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Sqlite(conn) => sqlx::raw_sql(sql).execute(conn).await.map(drop),
            Self::Postgres(conn) => sqlx::raw_sql(sql).execute(conn).await.map(drop),
        }
    }

    /// The one text column of every row.
    pub async fn texts(&mut self, sql: &str) -> Vec<String> {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Sqlite(conn) => sqlx::query_scalar(sql).fetch_all(conn).await.unwrap(),
            Self::Postgres(conn) => sqlx::query_scalar(sql).fetch_all(conn).await.unwrap(),
        }
    }

    pub async fn number(&mut self, sql: &str) -> i64 {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            Self::Sqlite(conn) => sqlx::query_scalar(sql).fetch_one(conn).await.unwrap(),
            Self::Postgres(conn) => sqlx::query_scalar(sql).fetch_one(conn).await.unwrap(),
        }
    }
}

/// Makes a test of each named `async fn(&Database)` for each database: `sqlite::name` and `postgres::name`.
#[macro_export]
macro_rules! on_each_database {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                let database = $crate::support::database::Database::sqlite();
                super::$test(&database).await;
                database.discard().await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                if let Some(database) = $crate::support::database::Database::postgres().await {
                    super::$test(&database).await;
                    database.discard().await;
                }
            })+
        }
    };
}
