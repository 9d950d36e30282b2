//! Finds the plans that a command means: a plan's code in the root at hand, or a path to a plan or a root.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use super::super::words::{count, joined, word};
use super::super::{Exit, Failure};
use super::check::human;
use crate::domain::plan::{PinnedPlan, PlanSet};
use crate::plan::diagnostic::Severity;
use crate::plan::scope::{self, Scope};
use crate::plan::{Reading, read};

/// The plans that a command means, and all that they stand among.
pub struct Loaded {
    pub plans: Vec<PinnedPlan>,
    pub set: PlanSet,
}

/// The plans meant by `name`, in the root `here` unless it is a path, or None once `err` has been told why there are none.
pub fn plans(
    here: &Path,
    name: Option<&str>,
    today: NaiveDate,
    err: &mut dyn Write,
) -> io::Result<Option<Loaded>> {
    let path = name.map(Path::new).filter(|path| path.exists());
    let (root, folder) = match path.map(scope::of) {
        None => (here.to_owned(), None),
        Some(Scope::Root(root)) => (root, None),
        Some(Scope::Part { root, part }) => (root, Some(part)),
        Some(Scope::Alone(file)) => {
            return refused(err, word!("plan.alone", file = file.display()));
        }
    };
    let reading = read(&root, today);
    let Some(set) = reading.set else {
        return refuse(reading, &root, err);
    };
    let code = match (&folder, path, name) {
        (Some(folder), _, _) => plan_code(folder),
        (None, None, Some(name)) => Some(name.to_owned()),
        _ => None,
    };
    let Some(code) = code else {
        let plans = set.plans.clone();
        return Ok(Some(Loaded { plans, set }));
    };
    let known: Vec<&str> = set.plans.iter().map(|p| p.plan.plan.as_str()).collect();
    match set.plan(&code) {
        Some(plan) => {
            let plans = vec![plan.clone()];
            Ok(Some(Loaded { plans, set }))
        }
        None => {
            let (known, root) = (joined(&known), root.display());
            refused(err, word!("plan.unknown", code, root, known))
        }
    }
}

/// The folder's name is the plan's code; a file in it belongs to it.
fn plan_code(part: &Path) -> Option<String> {
    let folder: PathBuf = match part {
        file if file.is_file() => {
            let parent = file.parent()?;
            let is_templates = parent.file_name().is_some_and(|name| name == "templates");
            if is_templates {
                parent.parent()?.to_owned()
            } else {
                parent.to_owned()
            }
        }
        folder => folder.to_owned(),
    };
    let name = folder.canonicalize().ok()?;
    Some(name.file_name()?.to_string_lossy().into_owned())
}

fn refuse(reading: Reading, root: &Path, err: &mut dyn Write) -> io::Result<Option<Loaded>> {
    let errors: Vec<_> = reading
        .diagnostics
        .into_iter()
        .filter(|d| d.severity == Severity::Error)
        .collect();
    human(&errors, false, err)?;
    let count = count!("plan.errors", errors.len() as u64);
    refused(err, word!("plan.broken", root = root.display(), count))
}

/// Says why there are no plans.
fn refused<T>(err: &mut dyn Write, what: String) -> io::Result<Option<T>> {
    write!(err, "{}", Failure::new(Exit::Invalid, what))?;
    Ok(None)
}
