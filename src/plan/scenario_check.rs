//! What a scenario names must exist, and happen in an order that can be: every complaint with its line and column.

mod expectations;
mod injects;

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{NaiveDateTime, TimeZone};
use chrono_tz::Tz;

use super::diagnostic::Report;
use super::folder::{self, Read};
use super::scenario::{DrillFile, Pace};
use super::schema::FileKind;
use super::source::Source;
use super::words::{short, suggest};
use crate::domain::body::PostRef;
use crate::domain::level::ResponseLevel;
use crate::domain::phrase::phrase;
use crate::domain::plan::{Plan, PlanSet};
use crate::domain::time::Moment;

/// A scenario file that was read, with the moment it begins.
#[derive(Debug)]
pub struct ReadScenario {
    pub file: DrillFile,
    pub zone: Tz,
    pub start: Moment,
}

/// Reads one scenario against the plans. None = the report says why it cannot be played.
pub fn read(path: &Path, set: &PlanSet, report: &mut Report) -> Option<ReadScenario> {
    let read: Read<DrillFile> = folder::read_one(path, FileKind::Drill, report)?;
    let mut checked = Checked {
        source: &read.source,
        file: read.spec(),
        set,
        plans: Vec::new(),
        standing: BTreeMap::new(),
    };
    checked.check(path, report);
    let (zone, start) = checked.start(report)?;
    (!report.has_errors()).then(|| ReadScenario {
        file: read.shaped.spec,
        zone,
        start,
    })
}

/// Checks every scenario of `root/drills`; a root without that folder has none.
pub fn check_folder(root: &Path, set: &PlanSet, report: &mut Report) {
    let Ok(entries) = std::fs::read_dir(root.join("drills")) else {
        return;
    };
    let mut paths: Vec<_> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|ext| ext == "yaml"))
        .collect();
    paths.sort();
    for path in paths {
        // Each file is judged by itself, so that one slip does not silence the others.
        let mut own = Report::default();
        let _ = read(&path, set, &mut own);
        report.append(own);
    }
}

struct Checked<'a> {
    source: &'a Source,
    file: &'a DrillFile,
    set: &'a PlanSet,
    plans: Vec<&'a Plan>,
    /// Incidents declared so far: their event and every level they were at; the last one holds.
    standing: BTreeMap<String, Standing>,
}

struct Standing {
    event: String,
    levels: Vec<ResponseLevel>,
    ended: bool,
}

impl<'a> Checked<'a> {
    fn check(&mut self, path: &Path, report: &mut Report) {
        let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned());
        if stem.as_deref().is_some_and(|stem| stem != self.file.drill) {
            report
                .error(
                    "drill-name",
                    self.source.at("/drill"),
                    phrase!("scenario.name"),
                )
                .help_if(stem.map(|stem| phrase!("scenario.name-help", stem)));
        }
        self.plans(report);
        self.people(report);
        for code in self.file.channels.keys() {
            self.channel(code, &format!("/channels/{code}"), true, report);
        }
        self.injects(report);
        self.expectations(report);
    }

    fn start(&self, report: &mut Report) -> Option<(Tz, Moment)> {
        let zone: Tz = self.file.time_zone.parse().ok()?;
        let local = NaiveDateTime::parse_from_str(&self.file.start, "%Y-%m-%d %H:%M").ok();
        let at = local.and_then(|local| zone.from_local_datetime(&local).earliest());
        if at.is_none() {
            report.error(
                "no-such-time",
                self.source.at("/start"),
                phrase!(
                    "scenario.no-such-time",
                    time = &self.file.start,
                    zone = zone.to_string()
                ),
            );
        }
        at.map(|at| (zone, at.to_utc()))
    }

    fn plans(&mut self, report: &mut Report) {
        for (n, code) in self.file.plans.iter().enumerate() {
            match self.set.plan(code) {
                Some(pinned) => self.plans.push(&pinned.plan),
                None => {
                    let known = self.set.plans.iter().map(|p| p.plan.plan.as_str());
                    report
                        .error(
                            "unknown-plan",
                            self.source.at(&format!("/plans/{n}")),
                            phrase!("scenario.unknown-plan", plan = short(code)),
                        )
                        .help_if(suggest(code, known));
                }
            }
        }
    }

    fn people(&self, report: &mut Report) {
        self.pace(self.file.everyone, "/everyone", report);
        for (n, person) in self.file.people.iter().enumerate() {
            let at = format!("/people/{n}");
            for (m, post) in person.posts.iter().enumerate() {
                self.post(post, &format!("{at}/posts/{m}"), report);
            }
            self.pace(person.reaction, &format!("{at}/reaction"), report);
            self.pace(person.drafting, &format!("{at}/drafting"), report);
            self.pace(person.on_call, &format!("{at}/on-call"), report);
            for (m, absence) in person.absent.iter().enumerate() {
                if absence.to.is_some_and(|to| to <= absence.from) {
                    report.error(
                        "absence-ends-before",
                        self.source.at(&format!("{at}/absent/{m}/to")),
                        phrase!("scenario.absence-backwards"),
                    );
                }
            }
        }
    }

    fn pace(&self, pace: Option<Pace>, at: &str, report: &mut Report) {
        let Some(pace) = pace else { return };
        if pace.median.as_seconds() == 0 {
            report
                .error(
                    "zero-median",
                    self.source.at(&format!("{at}/median")),
                    phrase!("scenario.zero-median"),
                )
                .help(phrase!("scenario.zero-median-help"));
        } else if pace.p90 < pace.median {
            report
                .error(
                    "p90-below-median",
                    self.source.at(&format!("{at}/p90")),
                    phrase!(
                        "scenario.p90-below-median",
                        slow = pace.p90,
                        median = pace.median
                    ),
                )
                .help(phrase!("scenario.p90-below-median-help"));
        }
    }

    fn post(&self, text: &str, at: &str, report: &mut Report) {
        let known: Vec<String> = self
            .set
            .bodies
            .iter()
            .flat_map(|body| {
                body.posts
                    .iter()
                    .map(|post| format!("{}/{}", body.body, post.post))
            })
            .collect();
        if text.parse::<PostRef>().is_ok() && known.iter().any(|post| post == text) {
            return;
        }
        report
            .error(
                "unknown-post",
                self.source.at(at),
                phrase!("scenario.unknown-post", post = short(text)),
            )
            .help_if(suggest(text, known.iter().map(String::as_str)));
    }

    fn channel(&self, code: &str, at: &str, at_key: bool, report: &mut Report) {
        if self.set.channels.contains_key(code) {
            return;
        }
        let place = if at_key {
            self.source.key(at)
        } else {
            self.source.at(at)
        };
        report
            .error(
                "unknown-channel",
                place,
                phrase!("scenario.unknown-channel", channel = short(code)),
            )
            .help_if(suggest(code, self.set.channels.keys().map(String::as_str)));
    }
}
