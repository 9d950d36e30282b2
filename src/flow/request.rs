//! What a person asks for: an item on demand, and a measure that they order, find not applicable, or put off.

use std::collections::{BTreeMap, BTreeSet};

use super::declare::{GivenFact, Known};
use super::own::{must_lift_something, own_facts, places};
use super::plan::{Pinned, build, planned};
use super::work::Work;
use super::{VerbError, World, item_of, must_release};
use crate::domain::approval::Actor;
use crate::domain::area::AreaCode;
use crate::domain::concern::{Found, answers};
use crate::domain::expand;
use crate::domain::fact::Facts;
use crate::domain::incident::{Incident, IncidentStatus};
use crate::domain::journal::Act;
use crate::domain::journal::act::Planned;
use crate::domain::phrase::{Blank, phrase};
use crate::domain::plan::{Item, Plan};
use crate::domain::reason::Reason;
use crate::domain::release::{Excludes, Release, ReleaseState, Wanted, excludes};
use crate::domain::rights::{self, About, Deed};
use crate::domain::time::{Moment, Span, minute};
use crate::id::{IncidentId, ReleaseId};
use crate::store::Tx;

/// Where a text is for, what it says for itself, and whether it takes the place of what excludes it there.
#[derive(Debug, Clone, Default)]
pub struct Order {
    /// None = the places that it is asked for, or the incident's.
    pub areas: Option<Vec<AreaCode>>,
    /// What this one text is given to say; the facts of the incident stay as they are.
    pub facts: BTreeMap<String, GivenFact>,
    /// Instead of the measures that it excludes.
    pub instead: bool,
    /// Where and when somebody found what it answers.
    pub found: Option<Found>,
}

/// An answer to the question whether a measure is ordered.
#[derive(Debug, Clone)]
pub enum Answer {
    Ordered(Order),
    NotApplicable { reason: String },
    AskAgain { after: Span },
}

/// Plans an item that a person asked for, such as the refutation of a rumour, or a measure that they order of their own
/// accord.
///
/// # Errors
/// Invalid when no plan of the incident has that item on demand; a conflict when a measure stands that excludes it.
pub async fn request(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    id: &IncidentId,
    item: &str,
    order: Order,
) -> Result<Vec<Release>, VerbError> {
    let mut work = Work::new(tx, world, now);
    // Two requests at once must not both find the same number free.
    work.tx.lock_incident(id).await?;
    let incident = work.incident(id).await?;
    let plans = work.plans_of(&incident).await?;
    let found = plans
        .iter()
        .zip(&incident.plans)
        .find_map(|(plan, pin)| asked_for(plan, &incident, item).map(|item| (plan, pin, item)));
    let Some((plan, pin, item)) = found else {
        super::must(world, actor, Deed::Request, &plans)?;
        incident.must_be_active()?;
        let known: Blank = plans
            .iter()
            .filter_map(|plan| plan.levels.get(&incident.level()))
            .flatten()
            .filter(|item| item.on_demand || item.decided)
            .map(|item| format!("{} ({})", item.item, item.name))
            .collect();
        return Err(VerbError::invalid(
            "item",
            phrase!(
                "verb.not-on-demand",
                item = format!("{item:?}"),
                level = incident.level().phrase(),
                known
            ),
        ));
    };
    match item.decided {
        true => rights::may_order(actor, item, &About::incident(&world.plans, &plans))?,
        false => super::must(world, actor, Deed::Request, &plans)?,
    }
    // After the end its own items may still be asked for, until it is put away.
    if !matches!(incident.status, IncidentStatus::Ended { .. }) {
        incident.must_be_active()?;
    }
    let existing = match plan.may_bind(&item.item) {
        true => work.all_that_binds(&incident).await?,
        false => work.tx.readable_of(&incident.id).await?,
    };
    let taken = existing.taken(&plan.plan, &item.item);
    let own: Vec<Release> = existing
        .releases
        .into_iter()
        .filter(|r| r.plan == plan.plan)
        .collect();
    // A place that is none is said before what the next step would be refused for as well.
    let areas = places(plan, &incident, order.areas)?;
    if let Some(asked) = own
        .iter()
        .find(|r| r.item == item.item && matches!(r.state, ReleaseState::Undecided(_)))
    {
        return Err(VerbError::Conflict {
            what: phrase!(
                "verb.decision-is-asked",
                name = &item.name,
                release = asked.id.as_str()
            ),
            existing: Some(asked.id.to_string()),
        });
    }
    let found = order.found;
    found_before(item, found, now)?;
    let item = item.from(found.and_then(|found| found.source));
    must_lift_something(plan, item, &incident, areas.as_deref(), &own)?;
    let facts = own_facts(
        plan,
        item,
        actor,
        now,
        areas.as_deref(),
        Known {
            own: &Facts::new(),
            around: &incident.facts,
        },
        &order.facts,
    )?;
    let instead = instead_of(
        &mut work,
        plan,
        &incident,
        item,
        areas.as_deref(),
        order.instead,
        &own,
    )
    .await?;
    let occurrences = own.iter().filter(|r| r.item == item.item);
    let occurrence = occurrences
        .map(|r| r.occurrence)
        .max()
        .unwrap_or(0)
        .max(taken)
        + 1;
    let level = incident.is_active().then(|| incident.level());
    let new = expand::on_demand(plan, item, &incident, level, occurrence, now, found);
    let pinned = Pinned {
        plan,
        hash: &pin.hash,
    };
    let mut releases = build(world, now, &incident, pinned, &new);
    for release in &mut releases {
        release.areas.clone_from(&areas);
        release.own_facts.clone_from(&facts);
        release.found = found;
    }
    if let Some(release) = releases.first_mut().filter(|_| item.decided) {
        release.ordered_by = Some(actor.user.clone());
    }
    work.tx.add_releases(&releases).await?;
    let act = Act::ReleaseRequested(planned(plan, &releases));
    work.did_to(actor, &incident, act);
    if let Some(release) = releases.first().filter(|_| item.decided) {
        let none = Planned {
            plan: plan.plan.clone(),
            body: plan.body.body.clone(),
            releases: Vec::new(),
        };
        let act = ordered(item, release, areas, instead, none);
        work.did(actor, release, act);
    }
    work.done().await?;
    Ok(releases)
}

/// Answers whether the measure `id` is ordered. The first answer counts.
///
/// # Errors
/// A conflict when it is answered already (it says by whom), or a measure stands that excludes it in the same place;
/// invalid when its places are not the incident's.
pub async fn decide(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    id: &ReleaseId,
    answer: Answer,
) -> Result<Release, VerbError> {
    let mut work = Work::new(tx, world, now);
    let release = work.release_locked(id).await?;
    let plan = work.plan_of(&release).await?;
    let item = item_of(&plan, &release)?;
    // Whoever may decide about what is undecided is not the one to ask where it is out, or over.
    if !release.state.is_open() {
        return Err(match &answer {
            Answer::Ordered(_) => decided_already(item, &release),
            _ => release.not_now(Wanted::Decided).into(),
        });
    }
    must_release(world, actor, Deed::Decide, &plan, &release)?;
    if !matches!(release.state, ReleaseState::Undecided(_)) && matches!(answer, Answer::Ordered(_))
    {
        return Err(decided_already(item, &release));
    }
    let release = match answer {
        Answer::Ordered(wish) => order(&mut work, actor, &plan, item, release, wish).await?,
        Answer::NotApplicable { reason } => {
            let reason = super::declare::one_line(&reason)
                .map_err(|what| VerbError::invalid("reason", what))?;
            let act = Act::MeasureNotApplicable {
                item: release.item.clone(),
                reason: reason.clone(),
            };
            let mut release = release.not_applicable(now, actor.user.clone(), reason)?;
            work.keep(&mut release).await?;
            work.did(actor, &release, act);
            release
        }
        Answer::AskAgain { after } => {
            let until = after.after(now);
            let act = Act::DecisionPutOff {
                item: release.item.clone(),
                until,
            };
            let mut release = release.put_off(now, actor.user.clone(), until)?;
            work.keep(&mut release).await?;
            work.did(actor, &release, act);
            release
        }
    };
    work.done().await?;
    Ok(release)
}

async fn order(
    work: &mut Work<'_>,
    actor: &Actor,
    plan: &Plan,
    item: &Item,
    release: Release,
    wish: Order,
) -> Result<Release, VerbError> {
    let incident = work.incident(&release.incident).await?;
    let areas = match places(plan, &incident, wish.areas.clone())? {
        None if wish.areas.is_none_or(|areas| areas.is_empty()) => release.areas.clone(),
        areas => areas,
    };
    let own = work.all_that_binds(&incident).await?.releases;
    let own: Vec<Release> = own.into_iter().filter(|r| r.plan == plan.plan).collect();
    must_lift_something(plan, item, &incident, areas.as_deref(), &own)?;
    let facts = own_facts(
        plan,
        item,
        actor,
        work.now,
        areas.as_deref(),
        Known {
            own: &Facts::new(),
            around: &incident.facts,
        },
        &wish.facts,
    )?;
    let instead = instead_of(
        work,
        plan,
        &incident,
        item,
        areas.as_deref(),
        wish.instead,
        &own,
    )
    .await?;
    let new = expand::on_demand(
        plan,
        item,
        &incident,
        release.level,
        release.occurrence,
        work.now,
        None,
    );
    let pinned = Pinned {
        plan,
        hash: &release.plan_hash,
    };
    // What explains it, and what goes out in its text.
    let mut with_it = build(work.world, work.now, &incident, pinned, &new);
    with_it.retain(|made| made.tied_to.is_some() || made.part_of.is_some());
    for made in &mut with_it {
        let leader = |of: &mut Option<ReleaseId>| {
            of.is_some().then(|| *of = Some(release.id.clone()));
        };
        leader(&mut made.tied_to);
        leader(&mut made.part_of);
        made.areas.clone_from(&areas);
        made.own_facts.clone_from(&facts);
    }
    work.tx.add_releases(&with_it).await?;
    let parts = with_it.iter().filter(|made| made.part_of.is_some());
    let by = actor.user.clone();
    let mut release = release.ordered(work.now, by, new.due_at, areas.clone())?;
    release.passed = new.passed;
    release.own_facts = facts;
    release.carries = parts.map(|part| part.id.clone()).collect();
    work.keep(&mut release).await?;
    let act = ordered(item, &release, areas, instead, planned(plan, &with_it));
    work.did(actor, &release, act);
    Ok(release)
}

fn ordered(
    item: &Item,
    release: &Release,
    areas: Option<Vec<AreaCode>>,
    instead_of: Vec<ReleaseId>,
    with_it: Planned,
) -> Act {
    Act::MeasureOrdered {
        item: item.item.clone(),
        due_at: release.due_at,
        passed: release.passed.clone(),
        areas,
        instead_of,
        facts: release.own_facts.clone(),
        with_it,
    }
}

/// An order that comes too late. What was found not applicable, or is over, is ordered as a thing of its own, so that both
/// decisions stand in the journal.
fn decided_already(item: &Item, release: &Release) -> VerbError {
    let not_now = release.not_now(Wanted::Ordered);
    match release.state {
        ReleaseState::NotApplicable { .. }
        | ReleaseState::Lifted { .. }
        | ReleaseState::Withdrawn { .. }
        | ReleaseState::Superseded { .. }
        | ReleaseState::Expired { .. }
        | ReleaseState::Waived { .. } => VerbError::conflict(phrase!(
            "verb.not-applicable-already",
            not_now = not_now.phrase(),
            incident = release.incident.as_str(),
            item = &item.item
        )),
        _ => not_now.into(),
    }
}

/// Only an answer has something that was found before it, and nothing is found in the future.
fn found_before(item: &Item, found: Option<Found>, now: Moment) -> Result<(), VerbError> {
    let Some(found) = found else { return Ok(()) };
    if item.decided || !answers(item.kind) {
        let name = &item.name;
        return Err(VerbError::invalid(
            "found_at",
            phrase!("verb.answers-nothing", name),
        ));
    }
    match found.at > now {
        true => Err(VerbError::invalid(
            "found_at",
            phrase!("verb.found-in-future", at = minute(found.at)),
        )),
        false => Ok(()),
    }
}

/// The item `code` if a person may ask for it now: at the level in force, or among those of the end.
fn asked_for<'a>(plan: &'a Plan, incident: &Incident, code: &str) -> Option<&'a Item> {
    let items = match incident.is_active() {
        true => plan.levels.get(&incident.level())?,
        false => &plan.end,
    };
    let mut items = items.iter();
    items.find(|item| item.item == code && (item.on_demand || item.decided))
}

/// Gives up what is on its way and is excluded by `item` in these places, if that is wanted; what is out goes when this
/// one is out.
pub(super) async fn instead_of(
    work: &mut Work<'_>,
    plan: &Plan,
    incident: &Incident,
    item: &Item,
    areas: Option<&[AreaCode]>,
    instead: bool,
    own: &[Release],
) -> Result<Vec<ReleaseId>, VerbError> {
    let areas = areas.unwrap_or(&incident.areas);
    not_elsewhere(work, plan, incident, item, areas).await?;
    let excluded = excludes(plan, item, areas, incident, own);
    for Excludes {
        release,
        order,
        name,
        places,
        beyond,
    } in &excluded
    {
        let names = |areas: &[AreaCode]| {
            let names = areas.iter().map(|area| plan.place_name(area));
            names.collect::<Vec<_>>().join("、")
        };
        let is_itself = own
            .iter()
            .any(|other| other.id == *release && other.item == item.item);
        if !beyond.is_empty() {
            let (release_id, places) = (order.as_str(), names(beyond));
            return Err(VerbError::Conflict {
                what: match is_itself {
                    true => phrase!("verb.ordered-beyond", name, release = release_id, places),
                    false => phrase!("verb.excluded-beyond", name, release = release_id, places),
                },
                existing: Some(order.to_string()),
            });
        }
        if !instead {
            return Err(VerbError::Conflict {
                what: match is_itself {
                    true => phrase!(
                        "verb.ordered-there",
                        name,
                        release = order.as_str(),
                        places = names(places)
                    ),
                    false => phrase!(
                        "verb.excluded",
                        name,
                        release = order.as_str(),
                        places = names(places)
                    ),
                },
                existing: Some(order.to_string()),
            });
        }
    }
    let mut replaced = Vec::new();
    for one in excluded {
        let Some(other) = own.iter().find(|r| r.id == one.release).cloned() else {
            continue;
        };
        if other.state.is_open() {
            let why = Reason::OrderedInstead {
                name: item.name.clone(),
            };
            let was = other.state.code().to_owned();
            let mut other = other.cancelled(work.now, why.clone())?;
            work.keep(&mut other).await?;
            let item = other.item.clone();
            work.happened(&other, Act::ReleaseCancelled { item, was, why });
        }
        replaced.push(one.release);
    }
    Ok(replaced)
}

/// What excludes `item` in these places and was ordered in another incident is lifted there: no text of this one ends it.
async fn not_elsewhere(
    work: &mut Work<'_>,
    plan: &Plan,
    incident: &Incident,
    item: &Item,
    areas: &[AreaCode],
) -> Result<(), VerbError> {
    if !item.binds() {
        return Ok(());
    }
    let mut seen = BTreeSet::from([incident.id.clone()]);
    for area in areas {
        for other in work
            .tx
            .incidents(None, Some(&area.0), u32::MAX >> 1)
            .await?
        {
            let is_over = matches!(other.status, IncidentStatus::Archived { .. });
            if is_over || !seen.insert(other.id.clone()) {
                continue;
            }
            let mut own = work.all_that_binds(&other).await?.releases;
            own.retain(|one| one.plan == plan.plan);
            if let Some(one) = excludes(plan, item, areas, &other, &own).into_iter().next() {
                let names = one.places.iter().map(|area| plan.place_name(area));
                return Err(VerbError::Conflict {
                    what: phrase!(
                        "verb.excluded-elsewhere",
                        name = one.name,
                        release = one.order.as_str(),
                        places = names.collect::<Vec<_>>().join("、"),
                        title = &other.title,
                        incident = other.id.as_str()
                    ),
                    existing: Some(one.order.to_string()),
                });
            }
        }
    }
    Ok(())
}
