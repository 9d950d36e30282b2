//! The JSON Schema of every kind of file: what editors complete from is what the checker validates with.

use std::str::FromStr;

use serde_json::{Map, Value, json};

use super::file::{BodiesFile, EventsFile, HolidaysFile, PlanFile, RulesFile};
use super::scenario::DrillFile;
use crate::domain::channel::ChannelDef;
use crate::domain::recurrence::CronRule;
use crate::domain::time::Span;

/// The kinds of files that a locality writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    Plan,
    Bodies,
    Events,
    Rules,
    Channel,
    Holidays,
    Drill,
}

impl FileKind {
    pub const ALL: [Self; 7] = [
        Self::Plan,
        Self::Bodies,
        Self::Events,
        Self::Rules,
        Self::Channel,
        Self::Holidays,
        Self::Drill,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Bodies => "bodies",
            Self::Events => "events",
            Self::Rules => "rules",
            Self::Channel => "channel",
            Self::Holidays => "holidays",
            Self::Drill => "drill",
        }
    }

    /// `plan.schema.json`.
    pub fn schema_file(self) -> String {
        format!("{}.schema.json", self.code())
    }
}

/// The JSON Schema (2020-12) of one kind of file.
pub fn schema(kind: FileKind) -> Value {
    let schema = match kind {
        FileKind::Plan => schemars::schema_for!(PlanFile),
        FileKind::Bodies => schemars::schema_for!(BodiesFile),
        FileKind::Events => schemars::schema_for!(EventsFile),
        FileKind::Rules => schemars::schema_for!(RulesFile),
        FileKind::Channel => schemars::schema_for!(ChannelDef),
        FileKind::Holidays => schemars::schema_for!(HolidaysFile),
        FileKind::Drill => schemars::schema_for!(DrillFile),
    };
    let mut value = schema.to_value();
    without_null(&mut value);
    if let Some(properties) = value
        .pointer_mut("/$defs/ItemFile/properties")
        .and_then(Value::as_object_mut)
    {
        for (_, property) in properties.iter_mut().filter(|(key, _)| *key != "item") {
            allow_null(property);
        }
    }
    titled(kind, value)
}

/// The schema with what a reader looks for first in front.
fn titled(kind: FileKind, schema: Value) -> Value {
    let mut out = Map::new();
    for key in ["$schema", "title"] {
        out.insert(key.into(), schema.get(key).cloned().unwrap_or_default());
    }
    out.insert("title".into(), format!("fabu {} file", kind.code()).into());
    if let Value::Object(members) = schema {
        out.extend(
            members
                .into_iter()
                .filter(|(key, _)| !matches!(key.as_str(), "$schema" | "title")),
        );
    }
    Value::Object(out)
}

/// The schema as text, the way it is kept in `schema/`.
pub fn schema_text(kind: FileKind) -> String {
    format!("{:#}\n", schema(kind))
}

/// `key:` with nothing behind it is a slip, not a choice: an optional key is left out.
fn without_null(value: &mut Value) {
    match value {
        Value::Array(members) => members.iter_mut().for_each(without_null),
        Value::Object(members) => {
            if members.get("default") == Some(&Value::Null) {
                members.shift_remove("default");
            }
            if let Some(Value::Array(types)) = members.get_mut("type") {
                types.retain(|name| name != "null");
                if let [only] = &types[..] {
                    let only = only.clone();
                    members.insert("type".into(), only);
                }
            }
            if let Some(Value::Array(branches)) = members.get_mut("anyOf") {
                branches.retain(|branch| *branch != json!({"type": "null"}));
                if let [only] = &branches[..] {
                    let only = only.clone();
                    members.shift_remove("anyOf");
                    if let Value::Object(only) = only {
                        only.into_iter()
                            .for_each(|(key, value)| drop(members.insert(key, value)));
                    }
                }
            }
            members.values_mut().for_each(without_null);
        }
        _ => {}
    }
}

fn allow_null(property: &mut Value) {
    let old = property.take();
    let mut wrapped = Map::new();
    if let Some(description) = old.get("description") {
        wrapped.insert("description".into(), description.clone());
    }
    wrapped.insert("anyOf".into(), json!([old, {"type": "null"}]));
    *property = Value::Object(wrapped);
}

/// The validator of one kind, with the formats that plans use.
///
/// # Errors
/// The schema itself is wrong, which a test rules out.
pub fn validator(kind: FileKind) -> Result<(Value, jsonschema::Validator), String> {
    let schema = schema(kind);
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .should_ignore_unknown_formats(true)
        .with_format("span", |text| Span::from_str(text).is_ok())
        .with_format("cron", |text| CronRule::from_str(text).is_ok())
        .with_format("time-zone", |text| chrono_tz::Tz::from_str(text).is_ok())
        .with_format("date", |text| {
            text.len() == 10 && chrono::NaiveDate::from_str(text).is_ok()
        })
        .build(&schema)
        .map_err(|error| error.to_string())?;
    Ok((schema, validator))
}
