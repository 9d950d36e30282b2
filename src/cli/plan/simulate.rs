//! `fabu plan simulate`: the dated list that a declaration at a given moment would give. Declares nothing.

use std::io::{self, Write};
use std::path::Path;

use chrono::{DateTime, TimeDelta};
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::super::when;
use super::super::words::{count, either, joined, named, word};
use super::super::{Exit, Failure};
use super::{DONE, INVALID, SimulateArgs, grid, load, spelled};
use crate::domain::deadline::counted_beyond_calendar;
use crate::domain::expand::{Forecast, Raise, forecast, forecast_raise, supposed};
use crate::domain::plan::{Item, Plan, PlanSet};
use crate::domain::time::Moment;

pub fn run(
    args: &SimulateArgs,
    root: &Path,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<u8> {
    let Some(loaded) = load::plans(root, Some(&args.plan), args.at.date_naive(), err)? else {
        return Ok(INVALID);
    };
    let at = args.at.to_utc();
    let until = at + TimeDelta::days(i64::from(args.days));
    let known_at = args.known_at.as_ref().map_or(at, DateTime::to_utc);
    if known_at > at {
        let what = word!("plan.known-late");
        write!(err, "{}", Failure::new(Exit::Invalid, what))?;
        return Ok(INVALID);
    }
    let mut answers: Vec<Value> = Vec::new();
    for pinned in &loaded.plans {
        let plan = &*pinned.plan;
        if !plan.levels.contains_key(&args.level) {
            let what = word!(
                "plan.no-level",
                plan = plan.plan,
                level = named!("incident.level", args.level.code())
            );
            write!(err, "{}", Failure::new(Exit::Invalid, what))?;
            return Ok(INVALID);
        }
        let mut list = match args.raised_from {
            None => {
                let mut incident = supposed(plan, args.level, at, known_at);
                if let Some(grade) = args.grade {
                    incident = incident.graded(grade, at);
                }
                forecast(plan, &incident, at, until)
            }
            Some(from) if from < args.level && plan.levels.contains_key(&from) => {
                let raise = Raise {
                    from,
                    declared_at: at - TimeDelta::hours(1),
                    to: args.level,
                    at,
                };
                let mut list = forecast_raise(plan, raise, until);
                // What went out before is no longer ahead.
                list.retain(|line| line.due_at.is_none_or(|due| due >= at));
                list
            }
            Some(from) => {
                let what = word!(
                    "plan.no-raise",
                    plan = plan.plan,
                    from = named!("incident.level", from.code()),
                    level = named!("incident.level", args.level.code())
                );
                write!(err, "{}", Failure::new(Exit::Invalid, what))?;
                return Ok(INVALID);
            }
        };
        // What waits for somebody has no date and stands last.
        list.sort_by_key(|line| line.due_at.is_none());
        beyond(plan, &list, err)?;
        if args.json {
            answers.push(json!({
                "plan": plan.plan,
                "level": args.level.code(),
                "releases": list.iter().map(|line| as_json(plan, line)).collect::<Vec<_>>(),
            }));
        } else {
            writeln!(
                out,
                "{} · {} · {}",
                either(&plan.title, plan.title_en.as_deref().unwrap_or(&plan.title)),
                either(args.level.zh(), &args.level.en()).to_owned()
                    + &args.grade.map_or_else(String::new, |grade| {
                        format!(" · {}", either(grade.zh(), &grade.en()))
                    }),
                local(at, plan.zone)
            )?;
            let (ready, dated): (Vec<_>, Vec<_>) = list.iter().partition(|line| line.asks);
            let set = &loaded.set;
            grid::print(
                word!("plan.simulate-heads"),
                dated.iter().map(|line| row(set, plan, line, at)),
                out,
            )?;
            if !ready.is_empty() {
                writeln!(out, "\n{}", word!("plan.ready"))?;
                let rows = ready.iter().map(|line| ready_row(set, plan, line.item));
                grid::print(word!("plan.ready-heads"), rows, out)?;
            }
            let releases = count!("release.count", dated.len() as u64);
            let ready = count!("plan.measures", ready.len() as u64);
            let days = count!("plan.days", u64::from(args.days));
            writeln!(err, "{}", word!("plan.simulated", releases, days, ready))?;
        }
    }
    if args.json {
        serde_json::to_writer_pretty(&mut *out, &json!({ "plans": answers }))?;
        writeln!(out)?;
    }
    Ok(DONE)
}

/// The year that the calendar does not know, if this deadline was counted through it.
fn unknown_year(plan: &Plan, line: &Forecast<'_>) -> Option<i32> {
    counted_beyond_calendar(&line.item.due, line.due_at, plan.zone, &plan.calendar)
}

/// Says which deadlines are only as good as a calendar that has ended.
fn beyond(plan: &Plan, list: &[Forecast<'_>], err: &mut dyn Write) -> io::Result<()> {
    let mut years: Vec<i32> = list
        .iter()
        .filter_map(|line| unknown_year(plan, line))
        .collect();
    years.sort_unstable();
    years.dedup();
    for year in years {
        let items: Vec<&str> = list
            .iter()
            .filter(|line| unknown_year(plan, line) == Some(year))
            .map(|line| line.item.item.as_str())
            .collect();
        let what = word!("plan.no-holidays", year, items = joined(&items));
        writeln!(err, "{}", word!("fabu.warning", what))?;
    }
    Ok(())
}

fn local(at: Moment, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string()
}

fn row(set: &PlanSet, plan: &Plan, line: &Forecast<'_>, at: Moment) -> Vec<String> {
    let after = line.due_at.map(|due| {
        let minutes = (due - at).num_minutes();
        format!("{:>3}:{:02}", minutes / 60, minutes % 60)
    });
    let name = spelled::item(line.item);
    let mut name = match line.interprets {
        Some(code) => format!("{name} ({})", spelled::item_of(plan, code)),
        None => name.to_owned(),
    };
    let parts: Vec<&str> = line.parts.iter().map(|part| spelled::item(part)).collect();
    if !parts.is_empty() {
        name = word!("plan.with", name, parts = joined(&parts));
    }
    vec![
        line.due_at.map_or("–".into(), |due| {
            let mark =
                unknown_year(plan, line).map_or(String::new(), |year| word!("release.doubt", year));
            let due = format!("{}{mark}", local(due, plan.zone));
            match &line.item.held {
                None => due,
                Some(held) => {
                    let text = word!(
                        "plan.text-after-holding",
                        within = when::span(held.text_within)
                    );
                    format!("{}\n{text}", word!("plan.held", due))
                }
            }
        }),
        after.unwrap_or_default(),
        local(line.opens_at, plan.zone),
        line.item.item.clone(),
        name,
        line.occurrence.to_string(),
        spelled::channels(set, line.item),
        spelled::route(set, plan, line.item),
    ]
}

/// A measure that waits for an order: who gives it, what it excludes, and how long there is from then on.
fn ready_row(set: &PlanSet, plan: &Plan, item: &Item) -> Vec<String> {
    let clock: Vec<String> = item
        .due
        .iter()
        .map(|due| spelled::deadline(item, due))
        .collect();
    vec![
        item.item.clone(),
        spelled::item(item).to_owned(),
        spelled::deciders(set, plan, item),
        joined(&clock),
        spelled::excluded(plan, item).unwrap_or_default(),
        spelled::channels(set, item),
        spelled::route(set, plan, item),
    ]
}

fn as_json(plan: &Plan, line: &Forecast<'_>) -> Value {
    let zoned = |at: Moment| at.with_timezone(&plan.zone).to_rfc3339();
    let channels: Vec<&str> = line
        .item
        .channels
        .iter()
        .map(|c| c.channel.as_str())
        .collect();
    json!({
        "item": line.item.item,
        "name": line.item.name,
        "name_en": line.item.name_en,
        "kind": line.item.kind,
        "occurrence": line.occurrence,
        "opens_at": zoned(line.opens_at),
        "due_at": line.due_at.map(zoned),
        "due_beyond_calendar": unknown_year(plan, line),
        "text_within_of_holding": line.item.held.as_ref().map(|held| held.text_within),
        "interprets": line.interprets,
        "channels": channels,
        "route": line.item.route,
        "decided": line.asks,
        "decided_by": line.item.decided_by,
        "instead_of": line.item.instead_of,
        "carries": line.parts.iter().map(|part| &part.item).collect::<Vec<_>>(),
    })
}
