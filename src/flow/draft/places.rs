//! A text that is not out yet is for other places than it was made for: its words, its reach and its facts follow them, and
//! whatever was signed is void.

use std::collections::BTreeMap;

use super::super::declare::{GivenFact, Known};
use super::super::own::{must_lift_something, own_facts, places};
use super::super::request::instead_of;
use super::super::work::Work;
use super::super::{VerbError, World, item_of};
use super::edit::rewrite;
use super::follow::{follow_tied, remake};
use super::must_be_open;
use crate::domain::approval::Actor;
use crate::domain::area::AreaCode;
use crate::domain::bulletin::{Author, Bulletin};
use crate::domain::incident::Incident;
use crate::domain::journal::Act;
use crate::domain::lifting::places_named;
use crate::domain::phrase::phrase;
use crate::domain::plan::Plan;
use crate::domain::release::{Release, ReleaseState, Wanted};
use crate::domain::rights::{self, About, Deed};
use crate::domain::time::Moment;
use crate::id::ReleaseId;
use crate::store::Tx;

/// Where a text is for, and what it says for itself.
#[derive(Debug, Clone, Default)]
pub struct Place {
    /// None = as they are; empty = all of the incident's.
    pub areas: Option<Vec<AreaCode>>,
    /// Beside what it was given before.
    pub facts: BTreeMap<String, GivenFact>,
}

/// Makes a text one for some of the incident's places. Those of an order are changed by whoever may give it.
///
/// # Errors
/// Forbidden for another body's people; a conflict once approved, for a correction, and for a part of another's text; invalid
/// when a place is not the incident's.
pub async fn place(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    id: &ReleaseId,
    wish: Place,
) -> Result<Release, VerbError> {
    let mut work = Work::new(tx, world, now);
    let release = work.release_locked(id).await?;
    must_be_open(&release, Wanted::Placed)?;
    work.must(actor, Deed::Edit, &release).await?;
    if release.correction.is_some() {
        return Err(VerbError::conflict(phrase!("verb.places-of-correction")));
    }
    if matches!(release.state, ReleaseState::Undecided(_)) {
        let release = release.id.as_str();
        return Err(VerbError::conflict(phrase!(
            "verb.places-of-undecided",
            release
        )));
    }
    if let Some(leader) = &release.part_of {
        let leader = leader.as_str();
        return Err(VerbError::conflict(phrase!("verb.places-of-part", leader)));
    }
    // What is signed and waits for another text goes back to its drafters first.
    if matches!(release.state, ReleaseState::Approved { .. }) {
        return Err(release.not_now(Wanted::Edited).into());
    }
    let incident = work.incident(&release.incident).await?;
    let plan = work.plan_of(&release).await?;
    let areas = match wish.areas {
        Some(areas) => places(&plan, &incident, Some(areas))?,
        None => release.areas.clone(),
    };
    let item = item_of(&plan, &release)?;
    if let Some(original) = &release.tied_to {
        let original = work.release(original).await?;
        must_be_of(&plan, &incident, &original, areas.as_deref())?;
    }
    let own = match plan.may_bind(&item.item) {
        true => work.all_that_binds(&incident).await?,
        false => work.tx.readable_of(&incident.id).await?,
    };
    let own: Vec<Release> = own
        .releases
        .into_iter()
        .filter(|r| r.plan == plan.plan)
        .collect();
    must_lift_something(&plan, item, &incident, areas.as_deref(), &own)?;
    let places = areas.as_deref();
    if release.ordered_by.is_some() && areas != release.areas {
        // Other places are another order.
        let plans = work.plans_of(&incident).await?;
        rights::may_order(actor, item, &About::incident(&world.plans, &plans))?;
        let others: Vec<Release> = own.iter().filter(|one| one.id != *id).cloned().collect();
        instead_of(&mut work, &plan, &incident, item, places, false, &others).await?;
    }
    let facts = own_facts(
        &plan,
        item,
        actor,
        now,
        places,
        Known {
            own: &release.own_facts,
            around: &incident.facts,
        },
        &wish.facts,
    )?;
    if areas == release.areas && facts == release.own_facts {
        return Ok(release);
    }
    // What goes out in its text, and what explains it, is for the same places.
    let with_it = own.into_iter().filter(|other| {
        let explains = other.tied_to.as_ref() == Some(id) && other.correction.is_none();
        (explains || other.part_of.as_ref() == Some(id)) && other.state.is_open()
    });
    let placed = |release: &Release| Act::ReleasePlaced {
        item: release.item.clone(),
        areas: areas.clone(),
        facts: facts.clone(),
    };
    for other in with_it.collect::<Vec<_>>() {
        let act = placed(&other);
        let mut other = other.placed(areas.clone(), facts.clone())?;
        work.keep(&mut other).await?;
        work.did(actor, &other, act);
    }
    let act = placed(&release);
    let written = written(&mut work, &release).await?;
    if let Some(written) = &written {
        must_not_name(&plan, &incident, &release, places, written)?;
    }
    let mut release = release.placed(areas.clone(), facts.clone())?;
    if let (Some(base), ReleaseState::Drafting(drafting)) = (&written, release.state.clone()) {
        let edited = rewrite(&mut work, actor, &release, base, base.text.clone()).await?;
        work.tx.add_bulletin(&edited).await?;
        release = release.edited(edited.version, drafting.newer)?;
    }
    work.keep(&mut release).await?;
    work.did(actor, &release, act);
    if let ReleaseState::Drafting(drafting) = release.state.clone() {
        remake(&mut work, &incident, release.clone(), drafting).await?;
    }
    follow_tied(&mut work, &release).await?;
    work.done().await?;
    let release = super::super::release(tx, id).await?;
    Ok(release)
}

/// What explains a text is for no other places than that text.
fn must_be_of(
    plan: &Plan,
    incident: &Incident,
    original: &Release,
    places: Option<&[AreaCode]>,
) -> Result<(), VerbError> {
    let own = original.areas(incident);
    let mut places = places.unwrap_or(&incident.areas).iter();
    if places.all(|place| own.iter().any(|area| area.contains(place))) {
        return Ok(());
    }
    let names = own.iter().map(|area| plan.place_name(area));
    Err(VerbError::conflict(phrase!(
        "verb.places-of-original",
        name = &original.name,
        release = original.id.as_str(),
        places = names.collect::<Vec<_>>().join("、")
    )))
}

/// Words that a person wrote stay, so they must not go on naming a place that is left out.
fn must_not_name(
    plan: &Plan,
    incident: &Incident,
    release: &Release,
    places: Option<&[AreaCode]>,
    written: &Bulletin,
) -> Result<(), VerbError> {
    let text = &written.text;
    let words = [
        Some(&text.title),
        text.action.as_ref(),
        Some(&text.text),
        text.sms.as_ref(),
    ];
    let words: Vec<&str> = words.into_iter().flatten().map(String::as_str).collect();
    let words = words.join("\n");
    let (before, now) = (release.areas(incident), places.unwrap_or(&incident.areas));
    let mut left_out = places_named(&words, plan);
    left_out.retain(|named| {
        before.iter().any(|area| area.contains(named))
            && !now.iter().any(|area| area.overlaps(named))
    });
    if left_out.is_empty() {
        return Ok(());
    }
    let names = left_out.iter().map(|area| plan.place_name(area));
    Err(VerbError::conflict(phrase!(
        "verb.words-name-places",
        places = names.collect::<Vec<_>>().join("、"),
        release = release.id.as_str()
    )))
}

/// The text that a person wrote, if it is theirs that stands.
async fn written(work: &mut Work<'_>, release: &Release) -> Result<Option<Bulletin>, VerbError> {
    let version = match &release.state {
        ReleaseState::Drafting(drafting) => drafting.version,
        ReleaseState::InReview(review) => Some(review.version),
        _ => None,
    };
    let Some(version) = version else {
        return Ok(None);
    };
    let standing = work.bulletin(&release.id, version).await?;
    Ok(Some(standing).filter(|standing| standing.author != Author::Template))
}
