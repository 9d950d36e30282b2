//! What a text waits for before anything is known. Templates are walked as a draft's are, with nothing given.

use serde_json::{Map, Value};

use super::Libraries;
use super::names::known_paths;
use super::needs::Needs;
use crate::domain::plan::{Item, PinnedPlan};

/// The facts without which no text of `item` can be made, by code, in the order of first use.
pub fn needed(pinned: &PinnedPlan, item: &Item, libraries: &Libraries) -> Vec<String> {
    let plan = &pinned.plan;
    let Ok(library) = libraries.library(&pinned.hash, plan, &item.template) else {
        return Vec::new();
    };
    let Some(template) = library.get(&item.template) else {
        return Vec::new();
    };
    let nothing = Value::Object(Map::new());
    let mut needs = Needs::new(&library, known_paths(&plan.event));
    for piece in template.pieces() {
        if needs.follow(&piece.parsed, &nothing).is_err() {
            break;
        }
    }
    let missing = needs.missing().into_iter();
    missing
        .filter(|code| plan.event.fact(code).is_some())
        .collect()
}
