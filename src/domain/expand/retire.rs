//! What a change makes of the releases that are open: what the new level does not ask for is cancelled, and its rhythm stops.

use std::collections::BTreeSet;

use super::held::still_owed;
use super::lifting::lifts_nothing;
use super::{Change, Changes, reason};
use crate::domain::incident::Incident;
use crate::domain::level::IncidentGrade;
use crate::domain::plan::{Item, Plan};
use crate::domain::release::{Release, ReleaseState};
use crate::id::ReleaseId;

fn codes(items: &[Item], grade: Option<IncidentGrade>) -> BTreeSet<&str> {
    items
        .iter()
        .filter(|item| item.is_for(grade))
        .flat_map(|item| std::iter::once(item).chain(item.interpretation.as_deref()))
        .map(|item| item.item.as_str())
        .collect()
}

/// What a change makes of an open release.
enum Fate {
    Stays,
    GivesWay,
    Cancelled,
}

/// Cancels what the new level does not ask for, and stops its rhythms.
pub(super) fn retire(
    out: &mut Changes<'_>,
    plan: &Plan,
    existing: &[Release],
    items: &[Item],
    incident: &Incident,
    change: Change,
) {
    let (grade, level) = (incident.grade(), incident.level());
    let kept = codes(items, grade);
    let gives_way: BTreeSet<ReleaseId> = out.supersede.iter().map(|(id, _)| id.clone()).collect();
    let of_itself = |release: &Release| {
        // What somebody asked for outlives a change of level.
        let item = plan.item_anywhere(level, &release.item);
        let is_ordered = !matches!(release.state, ReleaseState::Undecided(_));
        let on_demand = item.is_some_and(|item| item.on_demand || item.decided && is_ordered);
        let idle = item.is_some_and(|item| lifts_nothing(item, items, incident, existing));
        if gives_way.contains(&release.id) {
            Fate::GivesWay
        } else if still_owed(plan, release, existing) {
            Fate::Stays
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
        // What becomes of a part is what becomes of the text that it goes out in.
        .filter(|r| r.state.is_open() && r.correction.is_none() && r.part_of.is_none());
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
