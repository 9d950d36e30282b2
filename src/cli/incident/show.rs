//! One incident on the screen.

use serde_json::Value;

use super::super::Result;
use super::super::client::Client;
use super::super::client::views::{Fact, Incident};
use super::super::output::{line, plain, say, table};
use super::super::release::list as releases;
use super::super::when;
use crate::domain::time::Moment;

/// `进行中 active`.
pub(super) fn status(code: &str) -> String {
    let zh = match code {
        "active" => "进行中",
        "ended" => "已终止",
        "archived" => "已归档",
        "withdrawn" => "已撤销",
        _ => return code.to_owned(),
    };
    format!("{zh} {code}")
}

pub(super) fn show(client: &Client, incident: &Incident, now: Moment) -> Result<()> {
    let at = |at| when::stamp(at, client.zone);
    line(&plain(&format!("{}  {}", incident.title, incident.id)))?;
    line(&format!(
        "{}, {}, level {} since {}",
        incident.event,
        status(&incident.status),
        incident.level,
        at(incident.level_since)
    ))?;
    line(&format!(
        "接报 known {}, 申报 declared {}{}{}",
        at(incident.known_at),
        at(incident.declared_at),
        incident
            .expected_duration
            .as_ref()
            .map_or_else(String::new, |span| format!(", 预计 expected {span}")),
        incident
            .ended_at
            .map_or_else(String::new, |end| format!(", 终止 ended {}", at(end)))
    ))?;
    let plans: Vec<String> = incident
        .plans
        .iter()
        .map(|plan| format!("{} ({})", plan.plan, plan.revision))
        .collect();
    line(&format!(
        "地区 areas {}; 方案 plans {}",
        incident.areas.join(", "),
        plans.join(", ")
    ))?;
    line("")?;
    table(
        ["级别 level", "自 since", "由 by", "原因 reason"],
        incident.levels.iter().map(|change| {
            [
                change.level.clone(),
                at(change.at),
                change.by.clone(),
                change.reason.clone(),
            ]
        }),
    )?;
    line("")?;
    facts(client, incident)?;
    line("")?;
    releases::table(client, &incident.releases, now)?;
    say(&format!("times in {}", client.zone));
    Ok(())
}

pub(super) fn facts(client: &Client, incident: &Incident) -> Result<()> {
    Ok(table(
        ["事实 fact", "值 value", "截至 as of", "来源 source"],
        incident.facts.iter().map(|(name, fact)| {
            [
                name.clone(),
                value(client, fact),
                when::stamp(fact.as_of, client.zone),
                fact.source.clone().unwrap_or_default(),
            ]
        }),
    )?)
}

fn value(client: &Client, fact: &Fact) -> String {
    match (&*fact.kind, &fact.value) {
        ("list", Value::Array(rows)) => format!("{} 行 rows", rows.len()),
        ("time", Value::String(text)) => match chrono::DateTime::parse_from_rfc3339(text) {
            Ok(at) => when::stamp(at.to_utc(), client.zone),
            Err(_) => text.clone(),
        },
        (_, Value::String(text)) => shortened(text),
        // `180`, not `180.0`.
        (_, Value::Number(number)) => number
            .as_f64()
            .map_or_else(|| number.to_string(), |number| number.to_string()),
        (_, other) => other.to_string(),
    }
}

/// A cell is a glance; `--json` has the whole text.
fn shortened(text: &str) -> String {
    const MOST: usize = 60;
    let flat = text.replace('\n', " ");
    if flat.chars().count() <= MOST {
        return flat;
    }
    flat.chars().take(MOST).chain(['…']).collect()
}
