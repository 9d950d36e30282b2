//! What rules.yaml demands of plans. No rule is known here: only the kinds of demand are.

mod item;

use item::item;

use std::collections::BTreeMap;

use super::World;
use crate::domain::phrase::{Blank, Phrase, phrase};
use crate::domain::plan::{ItemKind, ItemRole};
use crate::plan::diagnostic::{Place, Report, Severity};
use crate::plan::file::{ContentDemand, Decided, OnlyBy, Rule, RuleSeverity, Stage, When};
use crate::plan::inherit::{Draft, Leveled};
use crate::plan::words::{list, short, suggest};

/// The rules themselves: one demand each, names that exist.
pub fn check_file(world: &World<'_>, report: &mut Report) {
    let Some(rules) = &world.files.rules else {
        return;
    };
    let source = &rules.source;
    let mut seen = BTreeMap::new();
    for (index, rule) in rules.spec().rules.iter().enumerate() {
        let home = format!("/rules/{index}");
        super::code(&rule.rule, source.at(&format!("{home}/rule")), report);
        if let Some(first) = seen.insert(&rule.rule, format!("{home}/rule")) {
            report
                .error(
                    "duplicate-code",
                    source.at(&format!("{home}/rule")),
                    phrase!("check.rules.twice", rule = short(&rule.rule)),
                )
                .help(phrase!(
                    "check.first-on-line",
                    line = source.at(&first).line
                ));
        }
        let demand = &rule.demand;
        let demands = usize::from(demand.item.is_some())
            + usize::from(demand.content.is_some())
            + usize::from(demand.only_by.is_some())
            + usize::from(demand.decided.is_some())
            + usize::from(demand.load.is_some())
            + usize::from(demand.not_signed_by.is_some())
            + usize::from(demand.sms.is_some())
            + usize::from(demand.concern.is_some())
            + usize::from(demand.document.is_some())
            + usize::from(demand.wording.is_some())
            + usize::from(demand.grounds.is_some());
        let cut = rules.shaped.cut.iter().any(|cut| cut.starts_with(&home));
        if demands != 1 && !cut {
            report
                .error(
                    "bad-demand",
                    source.key(&format!("{home}/demand")),
                    phrase!("check.rules.one-demand"),
                )
                .help(phrase!("check.rules.one-demand-help"));
        }
        if !rule.applies.grades.is_empty() && demand.item.is_none() && !cut {
            report
                .error(
                    "bad-demand",
                    source.key(&format!("{home}/applies/grades")),
                    phrase!("check.rules.grades-of-no-item"),
                )
                .help(phrase!("check.rules.grades-of-no-item-help"));
        }
        if let Some(events) = &world.files.events {
            for (at, event) in rule.applies.events.iter().enumerate() {
                if world.event(event).is_none() {
                    report
                        .error(
                            "unknown-event",
                            source.at(&format!("{home}/applies/events/{at}")),
                            phrase!("check.no-event", event = short(event)),
                        )
                        .help_if(suggest(
                            event,
                            events.spec().events.iter().map(|e| e.event.as_str()),
                        ));
                }
            }
        }
        if let (Some(only), Some(bodies)) = (&demand.only_by, &world.files.bodies) {
            for (at, body) in only.bodies.iter().enumerate() {
                if world.body(body).is_none() {
                    report
                        .error(
                            "unknown-body",
                            source.at(&format!("{home}/demand/only-by/bodies/{at}")),
                            phrase!("check.no-body", body = short(body)),
                        )
                        .help_if(suggest(
                            body,
                            bodies.spec().bodies.iter().map(|b| b.body.as_str()),
                        ));
                }
            }
        }
    }
}

pub fn check(world: &World<'_>, plan: &Leveled<'_>, report: &mut Report) {
    let Some(rules) = &world.files.rules else {
        return;
    };
    for rule in &rules.spec().rules {
        if !concerns(world, plan, rule) {
            continue;
        }
        if let Some(demand) = &rule.demand.item {
            item(world, plan, rule, demand, report);
        }
        if let Some(demand) = &rule.demand.content {
            content(plan, rule, demand, report);
        }
        if let Some(demand) = &rule.demand.only_by {
            only_by(world, plan, rule, demand, report);
        }
        if let Some(demand) = &rule.demand.decided {
            decided(plan, rule, demand, report);
        }
    }
}

pub(super) fn concerns(world: &World<'_>, plan: &Leveled<'_>, rule: &Rule) -> bool {
    let event = &plan.folder.plan.spec().event;
    let class = world.event(event).map(|event| event.class);
    let events = &rule.applies.events;
    let classes = &rule.applies.classes;
    (events.is_empty() || events.contains(event))
        && (classes.is_empty() || class.is_some_and(|class| classes.contains(&class)))
}

pub(super) fn applies_at(rule: &Rule, stage: Stage) -> bool {
    rule.applies.levels.is_empty() || rule.applies.levels.contains(&stage)
}

pub(super) fn complain(report: &mut Report, rule: &Rule, place: Place, what: Phrase, help: Phrase) {
    let severity = match rule.severity {
        RuleSeverity::Error => Severity::Error,
        RuleSeverity::Warning => Severity::Warning,
    };
    let name = Blank::Name {
        zh: short(&rule.name),
        en: short(rule.name_en.as_deref().unwrap_or(&rule.name)),
    };
    let help = match &rule.basis[..] {
        [] => help,
        basis => phrase!("check.rules.with-basis", help, basis = list(basis)),
    };
    report
        .say(
            severity,
            "rule-broken",
            place,
            phrase!("check.rules.broken", what, rule = &rule.rule, name),
        )
        .help(help);
}

fn content(plan: &Leveled<'_>, rule: &Rule, demand: &ContentDemand, report: &mut Report) {
    let asked = |draft: &Draft| {
        let (kinds, roles) = (&demand.kinds, &demand.roles);
        let by_kind = draft.spec.kind.is_some_and(|kind| kinds.contains(&kind));
        let by_role = draft.spec.role.is_some_and(|role| roles.contains(&role));
        by_kind || by_role || (kinds.is_empty() && roles.is_empty())
    };
    for (stage, draft) in plan.all() {
        if !applies_at(rule, stage) || !asked(draft) {
            continue;
        }
        let has: &[String] = draft.spec.content.as_deref().unwrap_or_default();
        let lacks: Vec<&String> = demand
            .elements
            .iter()
            .filter(|e| !has.contains(e))
            .collect();
        if !lacks.is_empty() {
            complain(
                report,
                rule,
                plan.key(draft.pointer_of("content")),
                phrase!(
                    "check.rules.not-stated",
                    item = short(draft.code()),
                    lacks = list(&lacks)
                ),
                phrase!("check.rules.not-stated-help"),
            );
        }
    }
}

/// A measure has legal conditions of its own and does not follow from a level.
fn decided(plan: &Leveled<'_>, rule: &Rule, demand: &Decided, report: &mut Report) {
    for (stage, drafts) in &plan.stages {
        let is_measure = |draft: &&Draft| {
            let spec = &draft.spec;
            let subject = spec.subject.as_ref();
            // What only tells of a measure binds nobody; what advises on its subject orders it by another name.
            matches!(
                spec.kind,
                Some(ItemKind::Notice | ItemKind::Advisory | ItemKind::Warning)
            ) && subject.is_some_and(|subject| demand.subjects.contains(subject))
        };
        for draft in drafts.iter().filter(is_measure) {
            let spec = &draft.spec;
            // Asking for an item is no decision; what only lifts may be asked for.
            let lifts = spec.lifts.as_ref().is_some_and(|lifts| !lifts.is_empty())
                && matches!(spec.role, Some(ItemRole::Lifting | ItemRole::Termination));
            let is_decided =
                spec.when == Some(When::Decided) || lifts && spec.on_demand == Some(true);
            if applies_at(rule, *stage) && !is_decided {
                // The item is touched at many levels; its subject is written once.
                let item = short(draft.code());
                let what = match spec.on_demand {
                    Some(true) => phrase!("check.rules.because-asked", item),
                    _ => phrase!("check.rules.because-of-level", item),
                };
                complain(
                    report,
                    rule,
                    plan.at(draft.pointer_of("subject")),
                    what,
                    phrase!("check.rules.because-of-level-help"),
                );
            }
        }
    }
}

fn only_by(
    world: &World<'_>,
    plan: &Leveled<'_>,
    rule: &Rule,
    demand: &OnlyBy,
    report: &mut Report,
) {
    let drafts = plan.stages.iter().flat_map(|(stage, drafts)| {
        let drafts = drafts.iter().flat_map(Draft::with_owners);
        drafts.map(move |(draft, owner)| (*stage, draft, owner))
    });
    for (stage, draft, owner) in drafts {
        let Some(issuer) = world.issuer(plan, draft, owner) else {
            continue;
        };
        if applies_at(rule, stage)
            && draft.spec.subject.as_ref() == Some(&demand.subject)
            && !demand.bodies.contains(&issuer.body)
        {
            complain(
                report,
                rule,
                plan.at(draft.pointer_of("subject")),
                phrase!(
                    "check.rules.not-for",
                    item = short(draft.code()),
                    subject = &demand.subject,
                    body = short(&issuer.body)
                ),
                phrase!("check.rules.not-for-help", bodies = list(&demand.bodies)),
            );
        }
    }
}
