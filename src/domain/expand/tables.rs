//! What a declaration, a change of level and an end call for, as tables: what stood before, and what is to be done.

mod decided;
mod explanations;
mod graded;
mod levels;
mod lifting;
mod limits;
mod series;

use super::{Change, Changes, NewRelease, changes};
use crate::domain::fixture::{at, clock, hold, name_of};
use crate::domain::incident::Incident;
use crate::domain::level::ResponseLevel;
use crate::domain::plan::Plan;
use crate::domain::release::Release;

/// A name, the releases that there are, and the lines of [`told`].
type Row<'a> = (&'a str, Vec<Release>, Vec<&'a str>);

/// Holds each row against what `change` calls for at a level that began `when`.
#[track_caller]
fn table(plan: &Plan, incident: &Incident, change: Change, when: &str, rows: Vec<Row<'_>>) {
    hold(rows.into_iter().map(|(name, given, expected)| {
        let got = told(plan, &changes(plan, incident, &given, change, at(when)));
        (name, got, expected)
    }));
}

/// A line for each thing to be done, in the order in which it is done but for what ends, which comes last.
fn told(plan: &Plan, changes: &Changes<'_>) -> Vec<String> {
    let mut lines: Vec<String> = changes.plan.iter().map(planned).collect();
    lines.extend(changes.series.iter().map(|series| {
        let (item, number) = (&series.item.item, series.occurrence);
        format!("next after {item}#{number} {}", clock(series.next_at))
    }));
    let named = |what: &str, id| format!("{what} {}", name_of(id));
    lines.extend(
        changes
            .supersede
            .iter()
            .map(|(id, _)| named("supersede", id)),
    );
    lines.extend(changes.cancel.iter().map(|(id, _)| named("cancel", id)));
    // To stop what has no rhythm does nothing, so a table does not speak of it.
    let recurs = |code: &String| {
        let mut items = plan.levels.values().flatten();
        items.any(|item| item.item == *code && item.repeat.is_some())
    };
    let stopped = changes.stop_series.iter().filter(|code| recurs(code));
    lines.extend(stopped.map(|code| format!("stop {code}")));
    lines
}

/// `notice#1 at IV 03:00 due 04:00, then questions due -`.
fn planned(new: &NewRelease<'_>) -> String {
    let level = new.level.map_or("the end", ResponseLevel::code);
    if new.asks {
        let (item, number) = (&new.item.item, new.occurrence);
        let areas = new.areas.iter().flatten();
        let places: Vec<String> = areas.map(|area| format!(" {}", area.0)).collect();
        let whereto = match places.is_empty() {
            true => String::new(),
            false => format!(" in{}", places.concat()),
        };
        return format!(
            "ask {item}#{number} at {level} {}{whereto}",
            clock(Some(new.opens_at))
        );
    }
    let parts: Vec<String> = new
        .parts
        .iter()
        .map(|part| format!(", in it {} due {}", part.item.item, clock(part.due_at)))
        .collect();
    let then = new.interpretation.as_ref().map(|explanation| {
        let code = &explanation.item.item;
        format!(", then {code} due {}", clock(explanation.due_at))
    });
    format!(
        "{}#{} at {level} {} due {}{}{}",
        new.item.item,
        new.occurrence,
        clock(new.opens_at),
        clock(new.due_at),
        parts.concat(),
        then.unwrap_or_default()
    )
}
