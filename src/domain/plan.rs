//! A disclosure plan as the engine uses it: inheritance resolved, posts and templates filled in, nothing to look up.
//!
//! A plan carries everything that an incident declared under it will need, so that pinning the plan pins the whole
//! night: its body, its event type with the facts, and its template sources.

mod item;
mod route;
mod set;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::area::{Area, AreaCode};
use super::body::Body;
use super::concern::Concern;
use super::fact::{Fact, FactSpec, FactValue, Facts, english_code};
use super::level::{EventClass, ResponseLevel};
use super::time::Moment;

pub use item::{Held, Item, ItemChannel, ItemKind, ItemRole, OnRaise};
pub use route::{CorrectionKind, Corrections, FastRoute, Route, Signer, WITHDRAWAL};
pub use set::{PinnedPlan, PlanSet};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub plan: String,
    pub title: String,
    pub title_en: Option<String>,
    /// Drafts, and answers the telephone.
    pub body: Body,
    /// The organs that decide and sign where that is not the body which drafts, by code.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub issuers: BTreeMap<String, Body>,
    pub event: EventType,
    /// The areas this plan serves, and every named place known, for printing.
    pub areas: Vec<AreaCode>,
    pub places: Vec<Area>,
    pub revision: String,
    pub zone: Tz,
    pub effective_from: Option<NaiveDate>,
    pub review_by: Option<NaiveDate>,
    pub routes: BTreeMap<String, Route>,
    pub corrections: Option<Corrections>,
    pub levels: BTreeMap<ResponseLevel, Vec<Item>>,
    pub end: Vec<Item>,
    /// At which grades a superior speaks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speaker: Option<Speaker>,
    /// Who watches and answers what people ask and claim, level by level.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub concerns: BTreeMap<ResponseLevel, Vec<Concern>>,
    /// The same after the end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub end_concerns: Vec<Concern>,
    /// Template name → source text, partials included.
    pub templates: BTreeMap<String, String>,
    /// Citation code → document and article, as the public reads it.
    #[serde(default)]
    pub citations: BTreeMap<String, String>,
    /// Days off and worked weekend days, for working-day deadlines.
    pub calendar: Calendar,
}

/// Who speaks of an incident by its grade (事件等级): the plan's own organ, or at some grades a superior, whose text is relayed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Speaker {
    /// The fact that says the grade.
    pub fact: String,
    /// The grades at which the superior speaks.
    pub superior: Vec<String>,
    /// The item that relays what the superior says.
    pub relay: String,
}

impl Plan {
    /// Every item of every level and of the end, with its interpretation.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        let top = self.levels.values().flatten().chain(&self.end);
        top.flat_map(|item| std::iter::once(item).chain(item.interpretation.as_deref()))
    }

    /// The item `code` at `level`, interpretations included.
    pub fn item(&self, level: ResponseLevel, code: &str) -> Option<&Item> {
        self.levels.get(&level).and_then(|items| find(items, code))
    }

    /// The item `code`, looked for at `level` first, then among the end items, then anywhere.
    pub fn item_anywhere(&self, level: ResponseLevel, code: &str) -> Option<&Item> {
        self.item(level, code)
            .or_else(|| find(&self.end, code))
            .or_else(|| self.levels.values().find_map(|items| find(items, code)))
    }

    /// The item that `release` was made from; what answers a concern goes the way of the source where that was found.
    pub fn item_of(&self, release: &super::release::Release) -> Option<&Item> {
        let item = match release.level {
            Some(level) => self.item_anywhere(level, &release.item)?,
            None => find(&self.end, &release.item)
                .or_else(|| self.item_anywhere(ResponseLevel::IV, &release.item))?,
        };
        Some(item.from(release.found.and_then(|found| found.source)))
    }

    /// The organ that decides and signs what `item` says.
    pub fn issuer_of(&self, item: &Item) -> &Body {
        let issuer = item.issuer.as_ref();
        issuer
            .and_then(|code| self.issuers.get(code))
            .unwrap_or(&self.body)
    }

    /// The year that the calendar does not know, if the deadline of `release` was counted in working days through it.
    pub fn beyond_calendar(&self, release: &super::release::Release) -> Option<i32> {
        let level = release.level.unwrap_or(ResponseLevel::IV);
        let item = self.item_anywhere(level, &release.item)?;
        super::deadline::counted_beyond_calendar(
            &item.due,
            release.due_at,
            self.zone,
            &self.calendar,
        )
    }

    /// Whether this plan serves any of `areas`.
    pub fn serves(&self, areas: &[AreaCode]) -> bool {
        areas
            .iter()
            .any(|area| self.areas.iter().any(|own| own.overlaps(area)))
    }

    pub fn place_name<'a>(&'a self, code: &'a AreaCode) -> &'a str {
        self.places
            .iter()
            .find(|p| p.area == *code)
            .map_or(code.0.as_str(), |p| p.name.as_str())
    }

    pub fn place_name_en<'a>(&'a self, code: &'a AreaCode) -> &'a str {
        self.places
            .iter()
            .find(|p| p.area == *code)
            .map_or(code.0.as_str(), |p| p.name_en.as_deref().unwrap_or(&p.name))
    }
}

fn find<'a>(items: &'a [Item], code: &str) -> Option<&'a Item> {
    items
        .iter()
        .flat_map(|item| std::iter::once(item).chain(item.interpretation.as_deref()))
        .find(|item| item.item == code)
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventType {
    pub event: String,
    pub name: String,
    pub name_en: Option<String>,
    pub class: EventClass,
    pub facts: Vec<FactSpec>,
}

impl EventType {
    pub fn fact(&self, code: &str) -> Option<&FactSpec> {
        self.facts.iter().find(|spec| spec.fact == code)
    }

    /// The fact that gives `spec` in English, if there is one.
    pub fn english_of(&self, spec: &FactSpec) -> Option<&FactSpec> {
        let is_given = spec.place || spec.english;
        is_given.then(|| self.fact(&english_code(&spec.fact)))?
    }

    /// What the facts `given` leave behind of the English in `standing`: where the Chinese was given anew and the English was
    /// not, the English says something else and is emptied.
    pub fn english_left_behind(&self, standing: &Facts, given: &Facts, now: Moment) -> Facts {
        let left = given.iter().filter_map(|(code, fact)| {
            let english = &self.english_of(self.fact(code)?)?.fact;
            let is_left = standing.get(english)?.value.is_truthy()
                && !given.contains_key(english)
                && standing.get(code).is_none_or(|was| was.value != fact.value);
            let emptied = Fact {
                value: FactValue::Text(String::new()),
                as_of: now,
                source: None,
                by: Vec::new(),
            };
            is_left.then(|| (english.clone(), emptied))
        });
        left.collect()
    }

    /// Whether `spec` only gives another fact in English.
    pub fn is_english_form(&self, spec: &FactSpec) -> bool {
        let of = spec.fact.strip_suffix("-en").and_then(|of| self.fact(of));
        of.is_some_and(|of| of.place || of.english)
    }
}

/// The working-day calendar: weekends are off, `holidays` too, `workdays` are worked all the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    pub holidays: Vec<NaiveDate>,
    pub workdays: Vec<NaiveDate>,
}
