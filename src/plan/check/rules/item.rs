//! A rule that demands an item: at which levels and grades, of which kind, and by when.

use super::{World, complain};
use crate::domain::area::AreaCode;
use crate::domain::level::IncidentGrade;
use crate::domain::phrase::{Blank, Phrase, phrase};
use crate::plan::diagnostic::{Place, Report};
use crate::plan::file::{ItemDemand, ItemFile, OneOrMore, Rule, Stage, When};
use crate::plan::inherit::{Draft, Leveled};
use crate::plan::words::{anchor, either, level};

pub(super) fn item(
    world: &World<'_>,
    plan: &Leveled<'_>,
    rule: &Rule,
    demand: &ItemDemand,
    report: &mut Report,
) {
    // One line for the levels that share one place in the file.
    let mut broken: Vec<(Place, Vec<Stage>, Phrase)> = Vec::new();
    for (stage, drafts, grade) in wanted_at(plan, rule) {
        // Plans of several bodies for one event share the duty: one of them has to do it.
        let met = world
            .plans
            .iter()
            .filter(|other| shares_duty(plan, other))
            .filter_map(|other| other.stages.get(stage))
            .flatten()
            .any(|draft| meets(&draft.spec, demand) && is_planned(&draft.spec, grade));
        let home = format!("/levels/{}", stage.code());
        if met || plan.was_cut(&home) {
            continue;
        }
        let (place, help) = match drafts.iter().find(|draft| is_such(&draft.spec, demand)) {
            Some(draft) => (
                plan.key(draft.pointer_of("due")),
                phrase!("check.rules.nearest", item = draft.code()),
            ),
            None => (plan.key(&home), phrase!("check.rules.add-item")),
        };
        match broken.iter_mut().find(|(at, _, _)| *at == place) {
            Some((_, stages, _)) if stages.contains(stage) => {}
            Some((_, stages, _)) => stages.push(*stage),
            None => broken.push((place, vec![*stage], help)),
        }
    }
    for (place, stages, help) in broken {
        let what = phrase!(
            "check.rules.none-such",
            wanted = wanted(demand),
            levels = stages.into_iter().map(level).collect::<Blank>()
        );
        complain(report, rule, place, what, help);
    }
}

/// The levels at which an item is wanted, by the level itself, and at the least of the rule's grades.
fn wanted_at<'a>(
    plan: &'a Leveled<'_>,
    rule: &'a Rule,
) -> impl Iterator<Item = (&'a Stage, &'a Vec<Draft>, Option<IncidentGrade>)> {
    let (levels, grades) = (&rule.applies.levels, &rule.applies.grades);
    let by_level = plan
        .stages
        .iter()
        .filter(|(stage, _)| levels.contains(stage) || levels.is_empty() && grades.is_empty())
        .map(|(stage, drafts)| (stage, drafts, None));
    let least = grades.iter().min().copied();
    let by_grade = least.into_iter().flat_map(|least| {
        let levels = plan
            .stages
            .iter()
            .filter(|(stage, _)| **stage != Stage::End);
        levels.map(move |(stage, drafts)| (stage, drafts, Some(least)))
    });
    by_level.chain(by_grade)
}

/// Whether an incident of `grade` has it at its level without anybody doing anything.
fn is_planned(spec: &ItemFile, grade: Option<IncidentGrade>) -> bool {
    spec.from_grade
        .is_none_or(|from| grade.is_some_and(|grade| grade >= from))
}

fn shares_duty(plan: &Leveled<'_>, other: &Leveled<'_>) -> bool {
    let (one, two) = (plan.folder.plan.spec(), other.folder.plan.spec());
    let overlap = |a: &AreaCode| two.areas.iter().any(|b| a.overlaps(b));
    one.event == two.event && one.areas.iter().any(overlap)
}

fn is_such(spec: &ItemFile, demand: &ItemDemand) -> bool {
    let is_held = spec.held.is_some()
        && spec.on_demand != Some(true)
        && spec.when.is_none_or(|when| when == When::Automatic);
    (!demand.held || is_held)
        && (demand.kinds.is_empty() || spec.kind.is_some_and(|kind| demand.kinds.contains(&kind)))
        && (demand.roles.is_empty() || spec.role.is_some_and(|role| demand.roles.contains(&role)))
}

fn meets(spec: &ItemFile, demand: &ItemDemand) -> bool {
    let in_time = match (demand.due_within, demand.due_of) {
        (None, None) => true,
        (within, of) => spec.due.iter().flat_map(OneOrMore::as_slice).any(|due| {
            of.is_none_or(|of| due.of == of) && within.is_none_or(|within| due.within <= within)
        }),
    };
    is_such(spec, demand) && in_time
}

fn wanted(demand: &ItemDemand) -> Blank {
    let code = |code: String| phrase!("word.code", code).into();
    let mut what: Blank = match &demand.kinds[..] {
        [] => phrase!("word.item").into(),
        kinds => either(kinds.iter().map(|kind| code(kind.code().to_owned()))),
    };
    if !demand.roles.is_empty() {
        let roles = demand.roles.iter();
        let roles = either(roles.map(|role| code(format!("{role:?}").to_lowercase())));
        what = phrase!("check.rules.of-role", what, roles).into();
    }
    if demand.held {
        what = phrase!("check.rules.held", what).into();
    }
    match (demand.due_within, demand.due_of.map(anchor)) {
        (Some(within), Some(anchor)) => {
            phrase!("check.rules.due-within-of", what, within, anchor).into()
        }
        (Some(within), None) => phrase!("check.rules.due-within", what, within).into(),
        (None, Some(anchor)) => phrase!("check.rules.due-of", what, anchor).into(),
        (None, None) => what,
    }
}
