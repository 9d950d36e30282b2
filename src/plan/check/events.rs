//! events.yaml on its own: facts that can be asked for, printed and told apart.

mod bounds;

use std::collections::BTreeMap;

use super::World;
use crate::domain::fact::{FactSpec, FactType};
use crate::domain::phrase::phrase;
use crate::plan::diagnostic::Report;
use crate::plan::source::Source;
use crate::plan::words::short;

/// Names that templates use for something else.
const RESERVED: [&str; 6] = ["incident", "release", "original", "this", "else", "number"];

pub fn check(world: &World<'_>, report: &mut Report) {
    let Some(file) = &world.files.events else {
        return;
    };
    let source = &file.source;
    let mut common = BTreeMap::new();
    facts(
        source,
        "/common-facts",
        &file.spec().common_facts,
        &mut common,
        report,
    );
    let common_kinds = file.spec().common_facts.iter();
    let known: BTreeMap<&str, FactType> =
        common_kinds.map(|fact| (&*fact.fact, fact.kind)).collect();
    bounds::check(
        source,
        "/common-facts",
        &file.spec().common_facts,
        &known,
        report,
    );
    let mut events = BTreeMap::new();
    for (index, event) in file.spec().events.iter().enumerate() {
        let home = format!("/events/{index}");
        super::code(&event.event, source.at(&format!("{home}/event")), report);
        if let Some(first) = events.insert(&event.event, format!("{home}/event")) {
            report
                .error(
                    "duplicate-code",
                    source.at(&format!("{home}/event")),
                    phrase!("check.events.event-twice", event = short(&event.event)),
                )
                .help(phrase!(
                    "check.first-on-line",
                    line = source.at(&first).line
                ));
        }
        let mut seen = common.clone();
        facts(
            source,
            &format!("{home}/facts"),
            &event.facts,
            &mut seen,
            report,
        );
        let mut known = known.clone();
        known.extend(event.facts.iter().map(|fact| (&*fact.fact, fact.kind)));
        bounds::check(
            source,
            &format!("{home}/facts"),
            &event.facts,
            &known,
            report,
        );
    }
}

fn facts<'a>(
    source: &Source,
    home: &str,
    facts: &'a [FactSpec],
    seen: &mut BTreeMap<&'a str, String>,
    report: &mut Report,
) {
    for (index, fact) in facts.iter().enumerate() {
        let pointer = format!("{home}/{index}");
        let name = format!("{pointer}/fact");
        super::code(&fact.fact, source.at(&name), report);
        if RESERVED.contains(&fact.fact.as_str()) {
            report
                .error(
                    "reserved-name",
                    source.at(&name),
                    phrase!("check.events.reserved", fact = &fact.fact),
                )
                .help(phrase!("check.events.reserved-help"));
        }
        if let Some(first) = seen.insert(&fact.fact, name.clone()) {
            report
                .error(
                    "duplicate-code",
                    source.at(&name),
                    phrase!("check.events.fact-twice", fact = short(&fact.fact)),
                )
                .help(phrase!(
                    "check.events.fact-twice-help",
                    line = source.at(&first).line
                ));
        }
        if (fact.kind == FactType::Choice) == fact.choices.is_empty() {
            if fact.kind == FactType::Choice {
                report
                    .error(
                        "choice-without-choices",
                        source.at(&pointer),
                        phrase!("check.events.no-choices", fact = &fact.fact),
                    )
                    .help(phrase!("check.events.no-choices-help"));
            } else {
                report
                    .error(
                        "choice-without-choices",
                        source.key(&format!("{pointer}/choices")),
                        phrase!("check.events.choices-of-no-choice", fact = &fact.fact),
                    )
                    .help(phrase!("check.events.choices-of-no-choice-help"));
            }
        }
        if (fact.kind == FactType::List) == fact.columns.is_empty() {
            if fact.kind == FactType::List {
                report
                    .error(
                        "list-without-columns",
                        source.at(&pointer),
                        phrase!("check.events.no-columns", fact = &fact.fact),
                    )
                    .help(phrase!("check.events.no-columns-help"));
            } else {
                report
                    .error(
                        "list-without-columns",
                        source.key(&format!("{pointer}/columns")),
                        phrase!("check.events.columns-of-no-list", fact = &fact.fact),
                    )
                    .help(phrase!("check.events.columns-of-no-list-help"));
            }
        }
        if fact.unit.is_some() && !counts(fact.kind) {
            report
                .warning(
                    "unit-without-number",
                    source.key(&format!("{pointer}/unit")),
                    phrase!("check.events.unit-without-number", fact = &fact.fact),
                )
                .help(phrase!("check.events.unit-without-number-help"));
        }
        let mut columns = BTreeMap::new();
        for (at, column) in fact.columns.iter().enumerate() {
            let place = source.at(&format!("{pointer}/columns/{at}/column"));
            super::code(&column.column, place.clone(), report);
            if columns.insert(&column.column, at).is_some() {
                report
                    .error(
                        "duplicate-code",
                        place.clone(),
                        phrase!("check.events.column-twice", column = short(&column.column)),
                    )
                    .help(phrase!("check.events.column-twice-help"));
            }
            if matches!(column.kind, FactType::List | FactType::Choice) {
                report
                    .error(
                        "bad-column",
                        source.at(&format!("{pointer}/columns/{at}/type")),
                        phrase!("check.events.bad-column"),
                    )
                    .help(phrase!("check.events.bad-column-help"));
            }
        }
    }
}

fn counts(kind: FactType) -> bool {
    matches!(kind, FactType::Number | FactType::Integer)
}
