//! Slack of each item by body, as a table whose cells hold the number, a sign and a shade.

use std::collections::BTreeMap;

use super::page::{Page, text};
use crate::drill::score::{ReleaseScore, Score};
use crate::drill::words;

pub fn draw(page: &mut Page, score: &Score) {
    page.heading("各单位各事项的余时", "Slack by body and item");
    page.note(
        "每格为余时中位数和按时次数；▲ 逾时，✕ 未发。颜色只是补充。",
        "Each cell is the median slack and how many were on time; ▲ late, ✕ not out. The shade only repeats it.",
    );
    let mut cells: BTreeMap<&str, BTreeMap<&str, Vec<&ReleaseScore>>> = BTreeMap::new();
    let mut names: BTreeMap<&str, &str> = BTreeMap::new();
    for release in score
        .releases
        .iter()
        .filter(|r| r.on_time.is_some() && !r.correction)
    {
        names.entry(&release.item).or_insert(&release.name);
        cells
            .entry(&release.item)
            .or_default()
            .entry(&release.body)
            .or_default()
            .push(release);
    }
    let bodies: Vec<(&str, &str)> = score
        .bodies
        .iter()
        .filter(|body| cells.values().any(|row| row.contains_key(&*body.body)))
        .map(|body| (&*body.body, &*body.name))
        .collect();
    let mut html = String::from(
        "<div class=\"scroll\"><table class=\"heat\"><thead><tr><th scope=\"col\">事项<span lang=\"en\">item</span></th>",
    );
    for (code, name) in &bodies {
        html.push_str(&format!(
            "<th scope=\"col\">{}<span lang=\"en\">{}</span></th>",
            text(name),
            text(code)
        ));
    }
    html.push_str("</tr></thead><tbody>");
    for (item, row) in &cells {
        let name = names.get(item).copied().unwrap_or_default();
        html.push_str(&format!(
            "<tr><td>{} <small>{}</small></td>",
            text(name),
            text(item)
        ));
        for (body, _) in &bodies {
            html.push_str(
                &row.get(body)
                    .map_or_else(|| "<td></td>".to_owned(), |found| cell(found)),
            );
        }
        html.push_str("</tr>");
    }
    html.push_str("</tbody></table></div>");
    page.push(&html);
}

fn cell(found: &[&ReleaseScore]) -> String {
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
    let shown = median.map_or_else(|| "—".to_owned(), words::rough);
    format!(
        "<td class=\"{class}\">{sign}{shown} <small>{kept}/{}</small></td>",
        found.len()
    )
}
