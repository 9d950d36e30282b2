//! What a scenario lets happen: in an order that can be, to incidents, items and facts that exist by then.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::diagnostic::Report;
use super::super::scenario::{DeclareInject, InjectFile};
use super::super::words::{short, suggest};
use super::{Checked, Standing};
use crate::domain::fact::left_out;
use crate::domain::level::{IncidentGrade, ResponseLevel};
use crate::domain::phrase::{Phrase, phrase};
use crate::domain::plan::Item;

impl Checked<'_> {
    pub(super) fn injects(&mut self, report: &mut Report) {
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
                        phrase!("scenario.inject-after-end", length = file.length),
                    )
                    .help(phrase!("scenario.inject-after-end-help"));
            }
            match &inject.kinds()[..] {
                [_] => self.inject(inject, &at, report),
                [] => report
                    .error(
                        "inject-of-nothing",
                        self.source.at(&at),
                        phrase!("scenario.inject-of-nothing"),
                    )
                    .help(phrase!("scenario.inject-of-nothing-help")),
                several => report
                    .error(
                        "inject-of-several",
                        self.source.key(&format!("{at}/{}", several[1])),
                        phrase!("scenario.inject-of-several", kinds = several.join(" and ")),
                    )
                    .help(phrase!("scenario.inject-of-several-help")),
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
                let to = change.to;
                let what = match up {
                    true => phrase!("scenario.not-higher", to, level),
                    false => phrase!("scenario.not-lower", to, level),
                };
                let place = self.source.at(&format!("{at}/to"));
                report.error("level-not-changed", place, what);
            }
            self.level_known(change.to, &format!("{at}/to"), report);
            let name = self.name_of(change.incident.as_deref());
            if let Some(standing) = name.and_then(|name| self.standing.get_mut(&name)) {
                standing.levels.push(change.to);
            }
        }
        if let Some(graded) = &inject.grade {
            let at = format!("{at}/grade");
            if let Some((event, _)) = self.incident(graded.incident.as_deref(), &at, report) {
                let fact =
                    BTreeMap::from([(IncidentGrade::FACT.to_owned(), graded.to.zh().into())]);
                self.facts(&event, &fact, &at, report);
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
                    |item, level, event| phrase!("scenario.no-item-on-demand", level, event, item),
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
                    |item, level, event| phrase!("scenario.no-item", level, event, item),
                    |_| true,
                    report,
                );
            }
        }
    }

    fn declare(&mut self, declare: &DeclareInject, at: &str, report: &mut Report) {
        if !self
            .plans
            .iter()
            .any(|plan| plan.event.event == declare.event)
        {
            report
                .error(
                    "unknown-event",
                    self.source.at(&format!("{at}/event")),
                    phrase!("scenario.no-plan-about", event = short(&declare.event)),
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
                    phrase!("scenario.unknown-area", area = short(&area.0)),
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
                    phrase!("scenario.declared-twice", name),
                )
                .help(phrase!("scenario.declared-twice-help"));
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
                phrase!("scenario.unknown-level", level = level),
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
                    phrase!("scenario.incident-over"),
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
                    Some(name) => phrase!("scenario.unknown-incident", name = short(name)),
                    None if self.standing.is_empty() => {
                        phrase!("scenario.no-incident")
                    }
                    None => phrase!("scenario.several-incidents"),
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
        let mut values = BTreeMap::new();
        for (code, value) in given {
            let pointer = format!("{at}/{code}");
            match plan.event.fact(code) {
                None => report
                    .error(
                        "unknown-fact",
                        self.source.key(&pointer),
                        phrase!("scenario.unknown-fact", event, fact = short(code)),
                    )
                    .help_if(suggest(
                        code,
                        plan.event.facts.iter().map(|f| f.fact.as_str()),
                    )),
                Some(spec) => match spec.read(value) {
                    Ok(value) => {
                        values.insert(code.as_str(), value);
                    }
                    Err(error) => {
                        report.error("bad-fact", self.source.at(&pointer), error.phrase());
                    }
                },
            }
        }
        for left in left_out(&plan.event.facts, |_| None, |code| values.get(code)) {
            let place = self.source.at(&format!("{at}/{}", left.fact));
            report.error("english-lacks", place, left.phrase());
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
        no_such: fn(String, ResponseLevel, &str) -> Phrase,
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
                    no_such(short(code), level, event),
                )
                .help_if(suggest(code, known));
        }
    }
}
