//! Faults of shape: what the JSON Schema of a file does not allow, all of them at once, in plain words.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::diagnostic::Report;
use super::schema::{self, FileKind};
use super::source::Source;
use super::words::{closest, list, name_of, short, suggest};
use super::yaml::join;

/// A file that has the right shape, or had it once its faulty keys were cut out.
#[derive(Debug)]
pub struct Shaped<T> {
    pub spec: T,
    /// The value that `spec` was read from.
    pub value: Value,
    /// Pointers of what was cut out; nothing below them is missing, it is faulty.
    pub cut: Vec<String>,
}

/// The most faults of one file that are told. Whoever has more has given the wrong file.
const MOST: usize = 300;

/// Checks `source` against the schema of `kind` and reads it as far as it is sound, so that one slip does not hide
/// what else is wrong. None = too much is wrong to go on.
pub fn read<T: DeserializeOwned>(
    source: &Source,
    kind: FileKind,
    report: &mut Report,
) -> Option<Shaped<T>> {
    let mut faults = faults(source.value(), kind);
    let sound = faults.is_empty();
    if faults.len() > MOST {
        let more = faults.len() - MOST;
        faults.truncate(MOST);
        tell(source, faults, report);
        report
            .error(
                "more-faults",
                source.at(""),
                format!("{more} more faults of this file are not told"),
            )
            .help("is this the right file?");
        return None;
    }
    let pointers: Vec<String> = faults.iter().map(|fault| fault.pointer.clone()).collect();
    tell(source, faults, report);
    let mut value = source.value().clone();
    let mut cut = Vec::new();
    for pointer in pointers {
        cut.extend(cut_out(&mut value, &pointer));
    }
    match serde_json::from_value(value.clone()) {
        Ok(spec) => Some(Shaped { spec, value, cut }),
        Err(error) => {
            if sound {
                // Schema and reader disagree: no fault of the author's, but the file cannot be used.
                report
                    .error(
                        "unreadable-value",
                        source.at(""),
                        format!("the file cannot be read: {error}"),
                    )
                    .help("please report this: the schema allowed what the program cannot read");
            }
            None
        }
    }
}

fn tell(source: &Source, faults: Vec<Fault>, report: &mut Report) {
    for fault in faults {
        let place = if fault.at_key {
            source.key(&fault.pointer)
        } else {
            source.at(&fault.pointer)
        };
        report
            .error(fault.code, place, fault.message)
            .help_if(fault.help);
    }
}

/// Removes the key at or above `pointer`; what lies in a list stays unless a key lies between.
fn cut_out(value: &mut Value, pointer: &str) -> Option<String> {
    let mut at = pointer;
    loop {
        let (parent, last) = at.rsplit_once('/')?;
        if let Some(Value::Object(members)) = value.pointer_mut(parent) {
            let key = last.replace("~1", "/").replace("~0", "~");
            members.shift_remove(&key);
            return Some(at.to_owned());
        }
        at = parent;
    }
}

struct Fault {
    pointer: String,
    /// It stands at the key, not at the value.
    at_key: bool,
    code: &'static str,
    message: String,
    help: Option<String>,
}

/// Schemas are built once; a checker reads dozens of files.
static VALIDATORS: Mutex<BTreeMap<&'static str, std::sync::Arc<(Value, Validator)>>> =
    Mutex::new(BTreeMap::new());

fn faults(value: &Value, kind: FileKind) -> Vec<Fault> {
    let mut found = Vec::new();
    let known = VALIDATORS
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .get(kind.code())
        .cloned();
    let compiled = match known {
        Some(compiled) => compiled,
        None => match schema::validator(kind) {
            Ok(compiled) => {
                let compiled = std::sync::Arc::new(compiled);
                VALIDATORS
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(kind.code(), std::sync::Arc::clone(&compiled));
                compiled
            }
            Err(error) => {
                found.push(Fault {
                    pointer: String::new(),
                    at_key: false,
                    code: "unreadable-value",
                    message: format!("the schema of this kind of file is broken: {error}"),
                    help: None,
                });
                return found;
            }
        },
    };
    let (schema, validator) = &*compiled;
    for error in validator.iter_errors(value) {
        explain(&error, schema, &mut found);
    }
    found
}

fn explain(error: &ValidationError<'_>, schema: &Value, out: &mut Vec<Fault>) {
    let pointer = error.instance_path().as_str().to_owned();
    let node = node_of(error, schema);
    let value = error.instance();
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let known: Vec<&str> = node
                .get("properties")
                .and_then(Value::as_object)
                .map(|properties| properties.keys().map(String::as_str).collect())
                .unwrap_or_default();
            for key in unexpected {
                out.push(Fault {
                    pointer: join(&pointer, key),
                    at_key: true,
                    code: "unknown-key",
                    message: format!("unknown key `{}`", short(key)),
                    help: suggest(key, known.iter().copied()),
                });
            }
        }
        ValidationErrorKind::Required { property } => {
            let key = property.as_str().unwrap_or_default();
            let what = node
                .pointer(&join("/properties", key))
                .map(|property| expected(property, schema));
            out.push(Fault {
                pointer,
                at_key: true,
                code: "missing-key",
                message: format!("the key `{key}` is missing here"),
                help: what.map(|what| format!("add `{key}:` with {what}")),
            });
        }
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            let best = context
                .iter()
                .filter(|branch| fits(branch, &pointer))
                .min_by_key(|branch| branch.len());
            match best {
                Some(branch) => branch.iter().for_each(|error| explain(error, schema, out)),
                None => out.push(mismatch(pointer, node, value, schema)),
            }
        }
        ValidationErrorKind::Type { .. }
        | ValidationErrorKind::Enum { .. }
        | ValidationErrorKind::Constant { .. } => {
            out.push(mismatch(pointer, node, value, schema));
        }
        // A format says the same, and more exactly.
        ValidationErrorKind::Pattern { .. } | ValidationErrorKind::MinLength { .. }
            if node.get("format").is_some() => {}
        ValidationErrorKind::Format { .. } | ValidationErrorKind::Pattern { .. } => {
            let text = value.as_str().unwrap_or_default();
            let format = node.get("format").and_then(Value::as_str).unwrap_or("");
            let (code, help) = match format {
                "span" => ("bad-duration", None),
                "cron" => ("bad-cron", cron_help(text)),
                "time-zone" => ("bad-time-zone", zone_help(text)),
                "date" => ("bad-date", None),
                _ => ("bad-value", None),
            };
            out.push(Fault {
                pointer,
                at_key: false,
                code,
                message: format!("expected {}, got `{}`", expected(node, schema), short(text)),
                help,
            });
        }
        ValidationErrorKind::MinItems { .. } | ValidationErrorKind::MinProperties { .. } => {
            out.push(Fault {
                pointer,
                at_key: true,
                code: "empty-list",
                message: "nothing is listed here".into(),
                help: Some("give at least one, or leave the key out where that is allowed".into()),
            });
        }
        _ => out.push(Fault {
            pointer,
            at_key: false,
            code: "bad-value",
            message: short(&error.to_string()),
            help: None,
        }),
    }
}

/// Whether a branch of a choice is the one that was meant: the value has its form, only its parts are wrong.
fn fits(branch: &[ValidationError<'_>], pointer: &str) -> bool {
    !branch.iter().any(|error| {
        error.instance_path().as_str() == pointer
            && match error.kind() {
                ValidationErrorKind::Type { .. }
                | ValidationErrorKind::Enum { .. }
                | ValidationErrorKind::Constant { .. } => true,
                ValidationErrorKind::AnyOf { context }
                | ValidationErrorKind::OneOfNotValid { context } => {
                    !context.iter().any(|branch| fits(branch, pointer))
                }
                _ => false,
            }
    })
}

fn mismatch(pointer: String, node: &Value, value: &Value, schema: &Value) -> Fault {
    let words = allowed_words(node, schema);
    let help = match value {
        Value::String(text) => {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            closest(text, &words).map(|word| format!("did you mean `{word}`?"))
        }
        Value::Number(_) | Value::Bool(_) if wants(node, schema, "string") => {
            Some("put it in quotes".into())
        }
        Value::Null => Some("give a value, or take the key out".into()),
        _ => None,
    };
    let code = if value.is_string() && !words.is_empty() {
        "unknown-value"
    } else {
        "wrong-type"
    };
    Fault {
        pointer,
        at_key: false,
        code,
        message: format!(
            "expected {}, got {}",
            expected(node, schema),
            name_of(value)
        ),
        help,
    }
}

fn cron_help(text: &str) -> Option<String> {
    text.parse::<crate::domain::recurrence::CronRule>()
        .err()
        .map(|error| short_sentence(&error.to_string()))
}

fn short_sentence(text: &str) -> String {
    text.chars().take(240).filter(|c| !c.is_control()).collect()
}

fn zone_help(text: &str) -> Option<String> {
    let names: Vec<&str> = chrono_tz::TZ_VARIANTS
        .iter()
        .map(|zone| zone.name())
        .collect();
    closest(text, &names).map(|name| format!("did you mean `{name}`?"))
}

/// The part of the schema that the error is about.
fn node_of<'a>(error: &ValidationError<'_>, schema: &'a Value) -> &'a Value {
    let path = error.schema_path().as_str();
    let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
    schema.pointer(parent).unwrap_or(&Value::Null)
}

fn resolve<'a>(node: &'a Value, schema: &'a Value) -> &'a Value {
    node.get("$ref")
        .and_then(Value::as_str)
        .and_then(|target| target.strip_prefix('#'))
        .and_then(|target| schema.pointer(target))
        .unwrap_or(node)
}

fn branches(node: &Value) -> impl Iterator<Item = &Value> {
    ["anyOf", "oneOf"]
        .into_iter()
        .filter_map(|key| node.get(key))
        .filter_map(Value::as_array)
        .flatten()
}

/// The fixed words that may stand here.
fn allowed_words(node: &Value, schema: &Value) -> Vec<String> {
    let node = resolve(node, schema);
    let mut words: Vec<String> = node
        .get("enum")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .chain(node.get("const"))
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    words.extend(branches(node).flat_map(|branch| allowed_words(branch, schema)));
    words
}

fn wants(node: &Value, schema: &Value, kind: &str) -> bool {
    let node = resolve(node, schema);
    node.get("type").and_then(Value::as_str) == Some(kind)
        || branches(node).any(|branch| wants(branch, schema, kind))
}

/// The forms other than fixed words that a choice allows.
fn forms(node: &Value, schema: &Value, out: &mut Vec<String>) {
    for branch in branches(node) {
        let branch = resolve(branch, schema);
        if branches(branch).next().is_some() {
            forms(branch, schema, out);
        } else if allowed_words(branch, schema).is_empty() {
            let form = expected(branch, schema);
            if form != "nothing" && !out.contains(&form) {
                out.push(form);
            }
        }
    }
}

/// What a schema asks for, as the end of a sentence.
fn expected(node: &Value, schema: &Value) -> String {
    let node = resolve(node, schema);
    let described = node.get("format").is_some() || node.get("pattern").is_some();
    if let Some(words) = node.get("description").and_then(Value::as_str)
        && described
    {
        return words.to_owned();
    }
    let words = allowed_words(node, schema);
    let mut parts = Vec::new();
    forms(node, schema, &mut parts);
    if !words.is_empty() {
        parts.insert(
            0,
            match &words[..] {
                [only] => format!("`{only}`"),
                _ => format!("one of {}", list(&words)),
            },
        );
    }
    if !parts.is_empty() {
        return parts.join(" or ");
    }
    match node.get("type").and_then(Value::as_str) {
        Some("string") => "text",
        Some("integer") => "a whole number",
        Some("number") => "a number",
        Some("boolean") => "true or false",
        Some("array") => "a list",
        Some("object") => "a mapping",
        Some("null") => "nothing",
        _ => "a value",
    }
    .into()
}
