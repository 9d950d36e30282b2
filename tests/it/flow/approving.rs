//! Drafts, signatures and what they stand for.

use fabu::domain::approval::Refusal;
use fabu::domain::level::ResponseLevel;
use fabu::domain::release::ReleaseState;
use fabu::flow::{Answer, VerbError};
use serde_json::json;

use crate::support::database::Database;
use crate::support::town::{Town, duty_officer, flood_facts, officer};

const START: &str = "2026-07-01T03:00:00+08:00";

crate::on_each_database!(
    a_declared_flood_is_dated_drafted_signed_and_public,
    a_draft_names_what_it_lacks_and_waits,
    a_signature_is_for_the_bytes_that_were_seen,
    no_one_signs_what_they_submitted_or_out_of_turn,
    new_facts_leave_a_text_under_review_alone_and_say_so,
    the_fast_route_takes_one_signature_and_asks_for_the_rest,
    the_fast_route_refuses_a_text_written_by_hand,
    two_officers_declare_the_same_flood_once,
);

async fn a_declared_flood_is_dated_drafted_signed_and_public(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let declared = town.declare("flood", ResponseLevel::IV).await;
    let id = &declared.incident.id;
    let notice = declared
        .releases
        .iter()
        .find(|r| r.item == "response-notice")
        .unwrap();
    assert_eq!(
        notice.due_at,
        Some(town.now() + chrono::TimeDelta::hours(1)),
        "one hour after activation"
    );

    town.facts(id, &flood_facts()).await;
    town.tick().await;
    let notice = town.publish(&notice.id).await;
    let ReleaseState::Published(publication) = &notice.state else {
        panic!("{:?}", notice.state)
    };
    assert!(!publication.is_late());

    let mut tx = database.store().await.read().await.unwrap();
    let shown = tx
        .portal_entry(&notice.id)
        .await
        .unwrap()
        .expect("it is on the portal");
    assert!(
        shown.text.title.contains("启动防汛四级应急响应"),
        "{}",
        shown.text.title
    );
    assert!(
        shown
            .text
            .document_number
            .as_deref()
            .is_some_and(|n| n.contains("〔2026〕"))
    );
    drop(tx);
    let group = town.parcels("work-group");
    assert_eq!(group.len(), 1, "the work group got it once");
    assert!(group[0].rendering.text.contains("加密巡堤查险"));
    let acts = town.acts(&notice.id).await;
    let signing: Vec<&str> = acts
        .iter()
        .map(String::as_str)
        .filter(|act| act.starts_with("release-"))
        .collect();
    assert_eq!(
        signing,
        [
            "release-drafted",
            "release-submitted",
            "release-signed",
            "release-signed",
            "release-published"
        ]
    );
}

async fn a_draft_names_what_it_lacks_and_waits(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let declared = town.declare("flood", ResponseLevel::IV).await;
    town.tick().await;
    let notice = town.of_item(&declared.incident.id, "response-notice").await;
    let ReleaseState::Drafting(drafting) = &notice.state else {
        panic!("{:?}", notice.state)
    };
    assert_eq!(drafting.version, None);
    assert!(
        drafting.missing.contains(&"situation".to_owned()),
        "{:?}",
        drafting.missing
    );
    let refused = town.submit(&duty_officer(), &notice.id).await.unwrap_err();
    assert!(refused.to_string().contains("situation"), "{refused}");

    town.facts(&declared.incident.id, &flood_facts()).await;
    let notice = town.release(&notice.id).await;
    let ReleaseState::Drafting(drafting) = &notice.state else {
        panic!("{:?}", notice.state)
    };
    assert_eq!((drafting.version, drafting.missing.len()), (Some(1), 0));
}

async fn a_signature_is_for_the_bytes_that_were_seen(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let incident = town.declare("flood", ResponseLevel::IV).await.incident.id;
    town.facts(&incident, &flood_facts()).await;
    town.tick().await;
    let notice = town.of_item(&incident, "response-notice").await.id;
    town.submit(&duty_officer(), &notice).await.unwrap();
    let yesterday = town.hash(&notice).await;

    town.facts(&incident, &[("situation", json!("我市出现大暴雨"))])
        .await;
    town.submit(&duty_officer(), &notice).await.unwrap();
    let head = officer("kezhang", &["flood-office/section-head"]);
    let answer = town
        .approve(&head, &notice, &yesterday, false)
        .await
        .unwrap();
    let Answer::Refused {
        refusal: Refusal::WrongHash { .. },
        difference,
    } = answer
    else {
        panic!("{answer:?}")
    };
    assert!(
        difference
            .iter()
            .any(|line| line.to_string().contains("大暴雨")),
        "{difference:?}"
    );
    assert!(
        town.acts(&notice)
            .await
            .contains(&"approval-refused".to_owned())
    );
    assert!(town.parcels("work-group").is_empty(), "nothing went out");
}

async fn no_one_signs_what_they_submitted_or_out_of_turn(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let incident = town.declare("flood", ResponseLevel::IV).await.incident.id;
    town.facts(&incident, &flood_facts()).await;
    town.tick().await;
    let notice = town.of_item(&incident, "response-notice").await.id;
    let both = officer(
        "zhang",
        &["flood-office/section-head", "flood-office/office-director"],
    );
    town.submit(&both, &notice).await.unwrap();
    let hash = town.hash(&notice).await;
    let refusal = |answer| match answer {
        Answer::Refused { refusal, .. } => refusal,
        Answer::Done(done) => panic!("{done:?}"),
    };
    assert_eq!(
        refusal(town.approve(&both, &notice, &hash, false).await.unwrap()),
        Refusal::OwnDraft
    );
    let director = officer("zhuren", &["flood-office/office-director"]);
    assert!(matches!(
        refusal(
            town.approve(&director, &notice, &hash, false)
                .await
                .unwrap()
        ),
        Refusal::NotYourTurn { .. }
    ));
    let head = officer(
        "kezhang",
        &["flood-office/section-head", "flood-office/office-director"],
    );
    assert!(matches!(
        town.approve(&head, &notice, &hash, false).await.unwrap(),
        Answer::Done(_)
    ));
    assert_eq!(
        refusal(town.approve(&head, &notice, &hash, false).await.unwrap()),
        Refusal::AlreadySigned,
        "four eyes: the same person may not sign for two posts"
    );
    let stranger = officer("luren", &["health-commission/section-head"]);
    assert!(matches!(
        town.submit(&stranger, &notice).await,
        Err(VerbError::Denied(_))
    ));
}

async fn new_facts_leave_a_text_under_review_alone_and_say_so(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let incident = town.declare("flood", ResponseLevel::IV).await.incident.id;
    town.facts(&incident, &flood_facts()).await;
    town.tick().await;
    let notice = town.of_item(&incident, "response-notice").await.id;
    town.submit(&duty_officer(), &notice).await.unwrap();
    let before = town.hash(&notice).await;
    town.facts(&incident, &[("situation", json!("河道水位超警戒"))])
        .await;
    let release = town.release(&notice).await;
    let ReleaseState::InReview(review) = &release.state else {
        panic!("{:?}", release.state)
    };
    assert_eq!(
        (review.hash.as_str(), review.stale),
        (before.as_str(), Some(2))
    );
    let stale = town
        .journal()
        .await
        .into_iter()
        .find(|e| e.act == "review-stale")
        .unwrap();
    assert!(
        stale.data["difference"]
            .to_string()
            .contains("河道水位超警戒")
    );
}

async fn the_fast_route_takes_one_signature_and_asks_for_the_rest(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let incident = town.declare("flood", ResponseLevel::IV).await.incident.id;
    town.facts(&incident, &flood_facts()).await;
    town.tick().await;
    let notice = town.of_item(&incident, "response-notice").await.id;
    let hash = town.hash(&notice).await;
    let leader = officer("daiban", &["flood-office/duty-leader"]);
    assert!(matches!(
        town.approve(&leader, &notice, &hash, true).await.unwrap(),
        Answer::Done(_)
    ));
    town.tick().await;
    assert_eq!(town.parcels("work-group").len(), 1);
    assert!(
        town.acts(&notice)
            .await
            .contains(&"released-before-countersignature".to_owned())
    );

    town.pass("2h1m").await;
    assert!(
        town.acts(&notice)
            .await
            .contains(&"countersignature-overdue".to_owned())
    );
    for post in ["flood-office/section-head", "flood-office/office-director"] {
        let signer = officer(post, &[post]);
        assert!(matches!(
            town.approve(&signer, &notice, &hash, false).await.unwrap(),
            Answer::Done(_)
        ));
    }
    let ReleaseState::Published(publication) = town.release(&notice).await.state else {
        panic!("still out")
    };
    assert!(publication.countersign.unwrap().is_complete());
}

async fn the_fast_route_refuses_a_text_written_by_hand(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let incident = town.declare("flood", ResponseLevel::IV).await.incident.id;
    town.facts(&incident, &flood_facts()).await;
    town.tick().await;
    let notice = town.of_item(&incident, "response-notice").await.id;
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    let edit = fabu::flow::draft::TextEdit {
        text: Some("另行通知。".into()),
        ..Default::default()
    };
    fabu::flow::draft::edit(&mut tx, &world, now, &duty_officer(), &notice, edit)
        .await
        .unwrap();
    town.realm.commit(tx).await.unwrap();
    let hash = town.hash(&notice).await;
    let leader = officer("daiban", &["flood-office/duty-leader"]);
    let answer = town.approve(&leader, &notice, &hash, true).await.unwrap();
    assert!(matches!(
        answer,
        Answer::Refused {
            refusal: Refusal::NotPreApproved,
            ..
        }
    ));
    assert!(town.parcels("work-group").is_empty());
}

async fn two_officers_declare_the_same_flood_once(database: &Database) {
    let town = Town::new(database.store().await, START).await;
    let (one, two) = (
        duty_officer(),
        officer("erhao", &["flood-office/duty-officer"]),
    );
    let (first, second) = tokio::join!(
        town.try_declare(&one, "flood", ResponseLevel::IV),
        town.try_declare(&two, "flood", ResponseLevel::III)
    );
    assert_eq!(usize::from(first.is_ok()) + usize::from(second.is_ok()), 1);
    let refused = first.err().or(second.err()).unwrap();
    assert!(matches!(refused, VerbError::Conflict { .. }), "{refused}");
    let mut tx = database.store().await.read().await.unwrap();
    assert_eq!(tx.incidents(None, None, 10).await.unwrap().len(), 1);
}
