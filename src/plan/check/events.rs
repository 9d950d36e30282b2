//! events.yaml on its own: facts that can be asked for, printed and told apart.

use std::collections::BTreeMap;

use super::World;
use crate::domain::fact::{FactSpec, FactType};
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
    let mut events = BTreeMap::new();
    for (index, event) in file.spec().events.iter().enumerate() {
        let home = format!("/events/{index}");
        super::code(&event.event, source.at(&format!("{home}/event")), report);
        if let Some(first) = events.insert(&event.event, format!("{home}/event")) {
            report
                .error(
                    "duplicate-code",
                    source.at(&format!("{home}/event")),
                    format!("the event type `{}` stands twice", short(&event.event)),
                )
                .help(format!(
                    "it is first given on line {}",
                    source.at(&first).line
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
                    format!("a fact cannot be called `{}`", fact.fact),
                )
                .help("templates use that name for something else");
        }
        if let Some(first) = seen.insert(&fact.fact, name.clone()) {
            report
                .error(
                    "duplicate-code",
                    source.at(&name),
                    format!("the fact `{}` is declared twice", short(&fact.fact)),
                )
                .help(format!(
                    "it is first declared on line {}",
                    source.at(&first).line
                ));
        }
        if (fact.kind == FactType::Choice) == fact.choices.is_empty() {
            if fact.kind == FactType::Choice {
                report
                    .error(
                        "choice-without-choices",
                        source.at(&pointer),
                        format!("the choice `{}` has nothing to choose from", fact.fact),
                    )
                    .help("add `choices: [...]`");
            } else {
                report
                    .error(
                        "choice-without-choices",
                        source.key(&format!("{pointer}/choices")),
                        format!("`{}` has choices but is no choice", fact.fact),
                    )
                    .help("write `type: choice`, or take `choices` out");
            }
        }
        if (fact.kind == FactType::List) == fact.columns.is_empty() {
            if fact.kind == FactType::List {
                report
                    .error(
                        "list-without-columns",
                        source.at(&pointer),
                        format!("the list `{}` has no columns", fact.fact),
                    )
                    .help("add `columns: [{column, label, type}]`");
            } else {
                report
                    .error(
                        "list-without-columns",
                        source.key(&format!("{pointer}/columns")),
                        format!("`{}` has columns but is no list", fact.fact),
                    )
                    .help("write `type: list`, or take `columns` out");
            }
        }
        if fact.unit.is_some() && !counts(fact.kind) {
            report
                .warning(
                    "unit-without-number",
                    source.key(&format!("{pointer}/unit")),
                    format!("`{}` is no number, so its unit is never printed", fact.fact),
                )
                .help("take `unit` out, or write `type: number`");
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
                        format!("the column `{}` stands twice", short(&column.column)),
                    )
                    .help("every column has a name of its own");
            }
            if matches!(column.kind, FactType::List | FactType::Choice) {
                report
                    .error(
                        "bad-column",
                        source.at(&format!("{pointer}/columns/{at}/type")),
                        "a column cannot be a list or a choice",
                    )
                    .help("use text, number, integer, time, duration or flag");
            }
        }
    }
}

fn counts(kind: FactType) -> bool {
    matches!(kind, FactType::Number | FactType::Integer)
}
