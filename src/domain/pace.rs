//! How fast a channel may be used: a token bucket for its rate, a breaker for when it is down. Pure: `now` comes in.

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

/// Stops hammering a channel that answers nothing but failures, and feels its way back with one try at a time.
#[derive(Debug, Clone)]
pub struct Breaker {
    /// Failures in a row that open it.
    limit: u32,
    failures: u32,
    opened: u32,
    open_until: Option<Moment>,
}

impl Breaker {
    pub fn new(concurrency: u32) -> Self {
        Self {
            limit: concurrency.saturating_mul(2).max(8),
            failures: 0,
            opened: 0,
            open_until: None,
        }
    }

    /// Notes how a try ended.
    pub fn note(&mut self, worked: bool, now: Moment) {
        if worked {
            *self = Self {
                limit: self.limit,
                failures: 0,
                opened: 0,
                open_until: None,
            };
            return;
        }
        self.failures = self.failures.saturating_add(1);
        if self.failures >= self.limit && self.open_until.is_none_or(|until| until <= now) {
            self.opened = self.opened.saturating_add(1);
            // 1, 2, 4, 8 and at most 15 seconds: the first minute after a gateway comes back must not be lost.
            let seconds = 1i64.checked_shl(self.opened - 1).unwrap_or(15).clamp(1, 15);
            self.open_until = Some(now + TimeDelta::seconds(seconds));
        }
    }

    /// How many tries may be under way now, of `most`; or when to ask again.
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
            breaker.note(false, start);
        }
        let until = breaker.allows(4, start).expect_err("it is open");
        assert_eq!(until, start + TimeDelta::seconds(1));
        assert_eq!(breaker.allows(4, until), Ok(1), "one try to feel the way");
        breaker.note(false, until);
        assert_eq!(breaker.allows(4, until), Err(until + TimeDelta::seconds(2)));
        breaker.note(true, until);
        assert_eq!(breaker.allows(4, until), Ok(4));
    }
}
