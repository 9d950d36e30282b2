//! Two runs side by side: the figures of both, and the items whose deadlines were kept differently.

use std::collections::BTreeMap;

use serde::Serialize;

use super::score::{Card, Score};
use super::words;

/// One line of a comparison; `better` is said only where more or less is plainly better.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    pub what: String,
    pub before: String,
    pub after: String,
    pub better: Option<bool>,
}

/// The scorecards, and every item whose deadlines were kept differently.
pub fn compare(before: &Score, after: &Score) -> Vec<Line> {
    let mut lines = vec![Line {
        what: "结论 verdict".into(),
        before: verdict(before),
        after: verdict(after),
        better: (before.passed != after.passed).then_some(after.passed),
    }];
    lines.extend(figures(&before.card, &after.card));
    let (old, new) = (items(before), items(after));
    let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        let (a, b) = (
            old.get(name).copied().unwrap_or_default(),
            new.get(name).copied().unwrap_or_default(),
        );
        if a != b {
            let share = |(kept, of): (usize, usize)| (kept * 1000).checked_div(of).unwrap_or(0);
            lines.push(Line {
                what: name.clone(),
                before: format!("{}/{}", a.0, a.1),
                after: format!("{}/{}", b.0, b.1),
                better: (share(a) != share(b)).then(|| share(b) > share(a)),
            });
        }
    }
    lines
}

fn verdict(score: &Score) -> String {
    let (zh, en) = score.verdict().words();
    format!("{zh} {en}")
}

fn figures(a: &Card, b: &Card) -> Vec<Line> {
    let line =
        |what: &str, a: Option<i64>, b: Option<i64>, show: fn(i64) -> String, more: bool| Line {
            what: what.to_owned(),
            before: a.map_or_else(|| "—".into(), show),
            after: b.map_or_else(|| "—".into(), show),
            better: a
                .zip(b)
                .filter(|(a, b)| a != b)
                .map(|(a, b)| (b > a) == more),
        };
    let count = |value: usize| i64::try_from(value).ok();
    let plain = |value: i64| value.to_string();
    vec![
        line(
            "按时率 on time",
            a.on_time_permille,
            b.on_time_permille,
            words::permille,
            true,
        ),
        line("逾时 late", count(a.late), count(b.late), plain, false),
        line(
            "未发 not out",
            count(a.missed),
            count(b.missed),
            plain,
            false,
        ),
        line(
            "余时中位 median slack",
            a.median_slack,
            b.median_slack,
            words::rough,
            true,
        ),
        line(
            "首发用时 first text after",
            a.first_bulletin_after,
            b.first_bulletin_after,
            words::rough,
            false,
        ),
        line(
            "最慢更正 slowest correction",
            a.worst_correction,
            b.worst_correction,
            words::rough,
            false,
        ),
        line(
            "受理率 accepted",
            a.accepted_permille,
            b.accepted_permille,
            words::permille,
            true,
        ),
        line(
            "送达率 delivered",
            a.delivered_permille,
            b.delivered_permille,
            words::permille,
            true,
        ),
    ]
}

/// On time and settled releases of each item.
fn items(score: &Score) -> BTreeMap<String, (usize, usize)> {
    let mut items: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for release in score.releases.iter().filter(|r| !r.correction) {
        let Some(on_time) = release.on_time else {
            continue;
        };
        let entry = items
            .entry(format!(
                "{} {}/{}",
                release.name, release.plan, release.item
            ))
            .or_default();
        entry.0 += usize::from(on_time);
        entry.1 += 1;
    }
    items
}
