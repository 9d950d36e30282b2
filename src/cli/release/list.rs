//! Releases as a table: state, deadline with the time that is left, and who is next.

use super::super::client::Client;
use super::super::client::views::{Me, Release};
use super::super::ids::Typed;
use super::super::incident::second;
use super::super::output::{self, say};
use super::super::when;
use super::super::words::{count, named, word};
use super::super::{Exit, Result};
use super::LIST;
use crate::domain::release::ReleaseState;
use crate::domain::time::Moment;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[arg(long, value_name = "ID")]
    incident: Option<Typed>,
    #[arg(long, value_parser = ReleaseState::CODES)]
    status: Option<String>,
    #[arg(long)]
    body: Option<String>,
    #[arg(long)]
    mine: bool,
    #[arg(long, value_name = "ID")]
    after: Option<Typed>,
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=5000))]
    limit: u32,
}

pub(super) async fn run(client: &Client, args: Args) -> Result {
    let mut query = Vec::new();
    if let Some(id) = &args.incident {
        query.push(("incident", id.incident(client).await?.to_string()));
    }
    if let Some(id) = &args.after {
        query.push(("after", id.release(client).await?.to_string()));
    }
    query.extend(args.status.map(|status| ("status", status)));
    query.extend(args.body.map(|body| ("body", body)));
    query.extend(args.mine.then(|| ("mine", "true".to_owned())));
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
    let count = count!("release.count", number);
    let zone = client.zone;
    say(&match me {
        Some(me) => word!("release.listed-mine", count, user = me.user, zone),
        None => word!("release.listed", count, zone),
    });
    if args.mine {
        second::mine(client).await?;
    }
    if full {
        let last = releases.last().map_or("", |one| &one.id);
        say(&word!("release.more", last));
    }
    Ok(Exit::Done)
}

/// Prints one line for each release.
pub(in crate::cli) fn table(client: &Client, releases: &[Release], now: Moment) -> Result<()> {
    Ok(output::table(
        word!("release.heads"),
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

/// What a reader is told of a release's state; `--status` takes the code.
pub(super) fn status(release: &Release) -> String {
    match &*release.status {
        "drafting" if !release.missing_facts.is_empty() => word!("release.lacks-facts").to_owned(),
        "in-review" if release.stale => word!("release.in-review-stale").to_owned(),
        "published" if release.countersign_due_at.is_some() => {
            word!("release.to-countersign").to_owned()
        }
        code => named!("release.choice", code),
    }
}

/// What stands behind a deadline that was counted through a year whose holidays nobody has listed.
pub(super) fn doubt(release: &Release) -> String {
    release
        .due_beyond_calendar
        .map_or(String::new(), |year| word!("release.doubt", year))
}

pub(super) fn time_left(release: &Release, now: Moment) -> String {
    match (release.due_at, release.published_at) {
        (Some(due), Some(published)) => when::kept(due, published),
        (Some(due), None) if release.is_open() => when::left(due, now),
        _ => String::new(),
    }
}
