//! How fast a channel may be used: a token bucket for its rate, a breaker for when it is down. Pure: `now` comes in.

use std::time::Duration;

use chrono::TimeDelta;

use super::channel::Rate;
use super::time::Moment;

/// Lets `rate.burst` through at once and `rate.per_second` on average.
#[derive(Debug, Clone)]
pub struct TokenBucket {
    rate: Option<Rate>,
    tokens: f64,
    filled_at: Moment,
}

impl TokenBucket {
    /// A full bucket; without a rate it never runs dry.
    pub fn new(rate: Option<Rate>, now: Moment) -> Self {
        Self {
            rate,
            tokens: rate.map_or(0.0, |r| f64::from(r.burst)),
            filled_at: now,
        }
    }

    /// How many tokens can be taken now.
    pub fn ready(&self, now: Moment) -> usize {
        if self.rate.is_none() {
            return usize::MAX;
        }
        let mut rest = self.clone();
        if rest.take(now).is_err() {
            return 0;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a burst is at most a million"
        )]
        let more = rest.tokens as usize;
        more + 1
    }

    /// Takes one token, or says when there will be one.
    ///
    /// # Errors
    /// The moment to come back at.
    pub fn take(&mut self, now: Moment) -> Result<(), Moment> {
        let Some(rate) = self.rate else { return Ok(()) };
        #[expect(
            clippy::cast_precision_loss,
            reason = "milliseconds between two sends are few"
        )]
        let elapsed = (now - self.filled_at).num_milliseconds().max(0) as f64 / 1000.0;
        self.tokens = (self.tokens + elapsed * rate.per_second).min(f64::from(rate.burst.max(1)));
        self.filled_at = self.filled_at.max(now);
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return Ok(());
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a wait for one token is at most minutes"
        )]
        let wait = ((1.0 - self.tokens) / rate.per_second * 1000.0).ceil() as i64;
        Err(now + TimeDelta::milliseconds(wait.max(1)))
    }
}

/// Stops hammering a channel that cannot be reached or refuses us, and feels its way back with one try at a time.
#[derive(Debug, Clone)]
pub struct Breaker {
    /// Failures in a row that open the breaker.
    limit: u32,
    failures: u32,
    /// Refusals of the account in a row.
    refusals: u32,
    /// Whether it is only a guess that those refusals were the account's fault.
    is_guess: bool,
    opened: u32,
    open_until: Option<Moment>,
}

/// Refusals of the account in a row that open the breaker even if others have just been accepted.
const REFUSALS: u32 = 3;

/// The longest wait that a provider may ask the whole channel for; then it is tried again, in case somebody has mended it.
const LONGEST_SHUT: TimeDelta = TimeDelta::minutes(15);

impl Breaker {
    pub fn new(concurrency: u32) -> Self {
        Self {
            limit: concurrency.saturating_mul(2).max(8),
            failures: 0,
            refusals: 0,
            is_guess: false,
            opened: 0,
            open_until: None,
        }
    }

    /// The provider accepted a text.
    pub fn worked(&mut self) {
        self.failures = 0;
        self.refusals = 0;
        self.is_guess = false;
        self.opened = 0;
        self.open_until = None;
    }

    /// The provider could not be reached, or did not answer.
    pub fn failed(&mut self, now: Moment) {
        self.failures = self.failures.saturating_add(1);
        if self.failures >= self.limit {
            self.open(None, now);
        }
    }

    /// The account was refused. `at_once`: the next text would surely be refused as well, so one refusal opens the breaker.
    pub fn refused(&mut self, after: Option<Duration>, at_once: bool, now: Moment) {
        self.is_guess = false;
        self.refusals = self.refusals.saturating_add(1);
        if at_once || self.refusals >= REFUSALS {
            self.open(after, now);
        }
    }

    /// The account may have been refused, or several recipients in a row.
    pub fn suspected(&mut self, now: Moment) {
        self.is_guess = self.refusals == 0 || self.is_guess;
        self.refusals = self.refusals.saturating_add(1);
        self.open(None, now);
    }

    fn open(&mut self, after: Option<Duration>, now: Moment) {
        if self.open_until.is_some_and(|until| until > now) {
            return;
        }
        self.opened = self.opened.saturating_add(1);
        // 1, 2, 4, 8 and at most 15 seconds: the first minute after a gateway comes back must not be lost. A log-in that
        // was refused for minutes is tried once a minute, for accounts are locked by those who insist.
        let seconds = match self.opened {
            // Deliveries behind many bad numbers must not wait for each of them.
            0..60 if self.is_guess => 1,
            0..=4 => 1i64 << (self.opened.max(1) - 1),
            _ if self.refusals > 24 => 60,
            _ => 15,
        };
        let told = after.and_then(|after| TimeDelta::from_std(after).ok());
        let told = told.unwrap_or_default().min(LONGEST_SHUT);
        self.open_until = Some(now + TimeDelta::seconds(seconds).max(told));
    }

    /// How many tries, `most` at most, may be under way now.
    ///
    /// # Errors
    /// The moment to come back at.
    pub fn allows(&self, most: u32, now: Moment) -> Result<u32, Moment> {
        match self.open_until {
            None => Ok(most),
            Some(until) if until <= now => Ok(1),
            Some(until) => Err(until),
        }
    }

    pub fn is_open(&self, now: Moment) -> bool {
        self.open_until.is_some_and(|until| until > now)
    }

    /// When the breaker's last opening ends or ended; None once a text was accepted.
    pub fn open_until(&self) -> Option<Moment> {
        self.open_until
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::from_millis;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_second_ever_holds_more_than_rate_and_burst(
            per_second in 1.0f64..200.0, burst in 1u32..50, steps in prop::collection::vec(0i64..40, 1..400)
        ) {
            let mut now = from_millis(1_000_000);
            let mut bucket = TokenBucket::new(Some(Rate { per_second, burst }), now);
            let mut sent: Vec<i64> = Vec::new();
            for step in steps {
                now += TimeDelta::milliseconds(step);
                let ready = bucket.ready(now);
                let before = sent.len();
                while bucket.take(now).is_ok() {
                    sent.push(now.timestamp_millis());
                }
                prop_assert_eq!(sent.len() - before, ready);
            }
            for (n, from) in sent.iter().enumerate() {
                let in_window = sent[n..].iter().take_while(|at| **at < from + 1000).count();
                prop_assert!(in_window as f64 <= per_second + f64::from(burst) + 1.0);
            }
        }
    }

    #[test]
    fn a_dead_channel_is_tried_less_and_less_and_one_success_opens_it_again() {
        let start = from_millis(0);
        let mut breaker = Breaker::new(4);
        for _ in 0..8 {
            breaker.failed(start);
        }
        let until = breaker.allows(4, start).expect_err("it is open");
        assert_eq!(until, start + TimeDelta::seconds(1));
        assert_eq!(breaker.allows(4, until), Ok(1), "one try to feel the way");
        breaker.failed(until);
        assert_eq!(breaker.allows(4, until), Err(until + TimeDelta::seconds(2)));
        breaker.worked();
        assert_eq!(breaker.allows(4, until), Ok(4));
    }
}
