//! What a text takes the place of, and what it lifts where.

use super::super::area::AreaCode;
use super::super::incident::Incident;
use super::super::lifting::Except;
use super::super::plan::{Item, ItemRole, Plan};
use super::super::reason::Reason;
use super::super::release::{NotNow, Release, ReleaseState};
use super::super::time::Moment;
use super::{Effect, matters};

/// Which of the texts that are `out` this one takes the place of, and which it lifts in some places, by deadline.
pub(super) fn replaces(
    plan: &Plan,
    item: &Item,
    incident: &Incident,
    release: &Release,
    mut out: Vec<Release>,
    (from, except): (Option<Moment>, Option<&Except>),
    now: Moment,
) -> Result<Vec<Effect>, NotNow> {
    let matters = matters(plan, item);
    out.retain(|other| {
        let lifts = item.lifts.contains(&other.item);
        let is_out = match lifts {
            true => other.stands(),
            false => matches!(other.state, ReleaseState::Published(_)),
        };
        // A correction of a bulletin is a text beside it; one of what binds people stands in for it.
        let stands_in = lifts || plan.item_of(other).is_some_and(Item::binds);
        let is_text = match stands_in {
            true => other.speaks_for_its_item(),
            false => other.correction.is_none(),
        };
        other.id != release.id
            && is_text
            // What goes out in another text ends with that text.
            && other.part_of.is_none()
            && matters.contains(other.item.as_str())
            && is_out
            && !(lifts && is_in_force(plan, item, incident, release, other))
    });
    out.sort_by(|a, b| {
        (a.due_at.is_none(), a.due_at, &a.id).cmp(&(b.due_at.is_none(), b.due_at, &b.id))
    });
    let effects = out.into_iter().map(|other| {
        match item.lifts.contains(&other.item) && !ends(plan, item, &other) {
            true => Ok(lifts(incident, release, other, (from, except), now)),
            false => replaces_one(item, incident, release, other, now),
        }
    });
    effects.filter_map(Result::transpose).collect()
}

/// Whether `other` is advice on a measure that binds on when the response ends. `all` are the releases of the plan.
pub(super) fn stands_on(
    plan: &Plan,
    item: &Item,
    incident: &Incident,
    other: &Release,
    all: &[Release],
    now: Moment,
) -> bool {
    let of = plan.item_of(other).filter(|of| !of.binds());
    item.role == Some(ItemRole::Termination)
        && of.is_some_and(|of| has_order(plan, of, incident, all, now))
}

/// Whether a measure that `item` is advice on binds anywhere.
pub fn has_order(
    plan: &Plan,
    item: &Item,
    incident: &Incident,
    all: &[Release],
    now: Moment,
) -> bool {
    all.iter().any(|order| {
        order.plan == plan.plan
            && item.stands_with.contains(&order.item)
            && order.still_binds(plan)
            && !order.places_bound(incident, now).is_empty()
    })
}

/// Whether `item` is the end of the response, in which what told of it ends; what binds people is lifted by it as by every text.
fn ends(plan: &Plan, item: &Item, other: &Release) -> bool {
    item.role == Some(ItemRole::Termination) && !plan.item_of(other).is_some_and(Item::binds)
}

fn lifts(
    incident: &Incident,
    release: &Release,
    other: Release,
    (from, except): (Option<Moment>, Option<&Except>),
    now: Moment,
) -> Option<Effect> {
    let areas = release.areas(incident);
    let covers = |place: &AreaCode| areas.iter().any(|area| area.contains(place));
    let left = other.places_left(incident);
    let here: Vec<AreaCode> = match left.iter().all(|place| covers(place)) {
        true => left.into_iter().cloned().collect(),
        // Elsewhere it goes on standing.
        false => (areas.iter().filter(|area| other.holds_in(incident, area)))
            .cloned()
            .collect(),
    };
    (!here.is_empty()).then(|| Effect::Lift {
        other: other.lifted_in(incident, here.clone(), &release.id, from, now, except),
        areas: here,
    })
}

fn replaces_one(
    item: &Item,
    incident: &Incident,
    release: &Release,
    other: Release,
    now: Moment,
) -> Result<Option<Effect>, NotNow> {
    let areas = release.areas(incident);
    let covers = |place: &AreaCode| areas.iter().any(|area| area.contains(place));
    // Elsewhere it goes on standing.
    if !other.places_left(incident).into_iter().all(covers) {
        return Ok(None);
    }
    // What was lifted elsewhere, or in a part, was lifted by that text all the same.
    let is_lifting = !item.lifts.is_empty() && other.item == item.item;
    if is_lifting
        && !areas
            .iter()
            .all(|area| other.areas(incident).contains(area))
    {
        return Ok(None);
    }
    let stop = other.item != item.item;
    let why = match item.role {
        // Nothing new is said in its place, unless it is an earlier notice of the same end.
        Some(ItemRole::Termination) if stop => Reason::ResponseEnded,
        _ => Reason::Replaced {
            by: release.id.clone(),
            name: release.name.clone(),
        },
    };
    let other = other.superseded(now, why)?;
    Ok(Some(Effect::Supersede { other, stop }))
}

/// Whether the level in force asks for `other`, so that a text that was to lift it came too late. A person may lift it all
/// the same who asked for that under this level, with the restriction before them.
fn is_in_force(
    plan: &Plan,
    item: &Item,
    incident: &Incident,
    lifting: &Release,
    other: &Release,
) -> bool {
    // A level only has a measure ready; it came into force by an order, and goes by one.
    if plan.item_of(other).is_some_and(|item| item.decided) {
        return false;
    }
    let asked = item.on_demand
        && lifting.opened_at >= incident.level_since()
        && (other.state.publication()).is_some_and(|was| was.at <= lifting.opened_at);
    incident.is_active() && !asked && plan.item(incident.level(), &other.item).is_some()
}
