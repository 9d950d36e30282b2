//! The raw tools: what the same disk does without us.

use std::io::Write as _;
use std::time::Instant;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};

/// Milliseconds of one transaction of 1,000 rows of about 700 bytes with three indexes, WAL, synchronous=FULL: the rows
/// that a declaration writes, without anything that makes them. Median of 20.
pub async fn transaction() -> Vec<f64> {
    let folder = tempfile::tempdir().expect("a folder");
    let options = SqliteConnectOptions::new()
        .filename(folder.path().join("raw.db"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let mut conn = SqliteConnection::connect_with(&options)
        .await
        .expect("a database");
    sqlx::raw_sql(
        "CREATE TABLE release (id TEXT PRIMARY KEY, incident TEXT, plan TEXT, body TEXT, item TEXT, occurrence INTEGER, \
         status TEXT, due_at INTEGER, wake_at INTEGER, doc TEXT) STRICT; \
         CREATE INDEX a ON release (incident, due_at); CREATE INDEX b ON release (wake_at); CREATE INDEX c ON release (status, due_at);",
    )
    .execute(&mut conn)
    .await
    .expect("a table");
    let doc = "x".repeat(600);
    let sql = format!(
        "INSERT INTO release VALUES {}",
        (0..50)
            .map(|n| format!(
                "({})",
                (1..=10)
                    .map(|m| format!("${}", n * 10 + m))
                    .collect::<Vec<_>>()
                    .join(", ")
            ))
            .collect::<Vec<_>>()
            .join(", ")
    );
    let mut times = Vec::new();
    for run in 0..20 {
        let began = Instant::now();
        let mut tx = conn
            .begin_with("BEGIN IMMEDIATE")
            .await
            .expect("a transaction");
        for chunk in 0..20 {
            let mut query = sqlx::query(AssertSqlSafe(sql.clone()));
            for n in 0..50 {
                query = query
                    .bind(format!("L-{run:08}{chunk:09}{n:09}"))
                    .bind("L-01JC4ZABCDEFGHJKMNPQRSTVWX")
                    .bind("flood")
                    .bind("flood-office")
                    .bind("item")
                    .bind(1i64)
                    .bind("planned")
                    .bind(1_782_000_000_000i64 + n)
                    .bind(1_782_000_000_000i64 + n)
                    .bind(doc.as_str());
            }
            query.execute(&mut *tx).await.expect("rows");
        }
        tx.commit().await.expect("a commit");
        times.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    vec![times[times.len() / 2]]
}

/// How many 4 KiB appends with fsync this disk does in a second, over one second.
pub fn fsync() -> Vec<f64> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut file = std::fs::File::create(folder.path().join("probe")).expect("a file");
    let block = [0u8; 4096];
    let began = Instant::now();
    let mut count = 0.0;
    while began.elapsed().as_secs_f64() < 1.0 {
        file.write_all(&block).expect("a write");
        file.sync_data().expect("an fsync");
        count += 1.0;
    }
    vec![count / began.elapsed().as_secs_f64()]
}
