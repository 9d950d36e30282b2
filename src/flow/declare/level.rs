//! The response is raised, lowered or ended, and every plan of the incident follows.

use std::sync::Arc;

use super::super::work::Work;
use super::super::{VerbError, World, confirm, draft, must, plan};
use super::{Declared, one_line};
use crate::domain::approval::Actor;
use crate::domain::expand::Change;
use crate::domain::incident::{Incident, STANDS_AFTER_END};
use crate::domain::journal::Act;
use crate::domain::journal::act::LevelChanged;
use crate::domain::level::ResponseLevel;
use crate::domain::phrase::phrase;
use crate::domain::plan::Plan;
use crate::domain::rights::Deed;
use crate::domain::time::Moment;
use crate::id::IncidentId;
use crate::store::Tx;

/// Raises or lowers the response.
///
/// # Errors
/// A conflict when the incident is over or the level is in force already; invalid when no plan has the level.
pub async fn change_level(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    id: &IncidentId,
    level: ResponseLevel,
    reason: &str,
) -> Result<Declared, VerbError> {
    let mut work = Work::new(tx, world, now);
    let incident = work.incident(id).await?;
    let plans = work.plans_of(&incident).await?;
    must(world, actor, deed_of(&incident, level), &plans)?;
    incident.must_be_active()?;
    let reason = one_line(reason).map_err(|what| VerbError::invalid("reason", what))?;
    let from = incident.level();
    if from != level {
        must_have_level(&plans, level)?;
    }
    let (mut incident, change) = incident.at_level(level, now, &actor.user, reason.clone())?;
    work.tx.update_incident(&mut incident).await?;
    let changed = LevelChanged {
        from,
        to: level,
        reason,
    };
    let act = match change {
        Change::Raise => Act::LevelRaised(changed),
        _ => Act::LevelLowered(changed),
    };
    work.did_to(actor, &incident, act);
    let releases = plan::follow(&mut work, &incident, change).await?;
    draft::follow_facts(&mut work, &incident).await?;
    let overtaken = confirm::overtake(&mut work, &incident, actor).await?;
    work.done().await?;
    Ok(Declared {
        incident,
        releases,
        overtaken,
    })
}

/// What changing the level of `incident` to `level` is.
fn deed_of(incident: &Incident, level: ResponseLevel) -> Deed {
    match level > incident.level() {
        true if level == ResponseLevel::I => Deed::RaiseToI,
        true => Deed::Raise,
        false => Deed::Lower,
    }
}

/// A level that no plan has asks for nothing.
pub(in crate::flow) fn must_have_level(
    plans: &[Arc<Plan>],
    level: ResponseLevel,
) -> Result<(), VerbError> {
    if plans.iter().any(|plan| plan.levels.contains_key(&level)) {
        return Ok(());
    }
    Err(VerbError::invalid(
        "level",
        phrase!("verb.level-of-no-plan", level = level.phrase()),
    ))
}

/// Ends the response: rhythms stop, end items are planned, expiry clocks start.
///
/// # Errors
/// A conflict when it is over already.
pub async fn end(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    id: &IncidentId,
    reason: &str,
) -> Result<Declared, VerbError> {
    let mut work = Work::new(tx, world, now);
    let incident = work.incident(id).await?;
    must(world, actor, Deed::End, &work.plans_of(&incident).await?)?;
    incident.must_be_active()?;
    let reason = one_line(reason).map_err(|what| VerbError::invalid("reason", what))?;
    let mut incident = incident.ended(now, &actor.user, reason.clone())?;
    work.tx.update_incident(&mut incident).await?;
    work.did_to(actor, &incident, Act::IncidentEnded { reason });
    let releases = plan::follow(&mut work, &incident, Change::End).await?;
    start_expiry(&mut work, &incident).await?;
    draft::follow_facts(&mut work, &incident).await?;
    let overtaken = confirm::overtake(&mut work, &incident, actor).await?;
    work.done().await?;
    Ok(Declared {
        incident,
        releases,
        overtaken,
    })
}

/// Texts without a validity of their own stand for a while, and no longer; but a measure that the plan has words to lift binds
/// until it is lifted.
async fn start_expiry(work: &mut Work<'_>, incident: &Incident) -> Result<(), VerbError> {
    let valid_until = STANDS_AFTER_END.after(work.now);
    for release in work.all_that_binds(incident).await?.releases {
        let plan = work.plan_of(&release).await?;
        let has_lifting = || plan.items().any(|item| item.lifts.contains(&release.item));
        if release.still_binds(&plan) && has_lifting() {
            continue;
        }
        let Some(mut release) = release.stands_until(valid_until) else {
            continue;
        };
        work.keep(&mut release).await?;
        if let Some(mut shown) = work.tx.portal_entry(&release.id).await? {
            shown.valid_until = Some(valid_until);
            work.tx.put_portal_entry(&shown, work.now).await?;
        }
        work.happened(&release, Act::ExpiryStarted { valid_until });
    }
    Ok(())
}
