//! Group robots, against servers that check what the makers check and say what they say.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fabu::channel::{MapSecrets, SharedChannel};
use fabu::domain::blame::Scope;
use hmac::{Hmac, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::support::parcels::{AT, Told as _, moment, parcel, parcel_of, rendering, try_channel};
use crate::support::peers::http::{Asked, HttpPeer, ok, silent};

const KEY: &str = "robot-key-0123456789";
const SECRET: &str = "SECsecret-of-the-robot";
const KINDS: [&str; 3] = ["wecom", "dingtalk", "feishu"];

fn hmac(key: &str, message: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(message.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// What the maker's server answers to a request, its checks included.
fn maker(kind: &str, asked: &Asked) -> String {
    let body = asked.json();
    match kind {
        "wecom" if asked.field("key").as_deref() != Some(KEY) => {
            json!({"errcode": 93000, "errmsg": format!("invalid webhook url, key {KEY}")})
        }
        "wecom" => json!({"errcode": 0, "errmsg": "ok"}),
        "dingtalk" => {
            let timestamp = asked.field("timestamp").unwrap_or_default();
            let sign = hmac(SECRET, &format!("{timestamp}\n{SECRET}"));
            let fresh = timestamp == AT.to_string();
            if asked.field("access_token").as_deref() != Some(KEY) {
                json!({"errcode": 300_001, "errmsg": "token is not exist"})
            } else if asked.field("sign") != Some(sign) || !fresh {
                json!({"errcode": 310_000, "errmsg": "sign not match"})
            } else {
                json!({"errcode": 0, "errmsg": "ok"})
            }
        }
        _ => {
            let timestamp = body["timestamp"].as_str().unwrap_or_default();
            let sign = hmac(&format!("{timestamp}\n{SECRET}"), "");
            let fresh = timestamp == (AT / 1000).to_string();
            if !asked.path.ends_with(KEY) {
                json!({"code": 19001, "msg": "param invalid: incoming webhook access token invalid"})
            } else if body["sign"] != sign.as_str() || !fresh {
                json!({"code": 19021, "msg": "sign match fail or timestamp is not within one hour"})
            } else {
                json!({"code": 0, "data": {}, "msg": "success"})
            }
        }
    }
    .to_string()
}

fn robot_with(kind: &str, base: &str, secret: &str, more: Value) -> SharedChannel {
    let url = match kind {
        "wecom" => format!("{base}/cgi-bin/webhook/send?key={KEY}"),
        "dingtalk" => format!("{base}/robot/send?access_token={KEY}"),
        _ => format!("{base}/open-apis/bot/v2/hook/{KEY}"),
    };
    let mut section = json!({"url-env": "URL"});
    if kind != "wecom" {
        section["secret-env"] = "SECRET".into();
    }
    section
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let secrets = MapSecrets::default()
        .with("URL", &url)
        .with("SECRET", secret);
    let def = json!({"kind": kind, "timeout": "1s", kind: section});
    try_channel(def, &secrets).unwrap()
}

fn robot(kind: &str, base: &str) -> SharedChannel {
    robot_with(kind, base, SECRET, json!({}))
}

/// A robot whose maker gives this answer to everything.
async fn answering(kind: &str, answer: &'static str) -> (HttpPeer, SharedChannel) {
    let peer = HttpPeer::start(move |_| ok(answer)).await;
    let robot = robot(kind, &peer.url);
    (peer, robot)
}

#[tokio::test]
async fn each_maker_takes_the_signed_text_and_calls_everyone() {
    for kind in KINDS {
        let peer = HttpPeer::start(move |asked| ok(maker(kind, asked))).await;
        let robot = robot_with(kind, &peer.url, SECRET, json!({"mention-all": true}));
        robot
            .send(&parcel_of("L-1", "group", rendering("汛情通报")))
            .await
            .accepted();
        let body = peer.asked()[0].json();
        let (text, everyone) = match kind {
            "wecom" => (
                &body["text"]["content"],
                body["text"]["mentioned_list"] == json!(["@all"]),
            ),
            "dingtalk" => (&body["text"]["content"], body["at"]["isAtAll"] == true),
            _ => {
                let text = &body["content"]["text"];
                (
                    text,
                    text.as_str().unwrap().starts_with("<at user_id=\"all\">"),
                )
            }
        };
        assert!(
            text.as_str().unwrap().ends_with("汛情通报"),
            "{kind}: {body}"
        );
        assert!(everyone, "{kind}: {body}");
        let quiet = self::robot(kind, &peer.url);
        quiet.send(&parcel("L-2", "group")).await.accepted();
        let body = peer.asked()[1].json().to_string();
        assert!(
            !body.contains("all\"") && !body.contains(":true"),
            "{kind}: {body}"
        );
    }
}

#[tokio::test]
async fn a_wrong_signature_is_ours_to_mend_and_shows_nothing() {
    for kind in ["dingtalk", "feishu"] {
        let peer = HttpPeer::start(move |asked| ok(maker(kind, asked))).await;
        let robot = robot_with(kind, &peer.url, "SECanother-secret", json!({}));
        let told = robot.send(&parcel("L-1", "group")).await.retry();
        assert_eq!(told.scope, Scope::Account);
        let why = told.why;
        assert!(why.contains("sign"), "{why}");
        assert!(!why.contains(KEY) && !why.contains("another"), "{why}");
    }
}

#[tokio::test]
async fn http_200_with_a_code_is_no_success() {
    for (kind, answer, after) in [
        (
            "wecom",
            r#"{"errcode":45009,"errmsg":"api freq out of limit"}"#,
            Some(60),
        ),
        (
            "dingtalk",
            r#"{"errcode":130101,"errmsg":"send too fast, exceed 20 times per minute"}"#,
            Some(600),
        ),
        (
            "dingtalk",
            r#"{"errcode":410100,"errmsg":"too fast"}"#,
            Some(600),
        ),
        (
            "feishu",
            r#"{"code":11232,"msg":"frequency limited"}"#,
            Some(1),
        ),
        ("wecom", r#"{"errcode":-1,"errmsg":"system busy"}"#, None),
        ("dingtalk", r#"{"errcode":-1,"errmsg":"system busy"}"#, None),
        ("feishu", r#"{"code":99999,"msg":"something new"}"#, None),
    ] {
        let (_peer, robot) = answering(kind, answer).await;
        let told = robot.send(&parcel("L-1", "group")).await.retry();
        assert_eq!(told.after, after.map(Duration::from_secs), "{answer}");
        assert!(!told.ambiguous, "{answer}");
    }
    for (kind, answer) in [
        (
            "wecom",
            r#"{"errcode":93000,"errmsg":"invalid webhook url"}"#,
        ),
        (
            "dingtalk",
            r#"{"errcode":310000,"errmsg":"keywords not in content"}"#,
        ),
        (
            "dingtalk",
            r#"{"errcode":310000,"errmsg":"description:机器人发送签名过期"}"#,
        ),
        ("feishu", r#"{"code":19022,"msg":"Ip Not Allowed"}"#),
        ("feishu", r#"{"code":19024,"msg":"Key Words Not Found"}"#),
    ] {
        let (_peer, robot) = answering(kind, answer).await;
        let told = robot.send(&parcel("L-1", "group")).await.retry();
        assert_eq!(told.scope, Scope::Account, "{answer}");
    }
    // Final is only what is about the text itself.
    for (kind, answer) in [
        (
            "wecom",
            r#"{"errcode":40058,"errmsg":"content exceeds max length"}"#,
        ),
        ("wecom", r#"{"errcode":44004,"errmsg":"empty content"}"#),
        ("dingtalk", r#"{"errcode":430102,"errmsg":"不合适的文本"}"#),
        ("feishu", r#"{"code":230025,"msg":"content too long"}"#),
    ] {
        let (_peer, robot) = answering(kind, answer).await;
        robot.send(&parcel("L-1", "group")).await.refused();
    }
    // The old answer of Feishu's, which says success in other words.
    let (_peer, robot) = answering("feishu", r#"{"StatusCode":0,"StatusMessage":"success"}"#).await;
    robot.send(&parcel("L-1", "group")).await.accepted();
}

#[tokio::test]
async fn an_answer_without_a_code_leaves_it_open() {
    for kind in KINDS {
        let (_peer, robot) = answering(kind, "<html>maintenance</html>").await;
        assert!(
            robot.send(&parcel("L-1", "group")).await.retry().ambiguous,
            "{kind}"
        );
        let (mute, _task) = silent().await;
        let told = self::robot(kind, &format!("http://{mute}"))
            .send(&parcel("L-1", "group"))
            .await;
        let told = told.retry();
        assert!(
            told.ambiguous && !told.why.contains(KEY),
            "{kind}: {}",
            told.why
        );
    }
}

#[tokio::test]
async fn a_maker_that_repeats_the_key_does_not_get_it_into_the_log() {
    let peer = HttpPeer::start(|_| {
        ok(json!({"errcode": 93000, "errmsg": format!("bad key {KEY}")}).to_string())
    })
    .await;
    let why = robot("wecom", &peer.url)
        .send(&parcel("L-1", "group"))
        .await
        .retry()
        .why;
    assert!(why.contains("bad key ***"), "{why}");
}

#[tokio::test]
async fn a_throttled_text_goes_on_with_the_message_that_was_not_taken() {
    let count = AtomicUsize::new(0);
    let peer = HttpPeer::start(move |_| match count.fetch_add(1, Ordering::SeqCst) {
        1 => ok(r#"{"errcode":45009,"errmsg":"api freq out of limit"}"#),
        _ => ok(r#"{"errcode":0}"#),
    })
    .await;
    let robot = robot("wecom", &peer.url);
    let mut long = rendering("");
    long.parts = vec!["一".into(), "二".into(), "三".into()];
    let message = parcel_of("L-1", "group", long);
    robot.send(&message).await.retry();
    robot.send(&message).await.accepted();
    let texts = || -> Vec<String> {
        let text = |asked: &Asked| asked.json()["text"]["content"].as_str().unwrap().to_owned();
        peer.asked().iter().map(text).collect()
    };
    assert_eq!(texts(), ["一", "二", "二", "三"]);
    // Another delivery of the same text starts at its beginning.
    let again = parcel_of("L-2", "group", (*message.rendering).clone());
    robot.send(&again).await.accepted();
    assert_eq!(texts()[4..], ["一", "二", "三"]);
}

#[tokio::test]
async fn a_text_beyond_the_limit_is_not_sent() {
    let peer = HttpPeer::start(|asked| ok(maker("wecom", asked))).await;
    let robot = robot("wecom", &peer.url);
    // 682 characters of three bytes are 2,046 of 2,048.
    robot
        .send(&parcel_of("L-1", "group", rendering(&"汛".repeat(682))))
        .await
        .accepted();
    let why = robot
        .send(&parcel_of("L-2", "group", rendering(&"汛".repeat(683))))
        .await
        .refused();
    assert!(why.contains("2049") && why.contains("2048"), "{why}");
    assert_eq!(peer.asked().len(), 1);
}

#[tokio::test]
async fn a_probe_is_signed_posts_nothing_and_tells_whether_the_robot_knows_us() {
    for kind in KINDS {
        let peer = HttpPeer::start(move |asked| {
            let known = maker(kind, asked);
            let is_known = known.contains(":0");
            match (is_known, kind) {
                (true, "feishu") => ok(r#"{"code":9499,"msg":"Bad Request"}"#),
                (true, _) => ok(r#"{"errcode":40035,"errmsg":"缺少参数 json"}"#),
                (false, _) => ok(known),
            }
        })
        .await;
        let said = robot(kind, &peer.url)
            .probe(moment())
            .await
            .unwrap()
            .to_string();
        assert!(said.contains("knows this robot"), "{kind}: {said}");
        let body = peer.asked()[0].json();
        assert!(
            body.get("text").is_none() && body.get("content").is_none(),
            "{body}"
        );
        assert!(
            body.get("msgtype").is_none() && body.get("msg_type").is_none(),
            "{body}"
        );
        if kind != "wecom" {
            let wrong = robot_with(kind, &peer.url, "SECanother-secret", json!({}));
            let said = wrong.probe(moment()).await.unwrap_err().to_string();
            assert!(
                said.contains("sign") && said.contains("nothing was sent"),
                "{said}"
            );
        }
    }
}
