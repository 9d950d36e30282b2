//! A day of a whole city played through, and many nights of one plan.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use chrono::NaiveDate;
use chrono_tz::Asia::Shanghai;
use fabu::domain::journal::Act;
use fabu::domain::time::Span;
use fabu::drill::many;
use fabu::drill::play::{Play, play_alone};
use fabu::drill::scenario::{self, Scenario};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection as _, SqliteConnection};

use super::city;

const BODIES: usize = 50;
const ITEMS: usize = 20;
/// Enough for a mean; a thousand would hold up the table for minutes.
const SEEDS: u32 = 200;
const MEMORY: &str = "sqlite::memory:";
const TABLE: &str = "CREATE TABLE entry (id INTEGER PRIMARY KEY, incident TEXT NOT NULL, release TEXT NOT NULL, at INTEGER NOT NULL, \
    doc TEXT NOT NULL) STRICT; CREATE INDEX a ON entry (incident, id); CREATE INDEX b ON entry (release);";
const INSERT: &str = "INSERT INTO entry (incident, release, at, doc) VALUES (?, ?, ?, ?)";

/// 24 hours: every body has one clerk who drafts and one leader who signs, and one text is due each hour.
fn day() -> Scenario {
    let channels = vec![
        city::channel(serde_json::json!({
            "channel": "portal", "name": "portal", "kind": "portal", "portal": {"base-url": "http://127.0.0.1"}
        })),
        city::channel(serde_json::json!({
            "channel": "notices", "name": "notices", "kind": "file", "file": {"folder": "notices"}
        })),
    ];
    let mut plans = city::plans(BODIES, ITEMS, channels);
    for pinned in &mut plans.plans {
        let plan = std::sync::Arc::make_mut(&mut pinned.plan);
        for (hour, item) in (1..).zip(plan.levels.values_mut().flatten()) {
            item.due[0].within = Span::minutes(60 * hour);
        }
    }
    let codes: Vec<&str> = plans.plans.iter().map(|p| p.plan.plan.as_str()).collect();
    let file = serde_json::json!({
        "drill": "day", "title": "测量用演练", "plans": codes, "start": "2026-07-01 00:00", "length": "24h",
        "everyone": {"median": "20m", "p90": "40m"},
        "injects": [{"at": "0m", "declare": {"event": "flood", "level": "I", "areas": [city::AREA]}}],
        "expect": [{"only-approved": true}],
    });
    let start = "2026-06-30T16:00:00Z".parse().expect("a moment");
    let file: fabu::plan::scenario::DrillFile = serde_json::from_value(file).expect("a scenario");
    Scenario {
        end: file.length.after(start),
        file,
        zone: Shanghai,
        start,
        plans,
        extra: Vec::new(),
        cache: std::sync::Arc::default(),
    }
}

fn published(play: &Play) -> usize {
    let entries = play.journal.iter();
    entries
        .filter(|entry| matches!(entry.act, Act::ReleasePublished { .. }))
        .count()
}

/// Seconds, and releases a second.
fn played(url: &str) -> Vec<f64> {
    let scenario = day();
    let began = Instant::now();
    let play = play_alone(&scenario, 1, url).expect("a play");
    let seconds = began.elapsed().as_secs_f64();
    let releases = published(&play);
    assert_eq!(releases, BODIES * ITEMS, "everything was published");
    #[expect(clippy::cast_precision_loss, reason = "a thousand")]
    let releases = releases as f64;
    vec![seconds, releases / seconds]
}

pub fn in_memory() -> Vec<f64> {
    played(MEMORY)
}

pub fn on_disk() -> Vec<f64> {
    let folder = tempfile::tempdir().expect("a folder");
    played(&format!(
        "sqlite:{}",
        folder.path().join("drill.db").display()
    ))
}

/// What the day's journal holds: as many rows, each in a transaction of its own, is what the raw tool writes.
fn entries() -> BTreeMap<i64, String> {
    let play = play_alone(&day(), 1, MEMORY).expect("a play");
    let entries = play.journal.iter();
    entries
        .map(|entry| (entry.seq, entry.act.parts().1.to_string()))
        .collect()
}

/// Seconds, and transactions a second.
pub fn raw_in_memory() -> Vec<f64> {
    let entries = entries();
    let connection = rusqlite::Connection::open_in_memory().expect("a database");
    connection.execute_batch(TABLE).expect("a table");
    let began = Instant::now();
    for (n, doc) in &entries {
        connection
            .execute_batch("BEGIN IMMEDIATE")
            .expect("a transaction");
        connection
            .prepare_cached(INSERT)
            .and_then(|mut insert| insert.execute((city::AREA, format!("D-{n}"), n, doc)))
            .expect("a row");
        connection.execute_batch("COMMIT").expect("a commit");
    }
    rate(began, entries.len())
}

/// As [`raw_in_memory`], WAL and synchronous=FULL.
pub async fn raw_on_disk() -> Vec<f64> {
    let entries = tokio::task::spawn_blocking(entries).await.expect("entries");
    let folder = tempfile::tempdir().expect("a folder");
    let options = SqliteConnectOptions::new()
        .filename(folder.path().join("raw.db"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let mut conn = SqliteConnection::connect_with(&options)
        .await
        .expect("a database");
    sqlx::raw_sql(TABLE)
        .execute(&mut conn)
        .await
        .expect("a table");
    let began = Instant::now();
    for (n, doc) in &entries {
        let mut tx = conn
            .begin_with("BEGIN IMMEDIATE")
            .await
            .expect("a transaction");
        sqlx::query(INSERT)
            .bind(city::AREA)
            .bind(format!("D-{n}"))
            .bind(n)
            .bind(doc)
            .execute(&mut *tx)
            .await
            .expect("a row");
        tx.commit().await.expect("a commit");
    }
    rate(began, entries.len())
}

fn rate(began: Instant, count: usize) -> Vec<f64> {
    let seconds = began.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    let count = count as f64;
    vec![seconds, count / seconds]
}

/// Seconds for [`SEEDS`] seeds of the flood at night on all cores, and what a thousand would take at that pace.
pub fn seeds() -> Vec<f64> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = root.join("drills/flood-night.yaml");
    let today = NaiveDate::from_ymd_opt(2026, 7, 1).expect("a day");
    let scenario = scenario::read(&file, root, today).expect("a sound scenario");
    let began = Instant::now();
    let many = many::run(&scenario, 1, SEEDS.into(), |_| {}).expect("plays");
    assert_eq!(many.seeds, u64::from(SEEDS));
    let seconds = began.elapsed().as_secs_f64();
    vec![seconds, seconds * 1_000.0 / f64::from(SEEDS)]
}
