//! An order that was corrected is still that order: what binds, who is told of what, and what becomes of it.

use std::collections::BTreeMap;

use fabu::domain::approval::Consent;
use fabu::domain::area::AreaCode;
use fabu::domain::level::ResponseLevel;
use fabu::domain::plan::CorrectionKind;
use fabu::domain::portal::Standing;
use fabu::flow::Answer;
use fabu::flow::declare::{Declaration, declare};
use fabu::flow::report::timeline;
use fabu::flow::request::{Answer as Decision, Order};
use fabu::id::{IncidentId, ReleaseId};
use fabu::read;
use serde_json::json;

use super::deciding::{OTHER, TOWN, order_for, refused, shown, who_orders};
use super::lifting::{VILLAGE, evacuated, lift, text_of};
use crate::support::database::Database;
use crate::support::town::{Town, duty_officer, officer};

crate::on_each_database!(
    a_corrected_order_is_named_by_its_own_title_and_number,
    an_order_whose_correction_is_taken_back_binds_as_it_was_first,
    a_correction_that_is_wrong_is_corrected_again,
    an_account_names_no_correction_that_was_taken_back,
    two_passages_of_an_order_are_corrected_side_by_side,
    a_correction_of_more_words_leaves_no_earlier_hour_beside_it,
    a_corrected_order_is_taken_back_whole,
    what_explains_a_corrected_order_is_over_with_it,
    what_explains_an_order_is_told_what_its_correction_gave,
    whom_a_lifting_excepts_the_measure_binds_on,
    a_lifting_of_another_place_stays_what_it_was,
    what_takes_an_order_back_does_not_go_out_once_that_was_lifted,
    a_level_text_says_what_is_lifted_from_a_later_hour,
    an_order_that_takes_the_place_of_another_says_so,
    the_same_event_around_an_open_one_is_asked_about,
    an_order_of_another_incident_is_not_passed_over,
    a_relayed_warning_is_called_off_by_whoever_made_it,
);

/// Corrects the content of `order`, and sends that.
pub(super) async fn corrected(town: &mut Town, order: &ReleaseId, words: [&str; 2]) -> ReleaseId {
    let facts = [
        ("correction-text", json!(words[0])),
        ("correction-to", json!(words[1])),
        ("evacuation-deadline", json!("2026-07-01T09:00:00+08:00")),
    ];
    let kind = CorrectionKind::WrongContent;
    let said = town
        .correct_saying(&who_orders(), order, kind, &facts)
        .await
        .unwrap();
    send(town, &said.id).await;
    said.id
}

pub(super) async fn send(town: &mut Town, said: &ReleaseId) {
    let consent = Consent {
        own_words: true,
        ..Consent::to(town.hash(said).await)
    };
    let answer = town.consent(&who_orders(), said, &consent).await;
    assert!(matches!(answer, Ok(Answer::Done(_))), "{answer:?}");
    town.tick().await;
}

/// What binds, as whoever ends the response or looks at it is shown it: the release, its title and where.
async fn binds(town: &Town, incident: &IncidentId) -> Vec<(String, String, Vec<String>)> {
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    let incident = tx.incident(incident).await.unwrap().unwrap();
    let board = read::incident::board(&mut tx, &world, now, &incident).await;
    let views = board
        .unwrap()
        .binding
        .into_iter()
        .filter(|one| one.may_bind());
    views
        .map(|one| (one.release, one.title, one.areas))
        .collect()
}

async fn a_corrected_order_is_named_by_its_own_title_and_number(database: &Database) {
    let (mut town, incident, leave) = evacuated(database).await;
    let order = shown(&town, &leave).await.text;
    let said = corrected(&mut town, &leave, ["8时前撤离", "9时前撤离"]).await;
    let listed = binds(&town, &incident).await;
    assert_eq!(listed.len(), 1, "{listed:?}");
    assert_eq!(
        (&*listed[0].0, &listed[0].1),
        (leave.as_str(), &order.title)
    );
    let end = town.of_item(&incident, "termination-notice").await.id;
    let text = text_of(&town, &end).await.text;
    let correction = shown(&town, &said).await.text.title;
    let number = order.document_number.unwrap();
    for words in [
        order.title.trim_matches(['《', '》']),
        &number,
        "更正后的内容为准",
    ] {
        assert!(text.text.contains(words), "{words}: {}", text.text);
    }
    assert!(
        text.text.contains(correction.trim_matches(['《', '》'])),
        "{}",
        text.text
    );
    assert_eq!(text.binding[0].release, leave);
    // A lifting that is taken back says so of the order as well.
    let over = lift(&mut town, &incident, &[TOWN, OTHER], None).await;
    let notice = town.withdraw(&who_orders(), &over).await.id;
    let text = text_of(&town, &notice).await.text;
    let sms = text.sms.unwrap();
    assert!(!sms.contains("说明"), "{sms}");
    assert!(
        sms.contains(order.title.trim_matches(['《', '》'])),
        "{sms}"
    );
}

async fn an_order_whose_correction_is_taken_back_binds_as_it_was_first(database: &Database) {
    let (mut town, incident, leave) = evacuated(database).await;
    let title = shown(&town, &leave).await.text.title;
    let said = corrected(&mut town, &leave, ["8时前撤离", "9时前撤离"]).await;
    assert_eq!(town.release(&leave).await.state.code(), "corrected");
    let notice = town.withdraw(&who_orders(), &said).await.id;
    let text = text_of(&town, &notice).await.text;
    for words in [title.trim_matches(['《', '》']), "按原文继续执行"] {
        assert!(text.text.contains(words), "{words}: {}", text.text);
    }
    assert_eq!(town.release(&said).await.state.code(), "withdrawn");
    assert_eq!(town.release(&leave).await.state.code(), "published");
    assert_eq!(shown(&town, &leave).await.standing, Standing::Current);
    let listed = binds(&town, &incident).await;
    assert_eq!(listed.len(), 1, "{listed:?}");
    assert_eq!(listed[0].0, leave.as_str());
    // It is lifted like every order.
    lift(&mut town, &incident, &[TOWN, OTHER], None).await;
    assert_eq!(town.release(&leave).await.state.code(), "lifted");
}

async fn a_correction_that_is_wrong_is_corrected_again(database: &Database) {
    let (mut town, incident, leave) = evacuated(database).await;
    let first = corrected(&mut town, &leave, ["8时前撤离", "9时前撤离"]).await;
    // Whoever names the correction means the order.
    let second = corrected(&mut town, &first, ["9时前撤离", "10时前撤离"]).await;
    assert_eq!(town.release(&second).await.tied_to.as_ref(), Some(&leave));
    assert_eq!(town.release(&first).await.state.code(), "superseded");
    let standing = shown(&town, &leave).await.standing;
    assert!(
        matches!(&standing, Standing::Corrected { by, .. } if *by == second),
        "{standing:?}"
    );
    let passage = shown(&town, &second)
        .await
        .corrects
        .unwrap()
        .passage
        .unwrap();
    assert_eq!(
        (&*passage.wrong, &*passage.right),
        ("8时前撤离", "10时前撤离")
    );
    let listed = binds(&town, &incident).await;
    assert_eq!(listed.len(), 1, "{listed:?}");
    let third = corrected(&mut town, &leave, ["10时前撤离", "11时前撤离"]).await;
    assert_eq!(town.release(&second).await.state.code(), "superseded");
    lift(&mut town, &incident, &[TOWN, OTHER], None).await;
    assert_eq!(town.release(&third).await.state.code(), "lifted");
    assert!(binds(&town, &incident).await.is_empty());
}

async fn an_account_names_no_correction_that_was_taken_back(database: &Database) {
    let (mut town, _, leave) = evacuated(database).await;
    let first = corrected(&mut town, &leave, ["8时前撤离", "9时前撤离"]).await;
    let second = corrected(&mut town, &leave, ["到实验小学集合", "到和平小学集合"]).await;
    for (back, left) in [(&second, Some(&first)), (&first, None)] {
        let notice = town.withdraw(&who_orders(), back).await.id;
        if town.release(&notice).await.state.is_open() {
            send(&mut town, &notice).await;
        }
        let mut tx = town.realm.store.read().await.unwrap();
        let account = timeline(&mut tx, None).await.unwrap();
        let order = account.iter().find(|one| one.release == leave).unwrap();
        assert_eq!(order.corrected_by.as_ref(), left);
    }
}

async fn two_passages_of_an_order_are_corrected_side_by_side(database: &Database) {
    let (mut town, _, leave) = evacuated(database).await;
    corrected(&mut town, &leave, ["8时前撤离", "9时前撤离"]).await;
    let second = corrected(&mut town, &leave, ["到实验小学集合", "到和平小学集合"]).await;
    let text = text_of(&town, &second).await.text.text;
    let said = "此前已更正的内容继续有效：“8时前撤离”应为“9时前撤离”。";
    assert!(text.contains(said), "{text}");
    let corrects = shown(&town, &second).await.corrects.unwrap();
    let right: Vec<&str> = corrects.passages().map(|one| &*one.right).collect();
    assert_eq!(right, ["9时前撤离", "到和平小学集合"]);
}

async fn a_correction_of_more_words_leaves_no_earlier_hour_beside_it(database: &Database) {
    let (mut town, _, leave) = evacuated(database).await;
    corrected(&mut town, &leave, ["8时前撤离", "9时前撤离"]).await;
    let wider = ["请于9时前撤离并切断电源", "请于10时前撤离并切断电源"];
    let second = corrected(&mut town, &leave, wider).await;
    let text = text_of(&town, &second).await.text.text;
    assert!(!text.contains("应为“9时前撤离”"), "{text}");
    let corrects = shown(&town, &second).await.corrects.unwrap();
    let passages: Vec<[&str; 2]> = corrects
        .passages()
        .map(|one| [&*one.wrong, &*one.right])
        .collect();
    assert_eq!(
        passages,
        [["请于8时前撤离并切断电源", "请于10时前撤离并切断电源"]]
    );
}

async fn a_corrected_order_is_taken_back_whole(database: &Database) {
    let (mut town, incident, leave) = evacuated(database).await;
    let said = corrected(&mut town, &leave, ["8时前撤离", "9时前撤离"]).await;
    town.withdraw(&who_orders(), &leave).await;
    assert_eq!(town.release(&leave).await.state.code(), "withdrawn");
    assert_eq!(town.release(&said).await.state.code(), "superseded");
    assert!(binds(&town, &incident).await.is_empty());
    // And is ordered anew, by nobody who stands in its way.
    let standing = shown(&town, &said).await.standing;
    assert!(
        matches!(standing, Standing::Superseded { .. }),
        "{standing:?}"
    );
}

async fn what_explains_a_corrected_order_is_over_with_it(database: &Database) {
    let (mut town, incident, leave) = evacuated(database).await;
    let questions = town.of_item(&incident, "leave-questions").await.id;
    town.publish(&questions).await;
    corrected(&mut town, &leave, ["8时前撤离", "9时前撤离"]).await;
    assert_eq!(town.release(&questions).await.state.code(), "published");
    let over = lift(&mut town, &incident, &[TOWN, OTHER], None).await;
    assert_eq!(town.release(&questions).await.state.code(), "lifted");
    town.withdraw(&who_orders(), &over).await;
    assert_eq!(town.release(&questions).await.state.code(), "published");
}

async fn what_explains_an_order_is_told_what_its_correction_gave(database: &Database) {
    let (mut town, incident, leave) = evacuated(database).await;
    let questions = town.of_item(&incident, "leave-questions").await.id;
    assert!(town.release(&questions).await.state.is_open());
    corrected(&mut town, &leave, ["8时前撤离", "9时前撤离"]).await;
    let told = town.release(&questions).await;
    assert!(told.own_facts.contains_key("evacuation-deadline"));
    assert!(!told.own_facts.contains_key("correction-to"));
    let text = text_of(&town, &questions).await.text.text;
    assert!(text.contains("更正，请以更正后的内容为准"), "{text}");
}

async fn a_lifting_of_another_place_stays_what_it_was(database: &Database) {
    let (mut town, incident, leave) = evacuated(database).await;
    let village = lift(&mut town, &incident, &[VILLAGE], None).await;
    let rest = lift(&mut town, &incident, &[TOWN, OTHER], None).await;
    assert_eq!(town.release(&leave).await.state.code(), "lifted");
    for one in [&village, &rest] {
        assert_eq!(town.release(one).await.state.code(), "published");
        assert_eq!(shown(&town, one).await.standing, Standing::Current);
    }
}

async fn what_takes_an_order_back_does_not_go_out_once_that_was_lifted(database: &Database) {
    let (mut town, incident, leave) = evacuated(database).await;
    let kind = CorrectionKind::Withdrawal;
    let said = town
        .correct_saying(&who_orders(), &leave, kind, &[])
        .await
        .unwrap()
        .id;
    town.pass("1m").await;
    lift(&mut town, &incident, &[TOWN, OTHER], None).await;
    assert_eq!(town.release(&leave).await.state.code(), "lifted");
    assert_eq!(town.release(&said).await.state.code(), "cancelled");
    let answer = town.approve(&who_orders(), &said, "", false).await;
    answer.expect_err("it is over");
}

async fn a_relayed_warning_is_called_off_by_whoever_made_it(database: &Database) {
    let mut town = Town::new(database.store().await, "2026-07-01T03:00:00+08:00").await;
    let incident = town.declare("flood", ResponseLevel::IV).await.incident.id;
    town.facts(
        &incident,
        &[
            ("warning-issuer", json!("市气象台")),
            ("warning-type", json!("暴雨")),
            ("warning-colour", json!("红色")),
            ("warning-areas", json!("城关镇")),
            ("warning-time", json!("2026-07-01T02:50:00+08:00")),
            ("warning-content", json!("未来3小时降雨量将达100毫米以上")),
        ],
    )
    .await;
    town.tick().await;
    let relay = town.of_item(&incident, "warning-relay").await.id;
    town.publish(&relay).await;
    let leader = officer("daiban", &["flood-office/duty-leader"]);
    let refused = town
        .correct(&leader, &relay, CorrectionKind::AllClear)
        .await;
    let why = refused.expect_err("not theirs").to_string();
    assert!(why.contains("warning-cancelled"), "{why}");
}

async fn a_level_text_says_what_is_lifted_from_a_later_hour(database: &Database) {
    let (mut town, incident, _) = evacuated(database).await;
    let over = lift(&mut town, &incident, &[TOWN], Some(2)).await;
    let title = shown(&town, &over).await.text.title;
    let end = town.of_item(&incident, "termination-notice").await.id;
    let text = text_of(&town, &end).await.text;
    assert!(text.text.contains("（临江镇自"), "{}", text.text);
    assert!(text.text.contains("起解除，见"), "{}", text.text);
    assert!(
        text.text.contains(title.trim_matches(['《', '》'])),
        "{}",
        text.text
    );
    assert!(text.binding[0].until.is_some());
}

async fn an_order_that_takes_the_place_of_another_says_so(database: &Database) {
    let (mut town, incident) = super::deciding::town(database).await;
    let leave = town.of_item(&incident, "leave").await.id;
    super::deciding::out(&mut town, &leave, &[TOWN]).await;
    let number = shown(&town, &leave).await.text.document_number.unwrap();
    let stay = town.of_item(&incident, "stay-in").await.id;
    let order = Order {
        instead: true,
        ..order_for(&[TOWN])
    };
    let ordered = Decision::Ordered(order);
    town.decide(&duty_officer(), &stay, ordered).await.unwrap();
    town.tick().await;
    let text = text_of(&town, &stay).await.text;
    for words in [&*number, "在临江镇不再执行"] {
        assert!(text.text.contains(words), "{words}: {}", text.text);
    }
    town.publish(&stay).await;
    assert_eq!(town.release(&leave).await.state.code(), "superseded");
}

async fn declared_in(
    town: &Town,
    place: &str,
    another: bool,
) -> Result<IncidentId, fabu::flow::VerbError> {
    let declaration = Declaration {
        event: "flood".into(),
        level: ResponseLevel::III,
        areas: vec![AreaCode(place.into())],
        title: None,
        known_at: None,
        expected_duration: Some("48h".parse().unwrap()),
        facts: BTreeMap::new(),
        another,
    };
    let (mut tx, world, now) = town.realm.begin().await?;
    let declared = declare(&mut tx, &world, now, &duty_officer(), declaration).await?;
    town.realm.commit(tx).await?;
    Ok(declared.incident.id)
}

async fn the_same_event_around_an_open_one_is_asked_about(database: &Database) {
    let (town, incident) = super::deciding::town(database).await;
    let why = declared_in(&town, TOWN, false)
        .await
        .expect_err("it is open");
    assert!(why.to_string().contains(incident.as_str()), "{why}");
    declared_in(&town, TOWN, true).await.unwrap();
}

async fn an_order_of_another_incident_is_not_passed_over(database: &Database) {
    let (mut town, incident) = super::deciding::town(database).await;
    let leave = town.of_item(&incident, "leave").await.id;
    super::deciding::out(&mut town, &leave, &[TOWN]).await;
    let second = declared_in(&town, TOWN, true).await.unwrap();
    town.facts(&second, &crate::support::town::flood_facts())
        .await;
    town.tick().await;
    let stay = town.of_item(&second, "stay-in").await.id;
    let order = Order {
        instead: true,
        ..order_for(&[VILLAGE])
    };
    let why = refused(
        town.decide(&duty_officer(), &stay, Decision::Ordered(order))
            .await,
    );
    for words in [leave.as_str(), incident.as_str()] {
        assert!(why.contains(words), "{words}: {why}");
    }
}

async fn whom_a_lifting_excepts_the_measure_binds_on(database: &Database) {
    let (mut town, incident, leave) = evacuated(database).await;
    town.facts(&incident, &[("still-evacuated", json!("圩南村三组"))])
        .await;
    lift(&mut town, &incident, &[TOWN, OTHER], None).await;
    assert_eq!(town.release(&leave).await.state.code(), "published");
    let listed = binds(&town, &incident).await;
    assert_eq!(listed[0].2, [TOWN], "lifted where nobody is excepted");
    let entry = shown(&town, &leave).await;
    assert_eq!(entry.areas.len(), 1);
    let excepting = entry.lifted.iter().find(|one| one.except.is_some());
    let excepting = excepting.expect("whom it excepts is kept");
    assert_eq!(excepting.except.as_deref(), Some("圩南村三组"));
    assert_eq!(excepting.areas, entry.areas);
    assert!(!entry.is_lifted_in(&entry.areas[0].area));
    let end = town.of_item(&incident, "termination-notice").await.id;
    let text = text_of(&town, &end).await.text.text;
    assert!(text.contains("临江镇（圩南村三组）"), "{text}");
    // A further lifting ends it.
    town.pass("10m").await;
    lift(&mut town, &incident, &[TOWN], None).await;
    assert_eq!(town.release(&leave).await.state.code(), "lifted");
    assert!(binds(&town, &incident).await.is_empty());
}
