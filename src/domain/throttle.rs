//! Goes slower when a provider says "too fast", as a whole channel and not text by text, and finds out how fast it may go.
//! Pure: `now` comes in.

use std::time::Duration;

use chrono::TimeDelta;

use super::time::Moment;

/// The slowest that a provider's protests can make a channel: one text in a minute.
const SLOWEST: f64 = 1.0 / 60.0;

/// After so long without a protest the channel goes as fast as its file says.
const FORGIVEN: TimeDelta = TimeDelta::minutes(5);

/// The longest pause that is asked of the whole channel; then one text asks again.
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(15);

/// The rate of a channel whose provider has protested, and how it recovers.
#[derive(Debug, Clone, Default)]
pub struct Throttle {
    held_until: Option<Moment>,
    /// Texts a second; None = the provider has not protested.
    limit: Option<f64>,
    next_at: Option<Moment>,
    slowed_at: Option<Moment>,
    /// Protests since the last accepted text.
    protests: u32,
    /// Texts are counted from here, for the rate that the provider did take.
    since: Option<Moment>,
    taken: u32,
}

impl Throttle {
    /// The provider accepted a text.
    pub fn accepted(&mut self, now: Moment) {
        let since = *self.since.get_or_insert(now);
        if now - since > TimeDelta::minutes(2) {
            // An old rate says little; half of it is forgotten.
            self.since = Some(now - TimeDelta::minutes(1));
            self.taken /= 2;
        }
        self.taken = self.taken.saturating_add(1);
        let Some(limit) = self.limit else { return };
        self.protests = 0;
        self.limit = if self.slowed_at.is_none_or(|at| now - at >= FORGIVEN) {
            None
        } else {
            // A twentieth more for each second, or for each text if they are fewer.
            Some(limit * (1.0 + 0.05 / limit.max(1.0)))
        };
    }

    /// The provider protested against a try that was begun at `begun`. `after`: when it wants to hear from us again.
    pub fn protested(&mut self, begun: Moment, after: Option<Duration>, now: Moment) {
        let is_news = self.slowed_at.is_none_or(|at| begun > at);
        if is_news {
            // Only the first protest of those tries that were under way together slows the channel.
            self.protests = self.protests.saturating_add(1);
            self.limit = Some(self.slower(now).max(SLOWEST));
            self.slowed_at = Some(now);
        }
        let pause = match after.and_then(|after| TimeDelta::from_std(after).ok()) {
            Some(told) => told.min(LONGEST_PAUSE),
            None => TimeDelta::seconds(1i64 << self.protests.clamp(1, 7) >> 1),
        };
        let until = now + pause;
        self.held_until = Some(self.held_until.map_or(until, |known| known.max(until)));
    }

    fn slower(&self, now: Moment) -> f64 {
        let since = self.since.unwrap_or(now);
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of two minutes")]
        let seconds = (now - since).num_milliseconds().max(1000) as f64 / 1000.0;
        let taken = f64::from(self.taken.max(1)) / seconds;
        self.limit
            .map_or(taken * 0.8, |limit| (limit * 0.8).min(taken))
    }

    /// Takes leave to send one text, or says when there will be leave.
    ///
    /// # Errors
    /// The moment to come back at.
    pub fn take(&mut self, now: Moment) -> Result<(), Moment> {
        self.ready(now)?;
        if let Some(limit) = self.limit {
            #[expect(clippy::cast_possible_truncation, reason = "at most a minute")]
            let gap = (1000.0 / limit).ceil() as i64;
            // A late loop may catch up on one text and no more: a burst is what the provider complained of.
            let due = self
                .next_at
                .map_or(now, |at| at.max(now - TimeDelta::milliseconds(gap)));
            self.next_at = Some(due + TimeDelta::milliseconds(gap));
        }
        Ok(())
    }

    /// Whether a text may go now.
    ///
    /// # Errors
    /// The moment to come back at.
    pub fn ready(&self, now: Moment) -> Result<(), Moment> {
        if let Some(until) = self.held_until.filter(|until| *until > now) {
            return Err(until);
        }
        match self.next_at.filter(|at| self.limit.is_some() && *at > now) {
            Some(at) => Err(at),
            None => Ok(()),
        }
    }

    /// The end of the pause that it asked for.
    pub fn held_until(&self) -> Option<Moment> {
        self.held_until
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::from_millis;

    /// Sends as fast as the throttle allows, `at_once` under way together, to a provider that takes `most` in each window.
    /// Returns what it took and what it refused.
    fn play(most: u32, window: i64, at_once: usize, seconds: i64) -> (u32, u32) {
        let mut throttle = Throttle::default();
        let (mut taken, mut refused, mut in_window) = (0, 0, 0);
        let mut under_way: Vec<(Moment, Moment)> = Vec::new();
        for step in 0..seconds * 1000 {
            let now = from_millis(1_000_000 + step);
            if step % window == 0 {
                in_window = 0;
            }
            let (done, rest): (Vec<_>, Vec<_>) = under_way.iter().partition(|(_, end)| *end <= now);
            under_way = rest;
            for (begun, _) in done {
                if in_window < most {
                    in_window += 1;
                    taken += 1;
                    throttle.accepted(now);
                } else {
                    refused += 1;
                    throttle.protested(begun, None, now);
                }
            }
            while under_way.len() < at_once && throttle.take(now).is_ok() {
                under_way.push((now, now + TimeDelta::milliseconds(20)));
            }
        }
        (taken, refused)
    }

    #[test]
    fn few_texts_are_wasted_on_a_provider_that_is_slower_than_we_are() {
        let (taken, refused) = play(20, 1000, 8, 60);
        assert!(taken > 700, "{taken} of 1200");
        assert!(refused * 10 < taken, "{refused} refused for {taken}");
    }

    #[test]
    fn a_provider_that_counts_by_the_minute_is_understood_too() {
        let (taken, refused) = play(20, 60_000, 8, 900);
        assert!(taken > 150, "{taken} of 300");
        assert!(refused * 3 < taken, "{refused} refused for {taken}");
    }

    #[test]
    fn the_wait_it_asks_for_holds_everything() {
        let now = from_millis(0);
        let mut throttle = Throttle::default();
        throttle.protested(now, Some(Duration::from_secs(30)), now);
        assert_eq!(throttle.take(now), Err(now + TimeDelta::seconds(30)));
        assert!(throttle.take(now + TimeDelta::seconds(30)).is_ok());
    }

    #[test]
    fn what_never_complained_is_never_slowed() {
        let mut throttle = Throttle::default();
        let now = from_millis(0);
        for _ in 0..10_000 {
            throttle.accepted(now);
            assert!(throttle.take(now).is_ok());
        }
    }
}
