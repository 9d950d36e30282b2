//! Why a deadline was not kept, or what holds a text up: what was lacking, who was waited for, which step took the time,
//! or that the plan left no way. Values; `drill/tell` has the words.

use serde::{Deserialize, Serialize};

use super::super::people::{Person, Work};
use super::super::scenario::Scenario;
use super::{Stages, drafter};
use crate::domain::body::PostRef;
use crate::domain::journal::{Act, Effect, Told};
use crate::domain::plan::{Item, Plan, Signer};
use crate::domain::release::Holding;
use crate::domain::time::Moment;
use crate::domain::trace::{Trace, Waits};
use crate::plan::scenario::FastRoute;

/// Lengths of time in seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case",
    tag = "kind"
)]
pub enum Cause {
    /// Its limit had passed this long when it was listed: nobody could keep it.
    ListedLate { over: i64 },
    /// Drafting and every signature take this long even where everybody is at their quickest.
    TooShort { least: i64, given: i64 },
    /// What it tells of was held this long after its limit, or was not held when the limit passed.
    HeldLate { over: i64 },
    NotHeld,
    /// The server was away when the limit passed.
    Away,
    /// Its template does not fit the facts.
    Template { fault: String },
    /// The text that it explains or corrects is not out.
    Original,
    /// Facts that it lacks, by code.
    Facts { missing: Vec<String> },
    /// It waits for this post.
    Waits {
        post: String,
        passed_to: Option<String>,
        seconds: i64,
    },
    /// The step that took most of the time, and its share in per cent.
    Step {
        step: StepKind,
        seconds: i64,
        percent: i64,
        /// Who was waited for longest.
        slowest: Option<Wait>,
    },
}

/// A way of looking at causes: what would have to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    Facts,
    Drafting,
    Review,
    Signature,
    Sending,
}

/// One wait for a post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    pub post: String,
    /// For a draft, not for a signature.
    pub drafting: bool,
    pub seconds: i64,
}

impl StepKind {
    pub const ALL: [Self; 5] = [
        Self::Facts,
        Self::Drafting,
        Self::Review,
        Self::Signature,
        Self::Sending,
    ];
}

impl Cause {
    /// A fault of the plan: nobody at their work could have kept the limit.
    pub fn is_of_plan(&self) -> bool {
        matches!(self, Self::ListedLate { .. } | Self::TooShort { .. })
    }

    /// Whose signature or draft came too late.
    pub fn post(&self) -> Option<&str> {
        match self {
            Self::Waits { post, .. } => Some(post),
            Self::Step { slowest, .. } => Some(&slowest.as_ref()?.post),
            _ => None,
        }
    }
}

/// What causes are found with.
pub(super) struct Finder<'a> {
    pub scenario: &'a Scenario,
    pub people: &'a [Person],
    pub is_live: bool,
    /// When the server was away.
    pub away: Vec<(Moment, Moment)>,
}

impl<'a> Finder<'a> {
    pub fn of(
        scenario: &'a Scenario,
        people: &'a [Person],
        is_live: bool,
        journal: &[Told],
    ) -> Self {
        let away = journal.iter().filter_map(|entry| match &entry.act {
            Act::Inject(happened) => match happened.effect {
                Some(Effect::Stopped { until }) => Some((entry.at, until)),
                _ => None,
            },
            _ => None,
        });
        Self {
            scenario,
            people,
            is_live,
            away: away.collect(),
        }
    }

    /// Why a deadline was not kept.
    pub fn missed(&self, trace: &Trace, stages: Stages) -> Option<Cause> {
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
        if trace.drafted_at.is_none() && !trace.missing.is_empty() {
            let missing: Vec<String> = given(&trace.missing).cloned().collect();
            return Some(match missing.is_empty() {
                true => Cause::Original,
                false => Cause::Facts { missing },
            });
        }
        let (post, passed_to) = match &trace.waits.as_ref()?.0 {
            Waits::Drafter => (drafter(self.scenario, &trace.body)?, None),
            Waits::Signer { post, passed_to } => (post.clone(), passed_to.clone()),
        };
        Some(Cause::Waits {
            post: post.to_string(),
            passed_to: passed_to.map(|post| post.to_string()),
            seconds: stages.drafting.max(stages.review),
        })
    }

    fn of_plan(&self, trace: &Trace) -> Option<Cause> {
        let due = trace.due_at?;
        if due <= trace.opened_at {
            let was_away = self.away.iter().any(|(from, to)| *from <= due && due < *to);
            return Some(match was_away {
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
        let plan = &self.scenario.plans.plan(&trace.plan)?.plan;
        let item = plan.item_anywhere(trace.level?, &trace.item)?;
        let leader = item.bundle.as_ref();
        let item = match leader {
            Some(code) => plan.item_anywhere(trace.level?, code)?,
            None => item,
        };
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

/// Each wait of a release that came to an end, and the one that did not.
pub(super) fn waits(scenario: &Scenario, trace: &Trace, now: Moment) -> Vec<Wait> {
    let open = trace.waits.as_ref().map(|(by, since)| {
        let until = trace.ended_at.unwrap_or(now);
        (by, (until - *since).num_seconds().max(0))
    });
    let over = trace.steps.iter();
    let over = over.map(|step| (&step.by, (step.to - step.from).num_seconds()));
    over.chain(open)
        .filter_map(|(by, seconds)| {
            let (post, drafting) = match by {
                Waits::Drafter => (drafter(scenario, &trace.body)?, true),
                Waits::Signer { post, .. } => (post.clone(), false),
            };
            Some(Wait {
                post: post.to_string(),
                drafting,
                seconds,
            })
        })
        .collect()
}

/// Who was waited for longest in a step, where that is a wait for somebody.
fn slowest(scenario: &Scenario, trace: &Trace, step: StepKind) -> Option<Wait> {
    let drafting = match step {
        StepKind::Drafting => true,
        StepKind::Review | StepKind::Signature => false,
        StepKind::Facts | StepKind::Sending => return None,
    };
    let waits = waits(scenario, trace, trace.published_at?);
    let waits = waits.into_iter().filter(|wait| wait.drafting == drafting);
    waits.max_by_key(|wait| wait.seconds)
}
