//! Whoever has to draft, decide, sign or confirm is told of it on the channels that carry reminders: whether each of them can be.
//!
//! A robot's group reads whatever is said there, but nobody knows who is in it: it tells a post that somebody holds, and of one that
//! nobody holds, and no contact has, it is not known whether anybody would see their turn.

use std::collections::BTreeSet;

use crate::cli::names::Names;
use crate::cli::words::{joined, word};
use crate::domain::audience::Reach;
use crate::domain::body::PostRef;
use crate::domain::channel::{ChannelDef, Targets};
use crate::domain::person::Person;
use crate::domain::plan::{Plan, PlanSet};
use crate::store::{self, Tx};

use super::Findings;

/// `people` are those who are not shut out; `unstarted` are the channels that cannot be started: nobody is told by them, whatever
/// their files say.
pub(super) async fn look(
    tx: &mut Tx,
    plans: &PlanSet,
    people: &[Person],
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
    if carriers.is_empty() {
        found.warn(
            "turns",
            word!("doctor.no-reminders"),
            word!("doctor.no-reminders-next"),
        );
        return Ok(());
    }
    let (mut kinds, mut groups) = (Vec::new(), Vec::new());
    for def in &carriers {
        match def.targets() {
            Targets::Contacts(kind) => kinds.push(kind),
            Targets::Fixed(_) => groups.push(def.channel.as_str()),
        }
    }
    let (mut untold, mut only_by_group) = (Vec::new(), Vec::new());
    for post in posts(plans) {
        let reach = Reach {
            posts: vec![post.to_string()],
            ..Reach::default()
        };
        let addresses = tx.count_reach(&reach).await?.addresses;
        if kinds
            .iter()
            .any(|kind| addresses.get(*kind).is_some_and(|n| *n > 0))
        {
            continue;
        }
        if groups.is_empty() {
            untold.push(post);
        } else if !people.iter().any(|one| one.posts.contains(&post)) {
            only_by_group.push(post);
        }
    }
    let names = Names::of(&plans.bodies, &plans.areas);
    let named = |posts: &[PostRef]| {
        let posts = posts
            .iter()
            .map(|post| names.post_to_type(&post.to_string()));
        joined(&posts.collect::<Vec<_>>())
    };
    let codes = carriers.iter().map(|def| def.channel.as_str());
    let channels = joined(&codes.collect::<Vec<_>>());
    if untold.is_empty() && only_by_group.is_empty() {
        found.ok("turns", word!("doctor.turns-told", channels));
        return Ok(());
    }
    // Where there is a group, nobody is untold.
    if only_by_group.is_empty() {
        found.warn(
            "turns",
            word!(
                "doctor.turns-untold",
                number = untold.len(),
                posts = named(&untold)
            ),
            word!("doctor.turns-untold-next", channels),
        );
    } else {
        found.warn(
            "turns",
            word!(
                "doctor.turns-by-group",
                number = only_by_group.len(),
                groups = joined(&groups),
                posts = named(&only_by_group)
            ),
            word!("doctor.turns-by-group-next"),
        );
    }
    Ok(())
}

/// Every post that plans wait for, or that confirms as the second person.
fn posts(plans: &PlanSet) -> BTreeSet<PostRef> {
    let of_plans = plans.plans.iter().flat_map(|pinned| at_work(&pinned.plan));
    let confirm = plans.confirm.iter().map(|one| one.post.clone());
    of_plans.chain(confirm).collect()
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
