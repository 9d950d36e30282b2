//! Something went out that should not stand.

use std::sync::Arc;

use fabu::domain::blame::Scope;
use fabu::domain::delivery::Outcome;
use fabu::domain::level::ResponseLevel;
use fabu::domain::plan::{CorrectionKind, PlanSet};
use fabu::domain::portal::Standing;
use fabu::domain::release::ReleaseState;
use fabu::flow::{Answer, VerbError};
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
        .correct(&leader, &notice, CorrectionKind::WrongContent)
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
    let wrong = [
        ("correction-text", json!("预计持续24小时")),
        ("correction-to", json!("预计持续48小时")),
    ];
    town.facts(&incident, &wrong).await;
    notice
}

async fn a_correction_is_two_actions_and_reaches_who_got_the_original(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let notice = published_notice(&mut town).await;
    let leader = officer("daiban", &["flood-office/duty-leader"]);
    let correction = town
        .correct(&leader, &notice, CorrectionKind::WrongContent)
        .await
        .unwrap();
    let hash = town.hash(&correction.id).await;
    assert!(matches!(
        town.approve(&leader, &correction.id, &hash, false)
            .await
            .unwrap(),
        Answer::Done(_)
    ));
    town.tick().await;

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
    let refused = town
        .correct(&duty_officer(), &notice, CorrectionKind::AllClear)
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
    let correction = town
        .correct(&leader, &notice, CorrectionKind::WrongContent)
        .await
        .unwrap();
    let hash = town.hash(&correction.id).await;
    town.approve(&leader, &correction.id, &hash, false)
        .await
        .unwrap();
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
