//! What takes a second person: seen, confirmed, declined.

use reqwest::Method;
use serde_json::json;

use super::super::Result;
use super::super::client::views::{Asked, Incident, Outcome, Release};
use super::super::client::{Answer, Change, Changing, Client};
use super::super::ids::Typed;
use super::super::output::{self, line, say};
use super::super::words::{joined, named, word};
use super::super::{Exit, when};
use crate::id::AskId;

pub(in crate::cli) const LIST: &str = "fabu incident asked";

pub(super) async fn list(client: &Client, mine: bool) -> Result {
    let query = mine.then(|| ("mine", "true".to_owned()));
    let answer = client.get(&["asked"], query.as_slice(), LIST).await?;
    if client.json {
        answer.print()?;
        return Ok(Exit::Done);
    }
    table(client, &answer.read::<Vec<_>>()?)?;
    say(&word!("fabu.times-in", zone = client.zone));
    Ok(Exit::Done)
}

/// Prints what the person who asks may confirm, if there is anything.
pub(in crate::cli) async fn mine(client: &Client) -> Result<()> {
    let query = [("mine", "true".to_owned())];
    let asked = client
        .get(&["asked"], &query, LIST)
        .await?
        .read::<Vec<_>>()?;
    board(client, &asked)
}

/// Prints what waits for a second person, if there is anything.
pub(in crate::cli) fn board(client: &Client, asked: &[Asked]) -> Result<()> {
    if asked.is_empty() {
        return Ok(());
    }
    line("")?;
    line(word!("incident.waits-for-second"))?;
    table(client, asked)
}

/// One line for each wish, and how it is confirmed.
fn table(client: &Client, asked: &[Asked]) -> Result<()> {
    let stamp = |at| when::stamp(at, client.zone);
    output::table(
        word!("incident.asked-heads"),
        asked.iter().map(|one| {
            [
                one.id.clone(),
                named!("client.deed", &one.act),
                one.release.as_ref().unwrap_or(&one.incident).clone(),
                one.reason.clone(),
                format!("{} {}", one.asked_by, stamp(one.asked_at)),
                one.waits_for.join(" "),
                stamp(one.until),
            ]
        }),
    )?;
    for one in asked {
        output::next(&format!("fabu incident confirm {}", one.id));
    }
    Ok(())
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
