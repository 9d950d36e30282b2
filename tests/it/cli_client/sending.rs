//! Channels and recipients on the command line.

use super::office::Office;
use fabu::domain::blame::Scope;
use fabu::domain::delivery::Outcome;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_channel_is_tested_and_held_back() {
    let mut office = Office::open().await;
    office.by("anquan", &["channel", "test", "sms"]).await.ok();
    office
        .by("zhiban", &["channel", "disable", "sms"])
        .await
        .exits(4)
        .tells("Security administrator (Data Centre of Shili City) can");
    office
        .by("anquan", &["channel", "disable", "sms"])
        .await
        .ok();
    let list = office.by("zhiban", &["channel", "list"]).await.ok();
    let line = list
        .out
        .lines()
        .find(|line| line.starts_with("sms "))
        .unwrap();
    assert!(line.contains(" disabled "), "{line}");
    office
        .by("anquan", &["channel", "enable", "smoke"])
        .await
        .exits(1)
        .tells("next: fabu channel list");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recipient_who_was_not_reached_shows_in_the_exit_code() {
    let mut office = Office::open().await;
    let (_, notice) = office.declare().await;
    let refused = Outcome::Refused {
        why: "no such robot".into(),
    };
    office.town.recording("work-group").answer(refused);
    let code = office.code("daiban", &notice).await;
    let fast = ["release", "approve", &notice, "--code", &code, "--fast"];
    office.by("daiban", &fast).await.ok();
    let delivery = ["report", "delivery", &notice];
    office
        .by("zhiban", &delivery)
        .await
        .exits(6)
        .tells("partly delivered: 1 failed, 0 unknown")
        .prints("work-group");
    let channels = office.by("zhiban", &["channel", "list"]).await.ok();
    let line = channels
        .out
        .lines()
        .find(|line| line.starts_with("work-group "))
        .unwrap();
    assert!(line.split_whitespace().any(|cell| cell == "1"), "{line}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_given_up_is_sent_again_from_the_command_line() {
    let mut office = Office::open().await;
    let (_, notice) = office.declare().await;
    let refused = Outcome::Refused {
        why: "no such robot".into(),
    };
    office.town.recording("work-group").answer(refused);
    let code = office.code("daiban", &notice).await;
    let fast = ["release", "approve", &notice, "--code", &code, "--fast"];
    office.by("daiban", &fast).await.ok();
    office.town.recording("work-group").accept();
    let trial = ["release", "resend", &notice, "--dry-run"];
    office.by("zhiban", &trial).await.ok().tells("sent again");
    assert_eq!(office.town.parcels("work-group").len(), 1, "only a trial");
    let wrong = ["release", "resend", &notice, "--channel", "smoke"];
    office.by("zhiban", &wrong).await.exits(3).tells("channel");
    let resend = [
        "release",
        "resend",
        &notice,
        "--channel",
        "work-group",
        "--json",
    ];
    let done = office.by("zhiban", &resend).await.ok().json();
    assert_eq!(done["resent"], 1, "{done}");
    assert_eq!(office.town.parcels("work-group").len(), 2);
    let again = ["release", "resend", &notice];
    office
        .by("zhiban", &again)
        .await
        .ok()
        .tells("nothing of it was given up");
    let delivery = ["report", "delivery", &notice];
    office.by("zhiban", &delivery).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_channel_whose_account_is_refused_says_so() {
    let mut office = Office::open().await;
    let (_, notice) = office.declare().await;
    office.town.recording("work-group").answer(Outcome::Retry {
        after: None,
        why: "93000 invalid webhook url".into(),
        scope: Scope::Account,
        ambiguous: false,
    });
    let code = office.code("daiban", &notice).await;
    let fast = ["release", "approve", &notice, "--code", &code, "--fast"];
    office.by("daiban", &fast).await.ok();
    office
        .by("zhiban", &["channel", "list"])
        .await
        .ok()
        .prints("in trouble")
        .tells("93000 invalid webhook url");
}
