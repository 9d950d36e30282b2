//! Releases as a table: state, deadline with the time that is left, and who is next.

use super::super::client::Client;
use super::super::client::views::{Me, Release};
use super::super::output::{self, count, say};
use super::super::when;
use super::super::{Exit, Result};
use super::LIST;
use crate::domain::time::Moment;
use crate::id::{IncidentId, ReleaseId};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Of this incident
    #[arg(long, value_name = "ID")]
    incident: Option<IncidentId>,
    /// In this state, such as in-review or published
    #[arg(long)]
    status: Option<String>,
    /// Of this body
    #[arg(long)]
    body: Option<String>,
    /// Only those that wait for a post of yours
    #[arg(long)]
    mine: bool,
    /// Go on after this release, the last of a page before
    #[arg(long, value_name = "ID")]
    after: Option<ReleaseId>,
    /// At most this many
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=5000))]
    limit: u32,
}

pub(super) async fn run(client: &Client, args: Args) -> Result {
    let mut query = Vec::new();
    query.extend(args.incident.map(|id| ("incident", id.to_string())));
    query.extend(args.status.map(|status| ("status", status)));
    query.extend(args.body.map(|body| ("body", body)));
    query.extend(args.mine.then(|| ("mine", "true".to_owned())));
    query.extend(args.after.map(|id| ("after", id.to_string())));
    query.push(("limit", args.limit.to_string()));
    let answer = client.get(&["releases"], &query, LIST).await?;
    let releases: Vec<Release> = answer.read()?;
    let full = releases.len() >= args.limit as usize;
    if client.json {
        answer.print()?;
        return Ok(Exit::Done);
    }
    let me: Option<Me> = if args.mine {
        Some(client.get(&["me"], &[], LIST).await?.read()?)
    } else {
        None
    };
    table(client, &releases, answer.now)?;
    let number = u64::try_from(releases.len()).unwrap_or(u64::MAX);
    let whose = me.map_or_else(String::new, |me| format!(" waiting for {}", me.user));
    say(&format!(
        "{}{whose}, times in {}",
        count(number, "release", "releases"),
        client.zone
    ));
    if full {
        let last = releases.last().map_or("", |one| &one.id);
        say(&format!("there may be more: --after {last}"));
    }
    Ok(Exit::Done)
}

/// Prints one line for each release.
pub(in crate::cli) fn table(client: &Client, releases: &[Release], now: Moment) -> Result<()> {
    Ok(output::table(
        [
            "发布任务 id",
            "事项 name",
            "主体 body",
            "状态 status",
            "截止 due",
            "余时 left",
            "轮到 next",
        ],
        releases.iter().map(|release| {
            [
                release.id.clone(),
                name(release),
                release.body.clone(),
                status(release),
                release.due_at.map_or_else(
                    || "—".into(),
                    |due| format!("{}{}", when::short(due, now, client.zone), doubt(release)),
                ),
                time_left(release, now),
                next(release),
            ]
        }),
    )?)
}

/// The post whose turn it is; another body's with its body.
fn next(release: &Release) -> String {
    let Some(post) = &release.next else {
        return String::new();
    };
    match post.split_once('/') {
        Some((body, post)) if body == release.body => post.to_owned(),
        _ => post.clone(),
    }
}

fn name(release: &Release) -> String {
    if release.occurrence > 1 && release.correction.is_none() {
        format!("{} #{}", release.name, release.occurrence)
    } else {
        release.name.clone()
    }
}

/// `审签 in-review`: the first for people, the second for `--status`.
pub(super) fn status(release: &Release) -> String {
    let zh = match &*release.status {
        "planned" => "待开始",
        "drafting" if !release.missing_facts.is_empty() => "缺事实",
        "drafting" => "拟稿",
        "in-review" if release.stale => "审签（稿已旧）",
        "in-review" => "审签",
        "approved" => "已签发",
        "published" if release.countersign_due_at.is_some() => "已发布（待补签）",
        "published" => "已发布",
        "superseded" => "已被替代",
        "expired" => "已失效",
        "corrected" => "已更正",
        "withdrawn" => "已撤回",
        "waived" => "免发",
        "cancelled" => "已取消",
        "missed" => "漏发",
        _ => return release.status.clone(),
    };
    format!("{zh} {}", release.status)
}

/// What stands behind a deadline that was counted through a year whose holidays nobody has listed.
pub(super) fn doubt(release: &Release) -> String {
    release
        .due_beyond_calendar
        .map_or(String::new(), |year| format!(" ?（{year}年节假日未知）"))
}

pub(super) fn time_left(release: &Release, now: Moment) -> String {
    match (release.due_at, release.published_at) {
        (Some(due), Some(published)) => when::kept(due, published),
        (Some(due), None) if release.is_open() => when::left(due, now),
        _ => String::new(),
    }
}
