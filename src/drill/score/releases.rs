//! Each release of a score: where its time went, and why its deadline was not kept.

use super::super::scenario::Scenario;
use super::super::words;
use super::{ReleaseScore, Stages, drafter};
use crate::domain::bulletin::Language;
use crate::domain::time::Moment;
use crate::domain::trace::{Trace, Waits};
use crate::id::ReleaseId;
use crate::words::correction_of;

pub(super) fn releases(scenario: &Scenario, traces: &[Trace], now: Moment) -> Vec<ReleaseScore> {
    let place = |id: &ReleaseId| {
        traces
            .iter()
            .position(|trace| trace.release == *id)
            .map(|n| n + 1)
    };
    traces
        .iter()
        .map(|trace| {
            let stages = stages(trace, now);
            let (why, why_en) = match trace.on_time(now) {
                Some(false) => reason(scenario, trace, stages),
                None if trace.is_open(now) => held_up(scenario, trace, stages).unzip(),
                _ => (None, None),
            };
            ReleaseScore {
                plan: trace.plan.clone(),
                body: trace.body.clone(),
                item: trace.item.clone(),
                name: match trace.correction {
                    Some(_) => correction_of(Language::ZhCn, &trace.name),
                    None => trace.name.clone(),
                },
                occurrence: trace.occurrence,
                level: trace
                    .level
                    .map(|level| level.to_string())
                    .unwrap_or_default(),
                correction: trace.correction.is_some(),
                about: trace.tied_to.as_ref().and_then(place),
                opened_at: trace.opened_at,
                due_at: trace.due_at,
                published_at: trace.published_at,
                slack: trace.slack(),
                on_time: trace.on_time(now),
                outcome: trace.outcome,
                fast: trace.before_countersignature,
                stages,
                why,
                why_en,
            }
        })
        .collect()
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

/// What a text that is not out waits for.
fn held_up(scenario: &Scenario, trace: &Trace, stages: Stages) -> Option<(String, String)> {
    if trace.drafted_at.is_none() && !trace.missing.is_empty() {
        let list = trace.missing.join(", ");
        return Some((
            format!("缺事实：{list}"),
            format!("facts were missing: {list}"),
        ));
    }
    let post = match &trace.waits.as_ref()?.0 {
        Waits::Drafter => drafter(scenario, &trace.body)?.to_string(),
        Waits::Signer {
            post,
            passed_to: None,
        } => post.to_string(),
        Waits::Signer {
            post,
            passed_to: Some(to),
        } => format!("{post} → {to}"),
    };
    let since = words::rough(stages.drafting.max(stages.review));
    Some((
        format!("等 {post} 已 {since}"),
        format!("waited for {post}, {since} by then"),
    ))
}

/// Why a deadline was not kept: what was lacking, who was waited for, or which step took the time.
fn reason(scenario: &Scenario, trace: &Trace, stages: Stages) -> (Option<String>, Option<String>) {
    let both = |zh: String, en: String| (Some(zh), Some(en));
    if let Some(fault) = &trace.fault {
        return both(
            format!("模板出错：{fault}"),
            format!("the template failed: {fault}"),
        );
    }
    if let Some(due) = trace.due_at.filter(|due| *due <= trace.opened_at) {
        let over = words::rough((trace.opened_at - due).num_seconds());
        return both(
            format!("列入时已超时限 {over}"),
            format!("its deadline had passed {over} before it was listed"),
        );
    }
    if trace.published_at.is_none()
        && let Some((zh, en)) = held_up(scenario, trace, stages)
    {
        return both(zh, en);
    }
    let all = stages.all();
    let before = &all[..4];
    let total: i64 = before.iter().sum();
    let Some((n, most)) = before
        .iter()
        .enumerate()
        .max_by_key(|(n, s)| (**s, usize::MAX - n))
    else {
        return (None, None);
    };
    let (zh, en) = Stages::NAMES[n];
    let part = if total > 0 { most * 100 / total } else { 0 };
    let slowest = trace.signed().max_by_key(|(_, step)| step.to - step.from);
    let (who_zh, who_en) = match slowest.filter(|_| n >= 2) {
        Some((post, step)) => {
            let took = words::rough((step.to - step.from).num_seconds());
            (
                format!("，最久是 {post} {took}"),
                format!("; longest {post} {took}"),
            )
        }
        None => (String::new(), String::new()),
    };
    let took = words::rough(*most);
    both(
        format!("{zh}用了 {took}（{part}%）{who_zh}"),
        format!("{en} took {took} ({part}%){who_en}"),
    )
}
