//! The facts that a text prints.

use super::names::known_paths;
use super::needs::{Needs, Words};
use super::{DraftInput, Libraries};
use crate::domain::bulletin::Language;
use crate::domain::fact::{Fact, FactSpec};
use crate::domain::gloss::Manner;

/// Those whose words stand in the text of `input` in `language`, with what is known of each, in the order of first use.
pub fn printed<'a>(
    input: &DraftInput<'a>,
    libraries: &Libraries,
    language: Language,
) -> Vec<(&'a FactSpec, &'a Fact)> {
    let plan = input.plan;
    let name = input.template.unwrap_or(&input.item.template);
    let Ok(library) = libraries.library(&input.release.plan_hash, plan, name) else {
        return Vec::new();
    };
    let Some(template) = library.get(name) else {
        return Vec::new();
    };
    let data = super::context::context(input, &library, language, Manner::Both);
    let mut needs = Needs::new(&library, known_paths(&plan.event));
    let pieces = template.pieces().iter();
    for piece in pieces.filter(|piece| piece.field.is_english() == (language == Language::En)) {
        if needs.follow(&piece.parsed, &data).is_err() {
            break;
        }
    }
    let facts = needs.words().iter().filter_map(|words| match words {
        Words::Fact(code) => plan.event.fact(code),
        Words::System(_) => None,
    });
    facts
        .filter_map(|spec| Some((spec, input.fact(spec)?)))
        .collect()
}
