//! What a lifting says of itself: the hour from which it lifts, and whom it excepts, as facts that the event has.

use super::World;
use crate::domain::fact::{FactSpec, FactType};
use crate::domain::phrase::phrase;
use crate::plan::diagnostic::Report;
use crate::plan::inherit::{Draft, Leveled};
use crate::plan::words::{short, suggest};

pub fn check(world: &World<'_>, plan: &Leveled<'_>, report: &mut Report) {
    let common = (world.files.events.as_ref())
        .into_iter()
        .flat_map(|events| &events.spec().common_facts);
    let event = world.event(&plan.folder.plan.spec().event);
    let facts: Vec<_> = common
        .chain(event.iter().flat_map(|event| &event.facts))
        .collect();
    for draft in plan.stages.values().flatten() {
        excepts(draft, &facts, event.is_some(), plan, report);
        let Some(code) = &draft.spec.effective else {
            continue;
        };
        let pointer = draft.pointer_of("effective");
        if draft.spec.lifts.iter().flatten().next().is_none() {
            let what = phrase!("check.effective.lifts-nothing", item = short(draft.code()));
            report
                .error("lifts-nothing", plan.key(pointer), what)
                .help(phrase!("check.effective.lifts-nothing-help"));
        }
        match facts.iter().find(|fact| fact.fact == *code) {
            Some(fact) if fact.kind == FactType::Time => {}
            Some(_) => {
                let what = phrase!("check.held.no-moment", fact = short(code));
                report
                    .error("misused-fact", plan.at(pointer), what)
                    .help(phrase!("check.effective.no-moment-help"));
            }
            None if event.is_some() => {
                let moments = facts.iter().filter(|fact| fact.kind == FactType::Time);
                let what = phrase!("check.held.no-fact", fact = short(code));
                report
                    .error("unknown-fact", plan.at(pointer), what)
                    .help_if(suggest(code, moments.map(|fact| fact.fact.as_str())));
            }
            None => {}
        }
    }
}

fn excepts(
    draft: &Draft,
    facts: &[&FactSpec],
    has_event: bool,
    plan: &Leveled<'_>,
    report: &mut Report,
) {
    let Some(code) = &draft.spec.except else {
        return;
    };
    let pointer = draft.pointer_of("except");
    if draft.spec.lifts.iter().flatten().next().is_none() {
        let what = phrase!(
            "check.effective.excepts-nothing",
            item = short(draft.code())
        );
        report
            .error("lifts-nothing", plan.key(pointer), what)
            .help(phrase!("check.effective.excepts-nothing-help"));
    }
    match facts.iter().find(|fact| fact.fact == *code) {
        Some(fact) if fact.kind == FactType::Text => {}
        Some(_) => {
            let what = phrase!("check.effective.no-text", fact = short(code));
            report
                .error("misused-fact", plan.at(pointer), what)
                .help(phrase!("check.effective.no-text-help"));
        }
        None if has_event => {
            let texts = facts.iter().filter(|fact| fact.kind == FactType::Text);
            let what = phrase!("check.held.no-fact", fact = short(code));
            report
                .error("unknown-fact", plan.at(pointer), what)
                .help_if(suggest(code, texts.map(|fact| fact.fact.as_str())));
        }
        None => {}
    }
}
