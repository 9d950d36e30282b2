//! An incident is put away: its response is over, nothing of it is still to be said, and nothing said still stands.

use super::super::{VerbError, World, incident, must_take_part};
use super::pinned_plans;
use crate::domain::approval::Actor;
use crate::domain::incident::{Incident, IncidentStatus};
use crate::domain::journal::{Act, Entry};
use crate::domain::release::{Release, ReleaseState};
use crate::domain::time::Moment;
use crate::id::IncidentId;
use crate::store::Tx;

/// How many unsettled releases a refusal names.
const NAMED: usize = 5;

/// Archives an incident that has ended. Its record can be read for ever and changed no more.
///
/// # Errors
/// A conflict when it has not ended, or when releases are open or stand; some of them are named.
pub async fn archive(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    id: &IncidentId,
) -> Result<Incident, VerbError> {
    let mut incident = incident(tx, id).await?;
    must_take_part(actor, &pinned_plans(tx, world, &incident).await?)?;
    let IncidentStatus::Ended { at, reason, .. } = &incident.status else {
        return Err(VerbError::conflict(format!(
            "incident {} is {}; only one that has ended can be archived, nothing was changed",
            incident.id,
            incident.status.code()
        )));
    };
    let releases = tx.releases_of(id).await?;
    let unsettled: Vec<&Release> = releases.iter().filter(|r| !is_settled(r)).collect();
    if !unsettled.is_empty() {
        return Err(not_settled(&incident, &unsettled));
    }
    incident.status = IncidentStatus::Archived {
        at: now,
        by: actor.user.clone(),
        ended_at: *at,
        reason: reason.clone(),
    };
    tx.update_incident(&mut incident).await?;
    let releases = releases.len();
    let archived = Entry::new(now, &actor.user, Act::IncidentArchived { releases });
    tx.append(vec![archived.incident(&incident.id)]).await?;
    Ok(incident)
}

fn is_settled(release: &Release) -> bool {
    !release.state.is_open() && !matches!(release.state, ReleaseState::Published(_))
}

fn not_settled(incident: &Incident, unsettled: &[&Release]) -> VerbError {
    let mut named: Vec<String> = unsettled
        .iter()
        .take(NAMED)
        .map(|release| format!("{} {} {}", release.id, release.item, release.state.code()))
        .collect();
    if unsettled.len() > NAMED {
        named.push(format!("and {} more", unsettled.len() - NAMED));
    }
    VerbError::conflict(format!(
        "incident {} has releases that are not settled: {}; publish, waive or withdraw what is open, and wait until what \
         is out has expired; nothing was changed",
        incident.id,
        named.join(", ")
    ))
}
