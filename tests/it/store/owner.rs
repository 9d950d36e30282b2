//! Who serves a database: one process, until it is gone, however it went.

use chrono::TimeDelta;
use fabu::domain::ailment::Ailment;
use fabu::domain::owner::Process;
use fabu::store::{Origin, Store, StoreError, Taking};

use crate::support::database::Database;
use crate::support::town::at;

crate::on_each_database!(
    a_living_owner_is_never_replaced_and_a_dead_one_at_once,
    whoever_is_replaced_learns_of_it_and_changes_nothing,
    one_that_cannot_be_looked_for_is_waited_for;
    not in memory:
    a_database_keeps_its_name,
    what_this_program_did_not_make_is_told_apart,
);

fn process(id: &str, place: &str) -> Process {
    Process {
        id: id.into(),
        host: "shili".into(),
        place: place.into(),
        pid: 7,
        born: id.into(),
    }
}

async fn take(
    store: &Store,
    process: &Process,
    file: &str,
    alive: bool,
) -> Result<Taking, StoreError> {
    let now = at("2026-07-01T11:00:00+08:00");
    store
        .take(
            "node",
            process,
            (file, "/srv/fabu.db"),
            None,
            &move |_: &Process| alive,
            now,
        )
        .await
}

async fn a_living_owner_is_never_replaced_and_a_dead_one_at_once(database: &Database) {
    let store = database.store().await;
    assert_eq!(
        take(&store, &process("one", "here"), "", false)
            .await
            .unwrap(),
        Taking::Done
    );
    let twin = database.store().await;
    let refused = take(&twin, &process("two", "here"), "", true)
        .await
        .unwrap_err();
    assert!(matches!(refused, StoreError::Taken(_)), "{refused}");
    assert!(
        refused.to_string().contains("process 7 on shili"),
        "{refused}"
    );
    store.beat(at("2026-07-01T11:00:03+08:00")).await.unwrap();
    assert_eq!(
        take(&twin, &process("two", "here"), "", false)
            .await
            .unwrap(),
        Taking::Done
    );
}

async fn whoever_is_replaced_learns_of_it_and_changes_nothing(database: &Database) {
    let store = database.store().await;
    take(&store, &process("one", "here"), "f", false)
        .await
        .unwrap();
    let heir = database.store().await;
    // The lock on the same file says that the first is gone, whatever the system says of its number.
    take(&heir, &process("two", "here"), "f", true)
        .await
        .unwrap();
    let lost = store
        .beat(at("2026-07-01T11:00:03+08:00"))
        .await
        .unwrap_err();
    assert_eq!(lost.ailment(), Some(Ailment::LockLost), "{lost}");
    store.give_up().await.unwrap();
    heir.beat(at("2026-07-01T11:00:04+08:00")).await.unwrap();
    let owner = heir.owner("node").await.unwrap().unwrap();
    assert_eq!((owner.process.id.as_str(), owner.ended), ("two", false));
    heir.give_up().await.unwrap();
    assert!(heir.owner("node").await.unwrap().unwrap().ended);

    store.bar(Some("for a while".into()));
    let refused = store.begin().await.err().unwrap();
    assert!(matches!(refused, StoreError::Barred(_)), "{refused}");
    store.read().await.unwrap();
    store.bar(None);
    store.begin().await.unwrap();
}

async fn one_that_cannot_be_looked_for_is_waited_for(database: &Database) {
    let store = database.store().await;
    take(&store, &process("one", "here"), "", false)
        .await
        .unwrap();
    let (other, twin) = (process("two", "elsewhere"), database.store().await);
    let Taking::Unclear(seen) = take(&twin, &other, "", false).await.unwrap() else {
        panic!("it was taken");
    };
    let again = async |seen| {
        let now = at("2026-07-01T11:00:30+08:00");
        let alive = |_: &Process| false;
        twin.take("node", &other, ("", ""), Some(seen), &alive, now)
            .await
            .unwrap()
    };
    store.beat(at("2026-07-01T11:00:03+08:00")).await.unwrap();
    let Taking::Unclear(moved) = again(&seen).await else {
        panic!("it was taken from a living one");
    };
    assert_eq!(moved.beat_at - seen.beat_at, TimeDelta::seconds(3));
    assert_eq!(again(&moved).await, Taking::Done, "it has died meanwhile");
}

async fn a_database_keeps_its_name(database: &Database) {
    let store = database.store().await;
    assert_eq!(store.known_installation().await.unwrap(), None);
    assert_eq!(store.installation("L-1").await.unwrap(), "L-1");
    assert_eq!(store.installation("L-2").await.unwrap(), "L-1");
    take(&store, &process("one", "here"), "", false)
        .await
        .unwrap();
    let mut outsider = database.outsider().await;
    outsider
        .run("UPDATE installation SET id = 'L-3'")
        .await
        .unwrap();
    let other = store
        .beat(at("2026-07-01T11:00:03+08:00"))
        .await
        .unwrap_err();
    assert_eq!(other.ailment(), Some(Ailment::ForeignDatabase), "{other}");
    outsider.run("DROP TABLE installation").await.unwrap();
    let gone = store
        .beat(at("2026-07-01T11:00:03+08:00"))
        .await
        .unwrap_err();
    assert_eq!(gone.ailment(), Some(Ailment::ForeignDatabase), "{gone}");
}

async fn what_this_program_did_not_make_is_told_apart(database: &Database) {
    let store = Store::connect(&database.url).await.unwrap();
    assert_eq!(store.origin().await.unwrap(), Origin::Empty);
    let mut outsider = database.outsider().await;
    outsider.run("CREATE TABLE letters (a TEXT)").await.unwrap();
    assert_eq!(store.origin().await.unwrap(), Origin::Foreign);
    outsider
        .run("CREATE TABLE schema_migration (version TEXT)")
        .await
        .unwrap();
    assert_eq!(
        store.origin().await.unwrap(),
        Origin::Foreign,
        "others have such a table, too"
    );
    outsider.run("DROP TABLE schema_migration").await.unwrap();
    outsider.run("DROP TABLE letters").await.unwrap();
    store.migrate().await.unwrap();
    assert_eq!(store.origin().await.unwrap(), Origin::Ours);
}
