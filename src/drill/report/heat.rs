//! Slack of each item by body: cells that hold the number, a sign and a shade.

use std::collections::BTreeMap;

use crate::drill::score::{ReleaseScore, Score};

pub struct Heat<'a> {
    /// Name and code.
    pub bodies: Vec<(&'a str, &'a str)>,
    pub rows: Vec<Row<'a>>,
}

pub struct Row<'a> {
    pub item: &'a str,
    pub name: &'a str,
    /// One for each body.
    pub cells: Vec<Option<Cell>>,
}

pub struct Cell {
    pub class: &'static str,
    pub sign: &'static str,
    pub median: Option<i64>,
    pub kept: usize,
    pub of: usize,
}

pub fn heat(score: &Score) -> Heat<'_> {
    let mut items: BTreeMap<&str, BTreeMap<&str, Vec<&ReleaseScore>>> = BTreeMap::new();
    let judged = score
        .releases
        .iter()
        .filter(|r| r.on_time.is_some() && !r.correction);
    for release in judged {
        let by_body = items.entry(&release.item).or_default();
        by_body.entry(&release.body).or_default().push(release);
    }
    let bodies = score
        .bodies
        .iter()
        .filter(|body| items.values().any(|row| row.contains_key(&*body.body)));
    let bodies: Vec<(&str, &str)> = bodies.map(|body| (&*body.name, &*body.body)).collect();
    let rows = items.into_iter().map(|(item, by_body)| Row {
        item,
        name: by_body
            .values()
            .flatten()
            .next()
            .map_or("", |release| &release.name),
        cells: bodies
            .iter()
            .map(|(_, code)| by_body.get(code).map(|found| cell(found)))
            .collect(),
    });
    Heat {
        rows: rows.collect(),
        bodies,
    }
}

fn cell(found: &[&ReleaseScore]) -> Cell {
    let mut slack: Vec<i64> = found.iter().filter_map(|release| release.slack).collect();
    slack.sort_unstable();
    let kept = found
        .iter()
        .filter(|release| release.on_time == Some(true))
        .count();
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
        median,
        kept,
        of: found.len(),
    }
}
