//! What a scenario names must exist, and happen in an order that can be: every complaint with its line and column.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{NaiveDateTime, TimeZone};
use chrono_tz::Tz;
use serde_json::Value;

use super::diagnostic::Report;
use super::folder::{self, Read};
use super::scenario::{DrillFile, ExpectFile, InjectFile, Pace};
use super::schema::FileKind;
use super::source::Source;
use super::words::{short, suggest};
use crate::domain::body::PostRef;
use crate::domain::level::ResponseLevel;
use crate::domain::plan::{Item, Plan, PlanSet};
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
                    "a scenario has the name of its file",
                )
                .help_if(stem.map(|stem| format!("write `drill: {stem}`, or rename the file")));
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
                format!(
                    "`{}` is no time that the clocks of {zone} show",
                    self.file.start
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
                            format!("there is no plan `{}`", short(code)),
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
                        "this absence ends before it begins",
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
                    "nobody needs no time at all",
                )
                .help("give at least 1s");
        } else if pace.p90 < pace.median {
            report
                .error(
                    "p90-below-median",
                    self.source.at(&format!("{at}/p90")),
                    format!("p90 ({}) is below the median ({})", pace.p90, pace.median),
                )
                .help("nine of ten are faster than p90, five of ten faster than the median");
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
                format!("there is no post `{}`", short(text)),
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
                format!("there is no channel `{}`", short(code)),
            )
            .help_if(suggest(code, self.set.channels.keys().map(String::as_str)));
    }

    fn injects(&mut self, report: &mut Report) {
        let mut order: Vec<usize> = (0..self.file.injects.len()).collect();
        order.sort_by_key(|n| (self.file.injects[*n].at, *n));
        for n in order {
            let at = format!("/injects/{n}");
            let file = self.file;
            let inject = &file.injects[n];
            if inject.at > file.length {
                report
                    .error(
                        "inject-after-end",
                        self.source.at(&format!("{at}/at")),
                        format!("the drill ends at T+{}, before this", file.length),
                    )
                    .help("let it happen earlier, or make `length` longer");
            }
            match &inject.kinds()[..] {
                [_] => self.inject(inject, &at, report),
                [] => report
                    .error("inject-of-nothing", self.source.at(&at), "nothing happens here")
                    .help("name one of declare, facts, raise, lower, end, channel-down, channel-slow, absent, rumour, wrong-bulletin, restart"),
                several => report
                    .error(
                        "inject-of-several",
                        self.source.key(&format!("{at}/{}", several[1])),
                        format!("{} happen in one inject", several.join(" and ")),
                    )
                    .help("write one inject for each; they may have the same `at`"),
            }
        }
    }

    fn inject(&mut self, inject: &InjectFile, at: &str, report: &mut Report) {
        if let Some(declare) = &inject.declare {
            self.declare(declare, &format!("{at}/declare"), report);
        }
        if let Some(facts) = &inject.facts {
            let at = format!("{at}/facts");
            if let Some((event, _)) = self.incident(facts.incident.as_deref(), &at, report) {
                self.facts(&event, &facts.give, &format!("{at}/give"), report);
            }
        }
        for (key, change, up) in [
            ("raise", &inject.raise, true),
            ("lower", &inject.lower, false),
        ] {
            let Some(change) = change else { continue };
            let at = format!("{at}/{key}");
            let Some((_, level)) = self.incident(change.incident.as_deref(), &at, report) else {
                continue;
            };
            if (change.to > level) != up || change.to == level {
                let word = if up { "higher" } else { "lower" };
                report.error(
                    "level-not-changed",
                    self.source.at(&format!("{at}/to")),
                    format!(
                        "level {} is not {word} than {level}, which holds then",
                        change.to
                    ),
                );
            }
            self.level_known(change.to, &format!("{at}/to"), report);
            let name = self.name_of(change.incident.as_deref());
            if let Some(standing) = name.and_then(|name| self.standing.get_mut(&name)) {
                standing.levels.push(change.to);
            }
        }
        if let Some(end) = &inject.end
            && self
                .incident(end.incident.as_deref(), &format!("{at}/end"), report)
                .is_some()
            && let Some(standing) = self
                .name_of(end.incident.as_deref())
                .and_then(|name| self.standing.get_mut(&name))
        {
            standing.ended = true;
        }
        if let Some(down) = &inject.channel_down {
            self.channel(
                &down.channel,
                &format!("{at}/channel-down/channel"),
                false,
                report,
            );
        }
        if let Some(slow) = &inject.channel_slow {
            self.channel(
                &slow.channel,
                &format!("{at}/channel-slow/channel"),
                false,
                report,
            );
        }
        if let Some(absent) = &inject.absent {
            self.post(&absent.post, &format!("{at}/absent/post"), report);
        }
        if let Some(rumour) = &inject.rumour {
            let at = format!("{at}/rumour");
            if let Some((event, level)) = self.incident(rumour.incident.as_deref(), &at, report) {
                self.facts(&event, &rumour.facts, &format!("{at}/facts"), report);
                let is_asked_for = |item: &&Item| item.on_demand;
                self.item(
                    &rumour.item,
                    &event,
                    level,
                    &format!("{at}/item"),
                    "on-demand item",
                    is_asked_for,
                    report,
                );
            }
        }
        if let Some(wrong) = &inject.wrong_bulletin {
            let at = format!("{at}/wrong-bulletin");
            if let Some((event, level)) = self.incident(wrong.incident.as_deref(), &at, report) {
                self.facts(&event, &wrong.facts, &format!("{at}/facts"), report);
                self.item(
                    &wrong.item,
                    &event,
                    level,
                    &format!("{at}/item"),
                    "item",
                    |_| true,
                    report,
                );
            }
        }
    }

    fn declare(&mut self, declare: &super::scenario::DeclareInject, at: &str, report: &mut Report) {
        if !self
            .plans
            .iter()
            .any(|plan| plan.event.event == declare.event)
        {
            report
                .error(
                    "unknown-event",
                    self.source.at(&format!("{at}/event")),
                    format!(
                        "none of the drill's plans is about `{}`",
                        short(&declare.event)
                    ),
                )
                .help_if(suggest(
                    &declare.event,
                    self.plans.iter().map(|p| p.event.event.as_str()),
                ));
            return;
        }
        for (n, area) in declare.areas.iter().enumerate() {
            if !self.set.areas.iter().any(|known| known.area == *area) {
                report.error(
                    "unknown-area",
                    self.source.at(&format!("{at}/areas/{n}")),
                    format!("bodies.yaml has no place `{}`", short(&area.0)),
                );
            }
        }
        self.level_known(declare.level, &format!("{at}/level"), report);
        self.facts(
            &declare.event,
            &declare.facts,
            &format!("{at}/facts"),
            report,
        );
        let name = declare
            .incident
            .clone()
            .unwrap_or_else(|| declare.event.clone());
        if self.standing.contains_key(&name) {
            report
                .error(
                    "declared-twice",
                    self.source.key(at),
                    format!("incident `{name}` was declared before"),
                )
                .help("give this one another name with `incident:`");
            return;
        }
        let standing = Standing {
            event: declare.event.clone(),
            levels: vec![declare.level],
            ended: false,
        };
        self.standing.insert(name, standing);
    }

    fn level_known(&self, level: ResponseLevel, at: &str, report: &mut Report) {
        if !self.plans.is_empty() && !self.plans.iter().any(|p| p.levels.contains_key(&level)) {
            report.error(
                "unknown-level",
                self.source.at(at),
                format!("none of the drill's plans has level {level}"),
            );
        }
    }

    /// The incident that an inject names, or the only one there is.
    fn name_of(&self, named: Option<&str>) -> Option<String> {
        match named {
            Some(name) => Some(name.to_owned()),
            None if self.standing.len() == 1 => self.standing.keys().next().cloned(),
            None => None,
        }
    }

    fn incident(
        &self,
        named: Option<&str>,
        at: &str,
        report: &mut Report,
    ) -> Option<(String, ResponseLevel)> {
        let found = self
            .name_of(named)
            .and_then(|name| self.standing.get(&name));
        match found {
            Some(standing) if standing.ended => {
                report.error(
                    "incident-over",
                    self.source.key(at),
                    "this incident has ended by then",
                );
                None
            }
            Some(standing) => Some((standing.event.clone(), *standing.levels.last()?)),
            None => {
                let place = match named {
                    Some(_) => self.source.at(&format!("{at}/incident")),
                    None => self.source.key(at),
                };
                let what = match named {
                    Some(name) => format!("no incident `{}` is declared before this", short(name)),
                    None if self.standing.is_empty() => {
                        "no incident is declared before this".into()
                    }
                    None => "several incidents are declared; say which one is meant".into(),
                };
                report
                    .error("unknown-incident", place, what)
                    .help_if(suggest(
                        named.unwrap_or(""),
                        self.standing.keys().map(String::as_str),
                    ));
                None
            }
        }
    }

    fn facts(&self, event: &str, given: &BTreeMap<String, Value>, at: &str, report: &mut Report) {
        let Some(plan) = self.plans.iter().find(|plan| plan.event.event == event) else {
            return;
        };
        for (code, value) in given {
            let pointer = format!("{at}/{code}");
            match plan.event.fact(code) {
                None => report
                    .error(
                        "unknown-fact",
                        self.source.key(&pointer),
                        format!("{event} has no fact `{}`", short(code)),
                    )
                    .help_if(suggest(
                        code,
                        plan.event.facts.iter().map(|f| f.fact.as_str()),
                    )),
                Some(spec) => {
                    if let Err(error) = spec.read(value) {
                        report.error("bad-fact", self.source.at(&pointer), error.to_string());
                    }
                }
            }
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one question about one item, and where to complain"
    )]
    fn item(
        &self,
        code: &str,
        event: &str,
        level: ResponseLevel,
        at: &str,
        what: &str,
        fits: impl Fn(&&Item) -> bool,
        report: &mut Report,
    ) {
        let known: Vec<&str> = self
            .plans
            .iter()
            .filter(|plan| plan.event.event == event)
            .filter_map(|plan| plan.levels.get(&level))
            .flatten()
            .filter(fits)
            .flat_map(|item| std::iter::once(item).chain(item.interpretation.as_deref()))
            .map(|item| item.item.as_str())
            .collect();
        if !known.contains(&code) {
            report
                .error(
                    "unknown-item",
                    self.source.at(at),
                    format!("level {level} of {event} has no {what} `{}`", short(code)),
                )
                .help_if(suggest(code, known));
        }
    }

    fn expectations(&self, report: &mut Report) {
        for (n, expect) in self.file.expect.iter().enumerate() {
            let at = format!("/expect/{n}");
            if expect.kinds().len() != 1 {
                report
                    .error("expectation-of-one", self.source.at(&at), "an expectation is about one thing")
                    .help("name one of on-time, corrected-within, only-approved, on-time-rate, delivered");
            }
            self.expectation(expect, &at, report);
        }
    }

    fn expectation(&self, expect: &ExpectFile, at: &str, report: &mut Report) {
        if let Some(delivered) = &expect.delivered {
            self.channel(
                &delivered.channel,
                &format!("{at}/delivered/channel"),
                false,
                report,
            );
        }
        if expect.corrected_within.is_some()
            && self.file.injects.iter().all(|i| i.wrong_bulletin.is_none())
        {
            report
                .error(
                    "nothing-to-correct",
                    self.source.key(&format!("{at}/corrected-within")),
                    "no inject makes a text wrong",
                )
                .help("add a wrong-bulletin inject, or take this out");
        }
        let Some(on_time) = &expect.on_time else {
            return;
        };
        if let Some(plan) = &on_time.plan
            && !self.file.plans.contains(plan)
        {
            report
                .error(
                    "unknown-plan",
                    self.source.at(&format!("{at}/on-time/plan")),
                    format!("`{}` is none of the drill's plans", short(plan)),
                )
                .help_if(suggest(plan, self.file.plans.iter().map(String::as_str)));
            return;
        }
        let known = self.items_reached(on_time.plan.as_deref(), on_time.level);
        if !known.contains(&on_time.item.as_str()) {
            let wanted = match on_time.level {
                Some(level) => format!("level {level}, as this drill reaches it, has no item"),
                None => "no level that this drill reaches has an item".into(),
            };
            report
                .error(
                    "item-not-at-level",
                    self.source.at(&format!("{at}/on-time/item")),
                    format!("{wanted} `{}`", short(&on_time.item)),
                )
                .help_if(suggest(&on_time.item, known));
        }
    }

    /// The items of every level that the injects reach, the end included.
    fn items_reached(&self, plan: Option<&str>, only: Option<ResponseLevel>) -> Vec<&'a str> {
        let mut known = Vec::new();
        for standing in self.standing.values() {
            let plans = self.plans.iter().filter(|p| {
                p.event.event == standing.event && plan.is_none_or(|code| p.plan == code)
            });
            for plan in plans {
                let of_levels = standing
                    .levels
                    .iter()
                    .filter(|level| only.is_none_or(|only| only == **level))
                    .filter_map(|level| plan.levels.get(level))
                    .flatten();
                let of_end = plan.end.iter().filter(|_| standing.ended && only.is_none());
                known.extend(
                    of_levels
                        .chain(of_end)
                        .flat_map(|item| {
                            std::iter::once(item).chain(item.interpretation.as_deref())
                        })
                        .map(|item| item.item.as_str()),
                );
            }
        }
        known.dedup();
        known
    }
}
