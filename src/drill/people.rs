//! The simulated people: who holds which post, when they are there, and how long they take.

use std::collections::BTreeSet;

use chrono::{NaiveTime, TimeDelta, Timelike};
use chrono_tz::Tz;

use super::chance;
use super::scenario::Scenario;
use crate::domain::approval::Actor;
use crate::domain::body::PostRef;
use crate::domain::time::{Moment, Span};
use crate::plan::scenario::{Pace, PersonFile};

/// How fast somebody is of whom nothing is said.
const USUAL: Pace = Pace {
    median: Span::minutes(3),
    p90: Span::minutes(8),
};

/// One person of the drill. Named after the post: nobody is invented.
#[derive(Debug, Clone)]
pub struct Person {
    pub actor: Actor,
    reaction: Pace,
    drafting: Pace,
    /// Minutes of the day between which they are at work.
    hours: Option<(u32, u32)>,
    on_call: Option<Pace>,
    away: Vec<(Moment, Moment)>,
    zone: Tz,
}

/// What a person takes in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    Drafting,
    Signing,
}

/// Everybody, in an order that hangs on the plans and the scenario alone.
pub fn cast(scenario: &Scenario) -> Vec<Person> {
    let mut people = Vec::new();
    let mut held: BTreeSet<String> = BTreeSet::new();
    for file in &scenario.file.people {
        let posts: Vec<PostRef> = file
            .posts
            .iter()
            .filter_map(|post| post.parse().ok())
            .collect();
        held.extend(file.posts.iter().cloned());
        people.push(person(scenario, posts, Some(file)));
    }
    for post in posts_needed(scenario) {
        if !held.contains(&post.to_string()) {
            people.push(person(scenario, vec![post], None));
        }
    }
    for extra in &scenario.extra {
        let beside: Vec<Person> = people
            .iter()
            .filter(|one| {
                one.actor
                    .posts
                    .iter()
                    .any(|post| extra.is_about(&post.to_string()))
            })
            .cloned()
            .collect();
        for one in beside {
            for _ in 0..extra.people {
                let mut more = one.clone();
                more.actor
                    .posts
                    .retain(|post| extra.is_about(&post.to_string()));
                // Whoever is added is added because somebody is missing.
                more.away.clear();
                people.push(more);
            }
        }
    }
    name_apart(&mut people);
    people
}

fn person(scenario: &Scenario, posts: Vec<PostRef>, file: Option<&PersonFile>) -> Person {
    let usual = scenario.file.everyone.unwrap_or(USUAL);
    let reaction = file.and_then(|f| f.reaction).unwrap_or(usual);
    let mut away: Vec<(Moment, Moment)> = file
        .iter()
        .flat_map(|f| &f.absent)
        .map(|absence| {
            let to = absence
                .to
                .map_or(Moment::MAX_UTC, |to| to.after(scenario.start));
            (absence.from.after(scenario.start), to)
        })
        .collect();
    // Injects are known beforehand, so an absence by inject is one like any other.
    for inject in &scenario.file.injects {
        let Some(absent) = &inject.absent else {
            continue;
        };
        if posts.iter().any(|post| post.to_string() == absent.post) {
            let from = inject.at.after(scenario.start);
            away.push((
                from,
                absent
                    .lasts
                    .map_or(Moment::MAX_UTC, |lasts| lasts.after(from)),
            ));
        }
    }
    away.sort();
    let login = posts.first().map(ToString::to_string).unwrap_or_default();
    Person {
        actor: Actor {
            user: login.clone(),
            name: name_of(scenario, posts.first()).unwrap_or(login),
            posts,
        },
        reaction,
        drafting: file.and_then(|f| f.drafting).unwrap_or(reaction),
        hours: file.and_then(|f| f.hours.as_deref()).and_then(read_hours),
        on_call: file.and_then(|f| f.on_call),
        away,
        zone: scenario.zone,
    }
}

fn name_of(scenario: &Scenario, post: Option<&PostRef>) -> Option<String> {
    let post = post?;
    let body = scenario
        .plans
        .bodies
        .iter()
        .find(|body| body.body == post.body)?;
    let known = body.posts.iter().find(|one| one.post == post.post)?;
    Some(format!("{}{}", body.name, known.name))
}

/// `08:30-18:00` as minutes of the day; 24:00 is the end of it.
fn read_hours(text: &str) -> Option<(u32, u32)> {
    let minute = |text: &str| {
        let (hour, minute) = text.split_once(':')?;
        Some(hour.parse::<u32>().ok()? * 60 + minute.parse::<u32>().ok()?)
    };
    let (from, to) = text.split_once('-')?;
    Some((minute(from)?, minute(to)?))
}

/// Every post that the plans' drafts, routes and corrections may wait for, deputies included.
fn posts_needed(scenario: &Scenario) -> BTreeSet<PostRef> {
    let mut needed = BTreeSet::new();
    for pinned in &scenario.plans.plans {
        let plan = &pinned.plan;
        let own = |code: &str| PostRef::within(&plan.body.body, code);
        if let Some(first) = plan.body.posts.first() {
            needed.insert(own(&first.post));
            needed.extend(first.deputy.as_deref().map(own));
        }
        let signers = plan.routes.values().flat_map(|route| &route.sign);
        let correctors = plan.corrections.iter().flat_map(|c| [&c.sign, &c.confirm]);
        let items = plan.levels.values().flatten().chain(&plan.end);
        needed.extend(items.flat_map(|item| item.decided_by.iter().cloned()));
        for signer in signers.chain(correctors) {
            needed.insert(signer.post.clone());
            needed.extend(signer.deputy.clone());
        }
    }
    for confirm in &scenario.plans.confirm {
        needed.insert(confirm.post.clone());
        needed.extend(scenario.plans.deputy_of(&confirm.post));
    }
    needed
}

/// Two people at one post need two names: no one signs twice.
fn name_apart(people: &mut [Person]) {
    let mut seen: std::collections::BTreeMap<String, u32> = std::collections::BTreeMap::new();
    for person in people {
        let count = seen.entry(person.actor.user.clone()).or_insert(0);
        *count += 1;
        if *count > 1 {
            person.actor.user = format!("{}#{count}", person.actor.user);
            person.actor.name = format!("{}（{count}）", person.actor.name);
        }
    }
}

impl Person {
    fn is_away(&self, at: Moment) -> bool {
        self.away.iter().any(|(from, to)| *from <= at && at < *to)
    }

    fn is_at_work(&self, at: Moment) -> bool {
        let Some((from, to)) = self.hours else {
            return true;
        };
        let local = at.with_timezone(&self.zone).time();
        let minute = local.hour() * 60 + local.minute();
        if from < to {
            (from..to).contains(&minute)
        } else {
            minute >= from || minute < to
        }
    }

    /// Sends whoever holds `post` (body/post) away from `now` on. False when that is somebody else, or they are away.
    pub fn call_away(&mut self, post: &str, now: Moment, until: Option<Moment>) -> bool {
        let holds = self.actor.posts.iter().any(|own| own.to_string() == post);
        if !holds || self.is_away(now) {
            return false;
        }
        self.away.push((now, until.unwrap_or(Moment::MAX_UTC)));
        self.away.sort();
        true
    }

    /// Whether this person can take something up now.
    pub fn is_there(&self, at: Moment) -> bool {
        !self.is_away(at) && (self.is_at_work(at) || self.on_call.is_some())
    }

    /// When this person can next take something up, by `until`.
    pub fn there_from(&self, at: Moment, until: Moment) -> Option<Moment> {
        let mut at = at;
        while at <= until {
            if self.is_there(at) {
                return Some(at);
            }
            let back = self
                .away
                .iter()
                .find(|(from, to)| *from <= at && at < *to)
                .map(|(_, to)| *to);
            at = match back {
                Some(back) => back,
                None => self.next_minute(at),
            };
        }
        None
    }

    fn next_minute(&self, at: Moment) -> Moment {
        let second = at
            .with_timezone(&self.zone)
            .time()
            .with_nanosecond(0)
            .unwrap_or(NaiveTime::MIN);
        let into = i64::from(second.second());
        at - TimeDelta::milliseconds(at.timestamp_millis().rem_euclid(1000))
            + TimeDelta::seconds(60 - into)
    }

    /// When this person next goes away after `at`.
    pub fn away_next(&self, at: Moment) -> Option<Moment> {
        self.away
            .iter()
            .map(|(from, _)| *from)
            .find(|from| *from > at)
    }

    /// Seconds that `work` takes them one time in ten, at their quickest.
    pub fn at_best(&self, work: Work) -> i64 {
        let paces = match work {
            Work::Drafting => [Some(self.drafting), self.on_call],
            Work::Signing => [Some(self.reaction), self.on_call],
        };
        // Log-normal: the 10th percentile lies as far below the median as the 90th above, by factor.
        let tenth = |pace: Pace| {
            let (median, p90) = (pace.median.as_seconds(), pace.p90.as_seconds());
            median * median / p90.max(1)
        };
        paces.into_iter().flatten().map(tenth).min().unwrap_or(0)
    }

    /// How long `work` on the thing called `name` takes, taken up at `at`.
    pub fn time_for(&self, work: Work, at: Moment, seed: u64, name: &str) -> TimeDelta {
        let usual = match work {
            Work::Drafting => self.drafting,
            Work::Signing => self.reaction,
        };
        let pace = match self.on_call {
            Some(on_call) if !self.is_at_work(at) => on_call,
            _ => usual,
        };
        let name = format!("{}|{name}", self.actor.user);
        let seconds = chance::log_normal_seconds(
            seed,
            &name,
            pace.median.as_seconds(),
            pace.p90.as_seconds(),
        );
        TimeDelta::seconds(seconds)
    }
}
