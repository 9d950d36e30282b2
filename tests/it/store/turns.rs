//! Whom releases wait for, where incidents are, and what waits for a second person, as both databases keep it.

use chrono::DateTime;
use fabu::domain::approval::Actor;
use fabu::domain::area::AreaCode;
use fabu::domain::body::PostRef;
use fabu::domain::incident::{Incident, IncidentStatus};
use fabu::domain::plan::{ItemKind, Signer};
use fabu::domain::release::{Prompt, Release, ReleaseState, Reminder, Review};
use fabu::domain::rights::{Asked, Decided, Decision, Wish};
use fabu::domain::time::{Moment, Span};
use fabu::id::IncidentId;
use fabu::store::{ReleaseFilter, Store, StoreError};

use crate::support::database::Database;

crate::on_each_database!(
    a_release_is_found_by_whom_it_waits_for,
    pages_leave_nothing_out,
    an_incident_is_found_by_its_place,
    one_thing_of_a_kind_is_asked_for_at_a_time,
    ; not in memory:
    a_database_from_before_is_filled_once,
);

fn at(seconds: i64) -> Moment {
    DateTime::from_timestamp_millis(1_777_777_777_000 + seconds * 1_000).unwrap()
}

fn incident(n: u32, areas: &[&str]) -> Incident {
    Incident {
        id: format!("L-{n:026}").parse::<IncidentId>().unwrap(),
        event: "flood".into(),
        title: "洪涝".into(),
        title_by: None,
        areas: areas.iter().map(|area| AreaCode((*area).into())).collect(),
        known_at: at(0),
        declared_at: at(i64::from(n)),
        expected_duration: None,
        facts: Default::default(),
        levels: vec![],
        status: IncidentStatus::Active,
        plans: vec![],
        row_version: 1,
    }
}

fn release(n: u32, due: Option<i64>) -> Release {
    Release {
        id: format!("L-{n:026}").parse().unwrap(),
        incident: incident(1, &[]).id,
        plan: "flood".into(),
        plan_hash: "h".into(),
        body: "flood-office".into(),
        item: format!("item-{n}"),
        name: "汛情通报".into(),
        name_en: None,
        kind: ItemKind::Bulletin,
        level: None,
        occurrence: n,
        opened_at: at(0),
        due_at: due.map(at),
        passed: None,
        areas: None,
        lifted: Vec::new(),
        ordered_by: None,
        found: None,
        tied_to: None,
        holding: None,
        part_of: None,
        carries: Vec::new(),
        correction: None,
        correction_reason: None,
        correction_reason_by: None,
        own_facts: fabu::domain::fact::Facts::new(),
        rounds: 0,
        state: ReleaseState::Planned,
        reminded: Reminder::None,
        wake_at: None,
        row_version: 1,
    }
}

/// It waits for the head, and for the leader too once the turn has passed.
fn in_review(passed_to_deputy: bool) -> ReleaseState {
    let post = |code: &str| PostRef::within("flood-office", code);
    ReleaseState::InReview(Review {
        round: 1,
        version: 1,
        hash: "h".into(),
        submitted_by: "zhiban".into(),
        signers: vec![Signer {
            post: post("head"),
            name: "科长".into(),
            name_en: None,
            sign_within: Span::minutes(5),
            deputy: Some(post("leader")),
        }],
        also: Vec::new(),
        step: 0,
        turn_since: at(3),
        passed_to_deputy,
        stale: None,
        prompted: Prompt::None,
    })
}

async fn with(database: &Database, releases: &[Release]) -> Store {
    let store = database.store().await;
    let mut tx = store.begin().await.unwrap();
    let home = incident(1, &["320299100"]);
    tx.add_incident(&home, "flood|1").await.unwrap();
    tx.add_releases(releases).await.unwrap();
    tx.commit().await.unwrap();
    store
}

async fn waits_for(store: &Store, posts: &[&str]) -> Vec<u32> {
    let filter = ReleaseFilter {
        waits_for: Some(posts.iter().map(|&post| post.into()).collect()),
        limit: 10,
        ..ReleaseFilter::default()
    };
    let found = store.read().await.unwrap().releases(&filter).await;
    let found = found.unwrap().into_iter().map(Result::unwrap);
    found.map(|one| one.occurrence).collect()
}

async fn a_release_is_found_by_whom_it_waits_for(database: &Database) {
    let store = with(
        database,
        &[release(1, Some(9)), release(2, Some(5)), release(3, None)],
    )
    .await;
    assert_eq!(waits_for(&store, &["flood-office/*"]).await, [2, 1, 3]);
    for (passed, by_leader) in [(false, vec![]), (true, vec![2])] {
        let mut tx = store.begin().await.unwrap();
        let mut one = tx.release(&release(2, None).id).await.unwrap().unwrap();
        one.state = in_review(passed);
        tx.update_release(&mut one).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(waits_for(&store, &["flood-office/head"]).await, [2]);
        assert_eq!(waits_for(&store, &["flood-office/leader"]).await, by_leader);
    }
    assert_eq!(waits_for(&store, &["flood-office/*"]).await, [1, 3]);
    assert_eq!(
        waits_for(&store, &["flood-office/head", "flood-office/*"]).await,
        [2, 1, 3]
    );
    assert_eq!(waits_for(&store, &[]).await, [0; 0]);
    let mut tx = store.begin().await.unwrap();
    let mut one = tx.release(&release(2, None).id).await.unwrap().unwrap();
    one.state = ReleaseState::Missed { at: at(9) };
    tx.update_release(&mut one).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(waits_for(&store, &["flood-office/head"]).await, [0; 0]);
}

async fn pages_leave_nothing_out(database: &Database) {
    // Some are due at the same moment, some at none.
    let all: Vec<Release> = (1..=9)
        .map(|n| release(n, (n < 8).then_some(i64::from(n) / 3)))
        .collect();
    let store = with(database, &all).await;
    let mut filter = ReleaseFilter {
        limit: 2,
        ..ReleaseFilter::default()
    };
    let mut seen = Vec::new();
    loop {
        let page = store.read().await.unwrap().releases(&filter).await.unwrap();
        let page: Vec<Release> = page.into_iter().map(Result::unwrap).collect();
        let Some(last) = page.last() else { break };
        filter.after = Some(last.id.clone());
        seen.extend(page.iter().map(|one| one.occurrence));
    }
    assert_eq!(seen, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
}

async fn an_incident_is_found_by_its_place(database: &Database) {
    let store = with(database, &[]).await;
    let mut tx = store.begin().await.unwrap();
    let other = incident(2, &["320299101", "320298"]);
    tx.add_incident(&other, "flood|2").await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = store.read().await.unwrap();
    for (area, found) in [
        (None, 2),
        (Some("320299"), 2),
        (Some("320299100"), 1),
        (Some("320298"), 1),
        (Some("320298100"), 1),
        (Some("320299100201"), 1),
        (Some("320299102"), 0),
        (Some("320297"), 0),
        (Some("%"), 0),
    ] {
        let incidents = tx.incidents(None, area, 10).await.unwrap();
        assert_eq!(incidents.len(), found, "{area:?}");
    }
}

fn asked(n: u32) -> Asked {
    let posts = vec![PostRef::within("government", "mayor")];
    Asked {
        id: format!("L-{n:026}").parse().unwrap(),
        incident: incident(1, &[]).id,
        wish: Wish::End {
            reason: "雨停".into(),
        },
        by: Actor {
            user: "zhiban".into(),
            name: "周".into(),
            posts: vec![],
        },
        level: None,
        at: at(0),
        ends_at: at(60),
        posts,
        instead_of: None,
        decided: None,
    }
}

async fn one_thing_of_a_kind_is_asked_for_at_a_time(database: &Database) {
    let store = with(database, &[]).await;
    let mut tx = store.begin().await.unwrap();
    tx.add_asked(&asked(1)).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    let twice = tx.add_asked(&asked(2)).await.unwrap_err();
    assert!(matches!(twice, StoreError::Duplicate(_)), "{twice}");
    drop(tx);
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.next_wake().await.unwrap(), Some(at(42)), "told again");
    assert_eq!(tx.asked_due(at(41), 10).await.unwrap(), []);
    assert_eq!(tx.asked_due(at(42), 10).await.unwrap(), [asked(1)]);
    assert!(tx.asked_reminded(&asked(1)).await.unwrap());
    assert!(!tx.asked_reminded(&asked(1)).await.unwrap(), "once");
    assert_eq!(tx.next_wake().await.unwrap(), Some(at(60)));
    assert_eq!(tx.asked_due(at(59), 10).await.unwrap(), []);
    assert_eq!(tx.asked_due(at(60), 10).await.unwrap(), [asked(1)]);
    let mut one = tx.asked(&asked(1).id).await.unwrap().unwrap();
    one.decided = Some(Decided {
        decision: Decision::Declined,
        by: "zhiban".into(),
        at: at(5),
    });
    tx.decide_asked(&one).await.unwrap();
    let again = tx.decide_asked(&one).await.unwrap_err();
    assert!(matches!(again, StoreError::Conflict { .. }), "{again}");
    assert_eq!(tx.asked(&one.id).await.unwrap(), Some(one));
    tx.add_asked(&asked(2)).await.unwrap();
    assert_eq!(tx.asked_open(10).await.unwrap(), [asked(2)]);
    tx.commit().await.unwrap();
}

async fn a_database_from_before_is_filled_once(database: &Database) {
    let store = with(database, &[release(1, Some(1))]).await;
    store.close().await;
    let mut outsider = database.outsider().await;
    for sql in [
        "DELETE FROM release_turn",
        "DELETE FROM incident_area",
        "INSERT INTO backfill VALUES ('turns')",
    ] {
        outsider.run(sql).await.unwrap();
    }
    let store = database.store().await;
    assert_eq!(waits_for(&store, &["flood-office/*"]).await, [1]);
    let mut tx = store.read().await.unwrap();
    assert_eq!(
        tx.incidents(None, Some("320299"), 9).await.unwrap().len(),
        1
    );
    drop(tx);
    store.close().await;
    assert_eq!(outsider.number("SELECT count(*) FROM backfill").await, 0);
}
