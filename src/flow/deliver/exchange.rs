//! A courier and its store: in one transaction it writes what is done, gives back what it cannot send, leases what is due, and
//! reads the texts and troubles that it does not know yet. It never sends.

use std::sync::Arc;

use chrono::TimeDelta;

use super::Courier;
use crate::domain::bulletin::{Bulletin, Language, Rendering};
use crate::domain::delivery::Leased;
use crate::domain::health::Change;
use crate::id::DispatchId;
use crate::store::{Result, Tx};

/// While the way to a channel is being felt, no more than these are held for it.
const CAREFUL: usize = 8;

/// What a dispatch sends on one channel, in each language; shared by all of its parcels.
pub(super) struct Text(Vec<Arc<Rendering>>);

impl Text {
    fn of(bulletin: &Bulletin, channel: &str) -> Self {
        Self(
            bulletin
                .renderings
                .iter()
                .filter(|r| r.channel == channel)
                .cloned()
                .map(Arc::new)
                .collect(),
        )
    }

    pub(super) fn rendering(&self, language: Language) -> Option<Arc<Rendering>> {
        let of = |wanted: Language| self.0.iter().find(|r| r.language == wanted);
        of(language).or_else(|| of(Language::ZhCn)).cloned()
    }
}

impl Courier {
    /// Leases what is due and settles what is done, in one transaction. Returns whether there may be more.
    ///
    /// # Errors
    /// The store's; outcomes are kept and written the next time.
    pub async fn exchange(&mut self) -> Result<bool> {
        if self.condition.is_careful() {
            // What this one cannot send, another node or a later moment can.
            let surplus = self.queue.split_off(self.queue.len().min(CAREFUL));
            let surplus = surplus.iter().map(|(one, _)| (one.id, one.fence));
            self.unused.extend(surplus);
            let wanted = CAREFUL.saturating_sub(self.queue.len());
            return self.exchange_for(wanted, wanted).await;
        }
        let held = self.queue.len() + self.under_way.len();
        // A little more than the capacity, so that an urgent text does not wait for a full queue to drain.
        let wanted = self.capacity().saturating_sub(held).max(8);
        self.exchange_for(wanted, wanted).await
    }

    /// Of the `wanted` that might be leased, leases the first `limit`.
    pub(super) async fn exchange_for(&mut self, limit: usize, wanted: usize) -> Result<bool> {
        let now = self.clock.now();
        let [limit, wanted] = [limit, wanted].map(|n| u32::try_from(n).unwrap_or(u32::MAX));
        let until = now + self.lease();
        let mut tx = self.store.begin().await?;
        self.write(&mut tx).await?;
        // What was overtaken while it waited here goes back, to be cancelled.
        let stopped = if self.queue.is_empty() {
            Vec::new()
        } else {
            tx.stopped_dispatches().await?
        };
        let is_stopped = |one: &Leased| stopped.contains(&one.dispatch);
        let overtaken: Vec<(i64, i64)> = self
            .queue
            .iter()
            .filter(|(one, _)| is_stopped(one))
            .map(|(one, _)| (one.id, one.fence))
            .collect();
        tx.return_leases(&overtaken).await?;
        let leased = match wanted {
            0 => Vec::new(),
            _ => {
                tx.lease_of(&self.def.channel, &self.holder, now, until, limit, wanted)
                    .await?
            }
        };
        let put_off = if self.condition.knows_slow_domains() {
            let waiting = self.queue.iter().map(|(one, _)| one);
            let waiting = waiting.filter(|one| !is_stopped(one)).chain(&leased);
            self.condition.crowded_out(waiting, now)
        } else {
            Vec::new()
        };
        tx.put_off(&put_off).await?;
        let troubles = if self.condition.must_read(now) {
            Some(tx.troubles_of(&self.def.channel).await?)
        } else {
            None
        };
        let mut unreadable = Vec::new();
        for one in &leased {
            if !self.texts.contains_key(&one.dispatch) {
                match text_of(&mut tx, &one.dispatch).await? {
                    Some(text) => {
                        self.texts
                            .insert(one.dispatch.clone(), Text::of(&text, &self.def.channel));
                    }
                    None => unreadable.push(one.dispatch.clone()),
                }
            }
        }
        tx.commit().await?;
        let is_put_off = |one: &Leased| put_off.iter().any(|(id, ..)| *id == one.id);
        self.queue
            .retain(|(one, _)| !is_stopped(one) && !is_put_off(one));
        self.written();
        if let Some(troubles) = troubles {
            self.condition.read(troubles, now);
        }
        let more = leased.len() >= wanted as usize && wanted > 0;
        for one in leased {
            if is_put_off(&one) {
                continue;
            }
            if unreadable.contains(&one.dispatch) {
                self.refuse(&one, "its text is gone from the store", now);
            } else {
                let at = self
                    .queue
                    .iter()
                    .position(|(other, _)| other.lane > one.lane)
                    .unwrap_or(self.queue.len());
                self.queue.insert(at, (one, until));
            }
        }
        self.forget_texts();
        Ok(more)
    }

    /// Writes outcomes, leases to be given back, and the beginning and end of trouble.
    async fn write(&self, tx: &mut Tx) -> Result<()> {
        if !self.settled.is_empty() {
            tx.settle(&self.settled).await?;
        }
        tx.return_leases(&self.unused).await?;
        for (dispatch, change, at) in self.condition.changes() {
            match change {
                Change::Began { why } => {
                    tx.begin_trouble(&self.def.channel, why, dispatch, *at)
                        .await?;
                }
                Change::Ended => tx.end_trouble(&self.def.channel, *at).await?,
            }
        }
        Ok(())
    }

    /// What was to be written is.
    fn written(&mut self) {
        self.settled.clear();
        self.settled_since = None;
        self.unused.clear();
        self.has_news |= !self.condition.changes().is_empty();
    }

    fn lease(&self) -> TimeDelta {
        (self.def.timeout.delta() * 8).max(TimeDelta::minutes(5))
    }

    fn forget_texts(&mut self) {
        if self.texts.len() > 64 {
            let needed: Vec<DispatchId> = self
                .queue
                .iter()
                .map(|(one, _)| one.dispatch.clone())
                .collect();
            self.texts.retain(|id, _| needed.contains(id));
        }
    }

    /// Waits for what is under way, starts nothing new, writes every outcome and gives the unused leases back.
    ///
    /// # Errors
    /// The store's; the leases run out by themselves then.
    pub async fn drain(mut self) -> Result<()> {
        while self.finish_one().await.is_some() {}
        self.put_down().await
    }

    /// Writes every outcome and gives all leases back.
    pub(super) async fn put_down(&mut self) -> Result<()> {
        let queued = self.queue.iter().map(|(one, _)| (one.id, one.fence));
        let queued: Vec<_> = queued.collect();
        let mut tx = self.store.begin().await?;
        self.write(&mut tx).await?;
        tx.return_leases(&queued).await?;
        let troubles = if self.condition.changes().is_empty() {
            None
        } else {
            Some(tx.troubles_of(&self.def.channel).await?)
        };
        tx.commit().await?;
        self.queue.clear();
        self.written();
        if let Some(troubles) = troubles {
            self.condition.read(troubles, self.clock.now());
        }
        Ok(())
    }
}

/// The text of a dispatch.
async fn text_of(tx: &mut Tx, id: &DispatchId) -> Result<Option<Bulletin>> {
    match tx.dispatch(id).await? {
        Some(dispatch) => {
            tx.issued_bulletin(&dispatch.release, dispatch.version)
                .await
        }
        None => Ok(None),
    }
}
