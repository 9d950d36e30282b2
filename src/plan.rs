//! Plan, rule and channel files: read, checked, resolved. Every complaint has a file, a line and a column.
//!
//! Files become plans in four steps, and each says everything it finds wrong: `yaml` (text → value with places),
//! `structure` (the JSON Schema of the file), `check` (what only shows when files are read together), `resolve`
//! (inheritance, posts, templates → [`crate::domain::plan::Plan`]). Knows `domain` and the template reader of
//! `render`; no store, no clock: the day is an argument.

pub mod diagnostic;
pub mod words;
pub mod article;
pub mod yaml;
pub mod source;
pub mod file;
pub mod schema;
pub mod structure;
pub mod folder;
pub mod inherit;
pub mod check;
pub mod resolve;
pub mod scope;
pub mod diff;
pub mod scenario;
pub mod scenario_check;

use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use crate::domain::phrase::phrase;
use crate::domain::plan::PlanSet;
use diagnostic::{Diagnostic, Report, Severity};
use scope::Scope;

/// What reading a root gave: the plans, or everything that keeps them from being used; warnings in both cases.
#[derive(Debug, Default)]
pub struct Reading {
    pub diagnostics: Vec<Diagnostic>,
    /// None when there is an error anywhere.
    pub set: Option<PlanSet>,
}

impl Reading {
    pub fn errors(&self) -> usize {
        self.count(Severity::Error)
    }

    pub fn warnings(&self) -> usize {
        self.count(Severity::Warning)
    }

    fn count(&self, severity: Severity) -> usize {
        self.diagnostics
            .iter()
            .filter(|d| d.severity == severity)
            .count()
    }
}

/// Reads and checks the root that holds `plans/` and `channels/`. `today` decides what is expired and overdue.
pub fn read(root: &Path, today: NaiveDate) -> Reading {
    read_with(root, today, check::check)
}

/// The same plans for whoever knows that this root passes the checks, which are nine tenths of the work of reading it.
/// What cannot be a plan at all is still complained of.
pub fn read_checked_before(root: &Path, today: NaiveDate) -> Reading {
    read_with(root, today, |_, _| ())
}

fn read_with(
    root: &Path,
    today: NaiveDate,
    check: impl FnOnce(&check::World, &mut Report),
) -> Reading {
    let mut report = Report::default();
    let files = folder::read(root, &mut report);
    let plans = files
        .plans
        .iter()
        .map(|folder| inherit::level(folder, &mut report))
        .collect();
    let world = check::World {
        files: &files,
        plans,
        today,
    };
    check(&world, &mut report);
    let set = if report.has_errors() {
        None
    } else {
        resolve::resolve(&world)
    };
    if set.is_none() && !report.has_errors() {
        report
            .error(
                "unresolved",
                source::start_of(&folder::shown(root)),
                phrase!("file.unresolved"),
            )
            .help(phrase!("file.unresolved-help"));
    }
    Reading {
        diagnostics: report.into_sorted(),
        set,
    }
}

/// Reads what each path belongs to: a root, its `plans` folder, one plan's folder, or a single file. For a part of a
/// root the whole root is read and only complaints about that part are kept; a single file outside any root is checked
/// for its form alone. The set is given when one root was asked for and it has no errors.
pub fn read_paths(paths: &[PathBuf], today: NaiveDate) -> Reading {
    let mut out = Reading::default();
    for path in paths {
        let reading = match scope::of(path) {
            Scope::Root(root) => with_drills(&root, read(&root, today)),
            Scope::Part { root, part } => {
                let mut reading = with_drills(&root, read(&root, today));
                let part = folder::shown(&part);
                reading.diagnostics.retain(|d| {
                    d.place
                        .file
                        .strip_prefix(&part)
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                });
                reading
            }
            Scope::Alone(file) => scope::check_alone(&file),
        };
        for diagnostic in reading.diagnostics {
            if !out.diagnostics.contains(&diagnostic) {
                out.diagnostics.push(diagnostic);
            }
        }
        out.set = if paths.len() == 1 { reading.set } else { None };
    }
    out
}

/// Checks the scenarios of a root with its plans; they keep no plan from being used.
fn with_drills(root: &Path, mut reading: Reading) -> Reading {
    if let Some(set) = &reading.set {
        let mut report = Report::default();
        scenario_check::check_folder(root, set, &mut report);
        reading.diagnostics.extend(report.into_sorted());
    }
    reading
}
