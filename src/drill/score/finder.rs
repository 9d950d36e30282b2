//! Finds why a deadline was not kept, or what holds a text up.

use std::collections::BTreeMap;

use super::super::people::{Person, Work};
use super::super::scenario::Scenario;
use super::cause::{Begun, Cause, StepKind};
use super::waits::{slowest, way};
use super::{Stages, drafter};
use crate::domain::body::PostRef;
use crate::domain::deadline::PassedLimit;
use crate::domain::journal::act::LevelChanged;
use crate::domain::journal::{Act, Effect, Told};
use crate::domain::level::ResponseLevel;
use crate::domain::plan::{Item, Plan, Signer};
use crate::domain::release::Holding;
use crate::domain::time::Moment;
use crate::domain::trace::{Trace, Waits};
use crate::id::IncidentId;
use crate::plan::scenario::FastRoute;

/// What causes are found with.
pub(super) struct Finder<'a> {
    pub scenario: &'a Scenario,
    people: &'a [Person],
    traces: &'a [Trace],
    is_live: bool,
    /// When the server was away.
    away: Vec<(Moment, Moment)>,
    /// Each level of an incident, from when; the first is the declaration.
    levels: BTreeMap<IncidentId, Vec<(ResponseLevel, Moment)>>,
}

impl<'a> Finder<'a> {
    pub fn of(
        scenario: &'a Scenario,
        people: &'a [Person],
        is_live: bool,
        journal: &[Told],
        traces: &'a [Trace],
    ) -> Self {
        let away = journal.iter().filter_map(|entry| match &entry.act {
            Act::Inject(happened) => match happened.effect {
                Some(Effect::Stopped { until }) => Some((entry.at, until)),
                _ => None,
            },
            _ => None,
        });
        let mut levels: BTreeMap<IncidentId, Vec<(ResponseLevel, Moment)>> = BTreeMap::new();
        for entry in journal {
            if let (
                Act::IncidentDeclared { level, .. }
                | Act::LevelRaised(LevelChanged { to: level, .. })
                | Act::LevelLowered(LevelChanged { to: level, .. }),
                Some(incident),
            ) = (&entry.act, &entry.incident)
            {
                let known = levels.entry(incident.clone()).or_default();
                known.push((*level, entry.at));
            }
        }
        Self {
            scenario,
            people,
            traces,
            is_live,
            away: away.collect(),
            levels,
        }
    }

    /// Why a deadline was not kept.
    pub fn missed(&self, trace: &Trace, stages: Stages, now: Moment) -> Option<Cause> {
        let Some(passed) = &trace.passed else {
            return self.not_kept(trace, stages);
        };
        // The limit that it was given instead, if there is one that could be kept.
        let instead = Trace {
            passed: None,
            ..trace.clone()
        };
        let kept = instead.on_time(now);
        let kept = kept.filter(|_| instead.due_at.is_some_and(|due| due > trace.opened_at));
        let then = (kept == Some(false)).then(|| self.not_kept(&instead, stages));
        Some(match self.passed(trace, passed) {
            Cause::BegunLate {
                begun, limit, over, ..
            } => Cause::BegunLate {
                begun,
                limit,
                over,
                kept,
                then: then.flatten().map(Box::new),
            },
            other => other,
        })
    }

    /// Why the limit was not kept that it was worked to.
    fn not_kept(&self, trace: &Trace, stages: Stages) -> Option<Cause> {
        if let Some(fault) = &trace.fault {
            let fault = fault.clone();
            return Some(Cause::Template { fault });
        }
        if let Some(cause) = of_holding(trace).or_else(|| self.of_plan(trace)) {
            return Some(cause);
        }
        if trace.published_at.is_none()
            && let Some(cause) = self.held_up(trace, stages)
        {
            return Some(cause);
        }
        let all = stages.all();
        let before = &all[..4];
        let total: i64 = before.iter().sum();
        let most = before.iter().enumerate();
        let (n, most) = most.max_by_key(|(n, s)| (**s, usize::MAX - n))?;
        let step = StepKind::ALL[n];
        Some(Cause::Step {
            step,
            seconds: *most,
            percent: if total > 0 { most * 100 / total } else { 0 },
            slowest: slowest(self.scenario, trace, step),
        })
    }

    /// What a text that is not out waits for.
    pub fn held_up(&self, trace: &Trace, stages: Stages) -> Option<Cause> {
        let is_signed = matches!(&trace.waits, Some((Waits::Signer { .. }, _)));
        if !trace.missing.is_empty() && !is_signed {
            let missing: Vec<String> = given(&trace.missing).cloned().collect();
            let from = drafter(self.scenario, &trace.body).map(|post| post.to_string());
            return Some(match missing.is_empty() {
                true => Cause::Original,
                false => Cause::Facts { missing, from },
            });
        }
        let (post, passed_to, drafting) = match &trace.waits.as_ref()?.0 {
            Waits::Drafter => (drafter(self.scenario, &trace.body)?, None, true),
            Waits::Signer { post, passed_to } => (post.clone(), passed_to.clone(), false),
        };
        Some(Cause::Waits {
            post: post.to_string(),
            drafting,
            passed_to: passed_to.map(|post| post.to_string()),
            seconds: match drafting {
                true => stages.drafting,
                false => stages.review,
            },
        })
    }

    /// Why a limit had passed before its release was listed.
    fn passed(&self, trace: &Trace, passed: &PassedLimit) -> Cause {
        let limit = passed.into();
        let over = |at: Moment| (at - passed.due_at).num_seconds();
        let late = |begun, at| Cause::BegunLate {
            begun,
            limit,
            over: over(at),
            kept: None,
            then: None,
        };
        if self.was_away(passed.due_at) {
            return Cause::Away;
        }
        let incident = trace.incident.as_ref();
        let levels = incident.and_then(|id| self.levels.get(id));
        let levels = levels.map_or(&[][..], Vec::as_slice);
        if let Some((_, declared)) = levels.first().filter(|(_, at)| *at > passed.due_at) {
            return late(Begun::Declared, *declared);
        }
        let plan = self.scenario.plans.plan(&trace.plan);
        let item = |level: ResponseLevel| plan?.plan.item(level, &trace.item);
        let asks = |level: ResponseLevel| item(level).is_some_and(|item| item.is_for(None));
        let mut before = levels.iter().rev();
        let in_force = before.find(|(_, at)| *at <= trace.opened_at);
        if in_force
            .and_then(|(level, _)| item(*level))
            .is_some_and(|item| item.from_grade.is_some())
        {
            return late(Begun::Graded, trace.opened_at);
        }
        let reached = levels.iter().find(|(level, _)| asks(*level));
        if let Some((to, at)) = reached.filter(|(_, at)| *at > passed.due_at) {
            return late(Begun::Raised { to: *to }, *at);
        }
        let is_earlier = |other: &&Trace| {
            other.incident == trace.incident
                && (&other.plan, &other.item) == (&trace.plan, &trace.item)
                && other.release != trace.release
                && other.correction.is_none()
                && other.undecided_since.is_none()
                && other.opened_at <= passed.due_at
        };
        let over = over(trace.opened_at);
        match self.traces.iter().find(is_earlier) {
            Some(_) => Cause::ListedAgain { limit, over },
            None => Cause::ListedLate { over },
        }
    }

    fn was_away(&self, due: Moment) -> bool {
        self.away.iter().any(|(from, to)| *from <= due && due < *to)
    }

    fn of_plan(&self, trace: &Trace) -> Option<Cause> {
        let due = trace.due_at?;
        if due <= trace.opened_at {
            return Some(match self.was_away(due) {
                true => Cause::Away,
                false => Cause::ListedLate {
                    over: (trace.opened_at - due).num_seconds(),
                },
            });
        }
        // How fast people are at their quickest is known of simulated ones only.
        let least = self.least(trace).filter(|_| !self.is_live)?;
        let given = (due - trace.opened_at).num_seconds();
        (least > given).then_some(Cause::TooShort { least, given })
    }

    /// Seconds that a text needs where everybody is at their quickest, on the shorter of its routes.
    fn least(&self, trace: &Trace) -> Option<i64> {
        let (plan, item) = way(self.scenario, trace)?;
        let first = plan.body.first_post()?;
        let drafting = self.quickest(&first, None, Work::Drafting);
        let ordinary = drafting + self.route(plan, &item.route)?;
        let fast = self.fast(plan, item);
        Some(fast.map_or(ordinary, |fast| fast.min(ordinary)))
    }

    /// A text of the fast route is signed straight from its draft.
    fn fast(&self, plan: &Plan, item: &Item) -> Option<i64> {
        match self.scenario.file.fast_route {
            FastRoute::Never => None,
            FastRoute::HalfTime | FastRoute::Always => self.route(plan, item.fast.as_ref()?),
        }
    }

    fn route(&self, plan: &Plan, route: &str) -> Option<i64> {
        let signers = &plan.routes.get(route)?.sign;
        let each =
            |signer: &Signer| self.quickest(&signer.post, signer.deputy.as_ref(), Work::Signing);
        Some(signers.iter().map(each).sum())
    }

    fn quickest(&self, post: &PostRef, deputy: Option<&PostRef>, work: Work) -> i64 {
        let holds = |person: &&Person| {
            let mut posts = person.actor.posts.iter();
            posts.any(|own| own == post || Some(own) == deputy)
        };
        let quickest = self.people.iter().filter(holds);
        quickest
            .map(|person| person.at_best(work))
            .min()
            .unwrap_or(0)
    }
}

fn of_holding(trace: &Trace) -> Option<Cause> {
    match trace.holding? {
        Holding::Awaited => Some(Cause::NotHeld),
        Holding::Held { at, limit } => {
            let over = (at - limit?).num_seconds();
            (over > 0).then_some(Cause::HeldLate { over })
        }
    }
}

/// Facts that somebody gives; those of the original text come by themselves when it is out.
pub(super) fn given(missing: &[String]) -> impl Iterator<Item = &String> {
    missing.iter().filter(|fact| !fact.starts_with("original."))
}
