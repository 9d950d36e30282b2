//! What to change after a drill: the causes that cost most, each with the figure behind it and what would help.
//!
//! Read from the score alone. What made texts late comes before what only took long; a text that nobody could have kept
//! speaks of its plan, not of people.

use std::collections::BTreeMap;

use super::score::{Cause, ChannelScore, ReleaseScore, Score};

/// One thing to change, and why. Lengths of time in seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Advice {
    /// The plan's limits of an item cannot be kept.
    Limit {
        of: Item,
        times: usize,
        cause: Cause,
    },
    /// A template does not fit the facts.
    Template { of: Item, times: usize },
    /// This fact comes too late.
    Fact { fact: String, wait: Waiting },
    /// This post is slow to draft.
    Draft { post: String, wait: Waiting },
    /// This post is slow to sign, and nobody takes its turn.
    Deputy { post: String, wait: Waiting },
    /// This post is slow to sign; the turn passes to its deputy, late.
    Sign {
        post: String,
        deputy: String,
        wait: Waiting,
    },
    /// Neither this post nor its deputy signed.
    Both {
        post: String,
        deputy: String,
        wait: Waiting,
    },
    /// Messages of a channel were lost.
    Channel { channel: String, lost: i64, of: i64 },
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    pub plan: String,
    pub item: String,
}

/// Waits for one post or fact, all together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waiting {
    pub times: usize,
    pub mean: i64,
    pub longest: i64,
    /// How long one may take.
    pub limit: Option<i64>,
    /// Waits that took longer.
    pub over: usize,
    /// Texts that were late or not out for it.
    pub late: usize,
    /// The item of all of them, or of the longest.
    pub item: Option<Item>,
    pub is_always: bool,
}

/// How many things are told: more are not changed before the next exercise.
const MOST: usize = 3;

/// What would help most, the first first; fewer than three where there is no more to say.
pub fn advice(score: &Score) -> Vec<Advice> {
    let mut found = limits(score);
    found.extend(templates(score));
    found.extend(facts(score));
    found.extend(posts(score));
    found.extend(score.channels.iter().filter_map(channel));
    found.sort_by_key(|(harm, _)| std::cmp::Reverse(*harm));
    found
        .into_iter()
        .take(MOST)
        .map(|(_, advice)| advice)
        .collect()
}

/// Texts that were not on time, then seconds over what one may take.
type Harm = (usize, i64);

/// One wait: how many seconds, whether its text was late for it, and the text.
type Wait<'a> = (i64, bool, &'a ReleaseScore);

fn limits(score: &Score) -> Vec<(Harm, Advice)> {
    let by_plan = score.releases.iter().filter(|r| r.is_missed_by_plan());
    of_items(by_plan)
        .into_iter()
        .filter_map(|(of, all)| {
            let cause = all
                .iter()
                .filter_map(|r| r.cause.clone())
                .max_by_key(lost)?;
            let times = all.len();
            let advice = Advice::Limit { of, times, cause };
            Some(((times, 0), advice))
        })
        .collect()
}

fn lost(cause: &Cause) -> i64 {
    match cause {
        Cause::ListedLate { over } => *over,
        Cause::TooShort { least, given } => least - given,
        _ => 0,
    }
}

fn templates(score: &Score) -> Vec<(Harm, Advice)> {
    let faulty = score.releases.iter().filter(|release| {
        release.is_missed() && matches!(release.cause, Some(Cause::Template { .. }))
    });
    let by_item = of_items(faulty).into_iter();
    by_item
        .map(|(of, all)| {
            let times = all.len();
            ((times, 0), Advice::Template { of, times })
        })
        .collect()
}

fn of_items<'a>(
    releases: impl Iterator<Item = &'a ReleaseScore>,
) -> BTreeMap<Item, Vec<&'a ReleaseScore>> {
    let mut items: BTreeMap<Item, Vec<&ReleaseScore>> = BTreeMap::new();
    for release in releases {
        items.entry(item(release)).or_default().push(release);
    }
    items
}

fn item(release: &ReleaseScore) -> Item {
    Item {
        plan: release.plan.clone(),
        item: release.item.clone(),
    }
}

/// Facts without which a text could not be drafted; a wait of a minute or two is nobody's fault.
fn facts(score: &Score) -> Vec<(Harm, Advice)> {
    const PATIENCE: i64 = 120;
    let mut waits: BTreeMap<&str, Vec<Wait>> = BTreeMap::new();
    for release in score.releases.iter().filter(|r| r.part_of.is_none()) {
        let is_late = release.is_missed() && is_for_facts(release.cause.as_ref());
        if release.stages.facts <= PATIENCE && !is_late {
            continue;
        }
        for fact in &release.lacked {
            let own = (release.stages.facts, is_late, release);
            waits.entry(fact).or_default().push(own);
        }
    }
    let waits = waits.into_iter().map(|(fact, all)| {
        let wait = Waiting::of(&all, None);
        let over = all.iter().map(|(seconds, ..)| seconds).sum();
        let fact = fact.to_owned();
        ((wait.late, over), Advice::Fact { fact, wait })
    });
    waits.collect()
}

fn is_for_facts(cause: Option<&Cause>) -> bool {
    use super::score::StepKind::Facts;
    matches!(
        cause,
        Some(Cause::Facts { .. } | Cause::Step { step: Facts, .. })
    )
}

fn posts(score: &Score) -> Vec<(Harm, Advice)> {
    let mut waits: BTreeMap<(&str, bool), Vec<Wait>> = BTreeMap::new();
    for release in &score.releases {
        for wait in &release.waited {
            let post = &*wait.post;
            let is_late =
                release.is_missed() && release.cause.as_ref().and_then(Cause::post) == Some(post);
            let of = waits.entry((post, wait.drafting)).or_default();
            of.push((wait.seconds, is_late, release));
        }
    }
    let mut found: BTreeMap<&str, (Harm, Advice)> = BTreeMap::new();
    for ((post, drafting), all) in waits {
        let Some(known) = score.posts.iter().find(|known| known.post == post) else {
            continue;
        };
        let limit = known.sign_within;
        let wait = Waiting::of(&all, limit);
        let over = |(seconds, ..): &Wait| (seconds - limit.unwrap_or(0)).max(0);
        let harm = (wait.late, all.iter().map(over).sum());
        if wait.late == 0 && wait.over == 0 {
            continue;
        }
        let post_of = post.to_owned();
        let advice = match (&known.deputy, drafting) {
            (_, true) => Advice::Draft {
                post: post_of,
                wait,
            },
            (None, false) => Advice::Deputy {
                post: post_of,
                wait,
            },
            (Some(deputy), false) if is_in_vain(post, &all) => Advice::Both {
                post: post_of,
                deputy: deputy.clone(),
                wait,
            },
            (Some(deputy), false) => Advice::Sign {
                post: post_of,
                deputy: deputy.clone(),
                wait,
            },
        };
        // One thing about one post is enough.
        if found.get(post).is_none_or(|(known, _)| *known < harm) {
            found.insert(post, (harm, advice));
        }
    }
    found.into_values().collect()
}

/// Whether a turn that passed from `post` to its deputy ended with neither.
fn is_in_vain(post: &str, all: &[Wait]) -> bool {
    let passed = |of: &ReleaseScore| match &of.cause {
        Some(Cause::Waits {
            post: waited,
            passed_to,
            ..
        }) => waited == post && passed_to.is_some(),
        _ => false,
    };
    all.iter()
        .any(|(_, is_late, release)| *is_late && passed(release))
}

/// A channel that lost more than one message in a hundred.
fn channel(channel: &ChannelScore) -> Option<(Harm, Advice)> {
    let of = channel.deliveries - channel.cancelled;
    let lost = channel.failed + channel.unknown;
    (of > 0 && lost * 100 > of).then(|| {
        let advice = Advice::Channel {
            channel: channel.channel.clone(),
            lost,
            of,
        };
        ((0, lost), advice)
    })
}

impl Waiting {
    fn of(all: &[Wait], limit: Option<i64>) -> Self {
        let count = i64::try_from(all.len()).unwrap_or(i64::MAX).max(1);
        let longest = all.iter().max_by_key(|(seconds, ..)| *seconds);
        let first = all.first().map(|(.., release)| item(release));
        let is_always = all.iter().all(|(.., release)| Some(item(release)) == first);
        Self {
            times: all.len(),
            mean: all.iter().map(|(seconds, ..)| seconds).sum::<i64>() / count,
            longest: longest.map_or(0, |(seconds, ..)| *seconds),
            over: match limit {
                Some(limit) => all.iter().filter(|(seconds, ..)| *seconds > limit).count(),
                None => 0,
            },
            limit,
            late: all.iter().filter(|(_, is_late, _)| *is_late).count(),
            item: longest.map(|(.., release)| item(release)),
            is_always,
        }
    }
}

#[cfg(test)]
mod tests;
