//! Which root a path belongs to, so that one plan or one file can be checked with everything it leans on.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Reading;
use super::diagnostic::Report;
use super::file::{BodiesFile, EventsFile, HolidaysFile, PlanFile, RulesFile};
use super::folder::shown;
use super::scenario::DrillFile;
use super::schema::FileKind;
use super::source::{read_text, read_yaml, start_of};
use super::structure;
use crate::domain::channel::ChannelDef;
use crate::domain::phrase::phrase;

/// What a path given on the command line stands for.
#[derive(Debug, PartialEq, Eq)]
pub enum Scope {
    Root(PathBuf),
    /// A part of a root: its plan folder, `plans`, `channels` or one file.
    Part {
        root: PathBuf,
        part: PathBuf,
    },
    /// A file that lies in no root.
    Alone(PathBuf),
}

pub fn of(path: &Path) -> Scope {
    if path.is_dir() {
        if path.join("plans").is_dir() || !looks_like_part(path) {
            return Scope::Root(path.to_owned());
        }
        if path.join("bodies.yaml").exists() {
            return Scope::Root(above(path, 1));
        }
        return part(
            path,
            if path.join("plan.yaml").exists() {
                2
            } else {
                1
            },
        );
    }
    let folder = above(path, 1);
    let is_named = |name: &str| path.file_name().is_some_and(|own| own == name);
    if is_named("plan.yaml") && is_root(&above(path, 3)) {
        return part(path, 3);
    }
    if path.extension().is_some_and(|ext| ext == "hbs") && is_root(&above(path, 4)) {
        return part(path, 4);
    }
    if (folder.join("bodies.yaml").exists()
        || ends_with(&folder, "channels")
        || ends_with(&folder, "drills"))
        && is_root(&above(path, 2))
    {
        return part(path, 2);
    }
    Scope::Alone(path.to_owned())
}

fn looks_like_part(path: &Path) -> bool {
    path.join("bodies.yaml").exists()
        || (path.join("plan.yaml").exists() && is_root(&above(path, 2)))
        || ((ends_with(path, "channels") || ends_with(path, "drills")) && is_root(&above(path, 1)))
}

fn is_root(path: &Path) -> bool {
    path.join("plans").is_dir()
}

fn part(path: &Path, levels: usize) -> Scope {
    Scope::Part {
        root: above(path, levels),
        part: path.to_owned(),
    }
}

fn ends_with(path: &Path, name: &str) -> bool {
    path.file_name().is_some_and(|own| own == name)
}

/// The folder `levels` above; what runs out of names goes on with `..`.
fn above(path: &Path, levels: usize) -> PathBuf {
    let mut at = path.to_owned();
    for _ in 0..levels {
        at = match at.parent() {
            Some(parent) if parent.as_os_str().is_empty() => PathBuf::from("."),
            Some(parent) if !ends_with_dots(&at) => parent.to_owned(),
            _ => at.join(".."),
        };
    }
    at
}

fn ends_with_dots(path: &Path) -> bool {
    matches!(
        path.components().next_back(),
        Some(std::path::Component::ParentDir | std::path::Component::CurDir)
    )
}

/// Checks the form of one file whose surroundings are not there.
pub fn check_alone(path: &Path) -> Reading {
    let mut report = Report::default();
    let name = shown(path);
    if path.extension().is_some_and(|ext| ext == "hbs") {
        read_text(path, &name, &mut report);
    } else if let Some(source) = read_yaml(path, &name, &mut report) {
        match kind_of(source.value()) {
            Some(FileKind::Plan) => drop(structure::read::<PlanFile>(
                &source,
                FileKind::Plan,
                &mut report,
            )),
            Some(FileKind::Bodies) => drop(structure::read::<BodiesFile>(
                &source,
                FileKind::Bodies,
                &mut report,
            )),
            Some(FileKind::Events) => drop(structure::read::<EventsFile>(
                &source,
                FileKind::Events,
                &mut report,
            )),
            Some(FileKind::Rules) => drop(structure::read::<RulesFile>(
                &source,
                FileKind::Rules,
                &mut report,
            )),
            Some(FileKind::Holidays) => drop(structure::read::<HolidaysFile>(
                &source,
                FileKind::Holidays,
                &mut report,
            )),
            Some(FileKind::Channel) => drop(structure::read::<ChannelDef>(
                &source,
                FileKind::Channel,
                &mut report,
            )),
            Some(FileKind::Drill) => drop(structure::read::<DrillFile>(
                &source,
                FileKind::Drill,
                &mut report,
            )),
            None => report
                .error("unknown-file", start_of(&name), phrase!("file.unknown"))
                .help(phrase!("file.unknown-help")),
        }
    }
    Reading {
        diagnostics: report.into_sorted(),
        set: None,
    }
}

fn kind_of(value: &Value) -> Option<FileKind> {
    let has = |key: &str| value.get(key).is_some();
    [
        (FileKind::Bodies, has("bodies")),
        (FileKind::Events, has("events")),
        (FileKind::Rules, has("rules") || has("citations")),
        (FileKind::Plan, has("levels") || has("plan")),
        (FileKind::Drill, has("drill")),
        (FileKind::Channel, has("channel")),
        (FileKind::Holidays, has("holidays") || has("workdays")),
    ]
    .into_iter()
    .find_map(|(kind, is_it)| is_it.then_some(kind))
}
