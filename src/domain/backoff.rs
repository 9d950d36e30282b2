//! When a failed try is made again, and when it is given up. Pure: the jitter comes in as a number.

use std::time::Duration;

use chrono::TimeDelta;

use super::delivery::Outcome;
use super::time::{Moment, Span};

/// How a channel retries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetrySchedule {
    /// The wait after try n; the last one repeats. A fast first minute matters more than politeness here.
    pub waits: Vec<Span>,
    pub give_up_after: Span,
}

/// What becomes of a delivery after a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Accepted {
        receipt: Option<String>,
    },
    TryAgain {
        at: Moment,
        why: String,
        ambiguous: bool,
    },
    Failed {
        why: String,
    },
    /// Given up, and one of the tries may have arrived.
    Unknown {
        why: String,
    },
}

/// Judges try number `attempt` (from 1) of a delivery whose first try was due at `first_at`.
///
/// `jitter` is between 0 and 1 and stretches the wait by up to a tenth, so that a gateway that comes back is not met
/// by everything at once. A provider's own waiting time is obeyed to the second and never shortened.
pub fn judge(
    outcome: Outcome,
    schedule: &RetrySchedule,
    attempt: u32,
    first_at: Moment,
    was_ambiguous: bool,
    now: Moment,
    jitter: f64,
) -> Verdict {
    match outcome {
        Outcome::Accepted { receipt } => Verdict::Accepted { receipt },
        Outcome::Refused { why } => Verdict::Failed { why },
        Outcome::Retry {
            after,
            why,
            ambiguous,
        } => {
            let ambiguous = ambiguous || was_ambiguous;
            let index = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX);
            let wait = schedule.waits.get(index).or(schedule.waits.last()).copied();
            let wait = wait.unwrap_or(Span::minutes(1)).delta();
            #[expect(
                clippy::cast_possible_truncation,
                reason = "a tenth of a wait fits in 64 bits"
            )]
            let stretch = (wait.num_milliseconds() as f64 * 0.1 * jitter.clamp(0.0, 1.0)) as i64;
            let told =
                TimeDelta::from_std(after.unwrap_or(Duration::ZERO)).unwrap_or(TimeDelta::zero());
            let at = now + (wait + TimeDelta::milliseconds(stretch)).max(told);
            if at > schedule.give_up_after.after(first_at) {
                let why = format!("given up after {attempt} tries: {why}");
                if ambiguous {
                    Verdict::Unknown { why }
                } else {
                    Verdict::Failed { why }
                }
            } else {
                Verdict::TryAgain { at, why, ambiguous }
            }
        }
    }
}
