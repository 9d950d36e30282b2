//! What waits, signed or in review, while what it says or is about ceases to be so.

use chrono::TimeDelta;
use fabu::domain::approval::Consent;
use fabu::domain::level::ResponseLevel;
use fabu::domain::plan::CorrectionKind;
use fabu::domain::portal::Standing;
use fabu::domain::reason::Reason;
use fabu::domain::release::{Release, ReleaseState};
use fabu::flow::VerbError;
use fabu::flow::declare::GivenFact;
use fabu::flow::request::{Answer as Decision, Order};
use fabu::id::ReleaseId;
use serde_json::json;

use super::corrected_orders::corrected;
use super::deciding::{OTHER, TOWN, order_for, out, shown, who_orders};
use super::lifting::{VILLAGE, correct_hour, evacuated, explained, lift, text_of};
use crate::support::database::Database;
use crate::support::town::{Town, duty_officer, flood_facts, holder_of};

const START: &str = "2026-07-01T03:00:00+08:00";
const HOUR: &str = "evacuation-deadline";

crate::on_each_database!(
    an_answer_whose_hour_passes_while_it_waits_goes_back_to_its_drafter,
    a_text_under_review_is_held_to_the_hour_that_it_names,
    an_hour_that_was_corrected_is_the_first_one_again,
    an_hour_that_was_corrected_and_is_past_is_said_to_be,
    a_measure_that_was_lifted_too_late_is_over_again,
    the_correction_before_the_newest_stands_again,
    what_corrects_a_correction_falls_with_it,
    what_takes_an_order_back_falls_once_that_was_lifted,
    a_lifting_falls_with_its_order,
    an_order_that_was_taken_back_is_not_revived_by_a_correction,
    what_explains_an_order_is_over_once_another_takes_its_place,
    an_order_ends_no_sooner_than_what_it_inherits_begins,
    a_level_notice_does_not_wait_for_the_newest_order,
    what_is_lifted_in_a_part_says_that_it_goes_on_elsewhere,
);

/// What the people on duty were told.
fn told(town: &Town, words: &str) -> Vec<String> {
    let all = town.parcels("leaders-group").into_iter();
    let texts = all.map(|one| one.rendering.text.clone());
    texts.filter(|text| text.contains(words)).collect()
}

async fn fallen(town: &mut Town, id: &ReleaseId) -> Reason {
    town.tick().await;
    let release = town.release(id).await;
    let ReleaseState::Cancelled { why, .. } = release.state else {
        panic!("{id} still waits: {:?}", release.state)
    };
    let said = told(town, id.as_str());
    assert!(
        said.iter().any(|text| text.contains("不再发布")),
        "{said:?}"
    );
    why
}

async fn an_answer_whose_hour_passes_while_it_waits_goes_back_to_its_drafter(database: &Database) {
    let mut plans = explained();
    for pinned in plans
        .plans
        .iter_mut()
        .filter(|one| one.plan.plan == "flood")
    {
        let mut plan = (*pinned.plan).clone();
        let words = "---\ntitle: 问答：转移时带什么\n---\n请在{{evacuation-deadline}}前转移。\n";
        plan.templates
            .insert("leave-questions".into(), words.into());
        pinned.plan = plan.into();
        pinned.hash = format!("timed-{}", pinned.hash);
    }
    let mut town = Town::with_plans(database.store().await, START, plans).await;
    let incident = town.declare("flood", ResponseLevel::III).await.incident.id;
    town.facts(&incident, &flood_facts()).await;
    let hour = town.now() + TimeDelta::hours(1);
    town.facts(&incident, &[(HOUR, json!(hour.to_rfc3339()))])
        .await;
    town.tick().await;
    let leave = town.of_item(&incident, "leave").await.id;
    let ordered = Decision::Ordered(order_for(&[TOWN]));
    town.decide(&duty_officer(), &leave, ordered).await.unwrap();
    town.tick().await;
    let questions = town.of_item(&incident, "leave-questions").await.id;
    assert_eq!(town.publish(&questions).await.state.code(), "approved");
    town.pass("61m").await;
    assert_eq!(town.publish(&leave).await.state.code(), "published");
    let release = town.release(&questions).await;
    let ReleaseState::Drafting(drafting) = &release.state else {
        panic!("it is out with an hour that is past: {:?}", release.state)
    };
    let why = drafting.returned.clone().unwrap();
    assert!(
        matches!(&why, Reason::HourPassed { fact, .. } if fact == HOUR),
        "{why:?}"
    );
    assert_eq!(drafting.missing, [HOUR]);
    let acts = town.acts(&questions).await;
    assert!(acts.contains(&"approval-void".to_owned()), "{acts:?}");
    let said = told(&town, questions.as_str());
    assert!(said.last().unwrap().contains("转移完成时限"), "{said:?}");
    // With another hour it goes its way.
    let hour = town.now() + TimeDelta::hours(3);
    town.facts(&incident, &[(HOUR, json!(hour.to_rfc3339()))])
        .await;
    assert_eq!(town.publish(&questions).await.state.code(), "published");
}

/// A later hour that was given meanwhile is not in the text that is signed.
async fn a_text_under_review_is_held_to_the_hour_that_it_names(database: &Database) {
    let mut plans = explained();
    for pinned in plans
        .plans
        .iter_mut()
        .filter(|one| one.plan.plan == "flood")
    {
        let mut plan = (*pinned.plan).clone();
        let words = "---\ntitle: 关于转移的通告\n---\n请在{{evacuation-deadline}}前转移。\n";
        plan.templates.insert("measure".into(), words.into());
        pinned.plan = plan.into();
        pinned.hash = format!("timed-{}", pinned.hash);
    }
    let mut town = Town::with_plans(database.store().await, START, plans).await;
    let incident = town.declare("flood", ResponseLevel::III).await.incident.id;
    town.facts(&incident, &flood_facts()).await;
    let hour = town.now() + TimeDelta::hours(1);
    town.facts(&incident, &[(HOUR, json!(hour.to_rfc3339()))])
        .await;
    town.tick().await;
    let leave = town.of_item(&incident, "leave").await.id;
    let ordered = Decision::Ordered(order_for(&[TOWN]));
    town.decide(&duty_officer(), &leave, ordered).await.unwrap();
    town.tick().await;
    town.submit(&duty_officer(), &leave).await.unwrap();
    let hour = town.now() + TimeDelta::hours(5);
    town.facts(&incident, &[(HOUR, json!(hour.to_rfc3339()))])
        .await;
    town.pass("61m").await;
    let ReleaseState::InReview(review) = town.release(&leave).await.state else {
        panic!("it waits for its signers")
    };
    let signer = holder_of(&review.signer().unwrap().post);
    let consent = Consent {
        despite: review.stale,
        ..Consent::to(review.hash.clone())
    };
    let why = town.consent(&signer, &leave, &consent).await;
    let why = why.expect_err("its hour is past").to_string();
    assert!(why.contains(HOUR), "{why}");
}

async fn an_hour_that_was_corrected_is_the_first_one_again(database: &Database) {
    let (mut town, incident, leave) = evacuated(database).await;
    let over = lift(&mut town, &incident, &[TOWN, OTHER], Some(2)).await;
    let first = shown(&town, &leave).await.lifted[0].at;
    let said = correct_hour(&mut town, &over, 5).await;
    let notice = town.withdraw(&who_orders(), &said).await.id;
    let text = text_of(&town, &notice).await.text;
    for words in ["更正的解除时间已撤回", "继续执行至"] {
        assert!(text.text.contains(words), "{words}: {}", text.text);
    }
    let entry = shown(&town, &leave).await;
    assert_eq!((entry.lifted[0].at, &entry.lifted[0].by), (first, &over));
    assert!(entry.lifted[0].to_come, "nothing is brought back for good");
    assert_eq!(town.release(&over).await.state.code(), "published");
    assert_eq!(shown(&town, &over).await.standing, Standing::Current);
    assert_eq!(town.release(&said).await.state.code(), "withdrawn");
    town.pass("121m").await;
    assert_eq!(town.release(&leave).await.state.code(), "lifted");
}

async fn an_hour_that_was_corrected_and_is_past_is_said_to_be(database: &Database) {
    let (mut town, incident, leave) = evacuated(database).await;
    let over = lift(&mut town, &incident, &[TOWN, OTHER], Some(2)).await;
    let said = correct_hour(&mut town, &over, 5).await;
    town.pass("3h").await;
    assert_eq!(town.release(&leave).await.state.code(), "published");
    let notice = town.withdraw(&who_orders(), &said).await.id;
    let text = text_of(&town, &notice).await.text;
    assert!(text.text.contains("已经解除"), "{}", text.text);
    assert!(!text.text.contains("继续执行"), "{}", text.text);
    assert!(text.binding.is_empty(), "{:?}", text.binding);
    assert_eq!(town.release(&leave).await.state.code(), "lifted");
}

/// Lifted by the corrected hour, it holds again until the one that was given first.
async fn a_measure_that_was_lifted_too_late_is_over_again(database: &Database) {
    let (mut town, incident, leave) = evacuated(database).await;
    let over = lift(&mut town, &incident, &[TOWN, OTHER], Some(5)).await;
    let said = correct_hour(&mut town, &over, 2).await;
    town.pass("121m").await;
    assert_eq!(town.release(&leave).await.state.code(), "lifted");
    let notice = town.withdraw(&who_orders(), &said).await.id;
    let text = text_of(&town, &notice).await.text.text;
    assert!(text.contains("执行至"), "{text}");
    assert_eq!(town.release(&leave).await.state.code(), "published");
    town.pass("181m").await;
    assert_eq!(town.release(&leave).await.state.code(), "lifted");
}

async fn the_correction_before_the_newest_stands_again(database: &Database) {
    let (mut town, _, leave) = evacuated(database).await;
    let first = corrected(&mut town, &leave, ["8时前撤离", "9时前撤离"]).await;
    let second = corrected(&mut town, &leave, ["9时前撤离", "10时前撤离"]).await;
    let why = town
        .correct_saying(&who_orders(), &first, CorrectionKind::Withdrawal, &[])
        .await;
    assert!(why.is_err(), "it is history");
    let notice = town.withdraw(&who_orders(), &second).await.id;
    let text = text_of(&town, &notice).await.text;
    assert!(!text.text.contains("按原文"), "{}", text.text);
    assert!(text.text.contains("更正后的内容为准"), "{}", text.text);
    assert!(text.sms.is_none_or(|sms| sms.contains("更正已撤回")));
    assert_eq!(town.release(&first).await.state.code(), "published");
    assert_eq!(shown(&town, &first).await.standing, Standing::Current);
    let standing = shown(&town, &leave).await.standing;
    assert!(
        matches!(&standing, Standing::Corrected { by, .. } if *by == first),
        "{standing:?}"
    );
}

/// A text that is prepared and lies before its signers.
async fn waiting(
    town: &Town,
    of: &ReleaseId,
    kind: CorrectionKind,
    words: &[(&str, serde_json::Value)],
) -> Release {
    let said = town.correct_saying(&who_orders(), of, kind, words).await;
    let said = said.unwrap();
    assert_eq!(said.state.code(), "in-review");
    said
}

async fn what_corrects_a_correction_falls_with_it(database: &Database) {
    let (mut town, _, leave) = evacuated(database).await;
    let first = corrected(&mut town, &leave, ["8时前撤离", "9时前撤离"]).await;
    let words = [
        ("correction-text", json!("9时前撤离")),
        ("correction-to", json!("10时前撤离")),
    ];
    let second = waiting(&town, &leave, CorrectionKind::WrongContent, &words)
        .await
        .id;
    town.pass("1m").await;
    town.withdraw(&who_orders(), &first).await;
    assert_eq!(fallen(&mut town, &second).await, Reason::OriginalOver);
    assert_eq!(town.release(&leave).await.state.code(), "published");
}

async fn what_takes_an_order_back_falls_once_that_was_lifted(database: &Database) {
    let (mut town, incident, leave) = evacuated(database).await;
    let said = waiting(&town, &leave, CorrectionKind::Withdrawal, &[])
        .await
        .id;
    town.pass("1m").await;
    lift(&mut town, &incident, &[TOWN, OTHER], Some(1)).await;
    assert_eq!(town.release(&said).await.state.code(), "in-review");
    town.pass("61m").await;
    assert_eq!(fallen(&mut town, &said).await, Reason::OriginalOver);
    assert_eq!(town.release(&leave).await.state.code(), "lifted");
}

async fn a_lifting_falls_with_its_order(database: &Database) {
    let (mut town, incident, leave) = evacuated(database).await;
    let over = town.of_item(&incident, "over").await.id;
    let ordered = Decision::Ordered(order_for(&[TOWN]));
    town.decide(&duty_officer(), &over, ordered).await.unwrap();
    town.tick().await;
    town.submit(&duty_officer(), &over).await.unwrap();
    town.pass("1m").await;
    town.withdraw(&who_orders(), &leave).await;
    assert_eq!(fallen(&mut town, &over).await, Reason::NothingToLift);
}

async fn an_order_that_was_taken_back_is_not_revived_by_a_correction(database: &Database) {
    let (mut town, _, leave) = evacuated(database).await;
    town.withdraw(&who_orders(), &leave).await;
    let words = [
        ("correction-text", json!("8时前撤离")),
        ("correction-to", json!("9时前撤离")),
    ];
    let said: Result<Release, VerbError> = town
        .correct_saying(&who_orders(), &leave, CorrectionKind::WrongContent, &words)
        .await;
    assert!(said.is_err(), "{said:?}");
}

async fn what_explains_an_order_is_over_once_another_takes_its_place(database: &Database) {
    let mut town = Town::with_plans(database.store().await, START, explained()).await;
    let incident = town.declare("flood", ResponseLevel::III).await.incident.id;
    town.facts(&incident, &flood_facts()).await;
    town.tick().await;
    let leave = town.of_item(&incident, "leave").await.id;
    out(&mut town, &leave, &[TOWN]).await;
    let questions = town.of_item(&incident, "leave-questions").await.id;
    town.publish(&questions).await;
    let stay = town.of_item(&incident, "stay-in").await.id;
    let order = Order {
        instead: true,
        ..order_for(&[TOWN])
    };
    town.decide(&duty_officer(), &stay, Decision::Ordered(order))
        .await
        .unwrap();
    town.tick().await;
    town.publish(&stay).await;
    assert_eq!(town.release(&leave).await.state.code(), "superseded");
    let standing = shown(&town, &questions).await.standing;
    assert!(matches!(standing, Standing::Lifted { .. }), "{standing:?}");
}

/// The text prints its own end beside the start that the incident knows.
async fn an_order_ends_no_sooner_than_what_it_inherits_begins(database: &Database) {
    let mut town = Town::with_plans(database.store().await, START, explained()).await;
    let incident = town.declare("flood", ResponseLevel::III).await.incident.id;
    let hour = |hours| (town.now() + TimeDelta::hours(hours)).to_rfc3339();
    let (begins, ends) = (hour(5), hour(3));
    town.facts(&incident, &[("stay-start", json!(begins))])
        .await;
    town.tick().await;
    let stay = town.of_item(&incident, "stay-in").await.id;
    let mut order = order_for(&[TOWN]);
    let fact = GivenFact {
        value: json!(ends),
        as_of: None,
        source: None,
    };
    order.facts.insert("stay-end".into(), fact);
    let why = town
        .decide(&duty_officer(), &stay, Decision::Ordered(order))
        .await;
    let why = why.expect_err("it ends before it begins").to_string();
    assert!(why.contains("stay-start"), "{why}");
}

/// Signs a text that is under review, to the last of its signers.
async fn sign(town: &mut Town, id: &ReleaseId) -> Release {
    for _ in 0..8 {
        let release = town.release(id).await;
        let ReleaseState::InReview(review) = &release.state else {
            break;
        };
        assert_eq!(review.stale, None, "nothing newer is before its signers");
        let signer = holder_of(&review.signer().unwrap().post);
        let hash = review.hash.clone();
        town.approve(&signer, id, &hash, false).await.unwrap();
    }
    town.release(id).await
}

async fn a_level_notice_does_not_wait_for_the_newest_order(database: &Database) {
    let (mut town, incident) = super::deciding::town(database).await;
    let leave = town.of_item(&incident, "leave").await.id;
    out(&mut town, &leave, &[TOWN]).await;
    town.pass("5m").await;
    town.level(&incident, ResponseLevel::II).await;
    town.tick().await;
    let notice = town.of_item(&incident, "response-notice").await;
    assert_eq!(notice.level, Some(ResponseLevel::II));
    let notice = notice.id;
    town.submit(&duty_officer(), &notice).await.unwrap();
    let text = text_of(&town, &notice).await.text;
    assert!(text.text.contains("截至7月1日3时"), "{}", text.text);
    assert!(
        text.text_en
            .is_none_or(|text| text.contains("as of 1 Jul 03:"))
    );
    town.pass("5m").await;
    let stay = town.of_item(&incident, "stay-in").await.id;
    out(&mut town, &stay, &[OTHER]).await;
    assert_eq!(sign(&mut town, &notice).await.state.code(), "published");
    let named = shown(&town, &notice).await.text.binding;
    assert_eq!(named.len(), 1, "{named:?}");
    assert_eq!(named[0].release, leave);
}

async fn what_is_lifted_in_a_part_says_that_it_goes_on_elsewhere(database: &Database) {
    let (mut town, incident, _) = evacuated(database).await;
    let over = lift(&mut town, &incident, &[VILLAGE], None).await;
    let text = text_of(&town, &over).await.text;
    let said = "解除有关措施，其他地方没有接到解除通告的，继续执行";
    assert!(text.text.contains(said), "{}", text.text);
    // The measure goes on in the town, but not there.
    let end = town.of_item(&incident, "termination-notice").await.id;
    let text = text_of(&town, &end).await.text;
    assert!(text.text.contains("除外）"), "{}", text.text);
    let rest = lift(&mut town, &incident, &[TOWN, OTHER], None).await;
    let text = text_of(&town, &rest).await.text.text;
    assert!(!text.contains(said), "it is all of it: {text}");
}
