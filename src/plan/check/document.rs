//! How a document is titled and how it closes, by its kind (`demand: {document: …}` of rules.yaml).
//!
//! Every branch that a template can take is looked at. Which words each kind has stands in the rules.

use super::World;
use super::rules::{applies_at, complain, concerns};
use super::standing::endings;
use super::templates::Parsed;
use crate::domain::document::Document;
use crate::domain::phrase::{Blank, phrase};
use crate::plan::diagnostic::Report;
use crate::plan::file::{DocumentDemand, Rule};
use crate::plan::inherit::{Draft, Leveled};
use crate::plan::words::{list, short};
use crate::render::head::Field;

pub fn check(world: &World<'_>, plan: &Leveled<'_>, parsed: &Parsed<'_>, report: &mut Report) {
    let Some(rules) = &world.files.rules else {
        return;
    };
    for rule in &rules.spec().rules {
        let Some(demand) = &rule.demand.document else {
            continue;
        };
        if !concerns(world, plan, rule) {
            continue;
        }
        for (stage, drafts) in &plan.stages {
            for (draft, owner) in drafts.iter().flat_map(Draft::with_owners) {
                let by_kind = draft.kind_as(owner).map(Document::of);
                let document = draft.spec.document.or(by_kind);
                let is_meant = document.is_some_and(|one| demand.documents.contains(&one));
                if is_meant && applies_at(rule, *stage) {
                    form(parsed, rule, demand, draft, report);
                }
            }
        }
    }
}

fn form(
    parsed: &Parsed<'_>,
    rule: &Rule,
    demand: &DocumentDemand,
    draft: &Draft,
    report: &mut Report,
) {
    let name = draft.spec.template.as_deref();
    let Some((root, template)) = name.and_then(|name| parsed.templates.get_key_value(name)) else {
        return;
    };
    for piece in template.pieces() {
        for ending in endings(parsed, root, piece) {
            let is_one_of = |all: &[String]| all.iter().any(|end| ending.words.ends_with(end));
            let lacks = |all: &[String]| !all.is_empty() && !is_one_of(all);
            let words: Blank = match ending.words {
                "" => phrase!("check.document.fact").into(),
                words => phrase!("check.document.words", words = short(&tail(words))).into(),
            };
            let item = short(draft.code());
            let (what, help) = match piece.field {
                Field::Title if lacks(&demand.title_ends) => {
                    let endings = list(&demand.title_ends);
                    let help = phrase!("check.document.title-help", endings);
                    (phrase!("check.document.title", item, words), help)
                }
                Field::Title if is_one_of(&demand.title_never_ends) => {
                    let what = phrase!("check.document.title-of-another", item, words);
                    (what, phrase!("check.document.title-of-another-help"))
                }
                Field::Body if lacks(&demand.text_ends) => {
                    let endings = list(&demand.text_ends);
                    let help = phrase!("check.document.close-help", endings);
                    (phrase!("check.document.close", item, words), help)
                }
                _ => continue,
            };
            let place = ending.place.clone();
            complain(report, rule, place, what, help);
        }
    }
}

/// As much of an ending as shows which it is.
fn tail(words: &str) -> String {
    const MOST: usize = 12;
    let from = words.chars().count().saturating_sub(MOST);
    words.chars().skip(from).collect()
}
