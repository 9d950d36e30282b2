//! Whether what a scenario expects came about.

use super::play::Play;
use super::scenario::Scenario;
use super::score::{CorrectionScore, Expectation, ReleaseScore, Score};
use super::tell::level;
use super::words::{permille, span};
use crate::domain::bulletin::Language;
use crate::domain::phrase::{Blank, Phrase, phrase};
use crate::plan::scenario::{ChannelShare, OnTime};
use crate::words::say;

/// Judges every expectation of the scenario, in its order.
pub fn judge(scenario: &Scenario, play: &Play, score: &Score) -> Vec<Expectation> {
    let mut shares = play.shares.iter();
    scenario
        .file
        .expect
        .iter()
        .flat_map(|expect| {
            let judged = [
                expect.on_time.as_ref().map(|e| on_time(e, score)),
                expect
                    .corrected_within
                    .map(|within| corrected(within.as_seconds(), score)),
                expect.only_approved.map(|_| approved(play)),
                expect.on_time_rate.map(|rate| on_time_rate(rate, score)),
                expect
                    .accepted
                    .as_ref()
                    .map(|e| share(e, Taken::Accepted, shares.next().copied(), score)),
                expect
                    .delivered
                    .as_ref()
                    .map(|e| share(e, Taken::Delivered, shares.next().copied(), score)),
            ];
            judged.into_iter().flatten()
        })
        .collect()
}

/// Whether an expectation is met; None while nothing can be said. In a drill that was played whole there is no later.
fn judged(has_happened: bool, holds: bool, score: &Score) -> Option<bool> {
    (has_happened || score.is_whole()).then_some(has_happened && holds)
}

/// In both languages, so that a score can be told without its plans.
fn expectation(expected: &Phrase, met: Option<bool>, found: &Phrase) -> Expectation {
    Expectation {
        expected: say(Language::ZhCn, expected),
        expected_en: say(Language::En, expected),
        met,
        found: say(Language::ZhCn, found),
        found_en: say(Language::En, found),
    }
}

fn on_time(expect: &OnTime, score: &Score) -> Expectation {
    let of_item = |release: &&ReleaseScore| {
        release.item == expect.item
            && !release.correction
            && expect
                .plan
                .as_ref()
                .is_none_or(|plan| *plan == release.plan)
            && expect
                .level
                .is_none_or(|level| release.level == level.code())
    };
    let found: Vec<&ReleaseScore> = score.releases.iter().filter(of_item).collect();
    // What is out before a limit that is still to come is kept all the same.
    let kept = |r: &ReleaseScore| {
        let is_early = || Some(r.slack? >= 0).filter(|early| *early);
        r.on_time.or_else(is_early)
    };
    let settled: Vec<&&ReleaseScore> = found.iter().filter(|r| kept(r).is_some()).collect();
    let late = settled.iter().filter(|r| kept(r) == Some(false));
    let worst = late
        .clone()
        .max_by_key(|r| r.slack.map_or(i64::MAX, |slack| -slack));
    let more = worst.map(|release| match release.slack {
        Some(slack) => phrase!("drill.goal.latest", span = span(slack)),
        None => phrase!("drill.goal.some-not-out"),
    });
    let kept = settled.len() - late.count();
    let name = item(score, &expect.item);
    let expected = match expect.level {
        Some(at) => phrase!("drill.goal.on-time-at", level = level(at), name),
        None => phrase!("drill.goal.on-time", name),
    };
    let found = match settled.len() {
        0 => phrase!("drill.goal.none-due"),
        of => phrase!("drill.goal.kept", n = kept, of = of.to_string(), more),
    };
    let met = judged(!settled.is_empty(), kept == settled.len(), score);
    expectation(&expected, met, &found)
}

fn item(score: &Score, item: &str) -> Blank {
    let name = |language| score.names.item_anywhere(language, item).to_owned();
    Blank::Name {
        zh: name(Language::ZhCn),
        en: name(Language::En),
    }
}

fn corrected(within: i64, score: &Score) -> Expectation {
    // One that has not come may still come in time, if there is time left.
    let kept = |c: &CorrectionScore| match c.took {
        Some(took) => Some(took <= within),
        None if (score.end - c.noticed_at).num_seconds() > within || score.is_whole() => {
            Some(false)
        }
        None => None,
    };
    let all: Vec<Option<bool>> = score.corrections.iter().map(kept).collect();
    let met = if all.contains(&Some(false)) {
        Some(false)
    } else {
        judged(!all.is_empty() && !all.contains(&None), true, score)
    };
    let each = |c: &CorrectionScore| {
        let name = item(score, &c.item);
        match c.took {
            Some(took) => phrase!("drill.goal.corrected-in", name, span = span(took)),
            None if score.is_whole() => phrase!("drill.goal.not-corrected", name),
            None => phrase!("drill.goal.not-corrected-yet", name),
        }
    };
    let found = match score.corrections.is_empty() {
        true => phrase!("drill.goal.nothing-corrected"),
        false => {
            let names: Blank = score.corrections.iter().map(each).collect();
            phrase!("drill.names", names)
        }
    };
    expectation(
        &phrase!("drill.goal.corrected", span = span(within)),
        met,
        &found,
    )
}

fn approved(play: &Play) -> Expectation {
    let met = play.unapproved.is_empty() && play.unmarked == 0;
    let found = match play.unapproved.is_empty() {
        true => phrase!("drill.goal.all-approved"),
        false => Phrase::verbatim(play.unapproved.join("; ")),
    };
    expectation(&phrase!("drill.goal.approved"), Some(met), &found)
}

fn on_time_rate(rate: u32, score: &Score) -> Expectation {
    let found = score.card.on_time_permille;
    let shown = found.map_or_else(|| "—".to_owned(), permille);
    let reached = found.is_some_and(|found| found >= i64::from(rate) * 10);
    expectation(
        &phrase!("drill.goal.rate", percent = rate.to_string()),
        judged(found.is_some(), reached, score),
        &Phrase::verbatim(shown),
    )
}

/// What a goal asks of a channel.
#[derive(Clone, Copy)]
enum Taken {
    Accepted,
    Delivered,
}

fn share(
    expect: &ChannelShare,
    how: Taken,
    counted: Option<(u64, u64)>,
    score: &Score,
) -> Expectation {
    let (reached, all) = counted.unwrap_or_default();
    let share = (all > 0).then(|| i64::try_from(reached * 1000 / all).unwrap_or(0));
    let shown = share.map_or_else(|| "—".to_owned(), permille);
    let name = |language| score.names.channel(language, &expect.channel).to_owned();
    let channel = Blank::Name {
        zh: name(Language::ZhCn),
        en: name(Language::En),
    };
    let (span, percent) = (span(expect.within.as_seconds()), expect.percent.to_string());
    let expected = match how {
        Taken::Accepted => phrase!("drill.goal.takes", channel, span, percent),
        Taken::Delivered => phrase!("drill.goal.delivers", channel, span, percent),
    };
    let enough = share.is_some_and(|share| share >= i64::from(expect.percent) * 10);
    let (part, of) = (reached.to_string(), all.to_string());
    expectation(
        &expected,
        judged(share.is_some(), enough, score),
        &phrase!("drill.goal.part", part, of, share = shown),
    )
}
