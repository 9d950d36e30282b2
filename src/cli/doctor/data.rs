//! The database and what stands in it: its journal, the people who sign, the contacts who are reached.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use crate::config::Config;
use crate::domain::audience::Reach;
use crate::domain::bad_json;
use crate::domain::body::PostRef;
use crate::domain::person::Person;
use crate::domain::plan::{PlanSet, Signer};
use crate::domain::time::Moment;
use crate::store::{self, Origin, Store, Tx};

use super::Findings;
use crate::cli::marker::{Known, Marker};
use crate::cli::names::Names;
use crate::cli::when;
use crate::cli::words::{count, joined, named, spoken, word};

pub(super) async fn look(
    config: &Config,
    plans: Option<&PlanSet>,
    now: Moment,
    found: &mut Findings,
) {
    if let Some(plans) = plans {
        super::outlook::look(config, plans, now, found);
    }
    let shown = config.server.database_shown();
    let known = match Marker::read(&config.server) {
        Ok(marker) => marker.known().cloned(),
        Err(failure) => {
            let next = failure.next.unwrap_or_default();
            found.fail("data folder", failure.what, next);
            None
        }
    };
    if config
        .server
        .database_file()
        .is_some_and(|file| !file.exists())
    {
        match known {
            Some(known) => found.fail(
                "database",
                word!("doctor.gone", shown, since = known.since.format("%Y-%m-%d")),
                word!("install.restore"),
            ),
            None => found.fail("database", word!("migrate.none", shown), "fabu migrate"),
        }
        return;
    }
    let store = match reach(config).await {
        Ok(store) => store,
        Err(error) => {
            found.fail(
                "database",
                format!("{shown}: {error}"),
                word!("doctor.unreached-next"),
            );
            return;
        }
    };
    let unstarted = match plans {
        Some(plans) => super::reach::unstarted(config, plans).await,
        None => BTreeSet::new(),
    };
    let plans = (plans, &unstarted);
    if let Err(error) = contents(&store, &shown, known.as_ref(), plans, now, found).await {
        found.fail(
            "database",
            format!("{shown}: {error}"),
            word!("doctor.broken-next"),
        );
    }
    store.close().await;
}

async fn reach(config: &Config) -> store::Result<Store> {
    Store::connect(&config.server.database_url()).await
}

async fn contents(
    store: &Store,
    shown: &str,
    known: Option<&Known>,
    (plans, unstarted): (Option<&PlanSet>, &BTreeSet<String>),
    now: Moment,
    found: &mut Findings,
) -> store::Result<()> {
    match store.origin().await? {
        Origin::Ours => {}
        Origin::Empty if known.is_none() => {
            found.fail("database", word!("doctor.empty", shown), "fabu migrate");
            return Ok(());
        }
        Origin::Empty => {
            found.fail(
                "database",
                word!("doctor.emptied", shown),
                word!("install.restore"),
            );
            return Ok(());
        }
        Origin::Foreign => {
            found.fail(
                "database",
                word!("doctor.foreign", shown),
                word!("install.foreign-next"),
            );
            return Ok(());
        }
    }
    let missing = store
        .migrations()
        .await?
        .iter()
        .filter(|step| !step.applied)
        .count();
    if missing > 0 {
        found.fail(
            "database",
            word!(
                "doctor.unmigrated",
                shown,
                missing = count!("doctor.migrations", missing as u64)
            ),
            "fabu migrate",
        );
        return Ok(());
    }
    match (known, store.known_installation().await?) {
        (Some(known), Some(found_there)) if known.installation != found_there => {
            found.fail(
                "database",
                word!("doctor.another", shown),
                word!("install.restore"),
            );
        }
        _ => found.ok("database", word!("doctor.up-to-date", shown)),
    }
    let mut tx = store.read().await?;
    let last = tx.journal_tail(None, 1).await?;
    match last.first() {
        // A server beside this command may write while it looks.
        Some(entry) if entry.at > now + TimeDelta::minutes(1) => found.fail(
            "journal",
            word!(
                "doctor.journal-ahead",
                at = when::stamp(entry.at, super::zone(plans))
            ),
            word!("doctor.journal-ahead-next"),
        ),
        Some(entry) => {
            let number = u64::try_from(entry.seq).unwrap_or(0);
            found.ok("journal", count!("doctor.journal", number));
        }
        None => found.ok("journal", word!("doctor.journal-empty")),
    }
    releases(&mut tx, found).await?;
    let people: Vec<Person> = tx
        .people()
        .await?
        .into_iter()
        .filter(|person| person.disabled_at.is_none())
        .collect();
    users(&people, found);
    let ends = tx.token_ends().await?;
    tokens(&ends, now, found);
    if let Some(plans) = plans {
        routes(plans, &people, found);
        super::rights::look(plans, &people, &ends, now, found);
        super::turns::look(&mut tx, plans, &people, unstarted, found).await?;
    }
    let count = tx.count_reach(&Reach::default()).await?;
    if count.people == 0 {
        found.warn(
            "contacts",
            word!("doctor.no-contacts"),
            word!("doctor.no-contacts-next"),
        );
    } else {
        let addresses: Vec<String> = count
            .addresses
            .iter()
            .map(|(kind, count)| format!("{} {count}", named!("channel.kind", kind)))
            .collect();
        let (n, addresses) = (count.people, joined(&addresses));
        found.ok("contacts", word!("doctor.reached", n, addresses));
        let nowhere = tx.count_nowhere().await?;
        if nowhere > 0 {
            found.warn(
                "contacts",
                word!("doctor.nowhere", nowhere, people = count.people),
                word!("doctor.nowhere-next"),
            );
        }
        let mut empty = Vec::new();
        for group in plans.map(super::outlook::groups).unwrap_or_default() {
            let reach = Reach {
                groups: vec![group.clone()],
                ..Reach::default()
            };
            if tx.count_reach(&reach).await?.people == 0 {
                empty.push(group);
            }
        }
        if !empty.is_empty() {
            found.warn(
                "groups",
                word!("doctor.empty-groups", groups = joined(&empty)),
                word!("doctor.empty-groups-next"),
            );
        }
    }
    Ok(())
}

/// Every release that cannot be read: nothing works on it, and orders and ends wait where it may bind somebody.
async fn releases(tx: &mut Tx, found: &mut Findings) -> store::Result<()> {
    let (looked_at, unreadable) = tx.unreadable_releases().await?;
    if unreadable.is_empty() {
        found.ok("releases", count!("doctor.releases", looked_at));
        return Ok(());
    }
    for row in unreadable {
        let (id, item, incident) = (row.id, row.item, row.incident);
        let what = spoken(&bad_json::of_text(&row.what));
        found.fail(
            "releases",
            word!("doctor.unreadable", id, item, incident, what),
            word!("doctor.unreadable-next"),
        );
    }
    Ok(())
}

/// Whoever cannot speak to the server on the night cannot sign.
fn tokens(ends: &BTreeMap<String, Option<Moment>>, now: Moment, found: &mut Findings) {
    let named = |(login, end): &(&String, Moment)| format!("{login} {}", end.format("%Y-%m-%d"));
    let mut said = |people: Vec<(&String, Moment)>, what: fn(String) -> String| {
        if !people.is_empty() {
            let people: Vec<String> = people.iter().map(named).collect();
            found.warn(
                "tokens",
                what(joined(&people)),
                word!("doctor.tokens-end-next"),
            );
        }
    };
    let (ended, going): (Vec<_>, Vec<_>) = ends
        .iter()
        .filter_map(|(login, end)| Some((login, (*end)?)))
        .filter(|(_, end)| *end < now + TimeDelta::days(30))
        .partition(|(_, end)| *end <= now);
    said(ended, |people| word!("doctor.tokens-ended", people));
    said(going, |people| word!("doctor.tokens-end", people));
}

fn users(people: &[Person], found: &mut Findings) {
    let idle: Vec<&str> = people
        .iter()
        .filter(|person| person.posts.is_empty())
        .map(|person| person.login.as_str())
        .collect();
    if people.is_empty() {
        found.warn(
            "users",
            word!("doctor.no-users"),
            word!("doctor.no-users-next"),
        );
    } else if !idle.is_empty() {
        let detail = word!("doctor.idle", people = joined(&idle));
        found.warn("users", detail, word!("doctor.idle-next"));
    } else {
        found.ok("users", count!("doctor.people", people.len() as u64));
    }
}

/// Posts that a plan waits for and nobody holds, neither the post nor any of its deputies.
fn routes(plans: &PlanSet, people: &[Person], found: &mut Findings) {
    let held: BTreeSet<&PostRef> = people.iter().flat_map(|person| &person.posts).collect();
    let deputies: BTreeMap<PostRef, PostRef> = plans
        .bodies
        .iter()
        .flat_map(|body| {
            body.posts.iter().filter_map(|post| {
                let deputy = post.deputy.as_deref()?;
                Some((
                    PostRef::within(&body.body, &post.post),
                    PostRef::within(&body.body, deputy),
                ))
            })
        })
        .collect();
    let mut silent: BTreeMap<&PostRef, BTreeSet<&str>> = BTreeMap::new();
    for pinned in &plans.plans {
        let plan = &pinned.plan;
        let corrections = plan
            .corrections
            .iter()
            .flat_map(|corrections| [&corrections.sign, &corrections.confirm]);
        let signers = plan
            .routes
            .values()
            .flat_map(|route| &route.sign)
            .chain(corrections);
        for Signer { post, .. } in signers {
            if !somebody(post, &held, &deputies) {
                silent.entry(post).or_default().insert(&plan.plan);
            }
        }
    }
    if silent.is_empty() {
        found.ok("signing posts", word!("doctor.posts-held"));
        return;
    }
    let names = Names::of(&plans.bodies, &plans.areas);
    let named: Vec<String> = silent
        .iter()
        .take(5)
        .map(|(post, _)| names.post_to_type(&post.to_string()))
        .collect();
    let plans: BTreeSet<&str> = silent.values().flatten().copied().collect();
    let more = match silent.len() - named.len() {
        0 => String::new(),
        more => format!(" …+{more}"),
    };
    let posts = format!("{}{more}", joined(&named));
    let (number, plans) = (silent.len(), plans.len());
    found.warn(
        "signing posts",
        word!("doctor.posts-empty", number, plans, posts),
        word!("doctor.posts-empty-next"),
    );
}

fn somebody(
    post: &PostRef,
    held: &BTreeSet<&PostRef>,
    deputies: &BTreeMap<PostRef, PostRef>,
) -> bool {
    let mut asked = BTreeSet::new();
    let mut next = Some(post);
    while let Some(post) = next.filter(|post| asked.insert((*post).clone())) {
        if held.contains(post) {
            return true;
        }
        next = deputies.get(post);
    }
    false
}
