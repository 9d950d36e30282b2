//! What time does by itself, and what a restart makes up for.

use std::collections::BTreeMap;

use fabu::domain::area::AreaCode;
use fabu::domain::blame::Scope;
use fabu::domain::delivery::Outcome;
use fabu::domain::level::ResponseLevel;
use fabu::domain::release::{ReleaseState, Reminder};
use fabu::flow::declare::{Declaration, GivenFact, declare, set_facts};
use serde_json::json;

use crate::support::database::Database;
use crate::support::town::{Town, at, duty_officer, flood_facts, holder_of, officer};

const START: &str = "2026-07-01T03:00:00+08:00";

crate::on_each_database!(
    reminders_come_at_seventy_ninety_and_a_hundred_percent,
    a_call_that_waited_for_its_channel_is_not_made_once_the_work_is_done,
    a_release_that_cannot_be_read_keeps_nobody_else_from_being_told,
    a_rhythm_goes_on_without_an_occurrence_that_cannot_be_read,
    a_body_whose_first_post_nobody_can_be_told_at_is_told_at_another,
    the_last_missing_fact_tells_whoever_drafts,
    what_begins_together_is_named_with_numbers_that_show_it,
    a_question_is_put_once_and_names_who_decides,
    a_silent_signers_turn_passes_to_the_deputy,
    a_series_has_one_open_occurrence_and_names_what_was_missed,
    what_fell_due_while_the_process_was_down_is_done_at_once_and_marked_late,
    a_text_expires_and_is_kept,
    a_rumour_is_refuted_on_demand_and_its_clock_starts_then,
);

async fn reminders_come_at_seventy_ninety_and_a_hundred_percent(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let incident = town.declare("flood", ResponseLevel::IV).await.incident.id;
    town.tick().await;
    let notice = town.of_item(&incident, "response-notice").await.id;
    for (span, expected) in [
        ("42m", Reminder::Seventy),
        ("12m", Reminder::Ninety),
        ("6m", Reminder::Overdue),
    ] {
        town.pass(span).await;
        assert_eq!(town.release(&notice).await.reminded, expected);
    }
    let journal = town.journal().await;
    let told: Vec<(String, i64)> = journal
        .iter()
        .filter(|e| e.release.as_deref() == Some(notice.as_str()))
        .filter_map(|e| {
            Some((
                e.data["to"].as_str()?.to_owned(),
                e.data["percent"].as_i64()?,
            ))
        })
        .collect();
    assert_eq!(
        told,
        [
            ("flood-office/duty-officer".to_owned(), 70),
            ("flood-office/duty-officer".to_owned(), 90),
            ("flood-office/duty-leader".to_owned(), 100)
        ]
    );
    let said: Vec<String> = town
        .parcels("leaders-group")
        .iter()
        .map(|p| p.rendering.text.clone())
        .filter(|t| t.contains("启动") && t.contains("现为"))
        .collect();
    assert_eq!(said.len(), 3, "the leaders' group was told each time");
    assert!(
        said[2].contains("已超时") && said[2].contains("带班领导"),
        "{}",
        said[2]
    );
}

async fn a_call_that_waited_for_its_channel_is_not_made_once_the_work_is_done(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let incident = town.declare("flood", ResponseLevel::IV).await.incident.id;
    town.facts(&incident, &flood_facts()).await;
    town.tick().await;
    let notice = town.of_item(&incident, "response-notice").await.id;
    let down = Outcome::Retry {
        after: None,
        why: "the line is dead".into(),
        scope: Scope::Moment,
        ambiguous: false,
    };
    town.recording("leaders-group").answer(down);
    // The signer is told, in vain.
    town.submit(&duty_officer(), &notice).await.unwrap();
    town.pass("2m").await;
    let shown = format!("fabu release show {}", notice.short());
    let about = |town: &Town| {
        let all = town.parcels("leaders-group").into_iter();
        let texts = all.map(|one| one.rendering.text.clone());
        texts.filter(|text| text.contains(&shown)).count()
    };
    let tried = about(&town);
    assert!(tried > 0, "nobody was called");
    for _ in 0..3 {
        let release = town.release(&notice).await;
        let ReleaseState::InReview(review) = &release.state else {
            break;
        };
        let signer = holder_of(&review.signer().unwrap().post);
        let signed = town.approve(&signer, &notice, &review.hash, false).await;
        signed.unwrap();
    }
    assert!(town.release(&notice).await.state.publication().is_some());
    town.tick().await;
    town.recording("leaders-group").accept();
    town.pass("3h").await;
    assert_eq!(about(&town), tried, "somebody was called to what is out");
}

async fn a_body_whose_first_post_nobody_can_be_told_at_is_told_at_another(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    town.reachable("flood-office/section-head", "13800000003")
        .await;
    town.declare("flood", ResponseLevel::IV).await;
    town.tick().await;
    let said = town.heard("13800000003");
    assert!(
        said.iter().any(|text| text.contains("拟稿送审")),
        "{said:?}"
    );
}

async fn the_last_missing_fact_tells_whoever_drafts(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    town.reachable("flood-office/duty-officer", "13800000004")
        .await;
    let incident = town.declare("flood", ResponseLevel::IV).await.incident.id;
    town.tick().await;
    let before = town.heard("13800000004").len();
    // Whoever drafts gives the facts: they know.
    town.facts(&incident, &flood_facts()[..1]).await;
    town.tick().await;
    assert_eq!(town.heard("13800000004").len(), before);
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    let given = flood_facts().into_iter().map(|(code, value)| {
        let given = GivenFact {
            value,
            as_of: None,
            source: None,
        };
        (code.to_owned(), given)
    });
    let head = officer("kezhang", &["flood-office/section-head"]);
    set_facts(&mut tx, &world, now, &head, &incident, &given.collect())
        .await
        .unwrap();
    town.realm.commit(tx).await.unwrap();
    town.tick().await;
    let said = town.heard("13800000004");
    assert_eq!(said.len(), before + 1, "{said:?}");
    assert!(!said.last().unwrap().contains("缺少"), "{said:?}");
}

async fn what_begins_together_is_named_with_numbers_that_show_it(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    town.reachable("flood-office/duty-officer", "13800000004")
        .await;
    let declaration = Declaration {
        event: "flood".into(),
        level: ResponseLevel::IV,
        areas: vec![AreaCode("320299".into())],
        title: None,
        known_at: None,
        expected_duration: None,
        facts: BTreeMap::new(),
        another: false,
    };
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    let declared = declare(&mut tx, &world, now, &duty_officer(), declaration)
        .await
        .unwrap();
    town.realm.commit(tx).await.unwrap();
    let incident = declared.incident.id;
    town.facts(&incident, &flood_facts()).await;
    let warning = [
        ("warning-time", json!("2026-07-01T02:55:00+08:00")),
        ("warning-type", json!("暴雨")),
        ("warning-colour", json!("橙色")),
        ("warning-issuer", json!("示例市气象台")),
        ("warning-content", json!("预计未来三小时有大暴雨")),
        ("warning-areas", json!("城关镇")),
        ("affected-areas", json!("城关镇")),
    ];
    town.facts(&incident, &warning).await;
    town.tick().await;
    let said = town.heard("13800000004");
    let together = said.iter().find(|text| text.contains("件："));
    let together = together.unwrap_or_else(|| panic!("{said:?}"));
    assert!(together.contains("预计持续时间"), "{together}");
    assert!(together.contains("fabu release show"), "{together}");
    let releases = town.releases(&incident).await;
    let numbers: Vec<&str> = together
        .match_indices("编号")
        .filter_map(|(at, word)| together.get(at + word.len()..at + word.len() + 6))
        .filter(|number| releases.iter().any(|one| one.id.short() == *number))
        .collect();
    assert!(numbers.len() > 1, "{together}");
}

async fn a_question_is_put_once_and_names_who_decides(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let incident = town.declare("flood", ResponseLevel::IV).await.incident.id;
    town.tick().await;
    let measure = town.of_item(&incident, "traffic-control").await;
    let asked: Vec<String> = (town.parcels("leaders-group").into_iter())
        .map(|one| one.rendering.text.clone())
        .filter(|text| text.contains(&measure.name) && text.contains("决定"))
        .collect();
    assert_eq!(asked.len(), 1, "{asked:#?}");
    let plans = town.realm.world().plans.clone();
    for post in ["duty-officer", "duty-leader"] {
        let name = plans.post_zh(&format!("traffic-police/{post}").parse().unwrap());
        assert!(asked[0].contains(&name), "{name}: {asked:?}");
    }
    assert!(asked[0].contains(measure.id.short()), "{asked:?}");
}

async fn a_silent_signers_turn_passes_to_the_deputy(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let incident = town.declare("flood", ResponseLevel::IV).await.incident.id;
    town.facts(&incident, &flood_facts()).await;
    town.tick().await;
    let notice = town.of_item(&incident, "response-notice").await.id;
    town.submit(&duty_officer(), &notice).await.unwrap();
    let ReleaseState::InReview(review) = town.release(&notice).await.state else {
        panic!("in review")
    };
    let signer = review.signer().unwrap().clone();
    let deputy = signer
        .deputy
        .clone()
        .expect("the example gives the section head a deputy");
    let minutes = signer.sign_within.as_seconds() / 60;
    town.pass(&format!("{}m", minutes + 1)).await;
    let ReleaseState::InReview(review) = town.release(&notice).await.state else {
        panic!("in review")
    };
    assert!(review.passed_to_deputy);
    let answer = town
        .approve(
            &crate::support::town::holder_of(&deputy),
            &notice,
            &review.hash,
            false,
        )
        .await
        .unwrap();
    assert!(matches!(answer, fabu::flow::Answer::Done(_)), "{answer:?}");
}

async fn a_series_has_one_open_occurrence_and_names_what_was_missed(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let incident = town.declare("flood", ResponseLevel::IV).await.incident.id;
    town.tick().await;
    let first = town.of_item(&incident, "flood-situation").await;
    assert_eq!(first.opened_at, at("2026-07-01T08:00:00+08:00"));
    assert_eq!(first.due_at, Some(at("2026-07-01T08:30:00+08:00")));
    town.pass("14h1m").await;
    let states: Vec<(u32, &str)> = town
        .releases(&incident)
        .await
        .iter()
        .filter(|r| r.item == "flood-situation")
        .map(|r| (r.occurrence, r.state.code()))
        .collect();
    assert_eq!(
        states,
        [(1, "missed"), (2, "drafting")],
        "at 17:00 the 08:00 bulletin was never published"
    );
}

async fn what_fell_due_while_the_process_was_down_is_done_at_once_and_marked_late(
    database: &Database,
) {
    let mut town = Town::new(database.store().await, START).await;
    let incident = town.declare("flood", ResponseLevel::IV).await.incident.id;
    town.tick().await;
    town.sleep("30h");
    let now = town.now().to_rfc3339();
    drop(town);

    let mut town = Town::new(database.store().await, &now).await;
    town.tick().await;
    let occurrences: Vec<(u32, &str)> = town
        .releases(&incident)
        .await
        .iter()
        .filter(|r| r.item == "flood-situation")
        .map(|r| (r.occurrence, r.state.code()))
        .collect();
    assert_eq!(
        occurrences,
        [(1, "missed"), (2, "missed"), (3, "drafting")],
        "08:00 and 17:00 are recorded as missed, the 08:00 of the next day is open"
    );
    let overdue = town
        .journal()
        .await
        .into_iter()
        .find(|e| e.act == "release-overdue" && e.data["item"] == json!("response-notice"))
        .expect("the notice is overdue");
    assert_eq!(overdue.data["late"], json!(true));
    assert!(
        fabu::worker::next_due(&town.realm, &[])
            .await
            .unwrap()
            .is_some_and(|next| next > town.now())
    );
}

async fn a_text_expires_and_is_kept(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let incident = town.declare("flood", ResponseLevel::IV).await.incident.id;
    town.facts(&incident, &flood_facts()).await;
    town.tick().await;
    let notice = town.of_item(&incident, "response-notice").await.id;
    town.publish(&notice).await;
    town.pass("31d").await;
    assert_eq!(town.release(&notice).await.state.code(), "expired");
    let mut tx = database.store().await.read().await.unwrap();
    let shown = tx
        .portal_entry(&notice)
        .await
        .unwrap()
        .expect("its address stays");
    assert!(!shown.standing.is_current());
}

async fn a_rumour_is_refuted_on_demand_and_its_clock_starts_then(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let incident = town.declare("flood", ResponseLevel::IV).await.incident.id;
    town.pass("5h").await;
    assert!(
        !town
            .releases(&incident)
            .await
            .iter()
            .any(|r| r.item == "rumour-refutation")
    );
    let asked = town.request(&incident, "rumour-refutation").await;
    assert_eq!(
        asked[0].due_at,
        Some(town.now() + chrono::TimeDelta::hours(2))
    );
    let again = town.request(&incident, "rumour-refutation").await;
    assert_eq!(again[0].occurrence, 2, "a second rumour is another matter");
}

async fn a_release_that_cannot_be_read_keeps_nobody_else_from_being_told(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let incident = town.declare("flood", ResponseLevel::IV).await.incident.id;
    let notice = town.of_item(&incident, "response-notice").await.id;
    let mut outsider = database.outsider().await;
    let broken = format!("UPDATE release SET doc = '{{' WHERE id = '{notice}'");
    outsider.run(&broken).await.unwrap();
    // It ends, and does not try the same row for ever.
    town.tick().await;
    let told = town.parcels("leaders-group");
    let is_told = |words: &str| told.iter().any(|one| one.rendering.text.contains(words));
    assert!(is_told("气象（水情）预警转发"));
    let now = town.now().timestamp_millis();
    let untold =
        format!("SELECT count(*) FROM release_turn WHERE told_at IS NULL AND since <= {now}");
    assert_eq!(outsider.number(&untold).await, 0);
}

async fn a_rhythm_goes_on_without_an_occurrence_that_cannot_be_read(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let incident = town.declare("flood", ResponseLevel::IV).await.incident.id;
    let first = town.of_item(&incident, "flood-situation").await.id;
    let mut outsider = database.outsider().await;
    let broken = format!("UPDATE release SET doc = '{{' WHERE id = '{first}'");
    outsider.run(&broken).await.unwrap();
    town.pass("14h1m").await;
    let count = "SELECT count(*) FROM release WHERE item = 'flood-situation'";
    assert_eq!(outsider.number(count).await, 2);
    // A rhythm that cannot be read itself is set aside, and the time of the rest goes on.
    outsider.run("UPDATE series SET doc = '{'").await.unwrap();
    town.pass("24h").await;
    assert_eq!(outsider.number(count).await, 2);
    // It is not forgotten: it is looked at again, in case somebody has mended it.
    let now = town.now().timestamp_millis();
    let waiting = format!("SELECT count(*) FROM series WHERE next_at > {now}");
    assert!(outsider.number(&waiting).await > 0);
}
