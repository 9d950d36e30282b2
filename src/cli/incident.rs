//! `fabu incident`: events as a duty officer declares, follows and ends them.

mod declare;
pub(super) mod facts;
pub(super) mod second;
mod show;

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

use super::client::views::{Incident, Outcome, Release};
use super::client::{Change, Changing, Client, ServerArgs};
use super::ids::{Typed, shown};
use super::output::{self, line, say, table};
use super::release::decide::Places;
use super::release::list as releases;
use super::when;
use super::words::{count, form, joined, named, word};
use super::{Exit, Failure, Result};
use crate::domain::level::ResponseLevel;
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
    Raise(LevelArgs),
    Lower(LevelArgs),
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
        found: FoundArgs,
        #[command(flatten)]
        how: Changing,
    },
}

/// Where and when somebody found what is to be answered.
#[derive(Debug, clap::Args)]
struct FoundArgs {
    #[arg(long, value_parser = ["hotline", "web-message", "new-media", "media", "superior", "patrol", "village"])]
    source: Option<String>,
    #[arg(long, value_name = "TIME")]
    found_at: Option<String>,
}

#[derive(Debug, clap::Args)]
struct LevelArgs {
    id: Typed,
    #[arg(value_parser = form!(ResponseLevel, "level"))]
    level: ResponseLevel,
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    how: Changing,
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
            set_facts(&client, &id, &given, &around, &how).await
        }
        Command::Raise(args) => change_level(&client, args, true).await,
        Command::Lower(args) => change_level(&client, args, false).await,
        Command::End { id, reason, how } => {
            let id = id.sure()?.incident(&client).await?;
            let path = ["incidents", id.as_str(), "end"];
            let change = change(&path, json!({ "reason": reason }), &how, look(&id));
            let done = called_for(&client, change, word!("incident.ended")).await?;
            still_binding(&client, id.as_str()).await?;
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
        } => request(&client, &id, &item, &place, &found, &how).await,
    }
}

async fn request(
    client: &Client,
    id: &Typed,
    item: &str,
    place: &Places,
    found: &FoundArgs,
    how: &Changing,
) -> Result {
    let id = id.sure()?.incident(client).await?;
    let path = ["incidents", id.as_str(), "releases"];
    let mut body = place.as_asked(client).await?;
    body["item"] = item.into();
    if let Some(source) = &found.source {
        body["source"] = source.as_str().into();
    }
    if let Some(at) = client
        .moment("--found-at", found.found_at.as_deref())
        .await?
    {
        body["found_at"] = json!(at);
    }
    let asked = client
        .change(change(&path, body.clone(), how, look(&id)))
        .await;
    let answer = match asked {
        Err(refused) if refused.exit == Exit::Conflict => {
            let again = change(&path, body, how, look(&id));
            let Some(problem) = client.objection(&again).await else {
                return Err(refused);
            };
            return Err(match problem.more.existing {
                Some(existing) => refused.next(match is_undecided(client, &existing).await {
                    true => place.typed(&format!("fabu release order {existing}")),
                    false => place.instead(&format!("fabu incident request {id} {item}")),
                }),
                None => refused,
            });
        }
        asked => asked?,
    };
    if client.json {
        answer.print()?;
        return Ok(Exit::Done);
    }
    let asked: Vec<Release> = answer.read()?;
    releases::table(client, &asked, answer.now)?;
    if let Some(first) = asked.first() {
        say(&word!("incident.requested", name = first.name));
        output::next(&match facts::command(first) {
            Some(command) => command,
            None => format!("fabu release show {}", first.id),
        });
    }
    Ok(Exit::Done)
}

/// Whether `id` is a measure that somebody has yet to decide about.
async fn is_undecided(client: &Client, id: &str) -> bool {
    let answer = client.get(&["releases", id], &[], LIST).await;
    let release = answer.and_then(|answer| answer.read::<Release>());
    release.is_ok_and(|release| release.status == "undecided")
}

/// The command that gives what texts wait for; None when nobody can type any of it.
fn facts_command(id: &IncidentId, facts: &[String]) -> Option<String> {
    let facts = facts::to_type(facts);
    (!facts.is_empty()).then(|| format!("fabu incident facts {id} {}", facts.join(" ")))
}

/// What incidents are called, by their ids.
pub(super) async fn titles(client: &Client) -> Result<BTreeMap<String, String>> {
    let query = [("limit", "1000".to_owned())];
    let all: Vec<Incident> = client.get(&["incidents"], &query, LIST).await?.read()?;
    Ok(all.into_iter().map(|one| (one.id, one.title)).collect())
}

/// Lists the measures that bind people on, whatever becomes of the response, until each is lifted; and those that will once
/// they are out.
async fn still_binding(client: &Client, id: &str) -> Result<()> {
    if client.json {
        return Ok(());
    }
    let incident: Incident = client.get(&["incidents", id], &[], LIST).await?.read()?;
    show::still_binding(client, &incident.binding)?;
    let on_the_way = incident.releases.iter().filter(|one| one.will_bind);
    let on_the_way: Vec<&Release> = on_the_way.collect();
    if on_the_way.is_empty() {
        return Ok(());
    }
    line("")?;
    line(word!("incident.will-bind"))?;
    let short = shown(on_the_way.iter().map(|one| one.id.as_str()));
    let rows = on_the_way.iter().map(|one| {
        let areas = match &*one.areas {
            [] => &incident.areas,
            own => own,
        };
        let areas = areas.iter().map(|code| client.names.area(code));
        [
            short.of(&one.id),
            one.name.clone(),
            joined(&areas.collect::<Vec<_>>()),
            named!("release.choice", &one.status),
        ]
    });
    table(word!("incident.will-bind-heads"), rows)?;
    for one in on_the_way {
        output::next(&format!("fabu release waive {} --reason …", one.id));
    }
    Ok(())
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

async fn set_facts(
    client: &Client,
    id: &IncidentId,
    given: &[(String, Value)],
    around: &FactSource,
    how: &Changing,
) -> Result {
    let facts = facts::read(client, given, around).await?;
    if facts.is_empty() {
        let failure = Failure::new(Exit::Usage, word!("incident.no-fact"));
        return Err(failure.next(word!("incident.no-fact-next", id)));
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
    let waiting: Vec<&Release> = incident
        .releases
        .iter()
        .filter(|release| release.is_open() && !release.missing_facts.is_empty())
        .collect();
    if !waiting.is_empty() {
        let items: Vec<&str> = waiting.iter().map(|one| one.name.as_str()).collect();
        say(&word!("incident.waiting", items = joined(&items)));
        let of_incident = |one: &&Release, fact: &String| !one.missing_own.contains(fact);
        let mut facts: Vec<String> = (waiting.iter())
            .flat_map(|one| {
                one.missing_facts
                    .iter()
                    .filter(|fact| of_incident(one, fact))
            })
            .cloned()
            .collect();
        facts.sort();
        facts.dedup();
        let own = waiting.iter().find(|one| !one.missing_own.is_empty());
        let own = || own.and_then(|one| facts::command(one));
        if let Some(command) = facts_command(id, &facts).or_else(own) {
            output::next(&command);
        }
    }
    let stale = incident.releases.iter().filter(|release| release.stale);
    for release in stale {
        say(&word!(
            "incident.stale",
            item = release.name,
            id = release.id
        ));
    }
    Ok(Exit::Done)
}

async fn change_level(client: &Client, args: LevelArgs, up: bool) -> Result {
    let id = &args.id.sure()?.incident(client).await?;
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
        let (title, to) = (standing.title, args.level);
        let name = |level: ResponseLevel| named!("incident.level", level.code());
        let (was, asked) = (name(from), name(to));
        let (what, other) = if up {
            (
                word!("incident.no-raise", title, from = was, to = asked),
                "lower",
            )
        } else {
            (
                word!("incident.no-lower", title, from = was, to = asked),
                "raise",
            )
        };
        let next = format!("fabu incident {other} {id} {to} --reason …");
        return Err(Failure::new(Exit::Conflict, what).next(next));
    }
    let path = ["incidents", id.as_str(), "level"];
    let body = json!({ "level": args.level.code(), "reason": args.reason });
    let change = change(&path, body, &args.how, look(id));
    let done = called_for(client, change, word!("incident.changed")).await?;
    if args.level < from {
        still_binding(client, id.as_str()).await?;
    }
    Ok(done)
}
