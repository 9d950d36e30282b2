//! Who speaks at which grade: the fact that says the grade, its values, and the item that relays a superior.

mod relay;

pub use relay::verbatim;

use super::World;
use crate::domain::fact::FactType;
use crate::domain::phrase::phrase;
use crate::domain::plan::ItemKind;
use crate::plan::diagnostic::Report;
use crate::plan::file::SpeakerFile;
use crate::plan::inherit::{Draft, Leveled};
use crate::plan::resolve::event;
use crate::plan::words::{list, short, suggest};

pub fn check(world: &World<'_>, plan: &Leveled<'_>, report: &mut Report) {
    let speaker = &plan.folder.plan.spec().speaker;
    if plan.broken.is_empty() {
        taken_over(plan, speaker.as_ref(), report);
    }
    let Some(speaker) = speaker else {
        return;
    };
    grades(world, plan, speaker, report);
    if plan.broken.is_empty() {
        relay::stands_ready(plan, speaker, report);
        relay::ends(plan, speaker, report);
    }
}

fn grades(world: &World<'_>, plan: &Leveled<'_>, speaker: &SpeakerFile, report: &mut Report) {
    let Some(event) = event(world, &plan.folder.plan.spec().event) else {
        return;
    };
    relay::facts(plan, speaker, &event, report);
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

/// Only the relay of a superior takes anything over, and only what tells how things stand: measures, advice and the level
/// of the response go on.
fn taken_over(plan: &Leveled<'_>, speaker: Option<&SpeakerFile>, report: &mut Report) {
    for (_, draft) in plan.all() {
        let taken = draft.spec.takes_over.iter().flatten().enumerate();
        let place = |index: usize| plan.at(&format!("{}/{index}", draft.pointer_of("takes-over")));
        let is_relay = speaker.is_some_and(|speaker| speaker.relay == draft.code());
        for (index, code) in taken {
            if !is_relay {
                report
                    .error(
                        "takes-over-alone",
                        place(index),
                        phrase!("check.speaker.no-relay-of", item = short(draft.code())),
                    )
                    .help(phrase!("check.speaker.no-relay-of-help"));
                break;
            }
            let goes_on = plan
                .all()
                .any(|(_, other)| other.code() == code && goes_on(other));
            if goes_on {
                report
                    .error(
                        "takes-over-advice",
                        place(index),
                        phrase!("check.speaker.goes-on", item = short(code)),
                    )
                    .help(phrase!("check.speaker.goes-on-help"));
            }
        }
    }
}

fn goes_on(item: &Draft) -> bool {
    use ItemKind::{Bulletin, PressConference, Summary};
    let tells = matches!(
        item.spec.kind,
        Some(Bulletin | PressConference | Summary) | None
    );
    !tells || item.spec.when.is_some() || item.spec.role.is_some()
}
