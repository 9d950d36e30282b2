//! The names that an English text may say in English: those of places and bodies, and what the tables of an incident give in both
//! languages. A shelter whose English stands in the list of shelters has it wherever it is named.

use super::DraftInput;
use crate::domain::fact::{Fact, FactSpec, FactValue, english_code};
use crate::domain::gloss::{Known, is_chinese};
use crate::domain::plan::Plan;

/// Those of places, and of what the facts of `input` name in both languages.
pub(super) fn places<'a>(input: &DraftInput<'a>) -> Vec<Known<'a>> {
    let given = given(input).into_iter().map(|(known, _)| known);
    // Of two that are called the same the last is taken: the list of places knows better than a table of the night.
    given
        .chain(input.plan.places.iter().map(Known::of))
        .collect()
}

/// Those of bodies.
pub(super) fn bodies(plan: &Plan) -> impl Iterator<Item = Known<'_>> {
    let bodies = plan.issuers.values().chain([&plan.body]);
    bodies.map(|body| Known {
        name: &body.name,
        english: body.name_en.as_deref(),
    })
}

/// Who gave the English names of what `value` names: they are words of theirs.
pub(super) fn writers(input: &DraftInput<'_>, value: &FactValue) -> Vec<String> {
    let words: Vec<&str> = match value {
        FactValue::List(rows) => rows
            .iter()
            .flat_map(|row| row.values())
            .filter_map(text)
            .collect(),
        value => text(value).into_iter().collect(),
    };
    let is_named = |known: &Known| words.iter().any(|words| words.contains(known.name));
    let given = given(input).into_iter();
    let named = given.filter(|(known, _)| is_named(known));
    named.flat_map(|(_, fact)| fact.by.clone()).collect()
}

fn given<'a>(input: &DraftInput<'a>) -> Vec<(Known<'a>, &'a Fact)> {
    let facts = input.plan.event.facts.iter();
    let mut all: Vec<(Known, &Fact)> = facts
        .filter_map(|spec| Some((spec, input.fact(spec)?)))
        .flat_map(|(spec, fact)| match &fact.value {
            FactValue::Text(name) if spec.place => {
                let given = input.english(spec);
                let pair = given.and_then(|given| Some((pair(name, text(&given.value)?), given)));
                pair.into_iter().collect()
            }
            FactValue::List(rows) => {
                let cells = rows.iter().flat_map(|row| cells(spec, row));
                cells.map(|known| (known, fact)).collect()
            }
            _ => Vec::new(),
        })
        .collect();
    let is_english = |english: &str| !english.is_empty() && !is_chinese(english);
    all.retain(|(known, _)| !known.name.is_empty() && known.english.is_some_and(is_english));
    all
}

/// What a row gives in both languages.
fn cells<'a>(
    spec: &'a FactSpec,
    row: &'a std::collections::BTreeMap<String, FactValue>,
) -> impl Iterator<Item = Known<'a>> {
    let columns = spec.columns.iter().filter(|column| column.place);
    columns.filter_map(|column| {
        let english = row.get(&english_code(&column.column))?;
        Some(pair(text(row.get(&column.column)?)?, text(english)?))
    })
}

fn text(value: &FactValue) -> Option<&str> {
    match value {
        FactValue::Text(words) => Some(words),
        _ => None,
    }
}

fn pair<'a>(name: &'a str, english: &'a str) -> Known<'a> {
    Known {
        name: name.trim(),
        english: Some(english.trim()),
    }
}
