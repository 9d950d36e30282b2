//! One release of an item, with the moments that its anchors give.

use super::{NewInterpretation, NewPart, NewRelease};
use crate::domain::concern::Found;
use crate::domain::deadline::{Anchor, Anchors, Due, due_at, earliest_due};
use crate::domain::incident::Incident;
use crate::domain::level::ResponseLevel;
use crate::domain::plan::{Item, Plan};
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
    let due = |item: &Item| due(plan, item, opens_at, anchors);
    NewRelease {
        item,
        level,
        occurrence,
        opens_at,
        due_at: due(item),
        asks: false,
        areas: None,
        parts: Vec::new(),
        interpretation: item
            .interpretation
            .as_deref()
            .map(|item| NewInterpretation {
                item,
                due_at: due(item),
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
        .map(|item| NewPart {
            item,
            due_at: due(plan, item, opens_at, anchors),
        })
        .collect()
}

/// A level raised late can find a limit counted from the report already past; one that can still be kept counts before it.
fn due(plan: &Plan, item: &Item, opens_at: Moment, anchors: &Anchors) -> Option<Moment> {
    let (past, ahead): (Vec<Due>, Vec<Due>) = item.due.iter().cloned().partition(|due| {
        anchors
            .get(due.of)
            .is_some_and(|from| due_at(due, from, plan.zone, &plan.calendar) < opens_at)
    });
    earliest_due(&ahead, anchors, plan.zone, &plan.calendar)
        .or_else(|| earliest_due(&past, anchors, plan.zone, &plan.calendar))
}
