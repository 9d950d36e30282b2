//! Something went out that should not stand.

use std::sync::Arc;

use fabu::domain::approval::{Actor, Consent};
use fabu::domain::area::AreaCode;
use fabu::domain::blame::Scope;
use fabu::domain::bulletin::Language;
use fabu::domain::contact::{Address, AddressKind, Contact};
use fabu::domain::delivery::Outcome;
use fabu::domain::level::ResponseLevel;
use fabu::domain::plan::{CorrectionKind, PlanSet};
use fabu::domain::portal::Standing;
use fabu::domain::release::{Release, ReleaseState};
use fabu::flow::declare::{GivenFact, set_facts};
use fabu::flow::draft;
use fabu::flow::request::{Answer as Decision, Order};
use fabu::flow::{Answer, VerbError};
use fabu::id::ReleaseId;
use serde_json::json;

use crate::support::database::Database;
use crate::support::town::{Town, duty_officer, examples, flood_facts, officer};

const START: &str = "2026-07-01T03:00:00+08:00";

crate::on_each_database!(
    a_correction_is_two_actions_and_reaches_who_got_the_original,
    a_correction_owes_a_second_signature,
    a_correction_is_not_for_everybody,
    a_wrong_text_that_waits_to_be_tried_again_is_not_sent,
    a_correction_whose_words_need_a_reason_asks_for_it,
    a_correction_owns_what_it_says,
    whoever_signs_or_declares_may_correct_and_another_post_confirms,
    a_withdrawal_tells_everybody_who_was_told,
    a_withdrawal_goes_to_whom_the_text_went_and_not_to_who_was_told_of_a_turn,
    what_was_taken_back_is_put_right_and_what_takes_back_stands,
    an_order_is_called_off_by_whoever_answers_for_it,
    whoever_may_prepare_may_sign_and_give_up,
);

/// The examples, with a correction that prints its reason whether there is one or not.
fn plans_that_want_a_reason() -> PlanSet {
    let mut plans = examples();
    for pinned in &mut plans.plans {
        let plan = Arc::make_mut(&mut pinned.plan);
        let text = plan.templates.get_mut("correction-wrong-content").unwrap();
        *text = text.replace("{{#if original.reason}}", "{{#if original.title}}");
    }
    plans
}

async fn a_correction_whose_words_need_a_reason_asks_for_it(database: &Database) {
    let plans = plans_that_want_a_reason();
    let mut town = Town::with_plans(database.store().await, START, plans).await;
    let notice = published_notice(&mut town).await;
    let leader = officer("daiban", &["flood-office/duty-leader"]);
    let before = town
        .releases(&town.release(&notice).await.incident)
        .await
        .len();
    let refused = town
        .correct_saying(&leader, &notice, CorrectionKind::WrongContent, &words())
        .await;
    let Err(VerbError::Invalid { problems }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(problems[0].field, "reason");
    let after = town
        .releases(&town.release(&notice).await.incident)
        .await
        .len();
    assert_eq!(after, before);
}

async fn published_notice(town: &mut Town) -> fabu::id::ReleaseId {
    let incident = town.declare("flood", ResponseLevel::IV).await.incident.id;
    town.facts(&incident, &flood_facts()).await;
    town.tick().await;
    let notice = town.of_item(&incident, "response-notice").await.id;
    town.publish(&notice).await;
    notice
}

/// What was wrong with the notice, and what is right.
fn words() -> [(&'static str, serde_json::Value); 2] {
    [
        ("correction-text", json!("预计持续24小时")),
        ("correction-to", json!("预计持续48小时")),
    ]
}

fn warning() -> [(&'static str, serde_json::Value); 6] {
    [
        ("warning-issuer", json!("市气象台")),
        ("warning-type", json!("暴雨")),
        ("warning-colour", json!("红色")),
        ("warning-areas", json!("城关镇")),
        ("warning-time", json!("2026-07-01T02:50:00+08:00")),
        ("warning-content", json!("未来3小时降雨量将达100毫米以上")),
    ]
}

/// Whom the evacuation means, until when, where to and how.
fn way_out() -> [(&'static str, serde_json::Value); 4] {
    [
        ("evacuation-areas", json!("临江镇")),
        ("evacuation-deadline", json!("2026-07-01T08:00:00+08:00")),
        ("evacuation-to", json!("实验小学")),
        (
            "evacuation-routes",
            json!([{"area": "临江村", "assembly": "村委会", "route": "沿江路", "shelter": "实验小学"}]),
        ),
    ]
}

/// Corrected by `actor` alone, in words of their own, which another one confirms later.
async fn corrected(town: &mut Town, actor: &Actor, notice: &ReleaseId) -> Release {
    let kind = CorrectionKind::WrongContent;
    let correction = town
        .correct_saying(actor, notice, kind, &words())
        .await
        .unwrap();
    sent(town, actor, &correction).await
}

async fn sent(town: &mut Town, actor: &Actor, correction: &Release) -> Release {
    let consent = Consent {
        own_words: true,
        ..Consent::to(town.hash(&correction.id).await)
    };
    let answer = town.consent(actor, &correction.id, &consent).await.unwrap();
    assert!(matches!(answer, Answer::Done(_)), "{answer:?}");
    town.tick().await;
    town.release(&correction.id).await
}

async fn a_correction_owns_what_it_says(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let notice = published_notice(&mut town).await;
    let incident = town.release(&notice).await.incident;
    let leader = officer("daiban", &["flood-office/duty-leader"]);
    corrected(&mut town, &leader, &notice).await;
    // Of another text somebody finds an error as well, and says nothing of what is right.
    let other = town.of_item(&incident, "what-level-iv-means").await.id;
    town.publish(&other).await;
    let refused = town
        .correct(&leader, &other, CorrectionKind::WrongContent)
        .await;
    let Err(VerbError::Conflict { what, .. }) = refused else {
        panic!("{refused:?}");
    };
    assert!(what.to_string().contains("correction-to"), "{what}");
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    let words = words().map(|(code, value)| {
        let fact = GivenFact {
            value,
            as_of: None,
            source: None,
        };
        (code.to_owned(), fact)
    });
    let words = words.into_iter().collect();
    let refused = set_facts(&mut tx, &world, now, &duty_officer(), &incident, &words).await;
    assert!(
        matches!(refused, Err(VerbError::Invalid { .. })),
        "{refused:?}"
    );
}

async fn whoever_signs_or_declares_may_correct_and_another_post_confirms(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let notice = published_notice(&mut town).await;
    let correction = corrected(&mut town, &duty_officer(), &notice).await;
    assert_eq!(correction.state.code(), "published");
    let owed = |release: &Release| {
        let publication = release.state.publication().unwrap();
        publication.countersign.as_ref().unwrap().signers[0]
            .post
            .to_string()
    };
    assert_eq!(owed(&correction), "flood-office/section-head");

    // The head may send one, too; then it is the leader who confirms.
    let incident = town.release(&notice).await.incident;
    let other = town.of_item(&incident, "what-level-iv-means").await.id;
    town.publish(&other).await;
    let head = officer("kezhang", &["flood-office/section-head"]);
    let correction = corrected(&mut town, &head, &other).await;
    assert_eq!(owed(&correction), "flood-office/duty-leader");
    let stranger = officer("mou", &["earthquake-office/duty-officer"]);
    let refused = town
        .correct(&stranger, &notice, CorrectionKind::Withdrawal)
        .await;
    assert!(matches!(refused, Err(VerbError::Denied(_))), "{refused:?}");
}

async fn a_withdrawal_tells_everybody_who_was_told(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let notice = published_notice(&mut town).await;
    let before: Vec<usize> = ["work-group", "notice-board"]
        .map(|channel| town.parcels(channel).len())
        .into();
    let leader = officer("daiban", &["flood-office/duty-leader"]);
    let said = town.withdraw(&leader, &notice).await;
    town.tick().await;
    for (channel, before) in ["work-group", "notice-board"].into_iter().zip(before) {
        let parcels = town.parcels(channel);
        assert_eq!(parcels.len(), before + 1, "{channel}");
        let text = &parcels[before].rendering.text;
        assert!(
            text.contains("撤回") && text.contains("示防指通告〔2026〕1号"),
            "{channel}: {text}"
        );
    }
    assert_eq!(town.release(&notice).await.state.code(), "withdrawn");
    let owed = said
        .state
        .publication()
        .unwrap()
        .countersign
        .clone()
        .unwrap();
    assert!(!owed.is_complete(), "a second person confirms it");
    let mut tx = database.store().await.read().await.unwrap();
    let shown = tx.portal_entry(&notice).await.unwrap().unwrap();
    assert_eq!(
        shown.standing,
        Standing::Withdrawn {
            at: town.now(),
            by: Some(said.id.clone())
        }
    );
}

async fn a_correction_is_two_actions_and_reaches_who_got_the_original(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let notice = published_notice(&mut town).await;
    let leader = officer("daiban", &["flood-office/duty-leader"]);
    let correction = corrected(&mut town, &leader, &notice).await;

    assert_eq!(town.release(&notice).await.state.code(), "corrected");
    for channel in ["work-group", "notice-board"] {
        let parcels = town.parcels(channel);
        assert_eq!(
            parcels.len(),
            2,
            "{channel}: the notice, then its correction"
        );
        assert!(
            parcels[1].rendering.text.contains("更正"),
            "{}",
            parcels[1].rendering.text
        );
    }
    let mut tx = database.store().await.read().await.unwrap();
    let original = tx.portal_entry(&notice).await.unwrap().unwrap();
    assert!(matches!(&original.standing, Standing::Corrected { by, .. } if *by == correction.id));
    let shown = tx.portal_entry(&correction.id).await.unwrap().unwrap();
    assert_eq!(shown.corrects.unwrap().release, notice);
}

async fn a_correction_owes_a_second_signature(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let notice = published_notice(&mut town).await;
    let leader = officer("daiban", &["flood-office/duty-leader"]);
    let correction = town
        .correct(&leader, &notice, CorrectionKind::SentInError)
        .await
        .unwrap();
    let hash = town.hash(&correction.id).await;
    town.approve(&leader, &correction.id, &hash, false)
        .await
        .unwrap();
    town.pass("11m").await;
    assert!(
        town.acts(&correction.id)
            .await
            .contains(&"countersignature-overdue".to_owned())
    );
    let answer = town
        .approve(&leader, &correction.id, &hash, false)
        .await
        .unwrap();
    assert!(
        matches!(answer, Answer::Refused { .. }),
        "the second person must be another"
    );
    let head = officer("kezhang", &["flood-office/section-head"]);
    assert!(matches!(
        town.approve(&head, &correction.id, &hash, false)
            .await
            .unwrap(),
        Answer::Done(_)
    ));
    let ReleaseState::Published(publication) = town.release(&correction.id).await.state else {
        panic!("out")
    };
    assert!(publication.countersign.unwrap().is_complete());
}

async fn a_correction_is_not_for_everybody(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let notice = published_notice(&mut town).await;
    let stranger = officer("mou", &["earthquake-office/duty-officer"]);
    let refused = town
        .correct(&stranger, &notice, CorrectionKind::AllClear)
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("duty-leader"), "{refused}");
    assert_eq!(town.release(&notice).await.state.code(), "published");
}

async fn a_wrong_text_that_waits_to_be_tried_again_is_not_sent(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    town.recording("work-group").script([Outcome::Retry {
        after: None,
        why: "the gateway is away".into(),
        scope: Scope::Moment,
        ambiguous: false,
    }]);
    let notice = published_notice(&mut town).await;
    assert_eq!(town.parcels("work-group").len(), 1, "tried once, in vain");
    let leader = officer("daiban", &["flood-office/duty-leader"]);
    corrected(&mut town, &leader, &notice).await;
    town.pass("1h").await;

    let parcels = town.parcels("work-group");
    assert_eq!(
        parcels.len(),
        2,
        "the gateway is back, but only the correction goes out"
    );
    assert!(parcels[1].rendering.text.contains("更正"));
    let mut tx = database.store().await.read().await.unwrap();
    let counts = tx.delivery_counts(&notice).await.unwrap();
    drop(tx);
    assert_eq!(counts["work-group"].get("cancelled"), Some(&1));
    assert!(
        town.acts(&notice)
            .await
            .contains(&"dispatch-closed".to_owned())
    );
}

async fn a_withdrawal_goes_to_whom_the_text_went_and_not_to_who_was_told_of_a_turn(
    database: &Database,
) {
    let mut town = Town::new(database.store().await, START).await;
    let contact = |code: &str, phone: &str, areas: &[&str], posts: &[&str]| Contact {
        code: code.into(),
        name: code.into(),
        language: Language::ZhCn,
        areas: areas.iter().map(|area| AreaCode((*area).into())).collect(),
        // Whoever lives where it is dangerous; nobody of the office does.
        groups: areas.iter().map(|_| "danger-zone".into()).collect(),
        posts: posts.iter().map(|post| (*post).into()).collect(),
        addresses: vec![Address {
            kind: AddressKind::Sms,
            address: phone.into(),
        }],
    };
    let (villager, leader) = ("13800000001", "13800000002");
    let contacts = [
        contact("villager", villager, &["320299"], &[]),
        contact("leader", leader, &[], &["flood-office/duty-leader"]),
    ];
    let mut tx = town.realm.store.begin().await.unwrap();
    tx.upsert_contacts(&contacts).await.unwrap();
    tx.commit().await.unwrap();
    let incident = town.declare("flood", ResponseLevel::IV).await.incident.id;
    town.facts(&incident, &flood_facts()).await;
    town.facts(&incident, &warning()).await;
    town.tick().await;
    let relay = town.of_item(&incident, "warning-relay").await.id;
    town.publish(&relay).await;
    town.pass("1m").await;
    let got = |town: &Town, phone: &str, words: &str| {
        let all = town.parcels("sms").into_iter();
        all.filter(|one| one.address.ends_with(phone) && one.rendering.text.contains(words))
            .count()
    };
    assert!(got(&town, leader, "请") > 0, "the leader was told to sign");
    assert_eq!(got(&town, villager, "预警"), 1);
    let daiban = officer("daiban", &["flood-office/duty-leader"]);
    let said = town.withdraw(&daiban, &relay).await;
    town.pass("1m").await;
    assert_eq!(got(&town, villager, "已撤回"), 1);
    assert_eq!(got(&town, leader, "已撤回"), 0);
    let mut tx = database.store().await.read().await.unwrap();
    let counts = tx.delivery_counts(&said.id).await.unwrap();
    assert_eq!(
        counts["sms"].values().sum::<i64>(),
        1,
        "notes are not counted"
    );
}

async fn what_was_taken_back_is_put_right_and_what_takes_back_stands(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let notice = published_notice(&mut town).await;
    let leader = officer("daiban", &["flood-office/duty-leader"]);
    let said = town.withdraw(&leader, &notice).await;
    town.tick().await;
    let refused = town
        .correct_saying(&leader, &said.id, CorrectionKind::Withdrawal, &[])
        .await;
    assert!(matches!(refused, Err(VerbError::NotNow(_))), "{refused:?}");
    let before = town.parcels("work-group").len();
    corrected(&mut town, &leader, &notice).await;
    assert_eq!(town.release(&notice).await.state.code(), "corrected");
    assert_eq!(town.parcels("work-group").len(), before + 1);
}

async fn an_order_is_called_off_by_whoever_answers_for_it(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let incident = town.declare("flood", ResponseLevel::III).await.incident.id;
    town.facts(&incident, &flood_facts()).await;
    town.tick().await;
    let leader = officer("daiban", &["flood-office/duty-leader"]);
    let evacuation = town.of_item(&incident, "evacuation-notice").await.id;
    let ordered = Decision::Ordered(Order::default());
    town.decide(&leader, &evacuation, ordered).await.unwrap();
    town.facts(&incident, &way_out()).await;
    town.tick().await;
    town.publish(&evacuation).await;
    let kind = CorrectionKind::Withdrawal;
    let stranger = officer("mou", &["housing-bureau/section-head"]);
    let refused = town
        .correct_saying(&stranger, &evacuation, CorrectionKind::AllClear, &[])
        .await;
    assert!(refused.is_err());
    // Whoever is on duty prepares it for those who sign, and does not sign it.
    for junior in [
        duty_officer(),
        officer("mou", &["county-government/duty-officer"]),
    ] {
        let said = town
            .correct_saying(&junior, &evacuation, kind, &[])
            .await
            .unwrap();
        let ReleaseState::InReview(review) = &said.state else {
            panic!("{:?}", said.state)
        };
        let may_sign = said.may_sign();
        assert!(may_sign.iter().any(|post| leader.holds(post)), "{review:?}");
        assert!(
            !may_sign.iter().any(|post| junior.holds(post)),
            "{review:?}"
        );
        let hash = town.hash(&said.id).await;
        let answer = town.approve(&junior, &said.id, &hash, false).await;
        assert!(!matches!(answer, Ok(Answer::Done(_))), "{answer:?}");
        let (mut tx, world, now) = town.realm.begin().await.unwrap();
        draft::waive(&mut tx, &world, now, &leader, &said.id, "再核")
            .await
            .unwrap();
        town.realm.commit(tx).await.unwrap();
    }
    let said = town
        .correct_saying(&duty_officer(), &evacuation, kind, &[])
        .await
        .unwrap();
    sent(&mut town, &leader, &said).await;
    assert_eq!(town.release(&evacuation).await.state.code(), "withdrawn");
}

async fn whoever_may_prepare_may_sign_and_give_up(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let notice = published_notice(&mut town).await;
    let kind = CorrectionKind::SentInError;
    let asker = duty_officer();
    let head = officer("kezhang", &["flood-office/section-head"]);
    let first = town.correct(&asker, &notice, kind).await.unwrap();
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    draft::waive(&mut tx, &world, now, &asker, &first.id, "误操作")
        .await
        .unwrap();
    town.realm.commit(tx).await.unwrap();
    let second = town.correct(&asker, &notice, kind).await.unwrap();
    sent(&mut town, &head, &second).await;
    assert_eq!(town.release(&notice).await.state.code(), "corrected");
}
