//! The sums of a score: the card at its head, and what each body, post and channel made of its part.

use std::collections::BTreeMap;

use super::super::play::Play;
use super::super::scenario::Scenario;
use super::super::trace::Trace;
use super::{BodyScore, Card, ChannelScore, CorrectionScore, PostScore};
use crate::domain::journal::Act;
use crate::domain::time::Moment;

fn median(values: &mut [i64]) -> Option<i64> {
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}

fn share(part: usize, whole: usize) -> Option<i64> {
    (whole > 0).then(|| i64::try_from(part * 1000 / whole).unwrap_or(0))
}

/// On time, late, missed.
fn tally<'a>(
    traces: impl Iterator<Item = &'a Trace>,
    now: Moment,
) -> (usize, usize, usize, Vec<i64>) {
    let (mut on_time, mut late, mut missed, mut slack) = (0, 0, 0, Vec::new());
    for trace in traces {
        slack.extend(trace.slack());
        match (trace.on_time(now), trace.published_at) {
            (Some(true), _) => on_time += 1,
            (Some(false), Some(_)) => late += 1,
            (Some(false), None) => missed += 1,
            (None, _) => {}
        }
    }
    (on_time, late, missed, slack)
}

pub(super) fn card(
    play: &Play,
    traces: &[Trace],
    channels: &[ChannelScore],
    corrections: &[CorrectionScore],
    now: Moment,
) -> Card {
    let count = |is: fn(&Act) -> bool| play.journal.iter().filter(|entry| is(&entry.act)).count();
    let (on_time, late, missed, mut slack) = tally(traces.iter(), now);
    let declared = play
        .journal
        .iter()
        .find(|entry| matches!(entry.act, Act::IncidentDeclared { .. }))
        .map(|e| e.at);
    let first = traces.iter().filter_map(|trace| trace.published_at).min();
    let wanted: i64 = channels.iter().map(|c| c.deliveries - c.cancelled).sum();
    let accepted: i64 = channels.iter().map(|c| c.accepted).sum();
    Card {
        releases: traces.len(),
        published: traces
            .iter()
            .filter(|trace| trace.published_at.is_some())
            .count(),
        on_time,
        late,
        missed,
        on_time_permille: share(on_time, on_time + late + missed),
        median_slack: median(&mut slack),
        first_bulletin_after: first
            .zip(declared)
            .map(|(first, declared)| (first - declared).num_seconds()),
        signatures: count(|act| matches!(act, Act::ReleaseSigned { .. })),
        countersignatures: count(|act| matches!(act, Act::ReleaseCountersigned { .. })),
        before_countersignature: count(|act| {
            matches!(act, Act::ReleasedBeforeCountersignature { .. })
        }),
        refused: count(|act| matches!(act, Act::ApprovalRefused { .. })),
        reminders: count(|act| matches!(act, Act::ReleaseReminded(_) | Act::ReleaseOverdue(_))),
        turns_passed: count(|act| matches!(act, Act::TurnPassed { .. })),
        worst_correction: corrections.iter().filter_map(|c| c.took).max(),
        delivered_permille: (wanted > 0).then(|| accepted * 1000 / wanted),
        texts: play.texts,
        unmarked: play.unmarked,
    }
}

pub(super) fn bodies(scenario: &Scenario, traces: &[Trace], now: Moment) -> Vec<BodyScore> {
    let mut by_body: BTreeMap<&str, Vec<&Trace>> = BTreeMap::new();
    for trace in traces {
        by_body.entry(&trace.body).or_default().push(trace);
    }
    by_body
        .into_iter()
        .map(|(body, traces)| {
            let (on_time, late, missed, mut slack) = tally(traces.iter().copied(), now);
            let known = scenario
                .plans
                .bodies
                .iter()
                .find(|known| known.body == body);
            BodyScore {
                body: body.to_owned(),
                name: known.map_or_else(|| body.to_owned(), |known| known.name.clone()),
                releases: traces.len(),
                on_time,
                late,
                missed,
                on_time_permille: share(on_time, on_time + late + missed),
                median_slack: median(&mut slack),
            }
        })
        .collect()
}

pub(super) fn posts(
    scenario: &Scenario,
    play: &Play,
    traces: &[Trace],
    now: Moment,
) -> Vec<PostScore> {
    let mut posts: BTreeMap<String, PostScore> = BTreeMap::new();
    let mut wait = |post: &str, seconds: i64, is_answered: bool| {
        let sum = posts.entry(post.to_owned()).or_default();
        sum.waited += seconds;
        sum.times += 1;
        sum.longest = sum.longest.max(seconds);
        sum.unanswered += usize::from(!is_answered);
    };
    for trace in traces {
        for step in trace.drafted.iter().chain(&trace.signed) {
            wait(&step.post, (step.to - step.from).num_seconds(), true);
        }
        if let Some((post, since)) = &trace.waits_for {
            let until = trace.ended_at.unwrap_or(now);
            let post = post.split(" → ").next().unwrap_or(post);
            wait(post, (until - *since).num_seconds().max(0), false);
        }
    }
    for (person, seconds) in &play.busy {
        let post = person.split('#').next().unwrap_or(person);
        posts.entry(post.to_owned()).or_default().busy += seconds;
    }
    let mut posts: Vec<PostScore> = posts
        .into_iter()
        .map(|(post, score)| PostScore {
            name: name_of(scenario, &post).unwrap_or_default(),
            post,
            ..score
        })
        .collect();
    posts.sort_by(|a, b| (b.waited, &a.post).cmp(&(a.waited, &b.post)));
    posts
}

fn name_of(scenario: &Scenario, post: &str) -> Option<String> {
    let (body, post) = post.split_once('/')?;
    let body = scenario.plans.bodies.iter().find(|b| b.body == body)?;
    let post = body.posts.iter().find(|p| p.post == post)?;
    Some(format!("{} {}", body.name, post.name))
}

pub(super) fn channel(code: &str, counts: &BTreeMap<&'static str, i64>) -> ChannelScore {
    let of = |status: &str| counts.get(status).copied().unwrap_or(0);
    ChannelScore {
        channel: code.to_owned(),
        deliveries: counts.values().sum(),
        accepted: of("accepted") + of("delivered"),
        failed: of("failed"),
        unknown: of("unknown"),
        open: of("pending") + of("leased"),
        cancelled: of("cancelled") + of("skipped"),
    }
}

pub(super) fn corrections(play: &Play, traces: &[Trace]) -> Vec<CorrectionScore> {
    play.wrong()
        .map(|(id, noticed_at)| {
            let of = |trace: &&Trace| trace.release == id.as_str();
            let out_at = traces
                .iter()
                .filter(|t| t.correction.is_some() && t.tied_to.as_deref() == Some(id.as_str()))
                .filter_map(|t| t.published_at)
                .find(|at| *at >= noticed_at);
            CorrectionScore {
                item: traces
                    .iter()
                    .find(of)
                    .map(|t| t.item.clone())
                    .unwrap_or_default(),
                noticed_at,
                out_at,
                took: out_at.map(|at| (at - noticed_at).num_seconds()),
            }
        })
        .collect()
}
