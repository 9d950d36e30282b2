//! What lifts a measure: where, from which hour, what it says of that, and what becomes of it when it is taken back.

use std::sync::Arc;

use chrono::TimeDelta;
use fabu::domain::approval::Consent;
use fabu::domain::area::{Area, AreaCode};
use fabu::domain::bulletin::Bulletin;
use fabu::domain::level::ResponseLevel;
use fabu::domain::plan::{CorrectionKind, Item, ItemKind, PlanSet};
use fabu::domain::portal::{ChangeKind, Standing};
use fabu::domain::release::{Release, ReleaseState};
use fabu::flow::Answer;
use fabu::flow::declare::GivenFact;
use fabu::flow::request::{Answer as Decision, Order};
use fabu::id::{IncidentId, ReleaseId};
use serde_json::json;

use super::deciding::{OTHER, TOWN, measures, order_for, out, refused, shown, who_orders};
use crate::support::database::Database;
use crate::support::town::{Town, duty_officer, flood_facts, officer};

/// It lies in [`TOWN`].
pub(super) const VILLAGE: &str = "320299101202";
const START: &str = "2026-07-01T03:00:00+08:00";

crate::on_each_database!(
    advice_on_an_order_outlives_the_response_with_it,
    a_measure_binds_until_the_hour_that_its_lifting_names,
    what_explains_a_measure_is_over_with_it,
    a_lifting_taken_back_says_what_holds_again_and_is_asked_about_everywhere,
    an_announced_lifting_is_taken_back_before_its_hour,
    a_part_of_a_place_that_was_ordered_whole_comes_back_too,
    a_part_is_kept_where_its_lifting_is_taken_back_before_its_hour,
    a_second_lifting_says_nothing_of_the_first_ones_places,
    a_corrected_hour_moves_a_lifting_that_is_to_come,
    a_corrected_hour_brings_back_what_was_lifted_too_early,
    a_notice_that_a_measure_holds_again_is_over_with_that_measure,
    what_explains_a_withdrawn_measure_is_over_with_it,
    what_explained_a_withdrawn_measure_in_public_is_over_there,
    a_lifting_is_taken_back_only_by_whoever_may_order_what_binds_again,
    what_was_lifted_in_a_village_is_ordered_there_again,
);

/// The flood plan with two measures and their lifting; what explains the first of them goes with it.
pub(super) fn explained() -> PlanSet {
    let mut set = measures();
    for pinned in set.plans.iter_mut().filter(|one| one.plan.plan == "flood") {
        let mut plan = (*pinned.plan).clone();
        plan.templates.insert(
            "leave-questions".into(),
            "---\ntitle: 问答：转移时带什么\n---\n带上证件和药品。\n".into(),
        );
        for item in plan.levels.values_mut().flatten().chain(&mut plan.end) {
            if item.item == "over" {
                item.except = Some("still-evacuated".into());
            }
        }
        for items in plan.levels.values_mut() {
            for item in items.iter_mut().filter(|item| item.item == "leave") {
                let explains = Item {
                    item: "leave-questions".into(),
                    name: "问答：转移时带什么".into(),
                    kind: ItemKind::Interpretation,
                    template: "leave-questions".into(),
                    decided: false,
                    instead_of: Vec::new(),
                    places_facts: Vec::new(),
                    ..item.clone()
                };
                item.interpretation = Some(Box::new(explains));
            }
        }
        pinned.plan = Arc::new(plan);
        pinned.hash = format!("explained-{}", pinned.hash);
    }
    set
}

/// An evacuation of two towns that is out, with what explains it, and the response ended.
pub(super) async fn evacuated(database: &Database) -> (Town, IncidentId, ReleaseId) {
    let mut town = Town::with_plans(database.store().await, START, explained()).await;
    let incident = town.declare("flood", ResponseLevel::III).await.incident.id;
    town.facts(&incident, &flood_facts()).await;
    town.tick().await;
    let leave = town.of_item(&incident, "leave").await.id;
    out(&mut town, &leave, &[TOWN, OTHER]).await;
    town.end(&incident).await;
    (town, incident, leave)
}

async fn advice_on_an_order_outlives_the_response_with_it(database: &Database) {
    let mut town = Town::with_plans(database.store().await, START, explained()).await;
    let incident = town.declare("flood", ResponseLevel::III).await.incident.id;
    town.facts(&incident, &flood_facts()).await;
    town.tick().await;
    let leave = town.of_item(&incident, "leave").await.id;
    out(&mut town, &leave, &[TOWN, OTHER]).await;
    let advice = town.request(&incident, "risk-update").await[0].id.clone();
    town.tick().await;
    town.publish(&advice).await;
    town.end(&incident).await;
    town.tick().await;
    let end = town.of_item(&incident, "termination-notice").await.id;
    town.publish(&end).await;
    assert_eq!(town.release(&advice).await.state.code(), "published");
    lift(&mut town, &incident, &[TOWN], None).await;
    assert_eq!(town.release(&advice).await.state.code(), "published");
    lift(&mut town, &incident, &[OTHER], None).await;
    assert_eq!(town.release(&leave).await.state.code(), "lifted");
    assert_eq!(town.release(&advice).await.state.code(), "lifted");
}

/// Orders the lifting that is asked about for `places`, from `hours` after now, and publishes it.
pub(super) async fn lift(
    town: &mut Town,
    incident: &IncidentId,
    places: &[&str],
    hours: Option<i64>,
) -> ReleaseId {
    let over = town.of_item(incident, "over").await.id;
    let mut order = order_for(places);
    if let Some(hours) = hours {
        let at = town.now() + TimeDelta::hours(hours);
        let fact = GivenFact {
            value: json!(at.to_rfc3339()),
            as_of: None,
            source: None,
        };
        order.facts.insert("return-time".into(), fact);
    }
    let ordered = Decision::Ordered(order);
    town.decide(&duty_officer(), &over, ordered).await.unwrap();
    town.tick().await;
    town.publish(&over).await;
    over
}

pub(super) async fn text_of(town: &Town, id: &ReleaseId) -> Bulletin {
    let version = town.release(id).await.state.standing_version().unwrap();
    let mut tx = town.realm.store.read().await.unwrap();
    tx.bulletin(id, version).await.unwrap().unwrap()
}

fn codes(areas: &[Area]) -> Vec<&str> {
    areas.iter().map(|area| area.area.0.as_str()).collect()
}

async fn a_measure_binds_until_the_hour_that_its_lifting_names(database: &Database) {
    let (mut town, incident, leave) = evacuated(database).await;
    let over = lift(&mut town, &incident, &[TOWN, OTHER], Some(2)).await;
    let measure = town.release(&leave).await;
    assert_eq!(measure.state.code(), "published", "it binds until then");
    let entry = shown(&town, &leave).await;
    assert_eq!(entry.standing, Standing::Current);
    assert_eq!(codes(&entry.areas), [TOWN, OTHER]);
    assert!(entry.lifted[0].to_come && entry.binds);
    assert_eq!(entry.lifted[0].at, town.now() + TimeDelta::hours(2));
    // Nobody is asked about what is decided.
    let asked = town.releases(&incident).await;
    let is_asked = |one: &Release| matches!(one.state, ReleaseState::Undecided(_));
    assert!(!asked.iter().any(|one| one.item == "over" && is_asked(one)));
    town.pass("119m").await;
    assert_eq!(town.release(&leave).await.state.code(), "published");
    town.pass("2m").await;
    assert_eq!(town.release(&leave).await.state.code(), "lifted");
    let entry = shown(&town, &leave).await;
    assert!(matches!(&entry.standing, Standing::Lifted { by, .. } if *by == over));
    assert_eq!(codes(&entry.areas), [TOWN, OTHER]);
    let changes: Vec<_> = entry.changes.iter().map(|change| change.what).collect();
    assert!(
        matches!(
            changes[..],
            [ChangeKind::ToBeLifted { .. }, ChangeKind::Lifted]
        ),
        "{changes:?}"
    );
    let acts = town.acts(&leave).await;
    assert!(acts.ends_with(&["measure-lifted".into()]), "{acts:?}");
}

async fn what_explains_a_measure_is_over_with_it(database: &Database) {
    let (mut town, incident, leave) = evacuated(database).await;
    let questions = town.of_item(&incident, "leave-questions").await.id;
    town.publish(&questions).await;
    lift(&mut town, &incident, &[TOWN], None).await;
    assert_eq!(town.release(&questions).await.state.code(), "published");
    let rest = lift(&mut town, &incident, &[OTHER], None).await;
    assert_eq!(town.release(&leave).await.state.code(), "lifted");
    assert_eq!(town.release(&questions).await.state.code(), "lifted");
    let entry = shown(&town, &questions).await;
    assert!(matches!(entry.standing, Standing::Lifted { .. }));
    // Taken back, it explains again what holds again.
    town.withdraw(&who_orders(), &rest).await;
    assert_eq!(town.release(&questions).await.state.code(), "published");
    assert_eq!(shown(&town, &questions).await.standing, Standing::Current);
}

async fn a_lifting_taken_back_says_what_holds_again_and_is_asked_about_everywhere(
    database: &Database,
) {
    let (mut town, incident, leave) = evacuated(database).await;
    let first = lift(&mut town, &incident, &[TOWN], None).await;
    let rest = town.of_item(&incident, "over").await;
    assert_eq!(rest.areas, order_for(&[OTHER]).areas);
    let notice = town.withdraw(&who_orders(), &first).await;
    let text = text_of(&town, &notice.id).await.text;
    let title = shown(&town, &leave).await.text.title;
    let action = text.action.clone().unwrap_or_default();
    let sms = text.sms.clone().unwrap_or_default();
    for said in [&text.text, &action, &sms] {
        for words in [title.trim_matches(['《', '》']), "临江镇", "重新执行"] {
            assert!(said.contains(words), "{words}: {said}");
        }
        assert!(
            !said.contains("在青山镇"),
            "it was never lifted there: {said}"
        );
    }
    let english = text.text_en.unwrap_or_default();
    assert!(english.contains("in force again in Linjiang"), "{english}");
    // The question that was open for the other town is about both by now.
    let asked = town.release(&rest.id).await;
    assert_eq!(asked.state.code(), "undecided");
    let mut areas: Vec<AreaCode> = asked.areas.unwrap_or_default();
    areas.sort();
    assert_eq!(Some(areas), order_for(&[TOWN, OTHER]).areas);
    let entry = shown(&town, &leave).await;
    let last = entry.changes.last().unwrap();
    assert_eq!((last.what, &last.by), (ChangeKind::Restored, &notice.id));
    assert_eq!(codes(&last.areas), [TOWN]);
}

async fn an_announced_lifting_is_taken_back_before_its_hour(database: &Database) {
    let (mut town, incident, leave) = evacuated(database).await;
    let over = lift(&mut town, &incident, &[TOWN, OTHER], Some(2)).await;
    let notice = town.withdraw(&who_orders(), &over).await;
    let text = text_of(&town, &notice.id).await.text;
    assert!(text.text.contains("继续执行"), "{}", text.text);
    town.pass("3h").await;
    assert_eq!(town.release(&leave).await.state.code(), "published");
    let asked = town.of_item(&incident, "over").await;
    assert_eq!(asked.state.code(), "undecided");
    assert_ne!(asked.id, over);
}

async fn a_part_of_a_place_that_was_ordered_whole_comes_back_too(database: &Database) {
    part_comes_back(database, None, "在圩南村重新执行").await;
}

async fn a_part_is_kept_where_its_lifting_is_taken_back_before_its_hour(database: &Database) {
    part_comes_back(database, Some(2), "在圩南村继续执行").await;
}

/// A village is lifted from the town that was ordered whole, `hours` ahead, and that is taken back.
async fn part_comes_back(database: &Database, hours: Option<i64>, holds: &str) {
    let (mut town, incident, leave) = evacuated(database).await;
    let over = lift(&mut town, &incident, &[VILLAGE], hours).await;
    assert_eq!(town.release(&leave).await.lifted.len(), 1);
    let notice = town.withdraw(&who_orders(), &over).await;
    let text = text_of(&town, &notice.id).await.text;
    assert!(text.text.contains(holds), "{}", text.text);
    town.pass("3h").await;
    let measure = town.release(&leave).await;
    assert_eq!(measure.state.code(), "published");
    assert_eq!(measure.lifted, [], "what was taken back lifts nothing");
}

async fn a_second_lifting_says_nothing_of_the_first_ones_places(database: &Database) {
    let (mut town, incident, _) = evacuated(database).await;
    let still = "still-evacuated";
    town.facts(&incident, &[(still, json!("青山镇沿河"))]).await;
    let first = lift(&mut town, &incident, &[TOWN], None).await;
    let text = text_of(&town, &first).await.text.text;
    assert!(text.contains("暂不返回：青山镇沿河"), "{text}");
    let rest = town.of_item(&incident, "over").await.id;
    let ordered = Decision::Ordered(Order::default());
    town.pass("10m").await;
    town.decide(&duty_officer(), &rest, ordered).await.unwrap();
    town.tick().await;
    let text = text_of(&town, &rest).await.text.text;
    assert!(!text.contains("暂不返回"), "{text}");
    // What is given since then is this one's.
    town.facts(&incident, &[(still, json!("青山镇沿河"))]).await;
    let text = text_of(&town, &rest).await.text.text;
    assert!(text.contains("暂不返回：青山镇沿河"), "{text}");
}

/// Corrects the hour of a lifting by a text that names `hours` after now, and sends it.
pub(super) async fn correct_hour(town: &mut Town, over: &ReleaseId, hours: i64) -> ReleaseId {
    let at = town.now() + TimeDelta::hours(hours);
    let facts = [
        ("return-time", json!(at.to_rfc3339())),
        ("correction-text", json!("自5时起返回")),
        ("correction-to", json!("返回时间以本更正为准")),
    ];
    let kind = CorrectionKind::WrongContent;
    let said = town
        .correct_saying(&who_orders(), over, kind, &facts)
        .await
        .unwrap();
    let consent = Consent {
        own_words: true,
        ..Consent::to(town.hash(&said.id).await)
    };
    let answer = town.consent(&who_orders(), &said.id, &consent).await;
    assert!(matches!(answer, Ok(Answer::Done(_))), "{answer:?}");
    said.id
}

async fn a_corrected_hour_moves_a_lifting_that_is_to_come(database: &Database) {
    let (mut town, incident, leave) = evacuated(database).await;
    let over = lift(&mut town, &incident, &[TOWN, OTHER], Some(2)).await;
    let said = correct_hour(&mut town, &over, 5).await;
    let text = text_of(&town, &said).await.text.text;
    assert!(text.contains("继续执行至"), "{text}");
    let entry = shown(&town, &leave).await;
    assert_eq!(entry.lifted[0].at, town.now() + TimeDelta::hours(5));
    assert_eq!(entry.lifted[0].by, said);
    town.pass("3h").await;
    assert_eq!(town.release(&leave).await.state.code(), "published");
    town.pass("2h1m").await;
    assert_eq!(town.release(&leave).await.state.code(), "lifted");
}

async fn a_corrected_hour_brings_back_what_was_lifted_too_early(database: &Database) {
    let (mut town, incident, leave) = evacuated(database).await;
    let questions = town.of_item(&incident, "leave-questions").await.id;
    town.publish(&questions).await;
    let over = lift(&mut town, &incident, &[TOWN, OTHER], None).await;
    assert_eq!(town.release(&leave).await.state.code(), "lifted");
    let said = correct_hour(&mut town, &over, 2).await;
    let text = text_of(&town, &said).await.text;
    let title = shown(&town, &leave).await.text.title;
    for words in [title.trim_matches(['《', '》']), "重新执行至"] {
        assert!(text.text.contains(words), "{words}: {}", text.text);
    }
    assert_eq!(town.release(&leave).await.state.code(), "published");
    let entry = shown(&town, &leave).await;
    assert_eq!(entry.standing, Standing::Current);
    assert!(entry.lifted[0].to_come);
    assert_eq!(town.release(&questions).await.state.code(), "published");
    town.pass("121m").await;
    assert_eq!(town.release(&leave).await.state.code(), "lifted");
}

async fn a_notice_that_a_measure_holds_again_is_over_with_that_measure(database: &Database) {
    let (mut town, incident, leave) = evacuated(database).await;
    let over = lift(&mut town, &incident, &[TOWN, OTHER], None).await;
    let notice = town.withdraw(&who_orders(), &over).await.id;
    assert_eq!(shown(&town, &notice).await.standing, Standing::Current);
    // Lifted in a part, it is said of the rest.
    lift(&mut town, &incident, &[TOWN], None).await;
    assert_eq!(shown(&town, &notice).await.standing, Standing::Current);
    let rest = lift(&mut town, &incident, &[OTHER], None).await;
    assert_eq!(town.release(&leave).await.state.code(), "lifted");
    let standing = shown(&town, &notice).await.standing;
    assert!(
        matches!(&standing, Standing::Lifted { by, .. } if *by == rest),
        "{standing:?}"
    );
    // The same where the order itself is taken back.
    let again = town.withdraw(&who_orders(), &rest).await.id;
    assert_eq!(shown(&town, &again).await.standing, Standing::Current);
    let gone = town.withdraw(&who_orders(), &leave).await.id;
    let standing = shown(&town, &again).await.standing;
    assert!(
        matches!(&standing, Standing::Lifted { by, .. } if *by == gone),
        "{standing:?}"
    );
}

async fn what_explains_a_withdrawn_measure_is_over_with_it(database: &Database) {
    let (mut town, incident, leave) = evacuated(database).await;
    let questions = town.of_item(&incident, "leave-questions").await.id;
    assert!(town.release(&questions).await.state.is_open());
    town.withdraw(&who_orders(), &leave).await;
    assert_eq!(town.release(&questions).await.state.code(), "cancelled");
}

async fn what_explained_a_withdrawn_measure_in_public_is_over_there(database: &Database) {
    let (mut town, incident, leave) = evacuated(database).await;
    let questions = town.of_item(&incident, "leave-questions").await.id;
    town.publish(&questions).await;
    town.withdraw(&who_orders(), &leave).await;
    let entry = shown(&town, &questions).await;
    assert!(matches!(entry.standing, Standing::Lifted { .. }));
}

async fn a_lifting_is_taken_back_only_by_whoever_may_order_what_binds_again(database: &Database) {
    let (mut town, incident, leave) = evacuated(database).await;
    let over = lift(&mut town, &incident, &[TOWN, OTHER], None).await;
    // Whoever is on duty prepares it, and what it says is not theirs to put in force.
    let said = town
        .correct_saying(&duty_officer(), &over, CorrectionKind::Withdrawal, &[])
        .await
        .unwrap();
    let hash = town.hash(&said.id).await;
    for stranger in [
        officer("zhiban2", &["flood-office/duty-officer"]),
        officer("kezhang", &["flood-office/section-head"]),
        officer("jiaojing", &["traffic-police/duty-leader"]),
    ] {
        let answer = town.approve(&stranger, &said.id, &hash, false).await;
        let Ok(Answer::Refused { refusal, .. }) = answer else {
            panic!("{answer:?}")
        };
        let why = refusal.to_string();
        assert!(why.contains("flood-office/office-director"), "{why}");
    }
    assert_eq!(town.release(&leave).await.state.code(), "lifted");
    let answer = town.approve(&who_orders(), &said.id, &hash, false).await;
    assert!(matches!(answer, Ok(Answer::Done(_))), "{answer:?}");
    assert_eq!(town.release(&leave).await.state.code(), "published");
}

async fn what_was_lifted_in_a_village_is_ordered_there_again(database: &Database) {
    let mut town = Town::with_plans(database.store().await, START, explained()).await;
    let incident = town.declare("flood", ResponseLevel::III).await.incident.id;
    town.facts(&incident, &flood_facts()).await;
    town.tick().await;
    let leave = town.of_item(&incident, "leave").await.id;
    out(&mut town, &leave, &[TOWN, OTHER]).await;
    // There is a lifting among the items of the end only, so the village is lifted as an older release would have been.
    let mut tx = town.realm.store.begin().await.unwrap();
    let mut measure = tx.release(&leave).await.unwrap().unwrap();
    measure.lifted.push(fabu::domain::lifting::Lifted {
        at: town.now(),
        by: leave.clone(),
        areas: vec![AreaCode(VILLAGE.into())],
        to_come: false,
        except: None,
        before: Vec::new(),
    });
    tx.update_release(&mut measure).await.unwrap();
    tx.commit().await.unwrap();
    let again = town.ask(&incident, "leave", order_for(&[VILLAGE])).await;
    let again = again.unwrap()[0].id.clone();
    town.tick().await;
    town.publish(&again).await;
    assert_eq!(town.release(&again).await.state.code(), "published");
    assert_eq!(town.release(&leave).await.state.code(), "published");
    // What is over is ordered as a thing of its own, and the refusal says how.
    let again = Decision::Ordered(Order::default());
    let why = refused(town.decide(&duty_officer(), &leave, again).await);
    assert!(why.contains("published"), "{why}");
    // Where it still holds it is not ordered twice.
    let twice = town.ask(&incident, "leave", order_for(&[OTHER])).await;
    assert!(twice.is_err());
}
