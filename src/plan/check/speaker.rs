//! Who speaks at which grade: the fact that says the grade, its values, and the item that relays a superior.

use super::World;
use crate::domain::fact::FactType;
use crate::domain::phrase::phrase;
use crate::plan::diagnostic::Report;
use crate::plan::file::{SpeakerFile, Stage};
use crate::plan::inherit::Leveled;
use crate::plan::resolve::event;
use crate::plan::words::{level, list, short, suggest};

pub fn check(world: &World<'_>, plan: &Leveled<'_>, report: &mut Report) {
    let Some(speaker) = &plan.folder.plan.spec().speaker else {
        return;
    };
    grades(world, plan, speaker, report);
    if plan.broken.is_empty() {
        relay(plan, speaker, report);
    }
}

fn grades(world: &World<'_>, plan: &Leveled<'_>, speaker: &SpeakerFile, report: &mut Report) {
    let Some(event) = event(world, &plan.folder.plan.spec().event) else {
        return;
    };
    let Some(fact) = event.fact(&speaker.by) else {
        let known = event.facts.iter().map(|fact| fact.fact.as_str());
        report
            .error(
                "unknown-fact",
                plan.at("/speaker/by"),
                phrase!("check.speaker.no-fact", fact = short(&speaker.by)),
            )
            .help_if(suggest(&speaker.by, known));
        return;
    };
    if fact.kind != FactType::Choice {
        report
            .error(
                "misused-fact",
                plan.at("/speaker/by"),
                phrase!("check.speaker.no-choice", fact = short(&speaker.by)),
            )
            .help(phrase!("check.speaker.no-choice-help"));
        return;
    }
    for (index, grade) in speaker.superior.iter().enumerate() {
        if !fact.choices.contains(grade) {
            let known: Vec<&str> = fact.choices.iter().map(String::as_str).collect();
            report
                .error(
                    "unknown-value",
                    plan.at(&format!("/speaker/superior/{index}")),
                    phrase!("check.speaker.no-grade", grade = short(grade)),
                )
                .help(phrase!("check.speaker.no-grade-help", known = list(&known)));
        }
    }
}

/// Whoever has to relay can do so at every level, and stops speaking of something.
fn relay(plan: &Leveled<'_>, speaker: &SpeakerFile, report: &mut Report) {
    let place = || plan.at("/speaker/relay");
    for (stage, drafts) in plan
        .stages
        .iter()
        .filter(|(stage, _)| **stage != Stage::End)
    {
        let found = drafts.iter().find(|draft| draft.code() == speaker.relay);
        let item = short(&speaker.relay);
        match found {
            None => {
                report
                    .error(
                        "unknown-item",
                        place(),
                        phrase!("check.speaker.no-relay", level = level(*stage), item),
                    )
                    .help(phrase!("check.speaker.no-relay-help"));
                return;
            }
            Some(draft) if draft.spec.takes_over.as_ref().is_none_or(Vec::is_empty) => {
                report
                    .warning(
                        "takes-nothing-over",
                        plan.key(&draft.pointer),
                        phrase!("check.speaker.takes-nothing", item),
                    )
                    .help(phrase!("check.speaker.takes-nothing-help"));
                return;
            }
            Some(_) => {}
        }
    }
}
