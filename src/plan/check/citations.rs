//! Citations exist and are in force; plans are looked at again in time.

use std::collections::BTreeMap;

use super::World;
use crate::domain::phrase::{Phrase, phrase};
use crate::plan::diagnostic::{Place, Report};
use crate::plan::inherit::Leveled;
use crate::plan::words::{short, suggest};

/// The citations of rules.yaml and the rules' own bases.
pub fn check_files(world: &World<'_>, report: &mut Report) {
    let Some(rules) = &world.files.rules else {
        return;
    };
    let source = &rules.source;
    let mut seen = BTreeMap::new();
    for (index, citation) in rules.spec().citations.iter().enumerate() {
        let home = format!("/citations/{index}");
        super::code(&citation.basis, source.at(&format!("{home}/basis")), report);
        if let Some(first) = seen.insert(&citation.basis, format!("{home}/basis")) {
            report
                .error(
                    "duplicate-code",
                    source.at(&format!("{home}/basis")),
                    phrase!("check.citations.twice", basis = short(&citation.basis)),
                )
                .help(phrase!(
                    "check.first-on-line",
                    line = source.at(&first).line
                ));
        }
        if citation.to.is_some_and(|to| to < citation.from) {
            report
                .error(
                    "bad-date",
                    source.at(&format!("{home}/to")),
                    phrase!("check.citations.backwards"),
                )
                .help(phrase!("check.citations.backwards-help"));
        }
    }
    for (index, rule) in rules.spec().rules.iter().enumerate() {
        let own = rule.basis.iter().enumerate();
        let own = own.map(|(at, basis)| (format!("basis/{at}"), basis));
        let named = rule.demand.grounds.iter().flat_map(|one| &one.basis);
        let named = named.enumerate();
        let named = named.map(|(at, basis)| (format!("demand/grounds/basis/{at}"), basis));
        for (key, basis) in own.chain(named) {
            let place = source.at(&format!("/rules/{index}/{key}"));
            in_force(
                world,
                basis,
                place,
                world.today,
                phrase!("check.citations.today"),
                report,
            );
        }
    }
}

pub fn check(world: &World<'_>, plan: &Leveled<'_>, report: &mut Report) {
    let effective = &plan.folder.plan.spec().effective;
    let from = effective.from.unwrap_or(world.today);
    for (_, draft) in plan.all() {
        for (index, basis) in draft.spec.basis.iter().flatten().enumerate() {
            let place = plan.at(&format!("{}/{index}", draft.pointer_of("basis")));
            in_force(
                world,
                basis,
                place,
                from,
                phrase!("check.citations.when-effective"),
                report,
            );
        }
    }
    if let Some(review) = effective.review_by {
        if review < world.today {
            report
                .warning(
                    "review-overdue",
                    plan.at("/effective/review-by"),
                    phrase!(
                        "check.citations.review-overdue",
                        review = review.to_string()
                    ),
                )
                .help(phrase!("check.citations.review-overdue-help"));
        }
        if effective.from.is_some_and(|from| review < from) {
            report
                .error(
                    "bad-date",
                    plan.at("/effective/review-by"),
                    phrase!("check.citations.review-before-effect"),
                )
                .help(phrase!("check.citations.review-before-effect-help"));
        }
    }
}

fn in_force(
    world: &World<'_>,
    basis: &str,
    place: Place,
    from: chrono::NaiveDate,
    when: Phrase,
    report: &mut Report,
) {
    let Some(citation) = world.citation(basis) else {
        unknown(world, basis, place, report);
        return;
    };
    let name = match &citation.article {
        Some(article) => format!("{} {article}", citation.document),
        None => citation.document.clone(),
    };
    if citation.from > from {
        report
            .error(
                "citation-not-in-force",
                place,
                phrase!(
                    "check.citations.not-in-force",
                    name = short(&name),
                    since = citation.from.to_string(),
                    from = from.to_string(),
                    when
                ),
            )
            .help(phrase!("check.citations.not-in-force-help"));
    } else if let Some(to) = citation.to.filter(|to| *to < from.max(world.today)) {
        report
            .error(
                "citation-expired",
                place,
                phrase!(
                    "check.citations.expired",
                    name = short(&name),
                    to = to.to_string()
                ),
            )
            .help(phrase!("check.citations.expired-help"));
    }
}

fn unknown(world: &World<'_>, basis: &str, place: Place, report: &mut Report) {
    let known: Vec<&str> = match &world.files.rules {
        Some(rules) => rules
            .spec()
            .citations
            .iter()
            .map(|c| c.basis.as_str())
            .collect(),
        None => return,
    };
    report
        .error(
            "unknown-citation",
            place,
            phrase!("check.citations.unknown", basis = short(basis)),
        )
        .help_if(suggest(basis, known).or_else(|| Some(phrase!("check.citations.unknown-help"))));
}
