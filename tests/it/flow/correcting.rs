//! Something went out that should not stand.

use std::sync::Arc;

use fabu::domain::approval::{Actor, Consent};
use fabu::domain::blame::Scope;
use fabu::domain::delivery::Outcome;
use fabu::domain::level::ResponseLevel;
use fabu::domain::plan::{CorrectionKind, PlanSet};
use fabu::domain::portal::Standing;
use fabu::domain::release::{Release, ReleaseState};
use fabu::flow::declare::{GivenFact, set_facts};
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
    assert!(matches!(refused, Err(VerbError::Invalid { .. })), "{refused:?}");
}

async fn whoever_signs_or_declares_may_correct_and_another_post_confirms(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let notice = published_notice(&mut town).await;
    let correction = corrected(&mut town, &duty_officer(), &notice).await;
    assert_eq!(correction.state.code(), "published");
    let owed = |release: &Release| {
        let publication = release.state.publication().unwrap();
        publication.countersign.as_ref().unwrap().signers[0].post.to_string()
    };
    assert_eq!(owed(&correction), "flood-office/section-head");

    // The head may send one, too; then it is the leader who confirms.
    let incident = town.release(&notice).await.incident;
    let other = town.of_item(&incident, "what-level-iv-means").await.id;
    town.publish(&other).await;
    let head = officer("kezhang", &["flood-office/section-head"]);
    let correction = corrected(&mut town, &head, &other).await;
    assert_eq!(owed(&correction), "flood-office/duty-leader");
    let stranger = officer("mou", &["health-commission/duty-officer"]);
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
        assert!(text.contains("撤回") && text.contains("示防指通告〔2026〕1号"), "{channel}: {text}");
    }
    assert_eq!(town.release(&notice).await.state.code(), "withdrawn");
    let owed = said.state.publication().unwrap().countersign.clone().unwrap();
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
    let stranger = officer("mou", &["health-commission/duty-officer"]);
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
