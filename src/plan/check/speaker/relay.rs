//! The relay of a superior's text: it goes out when somebody asks, gives the words as they are with whose they are and of
//! when, and ends.

use crate::domain::document::Document;
use crate::domain::fact::FactType;
use crate::domain::phrase::{Blank, phrase};
use crate::domain::plan::EventType;
use crate::plan::check::templates::{Parsed, Reached, place};
use crate::plan::diagnostic::Report;
use crate::plan::file::{SpeakerFile, Stage};
use crate::plan::inherit::{Draft, Leveled};
use crate::plan::words::{level, list, short, suggest};
use crate::render::head::Field;
use crate::render::names::Role;

/// Whoever has to relay can do so at every level, and stops speaking of something.
pub(super) fn stands_ready(plan: &Leveled<'_>, speaker: &SpeakerFile, report: &mut Report) {
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
            Some(draft) if !waits_for_a_superior(draft) => {
                report
                    .error(
                        "relay-without-a-superior",
                        plan.key(&draft.pointer),
                        phrase!("check.speaker.unasked", item),
                    )
                    .help(phrase!("check.speaker.unasked-help"));
                return;
            }
            Some(_) => {}
        }
    }
}

/// A relay goes out because somebody has a superior's text in hand, and never by itself: it silences the city.
fn waits_for_a_superior(relay: &Draft) -> bool {
    relay.spec.on_demand == Some(true) && relay.spec.document == Some(Document::Relay)
}

/// A relay that nothing lifts takes over for ever, whether its time runs out or not: the end lifts it, and one that is made
/// after the end has a time of its own.
pub(super) fn ends(plan: &Leveled<'_>, speaker: &SpeakerFile, report: &mut Report) {
    let Some(drafts) = plan.stages.get(&Stage::End) else {
        return;
    };
    let lifts = |draft: &Draft| (draft.spec.lifts.iter().flatten()).any(|l| *l == speaker.relay);
    if !drafts.iter().any(lifts) {
        report
            .error(
                "relay-never-ends",
                plan.at("/speaker/relay"),
                phrase!("check.speaker.never-ends", item = short(&speaker.relay)),
            )
            .help(phrase!("check.speaker.never-ends-help"));
    }
    let at_end = drafts.iter().find(|draft| draft.code() == speaker.relay);
    if let Some(draft) = at_end.filter(|draft| draft.spec.valid_for.is_none()) {
        report
            .error(
                "relay-never-ends",
                plan.key(&draft.pointer),
                phrase!("check.speaker.stands-for-ever", item = short(draft.code())),
            )
            .help(phrase!("check.speaker.stands-for-ever-help"));
    }
}

/// The facts that hold words, source and time are there, and of the kind that can hold them.
pub(super) fn facts(
    plan: &Leveled<'_>,
    speaker: &SpeakerFile,
    event: &EventType,
    report: &mut Report,
) {
    for (key, code) in what(speaker) {
        let pointer = format!("/speaker/{key}");
        let fits = |kind: FactType| match key {
            "time" => kind == FactType::Time,
            "source" => matches!(kind, FactType::Text | FactType::Choice),
            _ => kind == FactType::Text,
        };
        match event.fact(code) {
            None => report
                .error(
                    "unknown-fact",
                    plan.at(&pointer),
                    phrase!("check.speaker.no-fact-for", fact = short(code), key),
                )
                .help_if(suggest(
                    code,
                    event.facts.iter().map(|fact| fact.fact.as_str()),
                )),
            Some(fact) if !fits(fact.kind) => report
                .error(
                    "misused-fact",
                    plan.at(&pointer),
                    phrase!("check.speaker.unfit", fact = short(code), key),
                )
                .help(phrase!("check.speaker.unfit-help")),
            Some(_) => {}
        }
    }
}

fn what(speaker: &SpeakerFile) -> [(&'static str, &String); 3] {
    [
        ("words", &speaker.words),
        ("source", &speaker.source),
        ("time", &speaker.time),
    ]
}

/// The Chinese text gives the words themselves; the English says at least whose they are and of when.
pub fn verbatim(plan: &Leveled<'_>, parsed: &Parsed<'_>, event: &EventType, report: &mut Report) {
    let Some(speaker) = &plan.folder.plan.spec().speaker else {
        return;
    };
    let relays = plan.all().filter(|(_, one)| one.code() == speaker.relay);
    let mut seen: Vec<&str> = Vec::new();
    for template in relays.filter_map(|(_, relay)| relay.spec.template.as_deref()) {
        if seen.contains(&template) || !parsed.templates.contains_key(template) {
            continue;
        }
        seen.push(template);
        let reached = parsed.reach(template);
        let lacks = |field: Field, keys: &[&str]| -> Vec<&String> {
            let facts = what(speaker).into_iter();
            facts
                .filter(|(key, code)| keys.contains(key) && event.fact(code).is_some())
                .map(|(_, code)| code)
                .filter(|code| !reached.iter().any(|one| gives(one, field, code)))
                .collect()
        };
        let at = || place(plan.folder, template, 1, 1);
        let in_chinese = lacks(Field::Body, &["words", "source", "time"]);
        if !in_chinese.is_empty() {
            report
                .error(
                    "relay-not-verbatim",
                    at(),
                    phrase!(
                        "check.speaker.not-verbatim",
                        item = short(&speaker.relay),
                        facts = list(&in_chinese)
                    ),
                )
                .help(phrase!("check.speaker.not-verbatim-help"));
        }
        let has_english = reached.iter().any(|one| one.field == Field::TextEn);
        let in_english = lacks(Field::TextEn, &["source", "time"]);
        if has_english && !in_english.is_empty() {
            let facts: Blank = list(&in_english);
            report
                .error(
                    "relay-not-verbatim",
                    at(),
                    phrase!(
                        "check.speaker.no-source-in-english",
                        item = short(&speaker.relay),
                        facts
                    ),
                )
                .help(phrase!("check.speaker.not-verbatim-help"));
        }
    }
}

/// Whether a use prints the fact `code` in `field`, whatever else is known.
fn gives(one: &Reached, field: Field, code: &str) -> bool {
    let is_it = |path: &str| path.strip_suffix(".value").unwrap_or(path) == code;
    one.field == field
        && one.used.role == Role::Print
        && is_it(&one.used.path)
        && one.guards.iter().all(|guard| is_it(guard))
}
