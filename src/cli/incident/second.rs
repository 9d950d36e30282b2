//! What takes a second person: seen, confirmed, declined.

use reqwest::Method;
use serde_json::json;

use super::super::Result;
use super::super::client::views::{Asked, Incident, Outcome, Release};
use super::super::client::{Answer, Change, Changing, Client};
use super::super::ids::{Typed, shown};
use super::super::output::{self, line, say};
use super::super::words::{in_own, joined, named, word};
use super::super::{Exit, ask, when};
use super::level::still_binding;
use super::{show, told};
use crate::id::AskId;

pub(in crate::cli) const LIST: &str = "fabu incident asked";

pub(super) async fn list(client: &Client, mine: bool) -> Result {
    let query = mine.then(|| ("mine", "true".to_owned()));
    let answer = client.get(&["asked"], query.as_slice(), LIST).await?;
    if client.json {
        answer.print()?;
        return Ok(Exit::Done);
    }
    let asked = answer.read::<Vec<_>>()?;
    if asked.is_empty() {
        say(word!("incident.nothing-asked"));
        return Ok(Exit::Done);
    }
    table(client, &asked, mine)?;
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
    shown_to(client, &asked, true)
}

/// Prints what waits for a second person, if there is anything.
pub(in crate::cli) fn board(client: &Client, asked: &[Asked]) -> Result<()> {
    shown_to(client, asked, false)
}

fn shown_to(client: &Client, asked: &[Asked], is_theirs: bool) -> Result<()> {
    if asked.is_empty() {
        return Ok(());
    }
    line("")?;
    line(word!("incident.waits-for-second"))?;
    table(client, asked, is_theirs)
}

/// One line for each wish, and how it is confirmed: by whoever reads it, or by whom they ask.
fn table(client: &Client, asked: &[Asked], is_theirs: bool) -> Result<()> {
    let stamp = |at| when::stamp(at, client.zone);
    let short = shown(asked.iter().map(|one| one.id.as_str()));
    let post = |post: &String| client.names.post(post);
    output::table(
        word!("incident.asked-heads"),
        asked.iter().map(|one| {
            [
                short.of(&one.id),
                act(one),
                about(one),
                one.reason.clone(),
                format!("{} {}", one.asked_by, stamp(one.asked_at)),
                joined(&one.waits_for.iter().map(post).collect::<Vec<_>>()),
                stamp(one.until),
            ]
        }),
    )?;
    for one in asked {
        let command = format!("fabu incident confirm {}", one.id);
        let who = joined(&one.waits_for.iter().map(post).collect::<Vec<_>>());
        output::next(&match is_theirs {
            true => command,
            false => word!("fabu.others-next", who, command),
        });
    }
    Ok(())
}

/// What would be done, and at which level that was asked for.
fn act(asked: &Asked) -> String {
    let act = named!("client.deed", &asked.act);
    match asked.level.as_ref().filter(|_| asked.release.is_none()) {
        Some(level) => word!(
            "incident.asked-at",
            act,
            level = named!("incident.level", level)
        ),
        None => act,
    }
}

/// What it is about, by name; by id where nobody knows that.
fn about(asked: &Asked) -> String {
    let title = match &*asked.incident_title {
        "" => &asked.incident,
        title => title,
    };
    match (&asked.release_name, &asked.release) {
        (Some(name), _) => {
            let name = in_own(name, asked.release_name_en.as_ref());
            word!("release.of-incident", name, title)
        }
        (None, Some(name)) => word!("release.of-incident", name, title),
        (None, None) => title.to_owned(),
    }
}

/// Says of what waited for a second person that it is not meant any more.
pub(super) fn overtaken(asked: &[Asked]) {
    for one in asked.iter().filter(|one| one.status == "overtaken") {
        let (id, by) = (&one.id, &one.asked_by);
        say(&word!("incident.overtaken", act = act(one), by, id));
    }
}

pub(super) async fn confirm(client: &Client, id: &Typed, how: &Changing) -> Result {
    let id = &id.sure()?.asked(client).await?;
    if !is_meant(client, id, how).await? {
        return Ok(Exit::Done);
    }
    let answer = send(client, id, "confirm", json!({}), how).await?;
    if client.json {
        answer.print()?;
        return Ok(Exit::Done);
    }
    if let Ok(incident) = answer.read::<Incident>() {
        let status = named!("incident.choice", &incident.status);
        let ended = (incident.status == "ended").then(|| incident.id.clone());
        let done = word!("incident.confirmed", status);
        told(client, incident, answer.now, &done)?;
        if let Some(id) = ended {
            still_binding(client, &id).await?;
        }
    } else {
        let release: Release = answer.read()?;
        let name = in_own(&release.name, release.name_en.as_ref());
        let status = named!("release.choice", &release.status);
        say(&word!("incident.release-confirmed", name, status));
        // Nothing is out yet: it waits to be read and signed.
        output::next(&format!("fabu release preview {}", release.id));
    }
    Ok(Exit::Done)
}

/// Says once more what it is that would be done now.
async fn is_meant(client: &Client, id: &AskId, how: &Changing) -> Result<bool> {
    if client.json || how.dry_run || !ask::is_possible() {
        return Ok(true);
    }
    let path = ["asked", id.as_str()];
    let asked: Asked = client.get(&path, &[], LIST).await?.read()?;
    let path = ["incidents", &asked.incident];
    let incident: Incident = client.get(&path, &[], LIST).await?.read()?;
    let mut title = incident.title;
    if let Some(release) = &asked.release {
        let released = incident.releases.into_iter().find(|one| one.id == *release);
        title = released.map_or(title, |one| {
            in_own(&one.name, one.name_en.as_ref()).to_owned()
        });
    }
    show::still_binding(client, &asked.binding)?;
    let question = word!(
        "incident.confirm-question",
        act = named!("client.deed", &asked.act),
        title,
        reason = asked.reason
    );
    ask::is_meant(client, how, &question)
}

pub(super) async fn decline(client: &Client, id: &Typed, reason: &str, how: &Changing) -> Result {
    let id = &id.sure()?.asked(client).await?;
    let answer = send(client, id, "decline", json!({ "reason": reason }), how).await?;
    if client.json {
        answer.print()?;
    } else {
        say(&word!("incident.declined", id));
    }
    Ok(Exit::Done)
}

async fn send(
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
    let posts = asked.waits_for.iter().map(|post| client.names.post(post));
    let who = joined(&posts.collect::<Vec<_>>());
    say(&word!("incident.asked-for", who, until));
    if let Some(id) = &asked.instead_of {
        say(&word!("incident.instead-of-asked", id));
    }
    // Whoever asks is never the one who confirms.
    let command = format!("fabu incident confirm {}", asked.id);
    output::next(&word!("fabu.others-next", who, command));
    None
}
