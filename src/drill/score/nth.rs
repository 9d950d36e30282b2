//! Which one of its item a release is. Its occurrence counts what was superseded before it went out as well, which nobody
//! outside has ever seen.

use crate::domain::time::Moment;
use crate::domain::trace::Trace;

/// For each of `traces`: its number among those of its item that are out; for one that is not out and is still wanted or was
/// missed, its number among all that were to go out by its limit. None for what was given up, and for a correction.
pub(super) fn nth(traces: &[Trace], now: Moment) -> Vec<Option<usize>> {
    traces
        .iter()
        .map(|trace| number(trace, traces, now))
        .collect()
}

fn number(trace: &Trace, traces: &[Trace], now: Moment) -> Option<usize> {
    if trace.correction.is_some() || !is_told(trace, now) {
        return None;
    }
    let is_before = |other: &&Trace| {
        let is_same = other.incident == trace.incident
            && (&other.plan, &other.item) == (&trace.plan, &trace.item)
            && other.release != trace.release
            && other.correction.is_none();
        let is_counted = match trace.published_at {
            Some(_) => other.published_at.is_some(),
            None => is_told(other, now),
        };
        is_same && is_counted && (place(other), &other.release) < (place(trace), &trace.release)
    };
    Some(traces.iter().filter(is_before).count() + 1)
}

/// Out, missed, or on its way.
fn is_told(trace: &Trace, now: Moment) -> bool {
    trace.published_at.is_some() || trace.on_time(now) == Some(false) || trace.is_open(now)
}

fn place(trace: &Trace) -> Moment {
    trace
        .published_at
        .or(trace.due_at)
        .unwrap_or(trace.opened_at)
}
