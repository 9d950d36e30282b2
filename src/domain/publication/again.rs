//! What binds again, or longer: a text that lifted it is taken back, or its hour is corrected.

use super::super::area::AreaCode;
use super::super::incident::Incident;
use super::super::lifting::Lifted;
use super::super::plan::{CorrectionKind, Item, Plan};
use super::super::release::{Release, ReleaseState, excludes};
use super::super::time::Moment;
use crate::id::ReleaseId;

/// What a text lifted binds again once that text is taken back, with the places, but for where another order is out by now.
/// `all` are the releases of the plan.
pub fn restores(
    plan: &Plan,
    incident: &Incident,
    kind: CorrectionKind,
    lifting: &Release,
    all: &[Release],
    now: Moment,
) -> Vec<(Release, Vec<AreaCode>)> {
    let takes_back = matches!(
        kind,
        CorrectionKind::Withdrawal | CorrectionKind::SentInError
    );
    let measures = all.iter().filter(|_| takes_back).filter_map(|other| {
        let item = plan.item_of(other).filter(|item| item.binds())?;
        let before: Vec<AreaCode> = match other.state {
            ReleaseState::Superseded { .. } | ReleaseState::Lifted { .. } => Vec::new(),
            _ => other.places_left(incident).into_iter().cloned().collect(),
        };
        let by = bearers(&lifting.id, all);
        let mut of_it = by
            .iter()
            .filter_map(|by| other.clone().restored(incident, by));
        let mut restored = of_it.next()?;
        let left = restored.places_left(incident).into_iter();
        let mut areas: Vec<AreaCode> = left
            .filter(|area| !before.contains(area))
            .cloned()
            .collect();
        // Parts of a place that was ordered whole.
        let lifted = other.lifted.iter().filter(|one| by.contains(&&one.by));
        for area in lifted.flat_map(|one| &one.areas) {
            if restored.holds_in(incident, area) && !areas.iter().any(|own| own.overlaps(area)) {
                areas.push(area.clone());
            }
        }
        let out =
            |one: &&Release| one.id != other.id && matches!(one.state, ReleaseState::Published(_));
        let out: Vec<Release> = all.iter().filter(out).cloned().collect();
        for excluding in excludes(plan, item, &areas, incident, &out) {
            restored.lifted.push(Lifted {
                at: now,
                by: excluding.release,
                areas: excluding.places,
                to_come: false,
                except: None,
            });
        }
        areas.retain(|area| restored.holds_in(incident, area));
        (!areas.is_empty()).then_some((restored, areas))
    });
    measures.collect()
}

/// What the lifting that `correction` corrects lifts from another hour by that, with the places.
pub fn moves(
    incident: &Incident,
    item: &Item,
    correction: &Release,
    all: &[Release],
    now: Moment,
) -> Vec<(Release, Vec<AreaCode>)> {
    let (Some(from), Some(lifting)) = (correction.corrected_hour(item), &correction.tied_to) else {
        return Vec::new();
    };
    let measures = all.iter().filter_map(|other| {
        let mut moved = bearers(lifting, all).into_iter().filter_map(|by| {
            (other.clone()).lifting_moved(incident, by, &correction.id, from, now)
        });
        let moved = moved.next()?;
        let lifted = moved.lifted.iter().filter(|one| one.by == correction.id);
        let areas = lifted.flat_map(|one| one.areas.clone()).collect();
        Some((moved, areas))
    });
    measures.collect()
}

/// A lifting, and the corrections of it, which lift what it lifted once they have given another hour.
fn bearers<'a>(lifting: &'a ReleaseId, all: &'a [Release]) -> Vec<&'a ReleaseId> {
    let corrections = all
        .iter()
        .filter(|one| one.stands_in_for() == Some(lifting));
    std::iter::once(lifting)
        .chain(corrections.map(|one| &one.id))
        .collect()
}
