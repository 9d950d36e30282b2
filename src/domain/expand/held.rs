//! What is held before its text: whether a report counts for a release, what stays owed once it was announced or held, and
//! the transcript that is asked for then.

use super::NewRelease;
use super::dated::dated;
use crate::domain::deadline::Anchors;
use crate::domain::incident::Incident;
use crate::domain::plan::{CorrectionKind, Held, Plan};
use crate::domain::release::{Release, ReleaseState};
use crate::domain::time::Moment;

/// Whether a holding at `at` is that of `release`: one that another text of its item has told of is not held twice.
pub fn counts(release: &Release, at: Moment, existing: &[Release]) -> bool {
    let others = existing.iter().filter(|other| {
        other.id != release.id && other.item == release.item && other.plan == release.plan
    });
    let mut told = others.filter(|other| other.state.publication().is_some());
    !told.any(|other| other.held_at().is_some_and(|held| held >= at))
}

/// Held, and its text not out: no level plans it anew.
pub(super) fn owes_its_text(past: &[&Release]) -> bool {
    past.iter().any(|release| is_held(release))
}

/// What is owed whatever becomes of the level or the grade: the text of what was held; and of what the public was told to come to, that
/// it was held, or why it was not.
pub(super) fn still_owed(plan: &Plan, release: &Release, existing: &[Release]) -> bool {
    is_held(release) || release.awaits_holding() && is_announced(plan, release, existing)
}

fn is_held(release: &Release) -> bool {
    release.held_at().is_some() && release.state.is_open()
}

/// Whether an announcement of what `release` tells of stands that no other text of its item has told of, or was given up for.
fn is_announced(plan: &Plan, release: &Release, existing: &[Release]) -> bool {
    let held = (plan.item_of(release)).and_then(|item| item.held.as_ref());
    let Some(code) = held.and_then(|held| held.announced_by.as_ref()) else {
        return false;
    };
    let of_item = existing
        .iter()
        .filter(|one| one.plan == release.plan && one.item == *code && one.correction.is_none());
    let given_up = existing
        .iter()
        .filter(|one| {
            one.id != release.id && (&one.plan, &one.item) == (&release.plan, &release.item)
        })
        .filter_map(|one| match one.state {
            ReleaseState::Waived { at, .. } => Some(at),
            _ => None,
        })
        .max();
    let mut out = of_item.filter(|one| !is_called_off(one, existing));
    out.any(|one| {
        one.state.publication().is_some_and(|out| {
            given_up.is_none_or(|at| at < out.at) && counts(release, out.at, existing)
        })
    })
}

fn is_called_off(announcement: &Release, existing: &[Release]) -> bool {
    match &announcement.state {
        ReleaseState::Withdrawn { .. } => true,
        ReleaseState::Corrected { by, .. } => existing
            .iter()
            .any(|one| one.id == *by && one.correction != Some(CorrectionKind::WrongContent)),
        _ => false,
    }
}

/// The transcript of what was held at `at`, unless it is on its way or was made since.
pub fn transcript<'a>(
    plan: &'a Plan,
    incident: &Incident,
    held: &Held,
    at: Moment,
    existing: &[Release],
    now: Moment,
) -> Option<NewRelease<'a>> {
    let item = plan.item_anywhere(incident.level(), held.transcript.as_deref()?)?;
    let of_item = || {
        existing
            .iter()
            .filter(|r| r.plan == plan.plan && r.item == item.item)
    };
    let is_made = |release: &Release| {
        let is_out = release.state.publication().is_some();
        release.state.is_open() || is_out && release.opened_at >= at
    };
    if of_item().any(is_made) {
        return None;
    }
    let anchors = Anchors {
        request: Some(at),
        ..incident.anchors()
    };
    let level = incident.is_active().then(|| incident.level());
    let occurrence = of_item().map(|r| r.occurrence).max().unwrap_or(0) + 1;
    Some(dated(plan, item, level, occurrence, now, &anchors))
}
