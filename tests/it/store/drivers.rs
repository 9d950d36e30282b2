//! What every driver must do alike, below any table of ours.

use std::sync::Arc;

use fabu::args;
use fabu::store::{Driver, StoreError, Value};

use crate::support::database::Database;

crate::on_each_database!(
    values_come_back_as_they_were_bound,
    an_answer_of_another_type_is_refused_and_names_its_column,
    many_rows_go_in_in_order,
    rows_that_stand_already_are_passed_over_when_asked,
    rows_of_uneven_length_are_refused,
    text_that_cannot_be_kept_is_refused_before_anything_is_written,
    a_second_row_of_the_same_key_is_a_duplicate,
    a_transaction_that_failed_once_keeps_nothing,
    a_dropped_transaction_keeps_nothing_and_lets_the_next_one_in,
    a_caller_that_gives_up_in_the_middle_keeps_nothing,
    a_reader_may_not_write,
    writers_lose_no_update,
    a_refused_statement_is_named;
    not in memory:
    a_reader_keeps_its_picture_beside_a_writer,
);

const TABLE: &str = "CREATE TABLE scratch (id BIGINT PRIMARY KEY, word TEXT UNIQUE, n BIGINT)";
const INSERT: &str = "INSERT INTO scratch (id, word, n) VALUES";
const INSERT_ONE: &str = "INSERT INTO scratch (id, word, n) VALUES ($1, $2, $3)";
const COUNT: &str = "SELECT count(*) FROM scratch";

/// The bare driver and an empty table to write in.
async fn scratch(database: &Database) -> Arc<dyn Driver> {
    let driver = database.driver().await;
    let mut conn = driver.begin().await.unwrap();
    conn.script(TABLE).await.unwrap();
    conn.commit().await.unwrap();
    driver
}

async fn count(driver: &Arc<dyn Driver>) -> i64 {
    let mut conn = driver.read().await.unwrap();
    conn.query(COUNT, vec![]).await.unwrap()[0].int(0).unwrap()
}

async fn values_come_back_as_they_were_bound(database: &Database) {
    const INSERT_PAPER: &str = "INSERT INTO paper (id, text, n) VALUES ($1, $2, $3)";
    let driver = scratch(database).await;
    let long = "长".repeat(1_000_000);
    let texts = [
        "",
        "'; DROP TABLE scratch; --",
        "$1 ? %s",
        "汛情🌊\u{202e}\n\ttab",
        &long,
    ];
    let mut conn = driver.begin().await.unwrap();
    conn.script("CREATE TABLE paper (id BIGINT, text TEXT, n BIGINT)")
        .await
        .unwrap();
    for (n, text) in texts.iter().enumerate() {
        conn.execute(INSERT_PAPER, args![n as i64, *text, i64::MIN])
            .await
            .unwrap();
    }
    let nothing = vec![
        Value::Int(Some(i64::MAX)),
        Value::Text(None),
        Value::Int(None),
    ];
    conn.execute(INSERT_PAPER, nothing).await.unwrap();
    conn.commit().await.unwrap();

    let mut conn = driver.read().await.unwrap();
    let rows = conn
        .query("SELECT id, text, n FROM paper ORDER BY id", vec![])
        .await
        .unwrap();
    for (n, text) in texts.iter().enumerate() {
        assert_eq!(rows[n].int(0).unwrap(), n as i64);
        assert_eq!(rows[n].text(1).unwrap(), *text);
        assert_eq!(rows[n].int(2).unwrap(), i64::MIN);
    }
    let last = rows.last().unwrap();
    assert_eq!(last.int(0).unwrap(), i64::MAX);
    assert_eq!(last.opt_text(1).unwrap(), None);
    assert_eq!(last.opt_int(2).unwrap(), None);
    assert!(last.int(2).is_err(), "nothing is not a number");
}

async fn an_answer_of_another_type_is_refused_and_names_its_column(database: &Database) {
    let driver = scratch(database).await;
    let mut conn = driver.read().await.unwrap();
    let error = conn
        .query("SELECT 7, CAST(1.5 AS DOUBLE PRECISION)", vec![])
        .await
        .unwrap_err();
    assert!(error.to_string().contains("column 1"), "{error}");
}

async fn many_rows_go_in_in_order(database: &Database) {
    let driver = scratch(database).await;
    let mut next: i64 = 0;
    for size in [0, 1, 2, 63, 64, 65, 127, 1_000] {
        let rows = (next..next + size)
            .map(|id| args![id, format!("词{id}"), id * 2])
            .collect();
        next += size;
        let mut conn = driver.begin().await.unwrap();
        assert_eq!(
            conn.insert_many(INSERT, rows, "").await.unwrap(),
            size as u64
        );
        conn.commit().await.unwrap();
        assert_eq!(count(&driver).await, next);
    }
    let mut conn = driver.read().await.unwrap();
    let rows = conn
        .query("SELECT id, word, n FROM scratch ORDER BY id", vec![])
        .await
        .unwrap();
    for (id, row) in (0..next).zip(rows) {
        assert_eq!(row.values, args![id, format!("词{id}"), id * 2]);
    }
}

async fn rows_that_stand_already_are_passed_over_when_asked(database: &Database) {
    let driver = scratch(database).await;
    let rows = |ids: std::ops::Range<i64>| {
        ids.map(|id| args![id, format!("{id}"), 0_i64])
            .collect::<Vec<_>>()
    };
    let mut conn = driver.begin().await.unwrap();
    conn.insert_many(INSERT, rows(10..20), "").await.unwrap();
    let inserted = conn
        .insert_many(INSERT, rows(0..100), "ON CONFLICT DO NOTHING")
        .await
        .unwrap();
    conn.commit().await.unwrap();
    assert_eq!(inserted, 90);
    assert_eq!(count(&driver).await, 100);
}

async fn rows_of_uneven_length_are_refused(database: &Database) {
    let driver = scratch(database).await;
    let mut conn = driver.begin().await.unwrap();
    let rows = vec![args![1_i64, "a", 1_i64], args![2_i64, "b"]];
    assert!(conn.insert_many(INSERT, rows, "").await.is_err());
    drop(conn);
    assert_eq!(count(&driver).await, 0);
}

async fn text_that_cannot_be_kept_is_refused_before_anything_is_written(database: &Database) {
    let driver = scratch(database).await;
    let mut conn = driver.begin().await.unwrap();
    let rows = vec![
        args![1_i64, "good", 1_i64],
        args![2_i64, "half\0hidden", 1_i64],
    ];
    let error = conn.insert_many(INSERT, rows, "").await.unwrap_err();
    assert!(error.to_string().contains("U+0000"), "{error}");
    drop(conn);
    assert_eq!(count(&driver).await, 0);
}

async fn a_second_row_of_the_same_key_is_a_duplicate(database: &Database) {
    let driver = scratch(database).await;
    for (id, word) in [(1_i64, "other"), (2, "same")] {
        let mut conn = driver.begin().await.unwrap();
        conn.execute(INSERT_ONE, args![1_i64, "same", 0_i64])
            .await
            .unwrap();
        let error = conn
            .execute(INSERT_ONE, args![id, word, 0_i64])
            .await
            .unwrap_err();
        assert!(matches!(error, StoreError::Duplicate(_)), "{error}");
    }
}

async fn a_transaction_that_failed_once_keeps_nothing(database: &Database) {
    let driver = scratch(database).await;
    let mut conn = driver.begin().await.unwrap();
    conn.execute(INSERT_ONE, args![1_i64, "a", 0_i64])
        .await
        .unwrap();
    conn.execute(INSERT_ONE, args![1_i64, "b", 0_i64])
        .await
        .unwrap_err();
    // A caller that overlooked the error must not believe what follows.
    assert!(conn.query(COUNT, vec![]).await.is_err());
    assert!(
        conn.execute(INSERT_ONE, args![2_i64, "c", 0_i64])
            .await
            .is_err()
    );
    assert!(conn.commit().await.is_err());
    assert_eq!(count(&driver).await, 0);
}

async fn a_dropped_transaction_keeps_nothing_and_lets_the_next_one_in(database: &Database) {
    let driver = scratch(database).await;
    for round in 0..20_i64 {
        let mut conn = driver.begin().await.unwrap();
        conn.execute(INSERT_ONE, args![round, format!("{round}"), 0_i64])
            .await
            .unwrap();
        drop(conn);
    }
    assert_eq!(count(&driver).await, 0);
}

async fn a_caller_that_gives_up_in_the_middle_keeps_nothing(database: &Database) {
    let driver = scratch(database).await;
    for _ in 0..5 {
        let mut conn = driver.begin().await.unwrap();
        let rows = (0..2_000_i64)
            .map(|id| args![id, format!("{id}"), 0_i64])
            .collect();
        let insert = conn.insert_many(INSERT, rows, "");
        // Polled once, which is seldom enough to reach the end, and dropped, as when a client hangs up.
        drop(futures_util::FutureExt::now_or_never(insert));
        drop(conn);
    }
    let mut conn = driver.begin().await.unwrap();
    conn.execute(INSERT_ONE, args![1_i64, "after", 0_i64])
        .await
        .unwrap();
    conn.commit().await.unwrap();
    assert_eq!(count(&driver).await, 1);
}

async fn a_reader_may_not_write(database: &Database) {
    let driver = scratch(database).await;
    let mut conn = driver.read().await.unwrap();
    assert!(
        conn.execute(INSERT_ONE, args![1_i64, "a", 0_i64])
            .await
            .is_err()
    );
    let hidden = "INSERT INTO scratch (id, word, n) VALUES ($1, $2, $3) RETURNING id";
    assert!(conn.query(hidden, args![1_i64, "a", 0_i64]).await.is_err());
    drop(conn);
    assert_eq!(count(&driver).await, 0);
}

async fn a_reader_keeps_its_picture_beside_a_writer(database: &Database) {
    let driver = scratch(database).await;
    let mut reader = driver.read().await.unwrap();
    assert_eq!(
        reader.query(COUNT, vec![]).await.unwrap()[0]
            .int(0)
            .unwrap(),
        0
    );

    let mut writer = driver.begin().await.unwrap();
    writer
        .execute(INSERT_ONE, args![1_i64, "a", 0_i64])
        .await
        .unwrap();
    writer.commit().await.unwrap();

    assert_eq!(
        reader.query(COUNT, vec![]).await.unwrap()[0]
            .int(0)
            .unwrap(),
        0
    );
    drop(reader);
    assert_eq!(count(&driver).await, 1);
}

async fn writers_lose_no_update(database: &Database) {
    let driver = scratch(database).await;
    let mut conn = driver.begin().await.unwrap();
    conn.execute(INSERT_ONE, args![1_i64, "counter", 0_i64])
        .await
        .unwrap();
    conn.commit().await.unwrap();

    let mut writers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let driver = Arc::clone(&driver);
        writers.spawn(async move {
            for _ in 0..25 {
                let mut conn = driver.begin().await.unwrap();
                conn.execute("UPDATE scratch SET n = n + 1 WHERE id = 1", vec![])
                    .await
                    .unwrap();
                conn.commit().await.unwrap();
            }
        });
    }
    while let Some(writer) = writers.join_next().await {
        writer.unwrap();
    }
    let mut conn = driver.read().await.unwrap();
    let rows = conn
        .query("SELECT n FROM scratch WHERE id = 1", vec![])
        .await
        .unwrap();
    assert_eq!(rows[0].int(0).unwrap(), 200);
}

async fn a_refused_statement_is_named(database: &Database) {
    let driver = scratch(database).await;
    let mut conn = driver.begin().await.unwrap();
    let error = conn
        .execute("UPDATE scratch SET nonsense = 1", vec![])
        .await
        .unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, StoreError::Statement(_)), "{text}");
    assert!(text.contains("UPDATE scratch SET nonsense"), "{text}");
}
