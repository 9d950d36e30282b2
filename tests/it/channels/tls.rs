//! Mail and HTTP over TLS, with an authority that only the definition knows.

use std::path::Path;

use fabu::channel::{MapSecrets, SharedChannel};
use serde_json::{Value, json};

use crate::support::parcels::{Told as _, moment, parcel, try_channel_in};
use crate::support::peers::tls::Secured;

fn build(mut def: Value, trusted: Option<&Path>) -> SharedChannel {
    if trusted.is_some() {
        def["ca-file"] = "ca.pem".into();
    }
    let secrets = MapSecrets::default()
        .with("MAIL_USER", "fabu")
        .with("MAIL_PASSWORD", "mail-password");
    try_channel_in(def, &secrets, trusted.unwrap_or(Path::new("/nonexistent"))).unwrap()
}

fn mail(mode: &str, port: u16) -> Value {
    json!({
        "kind": "email", "timeout": "10s",
        "email": {
            "host": "127.0.0.1", "port": port, "tls": mode, "from": "fabu@shili.invalid",
            "user-env": "MAIL_USER", "password-env": "MAIL_PASSWORD",
        },
    })
}

#[tokio::test]
async fn mail_is_encrypted_before_the_password_is_said() {
    for mode in ["starttls", "tls"] {
        let Some(peer) = Secured::start(mode) else {
            return;
        };
        let channel = build(mail(mode, peer.port), Some(peer.folder.path()));
        for key in ["L-1", "L-2"] {
            channel
                .send(&parcel(key, "zhang@example.org"))
                .await
                .accepted();
            let taken = peer.script.next();
            assert_eq!(taken["tls"], true, "{mode}");
            assert_eq!(taken["to"], json!(["zhang@example.org"]));
            let text = taken["mail"].as_str().unwrap();
            assert!(
                text.contains(&format!("X-Fabu-Delivery: {key}\r\n")),
                "{text}"
            );
        }
        let said = channel.probe(moment()).await.unwrap().to_string();
        assert!(!said.contains("in the open"), "{said}");
    }
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_gets_nothing() {
    for mode in ["starttls", "tls"] {
        let Some(peer) = Secured::start(mode) else {
            return;
        };
        let stranger = build(mail(mode, peer.port), None);
        let told = stranger
            .send(&parcel("L-1", "zhang@example.org"))
            .await
            .retry();
        assert!(
            told.why.contains("certificate") && !told.ambiguous,
            "{}",
            told.why
        );
        assert!(peer.script.said().is_empty());
    }
    // A server that does not offer TLS is not spoken to in the open instead.
    let Some(sink) = crate::support::peers::sink::Sink::start(&[]) else {
        return;
    };
    let told = build(mail("starttls", sink.port), None)
        .send(&parcel("L-1", "zhang@example.org"))
        .await
        .retry();
    assert!(told.why.contains("STARTTLS"), "{}", told.why);
    assert!(sink.dumps().is_empty());
}

#[tokio::test]
async fn a_gateway_behind_the_countys_own_authority_is_trusted_if_the_file_says_so() {
    let Some(peer) = Secured::start("https") else {
        return;
    };
    let def = json!({
        "kind": "sms", "timeout": "10s",
        "sms": {
            "url": format!("https://127.0.0.1:{}/send", peer.port), "method": "GET", "encode": "query",
            "fields": {"to": "{to}"}, "success": {"status": [202]},
        },
    });
    let told = build(def.clone(), None)
        .send(&parcel("L-1", "13800001234"))
        .await
        .retry();
    assert!(
        told.why.contains("certificate") && !told.ambiguous,
        "{}",
        told.why
    );
    build(def, Some(peer.folder.path()))
        .send(&parcel("L-1", "13800001234"))
        .await
        .accepted();
    assert_eq!(peer.script.next()["path"], "/send?to=13800001234");
}
