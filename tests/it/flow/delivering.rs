//! From a published text to an address: retries, giving up, fallback, order, isolation.

use fabu::domain::blame::Scope;
use fabu::domain::delivery::{DeliveryStatus, Outcome};
use fabu::domain::level::ResponseLevel;
use fabu::id::ReleaseId;

use crate::support::database::Database;
use crate::support::town::{Town, flood_facts};

const START: &str = "2026-07-01T03:00:00+08:00";

crate::on_each_database!(
    a_failing_channel_is_tried_again_with_the_same_key_and_slows_no_other,
    what_cannot_be_known_is_called_unknown,
    a_refused_address_is_not_tried_again,
);

fn down(ambiguous: bool) -> Outcome {
    Outcome::Retry {
        after: None,
        why: "connection refused".into(),
        scope: Scope::Moment,
        ambiguous,
    }
}

async fn ready_notice(town: &mut Town) -> ReleaseId {
    let incident = town.declare("flood", ResponseLevel::IV).await.incident.id;
    town.facts(&incident, &flood_facts()).await;
    town.tick().await;
    town.of_item(&incident, "response-notice").await.id
}

async fn status_of(database: &Database, release: &ReleaseId, channel: &str) -> Vec<DeliveryStatus> {
    let mut tx = database.store().await.read().await.unwrap();
    let all = tx.deliveries(release, None, 0, 100).await.unwrap();
    all.into_iter()
        .filter(|d| d.channel == channel)
        .map(|d| d.status)
        .collect()
}

async fn a_failing_channel_is_tried_again_with_the_same_key_and_slows_no_other(
    database: &Database,
) {
    let mut town = Town::new(database.store().await, START).await;
    let notice = ready_notice(&mut town).await;
    town.recording("work-group")
        .script([down(false), down(false)]);
    town.publish(&notice).await;
    assert_eq!(
        status_of(database, &notice, "notice-board").await,
        [DeliveryStatus::Accepted],
        "not held up"
    );
    town.pass("1m").await;
    let tries = town.parcels("work-group");
    assert_eq!(
        tries.iter().map(|p| p.attempt).collect::<Vec<_>>(),
        [1, 2, 3]
    );
    assert!(
        tries.iter().all(|p| p.key == tries[0].key),
        "the same key for every try"
    );
    assert_eq!(
        status_of(database, &notice, "work-group").await,
        [DeliveryStatus::Accepted]
    );
}

async fn what_cannot_be_known_is_called_unknown(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let notice = ready_notice(&mut town).await;
    town.recording("work-group").answer(down(true));
    town.recording("notice-board").answer(down(false));
    town.publish(&notice).await;
    town.pass("30h").await;
    assert_eq!(
        status_of(database, &notice, "work-group").await,
        [DeliveryStatus::Unknown]
    );
    assert_eq!(
        status_of(database, &notice, "notice-board").await,
        [DeliveryStatus::Failed]
    );
}

async fn a_refused_address_is_not_tried_again(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let notice = ready_notice(&mut town).await;
    town.recording("work-group").answer(Outcome::Refused {
        why: "no such group".into(),
    });
    town.publish(&notice).await;
    town.pass("2h").await;
    assert_eq!(
        status_of(database, &notice, "work-group").await,
        [DeliveryStatus::Failed]
    );
    assert_eq!(town.parcels("work-group").len(), 1);
}
