//! What is held before its text, such as a press conference: a fact that says when, a limit, time for the text, and what
//! belongs to it.

use super::World;
use crate::domain::deadline::Anchor;
use crate::domain::fact::FactType;
use crate::domain::phrase::phrase;
use crate::domain::plan::Held;
use crate::plan::diagnostic::Report;
use crate::plan::file::{OneOrMore, When};
use crate::plan::inherit::{Draft, Leveled};
use crate::plan::resolve::event;
use crate::plan::words::{short, suggest};

pub fn check(world: &World<'_>, plan: &Leveled<'_>, report: &mut Report) {
    for drafts in plan.stages.values() {
        for (draft, owner) in drafts.iter().flat_map(Draft::with_owners) {
            let Some(held) = &draft.spec.held else {
                continue;
            };
            alone(plan, draft, owner, report);
            facts(world, plan, draft, held, report);
            items(plan, drafts, draft, held, report);
            time(world, plan, draft, held, report);
        }
    }
}

fn at(draft: &Draft, key: &str) -> String {
    format!("{}/{key}", draft.pointer_of("held"))
}

/// It has a limit, and what is held is held once.
fn alone(plan: &Leveled<'_>, draft: &Draft, owner: Option<&Draft>, report: &mut Report) {
    let spec = &draft.spec;
    let item = || short(draft.code());
    if spec.due.is_none() {
        let place = plan.key(draft.pointer_of("held"));
        report
            .error(
                "held-without-limit",
                place,
                phrase!("check.held.no-limit", item = item()),
            )
            .help(phrase!("check.held.no-limit-help"));
    }
    let contradicts = [
        ("repeat", spec.repeat.is_some()),
        ("bundle", spec.bundle.is_some()),
        ("when", spec.when == Some(When::Decided)),
        ("interpretation", owner.is_some()),
    ];
    for (key, _) in contradicts.into_iter().filter(|(_, is_given)| *is_given) {
        let place = plan.key(draft.pointer_of("held"));
        report
            .error(
                "bad-held",
                place,
                phrase!("check.held.contradicts", item = item(), key),
            )
            .help(phrase!("check.held.contradicts-help"));
    }
}

/// The facts that say when it was held and when it was to be are moments that the event has.
fn facts(world: &World<'_>, plan: &Leveled<'_>, draft: &Draft, held: &Held, report: &mut Report) {
    let Some(event) = event(world, &plan.folder.plan.spec().event) else {
        return;
    };
    let planned = held
        .announced_for
        .as_ref()
        .map(|fact| ("announced-for", fact));
    for (key, code) in std::iter::once(("fact", &held.fact)).chain(planned) {
        let place = || plan.at(&at(draft, key));
        match event.fact(code) {
            None => {
                let moments = event
                    .facts
                    .iter()
                    .filter(|fact| fact.kind == FactType::Time);
                report
                    .error(
                        "unknown-fact",
                        place(),
                        phrase!("check.held.no-fact", fact = short(code)),
                    )
                    .help_if(suggest(code, moments.map(|fact| fact.fact.as_str())));
            }
            Some(fact) if fact.kind != FactType::Time => {
                report
                    .error(
                        "misused-fact",
                        place(),
                        phrase!("check.held.no-moment", fact = short(code)),
                    )
                    .help(phrase!("check.held.no-moment-help"));
            }
            Some(_) => {}
        }
    }
}

/// What announces it and its transcript are items of the same level.
fn items(plan: &Leveled<'_>, drafts: &[Draft], draft: &Draft, held: &Held, report: &mut Report) {
    let named = [
        ("announced-by", &held.announced_by),
        ("transcript", &held.transcript),
    ];
    for (key, code) in named {
        let Some(code) = code else { continue };
        let place = || plan.at(&at(draft, key));
        let others = || drafts.iter().filter(|other| other.code() != draft.code());
        let Some(other) = others().find(|other| other.code() == code) else {
            report
                .error(
                    "unknown-item",
                    place(),
                    phrase!("check.held.no-item", item = short(code)),
                )
                .help_if(suggest(code, others().map(Draft::code)));
            continue;
        };
        let mut dues = other.spec.due.iter().flat_map(OneOrMore::as_slice);
        let is_asked_for =
            other.spec.on_demand == Some(true) && dues.any(|due| due.of == Anchor::Request);
        if key == "transcript" && !is_asked_for {
            report
                .error(
                    "bad-held",
                    place(),
                    phrase!("check.held.not-asked-for", item = short(code)),
                )
                .help(phrase!("check.held.not-asked-for-help"));
        }
    }
}

/// Whoever signs the text has the time for it.
fn time(world: &World<'_>, plan: &Leveled<'_>, draft: &Draft, held: &Held, report: &mut Report) {
    let route = draft.spec.route.as_deref();
    let takes = route.and_then(|route| world.route_time(plan, route));
    if let Some((code, takes)) = route.zip(takes)
        && takes > held.text_within
    {
        let what = phrase!(
            "check.held.shorter",
            item = short(draft.code()),
            within = held.text_within,
            code,
            takes
        );
        report
            .error(
                "shorter-than-route",
                plan.at(&at(draft, "text-within")),
                what,
            )
            .help(phrase!("check.held.shorter-help"));
    }
}
