//! `fabu incident`: events as a duty officer declares, follows and ends them.

mod declare;
pub(super) mod facts;
mod given;
mod level;
mod request;
pub(super) mod second;
mod show;

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

use super::client::views::{Incident, Outcome};
use super::client::{Change, Changing, Client, ServerArgs};
use super::ids::{Typed, shown};
use super::output::{self, say, table};
use super::release::decide::Places;
use super::release::list as releases;
use super::when;
use super::words::{count, named, word};
use super::{Exit, Result};
use crate::domain::time::Moment;
use crate::id::IncidentId;

use facts::FactSource;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    server: ServerArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Declare(declare::Args),
    List {
        #[arg(long, value_parser = ["active", "ended", "archived", "withdrawn"])]
        status: Option<String>,
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
    },
    Show {
        id: Typed,
    },
    Facts {
        id: Typed,
        #[arg(value_name = "NAME=VALUE", value_parser = facts::pair)]
        given: Vec<(String, Value)>,
        #[command(flatten)]
        around: FactSource,
        #[command(flatten)]
        how: Changing,
    },
    Raise(level::LevelArgs),
    Lower(level::LevelArgs),
    End {
        id: Typed,
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        how: Changing,
    },
    Archive {
        id: Typed,
        #[command(flatten)]
        how: Changing,
    },
    Asked {
        #[arg(long)]
        mine: bool,
    },
    Confirm {
        id: Typed,
        #[command(flatten)]
        how: Changing,
    },
    Decline {
        id: Typed,
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        how: Changing,
    },
    Request {
        id: Typed,
        item: String,
        #[command(flatten)]
        place: Places,
        #[command(flatten)]
        found: request::FoundArgs,
        #[command(flatten)]
        how: Changing,
    },
}

pub(super) const LIST: &str = "fabu incident list";

pub(super) async fn run(args: Args) -> Result {
    let client = Client::new(&args.server).await?;
    match args.command {
        Command::Declare(args) => declare::run(&client, args).await,
        Command::List { status, limit } => list(&client, status, limit).await,
        Command::Show { id } => {
            let id = id.incident(&client).await?;
            let answer = client.get(&["incidents", id.as_str()], &[], LIST).await?;
            if client.json {
                answer.print()?;
            } else {
                show::show(&client, &answer.read()?, answer.now)?;
            }
            Ok(Exit::Done)
        }
        Command::Facts {
            id,
            given,
            around,
            how,
        } => {
            let id = id.sure()?.incident(&client).await?;
            given::set_facts(&client, &id, &given, &around, &how).await
        }
        Command::Raise(args) => level::change_level(&client, args, true).await,
        Command::Lower(args) => level::change_level(&client, args, false).await,
        Command::End { id, reason, how } => {
            let id = id.sure()?.incident(&client).await?;
            let path = ["incidents", id.as_str(), "end"];
            let change = change(&path, json!({ "reason": reason }), &how, look(&id));
            let done = called_for(&client, change, word!("incident.ended")).await?;
            level::still_binding(&client, id.as_str()).await?;
            Ok(done)
        }
        Command::Archive { id, how } => {
            let id = id.sure()?.incident(&client).await?;
            let path = ["incidents", id.as_str(), "archive"];
            let answer = client
                .change(change(&path, json!({}), &how, look(&id)))
                .await?;
            if client.json {
                answer.print()?;
            } else {
                show::show(&client, &answer.read()?, answer.now)?;
            }
            Ok(Exit::Done)
        }
        Command::Asked { mine } => second::list(&client, mine).await,
        Command::Confirm { id, how } => second::confirm(&client, &id, &how).await,
        Command::Decline { id, reason, how } => second::decline(&client, &id, &reason, &how).await,
        Command::Request {
            id,
            item,
            place,
            found,
            how,
        } => request::request(&client, &id, &item, &place, &found, &how).await,
    }
}

/// What incidents are called, by their ids.
pub(super) async fn titles(client: &Client) -> Result<BTreeMap<String, String>> {
    let query = [("limit", "1000".to_owned())];
    let all: Vec<Incident> = client.get(&["incidents"], &query, LIST).await?.read()?;
    Ok(all.into_iter().map(|one| (one.id, one.title)).collect())
}

fn look(id: &IncidentId) -> String {
    format!("fabu incident show {id}")
}

fn change<'a>(path: &'a [&'a str], body: Value, how: &'a Changing, look: String) -> Change<'a> {
    Change {
        method: Method::POST,
        path,
        body,
        how,
        seen: None,
        look,
    }
}

/// Asks for a change of an incident and shows the releases that it calls for.
async fn called_for(client: &Client, change: Change<'_>, done: &str) -> Result {
    let answer = client.change(change).await?;
    if client.json {
        answer.print()?;
        return Ok(Exit::Done);
    }
    let outcome: Outcome<Incident> = answer.read()?;
    let Some(incident) = second::waits(client, outcome) else {
        return Ok(Exit::Done);
    };
    told(client, *incident, answer.now, done)
}

/// Says what has become of an incident, and which releases that calls for.
fn told(client: &Client, mut incident: Incident, now: Moment, done: &str) -> Result {
    incident
        .releases
        .sort_by_key(|release| (release.due_at.is_none(), release.due_at));
    releases::table(client, &incident.releases, now)?;
    // What nobody has decided has no deadline.
    let dated = incident.releases.iter();
    let dated = dated
        .filter(|release| release.status != "undecided")
        .count();
    let planned = u64::try_from(dated).unwrap_or(u64::MAX);
    say(&word!(
        "incident.called-for",
        done,
        title = incident.title,
        id = incident.id,
        level = named!("incident.level", &incident.level),
        releases = count!("incident.dated", planned)
    ));
    second::overtaken(&incident.asked);
    output::next(&format!("fabu release list --incident {}", incident.id));
    Ok(Exit::Done)
}

async fn list(client: &Client, status: Option<String>, limit: u32) -> Result {
    let mut query = vec![("limit", limit.to_string())];
    query.extend(status.map(|status| ("status", status)));
    let answer = client.get(&["incidents"], &query, LIST).await?;
    if client.json {
        answer.print()?;
        return Ok(Exit::Done);
    }
    let incidents: Vec<Incident> = answer.read()?;
    let zone = client.zone;
    let number = u64::try_from(incidents.len()).unwrap_or(u64::MAX);
    let short = shown(incidents.iter().map(|one| one.id.as_str()));
    let rows: Vec<_> = incidents
        .iter()
        .map(|incident| {
            [
                short.of(&incident.id),
                incident.level.clone(),
                named!("incident.choice", &incident.status),
                incident.title.clone(),
                when::stamp(incident.declared_at, zone),
                when::stamp(incident.level_since, zone),
            ]
        })
        .collect();
    table(word!("incident.heads"), rows)?;
    let count = count!("incident.count", number);
    say(&word!("release.listed", count, zone));
    Ok(Exit::Done)
}
