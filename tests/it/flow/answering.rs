//! What people ask and claim is answered in the time, by the route and on the channels of where it was found.

use fabu::domain::approval::Actor;
use fabu::domain::concern::{ConcernSource, Found};
use fabu::domain::level::ResponseLevel;
use fabu::domain::release::{Release, ReleaseState};
use fabu::flow::VerbError;
use fabu::flow::request::{self, Order};
use fabu::id::IncidentId;

use crate::support::database::Database;
use crate::support::town::{Town, at, duty_officer};

const START: &str = "2026-07-01T03:00:00+08:00";

crate::on_each_database!(
    an_answer_is_due_from_when_its_concern_was_found,
    the_source_says_where_it_is_answered,
    only_what_was_found_is_answered,
);

async fn ask(
    town: &Town,
    actor: &Actor,
    incident: &IncidentId,
    item: &str,
    found: Option<Found>,
) -> Result<Release, VerbError> {
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    let order = Order {
        found,
        ..Order::default()
    };
    let made = request::request(&mut tx, &world, now, actor, incident, item, order).await?;
    town.realm.commit(tx).await.unwrap();
    Ok(made[0].clone())
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

async fn the_source_says_where_it_is_answered(database: &Database) {
    let (mut town, incident) = town(database, ResponseLevel::IV).await;
    let officer = duty_officer();
    let facts = [
        ("rumour-topic", "水库情况".into()),
        ("rumour-verdict", "不实".into()),
        ("rumour-claim", "水库要垮了".into()),
        ("rumour-fact", "水库运行正常，水位低于汛限水位".into()),
        ("rumour-evidence", "水利局现场检查了大坝".into()),
    ];
    town.facts(&incident, &facts).await;
    let mut told = Vec::new();
    for source in [ConcernSource::WebMessage, ConcernSource::Village] {
        let heard = found(source, "2026-07-01T04:50:00+08:00");
        let asked = ask(&town, &officer, &incident, "rumour-refutation", heard).await;
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
