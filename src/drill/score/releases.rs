//! Each release of a score: where its time went, and why its deadline was not kept.

use super::super::play::Play;
use super::awaited::Lacks;
use super::finder::Finder;
use super::waits::{waits, way};
use super::{ReleaseScore, Stages, nth};
use crate::domain::bulletin::Language;
use crate::domain::time::Moment;
use crate::domain::trace::{Outcome, Trace};
use crate::id::ReleaseId;
use crate::words::correction_of;

pub(super) fn releases(
    finder: &Finder<'_>,
    play: &Play,
    traces: &[Trace],
    now: Moment,
) -> Vec<ReleaseScore> {
    let place = |id: &ReleaseId| {
        traces
            .iter()
            .position(|trace| trace.release == *id)
            .map(|n| n + 1)
    };
    let lacks = Lacks::of(finder.scenario, &play.journal, traces);
    let nth = nth::nth(traces, now);
    traces
        .iter()
        .zip(nth)
        .map(|(trace, nth)| {
            let leader = trace.part_of.as_ref();
            let leader = leader.and_then(|id| traces.iter().find(|trace| trace.release == *id));
            let trace = &leader.map_or_else(|| trace.clone(), |leader| led(trace, leader));
            let stages = stages(trace, now);
            let on_time = trace.on_time(now);
            let cause = match on_time {
                Some(false) => finder.missed(trace, stages, now),
                None if trace.is_open(now) => finder.held_up(trace, stages),
                _ => None,
            };
            ReleaseScore {
                plan: trace.plan.clone(),
                body: trace.body.clone(),
                issuer: issuer(finder, trace),
                item: trace.item.clone(),
                name: match trace.correction {
                    Some(_) => correction_of(Language::ZhCn, &trace.name),
                    None => trace.name.clone(),
                },
                occurrence: trace.occurrence,
                nth,
                level: trace
                    .level
                    .map(|level| level.to_string())
                    .unwrap_or_default(),
                correction: trace.correction.is_some(),
                about: trace.tied_to.as_ref().and_then(place),
                part_of: trace.part_of.as_ref().and_then(place),
                opened_at: trace.opened_at,
                due_at: trace.due_at,
                passed: trace.passed.clone(),
                published_at: trace.published_at,
                slack: trace.slack(),
                // A text that is early for a limit after the end tells nothing of those that are not out yet.
                on_time: match trace.limit() {
                    Some(due) if due > now && on_time == Some(true) => None,
                    _ => on_time,
                },
                holding: trace.holding,
                outcome: trace.outcome,
                undecided: trace.undecided_since.is_some() && trace.outcome == Outcome::Open,
                fast: trace.before_countersignature,
                stages,
                cause,
                lacked: lacks.lacked(&trace.release),
                awaited: lacks.awaited(trace, now),
                // Whoever was waited for signed one text, however many rows went out in it.
                waited: match leader {
                    None => waits(finder.scenario, trace, now),
                    Some(_) => Vec::new(),
                },
            }
        })
        .collect()
}

/// What goes out in the text of `leader` has come the way of that text.
fn led(part: &Trace, leader: &Trace) -> Trace {
    Trace {
        drafted_at: leader.drafted_at,
        submitted_at: leader.submitted_at,
        signed_at: leader.signed_at,
        missing: leader.missing.clone(),
        fault: leader.fault.clone(),
        steps: leader.steps.clone(),
        waits: leader.waits.clone(),
        before_countersignature: leader.before_countersignature,
        ..part.clone()
    }
}

/// Who issues it, where that is not the body that drafts it.
fn issuer(finder: &Finder<'_>, trace: &Trace) -> Option<String> {
    let (plan, item) = way(finder.scenario, trace)?;
    let issuer = &plan.issuer_of(item).body;
    (*issuer != trace.body).then(|| issuer.clone())
}

fn stages(trace: &Trace, now: Moment) -> Stages {
    let end = trace.published_at.or(trace.ended_at).unwrap_or(now);
    let between = |from: Moment, to: Moment| (to - from.max(trace.opened_at)).num_seconds().max(0);
    let ready = trace.drafted_at.unwrap_or(end).min(end);
    let first_signature_from = trace.signed().next().map(|(_, step)| step.from);
    // A text of the fast route is signed straight from its draft.
    let submitted = trace
        .submitted_at
        .or(first_signature_from)
        .unwrap_or(end)
        .min(end);
    let last_from = trace.signed().next_back();
    let last_from = last_from.map_or(end, |(_, step)| step.from).min(end);
    let is_out = trace.published_at.is_some();
    Stages {
        facts: between(trace.opened_at, ready),
        drafting: between(ready, submitted),
        review: if is_out {
            between(submitted, last_from)
        } else {
            between(submitted, end)
        },
        signature: if is_out { between(last_from, end) } else { 0 },
        sending: match (trace.published_at, trace.sent_at) {
            (Some(out), Some(sent)) => (sent - out).num_seconds().max(0),
            _ => 0,
        },
    }
}
