//! What binds people, as the texts of a response say it: what goes on where, and never that life is normal there.

use fabu::domain::area::AreaCode;
use fabu::domain::level::ResponseLevel;
use fabu::domain::release::{Release, ReleaseState};
use fabu::flow::draft::{Place, TextEdit, edit, place, send_back};
use fabu::flow::{Answer, VerbError, confirm};
use fabu::id::{IncidentId, ReleaseId};
use fabu::read;
use serde_json::json;

use super::deciding::{OTHER, TOWN, VILLAGE, out, shown, town, who_orders};
use super::lifting::{evacuated, text_of};
use super::unreadable::broken;
use crate::support::database::Database;
use crate::support::town::{Town, duty_officer, officer};

crate::on_each_database!(
    a_lowered_level_says_what_goes_on_and_where,
    the_end_names_what_binds_and_not_an_old_fact,
    a_text_that_says_what_binds_follows_it_until_it_is_out,
    a_hand_written_text_goes_out_once_its_writer_has_seen_what_binds,
    a_row_that_cannot_be_read_stops_what_lists_what_binds_early,
    what_explains_an_order_is_for_no_other_places,
    a_figure_of_the_whole_incident_is_not_printed_as_a_villages,
);

async fn noticed(town: &mut Town, incident: &IncidentId, level: ResponseLevel) -> Release {
    town.level(incident, level).await;
    town.tick().await;
    town.of_item(incident, "response-notice").await
}

async fn a_lowered_level_says_what_goes_on_and_where(database: &Database) {
    let (mut town, incident) = town(database).await;
    let plain = noticed(&mut town, &incident, ResponseLevel::IV).await.id;
    let plain = text_of(&town, &plain).await.text;
    assert!(plain.action.unwrap().starts_with("正常安排生产生活"));
    assert!(!plain.text.contains("继续执行") && plain.binding.is_empty());

    noticed(&mut town, &incident, ResponseLevel::III).await;
    let leave = town.of_item(&incident, "leave").await.id;
    out(&mut town, &leave, &[TOWN, OTHER]).await;
    let notice = noticed(&mut town, &incident, ResponseLevel::IV).await.id;
    let text = text_of(&town, &notice).await.text;
    let order = shown(&town, &leave).await.text;
    let (title, number) = (order.title, order.document_number.unwrap());
    assert!(text.text.contains("继续执行"), "{}", text.text);
    for words in [title.trim_matches(['《', '》']), &number, "临江镇、青山镇"] {
        assert!(text.text.contains(words), "{words}: {}", text.text);
    }
    let action = text.action.unwrap();
    assert!(action.starts_with("临江镇、青山镇仍有通告"), "{action}");
    assert!(
        action.contains("没有列入通告的：正常安排生产生活"),
        "{action}"
    );
    let english = text.text_en.unwrap();
    assert!(
        english.contains("Linjiang Town, Qingshan Town"),
        "{english}"
    );
    let action = text.action_en.unwrap();
    assert!(action.starts_with("Orders stand in Linjiang"), "{action}");
    town.publish(&notice).await;
    assert_eq!(town.release(&notice).await.state.code(), "published");
}

async fn the_end_names_what_binds_and_not_an_old_fact(database: &Database) {
    let (mut town, incident, leave) = evacuated(database).await;
    town.facts(&incident, &[("still-evacuated", json!("北塘镇北岸"))])
        .await;
    town.tick().await;
    let end = town.of_item(&incident, "termination-notice").await.id;
    let text = text_of(&town, &end).await.text;
    let title = shown(&town, &leave).await.text.title;
    for words in [title.trim_matches(['《', '》']), "在临江镇、青山镇"] {
        assert!(text.text.contains(words), "{words}: {}", text.text);
    }
    assert!(!text.text.contains("北塘镇"), "{}", text.text);
    let action = text.action.unwrap();
    assert!(
        action.contains("临江镇、青山镇没有解除的措施仍按原通告"),
        "{action}"
    );
    let sms = text.sms.unwrap();
    assert!(sms.contains("临江镇、青山镇"), "{sms}");
}

async fn returned(town: &Town, id: &ReleaseId) {
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    let head = officer("kezhang", &["flood-office/section-head"]);
    send_back(&mut tx, &world, now, &head, id, "措施有变")
        .await
        .unwrap();
    town.realm.commit(tx).await.unwrap();
}

async fn a_text_that_says_what_binds_follows_it_until_it_is_out(database: &Database) {
    let (mut town, incident) = town(database).await;
    let notice = town.of_item(&incident, "response-notice").await.id;
    town.submit(&duty_officer(), &notice).await.unwrap();
    let leave = town.of_item(&incident, "leave").await.id;
    out(&mut town, &leave, &[TOWN]).await;
    let ReleaseState::InReview(review) = town.release(&notice).await.state else {
        panic!("it is under review")
    };
    let newer = review.stale.expect("its signers are told");
    // Not even who wants the older words sends people home with them.
    let (head, director) = (
        officer("kezhang", &["flood-office/section-head"]),
        who_orders(),
    );
    let consent = fabu::domain::approval::Consent {
        despite: Some(newer),
        ..fabu::domain::approval::Consent::to(review.hash)
    };
    let first = town.consent(&head, &notice, &consent).await;
    assert!(matches!(first, Ok(Answer::Done(_))), "{first:?}");
    let last = town.consent(&director, &notice, &consent).await;
    let why = last.expect_err("refused").to_string();
    assert!(why.contains("what binds people has changed"), "{why}");
    returned(&town, &notice).await;
    assert!(text_of(&town, &notice).await.text.text.contains("临江镇"));
    town.publish(&notice).await;
    assert_eq!(town.release(&notice).await.state.code(), "published");
}

async fn a_hand_written_text_goes_out_once_its_writer_has_seen_what_binds(database: &Database) {
    let (mut town, incident) = town(database).await;
    let notice = town.of_item(&incident, "response-notice").await.id;
    let write = async |town: &Town, words: &str| {
        let change = TextEdit {
            text: Some(words.into()),
            ..TextEdit::default()
        };
        let (mut tx, world, now) = town.realm.begin().await.unwrap();
        edit(&mut tx, &world, now, &duty_officer(), &notice, change)
            .await
            .unwrap();
        town.realm.commit(tx).await.unwrap();
    };
    write(&town, "各地做好防范。").await;
    let leave = town.of_item(&incident, "leave").await.id;
    out(&mut town, &leave, &[TOWN]).await;
    let ReleaseState::Drafting(drafting) = town.release(&notice).await.state else {
        panic!("a draft")
    };
    assert!(drafting.newer.is_some(), "its writer is told");
    write(&town, "各地做好防范。临江镇的转移通告继续执行。").await;
    let text = text_of(&town, &notice).await.text;
    assert_eq!(text.binding[0].release, leave);
    assert_eq!(text.binding[0].areas, [AreaCode(TOWN.into())]);
}

async fn a_row_that_cannot_be_read_stops_what_lists_what_binds_early(database: &Database) {
    let (mut town, incident) = town(database).await;
    let leave = town.of_item(&incident, "leave").await.id;
    out(&mut town, &leave, &[TOWN]).await;
    let notice = town.of_item(&incident, "response-notice").await.id;
    broken(database, &leave).await;
    // Whoever asks for the end is told at once, and not the second person.
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    let asked = confirm::end(&mut tx, &world, now, &duty_officer(), &incident, "雨停").await;
    let why = asked.expect_err("refused").to_string();
    assert!(why.contains(leave.as_str()), "{why}");
    drop(tx);
    // A text that lists what binds says which row it waits for.
    town.facts(&incident, &[("rainfall", json!(99.0))]).await;
    let ReleaseState::Drafting(drafting) = town.release(&notice).await.state else {
        panic!("a draft")
    };
    let fault = drafting.fault.expect("there is no such text");
    assert!(fault.contains(leave.as_str()), "{fault}");
    // Whoever looks sees that something may bind and is not known.
    let mut tx = town.realm.store.read().await.unwrap();
    let world = town.realm.world();
    let standing = tx.incident(&incident).await.unwrap().unwrap();
    let board = read::incident::board(&mut tx, &world, town.now(), &standing).await;
    let board = board.unwrap();
    let line = board
        .binding
        .iter()
        .find(|one| one.release == leave.as_str());
    let line = line.expect("it is listed");
    assert!(
        line.unreadable.is_some() && line.areas.is_empty(),
        "{line:?}"
    );
}

async fn what_explains_an_order_is_for_no_other_places(database: &Database) {
    let (town, incident, leave) = evacuated(database).await;
    let questions = town.of_item(&incident, "leave-questions").await.id;
    let moved = async |places: &[&str]| -> Result<Release, VerbError> {
        let areas = places.iter().map(|code| AreaCode((*code).into())).collect();
        let wish = Place {
            areas: Some(areas),
            ..Place::default()
        };
        let (mut tx, world, now) = town.realm.begin().await.unwrap();
        let placed = place(&mut tx, &world, now, &duty_officer(), &questions, wish).await?;
        town.realm.commit(tx).await.unwrap();
        Ok(placed)
    };
    for elsewhere in [&["320299103"][..], &[TOWN, "320299103"], &[]] {
        let why = moved(elsewhere).await.expect_err("refused").to_string();
        assert!(why.contains(leave.as_str()), "{why}");
        assert!(why.contains("Linjiang Town, Qingshan Town"), "{why}");
    }
    moved(&[VILLAGE]).await.unwrap();
}

async fn a_figure_of_the_whole_incident_is_not_printed_as_a_villages(database: &Database) {
    let (mut town, incident) = town(database).await;
    let facts = [
        ("rainfall", json!(180.0)),
        ("max-rainfall", json!(210.0)),
        ("max-rainfall-place", json!("临江镇水文站")),
        ("measures", json!("加密巡堤查险")),
        ("next-step", json!("继续监测水情")),
    ];
    town.facts(&incident, &facts).await;
    let bulletin = town.of_item(&incident, "flood-situation").await;
    let whole = text_of(&town, &bulletin.id).await.text.text;
    assert!(whole.contains("180毫米（截至"), "{whole}");
    let wish = Place {
        areas: Some(vec![AreaCode(VILLAGE.into())]),
        ..Place::default()
    };
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    place(&mut tx, &world, now, &duty_officer(), &bulletin.id, wish)
        .await
        .unwrap();
    town.realm.commit(tx).await.unwrap();
    town.tick().await;
    let narrowed = text_of(&town, &bulletin.id).await.text.text;
    assert!(narrowed.contains("180毫米（示例市，截至"), "{narrowed}");
    // What it is given for itself is its own.
    let wish = Place {
        facts: [(
            "rainfall".to_owned(),
            fabu::flow::declare::GivenFact {
                value: json!(12.0),
                as_of: None,
                source: None,
            },
        )]
        .into(),
        ..Place::default()
    };
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    place(&mut tx, &world, now, &duty_officer(), &bulletin.id, wish)
        .await
        .unwrap();
    town.realm.commit(tx).await.unwrap();
    let own = text_of(&town, &bulletin.id).await.text.text;
    assert!(own.contains("12毫米（截至"), "{own}");
}
