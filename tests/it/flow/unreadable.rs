//! A release whose row cannot be read: what goes on without it, what waits, and what is said of it.

use fabu::domain::level::ResponseLevel;
use fabu::flow::declare;
use fabu::id::{IncidentId, ReleaseId};
use serde_json::json;

use super::deciding::{ordered, out, refused, town};
use crate::support::database::Database;
use crate::support::house::House;
use crate::support::town::{Town, duty_officer};

const HERE: &str = "320299101";

crate::on_each_database!(
    facts_levels_and_texts_go_on_without_a_row_that_binds_nobody,
    what_may_bind_stops_orders_and_ends_by_name,
    lists_show_the_row_that_cannot_be_read,
);

pub(super) async fn broken(database: &Database, id: &ReleaseId) {
    let mut outsider = database.outsider().await;
    let sql = format!("UPDATE release SET doc = '{{' WHERE id = '{id}'");
    outsider.run(&sql).await.unwrap();
}

async fn level(town: &Town, id: &IncidentId, level: ResponseLevel) -> Result<(), String> {
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    let officer = duty_officer();
    let changed =
        declare::change_level(&mut tx, &world, now, &officer, id, level, "雨情变化").await;
    changed.map_err(|error| error.to_string())?;
    town.realm.commit(tx).await.unwrap();
    Ok(())
}

async fn facts_levels_and_texts_go_on_without_a_row_that_binds_nobody(database: &Database) {
    let (mut town, incident) = town(database).await;
    let bulletin = town.of_item(&incident, "flood-situation").await.id;
    broken(database, &bulletin).await;
    town.facts(&incident, &[("rainfall", json!(180.0))]).await;
    let mut tx = town.realm.store.read().await.unwrap();
    let all = tx.readable_of(&incident).await.unwrap();
    drop(tx);
    assert_eq!(all.unreadable.len(), 1);
    let leave = all.releases.iter().find(|one| one.item == "leave").unwrap();
    out(&mut town, &leave.id, &[HERE]).await;
    assert_eq!(town.release(&leave.id).await.state.code(), "published");
    level(&town, &incident, ResponseLevel::II).await.unwrap();
    level(&town, &incident, ResponseLevel::III).await.unwrap();
    town.tick().await;
    // The rhythm went on, under a number that nothing else has.
    let mut tx = town.realm.store.read().await.unwrap();
    let all = tx.readable_of(&incident).await.unwrap();
    drop(tx);
    let bulletins = all
        .releases
        .iter()
        .filter(|one| one.item == "flood-situation");
    let open = bulletins.filter(|one| one.state.is_open()).count();
    assert_eq!(open, 1);
    town.end(&incident).await;
}

async fn what_may_bind_stops_orders_and_ends_by_name(database: &Database) {
    let (town, incident) = town(database).await;
    let (leave, stay) = (
        town.of_item(&incident, "leave").await.id,
        town.of_item(&incident, "stay-in").await.id,
    );
    broken(database, &stay).await;
    let why = refused(town.decide(&duty_officer(), &leave, ordered()).await);
    let says = |why: &str| why.contains(stay.as_str()) && why.contains("Nothing was done");
    assert!(says(&why), "{why}");
    assert_eq!(town.release(&leave).await.state.code(), "undecided");
    let why = level(&town, &incident, ResponseLevel::IV)
        .await
        .unwrap_err();
    assert!(says(&why), "{why}");
    // Nothing of this keeps a response from being raised, or facts from being taken in.
    town.facts(&incident, &[("rainfall", json!(180.0))]).await;
    level(&town, &incident, ResponseLevel::II).await.unwrap();
}

async fn lists_show_the_row_that_cannot_be_read(database: &Database) {
    let house = House::open(database).await;
    let (incident, notice) = house.declare().await;
    // The drafter must be through with the row, or it would write a whole one over the broken one.
    house.release_once(&notice, "drafting").await;
    broken(database, &notice.parse().unwrap()).await;
    for path in [
        format!("/api/v1/releases?incident={incident}"),
        "/api/v1/releases?mine=true".to_owned(),
    ] {
        let list = house.get(&path).await.ok();
        let line = list.as_array().unwrap().iter();
        let line = line.clone().find(|one| one["id"] == json!(notice));
        let line = line.unwrap_or_else(|| panic!("{path}: {list}"));
        assert_eq!(line["item"], "response-notice");
        assert!(line["name"].as_str().unwrap().contains("通告"), "{line}");
        assert!(!line["unreadable"].as_str().unwrap().is_empty());
    }
    let shown = house
        .get(&format!("/api/v1/incidents/{incident}"))
        .await
        .ok();
    let lines = shown["releases"].as_array().unwrap();
    assert!(lines.len() > 2 && lines.iter().any(|one| one["unreadable"].is_string()));
    let path = format!("/api/v1/releases/{notice}");
    let shown = house.get(&path).await;
    shown.problem(500, "unreadable-row", &[&notice, "Nothing was done"]);
    let facts = json!({"facts": {"rainfall": {"value": 12.5}}});
    let path = format!("/api/v1/incidents/{incident}/facts");
    house.put(&path, &facts).await.ok();
    house.close().await;
}
