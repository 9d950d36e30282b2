//! Incidents, releases, signatures, numbers and people, as both databases keep them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::DateTime;
use fabu::domain::approval::{Signature, SignatureKind};
use fabu::domain::incident::{Incident, IncidentStatus};
use fabu::domain::person::Person;
use fabu::domain::plan::ItemKind;
use fabu::domain::reason::Reason;
use fabu::domain::release::{Drafting, Release, ReleaseState, Reminder};
use fabu::domain::time::Moment;
use fabu::id::{IncidentId, UserId};
use fabu::store::{GivenAnswer, ReleaseFilter, Series, Shown, Store, StoreError};

use crate::support::database::Database;

crate::on_each_database!(
    an_incident_comes_back_whole_and_is_declared_once,
    an_incident_changed_by_two_keeps_the_first_and_tells_the_second,
    releases_come_back_by_deadline_and_by_what_is_asked,
    open_work_is_counted_by_state_and_by_its_deadline,
    releases_wake_in_order_and_not_before_their_time,
    a_release_changed_by_two_keeps_the_first_and_tells_the_second,
    a_release_of_no_incident_is_refused,
    a_rhythm_is_replaced_not_doubled,
    document_numbers_have_no_gap_and_no_double,
    nobody_signs_the_same_text_twice,
    a_login_is_taken_once_and_tokens_can_be_taken_back,
    a_repeated_request_finds_its_answer,
    what_was_shown_is_known_of_that_person_and_that_release,
    a_row_that_nobody_here_wrote_is_named_and_left_alone,
    ; not in memory:
    signatures_of_an_older_version_are_of_no_round,
);

fn at(seconds: i64) -> Moment {
    DateTime::from_timestamp_millis(1_777_777_777_000 + seconds * 1_000).unwrap()
}

fn incident(n: u32) -> Incident {
    Incident {
        id: format!("L-{n:026}").parse::<IncidentId>().unwrap(),
        event: "flood".into(),
        title: "示例市6月暴雨洪涝 ‘第一号’".into(),
        title_by: None,
        areas: vec![],
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
        incident: incident(1).id,
        plan: "flood".into(),
        plan_hash: "h".into(),
        body: if n.is_multiple_of(2) {
            "flood-office"
        } else {
            "health"
        }
        .into(),
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
        wake_at: due.map(|due| at(due - 5)),
        row_version: 1,
    }
}

async fn with_incident(database: &Database) -> Store {
    let store = database.store().await;
    let mut tx = store.begin().await.unwrap();
    tx.add_incident(&incident(1), "flood|320200").await.unwrap();
    tx.commit().await.unwrap();
    store
}

async fn with_releases(database: &Database, releases: &[Release]) -> Store {
    let store = with_incident(database).await;
    let mut tx = store.begin().await.unwrap();
    tx.add_releases(releases).await.unwrap();
    tx.commit().await.unwrap();
    store
}

async fn an_incident_comes_back_whole_and_is_declared_once(database: &Database) {
    let store = with_incident(database).await;
    let mut tx = store.begin().await.unwrap();
    assert_eq!(
        tx.incident(&incident(1).id).await.unwrap(),
        Some(incident(1))
    );
    assert_eq!(
        tx.incident_by_dedup("flood|320200").await.unwrap(),
        Some(incident(1))
    );
    assert_eq!(tx.incident(&incident(9).id).await.unwrap(), None);
    let error = tx
        .add_incident(&incident(2), "flood|320200")
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Duplicate(_)), "{error}");
    drop(tx);

    // Once it has ended, the same event may be declared again.
    let mut tx = store.begin().await.unwrap();
    let mut ended = incident(1);
    ended.status = IncidentStatus::Ended {
        at: at(5),
        by: "zhou".into(),
        reason: "水退".into(),
    };
    tx.update_incident(&mut ended).await.unwrap();
    tx.add_incident(&incident(2), "flood|320200").await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = store.read().await.unwrap();
    let ids = |list: Vec<Incident>| list.into_iter().map(|one| one.id).collect::<Vec<_>>();
    assert_eq!(
        ids(tx.incidents(None, None, 10).await.unwrap()),
        [incident(2).id, incident(1).id]
    );
    assert_eq!(
        ids(tx.incidents(Some("active"), None, 10).await.unwrap()),
        [incident(2).id]
    );
    assert_eq!(
        ids(tx.incidents(None, None, 1).await.unwrap()),
        [incident(2).id]
    );
}

async fn an_incident_changed_by_two_keeps_the_first_and_tells_the_second(database: &Database) {
    let store = with_incident(database).await;
    let mut read = Vec::new();
    for _ in 0..2 {
        read.push(
            store
                .read()
                .await
                .unwrap()
                .incident(&incident(1).id)
                .await
                .unwrap()
                .unwrap(),
        );
    }
    for (n, one) in read.iter_mut().enumerate() {
        one.title = format!("题目{n}");
        let mut tx = store.begin().await.unwrap();
        match (n, tx.update_incident(one).await) {
            (0, Ok(())) => tx.commit().await.unwrap(),
            (
                1,
                Err(StoreError::Conflict {
                    table: "incident", ..
                }),
            ) => {}
            (n, other) => panic!("{n}: {other:?}"),
        }
    }
    let kept = store
        .read()
        .await
        .unwrap()
        .incident(&incident(1).id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((kept.title.as_str(), kept.row_version), ("题目0", 2));
}

async fn releases_come_back_by_deadline_and_by_what_is_asked(database: &Database) {
    let mut tied = release(4, None);
    tied.tied_to = Some(release(1, None).id);
    let mut all = vec![
        release(1, Some(300)),
        release(2, Some(100)),
        release(3, Some(200)),
        tied,
    ];
    all[2].state = ReleaseState::Drafting(Drafting::default());
    let store = with_releases(database, &all).await;

    let mut tx = store.read().await.unwrap();
    let items = |list: Vec<Release>| {
        list.into_iter()
            .map(|one| one.occurrence)
            .collect::<Vec<_>>()
    };
    let whole = tx.releases_of(&incident(1).id).await.unwrap();
    assert_eq!(whole[0], all[1]);
    assert_eq!(
        items(whole),
        [2, 3, 1, 4],
        "what has no deadline yet comes last"
    );
    let any = ReleaseFilter {
        limit: 10,
        ..ReleaseFilter::default()
    };
    let all_read = |page: Vec<Result<Release, _>>| {
        let read = |one: Result<Release, fabu::store::Unreadable>| one.unwrap();
        items(page.into_iter().map(read).collect())
    };
    assert_eq!(all_read(tx.releases(&any).await.unwrap()), [2, 3, 1, 4]);
    let few = ReleaseFilter {
        limit: 2,
        ..any.clone()
    };
    assert_eq!(all_read(tx.releases(&few).await.unwrap()), [2, 3]);
    let drafting = ReleaseFilter {
        status: Some("drafting".into()),
        ..any.clone()
    };
    assert_eq!(all_read(tx.releases(&drafting).await.unwrap()), [3]);
    let of_health = ReleaseFilter {
        body: Some("health".into()),
        ..any.clone()
    };
    assert_eq!(all_read(tx.releases(&of_health).await.unwrap()), [3, 1]);
    let elsewhere = ReleaseFilter {
        incident: Some(incident(9).id),
        ..any
    };
    assert_eq!(
        all_read(tx.releases(&elsewhere).await.unwrap()),
        Vec::<u32>::new()
    );
    assert_eq!(items(tx.releases_tied_to(&all[0].id).await.unwrap()), [4]);
}

async fn open_work_is_counted_by_state_and_by_its_deadline(database: &Database) {
    let mut releases: Vec<Release> = [Some(10), Some(20), Some(30), None, Some(10), Some(10)]
        .into_iter()
        .zip(1..)
        .map(|(due, n)| release(n, due))
        .collect();
    releases[4].state = ReleaseState::Drafting(Drafting::default());
    // Late once, but nobody waits for it any more.
    releases[5].state = ReleaseState::Missed { at: at(15) };
    let store = with_releases(database, &releases).await;
    let mut tx = store.read().await.unwrap();
    for now in [0, 10, 11, 20, 25, 99] {
        let open = tx.open_releases(at(now)).await.unwrap();
        let expected = BTreeMap::from([
            ("approved", 0),
            ("drafting", 1),
            ("in-review", 0),
            ("planned", 4),
            ("undecided", 0),
        ]);
        assert_eq!(open.by_status, expected);
        let overdue = releases.iter().filter(|r| r.is_overdue(at(now))).count();
        assert_eq!(open.overdue, overdue as i64, "at {now}");
    }
}

async fn releases_wake_in_order_and_not_before_their_time(database: &Database) {
    let store = with_releases(
        database,
        &[
            release(1, Some(300)),
            release(2, Some(100)),
            release(3, None),
        ],
    )
    .await;
    let mut tx = store.begin().await.unwrap();
    // Whoever is to draft them was told, so that nothing but their own time is waited for.
    for turn in tx.turns_untold(at(900), 10).await.unwrap() {
        assert!(tx.turn_told(&turn, at(0)).await.unwrap());
    }
    let woken = |list: Vec<Release>| {
        list.into_iter()
            .map(|one| one.occurrence)
            .collect::<Vec<_>>()
    };
    assert_eq!(tx.next_wake().await.unwrap(), Some(at(95)));
    assert_eq!(
        woken(tx.releases_to_wake(at(94), 10).await.unwrap()),
        Vec::<u32>::new()
    );
    assert_eq!(woken(tx.releases_to_wake(at(95), 10).await.unwrap()), [2]);
    assert_eq!(
        woken(tx.releases_to_wake(at(900), 10).await.unwrap()),
        [2, 1]
    );
    assert_eq!(woken(tx.releases_to_wake(at(900), 1).await.unwrap()), [2]);
}

async fn a_release_changed_by_two_keeps_the_first_and_tells_the_second(database: &Database) {
    let store = with_releases(database, &[release(1, Some(300))]).await;
    let mut first = release(1, Some(300));
    let mut second = first.clone();
    first.state = ReleaseState::Waived {
        at: at(1),
        by: "zhou".into(),
        why: "已由省里发布".into(),
    };
    let mut tx = store.begin().await.unwrap();
    tx.update_release(&mut first).await.unwrap();
    tx.commit().await.unwrap();
    second.state = ReleaseState::Cancelled {
        at: at(1),
        why: Reason::DeclaredAgain,
    };
    let mut tx = store.begin().await.unwrap();
    let error = tx.update_release(&mut second).await.unwrap_err();
    assert!(
        matches!(
            error,
            StoreError::Conflict {
                table: "release",
                ..
            }
        ),
        "{error}"
    );
    drop(tx);
    let kept = store
        .read()
        .await
        .unwrap()
        .release(&first.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(kept, first);
}

async fn a_release_of_no_incident_is_refused(database: &Database) {
    let store = database.store().await;
    let mut tx = store.begin().await.unwrap();
    let error = tx.add_releases(&[release(1, None)]).await.unwrap_err();
    assert!(matches!(error, StoreError::Statement(_)), "{error}");
}

async fn a_rhythm_is_replaced_not_doubled(database: &Database) {
    let store = with_incident(database).await;
    let rhythm = |occurrence, next: Option<i64>| Series {
        incident: incident(1).id,
        plan: "flood".into(),
        plan_hash: "h".into(),
        item: "flood-situation".into(),
        level: None,
        occurrence,
        next_at: next.map(at),
    };
    for series in [rhythm(1, Some(100)), rhythm(2, Some(200))] {
        let mut tx = store.begin().await.unwrap();
        tx.put_series(&[series]).await.unwrap();
        tx.commit().await.unwrap();
    }
    let mut tx = store.begin().await.unwrap();
    let kept = tx
        .series(&incident(1).id, "flood", "flood-situation")
        .await
        .unwrap();
    assert_eq!(kept, Some(rhythm(2, Some(200))));
    assert_eq!(tx.next_wake().await.unwrap(), Some(at(200)));
    assert_eq!(tx.series_due(at(199), 10).await.unwrap(), []);
    assert_eq!(
        tx.series_due(at(200), 10).await.unwrap(),
        [rhythm(2, Some(200))]
    );
    tx.put_series(&[rhythm(3, None)]).await.unwrap();
    assert_eq!(tx.series_due(at(9_999), 10).await.unwrap(), []);
    tx.stop_series(&incident(1).id, "flood", "flood-situation")
        .await
        .unwrap();
    assert_eq!(
        tx.series(&incident(1).id, "flood", "flood-situation")
            .await
            .unwrap(),
        None
    );
}

async fn document_numbers_have_no_gap_and_no_double(database: &Database) {
    let stores = [
        Arc::new(database.store().await),
        Arc::new(database.store().await),
    ];
    let mut takers = tokio::task::JoinSet::new();
    for taker in 0..4 {
        let store = Arc::clone(&stores[taker % 2]);
        takers.spawn(async move {
            let mut mine = Vec::new();
            for _ in 0..10 {
                let mut given_back = store.begin().await.unwrap();
                given_back
                    .take_document_number("flood-office", 2026)
                    .await
                    .unwrap();
                drop(given_back);
                let mut tx = store.begin().await.unwrap();
                mine.push(tx.take_document_number("flood-office", 2026).await.unwrap());
                tx.commit().await.unwrap();
            }
            mine
        });
    }
    let mut all = Vec::new();
    while let Some(mine) = takers.join_next().await {
        all.extend(mine.unwrap());
    }
    assert_eq!(all.len(), 40);
    assert_eq!(all.into_iter().collect::<BTreeSet<_>>(), (1..=40).collect());
    let mut tx = stores[0].begin().await.unwrap();
    assert_eq!(
        tx.take_document_number("flood-office", 2027).await.unwrap(),
        1
    );
    assert_eq!(tx.take_document_number("health", 2026).await.unwrap(), 1);
}

async fn nobody_signs_the_same_text_twice(database: &Database) {
    let store = with_releases(database, &[release(1, None)]).await;
    let signature = |user: &str, hash: &str, seconds| Signature {
        release: release(1, None).id,
        round: 1,
        version: 1,
        hash: hash.into(),
        post: "flood-office/section-head".parse().unwrap(),
        user: user.into(),
        name: "周".into(),
        at: at(seconds),
        kind: SignatureKind::Review,
    };
    let given = [
        signature("zhou", "h1", 2),
        signature("li", "h1", 1),
        signature("zhou", "h2", 3),
    ];
    for one in &given {
        let mut tx = store.begin().await.unwrap();
        tx.add_signature(one).await.unwrap();
        tx.commit().await.unwrap();
    }
    let mut tx = store.begin().await.unwrap();
    let error = tx
        .add_signature(&signature("zhou", "h1", 9))
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Duplicate(_)), "{error}");
    drop(tx);
    let kept = store
        .read()
        .await
        .unwrap()
        .signatures(&release(1, None).id)
        .await
        .unwrap();
    assert_eq!(kept, [given[1].clone(), given[0].clone(), given[2].clone()]);
}

async fn a_login_is_taken_once_and_tokens_can_be_taken_back(database: &Database) {
    let store = database.store().await;
    let person = |n: u32, login: &str| Person {
        id: format!("L-{n:026}").parse::<UserId>().unwrap(),
        login: login.into(),
        name: "周".into(),
        posts: vec!["flood-office/section-head".parse().unwrap()],
        disabled_at: None,
        created_at: at(0),
    };
    let mut zhou = person(1, "zhou");
    let mut tx = store.begin().await.unwrap();
    tx.add_person(&zhou).await.unwrap();
    tx.add_token(&zhou.id, "one", "laptop", at(1), None)
        .await
        .unwrap();
    tx.add_token(&zhou.id, "two", "phone", at(1), Some(at(9)))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    let error = tx.add_person(&person(2, "zhou")).await.unwrap_err();
    assert!(matches!(error, StoreError::Duplicate(_)), "{error}");
    drop(tx);

    let mut tx = store.begin().await.unwrap();
    assert_eq!(
        tx.person_by_token("one").await.unwrap(),
        Some((zhou.clone(), None))
    );
    let (_, end) = tx.person_by_token("two").await.unwrap().unwrap();
    assert_eq!(end, Some(at(9)));
    let ends = tx.token_ends().await.unwrap();
    assert_eq!(ends["zhou"], None, "one of the two has no end");
    assert_eq!(tx.person_by_token("three").await.unwrap(), None);
    zhou.disabled_at = Some(at(2));
    tx.update_person(&zhou).await.unwrap();
    assert_eq!(
        tx.person_by_token("one").await.unwrap(),
        None,
        "disabled people hold no token"
    );
    zhou.disabled_at = None;
    tx.update_person(&zhou).await.unwrap();
    assert_eq!(tx.revoke_tokens(&zhou.id, at(3)).await.unwrap(), 2);
    assert_eq!(tx.person_by_token("two").await.unwrap(), None);
    assert_eq!(tx.person_by_login("zhou").await.unwrap(), Some(zhou));
    assert_eq!(tx.person_by_login("ZHOU").await.unwrap(), None);
}

async fn a_repeated_request_finds_its_answer(database: &Database) {
    let store = database.store().await;
    let answer = GivenAnswer {
        request: "hash".into(),
        status: 201,
        answer: "{\"id\":\"L-1\"}".into(),
    };
    let mut tx = store.begin().await.unwrap();
    tx.keep_answer("zhou", "key", &answer, at(1)).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    assert_eq!(
        tx.given_answer("zhou", "key").await.unwrap(),
        Some(answer.clone())
    );
    assert_eq!(
        tx.given_answer("li", "key").await.unwrap(),
        None,
        "keys are each person's own"
    );
    let error = tx
        .keep_answer("zhou", "key", &answer, at(2))
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Duplicate(_)), "{error}");
    drop(tx);

    let week = 7 * 24 * 3600;
    let mut tx = store.begin().await.unwrap();
    for (key, seconds) in [("in time", week), ("later", week + 2)] {
        tx.keep_answer("zhou", key, &answer, at(seconds))
            .await
            .unwrap();
    }
    let known = |answer: Option<GivenAnswer>| answer.is_some();
    assert!(!known(tx.given_answer("zhou", "key").await.unwrap()));
    assert!(known(tx.given_answer("zhou", "in time").await.unwrap()));
}

async fn what_was_shown_is_known_of_that_person_and_that_release(database: &Database) {
    let store = with_releases(database, &[release(1, None), release(2, None)]).await;
    let (one, two) = (release(1, None).id, release(2, None).id);
    let shown = |version, hash: &str, seconds| Shown {
        version,
        hash: hash.into(),
        at: at(seconds),
    };
    let mut tx = store.begin().await.unwrap();
    for text in [shown(1, "h1", 1), shown(2, "h2", 2), shown(1, "h1", 3)] {
        tx.add_shown("zhou", &one, &text).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut tx = store.read().await.unwrap();
    let first_times = [shown(1, "h1", 1), shown(2, "h2", 2)];
    assert_eq!(tx.shown_to("zhou", &one).await.unwrap(), first_times);
    assert_eq!(tx.shown_to("zhou", &two).await.unwrap(), []);
    assert_eq!(tx.shown_to("li", &one).await.unwrap(), []);
}

async fn signatures_of_an_older_version_are_of_no_round(database: &Database) {
    let store = with_releases(database, &[release(1, None)]).await;
    store.close().await;
    // As the database of a program from before rounds.
    let mut outsider = database.outsider().await;
    let id = release(1, None).id;
    let insert = format!(
        "INSERT INTO signature VALUES ('{id}', 1, 'h1', '\"review\"', 'flood-office/section-head', 'zhou', '周', 5)"
    );
    for sql in [
        "DROP TABLE shown",
        "DROP TABLE signature",
        "CREATE TABLE signature (release TEXT NOT NULL, version BIGINT NOT NULL, hash TEXT NOT NULL, kind TEXT NOT NULL, \
         post TEXT NOT NULL, person TEXT NOT NULL, name TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (release, hash, person))",
        &insert,
        "DROP INDEX idempotency_by_age",
        "ALTER TABLE token DROP COLUMN expires_at",
        "DELETE FROM schema_migration WHERE number = 5",
    ] {
        outsider.run(sql).await.unwrap();
    }
    let store = Store::open(&database.url).await.unwrap();
    let kept = store.read().await.unwrap().signatures(&id).await.unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].round, kept[0].user.as_str()), (0, "zhou"));
}

async fn a_row_that_nobody_here_wrote_is_named_and_left_alone(database: &Database) {
    let store = with_incident(database).await;
    let mut outsider = database.outsider().await;
    outsider
        .run("UPDATE incident SET doc = '{\"half\": '")
        .await
        .unwrap();
    let error = store
        .read()
        .await
        .unwrap()
        .incident(&incident(1).id)
        .await
        .unwrap_err();
    let text = error.to_string();
    assert!(
        matches!(
            error,
            StoreError::BrokenRow {
                table: "incident",
                ..
            }
        ),
        "{text}"
    );
    assert!(text.contains(incident(1).id.as_str()), "{text}");
    assert_eq!(
        outsider.texts("SELECT doc FROM incident").await,
        ["{\"half\": "]
    );
}
