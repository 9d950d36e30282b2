//! Two runs side by side: in a sentence, then the figures of both and the items whose limits were kept differently.

use std::collections::BTreeMap;

use serde::Serialize;

use super::advice::advice;
use super::score::{Card, Score, Verdict};
use super::tell::{Change, Teller};
use super::words::{permille, slack, span};
use crate::domain::bulletin::Language;
use crate::domain::phrase::{Phrase, phrase};
use crate::words::{Report, say, words};

/// Differences that the sentence names.
const NAMED: usize = 3;

/// What two runs come to, in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    pub said: String,
    /// What to change after the later run.
    pub changes: Vec<Change>,
    pub lines: Vec<Line>,
}

/// One line of a comparison; `better` is said only where more or less is plainly better.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The same in every language: `on-time`, or `plan/item`.
    pub code: String,
    pub what: String,
    pub before: String,
    pub after: String,
    pub better: Option<bool>,
}

/// The scorecards, and every item whose limits were kept differently.
pub fn compare(before: &Score, after: &Score, language: Language) -> Comparison {
    let mut lines = vec![Line {
        code: "verdict".into(),
        what: say(language, &phrase!("drill.compare.verdict")),
        before: verdict(before, language),
        after: verdict(after, language),
        better: (before.passed != after.passed).then_some(after.passed),
    }];
    lines.extend(figures(&before.card, &after.card, language));
    let (old, new) = (items(before, language), items(after, language));
    let mut codes: Vec<&String> = old.keys().chain(new.keys()).collect();
    codes.sort();
    codes.dedup();
    for code in codes {
        let (a, b) = (old.get(code), new.get(code));
        let counts = |item: Option<&Kept>| item.map_or((0, 0), |item| (item.kept, item.of));
        let name = b.or(a).map(|item| item.name.clone());
        let (a, b) = (counts(a), counts(b));
        if a != b {
            let share = |(kept, of): (usize, usize)| (kept * 1000).checked_div(of).unwrap_or(0);
            lines.push(Line {
                code: code.clone(),
                what: name.unwrap_or_default(),
                before: kept_of(a, language),
                after: kept_of(b, language),
                better: (share(a) != share(b)).then(|| share(b) > share(a)),
            });
        }
    }
    let said = say(language, &sentence(&lines));
    let teller = Teller::of(after, language);
    let changes = advice(after).iter().map(|one| teller.advice(one)).collect();
    Comparison {
        said,
        changes,
        lines,
    }
}

fn kept_of((kept, of): (usize, usize), language: Language) -> String {
    match of {
        0 => say(language, &phrase!("drill.goal.none-due")),
        of => say(
            language,
            &phrase!("drill.compare.kept", n = kept, of = of.to_string()),
        ),
    }
}

/// Better, worse or both, and the differences that weigh most.
fn sentence(lines: &[Line]) -> Phrase {
    let moved: Vec<&Line> = lines.iter().filter(|line| line.better.is_some()).collect();
    let named = moved.iter().take(NAMED).map(|line| {
        let (what, before, after) = (&line.what, &line.before, &line.after);
        phrase!("drill.compare.moved", what, before, after)
    });
    let more = moved.len().saturating_sub(NAMED);
    let more = (more > 0).then(|| phrase!("drill.compare.more", n = more));
    let what = Phrase::chained(named.chain(more), |one, other| {
        phrase!("drill.verdict.and", one, other)
    });
    let is = |wanted| moved.iter().any(|line| line.better == Some(wanted));
    match (is(true), is(false)) {
        (true, false) => phrase!("drill.compare.better", what),
        (false, true) => phrase!("drill.compare.worse", what),
        (true, true) => phrase!("drill.compare.mixed", what),
        (false, false) => phrase!("drill.compare.alike"),
    }
}

fn verdict(score: &Score, language: Language) -> String {
    let verdict = match score.verdict() {
        Verdict::Passed => phrase!("drill.compare.passed"),
        Verdict::Failed => phrase!("drill.compare.failed"),
        Verdict::UnderWay => phrase!("drill.compare.under-way"),
        Verdict::Unsettled => phrase!("drill.compare.unsettled"),
    };
    say(language, &verdict)
}

/// A figure of the scorecard: its code, its value, how it is shown, and whether more is better.
type Figure = (&'static str, fn(&Card) -> Option<i64>, Shown, bool);

#[derive(Clone, Copy)]
enum Shown {
    Count,
    /// A count of which neither more nor less is better.
    Neither,
    Share,
    Length,
    Slack,
}

const FIGURES: [Figure; 10] = [
    ("on-time", |c| c.on_time_permille, Shown::Share, true),
    ("late", |c| i64::try_from(c.late).ok(), Shown::Count, false),
    (
        "not-out",
        |c| i64::try_from(c.missed).ok(),
        Shown::Count,
        false,
    ),
    (
        "by-plan",
        |c| i64::try_from(c.by_plan).ok(),
        Shown::Count,
        false,
    ),
    (
        "later",
        |c| i64::try_from(c.later).ok(),
        Shown::Neither,
        false,
    ),
    ("median-slack", |c| c.median_slack, Shown::Slack, true),
    (
        "first-text",
        |c| c.first_bulletin_after,
        Shown::Length,
        false,
    ),
    ("correction", |c| c.worst_correction, Shown::Length, false),
    ("accepted", |c| c.accepted_permille, Shown::Share, true),
    ("delivered", |c| c.delivered_permille, Shown::Share, true),
];

fn figures(a: &Card, b: &Card, language: Language) -> Vec<Line> {
    let w = &words(language).report;
    let show = |value: Option<i64>, how: Shown| match (value, how) {
        (None, _) => "—".to_owned(),
        (Some(value), Shown::Count | Shown::Neither) => say(
            language,
            &phrase!("drill.compare.count", n = value.unsigned_abs()),
        ),
        (Some(value), Shown::Share) => permille(value),
        (Some(value), Shown::Length) => say(language, &span(value)),
        (Some(value), Shown::Slack) => say(language, &slack(value)),
    };
    let line = |(code, value, how, is_more_better): Figure| {
        let (a, b) = (value(a), value(b));
        let moved = a.zip(b).filter(|(a, b)| a != b);
        Line {
            code: code.to_owned(),
            what: name(code, w).to_owned(),
            before: show(a, how),
            after: show(b, how),
            better: moved
                .filter(|_| !matches!(how, Shown::Neither))
                .map(|(a, b)| (b > a) == is_more_better),
        }
    };
    FIGURES.into_iter().map(line).collect()
}

fn name<'a>(code: &'a str, w: &'a Report) -> &'a str {
    match code {
        "on-time" => &w.on_time_rate,
        "late" => &w.key_late,
        "not-out" => &w.key_missed,
        "by-plan" => &w.plan_faults,
        "later" => &w.later,
        "median-slack" => &w.median_slack,
        "first-text" => &w.first_text,
        "correction" => &w.slowest_correction,
        "accepted" => &w.accepted,
        "delivered" => &w.delivered,
        other => other,
    }
}

/// How many releases of an item were on time, of those that somebody could have kept.
struct Kept {
    name: String,
    kept: usize,
    of: usize,
}

fn items(score: &Score, language: Language) -> BTreeMap<String, Kept> {
    let teller = Teller::of(score, language);
    let mut items: BTreeMap<String, Kept> = BTreeMap::new();
    for release in score.releases.iter().filter(|r| !r.correction) {
        let Some(on_time) = release.on_time.filter(|_| !release.is_missed_by_plan()) else {
            continue;
        };
        let code = format!("{}/{}", release.plan, release.item);
        let known = teller.names.items.get(&code);
        let name = known.map_or(&*release.name, |name| name.say(language));
        let entry = items.entry(code).or_insert_with(|| Kept {
            name: name.to_owned(),
            kept: 0,
            of: 0,
        });
        entry.kept += usize::from(on_time);
        entry.of += 1;
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(late: usize, rate: i64, first: i64) -> Card {
        Card {
            late,
            on_time_permille: Some(rate),
            first_bulletin_after: Some(first),
            ..Card::default()
        }
    }

    fn said(before: &Card, after: &Card) -> String {
        say(
            Language::En,
            &sentence(&figures(before, after, Language::En)),
        )
    }

    #[test]
    fn a_comparison_says_first_whether_it_got_better() {
        let (early, late) = (run(0, 1000, 600), run(3, 900, 600));
        assert!(
            said(&late, &early)
                .starts_with("The later run was better: on time from 90.0% to 100.0%")
        );
        assert!(said(&early, &late).starts_with("The later run was worse"));
        assert!(said(&late, &run(0, 1000, 900)).contains("better in some things and worse"));
        assert_eq!(said(&late, &late), "The two runs do not differ.");
    }
}
