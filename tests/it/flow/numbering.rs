//! A text is numbered and dated when it is signed: a register has no gaps, and what a signer read has marked blanks.

use fabu::domain::bulletin::BulletinText;
use fabu::domain::level::ResponseLevel;
use fabu::domain::release::Release;
use fabu::flow::draft::send_back;
use fabu::flow::request::Answer;
use fabu::id::ReleaseId;

use crate::support::database::Database;
use crate::support::town::{Town, duty_officer, flood_facts, officer};

const START: &str = "2026-12-31T22:50:00+08:00";

crate::on_each_database!(
    what_is_given_up_leaves_no_gap_in_the_register,
    a_text_signed_after_midnight_has_the_number_and_date_of_that_day,
    every_channel_gets_the_number_that_the_portal_shows,
);

/// The bytes that were signed, or would be.
async fn drafted(town: &Town, release: &Release) -> BulletinText {
    let mut tx = town.realm.store.read().await.unwrap();
    let version = release.state.standing_version().unwrap();
    let bulletin = tx.bulletin(&release.id, version).await.unwrap().unwrap();
    bulletin.text
}

async fn shown(town: &Town, id: &ReleaseId) -> BulletinText {
    let mut tx = town.realm.store.read().await.unwrap();
    tx.portal_entry(id)
        .await
        .unwrap()
        .expect("it is public")
        .text
}

async fn flood(database: &Database) -> (Town, Release) {
    let mut town = Town::new(database.store().await, START).await;
    let incident = town.declare("flood", ResponseLevel::IV).await.incident.id;
    town.facts(&incident, &flood_facts()).await;
    town.tick().await;
    let notice = town.of_item(&incident, "response-notice").await;
    (town, notice)
}

async fn what_is_given_up_leaves_no_gap_in_the_register(database: &Database) {
    let (mut town, notice) = flood(database).await;
    let text = drafted(&town, &notice).await;
    let number = text.document_number.expect("a notice has a number");
    assert!(number.ends_with("〔签发时编年份和序号〕"), "{number}");

    // One draft goes back, one is given up: neither uses a number.
    town.submit(&duty_officer(), &notice.id).await.unwrap();
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    let again = "核实水位";
    send_back(&mut tx, &world, now, &duty_officer(), &notice.id, again)
        .await
        .unwrap();
    town.realm.commit(tx).await.unwrap();
    let raised = town.level(&notice.incident, ResponseLevel::III).await;
    town.tick().await;
    let of = |item: &str| {
        raised
            .releases
            .iter()
            .find(|r| r.item == item)
            .unwrap()
            .id
            .clone()
    };
    let given_up = of("evacuation-notice");
    let leader = officer("daiban", &["flood-office/duty-leader"]);
    let no = Answer::NotApplicable {
        reason: "不需要".into(),
    };
    town.decide(&leader, &given_up, no).await.unwrap();

    let first = town.publish(&of("response-notice")).await;
    let number = shown(&town, &first.id).await.document_number.unwrap();
    assert!(number.ends_with("〔2026〕1号"), "{number}");
}

async fn a_text_signed_after_midnight_has_the_number_and_date_of_that_day(database: &Database) {
    let (mut town, notice) = flood(database).await;
    let text = drafted(&town, &notice).await;
    assert!(
        text.signed_date.contains("以签发当日日期为准"),
        "{}",
        text.signed_date
    );
    town.pass("75m").await;
    town.publish(&notice.id).await;
    let text = shown(&town, &notice.id).await;
    assert_eq!(text.signed_date, "2027年1月1日");
    assert_eq!(text.signed_date_en.as_deref(), Some("1 January 2027"));
    let number = text.document_number.unwrap();
    assert!(number.ends_with("〔2027〕1号"), "{number}");
}

async fn every_channel_gets_the_number_that_the_portal_shows(database: &Database) {
    let (mut town, notice) = flood(database).await;
    let published = town.publish(&notice.id).await;
    let number = shown(&town, &notice.id).await.document_number.unwrap();
    let group = town.parcels("work-group");
    assert!(
        group[0].rendering.text.contains(&number),
        "{}",
        group[0].rendering.text
    );
    for parcel in &group {
        assert!(
            !parcel.rendering.text.contains("签发"),
            "{}",
            parcel.rendering.text
        );
    }
    // What explains it was drafted before, with its number left open, and names it now.
    let explanation = town.of_item(&notice.incident, "what-level-iv-means").await;
    let before = drafted(&town, &explanation).await;
    town.publish(&explanation.id).await;
    let text = shown(&town, &explanation.id).await;
    assert!(
        text.text.contains(&number),
        "{}\n{}",
        before.text,
        text.text
    );
    assert!(!text.text.contains("签发"), "{}", text.text);
    assert_eq!(text.document_number, None, "an answer has no number");
    assert_eq!(
        published
            .state
            .publication()
            .map(|p| p.filling.as_ref().map(|f| f.register)),
        Some(Some(Some(1)))
    );
}
