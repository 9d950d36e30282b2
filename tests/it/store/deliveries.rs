//! The outbox: an audience becomes deliveries once each, each is held by one worker, and only the holder's word counts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::DateTime;
use fabu::domain::area::AreaCode;
use fabu::domain::audience::Reach;
use fabu::domain::backoff::Verdict;
use fabu::domain::bulletin::Language;
use fabu::domain::channel::Finality;
use fabu::domain::delivery::{DeliveryStatus, Dispatch, DispatchState, Lane, Leased, Settled};
use fabu::domain::time::Moment;
use fabu::id::{DispatchId, ReleaseId};
use fabu::store::Store;

use crate::support::database::Database;

crate::on_each_database!(
    a_channel_is_dispatched_to_once,
    an_audience_is_expanded_once_each_however_often_it_is_tried,
    areas_groups_and_posts_choose_the_audience,
    workers_share_the_work_and_never_hold_the_same_delivery,
    urgent_goes_before_normal_before_bulk,
    only_the_holder_of_the_lease_may_say_what_became_of_it,
    outcomes_are_kept_as_they_were_told,
    a_lease_that_ran_out_comes_back_as_doubtful,
    a_correction_waits_until_the_earlier_text_is_final,
    a_correction_goes_to_those_who_may_have_the_earlier_text,
    a_stopped_dispatch_sends_nothing_more,
    a_dispatch_stopped_while_it_is_expanded_expands_no_further,
    a_large_dispatch_is_stopped_at_once_and_cancelled_bit_by_bit,
    those_that_must_wait_do_not_hide_those_behind_them,
    lists_and_counts_agree_page_by_page,
    a_dispatch_is_closed_once_when_its_last_delivery_is_final;
    not in memory:
    what_was_closed_before_there_was_a_tally_still_counts,
);

const RELEASE: &str = "L-00000000000000000000000001";

fn at(seconds: i64) -> Moment {
    DateTime::from_timestamp_millis(1_777_777_777_000 + seconds * 1_000).unwrap()
}

fn dispatch(n: u32, lane: Lane, channel: &str) -> Dispatch {
    Dispatch {
        id: format!("L-{n:026}").parse::<DispatchId>().unwrap(),
        release: RELEASE.parse::<ReleaseId>().unwrap(),
        version: n,
        channel: channel.into(),
        lane,
        created_at: at(i64::from(n)),
        after: None,
        state: DispatchState::Expanding { cursor: 0 },
    }
}

/// A store with one release, whose dispatches the tests make.
async fn store(database: &Database) -> Store {
    let store = database.store().await;
    let sql = format!(
        "INSERT INTO incident (id, event, status, declared_at, row_version, doc) VALUES ('i', 'flood', 'active', 0, 1, '{{}}');
         INSERT INTO release (id, incident, plan, body, item, occurrence, status, row_version, doc)
         VALUES ('{RELEASE}', 'i', 'flood', 'flood-office', 'notice', 1, 'published', 1, '{{}}')"
    );
    database.outsider().await.run(&sql).await.unwrap();
    store
}

/// Contacts `1..=count`, each with a phone: of alternating areas, every third in a group, every fifth reads English.
async fn contacts(database: &Database, count: i64) {
    let mut outsider = database.outsider().await;
    for n in 1..=count {
        let (area, language) = (
            ["320200", "320281"][(n % 2) as usize],
            if n % 5 == 0 { "en" } else { "zh-CN" },
        );
        let mut sql = format!(
            "INSERT INTO contact (code, name, language) VALUES ('c{n}', '甲', '{language}');
             INSERT INTO contact_tag (contact, kind, value) SELECT id, 'area', '{area}' FROM contact WHERE code = 'c{n}';
             INSERT INTO contact_address (contact, kind, address) SELECT id, 'phone', '+86-{n}' FROM contact WHERE code = 'c{n}';
             INSERT INTO contact_address (contact, kind, address) SELECT id, 'mail', 'c{n}@example.org' FROM contact WHERE code = 'c{n}';"
        );
        if n % 3 == 0 {
            sql += &format!(
                "INSERT INTO contact_tag (contact, kind, value) SELECT id, 'group', 'press' FROM contact WHERE code = 'c{n}';"
            );
        }
        outsider.run(&sql).await.unwrap();
    }
}

async fn add(store: &Store, dispatch: &Dispatch) -> bool {
    let mut tx = store.begin().await.unwrap();
    let added = tx.add_dispatch(dispatch).await.unwrap();
    tx.commit().await.unwrap();
    added
}

/// Adds the dispatch with one delivery to each address.
async fn send(store: &Store, dispatch: &Dispatch, addresses: &[&str]) {
    let addresses: Vec<String> = addresses
        .iter()
        .map(|address| (*address).to_owned())
        .collect();
    let mut tx = store.begin().await.unwrap();
    assert!(tx.add_dispatch(dispatch).await.unwrap());
    tx.add_deliveries(dispatch, &addresses, dispatch.created_at)
        .await
        .unwrap();
    assert!(
        tx.advance_dispatch(&dispatch.id, 0, DispatchState::Expanded)
            .await
            .unwrap()
    );
    tx.commit().await.unwrap();
}

async fn lease(store: &Store, channel: &str, now: Moment, limit: u32) -> Vec<Leased> {
    let mut tx = store.begin().await.unwrap();
    let leased = tx
        .lease(channel, "worker", now, at(1_000_000), limit)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    leased
}

fn accepted(receipt: Option<String>) -> Verdict {
    Verdict::Accepted {
        receipt,
        ids: Vec::new(),
    }
}

fn outcome(leased: &Leased, verdict: Verdict) -> Settled {
    leased.end(verdict, Finality::Accepted, at(500))
}

async fn settle(store: &Store, settled: &[Settled]) -> u64 {
    let mut tx = store.begin().await.unwrap();
    let written = tx.settle(settled).await.unwrap();
    tx.commit().await.unwrap();
    written
}

async fn counts(store: &Store, dispatch: &Dispatch) -> BTreeMap<&'static str, i64> {
    store
        .read()
        .await
        .unwrap()
        .dispatch_counts(&dispatch.id)
        .await
        .unwrap()
}

fn addresses(leased: &[Leased]) -> BTreeSet<&str> {
    leased.iter().map(|one| &*one.address).collect()
}

async fn a_channel_is_dispatched_to_once(database: &Database) {
    let store = store(database).await;
    let first = dispatch(1, Lane::Urgent, "sms");
    assert!(add(&store, &first).await);
    let again = Dispatch {
        id: dispatch(2, Lane::Urgent, "sms").id,
        ..first.clone()
    };
    assert!(
        !add(&store, &again).await,
        "the same release, version and channel"
    );
    let found = store
        .read()
        .await
        .unwrap()
        .dispatches_of(&first.release)
        .await
        .unwrap();
    assert_eq!(found, [first]);
}

async fn expand(store: &Store, dispatch: &Dispatch, kind: &str, reach: &Reach, chunk: u32) {
    let mut cursor = 0;
    loop {
        let mut tx = store.begin().await.unwrap();
        let next = tx
            .expand_contacts(dispatch, kind, reach, cursor, chunk, at(9))
            .await
            .unwrap();
        let Some(next) = next else { break };
        assert!(next > cursor, "the cursor must move or this never ends");
        let to = DispatchState::Expanding { cursor: next };
        assert!(tx.advance_dispatch(&dispatch.id, cursor, to).await.unwrap());
        tx.commit().await.unwrap();
        cursor = next;
    }
}

async fn an_audience_is_expanded_once_each_however_often_it_is_tried(database: &Database) {
    let store = store(database).await;
    contacts(database, 23).await;
    let dispatch = dispatch(1, Lane::Urgent, "sms");
    add(&store, &dispatch).await;
    let everyone = Reach::default();

    // A chunk that was cut short leaves nothing, and a second program that has the same cursor does not move it.
    let mut tx = store.begin().await.unwrap();
    tx.expand_contacts(&dispatch, "phone", &everyone, 0, 10, at(9))
        .await
        .unwrap();
    drop(tx);
    assert_eq!(counts(&store, &dispatch).await.get("pending"), None);

    expand(&store, &dispatch, "phone", &everyone, 10).await;
    assert_eq!(counts(&store, &dispatch).await["pending"], 23);
    let mut tx = store.begin().await.unwrap();
    tx.expand_contacts(&dispatch, "phone", &everyone, 0, 100, at(10))
        .await
        .unwrap();
    assert!(
        !tx.advance_dispatch(&dispatch.id, 0, DispatchState::Expanded)
            .await
            .unwrap()
    );
    tx.commit().await.unwrap();
    assert_eq!(
        counts(&store, &dispatch).await["pending"],
        23,
        "nobody gets it twice"
    );

    let leased = lease(&store, "sms", at(9), 100).await;
    assert_eq!(addresses(&leased).len(), 23);
    let english = leased
        .iter()
        .filter(|one| one.language == Language::En)
        .count();
    assert_eq!(english, 4, "each in the language of the contact");
}

async fn areas_groups_and_posts_choose_the_audience(database: &Database) {
    let store = store(database).await;
    contacts(database, 24).await;
    let area = |code: &str| AreaCode(code.into());
    let cases = [
        (
            Reach {
                areas: vec![area("3202")],
                ..Reach::default()
            },
            24,
        ),
        (
            Reach {
                areas: vec![area("320281")],
                ..Reach::default()
            },
            12,
        ),
        (
            Reach {
                areas: vec![area("320281"), area("320200")],
                ..Reach::default()
            },
            24,
        ),
        (
            // One place around it, meant by itself: whoever lives in another part of that is not.
            Reach {
                areas: vec![area("320281101")],
                around: vec![area("320281")],
                ..Reach::default()
            },
            12,
        ),
        (
            Reach {
                areas: vec![area("320281101")],
                around: vec![area("3202")],
                ..Reach::default()
            },
            0,
        ),
        (
            Reach {
                areas: vec![area("99")],
                ..Reach::default()
            },
            0,
        ),
        (
            Reach {
                groups: vec!["press".into()],
                ..Reach::default()
            },
            8,
        ),
        (
            Reach {
                areas: vec![area("320281")],
                groups: vec!["press".into()],
                ..Reach::default()
            },
            4,
        ),
        (
            Reach {
                posts: vec!["flood-office/duty-leader".into()],
                ..Reach::default()
            },
            0,
        ),
        (
            Reach {
                groups: vec!["it's \"100%\" [press]".into()],
                ..Reach::default()
            },
            0,
        ),
    ];
    for (n, (reach, expected)) in (1..).zip(cases) {
        let dispatch = dispatch(n, Lane::Normal, "mail");
        add(&store, &dispatch).await;
        expand(&store, &dispatch, "mail", &reach, 5).await;
        let found = counts(&store, &dispatch)
            .await
            .get("pending")
            .copied()
            .unwrap_or(0);
        assert_eq!(found, expected, "{reach:?}");
    }
}

async fn workers_share_the_work_and_never_hold_the_same_delivery(database: &Database) {
    let stores = [
        Arc::new(store(database).await),
        Arc::new(database.store().await),
    ];
    let dispatch = dispatch(1, Lane::Urgent, "sms");
    let names: Vec<String> = (0..400).map(|n| format!("+86-{n}")).collect();
    send(
        &stores[0],
        &dispatch,
        &names.iter().map(String::as_str).collect::<Vec<_>>(),
    )
    .await;

    let mut workers = tokio::task::JoinSet::new();
    for worker in 0..4 {
        let store = Arc::clone(&stores[worker % 2]);
        workers.spawn(async move {
            let mut mine = Vec::new();
            loop {
                let leased = lease(&store, "sms", at(10), 7).await;
                if leased.is_empty() {
                    return mine;
                }
                let accepted: Vec<Settled> = leased
                    .iter()
                    .map(|one| outcome(one, accepted(None)))
                    .collect();
                assert_eq!(settle(&store, &accepted).await, leased.len() as u64);
                mine.extend(leased.into_iter().map(|one| one.address));
            }
        });
    }
    let mut all = Vec::new();
    while let Some(mine) = workers.join_next().await {
        all.extend(mine.unwrap());
    }
    assert_eq!(all.len(), 400, "each once");
    assert_eq!(
        all.into_iter().collect::<BTreeSet<_>>(),
        names.into_iter().collect()
    );
    assert_eq!(
        counts(&stores[0], &dispatch).await,
        BTreeMap::from([("accepted", 400)])
    );
}

async fn urgent_goes_before_normal_before_bulk(database: &Database) {
    let store = store(database).await;
    send(
        &store,
        &dispatch(1, Lane::Bulk, "sms"),
        &["bulk-1", "bulk-2"],
    )
    .await;
    send(
        &store,
        &dispatch(2, Lane::Normal, "sms"),
        &["normal-1", "normal-2"],
    )
    .await;
    send(
        &store,
        &dispatch(3, Lane::Urgent, "sms"),
        &["urgent-1", "urgent-2"],
    )
    .await;
    send(
        &store,
        &dispatch(4, Lane::Urgent, "mail"),
        &["other channel"],
    )
    .await;
    assert_eq!(
        store
            .read()
            .await
            .unwrap()
            .next_delivery("sms")
            .await
            .unwrap(),
        Some(at(1))
    );

    assert!(
        lease(&store, "sms", at(0), 10).await.is_empty(),
        "nothing is due yet"
    );
    assert_eq!(
        addresses(&lease(&store, "sms", at(10), 3).await),
        ["normal-1", "urgent-1", "urgent-2"].into()
    );
    assert_eq!(
        addresses(&lease(&store, "sms", at(10), 10).await),
        ["bulk-1", "bulk-2", "normal-2"].into()
    );
    assert!(lease(&store, "sms", at(10), 10).await.is_empty());
}

async fn only_the_holder_of_the_lease_may_say_what_became_of_it(database: &Database) {
    let store = store(database).await;
    let dispatch = dispatch(1, Lane::Urgent, "sms");
    send(&store, &dispatch, &["a"]).await;
    let late = lease(&store, "sms", at(10), 1).await.remove(0);
    let mut tx = store.begin().await.unwrap();
    assert_eq!(
        tx.free_leases(at(2_000_000), None, at(2_000_000))
            .await
            .unwrap(),
        1
    );
    tx.commit().await.unwrap();
    let holder = lease(&store, "sms", at(2_000_000), 1).await.remove(0);
    assert!(holder.fence > late.fence);

    for result in [
        accepted(None),
        accepted(Some("r".into())),
        Verdict::Failed { why: "late".into() },
    ] {
        assert_eq!(settle(&store, &[outcome(&late, result)]).await, 0);
    }
    assert_eq!(
        counts(&store, &dispatch).await,
        BTreeMap::from([("leased", 1)])
    );
    assert_eq!(
        settle(
            &store,
            &[outcome(
                &holder,
                Verdict::Failed {
                    why: "no such number".into()
                }
            )]
        )
        .await,
        1
    );
    assert_eq!(
        counts(&store, &dispatch).await,
        BTreeMap::from([("failed", 1)])
    );
    // What is final stays final.
    assert_eq!(settle(&store, &[outcome(&holder, accepted(None))]).await, 0);
}

async fn outcomes_are_kept_as_they_were_told(database: &Database) {
    let store = store(database).await;
    let dispatch = dispatch(1, Lane::Urgent, "sms");
    send(&store, &dispatch, &["a", "b", "c", "d", "e"]).await;
    let leased = lease(&store, "sms", at(10), 10).await;
    let results = [
        accepted(None),
        accepted(Some("回执-7".into())),
        Verdict::TryAgain {
            at: at(700),
            why: "busy".into(),
            doubts: 1,
        },
        Verdict::Failed {
            why: "no such number".into(),
        },
        Verdict::Unknown {
            why: "the line broke".into(),
        },
    ];
    let settled: Vec<Settled> = leased
        .iter()
        .zip(results)
        .map(|(one, result)| outcome(one, result))
        .collect();
    assert_eq!(settle(&store, &settled).await, 5);

    let mut tx = store.read().await.unwrap();
    let views = tx
        .deliveries(&dispatch.release, None, 0, 100)
        .await
        .unwrap();
    let by_id = |n: usize| views.iter().find(|view| view.id == leased[n].id).unwrap();
    assert_eq!(
        (by_id(0).status.name(), by_id(0).done_at),
        ("accepted", Some(at(500)))
    );
    assert_eq!(
        (by_id(1).status.name(), by_id(1).receipt.as_deref()),
        ("accepted", Some("回执-7"))
    );
    assert_eq!(
        (by_id(2).status.name(), by_id(2).next_at),
        ("pending", Some(at(700)))
    );
    assert_eq!(
        (by_id(3).status.name(), by_id(3).why.as_deref()),
        ("failed", Some("no such number"))
    );
    assert_eq!(
        (by_id(4).status.name(), by_id(4).why.as_deref()),
        ("unknown", Some("the line broke"))
    );
    assert_eq!(tx.next_delivery("sms").await.unwrap(), Some(at(700)));
    drop(tx);

    assert!(lease(&store, "sms", at(699), 10).await.is_empty());
    let again = lease(&store, "sms", at(700), 10).await;
    assert_eq!(
        (again.len(), again[0].attempt, again[0].doubts > 0),
        (1, 2, true)
    );
    assert_eq!(
        again[0].first_at,
        at(1),
        "giving up counts from the first try"
    );
    let mut outsider = database.outsider().await;
    let tries = outsider
        .texts("SELECT outcome || ': ' || why FROM attempt ORDER BY outcome")
        .await;
    assert_eq!(
        tries,
        [
            "failed: no such number",
            "pending: busy",
            "unknown: the line broke"
        ]
    );
}

async fn a_lease_that_ran_out_comes_back_as_doubtful(database: &Database) {
    let store = store(database).await;
    send(&store, &dispatch(1, Lane::Urgent, "sms"), &["a", "b"]).await;
    let mut tx = store.begin().await.unwrap();
    let short = tx.lease("sms", "one", at(10), at(20), 1).await.unwrap();
    let long = tx.lease("sms", "two", at(10), at(90), 1).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = store.begin().await.unwrap();
    assert_eq!(
        tx.free_leases(at(20), None, at(20)).await.unwrap(),
        0,
        "it holds until its last moment"
    );
    assert_eq!(tx.free_leases(at(21), None, at(21)).await.unwrap(), 1);
    tx.commit().await.unwrap();
    let back = lease(&store, "sms", at(21), 10).await;
    assert_eq!(
        (back.len(), back[0].id, back[0].doubts > 0),
        (1, short[0].id, true)
    );

    // A program that starts again takes back what its former life held.
    let mut tx = store.begin().await.unwrap();
    assert_eq!(
        tx.free_leases(at(22), Some("two"), at(22)).await.unwrap(),
        1
    );
    tx.commit().await.unwrap();
    assert_eq!(lease(&store, "sms", at(22), 10).await[0].id, long[0].id);
}

async fn a_correction_waits_until_the_earlier_text_is_final(database: &Database) {
    let store = store(database).await;
    let first = dispatch(1, Lane::Normal, "sms");
    send(&store, &first, &["a", "b"]).await;
    let in_flight = lease(&store, "sms", at(10), 1).await.remove(0);
    let correction = Dispatch {
        after: Some(first.id.clone()),
        ..dispatch(2, Lane::Urgent, "sms")
    };
    send(&store, &correction, &["a", "b", "c"]).await;

    // c never had the first text; the other two wait, one for its lease, one for its turn.
    let leased = lease(&store, "sms", at(20), 10).await;
    let of = |leased: &[Leased], dispatch: &Dispatch| {
        leased
            .iter()
            .filter(|one| one.dispatch == dispatch.id)
            .map(|one| one.address.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(of(&leased, &correction), ["c"]);
    assert_eq!(of(&leased, &first).len(), 1);
    assert!(lease(&store, "sms", at(20), 10).await.is_empty());

    settle(
        &store,
        &[outcome(&in_flight, Verdict::Failed { why: "no".into() })],
    )
    .await;
    assert_eq!(
        of(&lease(&store, "sms", at(21), 10).await, &correction),
        [in_flight.address],
        "within a second"
    );
}

async fn a_correction_goes_to_those_who_may_have_the_earlier_text(database: &Database) {
    let store = store(database).await;
    let first = dispatch(1, Lane::Normal, "sms");
    send(&store, &first, &["a", "b", "c", "d", "e"]).await;
    let leased = lease(&store, "sms", at(10), 3).await;
    // The third was told to come back later, so it certainly does not have it.
    let perhaps_reached: BTreeSet<&str> = addresses(&leased[..2]);
    let results = [
        accepted(None),
        Verdict::Unknown {
            why: "the line broke".into(),
        },
        Verdict::TryAgain {
            at: at(90),
            why: "busy".into(),
            doubts: 0,
        },
    ];
    let settled: Vec<Settled> = leased
        .iter()
        .zip(results)
        .map(|(one, r)| outcome(one, r))
        .collect();
    settle(&store, &settled).await;
    assert_eq!(stop(&store, &first).await, 3);

    let correction = Dispatch {
        after: Some(first.id.clone()),
        ..dispatch(2, Lane::Urgent, "sms")
    };
    add(&store, &correction).await;
    let mut cursor = 0;
    loop {
        let mut tx = store.begin().await.unwrap();
        let next = tx
            .expand_recipients(&correction, &first.id, cursor, 2, at(30))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        match next {
            Some(next) => cursor = next,
            None => break,
        }
    }
    let mut tx = store.read().await.unwrap();
    let views = tx.deliveries(&first.release, None, 0, 100).await.unwrap();
    let reached: BTreeSet<&str> = views
        .iter()
        .filter(|view| view.dispatch == correction.id.as_str())
        .map(|view| &*view.address)
        .collect();
    assert_eq!(reached, perhaps_reached);
}

async fn stop(store: &Store, dispatch: &Dispatch) -> u64 {
    let mut tx = store.begin().await.unwrap();
    let stopped = tx
        .stop_dispatch(&dispatch.id, at(20), "overtaken")
        .await
        .unwrap();
    tx.commit().await.unwrap();
    stopped
}

async fn a_stopped_dispatch_sends_nothing_more(database: &Database) {
    let store = store(database).await;
    let dispatch = dispatch(1, Lane::Normal, "sms");
    send(
        &store,
        &dispatch,
        &["in flight", "refused for now", "perhaps arrived", "untried"],
    )
    .await;
    let leased = lease(&store, "sms", at(10), 3).await;
    let again = |ambiguous| Verdict::TryAgain {
        at: at(15),
        why: "busy".into(),
        doubts: u32::from(ambiguous),
    };
    settle(
        &store,
        &[
            outcome(&leased[1], again(false)),
            outcome(&leased[2], again(true)),
        ],
    )
    .await;

    assert_eq!(stop(&store, &dispatch).await, 3);
    assert!(lease(&store, "sms", at(60), 10).await.is_empty());
    let expected = BTreeMap::from([("leased", 1), ("cancelled", 2), ("unknown", 1)]);
    assert_eq!(counts(&store, &dispatch).await, expected);

    // What was in flight and is to be tried again, is not.
    settle(&store, &[outcome(&leased[0], again(false))]).await;
    assert!(lease(&store, "sms", at(60), 10).await.is_empty());
    assert_eq!(
        counts(&store, &dispatch).await,
        BTreeMap::from([("cancelled", 3), ("unknown", 1)])
    );
    assert_eq!(
        store
            .read()
            .await
            .unwrap()
            .next_delivery("sms")
            .await
            .unwrap(),
        None
    );
}

async fn a_dispatch_stopped_while_it_is_expanded_expands_no_further(database: &Database) {
    let store = store(database).await;
    contacts(database, 10).await;
    let dispatch = dispatch(1, Lane::Normal, "sms");
    add(&store, &dispatch).await;
    let mut tx = store.begin().await.unwrap();
    let reach = Reach::default();
    let cursor = tx
        .expand_contacts(&dispatch, "phone", &reach, 0, 4, at(9))
        .await
        .unwrap()
        .unwrap();
    tx.advance_dispatch(&dispatch.id, 0, DispatchState::Expanding { cursor })
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert!(
        store
            .read()
            .await
            .unwrap()
            .agenda(at(1))
            .await
            .unwrap()
            .expansion
    );

    assert_eq!(stop(&store, &dispatch).await, 4);
    let mut tx = store.begin().await.unwrap();
    assert_eq!(tx.dispatches_to_expand(10).await.unwrap(), []);
    assert_eq!(
        tx.stopped_dispatches().await.unwrap(),
        std::slice::from_ref(&dispatch.id)
    );
    // Somebody who began before it was stopped learns that it is over.
    let moved = tx
        .advance_dispatch(&dispatch.id, cursor, DispatchState::Expanded)
        .await
        .unwrap();
    assert!(!moved);
    assert!(!tx.agenda(at(1)).await.unwrap().expansion);
    tx.tried_dispatches(at(30), 10).await.unwrap();
    assert_eq!(tx.close_dispatches(at(30), 10).await.unwrap().len(), 1);
    assert_eq!(tx.stopped_dispatches().await.unwrap(), []);
}

async fn a_large_dispatch_is_stopped_at_once_and_cancelled_bit_by_bit(database: &Database) {
    let store = store(database).await;
    let dispatch = dispatch(1, Lane::Normal, "sms");
    let names: Vec<String> = (0..2_500).map(|n| format!("+86-{n}")).collect();
    send(
        &store,
        &dispatch,
        &names.iter().map(String::as_str).collect::<Vec<_>>(),
    )
    .await;
    let behind = self::dispatch(2, Lane::Normal, "sms");
    send(&store, &behind, &["behind"]).await;

    assert_eq!(stop(&store, &dispatch).await, 2_500);
    assert!(
        counts(&store, &dispatch).await["pending"] > 0,
        "one transaction is not to hold up all others"
    );
    // What stands behind is reached although nobody cancels but the courier that is in its way.
    let mut looks = 0;
    let leased = loop {
        let leased = lease(&store, "sms", at(60), 10).await;
        looks += 1;
        if !leased.is_empty() || looks > 10 {
            break leased;
        }
    };
    assert_eq!(addresses(&leased), ["behind"].into(), "after {looks} looks");

    let mut tx = store.begin().await.unwrap();
    while tx.cancel_stopped(at(60)).await.unwrap() > 0 {}
    tx.commit().await.unwrap();
    assert_eq!(
        counts(&store, &dispatch).await,
        BTreeMap::from([("cancelled", 2_500)])
    );
    assert!(
        !store
            .read()
            .await
            .unwrap()
            .agenda(at(1))
            .await
            .unwrap()
            .expansion
    );
}

async fn those_that_must_wait_do_not_hide_those_behind_them(database: &Database) {
    let store = store(database).await;
    let first = dispatch(1, Lane::Normal, "sms");
    let names: Vec<String> = (0..2_500).map(|n| format!("+86-{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    send(&store, &first, &names).await;
    // The gateway is away: all of them are to be tried again in ten minutes.
    let away = |leased: Vec<Leased>| {
        let again = |one: &Leased| {
            outcome(
                one,
                Verdict::TryAgain {
                    at: at(610),
                    why: "away".into(),
                    doubts: 0,
                },
            )
        };
        leased.iter().map(again).collect::<Vec<_>>()
    };
    settle(&store, &away(lease(&store, "sms", at(10), 5_000).await)).await;
    send(
        &store,
        &Dispatch {
            after: Some(first.id.clone()),
            ..dispatch(2, Lane::Normal, "sms")
        },
        &names,
    )
    .await;
    send(&store, &dispatch(3, Lane::Normal, "sms"), &["behind"]).await;

    let mut looks = 0;
    let leased = loop {
        let leased = lease(&store, "sms", at(20), 10).await;
        looks += 1;
        if !leased.is_empty() || looks > 10 {
            break leased;
        }
    };
    assert_eq!(addresses(&leased), ["behind"].into(), "after {looks} looks");
    // And nobody turns in circles until something can be done.
    let next = store
        .read()
        .await
        .unwrap()
        .next_delivery("sms")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(next, at(20 + 300));
}

async fn lists_and_counts_agree_page_by_page(database: &Database) {
    let store = store(database).await;
    send(
        &store,
        &dispatch(1, Lane::Normal, "sms"),
        &["a", "b", "c", "d"],
    )
    .await;
    send(&store, &dispatch(2, Lane::Normal, "mail"), &["e", "f", "g"]).await;
    send(&store, &dispatch(3, Lane::Normal, "sms"), &["h"]).await;
    let leased = lease(&store, "sms", at(10), 3).await;
    settle(&store, &[outcome(&leased[0], accepted(None))]).await;

    let mut tx = store.read().await.unwrap();
    let release = RELEASE.parse().unwrap();
    let (mut after, mut seen) = (0, Vec::new());
    loop {
        let page = tx.deliveries(&release, None, after, 3).await.unwrap();
        let Some(last) = page.last() else { break };
        after = last.id;
        seen.extend(page.into_iter().map(|view| view.address));
    }
    assert_eq!(seen, ["a", "b", "c", "d", "e", "f", "g", "h"]);
    let of_sms = BTreeMap::from([("accepted", 1), ("leased", 2), ("pending", 2)]);
    let expected = BTreeMap::from([
        ("mail".to_owned(), BTreeMap::from([("pending", 3)])),
        ("sms".to_owned(), of_sms),
    ]);
    assert_eq!(tx.delivery_counts(&release).await.unwrap(), expected);
    assert_eq!(tx.channel_counts().await.unwrap(), expected);
    for (status, count) in [
        (DeliveryStatus::Leased, 2),
        (DeliveryStatus::Pending, 5),
        (DeliveryStatus::Failed, 0),
    ] {
        assert_eq!(
            tx.deliveries(&release, Some(status), 0, 100)
                .await
                .unwrap()
                .len(),
            count
        );
    }
}

async fn a_dispatch_is_closed_once_when_its_last_delivery_is_final(database: &Database) {
    let store = store(database).await;
    let dispatch = dispatch(1, Lane::Normal, "sms");
    send(&store, &dispatch, &["a", "b"]).await;
    let unexpanded = self::dispatch(2, Lane::Normal, "mail");
    add(&store, &unexpanded).await;
    let closed = || async {
        let mut tx = store.begin().await.unwrap();
        tx.tried_dispatches(at(99), 10).await.unwrap();
        let closed = tx.close_dispatches(at(99), 10).await.unwrap();
        tx.commit().await.unwrap();
        closed.into_iter().map(|one| one.id).collect::<Vec<_>>()
    };
    assert_eq!(closed().await, []);
    let leased = lease(&store, "sms", at(10), 10).await;
    settle(&store, &[outcome(&leased[0], accepted(None))]).await;
    assert_eq!(closed().await, [], "one is still in flight");
    settle(
        &store,
        &[outcome(&leased[1], Verdict::Failed { why: "no".into() })],
    )
    .await;
    let counts = || async { store.read().await.unwrap().channel_counts().await.unwrap() };
    let before = counts().await;
    let of_sms = BTreeMap::from([("accepted", 1), ("failed", 1)]);
    assert_eq!(before, BTreeMap::from([("sms".to_owned(), of_sms)]));
    assert_eq!(closed().await, std::slice::from_ref(&dispatch.id));
    assert_eq!(closed().await, []);
    assert_eq!(counts().await, before, "what is closed still counts, once");
}

async fn what_was_closed_before_there_was_a_tally_still_counts(database: &Database) {
    let store = store(database).await;
    for (n, channel) in [(1, "sms"), (2, "mail"), (3, "sms")] {
        send(&store, &dispatch(n, Lane::Normal, channel), &["a", "b"]).await;
        let leased = lease(&store, channel, at(10), 10).await;
        let accepted = accepted(None);
        settle(&store, &[outcome(&leased[0], accepted)]).await;
        let failed = Verdict::Failed { why: "no".into() };
        settle(&store, &[outcome(&leased[1], failed)]).await;
        if n < 3 {
            let mut tx = store.begin().await.unwrap();
            tx.tried_dispatches(at(99), 10).await.unwrap();
            assert_eq!(tx.close_dispatches(at(99), 10).await.unwrap().len(), 1);
            tx.commit().await.unwrap();
        }
    }
    let counts = store.read().await.unwrap().channel_counts().await.unwrap();
    assert_eq!(
        counts["sms"],
        BTreeMap::from([("accepted", 2), ("failed", 2)])
    );
    store.close().await;
    // As the database of a program from before.
    let mut outsider = database.outsider().await;
    for step in [
        "DROP TABLE channel_tally",
        "DROP TABLE channel_trouble",
        "ALTER TABLE delivery DROP COLUMN earlier",
    ] {
        outsider.run(step).await.unwrap();
    }
    outsider
        .run("DELETE FROM schema_migration WHERE number = 3")
        .await
        .unwrap();
    let store = Store::open(&database.url).await.unwrap();
    let after = store.read().await.unwrap().channel_counts().await.unwrap();
    assert_eq!(after, counts);
}
