//! Deliveries are leased, sent within the channel's rate and concurrency, and settled in groups.
//!
//! At least once: a delivery that was under way when the process died is sent again, with the same key. Each channel
//! has a courier of its own, so a dead one slows no other. This is the one part of the story that knows the channel
//! trait.

mod condition;
mod exchange;

use std::collections::{HashMap, VecDeque};

use chrono::TimeDelta;
use tokio::task::JoinSet;

use crate::channel::SharedChannel;
use crate::clock::SharedClock;
use crate::domain::backoff::{Verdict, judge};
use crate::domain::channel::{ChannelDef, Finality};
use crate::domain::delivery::{Leased, Outcome, Parcel, Receipt, Settled, key};
use crate::domain::time::Moment;
use crate::id::DispatchId;
use crate::store::{Result, Store};
use condition::Condition;
use exchange::Text;

/// Outcomes written in one transaction at most; what a crash can make go out twice is bounded by it.
const GROUP: usize = 250;
/// How long an outcome may wait for company before it is written.
const LINGER: TimeDelta = TimeDelta::milliseconds(20);

/// Everything one channel needs to be served.
pub struct Courier {
    store: Store,
    clock: SharedClock,
    def: ChannelDef,
    channel: SharedChannel,
    /// Whose leases these are; the same after a restart, so that a process finds its own.
    holder: String,
    texts: HashMap<DispatchId, Text>,
    condition: Condition,
    queue: VecDeque<(Leased, Moment)>,
    /// Each with the moment at which it began.
    under_way: JoinSet<(Leased, Outcome, Moment)>,
    settled: Vec<Settled>,
    settled_since: Option<Moment>,
    /// Leases to be given back unused.
    unused: Vec<(i64, i64)>,
    /// Something has been written that people are to be told of.
    has_news: bool,
}

/// What a courier waits for next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pause {
    /// Something is under way, or more may be leased at once.
    None,
    /// Nothing to do before then (or before a signal).
    Until(Option<Moment>),
}

impl Courier {
    pub fn new(
        store: Store,
        clock: SharedClock,
        def: ChannelDef,
        channel: SharedChannel,
        holder: &str,
    ) -> Self {
        let now = clock.now();
        Self {
            condition: Condition::new(&def, now),
            store,
            clock,
            def,
            channel,
            holder: holder.to_owned(),
            texts: HashMap::new(),
            queue: VecDeque::new(),
            under_way: JoinSet::new(),
            settled: Vec::new(),
            settled_since: None,
            unused: Vec::new(),
            has_news: false,
        }
    }

    /// Whether something has been written that people are to be told of, since this was last asked.
    pub fn take_news(&mut self) -> bool {
        std::mem::take(&mut self.has_news)
    }

    /// What the provider has said since this was last asked, without waiting for more.
    pub async fn receipts(&self) -> Vec<Receipt> {
        if self.def.spec().finality() == Finality::Accepted {
            return Vec::new();
        }
        tokio::select! {
            biased;
            receipts = self.channel.next_receipts() => receipts,
            () = std::future::ready(()) => Vec::new(),
        }
    }

    pub fn code(&self) -> &str {
        &self.def.channel
    }

    /// Whether the channel answers nothing but failures at the moment.
    pub fn is_broken(&self) -> bool {
        self.condition.is_open(self.clock.now())
    }

    /// How many leased deliveries to hold: enough to keep all sessions busy over one trip to the database, and no
    /// more than the rate lets out within seconds, since what is held here no other node can send.
    fn capacity(&self) -> usize {
        let by_sessions = (self.def.concurrency as usize).saturating_mul(64).min(500);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rate is at most a million"
        )]
        let by_rate = self.def.rate.map_or(usize::MAX, |r| {
            (r.per_second * 5.0).ceil() as usize + r.burst as usize
        });
        by_sessions.min(by_rate).max(1)
    }

    /// Starts as many sends as concurrency, rate and the channel's condition allow. Returns when to try again if they hold
    /// it back.
    pub fn start(&mut self) -> Option<Moment> {
        let now = self.clock.now();
        let most = match self.condition.allows(self.def.concurrency, now) {
            Ok(most) => most as usize,
            Err(until) => return Some(until),
        };
        while self.under_way.len() < most {
            let index = self.next()?;
            let (next, until) = self.queue.get(index)?;
            // Too old to be sure that the lease still holds at the end of the try: it goes back and is leased anew.
            if now + self.def.timeout.delta() >= *until {
                self.unused.push((next.id, next.fence));
                self.queue.remove(index);
                continue;
            }
            let Some(parcel) = self.parcel(next, now) else {
                if let Some((one, _)) = self.queue.remove(index) {
                    self.refuse(&one, "it has no rendering for this channel", now);
                }
                continue;
            };
            if let Err(at) = self.condition.begin(&parcel.address, now) {
                return Some(at);
            }
            if let Some((one, _)) = self.queue.remove(index) {
                let channel = self.channel.clone();
                self.under_way.spawn(async move {
                    let outcome = channel.send(&parcel).await;
                    (one, outcome, now)
                });
            }
        }
        None
    }

    /// The next delivery to be sent: the first in order that does not wait for its slow domain.
    fn next(&self) -> Option<usize> {
        // The way is felt with what was not refused yet, so that a few who will never be taken hold up nobody.
        if self.condition.is_careful() {
            let mut waiting = self.queue.iter();
            let fresh = waiting.position(|(one, _)| {
                !self.condition.was_refused(one) && self.condition.admits(&one.address)
            });
            if fresh.is_some() {
                return fresh;
            }
        }
        if self.condition.knows_slow_domains() {
            let mut waiting = self.queue.iter();
            return waiting.position(|(one, _)| self.condition.admits(&one.address));
        }
        (!self.queue.is_empty()).then_some(0)
    }

    fn parcel(&self, leased: &Leased, now: Moment) -> Option<Parcel> {
        let text = self.texts.get(&leased.dispatch)?;
        let rendering = text.rendering(leased.language)?;
        Some(Parcel {
            key: key(&leased.dispatch, leased.id),
            address: leased.address.clone(),
            rendering,
            attempt: leased.attempt,
            at: now,
        })
    }

    /// Waits for one send to end and takes its outcome. None when nothing is under way.
    pub async fn finish_one(&mut self) -> Option<()> {
        let joined = self.under_way.join_next().await?;
        let now = self.clock.now();
        // A channel that panicked has lost its delivery's name; the lease runs out and the delivery is tried again.
        if let Ok((leased, outcome, begun)) = joined {
            self.end(leased, outcome, begun, now);
        }
        // Whatever else has ended meanwhile is taken along.
        while let Some(joined) = self.under_way.try_join_next() {
            if let Ok((leased, outcome, begun)) = joined {
                self.end(leased, outcome, begun, now);
            }
        }
        Some(())
    }

    fn end(&mut self, leased: Leased, outcome: Outcome, begun: Moment, now: Moment) {
        let tried = self.condition.end(&leased, &outcome, begun, now);
        let verdict = judge(outcome, &self.def.schedule(), &tried);
        self.keep(&leased, verdict, now);
    }

    /// What cannot be tried at all says nothing about the channel.
    fn refuse(&mut self, leased: &Leased, why: &str, now: Moment) {
        self.keep(leased, Verdict::Failed { why: why.into() }, now);
    }

    fn keep(&mut self, leased: &Leased, verdict: Verdict, now: Moment) {
        self.settled_since.get_or_insert(now);
        let settled = leased.end(verdict, self.def.spec().finality(), now);
        self.settled.push(settled);
    }

    pub fn is_idle(&self) -> bool {
        self.under_way.is_empty() && self.queue.is_empty()
    }

    pub fn has_outcomes(&self) -> bool {
        !self.settled.is_empty()
    }

    /// Whether outcomes should be written now: a full group, a long wait, or nothing else to do.
    fn should_write(&self, now: Moment) -> bool {
        match self.settled_since {
            None => false,
            Some(since) => {
                self.settled.len() >= GROUP
                    || now - since >= LINGER
                    || (self.is_idle() && !self.settled.is_empty())
            }
        }
    }

    /// One turn of the live loop: leases if there may be more, sends, writes. `told` = something has changed, perhaps
    /// something more urgent than all that is queued here, so it looks even with a full queue. Returns what to wait
    /// for; on [`Pause::None`] the caller waits for [`Courier::finish_one`] or a signal and turns again.
    ///
    /// # Errors
    /// The store's; nothing is lost, turn again later.
    pub async fn turn(&mut self, more: &mut bool, told: &mut bool) -> Result<Pause> {
        let now = self.clock.now();
        let low = self.queue.len() < self.capacity() / 2;
        if self.should_write(now) || (*more && low) || *told {
            *more = self.exchange().await?;
            *told = false;
        }
        let held_until = self.start();
        if !self.under_way.is_empty() || self.has_outcomes() {
            return Ok(Pause::None);
        }
        if held_until.is_some() {
            return Ok(Pause::Until(held_until));
        }
        if *more {
            return Ok(Pause::None);
        }
        let mut tx = self.store.read().await?;
        Ok(Pause::Until(tx.next_delivery(&self.def.channel).await?))
    }

    /// When a linger ends, while outcomes wait.
    pub fn write_at(&self) -> Option<Moment> {
        self.settled_since.map(|since| since + LINGER)
    }

    /// Sends everything that is due now, one after another, for a realm whose clock stands still meanwhile.
    /// Returns how many tries were made: no more batches are begun once there were `most`.
    ///
    /// # Errors
    /// The store's.
    pub async fn sweep(&mut self, most: usize) -> Result<usize> {
        let mut tries = 0;
        loop {
            // The clock stands still: what the rate does not let out now would only be given back.
            let now = self.clock.now();
            let wanted = self.capacity().max(8);
            let room = self.condition.room(now).min(wanted);
            self.exchange_for(room, wanted).await?;
            let before = tries;
            let held_until = loop {
                let held_until = self.start();
                if self.finish_one().await.is_none() {
                    break held_until;
                }
                tries = before + self.settled.len();
            };
            if self.queue.is_empty() && self.settled.is_empty() && self.unused.is_empty() {
                return Ok(tries);
            }
            let spent = room < wanted && self.condition.room(now) == 0;
            if held_until.is_some() || spent || tries >= most {
                // The rate holds the rest back; the next sweep leases them again.
                self.put_down().await?;
                return Ok(tries);
            }
        }
    }

    /// When something next lets a send through, if the channel is held back.
    pub fn held_until(&self) -> Option<Moment> {
        self.condition.held_until(self.clock.now())
    }
}
