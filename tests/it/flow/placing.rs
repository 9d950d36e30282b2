//! A text that is not out yet becomes one for some of its incident's places.

use fabu::domain::area::AreaCode;
use fabu::domain::audience::Reach;
use fabu::domain::bulletin::Bulletin;
use fabu::domain::level::ResponseLevel;
use fabu::domain::release::{Release, ReleaseState};
use fabu::flow::VerbError;
use fabu::flow::declare::GivenFact;
use fabu::flow::draft::{self, Place, TextEdit};
use fabu::id::ReleaseId;
use fabu::read::release::whole;
use serde_json::json;

use crate::support::database::Database;
use crate::support::town::{Town, duty_officer, flood_facts, officer};

const START: &str = "2026-07-01T03:00:00+08:00";
const TOWN: &str = "320299101";
const VILLAGE: &str = "320299101201";
const ELSEWHERE: &str = "990000";
/// Would lie in the incident's district, if there were such a place.
const MISTYPED: &str = "320299109";

crate::on_each_database!(
    a_text_for_one_town_reaches_that_town,
    words_written_by_hand_stay_and_reach_the_new_places,
    what_explains_a_text_is_for_its_places,
    what_a_text_was_given_can_be_taken_back,
    places_that_are_not_the_incidents_are_refused,
    what_is_signed_or_out_keeps_its_places,
    whoever_is_recorded_by_the_town_only_is_reached_for_its_village,
);

async fn notice(database: &Database) -> (Town, ReleaseId) {
    let mut town = Town::new(database.store().await, START).await;
    let incident = town.declare("flood", ResponseLevel::IV).await.incident.id;
    town.facts(&incident, &flood_facts()).await;
    town.tick().await;
    let notice = town.of_item(&incident, "response-notice").await.id;
    (town, notice)
}

async fn place(town: &Town, id: &ReleaseId, wish: Place) -> Result<Release, VerbError> {
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    let placed = draft::place(&mut tx, &world, now, &duty_officer(), id, wish).await?;
    town.realm.commit(tx).await.unwrap();
    Ok(placed)
}

fn in_town() -> Place {
    Place {
        areas: Some(vec![AreaCode(TOWN.into())]),
        ..Place::default()
    }
}

async fn standing(town: &Town, release: &Release) -> Bulletin {
    let version = release.state.standing_version().unwrap();
    let mut tx = town.realm.store.read().await.unwrap();
    tx.bulletin(&release.id, version).await.unwrap().unwrap()
}

/// The places of every channel that reaches people by where they are.
fn places(bulletin: &Bulletin) -> Vec<&[AreaCode]> {
    let by_place = |reach: &Reach| !reach.areas.is_empty();
    let reaches = bulletin.reach.iter().map(|one| &one.reach);
    let reaches = reaches.filter(|reach| by_place(reach));
    reaches.map(|reach| reach.areas.as_slice()).collect()
}

async fn a_text_for_one_town_reaches_that_town(database: &Database) {
    let (mut town, id) = notice(database).await;
    town.submit(&duty_officer(), &id).await.unwrap();
    let before = town.hash(&id).await;
    let placed = place(&town, &id, in_town()).await.unwrap();
    assert!(
        matches!(placed.state, ReleaseState::Drafting(_)),
        "what was submitted is void"
    );
    let text = standing(&town, &placed).await;
    let reached = places(&text);
    assert!(!reached.is_empty());
    assert!(
        reached
            .iter()
            .all(|areas| *areas == [AreaCode(TOWN.into())])
    );
    let signer = officer("kezhang", &["flood-office/section-head"]);
    let refused = town.approve(&signer, &id, &before, false).await;
    assert!(
        refused.is_err(),
        "the text for all places can no longer be signed"
    );
    let out = town.publish(&id).await;
    assert_eq!(out.areas, Some(vec![AreaCode(TOWN.into())]));
    let mut tx = town.realm.store.read().await.unwrap();
    let shown = tx.portal_entry(&id).await.unwrap().unwrap();
    let areas: Vec<&str> = shown
        .areas
        .iter()
        .map(|area| area.area.0.as_str())
        .collect();
    assert_eq!(areas, [TOWN]);
    drop(tx);
    assert!(town.acts(&id).await.contains(&"release-placed".to_owned()));
}

async fn words_written_by_hand_stay_and_reach_the_new_places(database: &Database) {
    let (town, id) = notice(database).await;
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    let edit = TextEdit {
        text: Some("河水上涨，请远离河岸。".into()),
        ..TextEdit::default()
    };
    draft::edit(&mut tx, &world, now, &duty_officer(), &id, edit)
        .await
        .unwrap();
    town.realm.commit(tx).await.unwrap();
    let placed = place(&town, &id, in_town()).await.unwrap();
    let text = standing(&town, &placed).await;
    assert_eq!(text.text.text, "河水上涨，请远离河岸。");
    let reached = places(&text);
    assert!(
        reached
            .iter()
            .all(|areas| *areas == [AreaCode(TOWN.into())])
    );
    // Back to all of them, and what the text alone says is its own.
    let everywhere = Place {
        areas: Some(Vec::new()),
        ..Place::default()
    };
    let placed = place(&town, &id, everywhere).await.unwrap();
    assert_eq!(placed.areas, None);
    let text = standing(&town, &placed).await;
    assert_eq!(text.text.text, "河水上涨，请远离河岸。");
    assert!(
        places(&text)
            .iter()
            .all(|areas| *areas != [AreaCode(TOWN.into())])
    );
}

async fn what_explains_a_text_is_for_its_places(database: &Database) {
    let (town, id) = notice(database).await;
    let given = GivenFact {
        value: json!("临江镇两小时降雨九十毫米"),
        as_of: None,
        source: None,
    };
    let wish = Place {
        facts: [("situation".to_owned(), given)].into(),
        ..in_town()
    };
    let placed = place(&town, &id, wish).await.unwrap();
    let text = standing(&town, &placed).await;
    assert!(
        text.text.text.contains("临江镇两小时降雨九十毫米"),
        "{}",
        text.text.text
    );
    let incident = placed.incident.clone();
    let tied = town.releases(&incident).await;
    let tied = tied.iter().find(|one| one.tied_to.as_ref() == Some(&id));
    let tied = tied.unwrap();
    assert_eq!(tied.areas, placed.areas);
    assert!(
        town.acts(&tied.id)
            .await
            .contains(&"release-placed".to_owned())
    );
    let mut tx = town.realm.store.read().await.unwrap();
    let incident = tx.incident(&incident).await.unwrap().unwrap();
    assert_ne!(
        incident.facts["situation"].value, placed.own_facts["situation"].value,
        "the incident's own facts stay as they are"
    );
}

async fn what_a_text_was_given_can_be_taken_back(database: &Database) {
    let (town, id) = notice(database).await;
    let before = standing(&town, &town.release(&id).await).await.text.text;
    let given = |value: serde_json::Value| Place {
        facts: [(
            "situation".to_owned(),
            GivenFact {
                value,
                as_of: None,
                source: None,
            },
        )]
        .into(),
        ..Place::default()
    };
    let said = "临江镇两小时降雨九十毫米";
    let placed = place(&town, &id, given(json!(said))).await.unwrap();
    assert!(standing(&town, &placed).await.text.text.contains(said));
    let placed = place(&town, &id, given(json!(null))).await.unwrap();
    assert_eq!(placed.own_facts.get("situation"), None);
    assert_eq!(standing(&town, &placed).await.text.text, before);
    let refused = place(&town, &id, given(json!(""))).await.unwrap_err();
    assert!(
        refused.to_string().contains("nothing to take back"),
        "{refused}"
    );
}

async fn places_that_are_not_the_incidents_are_refused(database: &Database) {
    let (town, id) = notice(database).await;
    for (code, why) in [(ELSEWHERE, "is no place"), (MISTYPED, "is no place")] {
        let elsewhere = Place {
            areas: Some(vec![AreaCode(code.into())]),
            ..Place::default()
        };
        let refused = place(&town, &id, elsewhere).await.unwrap_err();
        assert!(matches!(refused, VerbError::Invalid { .. }), "{refused}");
        let refused = refused.to_string();
        assert!(refused.contains("areas[0]"), "{refused}");
        assert!(refused.contains(why), "{refused}");
    }
    assert_eq!(town.release(&id).await.areas, None);
}

async fn whoever_is_recorded_by_the_town_only_is_reached_for_its_village(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let phones = ["13800000001", "13800000002", "13800000003", "13800000004"];
    for (phone, area) in phones
        .iter()
        .zip([VILLAGE, TOWN, "320299101202", "320299102"])
    {
        town.enter(phone, phone, &[area]).await;
    }
    let incident = town.declare("flood", ResponseLevel::II).await.incident.id;
    town.facts(&incident, &flood_facts()).await;
    town.tick().await;
    let id = town.of_item(&incident, "response-notice").await.id;
    let wish = Place {
        areas: Some(vec![AreaCode(VILLAGE.into())]),
        ..Place::default()
    };
    let placed = place(&town, &id, wish).await.unwrap();
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    let shown = whole(&mut tx, &world, now, &placed).await.unwrap();
    drop(tx);
    let reach = shown.bulletin.unwrap().reach;
    let sms = reach.iter().find(|one| one.channel == "sms").unwrap();
    assert_eq!(
        (&*sms.areas, sms.around_people),
        (&[VILLAGE.to_owned()][..], Some(1))
    );
    assert!(sms.around.contains(&TOWN.to_owned()), "{:?}", sms.around);
    town.publish(&id).await;
    town.pass("5m").await;
    let parcels = town.parcels("sms");
    let is_reached = |phone: &str| parcels.iter().any(|one| one.address.contains(phone));
    assert_eq!(phones.map(is_reached), [true, true, false, false]);
}

async fn what_is_signed_or_out_keeps_its_places(database: &Database) {
    let (mut town, id) = notice(database).await;
    town.publish(&id).await;
    let refused = place(&town, &id, in_town()).await.unwrap_err();
    assert!(refused.to_string().contains("is published"), "{refused}");
    assert_eq!(town.release(&id).await.areas, None);
}
