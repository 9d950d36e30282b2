//! Releases as a table: state, deadline with the time that is left, and who is next.

use std::collections::{BTreeMap, BTreeSet};

use super::super::client::Client;
use super::super::client::views::{Me, Release};
use super::super::ids::{Typed, shown};
use super::super::incident::{self, second};
use super::super::output::{self, line, say, told_apart};
use super::super::when;
use super::super::words::{count, in_own, joined, named, spoken, word};
use super::super::{Exit, Result};
use super::LIST;
use crate::domain::bad_json;
use crate::domain::reason::Reason;
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
    let titles = titles(client, &releases).await?;
    table_of_all(client, &releases, answer.now, &titles)?;
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

/// What the incidents are called, if there are several: then they are to be told apart.
async fn titles(client: &Client, releases: &[Release]) -> Result<BTreeMap<String, String>> {
    let incidents: BTreeSet<&str> = releases.iter().map(|one| one.incident.as_str()).collect();
    match incidents.len() {
        0 | 1 => Ok(BTreeMap::new()),
        _ => incident::titles(client).await,
    }
}

/// Prints one line for each release of one incident; measures that nobody has decided stand first.
pub(in crate::cli) fn table(client: &Client, releases: &[Release], now: Moment) -> Result<()> {
    table_of_all(client, releases, now, &BTreeMap::new())
}

/// The same of many incidents, whose titles by their ids are `titles`.
fn table_of_all(
    client: &Client,
    releases: &[Release],
    now: Moment,
    titles: &BTreeMap<String, String>,
) -> Result<()> {
    let short = shown(releases.iter().map(|release| release.id.as_str()));
    let incident = |release: &Release| match titles.get(&release.incident) {
        Some(title) => title.clone(),
        None => release.incident.clone(),
    };
    let (unreadable, releases): (Vec<&Release>, Vec<&Release>) =
        (releases.iter()).partition(|release| release.unreadable.is_some());
    for release in unreadable {
        let id = short.of(&release.id);
        let item = in_own(&release.name, release.name_en.as_ref());
        let what = spoken(&bad_json::of_text(
            release.unreadable.as_deref().unwrap_or_default(),
        ));
        line(&word!("release.unreadable", id, item, what))?;
    }
    let (undecided, others): (Vec<&Release>, Vec<&Release>) =
        (releases.into_iter()).partition(|release| release.status == "undecided");
    if !undecided.is_empty() {
        let rows = undecided.iter().map(|release| {
            vec![
                short.of(&release.id),
                incident(release),
                name(client, release),
                client.names.body(release.issued_by()),
                decides(client, release),
            ]
        });
        line(word!("release.undecided"))?;
        let (heads, rows) = told_apart(word!("release.undecided-heads"), rows.collect(), &[1, 3]);
        output::table(&heads, rows)?;
        say(word!("release.decide-how"));
        if others.is_empty() {
            return Ok(());
        }
        line("")?;
    }
    let rows = others.iter().map(|release| {
        let due = release.due_at.map_or_else(
            || "—".into(),
            |due| format!("{}{}", when::short(due, now, client.zone), doubt(release)),
        );
        let next = release.next.as_deref();
        vec![
            short.of(&release.id),
            incident(release),
            name(client, release),
            client.names.body(release.issued_by()),
            status(release),
            due,
            time_left(release, now),
            next.map_or_else(String::new, |post| {
                client.names.post_for(post, &release.body)
            }),
        ]
    });
    let (heads, rows) = told_apart(word!("release.heads"), rows.collect(), &[1, 3]);
    Ok(output::table(&heads, rows)?)
}

/// Who decides whether a measure is ordered; and who wanted to be asked later, until when.
pub(super) fn decides(client: &Client, release: &Release) -> String {
    let posts = release.decides.iter();
    let posts: Vec<String> = posts
        .map(|post| client.names.post_for(post, &release.body))
        .collect();
    let who = joined(&posts);
    match &release.put_off {
        Some(put_off) => {
            let until = when::stamp(put_off.until, client.zone);
            word!("release.asked-later", who, until, by = put_off.by)
        }
        None => who,
    }
}

fn name(client: &Client, release: &Release) -> String {
    let mut name = in_own(&release.name, release.name_en.as_ref()).to_owned();
    if release.occurrence > 1 && release.correction.is_none() {
        name = format!("{name} #{}", release.occurrence);
    }
    if release.areas.is_empty() {
        return name;
    }
    let places: Vec<String> = release
        .areas
        .iter()
        .map(|code| client.names.area(code))
        .collect();
    word!("release.for-places", name, places = joined(&places))
}

/// What a reader is told of a release's state; `--status` takes the code.
pub(super) fn status(release: &Release) -> String {
    match &*release.status {
        "drafting" if !release.missing_facts.is_empty() => word!("release.lacks-facts").to_owned(),
        "in-review" if release.stale => word!("release.in-review-stale").to_owned(),
        "published" if release.countersign_due_at.is_some() => {
            word!("release.to-countersign").to_owned()
        }
        "superseded" if release.why == Some(Reason::ResponseEnded) => {
            word!("release.ended-with-response").to_owned()
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
