//! What a text says of the measures that bind people: read from the releases when it is written, and once more when it goes out.

use super::super::work::Work;
use super::super::{VerbError, item_of};
use super::correction_template;
use crate::domain::area::AreaCode;
use crate::domain::bulletin::Bulletin;
use crate::domain::incident::Incident;
use crate::domain::lifting::{self, Bound, Lifted};
use crate::domain::plan::{CorrectionKind, Item, Plan};
use crate::domain::publication::{Stopped, last_look, moves, restores};
use crate::domain::release::{Release, excludes};
use crate::id::ReleaseId;
use crate::render::{HoldsAgain, LiftedFrom, Measure, Why};

/// What a text says of what binds.
#[derive(Debug, Default)]
pub(super) struct Binding {
    /// What is in force, where the text says so.
    pub in_force: Vec<Measure>,
    /// What it brings back.
    pub holds_again: Vec<HoldsAgain>,
    /// What is out and excludes it, so that it takes its place.
    pub ends: Vec<Measure>,
}

/// What the text of `release` says of what binds; `beside` the text that stands, what it would say now without the orders that went
/// out since that was written.
///
/// # Errors
/// The row that cannot be read and may bind, where the text lists what does.
pub(super) async fn of(
    work: &mut Work<'_>,
    plan: &Plan,
    item: &Item,
    incident: &Incident,
    release: &Release,
    beside: Option<&Bulletin>,
) -> Result<Binding, VerbError> {
    let template = correction_template(plan, release).unwrap_or(&item.template);
    let mut in_force = match plan.tells_what_binds(item, release, template) {
        true => in_force(work, item, incident, release).await?,
        false => Vec::new(),
    };
    // Only a text that names some measures says as of when.
    let said = beside.filter(|text| !text.text.binding.is_empty());
    if let Some(said) = said.filter(|_| release.tells_of_response(item)) {
        in_force.retain(|measure| measure.since <= said.drafted_at);
    }
    Ok(Binding {
        in_force,
        holds_again: holds_again(work, plan, item, incident, release).await?,
        ends: ends(work, plan, item, incident, release).await?,
    })
}

/// The same, as it is compared when `text` goes out.
pub(in crate::flow) async fn bound(
    work: &mut Work<'_>,
    plan: &Plan,
    item: &Item,
    incident: &Incident,
    release: &Release,
    text: &Bulletin,
) -> Result<Vec<Bound>, VerbError> {
    let binding = of(work, plan, item, incident, release, Some(text)).await?;
    let again = binding.holds_again.iter().filter_map(HoldsAgain::bound);
    let in_force = binding.in_force.iter().map(Measure::bound);
    let ends = binding.ends.iter().map(Measure::bound);
    Ok(in_force.chain(again).chain(ends).collect())
}

/// Why the version of `release` that is signed, and was to go out by itself, is no text to go out any more.
pub(in crate::flow) async fn grown_old(
    work: &mut Work<'_>,
    incident: &Incident,
    release: &Release,
) -> Result<Option<Stopped>, VerbError> {
    let Some(version) = release.state.standing_version() else {
        return Ok(None);
    };
    let plan = work.plan_of(release).await?;
    let text = work.bulletin(&release.id, version).await?;
    let item = item_of(&plan, release)?;
    let binding = bound(work, &plan, item, incident, release, &text).await?;
    Ok(last_look(&release.id, &plan, &text.text, &binding, work.now).err())
}

/// Every measure of the incident that binds anywhere, whichever plan ordered it, the oldest first; without what the text itself
/// ends.
async fn in_force(
    work: &mut Work<'_>,
    item: &Item,
    incident: &Incident,
    release: &Release,
) -> Result<Vec<Measure>, VerbError> {
    let calls_off = |one: &Release| {
        !release.speaks_for_its_item() && release.tied_to.as_ref() == Some(one.order())
    };
    let lifts = |one: &Release| {
        release.correction.is_none() && one.plan == release.plan && item.lifts.contains(&one.item)
    };
    let all = work.all_that_binds(incident).await?.releases;
    let mut found = Vec::new();
    for plan in work.plans_of(incident).await? {
        let own = all.iter().filter(|one| one.plan == plan.plan);
        let own: Vec<Release> = own.cloned().collect();
        for one in lifting::binding(&plan, incident, &own, work.now) {
            // What goes out in another text is ordered by that text.
            let is_part = one.release.part_of.is_some();
            if one.bound.is_empty() || is_part || calls_off(one.release) || lifts(one.release) {
                continue;
            }
            let areas = one.bound.iter().map(|area| (*area).clone()).collect();
            let to_come = one.lifted.iter().filter(|lifted| lifted.to_come);
            let to_come: Vec<Lifted> = to_come.cloned().collect();
            found.push((one.since, one.release.clone(), areas, one.only, to_come));
        }
    }
    found.sort_by(|(a, one, ..), (b, other, ..)| (a, &one.id).cmp(&(b, &other.id)));
    let mut measures = Vec::new();
    for (since, release, areas, only, to_come) in found {
        let mut measure = measure(work, &release, areas).await?;
        measure.only = only;
        measure.parts_lifted = release.parts_lifted(incident, work.now);
        let lifted = release.lifted.iter().map(|lifted| lifted.at);
        let changes = lifted.chain([since, measure.since]);
        measure.changed_at = changes.filter(|at| *at <= work.now).max();
        for lifted in to_come {
            measure.lifted_from.push(lifted_from(work, lifted).await?);
        }
        measures.push(measure);
    }
    Ok(measures)
}

/// The measures that are out and excluded by `release`, which ends them.
async fn ends(
    work: &mut Work<'_>,
    plan: &Plan,
    item: &Item,
    incident: &Incident,
    release: &Release,
) -> Result<Vec<Measure>, VerbError> {
    let excludes_any =
        !item.instead_of.is_empty() || plan.items().any(|of| of.instead_of.contains(&item.item));
    if release.correction.is_some() || !item.binds() || !excludes_any {
        return Ok(Vec::new());
    }
    let all = work.all_that_binds(incident).await?.releases;
    let out = all
        .into_iter()
        .filter(|one| one.plan == plan.plan && one.item != item.item && one.still_binds(plan));
    let out: Vec<Release> = out.collect();
    let mut ends = Vec::new();
    for one in excludes(plan, item, release.areas(incident), incident, &out) {
        if let Some(other) = out.iter().find(|other| other.id == one.release) {
            ends.push(measure(work, other, one.places).await?);
        }
    }
    Ok(ends)
}

/// The measures that bind again, or until another hour, once `release` takes a text back that had lifted them or corrected that.
async fn holds_again(
    work: &mut Work<'_>,
    plan: &Plan,
    item: &Item,
    incident: &Incident,
    release: &Release,
) -> Result<Vec<HoldsAgain>, VerbError> {
    let (Some(kind), Some(original)) = (release.correction, &release.tied_to) else {
        return Ok(Vec::new());
    };
    let original = work.release(original).await?;
    if kind == CorrectionKind::Withdrawal && item.binds() && original.still_binds(plan) {
        return as_before(work, incident, &original).await;
    }
    if plan
        .item_of(&original)
        .is_none_or(|item| item.lifts.is_empty())
    {
        return Ok(Vec::new());
    }
    let mut all = work.all_that_binds(incident).await?.releases;
    all.retain(|one| one.plan == plan.plan);
    let mut out = Vec::new();
    let now = work.now;
    let is_bound = |id: &ReleaseId, areas: &[AreaCode]| {
        let before = all.iter().find(|one| one.id == *id);
        let bound = before.filter(|one| one.stands());
        let is_bound = |area| bound.is_some_and(|one| one.is_bound(incident, area, now));
        areas.iter().all(is_bound)
    };
    for (restored, areas) in restores(plan, incident, kind, &original, &all, work.now) {
        out.push((restored, areas, Why::LiftingTakenBack, None));
    }
    for moved in moves(incident, item, release, &original, &all, work.now) {
        let until = Some(moved.from).filter(|hour| *hour > work.now);
        let why = match kind {
            CorrectionKind::Withdrawal => Why::HourTakenBack,
            // What an hour that is past corrects binds nobody any more.
            _ if until.is_none() => continue,
            _ => Why::HourGiven,
        };
        out.push((moved.measure, moved.areas, why, until));
    }
    let mut again = Vec::new();
    for (one, areas, why, until) in out {
        again.push(HoldsAgain {
            why,
            on: is_bound(&one.id, &areas),
            until,
            measure: measure(work, &one, areas).await?,
        });
    }
    Ok(again)
}

async fn lifted_from(work: &mut Work<'_>, lifted: Lifted) -> Result<LiftedFrom, VerbError> {
    let by = work.release(&lifted.by).await?;
    // A correction of the hour is no title that anybody knows the lifting by.
    let by = work.order_of(&by).await?;
    let text = match by.state.publication() {
        Some(was) => work.tx.issued_bulletin(&by.id, was.version).await?,
        None => None,
    };
    let said = text.as_ref().map(|bulletin| &bulletin.text);
    Ok(LiftedFrom {
        at: lifted.at,
        areas: lifted.areas,
        title: said.map_or(&by.name, |text| &text.title).clone(),
        title_en: said.map_or_else(|| by.name_en.clone(), |text| text.title_en.clone()),
    })
}

/// The order whose `correction` is taken back, which binds as it was before that.
async fn as_before(
    work: &mut Work<'_>,
    incident: &Incident,
    correction: &Release,
) -> Result<Vec<HoldsAgain>, VerbError> {
    let order = work.order_of(correction).await?;
    let areas = correction.places_bound(incident, work.now).into_iter();
    let areas: Vec<AreaCode> = areas.cloned().collect();
    if order.id == correction.id || areas.is_empty() {
        return Ok(Vec::new());
    }
    let (says, why) = match work.corrected_before(correction).await? {
        Some(before) => (before, Why::NewestTakenBack),
        None => (order, Why::CorrectionTakenBack),
    };
    Ok(vec![HoldsAgain {
        measure: measure(work, &says, areas).await?,
        why,
        on: true,
        until: None,
    }])
}

/// The order that `release` is or corrects, as its text names it.
async fn measure(
    work: &mut Work<'_>,
    release: &Release,
    areas: Vec<AreaCode>,
) -> Result<Measure, VerbError> {
    let correction = release;
    let release = &work.order_of(correction).await?;
    let corrected_by = match correction.id == release.id {
        true => None,
        false => (correction.state.publication()).map(|was| (&correction.id, was.version)),
    };
    let mending = match corrected_by {
        Some((id, version)) => work.tx.issued_bulletin(id, version).await?,
        None => None,
    };
    let text = match release.state.publication() {
        Some(was) => work.tx.issued_bulletin(&release.id, was.version).await?,
        None => None,
    };
    let said = text.as_ref().map(|bulletin| &bulletin.text);
    Ok(Measure {
        release: release.id.clone(),
        title: said.map_or(&release.name, |text| &text.title).clone(),
        title_en: said.map_or_else(|| release.name_en.clone(), |text| text.title_en.clone()),
        document_number: said.and_then(|text| text.document_number.clone()),
        since: (release.state.publication()).map_or(work.now, |was| was.at),
        changed_at: None,
        only: Vec::new(),
        parts_lifted: Vec::new(),
        lifted_from: Vec::new(),
        corrected_by: mending.as_ref().map(|text| text.text.title.clone()),
        corrected_by_en: mending.as_ref().and_then(|text| text.text.title_en.clone()),
        areas,
        written_by: (text.iter().chain(&mending))
            .flat_map(Bulletin::writers)
            .collect(),
    })
}
