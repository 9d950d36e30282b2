//! Whether whoever reads the English text is told the same places, times, numbers and tables as whoever reads the Chinese.

use std::collections::BTreeMap;

use super::templates::{Parsed, Reached, place};
use crate::domain::fact::{FactSpec, FactType};
use crate::domain::phrase::{Blank, phrase};
use crate::domain::plan::EventType;
use crate::plan::diagnostic::Report;
use crate::render::head::Field;
use crate::render::names::Role;

/// What says in a text for whom it is.
const PLACES: [&str; 4] = [
    "incident.areas",
    "incident.areas-en",
    "release.areas",
    "release.areas-en",
];

pub fn check(parsed: &Parsed<'_>, event: &EventType, report: &mut Report) {
    for (name, template) in &parsed.templates {
        let mut fields = template.pieces().iter().map(|piece| piece.field);
        if fields.any(|field| field == Field::TextEn) {
            compare(parsed, name, event, report);
        }
    }
}

fn compare(parsed: &Parsed<'_>, root: &str, event: &EventType, report: &mut Report) {
    let reached = parsed.reach(root);
    // A short message is a text of its own, and says less.
    let (english, chinese): (Vec<&Reached>, Vec<&Reached>) = reached
        .iter()
        .filter(|one| !matches!(one.field, Field::Sms | Field::SmsEn))
        .partition(|one| one.field.is_english());
    let mut lacks: BTreeMap<&str, &Reached> = BTreeMap::new();
    let mut names_place = None;
    for one in chinese.into_iter().filter(|one| says(one)) {
        if PLACES.contains(&one.used.path.as_str()) {
            names_place.get_or_insert(one);
        }
        let Some(fact) = fact_of(event, &one.used.path).filter(|fact| is_compared(fact)) else {
            continue;
        };
        let is_said = english
            .iter()
            .any(|other| says(other) && code_of(&other.used.path) == fact.fact);
        if !is_said {
            lacks.entry(&fact.fact).or_insert(one);
        }
    }
    if let Some(first) = lacks
        .values()
        .min_by_key(|one| (one.used.line, one.used.column))
    {
        let facts: Blank = lacks.keys().copied().collect();
        let at = place(
            parsed.folder,
            &first.template,
            first.used.line,
            first.used.column,
        );
        report
            .error("english-lacks", at, phrase!("check.english.lacks", facts))
            .help(phrase!("check.english.lacks-help"));
    }
    let places_said = english.iter().any(|one| {
        let path = one.used.path.as_str();
        says(one) && (PLACES.contains(&path) || fact_of(event, path).is_some_and(|fact| fact.place))
    });
    if let Some(one) = names_place.filter(|_| !places_said) {
        let at = place(parsed.folder, &one.template, one.used.line, one.used.column);
        report
            .error("english-lacks", at, phrase!("check.english.lacks-place"))
            .help(phrase!("check.english.lacks-place-help"));
    }
}

fn says(one: &Reached) -> bool {
    matches!(one.used.role, Role::Print | Role::Loop)
}

/// `rainfall.as-of` is of `rainfall`.
fn code_of(path: &str) -> &str {
    let facets = [".value", ".as-of", ".source"];
    facets
        .iter()
        .find_map(|facet| path.strip_suffix(facet))
        .unwrap_or(path)
}

fn fact_of<'e>(event: &'e EventType, path: &str) -> Option<&'e FactSpec> {
    event.fact(path.strip_suffix(".value").unwrap_or(path))
}

fn is_compared(fact: &FactSpec) -> bool {
    match fact.kind {
        FactType::Time | FactType::Number | FactType::Integer | FactType::List => true,
        FactType::Text => fact.place,
        FactType::Duration | FactType::Choice | FactType::Flag => false,
    }
}
