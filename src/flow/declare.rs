//! An incident is declared; below, its facts and its level change, and it is archived.

mod archive;
mod facts;
mod level;

pub use archive::archive;
pub(in crate::flow) use facts::{EXPECTED_DURATION, Known, by_code, read_facts};
pub use facts::{GivenFact, set_facts};
pub(super) use level::must_have_level;
pub use level::{change_level, end};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::work::Work;
use super::{Problems, VerbError, World, must};
use crate::domain::approval::Actor;
use crate::domain::area::{self, AreaCode};
use crate::domain::called::{Called, Meant, Register};
use crate::domain::clip::short;
use crate::domain::expand::Change;
use crate::domain::fact::{Facts, clean_text};
use crate::domain::incident::{Incident, IncidentStatus, LevelChange, PlanPin};
use crate::domain::invisible::visible;
use crate::domain::journal::Act;
use crate::domain::level::ResponseLevel;
use crate::domain::phrase::{Blank, Phrase, phrase};
use crate::domain::plan::{EventType, PinnedPlan, Plan};
use crate::domain::release::Release;
use crate::domain::rights::{Asked, Deed};
use crate::domain::time::{Moment, Span, minute};
use crate::id::IncidentId;
use crate::store::{StoreError, Tx};

/// A declaration as a duty officer makes it.
#[derive(Debug, Clone)]
pub struct Declaration {
    pub event: String,
    pub level: ResponseLevel,
    pub areas: Vec<AreaCode>,
    pub title: Option<String>,
    pub known_at: Option<Moment>,
    pub expected_duration: Option<Span>,
    pub facts: BTreeMap<String, GivenFact>,
    /// A second incident of the same event in the same places is meant.
    pub another: bool,
}

#[derive(Debug)]
pub struct Declared {
    pub incident: Incident,
    pub releases: Vec<Release>,
    /// What waited for a second person and is not meant any more.
    pub overtaken: Vec<Asked>,
}

/// Opens an incident and plans everything it calls for.
///
/// # Errors
/// Names every field that cannot be used; a conflict names the incident that stands already.
pub async fn declare(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    mut input: Declaration,
) -> Result<Declared, VerbError> {
    let mut named = BTreeSet::new();
    input.areas.retain(|area| named.insert(area.clone()));
    input.event = event_meant(world, &input.event)?;
    let plans = plans_for(world, &input)?;
    let arcs: Vec<Arc<Plan>> = plans.iter().map(|pinned| pinned.plan.clone()).collect();
    must(world, actor, Deed::Declare, &arcs)?;
    let event = event_of(&arcs)?;
    let known_at = input.known_at.unwrap_or(now);
    let mut problems = Problems::default();
    if known_at > now {
        problems.add("known_at", phrase!("verb.in-future"));
    }
    input.facts = by_code(&event, &input.facts, &mut problems);
    let nothing = &Facts::new();
    let known = facts::Known {
        own: nothing,
        around: nothing,
    };
    let facts = facts::read_facts(&event, &input.facts, actor, now, known, &mut problems);
    facts::refuse_of_one_text(&event, &input.facts, &[], &mut problems);
    let standing = (known_at, &Facts::new());
    super::draft::check_holdings(&arcs, standing, &[], &facts, now, &mut problems);
    let expected_duration = input
        .expected_duration
        .or_else(|| facts::read_duration(&input.facts, &mut problems));
    let usual = default_title(&arcs, &event, &input.areas);
    let title = match &input.title {
        None => usual.clone(),
        Some(title) => one_line(title).unwrap_or_else(|what| {
            problems.add("title", what);
            String::new()
        }),
    };
    if !problems.is_empty() {
        return Err(VerbError::Invalid { problems });
    }

    let id: IncidentId = world.ids.mint(now);
    let dedup = if input.another {
        id.to_string()
    } else {
        dedup_key(&input.event, &input.areas)
    };
    if let Some(standing) = tx.incident_by_dedup(&dedup).await? {
        return Err(already(&standing));
    }
    if !input.another {
        // The same water in a town and in the city around it is one event, and has one list of what binds.
        for area in &input.areas {
            let open = tx
                .incidents(Some("active"), Some(&area.0), u32::MAX >> 1)
                .await?;
            if let Some(standing) = open.iter().find(|one| one.event == input.event) {
                return Err(already(standing));
            }
        }
    }
    let incident = Incident {
        id,
        event: input.event,
        title_by: (title != usual).then(|| actor.user.clone()),
        title,
        areas: input.areas,
        known_at,
        declared_at: now,
        expected_duration,
        facts,
        levels: vec![LevelChange {
            level: input.level,
            at: now,
            by: actor.user.clone(),
            reason: "declared".into(),
        }],
        status: IncidentStatus::Active,
        plans: plans
            .iter()
            .map(|pinned| PlanPin {
                plan: pinned.plan.plan.clone(),
                revision: pinned.plan.revision.clone(),
                hash: pinned.hash.clone(),
            })
            .collect(),
        row_version: 1,
    };
    match tx.add_incident(&incident, &dedup).await {
        Ok(()) => {}
        Err(StoreError::Duplicate(_)) => {
            return Err(VerbError::conflict(phrase!("verb.declared-just-now")));
        }
        Err(error) => return Err(error.into()),
    }
    let declared = Act::IncidentDeclared {
        event: incident.event.clone(),
        title: incident.title.clone(),
        level: incident.level(),
        areas: incident.areas.clone(),
        known_at: incident.known_at,
        expected_duration: incident.expected_duration,
        plans: incident.plans.clone(),
        facts: incident.facts.keys().cloned().collect(),
    };
    let mut work = Work::new(tx, world, now);
    work.did_to(actor, &incident, declared);
    for pinned in &plans {
        (work.tx).keep_plan(&pinned.hash, &pinned.plan, now).await?;
    }
    let mut releases = super::plan::follow(&mut work, &incident, Change::Declare).await?;
    work.done().await?;
    releases.sort_by(|a, b| {
        (a.due_at.is_none(), a.due_at, &a.id).cmp(&(b.due_at.is_none(), b.due_at, &b.id))
    });
    Ok(Declared {
        incident,
        releases,
        overtaken: Vec::new(),
    })
}

/// The plans that would be declared.
pub(super) fn plans_of(
    world: &World,
    input: &mut Declaration,
) -> Result<Vec<Arc<Plan>>, VerbError> {
    input.event = event_meant(world, &input.event)?;
    let plans = plans_for(world, input)?;
    Ok(plans.into_iter().map(|pinned| pinned.plan).collect())
}

/// The code of the event that is called `typed`.
fn event_meant(world: &World, typed: &str) -> Result<String, VerbError> {
    let events = (world.plans.plans.iter()).map(|pinned| &pinned.plan.event);
    let called = events.map(|event| Called {
        code: &event.event,
        name: &event.name,
        name_en: event.name_en.as_deref(),
    });
    let called: BTreeSet<Called<'_>> = called.collect();
    let register = Register::of(called.iter().copied());
    let known = match register.meant(typed) {
        Meant::One(code) => return Ok(code.to_owned()),
        Meant::Several(several) => several,
        // The events there are, are few.
        Meant::None => called.into_iter().collect(),
    };
    let what = phrase!(
        "verb.no-plan",
        event = format!("{:?}", short(typed)),
        known = known.iter().map(Called::blank).collect::<Blank>()
    );
    Err(VerbError::invalid("event", what))
}

fn already(standing: &Incident) -> VerbError {
    VerbError::Conflict {
        what: phrase!(
            "verb.already-declared",
            title = &standing.title,
            incident = standing.id.as_str(),
            at = minute(standing.declared_at),
            level = standing.level().phrase()
        ),
        existing: Some(standing.id.to_string()),
    }
}

/// The same event in the same places, while it is active.
fn dedup_key(event: &str, areas: &[AreaCode]) -> String {
    let areas: BTreeSet<&str> = areas.iter().map(|area| area.0.as_str()).collect();
    format!(
        "{event}|{}",
        areas.into_iter().collect::<Vec<_>>().join(",")
    )
}

/// The plans that answer for this event in these places and have this level.
fn plans_for(world: &World, input: &Declaration) -> Result<Vec<PinnedPlan>, VerbError> {
    let set = &world.plans;
    if input.areas.is_empty() {
        return Err(VerbError::invalid("areas", phrase!("verb.no-place")));
    }
    for area in &input.areas {
        let is_number = area.0.bytes().all(|b| b.is_ascii_digit());
        if is_number && !area.is_well_formed() {
            let text = format!("{:?}", short(&area.0));
            return Err(VerbError::invalid("areas", phrase!("verb.no-area", text)));
        }
        if !set.areas.iter().any(|known| known.area == *area) {
            let what = area::unknown(&area.0, set.areas.iter());
            return Err(VerbError::invalid("areas", what));
        }
    }
    let of_event = (set.plans.iter()).filter(|p| p.plan.event.event == input.event);
    let serving: Vec<&PinnedPlan> = of_event.filter(|p| p.plan.serves(&input.areas)).collect();
    if serving.is_empty() {
        return Err(VerbError::invalid(
            "areas",
            phrase!("verb.serves-not", event = &input.event),
        ));
    }
    let at_level: Vec<PinnedPlan> = serving
        .iter()
        .filter(|p| p.plan.levels.contains_key(&input.level))
        .map(|p| (*p).clone())
        .collect();
    if at_level.is_empty() {
        let levels: BTreeSet<_> = serving
            .iter()
            .flat_map(|p| p.plan.levels.keys().copied())
            .collect();
        return Err(VerbError::invalid(
            "level",
            phrase!(
                "verb.no-level",
                level = input.level,
                levels = levels.into_iter().collect::<Blank>()
            ),
        ));
    }
    Ok(at_level)
}

/// The event type; all plans of an incident are about the same one.
fn event_of(plans: &[Arc<Plan>]) -> Result<EventType, VerbError> {
    let first = plans
        .first()
        .ok_or_else(|| VerbError::conflict(phrase!("verb.incident-without-plan")))?;
    Ok(first.event.clone())
}

fn default_title(plans: &[Arc<Plan>], event: &EventType, areas: &[AreaCode]) -> String {
    let names: Vec<&str> = areas
        .iter()
        .map(|area| {
            plans
                .first()
                .map_or(area.0.as_str(), |plan| plan.place_name(area))
        })
        .collect();
    format!("{}{}", names.join("、"), event.name)
}

/// A title or reason: one line, bounded, printable.
pub(crate) fn one_line(text: &str) -> Result<String, Phrase> {
    let text = clean_text(text.trim())?;
    if visible(&text).is_empty() {
        return Err(phrase!("verb.empty"));
    }
    if text.contains('\n') || text.contains('\t') {
        return Err(phrase!("verb.not-one-line"));
    }
    match text.chars().count() {
        count @ 201.. => Err(phrase!("verb.over-long-line", count)),
        _ => Ok(text),
    }
}
