//! What recurs: the first occurrence at a level, the next one after another, and what a change makes of a beat that runs.

use chrono::TimeDelta;
use chrono_tz::Tz;

use super::dated::dated;
use super::{Change, NewRelease, is_unsigned};
use crate::domain::deadline::{Anchor, Anchors, CronRepeat, EveryRule, Repeat};
use crate::domain::level::ResponseLevel;
use crate::domain::plan::{Item, Plan};
use crate::domain::release::Release;
use crate::domain::time::{Moment, Span};

/// The rhythm of a recurring item from now on.
#[derive(Debug, Clone, PartialEq)]
pub struct NewSeries<'a> {
    pub item: &'a Item,
    pub level: Option<ResponseLevel>,
    pub occurrence: u32,
    /// When the next occurrence comes even if this one is still open; None = never.
    pub next_at: Option<Moment>,
}

/// How long before a deadline counted from the last release work on the next one begins.
fn lead(plan: &Plan, item: &Item, every: Span) -> Span {
    let signing = signing_time(plan, &item.route).as_seconds();
    Span::seconds((signing * 2).max(600).min(every.as_seconds() / 2))
}

/// The longest a route takes when every post uses the time it has before its turn passes on.
pub fn signing_time(plan: &Plan, route: &str) -> Span {
    let posts = plan.routes.get(route).map_or(&[][..], |route| &route.sign);
    Span::seconds(
        posts
            .iter()
            .map(|signer| signer.sign_within.as_seconds())
            .sum(),
    )
}

#[expect(
    clippy::too_many_arguments,
    reason = "private, and each is a different thing"
)]
pub(super) fn first_of<'a>(
    plan: &'a Plan,
    item: &'a Item,
    level: Option<ResponseLevel>,
    occurrence: u32,
    anchors: &Anchors,
    past: &[&Release],
    change: Change,
    now: Moment,
) -> (Option<NewRelease<'a>>, Option<NewSeries<'a>>) {
    let Some(repeat) = &item.repeat else {
        return (
            Some(dated(plan, item, level, occurrence, now, anchors)),
            None,
        );
    };
    let last = past
        .iter()
        .filter_map(|r| r.state.publication())
        .map(|p| p.at)
        .max();
    if let (Some(last), Change::Raise | Change::Lower) = (last, change) {
        // A rhythm that is already running only changes its beat.
        let from = match repeat {
            Repeat::Every(_) => last,
            Repeat::Cron(rule) => fixed_hours_from(rule, plan.zone, past, now),
        };
        let (new, series) = next_occurrence(plan, item, level, occurrence - 1, from, now);
        let is_past = (new.as_ref().and_then(|new| new.due_at)).is_some_and(|due| due < now);
        // Overdue when it is made, while the limit of a first release at this level can still be kept.
        let afresh = matches!(repeat, Repeat::Every(_)) && is_past;
        return match afresh.then(|| beginning(plan, item, level, occurrence, anchors, now)) {
            Some((first, series)) if first.due_at.is_some_and(|due| due >= now) => {
                (Some(first), Some(series))
            }
            _ => (new, Some(series)),
        };
    }
    let starts_now = match repeat {
        Repeat::Every(_) => true,
        Repeat::Cron(_) => item
            .due
            .iter()
            .any(|due| due.of != Anchor::Occurrence && due.of != Anchor::LastRelease),
    };
    if starts_now {
        let (new, series) = beginning(plan, item, level, occurrence, anchors, now);
        return (Some(new), Some(series));
    }
    let from = match repeat {
        Repeat::Every(_) => now,
        Repeat::Cron(rule) => fixed_hours_from(rule, plan.zone, past, now),
    };
    let (new, series) = next_occurrence(plan, item, level, occurrence - 1, from, now);
    (new, Some(series))
}

/// The first occurrence of a rhythm that begins now, by the limits of a first release.
fn beginning<'a>(
    plan: &'a Plan,
    item: &'a Item,
    level: Option<ResponseLevel>,
    occurrence: u32,
    anchors: &Anchors,
    now: Moment,
) -> (NewRelease<'a>, NewSeries<'a>) {
    let new = dated(plan, item, level, occurrence, now, anchors);
    let next_at = match &item.repeat {
        Some(Repeat::Every(rule)) => Some(rule.every.after(new.due_at.unwrap_or(now))),
        Some(Repeat::Cron(rule)) => rule.cron.next(now, plan.zone),
        None => None,
    };
    let series = NewSeries {
        item,
        level,
        occurrence,
        next_at,
    };
    (new, series)
}

/// After which moment a changed rule of fixed hours is followed. An hour that passed before the change is asked for only
/// if its own occurrence is being worked on, which the change takes the place of.
fn fixed_hours_from(rule: &CronRepeat, zone: Tz, past: &[&Release], now: Moment) -> Moment {
    let begun = past.iter().filter(|r| is_unsigned(r) && r.opened_at <= now);
    let hours = begun.filter_map(|r| {
        let before = r.opened_at - TimeDelta::milliseconds(1);
        (rule.cron.next(before, zone) == Some(r.opened_at)).then_some(before)
    });
    hours.max().unwrap_or(now)
}

/// The occurrence after number `last` of a series, which was published (or given up) at `last_at`.
pub fn next_occurrence<'a>(
    plan: &'a Plan,
    item: &'a Item,
    level: Option<ResponseLevel>,
    last: u32,
    last_at: Moment,
    now: Moment,
) -> (Option<NewRelease<'a>>, NewSeries<'a>) {
    let occurrence = last + 1;
    let none = NewSeries {
        item,
        level,
        occurrence: last,
        next_at: None,
    };
    match &item.repeat {
        None => (None, none),
        Some(Repeat::Cron(rule)) => {
            let Some(at) = rule.cron.next(last_at, plan.zone) else {
                return (None, none);
            };
            let anchors = Anchors {
                occurrence: Some(at),
                last_release: Some(last_at),
                ..Anchors::default()
            };
            let mut new = dated(plan, item, level, occurrence, at.max(now), &anchors);
            new.opens_at = at;
            new.due_at = new.due_at.or(Some(at));
            let next_at = rule.cron.next(at, plan.zone);
            (
                Some(new),
                NewSeries {
                    item,
                    level,
                    occurrence,
                    next_at,
                },
            )
        }
        Some(Repeat::Every(EveryRule { every })) => {
            let at = every.after(last_at);
            let anchors = Anchors {
                occurrence: Some(at),
                last_release: Some(last_at),
                ..Anchors::default()
            };
            let mut new = dated(plan, item, level, occurrence, now, &anchors);
            let due = new.due_at.unwrap_or(at);
            new.due_at = Some(due);
            // Counted from the occurrence there is time after it; counted from the last release it must start before.
            let begins = if item.due.iter().any(|d| d.of == Anchor::Occurrence) {
                at
            } else {
                due - lead(plan, item, *every).delta()
            };
            new.opens_at = begins.max(last_at).max(now);
            let next_at = Some(every.after(due));
            (
                Some(new),
                NewSeries {
                    item,
                    level,
                    occurrence,
                    next_at,
                },
            )
        }
    }
}
