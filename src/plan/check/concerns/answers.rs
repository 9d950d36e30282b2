//! Whether the items keep what the concerns of their level say: one of them answers, and none later than promised.

use crate::domain::concern::ConcernSource;
use crate::domain::deadline::{Anchor, DayCalendar, Due};
use crate::domain::phrase::{Blank, phrase};
use crate::domain::time::Span;
use crate::plan::diagnostic::{Place, Report};
use crate::plan::file::{OneOrMore, Stage};
use crate::plan::inherit::{ConcernDraft, Draft, Leveled};
use crate::plan::words::{levels, short};

pub(super) fn check(plan: &Leveled<'_>, report: &mut Report) {
    if !plan.broken.is_empty() {
        return;
    }
    nobody_answers(plan, report);
    answered_late(plan, report);
}

/// Somebody watches and is to answer, and the level has no text to answer with.
fn nobody_answers(plan: &Leveled<'_>, report: &mut Report) {
    let mute = plan.concerns.iter().filter(|(stage, concerns)| {
        let drafts = plan.stages.get(stage).map_or(&[][..], Vec::as_slice);
        let was_cut = plan.was_cut(&format!("/levels/{}", stage.code()));
        !concerns.is_empty() && !was_cut && !drafts.iter().any(Draft::answers)
    });
    let mute: Vec<Stage> = mute.map(|(stage, _)| *stage).collect();
    let first = mute
        .first()
        .and_then(|stage| plan.concerns.get(stage)?.first());
    if let Some(first) = first {
        report
            .error(
                "no-answer",
                plan.key(&first.pointer),
                phrase!("check.concerns.no-answer", levels = levels(&mute)),
            )
            .help(phrase!("check.concerns.no-answer-help"));
    }
}

/// An answer with a time of its own, which is longer than that of a source it answers.
struct Late<'a> {
    place: Place,
    item: &'a str,
    within: Span,
    most: Span,
    sources: Vec<ConcernSource>,
    stages: Vec<Stage>,
}

fn answered_late(plan: &Leveled<'_>, report: &mut Report) {
    let mut found: Vec<Late<'_>> = Vec::new();
    for (stage, drafts) in &plan.stages {
        let concerns = plan.concerns.get(stage).map_or(&[][..], Vec::as_slice);
        let own = drafts
            .iter()
            .filter(|draft| draft.answers() && !draft.from_concern.contains("due"));
        for draft in own {
            let Some((within, late)) = late(draft, concerns) else {
                continue;
            };
            let Some(most) = late.iter().filter_map(|one| one.spec.within).min() else {
                continue;
            };
            let place = plan.at(draft.pointer_of("due"));
            let sources: Vec<ConcernSource> = late.iter().map(|one| one.spec.source).collect();
            let known = found.iter_mut().find(|known| {
                known.place == place && known.most == most && known.sources == sources
            });
            match known {
                Some(known) => known.stages.push(*stage),
                None => found.push(Late {
                    place,
                    item: draft.code(),
                    within,
                    most,
                    sources,
                    stages: vec![*stage],
                }),
            }
        }
    }
    for late in found {
        let sources = late.sources.iter().map(|one| format!("`{}`", one.code()));
        report
            .error(
                "answers-late",
                late.place,
                phrase!(
                    "check.concerns.late",
                    levels = levels(&late.stages),
                    item = short(late.item),
                    within = late.within,
                    sources = sources.collect::<Blank>(),
                    most = late.most
                ),
            )
            .help(phrase!("check.concerns.late-help"));
    }
}

/// The time that `draft` takes to answer, and the concerns that promise a shorter one.
fn late<'c>(draft: &Draft, concerns: &'c [ConcernDraft]) -> Option<(Span, Vec<&'c ConcernDraft>)> {
    let dues = draft.spec.due.iter().flat_map(OneOrMore::as_slice);
    let asked: Vec<&Due> = dues.filter(|due| due.of == Anchor::Request).collect();
    let in_time = |due: &Due, most: Span| match due.calendar {
        DayCalendar::Clock => due.within <= most,
        // The first day is not counted, and the last one ends at midnight.
        DayCalendar::WorkingDay => due.within < most,
    };
    let is_late = |concern: &&ConcernDraft| {
        let within = concern.spec.within;
        within.is_some_and(|most| !asked.iter().any(|due| in_time(due, most)))
    };
    let late: Vec<&ConcernDraft> = concerns.iter().filter(is_late).collect();
    let shortest = asked.iter().map(|due| due.within).min()?;
    (!late.is_empty()).then_some((shortest, late))
}
