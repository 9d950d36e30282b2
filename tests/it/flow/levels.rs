//! Up, down, straight to I, and the end.

use fabu::domain::level::ResponseLevel;
use fabu::domain::reason::Reason;
use fabu::domain::release::ReleaseState;

use crate::support::database::Database;
use crate::support::town::{Town, at, flood_facts};

const START: &str = "2026-07-01T03:00:00+08:00";

crate::on_each_database!(
    a_raise_supersedes_drafts_and_plans_the_new_level_from_now,
    straight_to_the_top_plans_everything_inherited,
    a_fall_slows_the_rhythm_and_announces_itself,
    the_end_stops_rhythms_plans_its_own_items_and_starts_the_clocks,
    an_incident_keeps_the_plan_it_was_declared_under,
    whoever_was_told_of_the_higher_level_is_told_of_the_lower_one_and_of_the_end,
);

async fn a_raise_supersedes_drafts_and_plans_the_new_level_from_now(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let incident = town.declare("flood", ResponseLevel::IV).await.incident.id;
    town.facts(&incident, &flood_facts()).await;
    town.tick().await;
    let advisory = town.of_item(&incident, "risk-advisory").await;
    town.pass("20m").await;
    let raised = town.level(&incident, ResponseLevel::II).await;
    let was = town.release(&advisory.id).await;
    let ReleaseState::Superseded { why, was: None, .. } = &was.state else {
        panic!("{:?}", was.state)
    };
    let to = ResponseLevel::II;
    assert_eq!(*why, Reason::LevelRaised { to });
    let anew = raised
        .releases
        .iter()
        .find(|r| r.item == "risk-advisory")
        .expect("planned anew");
    assert!(anew.opened_at == town.now() && anew.level == Some(ResponseLevel::II));
    assert!(
        raised.releases.iter().any(|r| r.item == "press-conference"),
        "items of the new level"
    );
}

async fn whoever_was_told_of_the_higher_level_is_told_of_the_lower_one_and_of_the_end(
    database: &Database,
) {
    let mut town = Town::new(database.store().await, START).await;
    let phone = "13800000001";
    town.enter("villager", phone, &["320299101"]).await;
    let incident = town.declare("flood", ResponseLevel::II).await.incident.id;
    town.facts(&incident, &flood_facts()).await;
    town.tick().await;
    let is_told = |town: &Town| {
        let parcels = town.parcels("sms");
        parcels
            .iter()
            .filter(|one| one.address.contains(phone))
            .count()
    };
    let notice = town.of_item(&incident, "response-notice").await.id;
    town.publish(&notice).await;
    town.pass("5m").await;
    let before = is_told(&town);
    assert!(before > 0, "the notice of level II goes to everybody");
    // At level IV the same notice goes to no phone by itself.
    town.level(&incident, ResponseLevel::IV).await;
    town.tick().await;
    let lowered = town.of_item(&incident, "response-notice").await.id;
    assert_ne!(lowered, notice);
    town.publish(&lowered).await;
    town.pass("5m").await;
    let after = is_told(&town);
    assert_eq!(after, before + 1, "told of the lower level");
    town.end(&incident).await;
    town.tick().await;
    let end = town.of_item(&incident, "termination-notice").await.id;
    town.publish(&end).await;
    town.pass("5m").await;
    assert_eq!(is_told(&town), after + 1, "told of the end");
}

async fn straight_to_the_top_plans_everything_inherited(database: &Database) {
    let town = Town::new(database.store().await, START).await;
    let declared = town.declare("flood", ResponseLevel::I).await;
    let codes: Vec<&str> = declared.releases.iter().map(|r| r.item.as_str()).collect();
    for item in [
        "response-notice",
        "risk-advisory",
        "flood-situation",
        "press-conference",
    ] {
        assert!(codes.contains(&item), "{item} is missing from {codes:?}");
    }
    let press = declared
        .releases
        .iter()
        .find(|r| r.item == "press-conference")
        .unwrap();
    assert!(press.due_at.unwrap() <= at(START) + chrono::TimeDelta::hours(24));
}

async fn a_fall_slows_the_rhythm_and_announces_itself(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let incident = town.declare("flood", ResponseLevel::II).await.incident.id;
    town.facts(&incident, &flood_facts()).await;
    town.tick().await;
    let notice = town.of_item(&incident, "response-notice").await.id;
    town.publish(&notice).await;
    let lowered = town.level(&incident, ResponseLevel::IV).await;
    let anew = lowered
        .releases
        .iter()
        .find(|r| r.item == "response-notice")
        .expect("the new level is announced");
    assert_eq!(anew.occurrence, 2);
    let situation = town.of_item(&incident, "flood-situation").await;
    assert_eq!(
        situation.due_at,
        Some(at("2026-07-01T08:30:00+08:00")),
        "back to 08:00 and 17:00"
    );
    town.tick().await;
    town.publish(&anew.id).await;
    assert_eq!(town.release(&notice).await.state.code(), "superseded");
}

async fn the_end_stops_rhythms_plans_its_own_items_and_starts_the_clocks(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let incident = town.declare("flood", ResponseLevel::III).await.incident.id;
    town.facts(&incident, &flood_facts()).await;
    town.tick().await;
    let notice = town.of_item(&incident, "response-notice").await.id;
    town.publish(&notice).await;
    town.pass("1h").await;
    let ended = town.end(&incident).await;
    assert!(
        ended.releases.iter().any(|r| r.level.is_none()),
        "end items are planned"
    );
    let still_open: Vec<String> = town
        .releases(&incident)
        .await
        .into_iter()
        .filter(|r| r.state.is_open() && r.level.is_some() && r.tied_to.is_none())
        .map(|r| r.item)
        .collect();
    assert!(still_open.is_empty(), "{still_open:?}");
    let ReleaseState::Published(publication) = town.release(&notice).await.state else {
        panic!("it stands")
    };
    assert!(publication.valid_until.is_some());
    town.pass("3d").await;
    assert!(
        !town
            .releases(&incident)
            .await
            .iter()
            .any(|r| r.state.code() == "missed"),
        "no rhythm beats on"
    );
}

async fn an_incident_keeps_the_plan_it_was_declared_under(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let declared = town.declare("flood", ResponseLevel::IV).await;
    let mut edited = crate::support::town::examples();
    for pinned in &mut edited.plans {
        let mut plan = (*pinned.plan).clone();
        plan.levels.clear();
        pinned.plan = std::sync::Arc::new(plan);
        pinned.hash = format!("other-{}", pinned.hash);
    }
    town.realm.replace_plans(edited);
    town.facts(&declared.incident.id, &flood_facts()).await;
    town.tick().await;
    let notice = town
        .of_item(&declared.incident.id, "response-notice")
        .await
        .id;
    assert_eq!(town.publish(&notice).await.state.code(), "published");
}
