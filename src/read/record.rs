//! The record: who may read the journal, or what it says of one incident.

use crate::domain::approval::Actor;
use crate::domain::rights::{self, About, Deed};
use crate::flow::{VerbError, World};
use crate::id::IncidentId;
use crate::store::Tx;

/// # Errors
/// Denied.
pub async fn may_read(
    tx: &mut Tx,
    world: &World,
    actor: &Actor,
    incident: Option<&IncidentId>,
) -> Result<(), VerbError> {
    let Some(id) = incident else {
        let about = About::house(&world.plans);
        return Ok(rights::may(actor, Deed::ReadJournal, &about)?);
    };
    let incident = crate::flow::incident(tx, id).await?;
    let mut plans = Vec::with_capacity(incident.plans.len());
    for pin in &incident.plans {
        plans.push(world.pinned(tx, &pin.hash).await?);
    }
    let about = About::incident(&world.plans, &plans);
    Ok(rights::may(actor, Deed::ReadRecord, &about)?)
}
