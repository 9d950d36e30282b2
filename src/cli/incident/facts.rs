//! Facts as they are typed: `name=value`, a file of them, and what holds for all that were typed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use super::super::client::Client;
use super::super::client::views::{Fact, Incident, Release};
use super::super::output::{say, shell_word};
use super::super::words::{either, joined, named, spoken, word};
use super::super::{Exit, Failure, Result, when};
use crate::contract::{AskedFact, EventView};
use crate::domain::bad_json;
use crate::domain::called::{Called, Meant, Register};
use crate::domain::fact::Lies;
use crate::domain::time::Moment;
use crate::id::{IncidentId, ReleaseId};
use crate::plan::yaml;

#[derive(Debug, Clone, clap::Args)]
pub(in crate::cli) struct FactArgs {
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub fact: Vec<(String, Value)>,
    #[command(flatten)]
    pub around: FactSource,
}

/// Where facts come from besides the command line, and what is said of those on it.
#[derive(Debug, Clone, Default, clap::Args)]
pub(in crate::cli) struct FactSource {
    #[arg(long, value_name = "FILE")]
    facts: Option<PathBuf>,
    #[arg(long, value_name = "TIME")]
    as_of: Option<String>,
    #[arg(long, value_name = "WHO")]
    source: Option<String>,
}

/// What is missing as it is typed. What only a publication brings nobody can type, so it is left out.
pub(in crate::cli) fn to_type(missing: &[String]) -> Vec<String> {
    let typed = missing
        .iter()
        .filter_map(|name| match name.split_once('.') {
            None => Some(name.as_str()),
            Some(("incident", "expected-duration")) => Some("expected-duration"),
            Some(_) => None,
        });
    typed.map(|name| format!("{name}=…")).collect()
}

/// The command that gives what `release` waits for: first what it has for itself, as an order or a text for some places has all that
/// it says, then what the incident knows; None when nobody can type any of it.
pub(in crate::cli) fn command(release: &Release) -> Option<String> {
    let is_of_places = !release.areas.is_empty() || release.will_bind;
    let is_own = |fact: &&String| release.missing_own.contains(*fact) || is_of_places;
    let facts = release
        .missing_facts
        .iter()
        .filter(|fact| !fact.contains('.'));
    let own: Vec<String> = facts
        .filter(is_own)
        .map(|fact| format!(" --fact {fact}=…"))
        .collect();
    if !own.is_empty() {
        return Some(format!("fabu release place {}{}", release.id, own.concat()));
    }
    let facts = to_type(&release.missing_facts);
    let facts = facts.join(" ");
    (!facts.is_empty()).then(|| format!("fabu incident facts {} {facts}", release.incident))
}

/// The English that is `wanted`, as it is typed: what a release says for itself, and what the incident does. A column is given with
/// the whole of its list, since a list is given at once.
pub(in crate::cli) fn in_english(
    wanted: &[String],
    own: &BTreeMap<String, Fact>,
    common: &BTreeMap<String, Fact>,
) -> (Vec<String>, Vec<String>) {
    let (mut of_release, mut of_incident) = (Vec::new(), Vec::new());
    let mut lists: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for one in wanted {
        match one.split_once('.') {
            Some((list, column)) => lists.entry(list).or_default().push(column),
            None => {
                let of = one.strip_suffix("-en").unwrap_or(one);
                match own.contains_key(of) {
                    true => of_release.push(format!("{one}=…")),
                    false => of_incident.push(format!("{one}=…")),
                }
            }
        }
    }
    for (list, columns) in lists {
        let known = own.get(list).or_else(|| common.get(list));
        let mut rows = known.map_or(Value::Null, |fact| fact.value.clone());
        for row in rows.as_array_mut().into_iter().flatten() {
            plain_cells(row, &columns);
        }
        let typed = shell_word(&format!("{list}={rows}"));
        match own.contains_key(list) {
            true => of_release.push(typed),
            false => of_incident.push(typed),
        }
    }
    (of_release, of_incident)
}

/// A row as it is typed, with a place for each of `columns` that it lacks.
fn plain_cells(row: &mut Value, columns: &[&str]) {
    let Some(cells) = row.as_object_mut() else {
        return;
    };
    for cell in cells.values_mut() {
        if let Some(value) = cell.get_mut("value") {
            *cell = value.take();
        }
    }
    for column in columns {
        let cell = cells.entry(*column).or_insert(Value::Null);
        if cell.is_null() {
            *cell = json!("…");
        }
    }
}

/// Reads `name=value`. Whether the value fits the fact, the server knows.
pub(in crate::cli) fn pair(text: &str) -> std::result::Result<(String, Value), &'static str> {
    let (name, value) = text
        .split_once('=')
        .filter(|(name, _)| !name.trim().is_empty())
        .ok_or(word!("incident.pair-form"))?;
    // Only rows are written as JSON; any other text, whatever it looks like, is that text.
    let rows = value
        .trim_start()
        .starts_with('[')
        .then(|| serde_json::from_str::<Vec<Map<String, Value>>>(value).ok())
        .flatten();
    let value = match rows {
        Some(rows) => rows.into_iter().map(Value::Object).collect(),
        None => Value::String(value.to_owned()),
    };
    Ok((name.trim().to_owned(), value))
}

/// Whose facts are given: which event they are about, so that a label means one of them.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) enum Whose<'a> {
    /// As it was typed.
    Event(&'a str),
    Incident(&'a IncidentId),
    Release(&'a ReleaseId),
}

impl Whose<'_> {
    /// The facts that there are; none where the server does not say: it hears what was typed all the same.
    async fn known(self, client: &Client) -> Result<Vec<AskedFact>> {
        let event = match self {
            Self::Event(typed) => Some(typed.to_owned()),
            Self::Incident(id) => {
                let path = ["incidents", id.as_str()];
                let answer = client.get(&path, &[], super::LIST).await;
                let incident = answer.and_then(|answer| answer.read::<Incident>());
                incident.ok().map(|incident| incident.event)
            }
            Self::Release(id) => {
                let path = ["releases", id.as_str()];
                let answer = client.get(&path, &[], super::LIST).await;
                let release = answer.and_then(|answer| answer.read::<Release>());
                release.ok().map(|release| release.event)
            }
        };
        match event {
            Some(event) => known(client, Some(&event)).await,
            None => Ok(Vec::new()),
        }
    }
}

/// The facts of the file and of the command line, as the API takes them, by their codes as far as one is meant; a typed one is
/// stronger.
///
/// # Errors
/// Names the file with line and column, or the flag; or why the server does not say what day it is.
pub(in crate::cli) async fn read(
    client: &Client,
    whose: Whose<'_>,
    given: &[(String, Value)],
    around: &FactSource,
) -> Result<Map<String, Value>> {
    let mut facts = match &around.facts {
        Some(file) => from_file(file)?,
        None => Map::new(),
    };
    let as_of = client.moment("--as-of", around.as_of.as_deref()).await?;
    for (name, value) in given {
        let mut fact = json!({ "value": value });
        if let Some(as_of) = as_of {
            fact["as_of"] = json!(as_of);
        }
        if let Some(source) = &around.source {
            fact["source"] = json!(source);
        }
        facts.insert(name.clone(), fact);
    }
    let is_code = |name: &String| {
        let is_part = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        name.bytes().all(is_part)
    };
    if facts.keys().all(is_code) && !facts.values().any(looks_local) {
        return Ok(facts);
    }
    let known = whose.known(client).await?;
    let mut facts = by_code(facts, &known)?;
    with_moments(client, &mut facts, &known).await?;
    Ok(facts)
}

/// `facts` by the codes of those that are meant. What is none of them stays as it was typed, for the server to say so.
///
/// # Errors
/// When two of them are the same fact.
fn by_code(facts: Map<String, Value>, known: &[AskedFact]) -> Result<Map<String, Value>> {
    let register = Register::of(known.iter().map(called));
    let mut by_code = Map::new();
    for (typed, value) in facts {
        let name = match register.meant(&typed) {
            Meant::One(code) => code.to_owned(),
            _ => typed.clone(),
        };
        if by_code.insert(name.clone(), value).is_some() {
            let what = word!("incident.given-twice", typed, name);
            return Err(Failure::new(Exit::Usage, what));
        }
    }
    Ok(by_code)
}

fn called(fact: &AskedFact) -> Called<'_> {
    Called {
        code: &fact.fact,
        name: &fact.label,
        name_en: fact.label_en.as_deref(),
    }
}

/// The facts of `event`, which may be called by its name, or of all, as the server asks about them; none where it does not say.
pub(in crate::cli) async fn known(client: &Client, event: Option<&str>) -> Result<Vec<AskedFact>> {
    let Ok(answer) = client.get(&["events"], &[], super::LIST).await else {
        return Ok(Vec::new());
    };
    let events: Vec<EventView> = answer.read()?;
    let register = Register::of(events.iter().map(|one| Called {
        code: &one.event,
        name: &one.name,
        name_en: one.name_en.as_deref(),
    }));
    let meant = event.map(|typed| match register.meant(typed) {
        Meant::One(code) => code.to_owned(),
        _ => typed.to_owned(),
    });
    let of = |one: &EventView| meant.as_ref().is_none_or(|code| one.event == *code);
    Ok(events
        .into_iter()
        .filter(of)
        .flat_map(|one| one.facts)
        .collect())
}

pub(in crate::cli) fn label(fact: &AskedFact) -> &str {
    either(&fact.label, fact.label_en.as_ref().unwrap_or(&fact.label))
}

/// How a fact is asked for.
pub(in crate::cli) fn question(fact: &AskedFact) -> String {
    let mut form = vec![match fact.lies {
        Some(Lies::Ahead) => word!("incident.form-ahead").to_owned(),
        Some(Lies::Behind) => word!("incident.form-behind").to_owned(),
        _ => named!("incident.form", &fact.kind),
    }];
    form.extend(fact.unit.clone());
    if !fact.choices.is_empty() {
        form = vec![fact.choices.join(" / ")];
    }
    let (label, form) = (label(fact), joined(&form));
    word!("incident.question", label, form)
}

/// What was typed for a fact: a time of the office's day as the moment that it means.
///
/// # Errors
/// When it must be a time and is none.
pub(in crate::cli) async fn typed(client: &Client, fact: &AskedFact, text: &str) -> Result<Value> {
    let at = match &*fact.kind {
        "time" => Some(moment(client, fact, text).await?),
        _ => None,
    };
    Ok(at.map_or_else(|| json!(text), |at| json!(at)))
}

/// A bare hour is the next or the last such hour, as the fact has it; which day that is, is said.
async fn moment(client: &Client, fact: &AskedFact, text: &str) -> Result<Moment> {
    let lies = fact.lies.unwrap_or(Lies::Either);
    let at = client.moment_lying(lies, label(fact), text).await?;
    if when::hour(text).is_some() && !client.json {
        let (label, at) = (label(fact), when::stamp(at, client.zone));
        say(&word!("incident.hour-understood", label, text, at));
    }
    Ok(at)
}

fn looks_local(value: &Value) -> bool {
    let text = value.as_str().or_else(|| value["value"].as_str());
    text.is_some_and(|text| when::local(text, NaiveDate::MIN).is_some())
}

/// Times of no zone are the office's, as `--known-at` has them.
async fn with_moments(
    client: &Client,
    facts: &mut Map<String, Value>,
    known: &[AskedFact],
) -> Result<()> {
    for (name, value) in facts.iter_mut().filter(|(_, value)| looks_local(value)) {
        let Some(fact) = known
            .iter()
            .find(|fact| fact.fact == *name && fact.kind == "time")
        else {
            continue;
        };
        let inner = match value {
            Value::Object(whole) => whole.get_mut("value"),
            text => Some(text),
        };
        if let Some(inner) = inner {
            let text = inner.as_str().unwrap_or_default().to_owned();
            *inner = typed(client, fact, &text).await?;
        }
    }
    Ok(())
}

fn from_file(file: &Path) -> Result<Map<String, Value>> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::file(file, word!("fabu.nothing-asked"), &error))?;
    let invalid = |line: usize, column: usize, what: &str| {
        let what = word!(
            "incident.bad-file",
            file = file.display(),
            line,
            column,
            what
        );
        Failure::new(Exit::Invalid, what).next(word!("incident.file-form"))
    };
    let value = if file.extension().is_some_and(|ending| ending == "json") {
        serde_json::from_str(&text).map_err(|error| {
            let what = bad_json::without_place(&error);
            invalid(error.line(), error.column(), &spoken(&what))
        })?
    } else {
        let (document, faults) = yaml::parse(&text);
        if let Some(fault) = faults.first() {
            return Err(invalid(
                fault.mark.line,
                fault.mark.column,
                &spoken(&fault.message),
            ));
        }
        document.map(|document| document.value).unwrap_or_default()
    };
    match value {
        Value::Object(facts) => Ok(facts),
        _ => Err(invalid(1, 1, word!("incident.no-facts"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_as_rows_and_text_as_it_is() {
        let read = |text: &str| pair(text).unwrap();
        assert_eq!(read("rainfall=120"), ("rainfall".into(), json!("120")));
        assert_eq!(read("note=a=b"), ("note".into(), json!("a=b")));
        assert_eq!(
            read("note=[注意]涨水"),
            ("note".into(), json!("[注意]涨水"))
        );
        assert_eq!(
            read(r#"stages=[{"station":"东门","stage":5.1}]"#).1,
            json!([{ "station": "东门", "stage": 5.1 }])
        );
        assert!(pair("rainfall").is_err());
        assert!(pair("=120").is_err());
    }
}
