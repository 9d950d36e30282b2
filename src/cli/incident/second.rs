//! What takes a second person: seen, confirmed, declined.

use reqwest::Method;
use serde_json::json;

use super::super::Result;
use super::super::client::views::{Asked, Incident, Outcome, Release};
use super::super::client::{Answer, Change, Changing, Client};
use super::super::output::{say, table};
use super::super::{Exit, when};
use crate::id::AskId;

const LIST: &str = "fabu incident asked";

pub(super) async fn list(client: &Client) -> Result {
    let answer = client.get(&["asked"], &[], LIST).await?;
    if client.json {
        answer.print()?;
        return Ok(Exit::Done);
    }
    let asked: Vec<Asked> = answer.read()?;
    table(
        [
            "编号 id",
            "事情 act",
            "事件 incident",
            "原因 reason",
            "提请 asked by",
            "确认 waits for",
            "至 until",
        ],
        asked.into_iter().map(|one| {
            [
                one.id,
                one.act,
                one.incident,
                one.reason,
                format!(
                    "{} {}",
                    one.asked_by,
                    when::stamp(one.asked_at, client.zone)
                ),
                one.waits_for.join(" "),
                when::stamp(one.until, client.zone),
            ]
        }),
    )?;
    say(&format!("times in {}", client.zone));
    Ok(Exit::Done)
}

pub(super) async fn confirm(client: &Client, id: &AskId, how: &Changing) -> Result {
    let answer = ask(client, id, "confirm", json!({}), how).await?;
    if client.json {
        answer.print()?;
        return Ok(Exit::Done);
    }
    if let Ok(incident) = answer.read::<Incident>() {
        say(&format!(
            "已确认 confirmed: {} is {} at {}",
            incident.title, incident.status, incident.level
        ));
    } else {
        let release: Release = answer.read()?;
        say(&format!(
            "已确认 confirmed: {} is {}",
            release.name, release.status
        ));
    }
    Ok(Exit::Done)
}

pub(super) async fn decline(client: &Client, id: &AskId, reason: &str, how: &Changing) -> Result {
    let answer = ask(client, id, "decline", json!({ "reason": reason }), how).await?;
    if client.json {
        answer.print()?;
    } else {
        say(&format!(
            "未予确认 declined: {id}; nothing else was changed"
        ));
    }
    Ok(Exit::Done)
}

async fn ask(
    client: &Client,
    id: &AskId,
    verb: &str,
    body: serde_json::Value,
    how: &Changing,
) -> std::result::Result<Answer, super::super::Failure> {
    client
        .change(Change {
            method: Method::POST,
            path: &["asked", id.as_str(), verb],
            body,
            how,
            seen: None,
            look: LIST.into(),
        })
        .await
}

/// Tells of what is not done yet because another person must confirm it; none if it was done.
pub(in crate::cli) fn waits<T>(client: &Client, outcome: Outcome<T>) -> Option<Box<T>> {
    let asked = match outcome {
        Outcome::Done(done) => return Some(done),
        Outcome::Asked(asked) => asked,
    };
    say(&format!(
        "已提请，尚未执行 asked for, not done yet: {} can confirm it until {}",
        asked.waits_for.join(" or "),
        when::stamp(asked.until, client.zone)
    ));
    say(&format!("  next: fabu incident confirm {}", asked.id));
    None
}
