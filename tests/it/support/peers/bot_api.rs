//! Telegram's Bot API as far as this program uses it, with the answers that the real one gives.

use serde_json::{Value, json};

use super::http::{Asked, HttpPeer, Reply};

pub const TOKEN: &str = "4242:AbCdEf-test_token";

/// Chats: `@crowded` is throttled for seven seconds, 403 has blocked the bot, -1 has become -100200, `@gone` is
/// nobody's name, 502 finds the service broken; every other one takes the message.
pub async fn start() -> HttpPeer {
    HttpPeer::start(|asked| {
        let (status, body) = answer(asked);
        let headers = vec![("content-type", "application/json".to_owned())];
        (status, headers, body.to_string()) as Reply
    })
    .await
}

fn answer(asked: &Asked) -> (u16, Value) {
    let fault = |code: u16, text: &str| {
        (
            code,
            json!({"ok": false, "error_code": code, "description": text}),
        )
    };
    let Some(method) = asked.path.strip_prefix(&format!("/bot{TOKEN}/")) else {
        return fault(401, "Unauthorized");
    };
    match method.to_ascii_lowercase().as_str() {
        "getme" => (
            200,
            json!({"ok": true, "result": {
                "id": 4242, "is_bot": true, "first_name": "发布", "username": "shili_fabu_bot",
                "can_join_groups": true, "can_read_all_group_messages": false,
                "supports_inline_queries": false, "can_connect_to_business": false, "has_main_web_app": false,
            }}),
        ),
        "getchat" => (
            200,
            json!({"ok": true, "result": {"id": -1001, "type": "channel", "title": "发布", "username": "shili_fabu"}}),
        ),
        "sendmessage" => message(&asked.json()),
        _ => fault(404, "Not Found"),
    }
}

fn message(asked: &Value) -> (u16, Value) {
    let fault = |code: u16, text: &str, parameters: Value| {
        let mut body = json!({"ok": false, "error_code": code, "description": text});
        if !parameters.is_null() {
            body["parameters"] = parameters;
        }
        (code, body)
    };
    let chat = match &asked["chat_id"] {
        Value::String(name) => name.clone(),
        id => id.to_string(),
    };
    match chat.as_str() {
        "@crowded" => fault(
            429,
            "Too Many Requests: retry after 7",
            json!({"retry_after": 7}),
        ),
        "403" => fault(403, "Forbidden: bot was blocked by the user", Value::Null),
        "@gone" => fault(400, "Bad Request: chat not found", Value::Null),
        "-1" => fault(
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            json!({"migrate_to_chat_id": -100_200}),
        ),
        "502" => fault(502, "Bad Gateway", Value::Null),
        _ => (
            200,
            json!({"ok": true, "result": {
                "message_id": 17, "date": 1_777_600_800,
                "chat": {"id": -100_300, "type": "channel", "title": "示例市发布"},
                "text": asked["text"],
            }}),
        ),
    }
}
