//! Whether a deputy was free while a post was silent: who signs for three others at once helps none of them.

use crate::domain::time::Moment;
use crate::drill::score::{Score, Wait};

/// Of the time for which `post` was silent longer than it may be, the part, in per cent, in which its deputy had something
/// of their own in hand, or stood in for others.
pub(super) fn taken(scores: &[&Score], post: &str, deputy: &str) -> i64 {
    let (mut all, mut taken) = (0, 0);
    for score in scores {
        let busy = busy(score, post, deputy);
        let waits = score.releases.iter().flat_map(|release| &release.waited);
        let own = waits.filter(|wait| wait.post == post && !wait.drafting);
        for (from, to) in own.filter_map(late_part) {
            all += (to - from).num_seconds();
            taken += overlap((from, to), &busy);
        }
    }
    (taken * 100).checked_div(all).unwrap_or(0)
}

/// When `deputy` was waited for, other than for `post`; no moment twice.
fn busy(score: &Score, post: &str, deputy: &str) -> Vec<(Moment, Moment)> {
    let waits = score.releases.iter().flat_map(|release| &release.waited);
    let mut busy: Vec<(Moment, Moment)> = waits
        .filter(|wait| wait.post != post)
        .filter_map(|wait| match &*wait.post == deputy {
            true => whole(wait),
            false if wait.passed_to.as_deref() == Some(deputy) => late_part(wait),
            false => None,
        })
        .collect();
    busy.sort();
    let mut joined: Vec<(Moment, Moment)> = Vec::new();
    for (from, to) in busy {
        match joined.last_mut() {
            Some((_, end)) if from <= *end => *end = to.max(*end),
            _ => joined.push((from, to)),
        }
    }
    joined
}

fn whole(wait: &Wait) -> Option<(Moment, Moment)> {
    let from = wait.from?;
    Some((from, from + chrono::TimeDelta::seconds(wait.seconds)))
}

/// From when it took longer than it may.
fn late_part(wait: &Wait) -> Option<(Moment, Moment)> {
    let (from, to) = whole(wait)?;
    let from = from + chrono::TimeDelta::seconds(wait.limit?);
    (from < to).then_some((from, to))
}

fn overlap((from, to): (Moment, Moment), busy: &[(Moment, Moment)]) -> i64 {
    let common = |(start, end): &(Moment, Moment)| (to.min(*end) - from.max(*start)).num_seconds();
    busy.iter().map(|one| common(one).max(0)).sum()
}
