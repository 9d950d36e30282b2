//! Citations exist and are in force; plans are looked at again in time.

use std::collections::BTreeMap;

use super::World;
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
                    format!("the citation `{}` stands twice", short(&citation.basis)),
                )
                .help(format!(
                    "it is first given on line {}",
                    source.at(&first).line
                ));
        }
        if citation.to.is_some_and(|to| to < citation.from) {
            report
                .error(
                    "bad-date",
                    source.at(&format!("{home}/to")),
                    "this citation ends before it begins",
                )
                .help("`from` is the first day in force, `to` the last");
        }
    }
    for (index, rule) in rules.spec().rules.iter().enumerate() {
        for (at, basis) in rule.basis.iter().enumerate() {
            let place = source.at(&format!("/rules/{index}/basis/{at}"));
            in_force(world, basis, place, world.today, "today", report);
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
                "when the plan takes effect",
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
                    format!("this plan was to be looked at again by {review}"),
                )
                .help("go through it and set the next date");
        }
        if effective.from.is_some_and(|from| review < from) {
            report
                .error(
                    "bad-date",
                    plan.at("/effective/review-by"),
                    "the plan is to be reviewed before it takes effect",
                )
                .help("`from` comes first");
        }
    }
}

fn in_force(
    world: &World<'_>,
    basis: &str,
    place: Place,
    from: chrono::NaiveDate,
    when: &str,
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
                format!(
                    "{} is in force from {}, later than {from}, {when}",
                    short(&name),
                    citation.from
                ),
            )
            .help("cite what is in force on that day");
    } else if let Some(to) = citation.to.filter(|to| *to < from.max(world.today)) {
        report
            .error(
                "citation-expired",
                place,
                format!("{} was in force until {to}", short(&name)),
            )
            .help("cite what took its place");
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
            format!("rules.yaml has no citation `{}`", short(basis)),
        )
        .help_if(
            suggest(basis, known)
                .or_else(|| Some("add it to `citations` with its dates in force".into())),
        );
}
