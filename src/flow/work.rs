//! What every verb works with: the caller's transaction, the world, the moment, and what the journal will say of it.
//!
//! A verb begins one, reads and writes through it, and ends with [`Work::done`]; the caller commits.

use std::sync::Arc;

use super::{VerbError, World};
use crate::domain::approval::Actor;
use crate::domain::bulletin::Bulletin;
use crate::domain::incident::Incident;
use crate::domain::journal::{Act, ENGINE, Entry};
use crate::domain::plan::Plan;
use crate::domain::portal::Standing;
use crate::domain::publication::corrected_before;
use crate::domain::release::{Release, ReleaseState};
use crate::domain::rights::Deed;
use crate::domain::time::Moment;
use crate::id::{IncidentId, ReleaseId};
use crate::store::{Readable, StoreError, Tx, Unreadable};

pub(crate) struct Work<'a> {
    pub tx: &'a mut Tx,
    pub world: &'a World,
    pub now: Moment,
    journal: Vec<Entry>,
}

impl<'a> Work<'a> {
    pub fn new(tx: &'a mut Tx, world: &'a World, now: Moment) -> Self {
        Self {
            tx,
            world,
            now,
            journal: Vec::new(),
        }
    }

    pub async fn incident(&mut self, id: &IncidentId) -> Result<Incident, VerbError> {
        super::incident(self.tx, id).await
    }

    pub async fn release(&mut self, id: &ReleaseId) -> Result<Release, VerbError> {
        super::release(self.tx, id).await
    }

    pub async fn bulletin(&mut self, id: &ReleaseId, version: u32) -> Result<Bulletin, VerbError> {
        super::bulletin(self.tx, id, version).await
    }

    /// Reads a release whose neighbours will be written too. Whoever writes several releases of an incident holds its lock
    /// before the first of them, or two such verbs could wait for each other for ever.
    pub async fn release_locked(&mut self, id: &ReleaseId) -> Result<Release, VerbError> {
        let incident = self.release(id).await?.incident;
        self.tx.lock_incident(&incident).await?;
        self.release(id).await
    }

    /// The correction that stands in for `release`, if one does.
    pub async fn mended_by(&mut self, release: &Release) -> Result<Option<Release>, VerbError> {
        let ReleaseState::Corrected { by, .. } = &release.state else {
            return Ok(None);
        };
        let by = self.release(by).await?;
        Ok(Some(by).filter(|by| release.is_mended_by(by)))
    }

    /// The correction that `correction` took the place of.
    pub async fn corrected_before(
        &mut self,
        correction: &Release,
    ) -> Result<Option<Release>, VerbError> {
        let Some(first) = correction.stands_in_for() else {
            return Ok(None);
        };
        let tied = self.tx.readable_tied_to(first).await?.releases;
        Ok(corrected_before(correction, &tied).cloned())
    }

    /// The order that `release` is, or corrects.
    pub async fn order_of(&mut self, release: &Release) -> Result<Release, VerbError> {
        match release.stands_in_for() {
            Some(order) => self.release(order).await,
            None => Ok(release.clone()),
        }
    }

    /// The releases of an incident, for whoever must not overlook what binds people.
    ///
    /// # Errors
    /// The row that cannot be read and may bind: of a measure, of what lifts or is lifted, or of what the plan does not know.
    pub async fn all_that_binds(&mut self, incident: &Incident) -> Result<Readable, VerbError> {
        let all = self.tx.readable_of(&incident.id).await?;
        for row in &all.unreadable {
            if may_bind(self.tx, self.world, incident, row).await? {
                return Err(StoreError::broken("release", &row.id, &row.what).into());
            }
        }
        Ok(all)
    }

    /// The plan that a release is pinned to.
    pub async fn plan_of(&mut self, release: &Release) -> Result<Arc<Plan>, VerbError> {
        self.world.pinned(self.tx, &release.plan_hash).await
    }

    /// All plans of an incident.
    pub async fn plans_of(&mut self, incident: &Incident) -> Result<Vec<Arc<Plan>>, VerbError> {
        let mut plans = Vec::with_capacity(incident.plans.len());
        for pin in &incident.plans {
            plans.push(self.world.pinned(self.tx, &pin.hash).await?);
        }
        Ok(plans)
    }

    /// Asks the table of rights about a deed to a release.
    pub async fn must(
        &mut self,
        actor: &Actor,
        deed: Deed,
        release: &Release,
    ) -> Result<(), VerbError> {
        super::must_with(self.tx, self.world, actor, deed, release).await
    }

    /// Writes a release as it stands now.
    pub async fn keep(&mut self, release: &mut Release) -> Result<(), VerbError> {
        self.tx.update_release(release).await?;
        for id in &release.carries {
            let part = match self.tx.release(id).await {
                // What it says goes out in the text of `release` all the same.
                Err(StoreError::BrokenRow { table, id, what }) => {
                    tracing::error!(table, row = %id, %what, "a part of a text cannot be read and was left as it is");
                    continue;
                }
                part => part?,
            };
            if let Some(mut part) = part.and_then(|part| part.as_led_by(release)) {
                self.tx.update_release(&mut part).await?;
            }
        }
        Ok(())
    }

    /// Shows the public what has become of a text.
    pub async fn show(&mut self, release: &ReleaseId, standing: Standing) -> Result<(), VerbError> {
        if let Some(mut shown) = self.tx.portal_entry(release).await? {
            shown.standing = standing;
            self.tx.put_portal_entry(&shown, self.now).await?;
        }
        Ok(())
    }

    /// Another text says now what a text said: no other channel takes it over any more, and, with `stop`, nothing at all of it
    /// is sent. Returns to how many it had not been tried.
    pub async fn overtake(
        &mut self,
        release: &ReleaseId,
        stop: bool,
        why: &str,
    ) -> Result<u64, VerbError> {
        if stop {
            return self.stop_sending(release, why).await;
        }
        let mut stopped = 0;
        for dispatch in self.tx.dispatches_of(release).await? {
            if let Some(next) = self.tx.stand_in(&dispatch.id).await? {
                stopped += self.tx.stop_dispatch(&next.id, self.now, why).await?;
            }
        }
        Ok(stopped)
    }

    /// Sends nothing more of a text; returns to how many it had not been tried.
    pub async fn stop_sending(&mut self, release: &ReleaseId, why: &str) -> Result<u64, VerbError> {
        let mut stopped = 0;
        for dispatch in self.tx.dispatches_of(release).await? {
            stopped += self.tx.stop_dispatch(&dispatch.id, self.now, why).await?;
        }
        Ok(stopped)
    }

    /// A person did something with a release.
    pub fn did(&mut self, actor: &Actor, release: &Release, act: Act) {
        let entry = Entry::new(self.now, &actor.user, act).release(release);
        self.journal.push(entry);
    }

    /// A person did something with an incident.
    pub fn did_to(&mut self, actor: &Actor, incident: &Incident, act: Act) {
        let entry = Entry::new(self.now, &actor.user, act).incident(&incident.id);
        self.journal.push(entry);
    }

    /// Something became of a release by itself.
    pub fn happened(&mut self, release: &Release, act: Act) {
        let entry = Entry::new(self.now, ENGINE, act).release(release);
        self.journal.push(entry);
    }

    /// Something became of an incident by itself.
    pub fn happened_to(&mut self, incident: &Incident, act: Act) {
        let entry = Entry::new(self.now, ENGINE, act).incident(&incident.id);
        self.journal.push(entry);
    }

    /// Writes the journal; everything stands then, once the caller commits.
    pub async fn done(self) -> Result<(), VerbError> {
        Ok(self.tx.append(self.journal).await?)
    }
}

/// Whether a row that cannot be read is of a measure, of what lifts or is lifted, or of what the plan does not know.
pub(crate) async fn may_bind(
    tx: &mut Tx,
    world: &World,
    incident: &Incident,
    row: &Unreadable,
) -> Result<bool, VerbError> {
    let pin = incident.plans.iter().find(|pin| pin.plan == row.plan);
    Ok(match pin {
        Some(pin) => world.pinned(tx, &pin.hash).await?.may_bind(&row.item),
        None => true,
    })
}
