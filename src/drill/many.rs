//! A thousand days of one scenario: how likely each item is to be on time, which step takes the time, who is the bottleneck.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use serde::Serialize;

use super::advice::{self, Advice};
use super::play;
use super::scenario::Scenario;
use super::score::{self, Names, Score, Stages};
use super::tell::Kind;
use crate::domain::bulletin::Language;
use crate::store::{Result, StoreError};

/// What many seeds of one scenario showed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Many {
    pub drill: String,
    pub title: String,
    pub title_en: Option<String>,
    pub first_seed: u64,
    pub seeds: u64,
    /// Seeds at which every expectation held.
    pub passed: Chance,
    pub goals: Vec<GoalChance>,
    /// What was late or not out, by cause, the most frequent first.
    pub misses: Vec<Misses>,
    /// What would help most, by the figures of all plays together.
    pub advice: Vec<Advice>,
    pub items: Vec<ItemChance>,
    pub posts: Vec<PostLoad>,
    pub names: Names,
}

/// How often one goal was met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GoalChance {
    pub expected: String,
    pub expected_en: String,
    pub met: Chance,
}

/// Releases that were not on time for one reason, over all plays, and in how many plays that came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Misses {
    /// None: nobody could have kept them under the plan.
    pub why: Option<Kind>,
    pub releases: u64,
    pub plays: u64,
}

/// How often something came about, with the 95 % interval of Wilson, in thousandths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Chance {
    pub yes: u64,
    pub of: u64,
    pub permille: i64,
    pub low: i64,
    pub high: i64,
}

impl Many {
    pub fn called(&self, language: Language) -> &str {
        match (language, &self.title_en) {
            (Language::En, Some(title)) => title,
            _ => &self.title,
        }
    }

    pub fn last_seed(&self) -> u64 {
        self.first_seed + self.seeds.saturating_sub(1)
    }

    /// The same item in these plays.
    pub fn item(&self, like: &ItemChance) -> Option<&ItemChance> {
        self.items
            .iter()
            .find(|other| other.plan == like.plan && other.item == like.item)
    }

    pub fn post(&self, code: &str) -> Option<&PostLoad> {
        self.posts.iter().find(|other| other.post == code)
    }
}

impl ItemChance {
    /// The step that takes most of the time before it is out, and its share in per cent.
    pub fn slowest(&self) -> (usize, i64) {
        // Sending comes after the deadline's question is settled.
        let before = &self.stages.all()[..4];
        let most = before.iter().enumerate();
        let (n, most) = most
            .max_by_key(|(n, s)| (**s, usize::MAX - n))
            .unwrap_or((0, &0));
        (n, most * 100 / before.iter().sum::<i64>().max(1))
    }
}

/// One item of one plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ItemChance {
    pub plan: String,
    pub item: String,
    pub name: String,
    /// Seeds at which every release of it was on time that somebody could have kept.
    pub on_time: Chance,
    /// Releases of it, over all seeds, and how many of them were on time.
    pub releases: u64,
    pub releases_on_time: u64,
    /// Of these, those that nobody could have kept.
    pub by_plan: u64,
    pub slack_p10: Option<i64>,
    pub slack_median: Option<i64>,
    pub slack_p90: Option<i64>,
    /// Seconds of each step, all together.
    pub stages: Stages,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PostLoad {
    pub post: String,
    /// Its body and it, as people call them.
    pub name: String,
    /// Seconds waited for it in one play, on average.
    pub waited: i64,
    pub times: i64,
    pub unanswered_permille: i64,
    /// Seconds its people were at work in one play, on average.
    pub busy: i64,
}

/// Plays `count` seeds from `first` on all cores. `each` is told of every play that is done.
///
/// # Errors
/// The store's; the plays under way are finished first.
pub fn run(scenario: &Scenario, first: u64, count: u64, each: impl Fn(u64) + Sync) -> Result<Many> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let next = AtomicU64::new(0);
    let stop = AtomicBool::new(false);
    let scores: Mutex<BTreeMap<u64, Score>> = Mutex::default();
    let failed: Mutex<Option<StoreError>> = Mutex::default();
    let lock = || {
        scores
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    };
    std::thread::scope(|scope| {
        for _ in 0..cores.min(usize::try_from(count).unwrap_or(usize::MAX)) {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= count {
                        return;
                    }
                    let seed = first.wrapping_add(n);
                    match play::play_alone(scenario, seed, "sqlite::memory:") {
                        Ok(played) => {
                            let score = score::score(scenario, seed, &played);
                            let done = {
                                let mut scores = lock();
                                scores.insert(n, score);
                                scores.len() as u64
                            };
                            each(done);
                        }
                        Err(error) => {
                            *failed
                                .lock()
                                .unwrap_or_else(std::sync::PoisonError::into_inner) = Some(error);
                            stop.store(true, Ordering::Relaxed);
                        }
                    }
                }
            });
        }
    });
    if let Some(error) = failed
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
    {
        return Err(error);
    }
    let scores = scores
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let scores: Vec<Score> = scores.into_values().collect();
    Ok(sum(scenario, first, &scores))
}

#[derive(Default)]
struct Sum {
    name: String,
    kept: u64,
    settled: u64,
    releases: u64,
    releases_on_time: u64,
    by_plan: u64,
    slack: Vec<i64>,
    stages: Stages,
}

fn sum(scenario: &Scenario, first: u64, scores: &[Score]) -> Many {
    let mut items: BTreeMap<(String, String), Sum> = BTreeMap::new();
    let mut posts: BTreeMap<(String, String), (i64, i64, i64, i64)> = BTreeMap::new();
    for score in scores {
        let mut of_seed: BTreeMap<(String, String), bool> = BTreeMap::new();
        for release in score.releases.iter().filter(|release| !release.correction) {
            let Some(on_time) = release.on_time else {
                continue;
            };
            let key = (release.plan.clone(), release.item.clone());
            let by_plan = release.is_missed_by_plan();
            if !by_plan {
                *of_seed.entry(key.clone()).or_insert(true) &= on_time;
            }
            let sum = items.entry(key).or_default();
            if sum.name.is_empty() {
                sum.name = release.name.clone();
            }
            sum.releases += 1;
            sum.releases_on_time += u64::from(on_time);
            sum.by_plan += u64::from(by_plan);
            sum.slack.extend(release.slack);
            let (all, own) = (&mut sum.stages, release.stages);
            all.facts += own.facts;
            all.drafting += own.drafting;
            all.review += own.review;
            all.signature += own.signature;
            all.sending += own.sending;
        }
        for (key, kept) in of_seed {
            let sum = items.entry(key).or_default();
            sum.settled += 1;
            sum.kept += u64::from(kept);
        }
        for post in &score.posts {
            let sum = posts
                .entry((post.post.clone(), post.name.clone()))
                .or_default();
            sum.0 += post.waited;
            sum.1 += i64::try_from(post.times).unwrap_or(0);
            sum.2 += i64::try_from(post.unanswered).unwrap_or(0);
            sum.3 += post.busy;
        }
    }
    let count = i64::try_from(scores.len()).unwrap_or(i64::MAX).max(1);
    let mut items: Vec<ItemChance> = items
        .into_iter()
        .map(|((plan, item), mut sum)| {
            sum.slack.sort_unstable();
            ItemChance {
                plan,
                item,
                name: sum.name,
                on_time: chance(sum.kept, sum.settled),
                releases: sum.releases,
                releases_on_time: sum.releases_on_time,
                by_plan: sum.by_plan,
                slack_p10: quantile(&sum.slack, 10),
                slack_median: quantile(&sum.slack, 50),
                slack_p90: quantile(&sum.slack, 90),
                stages: sum.stages,
            }
        })
        .collect();
    items.sort_by(|a, b| {
        (a.on_time.permille, &a.plan, &a.item).cmp(&(b.on_time.permille, &b.plan, &b.item))
    });
    let mut posts: Vec<PostLoad> = posts
        .into_iter()
        .map(
            |((post, name), (waited, times, unanswered, busy))| PostLoad {
                post,
                name,
                waited: waited / count,
                times: times / count,
                unanswered_permille: unanswered * 1000 / times.max(1),
                busy: busy / count,
            },
        )
        .collect();
    posts.sort_by(|a, b| (b.waited, &a.post).cmp(&(a.waited, &b.post)));
    let passed = scores.iter().filter(|score| score.passed).count();
    let all: Vec<&Score> = scores.iter().collect();
    Many {
        drill: scenario.file.drill.clone(),
        title: scenario.file.title.clone(),
        title_en: scenario.file.title_en.clone(),
        first_seed: first,
        seeds: scores.len() as u64,
        passed: chance(passed as u64, scores.len() as u64),
        goals: goals(scores),
        misses: misses(scores),
        advice: advice::of_all(&all),
        items,
        posts,
        names: Names::of(scenario),
    }
}

fn goals(scores: &[Score]) -> Vec<GoalChance> {
    let goals = scores.first().map_or(&[][..], |score| &score.expectations);
    let goals = goals.iter().enumerate().map(|(n, goal)| {
        let met = |score: &&Score| {
            let goal = score.expectations.get(n);
            goal.is_some_and(|goal| goal.met == Some(true))
        };
        let met = scores.iter().filter(met).count();
        GoalChance {
            expected: goal.expected.clone(),
            expected_en: goal.expected_en.clone(),
            met: chance(met as u64, scores.len() as u64),
        }
    });
    goals.collect()
}

fn misses(scores: &[Score]) -> Vec<Misses> {
    let mut all: BTreeMap<Option<Kind>, (u64, u64)> = BTreeMap::new();
    for score in scores {
        let missed = score.releases.iter().filter(|r| r.on_time == Some(false));
        let mut own: BTreeMap<Option<Kind>, u64> = BTreeMap::new();
        for release in missed {
            let kind = Kind::of(release.cause.as_ref());
            let why = (!release.is_missed_by_plan()).then_some(kind);
            *own.entry(why).or_default() += 1;
        }
        for (why, count) in own {
            let sum = all.entry(why).or_default();
            sum.0 += count;
            sum.1 += 1;
        }
    }
    let all = all.into_iter();
    let mut all: Vec<Misses> = all
        .map(|(why, (releases, plays))| Misses {
            why,
            releases,
            plays,
        })
        .collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.releases));
    all
}

fn quantile(sorted: &[i64], percent: usize) -> Option<i64> {
    sorted
        .get((sorted.len() * percent / 100).min(sorted.len().saturating_sub(1)))
        .copied()
}

/// A share with the interval of Wilson: honest also where everything or nothing succeeded.
pub fn chance(yes: u64, of: u64) -> Chance {
    if of == 0 {
        return Chance::default();
    }
    const Z: f64 = 1.959_963_985;
    #[expect(clippy::cast_precision_loss, reason = "counts of plays")]
    let (yes_f, n) = (yes as f64, of as f64);
    let share = yes_f / n;
    let square = Z * Z;
    let middle = (share + square / (2.0 * n)) / (1.0 + square / n);
    let half = Z / (1.0 + square / n) * (share * (1.0 - share) / n + square / (4.0 * n * n)).sqrt();
    #[expect(clippy::cast_possible_truncation, reason = "thousandths")]
    let permille = |x: f64| (x.clamp(0.0, 1.0) * 1000.0).round() as i64;
    Chance {
        yes,
        of,
        permille: permille(share),
        low: permille(middle - half),
        high: permille(middle + half),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_wilsons() {
        // Values of the textbook: 8 of 10 gives 49.0 % to 94.3 %.
        let eight = chance(8, 10);
        assert_eq!((eight.permille, eight.low, eight.high), (800, 490, 943));
        let all = chance(1000, 1000);
        assert_eq!((all.permille, all.high), (1000, 1000));
        assert!(all.low > 990 && all.low < 1000, "{}", all.low);
        assert_eq!(chance(0, 0), Chance::default());
    }
}
