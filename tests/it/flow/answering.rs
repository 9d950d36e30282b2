//! What people ask and claim is answered in the time, by the route and on the channels of where it was found.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use fabu::domain::approval::{Actor, Consent};
use fabu::domain::concern::{ConcernSource, Found};
use fabu::domain::level::ResponseLevel;
use fabu::domain::release::{Release, ReleaseState};
use fabu::flow::VerbError;
use fabu::flow::declare::{GivenFact, set_facts};
use fabu::flow::request::{self, Order};
use fabu::id::IncidentId;
use serde_json::{Value, json};

use crate::support::database::Database;
use crate::support::town::{Town, at, duty_officer, holder_of};

const START: &str = "2026-07-01T03:00:00+08:00";

crate::on_each_database!(
    an_answer_is_due_from_when_its_concern_was_found,
    the_source_says_where_it_is_answered,
    only_what_was_found_is_answered,
    one_rumours_verdict_answers_no_other,
    nothing_goes_out_with_a_deadline_behind_it,
);

async fn ask(
    town: &Town,
    actor: &Actor,
    incident: &IncidentId,
    item: &str,
    found: Option<Found>,
) -> Result<Release, VerbError> {
    ask_saying(town, actor, incident, item, found, &[]).await
}

async fn ask_saying(
    town: &Town,
    actor: &Actor,
    incident: &IncidentId,
    item: &str,
    found: Option<Found>,
    facts: &[(&str, Value)],
) -> Result<Release, VerbError> {
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    let order = Order {
        found,
        facts: given(facts),
        ..Order::default()
    };
    let made = request::request(&mut tx, &world, now, actor, incident, item, order).await?;
    town.realm.commit(tx).await.unwrap();
    Ok(made[0].clone())
}

fn given(facts: &[(&str, Value)]) -> BTreeMap<String, GivenFact> {
    let given = facts.iter().map(|(code, value)| {
        let fact = GivenFact {
            value: value.clone(),
            as_of: None,
            source: None,
        };
        ((*code).to_owned(), fact)
    });
    given.collect()
}

fn found(source: ConcernSource, time: &str) -> Option<Found> {
    Some(Found {
        source: Some(source),
        at: at(time),
    })
}

async fn town(database: &Database, level: ResponseLevel) -> (Town, IncidentId) {
    let mut town = Town::new(database.store().await, START).await;
    let declared = town.declare("flood", level).await;
    town.pass("2h").await;
    (town, declared.incident.id)
}

async fn an_answer_is_due_from_when_its_concern_was_found(database: &Database) {
    let (town, incident) = town(database, ResponseLevel::II).await;
    let officer = duty_officer();
    let heard = found(ConcernSource::WebMessage, "2026-07-01T04:20:00+08:00");
    let answer = ask(&town, &officer, &incident, "rumour-refutation", heard).await;
    let answer = answer.unwrap();
    assert_eq!(answer.due_at, Some(at("2026-07-01T08:20:00+08:00")));
    // Without a source it is due as the first entry of the level says, from now.
    let answer = ask(&town, &officer, &incident, "rumour-refutation", None).await;
    let answer = answer.unwrap();
    assert_eq!(answer.due_at, Some(at("2026-07-01T07:00:00+08:00")));
}

/// What is said of the rumour about the reservoir.
fn reservoir() -> [(&'static str, Value); 5] {
    [
        ("rumour-topic", "水库情况".into()),
        ("rumour-verdict", "不实".into()),
        ("rumour-claim", "水库要垮了".into()),
        ("rumour-fact", "水库运行正常，水位低于汛限水位".into()),
        ("rumour-evidence", "水利局现场检查了大坝".into()),
    ]
}

async fn one_rumours_verdict_answers_no_other(database: &Database) {
    let (mut town, incident) = town(database, ResponseLevel::IV).await;
    let officer = duty_officer();
    let item = "rumour-refutation";
    let first = ask_saying(&town, &officer, &incident, item, None, &reservoir()).await;
    let second = ask(&town, &officer, &incident, item, None).await.unwrap();
    town.tick().await;
    town.publish(&first.unwrap().id).await;
    // The other rumour has no verdict, and its drafter is asked for one.
    let ReleaseState::Drafting(drafting) = town.release(&second.id).await.state else {
        panic!("a draft");
    };
    assert_eq!(drafting.version, None);
    assert!(
        drafting.missing.contains(&"rumour-topic".to_owned()),
        "{:?}",
        drafting.missing
    );
    // The incident is told nothing of either; it says which text waits.
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    let facts = given(&reservoir());
    let refused = set_facts(&mut tx, &world, now, &officer, &incident, &facts).await;
    let VerbError::Invalid { problems } = refused.unwrap_err() else {
        panic!("refused by name");
    };
    assert_eq!(problems.len(), 5);
    let said = problems[0].what.to_string();
    assert!(said.contains(second.id.as_str()), "{said}");
    assert!(said.contains("fabu release place"), "{said}");
}

async fn nothing_goes_out_with_a_deadline_behind_it(database: &Database) {
    let (mut town, incident) = town(database, ResponseLevel::III).await;
    let officer = duty_officer();
    let being_checked = [
        ("rumour-topic", Value::from("水库情况")),
        ("rumour-verdict", "正在核实".into()),
    ];
    let soon = (town.now() + TimeDelta::minutes(40)).to_rfc3339();
    town.facts(&incident, &[("next-bulletin-at", json!(soon))])
        .await;
    let item = "rumour-refutation";
    let asked = ask_saying(&town, &officer, &incident, item, None, &being_checked).await;
    let id = asked.unwrap().id;
    town.tick().await;
    let is_drafted = |release: &Release| matches!(&release.state, ReleaseState::Drafting(drafting) if drafting.version.is_some());
    assert!(is_drafted(&town.release(&id).await));
    town.pass("41m").await;
    let refused = town.submit(&officer, &id).await.unwrap_err();
    let said = format!("{refused:?}");
    assert!(
        said.contains("verb.passed") && said.contains("next-bulletin-at"),
        "{said}"
    );
    // An hour that is past is not taken either; the next one is.
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    let past = given(&[(
        "next-bulletin-at",
        json!((now - TimeDelta::hours(1)).to_rfc3339()),
    )]);
    let refused = set_facts(&mut tx, &world, now, &officer, &incident, &past).await;
    assert!(format!("{:?}", refused.unwrap_err()).contains("behind-now"));
    drop(tx);
    let later = (town.now() + TimeDelta::hours(3)).to_rfc3339();
    town.facts(&incident, &[("next-bulletin-at", json!(later))])
        .await;
    town.submit(&officer, &id).await.unwrap();
    // Under review it grows old as well, and nobody signs it.
    town.pass("3h1m").await;
    let signer = match town.release(&id).await.state {
        ReleaseState::InReview(review) => holder_of(&review.signer().unwrap().post),
        state => panic!("{state:?}"),
    };
    let consent = Consent::to(town.hash(&id).await);
    let refused = town.consent(&signer, &id, &consent).await.unwrap_err();
    assert!(
        format!("{refused:?}").contains("verb.passed"),
        "{refused:?}"
    );
}

async fn the_source_says_where_it_is_answered(database: &Database) {
    let (mut town, incident) = town(database, ResponseLevel::IV).await;
    let officer = duty_officer();
    let mut told = Vec::new();
    for source in [ConcernSource::WebMessage, ConcernSource::Village] {
        let heard = found(source, "2026-07-01T04:50:00+08:00");
        let item = "rumour-refutation";
        let asked = ask_saying(&town, &officer, &incident, item, heard, &reservoir()).await;
        town.tick().await;
        let released = town.publish(&asked.unwrap().id).await;
        assert!(matches!(released.state, ReleaseState::Published(_)));
        let is_told = |channel| !town.parcels(channel).is_empty();
        told.push(["village-group", "notice-board", "media-mail"].map(is_told));
    }
    // A message on the site is answered on the site.
    assert_eq!(told, [[false, false, false], [true, true, false]]);
}

async fn only_what_was_found_is_answered(database: &Database) {
    let (town, incident) = town(database, ResponseLevel::IV).await;
    let officer = duty_officer();
    let tomorrow = found(ConcernSource::Hotline, "2026-07-02T03:00:00+08:00");
    let refused = ask(&town, &officer, &incident, "rumour-refutation", tomorrow).await;
    let why = format!("{:?}", refused.unwrap_err());
    assert!(why.contains("found-in-future"), "{why}");
    let heard = found(ConcernSource::Hotline, "2026-07-01T04:00:00+08:00");
    let refused = ask(&town, &officer, &incident, "risk-update", heard).await;
    let why = format!("{:?}", refused.unwrap_err());
    assert!(why.contains("answers-nothing"), "{why}");
}
