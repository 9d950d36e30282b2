//! Items that are planned by the grade of the incident: the event says it, and nothing else plans them.

use super::World;
use crate::domain::level::IncidentGrade;
use crate::domain::phrase::phrase;
use crate::plan::diagnostic::Report;
use crate::plan::file::When;
use crate::plan::inherit::{Draft, Leveled};
use crate::plan::resolve::event;
use crate::plan::words::short;

pub fn check(world: &World<'_>, plan: &Leveled<'_>, report: &mut Report) {
    let event = event(world, &plan.folder.plan.spec().event);
    for drafts in plan.stages.values() {
        for (draft, owner) in drafts.iter().flat_map(Draft::with_owners) {
            let spec = &draft.spec;
            let Some(grade) = spec.from_grade else {
                continue;
            };
            let place = || plan.at(draft.pointer_of("from-grade"));
            let contradicts = [
                ("on-demand", spec.on_demand == Some(true)),
                ("when", spec.when == Some(When::Decided)),
                ("bundle", spec.bundle.is_some()),
                ("role", spec.role.is_some()),
                ("interpretation", owner.is_some()),
            ];
            for (key, _) in contradicts.into_iter().filter(|(_, is_given)| *is_given) {
                let item = short(draft.code());
                report
                    .error(
                        "bad-grade",
                        place(),
                        phrase!("check.graded.contradicts", item, key),
                    )
                    .help(phrase!("check.graded.contradicts-help"));
            }
            let fact = event.as_ref().map(|event| event.fact(IncidentGrade::FACT));
            let says = |fact: &crate::domain::fact::FactSpec| {
                fact.choices.iter().any(|choice| choice == grade.zh())
            };
            if fact.is_some_and(|fact| !fact.is_some_and(says)) {
                let (fact, value) = (IncidentGrade::FACT, grade.zh());
                report
                    .error(
                        "unknown-fact",
                        place(),
                        phrase!("check.graded.no-fact", fact, value),
                    )
                    .help(phrase!("check.graded.no-fact-help"));
            }
        }
    }
}
