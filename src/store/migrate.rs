//! Brings a database to the schema this program knows, one numbered step at a time.
//!
//! Steps only add. Each runs in a transaction of its own together with the note that it was taken, so a step either
//! happened or did not; programs that start at the same moment take turns.

use sha2::{Digest, Sha256};

use super::{Connection, Dialect, Driver, Result, StoreError};
use crate::domain::bulletin::hex;

/// One step, with its text for each database.
struct Migration {
    number: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! migrations {
    ($($number:literal $name:literal),* $(,)?) => {
        [$(Migration {
            number: $number,
            name: $name,
            sqlite: include_str!(concat!("../../migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../../migrations/postgres/", $name, ".sql")),
        }),*]
    };
}

const MIGRATIONS: &[Migration] = &migrations![
    1 "0001_main",
    2 "0002_realm",
    3 "0003_channel_tally",
    4 "0004_release_by_item",
    5 "0005_signing",
    6 "0006_owner",
    7 "0007_trouble",
    8 "0008_journal",
    9 "0009_receipts",
    10 "0010_rights",
    11 "0011_numbers",
    12 "0012_receipts_heard",
    13 "0013_portal",
    14 "0014_turns_told",
    15 "0015_due_in_one_order",
];

/// Since this step the journal says in which format its seals are made.
const JOURNAL_FORMAT: i64 = 8;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migration \
    (number BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL)";

/// A step and whether this database has taken it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationStatus {
    pub number: i64,
    pub name: String,
    pub applied: bool,
}

impl Migration {
    fn sql(&self, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Sqlite => self.sqlite,
            Dialect::Postgres => self.postgres,
        }
    }

    fn checksum(&self, dialect: Dialect) -> String {
        hex(&Sha256::digest(self.sql(dialect).as_bytes()))
    }

    fn failed(&self, what: impl ToString) -> StoreError {
        StoreError::Migration {
            name: self.name.to_owned(),
            what: what.to_string(),
        }
    }
}

/// Whose work the contents of a database are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody's: there is nothing in it.
    Empty,
    /// This program's.
    Ours,
    /// Another program's.
    Foreign,
}

/// Changes nothing.
pub(super) async fn origin(driver: &dyn Driver) -> Result<Origin> {
    let mut conn = driver.read().await?;
    if has_table(conn.as_mut()).await? {
        // Another program may call a table by the same name.
        return match applied(conn.as_mut()).await {
            Ok(steps) if steps.is_empty() => Ok(Origin::Foreign),
            Ok(_) => Ok(Origin::Ours),
            Err(StoreError::Statement(_)) => Ok(Origin::Foreign),
            Err(error) => Err(error),
        };
    }
    let sql = match conn.dialect() {
        Dialect::Sqlite => "SELECT count(*) FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'",
        Dialect::Postgres => {
            "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema()"
        }
    };
    let rows = conn.query(sql, Vec::new()).await?;
    let things = rows.first().map(|row| row.int(0)).transpose()?.unwrap_or(0);
    Ok(if things == 0 {
        Origin::Empty
    } else {
        Origin::Foreign
    })
}

/// Every step this program knows, oldest first. Changes nothing.
pub(super) async fn status(driver: &dyn Driver) -> Result<Vec<MigrationStatus>> {
    let mut conn = driver.read().await?;
    let applied = if has_table(conn.as_mut()).await? {
        applied(conn.as_mut()).await?
    } else {
        Vec::new()
    };
    agreed(&applied, driver.dialect())?;
    if applied.iter().any(|(number, _)| *number == JOURNAL_FORMAT) {
        let format = "SELECT format FROM journal_head WHERE one = 1";
        let rows = conn.query(format, Vec::new()).await?;
        for row in rows {
            super::journal::known(row.int(0)?)?;
        }
    }
    conn.commit().await?;
    Ok(MIGRATIONS
        .iter()
        .map(|step| MigrationStatus {
            number: step.number,
            name: step.name.to_owned(),
            applied: applied.iter().any(|(number, _)| *number == step.number),
        })
        .collect())
}

/// Takes the steps that are missing and returns their names.
pub(super) async fn run(driver: &dyn Driver) -> Result<Vec<String>> {
    // In SQLite a database is one program's alone; a PostgreSQL database may be shared, and a clash of names is refused
    // by the step itself.
    if driver.dialect() == Dialect::Sqlite && origin(driver).await? == Origin::Foreign {
        return Err(StoreError::Foreign(
            "it holds the tables of another program; nothing was changed".into(),
        ));
    }
    driver.prepare().await?;
    // Most starts find nothing to do; they look without waiting for the writer's turn.
    if status(driver).await?.iter().all(|step| step.applied) {
        return Ok(Vec::new());
    }
    let mut taken = Vec::new();
    while let Some(name) = take_next(driver).await? {
        taken.push(name);
    }
    Ok(taken)
}

async fn take_next(driver: &dyn Driver) -> Result<Option<String>> {
    let dialect = driver.dialect();
    let mut conn = driver.begin().await?;
    if dialect == Dialect::Postgres {
        // SQLite's one writer is lock enough. The key is any number that nobody else uses.
        conn.script("SET LOCAL lock_timeout = '5min'; SELECT pg_advisory_xact_lock(7226530912)")
            .await?;
    }
    conn.execute(TABLE, Vec::new()).await?;
    let applied = applied(conn.as_mut()).await?;
    agreed(&applied, dialect)?;
    let Some(step) = MIGRATIONS
        .iter()
        .find(|step| applied.iter().all(|(number, _)| *number != step.number))
    else {
        conn.commit().await?;
        return Ok(None);
    };
    conn.script(step.sql(dialect))
        .await
        .map_err(|error| step.failed(error))?;
    let note = crate::args![step.number, step.name, step.checksum(dialect)];
    conn.execute(
        "INSERT INTO schema_migration (number, name, checksum) VALUES ($1, $2, $3)",
        note,
    )
    .await?;
    conn.commit().await.map_err(|error| step.failed(error))?;
    Ok(Some(step.name.to_owned()))
}

async fn has_table(conn: &mut dyn Connection) -> Result<bool> {
    let sql = match conn.dialect() {
        Dialect::Sqlite => {
            "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migration'"
        }
        Dialect::Postgres => "SELECT count(to_regclass('schema_migration'))",
    };
    let rows = conn.query(sql, Vec::new()).await?;
    Ok(rows.first().map(|row| row.int(0)).transpose()?.unwrap_or(0) > 0)
}

async fn applied(conn: &mut dyn Connection) -> Result<Vec<(i64, String)>> {
    let rows = conn
        .query(
            "SELECT number, checksum FROM schema_migration ORDER BY number",
            Vec::new(),
        )
        .await?;
    rows.iter()
        .map(|row| Ok((row.int(0)?, row.text(1)?.to_owned())))
        .collect()
}

/// Refuses a database that took steps this program does not know, or took them with other contents.
fn agreed(applied: &[(i64, String)], dialect: Dialect) -> Result<()> {
    let known = MIGRATIONS.iter().map(|step| step.number).max().unwrap_or(0);
    for (found, checksum) in applied {
        let Some(step) = MIGRATIONS.iter().find(|step| step.number == *found) else {
            return Err(StoreError::TooNew {
                found: *found,
                known,
            });
        };
        if *checksum != step.checksum(dialect) {
            return Err(step.failed("it was applied with other contents than this program carries; use the program that made this database"));
        }
    }
    Ok(())
}
