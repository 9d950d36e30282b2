//! WeCom (企业微信) group robot: 20 messages a minute, 2,048 bytes of text, the key in the address is all it asks.

use reqwest::Url;
use serde_json::{Value, json};

use super::robot::{Maker, Robot, Signing};
use super::{ChannelError, Recipe};
use crate::domain::blame::robot::Codes;
use crate::domain::channel::wecom::{WecomDef, blame};

pub(super) struct Wecom;

pub(super) fn new(recipe: &Recipe<'_>, section: &WecomDef) -> Result<Robot<Wecom>, ChannelError> {
    Robot::new(Wecom, recipe, &section.0, section.limit())
}

impl Maker for Wecom {
    const CODES: Codes = blame;

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
}
