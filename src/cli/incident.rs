//! `fabu incident`: events as a duty officer declares, follows and ends them.

pub(super) mod facts;
pub(super) mod second;
mod show;

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::client::views::{Incident, Outcome};
use super::client::{Change, Changing, Client, ServerArgs};
use super::output::{count, say, table};
use super::release::list as releases;
use super::when;
use super::{Exit, Failure, Result};
use crate::domain::level::ResponseLevel;
use crate::domain::time::Span;
use crate::id::{AskId, IncidentId};

use facts::{FactArgs, FactSource};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    server: ServerArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Declare an incident (申报); every release it calls for is dated at once
    Declare(DeclareArgs),
    /// List incidents, newest first
    List {
        /// active, ended, archived or withdrawn
        #[arg(long)]
        status: Option<String>,
        /// At most this many
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
    },
    /// Show one incident: level, facts, releases
    Show { id: IncidentId },
    /// Add or replace facts; open drafts take them in
    Facts {
        id: IncidentId,
        /// Such as rainfall=120; a list as JSON rows
        #[arg(value_name = "NAME=VALUE", value_parser = facts::pair)]
        given: Vec<(String, Value)>,
        #[command(flatten)]
        around: FactSource,
        #[command(flatten)]
        how: Changing,
    },
    /// Raise the response level (升级)
    Raise(LevelArgs),
    /// Lower the response level (降级)
    Lower(LevelArgs),
    /// End the response (终止); rhythms stop, closing releases are dated
    End {
        id: IncidentId,
        /// Why; the journal keeps it
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        how: Changing,
    },
    /// Put an ended incident away (归档) once nothing of it is open or stands any more; then it is only read
    Archive {
        id: IncidentId,
        #[command(flatten)]
        how: Changing,
    },
    /// List what one person asked for and another one is to confirm (双人确认)
    Asked,
    /// Confirm, as the second person, what somebody else asked for; then it is done
    Confirm {
        id: AskId,
        #[command(flatten)]
        how: Changing,
    },
    /// Decline what somebody asked for, or take back what you asked for yourself
    Decline {
        id: AskId,
        /// Why; the journal keeps it
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        how: Changing,
    },
    /// Ask for an item that is released on demand, such as a refutation (辟谣)
    Request {
        id: IncidentId,
        /// The item's code in its plan
        item: String,
        #[command(flatten)]
        how: Changing,
    },
}

#[derive(Debug, clap::Args)]
struct DeclareArgs {
    /// An event type of events.yaml, such as flood
    event: String,
    /// I, II, III or IV
    #[arg(long)]
    level: ResponseLevel,
    /// The division code of a place; may be repeated
    #[arg(long = "area", value_name = "CODE", required = true)]
    areas: Vec<String>,
    /// What it is called; place and event when left out
    #[arg(long)]
    title: Option<String>,
    /// When the government learnt of it (接报); now when left out
    #[arg(long, value_name = "TIME")]
    known_at: Option<String>,
    /// How long the response is expected to last, such as 48h
    #[arg(long, value_name = "SPAN")]
    expected_duration: Option<Span>,
    #[command(flatten)]
    facts: FactArgs,
    /// A second incident of the same event in the same places is meant
    #[arg(long)]
    another: bool,
    #[command(flatten)]
    how: Changing,
}

#[derive(Debug, clap::Args)]
struct LevelArgs {
    id: IncidentId,
    /// I, II, III or IV
    level: ResponseLevel,
    /// Why; notices and the journal name it
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    how: Changing,
}

const LIST: &str = "fabu incident list";

pub(super) async fn run(args: Args) -> Result {
    let client = Client::new(&args.server)?;
    match args.command {
        Command::Declare(args) => declare(&client, args).await,
        Command::List { status, limit } => list(&client, status, limit).await,
        Command::Show { id } => {
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
        } => set_facts(&client, &id, &given, &around, &how).await,
        Command::Raise(args) => change_level(&client, args, true).await,
        Command::Lower(args) => change_level(&client, args, false).await,
        Command::End { id, reason, how } => {
            let path = ["incidents", id.as_str(), "end"];
            let change = change(&path, json!({ "reason": reason }), &how, look(&id));
            called_for(&client, change, "已终止 ended").await
        }
        Command::Archive { id, how } => {
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
        Command::Asked => second::list(&client).await,
        Command::Confirm { id, how } => second::confirm(&client, &id, &how).await,
        Command::Decline { id, reason, how } => {
            second::decline(&client, &id, &reason, &how).await
        }
        Command::Request { id, item, how } => {
            let path = ["incidents", id.as_str(), "releases"];
            let change = change(&path, json!({ "item": item }), &how, look(&id));
            let answer = client.change(change).await?;
            if client.json {
                answer.print()?;
            } else {
                releases::table(&client, &answer.read::<Vec<_>>()?, answer.now)?;
            }
            Ok(Exit::Done)
        }
    }
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

async fn declare(client: &Client, args: DeclareArgs) -> Result {
    let mut body = Map::new();
    body.insert("event".into(), json!(args.event));
    body.insert("level".into(), json!(args.level.code()));
    body.insert("areas".into(), json!(args.areas));
    if let Some(title) = args.title {
        body.insert("title".into(), json!(title));
    }
    let known_at = client
        .moment("--known-at", args.known_at.as_deref())
        .await?;
    if let Some(known_at) = known_at {
        body.insert("known_at".into(), json!(known_at));
    }
    if let Some(span) = args.expected_duration {
        body.insert("expected_duration".into(), json!(span));
    }
    let facts = facts::read(client, &args.facts.given, &args.facts.around).await?;
    body.insert("facts".into(), Value::Object(facts));
    if args.another {
        body.insert("another".into(), json!(true));
    }
    let change = change(
        &["incidents"],
        Value::Object(body),
        &args.how,
        "fabu plan show says which events, levels and facts there are".into(),
    );
    called_for(client, change, "已申报 declared").await
}

/// Asks for a change of an incident and shows the releases that it calls for.
async fn called_for(client: &Client, change: Change<'_>, done: &str) -> Result {
    let dry_run = change.how.dry_run;
    let answer = client.change(change).await?;
    if client.json {
        answer.print()?;
        return Ok(Exit::Done);
    }
    let outcome: Outcome<Incident> = answer.read()?;
    let Some(mut incident) = second::waits(client, outcome) else {
        return Ok(Exit::Done);
    };
    incident
        .releases
        .sort_by_key(|release| (release.due_at.is_none(), release.due_at));
    releases::table(client, &incident.releases, answer.now)?;
    let planned = u64::try_from(incident.releases.len()).unwrap_or(u64::MAX);
    say(&format!(
        "{done}: {} {} ({}), {} dated",
        incident.title,
        incident.id,
        incident.level,
        count(planned, "release", "releases")
    ));
    if !dry_run {
        say(&format!(
            "  next: fabu release list --incident {}",
            incident.id
        ));
    }
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
    table(
        [
            "事件 id",
            "级别 level",
            "状态 status",
            "标题 title",
            "申报 declared",
            "本级自 level since",
        ],
        incidents.into_iter().map(|incident| {
            [
                incident.id,
                incident.level,
                show::status(&incident.status),
                incident.title,
                when::stamp(incident.declared_at, zone),
                when::stamp(incident.level_since, zone),
            ]
        }),
    )?;
    say(&format!(
        "{}, times in {zone}",
        count(number, "incident", "incidents")
    ));
    Ok(Exit::Done)
}

async fn set_facts(
    client: &Client,
    id: &IncidentId,
    given: &[(String, Value)],
    around: &FactSource,
    how: &Changing,
) -> Result {
    let facts = facts::read(client, given, around).await?;
    if facts.is_empty() {
        return Err(
            Failure::new(Exit::Usage, "no fact was given; nothing was asked").next(format!(
                "fabu incident facts {id} NAME=VALUE, or --facts FILE"
            )),
        );
    }
    let answer = client
        .change(Change {
            method: Method::PUT,
            path: &["incidents", id.as_str(), "facts"],
            body: json!({ "facts": facts }),
            how,
            seen: None,
            look: look(id),
        })
        .await?;
    if client.json {
        answer.print()?;
        return Ok(Exit::Done);
    }
    let incident: Incident = answer.read()?;
    show::facts(client, &incident)?;
    let waiting: Vec<&str> = incident
        .releases
        .iter()
        .filter(|release| release.is_open() && !release.missing_facts.is_empty())
        .map(|release| release.item.as_str())
        .collect();
    if !waiting.is_empty() {
        say(&format!("still waiting for facts: {}", waiting.join(", ")));
    }
    let stale = incident.releases.iter().filter(|release| release.stale);
    for release in stale {
        say(&format!(
            "{} is under review with the old facts; fabu release submit {} takes the new text",
            release.item, release.id
        ));
    }
    Ok(Exit::Done)
}

async fn change_level(client: &Client, args: LevelArgs, up: bool) -> Result {
    let id = &args.id;
    let answer = client.get(&["incidents", id.as_str()], &[], LIST).await?;
    let standing: Incident = answer.read()?;
    let from: ResponseLevel =
        standing
            .level
            .parse()
            .map_err(|error: crate::domain::level::BadLevel| {
                Failure::new(Exit::Failed, error.to_string())
            })?;
    // A raise that lowers would be a slip of the finger at three in the morning.
    if from != args.level && up != (args.level > from) {
        let (verb, other) = if up {
            ("raise", "lower")
        } else {
            ("lower", "raise")
        };
        let what = format!(
            "{} is at {}, and {} does not {verb} it; nothing was asked",
            standing.title,
            from.en(),
            args.level.en()
        );
        return Err(Failure::new(Exit::Conflict, what).next(format!(
            "fabu incident {other} {id} {} --reason …",
            args.level
        )));
    }
    let path = ["incidents", id.as_str(), "level"];
    let body = json!({ "level": args.level.code(), "reason": args.reason });
    let change = change(&path, body, &args.how, look(id));
    called_for(client, change, "已调整 changed").await
}
