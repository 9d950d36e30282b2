//! Telegram, against the Bot API as it answers.

use std::time::Duration;

use fabu::channel::{MapSecrets, SharedChannel};
use serde_json::json;

use crate::support::parcels::{Told as _, moment, parcel, parcel_of, rendering, try_channel};
use crate::support::peers::bot_api::{self, TOKEN};
use crate::support::peers::free_port;
use crate::support::peers::http::silent;

fn telegram(url: &str, token: &str) -> SharedChannel {
    let def = json!({
        "kind": "telegram", "timeout": "1s",
        "telegram": {"token-env": "TOKEN", "api-url": url, "chats": ["@shili_fabu"]},
    });
    try_channel(def, &MapSecrets::default().with("TOKEN", token)).unwrap()
}

#[tokio::test]
async fn a_message_reaches_its_chat_and_brings_its_number_back() {
    let peer = bot_api::start().await;
    let telegram = telegram(&peer.url, TOKEN);
    let message = parcel_of("L-1", "@shili_fabu", rendering("汛情通报 <b>& 5 > 3"));
    assert_eq!(
        telegram.send(&message).await.accepted().as_deref(),
        Some("17")
    );
    telegram.send(&parcel("L-2", "-100300")).await.accepted();
    let asked = peer.asked();
    assert_eq!(asked[0].json()["chat_id"], "@shili_fabu");
    assert_eq!(asked[0].json()["text"], "汛情通报 <b>& 5 > 3");
    assert_eq!(asked[1].json()["chat_id"], -100_300);
}

#[tokio::test]
async fn its_waiting_time_is_passed_on() {
    let peer = bot_api::start().await;
    let told = telegram(&peer.url, TOKEN)
        .send(&parcel("L-1", "@crowded"))
        .await
        .retry();
    assert_eq!(told.after, Some(Duration::from_secs(7)));
    assert!(!told.ambiguous);
}

#[tokio::test]
async fn a_chat_that_does_not_want_it_or_is_gone_is_final() {
    let peer = bot_api::start().await;
    let telegram = telegram(&peer.url, TOKEN);
    let why = telegram.send(&parcel("L-1", "403")).await.refused();
    assert!(why.contains("blocked by the user"), "{why}");
    let why = telegram.send(&parcel("L-2", "@gone")).await.refused();
    assert!(why.contains("chat not found"), "{why}");
    let why = telegram.send(&parcel("L-3", "zhang san")).await.refused();
    assert!(why.contains("neither a chat id nor an @name"), "{why}");
}

#[tokio::test]
async fn a_group_that_moved_is_followed() {
    let peer = bot_api::start().await;
    telegram(&peer.url, TOKEN)
        .send(&parcel("L-1", "-1"))
        .await
        .accepted();
    let chats: Vec<_> = peer
        .asked()
        .iter()
        .map(|a| a.json()["chat_id"].clone())
        .collect();
    assert_eq!(chats, [json!(-1), json!(-100_200)]);
}

#[tokio::test]
async fn a_text_in_several_messages_goes_on_where_it_stopped() {
    let peer = bot_api::start().await;
    let telegram = telegram(&peer.url, TOKEN);
    let mut long = rendering("");
    long.parts = vec!["（1/2）汛情".into(), "（2/2）通报".into()];
    telegram
        .send(&parcel_of("L-1", "@shili_fabu", long))
        .await
        .accepted();
    let texts: Vec<_> = peer
        .asked()
        .iter()
        .map(|a| a.json()["text"].clone())
        .collect();
    assert_eq!(texts, ["（1/2）汛情", "（2/2）通报"]);

    let why = telegram
        .send(&parcel_of(
            "L-2",
            "@shili_fabu",
            rendering(&"汛".repeat(4097)),
        ))
        .await
        .refused();
    assert!(
        why.contains("4097") && why.contains("nothing was sent"),
        "{why}"
    );
}

#[tokio::test]
async fn no_trouble_shows_the_token() {
    let peer = bot_api::start().await;
    let (mute, _task) = silent().await;
    let secret = TOKEN.split(':').next_back().unwrap();
    for (url, token, address, ambiguous) in [
        (
            format!("http://127.0.0.1:{}", free_port()),
            TOKEN,
            "@shili_fabu",
            false,
        ),
        (format!("http://{mute}"), TOKEN, "@shili_fabu", true),
        (peer.url.clone(), TOKEN, "502", true),
        // A wrong token is the operator's to put right: nothing is given up for it.
        (
            peer.url.clone(),
            "4242:another_AbCdEf-test_token",
            "@shili_fabu",
            false,
        ),
    ] {
        let told = telegram(&url, token)
            .send(&parcel("L-1", address))
            .await
            .retry();
        assert_eq!(told.ambiguous, ambiguous, "{}", told.why);
        assert!(!told.why.contains(secret), "{}", told.why);
    }
}

#[tokio::test]
async fn a_probe_asks_who_the_bot_is() {
    let peer = bot_api::start().await;
    let said = telegram(&peer.url, TOKEN)
        .probe(moment())
        .await
        .unwrap()
        .to_string();
    assert!(said.contains("@shili_fabu_bot"), "{said}");
    let said = telegram(&peer.url, "4242:wrong")
        .probe(moment())
        .await
        .unwrap_err()
        .to_string();
    assert!(
        said.contains("nothing was sent") && !said.contains("4242:wrong"),
        "{said}"
    );
}
