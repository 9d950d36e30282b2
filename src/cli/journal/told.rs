//! What a person reads of an entry of the journal: its facts by their labels, times by the office's clock, codes by their names.
//! Must never decide anything: `--json` has all that is kept.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use serde_json::Value;

use super::super::names::Names;
use super::super::words::{count, each, either, joined, word};
use super::super::{bodies, when};
use crate::config::Config;
use crate::domain::bulletin::REMINDERS_FROM;
use crate::domain::fact::{Fact, FactSpec, FactValue, Facts};
use crate::domain::journal::Sealed;
use crate::domain::level::ResponseLevel;

/// What codes are called here, and the clock that times are read by.
pub(super) struct Reader {
    names: Names,
    /// By event, those that every event has included.
    facts: BTreeMap<String, Vec<FactSpec>>,
    zone: Tz,
}

/// What else is known of what an entry is about.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct About<'a> {
    pub event: Option<&'a str>,
    /// The item of its release, by code and by name.
    pub item: Option<(&'a str, &'a str)>,
}

impl Reader {
    /// With the names of `plans/`, as far as they can be read.
    pub fn of(config: &Config, zone: Tz) -> Self {
        let events = bodies::events(config);
        let mut names = match bodies::read(config) {
            Ok(Some(file)) => Names::of(&file.bodies, &file.areas),
            _ => Names::default(),
        };
        let mut facts = BTreeMap::new();
        for event in events.iter().flat_map(|file| &file.events) {
            names.add_event(&event.event, &event.name, event.name_en.as_deref());
            let common = events.iter().flat_map(|file| &file.common_facts);
            let all = common.chain(&event.facts);
            let all: Vec<FactSpec> = all.flat_map(FactSpec::with_english).collect();
            facts.insert(event.event.clone(), all);
        }
        Self { names, facts, zone }
    }

    /// `2026-07-01 11:30:05`.
    pub fn stamp(&self, at: crate::domain::time::Moment) -> String {
        let at = at.with_timezone(&self.zone);
        at.format("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// What a person wants to know of an entry.
    pub fn details(&self, entry: &Sealed, about: About<'_>) -> String {
        let Some(data) = entry.data.as_object() else {
            return String::new();
        };
        let mut said: Vec<String> = each!("journal.detail")
            .into_iter()
            .filter_map(|(key, label)| {
                let value = self.told_of(key, data.get(key)?, about)?;
                // A measure that was lifted says from when, a level that changed from which.
                Some(match (&*entry.act, key) {
                    ("measure-lifted-in", "from") => word!("journal.effective", at = value),
                    _ => format!("{label} {value}"),
                })
            })
            .collect();
        let facts = data.get("facts").map(|facts| self.facts(facts, about));
        let facts = facts.filter(|facts| !facts.is_empty());
        let most = if facts.is_some() { 2 * MOST } else { MOST };
        if let Some(facts) = facts {
            said.insert(0, word!("journal.facts", facts = joined(&facts)));
        }
        shortened(&joined(&said), most)
    }

    fn told_of(&self, key: &str, value: &Value, about: About<'_>) -> Option<String> {
        match value {
            Value::String(text) if text.is_empty() => None,
            Value::String(text) => Some(self.word(key, text, about)),
            // A message to a post is kept beside the texts of its release, numbered where no text comes.
            Value::Number(n) if key == "version" && n.as_u64() >= Some(REMINDERS_FROM.into()) => {
                None
            }
            Value::Number(number) => Some(number.to_string()),
            Value::Array(list) => {
                let list: Vec<String> = list
                    .iter()
                    .filter_map(|one| self.told_of(key, one, about))
                    .collect();
                (!list.is_empty()).then(|| joined(&list))
            }
            _ => None,
        }
    }

    fn word(&self, key: &str, text: &str, about: About<'_>) -> String {
        if let Ok(at) = chrono::DateTime::parse_from_rfc3339(text) {
            return when::stamp(at.to_utc(), self.zone);
        }
        match key {
            "areas" => self.names.area(text),
            "event" => self.names.event(text),
            "missing" if text.starts_with("original.") => {
                word!("release.brought-by-original").to_owned()
            }
            "missing" => self.label(text, about),
            "level" | "from" | "to" => match text.parse::<ResponseLevel>() {
                Ok(level) => either(level.zh(), &level.en()).to_owned(),
                Err(_) => self.names.post(text),
            },
            "post" | "posts" | "waits_for" => self.names.post(text),
            "item" => match about.item {
                Some((code, name)) if code == text => either(name, code).to_owned(),
                _ => text.to_owned(),
            },
            _ => text.to_owned(),
        }
    }

    /// Each fact with what it says and who says it; only their names where an entry keeps no more.
    fn facts(&self, facts: &Value, about: About<'_>) -> Vec<String> {
        if let Some(codes) = facts.as_array() {
            let codes = codes.iter().filter_map(Value::as_str);
            return codes.map(|code| self.label(code, about)).collect();
        }
        let facts: Facts = serde_json::from_value(facts.clone()).unwrap_or_default();
        let said = facts.iter().map(|(code, fact)| {
            let label = self.label(code, about);
            let value = self.value(code, fact, about);
            match &fact.source {
                Some(source) => word!("journal.fact-from", label, value, source),
                None => word!("journal.fact", label, value),
            }
        });
        said.collect()
    }

    fn label(&self, code: &str, about: About<'_>) -> String {
        let spec = self.spec(code, about);
        spec.map_or(code, |spec| either(&spec.label, code))
            .to_owned()
    }

    fn spec(&self, code: &str, about: About<'_>) -> Option<&FactSpec> {
        let facts = self.facts.get(about.event?)?;
        facts.iter().find(|spec| spec.fact == code)
    }

    fn value(&self, code: &str, fact: &Fact, about: About<'_>) -> String {
        let unit = self.spec(code, about).and_then(|spec| {
            let en = spec.unit_en.as_ref().or(spec.unit.as_ref());
            Some(either(spec.unit.as_ref()?, en?))
        });
        let unit = unit.unwrap_or_default();
        match &fact.value {
            FactValue::Text(text) if text.is_empty() => word!("journal.emptied").to_owned(),
            FactValue::Text(text) => shortened(text, MOST / 2),
            FactValue::Number(number) => format!("{number}{unit}"),
            FactValue::Integer(number) => format!("{number}{unit}"),
            FactValue::Time(at) => when::stamp(*at, self.zone),
            FactValue::Duration(span) => when::span(*span),
            FactValue::Flag(true) => word!("journal.yes").to_owned(),
            FactValue::Flag(false) => word!("journal.no").to_owned(),
            FactValue::List(rows) => count!("journal.rows", rows.len() as u64),
        }
    }
}

/// What of an entry fits beside the rest of its row.
const MOST: usize = 80;

fn shortened(text: &str, most: usize) -> String {
    match text.chars().count() > most {
        true => text.chars().take(most - 1).chain(['…']).collect(),
        false => text.to_owned(),
    }
}
