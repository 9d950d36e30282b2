//! Templates as files: they parse, their partials exist and end, and every name they use is one that facts or the
//! system give, in conditions and loops as well. What the reader of `render` finds wrong is passed on with its place.

use std::collections::{BTreeMap, BTreeSet};

use super::World;
use crate::domain::phrase::{Phrase, phrase};
use crate::domain::plan::EventType;
use crate::plan::diagnostic::{Place, Report};
use crate::plan::folder::PlanFolder;
use crate::plan::inherit::Leveled;
use crate::plan::words::{short, suggest};
use crate::render::head::Field;
use crate::render::names::{Names, Role, known_paths};
use crate::render::template::Template;
use crate::render::uses::{PartialUse, Use};

/// The templates of one plan, parsed; those that do not parse are left out.
pub struct Parsed<'a> {
    pub folder: &'a PlanFolder,
    pub templates: BTreeMap<&'a str, Template>,
}

/// A use of a name in a text, with what surrounds it in the templates that it is reached through.
pub struct Reached {
    pub template: String,
    pub used: Use,
    /// The part of the root template that it ends up in.
    pub field: Field,
    /// The list of the loop it stands in, here or in the template that takes this one.
    pub each: Option<String>,
    /// Paths that surely have a value where it stands.
    pub guards: Vec<String>,
}

impl Reached {
    /// The uses in a template that takes no other.
    pub fn alone(template: &Template) -> Vec<Self> {
        let uses = template.uses().into_iter();
        let uses = uses.map(|used| Self {
            template: String::new(),
            field: used.field,
            each: used.each.clone(),
            guards: used.guards.clone(),
            used,
        });
        uses.collect()
    }
}

/// A template with what surrounds it where it is taken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Taken {
    name: String,
    /// None = the root itself, whose parts stand where they stand.
    field: Option<Field>,
    each: Option<String>,
    guards: Vec<String>,
}

impl Taken {
    fn alone(root: &str) -> Self {
        Self {
            name: root.to_owned(),
            field: None,
            each: None,
            guards: Vec::new(),
        }
    }
}

/// Checks every template of a plan, and the plan's mentions of templates.
pub fn check(world: &World<'_>, plan: &Leveled<'_>, report: &mut Report) {
    let parsed = parse(plan.folder, report);
    let roots = roots(plan);
    for (name, pointer) in &roots {
        mention(plan, &parsed, name, plan.at(pointer), report);
    }
    let partials = parsed.partials();
    for (name, partial) in &partials {
        taken(&parsed, name, partial, report);
    }
    circles(&parsed, &partials, report);
    let event = super::super::resolve::event(world, &plan.folder.plan.spec().event);
    if let Some(event) = &event {
        for name in parsed.templates.keys() {
            if roots.contains_key(name) || !partials.iter().any(|(_, p)| p.name == *name) {
                names(&parsed, name, event, report);
            }
        }
    }
    unused(&parsed, &roots, &partials, report);
    if let Some(event) = &event {
        super::english::check(&parsed, event, report);
        super::speaker::verbatim(plan, &parsed, event, report);
        super::sms::check(world, plan, &parsed, event, report);
    }
    super::texts::check(world, plan, &parsed, event.as_ref(), report);
    super::corrections::check(world, plan, &parsed, report);
    super::document::check(world, plan, &parsed, report);
    super::wording::check(world, plan, &parsed, report);
    super::punctuation::check(&parsed, report);
}

fn parse<'a>(folder: &'a PlanFolder, report: &mut Report) -> Parsed<'a> {
    let mut templates = BTreeMap::new();
    for (name, file) in &folder.templates {
        super::code(name, crate::plan::source::start_of(&file.shown), report);
        match Template::parse(name, &file.text) {
            Ok(template) => drop(templates.insert(name.as_str(), template)),
            Err(faults) => {
                for fault in faults {
                    report
                        .error(
                            "template-syntax",
                            place(folder, name, fault.line, fault.column),
                            plain(fault.message),
                        )
                        .help(phrase!("check.templates.syntax-help"));
                }
            }
        }
    }
    Parsed { folder, templates }
}

/// A parser's list of everything that it would have taken says nothing to an author.
fn plain(message: Phrase) -> Phrase {
    match message.key {
        "template.syntax" => phrase!("check.templates.no-tag"),
        _ => message,
    }
}

/// A place in a template's file.
pub fn place(folder: &PlanFolder, template: &str, line: usize, column: usize) -> Place {
    let shown = folder
        .templates
        .get(template)
        .map_or("", |file| &file.shown);
    Place {
        file: shown.into(),
        line,
        column,
    }
}

/// Every template that an item or a correction names, with where it is named.
fn roots<'a>(plan: &'a Leveled<'_>) -> BTreeMap<&'a str, String> {
    let mut out = BTreeMap::new();
    if let Some(corrections) = &plan.folder.plan.spec().corrections {
        for (key, name) in corrections.templates() {
            out.insert(name.as_str(), format!("/corrections/{key}"));
        }
    }
    for (_, draft) in plan.all() {
        if let Some(name) = &draft.spec.template {
            let pointer = draft.pointer_of("template").to_owned();
            out.entry(name.as_str()).or_insert(pointer);
        }
    }
    out
}

fn mention(plan: &Leveled<'_>, parsed: &Parsed<'_>, name: &str, at: Place, report: &mut Report) {
    let folder = plan.folder;
    if let Some(template) = parsed.templates.get(name) {
        if !template.has_head() {
            report
                .error(
                    "no-head",
                    place(folder, name, 1, 1),
                    phrase!("check.templates.no-head", template = short(name)),
                )
                .help(phrase!("check.templates.no-head-help"));
        }
    } else if !folder.templates.contains_key(name) && !folder.unreadable.iter().any(|n| n == name) {
        report
            .error(
                "unknown-template",
                at,
                phrase!("check.templates.unknown", template = short(name)),
            )
            .help_if(suggest(name, folder.templates.keys().map(String::as_str)));
    }
}

fn taken(parsed: &Parsed<'_>, name: &str, partial: &PartialUse, report: &mut Report) {
    let folder = parsed.folder;
    let at = || place(folder, name, partial.line, partial.column);
    match parsed.templates.get(partial.name.as_str()) {
        Some(template) if template.has_head() => {
            report
                .error(
                    "partial-with-head",
                    at(),
                    phrase!(
                        "check.templates.partial-with-head",
                        template = short(&partial.name)
                    ),
                )
                .help(phrase!("check.templates.partial-with-head-help"));
        }
        Some(_) => {}
        None if folder.templates.contains_key(&partial.name)
            || folder.unreadable.contains(&partial.name) => {}
        None => report
            .error(
                "unknown-template",
                at(),
                phrase!("check.templates.unknown", template = short(&partial.name)),
            )
            .help_if(suggest(
                &partial.name,
                folder.templates.keys().map(String::as_str),
            )),
    }
}

fn circles(parsed: &Parsed<'_>, partials: &[(&str, PartialUse)], report: &mut Report) {
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for (start, _) in partials {
        let mut path: Vec<(&str, usize)> = vec![(start, 0)];
        while let Some((name, next)) = path.pop() {
            let mut edges = partials.iter().filter(|(from, _)| *from == name).skip(next);
            let Some((_, edge)) = edges.next() else {
                done.insert(name);
                continue;
            };
            path.push((name, next + 1));
            if let Some(from) = path.iter().position(|(step, _)| *step == edge.name) {
                let steps: Vec<&str> = path[from..].iter().map(|(step, _)| *step).collect();
                report
                    .error(
                        "partial-circle",
                        place(parsed.folder, name, edge.line, edge.column),
                        phrase!(
                            "check.templates.circle",
                            steps = steps.join(" → "),
                            back = &edge.name
                        ),
                    )
                    .help(phrase!("check.templates.circle-help"));
            } else if let Some((code, _)) = parsed.templates.get_key_value(edge.name.as_str())
                && !done.contains(code)
            {
                path.push((code, 0));
            }
        }
    }
}

fn names(parsed: &Parsed<'_>, root: &str, event: &EventType, report: &mut Report) {
    let known: Names<'_> = known_paths(event);
    for reached in parsed.reach(root) {
        let used = &reached.used;
        let Err(said) = known.resolve(&used.path, reached.each.as_deref(), used.role) else {
            continue;
        };
        let is_known = known
            .resolve(&used.path, reached.each.as_deref(), Role::Test)
            .is_ok();
        let code = if is_known {
            "misused-fact"
        } else {
            "unknown-fact"
        };
        report
            .error(
                code,
                place(parsed.folder, &reached.template, used.line, used.column),
                said.what,
            )
            .help_if(said.hint);
    }
}

fn unused(
    parsed: &Parsed<'_>,
    roots: &BTreeMap<&str, String>,
    partials: &[(&str, PartialUse)],
    report: &mut Report,
) {
    for name in parsed.templates.keys() {
        if !roots.contains_key(name) && !partials.iter().any(|(_, partial)| partial.name == *name) {
            report
                .warning(
                    "unused-template",
                    place(parsed.folder, name, 1, 1),
                    phrase!("check.templates.unused", template = short(name)),
                )
                .help(phrase!("check.templates.unused-help"));
        }
    }
}

impl Parsed<'_> {
    fn partials(&self) -> Vec<(&str, PartialUse)> {
        self.templates
            .iter()
            .flat_map(|(name, template)| template.partials().into_iter().map(|p| (*name, p)))
            .collect()
    }

    /// Every use of a name in the text that begins with the template `root`, partials included.
    pub fn reach(&self, root: &str) -> Vec<Reached> {
        let mut out = Vec::new();
        let mut seen = BTreeSet::new();
        let mut todo = vec![Taken::alone(root)];
        while let Some(here) = todo.pop() {
            let Taken {
                name,
                field,
                each,
                guards,
            } = here.clone();
            let Some(template) = self.templates.get(name.as_str()) else {
                continue;
            };
            if !seen.insert(here) || seen.len() > 500 {
                continue;
            }
            let around = |own: &[String]| -> Vec<String> {
                let mut all: BTreeSet<String> = guards.iter().cloned().collect();
                all.extend(own.iter().cloned());
                all.into_iter().collect()
            };
            for used in template.uses() {
                out.push(Reached {
                    template: name.clone(),
                    field: field.unwrap_or(used.field),
                    each: used.each.clone().or_else(|| each.clone()),
                    guards: around(&used.guards),
                    used,
                });
            }
            for partial in template.partials() {
                todo.push(Taken {
                    name: partial.name,
                    field: Some(field.unwrap_or(partial.field)),
                    each: partial.each.or_else(|| each.clone()),
                    guards: around(&partial.guards),
                });
            }
        }
        out
    }
}
