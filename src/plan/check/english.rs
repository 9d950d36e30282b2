//! Whether whoever reads the English text is told the same places, times, numbers and tables as whoever reads the Chinese.
//!
//! What facts and the system give is compared by name, what stands in the words themselves by its digits. Whether the English that
//! somebody gives for a fact has its numbers is asked when it is given (`domain/fact/english`).

mod digits;

use std::collections::BTreeMap;

use super::World;
use super::templates::{Parsed, Reached, place};
use crate::domain::fact::{FactSpec, FactType};
use crate::domain::phrase::{Blank, Phrase, phrase};
use crate::domain::plan::EventType;
use crate::plan::diagnostic::Report;
use crate::render::head::Field;
use crate::render::names::Role;

/// What says in a text for whom it is.
const PLACES: [&str; 4] = [
    "incident.areas",
    "incident.areas-en",
    "release.areas",
    "release.areas-en",
];

/// What the system gives and both texts say, by whichever of its names. The number of a text (发文字号) is Chinese, and its page
/// is found by the link.
const SYSTEM: [&[&str]; 10] = [
    &[
        "incident.level",
        "incident.level-roman",
        "incident.level-en",
    ],
    &["incident.previous-level"],
    &["incident.known-at"],
    &["incident.activated-at"],
    &["incident.level-since"],
    &["incident.ended-at"],
    &["incident.expected-duration"],
    &["release.next-update"],
    &["release.hotline"],
    &["original.published-at"],
];

/// Places that an English text can only name in Chinese.
pub fn check_places(world: &World<'_>, report: &mut Report) {
    let Some(file) = &world.files.bodies else {
        return;
    };
    let mut texts = world
        .plans
        .iter()
        .flat_map(|plan| plan.folder.templates.values());
    if !texts.any(|template| template.text.contains("\ntext-en:")) {
        return;
    }
    let areas = file.spec().areas.iter().enumerate();
    let mut nameless = areas.filter(|(_, area)| {
        area.name_en
            .as_deref()
            .is_none_or(|name| name.trim().is_empty())
    });
    let Some((index, first)) = nameless.next() else {
        return;
    };
    let names = std::iter::once(first).chain(nameless.map(|(_, area)| area));
    let places: Blank = names.map(|area| area.name.as_str()).collect();
    report
        .warning(
            "no-english-name",
            file.source.at(&format!("/areas/{index}")),
            phrase!("check.english.no-name", places),
        )
        .help(phrase!("check.english.no-name-help"));
}

pub fn check(parsed: &Parsed<'_>, event: &EventType, report: &mut Report) {
    for (name, template) in &parsed.templates {
        let has = |field| template.pieces().iter().any(|piece| piece.field == field);
        let reached = parsed.reach(name);
        if has(Field::TextEn) {
            // A short message is a text of its own, and says less.
            let is_long = |one: &&Reached| !matches!(one.field, Field::Sms | Field::SmsEn);
            let (english, chinese) = reached
                .iter()
                .filter(is_long)
                .partition(|one| one.field.is_english());
            let pair = Pair {
                root: name,
                parsed,
                event,
                chinese,
                english,
            };
            pair.compare(report);
            digits::compare(parsed, name, false, report);
        }
        if has(Field::SmsEn) {
            let of = |field| {
                reached
                    .iter()
                    .filter(move |one| one.field == field)
                    .collect()
            };
            let (chinese, english) = (of(Field::Sms), of(Field::SmsEn));
            let pair = Pair {
                root: name,
                parsed,
                event,
                chinese,
                english,
            };
            pair.compare_short(report);
            digits::compare(parsed, name, true, report);
        }
    }
}

/// The uses of names in a Chinese text, and in the English one beside it.
struct Pair<'a> {
    root: &'a str,
    parsed: &'a Parsed<'a>,
    event: &'a EventType,
    chinese: Vec<&'a Reached>,
    english: Vec<&'a Reached>,
}

impl<'a> Pair<'a> {
    fn compare(&self, report: &mut Report) {
        let mut lacks: BTreeMap<String, &Reached> = BTreeMap::new();
        for one in self.chinese.iter().copied().filter(|one| says(one)) {
            for name in self.unsaid(one) {
                lacks.entry(name).or_insert(one);
            }
        }
        self.complain(lacks, phrase!("check.english.lacks-help"), report);
        self.without_place(report);
    }

    /// Of a short message the English says at least when, and where.
    fn compare_short(&self, report: &mut Report) {
        let mut lacks: BTreeMap<String, &Reached> = BTreeMap::new();
        for one in self.chinese.iter().copied().filter(|one| says(one)) {
            let fact = self.fact_of(&one.used.path);
            let is_time = fact.is_some_and(|fact| fact.kind == FactType::Time);
            if is_time
                || SYSTEM
                    .iter()
                    .any(|names| names.contains(&one.used.path.as_str()))
            {
                for name in self.unsaid(one) {
                    lacks.entry(name).or_insert(one);
                }
            }
        }
        self.complain(lacks, phrase!("check.english.lacks-short-help"), report);
    }

    fn complain(&self, lacks: BTreeMap<String, &Reached>, help: Phrase, report: &mut Report) {
        let mut all = lacks.values();
        let Some(mut first) = all.next() else {
            return;
        };
        for one in all {
            if (one.used.line, one.used.column) < (first.used.line, first.used.column) {
                first = one;
            }
        }
        // A partial is taken by many texts, and only this one lacks something.
        let at = match first.template == self.root {
            true => place(
                self.parsed.folder,
                &first.template,
                first.used.line,
                first.used.column,
            ),
            false => place(self.parsed.folder, self.root, 1, 1),
        };
        let facts: Blank = lacks.keys().map(String::as_str).collect();
        report
            .error("english-lacks", at, phrase!("check.english.lacks", facts))
            .help(help);
    }

    fn without_place(&self, report: &mut Report) {
        let is_place = |path: &str| PLACES.contains(&path);
        let mut chinese = self.chinese.iter().filter(|one| says(one));
        let Some(one) = chinese.find(|one| is_place(&one.used.path)) else {
            return;
        };
        let is_said = self.english.iter().any(|one| {
            let path = one.used.path.as_str();
            let of_fact = || self.fact_of(path).is_some_and(|fact| fact.place);
            says(one) && (is_place(path) || of_fact())
        });
        if !is_said {
            let at = place(
                self.parsed.folder,
                &one.template,
                one.used.line,
                one.used.column,
            );
            report
                .error("english-lacks", at, phrase!("check.english.lacks-place"))
                .help(phrase!("check.english.lacks-place-help"));
        }
    }

    /// What of a use in the Chinese text the English does not say.
    fn unsaid(&self, one: &Reached) -> Vec<String> {
        let path = one.used.path.as_str();
        if let Some(names) = SYSTEM.iter().find(|names| names.contains(&path)) {
            let is_same = |other: &Reached| names.contains(&other.used.path.as_str());
            return match self.is_said(one, &is_same) {
                true => Vec::new(),
                false => vec![names[0].to_owned()],
            };
        }
        if let Some((list, column)) = self.column_of(one) {
            let is_same = |other: &Reached| self.column_of(other) == Some((list, column));
            return match self.is_said(one, &is_same) {
                true => Vec::new(),
                false => vec![format!("{list}.{column}")],
            };
        }
        let Some(fact) = self.fact_of(path) else {
            return Vec::new();
        };
        let mut out = Vec::new();
        let is_same = |other: &Reached| code_of(&other.used.path) == fact.fact;
        if is_compared(fact)
            && path.strip_suffix(".as-of").is_none()
            && !self.is_said(one, &is_same)
        {
            out.push(fact.fact.clone());
        } else if dates(fact, path)
            && !self.is_said(one, &|other| {
                is_same(other) && dates(fact, &other.used.path)
            })
        {
            out.push(format!("{}.as-of", fact.fact));
        }
        out
    }

    /// Whether the English says it, and not only where something else is known if the Chinese always does.
    fn is_said(&self, chinese: &Reached, is_same: &dyn Fn(&Reached) -> bool) -> bool {
        let mut same = self.english.iter().filter(|other| {
            let by_choice = self
                .fact_of(&other.used.path)
                .is_some_and(|fact| fact.kind == FactType::Choice);
            // A choice has Chinese values: English says it by cases.
            (says(other) || by_choice) && is_same(other)
        });
        match is_always(chinese) {
            true => same.any(|other| is_always(other)),
            false => same.next().is_some(),
        }
    }

    /// The table and the column that a use in a loop names.
    fn column_of(&self, one: &'a Reached) -> Option<(&'a str, &'a str)> {
        let list = one.each.as_deref()?;
        let path = one.used.path.as_str();
        let column = path.strip_prefix("this.").unwrap_or(path);
        let spec = self.event.fact(list)?;
        spec.columns
            .iter()
            .any(|known| known.column == column)
            .then_some((list, column))
    }

    /// `rainfall`, `rainfall.value` and `rainfall.as-of` are of `rainfall`.
    fn fact_of(&self, path: &str) -> Option<&'a FactSpec> {
        self.event.fact(code_of(path))
    }
}

fn says(one: &Reached) -> bool {
    matches!(one.used.role, Role::Print | Role::Loop)
}

/// Whether it is said whatever else is known: its own condition, and that of its table, are no others.
fn is_always(one: &Reached) -> bool {
    let own = code_of(&one.used.path);
    let list = one.each.as_deref();
    one.guards.iter().all(|guard| {
        let guard = code_of(guard);
        guard == own || Some(guard) == list
    })
}

/// `rainfall.as-of` is of `rainfall`.
fn code_of(path: &str) -> &str {
    let facets = [".value", ".as-of", ".source"];
    facets
        .iter()
        .find_map(|facet| path.strip_suffix(facet))
        .unwrap_or(path)
}

/// Whether `path` prints the time as of which `fact` holds. What is told in Chinese words has none in English.
fn dates(fact: &FactSpec, path: &str) -> bool {
    let is_number = matches!(fact.kind, FactType::Number | FactType::Integer);
    is_compared(fact) && (path.ends_with(".as-of") || (is_number && path == fact.fact))
}

/// Whether a text is there to be called by: its label says so.
fn holds_telephone(fact: &FactSpec) -> bool {
    let label_en = fact.label_en.as_deref().unwrap_or_default();
    let label_en = label_en.to_ascii_lowercase();
    ["电话", "热线"]
        .iter()
        .any(|word| fact.label.contains(word))
        || ["telephone", "hotline"]
            .iter()
            .any(|word| label_en.contains(word))
}

fn is_compared(fact: &FactSpec) -> bool {
    match fact.kind {
        FactType::Time
        | FactType::Number
        | FactType::Integer
        | FactType::List
        | FactType::Duration
        | FactType::Choice => true,
        FactType::Text => fact.place || holds_telephone(fact),
        FactType::Flag => false,
    }
}
