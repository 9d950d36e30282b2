//! The sums of a score: the card at its head, and what each body, post and channel made of its part.

use std::collections::BTreeMap;

use super::super::play::Play;
use super::super::scenario::Scenario;
use super::tally::Tally;
use super::waits::waits;
use super::{Card, ChannelScore, CorrectionScore, PostScore, ReleaseScore};
use crate::domain::body::{Body, Post, PostRef};
use crate::domain::channel::Finality;
use crate::domain::journal::Act;
use crate::domain::time::Moment;
use crate::domain::trace::{Timeliness, Trace};

/// The part of what channels were to send.
fn share_of<'a>(
    channels: impl Iterator<Item = &'a ChannelScore>,
    part: fn(&ChannelScore) -> i64,
) -> Option<i64> {
    let (part, whole) = channels.fold((0, 0), |(sum, all), one| {
        (sum + part(one), all + one.deliveries - one.cancelled)
    });
    (whole > 0).then(|| part * 1000 / whole)
}

pub(super) fn card(
    scenario: &Scenario,
    play: &Play,
    traces: &[Trace],
    releases: &[ReleaseScore],
    (channels, corrections): (&[ChannelScore], &[CorrectionScore]),
) -> Card {
    let count = |is: fn(&Act) -> bool| play.journal.iter().filter(|entry| is(&entry.act)).count();
    let sum = Timeliness::of("*", traces.iter(), play.ended_at);
    let tally = Tally::of(releases.iter(), play.ended_at);
    let declared = play
        .journal
        .iter()
        .find(|entry| matches!(entry.act, Act::IncidentDeclared { .. }))
        .map(|e| e.at);
    let first = traces.iter().filter_map(|trace| trace.published_at).min();
    let tells = |code: &str| {
        let def = scenario.plans.channels.get(code);
        def.is_some_and(|def| def.spec().finality() != Finality::Accepted)
    };
    let telling = channels.iter().filter(|one| tells(&one.channel));
    Card {
        releases: sum.planned,
        published: sum.published,
        on_time: tally.on_time,
        late: tally.late,
        missed: tally.missed,
        by_plan: tally.by_plan,
        later: tally.later,
        on_time_permille: tally.share(),
        median_slack: sum.median_slack_seconds,
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
        accepted_permille: share_of(channels.iter(), |one| one.accepted + one.delivered),
        delivered_permille: share_of(telling, |one| one.delivered),
        texts: play.texts,
        unmarked: play.unmarked,
    }
}

pub(super) fn posts(
    scenario: &Scenario,
    play: &Play,
    traces: &[Trace],
    now: Moment,
) -> Vec<PostScore> {
    let mut posts: BTreeMap<String, PostScore> = BTreeMap::new();
    for trace in traces {
        for wait in waits(scenario, trace, now) {
            let sum = posts.entry(wait.post.clone()).or_default();
            sum.over += usize::from(!wait.drafting && wait.is_over());
            sum.waited += wait.seconds;
            sum.times += 1;
            sum.longest = sum.longest.max(wait.seconds);
        }
        // The last wait is the one that nobody has ended.
        if let Some(open) = trace.waits.as_ref().and(waits(scenario, trace, now).pop()) {
            posts.entry(open.post).or_default().unanswered += 1;
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
            sign_within: patience(scenario, &post),
            deputy: deputy(scenario, &post),
            post,
            ..score
        })
        .collect();
    posts.sort_by(|a, b| (b.waited, &a.post).cmp(&(a.waited, &b.post)));
    posts
}

fn find<'a>(scenario: &'a Scenario, post: &str) -> Option<(&'a Body, &'a Post)> {
    let (body, post) = post.split_once('/')?;
    let body = scenario.plans.bodies.iter().find(|b| b.body == body)?;
    Some((body, body.posts.iter().find(|p| p.post == post)?))
}

fn name_of(scenario: &Scenario, post: &str) -> Option<String> {
    let (body, post) = find(scenario, post)?;
    Some(format!("{} {}", body.name, post.name))
}

fn patience(scenario: &Scenario, post: &str) -> Option<i64> {
    Some(find(scenario, post)?.1.sign_within.as_seconds())
}

fn deputy(scenario: &Scenario, post: &str) -> Option<String> {
    let (body, post) = find(scenario, post)?;
    let deputy = post.deputy.as_ref()?;
    Some(PostRef::within(&body.body, deputy).to_string())
}

pub(super) fn channel(code: &str, counts: &BTreeMap<&'static str, i64>) -> ChannelScore {
    let of = |status: &str| counts.get(status).copied().unwrap_or(0);
    ChannelScore {
        channel: code.to_owned(),
        deliveries: counts.values().sum(),
        accepted: of("accepted"),
        delivered: of("delivered"),
        failed: of("failed"),
        unknown: of("unknown"),
        open: of("pending") + of("leased"),
        cancelled: of("cancelled") + of("skipped"),
    }
}

pub(super) fn corrections(play: &Play, traces: &[Trace]) -> Vec<CorrectionScore> {
    play.wrong()
        .map(|(id, noticed_at)| {
            let of = |trace: &&Trace| trace.release == id;
            let out_at = traces
                .iter()
                .filter(|t| t.correction.is_some() && t.tied_to.as_ref() == Some(&id))
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
