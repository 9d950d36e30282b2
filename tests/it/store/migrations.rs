//! Migrations: paired, applied once, refused when the database and the program disagree.

use std::collections::BTreeSet;
use std::path::Path;

use fabu::store::{Store, StoreError};

use crate::support::database::Database;

crate::on_each_database!(
    ; not in memory:
    an_empty_database_is_brought_up_to_date_once,
    programs_that_start_together_take_turns,
    a_newer_database_is_refused,
    a_database_migrated_with_other_contents_is_refused,
);

fn files(database: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("migrations")
        .join(database);
    let names = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().file_name());
    names.map(|name| name.into_string().unwrap()).collect()
}

#[tokio::test]
async fn every_migration_has_its_twin_and_the_program_carries_it() {
    let sqlite = files("sqlite");
    assert_eq!(sqlite, files("postgres"), "a migration is missing its twin");
    let carried = Store::connect("sqlite::memory:")
        .await
        .unwrap()
        .migrations()
        .await
        .unwrap();
    let carried: BTreeSet<String> = carried
        .iter()
        .map(|step| format!("{}.sql", step.name))
        .collect();
    assert_eq!(sqlite, carried, "list every file in src/store/migrate.rs");
    for name in &sqlite {
        let number = name.split('_').next().unwrap();
        assert!(
            number.len() == 4 && number.parse::<u32>().is_ok(),
            "{name}: name it NNNN_what.sql"
        );
    }
}

async fn an_empty_database_is_brought_up_to_date_once(database: &Database) {
    let store = Store::connect(&database.url).await.unwrap();
    let before = store.migrations().await.unwrap();
    assert!(!before.is_empty() && before.iter().all(|step| !step.applied));
    let names: Vec<String> = before.into_iter().map(|step| step.name).collect();
    assert_eq!(store.migrate().await.unwrap(), names);
    assert_eq!(store.migrate().await.unwrap(), Vec::<String>::new());
    assert!(
        store
            .migrations()
            .await
            .unwrap()
            .iter()
            .all(|step| step.applied)
    );
    store.close().await;
    assert!(
        database
            .store()
            .await
            .migrations()
            .await
            .unwrap()
            .iter()
            .all(|step| step.applied)
    );
}

async fn programs_that_start_together_take_turns(database: &Database) {
    let mut starters = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let url = database.url.clone();
        starters.spawn(async move { Store::connect(&url).await.unwrap().migrate().await.unwrap() });
    }
    let mut applied: Vec<String> = Vec::new();
    while let Some(starter) = starters.join_next().await {
        applied.extend(starter.unwrap());
    }
    let store = database.store().await;
    let names: Vec<String> = store
        .migrations()
        .await
        .unwrap()
        .into_iter()
        .map(|step| step.name)
        .collect();
    // One may take the first step and another the next.
    applied.sort();
    assert_eq!(applied, names, "each migration by one of them");
}

async fn a_newer_database_is_refused(database: &Database) {
    let store = database.store().await;
    let known = store.migrations().await.unwrap().last().unwrap().number;
    let mut newer = database.outsider().await;
    newer
        .run("INSERT INTO schema_migration VALUES (9999, '9999_later', 'abc')")
        .await
        .unwrap();
    let error = Store::open(&database.url).await.err().unwrap();
    assert!(
        matches!(error, StoreError::TooNew { found: 9999, known: k } if k == known),
        "{error}"
    );
}

async fn a_database_migrated_with_other_contents_is_refused(database: &Database) {
    database.store().await.close().await;
    let mut other = database.outsider().await;
    other
        .run("UPDATE schema_migration SET checksum = 'abc' WHERE number = 1")
        .await
        .unwrap();
    let error = Store::open(&database.url).await.err().unwrap();
    assert!(error.to_string().contains("0001_main"), "{error}");
}
