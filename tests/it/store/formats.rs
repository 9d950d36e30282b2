//! Journals that an older version of the program wrote, and those of a newer one.

use std::io::Read;

use chrono::DateTime;
use fabu::domain::journal::{Act, ChainFault, Entry, FORMAT, Subject, SubjectKind};
use fabu::store::{Of, Store, StoreError};

use crate::support::database::{Database, Outsider};

crate::on_each_database!(
    ; not in memory:
    an_old_journal_is_migrated_checked_and_gone_on_with,
    a_journal_of_a_newer_format_is_refused_and_left_alone,
);

/// How many entries the old journal has.
const OLD: i64 = 159;

/// A database as the version before seals had a format left it.
fn old_file() -> Database {
    let packed: &[u8] = include_bytes!("fixtures/journal-format-1.sqlite.gz");
    let mut file = Vec::new();
    flate2::read::GzDecoder::new(packed)
        .read_to_end(&mut file)
        .unwrap();
    let database = Database::sqlite();
    std::fs::write(database.url.strip_prefix("sqlite:").unwrap(), file).unwrap();
    database
}

/// Takes the step back, so that it can be taken again over the entries that the old file holds.
async fn as_before(database: &Database) {
    database.store().await.close().await;
    let columns = "'(' || seq || ',' || at || ',' || quote(actor) || ',' || quote(act) || ',' || quote(incident) || ','
        || quote(release) || ',' || quote(data) || ',' || quote(prev) || ',' || quote(hash) || ')'";
    let file = old_file();
    let mut old = file.outsider().await;
    let rows = old
        .texts(&format!("SELECT {columns} FROM journal ORDER BY seq"))
        .await;
    let head = old.texts("SELECT quote(hash) FROM journal_head").await;
    let mut outsider = database.outsider().await;
    outsider
        .run(&format!(
            "DROP INDEX journal_by_subject;
             ALTER TABLE journal DROP COLUMN format; ALTER TABLE journal DROP COLUMN subject_kind;
             ALTER TABLE journal DROP COLUMN subject_id; ALTER TABLE journal_head DROP COLUMN format;
             DELETE FROM schema_migration WHERE number = 8;
             INSERT INTO journal VALUES {};
             UPDATE journal_head SET seq = {OLD}, hash = {}",
            rows.join(","),
            head[0]
        ))
        .await
        .unwrap();
}

async fn faults(store: &Store) -> Vec<ChainFault> {
    store.read().await.unwrap().journal_verify().await.unwrap()
}

fn switched() -> Entry {
    let channel = "sms".to_owned();
    Entry::new(
        DateTime::UNIX_EPOCH,
        "zhou",
        Act::ChannelDisabled { channel },
    )
}

async fn an_old_journal_is_migrated_checked_and_gone_on_with(database: &Database) {
    as_before(database).await;
    let store = Store::connect(&database.url).await.unwrap();
    assert_eq!(store.migrate().await.unwrap(), ["0008_journal"]);
    assert_eq!(faults(&store).await, []);

    let mut tx = store.begin().await.unwrap();
    let all = tx.journal_after(0, Of::All, 1_000).await.unwrap();
    assert_eq!(all.len() as i64, OLD);
    for entry in all {
        let (stored, subject) = (
            (entry.act.clone(), entry.data.to_string()),
            entry.subject.clone(),
        );
        let told = entry.read().unwrap();
        assert_eq!(told.subject(), subject, "{told:?}");
        let (act, data) = told.act.parts();
        assert_eq!(
            (act, data.to_string()),
            stored,
            "written again it is the same"
        );
    }
    tx.append(vec![switched(); 3]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(faults(&store).await, []);
    let sms = Subject::new(SubjectKind::Channel, "sms");
    let mut tx = store.read().await.unwrap();
    let of_sms = tx.journal_after(0, Of::Subject(&sms), 100).await.unwrap();
    let formats: Vec<u32> = of_sms.iter().map(|entry| entry.format).collect();
    assert_eq!(formats, [1, 1, FORMAT, FORMAT, FORMAT]);
    drop(tx);

    let mut attacker = database.outsider().await;
    let refused = attacker
        .run("UPDATE journal SET format = 1")
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("append-only"), "{refused}");
    let disarm = match attacker {
        Outsider::Postgres(_) => "DROP TRIGGER journal_keeps ON journal",
        _ => "DROP TRIGGER journal_keeps",
    };
    attacker.run(disarm).await.unwrap();
    for seq in [40, OLD, OLD + 2] {
        for (column, other) in [
            ("actor", "'nobody'"),
            ("format", "3 - format"),
            ("format", "format + 5"),
            ("subject_kind", "'plan'"),
            ("subject_id", "'telegram'"),
        ] {
            attacker
                .run(&format!(
                    "CREATE TABLE saved AS SELECT {column} AS kept FROM journal WHERE seq = {seq};
                     UPDATE journal SET {column} = {other} WHERE seq = {seq}"
                ))
                .await
                .unwrap();
            let found = faults(&store).await;
            assert!(
                found.contains(&ChainFault::Altered { seq }),
                "{column} of {seq}: {found:?}"
            );
            attacker
                .run(&format!(
                    "UPDATE journal SET {column} = (SELECT kept FROM saved) WHERE seq = {seq}; DROP TABLE saved"
                ))
                .await
                .unwrap();
            assert_eq!(faults(&store).await, []);
        }
    }
}

#[tokio::test]
async fn the_whole_file_of_an_older_version_opens() {
    let database = old_file();
    let store = Store::open(&database.url).await.unwrap();
    assert_eq!(faults(&store).await, []);
    let traces = fabu::flow::report::timeline(&mut store.read().await.unwrap(), None)
        .await
        .unwrap();
    assert!(traces.iter().any(|trace| trace.corrected_by.is_some()));
    let mut tx = store.read().await.unwrap();
    for trace in traces {
        let stands = tx.release(&trace.release).await.unwrap().unwrap();
        assert!(stands.name.ends_with(&trace.name), "{trace:?}");
    }
}

async fn a_journal_of_a_newer_format_is_refused_and_left_alone(database: &Database) {
    let store = database.store().await;
    let mut newer = database.outsider().await;
    newer
        .run("UPDATE journal_head SET format = 7")
        .await
        .unwrap();
    // By a server that has it open, and by whoever opens it.
    let mut tx = store.begin().await.unwrap();
    let refused = tx.append(vec![switched()]).await.unwrap_err();
    drop(tx);
    let opened = Store::open(&database.url).await.err().unwrap();
    for error in [refused, opened] {
        let is_named = matches!(
            error,
            StoreError::NewerJournal {
                found: 7,
                known: FORMAT
            }
        );
        assert!(
            is_named && error.to_string().contains("format 7"),
            "{error}"
        );
    }
    assert_eq!(newer.number("SELECT count(*) FROM journal").await, 0);
}
