//! Told to stop, the server finishes what is under way; started again, it has forgotten nothing.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use fabu::clock::{Clock as _, SystemClock};
use fabu::domain::time::Moment;

use crate::support::installation::{flood_declaration, flood_office};
use crate::support::peers::sink::Sink;
use crate::support::peers::{eventually, free_port};

#[tokio::test(flavor = "multi_thread")]
async fn told_to_stop_it_finishes_what_is_under_way_and_repeats_nothing() {
    const READERS: usize = 40;
    // Each mail takes a second, so that eight are under way whenever the signal comes.
    let Some(sink) = Sink::start(&["-w", "1"]) else {
        return;
    };
    let office = flood_office(sink.port);
    let officer = office.hire("zhiban", "flood-office/duty-officer");
    let head = office.hire("kezhang", "flood-office/section-head");
    let director = office.hire("zhuren", "flood-office/office-director");
    office.import_media(READERS);

    let server = office.serve();
    let (_, notice) = server.declare_flood(&officer).await;
    server.publish(&notice, &officer, &[&head, &director]).await;
    eventually("some mails under way", || {
        (sink.taken() >= 12).then_some(())
    });
    server.terminate();
    assert_eq!(server.ended(), 0);
    let before = sink.in_order().len();
    assert!(
        before < READERS,
        "all were sent before the signal: nothing was tested"
    );

    let server = office.serve();
    server.until_accepted(&officer, &notice, READERS).await;
    let mut copies = BTreeMap::<String, usize>::new();
    for mail in sink.in_order() {
        let id = mail
            .lines()
            .find(|line| line.starts_with("X-Fabu-Delivery:"));
        *copies.entry(id.unwrap().to_owned()).or_default() += 1;
    }
    assert_eq!(copies.len(), READERS);
    assert!(copies.values().all(|n| *n == 1), "{copies:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fell_due_while_it_was_down_is_dealt_with_at_once_and_called_late() {
    let office = flood_office(free_port());
    let officer = office.hire("zhiban", "flood-office/duty-officer");
    let mut server = office.serve();
    // At level II the first bulletin is due five hours after the flood was known, which was almost five hours ago.
    let mut declaration = flood_declaration();
    let due = SystemClock.now() + TimeDelta::seconds(4);
    declaration["level"] = "II".into();
    declaration["known_at"] = (due - TimeDelta::hours(5)).to_rfc3339().into();
    let declared = server
        .post(&officer, "/api/v1/incidents", declaration)
        .await;
    let bulletin = declared["releases"]
        .as_array()
        .unwrap()
        .iter()
        .find(|release| release["item"] == "first-bulletin")
        .unwrap()["id"]
        .clone();
    server.kill();
    assert!(
        SystemClock.now() < due,
        "the machine was too slow: the deadline passed before the kill"
    );
    eventually("the deadline", || (SystemClock.now() > due).then_some(()));

    let started = SystemClock.now();
    let server = office.serve();
    let overdue = server
        .until(
            "the overdue release in the journal",
            &officer,
            &format!(
                "/api/v1/journal?incident={}&limit=1000",
                declared["id"].as_str().unwrap()
            ),
            |journal| {
                let mut entries = journal.as_array().unwrap().iter();
                let about = |entry: &&serde_json::Value| {
                    entry["act"] == "release-overdue" && entry["release"] == bulletin
                };
                entries.find(about).cloned()
            },
        )
        .await;
    let at: Moment = overdue["at"].as_str().unwrap().parse().unwrap();
    assert!(at >= started - TimeDelta::milliseconds(1), "{overdue}");
    let path = format!("/api/v1/releases/{}", bulletin.as_str().unwrap());
    let release = server.get(&officer, &path).await;
    assert_eq!(release["overdue"], true);
    assert!(office.journal_is_sound());
}
