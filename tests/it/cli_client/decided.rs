//! Measures that a person decides, from the command line.

use std::sync::Arc;

use fabu::domain::deadline::{Anchor, DayCalendar, Due};
use fabu::domain::level::ResponseLevel;
use fabu::domain::plan::{Item, PlanSet};

use super::{Office, Said};
use crate::support::town::examples;

/// The flood plan with two measures at level IV that exclude each other.
fn measures() -> PlanSet {
    let mut set = examples();
    for pinned in set.plans.iter_mut().filter(|one| one.plan.plan == "flood") {
        let mut plan = (*pinned.plan).clone();
        let items = plan.levels.get_mut(&ResponseLevel::IV).unwrap();
        let like = items.iter().find(|item| item.item == "response-notice");
        let measure = |code: &str, name: &str, other: &str| Item {
            item: code.into(),
            name: name.into(),
            name_en: None,
            role: None,
            interpretation: None,
            decided: true,
            instead_of: vec![other.into()],
            due: vec![Due {
                within: "30m".parse().unwrap(),
                of: Anchor::Request,
                calendar: DayCalendar::Clock,
            }],
            ..like.unwrap().clone()
        };
        let two = [
            measure("leave", "人员转移避险", "stay-in"),
            measure("stay-in", "就地避险", "leave"),
        ];
        items.extend(two);
        pinned.plan = Arc::new(plan);
        pinned.hash = format!("measures-{}", pinned.hash);
    }
    set
}

async fn measure(office: &mut Office, incident: &str, item: &str) -> String {
    let show = ["incident", "show", incident, "--json"];
    let board = office.by("zhiban", &show).await.ok().json();
    let releases = board["releases"].as_array().unwrap().clone();
    let found = releases.iter().find(|one| one["item"] == item).unwrap();
    found["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_measure_is_listed_first_and_ordered_once_it_is_meant() {
    let mut office = Office::open_with(measures()).await;
    let (incident, _) = office.declare().await;
    let list = office.by("zhiban", &["release", "list"]).await.ok();
    assert!(list.out.starts_with("ready, not ordered"), "{}", list.out);
    let line = |said: &Said, words: &str| {
        said.out
            .lines()
            .position(|line| line.contains(words))
            .unwrap_or_else(|| panic!("no {words} in {}", said.out))
    };
    assert!(line(&list, "人员转移避险") < line(&list, super::NOTICE));
    list.prints("Duty officer").tells("fabu release order");

    let leave = measure(&mut office, &incident, "leave").await;
    let order = ["release", "order", &leave, "--area", "临江镇"];
    office
        .at_a_terminal("zhiban", &order, "\n")
        .await
        .ok()
        .prints("Order 人员转移避险 for")
        .prints("Left as it is.");
    assert_eq!(office.release(&leave).await["status"], "undecided");
    office.by("fushizhang", &order).await.exits(4);
    office
        .at_a_terminal("zhiban", &order, "y\n")
        .await
        .ok()
        .prints("ordered");
    let ordered = office.release(&leave).await;
    assert_eq!(ordered["areas"], serde_json::json!(["320299101"]));
    assert_eq!(ordered["due_at"], "2026-07-01T03:30:00Z");

    // What excludes it is named, and only --instead takes its place.
    let stay = measure(&mut office, &incident, "stay-in").await;
    let other = ["release", "order", &stay, "--area", "临江镇"];
    office
        .by("zhiban", &other)
        .await
        .exits(5)
        .tells("人员转移避险");
    let later = ["release", "ask-again", &stay, "--in", "30m"];
    office.by("zhiban", &later).await.ok().tells("put off");
    let never = ["release", "not-applicable", &stay, "--reason", "已转移"];
    office
        .by("zhiban", &never)
        .await
        .ok()
        .prints("not applicable");
    office.by("zhiban", &never).await.exits(5);
}

/// An order that is out for one town, in a response at level III.
async fn ordered_in_town() -> (Office, String, String) {
    let mut office = Office::open_with(measures()).await;
    let (incident, _) = office.declare().await;
    let leave = measure(&mut office, &incident, "leave").await;
    let order = ["release", "order", &leave, "--area", "临江镇"];
    office.by("zhiban", &order).await.ok();
    let code = office.code("daiban", &leave).await;
    let fast = ["release", "approve", &leave, "--code", &code, "--fast"];
    office.by("daiban", &fast).await.ok();
    let raise = [
        "incident",
        "raise",
        &incident,
        "III",
        "--reason",
        "雨势加强",
    ];
    office.by("zhiban", &raise).await.ok();
    (office, incident, leave)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lowered_level_lists_what_binds_as_the_end_does() {
    let (mut office, incident, leave) = ordered_in_town().await;
    let lower = ["incident", "lower", &incident, "IV", "--reason", "雨势减弱"];
    let trial = [&lower[..], &["--dry-run"]].concat();
    let said = office.by("zhiban", &trial).await.ok();
    said.prints("These measures bind on")
        .prints("人员转移避险")
        .prints("Linjiang Town");
    let lowered = [&lower[..], &["--json"]].concat();
    let lowered = office.by("zhiban", &lowered).await.ok().json();
    let binding = &lowered["binding"][0];
    assert_eq!(binding["release"], leave);
    assert_eq!(binding["areas"], serde_json::json!(["320299101"]));
    assert!(binding["document_number"].is_string(), "{binding}");
    let show = office.by("zhiban", &["incident", "show", &incident]).await;
    show.ok()
        .prints("What binds people, and where it was lifted")
        .prints("Linjiang Town");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_confirms_an_end_is_shown_what_binds_on() {
    let (mut office, incident, leave) = ordered_in_town().await;
    let end = [
        "incident",
        "end",
        &incident,
        "--reason",
        "雨停水退",
        "--json",
    ];
    let asked = office.by("zhiban", &end).await.ok().json();
    assert_eq!(asked["binding"][0]["release"], leave);
    let confirm = ["incident", "confirm", asked["id"].as_str().unwrap()];
    office
        .at_a_terminal("fushizhang", &confirm, "\n")
        .await
        .prints("These measures bind on")
        .prints("人员转移避险")
        .prints("Linjiang Town");
    let board = ["incident", "show", &incident, "--json"];
    let board = office.by("zhiban", &board).await.ok().json();
    assert_eq!(board["status"], "active");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_end_lists_what_still_binds() {
    let (mut office, incident, _) = ordered_in_town().await;
    let end = ["incident", "end", &incident, "--reason", "雨停水退"];
    let trial = [&end[..], &["--dry-run"]].concat();
    for args in [&trial[..], &end[..]] {
        let said = office.by("zhiban", args).await.ok();
        said.prints("These measures bind on").prints("人员转移避险");
    }
}
