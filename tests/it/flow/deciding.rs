//! Measures that a level makes ready and a person decides; rows that go out in another text.

use std::sync::Arc;

use fabu::domain::approval::{Actor, Consent};
use fabu::domain::area::{Area, AreaCode};
use fabu::domain::deadline::{Anchor, DayCalendar, Due};
use fabu::domain::level::ResponseLevel;
use fabu::domain::plan::{CorrectionKind, Item, PlanSet};
use fabu::domain::portal::{PortalEntry, Standing};
use fabu::domain::release::{Release, ReleaseState};
use fabu::flow::VerbError;
use fabu::flow::declare::GivenFact;
use fabu::flow::request::{Answer, Order};

use fabu::id::ReleaseId;
use serde_json::json;

use crate::support::database::Database;
use crate::support::town::{Town, at, duty_officer, examples, flood_facts, officer};

const START: &str = "2026-07-01T03:00:00+08:00";
pub(super) const VILLAGE: &str = "320299101201";
pub(super) const TOWN: &str = "320299101";
pub(super) const OTHER: &str = "320299102";

crate::on_each_database!(
    a_measure_waits_for_an_order_and_its_clock_starts_there,
    the_first_of_two_opposite_answers_counts,
    alternatives_are_never_both_in_force_in_one_place,
    places_beyond_the_incident_are_refused,
    the_end_lists_what_still_binds_and_asks_for_its_lifting,
    a_measure_is_lifted_place_by_place,
    a_lifting_that_is_taken_back_brings_its_measure_back,
    a_lifting_of_nothing_is_not_ordered,
    a_correction_stands_in_for_the_measure_that_it_mends,
    two_orders_for_two_places_name_two_places,
    what_was_ordered_before_the_end_is_lifted_after_it,
    what_is_ordered_somewhere_is_ordered_there_once,
    a_measure_of_no_validity_stands_until_it_is_lifted,
    a_row_in_another_text_goes_out_and_is_withdrawn_with_it,
    the_public_is_told_of_an_end_by_a_notice_and_not_before,
);

/// The flood plan with two measures that exclude each other, their lifting, and the advice in the notice's text.
pub(super) fn measures() -> PlanSet {
    let mut set = examples();
    for pinned in set.plans.iter_mut().filter(|one| one.plan.plan == "flood") {
        let mut plan = (*pinned.plan).clone();
        let due = |within: &str| Due {
            within: within.parse().unwrap(),
            of: Anchor::Request,
            calendar: DayCalendar::Clock,
        };
        let words = "---\ntitle: 关于{{#if evacuation-areas}}{{evacuation-areas}}{{/if}}避险的通告\n---\n请按要求避险。\n";
        plan.templates.insert("measure".into(), words.into());
        let words = "---\ntitle: 关于解除避险的通告\n---\n请有序返回。{{#if still-evacuated}}暂不返回：{{still-evacuated}}。{{/if}}\n";
        plan.templates.insert("lifting".into(), words.into());
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
            valid_for: None,
            due: vec![due("30m")],
            ..notice.clone()
        };
        let mut leave = measure("leave", "人员转移");
        leave.instead_of = vec!["stay-in".into()];
        leave.places_facts = vec!["evacuation-areas".into()];
        let over = Item {
            lifts: vec!["leave".into(), "stay-in".into()],
            effective: Some("return-time".into()),
            template: "lifting".into(),
            ..measure("over", "解除")
        };
        let items = plan.levels.get_mut(&ResponseLevel::III).unwrap();
        for item in items.iter_mut().filter(|item| item.item == "shelter-list") {
            item.bundle = Some("response-notice".into());
        }
        let both = [leave, measure("stay-in", "就地避险")];
        items.extend(both.clone());
        for item in items.iter_mut().filter(|item| item.item == "risk-update") {
            item.template = "measure".into();
            item.stands_with = vec!["leave".into()];
        }
        plan.levels
            .get_mut(&ResponseLevel::II)
            .unwrap()
            .extend(both);
        plan.end.push(over);
        pinned.plan = Arc::new(plan);
        pinned.hash = format!("measures-{}", pinned.hash);
    }
    set
}

pub(super) async fn town(database: &Database) -> (Town, fabu::id::IncidentId) {
    let mut town = Town::with_plans(database.store().await, START, measures()).await;
    let declared = town.declare("flood", ResponseLevel::III).await;
    town.facts(&declared.incident.id, &flood_facts()).await;
    town.tick().await;
    (town, declared.incident.id)
}

/// Whose signature is the last on the route of the measures.
pub(super) fn who_orders() -> Actor {
    officer("zhuren", &["flood-office/office-director"])
}

pub(super) fn ordered() -> Answer {
    Answer::Ordered(Order::default())
}

fn in_village(instead: bool) -> Answer {
    Answer::Ordered(Order {
        areas: Some(vec![AreaCode(VILLAGE.into())]),
        instead,
        ..Order::default()
    })
}

pub(super) fn order_for(places: &[&str]) -> Order {
    Order {
        areas: Some(places.iter().map(|code| AreaCode((*code).into())).collect()),
        ..Order::default()
    }
}

pub(super) fn order_in(places: &[&str]) -> Answer {
    Answer::Ordered(order_for(places))
}

/// Ordered in `places` and out.
pub(super) async fn out(town: &mut Town, id: &ReleaseId, places: &[&str]) {
    town.decide(&duty_officer(), id, order_in(places))
        .await
        .unwrap();
    town.tick().await;
    town.publish(id).await;
}

pub(super) async fn shown(town: &Town, id: &ReleaseId) -> PortalEntry {
    let mut tx = town.realm.store.read().await.unwrap();
    tx.portal_entry(id).await.unwrap().unwrap()
}

pub(super) fn refused(answer: Result<fabu::domain::release::Release, VerbError>) -> String {
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
    // Who wants it after all asks for it anew, so that both decisions stand in the journal.
    let anew = format!("fabu incident request {incident} leave");
    assert!(why.contains(&anew), "{why}");
    let order = Order::default();
    let anew = town.ask(&incident, "leave", order).await.unwrap();
    let late = town.decide(&duty_officer(), &anew[0].id, ordered()).await;
    let why = refused(late);
    assert!(why.contains("zhiban") && why.contains("since"), "{why}");
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
    let elsewhere = order_in(&["110000"]);
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
    assert_eq!(town.release(&leave).await.state.code(), "lifted");
}

async fn a_measure_is_lifted_place_by_place(database: &Database) {
    let (mut town, incident) = town(database).await;
    let leave = town.of_item(&incident, "leave").await.id;
    out(&mut town, &leave, &[TOWN, OTHER]).await;
    let ended = town.end(&incident).await;
    let over = |releases: &[Release]| {
        let asked = releases.iter().find(|r| r.item == "over");
        asked.expect("its lifting is ready").id.clone()
    };
    out(&mut town, &over(&ended.releases), &[TOWN]).await;
    let measure = town.release(&leave).await;
    assert_eq!(measure.state.code(), "published", "it binds on elsewhere");
    let entry = shown(&town, &leave).await;
    let places = |areas: &[Area]| areas.iter().map(|a| a.area.0.clone()).collect::<Vec<_>>();
    assert_eq!(places(&entry.areas), [OTHER]);
    assert_eq!(places(&entry.lifted[0].areas), [TOWN]);
    assert!(
        town.acts(&leave)
            .await
            .contains(&"measure-lifted-in".into())
    );
    // The rest is asked about, and for the rest only.
    let rest = town.of_item(&incident, "over").await;
    assert_eq!(rest.state.code(), "undecided");
    assert_eq!(rest.areas, order_for(&[OTHER]).areas);
    town.decide(&duty_officer(), &rest.id, ordered())
        .await
        .unwrap();
    town.tick().await;
    town.publish(&rest.id).await;
    assert_eq!(town.release(&leave).await.state.code(), "lifted");
}

async fn a_lifting_that_is_taken_back_brings_its_measure_back(database: &Database) {
    let (mut town, incident) = town(database).await;
    let leave = town.of_item(&incident, "leave").await.id;
    out(&mut town, &leave, &[TOWN, OTHER]).await;
    town.end(&incident).await;
    let over = town.of_item(&incident, "over").await.id;
    out(&mut town, &over, &[TOWN]).await;
    let rest = town.of_item(&incident, "over").await.id;
    out(&mut town, &rest, &[OTHER]).await;
    assert_eq!(town.release(&leave).await.state.code(), "lifted");
    // The first of the two was an error.
    town.withdraw(&who_orders(), &over).await;
    let measure = town.release(&leave).await;
    assert_eq!(measure.state.code(), "published");
    let entry = shown(&town, &leave).await;
    assert_eq!(entry.standing, Standing::Current);
    let places = |areas: &[Area]| areas.iter().map(|a| a.area.0.clone()).collect::<Vec<_>>();
    assert_eq!(places(&entry.areas), [TOWN]);
    assert!(town.acts(&leave).await.contains(&"measure-restored".into()));
    // Its lifting is asked about anew.
    let again = town.of_item(&incident, "over").await;
    assert_eq!(again.state.code(), "undecided");
    assert_ne!(again.id, rest);
}

async fn a_lifting_of_nothing_is_not_ordered(database: &Database) {
    let (mut town, incident) = town(database).await;
    let leave = town.of_item(&incident, "leave").await.id;
    out(&mut town, &leave, &[TOWN]).await;
    let ended = town.end(&incident).await;
    let over = ended.releases.iter().find(|r| r.item == "over").unwrap();
    let elsewhere = order_in(&[OTHER]);
    let why = refused(town.decide(&duty_officer(), &over.id, elsewhere).await);
    assert!(
        why.contains("Qingshan Town") && why.contains("nothing was ordered"),
        "{why}"
    );
    // The measure is taken back: nobody is asked about its lifting any more.
    let leader = officer("dai", &["flood-office/duty-leader"]);
    town.withdraw(&leader, &leave).await;
    assert_eq!(town.release(&over.id).await.state.code(), "cancelled");
    let anew = town.ask(&incident, "over", Order::default()).await;
    assert!(anew.is_err());
}

async fn a_correction_stands_in_for_the_measure_that_it_mends(database: &Database) {
    let (mut town, incident) = town(database).await;
    let leave = town.of_item(&incident, "leave").await.id;
    out(&mut town, &leave, &[TOWN]).await;
    let leader = officer("dai", &["flood-office/duty-leader"]);
    let facts = [
        ("correction-text", json!("河边的住户")),
        ("correction-to", json!("低洼处的住户")),
    ];
    let wrong = CorrectionKind::WrongContent;
    let correction = town.correct_saying(&leader, &leave, wrong, &facts).await;
    let correction = correction.unwrap().id;
    let consent = Consent {
        own_words: true,
        ..Consent::to(town.hash(&correction).await)
    };
    town.consent(&leader, &correction, &consent).await.unwrap();
    assert_eq!(town.release(&leave).await.state.code(), "corrected");
    assert!(shown(&town, &correction).await.binds);
    let stay = town.of_item(&incident, "stay-in").await.id;
    let why = refused(town.decide(&duty_officer(), &stay, in_village(false)).await);
    assert!(
        why.contains(leave.as_str()),
        "the order, not its correction: {why}"
    );
    let ended = town.end(&incident).await;
    let over = ended.releases.iter().find(|r| r.item == "over").unwrap();
    out(&mut town, &over.id, &[TOWN]).await;
    assert_eq!(town.release(&correction).await.state.code(), "lifted");
}

async fn two_orders_for_two_places_name_two_places(database: &Database) {
    let (mut town, incident) = town(database).await;
    let leave = town.of_item(&incident, "leave").await.id;
    out(&mut town, &leave, &[TOWN]).await;
    let order = order_for(&[OTHER]);
    let second = town.ask(&incident, "leave", order).await.unwrap()[0]
        .id
        .clone();
    town.tick().await;
    town.publish(&second).await;
    let title = async |id: &ReleaseId| shown(&town, id).await.text.title;
    let (first, second) = (title(&leave).await, title(&second).await);
    assert!(
        first.contains("临江镇") && !first.contains("青山镇"),
        "{first}"
    );
    assert!(
        second.contains("青山镇") && !second.contains("临江镇"),
        "{second}"
    );
    // A fact that names another place than the order does is refused.
    let mut order = order_for(&["320299103"]);
    let fact = GivenFact {
        value: "青山镇沿河".into(),
        as_of: None,
        source: None,
    };
    order.facts.insert("evacuation-areas".into(), fact.clone());
    let why = town
        .ask(&incident, "leave", order)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        why.contains("Qingshan Town") && why.contains("Beitang Town"),
        "{why}"
    );
    let mut order = order_for(&["320299103"]);
    let value = "北塘镇沿河".into();
    order
        .facts
        .insert("evacuation-areas".into(), GivenFact { value, ..fact });
    let third = town.ask(&incident, "leave", order).await.unwrap()[0]
        .id
        .clone();
    town.tick().await;
    town.publish(&third).await;
    assert!(shown(&town, &third).await.text.title.contains("北塘镇沿河"));
}

async fn what_was_ordered_before_the_end_is_lifted_after_it(database: &Database) {
    let (mut town, incident) = town(database).await;
    let leave = town.of_item(&incident, "leave").await.id;
    town.decide(&duty_officer(), &leave, ordered())
        .await
        .unwrap();
    town.tick().await;
    let ended = town.end(&incident).await;
    let is_over = |r: &Release| r.item == "over";
    assert!(!ended.releases.iter().any(is_over), "nothing binds yet");
    town.publish(&leave).await;
    let over = town.of_item(&incident, "over").await;
    assert_eq!(over.state.code(), "undecided", "asked as soon as it binds");
}

async fn what_is_ordered_somewhere_is_ordered_there_once(database: &Database) {
    let (mut town, incident) = town(database).await;
    let leave = town.of_item(&incident, "leave").await.id;
    out(&mut town, &leave, &[TOWN]).await;
    let twice = town.ask(&incident, "leave", order_for(&[VILLAGE])).await;
    let why = twice.unwrap_err().to_string();
    assert!(why.contains(leave.as_str()), "{why}");
    // The same places, given twice and one within another, are kept once.
    let order = Order {
        instead: true,
        ..order_for(&[VILLAGE, TOWN, TOWN])
    };
    let again = town.ask(&incident, "leave", order).await.unwrap();
    assert_eq!(again[0].areas, order_for(&[TOWN]).areas);
    town.tick().await;
    town.publish(&again[0].id).await;
    assert_eq!(town.release(&leave).await.state.code(), "superseded");
    // The next level asks about the places that are left.
    town.level(&incident, ResponseLevel::II).await;
    let rest = town.of_item(&incident, "leave").await;
    let areas = rest.areas.unwrap_or_default();
    assert_eq!(rest.state.code(), "undecided");
    assert!(areas.contains(&AreaCode(OTHER.into())), "{areas:?}");
    assert!(!areas.contains(&AreaCode(TOWN.into())), "{areas:?}");
}

async fn a_measure_of_no_validity_stands_until_it_is_lifted(database: &Database) {
    let (mut town, incident) = town(database).await;
    let leave = town.of_item(&incident, "leave").await.id;
    out(&mut town, &leave, &[TOWN]).await;
    town.end(&incident).await;
    assert_eq!(shown(&town, &leave).await.valid_until, None);
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
    // What a rhythm would bring next.
    let (mut tx, _, now) = town.realm.begin().await.unwrap();
    let mut promised = tx.portal_entry(&notice).await.unwrap().unwrap();
    promised.next_update = Some(now);
    tx.put_portal_entry(&promised, now).await.unwrap();
    town.realm.commit(tx).await.unwrap();
    let ended = town.end(&incident).await;
    let before = shown(&town, &notice).await;
    assert!(!before.has_ended(), "nobody has signed that it ended");
    assert_eq!(before.next_update, None, "nothing more will come");
    town.tick().await;
    let end = ended
        .releases
        .iter()
        .find(|r| r.item == "termination-notice")
        .unwrap();
    town.publish(&end.id).await;
    let shown = shown(&town, &notice).await;
    assert!(shown.has_ended() && shown.ended_with_response().is_some());
    let state = town.release(&notice).await.state;
    assert_eq!(state.zh(), "已结束", "{state:?}");
}
