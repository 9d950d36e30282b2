//! Whose fault it is, as people notice it: what is about our account is told at once and waits; what may have arrived is
//! not repeated for ever; what was given up can be sent again.

use std::time::Duration;

use fabu::domain::blame::Scope;
use fabu::domain::delivery::{DeliveryStatus, Outcome};
use fabu::domain::level::ResponseLevel;
use fabu::flow::VerbError;
use fabu::flow::resend::{self, Resent, Wanted};
use fabu::id::ReleaseId;

use crate::support::database::Database;
use crate::support::town::{Town, duty_officer, flood_facts, officer};

const START: &str = "2026-07-01T03:00:00+08:00";

crate::on_each_database!(
    trouble_with_the_account_is_told_once_and_gives_nothing_up,
    unclear_answers_in_a_row_are_taken_for_the_accounts,
    trouble_that_comes_and_goes_is_not_told_each_time,
    an_answer_that_may_mean_success_is_not_repeated_for_ever,
    a_wait_beyond_the_give_up_time_ends_with_one_last_try,
    what_is_valid_no_longer_is_not_sent_when_the_account_is_mended,
    what_was_given_up_is_sent_again_to_those_only,
    what_may_have_arrived_is_sent_again_only_if_that_is_said,
    a_text_that_does_not_stand_is_not_sent_again,
    a_stranger_sends_nothing_again,
);

fn trouble(scope: Scope, ambiguous: bool) -> Outcome {
    Outcome::Retry {
        after: None,
        why: "553 Mail from must equal authorized user".into(),
        scope,
        ambiguous,
    }
}

async fn ready_notice(town: &mut Town) -> ReleaseId {
    let incident = town.declare("flood", ResponseLevel::IV).await.incident.id;
    town.facts(&incident, &flood_facts()).await;
    town.tick().await;
    town.of_item(&incident, "response-notice").await.id
}

async fn status_of(database: &Database, release: &ReleaseId, channel: &str) -> DeliveryStatus {
    let mut tx = database.store().await.read().await.unwrap();
    let all = tx.deliveries(release, None, 0, 100).await.unwrap();
    let mut of = all.into_iter().filter(|d| d.channel == channel);
    of.next().unwrap().status
}

async fn acts(town: &Town, act: &str) -> usize {
    let mut tx = town.realm.store.read().await.unwrap();
    let all = tx.journal_after(0, None, 5000).await.unwrap();
    all.iter().filter(|entry| entry.act == act).count()
}

/// The duty post hears of trouble by this channel, which carries reminders.
fn warnings(town: &Town) -> usize {
    let told = town.parcels("leaders-group");
    told.iter()
        .filter(|one| one.rendering.text.contains("渠道“"))
        .count()
}

async fn trouble_with_the_account_is_told_once_and_gives_nothing_up(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let notice = ready_notice(&mut town).await;
    town.recording("work-group")
        .answer(trouble(Scope::Account, false));
    town.publish(&notice).await;
    // The robot of that channel takes one message a second.
    town.pass("1m").await;
    assert_eq!(warnings(&town), 1, "told as soon as the channel can");
    // Ten times the two hours after which it would be given up.
    town.pass("20h").await;
    assert_eq!(
        status_of(database, &notice, "work-group").await,
        DeliveryStatus::Pending
    );
    assert_eq!(warnings(&town), 1, "and not again");
    assert_eq!(acts(&town, "channel-trouble").await, 1);
    assert_eq!(acts(&town, "channel-mended").await, 0);
    let tries = town.parcels("work-group").len();
    assert!(tries < 1500, "{tries} tries in twenty hours");
    town.recording("work-group").accept();
    town.pass("2m").await;
    assert_eq!(
        status_of(database, &notice, "work-group").await,
        DeliveryStatus::Accepted
    );
    assert_eq!(acts(&town, "channel-mended").await, 1);
}

async fn unclear_answers_in_a_row_are_taken_for_the_accounts(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let notice = ready_notice(&mut town).await;
    town.recording("work-group")
        .answer(trouble(Scope::Unclear, false));
    town.publish(&notice).await;
    town.pass("20h").await;
    assert_eq!(warnings(&town), 1);
    assert_eq!(
        status_of(database, &notice, "work-group").await,
        DeliveryStatus::Pending
    );
    town.recording("work-group").accept();
    town.pass("2m").await;
    assert_eq!(
        status_of(database, &notice, "work-group").await,
        DeliveryStatus::Accepted
    );
}

async fn trouble_that_comes_and_goes_is_not_told_each_time(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let dispatch = {
        let notice = ready_notice(&mut town).await;
        town.publish(&notice).await;
        let mut tx = town.realm.store.read().await.unwrap();
        tx.dispatches_of(&notice).await.unwrap()[0].id.clone()
    };
    for _ in 0..20 {
        let now = town.now();
        let mut tx = town.realm.store.begin().await.unwrap();
        tx.begin_trouble("work-group", "550 relay denied", &dispatch, now)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        fabu::worker::tell_trouble(&town.realm).await.unwrap();
        town.pass("10s").await;
        let mut tx = town.realm.store.begin().await.unwrap();
        tx.end_trouble("work-group", town.now()).await.unwrap();
        tx.commit().await.unwrap();
        fabu::worker::tell_trouble(&town.realm).await.unwrap();
    }
    town.pass("1m").await;
    assert_eq!(warnings(&town), 1);
    assert_eq!(acts(&town, "channel-trouble").await, 1);
    assert_eq!(acts(&town, "channel-mended").await, 1);
    town.pass("11m").await;
    fabu::worker::tell_trouble(&town.realm).await.unwrap();
    assert_eq!(acts(&town, "channel-mended").await, 2, "once it stays away");
}

async fn an_answer_that_may_mean_success_is_not_repeated_for_ever(database: &Database) {
    {
        let scope = Scope::Unclear;
        let mut town = Town::new(database.store().await, START).await;
        let notice = ready_notice(&mut town).await;
        town.recording("work-group").answer(trouble(scope, true));
        town.publish(&notice).await;
        town.pass("3m").await;
        assert_eq!(town.parcels("work-group").len(), 3, "{scope:?}");
        assert_eq!(
            status_of(database, &notice, "work-group").await,
            DeliveryStatus::Unknown
        );
        town.pass("3h").await;
        assert_eq!(town.parcels("work-group").len(), 3, "{scope:?}");
    }
}

async fn a_wait_beyond_the_give_up_time_ends_with_one_last_try(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let notice = ready_notice(&mut town).await;
    let day = Outcome::Retry {
        after: Some(Duration::from_secs(86_400)),
        why: "503 come back tomorrow".into(),
        scope: Scope::Moment,
        ambiguous: false,
    };
    town.recording("work-group").script([day]);
    town.publish(&notice).await;
    town.pass("119m").await;
    assert_eq!(town.parcels("work-group").len(), 1, "its wait is kept");
    town.pass("2m").await;
    assert_eq!(town.parcels("work-group").len(), 2);
    assert_eq!(
        status_of(database, &notice, "work-group").await,
        DeliveryStatus::Accepted
    );
}

async fn what_is_valid_no_longer_is_not_sent_when_the_account_is_mended(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let notice = ready_notice(&mut town).await;
    town.recording("work-group")
        .answer(trouble(Scope::Account, false));
    town.publish(&notice).await;
    town.pass("1m").await;
    town.sleep("31d");
    town.pass("1m").await;
    assert_eq!(town.release(&notice).await.state.code(), "expired");
    let before = town.parcels("work-group").len();
    town.recording("work-group").accept();
    town.pass("1h").await;
    let sent = town.parcels("work-group");
    let of_notice = sent[before..]
        .iter()
        .filter(|one| one.rendering.text.contains("启动"));
    assert_eq!(of_notice.count(), 0);
    assert_eq!(
        status_of(database, &notice, "work-group").await,
        DeliveryStatus::Cancelled
    );
}

async fn send_again(town: &Town, id: &ReleaseId, wanted: Wanted) -> Result<Resent, VerbError> {
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    let done = resend::resend(&mut tx, &world, now, &duty_officer(), id, &wanted).await;
    if done.is_ok() {
        tx.commit().await.unwrap();
    }
    done
}

async fn what_was_given_up_is_sent_again_to_those_only(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let notice = ready_notice(&mut town).await;
    town.recording("work-group").answer(Outcome::Refused {
        why: "no such group".into(),
    });
    town.publish(&notice).await;
    town.pass("5m").await;
    let others = town.parcels("notice-board").len();
    let nothing = Wanted {
        channel: Some("telegram".into()),
        ..Wanted::default()
    };
    assert!(
        send_again(&town, &notice, nothing).await.is_err(),
        "it does not go there"
    );
    town.recording("work-group").accept();
    let done = send_again(&town, &notice, Wanted::default()).await.unwrap();
    assert_eq!(done.channels["work-group"].failed, 1);
    assert_eq!(done.channels["notice-board"].failed, 0);
    town.pass("1m").await;
    assert_eq!(town.parcels("work-group").len(), 2);
    assert_eq!(town.parcels("notice-board").len(), others, "they have it");
    assert_eq!(
        status_of(database, &notice, "work-group").await,
        DeliveryStatus::Accepted
    );
    let again = send_again(&town, &notice, Wanted::default()).await.unwrap();
    assert_eq!(again.channels["work-group"].failed, 0, "nothing is left");
    assert_eq!(acts(&town, "release-resent").await, 1);
    let mut tx = town.realm.store.read().await.unwrap();
    let counts = tx.channel_counts().await.unwrap();
    assert_eq!(counts["work-group"].get("accepted"), Some(&1));
    assert_eq!(counts["work-group"].get("failed"), None, "counted once");
}

async fn what_may_have_arrived_is_sent_again_only_if_that_is_said(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let notice = ready_notice(&mut town).await;
    town.recording("work-group")
        .answer(trouble(Scope::Unclear, true));
    town.publish(&notice).await;
    town.pass("5m").await;
    town.recording("work-group").accept();
    let done = send_again(&town, &notice, Wanted::default()).await.unwrap();
    let sent = done.channels["work-group"];
    assert_eq!((sent.failed, sent.unknown, sent.unknown_left), (0, 0, 1));
    let wanted = Wanted {
        unknown: true,
        ..Wanted::default()
    };
    let done = send_again(&town, &notice, wanted).await.unwrap();
    assert_eq!(done.channels["work-group"].unknown, 1);
    town.pass("1m").await;
    assert_eq!(
        status_of(database, &notice, "work-group").await,
        DeliveryStatus::Accepted
    );
}

async fn a_text_that_does_not_stand_is_not_sent_again(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let notice = ready_notice(&mut town).await;
    assert!(
        send_again(&town, &notice, Wanted::default()).await.is_err(),
        "it is not out yet"
    );
    town.recording("work-group")
        .answer(Outcome::Refused { why: "no".into() });
    town.publish(&notice).await;
    town.pass("1m").await;
    let leader = officer("daiban", &["flood-office/duty-leader"]);
    town.withdraw(&leader, &notice).await;
    let refused = send_again(&town, &notice, Wanted::default()).await;
    assert!(matches!(refused, Err(VerbError::NotNow(_))));
    assert_eq!(town.parcels("work-group").len(), 1);
}

async fn a_stranger_sends_nothing_again(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let notice = ready_notice(&mut town).await;
    town.publish(&notice).await;
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    let stranger = officer("mou", &["health-commission/duty-officer"]);
    let refused =
        resend::resend(&mut tx, &world, now, &stranger, &notice, &Wanted::default()).await;
    assert!(matches!(refused, Err(VerbError::Denied(_))));
}
