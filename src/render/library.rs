//! The templates that one text is made of: the item's own and every partial it takes, judged together.

use crate::domain::phrase::{Phrase, phrase};
use std::collections::{BTreeMap, BTreeSet};

use super::builtin;
use super::names::{Names, Role};
use super::template::{Template, TemplateFault};

/// The most templates that one text may be made of. Walking them recurses from one into the next.
const MAX_TEMPLATES: usize = 50;

/// Templates by name, parsed.
#[derive(Debug, Default)]
pub struct Library {
    templates: BTreeMap<String, Template>,
    facts: BTreeSet<String>,
}

/// A fault, and the template in whose file it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("template {template}, {fault}")]
pub struct LibraryFault {
    pub template: String,
    pub fault: TemplateFault,
}

impl Library {
    /// Parses the template `name` and every partial that it takes, directly or not, out of `sources`.
    ///
    /// # Errors
    /// Every fault of form, every partial that does not exist, and every circle of partials.
    pub fn around(
        sources: &BTreeMap<String, String>,
        name: &str,
    ) -> Result<Self, Vec<LibraryFault>> {
        let mut library = Self::default();
        let mut faults = Vec::new();
        let mut wanted = vec![name.to_owned()];
        while let Some(name) = wanted.pop() {
            if library.templates.contains_key(&name) {
                continue;
            }
            // A partial that does not exist is reported where it is taken.
            let own = sources.get(&name).map(String::as_str);
            let Some(source) = own.or_else(|| builtin::source(&name)) else {
                continue;
            };
            if library.templates.len() == MAX_TEMPLATES {
                let what = phrase!("template.too-many-templates", most = MAX_TEMPLATES);
                return Err(vec![LibraryFault {
                    template: name,
                    fault: TemplateFault::new((1, 1), what),
                }]);
            }
            match Template::parse(&name, source) {
                Ok(template) => {
                    wanted.extend(template.partials().into_iter().map(|partial| partial.name));
                    library.templates.insert(name, template);
                }
                Err(found) => faults.extend(found.into_iter().map(|fault| LibraryFault {
                    template: name.clone(),
                    fault,
                })),
            }
        }
        if faults.is_empty() {
            library.check_partials(name, &mut faults);
        }
        if faults.is_empty() {
            let uses = library.templates.values().flat_map(Template::uses);
            let facts = uses.filter_map(|one| Some(one.path.split('.').next()?.to_owned()));
            library.facts = facts.collect();
            Ok(library)
        } else {
            Err(faults)
        }
    }

    /// Whether one of its templates names the fact of this code.
    pub fn names_fact(&self, code: &str) -> bool {
        self.facts.contains(code)
    }

    pub fn get(&self, name: &str) -> Option<&Template> {
        self.templates.get(name)
    }

    /// Every name that the template `name`, with its partials, uses and may not use.
    pub fn judge(&self, name: &str, names: Names<'_>) -> Vec<LibraryFault> {
        let mut out = Vec::new();
        let mut seen = BTreeSet::new();
        self.judge_within(name, None, names, &mut seen, &mut out);
        out
    }

    fn judge_within(
        &self,
        name: &str,
        each: Option<&str>,
        names: Names<'_>,
        seen: &mut BTreeSet<(String, Option<String>)>,
        out: &mut Vec<LibraryFault>,
    ) {
        if !seen.insert((name.to_owned(), each.map(str::to_owned))) {
            return;
        }
        let Some(template) = self.get(name) else {
            return;
        };
        let mut complain = |line, column, message: Phrase| {
            out.push(LibraryFault {
                template: name.to_owned(),
                fault: TemplateFault::new((line, column), message),
            });
        };
        for used in template.uses() {
            let list = used.each.as_deref().or(each);
            if used.role == Role::Loop && each.is_some() {
                let what = phrase!("template.each-in-partial", path = &used.path);
                complain(used.line, used.column, what);
            }
            if let Err(message) = names.resolve(&used.path, list, used.role) {
                complain(used.line, used.column, message.into());
            }
        }
        for partial in template.partials() {
            let list = partial.each.as_deref().or(each);
            self.judge_within(&partial.name, list, names, seen, out);
        }
    }

    fn check_partials(&self, root: &str, faults: &mut Vec<LibraryFault>) {
        let mut done = BTreeSet::new();
        self.descend(root, &mut vec![root.to_owned()], &mut done, faults);
    }

    fn descend(
        &self,
        name: &str,
        path: &mut Vec<String>,
        done: &mut BTreeSet<String>,
        faults: &mut Vec<LibraryFault>,
    ) {
        let Some(template) = self.get(name) else {
            return;
        };
        for partial in template.partials() {
            let mut complain = |message: Phrase| {
                faults.push(LibraryFault {
                    template: name.to_owned(),
                    fault: TemplateFault::new((partial.line, partial.column), message),
                });
            };
            if let Some(start) = path.iter().position(|step| *step == partial.name) {
                let circle: Vec<_> = path.iter().skip(start).map(String::as_str).collect();
                complain(phrase!(
                    "template.circle",
                    steps = circle.join(" → "),
                    back = &partial.name
                ));
            } else if !self.templates.contains_key(&partial.name) {
                complain(phrase!("template.unknown-partial", name = &partial.name));
            } else if done.insert(partial.name.clone()) {
                path.push(partial.name.clone());
                self.descend(&partial.name, path, done, faults);
                path.pop();
            }
        }
        if path.len() > 1 && template.has_head() {
            faults.push(LibraryFault {
                template: name.to_owned(),
                fault: TemplateFault::new((1, 1), phrase!("template.partial-with-head")),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::flood_event;
    use super::super::names::known_paths;
    use super::*;

    fn sources(list: &[(&str, &str)]) -> BTreeMap<String, String> {
        list.iter()
            .map(|(name, text)| ((*name).into(), (*text).into()))
            .collect()
    }

    fn said(faults: Vec<LibraryFault>) -> Vec<String> {
        faults.iter().map(LibraryFault::to_string).collect()
    }

    #[test]
    fn partials_are_judged_where_they_are_taken() {
        let event = flood_event();
        let files = sources(&[
            (
                "notice",
                "---\ntitle: 通告\n---\n{{#each shelters}}{{> row}}{{/each}}{{> row}}",
            ),
            ("row", "{{this.name}}{{rainfal}}"),
        ]);
        let library = Library::around(&files, "notice").unwrap();
        let said = said(library.judge("notice", known_paths(&event)));
        assert_eq!(said.len(), 3, "{said:?}");
        assert!(said[0].contains("template row, line 1, column 14: rainfal is neither"));
        assert!(said[1].contains("line 1, column 1: this.name stands outside every {{#each}}"));
    }

    #[test]
    fn loops_hidden_in_partials_and_heads_on_partials_are_found() {
        let event = flood_event();
        let files = sources(&[
            (
                "notice",
                "---\ntitle: 通告\n---\n{{#each shelters}}{{> rows}}{{/each}}",
            ),
            ("rows", "{{#each shelters}}{{name}}{{/each}}"),
        ]);
        let library = Library::around(&files, "notice").unwrap();
        assert!(
            said(library.judge("notice", known_paths(&event)))[0]
                .contains("has an #each of its own")
        );
        let files = sources(&[
            ("notice", "---\ntitle: 通告\n---\n{{> other}}"),
            ("other", "---\ntitle: 通告\n---\n"),
        ]);
        assert!(
            said(Library::around(&files, "notice").unwrap_err())[0]
                .contains("a partial has no head")
        );
    }
}
