//! Time left of each item by body: cells that hold it in words, a sign and a shade.

use std::collections::BTreeMap;

use super::pen::Pen;
use crate::drill::score::{ReleaseScore, Score};

pub struct Heat {
    pub bodies: Vec<String>,
    pub rows: Vec<Row>,
}

pub struct Row {
    pub item: String,
    /// One for each body.
    pub cells: Vec<Option<Cell>>,
}

pub struct Cell {
    pub class: &'static str,
    pub sign: &'static str,
    pub median: String,
    pub kept: usize,
    pub of: usize,
}

/// Those that came closest to their limits, or missed them, first.
pub fn heat(score: &Score, pen: &Pen) -> Heat {
    let mut items: BTreeMap<(&str, &str), Vec<&ReleaseScore>> = BTreeMap::new();
    for release in score
        .releases
        .iter()
        .filter(|r| r.on_time.is_some() && !r.correction)
    {
        let key = (&*release.plan, &*release.item);
        items.entry(key).or_default().push(release);
    }
    let mut rows: Vec<(i64, (&str, &str), Vec<&ReleaseScore>)> = items
        .into_iter()
        .map(|(key, found)| (worst(&found), key, found))
        .collect();
    rows.sort_by_key(|(worst, key, _)| (*worst, *key));
    let has = |code: &str| {
        rows.iter()
            .any(|(.., all)| all.iter().any(|r| r.body == code))
    };
    let bodies = score.bodies.iter().map(|body| &*body.body);
    let bodies: Vec<&str> = bodies.filter(|body| has(body)).collect();
    let rows = rows.iter().map(|(_, (plan, item), all)| Row {
        item: pen.tell.names.item(pen.language, plan, item),
        cells: bodies
            .iter()
            .map(|body| {
                let own: Vec<_> = all.iter().filter(|r| r.body == *body).copied().collect();
                (!own.is_empty()).then(|| cell(&own, pen))
            })
            .collect(),
    });
    Heat {
        rows: rows.collect(),
        bodies: bodies.iter().map(|body| pen.body(body)).collect(),
    }
}

/// The least time that was left; less than nothing for what never came.
fn worst(found: &[&ReleaseScore]) -> i64 {
    let left = |release: &&ReleaseScore| release.slack.unwrap_or(i64::MIN);
    found.iter().map(left).min().unwrap_or(0)
}

fn cell(found: &[&ReleaseScore], pen: &Pen) -> Cell {
    let mut slack: Vec<i64> = found.iter().filter_map(|release| release.slack).collect();
    slack.sort_unstable();
    let kept = found.iter().filter(|release| release.on_time == Some(true));
    let kept = kept.count();
    let lost = found.iter().any(|release| release.published_at.is_none());
    let median = slack.get(slack.len() / 2).copied();
    let (class, sign) = match median {
        _ if lost => ("x", "✕ "),
        Some(slack) if slack < -600 => ("l2", "▲ "),
        _ if kept < found.len() => ("l1", "▲ "),
        Some(slack) if slack >= 1800 => ("h2", ""),
        Some(slack) if slack >= 300 => ("h1", ""),
        _ => ("h0", ""),
    };
    Cell {
        class,
        sign,
        median: pen.slack(median),
        kept,
        of: found.len(),
    }
}
