//! How a channel is: shut for a while by its breaker, and in trouble while its account is refused. Pure: `now` comes in.
//!
//! Recipients' answers say nothing about the channel, so they never open the breaker. An answer that could be about the
//! message or about us counts as ours once several have come in a row and nothing was accepted between.

use std::collections::HashMap;
use std::time::Duration;

use chrono::TimeDelta;

use super::blame::Scope;
use super::delivery::Outcome;
use super::pace::Breaker;
use super::time::Moment;

/// Answers in a row about the message or the account that count as trouble with the account.
const SUSPICION: u32 = 5;

/// Answers in a row about the recipient or the account that do: many, for a list may begin with many a bad number, or
/// a few over some time.
const MANY: u32 = 250;
const SOME_TIME: TimeDelta = TimeDelta::seconds(20);

/// Deliveries whose refusals are remembered at once.
const REMEMBERED: usize = 4096;

/// As many may be refused without end while all others are taken, before that is the account's after all.
const FEW: usize = 3;

/// What is known of a delivery that was refused for what may be our fault.
#[derive(Debug, Clone, Copy)]
struct Refused {
    since: Moment,
    times: u32,
    /// Of these, after another was accepted whose try began after the first of them.
    after: u32,
}

/// A stretch of time in which nothing was accepted because of us; without an end it lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trouble {
    pub since: Moment,
    pub until: Option<Moment>,
}

/// How long the give-up clock of something due since `from` has stood by `now`.
pub fn held(troubles: &[Trouble], from: Moment, now: Moment) -> TimeDelta {
    troubles
        .iter()
        .map(|one| one.until.unwrap_or(now).min(now) - one.since.max(from))
        .filter(|stretch| *stretch > TimeDelta::zero())
        .sum()
}

/// What a try has changed, to be written down and told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Began { why: String },
    Ended,
}

/// The state of one channel, as the tries of one courier show it.
#[derive(Debug, Clone)]
pub struct Health {
    breaker: Breaker,
    in_trouble: bool,
    /// Unclear answers since something was accepted, and since when.
    suspects: u32,
    suspected_since: Option<Moment>,
    accepted_at: Option<Moment>,
    /// When the try began that was accepted last.
    accepted_begun: Option<Moment>,
    /// Deliveries that were refused for what may be our fault.
    unclear: HashMap<i64, Refused>,
    /// Those whose account was refused since something was accepted; more than a few are not told apart.
    since_accepted: Vec<i64>,
}

impl Health {
    pub fn new(concurrency: u32) -> Self {
        Self {
            breaker: Breaker::new(concurrency),
            in_trouble: false,
            suspects: 0,
            suspected_since: None,
            accepted_at: None,
            accepted_begun: None,
            unclear: HashMap::new(),
            since_accepted: Vec::new(),
        }
    }

    pub fn in_trouble(&self) -> bool {
        self.in_trouble
    }

    /// Takes over what another process or an earlier run has seen.
    pub fn found(&mut self, in_trouble: bool) {
        self.in_trouble = in_trouble;
    }

    /// Notes how a try of `delivery` ended that began at `begun`.
    pub fn note(
        &mut self,
        delivery: i64,
        outcome: &Outcome,
        begun: Moment,
        now: Moment,
    ) -> Option<Change> {
        match outcome {
            Outcome::Accepted { .. } => {
                self.breaker.worked();
                self.suspects = 0;
                self.suspected_since = None;
                self.accepted_at = Some(now);
                self.accepted_begun = self.accepted_begun.max(Some(begun));
                self.since_accepted.clear();
                if !self.unclear.is_empty() {
                    self.unclear.remove(&delivery);
                }
                std::mem::take(&mut self.in_trouble).then_some(Change::Ended)
            }
            // The server may not even have been asked, so this shows nothing.
            Outcome::Refused { .. } => {
                self.unclear.remove(&delivery);
                None
            }
            Outcome::Retry {
                scope, why, after, ..
            } => self.failed(delivery, *scope, why, *after, now),
        }
    }

    fn failed(
        &mut self,
        delivery: i64,
        scope: Scope,
        why: &str,
        after: Option<Duration>,
        now: Moment,
    ) -> Option<Change> {
        match scope {
            Scope::Recipient | Scope::Pace => return None,
            Scope::Moment => {
                self.breaker.failed(now);
                return None;
            }
            Scope::Unclear | Scope::Either => {
                let after = self.remember(delivery, now);
                // Others fared better meanwhile, so this is no sign that the next will not.
                if scope == Scope::Either && after > 0 && !self.in_trouble {
                    return None;
                }
                self.suspects = self.suspects.saturating_add(1);
                let since = *self.suspected_since.get_or_insert(now);
                let is_enough = match scope {
                    Scope::Either => self.suspects >= MANY || now - since >= SOME_TIME,
                    _ => true,
                };
                let is_trouble = self.in_trouble || (is_enough && self.suspects >= SUSPICION);
                if !is_trouble {
                    return None;
                }
                if scope == Scope::Either {
                    self.breaker.suspected(now);
                    return self.begin(why);
                }
            }
            Scope::Account => {
                if self.since_accepted.len() <= FEW && !self.since_accepted.contains(&delivery) {
                    self.since_accepted.push(delivery);
                }
                let after = self.remember(delivery, now);
                // It is refused and all others are taken: that shuts nothing for them.
                if after > 0 && self.since_accepted.len() <= FEW {
                    return None;
                }
            }
        }
        // Where others have just been taken, the next are not held up by the first such answer.
        let is_fresh = self
            .accepted_at
            .is_some_and(|at| now - at < TimeDelta::seconds(10));
        self.breaker.refused(after, !is_fresh, now);
        self.begin(why)
    }

    /// Counts a refusal of `delivery`. Returns how many it has had after another was accepted.
    fn remember(&mut self, delivery: i64, now: Moment) -> u32 {
        if self.unclear.len() >= REMEMBERED {
            self.unclear.clear();
        }
        let accepted = self.accepted_begun;
        let one = self.unclear.entry(delivery).or_insert(Refused {
            since: now,
            times: 0,
            after: 0,
        });
        if one.times > 0 && accepted.is_some_and(|at| at >= one.since) {
            one.after = one.after.saturating_add(1);
        }
        one.times = one.times.saturating_add(1);
        one.after
    }

    fn begin(&mut self, why: &str) -> Option<Change> {
        let began = !std::mem::replace(&mut self.in_trouble, true);
        began.then(|| Change::Began {
            why: why.to_owned(),
        })
    }

    /// How many refusals with `scope` `delivery` has had, if others were accepted since the first of them.
    pub fn alone(&self, delivery: i64, scope: Scope) -> u32 {
        let Some(one) = self.unclear.get(&delivery) else {
            return 0;
        };
        match (scope, self.accepted_at) {
            // An account that is refused now and then keeps what waits: only what was refused between others counts.
            (Scope::Account, _) if one.after == 0 || self.since_accepted.len() > FEW => 0,
            (Scope::Account, _) => one.after + 1,
            (_, Some(accepted)) if accepted >= one.since => one.times,
            _ => 0,
        }
    }

    /// Whether `delivery` was refused before for what may be our fault.
    pub fn was_refused(&self, delivery: i64) -> bool {
        self.unclear.contains_key(&delivery)
    }

    /// How many tries may be under way now, of `most`; or when to ask again.
    ///
    /// # Errors
    /// The moment to come back at.
    pub fn allows(&self, most: u32, now: Moment) -> Result<u32, Moment> {
        match self.breaker.allows(most, now) {
            // After a restart in the middle of the trouble the first try feels the way as well.
            Ok(most) if self.in_trouble && self.accepted_at.is_none() => Ok(most.min(1)),
            other => other,
        }
    }

    /// When the breaker lets something through again, if it is open.
    pub fn resumes_at(&self) -> Option<Moment> {
        self.breaker.open_until()
    }

    /// Whether the way is being felt, so that no more than one text is of use.
    pub fn is_careful(&self) -> bool {
        self.breaker.open_until().is_some()
    }

    pub fn is_open(&self, now: Moment) -> bool {
        self.breaker.is_open(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::from_millis;
    use proptest::prelude::*;

    fn failed(scope: Scope) -> Outcome {
        Outcome::Retry {
            after: None,
            why: "no".into(),
            scope,
            ambiguous: false,
        }
    }

    fn accepted() -> Outcome {
        Outcome::accepted(None)
    }

    #[test]
    fn the_first_refusal_of_the_account_shuts_the_channel_and_the_first_acceptance_mends_it() {
        let now = from_millis(0);
        let mut health = Health::new(8);
        let began = health.note(1, &failed(Scope::Account), now, now);
        assert_eq!(began, Some(Change::Began { why: "no".into() }));
        assert_eq!(
            health.note(2, &failed(Scope::Account), now, now),
            None,
            "told once"
        );
        let until = health.allows(8, now).unwrap_err();
        assert_eq!(health.allows(8, until), Ok(1));
        assert_eq!(
            health.note(3, &accepted(), until, until),
            Some(Change::Ended)
        );
        assert_eq!(health.allows(8, until), Ok(8));
    }

    #[test]
    fn several_unclear_answers_in_a_row_are_the_accounts() {
        let now = from_millis(0);
        let mut health = Health::new(8);
        for n in 1..5 {
            assert_eq!(health.note(n, &failed(Scope::Unclear), now, now), None);
        }
        assert!(health.note(5, &failed(Scope::Unclear), now, now).is_some());
        assert!(health.in_trouble());
    }

    #[test]
    fn many_bad_numbers_at_the_head_of_a_list_hold_up_nobody() {
        let start = from_millis(0);
        let mut health = Health::new(8);
        for n in 0..200 {
            assert_eq!(health.note(n, &failed(Scope::Either), start, start), None);
            assert_eq!(health.allows(8, start), Ok(8));
        }
        // The same over a while, with nothing accepted, is the account's after all.
        let later = start + TimeDelta::seconds(30);
        assert!(
            health
                .note(1, &failed(Scope::Either), later, later)
                .is_some()
        );
        let until = health.allows(8, later).unwrap_err();
        health.note(2, &failed(Scope::Either), until, until);
        let next = health.allows(8, until).unwrap_err();
        assert_eq!((next - until).num_seconds(), 1, "felt one a second");
    }

    #[test]
    fn one_text_that_others_fare_better_than_is_alone() {
        let now = from_millis(0);
        let mut health = Health::new(8);
        for n in 0..4 {
            health.note(7, &failed(Scope::Unclear), now, now);
            let counted = if n == 0 { 0 } else { n + 1 };
            assert_eq!(
                health.alone(7, Scope::Unclear),
                counted,
                "only once another was accepted"
            );
            health.note(100 + i64::from(n), &accepted(), now, now);
        }
        assert_eq!(health.alone(7, Scope::Unclear), 4);
        assert!(!health.in_trouble());
    }

    #[test]
    fn one_whose_account_is_refused_while_all_others_are_taken_shuts_nothing_again() {
        let at = |seconds: i64| from_millis(seconds * 1000);
        let mut health = Health::new(8);
        let refused = failed(Scope::Account);
        assert!(health.note(7, &refused, at(0), at(0)).is_some());
        assert_eq!(health.alone(7, Scope::Account), 0);
        // What was under way when it was refused says nothing.
        health.note(8, &accepted(), at(-1), at(0));
        health.note(7, &refused, at(1), at(1));
        assert_eq!(health.alone(7, Scope::Account), 0);
        health.note(9, &accepted(), at(2), at(2));
        for times in 2..=3 {
            assert_eq!(health.note(7, &refused, at(20), at(20)), None);
            assert_eq!(health.alone(7, Scope::Account), times);
            assert!(!health.in_trouble());
            assert_eq!(health.allows(8, at(20)), Ok(8));
        }
    }

    #[test]
    fn an_account_that_is_refused_again_after_some_were_taken_keeps_what_waits() {
        let at = |seconds: i64| from_millis(seconds * 1000);
        let mut health = Health::new(8);
        let refused = failed(Scope::Account);
        for n in 0..20 {
            health.note(n, &refused, at(n), at(n));
        }
        health.note(100, &accepted(), at(30), at(30));
        for n in 0..20 {
            health.note(n, &refused, at(60 + n), at(60 + n));
        }
        assert!(health.in_trouble());
        assert!((0..20).all(|n| health.alone(n, Scope::Account) == 0));
    }

    #[test]
    fn recipients_that_are_refused_again_while_others_are_taken_are_no_sign() {
        let at = |seconds: i64| from_millis(seconds * 1000);
        let mut health = Health::new(8);
        let refused = failed(Scope::Either);
        for n in 0..12 {
            health.note(n, &refused, at(0), at(0));
        }
        health.note(100, &accepted(), at(1), at(1));
        for round in 1..4 {
            for n in 0..12 {
                let now = at(60 * round);
                assert_eq!(health.note(n, &refused, now, now), None);
            }
        }
        assert_eq!(health.alone(3, Scope::Either), 4);
    }

    #[test]
    fn a_stretch_of_trouble_is_counted_from_when_the_text_was_due() {
        let at = |seconds: i64| from_millis(seconds * 1000);
        let troubles = [
            Trouble {
                since: at(0),
                until: Some(at(10)),
            },
            Trouble {
                since: at(20),
                until: None,
            },
        ];
        let seconds = |from, now| held(&troubles, at(from), at(now)).num_seconds();
        assert_eq!(seconds(0, 15), 10);
        assert_eq!(seconds(5, 25), 10);
        assert_eq!(seconds(12, 18), 0);
        assert_eq!(seconds(30, 30), 0);
    }

    proptest! {
        #[test]
        fn recipients_never_shut_a_channel(answers in prop::collection::vec(prop::bool::ANY, 1..500)) {
            let now = from_millis(0);
            let mut health = Health::new(1);
            for (n, refused) in answers.into_iter().enumerate() {
                let outcome = if refused {
                    Outcome::Refused { why: "no".into() }
                } else {
                    failed(Scope::Recipient)
                };
                prop_assert_eq!(health.note(n as i64, &outcome, now, now), None);
                prop_assert_eq!(health.allows(8, now), Ok(8));
            }
        }
    }
}
