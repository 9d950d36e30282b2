//! Each wait of a release for somebody, and how long the plan lets it last.

use serde::{Deserialize, Serialize};

use super::super::scenario::Scenario;
use super::cause::StepKind;
use super::drafter;
use crate::domain::body::PostRef;
use crate::domain::expand::signing_time;
use crate::domain::plan::{Item, Plan};
use crate::domain::time::Moment;
use crate::domain::trace::{Trace, Waits};

/// One wait for a post. Lengths of time in seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    pub post: String,
    /// For a draft, not for a signature.
    pub drafting: bool,
    pub seconds: i64,
    /// When it began.
    #[serde(default)]
    pub from: Option<Moment>,
    /// How long it may last: the time that a signer has, or what the limit leaves for the draft when every signer takes theirs.
    #[serde(default)]
    pub limit: Option<i64>,
    /// Who signed or was to sign in its place.
    #[serde(default)]
    pub passed_to: Option<String>,
}

impl Wait {
    /// It lasted longer than it may.
    pub fn is_over(&self) -> bool {
        self.limit.is_some_and(|limit| self.seconds > limit)
    }
}

/// Each wait of a release that came to an end, and the one that did not.
pub(super) fn waits(scenario: &Scenario, trace: &Trace, now: Moment) -> Vec<Wait> {
    let open = trace.waits.as_ref().map(|(by, since)| {
        let until = trace.ended_at.unwrap_or(now);
        (by, *since, until)
    });
    let over = trace.steps.iter();
    let over = over.map(|step| (&step.by, step.from, step.to));
    over.chain(open)
        .filter_map(|(by, from, to)| {
            let (post, drafting, passed_to) = match by {
                Waits::Drafter => (drafter(scenario, &trace.body)?, true, None),
                Waits::Signer { post, passed_to } => (post.clone(), false, passed_to.as_ref()),
            };
            Some(Wait {
                limit: match drafting {
                    true => for_drafting(scenario, trace),
                    false => for_signing(scenario, trace, &post),
                },
                post: post.to_string(),
                drafting,
                seconds: (to - from).num_seconds().max(0),
                from: Some(from),
                passed_to: passed_to.map(ToString::to_string),
            })
        })
        .collect()
}

/// Who was waited for longest in a step, where that is a wait for somebody.
pub(super) fn slowest(scenario: &Scenario, trace: &Trace, step: StepKind) -> Option<Wait> {
    let drafting = match step {
        StepKind::Drafting => true,
        StepKind::Review | StepKind::Signature => false,
        StepKind::Facts | StepKind::Sending => return None,
    };
    let waits = waits(scenario, trace, trace.published_at?);
    let waits = waits.into_iter().filter(|wait| wait.drafting == drafting);
    waits.max_by_key(|wait| wait.seconds)
}

/// The item of a release in its plan; what goes out in another text goes the way of that.
pub(super) fn way<'a>(scenario: &'a Scenario, trace: &Trace) -> Option<(&'a Plan, &'a Item)> {
    let plan = &scenario.plans.plan(&trace.plan)?.plan;
    let find = |code: &str| match trace.level {
        Some(level) => plan.item_anywhere(level, code),
        None => {
            let mut end = plan.end.iter();
            end.find(|item| item.item == code)
                .or_else(|| plan.items().find(|item| item.item == code))
        }
    };
    let item = find(&trace.item)?;
    let leader = item.bundle.as_ref().and_then(|code| find(code));
    Some((plan, leader.unwrap_or(item)))
}

fn for_signing(scenario: &Scenario, trace: &Trace, post: &PostRef) -> Option<i64> {
    let (plan, item) = way(scenario, trace)?;
    let routes = [Some(&item.route), item.fast.as_ref()];
    let routes = routes.into_iter().flatten();
    let signers = routes
        .filter_map(|route| plan.routes.get(route))
        .flat_map(|route| &route.sign);
    let of_corrections = plan.corrections.iter().flat_map(|c| [&c.sign, &c.confirm]);
    let mut signers = signers.chain(of_corrections);
    let signer = signers.find(|signer| signer.post == *post)?;
    Some(signer.sign_within.as_seconds())
}

/// None where the limit leaves nothing: that is the plan's to answer for, not the drafter's.
fn for_drafting(scenario: &Scenario, trace: &Trace) -> Option<i64> {
    let (plan, item) = way(scenario, trace)?;
    let given = (trace.due_at? - trace.opened_at).num_seconds();
    let left = given - signing_time(plan, &item.route).as_seconds();
    (left > 0).then_some(left)
}
