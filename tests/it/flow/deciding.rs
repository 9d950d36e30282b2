//! Measures that a level makes ready and a person decides; rows that go out in another text.

use std::sync::Arc;

use fabu::domain::area::AreaCode;
use fabu::domain::deadline::{Anchor, DayCalendar, Due};
use fabu::domain::level::ResponseLevel;
use fabu::domain::plan::{Item, PlanSet};
use fabu::domain::release::ReleaseState;
use fabu::flow::VerbError;
use fabu::flow::request::{Answer, Order};

use crate::support::database::Database;
use crate::support::town::{Town, at, duty_officer, examples, flood_facts, officer};

const START: &str = "2026-07-01T03:00:00+08:00";

crate::on_each_database!(
    a_measure_waits_for_an_order_and_its_clock_starts_there,
    the_first_of_two_opposite_answers_counts,
    alternatives_are_never_both_in_force_in_one_place,
    places_beyond_the_incident_are_refused,
    the_end_lists_what_still_binds_and_asks_for_its_lifting,
    a_row_in_another_text_goes_out_and_is_withdrawn_with_it,
    the_public_is_told_of_an_end_by_a_notice_and_not_before,
);

/// The flood plan with two measures that exclude each other, their lifting, and the advice in the notice's text.
fn measures() -> PlanSet {
    let mut set = examples();
    for pinned in set.plans.iter_mut().filter(|one| one.plan.plan == "flood") {
        let mut plan = (*pinned.plan).clone();
        let due = |within: &str| Due {
            within: within.parse().unwrap(),
            of: Anchor::Request,
            calendar: DayCalendar::Clock,
        };
        let words = "---\ntitle: 关于避险的通告\n---\n请按要求避险。\n";
        plan.templates.insert("measure".into(), words.into());
        let notice = plan
            .item(ResponseLevel::IV, "response-notice")
            .unwrap()
            .clone();
        let measure = |code: &str, name: &str| Item {
            item: code.into(),
            name: name.into(),
            template: "measure".into(),
            role: None,
            fast: None,
            interpretation: None,
            decided: true,
            due: vec![due("30m")],
            ..notice.clone()
        };
        let mut leave = measure("leave", "人员转移");
        leave.instead_of = vec!["stay-in".into()];
        let over = Item {
            lifts: vec!["leave".into(), "stay-in".into()],
            ..measure("over", "解除")
        };
        let items = plan.levels.get_mut(&ResponseLevel::III).unwrap();
        for item in items.iter_mut().filter(|item| item.item == "shelter-list") {
            item.bundle = Some("response-notice".into());
        }
        items.extend([leave, measure("stay-in", "就地避险")]);
        plan.end.push(over);
        pinned.plan = Arc::new(plan);
        pinned.hash = format!("measures-{}", pinned.hash);
    }
    set
}

async fn town(database: &Database) -> (Town, fabu::id::IncidentId) {
    let mut town = Town::with_plans(database.store().await, START, measures()).await;
    let declared = town.declare("flood", ResponseLevel::III).await;
    town.facts(&declared.incident.id, &flood_facts()).await;
    town.tick().await;
    (town, declared.incident.id)
}

fn ordered() -> Answer {
    Answer::Ordered(Order::default())
}

fn in_village(instead: bool) -> Answer {
    Answer::Ordered(Order {
        areas: Some(vec![AreaCode("320299101201".into())]),
        instead,
        ..Order::default()
    })
}

fn refused(answer: Result<fabu::domain::release::Release, VerbError>) -> String {
    answer.expect_err("refused").to_string()
}

async fn a_measure_waits_for_an_order_and_its_clock_starts_there(database: &Database) {
    let (mut town, incident) = town(database).await;
    let ready = town.of_item(&incident, "leave").await;
    assert_eq!((ready.state.code(), ready.due_at), ("undecided", None));
    let asked = async |town: &Town| {
        let acts = town.acts(&ready.id).await;
        acts.iter().filter(|act| *act == "decision-asked").count()
    };
    assert_eq!(asked(&town).await, 1);
    town.pass("65m").await;
    assert_eq!(
        asked(&town).await,
        2,
        "asked again, and less and less often"
    );
    let ready = town.release(&ready.id).await;
    assert!(!ready.is_overdue(town.now()));
    let stranger = officer("x", &["publicity-department/section-head"]);
    refused(town.decide(&stranger, &ready.id, ordered()).await);
    let now = town.now();
    let release = town
        .decide(&duty_officer(), &ready.id, ordered())
        .await
        .unwrap();
    assert_eq!(release.due_at, Some(now + chrono::TimeDelta::minutes(30)));
    town.tick().await;
    assert_eq!(town.release(&ready.id).await.state.code(), "drafting");
    assert_eq!(town.publish(&ready.id).await.state.code(), "published");
    // Ordered and out: the next level does not ask again, and its fall does not end it.
    town.level(&incident, ResponseLevel::IV).await;
    assert_eq!(town.release(&ready.id).await.state.code(), "published");
}

async fn the_first_of_two_opposite_answers_counts(database: &Database) {
    let (town, incident) = town(database).await;
    let ready = town.of_item(&incident, "leave").await;
    let no = Answer::NotApplicable {
        reason: "水位未到警戒".into(),
    };
    let first = town.decide(&duty_officer(), &ready.id, no).await.unwrap();
    assert_eq!(first.state.code(), "not-applicable");
    let why = refused(town.decide(&duty_officer(), &ready.id, ordered()).await);
    assert!(
        why.contains("not-applicable") && why.contains("zhiban"),
        "{why}"
    );
}

async fn alternatives_are_never_both_in_force_in_one_place(database: &Database) {
    let (mut town, incident) = town(database).await;
    let stay = town.of_item(&incident, "stay-in").await.id;
    let leave = town.of_item(&incident, "leave").await.id;
    town.decide(&duty_officer(), &stay, in_village(false))
        .await
        .unwrap();
    town.tick().await;
    town.publish(&stay).await;
    let why = refused(
        town.decide(&duty_officer(), &leave, in_village(false))
            .await,
    );
    assert!(
        why.contains(stay.as_str()) && why.contains("nothing was ordered"),
        "{why}"
    );
    let order = town
        .decide(&duty_officer(), &leave, in_village(true))
        .await
        .unwrap();
    assert_eq!(
        order.areas.as_deref(),
        Some(&[AreaCode("320299101201".into())][..])
    );
    town.tick().await;
    town.publish(&leave).await;
    assert_eq!(town.release(&stay).await.state.code(), "superseded");
}

async fn places_beyond_the_incident_are_refused(database: &Database) {
    let (town, incident) = town(database).await;
    let leave = town.of_item(&incident, "leave").await.id;
    let elsewhere = Answer::Ordered(Order {
        areas: Some(vec![AreaCode("110000".into())]),
        ..Order::default()
    });
    let why = refused(town.decide(&duty_officer(), &leave, elsewhere).await);
    assert!(why.contains("areas[0]") && why.contains("110000"), "{why}");
    assert_eq!(town.release(&leave).await.state.code(), "undecided");
}

async fn the_end_lists_what_still_binds_and_asks_for_its_lifting(database: &Database) {
    let (mut town, incident) = town(database).await;
    let leave = town.of_item(&incident, "leave").await.id;
    let stay = town.of_item(&incident, "stay-in").await.id;
    town.decide(&duty_officer(), &leave, ordered())
        .await
        .unwrap();
    town.tick().await;
    town.publish(&leave).await;
    let ended = town.end(&incident).await;
    let over = ended
        .releases
        .iter()
        .find(|r| r.item == "over")
        .expect("its lifting is ready");
    assert_eq!(over.state.code(), "undecided");
    assert_eq!(town.release(&stay).await.state.code(), "cancelled");
    let over = over.id.clone();
    town.decide(&duty_officer(), &over, ordered())
        .await
        .unwrap();
    town.tick().await;
    town.publish(&over).await;
    assert_eq!(town.release(&leave).await.state.code(), "superseded");
}

async fn a_row_in_another_text_goes_out_and_is_withdrawn_with_it(database: &Database) {
    let (mut town, incident) = town(database).await;
    let notice = town.of_item(&incident, "response-notice").await.id;
    let part = town.of_item(&incident, "shelter-list").await;
    assert_eq!(part.part_of.as_ref(), Some(&notice));
    town.pass("20m").await;
    assert_eq!(
        town.release(&part.id).await.state,
        ReleaseState::Planned,
        "no draft of its own"
    );
    town.publish(&notice).await;
    let part = town.release(&part.id).await;
    let out = part.state.publication().expect("out with the notice");
    assert_eq!(out.due_at, part.due_at);
    assert!(part.due_at.is_some_and(|due| due > at(START)));
    let leader = officer("dai", &["flood-office/duty-leader"]);
    town.withdraw(&leader, &notice).await;
    for id in [&notice, &part.id] {
        assert_eq!(town.release(id).await.state.code(), "withdrawn");
    }
}

async fn the_public_is_told_of_an_end_by_a_notice_and_not_before(database: &Database) {
    let (mut town, incident) = town(database).await;
    let notice = town.of_item(&incident, "response-notice").await.id;
    town.publish(&notice).await;
    let ended = town.end(&incident).await;
    let shown = |town: &Town| {
        let store = town.realm.store.clone();
        let notice = notice.clone();
        async move {
            store
                .read()
                .await
                .unwrap()
                .portal_entry(&notice)
                .await
                .unwrap()
                .unwrap()
        }
    };
    assert!(
        !shown(&town).await.has_ended(),
        "nobody has signed that it ended"
    );
    town.tick().await;
    let end = ended
        .releases
        .iter()
        .find(|r| r.item == "termination-notice")
        .unwrap();
    town.publish(&end.id).await;
    let shown = shown(&town).await;
    assert!(shown.has_ended() && shown.next_update.is_none());
}
