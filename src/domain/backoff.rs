//! When a failed try is made again, and when it is given up. Pure: the jitter comes in as a number.

use std::time::Duration;

use chrono::TimeDelta;

use super::blame::Scope;
use super::delivery::Outcome;
use super::time::{Moment, Span};

/// How a channel retries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetrySchedule {
    /// The wait after try n; the last one repeats. A fast first minute matters more than politeness here.
    pub waits: Vec<Span>,
    pub give_up_after: Span,
    /// How often a text is sent again after an answer that may mean that it has arrived.
    pub repeat_in_doubt: u32,
}

/// A second repeat in doubt waits this long at least, so that a provider that hung for a while can be well again.
const SECOND_DOUBT: TimeDelta = TimeDelta::seconds(15);

/// A text that others fare better than is refused for good after so many answers that may be about us.
pub const UNCLEAR_TRIES: u32 = 3;

/// What is known of a delivery when a try of it has ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tried {
    /// Which try it was, from 1, counted from when it was last asked for.
    pub attempt: u32,
    /// When the first try was due.
    pub first_at: Moment,
    /// How long the give-up clock has stood since then, because the account was in trouble.
    pub held: TimeDelta,
    /// How many earlier tries may have arrived.
    pub doubts: u32,
    /// How many answers that may be about us it has had while others were accepted.
    pub alone: u32,
    /// When the channel may be used again, if the outcome has closed it.
    pub resumes_at: Option<Moment>,
    /// The account is in trouble, so nothing is given up.
    pub in_trouble: bool,
    pub now: Moment,
    /// Between 0 and 1; stretches the wait by up to a tenth, so that a gateway that comes back is not met by everything
    /// at once.
    pub jitter: f64,
}

/// What becomes of a delivery after a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Accepted {
        receipt: Option<String>,
        ids: Vec<String>,
    },
    TryAgain {
        at: Moment,
        why: String,
        doubts: u32,
    },
    Failed {
        why: String,
    },
    /// Given up, and one of the tries may have arrived.
    Unknown {
        why: String,
    },
}

/// Judges a try.
///
/// A provider's own waiting time is never shortened, but for one thing: where it would outlast the give-up time, a last
/// try is made at the end of that, for nothing is given up early because of a header.
pub fn judge(outcome: Outcome, schedule: &RetrySchedule, tried: &Tried) -> Verdict {
    let (after, why, scope, ambiguous) = match outcome {
        Outcome::Accepted { receipt, ids } => return Verdict::Accepted { receipt, ids },
        // An earlier try may have arrived, whatever is said of this one.
        Outcome::Refused { why } => return give_up(why, tried.doubts),
        Outcome::Retry {
            after,
            why,
            scope,
            ambiguous,
        } => (after, why, scope, ambiguous),
    };
    let doubts = tried.doubts.saturating_add(u32::from(ambiguous));
    if ambiguous && doubts > schedule.repeat_in_doubt {
        let why = format!("sent {doubts} times and it may have arrived: {why}");
        return Verdict::Unknown { why };
    }
    let is_ours = scope == Scope::Account || (scope.is_unclear() && tried.in_trouble);
    let is_alone = tried.alone >= UNCLEAR_TRIES && !ambiguous;
    let may_be_theirs = scope == Scope::Account || (scope.is_unclear() && !is_ours);
    if is_alone && may_be_theirs {
        let why = format!(
            "refused {} times while others were taken: {why}",
            tried.alone
        );
        return give_up(why, doubts);
    }
    let told = TimeDelta::from_std(after.unwrap_or(Duration::ZERO)).unwrap_or(TimeDelta::zero());
    let mut wait = wait_after(schedule, tried);
    if ambiguous && doubts > 1 {
        wait = wait.max(SECOND_DOUBT);
    }
    let paced = !matches!(scope, Scope::Recipient | Scope::Moment);
    let at = match tried.resumes_at.filter(|_| paced) {
        // The channel lets texts out one by one then; a wait of their own would keep them longer than the trouble lasts.
        Some(at) if !ambiguous => at,
        Some(at) => at.max(tried.now + wait),
        None => tried.now + wait.max(told),
    };
    if is_ours {
        return Verdict::TryAgain { at, why, doubts };
    }
    let end = schedule.give_up_after.after(tried.first_at) + tried.held;
    if at <= end {
        return Verdict::TryAgain { at, why, doubts };
    }
    let was_told = told > wait || (scope == Scope::Pace && tried.resumes_at.is_some());
    if was_told && tried.now < end {
        let at = end;
        return Verdict::TryAgain { at, why, doubts };
    }
    give_up(
        format!("given up after {} tries: {why}", tried.attempt),
        doubts,
    )
}

fn give_up(why: String, doubts: u32) -> Verdict {
    if doubts > 0 {
        Verdict::Unknown { why }
    } else {
        Verdict::Failed { why }
    }
}

fn wait_after(schedule: &RetrySchedule, tried: &Tried) -> TimeDelta {
    let index = usize::try_from(tried.attempt.saturating_sub(1)).unwrap_or(usize::MAX);
    let wait = schedule.waits.get(index).or(schedule.waits.last()).copied();
    let wait = wait.unwrap_or(Span::minutes(1)).delta();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a tenth of a wait fits in 64 bits"
    )]
    let stretch = (wait.num_milliseconds() as f64 * 0.1 * tried.jitter.clamp(0.0, 1.0)) as i64;
    wait + TimeDelta::milliseconds(stretch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::from_millis;
    use proptest::prelude::*;

    fn schedule() -> RetrySchedule {
        RetrySchedule {
            waits: [1, 2, 5].map(Span::seconds).to_vec(),
            give_up_after: Span::minutes(10),
            repeat_in_doubt: 2,
        }
    }

    fn tried(attempt: u32, now: i64) -> Tried {
        Tried {
            attempt,
            first_at: from_millis(0),
            held: TimeDelta::zero(),
            doubts: 0,
            alone: 0,
            resumes_at: None,
            in_trouble: false,
            now: from_millis(now),
            jitter: 0.0,
        }
    }

    fn failed(scope: Scope, after: Option<u64>, ambiguous: bool) -> Outcome {
        Outcome::Retry {
            after: after.map(Duration::from_secs),
            why: "no".into(),
            scope,
            ambiguous,
        }
    }

    #[test]
    fn in_doubt_it_is_repeated_twice_and_then_unknown() {
        let mut one = tried(1, 0);
        let mut sent = 1;
        while let Verdict::TryAgain { at, doubts, .. } =
            judge(failed(Scope::Moment, None, true), &schedule(), &one)
        {
            sent += 1;
            let wait = at - one.now;
            assert!(sent < 3 || wait >= SECOND_DOUBT, "{wait}");
            one = Tried {
                attempt: one.attempt + 1,
                doubts,
                now: at,
                ..one
            };
        }
        assert_eq!(sent, 3);
        let never = RetrySchedule {
            repeat_in_doubt: 0,
            ..schedule()
        };
        let verdict = judge(failed(Scope::Unclear, None, true), &never, &tried(1, 0));
        assert!(matches!(verdict, Verdict::Unknown { .. }), "{verdict:?}");
    }

    #[test]
    fn what_may_have_arrived_once_is_never_called_failed() {
        let once = Tried {
            doubts: 1,
            ..tried(2, 1000)
        };
        let refused = Outcome::Refused { why: "no".into() };
        let verdict = judge(refused, &schedule(), &once);
        assert!(matches!(verdict, Verdict::Unknown { .. }), "{verdict:?}");
    }

    #[test]
    fn a_wait_beyond_the_give_up_time_ends_with_one_last_try() {
        let day = failed(Scope::Moment, Some(86_400), false);
        let verdict = judge(day.clone(), &schedule(), &tried(1, 1000));
        let Verdict::TryAgain { at, .. } = verdict else {
            panic!("{verdict:?}");
        };
        assert_eq!(at, from_millis(600_000), "the end of the give-up time");
        let verdict = judge(day, &schedule(), &tried(2, 600_000));
        assert!(matches!(verdict, Verdict::Failed { .. }), "{verdict:?}");
    }

    #[test]
    fn an_unclear_answer_is_final_only_while_others_are_taken() {
        let unclear = || failed(Scope::Unclear, None, false);
        let lonely = Tried {
            alone: UNCLEAR_TRIES,
            ..tried(5, 9000)
        };
        let verdict = judge(unclear(), &schedule(), &lonely);
        assert!(matches!(verdict, Verdict::Failed { .. }), "{verdict:?}");
        let account = failed(Scope::Account, None, false);
        let verdict = judge(account, &schedule(), &lonely);
        assert!(matches!(verdict, Verdict::Failed { .. }), "{verdict:?}");
        let verdict = judge(unclear(), &schedule(), &tried(5, 9000));
        assert!(matches!(verdict, Verdict::TryAgain { .. }), "{verdict:?}");
    }

    proptest! {
        #[test]
        fn account_trouble_never_gives_anything_up(attempt in 1u32..1000, now in 0i64..1_000_000_000_000, doubts in 0u32..3) {
            let one = Tried { doubts, ..tried(attempt, now) };
            let verdict = judge(failed(Scope::Account, None, false), &schedule(), &one);
            prop_assert!(matches!(verdict, Verdict::TryAgain { .. }), "given up");
        }

        #[test]
        fn the_clock_stands_while_the_account_is_in_trouble(held in 0i64..1_000_000, extra in 0i64..599_000) {
            let one = Tried { held: TimeDelta::seconds(held), ..tried(50, held * 1000 + extra) };
            let verdict = judge(failed(Scope::Recipient, None, false), &schedule(), &one);
            prop_assert_eq!(matches!(verdict, Verdict::TryAgain { .. }), extra + 5000 <= 600_000);
        }

        #[test]
        fn a_providers_wait_is_never_shortened_within_the_give_up_time(after in 0u64..500) {
            let one = tried(1, 0);
            let verdict = judge(failed(Scope::Moment, Some(after), false), &schedule(), &one);
            let Verdict::TryAgain { at, .. } = verdict else { panic!("{verdict:?}") };
            prop_assert!((at - one.now).num_seconds() >= i64::try_from(after).unwrap());
        }
    }
}
