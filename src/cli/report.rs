//! `fabu report`: what was planned, what went out, what was late, and whom it reached.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use serde::Deserialize;

use super::client::{Answer, Client, ServerArgs};
use super::ids::{Typed, shown};
use super::output::{say, table, thousands, told_apart};
use super::when;
use super::words::{joined, language, named, word};
use super::{Exit, Failure, Result};
use crate::domain::bulletin::Language;
use crate::domain::deadline::PassedLimit;
use crate::domain::plan::CorrectionKind;
use crate::domain::reason::Reason;
use crate::domain::release::Holding;
use crate::domain::time::Moment;
use crate::domain::trace::Outcome;
use crate::id::ReleaseId;
use crate::words::correction_of;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    server: ServerArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Timeline {
        #[arg(long, value_name = "ID")]
        incident: Option<Typed>,
    },
    Timeliness {
        #[arg(long, value_name = "ID")]
        incident: Option<Typed>,
    },
    Delivery {
        id: Typed,
    },
}

#[derive(Debug, Deserialize)]
struct Line {
    release: String,
    incident: Option<String>,
    body: String,
    name: String,
    correction: Option<CorrectionKind>,
    due_at: Option<Moment>,
    /// The first limit that had passed when it was listed: it is judged by that.
    #[serde(default)]
    passed: Option<PassedLimit>,
    submitted_at: Option<Moment>,
    signed_at: Option<Moment>,
    published_at: Option<Moment>,
    /// Since when a measure is ready that nobody has ordered.
    #[serde(default)]
    undecided_since: Option<Moment>,
    #[serde(default)]
    holding: Option<Holding>,
    outcome: Outcome,
    #[serde(default)]
    reason: Option<Reason>,
    before_countersignature: bool,
}

#[derive(Debug, Deserialize)]
struct Timeliness {
    body: String,
    planned: u64,
    published: u64,
    on_time: u64,
    late: u64,
    missed: u64,
    waived: u64,
    corrected: u64,
    #[serde(default)]
    held: u64,
    #[serde(default)]
    held_late: u64,
    #[serde(default)]
    not_held: u64,
    on_time_permille: Option<u64>,
    median_slack_seconds: Option<i64>,
}

#[derive(Debug, Deserialize)]
struct ChannelCount {
    channel: String,
    expanded: bool,
    total: u64,
    deliveries: BTreeMap<String, u64>,
}

const LOOK: &str = "fabu release list";

pub(super) async fn run(args: Args) -> Result {
    let client = Client::new(&args.server).await?;
    match args.command {
        Command::Timeline { incident } => {
            let answer = ask(&client, "timeline", incident).await?;
            if client.json {
                answer.print()?;
            } else {
                timeline(&client, answer.read()?, answer.now).await?;
            }
            Ok(Exit::Done)
        }
        Command::Timeliness { incident } => {
            let answer = ask(&client, "timeliness", incident).await?;
            if client.json {
                answer.print()?;
            } else {
                timeliness(&client, answer.read()?)?;
            }
            Ok(Exit::Done)
        }
        Command::Delivery { id } => delivery(&client, &id.release(&client).await?).await,
    }
}

async fn ask(client: &Client, report: &str, incident: Option<Typed>) -> Result<Answer> {
    let mut query = Vec::new();
    if let Some(id) = incident {
        query.push(("incident", id.incident(client).await?.to_string()));
    }
    client.get(&["reports", report], &query, LOOK).await
}

async fn timeline(client: &Client, lines: Vec<Line>, now: Moment) -> Result<()> {
    let at = |at: Option<Moment>| at.map_or("—".into(), |at| when::short(at, now, client.zone));
    let short = shown(lines.iter().map(|line| line.release.as_str()));
    let incidents: BTreeSet<&Option<String>> = lines.iter().map(|line| &line.incident).collect();
    let titles = match incidents.len() {
        0 | 1 => BTreeMap::new(),
        _ => super::incident::titles(client).await?,
    };
    let rows = lines
        .into_iter()
        .map(|line| {
            let outcome = outcome(client, &line, now);
            let incident = line.incident.unwrap_or_default();
            vec![
                short.of(&line.release),
                titles.get(&incident).cloned().unwrap_or(incident),
                client.names.body(&line.body),
                match line.correction {
                    Some(kind) => match language() {
                        Language::ZhCn => format!("{}：{}", kind.zh(), line.name),
                        Language::En => correction_of(Language::En, &line.name),
                    },
                    None => line.name,
                },
                at(line.due_at),
                at(line.submitted_at),
                at(line.signed_at),
                at(line.published_at),
                outcome,
            ]
        })
        .collect();
    let (heads, rows) = told_apart(word!("report.timeline-heads"), rows, &[1, 2]);
    table(&heads, rows)?;
    say(&word!("fabu.times-in", zone = client.zone));
    Ok(())
}

fn outcome(client: &Client, line: &Line, now: Moment) -> String {
    if line.undecided_since.is_some() && line.outcome == Outcome::Open {
        return word!("release.choice.undecided").to_owned();
    }
    let code = serde_json::to_value(line.outcome).unwrap_or_default();
    let ended = line.outcome == Outcome::Superseded && line.reason == Some(Reason::ResponseEnded);
    let mut parts = vec![match ended {
        true => word!("report.outcome.ended").to_owned(),
        false => named!("report.outcome", code.as_str().unwrap_or_default()),
    }];
    match line.holding {
        Some(Holding::Awaited) => parts.push(word!("report.not-held").to_owned()),
        Some(Holding::Held { at, limit }) => {
            let kept = limit.map(|limit| when::kept(limit, at)).unwrap_or_default();
            parts.push(word!("report.held", kept));
        }
        None => {}
    }
    let passed = line.passed.as_ref().map(|passed| passed.due_at);
    match (passed.or(line.due_at), line.published_at) {
        (Some(due), Some(published)) => parts.push(when::kept(due, published)),
        (Some(due), None) if line.outcome == Outcome::Open => parts.push(when::left(due, now)),
        _ => {}
    }
    if let Some(passed) = passed {
        let limit = when::short(passed, now, client.zone);
        parts.push(word!("report.passed", limit));
    }
    if line.before_countersignature {
        parts.push(word!("report.before-countersignature").to_owned());
    }
    joined(&parts)
}

fn timeliness(client: &Client, bodies: Vec<Timeliness>) -> Result<()> {
    let all = bodies.iter().find(|body| body.body == "*");
    let holdings = all.filter(|all| all.held + all.held_late + all.not_held > 0);
    let holdings = holdings.map(|all| {
        word!(
            "report.holdings",
            held = thousands(all.held),
            late = thousands(all.held_late),
            never = thousands(all.not_held)
        )
    });
    table(
        word!("report.timeliness-heads"),
        bodies.into_iter().map(|body| {
            [
                if body.body == "*" {
                    word!("report.all").into()
                } else {
                    client.names.body(&body.body)
                },
                thousands(body.planned),
                thousands(body.published),
                thousands(body.on_time),
                thousands(body.late),
                thousands(body.missed),
                thousands(body.waived),
                thousands(body.corrected),
                body.on_time_permille
                    .map_or_else(|| "—".into(), |n| format!("{}.{}%", n / 10, n % 10)),
                body.median_slack_seconds.map_or_else(|| "—".into(), slack),
            ]
        }),
    )?;
    if let Some(holdings) = holdings {
        say(&holdings);
    }
    Ok(())
}

fn slack(seconds: i64) -> String {
    let span = TimeDelta::seconds(seconds);
    if seconds < 0 {
        word!("when.late", span = when::rough(-span))
    } else {
        word!("when.early", span = when::rough(span))
    }
}

async fn delivery(client: &Client, release: &ReleaseId) -> Result {
    let query = [("release", release.to_string())];
    let answer = client.get(&["reports", "delivery"], &query, LOOK).await?;
    let channels: Vec<ChannelCount> = answer.read()?;
    let sum = |status: &str| -> u64 {
        channels
            .iter()
            .filter_map(|channel| channel.deliveries.get(status))
            .sum()
    };
    let unreached = sum("failed") + sum("unknown");
    if client.json {
        answer.print()?;
    } else {
        counts(client, &channels)?;
    }
    if unreached > 0 {
        let what = word!(
            "report.partly",
            failed = thousands(sum("failed")),
            unknown = thousands(sum("unknown")),
            total = thousands(channels.iter().map(|channel| channel.total).sum())
        );
        return Err(Failure::new(Exit::Partly, what).next(word!("report.partly-next")));
    }
    Ok(Exit::Done)
}

fn counts(client: &Client, channels: &[ChannelCount]) -> Result<()> {
    table(
        word!("report.delivery-heads"),
        channels.iter().map(|channel| {
            let number = |status: &str| match channel.deliveries.get(status) {
                Some(count) => thousands(*count),
                None => "·".into(),
            };
            [
                client.names.channel_now(&channel.channel),
                thousands(channel.total),
                number("pending"),
                number("leased"),
                number("accepted"),
                number("delivered"),
                number("failed"),
                number("unknown"),
                number("skipped"),
                number("cancelled"),
            ]
        }),
    )?;
    let growing: Vec<String> = channels
        .iter()
        .filter(|channel| !channel.expanded)
        .map(|channel| client.names.channel(&channel.channel))
        .collect();
    if !growing.is_empty() {
        say(&word!("report.growing", channels = joined(&growing)));
    }
    if channels.is_empty() {
        say(word!("report.nothing-yet"));
    }
    Ok(())
}
