//! Facts for a rehearsal that nobody wants to type: a plain value of each type, marked as simulated where it is text.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::domain::fact::{ColumnSpec, FactSpec, FactType, Facts};
use crate::domain::time::Moment;

/// A value for every fact of `specs` that `given` lacks; what a correction says is nothing that an incident lacks.
pub fn for_missing(specs: &[FactSpec], given: &Facts, now: Moment) -> BTreeMap<String, Value> {
    specs
        .iter()
        .filter(|spec| !spec.correction && !given.contains_key(&spec.fact))
        .map(|spec| (spec.fact.clone(), value(spec, now)))
        .collect()
}

fn value(spec: &FactSpec, now: Moment) -> Value {
    match spec.kind {
        FactType::Choice => json!(spec.choices.first()),
        FactType::List => Value::Array(vec![Value::Object(row(&spec.columns, now))]),
        FactType::Text if spec.max.is_some() => {
            let most = spec.max.unwrap_or(u32::MAX) as usize;
            let text: String = format!("模拟{}", spec.label).chars().take(most).collect();
            json!(text)
        }
        kind => scalar(kind, &spec.label, now),
    }
}

fn row(columns: &[ColumnSpec], now: Moment) -> Map<String, Value> {
    columns
        .iter()
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
