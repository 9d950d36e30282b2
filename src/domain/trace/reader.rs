//! Follows the entries of a journal, in order, and keeps one trace for each release.

use std::collections::BTreeMap;

use super::{Outcome, Step, Trace, Waits};
use crate::domain::body::PostRef;
use crate::domain::journal::act::{LevelChanged, Planned};
use crate::domain::journal::{Act, Told};
use crate::domain::level::ResponseLevel;
use crate::domain::plan::CorrectionKind;
use crate::domain::reason::Reason;
use crate::domain::release::Holding;
use crate::domain::time::Moment;
use crate::id::{IncidentId, ReleaseId};

#[derive(Default)]
pub struct Reader {
    traces: BTreeMap<ReleaseId, Trace>,
    levels: BTreeMap<IncidentId, ResponseLevel>,
    /// What goes out in whose text.
    parts: BTreeMap<ReleaseId, Vec<ReleaseId>>,
}

impl Reader {
    pub fn take(&mut self, entry: &Told) {
        match (&entry.act, &entry.incident) {
            (
                Act::IncidentDeclared { level, .. }
                | Act::LevelRaised(LevelChanged { to: level, .. })
                | Act::LevelLowered(LevelChanged { to: level, .. }),
                Some(incident),
            ) => {
                self.levels.insert(incident.clone(), *level);
            }
            (Act::IncidentEnded { .. }, Some(incident)) => {
                self.levels.remove(incident);
            }
            (Act::ReleasesPlanned(listed) | Act::ReleaseRequested(listed), _) => {
                self.plan(listed, entry);
            }
            (Act::CorrectionPrepared { of, kind, .. }, _) => self.correct(of, *kind, entry),
            (
                Act::MeasureOrdered {
                    due_at,
                    passed,
                    with_it,
                    ..
                },
                _,
            ) => {
                let id = entry.release.as_ref();
                if let Some(trace) = id.and_then(|id| self.traces.get_mut(id)) {
                    trace.undecided_since = None;
                    trace.opened_at = entry.at;
                    trace.due_at = *due_at;
                    trace.passed.clone_from(passed);
                }
                self.plan(with_it, entry);
            }
            _ => {
                let id = entry.release.as_ref();
                if let Some(trace) = id.and_then(|id| self.traces.get_mut(id)) {
                    step(trace, &entry.act, entry.at);
                }
                let parts = id.and_then(|id| self.parts.get(id));
                for part in parts.into_iter().flatten().filter(|_| ends(&entry.act)) {
                    if let Some(trace) = self.traces.get_mut(part) {
                        let due = trace.due_at;
                        step(trace, &entry.act, entry.at);
                        trace.due_at = due;
                    }
                }
            }
        }
    }

    /// The traces, in order of deadline.
    pub fn finish(mut self) -> Vec<Trace> {
        self.name_corrections();
        let mut found: Vec<Trace> = self.traces.into_values().collect();
        found.sort_by(|a, b| order(a).cmp(&order(b)));
        found
    }

    /// A correction that was taken back corrects nothing: what it corrected is corrected by the one before it, if there was one.
    fn name_corrections(&mut self) {
        let is_void = |id: &ReleaseId| {
            let correction = self.traces.get(id);
            correction.is_some_and(|one| one.outcome == Outcome::Withdrawn)
        };
        let last = |of: &ReleaseId| {
            let of_it = self.traces.values().filter(|one| {
                let mends = one.correction == Some(CorrectionKind::WrongContent);
                let is_out = one.published_at.is_some() && !is_void(&one.release);
                mends && is_out && one.tied_to.as_ref() == Some(of)
            });
            let last = of_it.max_by_key(|one| (one.published_at, &one.release));
            last.map(|one| one.release.clone())
        };
        let of_void = self.traces.values();
        let of_void = of_void.filter(|one| one.corrected_by.as_ref().is_some_and(is_void));
        let named: Vec<(ReleaseId, Option<ReleaseId>)> = of_void
            .map(|one| (one.release.clone(), last(&one.release)))
            .collect();
        for (release, by) in named {
            if let Some(trace) = self.traces.get_mut(&release) {
                trace.corrected_by = by;
            }
        }
    }

    fn plan(&mut self, listed: &Planned, entry: &Told) {
        let level = entry.incident.as_ref().and_then(|id| self.levels.get(id));
        for planned in &listed.releases {
            let trace = Trace {
                plan: listed.plan.clone(),
                body: listed.body.clone(),
                item: planned.item.clone(),
                name: planned.name.clone(),
                occurrence: planned.occurrence,
                level: level.copied(),
                tied_to: planned.tied_to.clone(),
                part_of: planned.part_of.clone(),
                opened_at: planned.opens_at.max(entry.at),
                due_at: planned.due_at,
                passed: planned.passed.clone(),
                holding: planned.to_be_held.then_some(Holding::Awaited),
                undecided_since: planned.undecided.then_some(entry.at),
                ..begun(&planned.id, entry)
            };
            self.traces.insert(planned.id.clone(), trace);
            if let Some(leader) = &planned.part_of {
                let parts = self.parts.entry(leader.clone()).or_default();
                parts.push(planned.id.clone());
            }
        }
    }

    /// A correction is drafted and submitted at once: its words were approved with the plan.
    fn correct(&mut self, of: &ReleaseId, kind: CorrectionKind, entry: &Told) {
        let (Some(id), Some(original)) = (&entry.release, self.traces.get(of)) else {
            return;
        };
        let trace = Trace {
            plan: original.plan.clone(),
            body: original.body.clone(),
            item: original.item.clone(),
            name: original.name.clone(),
            occurrence: original.occurrence,
            level: original.level,
            tied_to: Some(of.clone()),
            correction: Some(kind),
            drafted_at: Some(entry.at),
            submitted_at: Some(entry.at),
            ..begun(id, entry)
        };
        self.traces.insert(id.clone(), trace);
    }
}

/// Of a release that `entry` has made, before anything else is known of it.
fn begun(release: &ReleaseId, entry: &Told) -> Trace {
    Trace {
        release: release.clone(),
        incident: entry.incident.clone(),
        plan: String::new(),
        body: String::new(),
        item: String::new(),
        name: String::new(),
        occurrence: 1,
        level: None,
        tied_to: None,
        part_of: None,
        correction: None,
        opened_at: entry.at,
        due_at: None,
        passed: None,
        holding: None,
        drafted_at: None,
        submitted_at: None,
        signed_at: None,
        published_at: None,
        sent_at: None,
        undecided_since: None,
        outcome: Outcome::Open,
        ended_at: None,
        reason: None,
        corrected_by: None,
        before_countersignature: false,
        missing: Vec::new(),
        fault: None,
        steps: Vec::new(),
        waits: None,
    }
}

fn order(t: &Trace) -> impl Ord {
    let due = (t.due_at.is_none(), t.due_at, t.opened_at);
    (due, &t.plan, &t.item, t.occurrence, &t.release)
}

fn step(trace: &mut Trace, act: &Act, at: Moment) {
    match act {
        Act::ReleaseDrafted {
            version,
            missing,
            fault,
            ..
        } => {
            trace.missing.clone_from(missing);
            trace.fault.clone_from(fault);
            if version.is_some() && trace.drafted_at.is_none() {
                trace.drafted_at = Some(at);
                trace.waits = Some((Waits::Drafter, at));
            }
        }
        Act::ReleaseSubmitted { waits_for, .. } => {
            trace.submitted_at.get_or_insert(at);
            // A review that went stale is submitted anew from the signer's desk; nobody drafted then.
            if let Some((by @ Waits::Drafter, from)) = trace.waits.take() {
                trace.steps.push(Step { by, from, to: at });
            }
            trace.waits = signer(waits_for.as_ref(), at);
        }
        Act::ReleaseReturned { .. } => trace.waits = Some((Waits::Drafter, at)),
        Act::ApprovalVoid(_) => {
            trace.signed_at = None;
            trace.waits = Some((Waits::Drafter, at));
        }
        Act::TurnPassed { from, to, .. } => {
            if let Some((waits, _)) = &mut trace.waits {
                *waits = Waits::Signer {
                    post: from.clone(),
                    passed_to: Some(to.clone()),
                };
            }
        }
        Act::ReleaseSigned {
            post, waits_for, ..
        } => sign(trace, post, waits_for.as_ref(), at),
        Act::ReleasedBeforeCountersignature { post, .. } => {
            trace.before_countersignature = true;
            sign(trace, post, None, at);
        }
        Act::ReleaseDated { due_at, .. } => {
            trace.due_at = *due_at;
            // An explanation's time runs from what it explains.
            if trace.tied_to.is_some() {
                trace.opened_at = trace.opened_at.max(at);
            }
        }
        Act::HoldingReported {
            held_at,
            limit,
            due_at,
            before,
            ..
        } => {
            let (at, limit) = (*held_at, *limit);
            trace.holding = Some(Holding::Held { at, limit });
            trace.due_at = *due_at;
            // Nobody could write of it before it was held.
            if before.is_none() {
                trace.opened_at = trace.opened_at.max(at);
            }
        }
        Act::ReleasePublished { due_at, .. } => {
            trace.published_at = Some(at);
            trace.due_at = due_at.or(trace.due_at);
            trace.outcome = Outcome::Published;
            trace.waits = None;
        }
        Act::DispatchClosed { of, .. } if of.is_of_bulletin() => {
            trace.sent_at = trace.sent_at.max(Some(at));
        }
        Act::ReleaseWaived { reason, .. } => trace.end(Outcome::Waived, at, said(reason)),
        Act::ReleaseWithdrawn { reason, .. } => trace.end(Outcome::Withdrawn, at, said(reason)),
        Act::MeasureNotApplicable { reason, .. } => {
            trace.end(Outcome::NotOrdered, at, said(reason));
        }
        Act::ReleaseCancelled { why, .. } | Act::ReleaseSuperseded { why, .. }
            if trace.undecided_since.is_some() =>
        {
            trace.end(Outcome::NotOrdered, at, Some(why.clone()));
        }
        Act::ReleaseCancelled { why, .. } => {
            trace.end(Outcome::Cancelled, at, Some(why.clone()));
        }
        Act::ReleaseSuperseded { why, .. } => {
            trace.end(Outcome::Superseded, at, Some(why.clone()));
        }
        Act::MeasureLifted { by, .. } => {
            let by = by.clone();
            trace.end(Outcome::Superseded, at, Some(Reason::Lifted { by }));
        }
        Act::MeasureRestored { .. } => {
            trace.outcome = Outcome::Published;
            trace.ended_at = None;
            trace.reason = None;
        }
        Act::ReleaseMissed { .. } => trace.end(Outcome::Missed, at, None),
        Act::ReleaseExpired { .. } => trace.end(Outcome::Expired, at, None),
        Act::ReleaseCorrected { by, .. } => {
            trace.corrected_by = Some(by.clone());
            trace.end(Outcome::Corrected, at, None);
        }
        _ => {}
    }
}

/// Whether an act decides what becomes of a release, and so of what goes out in its text.
fn ends(act: &Act) -> bool {
    matches!(
        act,
        Act::ReleasePublished { .. }
            | Act::DispatchClosed { .. }
            | Act::ReleaseWaived { .. }
            | Act::ReleaseWithdrawn { .. }
            | Act::ReleaseCancelled { .. }
            | Act::ReleaseSuperseded { .. }
            | Act::MeasureLifted { .. }
            | Act::ReleaseMissed { .. }
            | Act::ReleaseExpired { .. }
            | Act::ReleaseCorrected { .. }
            | Act::MeasureNotApplicable { .. }
    )
}

fn sign(trace: &mut Trace, post: &PostRef, next: Option<&PostRef>, at: Moment) {
    let since = trace.waits.as_ref().map(|(_, since)| *since);
    // Whoever signs in another one's place has ended a wait for that one.
    let by = match &trace.waits {
        Some((by @ Waits::Signer { passed_to, .. }, _)) if passed_to.as_ref() == Some(post) => {
            by.clone()
        }
        _ => Waits::Signer {
            post: post.clone(),
            passed_to: None,
        },
    };
    trace.steps.push(Step {
        by,
        from: since.or(trace.drafted_at).unwrap_or(trace.opened_at),
        to: at,
    });
    trace.signed_at = Some(at);
    trace.waits = signer(next, at);
}

fn signer(post: Option<&PostRef>, since: Moment) -> Option<(Waits, Moment)> {
    let post = post?.clone();
    let passed_to = None;
    Some((Waits::Signer { post, passed_to }, since))
}

fn said(words: &str) -> Option<Reason> {
    Some(Reason::Said(words.to_owned()))
}

impl Trace {
    fn end(&mut self, outcome: Outcome, at: Moment, reason: Option<Reason>) {
        self.outcome = outcome;
        self.waits = None;
        self.ended_at = Some(at);
        self.reason = reason;
    }
}
