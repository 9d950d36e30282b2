//! Carries out what `domain::expand` decided: releases and rhythms are written, old ones superseded or cancelled.

use super::{VerbError, World, entry};
use crate::domain::approval::Actor;
use crate::domain::expand::{self, Change, NewRelease, NewSeries};
use crate::domain::incident::Incident;
use crate::domain::journal::act::{Planned, PlannedRelease};
use crate::domain::journal::{Act, ENGINE, Entry};
use crate::domain::plan::{Item, Plan};
use crate::domain::reason::Reason;
use crate::domain::release::{Release, ReleaseState, Reminder};
use crate::domain::time::Moment;
use crate::id::{IncidentId, ReleaseId};
use crate::store::{Series, Tx};

/// A plan with the hash that it is pinned by.
#[derive(Clone, Copy)]
pub(crate) struct Pinned<'a> {
    pub plan: &'a Plan,
    pub hash: &'a str,
}

/// Plans what `change` calls for under one plan; returns the new releases.
#[expect(
    clippy::too_many_arguments,
    reason = "one plan of one incident, in one transaction, at one moment"
)]
pub(crate) async fn carry_out(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    incident: &Incident,
    pinned: Pinned<'_>,
    existing: &[Release],
    change: Change,
    entries: &mut Vec<Entry>,
) -> Result<Vec<Release>, VerbError> {
    let changes = expand::changes(pinned.plan, incident, existing, change, now);
    let closing = changes
        .supersede
        .iter()
        .map(|one| (one, true))
        .chain(changes.cancel.iter().map(|one| (one, false)));
    for ((id, why), superseded) in closing {
        if let Some(release) = existing.iter().find(|r| r.id == *id) {
            close(tx, now, release.clone(), why, superseded, entries).await?;
        }
    }
    for item in &changes.stop_series {
        tx.stop_series(&incident.id, &pinned.plan.plan, item)
            .await?;
    }
    let releases: Vec<Release> = changes
        .plan
        .iter()
        .flat_map(|new| build(world, now, incident, pinned, new))
        .collect();
    tx.add_releases(&releases).await?;
    let series: Vec<Series> = changes
        .series
        .iter()
        .map(|s| kept_series(incident, pinned, s))
        .collect();
    tx.put_series(&series).await?;
    if !releases.is_empty() {
        entries.push(planned_entry(now, &incident.id, pinned.plan, &releases));
    }
    Ok(releases)
}

/// Plans the occurrence that follows `after`, which was published, given up or missed at `last_at`. Returns the moment
/// at which the one after that comes.
#[expect(
    clippy::too_many_arguments,
    reason = "one occurrence of one item of one incident, at one moment"
)]
pub(crate) async fn plan_next(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    incident: &Incident,
    pinned: Pinned<'_>,
    item: &Item,
    series: &Series,
    last_at: Moment,
    entries: &mut Vec<Entry>,
) -> Result<Option<Moment>, VerbError> {
    let (new, next) = expand::next_occurrence(
        pinned.plan,
        item,
        series.level,
        series.occurrence,
        last_at,
        now,
    );
    if let Some(new) = &new {
        let releases = build(world, now, incident, pinned, new);
        tx.add_releases(&releases).await?;
        entries.push(planned_entry(now, &incident.id, pinned.plan, &releases));
    }
    tx.put_series(&[kept_series(incident, pinned, &next)])
        .await?;
    Ok(next.next_at)
}

/// Plans an item that a person asked for, such as the refutation of a rumour.
///
/// # Errors
/// Invalid when no plan of the incident has that item on demand.
pub async fn request(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    id: &IncidentId,
    item: &str,
) -> Result<Vec<Release>, VerbError> {
    let incident = super::incident(tx, id).await?;
    let plans = super::declare::pinned_plans(tx, world, &incident).await?;
    super::must_take_part(actor, &plans)?;
    super::declare::must_be_active(&incident)?;
    let found = plans.iter().zip(&incident.plans).find_map(|(plan, pin)| {
        plan.item(incident.level(), item)
            .filter(|item| item.on_demand)
            .map(|item| (plan, pin, item))
    });
    let Some((plan, pin, item)) = found else {
        let known: Vec<String> = plans
            .iter()
            .filter_map(|plan| plan.levels.get(&incident.level()))
            .flatten()
            .filter(|item| item.on_demand)
            .map(|item| format!("{} ({})", item.item, item.name))
            .collect();
        return Err(VerbError::invalid(
            "item",
            format!(
                "{item:?} is no on-demand item at {}; there are {}",
                incident.level().en(),
                known.join(", ")
            ),
        ));
    };
    let existing = tx.releases_of(&incident.id).await?;
    let occurrence = existing
        .iter()
        .filter(|r| r.item == item.item)
        .map(|r| r.occurrence)
        .max()
        .unwrap_or(0)
        + 1;
    let new = expand::on_demand(plan, item, &incident, occurrence, now);
    let releases = build(
        world,
        now,
        &incident,
        Pinned {
            plan,
            hash: &pin.hash,
        },
        &new,
    );
    tx.add_releases(&releases).await?;
    let requested = Act::ReleaseRequested(planned(plan, &releases));
    let entry = Entry::new(now, &actor.user, requested).incident(&incident.id);
    tx.append(vec![entry]).await?;
    Ok(releases)
}

async fn close(
    tx: &mut Tx,
    now: Moment,
    mut release: Release,
    why: &Reason,
    superseded: bool,
    entries: &mut Vec<Entry>,
) -> Result<(), VerbError> {
    let (item, was) = (release.item.clone(), release.state.code().to_owned());
    let (act, state) = if superseded {
        (
            Act::ReleaseSuperseded {
                item,
                was: Some(was),
                why: why.clone(),
            },
            ReleaseState::Superseded {
                at: now,
                why: why.clone(),
                was: None,
            },
        )
    } else {
        (
            Act::ReleaseCancelled {
                item,
                was,
                why: why.clone(),
            },
            ReleaseState::Cancelled {
                at: now,
                why: why.clone(),
            },
        )
    };
    release.state = state;
    tx.update_release(&mut release).await?;
    entries.push(entry(now, ENGINE, &release, act));
    Ok(())
}

fn build(
    world: &World,
    now: Moment,
    incident: &Incident,
    pinned: Pinned<'_>,
    new: &NewRelease<'_>,
) -> Vec<Release> {
    let make = |item: &Item, due_at: Option<Moment>, tied_to: Option<ReleaseId>| {
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
            tied_to,
            correction: None,
            correction_reason: None,
            correction_reason_by: None,
            state: ReleaseState::Planned,
            rounds: 0,
            reminded: Reminder::None,
            wake_at: None,
            row_version: 1,
        };
        release.wake_at = release.next_wake();
        release
    };
    let main = make(new.item, new.due_at, None);
    let tied = new.interpretation.as_ref().map(|interpretation| {
        make(
            interpretation.item,
            interpretation.due_at,
            Some(main.id.clone()),
        )
    });
    std::iter::once(main).chain(tied).collect()
}

fn kept_series(incident: &Incident, pinned: Pinned<'_>, series: &NewSeries<'_>) -> Series {
    Series {
        incident: incident.id.clone(),
        plan: pinned.plan.plan.clone(),
        plan_hash: pinned.hash.to_owned(),
        item: series.item.item.clone(),
        level: series.level,
        occurrence: series.occurrence,
        next_at: series.next_at,
    }
}

fn planned_entry(now: Moment, incident: &IncidentId, plan: &Plan, releases: &[Release]) -> Entry {
    let act = Act::ReleasesPlanned(planned(plan, releases));
    Entry::new(now, ENGINE, act).incident(incident)
}

fn planned(plan: &Plan, releases: &[Release]) -> Planned {
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
                tied_to: r.tied_to.clone(),
            })
            .collect(),
    }
}
