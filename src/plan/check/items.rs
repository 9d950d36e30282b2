//! Items on their own, once they have inherited what they inherit: nothing missing, nothing contradictory.

use std::collections::BTreeMap;

use super::World;
use crate::domain::phrase::phrase;
use crate::domain::plan::{ItemKind, ItemRole};
use crate::plan::diagnostic::Report;
use crate::plan::inherit::{Draft, Leveled};
use crate::plan::words::{level, short};
use crate::plan::yaml::join;

pub fn check(_world: &World<'_>, plan: &Leveled<'_>, report: &mut Report) {
    for (stage, drafts) in &plan.stages {
        let mut codes: BTreeMap<&str, &str> = BTreeMap::new();
        for (draft, owner) in drafts.iter().flat_map(Draft::with_owners) {
            super::code(draft.code(), plan.at(draft.pointer_of("item")), report);
            if let Some(first) = codes.insert(draft.code(), draft.pointer_of("item")) {
                let line = plan.at(first).line;
                report
                    .error(
                        "duplicate-item",
                        plan.at(draft.pointer_of("item")),
                        phrase!(
                            "check.items.twice",
                            item = short(draft.code()),
                            level = level(*stage)
                        ),
                    )
                    .help(phrase!("check.items.twice-help", line));
            }
            complete(plan, draft, owner, report);
            codes_of(plan, draft, report);
            sense(plan, draft, owner, report);
        }
    }
}

fn complete(plan: &Leveled<'_>, draft: &Draft, owner: Option<&Draft>, report: &mut Report) {
    let spec = &draft.spec;
    let (inherits, in_bundle) = (owner.is_some(), spec.bundle.is_some());
    let needs = [
        ("name", spec.name.is_some()),
        ("kind", spec.kind.is_some() || inherits),
        ("template", spec.template.is_some() || in_bundle),
        ("channels", spec.channels.is_some() || inherits || in_bundle),
        ("route", spec.route.is_some() || inherits || in_bundle),
    ];
    for (key, is_given) in needs {
        let cut = plan
            .folder
            .plan
            .shaped
            .cut
            .iter()
            .any(|cut| cut.starts_with("/levels") && cut.ends_with(&format!("/{key}")));
        if !is_given && !cut {
            report
                .error(
                    "missing-key",
                    plan.key(&draft.pointer),
                    phrase!("check.items.lacks", item = short(draft.code()), key),
                )
                .help(phrase!("check.items.lacks-help", key));
        }
    }
    // What goes out in another text goes out by that one's deadline.
    let is_dated = spec.due.is_some() || spec.repeat.is_some() || in_bundle;
    if !is_dated && !plan.was_cut(&join(&draft.pointer, "due")) {
        report
            .warning(
                "no-deadline",
                plan.key(&draft.pointer),
                phrase!("check.items.no-deadline", item = short(draft.code())),
            )
            .help(phrase!("check.items.no-deadline-help"));
    }
}

fn codes_of(plan: &Leveled<'_>, draft: &Draft, report: &mut Report) {
    let spec = &draft.spec;
    let single = [("template", &spec.template), ("subject", &spec.subject)];
    for (key, code) in single {
        if let Some(code) = code {
            super::code(code, plan.at(draft.pointer_of(key)), report);
        }
    }
    for (index, element) in spec.content.iter().flatten().enumerate() {
        super::code(
            element,
            plan.at(&format!("{}/{index}", draft.pointer_of("content"))),
            report,
        );
    }
}

fn sense(plan: &Leveled<'_>, draft: &Draft, owner: Option<&Draft>, report: &mut Report) {
    let spec = &draft.spec;
    match (owner, spec.kind) {
        (Some(_), Some(kind)) if kind != ItemKind::Interpretation => {
            report
                .error(
                    "bad-interpretation",
                    plan.at(draft.pointer_of("kind")),
                    phrase!("check.items.interpretation-kind", kind = kind.code()),
                )
                .help(phrase!("check.items.interpretation-kind-help"));
        }
        (_, Some(ItemKind::Correction)) => {
            report
                .error(
                    "bad-kind",
                    plan.at(draft.pointer_of("kind")),
                    phrase!("check.items.correction"),
                )
                .help(phrase!("check.items.correction-help"));
        }
        _ => {}
    }
    if owner.is_some() && draft.interpretation.is_some() {
        report
            .error(
                "bad-interpretation",
                plan.key(draft.pointer_of("interpretation")),
                phrase!("check.items.nested-interpretation"),
            )
            .help(phrase!("check.items.own-item-help"));
    }
    if owner.is_some() && (spec.repeat.is_some() || spec.on_demand == Some(true)) {
        let key = if spec.repeat.is_some() {
            "repeat"
        } else {
            "on-demand"
        };
        report
            .error(
                "bad-interpretation",
                plan.key(draft.pointer_of(key)),
                phrase!("check.items.interpretation-has", key),
            )
            .help(phrase!("check.items.own-item-help"));
    }
    if let Some(repeat) = &spec.repeat {
        if repeat.every.is_some() == repeat.cron.is_some() {
            report
                .error(
                    "bad-repeat",
                    plan.at(draft.pointer_of("repeat")),
                    phrase!("check.items.either-rhythm"),
                )
                .help(phrase!("check.items.either-rhythm-help"));
        }
        if spec.on_demand == Some(true) {
            report
                .error(
                    "bad-repeat",
                    plan.key(draft.pointer_of("repeat")),
                    phrase!("check.items.rhythm-on-demand"),
                )
                .help(phrase!("check.items.rhythm-on-demand-help"));
        }
    }
    if spec.role == Some(ItemRole::Lifting) && spec.lifts.as_ref().is_none_or(Vec::is_empty) {
        report
            .error(
                "lifts-nothing",
                plan.at(draft.pointer_of("role")),
                phrase!("check.items.lifts-nothing", item = short(draft.code())),
            )
            .help(phrase!("check.items.lifts-nothing-help"));
    }
}
