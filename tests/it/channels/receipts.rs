//! What a gateway says later, by calls to the public listener: from the real Kannel, and from whoever tries.

use std::time::Duration;

use fabu::channel::MapSecrets;
use fabu::domain::area::AreaCode;
use fabu::domain::bulletin::Language;
use fabu::domain::contact::{Address, AddressKind, Contact};
use fabu::domain::plan::PlanSet;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::database::Database;
use crate::support::house::{Heard, House};
use crate::support::peers::http::{HttpPeer, ok};
use crate::support::peers::kannel::{CALLS_AT, Kannel};
use crate::support::town::examples;

/// The example's channel to the media, sent by SMS here.
const SMS: &str = "media-mail";
const SECRET: &str = "a-secret-of-receipts_1";

fn secrets() -> MapSecrets {
    MapSecrets::default()
        .with("GATEWAY", "gateway-secret")
        .with("RECEIPTS", SECRET)
}

/// Sends to the media by the gateway at `url`.
fn by_sms(url: &str, calls_at: &str) -> impl FnOnce(&mut PlanSet) {
    let def = json!({
        "channel": SMS, "name": "媒体短信", "kind": "sms", "timeout": "5s",
        "sms": {
            "url": url, "method": "GET", "encode": "query",
            "fields": {
                "username": "fabu", "password": "{secret}", "to": "{to}", "text": "{text}",
                "coding": "2", "charset": "UTF-8", "from": "10690000", "dlr-mask": "31",
                "dlr-url": "{receipts}?id={id}&type=%d&answer=%A",
            },
            "success": {"status": [202], "body-contains": ["0: Accepted", "3: Queued"]},
            "secret-env": "GATEWAY",
            "receipts": {
                "base-url": calls_at, "secret-env": "RECEIPTS", "within": "48h",
                "key": "id", "state": "type", "delivered": "1", "failed": ["2", "16"], "why": "answer",
            },
        },
    });
    let def = serde_json::from_value(def).unwrap();
    move |plans| drop(plans.channels.insert(SMS.into(), def))
}

async fn open(database: &Database, change: impl FnOnce(&mut PlanSet)) -> House {
    let mut plans = examples();
    // These tests are about something else than the second person.
    plans.confirm.clear();
    House::open_with(database, plans, change, secrets()).await
}

async fn contacts(house: &House, numbers: &[&str]) {
    let contacts: Vec<Contact> = numbers
        .iter()
        .map(|number| Contact {
            code: (*number).into(),
            name: "记者".into(),
            language: Language::ZhCn,
            areas: vec![AreaCode("320299".into())],
            groups: vec!["media".into()],
            posts: Vec::new(),
            addresses: vec![Address {
                kind: AddressKind::Sms,
                address: (*number).into(),
            }],
        })
        .collect();
    let mut tx = house.realm.store.begin().await.unwrap();
    tx.upsert_contacts(&contacts).await.unwrap();
    tx.commit().await.unwrap();
}

/// How many deliveries of each status the channel has, once that is as wanted.
async fn counted(house: &House, wanted: &Value) {
    let mut signal = house.realm.listen();
    let mut found = Value::Null;
    let reached = tokio::time::timeout(Duration::from_secs(30), async {
        loop {
            let mut tx = house.realm.store.read().await.unwrap();
            found = json!(tx.channel_counts().await.unwrap().remove(SMS));
            drop(tx);
            if found == *wanted {
                return;
            }
            // What a courier writes is signalled to nobody.
            let _ = tokio::time::timeout(Duration::from_millis(50), signal.changed()).await;
        }
    })
    .await;
    assert!(reached.is_ok(), "{found} and not {wanted}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kannel_says_what_became_of_each_text() {
    let Some(peer) = Kannel::start().await else {
        return;
    };
    let database = Database::sqlite();
    let house = open(&database, by_sms(&peer.url, CALLS_AT)).await;
    peer.calls(house.portal);
    // Undeliverable, and one of which nothing is ever heard.
    contacts(&house, &["13800000001", "13800000008", "13800000009"]).await;
    let notice = house.published().await;
    counted(&house, &json!({"accepted": 1, "delivered": 1, "failed": 1})).await;
    let path = format!("/api/v1/deliveries?release={notice}&status=failed");
    let told = house.get(&path).await.ok().to_string();
    assert!(told.contains("UNDELIV") && !told.contains(SECRET), "{told}");
    house.close().await;
}

/// A gateway that takes everything and says nothing by itself.
async fn with_gateway(database: &Database) -> (House, HttpPeer) {
    let peer = HttpPeer::start(|_| (202, vec![], "0: Accepted for delivery".into())).await;
    let house = open(database, by_sms(&peer.url, "http://127.0.0.1:9")).await;
    contacts(&house, &["13800000001", "13800000002"]).await;
    house.published().await;
    counted(&house, &json!({"accepted": 2})).await;
    (house, peer)
}

fn keys(peer: &HttpPeer) -> Vec<String> {
    let key = |address: String| {
        let query = address.split_once('?').unwrap().1.to_owned();
        query
            .split_once("id=")
            .unwrap()
            .1
            .split('&')
            .next()
            .unwrap()
            .to_owned()
    };
    peer.asked()
        .iter()
        .filter_map(|one| one.field("dlr-url"))
        .map(key)
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_may_be_a_query_a_form_or_json() {
    let database = Database::sqlite();
    let (house, peer) = with_gateway(&database).await;
    let url = format!("http://{}/receipts/{SMS}/{SECRET}", house.portal);
    let keys = keys(&peer);
    let call = |method: Method| house.http.request(method, &url);
    // Handed on, buffered: nothing final.
    let heard = Heard::of(call(Method::GET).query(&[("id", &*keys[0]), ("type", "8")])).await;
    assert_eq!((heard.status, &*heard.text), (StatusCode::OK, "ok\n"));
    counted(&house, &json!({"accepted": 2})).await;
    let heard = Heard::of(call(Method::GET).query(&[("id", &*keys[0]), ("type", "1")])).await;
    assert_eq!(heard.status, 200, "{heard:?}");
    counted(&house, &json!({"accepted": 1, "delivered": 1})).await;
    let body =
        json!({"batch": 7, "reports": [{"id": keys[1], "type": 2, "answer": "空号"}, {"id": "?"}]});
    let heard = Heard::of(call(Method::POST).json(&body)).await;
    assert_eq!(heard.status, 200, "{heard:?}");
    counted(&house, &json!({"delivered": 1, "failed": 1})).await;
    let heard = Heard::of(call(Method::POST).form(&[("id", &*keys[1]), ("type", "1")])).await;
    assert_eq!(heard.status, 200, "{heard:?}");
    counted(&house, &json!({"delivered": 2})).await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_does_not_know_the_secret_learns_nothing_and_harms_nothing() {
    let database = Database::sqlite();
    let (house, peer) = with_gateway(&database).await;
    let key = keys(&peer).remove(0);
    let base = format!("http://{}/receipts", house.portal);
    let query = [("id", &*key), ("type", "1")];
    let mut answers = Vec::new();
    for path in [
        format!("/{SMS}/{}", SECRET.to_uppercase()),
        format!("/{SMS}/"),
        format!("/{SMS}"),
        format!("/no-such-channel/{SECRET}"),
        // It has no receipts.
        format!("/portal/{SECRET}"),
        format!("/{SMS}/{SECRET}/more"),
        "/".to_owned(),
    ] {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let request = house.http.request(method, format!("{base}{path}"));
            let heard = Heard::of(request.query(&query)).await;
            answers.push((heard.status, heard.text));
        }
    }
    let heard = Heard::of(
        house
            .http
            .put(format!("{base}/{SMS}/{SECRET}"))
            .query(&query),
    )
    .await;
    answers.push((heard.status, heard.text));
    let nothing = (StatusCode::NOT_FOUND, "not found\n".to_owned());
    assert!(answers.iter().all(|one| *one == nothing), "{answers:?}");
    // Who tries on is told to stop, and who knows the secret is not held up by it.
    let mut last = StatusCode::NOT_FOUND;
    for _ in 0..200 {
        last = Heard::of(house.http.get(format!("{base}/{SMS}/guess")))
            .await
            .status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    let url = format!("{base}/{SMS}/{SECRET}");
    let long = house.http.post(&url).body("x".repeat(1 << 20));
    let refused = long.send().await.map(|answer| answer.status());
    assert!(refused.is_err() || refused.is_ok_and(|status| status == 413));
    for (body, status) in [
        ("{", 400),
        ("[[[[1]]]]", 200),
        ("{\"id\":\"\\u0000\",\"type\":\"1\"}", 200),
    ] {
        let heard = Heard::of(house.http.post(&url).body(body)).await;
        assert_eq!(heard.status, status, "{body}: {heard:?}");
    }
    counted(&house, &json!({"accepted": 2})).await;
    let heard = Heard::of(house.http.get(&url).query(&query)).await;
    assert_eq!(heard.status, 200);
    counted(&house, &json!({"accepted": 1, "delivered": 1})).await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_that_the_gateway_gives_are_matched() {
    let peer = HttpPeer::start(|asked| {
        let to = asked.field("to").unwrap();
        ok(format!(r#"{{"code": 0, "ids": ["{to}-1", "{to}-2"]}}"#))
    })
    .await;
    let url = peer.url.clone();
    let change = |plans: &mut PlanSet| {
        by_sms(&url, "http://127.0.0.1:9")(plans);
        let sms = plans.channels.get_mut(SMS).unwrap().sms.as_mut().unwrap();
        sms.success =
            serde_json::from_value(json!({"json-pointer": "/code", "equals": "0"})).unwrap();
        let receipts = json!({
            "secret-env": "RECEIPTS", "id": "msgid", "id-pointer": "/ids", "state": "stat", "delivered": "DELIVRD", "failed": "UNDELIV",
        });
        sms.receipts = Some(serde_json::from_value(receipts).unwrap());
        sms.fields.remove("dlr-url");
    };
    let database = Database::sqlite();
    let house = open(&database, change).await;
    contacts(&house, &["13800000001", "13800000002"]).await;
    house.published().await;
    counted(&house, &json!({"accepted": 2})).await;
    let url = format!("http://{}/receipts/{SMS}/{SECRET}", house.portal);
    let report = |id: &str, stat: &str| json!({"msgid": id, "stat": stat});
    let half = json!([
        report("13800000001-1", "DELIVRD"),
        report("13800000002-2", "UNDELIV")
    ]);
    Heard::of(house.http.post(&url).json(&half)).await;
    counted(&house, &json!({"accepted": 1, "failed": 1})).await;
    Heard::of(
        house
            .http
            .post(&url)
            .json(&report("13800000001-2", "DELIVRD")),
    )
    .await;
    counted(&house, &json!({"delivered": 1, "failed": 1})).await;
    house.close().await;
}
