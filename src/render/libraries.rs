//! Libraries already parsed and judged: a night drafts from a template many times, a thousand drills far more often.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::library::{Library, LibraryFault};
use super::names::known_paths;
use crate::domain::plan::Plan;

/// Libraries without fault, by the hash of their plan and the name of the template that they are around. Whoever drafts
/// keeps one as long as the plans may be drafted from.
#[derive(Debug, Default)]
pub struct Libraries(Mutex<HashMap<(String, String), Arc<Library>>>);

impl Libraries {
    /// The template `name` of `plan` with its partials, fit to be drafted from.
    ///
    /// # Errors
    /// Every fault of form, or every name that may not be used.
    pub(super) fn library(
        &self,
        hash: &str,
        plan: &Plan,
        name: &str,
    ) -> Result<Arc<Library>, Vec<LibraryFault>> {
        let key = (hash.to_owned(), name.to_owned());
        let held = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(library) = held().get(&key) {
            return Ok(library.clone());
        }
        let library = Library::around(&plan.templates, name)?;
        let faults = library.judge(name, known_paths(&plan.event));
        if !faults.is_empty() {
            return Err(faults);
        }
        let library = Arc::new(library);
        held().insert(key, library.clone());
        Ok(library)
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::World;
    use super::*;

    #[test]
    fn a_library_is_parsed_once_for_each_revision_of_its_plan() {
        let libraries = Libraries::default();
        let mut world = World::new("---\ntitle: 通告\n---\n正文{{> end}}").partial("end", "完");
        let first = libraries.library("one", &world.plan, "notice").unwrap();
        let again = libraries
            .library("one", &world.plan.clone(), "notice")
            .unwrap();
        assert!(Arc::ptr_eq(&first, &again));
        world.plan.event.facts.clear();
        world
            .plan
            .templates
            .insert("end".into(), "{{rainfall}}".into());
        let faults = libraries.library("two", &world.plan, "notice").unwrap_err();
        assert!(faults[0].to_string().contains("rainfall"), "{faults:?}");
    }
}
