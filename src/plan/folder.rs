//! Finds and reads every file of a root: `plans/` and `channels/`. Looks nothing up between them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use super::diagnostic::Report;
use super::file::{BodiesFile, EventsFile, HolidaysFile, PlanFile, RulesFile};
use super::schema::FileKind;
use super::source::{Source, read_text, read_yaml, start_of, why};
use super::structure::{self, Shaped};
use crate::domain::channel::ChannelDef;
use crate::domain::phrase::phrase;

/// A file with its text places and what could be read of it.
#[derive(Debug)]
pub struct Read<T> {
    pub source: Source,
    pub shaped: Shaped<T>,
}

impl<T> Read<T> {
    pub fn spec(&self) -> &T {
        &self.shaped.spec
    }
}

/// One folder of `plans/`.
#[derive(Debug)]
pub struct PlanFolder {
    /// The folder's name, which is the plan's code.
    pub name: String,
    pub plan: Read<PlanFile>,
    /// Template name → the file as shown and its text.
    pub templates: BTreeMap<String, TemplateFile>,
    /// Templates that are there but could not be read; nobody must be told that they are missing.
    pub unreadable: Vec<String>,
}

#[derive(Debug)]
pub struct TemplateFile {
    pub shown: String,
    pub text: String,
}

/// Everything under one root, as far as it could be read. None and absence = the report has said why.
#[derive(Debug, Default)]
pub struct Files {
    pub bodies: Option<Read<BodiesFile>>,
    pub events: Option<Read<EventsFile>>,
    pub rules: Option<Read<RulesFile>>,
    pub holidays: Option<Read<HolidaysFile>>,
    /// There is no such file, which is no fault until a deadline counts working days.
    pub no_holidays: bool,
    pub channels: Vec<Read<ChannelDef>>,
    /// False when some channel file could not be read, so that a code may be unknown for that reason.
    pub all_channels_read: bool,
    pub plans: Vec<PlanFolder>,
}

/// Reads the root. `root` is shown in front of every file name unless it is the current folder.
pub fn read(root: &Path, report: &mut Report) -> Files {
    let plans = root.join("plans");
    let mut files = Files {
        bodies: required(&plans.join("bodies.yaml"), FileKind::Bodies, report),
        events: required(&plans.join("events.yaml"), FileKind::Events, report),
        rules: optional(&plans.join("rules.yaml"), FileKind::Rules, report),
        holidays: optional(&plans.join("holidays.yaml"), FileKind::Holidays, report),
        no_holidays: is_absent(&plans.join("holidays.yaml")),
        ..Files::default()
    };
    read_channels(&root.join("channels"), &mut files, report);
    for path in entries(&plans, report) {
        let name = name_of(&path);
        if path.is_dir() {
            files.plans.extend(read_plan(&path, name, report));
        } else if path.is_symlink() && !path.exists() {
            report
                .error(
                    "unreadable-file",
                    start_of(&shown(&path)),
                    phrase!("file.broken-link"),
                )
                .help(phrase!("file.broken-link-help"));
        } else if !["bodies.yaml", "events.yaml", "rules.yaml", "holidays.yaml"]
            .contains(&name.as_str())
            && is_yaml(&path)
        {
            report
                .warning("stray-file", start_of(&shown(&path)), phrase!("file.stray"))
                .help(phrase!("file.stray-in-plans-help"));
        }
    }
    files
}

fn read_channels(folder: &Path, files: &mut Files, report: &mut Report) {
    files.all_channels_read = true;
    for path in entries(folder, report) {
        if !is_yaml(&path) {
            continue;
        }
        if path.extension().is_some_and(|ext| ext == "yml") {
            stray_yml(&path, report);
            continue;
        }
        match optional(&path, FileKind::Channel, report) {
            Some(channel) => files.channels.push(channel),
            None => files.all_channels_read = false,
        }
    }
}

fn read_plan(folder: &Path, name: String, report: &mut Report) -> Option<PlanFolder> {
    let file = folder.join("plan.yaml");
    let plan = required(&file, FileKind::Plan, report);
    if is_absent(&file) {
        return None;
    }
    let mut templates = BTreeMap::new();
    let mut unreadable = Vec::new();
    let home = folder.join("templates");
    for path in entries(&home, report) {
        if path.extension().is_none_or(|ext| ext != "hbs") {
            report
                .warning("stray-file", start_of(&shown(&path)), phrase!("file.stray"))
                .help(phrase!("file.stray-template-help"));
            continue;
        }
        let name = path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default();
        let shown = shown(&path);
        match read_text(&path, &shown, report) {
            Some(text) => {
                templates.insert(name, TemplateFile { shown, text });
            }
            None => unreadable.push(name),
        }
    }
    plan.map(|plan| PlanFolder {
        name,
        plan,
        templates,
        unreadable,
    })
}

fn is_absent(path: &Path) -> bool {
    !path.exists() && !path.is_symlink()
}

fn required<T: DeserializeOwned>(
    path: &Path,
    kind: FileKind,
    report: &mut Report,
) -> Option<Read<T>> {
    if is_absent(path) {
        report
            .error(
                "missing-file",
                start_of(&shown(path)),
                phrase!("file.missing"),
            )
            .help(match kind {
                FileKind::Plan => phrase!("file.missing-plan-help"),
                _ => phrase!("file.missing-root-help"),
            });
        return None;
    }
    optional(path, kind, report)
}

fn optional<T: DeserializeOwned>(
    path: &Path,
    kind: FileKind,
    report: &mut Report,
) -> Option<Read<T>> {
    if is_absent(path) {
        return None;
    }
    read_one(path, kind, report)
}

/// Reads one file of a known kind on its own.
pub fn read_one<T: DeserializeOwned>(
    path: &Path,
    kind: FileKind,
    report: &mut Report,
) -> Option<Read<T>> {
    let source = read_yaml(path, &shown(path), report)?;
    let shaped = structure::read(&source, kind, report)?;
    Some(Read { source, shaped })
}

/// The entries of a folder in the order of their names, without hidden ones.
fn entries(folder: &Path, report: &mut Report) -> Vec<PathBuf> {
    let listing = match std::fs::read_dir(folder) {
        Ok(listing) => listing,
        Err(error) => {
            report
                .error(
                    "unreadable-folder",
                    start_of(&shown(folder)),
                    phrase!("file.unreadable-folder", error = why(&error)),
                )
                .help(phrase!("file.unreadable-folder-help"));
            return Vec::new();
        }
    };
    let mut paths: Vec<PathBuf> = listing
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| !name_of(path).starts_with('.'))
        .collect();
    paths.sort();
    paths
}

fn stray_yml(path: &Path, report: &mut Report) {
    report
        .warning("stray-file", start_of(&shown(path)), phrase!("file.stray"))
        .help(phrase!("file.stray-ending-help"));
}

fn is_yaml(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ext| ext == "yaml" || ext == "yml")
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// The path as messages give it: relative to where the user stands when that is how they gave it.
pub fn shown(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    text.strip_prefix("./").unwrap_or(&text).to_owned()
}
