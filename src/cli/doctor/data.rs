//! The database and what stands in it: its journal, the people who sign, the contacts who are reached.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use crate::config::Config;
use crate::domain::audience::Reach;
use crate::domain::body::PostRef;
use crate::domain::person::Person;
use crate::domain::rights::{self, Right};
use crate::domain::plan::{PlanSet, Signer};
use crate::domain::time::Moment;
use crate::store::{self, Origin, Store};

use super::Findings;
use crate::cli::marker::{Known, Marker};

const RESTORE: &str = "restore it from the backup (stop the server, move fabu.db, fabu.db-wal and fabu.db-shm away, copy the backup to fabu.db); only if it is given up for good: fabu migrate --new-database";

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
                format!(
                    "{shown} is gone; it was there since {}",
                    known.since.format("%Y-%m-%d")
                ),
                RESTORE,
            ),
            None => found.fail(
                "database",
                format!("{shown} does not exist yet"),
                "fabu migrate",
            ),
        }
        return;
    }
    let store = match reach(config).await {
        Ok(store) => store,
        Err(error) => {
            found.fail(
                "database",
                format!("{shown}: {error}"),
                "check the address, the user's rights and the network",
            );
            return;
        }
    };
    if let Err(error) = contents(&store, &shown, known.as_ref(), plans, now, found).await {
        found.fail(
            "database",
            format!("{shown}: {error}"),
            "see the message; a backup may be needed",
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
    plans: Option<&PlanSet>,
    now: Moment,
    found: &mut Findings,
) -> store::Result<()> {
    match store.origin().await? {
        Origin::Ours => {}
        Origin::Empty if known.is_none() => {
            found.fail("database", format!("{shown} is empty"), "fabu migrate");
            return Ok(());
        }
        Origin::Empty => {
            found.fail(
                "database",
                format!("{shown} is empty; this data folder has worked with a database there"),
                RESTORE,
            );
            return Ok(());
        }
        Origin::Foreign => {
            found.fail(
                "database",
                format!("{shown} holds the tables of another program"),
                "name the right database, or a new one and run fabu migrate",
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
            format!("{shown}: {missing} migrations are missing"),
            "fabu migrate",
        );
        return Ok(());
    }
    match (known, store.known_installation().await?) {
        (Some(known), Some(found_there)) if known.installation != found_there => {
            found.fail(
                "database",
                format!("{shown} is another database than this data folder has worked with"),
                RESTORE,
            );
        }
        _ => found.ok("database", format!("{shown}, up to date")),
    }
    let mut tx = store.read().await?;
    let last = tx.journal_tail(None, 1).await?;
    match last.first() {
        // A server beside this command may write while it looks.
        Some(entry) if entry.at > now + TimeDelta::minutes(1) => found.fail(
            "journal",
            format!("its last entry is of {}, later than this machine's clock", entry.at.format("%Y-%m-%d %H:%M:%S UTC")),
            "set the clock; if it was wrong before, note that in writing: times in the journal are evidence",
        ),
        Some(entry) => found.ok("journal", format!("{} entries; fabu journal verify checks every seal", entry.seq)),
        None => found.ok("journal", "empty"),
    }
    let people: Vec<Person> = tx
        .people()
        .await?
        .into_iter()
        .filter(|person| person.disabled_at.is_none())
        .collect();
    users(&people, found);
    tokens(&tx.token_ends().await?, now, found);
    if let Some(plans) = plans {
        routes(plans, &people, found);
        duties(plans, &people, found);
    }
    let count = tx.count_reach(&Reach::default()).await?;
    if count.people == 0 {
        found.warn(
            "contacts",
            "there are none: nobody would be reached by SMS or mail",
            "fabu contact import FILE.csv",
        );
    } else {
        let addresses: Vec<String> = count
            .addresses
            .iter()
            .map(|(kind, count)| format!("{kind} {count}"))
            .collect();
        found.ok(
            "contacts",
            format!("{}: {}", count.people, addresses.join(", ")),
        );
        let nowhere = tx.count_nowhere().await?;
        if nowhere > 0 {
            found.warn(
                "contacts",
                format!("{nowhere} of {} are in no area, no group and no post: only a text that goes to everybody reaches them", count.people),
                "import them again with 区域 (areas), 分组 (groups) or 岗位 (posts)",
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
                format!(
                    "plans address groups that no contact is in, so texts for them reach nobody: {}",
                    crate::plan::words::list(&empty)
                ),
                "import contacts with these groups (分组), or correct the names in the plans",
            );
        }
    }
    Ok(())
}

/// Who may administer, and who holds two duties that are better kept apart (三员分立).
fn duties(plans: &PlanSet, people: &[Person], found: &mut Findings) {
    let given = !rights::holders(plans, Right::Administer).is_empty();
    if given && rights::administrators(&plans.bodies, people).is_empty() {
        found.warn(
            "administrators",
            "nobody holds a post that may administer: people are added and shut out on this machine only",
            "fabu user posts LOGIN --post body/post",
        );
    }
    for person in people {
        for clash in rights::clashes(&plans.bodies, &person.posts) {
            let (a, b) = clash.rights;
            let what = format!(
                "{} holds both {} ({}) and {} ({})",
                person.login,
                a.code(),
                clash.posts.0,
                b.code(),
                clash.posts.1
            );
            found.warn("duties", what, "give one of the posts to another person (三员分立)");
        }
    }
}

/// Whoever cannot speak to the server on the night cannot sign.
fn tokens(ends: &BTreeMap<String, Option<Moment>>, now: Moment, found: &mut Findings) {
    let soon: Vec<String> = ends
        .iter()
        .filter_map(|(login, end)| Some((login, (*end)?)))
        .filter(|(_, end)| *end < now + TimeDelta::days(30))
        .map(|(login, end)| format!("{login} {}", end.format("%Y-%m-%d")))
        .collect();
    if !soon.is_empty() {
        found.warn(
            "tokens",
            format!(
                "the last token of these ends within a month: {}",
                soon.join(", ")
            ),
            "fabu user token LOGIN",
        );
    }
}

fn users(people: &[Person], found: &mut Findings) {
    let idle: Vec<&str> = people
        .iter()
        .filter(|person| person.posts.is_empty())
        .map(|person| person.login.as_str())
        .collect();
    if people.is_empty() {
        let next = "fabu user add LOGIN --name NAME --post body/post";
        found.warn("users", "there are none: nobody can declare or sign", next);
    } else if !idle.is_empty() {
        let detail = format!(
            "{} hold no post and can do nothing: {}",
            idle.len(),
            idle.join(" ")
        );
        found.warn("users", detail, "fabu user posts LOGIN --post body/post");
    } else {
        found.ok("users", format!("{}", people.len()));
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
        found.ok(
            "signing posts",
            "somebody holds each post that plans wait for, or a deputy of it",
        );
        return;
    }
    let named: Vec<String> = silent
        .iter()
        .take(5)
        .map(|(post, _)| post.to_string())
        .collect();
    let plans: BTreeSet<&str> = silent.values().flatten().copied().collect();
    let more = if silent.len() > named.len() {
        format!(" and {} more", silent.len() - named.len())
    } else {
        String::new()
    };
    let detail = format!(
        "{} posts that {} plans wait for are held by nobody, nor is any deputy there: {}{more}",
        silent.len(),
        plans.len(),
        named.join(" ")
    );
    found.warn(
        "signing posts",
        detail,
        "fabu user add, or fabu user posts LOGIN --post body/post",
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
