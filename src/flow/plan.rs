//! Carries out what `domain::expand` decided: releases and rhythms are written, old ones superseded or cancelled.

use std::collections::BTreeSet;

use super::work::Work;
use super::{VerbError, World, remind};
use crate::domain::deadline::PassedLimit;
use crate::domain::expand::{self, Change, Changes, NewRelease, NewSeries};
use crate::domain::fact::Facts;
use crate::domain::incident::Incident;
use crate::domain::journal::Act;
use crate::domain::journal::act::{Planned, PlannedRelease};
use crate::domain::level::IncidentGrade;
use crate::domain::plan::{Item, Plan};
use crate::domain::publication::falls;
use crate::domain::reason::Reason;
use crate::domain::release::{Holding, Release, ReleaseState, Reminder, Undecided};
use crate::domain::time::Moment;
use crate::id::ReleaseId;
use crate::store::{Readable, Series};

/// A plan with the hash that it is pinned by.
#[derive(Clone, Copy)]
pub(crate) struct Pinned<'a> {
    pub plan: &'a Plan,
    pub hash: &'a str,
}

/// Plans what `change` calls for under every plan of an incident; returns the new releases.
pub(crate) async fn follow(
    work: &mut Work<'_>,
    incident: &Incident,
    change: Change,
) -> Result<Vec<Release>, VerbError> {
    let existing = match change {
        Change::Lower | Change::End => work.all_that_binds(incident).await?,
        Change::Declare | Change::Raise => work.tx.readable_of(&incident.id).await?,
    };
    let now = work.now;
    under_each(work, incident, &existing, |plan, own| {
        expand::changes(plan, incident, own, change, now)
    })
    .await
}

/// Carries out what `decide` makes of the releases of each plan of an incident; returns the new ones.
async fn under_each(
    work: &mut Work<'_>,
    incident: &Incident,
    existing: &Readable,
    decide: impl for<'p> Fn(&'p Plan, &[Release]) -> Changes<'p> + Sync,
) -> Result<Vec<Release>, VerbError> {
    let mut made = Vec::new();
    for pin in &incident.plans {
        let plan = work.world.pinned(work.tx, &pin.hash).await?;
        let pinned = Pinned {
            plan: &plan,
            hash: &pin.hash,
        };
        made.extend(under(work, incident, pinned, existing, &decide).await?);
    }
    Ok(made)
}

/// The same under one plan.
async fn under(
    work: &mut Work<'_>,
    incident: &Incident,
    pinned: Pinned<'_>,
    existing: &Readable,
    decide: &(impl for<'p> Fn(&'p Plan, &[Release]) -> Changes<'p> + Sync),
) -> Result<Vec<Release>, VerbError> {
    let plan = pinned.plan;
    let of_plan = existing.releases.iter().filter(|r| r.plan == plan.plan);
    let own: Vec<Release> = of_plan.cloned().collect();
    let mut changes = decide(plan, &own);
    leave_out_taken(&mut changes, plan, existing);
    carry_out(work, incident, pinned, own, changes).await
}

/// Plans what the grade that an incident has from now on asks for, `before` being what it had.
pub(super) async fn follow_grade(
    work: &mut Work<'_>,
    incident: &Incident,
    before: Option<IncidentGrade>,
) -> Result<(), VerbError> {
    if incident.grade() == before || !incident.is_active() {
        return Ok(());
    }
    work.tx.lock_incident(&incident.id).await?;
    let existing = work.tx.readable_of(&incident.id).await?;
    let now = work.now;
    under_each(work, incident, &existing, |plan, own| {
        expand::regraded(plan, incident, own, before, now)
    })
    .await?;
    Ok(())
}

/// Follows the publication of `out`: what asks for the lifting of measures asks for what is left to lift.
pub(super) async fn follow_publication(
    work: &mut Work<'_>,
    incident: &Incident,
    out: &Release,
) -> Result<(), VerbError> {
    let plan = work.plan_of(out).await?;
    let concerns_measures = (plan.item_of(out)).is_some_and(|item| {
        item.binds()
            || !item.lifts.is_empty()
            || plan.items().any(|other| other.lifts.contains(&item.item))
    });
    if out.state.publication().is_none() || !concerns_measures {
        return Ok(());
    }
    // What takes a text back waits for no row of another text.
    let existing = match out.correction {
        Some(_) => work.tx.readable_of(&incident.id).await?,
        None => work.all_that_binds(incident).await?,
    };
    let pinned = Pinned {
        plan: &plan,
        hash: &out.plan_hash,
    };
    let now = work.now;
    under(work, incident, pinned, &existing, &|plan, own| {
        expand::after_publication(plan, incident, own, out, now)
    })
    .await?;
    let_fall(work, incident).await?;
    super::draft::follow_measures(work, incident, out).await
}

/// What waits and is about a text that is over since it was written falls, and whoever has it before them is told.
pub(super) async fn let_fall(work: &mut Work<'_>, incident: &Incident) -> Result<(), VerbError> {
    let all = work.tx.readable_of(&incident.id).await?.releases;
    for plan in work.plans_of(incident).await? {
        let own = all.iter().filter(|one| one.plan == plan.plan);
        let own: Vec<Release> = own.cloned().collect();
        for waiting in &own {
            let Some(why) = falls(&plan, incident, waiting, &own) else {
                continue;
            };
            cancel(work, &own, &[(waiting.id.clone(), why.clone())]).await?;
            super::draft::give_up_tied(work, waiting, Reason::OriginalGivenUp).await?;
            remind::fallen(work, &plan, waiting, &why).await?;
        }
    }
    Ok(())
}

/// No two occurrences of an item have one number, whether their rows can be read or not.
fn leave_out_taken(changes: &mut Changes<'_>, plan: &Plan, existing: &Readable) {
    let taken = |item: &Item| existing.taken(&plan.plan, &item.item);
    for new in &mut changes.plan {
        // What goes out in its text has its number.
        let parts = new.parts.iter().map(|part| part.item);
        let taken = parts.chain([new.item]).map(taken).max().unwrap_or(0);
        if taken >= new.occurrence {
            new.occurrence = taken + 1;
        }
    }
    for series in &mut changes.series {
        let planned = changes
            .plan
            .iter()
            .find(|new| new.item.item == series.item.item);
        series.occurrence = match planned {
            Some(new) => series.occurrence.max(new.occurrence),
            None => series.occurrence.max(taken(series.item)),
        };
    }
}

/// Carries `changes` under one plan out.
async fn carry_out(
    work: &mut Work<'_>,
    incident: &Incident,
    pinned: Pinned<'_>,
    existing: Vec<Release>,
    changes: Changes<'_>,
) -> Result<Vec<Release>, VerbError> {
    let now = work.now;
    let find = |id: &ReleaseId| existing.iter().find(|r| r.id == *id).cloned();
    for (id, why) in &changes.supersede {
        let Some(open) = find(id) else { continue };
        let was = Some(open.state.code().to_owned());
        let mut release = open.superseded(now, why.clone())?;
        work.keep(&mut release).await?;
        let (item, why) = (release.item.clone(), why.clone());
        work.happened(&release, Act::ReleaseSuperseded { item, was, why });
    }
    for (id, areas) in &changes.widen {
        let Some(open) = find(id) else { continue };
        let mut release = open.asked_for(now, areas.clone());
        work.keep(&mut release).await?;
        let act = Act::ReleasePlaced {
            item: release.item.clone(),
            areas: areas.clone(),
            facts: Facts::new(),
        };
        work.happened(&release, act);
    }
    cancel(work, &existing, &changes.cancel).await?;
    for item in &changes.stop_series {
        work.tx
            .stop_series(&incident.id, &pinned.plan.plan, item)
            .await?;
    }
    let begun = changes
        .series
        .iter()
        .map(|series| series.item.item.as_str());
    let stopped = changes.stop_series.iter().map(String::as_str);
    promise_no_more(work, incident, &existing, &stopped.chain(begun).collect()).await?;
    let releases: Vec<Release> = changes
        .plan
        .iter()
        .flat_map(|new| build(work.world, now, incident, pinned, new))
        .collect();
    work.tx.add_releases(&releases).await?;
    let series = changes.series.iter().map(|s| pinned.series(incident, s));
    work.tx.put_series(&series.collect::<Vec<_>>()).await?;
    if !releases.is_empty() {
        let act = Act::ReleasesPlanned(planned(pinned.plan, &releases));
        work.happened_to(incident, act);
    }
    Ok(releases)
}

/// A relay has gone out that takes items over: what is open of them is cancelled, and their rhythms stop.
pub(super) async fn taken_over(
    work: &mut Work<'_>,
    item: &Item,
    relay: &Release,
) -> Result<(), VerbError> {
    if item.takes_over.is_empty() {
        return Ok(());
    }
    let mut own = work.tx.readable_of(&relay.incident).await?.releases;
    own.retain(|release| release.plan == relay.plan);
    let taken = expand::take_over(item, relay, &own);
    cancel(work, &own, &taken.cancel).await?;
    for code in &taken.stop_series {
        work.tx
            .stop_series(&relay.incident, &relay.plan, code)
            .await?;
    }
    let stopped = taken.stop_series.iter().map(String::as_str).collect();
    let incident = work.incident(&relay.incident).await?;
    promise_no_more(work, &incident, &own, &stopped).await
}

/// The rhythms of these items have stopped, or are others from now on: the hours that their texts named for the next one are kept
/// by nobody, and the public is shown them no longer.
async fn promise_no_more(
    work: &mut Work<'_>,
    incident: &Incident,
    existing: &[Release],
    items: &BTreeSet<&str>,
) -> Result<(), VerbError> {
    let is_of_them = |release: &&Release| items.contains(release.item.as_str());
    let own: BTreeSet<&ReleaseId> = existing
        .iter()
        .filter(is_of_them)
        .map(|one| &one.id)
        .collect();
    if own.is_empty() {
        return Ok(());
    }
    for mut shown in work.tx.portal_entries_of(&incident.id).await? {
        if shown.next_update.is_some() && own.contains(&shown.release) {
            shown.next_update = None;
            work.tx.put_portal_entry(&shown, work.now).await?;
        }
    }
    Ok(())
}

async fn cancel(
    work: &mut Work<'_>,
    existing: &[Release],
    cancelled: &[(ReleaseId, Reason)],
) -> Result<(), VerbError> {
    for (id, why) in cancelled {
        let Some(open) = existing.iter().find(|r| r.id == *id).cloned() else {
            continue;
        };
        let was = open.state.code().to_owned();
        let mut release = open.cancelled(work.now, why.clone())?;
        work.keep(&mut release).await?;
        let (item, why) = (release.item.clone(), why.clone());
        work.happened(&release, Act::ReleaseCancelled { item, was, why });
    }
    Ok(())
}

pub(super) fn build(
    world: &World,
    now: Moment,
    incident: &Incident,
    pinned: Pinned<'_>,
    new: &NewRelease<'_>,
) -> Vec<Release> {
    let make = |item: &Item,
                due_at: Option<Moment>,
                passed: &Option<PassedLimit>,
                tied_to: Option<ReleaseId>| {
        let state = match new.asks {
            true if tied_to.is_none() => ReleaseState::Undecided(Undecided {
                posts: item.decided_by.clone(),
                ask_at: now,
                asked: 0,
                put_off: None,
            }),
            _ => ReleaseState::Planned,
        };
        let mut release = Release {
            id: world.ids.mint(now),
            incident: incident.id.clone(),
            plan: pinned.plan.plan.clone(),
            plan_hash: pinned.hash.to_owned(),
            body: pinned.plan.body.body.clone(),
            item: item.item.clone(),
            name: item.name.clone(),
            name_en: item.name_en.clone(),
            kind: item.kind,
            level: new.level,
            occurrence: new.occurrence,
            opened_at: new.opens_at,
            due_at,
            passed: passed.clone(),
            holding: item.held.as_ref().map(|_| Holding::Awaited),
            areas: new.areas.clone(),
            lifted: Vec::new(),
            ordered_by: None,
            found: None,
            tied_to,
            part_of: None,
            carries: Vec::new(),
            correction: None,
            correction_reason: None,
            correction_reason_by: None,
            own_facts: Facts::new(),
            state,
            rounds: 0,
            reminded: Reminder::None,
            wake_at: None,
            row_version: 1,
        };
        release.wake_at = release.next_wake();
        release
    };
    let mut main = make(new.item, new.due_at, &new.passed, None);
    let parts: Vec<Release> = new
        .parts
        .iter()
        .map(|part| {
            let mut part = make(part.item, part.due_at, &part.passed, None);
            part.part_of = Some(main.id.clone());
            part.wake_at = part.next_wake();
            part
        })
        .collect();
    main.carries = parts.iter().map(|part| part.id.clone()).collect();
    let tied = new.interpretation.as_ref().map(|interpretation| {
        make(
            interpretation.item,
            interpretation.due_at,
            &interpretation.passed,
            Some(main.id.clone()),
        )
    });
    std::iter::once(main).chain(tied).chain(parts).collect()
}

impl Pinned<'_> {
    /// The rhythm of an item as the store keeps it.
    pub(super) fn series(&self, incident: &Incident, series: &NewSeries<'_>) -> Series {
        Series {
            incident: incident.id.clone(),
            plan: self.plan.plan.clone(),
            plan_hash: self.hash.to_owned(),
            item: series.item.item.clone(),
            level: series.level,
            occurrence: series.occurrence,
            next_at: series.next_at,
        }
    }
}

pub(super) fn planned(plan: &Plan, releases: &[Release]) -> Planned {
    Planned {
        plan: plan.plan.clone(),
        body: plan.body.body.clone(),
        releases: releases
            .iter()
            .map(|r| PlannedRelease {
                id: r.id.clone(),
                item: r.item.clone(),
                name: r.name.clone(),
                occurrence: r.occurrence,
                opens_at: r.opened_at,
                due_at: r.due_at,
                passed: r.passed.clone(),
                found: r.found,
                tied_to: r.tied_to.clone(),
                part_of: r.part_of.clone(),
                undecided: matches!(r.state, ReleaseState::Undecided(_)),
                to_be_held: r.holding.is_some(),
            })
            .collect(),
    }
}
