//! What a gateway says later, by calls to the public listener: from the real Kannel, and from whoever tries.

use std::time::Duration;

use fabu::channel::MapSecrets;
use fabu::domain::area::AreaCode;
use fabu::domain::bulletin::Language;
use fabu::domain::contact::{Address, AddressKind, Contact};
use fabu::domain::plan::PlanSet;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::support::database::Database;
use crate::support::house::{Heard, House};
use crate::support::peers::http::{HttpPeer, ok};
use crate::support::peers::kannel::{CALLS_AT, Kannel};
use crate::support::town::examples;

/// The example's channel to the media, sent by SMS here.
const SMS: &str = "media-mail";
const SECRET: &str = "a-secret-of-receipts_1";
const OLD: &str = "the-secret-before-it_0";

fn secrets() -> MapSecrets {
    MapSecrets::default()
        .with("GATEWAY", "gateway-secret")
        .with("RECEIPTS", SECRET)
        .with("OLD", OLD)
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
                "base-url": calls_at, "secret-env": "RECEIPTS", "old-secret-env": "OLD", "within": "48h",
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
async fn a_call_is_read_whatever_its_form_is_called() {
    let database = Database::sqlite();
    let (house, peer) = with_gateway(&database).await;
    // The address that stands in messages of before the secret was changed.
    let url = format!("http://{}/receipts/{SMS}/{OLD}", house.portal);
    let keys = keys(&peer);
    let call = async |kind: Option<&str>, body: &[u8]| {
        let request = house.http.post(&url).body(body.to_vec());
        let request = match kind {
            Some(kind) => request.header("content-type", kind),
            None => request,
        };
        let heard = Heard::of(request).await;
        assert_eq!((heard.status, &*heard.text), (StatusCode::OK, "ok\n"));
    };
    let (first, second) = (&keys[0], &keys[1]);
    let failed = json!({"id": first, "type": "2", "errors": [], "to": ["138"]});
    call(Some("application/json"), failed.to_string().as_bytes()).await;
    counted(&house, &json!({"accepted": 1, "failed": 1})).await;
    let body = format!("\u{feff}{{\"id\": \" {first}\", \"type\": 1.0}}");
    call(Some("application/x-www-form-urlencoded"), body.as_bytes()).await;
    counted(&house, &json!({"accepted": 1, "delivered": 1})).await;
    let body = format!("id={second}&type=16&answer=%BF%D5%BA%C5");
    call(None, body.as_bytes()).await;
    counted(&house, &json!({"delivered": 1, "failed": 1})).await;
    let mut tx = house.realm.store.read().await.unwrap();
    let release = peer_release(&house).await;
    let all = tx.deliveries(&release, None, 0, 10).await.unwrap();
    let why = all.iter().find_map(|one| one.why.clone());
    assert_eq!(why.as_deref(), Some("the gateway says: 空号"));
    drop(tx);
    let body = format!("type=1&id={second}");
    call(Some("Application/X-WWW-Form-Urlencoded"), body.as_bytes()).await;
    counted(&house, &json!({"delivered": 2})).await;
    house.close().await;
}

/// The one text that is out; the rows that went out in it have no deliveries of their own.
async fn peer_release(house: &House) -> fabu::id::ReleaseId {
    let path = "/api/v1/releases?status=published";
    let all = house.get(path).await.ok();
    let mut all = all.as_array().unwrap().iter();
    let text = all.find(|one| one["part_of"].is_null()).unwrap();
    text["id"].as_str().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_gateway_says_shows_neither_a_number_nor_a_secret() {
    let database = Database::sqlite();
    let (house, peer) = with_gateway(&database).await;
    let url = format!("http://{}/receipts/{SMS}/{SECRET}", house.portal);
    let said =
        format!("absent subscriber +8613800000001 cb {url} was /receipts/{OLD} key gateway-secret");
    let key = &keys(&peer)[0];
    let query = [("id", &**key), ("type", "2"), ("answer", &*said)];
    Heard::of(house.http.get(&url).query(&query)).await;
    counted(&house, &json!({"accepted": 1, "failed": 1})).await;
    let release = peer_release(&house).await;
    let path = format!("/api/v1/deliveries?release={release}");
    let told = house.get(&path).await.ok().to_string();
    assert!(told.contains("absent subscriber"), "{told}");
    for hidden in [SECRET, OLD, "gateway-secret", "13800000001"] {
        assert!(!told.contains(hidden), "{hidden}: {told}");
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_understood_is_counted_and_shown() {
    let database = Database::sqlite();
    let (house, peer) = with_gateway(&database).await;
    let url = format!("http://{}/receipts/{SMS}/{SECRET}", house.portal);
    let key = keys(&peer).remove(0);
    let channel = async || {
        let all = house.get("/api/v1/channels").await.ok();
        let all = all.as_array().unwrap().iter();
        let found = all.clone().find(|one| one["channel"] == SMS);
        found.unwrap()["receipts"].clone()
    };
    let before = channel().await;
    assert_eq!(
        before["address"],
        format!("http://127.0.0.1:9/receipts/{SMS}/<RECEIPTS>")
    );
    assert_eq!(
        (&before["awaited"], &before["last_at"]),
        (&json!(2), &Value::Null)
    );
    for (name, state) in [("id", "DELIVRD"), ("msgid", "1")] {
        let heard = Heard::of(
            house
                .http
                .get(&url)
                .query(&[(name, &*key), ("type", state)]),
        );
        assert_eq!(heard.await.status, 200);
    }
    Heard::of(house.http.get(&url).query(&[("id", &*key), ("type", "1")])).await;
    let mut after = Value::Null;
    let told = tokio::time::timeout(Duration::from_secs(30), async {
        while after["ignored"] != 2 {
            after = channel().await;
        }
    });
    assert!(told.await.is_ok(), "{after}");
    assert_eq!(after["awaited"], 1);
    assert!(after["last_at"].is_string(), "{after}");
    let metrics = house.get("/metrics").await.text;
    let line = format!("fabu_receipts_ignored{{channel=\"{SMS}\"}} 2");
    assert!(metrics.contains(&line), "{metrics}");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_a_call_holds_no_place() {
    let database = Database::sqlite();
    let (house, peer) = with_gateway(&database).await;
    let key = keys(&peer).remove(0);
    let mut halves = Vec::new();
    for _ in 0..64 {
        let mut half = TcpStream::connect(house.portal).await.unwrap();
        let head = format!(
            "POST /receipts/{SMS}/{SECRET} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{{"
        );
        half.write_all(head.as_bytes()).await.unwrap();
        halves.push(half);
    }
    let url = format!("http://{}/receipts/{SMS}/{SECRET}", house.portal);
    for _ in 0..20 {
        let heard = Heard::of(house.http.get(&url).query(&[("id", &*key), ("type", "1")])).await;
        assert_eq!(heard.status, 200, "{heard:?}");
    }
    drop(halves);
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
    let shown = house.get("/api/v1/channels").await.ok();
    let shown = shown.as_array().unwrap().iter();
    let sms = shown.clone().find(|one| one["channel"] == SMS).unwrap();
    assert_eq!(sms["receipts"]["unnamed"], 0, "{sms}");
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_gives_all_texts_one_name_is_shown() {
    let peer = HttpPeer::start(|_| ok(r#"{"ids": "same"}"#)).await;
    let url = peer.url.clone();
    let change = |plans: &mut PlanSet| {
        by_sms(&url, "http://127.0.0.1:9")(plans);
        let sms = plans.channels.get_mut(SMS).unwrap().sms.as_mut().unwrap();
        sms.success = serde_json::from_value(json!({})).unwrap();
        let receipts = json!({
            "secret-env": "RECEIPTS", "id": "msgid", "id-pointer": "/ids", "state": "stat", "delivered": "1", "failed": "2",
        });
        sms.receipts = Some(serde_json::from_value(receipts).unwrap());
        sms.fields.remove("dlr-url");
    };
    let database = Database::sqlite();
    let house = open(&database, change).await;
    contacts(&house, &["13800000001", "13800000002", "13800000003"]).await;
    house.published().await;
    counted(&house, &json!({"accepted": 3})).await;
    let shown = house.get("/api/v1/channels").await.ok();
    let shown = shown.as_array().unwrap().iter();
    let sms = shown.clone().find(|one| one["channel"] == SMS).unwrap();
    let receipts = &sms["receipts"];
    assert_eq!(
        (&receipts["awaited"], &receipts["unnamed"]),
        (&json!(3), &json!(2))
    );
    house.close().await;
}
