//! What to change after a drill: the causes that cost most, each with the figure behind it and what would help.
//!
//! Read from scores alone, of one play or of many. What made texts late comes before what only took long; a text that nobody could have kept
//! speaks of its plan, not of people.

mod facts;
mod free;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::score::{Begun, Cause, Limit, ReleaseScore, Score, Since};
use facts::facts;

/// One thing to change, and why. Lengths of time in seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "advice")]
pub enum Advice {
    /// The response began, or reached a level, when limits had passed that only it would have begun.
    Begin {
        begun: Begun,
        limit: Limit,
        over: i64,
        of: Vec<Item>,
        times: usize,
    },
    /// The plan's limits of an item cannot be kept.
    Limit {
        of: Item,
        times: usize,
        cause: Cause,
    },
    /// A template does not fit the facts.
    Template { of: Item, times: usize },
    /// This fact comes too late from this post, and a text could do without it.
    Fact {
        fact: String,
        from: Option<String>,
        wait: Waiting,
    },
    /// This fact comes too late from this post, and a text is about it: when it has to be reported, where the plan leaves time
    /// for that.
    Report {
        fact: String,
        from: Option<String>,
        since: Since,
        within: Option<i64>,
        wait: Waiting,
    },
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
    /// This post is slow to sign, and most of that time its deputy was waited for elsewhere, in per cent.
    Another {
        post: String,
        deputy: String,
        taken: i64,
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

#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Item {
    pub plan: String,
    pub item: String,
}

/// Waits for one post or fact, all together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Waiting {
    pub times: usize,
    pub mean: i64,
    pub longest: i64,
    /// How long those may take that took longer; None where they differ.
    pub limit: Option<i64>,
    /// Waits that took longer than they may.
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
    of_all(&[score])
}

/// The same of several plays of one scenario, with the figures of all of them together.
pub fn of_all(scores: &[&Score]) -> Vec<Advice> {
    let mut found = begun(scores);
    found.extend(limits(scores));
    found.extend(templates(scores));
    found.extend(facts(scores));
    found.extend(posts(scores));
    found.extend(channels(scores));
    found.sort_by_key(|(harm, _)| std::cmp::Reverse(*harm));
    found
        .into_iter()
        .take(MOST)
        .map(|(_, advice)| advice)
        .collect()
}

/// Every release of every play.
fn releases<'a>(scores: &[&'a Score]) -> impl Iterator<Item = &'a ReleaseScore> {
    scores.iter().flat_map(|score| &score.releases)
}

/// Texts that were not on time, then seconds over what one may take.
type Harm = (usize, i64);

/// One wait, whether a text was late for it, and the text that waited.
struct Waited<'a> {
    seconds: i64,
    limit: Option<i64>,
    is_late: bool,
    of: &'a ReleaseScore,
}

impl Waited<'_> {
    fn over(&self) -> i64 {
        self.limit.map_or(0, |limit| (self.seconds - limit).max(0))
    }
}

fn begun(scores: &[&Score]) -> Vec<(Harm, Advice)> {
    let mut all: BTreeMap<Begun, Vec<(&ReleaseScore, Limit, i64)>> = BTreeMap::new();
    for release in releases(scores).filter(|r| r.is_missed()) {
        if let Some(Cause::BegunLate {
            begun, limit, over, ..
        }) = &release.cause
        {
            let found = (release, *limit, *over);
            all.entry(*begun).or_default().push(found);
        }
    }
    let advice = all.into_iter().filter_map(|(begun, all)| {
        let (_, limit, over) = all.iter().max_by_key(|(.., over)| *over)?;
        let of: BTreeSet<Item> = all.iter().map(|(release, ..)| item(release)).collect();
        let advice = Advice::Begin {
            begun,
            limit: *limit,
            over: *over,
            of: of.into_iter().collect(),
            times: all.len(),
        };
        Some(((all.len(), *over), advice))
    });
    advice.collect()
}

fn limits(scores: &[&Score]) -> Vec<(Harm, Advice)> {
    let by_plan = releases(scores).filter(|r| r.is_missed_by_plan());
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

fn templates(scores: &[&Score]) -> Vec<(Harm, Advice)> {
    let faulty = releases(scores).filter(|release| {
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

fn posts(scores: &[&Score]) -> Vec<(Harm, Advice)> {
    let mut waits: BTreeMap<(&str, bool), Vec<Waited>> = BTreeMap::new();
    for release in releases(scores) {
        for wait in &release.waited {
            let post = &*wait.post;
            let is_late =
                release.is_missed() && release.cause.as_ref().and_then(Cause::post) == Some(post);
            let waited = Waited {
                seconds: wait.seconds,
                limit: wait.limit,
                is_late,
                of: release,
            };
            let of = waits.entry((post, wait.drafting)).or_default();
            of.push(waited);
        }
    }
    let mut found: BTreeMap<&str, (Harm, Advice)> = BTreeMap::new();
    for ((post, drafting), all) in waits {
        let mut known = scores.iter().flat_map(|score| &score.posts);
        let Some(known) = known.find(|known| known.post == post) else {
            continue;
        };
        let wait = Waiting::of(&all);
        let harm = (wait.late, all.iter().map(Waited::over).sum());
        if wait.late == 0 && wait.over == 0 {
            continue;
        }
        let advice = match (&known.deputy, drafting) {
            (_, true) => {
                let post = post.to_owned();
                Advice::Draft { post, wait }
            }
            (deputy, false) => for_signing(scores, post, deputy.as_deref(), &all, wait),
        };
        // One thing about one post is enough.
        if found.get(post).is_none_or(|(known, _)| *known < harm) {
            found.insert(post, (harm, advice));
        }
    }
    found.into_values().collect()
}

/// More than this part of the time, in per cent: a deputy is not free who is waited for elsewhere.
const TAKEN: i64 = 50;

/// What would help where `post` is slow to sign.
fn for_signing(
    scores: &[&Score],
    post: &str,
    deputy: Option<&str>,
    all: &[Waited],
    wait: Waiting,
) -> Advice {
    let Some(deputy) = deputy.map(ToOwned::to_owned) else {
        let post = post.to_owned();
        return Advice::Deputy { post, wait };
    };
    let taken = free::taken(scores, post, &deputy);
    let is_in_vain = is_in_vain(post, all);
    let post = post.to_owned();
    match taken {
        _ if is_in_vain => Advice::Both { post, deputy, wait },
        taken if taken > TAKEN => Advice::Another {
            post,
            deputy,
            taken,
            wait,
        },
        _ => Advice::Sign { post, deputy, wait },
    }
}

/// Whether turns that passed from `post` to its deputy and ended with neither made up half of what was late for it.
fn is_in_vain(post: &str, all: &[Waited]) -> bool {
    let passed = |of: &ReleaseScore| match &of.cause {
        Some(Cause::Waits {
            post: waited,
            passed_to,
            ..
        }) => waited == post && passed_to.is_some(),
        _ => false,
    };
    let late = || all.iter().filter(|one| one.is_late);
    let in_vain = late().filter(|one| passed(one.of)).count();
    in_vain > 0 && in_vain * 2 >= late().count()
}

/// Channels that lost more than one message in a hundred.
fn channels(scores: &[&Score]) -> Vec<(Harm, Advice)> {
    let mut all: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for channel in scores.iter().flat_map(|score| &score.channels) {
        let (lost, of) = all.entry(&channel.channel).or_default();
        *lost += channel.failed + channel.unknown;
        *of += channel.deliveries - channel.cancelled;
    }
    let lossy = all.into_iter();
    let lossy = lossy.filter(|(_, (lost, of))| *of > 0 && lost * 100 > *of);
    let advice = lossy.map(|(channel, (lost, of))| {
        let channel = channel.to_owned();
        ((0, lost), Advice::Channel { channel, lost, of })
    });
    advice.collect()
}

impl Waiting {
    /// What goes out in another text has waited with it, and is not counted as a wait of its own beside it.
    fn of(all: &[Waited]) -> Self {
        let texts: Vec<&Waited> = all.iter().filter(|one| one.of.part_of.is_none()).collect();
        let texts = match texts.is_empty() {
            true => all.iter().collect(),
            false => texts,
        };
        let count = i64::try_from(texts.len()).unwrap_or(i64::MAX).max(1);
        let longest = texts.iter().max_by_key(|one| one.seconds);
        let first = texts.first().map(|one| item(one.of));
        let is_always = texts.iter().all(|one| Some(item(one.of)) == first);
        let over: Vec<&&Waited> = texts.iter().filter(|one| one.over() > 0).collect();
        let limits: BTreeSet<Option<i64>> = over.iter().map(|one| one.limit).collect();
        Self {
            times: texts.len(),
            mean: texts.iter().map(|one| one.seconds).sum::<i64>() / count,
            longest: longest.map_or(0, |one| one.seconds),
            over: over.len(),
            limit: match limits.len() {
                1 => limits.into_iter().next().flatten(),
                _ => None,
            },
            late: all.iter().filter(|one| one.is_late).count(),
            item: longest.map(|one| item(one.of)),
            is_always,
        }
    }
}

#[cfg(test)]
mod tests;
