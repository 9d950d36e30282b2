//! Where the values of a fact may lie: that every time says its side of now, and that what a fact is held against is there.

use std::collections::BTreeMap;

use crate::domain::fact::{FactSpec, FactType, has_side};
use crate::domain::phrase::phrase;
use crate::plan::diagnostic::Report;
use crate::plan::source::Source;
use crate::plan::words::short;

/// Looks at `facts`, which stand under `home`, beside all that their event has.
pub(super) fn check(
    source: &Source,
    home: &str,
    facts: &[FactSpec],
    known: &BTreeMap<&str, FactType>,
    report: &mut Report,
) {
    for (index, fact) in facts.iter().enumerate() {
        let pointer = format!("{home}/{index}");
        if has_side(fact.kind) && fact.lies.is_none() {
            report
                .warning(
                    "time-without-side",
                    source.at(&pointer),
                    phrase!("check.events.no-side", fact = &fact.fact),
                )
                .help(phrase!("check.events.no-side-help"));
        }
        if !has_side(fact.kind) && fact.lies.is_some() {
            report.error(
                "bad-bound",
                source.key(&format!("{pointer}/lies")),
                phrase!("check.events.side-of-no-time", fact = &fact.fact),
            );
        }
        let has_room = fact.kind == FactType::Text && fact.place && fact.max.is_some();
        if fact.several && !has_room {
            report
                .error(
                    "bad-bound",
                    source.key(&format!("{pointer}/several")),
                    phrase!("check.events.several-of-no-place", fact = &fact.fact),
                )
                .help(phrase!("check.events.several-of-no-place-help"));
        }
        let is_number = |kind: FactType| matches!(kind, FactType::Number | FactType::Integer);
        let fits = [
            ("after", &fact.after, has_side as fn(FactType) -> bool),
            ("at-most", &fact.at_most, is_number),
        ];
        for (key, other, fits) in fits {
            let Some(other) = other else { continue };
            let is_known = known.get(other.as_str()).is_some_and(|kind| fits(*kind));
            if is_known && fits(fact.kind) && *other != fact.fact {
                continue;
            }
            report
                .error(
                    "bad-bound",
                    source.at(&format!("{pointer}/{key}")),
                    phrase!(
                        "check.events.bad-bound",
                        fact = &fact.fact,
                        key,
                        other = short(other)
                    ),
                )
                .help(phrase!("check.events.bad-bound-help"));
        }
        if fact.signed && !is_number(fact.kind) {
            report.error(
                "bad-bound",
                source.key(&format!("{pointer}/signed")),
                phrase!("check.events.signed-no-number", fact = &fact.fact),
            );
        }
    }
}
