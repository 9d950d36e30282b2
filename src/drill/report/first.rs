//! The first page: what a drill came to, what to change, and what was late for which reason, in words and few figures.

use std::collections::BTreeMap;

use super::pen::Pen;
use crate::drill::advice::advice;
use crate::drill::score::{ReleaseScore, Score, Verdict};
use crate::drill::tell::{Change, Kind};

pub struct First {
    pub verdict: String,
    /// `good`, `bad` or nothing.
    pub class: &'static str,
    /// The plans, from when to when, and how it was played.
    pub about: Vec<String>,
    /// The one on time that was closest to its limit.
    pub closest: Option<String>,
    pub changes: Vec<Change>,
    /// Nothing was late and nothing was missed.
    pub is_kept: bool,
    pub causes: Vec<Group>,
    pub faults: Vec<Group>,
    pub goals: Vec<Goal>,
    pub refused: Vec<String>,
    pub figures: Vec<Figure>,
}

/// Texts that were not on time for one reason.
pub struct Group {
    pub why: String,
    pub count: usize,
    pub names: String,
}

pub struct Goal {
    pub met: Option<bool>,
    pub expected: String,
    pub found: String,
}

/// One figure, beside the last run's.
pub struct Figure {
    pub name: &'static str,
    pub now: String,
    pub last: Option<String>,
}

pub fn first(score: &Score, pen: &Pen, last: Option<&Score>) -> First {
    let verdict = score.verdict();
    let advice = advice(score);
    let last = last.map(|last| figures(last, pen));
    let missed = score.releases.iter().filter(|r| r.is_missed());
    let faults = score.releases.iter().filter(|r| r.is_missed_by_plan());
    let kind = |of: &ReleaseScore| Kind::of(of.cause.as_ref());
    First {
        is_kept: !score.releases.iter().any(|r| r.on_time == Some(false)),
        verdict: pen.tell.verdict(score),
        class: match verdict {
            Verdict::Passed => "good",
            Verdict::Failed => "bad",
            Verdict::UnderWay | Verdict::Unsettled => "",
        },
        about: about(score, pen),
        closest: pen.tell.closest(score),
        changes: advice.iter().map(|one| pen.tell.advice(one)).collect(),
        causes: groups(missed, pen, |of| {
            (pen.tell.group(of.cause.as_ref()), kind(of))
        }),
        faults: groups(faults, pen, |of| (super::table::why(of, pen), ())),
        goals: goals(score, pen),
        refused: score.refused_injects.clone(),
        figures: figures(score, pen)
            .into_iter()
            .enumerate()
            .map(|(n, (name, now))| Figure {
                name,
                now,
                last: last.as_ref().map(|last| last[n].1.clone()),
            })
            .collect(),
    }
}

fn about(score: &Score, pen: &Pen) -> Vec<String> {
    let w = pen.w;
    let plans = score.plans.iter();
    let plans = plans.map(|plan| pen.tell.names.plan(pen.language, plan));
    let plans: Vec<&str> = plans.collect();
    let (start, end) = (pen.moment(score.start), pen.moment(score.end));
    let until = match (score.over, score.is_whole()) {
        (false, _) => format!("{} {}", w.under_way_until, pen.moment(score.until)),
        (true, false) => format!("{} {}", w.ended_early, pen.moment(score.until)),
        (true, true) => String::new(),
    };
    let how = match score.live {
        true => w.live.clone(),
        false => format!("{}{}{} {}", w.simulated, w.comma, w.seed, score.seed),
    };
    let about = [
        plans.join(&w.comma),
        format!("{start} {} {end}", w.to),
        until,
        how,
    ];
    about.into_iter().filter(|part| !part.is_empty()).collect()
}

/// Releases that are alike in `by`, the largest group first.
fn groups<'a, K: Ord>(
    releases: impl Iterator<Item = &'a ReleaseScore>,
    pen: &Pen,
    by: impl Fn(&ReleaseScore) -> (String, K),
) -> Vec<Group> {
    let mut groups: BTreeMap<(K, String), Vec<&ReleaseScore>> = BTreeMap::new();
    for release in releases {
        let (why, kind) = by(release);
        groups.entry((kind, why)).or_default().push(release);
    }
    let mut groups: Vec<Group> = groups
        .into_iter()
        .map(|((_, why), all)| Group {
            why,
            count: all.len(),
            names: pen.say(&pen.tell.some(all.into_iter())),
        })
        .collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.count));
    groups
}

fn goals(score: &Score, pen: &Pen) -> Vec<Goal> {
    use crate::domain::bulletin::Language::ZhCn;
    let goal = |e: &crate::drill::score::Expectation| {
        let (expected, found) = match pen.language {
            ZhCn => (&e.expected, &e.found),
            _ => (&e.expected_en, &e.found_en),
        };
        Goal {
            met: e.met,
            expected: expected.clone(),
            found: found.clone(),
        }
    };
    score.expectations.iter().map(goal).collect()
}

fn figures(score: &Score, pen: &Pen) -> Vec<(&'static str, String)> {
    let (card, w) = (&score.card, pen.w);
    let later = match score.is_whole() {
        true => &w.later,
        false => &w.later_so_far,
    };
    let two = |one: String, other: String| format!("{one} / {other}");
    let counts = |one: usize, other: usize| two(one.to_string(), other.to_string());
    let left = match card.median_slack {
        Some(late) if late < 0 => pen.slack(Some(late)),
        early => pen.length(early),
    };
    vec![
        (&*w.on_time_rate, pen.share(card.on_time_permille)),
        (&w.late_missed, counts(card.late, card.missed)),
        (later, card.later.to_string()),
        (&w.first_text, pen.length(card.first_bulletin_after)),
        (&w.median_slack, left),
        (&w.slowest_correction, pen.length(card.worst_correction)),
        (&w.figures_releases, counts(card.releases, card.published)),
        (
            &w.signatures,
            counts(card.signatures, card.countersignatures),
        ),
        (
            &w.figures_refused,
            counts(card.before_countersignature, card.refused),
        ),
        (
            &w.reached,
            two(
                pen.share(card.accepted_permille),
                pen.share(card.delivered_permille),
            ),
        ),
        (&w.reminders, counts(card.reminders, card.turns_passed)),
    ]
}
