//! What a provider says later: it ends what was only taken, never backwards; what fails late goes another way.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::Duration;

use DeliveryStatus::{Accepted, Cancelled, Delivered, Failed, Unknown};
use fabu::domain::area::AreaCode;
use fabu::domain::blame::Scope;
use fabu::domain::bulletin::Language;
use fabu::domain::channel::ChannelDef;
use fabu::domain::contact::{Address, AddressKind, Contact};
use fabu::domain::delivery::{DeliveryStatus, Named, Outcome, Receipt, Said};
use fabu::domain::level::ResponseLevel;
use fabu::flow::receive::{self, Taken};
use fabu::flow::resend::{self, Wanted};
use fabu::id::ReleaseId;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::support::database::Database;
use crate::support::town::{Town, duty_officer, examples, flood_facts};

const START: &str = "2026-07-01T03:00:00+08:00";

/// The example's channel to the media, sent by SMS here, and read by three of them.
const SMS: &str = "media-mail";

crate::on_each_database!(
    a_receipt_ends_what_was_only_taken,
    receipts_that_come_twice_late_or_in_another_order_change_nothing,
    what_fails_late_goes_to_the_fallback_at_once,
    what_was_superseded_goes_out_by_no_fallback,
    what_the_end_is_said_of_is_not_sent_any_more,
    a_receipt_that_never_comes_leaves_it_unknown,
    a_receipt_after_the_end_puts_the_counts_right,
    a_silent_gateway_is_told_of_before_the_fallback_doubles_its_texts,
    a_text_that_hardly_anybody_gets_is_told_once,
    early_receipts_of_one_channel_leave_room_to_another,
    what_the_fallback_only_took_is_sent_again_where_it_gives_receipts,
    what_a_fallback_without_receipts_took_is_not_sent_again,
    names_of_parts_are_matched_even_if_the_receipt_is_faster,
    what_is_about_nothing_is_counted_and_harmless,
    without_receipts_a_text_is_final_once_it_is_taken,
    a_channel_that_hears_of_its_texts_itself_is_listened_to,
);

async fn town(database: &Database, receipts: Value) -> (Town, ReleaseId) {
    let mut plans = examples();
    let def: ChannelDef = serde_json::from_value(json!({
        "channel": SMS, "name": "媒体短信", "kind": "sms", "fallback": "public-mail", "concurrency": 1,
        "sms": {"url": "http://127.0.0.1/", "fields": {"to": "{to}", "text": "{text}"}, "receipts": receipts},
    }))
    .unwrap();
    plans.channels.insert(SMS.into(), def);
    let mut town = Town::with_plans(database.store().await, START, plans).await;
    town.recording(SMS).give_receipts(false);
    media(&town, 1..=3).await;
    let incident = town.declare("flood", ResponseLevel::IV).await.incident.id;
    town.facts(&incident, &flood_facts()).await;
    town.tick().await;
    let notice = town.of_item(&incident, "response-notice").await.id;
    (town, notice)
}

/// Contacts of the media with these numbers.
async fn media(town: &Town, numbers: RangeInclusive<u32>) {
    let contact = |n: u32| Contact {
        code: format!("m{n}"),
        name: format!("记者{n}"),
        language: Language::ZhCn,
        areas: vec![AreaCode("320299".into())],
        groups: vec!["media".into()],
        posts: Vec::new(),
        addresses: vec![
            Address {
                kind: AddressKind::Sms,
                address: format!("138000{n:05}"),
            },
            Address {
                kind: AddressKind::Email,
                address: format!("m{n}@example.invalid"),
            },
        ],
    };
    let contacts: Vec<Contact> = numbers.map(contact).collect();
    let mut tx = town.realm.store.begin().await.unwrap();
    tx.upsert_contacts(&contacts).await.unwrap();
    tx.commit().await.unwrap();
}

/// What the people on duty were told by a channel that carries reminders.
fn told(town: &Town, words: &str) -> Vec<String> {
    let all = town.parcels("leaders-group").into_iter();
    let texts = all.map(|one| one.rendering.text.clone());
    texts.filter(|text| text.contains(words)).collect()
}

fn receipts() -> Value {
    json!({"secret-env": "S", "within": "2h", "key": "id", "state": "state", "delivered": "1", "failed": "2"})
}

fn by_id(name: &str, said: Said) -> Receipt {
    Receipt {
        of: Named::Id(name.into()),
        said,
        why: None,
    }
}

/// The receipt of the text that went to the n-th of the media, from 1.
fn of(town: &Town, n: usize, said: Said) -> Receipt {
    let address = format!("138000{n:05}");
    let parcels = town.parcels(SMS);
    let parcel = parcels.iter().find(|one| one.address == address).unwrap();
    Receipt {
        of: Named::Key(parcel.key.clone()),
        said,
        why: (said == Said::Failed).then(|| "空号".to_owned()),
    }
}

async fn receive(town: &Town, receipts: &[Receipt]) -> Taken {
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    let taken = receive::receive(&mut tx, &world, now, SMS, receipts)
        .await
        .unwrap();
    town.realm.commit(tx).await.unwrap();
    taken
}

async fn statuses(town: &Town, release: &ReleaseId, channel: &str) -> Vec<DeliveryStatus> {
    let mut tx = town.realm.store.read().await.unwrap();
    let all = tx.deliveries(release, None, 0, 100).await.unwrap();
    let of = all.into_iter().filter(|one| one.channel == channel);
    of.map(|one| one.status).collect()
}

async fn counts(town: &Town, channel: &str) -> BTreeMap<&'static str, i64> {
    let mut tx = town.realm.store.read().await.unwrap();
    let mut counts = tx.channel_counts().await.unwrap();
    counts.remove(channel).unwrap_or_default()
}

/// What the journal says of the channel's dispatches that were closed.
async fn closed(town: &Town) -> Vec<Value> {
    closed_on(town, SMS).await
}

async fn closed_on(town: &Town, channel: &str) -> Vec<Value> {
    let all = town.journal().await.into_iter();
    let closed = all.filter(|one| one.act == "dispatch-closed" && one.data["channel"] == channel);
    closed.map(|one| one.data["deliveries"].clone()).collect()
}

async fn a_receipt_ends_what_was_only_taken(database: &Database) {
    let (mut town, notice) = town(database, receipts()).await;
    town.publish(&notice).await;
    assert_eq!(statuses(&town, &notice, SMS).await, [Accepted; 3]);
    assert_eq!(
        closed(&town).await,
        [] as [Value; 0],
        "the gateway has said nothing yet"
    );
    let two = [of(&town, 1, Said::Delivered), of(&town, 2, Said::Delivered)];
    assert_eq!(receive(&town, &two).await.moved, 2);
    town.tick().await;
    assert_eq!(
        statuses(&town, &notice, SMS).await,
        [Delivered, Delivered, Accepted]
    );
    assert_eq!(closed(&town).await, [] as [Value; 0]);
    receive(&town, &[of(&town, 3, Said::Delivered)]).await;
    town.tick().await;
    assert_eq!(closed(&town).await, [json!({"delivered": 3})]);
    assert_eq!(counts(&town, SMS).await, BTreeMap::from([("delivered", 3)]));
    let mut tx = town.realm.store.read().await.unwrap();
    let all = tx
        .deliveries(&notice, Some(Delivered), 0, 10)
        .await
        .unwrap();
    assert!(all.iter().all(|one| one.receipt_at.is_some()));
}

async fn receipts_that_come_twice_late_or_in_another_order_change_nothing(database: &Database) {
    let (mut town, notice) = town(database, receipts()).await;
    town.publish(&notice).await;
    let yes = of(&town, 1, Said::Delivered);
    let no = of(&town, 1, Said::Failed);
    let taken = receive(&town, &[yes.clone(), no.clone(), yes.clone()]).await;
    assert_eq!((taken.moved, taken.known), (1, 2));
    assert_eq!(receive(&town, &[no, yes]).await.known, 2);
    assert_eq!(
        statuses(&town, &notice, SMS).await,
        [Delivered, Accepted, Accepted]
    );
    town.tick().await;
    assert!(
        town.parcels("public-mail").is_empty(),
        "nobody is told another way"
    );
}

async fn what_fails_late_goes_to_the_fallback_at_once(database: &Database) {
    let (mut town, notice) = town(database, receipts()).await;
    town.publish(&notice).await;
    receive(&town, &[of(&town, 2, Said::Failed)]).await;
    town.tick().await;
    let sent: Vec<String> = town
        .parcels("public-mail")
        .into_iter()
        .map(|p| p.address)
        .collect();
    assert_eq!(
        sent,
        ["m2@example.invalid"],
        "while the others are still waited for"
    );
    assert_eq!(
        statuses(&town, &notice, SMS).await,
        [Accepted, Failed, Accepted]
    );
    // A second one joins it; the first is not sent to again.
    town.pass("10m").await;
    receive(
        &town,
        &[of(&town, 3, Said::Failed), of(&town, 2, Said::Failed)],
    )
    .await;
    town.tick().await;
    let sent: Vec<String> = town
        .parcels("public-mail")
        .into_iter()
        .map(|p| p.address)
        .collect();
    assert_eq!(sent, ["m2@example.invalid", "m3@example.invalid"]);
    let told = town.acts(&notice).await;
    assert_eq!(
        told.iter()
            .filter(|act| *act == "dispatch-fell-back")
            .count(),
        1
    );
    assert_eq!(
        counts(&town, "public-mail").await,
        BTreeMap::from([("accepted", 2)])
    );
    let mut tx = town.realm.store.read().await.unwrap();
    let failed = tx.deliveries(&notice, Some(Failed), 0, 10).await.unwrap();
    assert_eq!(failed[0].why.as_deref(), Some("空号"));
    drop(tx);
    // More may come to it, so its counts are told once: when those are that it stands in for.
    assert_eq!(closed_on(&town, "public-mail").await, [] as [Value; 0]);
    receive(&town, &[of(&town, 1, Said::Delivered)]).await;
    town.tick().await;
    assert_eq!(
        closed_on(&town, "public-mail").await,
        [json!({"accepted": 2})]
    );
}

fn down() -> Outcome {
    Outcome::Retry {
        after: None,
        why: "connection refused".into(),
        scope: Scope::Moment,
        ambiguous: false,
    }
}

async fn what_was_superseded_goes_out_by_no_fallback(database: &Database) {
    let (mut town, notice) = town(database, receipts()).await;
    town.publish(&notice).await;
    // One is on its way to the fallback, which does not answer.
    town.recording("public-mail").answer(down());
    receive(&town, &[of(&town, 1, Said::Failed)]).await;
    town.tick().await;
    assert_eq!(town.parcels("public-mail").len(), 1, "tried, and not taken");
    let incident = town.release(&notice).await.incident;
    let raised = town.level(&incident, ResponseLevel::III).await;
    let anew = raised
        .releases
        .iter()
        .find(|one| one.item == "response-notice")
        .unwrap();
    let anew = anew.id.clone();
    town.tick().await;
    town.publish(&anew).await;
    assert_eq!(town.release(&notice).await.state.code(), "superseded");
    let old = town.parcels("public-mail")[0].rendering.text.clone();
    town.recording("public-mail").accept();
    receive(&town, &[of(&town, 2, Said::Failed)]).await;
    town.pass("3h").await;
    let after = town.parcels("public-mail").split_off(1);
    assert!(
        after.iter().all(|one| one.rendering.text != old),
        "the text before the one that stands went out after it"
    );
    // The text that stands does go that way.
    assert_eq!(after.len(), 3);
    assert_eq!(
        statuses(&town, &notice, SMS).await,
        [Failed, Failed, Unknown]
    );
}

async fn what_the_end_is_said_of_is_not_sent_any_more(database: &Database) {
    let (mut town, notice) = town(database, receipts()).await;
    town.recording(SMS).answer(down());
    town.publish(&notice).await;
    let incident = town.release(&notice).await.incident;
    let ended = town.end(&incident).await;
    town.tick().await;
    let over = ended
        .releases
        .iter()
        .find(|one| one.item == "termination-notice");
    let over = over.unwrap().id.clone();
    town.publish(&over).await;
    assert_eq!(town.release(&notice).await.state.code(), "superseded");
    let tries = town.parcels(SMS).len();
    town.recording(SMS).accept();
    town.pass("3h").await;
    let old = town.parcels(SMS)[0].rendering.text.clone();
    let later = town.parcels(SMS).split_off(tries);
    assert!(later.iter().all(|one| one.rendering.text != old));
    assert_eq!(statuses(&town, &notice, SMS).await, [Cancelled; 3]);
}

async fn a_silent_gateway_is_told_of_before_the_fallback_doubles_its_texts(database: &Database) {
    let (mut town, notice) = town(database, receipts()).await;
    media(&town, 4..=25).await;
    town.publish(&notice).await;
    assert_eq!(statuses(&town, &notice, SMS).await, [Accepted; 25]);
    town.pass("29m").await;
    assert_eq!(told(&town, "回执"), [] as [String; 0]);
    town.pass("2m").await;
    let silence = told(&town, "没有收到一条能对应的回执");
    assert_eq!(silence.len(), 1, "{silence:?}");
    assert!(silence[0].contains("受理25条"), "{silence:?}");
    assert!(
        town.parcels("public-mail").is_empty(),
        "before the fallback"
    );
    town.pass("1h").await;
    assert_eq!(told(&town, "没有收到一条能对应的回执").len(), 1, "once");
    let acts = town.acts(&notice).await;
    assert!(acts.contains(&"receipts-missing".to_owned()), "{acts:?}");
}

async fn a_text_that_hardly_anybody_gets_is_told_once(database: &Database) {
    let (mut town, notice) = town(database, receipts()).await;
    town.publish(&notice).await;
    receive(&town, &[of(&town, 1, Said::Failed)]).await;
    town.pass("1m").await;
    assert_eq!(told(&town, "失败"), [] as [String; 0], "one of three");
    receive(
        &town,
        &[of(&town, 2, Said::Failed), of(&town, 3, Said::Failed)],
    )
    .await;
    town.pass("1m").await;
    let lost = told(&town, "失败3条");
    assert_eq!(lost.len(), 1, "{lost:?}");
    assert!(lost[0].contains("空号"), "{lost:?}");
    // And where the provider will not have the text at all.
    town.recording("work-group").answer(Outcome::Refused {
        why: "内容含敏感词".into(),
    });
    let incident = town.release(&notice).await.incident;
    let raised = town.level(&incident, ResponseLevel::III).await;
    let anew = raised
        .releases
        .iter()
        .find(|one| one.item == "response-notice");
    let anew = anew.unwrap().id.clone();
    town.tick().await;
    town.publish(&anew).await;
    town.pass("1h").await;
    assert_eq!(told(&town, "敏感词").len(), 1);
    let acts = town.acts(&anew).await;
    let lost = acts.iter().filter(|act| *act == "dispatch-lost").count();
    assert_eq!(lost, 1, "{acts:?}");
}

async fn early_receipts_of_one_channel_leave_room_to_another(database: &Database) {
    let (town, _) = town(database, receipts()).await;
    let many: Vec<Receipt> = (0..10_001)
        .map(|n| by_id(&format!("unknown-{n}"), Said::Delivered))
        .collect();
    let taken = receive(&town, &many).await;
    assert_eq!((taken.early, taken.no_room), (10_000, 1));
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    let other = [by_id("early", Said::Delivered)];
    let taken = receive::receive(&mut tx, &world, now, "sms", &other)
        .await
        .unwrap();
    assert_eq!((taken.early, taken.no_room), (1, 0));
}

async fn what_the_fallback_only_took_is_sent_again_where_it_gives_receipts(database: &Database) {
    assert_eq!(resent_beside_a_fallback(database, receipts()).await, 1);
}

async fn what_a_fallback_without_receipts_took_is_not_sent_again(database: &Database) {
    assert_eq!(resent_beside_a_fallback(database, Value::Null).await, 0);
}

/// How many are sent again of what failed once and was taken by a fallback with these `receipts`.
async fn resent_beside_a_fallback(database: &Database, of_fallback: Value) -> u64 {
    let (mut town, notice) = town(database, receipts()).await;
    let mut plans = (*town.realm.world().plans).clone();
    let other = json!({
        "channel": "public-mail", "name": "备用短信", "kind": "sms",
        "sms": {"url": "http://127.0.0.1/", "fields": {"to": "{to}", "text": "{text}"}, "receipts": of_fallback},
    });
    let other = serde_json::from_value(other).unwrap();
    plans.channels.insert("public-mail".into(), other);
    town.realm.replace_plans(plans);
    town.recording("public-mail").give_receipts(false);
    town.publish(&notice).await;
    receive(&town, &[of(&town, 1, Said::Failed)]).await;
    town.tick().await;
    assert_eq!(statuses(&town, &notice, "public-mail").await, [Accepted]);
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    let (actor, wanted) = (duty_officer(), Wanted::default());
    let resent = resend::resend(&mut tx, &world, now, &actor, &notice, &wanted).await;
    resent.unwrap().channels[SMS].failed
}

async fn a_receipt_that_never_comes_leaves_it_unknown(database: &Database) {
    let (mut town, notice) = town(database, receipts()).await;
    town.publish(&notice).await;
    receive(&town, &[of(&town, 1, Said::Delivered)]).await;
    town.pass("1h59m").await;
    assert_eq!(
        statuses(&town, &notice, SMS).await,
        [Delivered, Accepted, Accepted]
    );
    town.pass("2m").await;
    assert_eq!(
        statuses(&town, &notice, SMS).await,
        [Delivered, Unknown, Unknown]
    );
    assert_eq!(closed(&town).await, [json!({"delivered": 1, "unknown": 2})]);
    assert_eq!(
        town.parcels("public-mail").len(),
        2,
        "it may not have arrived"
    );
}

async fn a_receipt_after_the_end_puts_the_counts_right(database: &Database) {
    let (mut town, notice) = town(database, receipts()).await;
    town.publish(&notice).await;
    town.pass("3h").await;
    assert_eq!(counts(&town, SMS).await, BTreeMap::from([("unknown", 3)]));
    let late = [of(&town, 1, Said::Delivered), of(&town, 2, Said::Failed)];
    receive(&town, &late).await;
    receive(&town, &late).await;
    let right = BTreeMap::from([("delivered", 1), ("failed", 1), ("unknown", 1)]);
    assert_eq!(counts(&town, SMS).await, right);
    let mut tx = town.realm.store.read().await.unwrap();
    let of_release = tx.delivery_counts(&notice).await.unwrap();
    assert_eq!(of_release[SMS], right);
    drop(tx);
    receive(&town, &[of(&town, 3, Said::Delivered)]).await;
    town.pass("2m").await;
    let told: Vec<Value> = town
        .journal()
        .await
        .into_iter()
        .filter(|one| one.act == "receipts-late")
        .map(|one| one.data["deliveries"].clone())
        .collect();
    assert_eq!(told, [json!({"delivered": 2, "failed": 1})], "once");
}

async fn names_of_parts_are_matched_even_if_the_receipt_is_faster(database: &Database) {
    let (mut town, notice) = town(database, receipts()).await;
    let taken = |ids: &[&str]| Outcome::Accepted {
        receipt: Some("ok".into()),
        ids: ids.iter().map(ToString::to_string).collect(),
    };
    town.recording(SMS)
        .script([taken(&["a1", "a2"]), taken(&["b1"]), taken(&["c1"])]);
    // Before anything has left the house.
    assert_eq!(receive(&town, &[by_id("b1", Said::Failed)]).await.early, 1);
    town.publish(&notice).await;
    assert_eq!(
        statuses(&town, &notice, SMS).await,
        [Accepted, Failed, Accepted]
    );
    let half = receive(&town, &[by_id("a1", Said::Delivered)]).await;
    assert_eq!(half.known, 1, "the other half is still to come");
    assert_eq!(
        statuses(&town, &notice, SMS).await,
        [Accepted, Failed, Accepted]
    );
    receive(
        &town,
        &[by_id("a2", Said::Delivered), by_id("c1", Said::Unknown)],
    )
    .await;
    assert_eq!(
        statuses(&town, &notice, SMS).await,
        [Delivered, Failed, Unknown]
    );
}

async fn what_is_about_nothing_is_counted_and_harmless(database: &Database) {
    let (mut town, notice) = town(database, receipts()).await;
    town.publish(&notice).await;
    let key = |text: &str| Receipt {
        of: Named::Key(text.into()),
        said: Said::Delivered,
        why: Some("x".into()),
    };
    let right = of(&town, 1, Said::Delivered);
    let Named::Key(right) = right.of else {
        panic!("{right:?}")
    };
    let (_, number) = right.rsplit_once('.').unwrap();
    let forged = [
        // The number of a delivery, and not the text that it is of.
        key(&format!("L-01JZZZZZZZZZZZZZZZZZZZZZZZ.{number}")),
        key(&format!("D-01JZZZZZZZZZZZZZZZZZZZZZZZ.{number}")),
        key(""),
        key("no key"),
        key("L-01JZZZZZZZZZZZZZZZZZZZZZZZ.999999999"),
        key(&"9".repeat(1 << 20)),
        key("\u{0}"),
        by_id("nobody", Said::Delivered),
    ];
    let taken = receive(&town, &forged).await;
    assert_eq!((taken.moved, taken.early, taken.stray), (0, 1, 7));
    town.pass("11m").await;
    let mut tx = town.realm.store.read().await.unwrap();
    assert_eq!(
        tx.heard().await.unwrap()[SMS].strays,
        8,
        "given up after ten minutes"
    );
    assert!(!tx.has_early().await.unwrap());
    drop(tx);
    assert_eq!(statuses(&town, &notice, SMS).await, [Accepted; 3]);
}

async fn without_receipts_a_text_is_final_once_it_is_taken(database: &Database) {
    let (mut town, notice) = town(database, Value::Null).await;
    town.publish(&notice).await;
    assert_eq!(closed(&town).await, [json!({"accepted": 3})]);
}

async fn a_channel_that_hears_of_its_texts_itself_is_listened_to(database: &Database) {
    let (mut town, notice) = town(database, receipts()).await;
    // In a drill whatever is taken arrives, and nobody waits for two hours.
    town.recording(SMS).give_receipts(true);
    town.publish(&notice).await;
    assert_eq!(closed(&town).await, [json!({"delivered": 3})]);
    // And so it is where loops run.
    let stop = CancellationToken::new();
    let run = tokio::spawn({
        let (realm, stop) = (town.realm.clone(), stop.clone());
        async move { fabu::worker::run(realm, "town", stop).await }
    });
    let mut signal = town.realm.listen();
    town.recording(SMS).say([by_id("nobody", Said::Failed)]);
    let kept = tokio::time::timeout(Duration::from_secs(30), async {
        while !town
            .realm
            .store
            .read()
            .await
            .unwrap()
            .has_early()
            .await
            .unwrap()
        {
            let _ = tokio::time::timeout(Duration::from_millis(50), signal.changed()).await;
        }
    });
    assert!(kept.await.is_ok(), "it was not heard");
    stop.cancel();
    run.await.unwrap();
}
