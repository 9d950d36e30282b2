//! A press conference is measured by when it was held, its text by its own limit, and nobody writes of what was not held.

use std::collections::BTreeMap;

use fabu::domain::journal::{Act, Told};
use fabu::domain::level::ResponseLevel;
use fabu::domain::release::{Holding, ReleaseState, Reminder};
use fabu::domain::trace::{self, Trace};
use fabu::flow::VerbError;
use fabu::flow::declare::{self, GivenFact};
use fabu::flow::draft;
use fabu::id::IncidentId;
use serde_json::{Value, json};

use crate::support::database::Database;
use crate::support::town::{Town, at, duty_officer, flood_facts, officer};

const START: &str = "2026-07-01T03:00:00+08:00";
const HELD: &str = "press-held-at";

crate::on_each_database!(
    its_text_waits_for_the_holding_and_is_due_from_then,
    held_late_and_told_in_time_is_late,
    only_what_can_have_been_held_is_taken,
    a_mended_time_mends_the_measure,
    once_it_was_held_its_text_is_owed_at_any_level,
    what_was_announced_is_still_to_be_reported_after_the_end,
    who_gives_up_what_was_announced_says_why,
    what_was_given_up_keeps_no_later_one_owed,
    what_nobody_announced_falls_with_the_level,
    what_was_called_off_falls_with_the_level,
);

/// At level II, with everything that the announcement says, which is out after an hour.
async fn announced(database: &Database) -> (Town, IncidentId) {
    let mut town = Town::new(database.store().await, START).await;
    let incident = town.declare("flood", ResponseLevel::II).await.incident.id;
    town.facts(&incident, &flood_facts()).await;
    let facts = [
        ("press-time", json!("2026-07-01T15:00:00+08:00")),
        ("press-place", json!("市新闻发布厅")),
        ("press-attendees", json!("市防汛办、市水利局负责人")),
        ("press-registration", json!("电话登记")),
    ];
    town.facts(&incident, &facts).await;
    town.pass("1h").await;
    let announcement = town.of_item(&incident, "press-conference").await;
    town.publish(&announcement.id).await;
    (town, incident)
}

async fn report(
    town: &Town,
    incident: &IncidentId,
    when: &str,
    source: Option<&str>,
) -> Result<(), VerbError> {
    let fact = GivenFact {
        value: Value::from(when),
        as_of: None,
        source: source.map(str::to_owned),
    };
    let given = BTreeMap::from([(HELD.to_owned(), fact)]);
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    declare::set_facts(&mut tx, &world, now, &duty_officer(), incident, &given).await?;
    town.realm.commit(tx).await.unwrap();
    Ok(())
}

async fn told(town: &Town) -> Vec<Told> {
    let mut tx = town.realm.store.read().await.unwrap();
    tx.told_after(0, None, 10_000).await.unwrap()
}

async fn traced(town: &Town, item: &str) -> Trace {
    let traces = trace::read(&told(town).await);
    let found = traces.into_iter().rev().find(|trace| trace.item == item);
    found.unwrap_or_else(|| panic!("no trace of {item}"))
}

async fn its_text_waits_for_the_holding_and_is_due_from_then(database: &Database) {
    let (mut town, incident) = announced(database).await;
    let awaited = town.of_item(&incident, "press-held").await;
    assert_eq!(awaited.holding, Some(Holding::Awaited));
    assert_eq!(awaited.due_at, Some(at("2026-07-02T03:00:00+08:00")));
    let ReleaseState::Drafting(drafting) = &awaited.state else {
        panic!("{:?}", awaited.state);
    };
    assert_eq!(drafting.missing, [HELD], "everything else is known");
    let asked = |town: &Town| {
        let parcels = town.parcels("leaders-group");
        let mut said = parcels
            .iter()
            .filter_map(|parcel| parcel.rendering.text.find("尚未报告召开时间"));
        said.next().is_some()
    };
    town.pass("17h").await;
    assert!(asked(&town), "70 % of the time to hold it is over");
    assert_eq!(
        town.of_item(&incident, "press-held").await.reminded,
        Reminder::Seventy
    );

    // 20 h after the start: held five hours ago, and reported now.
    town.pass("2h").await;
    report(&town, &incident, "2026-07-01T22:30:00+08:00", None)
        .await
        .unwrap();
    let held = town.of_item(&incident, "press-held").await;
    assert_eq!(
        held.due_at,
        Some(at("2026-07-02T00:30:00+08:00")),
        "two hours for the text"
    );
    assert_eq!(held.reminded, Reminder::None, "its reminders begin afresh");
    let ReleaseState::Drafting(drafting) = &held.state else {
        panic!("{:?}", held.state);
    };
    assert!(drafting.version.is_some(), "{drafting:?}");
    let transcript = town.of_item(&incident, "press-transcript").await;
    assert_eq!(
        transcript.due_at,
        Some(at("2026-07-02T02:30:00+08:00")),
        "four hours after the holding"
    );

    let out = town.publish(&held.id).await;
    assert!(matches!(out.state, ReleaseState::Published(_)));
    let trace = traced(&town, "press-held").await;
    assert_eq!(trace.held_on_time(town.now()), Some(true));
    assert_eq!(trace.on_time(town.now()), Some(true));
    let sums = trace::timeliness(&[trace], town.now());
    assert_eq!(
        (sums[0].held, sums[0].held_late, sums[0].on_time),
        (1, 0, 1)
    );
    let acts = town.acts(&out.id).await;
    assert_eq!(
        acts.iter().filter(|act| *act == "holding-reported").count(),
        1
    );
}

async fn held_late_and_told_in_time_is_late(database: &Database) {
    let (mut town, incident) = announced(database).await;
    town.pass("24h").await;
    let trace = traced(&town, "press-held").await;
    assert_eq!(
        trace.held_on_time(town.now()),
        Some(false),
        "nobody has held it"
    );
    report(&town, &incident, "2026-07-02T04:00:00+08:00", None)
        .await
        .unwrap();
    let held = town.of_item(&incident, "press-held").await;
    town.publish(&held.id).await;
    let trace = traced(&town, "press-held").await;
    assert!(trace.published_at <= trace.due_at, "the text came in time");
    assert_eq!(trace.slack(), Some(-3600), "the conference did not");
    assert_eq!(trace.on_time(town.now()), Some(false));
    let sums = trace::timeliness(&[trace], town.now());
    assert_eq!((sums[0].held, sums[0].held_late, sums[0].late), (0, 1, 1));
    let late = told(&town).await.into_iter().any(|entry| {
        matches!(
            entry.act,
            Act::HoldingReported {
                late: true,
                before: None,
                ..
            }
        )
    });
    assert!(late);
}

async fn only_what_can_have_been_held_is_taken(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let incident = town.declare("flood", ResponseLevel::II).await.incident.id;
    town.pass("2h").await;
    for (when, source, says) in [
        ("2026-07-01T06:00:00+08:00", Some("记者"), "future"),
        (
            "2026-07-01T02:00:00+08:00",
            Some("记者"),
            "before anybody knew",
        ),
        ("2026-07-01T04:00:00+08:00", None, "is not out"),
    ] {
        let refused = report(&town, &incident, when, source).await.unwrap_err();
        let VerbError::Invalid { problems } = &refused else {
            panic!("{refused:?}");
        };
        let said = format!("{problems:?}{refused}");
        assert!(said.contains(HELD), "{said}");
        assert!(
            refused.to_string().contains(says) || said.contains(says),
            "{says}: {refused}"
        );
    }
    assert_eq!(
        town.of_item(&incident, "press-held").await.holding,
        Some(Holding::Awaited)
    );
    // Who says so is named: it was held without an announcement of ours.
    report(
        &town,
        &incident,
        "2026-07-01T04:00:00+08:00",
        Some("市政府新闻办"),
    )
    .await
    .unwrap();
    assert!(
        town.of_item(&incident, "press-held")
            .await
            .held_at()
            .is_some()
    );
}

async fn a_mended_time_mends_the_measure(database: &Database) {
    let (mut town, incident) = announced(database).await;
    town.pass("24h").await;
    report(&town, &incident, "2026-07-02T03:30:00+08:00", None)
        .await
        .unwrap();
    let held = town.of_item(&incident, "press-held").await;
    town.publish(&held.id).await;
    assert_eq!(
        traced(&town, "press-held").await.held_on_time(town.now()),
        Some(false)
    );
    report(&town, &incident, "2026-07-02T02:30:00+08:00", None)
        .await
        .unwrap();
    let trace = traced(&town, "press-held").await;
    assert_eq!(trace.held_on_time(town.now()), Some(true));
    assert_eq!(trace.due_at, Some(at("2026-07-02T04:30:00+08:00")));
    // A holding after the text is another one.
    town.pass("5h").await;
    report(&town, &incident, "2026-07-02T08:00:00+08:00", None)
        .await
        .unwrap();
    assert_eq!(
        traced(&town, "press-held").await.held_on_time(town.now()),
        Some(true)
    );
}

async fn once_it_was_held_its_text_is_owed_at_any_level(database: &Database) {
    let (mut town, incident) = announced(database).await;
    town.pass("12h").await;
    report(&town, &incident, "2026-07-01T15:05:00+08:00", None)
        .await
        .unwrap();
    town.level(&incident, ResponseLevel::I).await;
    town.level(&incident, ResponseLevel::III).await;
    let all = town.releases(&incident).await;
    let own: Vec<&str> = all
        .iter()
        .filter(|one| one.item == "press-held")
        .map(|one| one.state.code())
        .collect();
    assert_eq!(own, ["drafting"], "neither planned twice nor cancelled");
}

/// The states of what tells of the conference, in the order that it was planned in.
async fn states(town: &Town, incident: &IncidentId) -> Vec<&'static str> {
    let all = town.releases(incident).await.into_iter();
    let own = all.filter(|one| one.item == "press-held");
    own.map(|one| one.state.code()).collect()
}

async fn what_was_announced_is_still_to_be_reported_after_the_end(database: &Database) {
    let (mut town, incident) = announced(database).await;
    town.level(&incident, ResponseLevel::IV).await;
    assert_eq!(states(&town, &incident).await, ["drafting"]);
    town.end(&incident).await;
    assert_eq!(states(&town, &incident).await, ["drafting"]);
    // Whoever came wants to read of it, though the response is over.
    town.pass("12h").await;
    report(&town, &incident, "2026-07-01T15:05:00+08:00", None)
        .await
        .unwrap();
    let held = town.of_item(&incident, "press-held").await;
    assert!(held.held_at().is_some());
    let out = town.publish(&held.id).await;
    assert!(matches!(out.state, ReleaseState::Published(_)));
}

async fn who_gives_up_what_was_announced_says_why(database: &Database) {
    let (town, incident) = announced(database).await;
    town.end(&incident).await;
    give_up(&town, &incident).await;
    assert_eq!(states(&town, &incident).await, ["waived"]);
}

async fn give_up(town: &Town, incident: &IncidentId) {
    let awaited = town.of_item(incident, "press-held").await;
    let leader = officer("daiban", &["flood-office/section-head"]);
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    let why = "响应终止，发布会取消";
    let given_up = draft::waive(&mut tx, &world, now, &leader, &awaited.id, why).await;
    town.realm.commit(tx).await.unwrap();
    given_up.unwrap();
}

async fn what_was_given_up_keeps_no_later_one_owed(database: &Database) {
    let (mut town, incident) = announced(database).await;
    town.level(&incident, ResponseLevel::IV).await;
    give_up(&town, &incident).await;
    town.pass("1h").await;
    town.level(&incident, ResponseLevel::II).await;
    town.level(&incident, ResponseLevel::IV).await;
    assert_eq!(states(&town, &incident).await, ["waived", "cancelled"]);
}

async fn what_nobody_announced_falls_with_the_level(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let incident = town.declare("flood", ResponseLevel::II).await.incident.id;
    town.pass("1h").await;
    town.level(&incident, ResponseLevel::IV).await;
    assert_eq!(states(&town, &incident).await, ["cancelled"]);
}

async fn what_was_called_off_falls_with_the_level(database: &Database) {
    let (mut town, incident) = announced(database).await;
    let announcement = town.of_item(&incident, "press-conference").await.id;
    let leader = officer("daiban", &["flood-office/duty-leader"]);
    town.withdraw(&leader, &announcement).await;
    town.level(&incident, ResponseLevel::IV).await;
    assert_eq!(states(&town, &incident).await, ["cancelled"]);
}
