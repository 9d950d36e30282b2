//! Who is told of what takes a second person: whoever may confirm it at once and once more, whoever asked in the end.

use fabu::domain::approval::Actor;
use fabu::domain::level::ResponseLevel;
use fabu::domain::rights::Asked;
use fabu::flow::confirm::{self, Outcome};
use fabu::id::IncidentId;

use crate::support::database::Database;
use crate::support::town::{Town, duty_officer, examples, officer};

const START: &str = "2026-07-01T03:00:00+08:00";
const MAYOR: &str = "county-government/deputy-mayor";

crate::on_each_database!(
    whoever_may_confirm_is_told_at_once_and_once_more_before_it_lapses,
    whoever_asked_hears_that_it_was_confirmed,
    whoever_asked_hears_that_it_was_declined_and_whoever_was_asked_that_it_was_taken_back,
    a_gateway_that_takes_one_segment_keeps_nobody_from_being_told,
);

fn mayor() -> Actor {
    officer("fushizhang", &[MAYOR])
}

/// A flood, with a telephone for the deputy mayor and one for the duty officer.
async fn flooded(database: &Database) -> (Town, IncidentId) {
    let mut town = Town::new(database.store().await, START).await;
    town.reachable(MAYOR, "13800000007").await;
    town.reachable("flood-office/duty-officer", "13800000008")
        .await;
    let incident = town.declare("flood", ResponseLevel::IV).await.incident.id;
    town.tick().await;
    (town, incident)
}

async fn ask_to_end(town: &mut Town, incident: &IncidentId) -> Asked {
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    let wish = confirm::end(&mut tx, &world, now, &duty_officer(), incident, "雨停水退")
        .await
        .unwrap();
    town.realm.commit(tx).await.unwrap();
    town.tick().await;
    match wish {
        Outcome::Asked(asked) => *asked,
        Outcome::Done(_) => panic!("one person ended it"),
    }
}

async fn decline(town: &mut Town, actor: &Actor, asked: &Asked) {
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    confirm::decline(&mut tx, &world, now, actor, &asked.id, "上游仍在涨水")
        .await
        .unwrap();
    town.realm.commit(tx).await.unwrap();
    town.tick().await;
}

fn mayor_heard(town: &Town) -> Vec<String> {
    let all = town.heard("13800000007").into_iter();
    all.filter(|text| text.contains("提请解除")).collect()
}

fn office_heard(town: &Town) -> Vec<String> {
    let all = town.heard("13800000008").into_iter();
    all.filter(|text| text.contains("提请解除")).collect()
}

async fn whoever_may_confirm_is_told_at_once_and_once_more_before_it_lapses(database: &Database) {
    let (mut town, incident) = flooded(database).await;
    let asked = ask_to_end(&mut town, &incident).await;
    let said = mayor_heard(&town);
    assert_eq!(said.len(), 1, "{said:?}");
    for words in [
        "zhiban",
        incident.short(),
        "雨停水退",
        "7月1日5时",
        "还剩2小时",
        &format!("fabu incident confirm {}", asked.id.short()),
    ] {
        assert!(said[0].contains(words), "{words}: {said:?}");
    }
    let group = town.parcels("leaders-group").into_iter();
    let group = group.filter(|one| one.rendering.text.contains("fabu incident confirm"));
    assert_eq!(group.count(), 1, "the group is told once");
    town.pass("83m").await;
    assert_eq!(mayor_heard(&town).len(), 1);
    town.pass("2m").await;
    let said = mayor_heard(&town);
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[1].contains("尚无人确认"), "{said:?}");
    assert_eq!(office_heard(&town), Vec::<String>::new());
    town.pass("36m").await;
    assert_eq!(mayor_heard(&town).len(), 2);
    let said = office_heard(&town);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("到时无人确认"), "{said:?}");
    let acts: Vec<String> = (town.journal().await.into_iter())
        .map(|entry| entry.act)
        .filter(|act| act.starts_with("second-person"))
        .collect();
    assert_eq!(
        acts,
        [
            "second-person-asked",
            "second-person-reminded",
            "second-person-lapsed"
        ]
    );
}

async fn whoever_asked_hears_that_it_was_confirmed(database: &Database) {
    let (mut town, incident) = flooded(database).await;
    let asked = ask_to_end(&mut town, &incident).await;
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    confirm::confirm(&mut tx, &world, now, &mayor(), &asked.id)
        .await
        .unwrap();
    town.realm.commit(tx).await.unwrap();
    town.tick().await;
    let said = office_heard(&town);
    assert!(
        said.iter().any(|text| text.contains("已由fushizhang确认")),
        "{said:?}"
    );
    town.pass("3h").await;
    assert_eq!(mayor_heard(&town).len(), 1, "nothing waits any more");
}

async fn whoever_asked_hears_that_it_was_declined_and_whoever_was_asked_that_it_was_taken_back(
    database: &Database,
) {
    let (mut town, incident) = flooded(database).await;
    let asked = ask_to_end(&mut town, &incident).await;
    decline(&mut town, &mayor(), &asked).await;
    let said = office_heard(&town);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].contains("fushizhang不同意") && said[0].contains("上游仍在涨水"),
        "{said:?}"
    );
    let again = ask_to_end(&mut town, &incident).await;
    decline(&mut town, &duty_officer(), &again).await;
    assert_eq!(office_heard(&town).len(), 1, "they know");
    let said = mayor_heard(&town);
    assert_eq!(said.len(), 3, "{said:?}");
    assert!(said[2].contains("无须确认"), "{said:?}");
}

async fn a_gateway_that_takes_one_segment_keeps_nobody_from_being_told(database: &Database) {
    let mut plans = examples();
    let sms = plans.channels.get_mut("sms").unwrap();
    sms.sms.as_mut().unwrap().max_parts = 1;
    let mut town = Town::with_plans(database.store().await, START, plans).await;
    town.reachable(MAYOR, "13800000007").await;
    let incident = town.declare("flood", ResponseLevel::IV).await.incident.id;
    town.tick().await;
    ask_to_end(&mut town, &incident).await;
    let said = mayor_heard(&town);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains('…'), "{said:?}");
    let group = town.parcels("leaders-group").into_iter();
    let mut group = group.filter(|one| one.rendering.text.contains("fabu incident confirm"));
    assert!(group.next().is_some(), "whole where there is room");
}
