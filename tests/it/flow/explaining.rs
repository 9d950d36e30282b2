//! An explanation names the text that it explains: as that text went out, not as it was once drafted.

use std::sync::Arc;

use fabu::domain::bulletin::BulletinText;
use fabu::domain::level::ResponseLevel;
use fabu::domain::reason::Reason;
use fabu::domain::release::ReleaseState;
use fabu::flow::draft::{TextEdit, edit, waive};
use fabu::id::ReleaseId;

use crate::support::database::Database;
use crate::support::town::{Town, duty_officer, examples, flood_facts, officer};

const START: &str = "2026-07-01T03:00:00+08:00";
const RETITLED: &str = "关于沿江各镇启动防汛四级应急响应的通告";

crate::on_each_database!(
    an_explanation_is_drafted_again_when_its_original_goes_out_with_another_text,
    an_explanation_that_a_person_wrote_stays_as_it_is_and_they_are_told,
    an_explanation_goes_with_a_text_that_is_given_up,
    what_was_to_be_said_of_a_level_is_not_said_after_it,
);

/// A notice and its explanation, both drafted. The explanation names the notice, not when it went out, so that it can be
/// drafted before.
async fn drafted(database: &Database) -> (Town, ReleaseId, ReleaseId) {
    let mut plans = examples();
    let flood = plans.plans.iter_mut().find(|p| p.plan.plan == "flood");
    let flood = Arc::make_mut(&mut flood.unwrap().plan);
    let template = flood.templates.get_mut("what-level-iv-means").unwrap();
    let (head, _) = template.split_once("关联文件").unwrap();
    let head = head.replace("{{original.published-at}}", "today");
    *template =
        format!("{head}关联文件：《{{{{original.title}}}}》。咨询电话{{{{release.hotline}}}}。\n");
    let mut town = Town::with_plans(database.store().await, START, plans).await;
    let incident = town.declare("flood", ResponseLevel::IV).await.incident.id;
    town.facts(&incident, &flood_facts()).await;
    town.tick().await;
    let notice = town.of_item(&incident, "response-notice").await.id;
    let explanation = town.of_item(&incident, "what-level-iv-means").await;
    assert_eq!(explanation.tied_to.as_ref(), Some(&notice));
    (town, notice, explanation.id)
}

async fn retitle(town: &Town, id: &ReleaseId, title: &str) {
    let change = TextEdit {
        title: Some(title.into()),
        ..TextEdit::default()
    };
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    edit(&mut tx, &world, now, &duty_officer(), id, change)
        .await
        .unwrap();
    town.realm.commit(tx).await.unwrap();
}

async fn text_of(town: &Town, id: &ReleaseId) -> BulletinText {
    let release = town.release(id).await;
    let mut tx = town.realm.store.read().await.unwrap();
    let version = release.state.standing_version().unwrap();
    tx.bulletin(id, version).await.unwrap().unwrap().text
}

async fn an_explanation_is_drafted_again_when_its_original_goes_out_with_another_text(
    database: &Database,
) {
    let (mut town, notice, explanation) = drafted(database).await;
    let title = text_of(&town, &notice).await.title;
    let before = text_of(&town, &explanation).await.text;
    assert!(before.contains(&title), "{before}");
    retitle(&town, &notice, RETITLED).await;
    let notice = town.publish(&notice).await;
    assert!(notice.state.publication().is_some(), "{:?}", notice.state);

    let after = text_of(&town, &explanation).await.text;
    assert!(after.contains(RETITLED), "{after}");
    assert!(!after.contains(&title), "{after}");
    let ReleaseState::Drafting(drafting) = town.release(&explanation).await.state else {
        panic!("an explanation is signed on its own")
    };
    assert_eq!(drafting.version, Some(2));
    let shown = town.publish(&explanation).await;
    assert_eq!(shown.state.publication().unwrap().version, 2);
}

async fn an_explanation_that_a_person_wrote_stays_as_it_is_and_they_are_told(database: &Database) {
    let (mut town, notice, explanation) = drafted(database).await;
    retitle(&town, &explanation, "问答：四级响应与您有关的几件事").await;
    let written = text_of(&town, &explanation).await;
    retitle(&town, &notice, RETITLED).await;
    town.publish(&notice).await;

    assert_eq!(text_of(&town, &explanation).await, written);
    let acts = town.acts(&explanation).await;
    assert!(
        acts.contains(&"facts-changed-after-edit".to_owned()),
        "{acts:?}"
    );
}

async fn an_explanation_goes_with_a_text_that_is_given_up(database: &Database) {
    let (town, notice, explanation) = drafted(database).await;
    let leader = officer("daiban", &["flood-office/section-head"]);
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    waive(&mut tx, &world, now, &leader, &notice, "不需要")
        .await
        .unwrap();
    town.realm.commit(tx).await.unwrap();

    let ReleaseState::Cancelled { why, .. } = town.release(&explanation).await.state else {
        panic!("nothing is left that it could explain")
    };
    assert_eq!(why, Reason::OriginalGivenUp);
    let acts = town.acts(&explanation).await;
    assert_eq!(acts.last().map(String::as_str), Some("release-cancelled"));
}

async fn what_was_to_be_said_of_a_level_is_not_said_after_it(database: &Database) {
    let (mut town, notice, explanation) = drafted(database).await;
    town.publish(&notice).await;
    let incident = town.release(&notice).await.incident;
    town.level(&incident, ResponseLevel::III).await;
    town.tick().await;
    assert!(
        town.release(&explanation).await.state.is_open(),
        "no notice has said yet that the level is another one"
    );
    let next = town.of_item(&incident, "response-notice").await.id;
    assert_ne!(next, notice);
    town.publish(&next).await;
    let state = town.release(&explanation).await.state;
    assert!(
        matches!(
            state,
            ReleaseState::Cancelled {
                why: Reason::OriginalOver,
                ..
            }
        ),
        "{state:?}"
    );
}
