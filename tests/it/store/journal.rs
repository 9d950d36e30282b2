//! The journal cannot be changed by the program, nor by anybody else without being found out.

use std::sync::Arc;

use chrono::DateTime;
use fabu::domain::journal::{Act, ChainFault, Entry, GENESIS};
use fabu::store::{Of, Store};

use crate::support::database::{Database, Outsider};

crate::on_each_database!(
    entries_come_back_in_order_and_the_chain_holds,
    an_empty_journal_is_whole,
    writers_share_one_chain,
    entries_of_a_dropped_transaction_leave_no_hole,
    the_database_refuses_to_change_or_delete_entries,
    every_tampering_is_found,
    a_long_journal_is_checked_to_its_end,
);

fn id(n: i64) -> String {
    format!("L-{n:026}")
}

fn entry(n: i64) -> Entry {
    let at = DateTime::from_timestamp_millis(1_777_777_777_000 + n).unwrap();
    if n % 3 == 0 {
        let login = format!("n{n}");
        return Entry::new(
            at,
            "zhou",
            Act::UserDisabled {
                login,
                tokens_revoked: 1,
            },
        );
    }
    let reason = "汛情 \"紧急\"".to_owned();
    let act = Act::ReleaseReturned {
        item: format!("n{n}"),
        version: 1,
        reason,
    };
    Entry {
        release: Some(id(n).parse().unwrap()),
        ..Entry::new(at, "zhou", act).incident(&id(n % 2).parse().unwrap())
    }
}

async fn write(store: &Store, entries: Vec<Entry>) {
    let mut tx = store.begin().await.unwrap();
    tx.append(entries).await.unwrap();
    tx.commit().await.unwrap();
}

async fn faults(store: &Store) -> Vec<ChainFault> {
    store.read().await.unwrap().journal_verify().await.unwrap()
}

async fn entries_come_back_in_order_and_the_chain_holds(database: &Database) {
    let store = database.store().await;
    write(&store, (0..5).map(entry).collect()).await;
    write(&store, vec![]).await;
    write(&store, (5..200).map(entry).collect()).await;

    let mut tx = store.read().await.unwrap();
    let all = tx.journal_after(0, None, 1_000).await.unwrap();
    assert_eq!(all.len(), 200);
    let mut prev = GENESIS.to_owned();
    for (n, sealed) in (0..).zip(&all) {
        let expected = entry(n);
        assert_eq!(sealed.seq, n + 1);
        assert_eq!(
            (
                sealed.at,
                &sealed.actor,
                (sealed.act.clone(), sealed.data.clone()),
                sealed.incident.clone(),
                sealed.release.clone(),
            ),
            (
                expected.at,
                &expected.actor,
                expected.act.parts(),
                expected.incident.as_ref().map(ToString::to_string),
                expected.release.as_ref().map(ToString::to_string),
            )
        );
        assert_eq!(sealed.prev, prev);
        prev.clone_from(&sealed.hash);
    }
    let page = tx.journal_after(all[9].seq, None, 3).await.unwrap();
    assert_eq!(page, all[10..13]);
    let of_one = tx
        .journal_after(0, Of::Incident(&id(1)), 1_000)
        .await
        .unwrap();
    assert!(!of_one.is_empty());
    assert!(
        of_one
            .iter()
            .all(|sealed| sealed.incident.as_deref() == Some(&*id(1)))
    );
    drop(tx);
    assert_eq!(faults(&store).await, []);
}

async fn an_empty_journal_is_whole(database: &Database) {
    assert_eq!(faults(&database.store().await).await, []);
}

async fn writers_share_one_chain(database: &Database) {
    // Two programs on one database, several tasks in each.
    let stores = [
        Arc::new(database.store().await),
        Arc::new(database.store().await),
    ];
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..6 {
        let store = Arc::clone(&stores[writer % 2]);
        writers.spawn(async move {
            for n in 0..10 {
                write(&store, vec![entry(n), entry(n + 1)]).await;
            }
        });
    }
    while let Some(writer) = writers.join_next().await {
        writer.unwrap();
    }
    assert_eq!(faults(&stores[0]).await, []);
    let mut tx = stores[1].read().await.unwrap();
    assert_eq!(tx.journal_after(0, None, 1_000).await.unwrap().len(), 120);
}

async fn entries_of_a_dropped_transaction_leave_no_hole(database: &Database) {
    let store = database.store().await;
    write(&store, vec![entry(0)]).await;
    let mut tx = store.begin().await.unwrap();
    tx.append(vec![entry(1), entry(2)]).await.unwrap();
    drop(tx);
    write(&store, vec![entry(3)]).await;
    assert_eq!(faults(&store).await, []);
    let all = store
        .read()
        .await
        .unwrap()
        .journal_after(0, None, 10)
        .await
        .unwrap();
    assert_eq!(all.len(), 2);
}

async fn the_database_refuses_to_change_or_delete_entries(database: &Database) {
    let store = database.store().await;
    write(&store, (0..3).map(entry).collect()).await;
    let mut outsider = database.outsider().await;
    for sql in [
        "UPDATE journal SET actor = 'nobody'",
        "DELETE FROM journal WHERE seq = 3",
        "DELETE FROM journal",
    ] {
        let error = outsider.run(sql).await.unwrap_err().to_string();
        assert!(error.contains("append-only"), "{sql}: {error}");
    }
    if matches!(outsider, Outsider::Postgres(_)) {
        assert!(
            outsider
                .run("TRUNCATE journal")
                .await
                .unwrap_err()
                .to_string()
                .contains("append-only")
        );
    }
    assert_eq!(outsider.number("SELECT count(*) FROM journal").await, 3);
    assert_eq!(faults(&store).await, []);
}

const LENGTH: i64 = 9;

/// Everything a person with the database in hand might do to entry `k`, short of rewriting all that follows it and
/// the head, which nothing inside the database could show.
fn tamperings(k: i64) -> Vec<(String, String)> {
    let mut list = Vec::new();
    let columns = [
        ("at", "at + 1"),
        ("actor", "actor || ' '"),
        ("act", "upper(act)"),
        (
            "incident",
            "CASE WHEN incident IS NULL THEN '-' ELSE NULL END",
        ),
        ("incident", "coalesce(incident, '') || 'x'"),
        ("release", "CASE WHEN release IS NULL THEN '' ELSE NULL END"),
        ("data", "replace(data, 'n', 'm')"),
        // The same meaning, written otherwise.
        ("data", "replace(data, ':', ': ')"),
        ("data", "'not even JSON'"),
        ("format", "1"),
        ("subject_kind", "'plan'"),
        ("subject_id", "coalesce(subject_id, '') || 'x'"),
        (
            "prev",
            "substr(prev, 1, 63) || CASE WHEN substr(prev, 64, 1) = '0' THEN '1' ELSE '0' END",
        ),
        (
            "hash",
            "substr(hash, 1, 63) || CASE WHEN substr(hash, 64, 1) = '0' THEN '1' ELSE '0' END",
        ),
    ];
    for (column, change) in columns {
        list.push((
            format!("change {column} of entry {k} to {change}"),
            format!("UPDATE journal SET {column} = {change} WHERE seq = {k}"),
        ));
    }
    list.push((
        format!("remove entry {k}"),
        format!("DELETE FROM journal WHERE seq = {k}"),
    ));
    list.push((
        format!("remove entry {k} and close the gap"),
        // Through negative numbers, because a key may not stand twice even for a moment.
        format!(
            "DELETE FROM journal WHERE seq = {k};
             UPDATE journal SET seq = 1 - seq WHERE seq > {k};
             UPDATE journal SET seq = -seq WHERE seq < 0"
        ),
    ));
    list.push((
        format!("move entry {k} to the front"),
        format!("UPDATE journal SET seq = 0 WHERE seq = {k}"),
    ));
    list.push((
        format!("move entry {k} far below"),
        format!("UPDATE journal SET seq = -5 WHERE seq = {k}"),
    ));
    list.push((
        format!("move entry {k} to the end"),
        format!("UPDATE journal SET seq = 100 WHERE seq = {k}"),
    ));
    for other in k + 1..=LENGTH {
        list.push((
            format!("exchange the numbers of entries {k} and {other}"),
            format!(
                "UPDATE journal SET seq = -1 WHERE seq = {k};
                 UPDATE journal SET seq = {k} WHERE seq = {other};
                 UPDATE journal SET seq = {other} WHERE seq = -1"
            ),
        ));
    }
    list.push((
        format!("cut off from entry {k}"),
        format!("DELETE FROM journal WHERE seq >= {k}"),
    ));
    list.push((
        format!("cut off from entry {k} and lower the head"),
        format!("DELETE FROM journal WHERE seq >= {k}; UPDATE journal_head SET seq = {k} - 1"),
    ));
    list.push((
        format!("repeat entry {k} at the end"),
        format!(
            "INSERT INTO journal SELECT {LENGTH} + 1, at, actor, act, incident, release, data, prev, hash,
             format, subject_kind, subject_id FROM journal WHERE seq = {k}"
        ),
    ));
    list
}

async fn every_tampering_is_found(database: &Database) {
    let store = database.store().await;
    write(&store, (0..LENGTH).map(entry).collect()).await;
    let mut attacker = database.outsider().await;
    let disarm = match attacker {
        Outsider::Sqlite(_) | Outsider::Memory(_) => {
            "DROP TRIGGER journal_keeps; DROP TRIGGER journal_stays"
        }
        Outsider::Postgres(_) => "DROP TRIGGER journal_keeps ON journal",
    };
    attacker.run(disarm).await.unwrap();
    attacker
        .run("CREATE TABLE saved AS SELECT * FROM journal; CREATE TABLE saved_head AS SELECT * FROM journal_head")
        .await
        .unwrap();

    let mut missed = Vec::new();
    for (what, sql) in (1..=LENGTH).flat_map(tamperings) {
        attacker
            .run(&sql)
            .await
            .unwrap_or_else(|error| panic!("{what}: {error}"));
        if faults(&store).await.is_empty() {
            missed.push(what);
        }
        attacker
            .run(
                "DELETE FROM journal; DELETE FROM journal_head;
                 INSERT INTO journal SELECT * FROM saved; INSERT INTO journal_head SELECT * FROM saved_head",
            )
            .await
            .unwrap();
    }
    assert_eq!(missed, Vec::<String>::new());
    assert_eq!(
        faults(&store).await,
        [],
        "the restored journal must be whole, or the test above shows nothing"
    );

    // The answers point at the place.
    attacker
        .run("UPDATE journal SET actor = 'li' WHERE seq = 4")
        .await
        .unwrap();
    assert_eq!(faults(&store).await, [ChainFault::Altered { seq: 4 }]);
    attacker
        .run("UPDATE journal SET actor = 'zhou' WHERE seq = 4; DELETE FROM journal WHERE seq = 6")
        .await
        .unwrap();
    assert_eq!(
        faults(&store).await,
        [ChainFault::Gap {
            expected: 6,
            found: 7
        }]
    );
    attacker
        .run("DELETE FROM journal WHERE seq >= 6")
        .await
        .unwrap();
    assert_eq!(
        faults(&store).await,
        [ChainFault::Truncated {
            expected: LENGTH,
            found: 5
        }]
    );
}

async fn a_long_journal_is_checked_to_its_end(database: &Database) {
    let store = database.store().await;
    write(&store, (0..3_001).map(entry).collect()).await;
    assert_eq!(faults(&store).await, []);
    let mut attacker = database.outsider().await;
    let disarm = match attacker {
        Outsider::Sqlite(_) | Outsider::Memory(_) => "DROP TRIGGER journal_keeps",
        Outsider::Postgres(_) => "DROP TRIGGER journal_keeps ON journal",
    };
    attacker.run(disarm).await.unwrap();
    // On both sides of where a page ends, and the last.
    for seq in [1_000, 1_001, 2_000, 3_001] {
        attacker
            .run(&format!(
                "UPDATE journal SET actor = 'li' WHERE seq = {seq}"
            ))
            .await
            .unwrap();
        assert_eq!(faults(&store).await, [ChainFault::Altered { seq }]);
        attacker
            .run(&format!(
                "UPDATE journal SET actor = 'zhou' WHERE seq = {seq}"
            ))
            .await
            .unwrap();
    }
}
