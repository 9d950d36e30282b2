//! Requests with a token that is not good. One is a slip; many are somebody who tries, and the log must say so without
//! being filled by it.

use std::sync::{Mutex, PoisonError};

use chrono::TimeDelta;

use crate::domain::time::Moment;

/// How far apart two lines about it are at least.
const QUIET: TimeDelta = TimeDelta::minutes(1);

#[derive(Debug, Default)]
pub struct Strangers(Mutex<Tally>);

#[derive(Debug, Default)]
struct Tally {
    all: u64,
    unsaid: u64,
    said_at: Option<Moment>,
}

impl Strangers {
    /// Counts one request, and writes a line unless there was one a moment ago.
    pub fn note(&self, now: Moment) {
        if let Some(count) = self.count(now) {
            tracing::warn!(
                count,
                "requests with a token that is not good; nothing was done for them"
            );
        }
    }

    /// How many there were since the last line, if it is time for one.
    fn count(&self, now: Moment) -> Option<u64> {
        // Each change is one whole operation: a thread that died holding the lock left nothing half-done.
        let mut tally = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tally.all += 1;
        tally.unsaid += 1;
        if tally.said_at.is_some_and(|said| now - said < QUIET) {
            return None;
        }
        tally.said_at = Some(now);
        Some(std::mem::take(&mut tally.unsaid))
    }

    /// How many there were since the start.
    pub fn all(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::from_millis;

    #[test]
    fn the_first_is_said_at_once_and_the_rest_together() {
        let strangers = Strangers::default();
        let at = |seconds: i64| from_millis(1_777_600_800_000 + seconds * 1000);
        let said: Vec<Option<u64>> = [0, 1, 2, 59, 60, 61, 500]
            .map(|s| strangers.count(at(s)))
            .into();
        assert_eq!(said, [Some(1), None, None, None, Some(4), None, Some(2)]);
        assert_eq!(strangers.all(), 7);
    }
}
