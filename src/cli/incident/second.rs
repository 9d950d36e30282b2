//! What takes a second person: seen, confirmed, declined.

use reqwest::Method;
use serde_json::json;

use super::super::Result;
use super::super::client::views::{Asked, Incident, Outcome, Release};
use super::super::client::{Answer, Change, Changing, Client};
use super::super::ids::Typed;
use super::super::output::{self, say, table};
use super::super::words::{joined, named, word};
use super::super::{Exit, when};
use crate::id::AskId;

pub(in crate::cli) const LIST: &str = "fabu incident asked";

pub(super) async fn list(client: &Client) -> Result {
    let answer = client.get(&["asked"], &[], LIST).await?;
    if client.json {
        answer.print()?;
        return Ok(Exit::Done);
    }
    let asked: Vec<Asked> = answer.read()?;
    table(
        word!("incident.asked-heads"),
        asked.into_iter().map(|one| {
            [
                one.id,
                named!("client.deed", &one.act),
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
    say(&word!("fabu.times-in", zone = client.zone));
    Ok(Exit::Done)
}

pub(super) async fn confirm(client: &Client, id: &Typed, how: &Changing) -> Result {
    let id = &id.asked(client).await?;
    let answer = ask(client, id, "confirm", json!({}), how).await?;
    if client.json {
        answer.print()?;
        return Ok(Exit::Done);
    }
    if let Ok(incident) = answer.read::<Incident>() {
        let (title, level) = (&incident.title, &incident.level);
        let status = named!("incident.choice", &incident.status);
        say(&word!("incident.confirmed", title, status, level));
    } else {
        let release: Release = answer.read()?;
        let (name, status) = (&release.name, named!("release.choice", &release.status));
        say(&word!("incident.release-confirmed", name, status));
    }
    Ok(Exit::Done)
}

pub(super) async fn decline(client: &Client, id: &Typed, reason: &str, how: &Changing) -> Result {
    let id = &id.asked(client).await?;
    let answer = ask(client, id, "decline", json!({ "reason": reason }), how).await?;
    if client.json {
        answer.print()?;
    } else {
        say(&word!("incident.declined", id));
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
    let until = when::stamp(asked.until, client.zone);
    say(&word!(
        "incident.asked-for",
        who = joined(&asked.waits_for),
        until
    ));
    output::next(&format!("fabu incident confirm {}", asked.id));
    None
}
