//! When people must hear of what became of texts: hardly anybody gets one, or nothing at all is heard of many. Pure; who is
//! told and how is the flow's.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::DeliveryStatus;
use crate::domain::time::{Moment, Span};

/// Texts that wait for a receipt at once before it means anything that none comes.
pub const MANY: i64 = 20;

/// A working gateway has told of one of many by then.
const PATIENCE: TimeDelta = TimeDelta::minutes(30);

/// What was told is told again of texts that were taken so much later.
const AGAIN: TimeDelta = TimeDelta::days(1);

/// What has become of one text on one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Losses {
    pub failed: i64,
    pub unknown: i64,
    /// Everybody to whom it was to go, and was not called off.
    pub all: i64,
}

impl Losses {
    pub fn of(counts: &BTreeMap<&'static str, i64>) -> Self {
        let count = |status: DeliveryStatus| counts.get(status.name()).copied().unwrap_or(0);
        let called_off = count(DeliveryStatus::Skipped) + count(DeliveryStatus::Cancelled);
        Self {
            failed: count(DeliveryStatus::Failed),
            unknown: count(DeliveryStatus::Unknown),
            all: counts.values().sum::<i64>() - called_off,
        }
    }

    /// Nine of ten or more are given up.
    pub fn are_nearly_all(self) -> bool {
        let given_up = self.failed + self.unknown;
        given_up > 0 && given_up * 10 >= self.all * 9
    }
}

/// Whether it is to be told that nothing is heard of texts whose first was taken at `taken` and waits `within` for its receipt.
/// `heard` and `told`: when a receipt of the channel last was about a text, and when people last were told that none comes.
pub fn is_silent(
    taken: Moment,
    within: Span,
    heard: Option<Moment>,
    told: Option<Moment>,
    now: Moment,
) -> bool {
    let patience = (within.delta() / 2).min(PATIENCE);
    let is_new = told.is_none_or(|told| heard > Some(told) || taken - told >= AGAIN);
    now - taken >= patience && heard.is_none_or(|heard| heard < taken) && is_new
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::from_millis;

    #[test]
    fn nearly_all_is_nine_of_ten_of_those_to_whom_it_was_to_go() {
        use DeliveryStatus::{Accepted, Cancelled, Failed, Pending, Unknown};
        for (counts, wanted) in [
            (&[(Failed, 9), (Accepted, 1)][..], true),
            (&[(Failed, 5), (Unknown, 4), (Pending, 1)], true),
            (&[(Failed, 8), (Accepted, 1)], false),
            (&[(Failed, 1), (Cancelled, 50)], true),
            (&[(Accepted, 3)], false),
            (&[(Cancelled, 3)], false),
            (&[], false),
        ] {
            let counts = counts.iter().map(|(s, n)| (s.name(), *n)).collect();
            assert_eq!(Losses::of(&counts).are_nearly_all(), wanted, "{counts:?}");
        }
    }

    #[test]
    fn silence_is_told_once_and_before_what_waits_is_given_up() {
        let at = |minutes: i64| from_millis(minutes * 60_000);
        let silent = |within: i64, heard: Option<i64>, told: Option<i64>, now: i64| {
            let within = Span::minutes(within);
            is_silent(at(0), within, heard.map(at), told.map(at), at(now))
        };
        assert!(!silent(2_880, None, None, 29));
        assert!(silent(2_880, None, None, 30));
        assert!(silent(20, None, None, 10), "half of what is waited");
        assert!(!silent(20, Some(1), None, 10), "one came");
        assert!(silent(20, Some(-5), None, 10), "of texts before these");
        assert!(!silent(20, None, Some(-5), 10), "told already");
        assert!(silent(20, Some(-3), Some(-5), 10), "it had come back");
        assert!(silent(20, None, Some(-1_440), 10));
    }
}
