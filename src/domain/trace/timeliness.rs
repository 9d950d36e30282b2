//! How well deadlines were kept: the sums of traces.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Outcome, Trace};
use crate::domain::release::Holding;
use crate::domain::time::Moment;

/// How well a body kept its deadlines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Timeliness {
    pub body: String,
    pub planned: usize,
    pub published: usize,
    pub on_time: usize,
    pub late: usize,
    /// Missed occurrences, and open ones past their deadline.
    pub missed: usize,
    pub waived: usize,
    /// What was to be held, such as press conferences: held by its limit, held later, and not held though the limit is over.
    pub held: usize,
    pub held_late: usize,
    pub not_held: usize,
    pub corrected: usize,
    /// Of what was settled, in thousandths; None when nothing was.
    pub on_time_permille: Option<i64>,
    pub median_slack_seconds: Option<i64>,
}

impl Timeliness {
    pub fn of<'a>(body: &str, traces: impl Iterator<Item = &'a Trace>, now: Moment) -> Self {
        let mut sum = Self {
            body: body.to_owned(),
            ..Self::default()
        };
        let mut slack = Vec::new();
        for trace in traces {
            sum.planned += 1;
            sum.published += usize::from(trace.published_at.is_some());
            sum.waived += usize::from(trace.outcome == Outcome::Waived);
            // A correction is of one text, however many rows went out in it.
            let is_corrected = trace.outcome == Outcome::Corrected && trace.part_of.is_none();
            sum.corrected += usize::from(is_corrected);
            let was_held = trace.holding.and_then(Holding::held_at).is_some();
            match trace.held_on_time(now) {
                Some(true) => sum.held += 1,
                Some(false) if was_held => sum.held_late += 1,
                Some(false) => sum.not_held += 1,
                None => {}
            }
            match (trace.on_time(now), trace.published_at) {
                (Some(true), _) => sum.on_time += 1,
                (Some(false), Some(_)) => sum.late += 1,
                (Some(false), None) if was_held && trace.due_at.is_some_and(|due| now <= due) => {
                    sum.late += 1;
                }
                (Some(false), None) => sum.missed += 1,
                (None, _) => {}
            }
            slack.extend(trace.slack());
        }
        let settled = sum.on_time + sum.late + sum.missed;
        let share = (sum.on_time * 1000).checked_div(settled);
        sum.on_time_permille = share.and_then(|share| i64::try_from(share).ok());
        slack.sort_unstable();
        sum.median_slack_seconds = slack.get(slack.len() / 2).copied();
        sum
    }
}

/// Each body's, and all together under `*`.
pub fn timeliness(traces: &[Trace], now: Moment) -> Vec<Timeliness> {
    let mut bodies: BTreeMap<&str, Vec<&Trace>> = BTreeMap::new();
    for trace in traces {
        bodies.entry("*").or_default().push(trace);
        bodies.entry(&trace.body).or_default().push(trace);
    }
    bodies
        .into_iter()
        .map(|(body, traces)| Timeliness::of(body, traces.into_iter(), now))
        .collect()
}
