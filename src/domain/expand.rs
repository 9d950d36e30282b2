//! From a plan and what has happened to dated releases: what a declaration, a change of level or an end calls for.
//!
//! Pure and ordered. The caller carries the result out as it stands and has no choices left.

use super::area::AreaCode;
use super::deadline::PassedLimit;
use super::incident::Incident;
use super::level::ResponseLevel;
use super::plan::{Item, ItemRole, OnRaise, Plan};
use super::reason::Reason;
use super::release::{Release, ReleaseState};
use super::time::Moment;
use crate::id::ReleaseId;

mod dated;
mod decided;
mod forecast;
mod later;
mod graded;
mod held;
mod lifting;
mod retire;
mod rhythm;
mod takeover;

pub use dated::on_demand;
pub use decided::after_publication;
pub use forecast::{Forecast, forecast, supposed};
pub use graded::regraded;
pub use held::{counts, transcript};
pub use later::{Raise, forecast_end, forecast_raise};
pub use rhythm::{NewSeries, next_occurrence, signing_time};
pub use takeover::{TakeOver, take_over};

/// A release to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRelease<'a> {
    pub item: &'a Item,
    /// None = an item of the end.
    pub level: Option<ResponseLevel>,
    pub occurrence: u32,
    pub opens_at: Moment,
    pub due_at: Option<Moment>,
    /// The first limit that cannot be kept any more.
    pub passed: Option<PassedLimit>,
    /// Somebody is asked first whether it is ordered; then nothing else is known of it.
    pub asks: bool,
    /// The places that it is for; None = the incident's.
    pub areas: Option<Vec<AreaCode>>,
    /// What goes out in its text.
    pub parts: Vec<NewPart<'a>>,
    /// The interpretation that goes with it, if the item has one.
    pub interpretation: Option<NewInterpretation<'a>>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct NewPart<'a> {
    pub item: &'a Item,
    pub due_at: Option<Moment>,
    pub passed: Option<PassedLimit>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct NewInterpretation<'a> {
    pub item: &'a Item,
    /// None until the interpreted release is published.
    pub due_at: Option<Moment>,
    pub passed: Option<PassedLimit>,
}

/// Everything that one change of an incident does to the releases of one plan.
#[derive(Debug, Default, PartialEq)]
pub struct Changes<'a> {
    pub plan: Vec<NewRelease<'a>>,
    pub series: Vec<NewSeries<'a>>,
    pub stop_series: Vec<String>,
    pub supersede: Vec<(ReleaseId, Reason)>,
    /// Questions that are asked about other places from now on.
    pub widen: Vec<(ReleaseId, Option<Vec<AreaCode>>)>,
    pub cancel: Vec<(ReleaseId, Reason)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Declare,
    Raise,
    Lower,
    End,
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
    let taken = takeover::taken_over(plan, existing);
    for item in items {
        let is_asked_for = item.on_demand || item.bundle.is_some();
        if is_asked_for || !item.is_for(incident.grade()) {
            continue;
        }
        if change != Change::End && taken.contains(item.item.as_str()) {
            continue;
        }
        let why = reason(change, level);
        if item.decided {
            let asked = decided::ask(plan, item, incident, existing, at_level, now);
            if let Some(asked) = asked {
                let unanswered = decided::unanswered(item, existing);
                out.supersede
                    .extend(unanswered.map(|open| (open.id.clone(), why.clone())));
                out.plan.push(asked);
            }
            continue;
        }
        let past: Vec<&Release> = existing
            .iter()
            .filter(|r| r.item == item.item && r.correction.is_none())
            .collect();
        if held::owes_its_text(&past)
            || !wanted(plan, item, items, incident, &past, existing, change)
        {
            continue;
        }
        // A part goes with the text that it goes out in.
        let alone = past.iter().filter(|r| r.part_of.is_none());
        for open in alone.filter(|r| is_unsigned(r)) {
            out.supersede.push((open.id.clone(), why.clone()));
        }
        if past
            .iter()
            .any(|r| matches!(r.state, ReleaseState::Approved { .. }))
        {
            continue;
        }
        let occurrence = past.iter().map(|r| r.occurrence).max().unwrap_or(0) + 1;
        let (new, series) = rhythm::first_of(
            plan, item, at_level, occurrence, &anchors, &past, change, now,
        );
        out.plan.extend(new.map(|mut new| {
            new.parts = dated::parts(plan, items, item, now, &anchors);
            dated::forget_kept(&mut new, existing);
            new
        }));
        out.series.extend(series);
    }
    retire::retire(&mut out, plan, existing, items, incident, change);
    out
}

/// Whether an item of the new level has to be planned (again).
fn wanted(
    plan: &Plan,
    item: &Item,
    items: &[Item],
    incident: &Incident,
    past: &[&Release],
    existing: &[Release],
    change: Change,
) -> bool {
    if !item.lifts.is_empty() {
        // An end is announced whatever stands.
        return item.role == Some(ItemRole::Termination)
            || change != Change::Declare && lifting::has_to_lift(item, items, incident, existing);
    }
    // What was lifted is in force no more, so it is said again.
    let published = past.iter().any(|r| r.state.publication().is_some())
        && !lifting::was_lifted(plan, past, existing);
    let open = past.iter().any(|r| r.state.is_open());
    // Only a change of level cancels an item; what a person gave up stays so.
    let last = past.iter().max_by_key(|r| r.occurrence);
    let only_cancelled = last.is_none_or(|r| {
        matches!(r.state, ReleaseState::Cancelled { .. }) || r.state.publication().is_some()
    });
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

#[cfg(test)]
mod tables;
