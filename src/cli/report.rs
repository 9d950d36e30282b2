//! `fabu report`: what was planned, what went out, what was late, and whom it reached.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::Deserialize;

use super::client::{Answer, Client, ServerArgs};
use super::output::{say, table, thousands};
use super::when;
use super::{Exit, Failure, Result};
use crate::domain::bulletin::Language;
use crate::domain::plan::CorrectionKind;
use crate::domain::time::Moment;
use crate::domain::trace::Outcome;
use crate::id::{IncidentId, ReleaseId};
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
    /// Every release: planned, actual, deadline
    Timeline {
        /// Of this incident
        #[arg(long, value_name = "ID")]
        incident: Option<IncidentId>,
    },
    /// How well each body kept its deadlines
    Timeliness {
        /// Of this incident
        #[arg(long, value_name = "ID")]
        incident: Option<IncidentId>,
    },
    /// How far a release has come on each channel; exits with 6 when somebody was not reached
    Delivery {
        #[arg(long, value_name = "ID")]
        release: ReleaseId,
    },
}

#[derive(Debug, Deserialize)]
struct Line {
    release: String,
    body: String,
    name: String,
    correction: Option<CorrectionKind>,
    due_at: Option<Moment>,
    submitted_at: Option<Moment>,
    signed_at: Option<Moment>,
    published_at: Option<Moment>,
    outcome: Outcome,
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
    let client = Client::new(&args.server)?;
    match args.command {
        Command::Timeline { incident } => {
            let answer = ask(&client, "timeline", incident).await?;
            if client.json {
                answer.print()?;
            } else {
                timeline(&client, answer.read()?, answer.now)?;
            }
            Ok(Exit::Done)
        }
        Command::Timeliness { incident } => {
            let answer = ask(&client, "timeliness", incident).await?;
            if client.json {
                answer.print()?;
            } else {
                timeliness(answer.read()?)?;
            }
            Ok(Exit::Done)
        }
        Command::Delivery { release } => delivery(&client, &release).await,
    }
}

async fn ask(client: &Client, report: &str, incident: Option<IncidentId>) -> Result<Answer> {
    let query: Vec<_> = incident
        .map(|id| ("incident", id.to_string()))
        .into_iter()
        .collect();
    client.get(&["reports", report], &query, LOOK).await
}

fn timeline(client: &Client, lines: Vec<Line>, now: Moment) -> Result<()> {
    let at = |at| when::stamp_or(at, client.zone);
    table(
        [
            "发布任务 id",
            "主体 body",
            "事项 name",
            "截止 due",
            "送审 submitted",
            "签发 signed",
            "发布 published",
            "结果 outcome",
        ],
        lines.into_iter().map(|line| {
            let outcome = outcome(&line, now);
            [
                line.release,
                line.body,
                match line.correction {
                    Some(_) => correction_of(Language::ZhCn, &line.name),
                    None => line.name,
                },
                at(line.due_at),
                at(line.submitted_at),
                at(line.signed_at),
                at(line.published_at),
                outcome,
            ]
        }),
    )?;
    say(&format!("times in {}", client.zone));
    Ok(())
}

fn outcome(line: &Line, now: Moment) -> String {
    let mut text = match line.outcome {
        Outcome::Open => "待发 open",
        Outcome::Published => "已发布 published",
        Outcome::Waived => "免发 waived",
        Outcome::Cancelled => "已取消 cancelled",
        Outcome::Superseded => "已被替代 superseded",
        Outcome::Missed => "漏发 missed",
        Outcome::Corrected => "已更正 corrected",
        Outcome::Withdrawn => "已撤回 withdrawn",
        Outcome::Expired => "已失效 expired",
    }
    .to_owned();
    match (line.due_at, line.published_at) {
        (Some(due), Some(published)) => text.push_str(&format!("，{}", when::kept(due, published))),
        (Some(due), None) if line.outcome == Outcome::Open => {
            text.push_str(&format!("，{}", when::left(due, now)));
        }
        _ => {}
    }
    if line.before_countersignature {
        text.push_str("，先发后签");
    }
    text
}

fn timeliness(bodies: Vec<Timeliness>) -> Result<()> {
    Ok(table(
        [
            "主体 body",
            "应发 planned",
            "已发 published",
            "按时 on time",
            "迟发 late",
            "漏发 missed",
            "免发 waived",
            "更正 corrected",
            "按时率 rate",
            "中位余时 median left",
        ],
        bodies.into_iter().map(|body| {
            [
                if body.body == "*" {
                    "全部 all".into()
                } else {
                    body.body
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
    )?)
}

fn slack(seconds: i64) -> String {
    let span = TimeDelta::seconds(seconds);
    if seconds < 0 {
        format!("晚 {}", when::rough(-span))
    } else {
        format!("早 {}", when::rough(span))
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
        counts(&channels)?;
    }
    if unreached > 0 {
        let what = format!(
            "partly delivered: {} failed, {} unknown, of {}",
            thousands(sum("failed")),
            thousands(sum("unknown")),
            thousands(channels.iter().map(|channel| channel.total).sum())
        );
        return Err(Failure::new(Exit::Partly, what)
            .next("fabu channel list says which channels are in trouble"));
    }
    Ok(Exit::Done)
}

fn counts(channels: &[ChannelCount]) -> Result<()> {
    table(
        [
            "渠道 channel",
            "共 total",
            "待发 pending",
            "发送中 leased",
            "受理 accepted",
            "送达 delivered",
            "失败 failed",
            "未知 unknown",
            "跳过 skipped",
            "取消 cancelled",
        ],
        channels.iter().map(|channel| {
            let number = |status: &str| match channel.deliveries.get(status) {
                Some(count) => thousands(*count),
                None => "·".into(),
            };
            [
                channel.channel.clone(),
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
    let growing: Vec<&str> = channels
        .iter()
        .filter(|channel| !channel.expanded)
        .map(|channel| channel.channel.as_str())
        .collect();
    if !growing.is_empty() {
        say(&format!(
            "recipients are still being added on {}",
            growing.join(", ")
        ));
    }
    if channels.is_empty() {
        say("nothing was handed to a channel yet");
    }
    Ok(())
}
