//! What the journal says of each release: when it stood where, who was waited for, and how it ended.

use std::collections::BTreeMap;

use crate::domain::body::PostRef;
use crate::domain::journal::act::{LevelChanged, Planned};
use crate::domain::journal::{Act, Told};
use crate::domain::time::Moment;

/// One release from its opening to its end.
#[derive(Debug, Clone)]
pub struct Trace {
    pub release: String,
    pub incident: String,
    pub plan: String,
    pub body: String,
    pub item: String,
    pub name: String,
    pub occurrence: u64,
    /// The response level when it was planned; empty after the end.
    pub level: String,
    /// What it explains or corrects.
    pub tied_to: Option<String>,
    /// It corrects a text; which way.
    pub correction: Option<String>,
    /// From when its time counts.
    pub opened_at: Moment,
    pub due_at: Option<Moment>,
    /// When its facts were complete and there was a draft.
    pub ready_at: Option<Moment>,
    /// When it was submitted for the first time.
    pub submitted_at: Option<Moment>,
    /// Each wait for whoever drafts: from the complete draft, or its return, to its submission.
    pub drafted: Vec<Step>,
    /// Each signature before publication: the post it was given for, since when it was waited for, when it came.
    pub signed: Vec<Step>,
    pub published_at: Option<Moment>,
    /// When the last channel was done with it.
    pub sent_at: Option<Moment>,
    /// `open`, `published`, `waived`, `cancelled`, `superseded`, `missed`, `corrected`, `withdrawn`, `expired`.
    pub outcome: String,
    pub ended_at: Option<Moment>,
    /// Facts that it lacked at the last look.
    pub missing: Vec<String>,
    pub fault: Option<String>,
    /// The post that holds it up, and since when.
    pub waits_for: Option<(String, Moment)>,
    /// It lies with whoever drafts, not with a signer.
    with_drafter: bool,
    pub fast: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub post: String,
    pub from: Moment,
    pub to: Moment,
}

/// Reads a journal. `first_post` gives the post that drafts for a body, as body/post.
pub fn read(journal: &[Told], first_post: impl Fn(&str) -> Option<String>) -> Vec<Trace> {
    let mut reader = Reader {
        traces: BTreeMap::new(),
        order: Vec::new(),
        levels: BTreeMap::new(),
        first_post,
    };
    for entry in journal {
        reader.take(entry);
    }
    let mut traces = reader.traces;
    let mut found: Vec<Trace> = reader
        .order
        .iter()
        .filter_map(|id| traces.remove(id))
        .collect();
    found.sort_by(|a, b| {
        (
            a.due_at.is_none(),
            a.due_at,
            a.opened_at,
            &a.plan,
            &a.item,
            a.occurrence,
        )
            .cmp(&(
                b.due_at.is_none(),
                b.due_at,
                b.opened_at,
                &b.plan,
                &b.item,
                b.occurrence,
            ))
    });
    found
}

struct Reader<F> {
    traces: BTreeMap<String, Trace>,
    order: Vec<String>,
    levels: BTreeMap<String, String>,
    first_post: F,
}

impl<F: Fn(&str) -> Option<String>> Reader<F> {
    fn take(&mut self, entry: &Told) {
        let incident = entry.incident.as_ref().map(ToString::to_string);
        let incident = incident.unwrap_or_default();
        match &entry.act {
            Act::IncidentDeclared { level, .. }
            | Act::LevelRaised(LevelChanged { to: level, .. })
            | Act::LevelLowered(LevelChanged { to: level, .. }) => {
                self.levels.insert(incident, level.to_string());
            }
            Act::IncidentEnded { .. } => {
                self.levels.insert(incident, String::new());
            }
            Act::ReleasesPlanned(planned) | Act::ReleaseRequested(planned) => {
                self.planned(planned, entry.at, incident);
            }
            Act::CorrectionPrepared { of, kind, .. } => {
                self.correction(entry, of.as_str(), kind.zh());
            }
            _ => self.step(entry),
        }
    }

    fn add(&mut self, trace: Trace) {
        self.order.push(trace.release.clone());
        self.traces.insert(trace.release.clone(), trace);
    }

    fn planned(&mut self, listed: &Planned, at: Moment, incident: String) {
        let level = self.levels.get(&incident).cloned().unwrap_or_default();
        for planned in &listed.releases {
            self.add(Trace {
                release: planned.id.to_string(),
                incident: incident.clone(),
                plan: listed.plan.clone(),
                body: listed.body.clone(),
                item: planned.item.clone(),
                name: planned.name.clone(),
                occurrence: planned.occurrence.into(),
                level: level.clone(),
                tied_to: planned.tied_to.as_ref().map(ToString::to_string),
                correction: None,
                // Nobody could begin before it was listed, even if its rhythm would have begun earlier.
                opened_at: planned.opens_at.max(at),
                due_at: planned.due_at,
                ready_at: None,
                submitted_at: None,
                drafted: Vec::new(),
                signed: Vec::new(),
                published_at: None,
                sent_at: None,
                outcome: "open".into(),
                ended_at: None,
                missing: Vec::new(),
                fault: None,
                waits_for: None,
                with_drafter: false,
                fast: false,
            });
        }
    }

    fn correction(&mut self, entry: &Told, of: &str, kind: &str) {
        let Some(id) = &entry.release else { return };
        let Some(original) = self.traces.get(of).cloned() else {
            return;
        };
        self.add(Trace {
            release: id.to_string(),
            name: format!("更正：{}", original.name),
            tied_to: Some(of.to_owned()),
            correction: Some(kind.to_owned()),
            opened_at: entry.at,
            due_at: None,
            ready_at: Some(entry.at),
            submitted_at: Some(entry.at),
            drafted: Vec::new(),
            signed: Vec::new(),
            published_at: None,
            sent_at: None,
            outcome: "open".into(),
            ended_at: None,
            waits_for: None,
            with_drafter: false,
            fast: false,
            ..original
        });
    }

    fn step(&mut self, entry: &Told) {
        let drafter = |body: &str| (self.first_post)(body);
        let Some(trace) = entry
            .release
            .as_ref()
            .and_then(|id| self.traces.get_mut(id.as_str()))
        else {
            return;
        };
        let waits = |post: &Option<PostRef>| Some((post.as_ref()?.to_string(), entry.at));
        match &entry.act {
            Act::ReleaseDrafted {
                version,
                missing,
                fault,
                ..
            } => {
                trace.missing.clone_from(missing);
                trace.fault.clone_from(fault);
                if version.is_some() && trace.ready_at.is_none() {
                    trace.ready_at = Some(entry.at);
                    trace.lies_with_drafter(drafter(&trace.body), entry.at);
                }
            }
            Act::ReleaseSubmitted { waits_for, .. } => {
                trace.submitted_at.get_or_insert(entry.at);
                // A review that went stale is submitted anew from the signer's desk; nobody drafted then.
                let waited = trace.waits_for.take().filter(|_| trace.with_drafter);
                trace.drafted.extend(waited.map(|(post, from)| Step {
                    post,
                    from,
                    to: entry.at,
                }));
                trace.with_drafter = false;
                trace.waits_for = waits(waits_for);
            }
            Act::TurnPassed { from, to, .. } => {
                if let Some((post, _)) = &mut trace.waits_for {
                    *post = format!("{from} → {to}");
                }
            }
            Act::ReleaseReturned { .. } => trace.lies_with_drafter(drafter(&trace.body), entry.at),
            act @ (Act::ReleaseSigned { post, .. }
            | Act::ReleasedBeforeCountersignature { post, .. }) => {
                let from = trace
                    .waits_for
                    .as_ref()
                    .map(|(_, at)| *at)
                    .or(trace.ready_at)
                    .unwrap_or(trace.opened_at);
                trace.signed.push(Step {
                    post: post.to_string(),
                    from,
                    to: entry.at,
                });
                trace.with_drafter = false;
                trace.waits_for = match act {
                    Act::ReleaseSigned { waits_for, .. } => waits(waits_for),
                    _ => {
                        trace.fast = true;
                        None
                    }
                };
            }
            Act::ReleaseDated { due_at, .. } => {
                trace.due_at = *due_at;
                // An explanation's time runs from what it explains.
                if trace.tied_to.is_some() {
                    trace.opened_at = trace.opened_at.max(entry.at);
                }
            }
            Act::ReleasePublished { due_at, .. } => {
                trace.published_at = Some(entry.at);
                trace.due_at = due_at.or(trace.due_at);
                trace.outcome = "published".into();
                trace.waits_for = None;
            }
            Act::DispatchClosed { of, .. } if of.is_of_bulletin() => {
                trace.sent_at = Some(trace.sent_at.map_or(entry.at, |at| at.max(entry.at)));
            }
            Act::ReleaseWaived { .. } => trace.end("waived", entry.at),
            Act::ReleaseCancelled { .. } => trace.end("cancelled", entry.at),
            Act::ReleaseSuperseded { .. } => trace.end("superseded", entry.at),
            Act::ReleaseMissed { .. } => trace.end("missed", entry.at),
            Act::ReleaseWithdrawn { .. } => trace.end("withdrawn", entry.at),
            Act::ReleaseExpired { .. } => trace.end("expired", entry.at),
            Act::ReleaseCorrected { .. } => trace.end("corrected", entry.at),
            _ => {}
        }
    }
}

impl Trace {
    fn lies_with_drafter(&mut self, post: Option<String>, since: Moment) {
        self.with_drafter = post.is_some();
        self.waits_for = post.map(|post| (post, since));
    }

    fn end(&mut self, outcome: &str, at: Moment) {
        self.outcome = outcome.to_owned();
        self.ended_at = Some(at);
    }

    /// Seconds left when it went out; negative = late.
    pub fn slack(&self) -> Option<i64> {
        Some((self.due_at? - self.published_at?).num_seconds())
    }

    /// Begun and neither out nor given up.
    pub fn is_open(&self, now: Moment) -> bool {
        self.published_at.is_none() && self.outcome == "open" && self.opened_at <= now
    }

    /// Whether its deadline was kept; None while that is not settled at `now`.
    pub fn on_time(&self, now: Moment) -> Option<bool> {
        let due = self.due_at?;
        match (self.published_at, &*self.outcome) {
            (Some(at), _) => Some(at <= due),
            (None, "missed") => Some(false),
            (None, "open") if due < now => Some(false),
            _ => None,
        }
    }
}
