//! What an English text would be better for: the English of Chinese words that it prints. It is asked for and not waited for,
//! since a notice that is late helps nobody, in whatever language.

use super::printed::printed;
use super::{DraftInput, Libraries};
use crate::domain::bulletin::Language;
use crate::domain::fact::{Fact, FactSpec, FactValue, english_code};
use crate::domain::gloss::{Known, Manner, gloss_places, is_chinese};

/// The facts (`evacuation-areas-en`) and columns (`shelters.name-en`) that would give in English what the English text of
/// `input` says in Chinese, in the order of first use. Nothing for a fact that is not known itself.
pub fn wanted(input: &DraftInput<'_>, libraries: &Libraries) -> Vec<String> {
    let plan = input.plan;
    let known = super::known::places(input);
    printed(input, libraries, Language::En)
        .into_iter()
        .flat_map(|(spec, fact)| {
            let english = plan.event.english_of(spec);
            let is_given = input.english(spec).is_some();
            match english {
                Some(english) if !is_given && in_chinese(&fact.value, spec.place, &known) => {
                    vec![english.fact.clone()]
                }
                Some(_) => Vec::new(),
                None => columns(spec, fact, &known),
            }
        })
        .collect()
}

/// The columns of `list` in which some row lacks the English of what it says in Chinese.
fn columns(list: &FactSpec, fact: &Fact, known: &[Known<'_>]) -> Vec<String> {
    let FactValue::List(rows) = &fact.value else {
        return Vec::new();
    };
    let places = list.columns.iter().filter(|column| column.place);
    let lacking = places.filter(|column| {
        rows.iter().any(|row| {
            let said = row.get(&column.column);
            said.is_some_and(|said| in_chinese(said, true, known))
                && !row.contains_key(&english_code(&column.column))
        })
    });
    lacking
        .map(|column| format!("{}.{}", list.fact, english_code(&column.column)))
        .collect()
}

/// Whether a text is still Chinese when the places are named that are known.
fn in_chinese(value: &FactValue, is_place: bool, known: &[Known<'_>]) -> bool {
    let FactValue::Text(text) = value else {
        return false;
    };
    match is_place {
        true => is_chinese(&gloss_places(text, known, Manner::English)),
        false => is_chinese(text),
    }
}
