//! The response is raised, lowered or ended, and every plan of the incident follows.

use super::super::{VerbError, World, draft, entry, incident, must_take_part, plan};
use super::{Declared, must_be_active, one_line, pinned_plans};
use crate::domain::approval::Actor;
use crate::domain::expand::Change;
use crate::domain::incident::{Incident, IncidentStatus, LevelChange};
use crate::domain::journal::act::LevelChanged;
use crate::domain::journal::{Act, ENGINE, Entry};
use crate::domain::level::ResponseLevel;
use crate::domain::release::{Release, ReleaseState};
use crate::domain::time::{Moment, Span};
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
    let mut incident = incident(tx, id).await?;
    let plans = pinned_plans(tx, world, &incident).await?;
    must_take_part(actor, &plans)?;
    must_be_active(&incident)?;
    let reason = one_line(reason).map_err(|what| VerbError::invalid("reason", what))?;
    let from = incident.level();
    if from == level {
        return Err(VerbError::conflict(format!(
            "the response is at {} already; nothing was changed",
            level.en()
        )));
    }
    if !plans.iter().any(|plan| plan.levels.contains_key(&level)) {
        return Err(VerbError::invalid(
            "level",
            format!("no plan of this incident has {}", level.en()),
        ));
    }
    incident.levels.push(LevelChange {
        level,
        at: now,
        by: actor.user.clone(),
        reason: reason.clone(),
    });
    tx.update_incident(&mut incident).await?;
    let changed = LevelChanged {
        from,
        to: level,
        reason,
    };
    let (act, change) = if level > from {
        (Act::LevelRaised(changed), Change::Raise)
    } else {
        (Act::LevelLowered(changed), Change::Lower)
    };
    let mut entries = vec![Entry::new(now, &actor.user, act).incident(&incident.id)];
    let releases = carry_out_all(tx, world, now, &incident, change, &mut entries).await?;
    draft::follow_facts(tx, world, now, &incident, &mut entries).await?;
    tx.append(entries).await?;
    Ok(Declared { incident, releases })
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
    let mut incident = incident(tx, id).await?;
    let plans = pinned_plans(tx, world, &incident).await?;
    must_take_part(actor, &plans)?;
    must_be_active(&incident)?;
    let reason = one_line(reason).map_err(|what| VerbError::invalid("reason", what))?;
    incident.status = IncidentStatus::Ended {
        at: now,
        by: actor.user.clone(),
        reason: reason.clone(),
    };
    tx.update_incident(&mut incident).await?;
    let ended = Entry::new(now, &actor.user, Act::IncidentEnded { reason });
    let mut entries = vec![ended.incident(&incident.id)];
    let releases = carry_out_all(tx, world, now, &incident, Change::End, &mut entries).await?;
    start_expiry(tx, now, &incident, &mut entries).await?;
    draft::follow_facts(tx, world, now, &incident, &mut entries).await?;
    tx.append(entries).await?;
    Ok(Declared { incident, releases })
}

/// How long a text without a validity of its own stands after the end of its response.
const STANDS_AFTER_END: Span = Span::minutes(7 * 24 * 60);

async fn start_expiry(
    tx: &mut Tx,
    now: Moment,
    incident: &Incident,
    entries: &mut Vec<Entry>,
) -> Result<(), VerbError> {
    for mut release in tx.releases_of(&incident.id).await? {
        let ReleaseState::Published(publication) = &mut release.state else {
            continue;
        };
        if publication.valid_until.is_some() {
            continue;
        }
        let until = STANDS_AFTER_END.after(now);
        publication.valid_until = Some(until);
        tx.update_release(&mut release).await?;
        if let Some(mut shown) = tx.portal_entry(&release.id).await? {
            shown.valid_until = Some(until);
            tx.put_portal_entry(&shown, now).await?;
        }
        entries.push(entry(
            now,
            ENGINE,
            &release,
            Act::ExpiryStarted { valid_until: until },
        ));
    }
    Ok(())
}

async fn carry_out_all(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    incident: &Incident,
    change: Change,
    entries: &mut Vec<Entry>,
) -> Result<Vec<Release>, VerbError> {
    let mut made = Vec::new();
    let existing = tx.releases_of(&incident.id).await?;
    for pin in &incident.plans {
        let plan = world.pinned(tx, &pin.hash).await?;
        let own: Vec<Release> = existing
            .iter()
            .filter(|r| r.plan == plan.plan)
            .cloned()
            .collect();
        let pinned = plan::Pinned {
            plan: &plan,
            hash: &pin.hash,
        };
        made.extend(
            plan::carry_out(tx, world, now, incident, pinned, &own, change, entries).await?,
        );
    }
    Ok(made)
}
