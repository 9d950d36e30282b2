//! An incident is put away: its response is over, nothing of it is still to be said, and nothing said still stands.

use super::super::work::Work;
use super::super::{VerbError, World, must};
use crate::domain::approval::Actor;
use crate::domain::incident::Incident;
use crate::domain::journal::Act;
use crate::domain::rights::Deed;
use crate::domain::time::Moment;
use crate::id::IncidentId;
use crate::store::Tx;

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
    let mut work = Work::new(tx, world, now);
    let incident = work.incident(id).await?;
    must(
        world,
        actor,
        Deed::Archive,
        &work.plans_of(&incident).await?,
    )?;
    let releases = work.tx.releases_of(id).await?;
    let mut incident = incident.archived(now, &actor.user, &releases)?;
    work.tx.update_incident(&mut incident).await?;
    let releases = releases.len();
    work.did_to(actor, &incident, Act::IncidentArchived { releases });
    work.done().await?;
    Ok(incident)
}
