//! Measures that a person decides: which of them somebody is asked about, and for which places.
//!
//! What is ordered or in force in a place is asked about there no more; in the others it is.

use super::{Changes, NewRelease, dated, lifting};
use crate::domain::area::AreaCode;
use crate::domain::incident::Incident;
use crate::domain::level::ResponseLevel;
use crate::domain::lifting::{normal, places_without};
use crate::domain::plan::{Item, Plan};
use crate::domain::reason::Reason;
use crate::domain::release::{Release, ReleaseState};
use crate::domain::time::Moment;

/// The question whether `item` is ordered; None when nothing of it is left to decide.
pub(super) fn ask<'a>(
    plan: &Plan,
    item: &'a Item,
    incident: &Incident,
    existing: &[Release],
    level: Option<ResponseLevel>,
    now: Moment,
) -> Option<NewRelease<'a>> {
    let of_item = || existing.iter().filter(|r| r.item == item.item);
    let under_way: Vec<&AreaCode> = of_item()
        .filter(|release| is_under_way(item, release))
        .flat_map(|release| release.places_left(incident))
        .collect();
    let wanted = match item.binds() {
        true => incident.areas.clone(),
        false => lifting::to_lift(item, incident, existing),
    };
    let areas = places_without(&wanted, &under_way, plan);
    if areas.is_empty() {
        return None;
    }
    let planned = of_item().filter(|release| release.correction.is_none());
    let occurrence = planned.map(|release| release.occurrence).max().unwrap_or(0) + 1;
    let mut asked = dated::undecided(item, level, occurrence, now);
    let areas = normal(areas);
    asked.areas = (areas != normal(incident.areas.clone())).then_some(areas);
    Some(asked)
}

/// A measure is under way from its order until it is over; what lifts only until it is out, for more may be left to lift.
fn is_under_way(item: &Item, release: &Release) -> bool {
    match &release.state {
        ReleaseState::Undecided(_) => false,
        ReleaseState::Published(_) => item.binds() && release.speaks_for_its_item(),
        state => state.is_open() && release.correction.is_none(),
    }
}

/// The questions about `item` that nobody has answered.
pub(super) fn unanswered<'r>(
    item: &Item,
    existing: &'r [Release],
) -> impl Iterator<Item = &'r Release> {
    let of_item = existing.iter().filter(move |r| r.item == item.item);
    of_item.filter(|r| matches!(r.state, ReleaseState::Undecided(_)))
}

/// What the publication of `out` makes of the questions that stand: one about a lifting that has nothing to lift any more is
/// withdrawn, one that stands is asked about the places that are left by now, and one is asked where a measure came into force after the end, or was lifted in some of its places only.
pub fn after_publication<'a>(
    plan: &'a Plan,
    incident: &Incident,
    existing: &[Release],
    out: &Release,
    now: Moment,
) -> Changes<'a> {
    let mut changes = Changes::default();
    let is_active = incident.is_active();
    let level = is_active.then(|| incident.level());
    let items = match is_active {
        true => plan
            .levels
            .get(&incident.level())
            .map_or(&[][..], Vec::as_slice),
        false => &plan.end,
    };
    for open in existing {
        let of = plan.item_of(open).filter(|item| !item.lifts.is_empty());
        let is_asked = matches!(open.state, ReleaseState::Undecided(_));
        if is_asked && of.is_some_and(|item| !lifting::may_lift(item, incident, existing)) {
            changes
                .cancel
                .push((open.id.clone(), Reason::NothingToLift));
        }
    }
    let liftings = items
        .iter()
        .filter(|item| item.decided && !item.lifts.is_empty());
    for item in liftings {
        let is_new = item.item == out.item || !is_active && item.lifts.contains(&out.item);
        let asked = ask(plan, item, incident, existing, level, now);
        match (unanswered(item, existing).next(), asked) {
            // The question that stands is about all that is left to decide by now, and about nothing else.
            (Some(open), Some(asked)) if open.areas != asked.areas => {
                changes.widen.push((open.id.clone(), asked.areas));
            }
            (None, Some(asked)) if is_new => changes.plan.push(asked),
            _ => {}
        }
    }
    changes
}
