//! What a caller sees when the database is away, busy, or somebody else's.

use std::time::Duration;

use chrono::DateTime;
use fabu::domain::journal::{Act, Entry};
use fabu::store::{Store, StoreError};

use crate::support::database::Database;

fn entry() -> Entry {
    let releases = 0;
    Entry::new(
        DateTime::UNIX_EPOCH,
        "zhou",
        Act::IncidentArchived { releases },
    )
}

async fn refusal(url: &str) -> String {
    let error = Store::open(url).await.err().unwrap();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    error.to_string()
}

#[tokio::test]
async fn a_url_that_names_no_database_is_refused_with_the_right_spelling() {
    for url in ["mysql://localhost/fabu", "fabu.db", ""] {
        let text = refusal(url).await;
        assert!(text.contains("sqlite:PATH"), "{url}: {text}");
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("no such folder").join("a.db");
    let text = refusal(&format!("sqlite:{}", path.display())).await;
    assert!(text.contains("no such folder"), "{text}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_named_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letter.txt");
    let letter = "a letter, not a database. ".repeat(100);
    std::fs::write(&path, &letter).unwrap();
    let text = refusal(&format!("sqlite:{}", path.display())).await;
    assert!(text.contains("letter.txt"), "{text}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), letter);
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let store = Store::open(&format!("sqlite:{}", path.display()))
        .await
        .unwrap();
    for name in ["a.db", "a.db-wal", "a.db-shm"] {
        let mode = std::fs::metadata(folder.path().join(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o077, 0, "{name}: {mode:o}");
    }
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_writer_waits_while_another_program_holds_the_file() {
    let database = Database::sqlite();
    let store = database.store().await;
    let mut outsider = database.outsider().await;
    outsider.run("BEGIN IMMEDIATE").await.unwrap();
    // Reading goes on meanwhile.
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.journal_after(0, None, 1).await.unwrap(), []);
    drop(tx);

    let mut write = tokio::spawn(async move {
        let mut tx = store.begin().await.unwrap();
        tx.append(vec![entry()]).await.unwrap();
        tx.commit().await.unwrap();
    });
    let early = tokio::time::timeout(Duration::from_millis(200), &mut write).await;
    assert!(
        early.is_err(),
        "it wrote into a file that somebody else held"
    );
    outsider.run("COMMIT").await.unwrap();
    write.await.unwrap();
    assert_eq!(outsider.number("SELECT count(*) FROM journal").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_memory_readers_and_writers_take_turns() {
    let store = Store::open("sqlite::memory:").await.unwrap();
    let reader = store.read().await.unwrap();
    let other = store.clone();
    let mut write = tokio::spawn(async move {
        let mut tx = other.begin().await.unwrap();
        tx.append(vec![entry()]).await.unwrap();
        tx.commit().await.unwrap();
    });
    assert!(
        tokio::time::timeout(Duration::from_millis(50), &mut write)
            .await
            .is_err()
    );
    drop(reader);
    write.await.unwrap();
    let all = store
        .read()
        .await
        .unwrap()
        .journal_after(0, None, 10)
        .await
        .unwrap();
    assert_eq!(all.len(), 1);
    let another = Store::open("sqlite::memory:").await.unwrap();
    let nothing = another
        .read()
        .await
        .unwrap()
        .journal_after(0, None, 10)
        .await
        .unwrap();
    assert_eq!(
        nothing,
        [],
        "two databases in memory have nothing in common"
    );
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    let text = refusal("postgres://fabu@127.0.0.1:1/fabu").await;
    assert!(text.contains("127.0.0.1:1"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_breaks_loses_its_transaction_and_no_other() {
    let Some(database) = Database::postgres().await else {
        return;
    };
    let store = database.store().await;
    let mut admin = database.outsider().await;
    let mut tx = store.begin().await.unwrap();
    tx.append(vec![entry()]).await.unwrap();
    // The server restarts, or a firewall forgets: every connection but the administrator's is gone.
    admin
        .run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .await
        .unwrap();
    let error = tx.append(vec![entry()]).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    drop(tx);
    for _ in 0..3 {
        let mut tx = store.begin().await.unwrap();
        tx.append(vec![entry()]).await.unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!(admin.number("SELECT count(*) FROM journal").await, 3);
    assert_eq!(
        store.read().await.unwrap().journal_verify().await.unwrap(),
        []
    );
    store.close().await;
    database.discard().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_whose_answer_never_came_is_reported_as_uncertain() {
    let Some(database) = Database::postgres().await else {
        return;
    };
    let store = database.store().await;
    let mut admin = database.outsider().await;
    let mut tx = store.begin().await.unwrap();
    tx.append(vec![entry()]).await.unwrap();
    admin
        .run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .await
        .unwrap();
    let error = tx.commit().await.unwrap_err();
    assert!(
        matches!(error, StoreError::Uncertain(_) | StoreError::Unavailable(_)),
        "{error}"
    );
    store.close().await;
    database.discard().await;
}
