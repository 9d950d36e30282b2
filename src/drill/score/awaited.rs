//! How long each release waited for a fact, from when somebody could have reported it: nobody can say that a conference was held
//! before it was, nor explain a text that is not out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::scenario::Scenario;
use super::drafter;
use super::finder::given;
use super::waits::way;
use crate::domain::expand::signing_time;
use crate::domain::fact::{FactValue, Lies};
use crate::domain::journal::{Act, Told};
use crate::domain::plan::{Held, Item, ItemRole, Plan};
use crate::domain::release::Holding;
use crate::domain::time::Moment;
use crate::domain::trace::Trace;
use crate::id::{IncidentId, ReleaseId};

/// One fact that a release lacked. Lengths of time in seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Awaited {
    pub fact: String,
    /// The post that has to report it.
    pub from: Option<String>,
    pub since: Since,
    pub seconds: i64,
    /// How long it may take: what the limit leaves when every signer takes their time. None where there is no limit.
    pub limit: Option<i64>,
    /// The text is about it, and has nothing to tell without it.
    pub essential: bool,
}

/// From when a fact can be reported, or its absence begins to matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Since {
    Listed,
    /// Somebody decided that the measure is taken, or lifted.
    Ordered,
    /// What it explains is out.
    Original,
    /// What its text tells of was held.
    Held,
    /// The hour that the fact itself gives.
    Hour,
}

impl Awaited {
    /// How much longer it took than it may.
    pub fn over(&self) -> i64 {
        (self.seconds - self.limit.unwrap_or(0)).max(0)
    }
}

/// Figures that no text about people leaves out, whatever its plan lists as its content.
const CASUALTIES: [&str; 4] = ["casualties", "deaths", "injured", "missing"];

/// When each fact came that a release lacked; None while it has not.
type Gaps = BTreeMap<String, Option<Moment>>;

/// What waits for facts are read from.
pub(super) struct Lacks<'a> {
    scenario: &'a Scenario,
    traces: &'a [Trace],
    gaps: BTreeMap<ReleaseId, Gaps>,
    /// The hours that incidents' facts gave last.
    hours: BTreeMap<(&'a IncidentId, &'a str), Moment>,
}

impl<'a> Lacks<'a> {
    pub fn of(scenario: &'a Scenario, journal: &'a [Told], traces: &'a [Trace]) -> Self {
        let mut lacks = Self {
            scenario,
            traces,
            gaps: BTreeMap::new(),
            hours: BTreeMap::new(),
        };
        for entry in journal {
            match (&entry.act, &entry.release, &entry.incident) {
                (Act::ReleaseDrafted { missing, .. }, Some(release), _) => {
                    let gaps = lacks.gaps.entry(release.clone()).or_default();
                    for (fact, came) in gaps.iter_mut() {
                        if came.is_none() && !missing.contains(fact) {
                            *came = Some(entry.at);
                        }
                    }
                    gaps.extend(given(missing).map(|fact| (fact.clone(), None)));
                }
                (Act::FactsChanged { facts, .. }, _, Some(incident)) => {
                    let hours = facts.iter().filter_map(|(code, fact)| match fact.value {
                        FactValue::Time(hour) => Some(((incident, code.as_str()), hour)),
                        _ => None,
                    });
                    lacks.hours.extend(hours);
                }
                _ => {}
            }
        }
        lacks
    }

    /// Every fact that a release lacked when somebody looked.
    pub fn lacked(&self, release: &ReleaseId) -> Vec<String> {
        let gaps = self.gaps.get(release);
        gaps.map_or_else(Vec::new, |gaps| gaps.keys().cloned().collect())
    }

    /// Those of them that could have been reported sooner than they were.
    pub fn awaited(&self, trace: &Trace, now: Moment) -> Vec<Awaited> {
        let (Some((plan, item)), Some(gaps)) =
            (way(self.scenario, trace), self.gaps.get(&trace.release))
        else {
            return Vec::new();
        };
        let end = trace.published_at.or(trace.ended_at).unwrap_or(now);
        let awaited = gaps.iter().filter_map(|(fact, came)| {
            let (since, from) = self.known_from(trace, plan, item, fact)?;
            let seconds = (came.unwrap_or(end).min(end) - from).num_seconds();
            let limit = trace.due_at.map(|due| {
                let signing = signing_time(plan, &item.route).as_seconds();
                ((due - from).num_seconds() - signing).max(0)
            });
            (seconds > 0).then(|| Awaited {
                fact: fact.clone(),
                from: drafter(self.scenario, &trace.body).map(|post| post.to_string()),
                since,
                seconds,
                limit,
                essential: is_essential(plan, item, fact),
            })
        });
        awaited.collect()
    }

    /// From when somebody could have reported `fact` for this release; None while nobody can.
    fn known_from(
        &self,
        trace: &Trace,
        plan: &Plan,
        item: &Item,
        fact: &str,
    ) -> Option<(Since, Moment)> {
        let own = match item.decided {
            true => Since::Ordered,
            false => Since::Listed,
        };
        let mut from = (own, trace.opened_at);
        let mut not_before = |since, at: Moment| {
            // The hour of what was held says more than that it is an hour.
            let is_later = match since {
                Since::Hour => at > from.1,
                _ => at >= from.1,
            };
            if is_later {
                from = (since, at);
            }
        };
        if let Some(explained) = trace
            .tied_to
            .as_ref()
            .filter(|_| trace.correction.is_none())
        {
            let mut original = self.traces.iter();
            let original = original.find(|one| one.release == *explained)?;
            not_before(Since::Original, original.published_at?);
        }
        if let Some(held) = &item.held {
            not_before(Since::Held, self.held_at(trace, trace.holding, held)?);
        } else if let Some(held) = holding_of(plan, fact) {
            let same = self.traces.iter().filter(|one| {
                (&one.incident, &one.plan) == (&trace.incident, &trace.plan)
                    && one.holding.is_some()
            });
            let last = same
                .filter_map(|one| one.holding)
                .max_by_key(|one| one.held_at());
            not_before(Since::Held, self.held_at(trace, last, held)?);
        }
        let lies = plan.event.fact(fact).and_then(|spec| spec.lies);
        if lies == Some(Lies::Behind)
            && let Some(hour) = self.hour(trace, fact)
        {
            not_before(Since::Hour, hour);
        }
        Some(from)
    }

    /// The hour of what is held: as it was reported, otherwise as it was announced.
    fn held_at(&self, trace: &Trace, holding: Option<Holding>, held: &Held) -> Option<Moment> {
        let reported = holding.and_then(Holding::held_at);
        reported.or_else(|| self.hour(trace, held.announced_for.as_ref()?))
    }

    fn hour(&self, trace: &Trace, fact: &str) -> Option<Moment> {
        let incident = trace.incident.as_ref()?;
        self.hours.get(&(incident, fact)).copied()
    }
}

/// What is held of which `fact` gives the hour.
fn holding_of<'p>(plan: &'p Plan, fact: &str) -> Option<&'p Held> {
    let mut held = plan.items().filter_map(|item| item.held.as_ref());
    held.find(|held| held.fact == fact)
}

/// Whether a text without `fact` would say what is not so, or nothing: who was hurt, that something was held, what is lifted and
/// where, and what the plan names as its content.
fn is_essential(plan: &Plan, item: &Item, fact: &str) -> bool {
    let is_lifting = !item.lifts.is_empty() || item.role == Some(ItemRole::Lifting);
    let mut named = item.content.iter().chain(&item.places_facts);
    CASUALTIES.contains(&fact)
        || is_lifting
        || item.held.is_some()
        || holding_of(plan, fact).is_some()
        || item.effective.as_deref() == Some(fact)
        || named.any(|code| code == fact)
}
