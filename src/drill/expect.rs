//! Whether what a scenario expects came about.

use super::play::Play;
use super::scenario::Scenario;
use super::score::{CorrectionScore, Expectation, ReleaseScore, Score};
use super::words;
use crate::plan::scenario::{ChannelShare, OnTime};

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
                    .map(|e| share(e, ("受理", "takes"), shares.next().copied(), score)),
                expect
                    .delivered
                    .as_ref()
                    .map(|e| share(e, ("送达", "delivers"), shares.next().copied(), score)),
            ];
            judged.into_iter().flatten()
        })
        .collect()
}

/// Whether an expectation is met; None while nothing can be said. In a drill that was played whole there is no later.
fn judged(has_happened: bool, holds: bool, score: &Score) -> Option<bool> {
    (has_happened || score.is_whole()).then_some(has_happened && holds)
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
    let settled: Vec<&&ReleaseScore> = found.iter().filter(|r| r.on_time.is_some()).collect();
    let kept = settled.iter().filter(|r| r.on_time == Some(true)).count();
    let level = expect
        .level
        .map(|level| format!("{level} "))
        .unwrap_or_default();
    let worst = settled
        .iter()
        .filter(|r| r.on_time == Some(false))
        .max_by_key(|r| r.slack.map_or(i64::MAX, |slack| -slack));
    let detail = |release: &ReleaseScore| match release.slack {
        Some(slack) => (
            format!("，最迟超时 {}", words::rough(-slack)),
            format!(", latest {} late", words::rough(-slack)),
        ),
        None => (
            "，有未发出的".to_owned(),
            ", some never went out".to_owned(),
        ),
    };
    let (more, more_en) = worst.map(|r| detail(r)).unwrap_or_default();
    let name = found
        .first()
        .map_or_else(String::new, |r| format!("{} ", r.name));
    let (found, found_en) = match settled.len() {
        0 => ("没有到时限的".to_owned(), "none came due".to_owned()),
        all => (
            format!("{kept}/{all} 按时{more}"),
            format!("{kept} of {all} on time{more_en}"),
        ),
    };
    Expectation {
        expected: format!("{level}{name}{} 按时发布", expect.item),
        expected_en: format!("{level}{} on time", expect.item),
        met: judged(!settled.is_empty(), kept == settled.len(), score),
        found,
        found_en,
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
    let list = |open: &str, none: &str| {
        if score.corrections.is_empty() {
            return none.to_owned();
        }
        score
            .corrections
            .iter()
            .map(|c| match c.took {
                Some(took) => format!("{} {}", c.item, words::length(took)),
                None => format!("{} {open}", c.item),
            })
            .collect::<Vec<_>>()
            .join(", ")
    };
    Expectation {
        expected: format!("发现错误后 {} 内更正", words::length(within)),
        expected_en: format!(
            "corrected within {} of being noticed",
            words::length(within)
        ),
        met,
        found: list("未更正", "没有发生更正"),
        found_en: list("not corrected", "nothing was corrected"),
    }
}

fn approved(play: &Play) -> Expectation {
    let met = play.unapproved.is_empty() && play.unmarked == 0;
    let found = if play.unapproved.is_empty() {
        "全部签齐".to_owned()
    } else {
        play.unapproved.join("; ")
    };
    Expectation {
        expected: "未签齐的一律不发，发出的都带演练标记".into(),
        expected_en: "nothing goes out unsigned or unmarked".into(),
        met: Some(met),
        found_en: if met {
            "all signed and marked".to_owned()
        } else {
            found.clone()
        },
        found,
    }
}

fn on_time_rate(rate: u32, score: &Score) -> Expectation {
    let found = score.card.on_time_permille;
    let shown = found.map_or_else(|| "—".to_owned(), words::permille);
    Expectation {
        expected: format!("按时率不低于 {rate}%"),
        expected_en: format!("on-time rate at least {rate}%"),
        met: judged(
            found.is_some(),
            found.is_some_and(|found| found >= i64::from(rate) * 10),
            score,
        ),
        found: shown.clone(),
        found_en: shown,
    }
}

fn share(
    expect: &ChannelShare,
    (zh, en): (&str, &str),
    counted: Option<(u64, u64)>,
    score: &Score,
) -> Expectation {
    let (reached, all) = counted.unwrap_or_default();
    let share = (all > 0).then(|| i64::try_from(reached * 1000 / all).unwrap_or(0));
    let shown = share.map_or_else(|| "—".to_owned(), words::permille);
    Expectation {
        expected: format!(
            "{} 在发布后 {} 内{zh} {}%",
            expect.channel, expect.within, expect.percent
        ),
        expected_en: format!(
            "{} {en} {}% within {} of publication",
            expect.channel, expect.percent, expect.within
        ),
        met: judged(
            share.is_some(),
            share.is_some_and(|share| share >= i64::from(expect.percent) * 10),
            score,
        ),
        found: format!("{reached}/{all}（{shown}）"),
        found_en: format!("{reached} of {all} ({shown})"),
    }
}
