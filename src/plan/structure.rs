//! Faults of shape: what the JSON Schema of a file does not allow, all of them at once, in plain words.

use crate::domain::phrase::{Blank, Phrase, phrase};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::diagnostic::Report;
use super::schema::{self, FileKind};
use super::source::Source;
use super::words::{closest, either, list, name_of, short, suggest};
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
                phrase!("structure.more", more),
            )
            .help(phrase!("structure.more-help"));
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
                        phrase!("structure.unreadable", error = error.to_string()),
                    )
                    .help(phrase!("structure.unreadable-help"));
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
    message: Phrase,
    help: Option<Phrase>,
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
                    message: phrase!("structure.broken-schema", error),
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
                    message: phrase!("structure.unknown-key", key = short(key)),
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
                message: phrase!("structure.missing-key", key),
                help: what.map(|what| phrase!("structure.missing-key-help", key, what)),
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
                message: phrase!(
                    "structure.unfit-text",
                    what = expected(node, schema),
                    text = short(text)
                ),
                help,
            });
        }
        ValidationErrorKind::MinItems { .. } | ValidationErrorKind::MinProperties { .. } => {
            out.push(Fault {
                pointer,
                at_key: true,
                code: "empty-list",
                message: phrase!("structure.empty-list"),
                help: Some(phrase!("structure.empty-list-help")),
            });
        }
        kind => out.push(Fault {
            pointer,
            at_key: false,
            code: "bad-value",
            message: unfit(kind, value, error),
            help: None,
        }),
    }
}

/// A value of the right form that is too small, too great or too short.
fn unfit(kind: &ValidationErrorKind, value: &Value, error: &ValidationError<'_>) -> Phrase {
    let value = value.to_string();
    match kind {
        ValidationErrorKind::Minimum { limit } => {
            phrase!("structure.too-small", value, limit = limit.to_string())
        }
        ValidationErrorKind::Maximum { limit } => {
            phrase!("structure.too-great", value, limit = limit.to_string())
        }
        ValidationErrorKind::MinLength { limit } => {
            phrase!("structure.too-short", value, n = *limit)
        }
        _ => phrase!("structure.invalid", error = short(&error.to_string())),
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
            closest(text, &words).map(|word| phrase!("structure.did-you-mean", word))
        }
        Value::Number(_) | Value::Bool(_) if wants(node, schema, "string") => {
            Some(phrase!("structure.quotes-help"))
        }
        Value::Null => Some(phrase!("structure.null-help")),
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
        message: phrase!(
            "structure.mismatch",
            what = expected(node, schema),
            got = name_of(value)
        ),
        help,
    }
}

fn cron_help(text: &str) -> Option<Phrase> {
    let error = text.parse::<crate::domain::recurrence::CronRule>().err();
    error.map(|error| error.phrase())
}

fn zone_help(text: &str) -> Option<Phrase> {
    let names: Vec<&str> = chrono_tz::TZ_VARIANTS
        .iter()
        .map(|zone| zone.name())
        .collect();
    closest(text, &names).map(|name| phrase!("structure.did-you-mean", word = name))
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
fn forms(node: &Value, schema: &Value, out: &mut Vec<Blank>) {
    for branch in branches(node) {
        let branch = resolve(branch, schema);
        if branches(branch).next().is_some() {
            forms(branch, schema, out);
        } else if allowed_words(branch, schema).is_empty() {
            let form = expected(branch, schema);
            if form != phrase!("structure.nothing").into() && !out.contains(&form) {
                out.push(form);
            }
        }
    }
}

/// What a schema asks for, as the end of a sentence.
fn expected(node: &Value, schema: &Value) -> Blank {
    let node = resolve(node, schema);
    if let Some(form) = form_of(node) {
        return form.into();
    }
    let words = allowed_words(node, schema);
    let mut others = Vec::new();
    forms(node, schema, &mut others);
    let fixed = match &words[..] {
        [] => None,
        [only] => Some(phrase!("structure.only", word = only).into()),
        _ => Some(phrase!("structure.one-of", words = list(&words)).into()),
    };
    if fixed.is_some() || !others.is_empty() {
        return either(fixed.into_iter().chain(others));
    }
    match node.get("type").and_then(Value::as_str) {
        Some("string") => phrase!("structure.text"),
        Some("integer") => phrase!("structure.whole-number"),
        Some("number") => phrase!("structure.number"),
        Some("boolean") => phrase!("structure.flag"),
        Some("array") => phrase!("structure.list"),
        Some("object") => phrase!("structure.mapping"),
        Some("null") => phrase!("structure.nothing"),
        _ => phrase!("structure.value"),
    }
    .into()
}

/// How a text of this format or pattern is written.
fn form_of(node: &Value) -> Option<Phrase> {
    let of = |key: &str| node.get(key).and_then(Value::as_str).unwrap_or_default();
    Some(match (of("format"), of("pattern")) {
        ("span", _) => phrase!("structure.span"),
        ("cron", _) => phrase!("structure.cron"),
        ("time-zone", _) => phrase!("structure.time-zone"),
        ("date", _) => phrase!("structure.date"),
        (_, pattern) if pattern.starts_with(r"^\d{6}") => phrase!("structure.area"),
        (_, pattern) if pattern.starts_with(r"^\d{4}-") => phrase!("structure.local-time"),
        (_, pattern) if pattern.starts_with("^([01]") => phrase!("structure.hours"),
        (_, pattern) if pattern.starts_with("^(system") => phrase!("structure.proxy"),
        _ => return None,
    })
}
