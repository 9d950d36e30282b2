//! Facts for a rehearsal that nobody wants to type: a plain value of each type, marked as simulated where it is text.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::domain::fact::{FactSpec, FactType, FactValue, Facts, Lies};
use crate::domain::level::IncidentGrade;
use crate::domain::plan::Plan;
use crate::domain::release::Release;
use crate::domain::time::Moment;

/// A value for every fact of `plan` that `given` lacks; what a correction says is nothing that an incident lacks, and neither
/// that something was held, nor how grave it is, nor whom a lifting excepts gets made up: all have consequences.
pub fn for_missing(plan: &Plan, given: &Facts, now: Moment) -> BTreeMap<String, Value> {
    let is_held = |code: &String| {
        let mut held = plan.items().filter_map(|item| item.held.as_ref());
        held.any(|held| held.fact == *code)
    };
    let excepts = |code: &String| plan.items().any(|item| item.except.as_ref() == Some(code));
    let specs = plan.event.facts.iter();
    specs
        .filter(|spec| !excepts(&spec.fact))
        .filter(|spec| !spec.is_of_one_text() && !is_held(&spec.fact))
        .filter(|spec| !plan.event.is_english_form(spec))
        .filter(|spec| spec.fact != IncidentGrade::FACT)
        .filter(|spec| !given.contains_key(&spec.fact))
        .map(|spec| (spec.fact.clone(), value(spec, now)))
        .collect()
}

/// That what was announced was held as announced: once that time is past, and where the announcement was out before it.
pub fn for_holdings(
    plan: &Plan,
    given: &Facts,
    releases: &[Release],
    now: Moment,
) -> BTreeMap<String, Value> {
    let held = plan.items().filter_map(|item| item.held.as_ref());
    let held = held.filter(|held| !given.contains_key(&held.fact));
    let at = held.filter_map(|held| {
        let FactValue::Time(at) = given.get(held.announced_for.as_ref()?)?.value else {
            return None;
        };
        let by = held.announced_by.as_ref()?;
        let mut announced = releases
            .iter()
            .filter(|one| one.plan == plan.plan && one.item == *by);
        let is_announced =
            announced.any(|one| one.state.publication().is_some_and(|out| out.at <= at));
        (is_announced && at <= now).then(|| (held.fact.clone(), json!(at.to_rfc3339())))
    });
    at.collect()
}

fn value(spec: &FactSpec, now: Moment) -> Value {
    match spec.kind {
        FactType::Choice => json!(spec.choices.first()),
        // Still to come when the last text of an exercise goes out.
        FactType::Time if spec.lies == Some(Lies::Ahead) => {
            json!((now + chrono::TimeDelta::days(7)).to_rfc3339())
        }
        FactType::List => Value::Array(vec![Value::Object(row(spec, now))]),
        FactType::Text if spec.max.is_some() => {
            let most = spec.max.unwrap_or(u32::MAX) as usize;
            let text: String = format!("模拟{}", spec.label).chars().take(most).collect();
            json!(text)
        }
        kind => scalar(kind, &spec.label, now),
    }
}

fn row(spec: &FactSpec, now: Moment) -> Map<String, Value> {
    let columns = spec.columns.iter();
    columns
        .filter(|column| !spec.is_english_form(&column.column))
        .map(|column| {
            (
                column.column.clone(),
                scalar(column.kind, &column.label, now),
            )
        })
        .collect()
}

fn scalar(kind: FactType, label: &str, now: Moment) -> Value {
    match kind {
        FactType::Number => json!(12.5),
        FactType::Integer => json!(12),
        FactType::Time => json!(now.to_rfc3339()),
        FactType::Duration => json!("24h"),
        FactType::Flag => json!(true),
        FactType::Text | FactType::Choice | FactType::List => json!(format!("{label}（模拟）")),
    }
}
