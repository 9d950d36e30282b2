//! One incident on the screen.

use serde_json::Value;

use super::super::Result;
use super::super::client::Client;
use super::super::client::views::{Binding, Fact, Incident};
use super::super::ids::shown;
use super::super::output::{line, plain, say, table};
use super::super::release::list as releases;
use super::super::when;
use super::super::words::{count, in_own, joined, named, word};
use super::second;
use crate::domain::time::Moment;

pub(super) fn show(client: &Client, incident: &Incident, now: Moment) -> Result<()> {
    let at = |at| when::stamp(at, client.zone);
    line(&plain(&format!("{}  {}", incident.title, incident.id)))?;
    line(&word!(
        "incident.state",
        event = client.names.event(&incident.event),
        status = named!("incident.choice", &incident.status),
        level = named!("incident.level", &incident.level),
        since = at(incident.level_since)
    ))?;
    let mut times = vec![
        word!("incident.known", at = at(incident.known_at)),
        word!("incident.declared-at", at = at(incident.declared_at)),
    ];
    times.extend(
        incident
            .expected_duration
            .as_ref()
            .map(|span| word!("incident.expected", span = when::span_of(span))),
    );
    times.extend(
        incident
            .ended_at
            .map(|end| word!("incident.ended-at", at = at(end))),
    );
    line(&joined(&times))?;
    let areas = incident.areas.iter().map(|code| client.names.area(code));
    let areas: Vec<String> = areas.collect();
    let plans: Vec<String> = incident
        .plans
        .iter()
        .map(|plan| format!("{} ({})", plan.plan, plan.revision))
        .collect();
    line(&word!(
        "incident.scope",
        areas = joined(&areas),
        plans = joined(&plans)
    ))?;
    line("")?;
    table(
        word!("incident.level-heads"),
        incident.levels.iter().map(|change| {
            [
                change.level.clone(),
                at(change.at),
                change.by.clone(),
                // The first of them has no words of a person.
                match &*change.reason {
                    "declared" => word!("incident.declared").to_owned(),
                    reason => reason.to_owned(),
                },
            ]
        }),
    )?;
    line("")?;
    facts(client, incident)?;
    line("")?;
    binding(client, incident)?;
    releases::table(client, &incident.releases, now)?;
    second::board(client, &incident.asked)?;
    say(&word!("fabu.times-in", zone = client.zone));
    Ok(())
}

/// The measures that bind people on, whatever becomes of the response.
pub(super) fn still_binding(client: &Client, measures: &[Binding]) -> Result<()> {
    let binding: Vec<&Binding> = measures.iter().filter(|one| one.may_bind()).collect();
    if binding.is_empty() {
        return Ok(());
    }
    line("")?;
    line(word!("incident.still-binds"))?;
    listed(client, &binding)
}

/// What binds where since when, and where it was lifted by what.
fn binding(client: &Client, incident: &Incident) -> Result<()> {
    if incident.binding.is_empty() {
        return Ok(());
    }
    line(word!("incident.binding"))?;
    listed(client, &incident.binding.iter().collect::<Vec<_>>())?;
    line("")?;
    Ok(())
}

fn listed(client: &Client, measures: &[&Binding]) -> Result<()> {
    let ids = measures.iter().flat_map(|one| {
        let lifting = one.lifted.iter().map(|lifted| lifted.by.as_str());
        let corrected = one.corrected_by.as_deref();
        lifting.chain([one.release.as_str()]).chain(corrected)
    });
    let short = shown(ids);
    let places = |codes: &[String]| {
        let names = codes.iter().map(|code| client.names.area(code));
        joined(&names.collect::<Vec<_>>())
    };
    let rows = measures.iter().map(|one| {
        let lifted = one.lifted.iter().map(|lifted| {
            let (places, by) = (places(&lifted.areas), short.of(&lifted.by));
            let places = match &lifted.except {
                Some(who) => word!("incident.but-for", places, who),
                None => places,
            };
            let at = when::stamp(lifted.at, client.zone);
            match lifted.to_come {
                true => word!("incident.lifted-from", places, at, by),
                false => word!("incident.lifted-since", places, at, by),
            }
        });
        let name = in_own(&one.name, one.name_en.as_ref());
        let title = match (&one.unreadable, &one.document_number) {
            (Some(_), _) => name.to_owned(),
            (None, Some(number)) => format!("{name} 《{}》{number}", one.title),
            (None, None) => format!("{name} 《{}》", one.title),
        };
        let title = match &one.corrected_by {
            Some(by) => word!("incident.corrected-by", title, by = short.of(by)),
            None => title,
        };
        [
            short.of(&one.release),
            title,
            when::stamp(one.since, client.zone),
            match (&one.unreadable, one.areas.is_empty()) {
                (Some(why), _) => word!("incident.binds-unknown", why),
                (None, true) => word!("incident.binds-nowhere").to_owned(),
                (None, false) => {
                    let named = one.areas.iter().map(|code| {
                        let name = client.names.area(code);
                        match one.only.iter().find(|only| only.area == *code) {
                            Some(only) => format!("{name}（{}）", only.who),
                            None => name,
                        }
                    });
                    joined(&named.collect::<Vec<_>>())
                }
            },
            joined(&lifted.collect::<Vec<_>>()),
        ]
    });
    Ok(table(word!("incident.measure-heads"), rows)?)
}

pub(super) fn facts(client: &Client, incident: &Incident) -> Result<()> {
    Ok(table(
        word!("incident.fact-heads"),
        incident.facts.iter().map(|(name, fact)| {
            [
                client.names.fact_to_type(&incident.event, name),
                value(client, fact),
                when::stamp(fact.as_of, client.zone),
                fact.source.clone().unwrap_or_default(),
            ]
        }),
    )?)
}

fn value(client: &Client, fact: &Fact) -> String {
    match (&*fact.kind, &fact.value) {
        ("duration", Value::String(text)) => when::span_of(text),
        ("list", Value::Array(rows)) => count!("fabu.rows", rows.len() as u64),
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
