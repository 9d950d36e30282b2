//! What binds again, or longer: a text that lifted it is taken back, or its hour is corrected.

use super::super::area::AreaCode;
use super::super::incident::Incident;
use super::super::lifting::Lifted;
use super::super::plan::{CorrectionKind, Item, Plan};
use super::super::reason::Reason;
use super::super::release::{Release, ReleaseState, excludes};
use super::super::time::Moment;
use crate::id::ReleaseId;

/// What a text lifted binds again once that text is taken back, with the places, but for where another order is out by now.
/// What corrected a lifting has lifted nothing itself ([`moves`]). `all` are the releases of the plan.
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
    ) && lifting.stands_in_for().is_none();
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
                before: Vec::new(),
            });
        }
        areas.retain(|area| restored.holds_in(incident, area));
        (!areas.is_empty()).then_some((restored, areas))
    });
    measures.collect()
}

/// A measure whose lifting has another hour once a text is out.
#[derive(Debug, Clone, PartialEq)]
pub struct Moved {
    /// As it stands then.
    pub measure: Release,
    pub areas: Vec<AreaCode>,
    /// What gives the hour then.
    pub by: ReleaseId,
    pub from: Moment,
}

/// What is lifted from another hour by the correction `text` of the lifting `original`, or by the withdrawal `text` of the
/// correction `original`.
pub fn moves(
    incident: &Incident,
    item: &Item,
    text: &Release,
    original: &Release,
    all: &[Release],
    now: Moment,
) -> Vec<Moved> {
    if text.correction == Some(CorrectionKind::Withdrawal) {
        return moves_back(incident, original, all, now);
    }
    let Some(from) = text.corrected_hour(item) else {
        return Vec::new();
    };
    let by = bearers(&original.id, all);
    moved(all, |other| {
        by.iter().find_map(|by| {
            let moved = (other.clone()).lifting_moved(incident, by, &text.id, from, now)?;
            Some((moved, *by))
        })
    })
}

/// What has the hour of its lifting again that it had before the `correction` of that.
pub fn moves_back(
    incident: &Incident,
    correction: &Release,
    all: &[Release],
    now: Moment,
) -> Vec<Moved> {
    let Some(lifting) = correction.stands_in_for() else {
        return Vec::new();
    };
    let by = &correction.id;
    moved(all, |other| {
        let back = (other.clone()).lifting_moved_back(incident, lifting, by, now)?;
        Some((back, by))
    })
}

/// Those of `all` that `change` gives another hour, with what had given the one before.
fn moved<'r>(
    all: &'r [Release],
    change: impl Fn(&'r Release) -> Option<(Release, &'r ReleaseId)>,
) -> Vec<Moved> {
    let measures = all.iter().filter_map(|other| {
        let (measure, before) = change(other)?;
        let pairs = measure.lifted.iter().zip(&other.lifted);
        let of_it: Vec<&Lifted> = pairs
            .filter(|(_, was)| was.by == *before)
            .map(|(lifted, _)| lifted)
            .collect();
        let first = of_it.first()?;
        Some(Moved {
            areas: of_it.iter().flat_map(|one| one.areas.clone()).collect(),
            by: first.by.clone(),
            from: first.at,
            measure,
        })
    });
    measures.collect()
}

/// The correction that `correction` took the place of, among what is `tied` to the same text.
pub fn corrected_before<'a>(correction: &Release, tied: &'a [Release]) -> Option<&'a Release> {
    let first = correction.stands_in_for()?;
    tied.iter().find(|one| {
        let gave_way = matches!(
            &one.state,
            ReleaseState::Superseded {
                why: Reason::Replaced { by, .. },
                was: Some(_),
                ..
            } if *by == correction.id
        );
        gave_way && one.stands_in_for() == Some(first)
    })
}

/// A lifting, and the corrections of it, which lift what it lifted once they have given another hour.
pub(super) fn bearers<'a>(lifting: &'a ReleaseId, all: &'a [Release]) -> Vec<&'a ReleaseId> {
    let corrections = all
        .iter()
        .filter(|one| one.stands_in_for() == Some(lifting));
    std::iter::once(lifting)
        .chain(corrections.map(|one| &one.id))
        .collect()
}
