//! Restrictions and the notices that lift them.

use super::has;
use crate::domain::area::AreaCode;
use crate::domain::incident::Incident;
use crate::domain::lifting::normal;
use crate::domain::plan::{Item, ItemRole, Plan};
use crate::domain::reason::Reason;
use crate::domain::release::{Release, ReleaseState};

/// Whether something stands that this notice lifts, when somebody decides about it: that a level has a measure ready does
/// not put it in force.
pub(super) fn may_lift(item: &Item, incident: &Incident, existing: &[Release]) -> bool {
    existing
        .iter()
        .any(|r| item.lifts.contains(&r.item) && r.is_left_to_lift(incident))
}

/// The places in which something stands that this notice lifts.
pub(super) fn to_lift(item: &Item, incident: &Incident, existing: &[Release]) -> Vec<AreaCode> {
    let standing = existing
        .iter()
        .filter(|r| item.lifts.contains(&r.item) && r.stands());
    normal(
        standing
            .flat_map(|r| r.places_left(incident))
            .cloned()
            .collect(),
    )
}

/// A lifting notice lifts what stands and is no part of the level; nothing to lift, nothing to say. An expired restriction
/// still has to be lifted in words; a correction stands for it only if it says the same with other content.
pub(super) fn has_to_lift(
    item: &Item,
    items: &[Item],
    incident: &Incident,
    existing: &[Release],
) -> bool {
    existing.iter().any(|r| {
        item.lifts.contains(&r.item) && r.is_left_to_lift(incident) && !has(items, &r.item)
    })
}

/// Whether nothing is left to lift for a notice that is on its way. One that somebody asked for waits unless what it lifts
/// is in force.
pub(super) fn lifts_nothing(
    item: &Item,
    items: &[Item],
    incident: &Incident,
    existing: &[Release],
) -> bool {
    if item.decided {
        return !item.lifts.is_empty() && !may_lift(item, incident, existing);
    }
    !item.lifts.is_empty()
        && item.role != Some(ItemRole::Termination)
        && !has_to_lift(item, items, incident, existing)
        && (!item.on_demand || item.lifts.iter().any(|code| has(items, code)))
}

/// Whether the newest text of an item was taken back by a notice that lifts it; `past` are the releases of that item.
pub(super) fn was_lifted(plan: &Plan, past: &[&Release], existing: &[Release]) -> bool {
    let said = past.iter().filter(|r| r.state.publication().is_some());
    let Some(newest) = said.max_by_key(|r| r.occurrence) else {
        return false;
    };
    // What a correction of the content stands in for is lifted with it.
    let newest = match &newest.state {
        ReleaseState::Corrected { by, .. } => existing.iter().find(|r| r.id == *by),
        _ => Some(*newest),
    };
    let Some(newest) = newest else { return false };
    if matches!(newest.state, ReleaseState::Lifted { .. }) {
        return true;
    }
    // As older versions wrote it.
    let ReleaseState::Superseded {
        why: Reason::Replaced { by, .. },
        ..
    } = &newest.state
    else {
        return false;
    };
    let by = existing.iter().find(|r| r.id == *by);
    by.and_then(|by| plan.item_of(by))
        .is_some_and(|item| item.lifts.contains(&newest.item))
}
