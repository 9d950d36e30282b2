//! One release of an item, with the moments that its anchors give.

use super::{NewInterpretation, NewPart, NewRelease};
use crate::domain::concern::Found;
use crate::domain::deadline::{Anchor, Anchors, Due, PassedLimit, due_at, earliest_due};
use crate::domain::incident::Incident;
use crate::domain::level::ResponseLevel;
use crate::domain::plan::{Item, Plan};
use crate::domain::release::Release;
use crate::domain::time::Moment;

/// A measure that its level makes ready: no clock runs before it is ordered.
pub(super) fn undecided(
    item: &Item,
    level: Option<ResponseLevel>,
    occurrence: u32,
    now: Moment,
) -> NewRelease<'_> {
    NewRelease {
        item,
        level,
        occurrence,
        opens_at: now,
        due_at: None,
        passed: None,
        asks: true,
        areas: None,
        parts: Vec::new(),
        interpretation: None,
    }
}

/// An item asked for by a person, or a measure that is ordered. What answers a concern is due from when that was found.
pub fn on_demand<'a>(
    plan: &'a Plan,
    item: &'a Item,
    incident: &Incident,
    level: Option<ResponseLevel>,
    occurrence: u32,
    now: Moment,
    found: Option<Found>,
) -> NewRelease<'a> {
    let anchors = Anchors {
        request: Some(found.map_or(now, |found| found.at)),
        ..incident.anchors()
    };
    let only_request: Vec<Due> = item
        .due
        .iter()
        .filter(|due| due.of == Anchor::Request)
        .cloned()
        .collect();
    let mut new = dated(plan, item, level, occurrence, now, &anchors);
    if !only_request.is_empty() {
        new.due_at = earliest_due(&only_request, &anchors, plan.zone, &plan.calendar);
    }
    // What is asked for again owes its request an answer; limits of the incident were the first one's.
    if !only_request.is_empty() || occurrence > 1 {
        new.passed = None;
    }
    let items = match level {
        Some(level) => plan.levels.get(&level).map_or(&[][..], Vec::as_slice),
        None => &plan.end,
    };
    new.parts = parts(plan, items, item, now, &anchors);
    new
}

pub(super) fn dated<'a>(
    plan: &'a Plan,
    item: &'a Item,
    level: Option<ResponseLevel>,
    occurrence: u32,
    opens_at: Moment,
    anchors: &Anchors,
) -> NewRelease<'a> {
    let (due_at, passed) = limits(plan, item, opens_at, anchors);
    NewRelease {
        item,
        level,
        occurrence,
        opens_at,
        due_at,
        passed,
        asks: false,
        areas: None,
        parts: Vec::new(),
        interpretation: item.interpretation.as_deref().map(|item| {
            let (due_at, passed) = limits(plan, item, opens_at, anchors);
            NewInterpretation {
                item,
                due_at,
                passed,
            }
        }),
    }
}

/// What goes out in the text of `leader`, each with its own deadline.
pub(super) fn parts<'a>(
    plan: &Plan,
    items: &'a [Item],
    leader: &Item,
    opens_at: Moment,
    anchors: &Anchors,
) -> Vec<NewPart<'a>> {
    let parts = items
        .iter()
        .filter(|item| item.bundle.as_ref() == Some(&leader.item));
    parts
        .map(|item| {
            let (due_at, passed) = limits(plan, item, opens_at, anchors);
            NewPart {
                item,
                due_at,
                passed,
            }
        })
        .collect()
}

/// When an item is due, and the first limit that was past before it could begin. A level raised late can find a limit
/// counted from the report already past: one that can still be kept is what is worked to, and the other is remembered, for
/// it was not kept.
fn limits(
    plan: &Plan,
    item: &Item,
    opens_at: Moment,
    anchors: &Anchors,
) -> (Option<Moment>, Option<PassedLimit>) {
    let dated = item.due.iter().filter_map(|due| {
        let from = anchors.get(due.of)?;
        Some((due, due_at(due, from, plan.zone, &plan.calendar)))
    });
    let (past, ahead): (Vec<_>, Vec<_>) = dated.partition(|(_, at)| *at < opens_at);
    let first = |all: &[(&Due, Moment)]| all.iter().map(|(_, at)| *at).min();
    // A rhythm says itself which of its occurrences were missed.
    let once = past
        .iter()
        .filter(|(due, _)| !matches!(due.of, Anchor::LastRelease | Anchor::Occurrence));
    let passed = once.min_by_key(|(_, at)| *at).map(|(due, at)| PassedLimit {
        within: due.within,
        of: due.of,
        due_at: *at,
    });
    (first(&ahead).or_else(|| first(&past)), passed)
}

/// A limit that an earlier text of the item kept is not broken by the next one.
pub(super) fn forget_kept(new: &mut NewRelease<'_>, existing: &[Release]) {
    let forget = |item: &Item, passed: &mut Option<PassedLimit>| {
        let is_kept = |limit: &PassedLimit| {
            existing.iter().any(|release| {
                let out = release.state.publication();
                release.item == item.item
                    && release.correction.is_none()
                    && out.is_some_and(|out| out.at <= limit.due_at)
            })
        };
        if passed.as_ref().is_some_and(is_kept) {
            *passed = None;
        }
    };
    forget(new.item, &mut new.passed);
    for part in &mut new.parts {
        forget(part.item, &mut part.passed);
    }
    if let Some(explanation) = &mut new.interpretation {
        forget(explanation.item, &mut explanation.passed);
    }
}
