//! DingTalk (钉钉) group robot: 20 messages a minute or ten minutes of silence; the signature goes into the address.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use reqwest::Url;
use serde_json::{Value, json};
use sha2::Sha256;

use super::robot::{Maker, Robot, Signing};
use super::{ChannelError, Recipe};
use crate::domain::blame::robot::Codes;
use crate::domain::channel::dingtalk::{DingtalkDef, blame};

pub(super) struct Dingtalk;

pub(super) fn new(
    recipe: &Recipe<'_>,
    section: &DingtalkDef,
) -> Result<Robot<Dingtalk>, ChannelError> {
    Robot::new(Dingtalk, recipe, &section.0, section.limit())
}

/// Base 64 of HMAC-SHA256 over `timestamp\nsecret` with the secret as key.
fn sign(secret: &str, millis: i64) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
    mac.update(format!("{millis}\n{secret}").as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

impl Maker for Dingtalk {
    const CODES: Codes = blame;

    fn message(&self, text: &str, mention_all: bool, signing: &Signing<'_>) -> (Url, Value) {
        let mut url = signing.url.clone();
        if let Some(secret) = signing.secret {
            let millis = signing.at.timestamp_millis();
            url.query_pairs_mut()
                .append_pair("timestamp", &millis.to_string())
                .append_pair("sign", &sign(secret, millis));
        }
        let body = json!({
            "msgtype": "text",
            "text": {"content": text},
            "at": {"atMobiles": [], "isAtAll": mention_all},
        });
        (url, body)
    }

    fn code(answer: &Value) -> Option<i64> {
        // What stands before the robots shuts out whom it likes, and has a word of its own for that.
        let code = match answer.get("punish") {
            Some(_) => answer.get("status"),
            None => None,
        };
        answer.get("errcode").or(code)?.as_i64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::from_millis;

    #[test]
    fn being_shut_out_before_the_robot_is_a_code_too() {
        let punished = json!({"status": 1111, "wait": 5, "source": "x5", "punish": "deny"});
        assert_eq!(Dingtalk::code(&punished), Some(1111));
        assert_eq!(Dingtalk::code(&json!({"errcode": 0})), Some(0));
        assert_eq!(Dingtalk::code(&json!({"status": 1111})), None);
    }

    #[test]
    fn the_signature_stands_in_the_address_after_the_token() {
        let url = Url::parse("https://oapi.example/robot/send?access_token=t").unwrap();
        let signing = Signing {
            url: &url,
            secret: Some("SEC1"),
            at: from_millis(1_577_808_000_000),
        };
        let (signed, _) = Dingtalk.message("汛情", true, &signing);
        // Computed with `printf '1577808000000\nSEC1' | openssl dgst -sha256 -hmac SEC1 -binary | base64`.
        let expected = "e4yKk0Y1W5EuzQN88ws6VYWHlaA8l+G4ZT/jmX6Zt/c=";
        let pairs: Vec<_> = signed.query_pairs().into_owned().collect();
        assert_eq!(
            pairs,
            [
                ("access_token".into(), "t".into()),
                ("timestamp".into(), "1577808000000".into()),
                ("sign".into(), String::from(expected)),
            ]
        );
        assert!(
            !signed.as_str().contains('+'),
            "a plus would arrive as a space: {signed}"
        );
    }
}
