//! Each level as a whole: it begins with a notice, what it closed is opened again, and the plan has an end.

use crate::domain::phrase::{Blank, phrase};
use crate::domain::plan::{ItemKind, ItemRole};
use crate::plan::diagnostic::Report;
use crate::plan::file::{Stage, When};
use crate::plan::inherit::{Draft, Leveled};
use crate::plan::words::{level, list};

pub fn check(plan: &Leveled<'_>, report: &mut Report) {
    let missing: Vec<Stage> = Stage::ALL
        .into_iter()
        .filter(|stage| *stage != Stage::End && !plan.has(*stage))
        .collect();
    if !missing.is_empty() && !plan.was_cut("/levels") {
        report
            .warning(
                "missing-level",
                plan.key("/levels"),
                phrase!(
                    "check.levels.missing",
                    levels = missing.into_iter().map(level).collect::<Blank>()
                ),
            )
            .help(phrase!("check.levels.missing-help"));
    }
    if !plan.has(Stage::End) && !plan.was_cut("/levels/end") {
        report
            .error(
                "no-end",
                plan.key("/levels"),
                phrase!("check.levels.no-end"),
            )
            .help(phrase!("check.levels.no-end-help"));
    }
    if plan.folder.plan.spec().corrections.is_none() && !plan.was_cut("/corrections") {
        report
            .error(
                "no-corrections",
                plan.at("/plan"),
                phrase!("check.levels.no-corrections"),
            )
            .help(phrase!("check.levels.no-corrections-help"));
    }
    for (stage, drafts) in &plan.stages {
        if plan.was_cut(&format!("/levels/{}", stage.code())) && drafts.is_empty() {
            continue;
        }
        opening(plan, *stage, drafts, report);
        lifting(plan, *stage, drafts, report);
    }
}

fn opening(plan: &Leveled<'_>, stage: Stage, drafts: &[Draft], report: &mut Report) {
    let (role, code, what, key) = match stage {
        Stage::End => (
            ItemRole::Termination,
            "no-termination-notice",
            phrase!("check.levels.no-termination", level = level(stage)),
            "termination",
        ),
        _ => (
            ItemRole::Activation,
            "no-activation-notice",
            phrase!("check.levels.no-activation", level = level(stage)),
            "activation",
        ),
    };
    let place = plan.key(&format!("/levels/{}", stage.code()));
    let cut = plan
        .folder
        .plan
        .shaped
        .cut
        .iter()
        .any(|cut| cut.ends_with("/role"));
    if !cut && !drafts.iter().any(|draft| draft.spec.role == Some(role)) {
        report
            .error(code, place, what)
            .help(phrase!("check.levels.opening-help", key));
    }
}

/// What some lifting notice of the plan lifts is a restriction: wherever the response falls to a level without it, it
/// must be lifted there. Other notices may lapse by themselves, but not stand for ever.
fn lifting(plan: &Leveled<'_>, stage: Stage, drafts: &[Draft], report: &mut Report) {
    let lifted: Vec<&String> = lifts(drafts).collect();
    let is_restriction = |code: &str| {
        plan.stages
            .values()
            .flatten()
            .filter(|draft| draft.spec.role == Some(ItemRole::Lifting))
            .any(|draft| draft.spec.lifts.iter().flatten().any(|l| l == code))
    };
    let mut forgotten: Vec<&str> = Vec::new();
    for (other, standing) in &plan.stages {
        let is_above = *other != Stage::End && (stage == Stage::End || *other > stage);
        for draft in standing.iter().filter(|d| is_above && is_notice(d)) {
            let code = draft.code();
            // What was ordered stands until somebody orders that it is lifted, whatever the level.
            if stage != Stage::End && draft.spec.when == Some(When::Decided) {
                continue;
            }
            let kept = stage != Stage::End && drafts.iter().any(|here| here.code() == code);
            let settled = kept || lifted.iter().any(|l| *l == code) || forgotten.contains(&code);
            let for_ever = stage == Stage::End && draft.spec.valid_for.is_none();
            if !settled && (is_restriction(code) || for_ever) {
                forgotten.push(code);
            }
        }
    }
    if !forgotten.is_empty() {
        let forgotten = list(&forgotten);
        let what = match stage {
            Stage::End => phrase!("check.levels.never-lifted-at-end", forgotten),
            _ => phrase!("check.levels.never-lifted", level = level(stage), forgotten),
        };
        report
            .error(
                "never-lifted",
                plan.key(&format!("/levels/{}", stage.code())),
                what,
            )
            .help(phrase!("check.levels.never-lifted-help"));
    }
}

fn is_notice(draft: &Draft) -> bool {
    draft.spec.kind == Some(ItemKind::Notice) && draft.spec.role.is_none()
}

fn lifts(drafts: &[Draft]) -> impl Iterator<Item = &String> {
    drafts
        .iter()
        .flat_map(|draft| draft.spec.lifts.iter().flatten())
}
