//! Facts that came too late for a text: who should report them sooner, or whether the text could go out without them.

use std::collections::BTreeMap;

use super::{Advice, Harm, Waited, Waiting};
use crate::drill::score::{Awaited, Cause, Score, StepKind};

/// Facts without which a text could not be drafted, from when they could be reported; a few minutes over what the limit leaves
/// are nobody's fault. What goes out in another text waits with that, and counts where its own limit was not kept.
pub(super) fn facts(scores: &[&Score]) -> Vec<(Harm, Advice)> {
    const PATIENCE: i64 = 300;
    let mut waits: BTreeMap<&str, Vec<(Waited, &Awaited)>> = BTreeMap::new();
    let of_scores = scores.iter().flat_map(|score| {
        let all = score.releases.iter();
        all.map(move |release| (*score, release))
    });
    for (score, release) in of_scores {
        let is_late = release.is_missed() && is_for_facts(release.cause.as_ref());
        let leader = release.part_of.and_then(|n| score.releases.get(n - 1));
        let awaited = &leader.unwrap_or(release).awaited;
        let longest = awaited.iter().map(|one| one.seconds).max().unwrap_or(0);
        for one in awaited {
            // What came long before the last of them held nothing up.
            let is_blamed = is_late && one.seconds + PATIENCE >= longest;
            let is_slow = leader.is_none() && one.over() > PATIENCE;
            if is_blamed || is_slow {
                let waited = Waited {
                    seconds: one.seconds,
                    limit: one.limit,
                    is_late: is_blamed,
                    of: release,
                };
                waits.entry(&one.fact).or_default().push((waited, one));
            }
        }
    }
    let waits = waits.into_iter().map(|(fact, all)| {
        let over = all.iter().map(|(_, one)| one.over()).sum();
        let (waited, awaited): (Vec<Waited>, Vec<&Awaited>) = all.into_iter().unzip();
        let wait = Waiting::of(&waited);
        ((wait.late, over), of_fact(fact, &awaited, wait))
    });
    waits.collect()
}

/// Without what a text is about there is nothing to tell: then it is said who has to report it and by when, by the wait that
/// leaves the least time.
fn of_fact(fact: &str, all: &[&Awaited], wait: Waiting) -> Advice {
    let fact = fact.to_owned();
    let from = all.iter().find_map(|one| one.from.clone());
    let essential = all.iter().filter(|one| one.essential);
    let least = essential.min_by_key(|one| (within(one).is_none(), within(one)));
    match least {
        None => Advice::Fact { fact, from, wait },
        Some(least) => Advice::Report {
            fact,
            from,
            since: least.since,
            within: within(least),
            wait,
        },
    }
}

/// How long it may take to report, where that is any time at all.
fn within(one: &Awaited) -> Option<i64> {
    one.limit.filter(|limit| *limit > 0)
}

fn is_for_facts(cause: Option<&Cause>) -> bool {
    matches!(
        cause,
        Some(
            Cause::Facts { .. }
                | Cause::Step {
                    step: StepKind::Facts,
                    ..
                }
        )
    ) || matches!(cause, Some(Cause::BegunLate { then: Some(then), .. }) if is_for_facts(Some(then)))
}
