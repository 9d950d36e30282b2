//! Whoever has to draft, decide or sign is told of it on the channels that carry reminders: whether each of them can be.

use std::collections::BTreeSet;

use crate::cli::names::Names;
use crate::cli::words::{joined, word};
use crate::domain::audience::Reach;
use crate::domain::body::PostRef;
use crate::domain::channel::{ChannelDef, Targets};
use crate::domain::plan::{Plan, PlanSet};
use crate::store::{self, Tx};

use super::Findings;

/// How many posts are named in one line.
const NAMED: usize = 5;

/// `unstarted` are the channels that cannot be started: nobody is told by them, whatever their files say.
pub(super) async fn look(
    tx: &mut Tx,
    plans: &PlanSet,
    unstarted: &BTreeSet<String>,
    found: &mut Findings,
) -> store::Result<()> {
    let (down, carriers): (Vec<&ChannelDef>, Vec<&ChannelDef>) = plans
        .channels
        .values()
        .filter(|def| def.reminders && def.enabled && !def.spec().is_public())
        .partition(|def| unstarted.contains(&def.channel));
    if carriers.is_empty() && !down.is_empty() {
        let names = down.iter().map(|def| def.channel.as_str());
        let channels = joined(&names.collect::<Vec<_>>());
        found.warn(
            "turns",
            word!("doctor.reminders-down", channels),
            word!("doctor.reminders-down-next"),
        );
        return Ok(());
    }
    let mut kinds = Vec::new();
    for def in &carriers {
        match def.targets() {
            Targets::Contacts(kind) => kinds.push(kind),
            // A group reads whatever is said there, of whichever post.
            Targets::Fixed(_) => {
                let names = carriers.iter().map(|def| def.channel.as_str());
                let channels = joined(&names.collect::<Vec<_>>());
                found.ok("turns", word!("doctor.turns-told", channels));
                return Ok(());
            }
        }
    }
    if kinds.is_empty() {
        found.warn(
            "turns",
            word!("doctor.no-reminders"),
            word!("doctor.no-reminders-next"),
        );
        return Ok(());
    }
    let mut untold = Vec::new();
    for post in plans
        .plans
        .iter()
        .flat_map(|pinned| at_work(&pinned.plan))
        .collect::<BTreeSet<_>>()
    {
        let reach = Reach {
            posts: vec![post.to_string()],
            ..Reach::default()
        };
        let addresses = tx.count_reach(&reach).await?.addresses;
        if !kinds
            .iter()
            .any(|kind| addresses.get(*kind).is_some_and(|n| *n > 0))
        {
            untold.push(post);
        }
    }
    let names = carriers.iter().map(|def| def.channel.as_str());
    let channels = joined(&names.collect::<Vec<_>>());
    if untold.is_empty() {
        found.ok("turns", word!("doctor.turns-told", channels));
        return Ok(());
    }
    let names = Names::of(&plans.bodies, &plans.areas);
    let mut named: Vec<String> = (untold.iter().take(NAMED))
        .map(|post| names.post_to_type(&post.to_string()))
        .collect();
    if untold.len() > NAMED {
        named.push(format!("…+{}", untold.len() - NAMED));
    }
    found.warn(
        "turns",
        word!(
            "doctor.turns-untold",
            number = untold.len(),
            posts = joined(&named)
        ),
        word!("doctor.turns-untold-next", channels),
    );
    Ok(())
}

/// The posts that a plan waits for: the one that drafts, those that decide, those that sign.
fn at_work(plan: &Plan) -> Vec<PostRef> {
    let drafts = plan.body.posts.first();
    let drafts = drafts.map(|post| PostRef::within(&plan.body.body, &post.post));
    let decide = plan
        .items()
        .flat_map(|item| item.decided_by.iter().cloned());
    let of_routes = plan.routes.values().flat_map(|route| &route.sign);
    let of_corrections = (plan.corrections.iter()).flat_map(|own| [&own.sign, &own.confirm]);
    let sign = of_routes
        .chain(of_corrections)
        .map(|signer| signer.post.clone());
    drafts.into_iter().chain(decide).chain(sign).collect()
}
