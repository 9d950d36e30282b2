//! WeCom (企业微信) group robot: 20 messages a minute, 2,048 bytes of text, the key in the address is all it asks.

use std::time::Duration;

use reqwest::Url;
use serde_json::{Value, json};

use super::robot::{Maker, Meaning, Robot, Signing};
use super::{ChannelError, Recipe};

pub(super) struct Wecom;

pub(super) fn new(recipe: &Recipe<'_>) -> Result<Robot<Wecom>, ChannelError> {
    Robot::new(Wecom, recipe, recipe.def.wecom.as_ref())
}

impl Maker for Wecom {
    const LIMIT: usize = 2048;

    fn message(&self, text: &str, mention_all: bool, signing: &Signing<'_>) -> (Url, Value) {
        let mut body = json!({"msgtype": "text", "text": {"content": text}});
        if mention_all {
            body["text"]["mentioned_list"] = json!(["@all"]);
        }
        (signing.url.clone(), body)
    }

    fn code(answer: &Value) -> Option<i64> {
        answer.get("errcode")?.as_i64()
    }

    fn meaning(code: i64) -> Meaning {
        match code {
            // 45009: more than 20 messages in a minute. 45033: too many at once.
            45009 | 45033 => Meaning::Throttled(Duration::from_secs(60)),
            // Bad body (400xx), empty or too long (44004, 45002), address or key not valid (93000 and above).
            40001..=40099 | 44004 | 45002 | 93000..=93099 => Meaning::Refused,
            _ => Meaning::Passing,
        }
    }
}
