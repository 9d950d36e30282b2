//! Libraries already parsed and judged, kept with the plan they are of: a night drafts from a template many times, a
//! thousand drills far more often.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use super::library::{Library, LibraryFault};
use super::names::known_paths;
use crate::domain::plan::{EventType, Plan};

/// By the name of the template that a library is around.
#[derive(Default)]
struct Shelf(Mutex<HashMap<String, Arc<Shelved>>>);

/// A library without fault, with what it was made from.
struct Shelved {
    library: Arc<Library>,
    sources: BTreeMap<String, String>,
    event: EventType,
}

impl Shelved {
    fn is_of(&self, plan: &Plan) -> bool {
        let mut sources = self.sources.iter();
        sources.all(|(name, source)| plan.templates.get(name) == Some(source))
            && self.event == plan.event
    }
}

/// The template `name` of `plan` with its partials, fit to be drafted from.
///
/// # Errors
/// Every fault of form, or every name that may not be used.
pub fn library(plan: &Plan, name: &str) -> Result<Arc<Library>, Vec<LibraryFault>> {
    let shelf = plan.derived.of::<Shelf>();
    let find = || {
        let shelved = shelf.0.lock().unwrap_or_else(PoisonError::into_inner);
        shelved.get(name).cloned()
    };
    if let Some(shelved) = find().filter(|shelved| shelved.is_of(plan)) {
        return Ok(shelved.library.clone());
    }
    let library = Library::around(&plan.templates, name)?;
    let faults = library.judge(name, known_paths(&plan.event));
    if !faults.is_empty() {
        return Err(faults);
    }
    let library = Arc::new(library);
    let sources = plan
        .templates
        .iter()
        .filter(|(name, _)| library.get(name).is_some())
        .map(|(name, source)| (name.clone(), source.clone()))
        .collect();
    let shelved = Shelved {
        library: library.clone(),
        sources,
        event: plan.event.clone(),
    };
    shelf
        .0
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(name.to_owned(), Arc::new(shelved));
    Ok(library)
}

#[cfg(test)]
mod tests {
    use super::super::fixture::World;
    use super::*;

    #[test]
    fn a_library_is_parsed_once_and_again_when_its_source_changes() {
        let mut world = World::new("---\ntitle: 通告\n---\n正文{{> end}}").partial("end", "完");
        let first = library(&world.plan, "notice").unwrap();
        let again = library(&world.plan.clone(), "notice").unwrap();
        assert!(Arc::ptr_eq(&first, &again));
        world.plan.templates.insert("end".into(), "终".into());
        let other = library(&world.plan, "notice").unwrap();
        assert!(!Arc::ptr_eq(&first, &other));
        world.plan.event.facts.clear();
        world
            .plan
            .templates
            .insert("end".into(), "{{rainfall}}".into());
        let faults = library(&world.plan, "notice").unwrap_err();
        assert!(faults[0].to_string().contains("rainfall"), "{faults:?}");
    }
}
