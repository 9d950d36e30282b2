//! From a plan and what has happened to dated releases: what a declaration, a change of level or an end calls for.
//!
//! Pure and ordered. The caller carries the result out as it stands and has no choices left.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use chrono_tz::Tz;

use super::deadline::{Anchor, Anchors, CronRepeat, Due, EveryRule, Repeat, due_at, earliest_due};
use super::incident::Incident;
use super::level::ResponseLevel;
use super::plan::{CorrectionKind, Item, ItemRole, OnRaise, Plan};
use super::reason::Reason;
use super::release::{Release, ReleaseState};
use super::time::{Moment, Span};
use crate::id::ReleaseId;

/// A release to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRelease<'a> {
    pub item: &'a Item,
    /// None = an item of the end.
    pub level: Option<ResponseLevel>,
    pub occurrence: u32,
    pub opens_at: Moment,
    pub due_at: Option<Moment>,
    /// The interpretation that goes with it, if the item has one.
    pub interpretation: Option<NewInterpretation<'a>>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct NewInterpretation<'a> {
    pub item: &'a Item,
    /// None until the interpreted release is published.
    pub due_at: Option<Moment>,
}

/// The rhythm of a recurring item from now on.
#[derive(Debug, Clone, PartialEq)]
pub struct NewSeries<'a> {
    pub item: &'a Item,
    pub level: Option<ResponseLevel>,
    pub occurrence: u32,
    /// When the next occurrence comes even if this one is still open; None = never.
    pub next_at: Option<Moment>,
}

/// Everything that one change of an incident does to the releases of one plan.
#[derive(Debug, Default, PartialEq)]
pub struct Changes<'a> {
    pub plan: Vec<NewRelease<'a>>,
    pub series: Vec<NewSeries<'a>>,
    pub stop_series: Vec<String>,
    pub supersede: Vec<(ReleaseId, Reason)>,
    pub cancel: Vec<(ReleaseId, Reason)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Declare,
    Raise,
    Lower,
    End,
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

/// What `change` of `incident` calls for under `plan`, given the plan's releases so far.
pub fn changes<'a>(
    plan: &'a Plan,
    incident: &Incident,
    existing: &[Release],
    change: Change,
    now: Moment,
) -> Changes<'a> {
    let mut out = Changes::default();
    let level = incident.level();
    let (items, at_level) = match change {
        Change::End => (plan.end.as_slice(), None),
        _ => (
            plan.levels.get(&level).map_or(&[][..], Vec::as_slice),
            Some(level),
        ),
    };
    let anchors = incident.anchors();
    for item in items {
        if item.on_demand {
            continue;
        }
        let past: Vec<&Release> = existing
            .iter()
            .filter(|r| r.item == item.item && r.correction.is_none())
            .collect();
        if !wanted(item, items, &past, existing, change) {
            continue;
        }
        let why = reason(change, level);
        for open in past.iter().filter(|r| is_unsigned(r)) {
            out.supersede.push((open.id.clone(), why.clone()));
        }
        if past
            .iter()
            .any(|r| matches!(r.state, ReleaseState::Approved { .. }))
        {
            continue;
        }
        let occurrence = past.iter().map(|r| r.occurrence).max().unwrap_or(0) + 1;
        let (new, series) = first_of(
            plan, item, at_level, occurrence, &anchors, &past, change, now,
        );
        out.plan.extend(new);
        out.series.extend(series);
    }
    retire(&mut out, plan, existing, items, change, level);
    out
}

fn codes(items: &[Item]) -> BTreeSet<&str> {
    items
        .iter()
        .flat_map(|item| std::iter::once(item).chain(item.interpretation.as_deref()))
        .map(|item| item.item.as_str())
        .collect()
}

/// Whether an item of the new level has to be planned (again).
fn wanted(
    item: &Item,
    items: &[Item],
    past: &[&Release],
    existing: &[Release],
    change: Change,
) -> bool {
    if !item.lifts.is_empty() {
        // An end is announced whatever stands.
        return item.role == Some(ItemRole::Termination)
            || change != Change::Declare && has_to_lift(item, items, existing);
    }
    let published = past.iter().any(|r| r.state.publication().is_some());
    let open = past.iter().any(|r| r.state.is_open());
    // Only a change of level cancels an item; what a person gave up stays so.
    let last = past.iter().max_by_key(|r| r.occurrence);
    let only_cancelled = last.is_none_or(|r| matches!(r.state, ReleaseState::Cancelled { .. }));
    match change {
        Change::Declare | Change::End => true,
        Change::Raise => {
            item.repeat.is_some()
                || !published
                || item.on_raise == OnRaise::Reissue
                || item.role == Some(ItemRole::Activation)
        }
        Change::Lower => {
            item.repeat.is_some()
                || item.role == Some(ItemRole::Activation)
                || !published && !open && only_cancelled
        }
    }
}

/// A lifting notice lifts what stands and is no part of the level; nothing to lift, nothing to say. An expired restriction
/// still has to be lifted in words; a correction stands for it only if it says the same with other content.
fn has_to_lift(item: &Item, items: &[Item], existing: &[Release]) -> bool {
    existing.iter().any(|r| {
        item.lifts.contains(&r.item)
            && matches!(r.correction, None | Some(CorrectionKind::WrongContent))
            && matches!(
                r.state,
                ReleaseState::Published(_) | ReleaseState::Expired { .. }
            )
            && !has(items, &r.item)
    })
}

/// Whether nothing is left to lift for a notice that is on its way. One that somebody asked for waits unless what it lifts
/// is in force.
fn lifts_nothing(item: &Item, items: &[Item], existing: &[Release]) -> bool {
    !item.lifts.is_empty()
        && item.role != Some(ItemRole::Termination)
        && !has_to_lift(item, items, existing)
        && (!item.on_demand || item.lifts.iter().any(|code| has(items, code)))
}

fn has(items: &[Item], code: &str) -> bool {
    items.iter().any(|item| item.item == code)
}

fn is_unsigned(release: &Release) -> bool {
    matches!(
        release.state,
        ReleaseState::Planned | ReleaseState::Drafting(_) | ReleaseState::InReview(_)
    )
}

fn reason(change: Change, level: ResponseLevel) -> Reason {
    match change {
        Change::Declare => Reason::DeclaredAgain,
        Change::Raise => Reason::LevelRaised { to: level },
        Change::Lower => Reason::LevelLowered { to: level },
        Change::End => Reason::ResponseEnded,
    }
}

/// What a change makes of an open release.
enum Fate {
    Stays,
    GivesWay,
    Cancelled,
}

/// Cancels what the new level does not ask for, and stops its rhythms.
fn retire(
    out: &mut Changes<'_>,
    plan: &Plan,
    existing: &[Release],
    items: &[Item],
    change: Change,
    level: ResponseLevel,
) {
    let kept = codes(items);
    let gives_way: BTreeSet<ReleaseId> = out.supersede.iter().map(|(id, _)| id.clone()).collect();
    let of_itself = |release: &Release| {
        // What somebody asked for outlives a change of level.
        let item = plan.item_anywhere(level, &release.item);
        let on_demand = item.is_some_and(|item| item.on_demand);
        let idle = item.is_some_and(|item| lifts_nothing(item, items, existing));
        if gives_way.contains(&release.id) {
            Fate::GivesWay
        } else if idle || !on_demand && !kept.contains(release.item.as_str()) {
            Fate::Cancelled
        } else {
            Fate::Stays
        }
    };
    // An explanation goes with the release that it explains, and what explains a published text stays.
    let fate = |release: &Release| {
        let tied = release.tied_to.as_ref();
        match tied.and_then(|tied| existing.iter().find(|r| r.id == *tied)) {
            Some(original) if original.state.publication().is_some() => Fate::Stays,
            Some(original) if original.state.is_open() => of_itself(original),
            // It was given up. The new text comes with an explanation of its own.
            Some(original) if out.plan.iter().any(|new| new.item.item == original.item) => {
                Fate::GivesWay
            }
            Some(_) => Fate::Cancelled,
            None => of_itself(release),
        }
    };
    // A correction stands outside of the levels.
    let open = existing
        .iter()
        .filter(|r| r.state.is_open() && r.correction.is_none());
    let fates: Vec<(ReleaseId, Fate)> = open
        .filter(|r| !gives_way.contains(&r.id))
        .map(|r| (r.id.clone(), fate(r)))
        .collect();
    for (id, fate) in fates {
        match fate {
            Fate::Stays => {}
            Fate::GivesWay => out.supersede.push((id, reason(change, level))),
            Fate::Cancelled => out.cancel.push((id, reason(change, level))),
        }
    }
    let recurring: BTreeSet<&str> = existing.iter().map(|r| r.item.as_str()).collect();
    out.stop_series = recurring
        .into_iter()
        .filter(|code| !out.series.iter().any(|s| s.item.item == *code))
        .map(str::to_owned)
        .collect();
}

#[expect(
    clippy::too_many_arguments,
    reason = "private, and each is a different thing"
)]
fn first_of<'a>(
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

/// An item asked for by a person.
pub fn on_demand<'a>(
    plan: &'a Plan,
    item: &'a Item,
    incident: &Incident,
    occurrence: u32,
    now: Moment,
) -> NewRelease<'a> {
    let anchors = Anchors {
        request: Some(now),
        ..incident.anchors()
    };
    let only_request: Vec<Due> = item
        .due
        .iter()
        .filter(|due| due.of == Anchor::Request)
        .cloned()
        .collect();
    let mut new = dated(
        plan,
        item,
        Some(incident.level()),
        occurrence,
        now,
        &anchors,
    );
    if !only_request.is_empty() {
        new.due_at = earliest_due(&only_request, &anchors, plan.zone, &plan.calendar);
    }
    new
}

fn dated<'a>(
    plan: &'a Plan,
    item: &'a Item,
    level: Option<ResponseLevel>,
    occurrence: u32,
    opens_at: Moment,
    anchors: &Anchors,
) -> NewRelease<'a> {
    let due = |item: &Item| {
        // A level raised late can find a limit counted from the report already past; one that can still be kept counts
        // before it.
        let (past, ahead): (Vec<Due>, Vec<Due>) = item.due.iter().cloned().partition(|due| {
            anchors
                .get(due.of)
                .is_some_and(|from| due_at(due, from, plan.zone, &plan.calendar) < opens_at)
        });
        earliest_due(&ahead, anchors, plan.zone, &plan.calendar)
            .or_else(|| earliest_due(&past, anchors, plan.zone, &plan.calendar))
    };
    NewRelease {
        item,
        level,
        occurrence,
        opens_at,
        due_at: due(item),
        interpretation: item
            .interpretation
            .as_deref()
            .map(|item| NewInterpretation {
                item,
                due_at: due(item),
            }),
    }
}

/// One line of the dated list that a declaration would give.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast<'a> {
    pub item: &'a Item,
    pub occurrence: u32,
    pub opens_at: Moment,
    pub due_at: Option<Moment>,
    /// The code of what it interprets; its deadline then assumes publication at that one's deadline.
    pub interprets: Option<&'a str>,
}

/// What a declaration of `incident` now would call for until `until`, if every release went out on its deadline.
pub fn forecast<'a>(
    plan: &'a Plan,
    incident: &Incident,
    now: Moment,
    until: Moment,
) -> Vec<Forecast<'a>> {
    const MOST: usize = 10_000;
    let changes = changes(plan, incident, &[], Change::Declare, now);
    let mut out = Vec::new();
    for new in changes.plan {
        let mut current = Some(new);
        while let Some(new) = current
            .take()
            .filter(|new| new.opens_at <= until && out.len() < MOST)
        {
            let published = new.due_at.unwrap_or(new.opens_at);
            out.push(Forecast {
                item: new.item,
                occurrence: new.occurrence,
                opens_at: new.opens_at,
                due_at: new.due_at,
                interprets: None,
            });
            if let Some(interpretation) = &new.interpretation {
                let anchors = Anchors {
                    publication: Some(published),
                    ..incident.anchors()
                };
                out.push(Forecast {
                    item: interpretation.item,
                    occurrence: new.occurrence,
                    opens_at: new.opens_at,
                    due_at: earliest_due(
                        &interpretation.item.due,
                        &anchors,
                        plan.zone,
                        &plan.calendar,
                    ),
                    interprets: Some(&new.item.item),
                });
            }
            if new.item.repeat.is_some() {
                let last_at = match new.item.repeat {
                    // Cron counts from its own clock time, not from when the text went out.
                    Some(Repeat::Cron(_)) => new.opens_at,
                    _ => published,
                };
                current = next_occurrence(
                    plan,
                    new.item,
                    new.level,
                    new.occurrence,
                    last_at,
                    published,
                )
                .0;
            }
        }
    }
    out.sort_by(|a, b| {
        (a.due_at, a.opens_at, &a.item.item).cmp(&(b.due_at, b.opens_at, &b.item.item))
    });
    out
}

#[cfg(test)]
mod tables;
