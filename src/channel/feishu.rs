//! Feishu (飞书) group robot: 100 messages a minute and 5 a second; the signature goes into the body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use reqwest::Url;
use serde_json::{Value, json};
use sha2::Sha256;

use super::robot::{Maker, Robot, Signing};
use super::{ChannelError, Recipe};
use crate::domain::blame::robot::Codes;
use crate::domain::channel::feishu::{FeishuDef, blame};

pub(super) struct Feishu;

pub(super) fn new(recipe: &Recipe<'_>, section: &FeishuDef) -> Result<Robot<Feishu>, ChannelError> {
    Robot::new(Feishu, recipe, &section.0, section.limit())
}

/// Base 64 of HMAC-SHA256 over nothing, with `timestamp\nsecret` as key.
fn sign(secret: &str, seconds: i64) -> String {
    let key = format!("{seconds}\n{secret}");
    let mac = Hmac::<Sha256>::new_from_slice(key.as_bytes())
        .unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
    STANDARD.encode(mac.finalize().into_bytes())
}

impl Maker for Feishu {
    const CODES: Codes = blame;

    fn message(&self, text: &str, mention_all: bool, signing: &Signing<'_>) -> (Url, Value) {
        let mention = if mention_all {
            "<at user_id=\"all\">所有人</at>\n"
        } else {
            ""
        };
        let mut body = json!({
            "msg_type": "text",
            "content": {"text": format!("{mention}{text}")},
        });
        if let Some(secret) = signing.secret {
            let seconds = signing.at.timestamp();
            body["timestamp"] = json!(seconds.to_string());
            body["sign"] = json!(sign(secret, seconds));
        }
        (signing.url.clone(), body)
    }

    /// New answers say `code`, old ones `StatusCode`.
    fn code(answer: &Value) -> Option<i64> {
        let code = answer.get("code").or_else(|| answer.get("StatusCode"))?;
        code.as_i64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_providers() {
        // Computed with `printf '' | openssl dgst -sha256 -mac HMAC -macopt key:$'1599360473\nSEC1' -binary | base64`.
        assert_eq!(
            sign("SEC1", 1_599_360_473),
            "0hLYmfoUxI4qR6gxrHZUwT+7HcMcncQkWF5gKyZReuU="
        );
    }
}
