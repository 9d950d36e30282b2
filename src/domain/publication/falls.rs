//! What waits and is about another text: whether it has anything left to say once that text is lifted, withdrawn or replaced.
//!
//! A measure on its way that was ordered stays, whatever becomes of the response: who ends that is shown it. What explains a
//! measure ends with it where that ends (`flow::publish`).

use super::super::incident::Incident;
use super::super::lifting::Lifted;
use super::super::plan::{Item, ItemRole, Plan};
use super::super::reason::Reason;
use super::super::release::{Release, ReleaseState};
use super::super::time::Moment;
use super::again::bearers;
use crate::id::ReleaseId;

/// Why `waiting` falls; None where it goes on. `all` are the releases of its plan.
pub fn falls(
    plan: &Plan,
    incident: &Incident,
    waiting: &Release,
    all: &[Release],
) -> Option<Reason> {
    let item = plan.item_of(waiting)?;
    let is_ordered = !matches!(waiting.state, ReleaseState::Undecided(_));
    if !waiting.state.is_open() || waiting.part_of.is_some() {
        return None;
    }
    let Some(original) = (waiting.tied_to.as_ref()).filter(|_| waiting.correction.is_some()) else {
        let lifts = is_ordered && item.decided && item.role != Some(ItemRole::Termination);
        let lifts = lifts && !item.lifts.is_empty() && waiting.tied_to.is_none();
        let is_idle = lifts && !lifts_something(item, incident, waiting, all);
        return is_idle.then_some(Reason::NothingToLift);
    };
    let original = all.iter().find(|one| one.id == *original)?;
    let stands = stands_for(original, all);
    let is_over = over_since(item, waiting, stands).is_some()
        || taken_back_since(item, waiting, original, all)
        || !item.lifts.is_empty() && lifted_is_over_since(waiting, original, all);
    is_over.then_some(Reason::OriginalOver)
}

/// When what `waiting` corrects or takes back, and `stands` for, was lifted, withdrawn or replaced, if that was since it was
/// written. A text that binds nobody may be put right all the same.
pub(super) fn over_since(item: &Item, waiting: &Release, stands: &Release) -> Option<Moment> {
    let at = match &stands.state {
        ReleaseState::Lifted { at, .. }
        | ReleaseState::Withdrawn { at, .. }
        | ReleaseState::Superseded { at, .. } => *at,
        _ => return None,
    };
    let concerns_measures = item.binds() || !item.lifts.is_empty();
    (concerns_measures && at > waiting.opened_at).then_some(at)
}

/// The correction that stands in for `original`, or itself.
fn stands_for<'r>(original: &'r Release, all: &'r [Release]) -> &'r Release {
    let mended = all.iter().find(|one| original.is_mended_by(one));
    mended.unwrap_or(original)
}

/// Whether a correction of the same text was taken back since: what it put right is wrong again, so this one speaks of other words.
fn taken_back_since(item: &Item, waiting: &Release, original: &Release, all: &[Release]) -> bool {
    all.iter().any(|one| {
        one.stands_in_for() == Some(&original.id)
            && matches!(one.state, ReleaseState::Withdrawn { .. })
            && over_since(item, waiting, one).is_some()
    })
}

/// Whether everything that a lifting lifts was withdrawn or replaced since: there is nothing that could hold again, or until
/// another hour.
fn lifted_is_over_since(waiting: &Release, lifting: &Release, all: &[Release]) -> bool {
    let first = lifting.stands_in_for().unwrap_or(&lifting.id);
    let by = bearers(first, all);
    let is_by = |id: &ReleaseId| by.contains(&id);
    let lifted = |one: &&Release| one.lifted.iter().any(|lifted: &Lifted| is_by(&lifted.by));
    let mut measures = all.iter().filter(lifted).peekable();
    measures.peek().is_some()
        && measures.all(|one| match &one.state {
            // What stands in for it is another of them.
            ReleaseState::Corrected { .. } => true,
            ReleaseState::Withdrawn { at, .. } => *at > waiting.opened_at,
            // As older versions wrote a lifting.
            ReleaseState::Superseded {
                why: Reason::Replaced { by, .. },
                ..
            } if is_by(by) => false,
            ReleaseState::Superseded { at, .. } => *at > waiting.opened_at,
            _ => false,
        })
}

/// Whether anything that `lifting` lifts stands in one of its places.
fn lifts_something(item: &Item, incident: &Incident, lifting: &Release, all: &[Release]) -> bool {
    super::super::lifting::lifts_something(item, incident, lifting.areas(incident), all)
}

#[cfg(test)]
mod tables;
