//! The score of a drill: one value that the printed score, `score.json`, the report and the comparison are made from.
//!
//! Read from the journal and the play's own counts alone. Times are in seconds, shares in thousandths, so that the same
//! drill gives the same bytes everywhere.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::play::Play;
use super::scenario::Scenario;
use super::trace::{self, Trace};
use super::{expect, words};
use crate::domain::time::Moment;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Score {
    pub drill: String,
    pub title: String,
    pub title_en: Option<String>,
    pub plans: Vec<String>,
    pub seed: u64,
    pub start: Moment,
    pub end: Moment,
    pub zone: String,
    /// Every expectation holds and every inject happened.
    pub passed: bool,
    pub expectations: Vec<Expectation>,
    pub refused_injects: Vec<String>,
    pub card: Card,
    pub bodies: Vec<BodyScore>,
    pub posts: Vec<PostScore>,
    pub channels: Vec<ChannelScore>,
    pub corrections: Vec<CorrectionScore>,
    pub releases: Vec<ReleaseScore>,
}

/// One thing that was expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expectation {
    pub expected: String,
    pub expected_en: String,
    pub met: bool,
    pub found: String,
    pub found_en: String,
}

/// The figures at the head of the report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    pub releases: usize,
    pub published: usize,
    pub on_time: usize,
    pub late: usize,
    pub missed: usize,
    pub on_time_permille: Option<i64>,
    pub median_slack: Option<i64>,
    /// From the first declaration to the first text that is out.
    pub first_bulletin_after: Option<i64>,
    pub signatures: usize,
    pub countersignatures: usize,
    pub before_countersignature: usize,
    pub refused: usize,
    pub reminders: usize,
    pub turns_passed: usize,
    pub worst_correction: Option<i64>,
    /// Of what a channel was to take, what it took.
    pub delivered_permille: Option<i64>,
    pub texts: u64,
    /// Texts that lack the marks of a drill; more than none is a fault of the program.
    pub unmarked: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodyScore {
    pub body: String,
    pub name: String,
    pub releases: usize,
    pub on_time: usize,
    pub late: usize,
    pub missed: usize,
    pub on_time_permille: Option<i64>,
    pub median_slack: Option<i64>,
}

/// How long releases waited for a post, all together; the first of the list is the bottleneck.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostScore {
    pub post: String,
    pub waited: i64,
    pub times: usize,
    pub longest: i64,
    /// Releases that still wait for it at the end, or were given up while they did.
    pub unanswered: usize,
    /// How long its people were at work on something.
    pub busy: i64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelScore {
    pub channel: String,
    pub deliveries: i64,
    pub accepted: i64,
    pub failed: i64,
    pub unknown: i64,
    pub open: i64,
    pub cancelled: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectionScore {
    pub item: String,
    pub noticed_at: Moment,
    pub out_at: Option<Moment>,
    pub took: Option<i64>,
}

/// One release as the report shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseScore {
    pub plan: String,
    pub body: String,
    pub item: String,
    pub name: String,
    pub occurrence: u64,
    pub level: String,
    pub correction: bool,
    /// Which line of this list it explains or corrects, from 1.
    pub about: Option<usize>,
    pub opened_at: Moment,
    pub due_at: Option<Moment>,
    pub published_at: Option<Moment>,
    pub slack: Option<i64>,
    pub on_time: Option<bool>,
    pub outcome: String,
    pub fast: bool,
    pub stages: Stages,
    pub why: Option<String>,
    pub why_en: Option<String>,
}

/// Where the time went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stages {
    /// Waiting for facts.
    pub facts: i64,
    pub drafting: i64,
    /// Every signature but the last.
    pub review: i64,
    pub signature: i64,
    pub sending: i64,
}

impl Stages {
    pub const NAMES: [(&'static str, &'static str); 5] = [
        ("等事实", "facts"),
        ("拟稿", "drafting"),
        ("审核", "review"),
        ("签发", "signature"),
        ("发送", "sending"),
    ];

    pub fn all(self) -> [i64; 5] {
        [
            self.facts,
            self.drafting,
            self.review,
            self.signature,
            self.sending,
        ]
    }
}

/// Reads a play.
pub fn score(scenario: &Scenario, seed: u64, play: &Play) -> Score {
    let now = play.ended_at;
    let first_post = |body: &str| {
        let body = scenario
            .plans
            .bodies
            .iter()
            .find(|known| known.body == body)?;
        Some(format!("{}/{}", body.body, body.posts.first()?.post))
    };
    let traces = trace::read(&play.journal, first_post);
    let channels: Vec<ChannelScore> = play
        .channels
        .iter()
        .map(|(c, counts)| channel(c, counts))
        .collect();
    let corrections = corrections(play, &traces);
    let refused_injects: Vec<String> = play
        .injects()
        .filter(|(_, inject)| inject.refused)
        .map(|(at, inject)| format!("{} {}", words::since(scenario.start, at), inject.text))
        .collect();
    let mut score = Score {
        drill: scenario.file.drill.clone(),
        title: scenario.file.title.clone(),
        title_en: scenario.file.title_en.clone(),
        plans: scenario.file.plans.clone(),
        seed,
        start: scenario.start,
        end: play.ended_at,
        zone: scenario.zone.name().to_owned(),
        passed: false,
        expectations: Vec::new(),
        refused_injects,
        card: card(play, &traces, &channels, &corrections, now),
        bodies: bodies(scenario, &traces, now),
        posts: posts(play, &traces, now),
        channels,
        corrections,
        releases: releases(&traces, now),
    };
    score.expectations = expect::judge(scenario, play, &score);
    score.passed = score.refused_injects.is_empty() && score.expectations.iter().all(|e| e.met);
    score
}

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

fn card(
    play: &Play,
    traces: &[Trace],
    channels: &[ChannelScore],
    corrections: &[CorrectionScore],
    now: Moment,
) -> Card {
    let count = |act: &str| play.journal.iter().filter(|entry| entry.act == act).count();
    let (on_time, late, missed, mut slack) = tally(traces.iter(), now);
    let declared = play
        .journal
        .iter()
        .find(|entry| entry.act == "incident-declared")
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
        signatures: count("release-signed"),
        countersignatures: count("release-countersigned"),
        before_countersignature: count("released-before-countersignature"),
        refused: count("approval-refused"),
        reminders: count("release-reminded") + count("release-overdue"),
        turns_passed: count("turn-passed"),
        worst_correction: corrections.iter().filter_map(|c| c.took).max(),
        delivered_permille: (wanted > 0).then(|| accepted * 1000 / wanted),
        texts: play.texts,
        unmarked: play.unmarked,
    }
}

fn bodies(scenario: &Scenario, traces: &[Trace], now: Moment) -> Vec<BodyScore> {
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

fn posts(play: &Play, traces: &[Trace], now: Moment) -> Vec<PostScore> {
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
        .map(|(post, score)| PostScore { post, ..score })
        .collect();
    posts.sort_by(|a, b| (b.waited, &a.post).cmp(&(a.waited, &b.post)));
    posts
}

fn channel(code: &str, counts: &BTreeMap<&'static str, i64>) -> ChannelScore {
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

fn corrections(play: &Play, traces: &[Trace]) -> Vec<CorrectionScore> {
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

fn releases(traces: &[Trace], now: Moment) -> Vec<ReleaseScore> {
    let place = |id: &str| {
        traces
            .iter()
            .position(|trace| trace.release == id)
            .map(|n| n + 1)
    };
    traces
        .iter()
        .map(|trace| {
            let stages = stages(trace, now);
            let (why, why_en) = match trace.on_time(now) {
                Some(false) => reason(trace, stages),
                _ => (None, None),
            };
            ReleaseScore {
                plan: trace.plan.clone(),
                body: trace.body.clone(),
                item: trace.item.clone(),
                name: trace.name.clone(),
                occurrence: trace.occurrence,
                level: trace.level.clone(),
                correction: trace.correction.is_some(),
                about: trace.tied_to.as_deref().and_then(place),
                opened_at: trace.opened_at,
                due_at: trace.due_at,
                published_at: trace.published_at,
                slack: trace.slack(),
                on_time: trace.on_time(now),
                outcome: trace.outcome.clone(),
                fast: trace.fast,
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
    let ready = trace.ready_at.unwrap_or(end).min(end);
    let first_signature_from = trace.signed.first().map(|step| step.from);
    // A text of the fast route is signed straight from its draft.
    let submitted = trace
        .submitted_at
        .or(first_signature_from)
        .unwrap_or(end)
        .min(end);
    let last_from = trace.signed.last().map_or(end, |step| step.from).min(end);
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

/// Why a deadline was not kept: what was lacking, who was waited for, or which step took the time.
fn reason(trace: &Trace, stages: Stages) -> (Option<String>, Option<String>) {
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
    if trace.published_at.is_none() {
        if trace.ready_at.is_none() && !trace.missing.is_empty() {
            let list = trace.missing.join(", ");
            return both(
                format!("缺事实：{list}"),
                format!("facts were missing: {list}"),
            );
        }
        if let Some((post, _)) = &trace.waits_for {
            let since = words::rough(stages.drafting.max(stages.review));
            return both(
                format!("等 {post} 已 {since}"),
                format!("waited for {post}, {since} by then"),
            );
        }
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
    let slowest = trace.signed.iter().max_by_key(|step| step.to - step.from);
    let (who_zh, who_en) = match slowest.filter(|_| n >= 2) {
        Some(step) => {
            let took = words::rough((step.to - step.from).num_seconds());
            (
                format!("，最久是 {} {took}", step.post),
                format!("; longest {} {took}", step.post),
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
