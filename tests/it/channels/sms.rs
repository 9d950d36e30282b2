//! SMS through Kannel to an SMPP message centre, and through gateways that misbehave.

use std::time::{Duration, Instant};

use fabu::channel::{MapSecrets, SharedChannel};
use fabu::domain::blame::Scope;
use serde_json::{Value, json};

use crate::support::parcels::{Told as _, moment, parcel, parcel_of, rendering, try_channel};
use crate::support::peers::free_port;
use crate::support::peers::http::{Asked, HttpPeer, ok, silent};
use crate::support::peers::kannel::Kannel;

const NUMBER: &str = "13800001234";

/// As in `channels/sms.yaml`.
fn kannel(url: &str) -> Value {
    json!({
        "kind": "sms", "timeout": "5s",
        "sms": {
            "url": url, "method": "GET", "encode": "query",
            "fields": {
                "username": "fabu", "password": "{secret}", "to": "{to}", "text": "{text}",
                "coding": "2", "charset": "UTF-8", "from": "10690000",
            },
            "success": {"status": [202], "body-contains": ["0: Accepted", "3: Queued"]},
            "signature": "示例市发布",
            "secret-env": "SMS_SECRET",
        },
    })
}

fn with_secret(def: Value, secret: &str) -> SharedChannel {
    try_channel(def, &MapSecrets::default().with("SMS_SECRET", secret)).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_text_arrives_whole_at_the_message_centre() {
    let Some(peer) = Kannel::start().await else {
        return;
    };
    let sms = with_secret(kannel(&peer.url), "gateway-secret");
    for (text, parts) in [
        ("【示例市发布】请做好转移准备。".to_owned(), 1),
        (
            "【示例市发布】雨量≥100毫米，联系☎110 & 119，100%到位+🌊".to_owned(),
            1,
        ),
        (
            format!(
                "【示例市发布】{}",
                "请低洼地区、危旧房屋居民做好转移准备。".repeat(9)
            ),
            3,
        ),
    ] {
        let message = parcel_of("L-1", NUMBER, rendering(&text));
        let receipt = sms.send(&message).await.accepted();
        assert!(receipt.is_some_and(|receipt| receipt.contains("0: Accepted")));
        let arrived = peer.next();
        assert_eq!(arrived["text"], text.as_str());
        assert_eq!(arrived["to"], NUMBER);
        assert_eq!(arrived["parts"], parts);
    }

    // A wrong password concerns every message alike, so none is given up for it.
    let locked_out = with_secret(kannel(&peer.url), "a-wrong-secret");
    let told = locked_out.send(&parcel("L-2", NUMBER)).await.retry();
    assert!(
        told.why.contains("403") && told.why.contains("Authorization failed"),
        "{}",
        told.why
    );
    assert!(
        !told.why.contains("a-wrong-secret") && !told.ambiguous,
        "{}",
        told.why
    );
    assert!(sms.probe(moment()).await.is_ok());
}

#[tokio::test]
async fn a_gateway_is_asked_as_its_file_says() {
    let peer = HttpPeer::start(|_| ok(r#"{"code":"OK","id":"biz-1"}"#)).await;
    let sms = |method: &str, encode: &str| {
        with_secret(
            json!({
                "kind": "sms",
                "sms": {
                    "url": format!("{}/send?region=cn", peer.url), "method": method, "encode": encode,
                    "fields": {"phone": "{to}", "body": "{text}", "out-id": "{id}", "sign": "{signature}"},
                    "headers": {"authorization": "Bearer {secret}"},
                    "success": {"json-pointer": "/code", "equals": "OK"},
                    "signature": "示例市发布", "secret-env": "SMS_SECRET",
                },
            }),
            "gateway-secret",
        )
    };
    let text = "转移=1&撤离=2+3 {secret}";
    let message = parcel_of("L-01A-1", NUMBER, rendering(text));
    for (method, encode) in [("GET", "query"), ("POST", "form"), ("POST", "json")] {
        sms(method, encode).send(&message).await.accepted();
    }
    let wanted = [
        ("body", text),
        ("out-id", "L-01A-1"),
        ("phone", NUMBER),
        ("sign", "示例市发布"),
    ];
    let wanted = wanted.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let asked = peer.asked();
    let query = Asked::fields(&asked[0].query);
    assert_eq!(query[0], ("region".into(), "cn".into()));
    assert_eq!(query[1..], wanted);
    assert_eq!(
        Asked::fields(std::str::from_utf8(&asked[1].body).unwrap()),
        wanted
    );
    let json: Value = wanted.iter().cloned().collect();
    assert_eq!(asked[2].json(), json);
    for (asked, method) in asked.iter().zip(["GET", "POST", "POST"]) {
        assert_eq!(asked.method, method);
        assert_eq!(asked.headers["authorization"], "Bearer gateway-secret");
    }
}

#[tokio::test]
async fn a_gateway_that_takes_the_request_and_never_answers_leaves_it_open() {
    let (address, _peer) = silent().await;
    let mut def = kannel(&format!("http://{address}/"));
    def["timeout"] = "1s".into();
    let start = Instant::now();
    let told = with_secret(def, "gateway-secret")
        .send(&parcel("L-1", NUMBER))
        .await
        .retry();
    assert!(told.ambiguous, "{}", told.why);
    assert!(
        told.why.contains(&address) && !told.why.contains("gateway-secret"),
        "{}",
        told.why
    );
    assert!(
        start.elapsed() < Duration::from_secs(3),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test]
async fn without_a_connection_it_did_not_arrive() {
    let sms = with_secret(
        kannel(&format!("http://127.0.0.1:{}/", free_port())),
        "gateway-secret",
    );
    let told = sms.send(&parcel("L-1", NUMBER)).await.retry();
    assert!(!told.ambiguous, "{}", told.why);
    assert!(
        !told.why.contains("gateway-secret") && !told.why.contains(NUMBER),
        "{}",
        told.why
    );
    assert!(
        sms.probe(moment())
            .await
            .unwrap_err()
            .to_string()
            .contains("no connection")
    );
}

#[tokio::test]
async fn what_a_gateway_says_is_believed_and_masked() {
    let peer = HttpPeer::start(|asked| {
        let text = asked.field("text").unwrap();
        let echo = format!(
            "refused {} by {}",
            asked.query,
            asked.field("password").unwrap()
        );
        match text.as_str() {
            "busy" => (429, vec![("retry-after", "120".to_owned())], echo),
            "down" => (503, vec![], echo),
            "lost" => (504, vec![], echo),
            "odd" => (200, vec![], format!("1: {echo}")),
            _ => (400, vec![], echo),
        }
    })
    .await;
    let mut def = kannel(&peer.url);
    def["sms"]["success"] = json!({"body-contains": "0: "});
    let sms = with_secret(def, "gate/way secret");
    let send = async |text: &str| sms.send(&parcel_of("L-1", NUMBER, rendering(text))).await;

    let busy = send("busy").await.retry();
    assert_eq!(busy.after, Some(Duration::from_secs(120)));
    assert!(!send("down").await.retry().ambiguous);
    assert!(send("lost").await.retry().ambiguous);
    let odd = send("odd").await.retry().why;
    // Nothing in it says whether the number, the text or the account is meant.
    let bad = send("spam").await.retry();
    assert_eq!(bad.scope, Scope::Either);
    for why in [busy.why, odd, bad.why] {
        assert!(why.contains("refused"), "{why}");
        for secret in ["gate/way secret", "gate%2Fway", NUMBER] {
            assert!(!why.contains(secret), "{secret:?} in {why}");
        }
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = HttpPeer::start(|_| ok("0: Accepted")).await;
    let target = elsewhere.url.clone();
    let peer =
        HttpPeer::start(move |_| (302, vec![("location", target.clone())], String::new())).await;
    let sms = with_secret(kannel(&peer.url), "gateway-secret");
    let told = sms.send(&parcel("L-1", NUMBER)).await.retry();
    assert!(told.why.contains("302"), "{}", told.why);
    assert!(
        elsewhere.asked().is_empty(),
        "the secret went to another host"
    );
}

#[tokio::test]
async fn an_endless_answer_is_read_no_further_than_needed() {
    let peer = HttpPeer::start(|_| (400, vec![], "不".repeat(1 << 20))).await;
    let why = with_secret(kannel(&peer.url), "gateway-secret")
        .send(&parcel("L-1", NUMBER))
        .await
        .retry()
        .why;
    assert!(
        why.chars().count() < 300,
        "{} characters",
        why.chars().count()
    );
}

#[tokio::test]
async fn what_is_no_number_is_not_sent() {
    let peer = HttpPeer::start(|_| ok("0: Accepted")).await;
    let sms = with_secret(kannel(&peer.url), "gateway-secret");
    for address in [
        "",
        "zhang@example.org",
        "138 0000 1234",
        "13800001234\r\nx",
        "13800001234&to=110",
    ] {
        let why = sms.send(&parcel("L-1", address)).await.refused();
        assert!(why.contains("no phone number"), "{why}");
    }
    assert!(peer.asked().is_empty());
}

#[tokio::test]
async fn words_in_the_gateways_own_encoding_are_understood() {
    let peer = HttpPeer::start_bytes(|asked| {
        let text = asked.field("text").unwrap();
        let said = encoding_rs::GBK.encode(&text).0.into_owned();
        (200, vec![("content-type", "text/plain".into())], said)
    })
    .await;
    let mut def = kannel(&peer.url);
    def["sms"]["success"] = json!({"body-contains": ["提交成功", "已受理"]});
    def["sms"]["refused"] = json!({"body-contains": ["空号", "黑名单"]});
    def["sms"]["later"] = json!({"body-contains": "系统维护"});
    def["sms"]["account"] = json!({"body-contains": "代码七"});
    let sms = with_secret(def, "gateway-secret");
    let send = async |text: &str| sms.send(&parcel_of("L-1", NUMBER, rendering(text))).await;
    assert_eq!(
        send("提交成功").await.accepted().as_deref(),
        Some("提交成功")
    );
    send("已受理").await.accepted();
    send("空号").await.refused();
    assert!(!send("系统维护").await.retry().ambiguous);
    assert_eq!(send("代码七").await.retry().scope, Scope::Account);
    assert!(
        send("别的").await.retry().ambiguous,
        "a 2xx that nobody understands"
    );
}

#[tokio::test]
async fn a_probe_makes_the_call_that_the_file_names_and_no_other() {
    let peer = HttpPeer::start(|asked| match asked.path.as_str() {
        "/balance" if asked.field("password").as_deref() == Some("gateway-secret") => {
            ok("balance: 12")
        }
        "/balance" => (403, vec![], "who are you?".into()),
        _ => ok("hello"),
    })
    .await;
    let said = with_secret(kannel(&peer.url), "gateway-secret")
        .probe(moment())
        .await
        .unwrap()
        .to_string();
    assert!(said.contains("reached, not tried"), "{said}");
    let asked = peer.asked();
    assert!(
        asked
            .iter()
            .all(|one| one.method == "HEAD" && one.query.is_empty()),
        "{asked:?}"
    );

    let mut def = kannel(&peer.url);
    def["sms"]["probe"] = json!({
        "url": format!("{}/balance", peer.url), "method": "GET", "encode": "query",
        "fields": {"password": "{secret}"}, "success": {"body-contains": "balance"},
    });
    let said = with_secret(def.clone(), "gateway-secret")
        .probe(moment())
        .await
        .unwrap()
        .to_string();
    assert!(said.contains("balance: 12"), "{said}");
    let said = with_secret(def, "a-wrong-secret")
        .probe(moment())
        .await
        .unwrap_err()
        .to_string();
    assert!(
        said.contains("403") && said.contains("nothing was sent"),
        "{said}"
    );
}
