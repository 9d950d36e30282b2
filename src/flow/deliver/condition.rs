//! What a courier knows of its channel's condition: how fast it may be used, whether it is well, which domains are slow.
//! It ties the pure rules of `domain` together and knows neither channel nor store.

use std::collections::HashMap;

use chrono::TimeDelta;
use sha2::{Digest, Sha256};

use crate::domain::backoff::Tried;
use crate::domain::blame::Scope;
use crate::domain::channel::ChannelDef;
use crate::domain::delivery::{Leased, Outcome};
use crate::domain::health::{Change, Health, Trouble, held};
use crate::domain::neighbours::Neighbours;
use crate::domain::pace::TokenBucket;
use crate::domain::throttle::Throttle;
use crate::domain::time::Moment;
use crate::id::DispatchId;

/// Of a slow domain's deliveries this many are held for its one connection; the others wait in the store.
const HELD_FOR_ONE: usize = 16;

/// What is written down is read again after so long, for another process may have written it.
const READ_AGAIN: TimeDelta = TimeDelta::seconds(60);

pub(super) struct Condition {
    bucket: TokenBucket,
    throttle: Throttle,
    health: Health,
    neighbours: Neighbours,
    /// As far as they are written down.
    troubles: Vec<Trouble>,
    read_at: Option<Moment>,
    changes: Vec<(DispatchId, Change, Moment)>,
}

impl Condition {
    pub fn new(def: &ChannelDef, now: Moment) -> Self {
        Self {
            bucket: TokenBucket::new(def.rate, now),
            throttle: Throttle::default(),
            health: Health::new(def.concurrency),
            neighbours: Neighbours::default(),
            troubles: Vec::new(),
            read_at: None,
            changes: Vec::new(),
        }
    }

    pub fn is_open(&self, now: Moment) -> bool {
        self.health.is_open(now)
    }

    /// Whether the way is being felt with one text at a time.
    pub fn is_careful(&self) -> bool {
        self.health.is_careful()
    }

    /// Whether a delivery was refused before for what may be our fault.
    pub fn was_refused(&self, leased: &Leased) -> bool {
        self.health.was_refused(leased.id)
    }

    /// How many tries may be under way, of `most`; or when to ask again.
    pub fn allows(&self, most: u32, now: Moment) -> Result<u32, Moment> {
        self.health.allows(most, now)
    }

    /// Whether a try for `address` may begin beside those under way.
    pub fn admits(&self, address: &str) -> bool {
        self.neighbours.admits(address)
    }

    pub fn knows_slow_domains(&self) -> bool {
        !self.neighbours.is_empty()
    }

    /// A try for `address` begins, if rate and provider let it.
    ///
    /// # Errors
    /// The moment to come back at.
    pub fn begin(&mut self, address: &str, now: Moment) -> Result<(), Moment> {
        self.throttle.ready(now)?;
        self.bucket.take(now)?;
        self.throttle.take(now)?;
        self.neighbours.begin(address);
        Ok(())
    }

    /// How many texts the rate lets out now.
    pub fn room(&self, now: Moment) -> usize {
        self.bucket.ready(now)
    }

    /// When something next lets a send through, if anything holds it back.
    pub fn held_until(&self, now: Moment) -> Option<Moment> {
        let shut = self.health.allows(1, now).err();
        shut.or_else(|| self.throttle.ready(now).err())
            .or_else(|| self.bucket.clone().take(now).err())
    }

    /// A try has ended. Returns what is known of the delivery, for its judgement.
    pub fn end(&mut self, leased: &Leased, outcome: &Outcome, begun: Moment, now: Moment) -> Tried {
        let mut put_off = false;
        let mut resumes_at = None;
        match outcome {
            Outcome::Accepted { .. } => self.throttle.accepted(now),
            Outcome::Retry { scope, after, .. } => match scope {
                Scope::Recipient => put_off = true,
                Scope::Pace => {
                    self.throttle.protested(begun, *after, now);
                    resumes_at = self.throttle.held_until();
                }
                _ => {}
            },
            Outcome::Refused { .. } => {}
        }
        self.neighbours.end(&leased.address, put_off, begun, now);
        if let Some(change) = self.health.note(leased.id, outcome, begun, now) {
            self.changes.push((leased.dispatch.clone(), change, now));
        }
        let is_ours = |scope: &Scope| {
            *scope == Scope::Account || (scope.is_unclear() && self.health.in_trouble())
        };
        if matches!(outcome, Outcome::Retry { scope, .. } if is_ours(scope)) {
            resumes_at = self.health.resumes_at().filter(|at| *at > now);
        }
        let stood = if self.troubles.is_empty() {
            TimeDelta::zero()
        } else {
            held(&self.troubles, leased.first_at, now)
        };
        Tried {
            attempt: leased.attempt.saturating_sub(leased.earlier).max(1),
            first_at: leased.first_at,
            held: stood,
            doubts: leased.doubts,
            alone: match outcome {
                Outcome::Retry { scope, .. } => self.health.alone(leased.id, *scope),
                _ => 0,
            },
            resumes_at,
            in_trouble: self.health.in_trouble(),
            now,
            jitter: jitter(leased),
        }
    }

    /// Of deliveries at slow domains, those for which there is no room here, each with the moment to look at it again.
    pub fn crowded_out<'a>(
        &mut self,
        waiting: impl Iterator<Item = &'a Leased>,
        now: Moment,
    ) -> Vec<(i64, i64, Moment)> {
        let mut held: HashMap<String, usize> = HashMap::new();
        let mut out = Vec::new();
        for one in waiting {
            let Some(domain) = self.neighbours.slow(&one.address) else {
                continue;
            };
            let count = held.entry(domain.clone()).or_default();
            *count += 1;
            if *count > HELD_FOR_ONE {
                out.push((one.id, one.fence, self.neighbours.put_off(&domain, now)));
            }
        }
        out
    }

    /// Beginnings and ends of trouble that are not written down yet.
    pub fn changes(&self) -> &[(DispatchId, Change, Moment)] {
        &self.changes
    }

    pub fn must_read(&self, now: Moment) -> bool {
        !self.changes.is_empty() || self.read_at.is_none_or(|at| now - at >= READ_AGAIN)
    }

    /// Takes over what is written down.
    pub fn read(&mut self, troubles: Vec<Trouble>, now: Moment) {
        self.health
            .found(troubles.iter().any(|one| one.until.is_none()));
        self.troubles = troubles;
        self.read_at = Some(now);
        self.changes.clear();
    }
}

/// Between 0 and 1, the same for the same try on every database: chance that a drill can repeat.
fn jitter(leased: &Leased) -> f64 {
    let try_of = format!("{}:{}:{}", leased.dispatch, leased.address, leased.attempt);
    let digest = Sha256::digest(try_of);
    f64::from(digest.first().copied().unwrap_or(0)) / 255.0
}
