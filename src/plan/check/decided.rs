//! Measures that are decided, and rows that go out in another text.

use super::World;
use crate::domain::body::PostRef;
use crate::domain::deadline::Anchor;
use crate::domain::phrase::{Blank, phrase};
use crate::domain::plan::{ItemKind, ItemRole};
use crate::plan::diagnostic::Report;
use crate::plan::file::{OneOrMore, When};
use crate::plan::inherit::{Draft, Leveled};
use crate::plan::words::{short, suggest};

use super::bodies::unknown_post;

pub fn check(world: &World<'_>, plan: &Leveled<'_>, report: &mut Report) {
    let spec = plan.folder.plan.spec();
    for (index, post) in spec.decided_by.iter().enumerate() {
        let post = PostRef::within(&spec.body, post);
        if world.post(&post).is_none() {
            unknown_post(
                world,
                &post,
                plan.at(&format!("/decided-by/{index}")),
                report,
            );
        }
    }
    for drafts in plan.stages.values() {
        for draft in drafts {
            measure(world, plan, drafts, draft, report);
            asked(plan, draft, report);
            part(plan, drafts, draft, report);
        }
    }
}

fn measure(
    world: &World<'_>,
    plan: &Leveled<'_>,
    drafts: &[Draft],
    draft: &Draft,
    report: &mut Report,
) {
    let spec = &draft.spec;
    let is_decided = spec.when == Some(When::Decided);
    let body = &plan.folder.plan.spec().body;
    for (index, post) in spec.decided_by.iter().flatten().enumerate() {
        let post = PostRef::within(body, post);
        if world.post(&post).is_none() {
            let pointer = format!("{}/{index}", draft.pointer_of("decided-by"));
            unknown_post(world, &post, plan.at(&pointer), report);
        }
    }
    for (index, code) in spec.instead_of.iter().flatten().enumerate() {
        let pointer = format!("{}/{index}", draft.pointer_of("instead-of"));
        let others = || drafts.iter().filter(|other| other.code() != draft.code());
        if !others().any(|other| other.code() == code) {
            report
                .error(
                    "unknown-item",
                    plan.at(&pointer),
                    phrase!("check.decided.no-other", item = short(code)),
                )
                .help_if(suggest(code, others().map(Draft::code)));
        }
    }
    let event = world.event(&plan.folder.plan.spec().event);
    for (index, code) in spec.places_facts.iter().flatten().enumerate() {
        let places = || {
            let common = (world.files.events.as_ref())
                .into_iter()
                .flat_map(|events| &events.spec().common_facts);
            let facts = common.chain(event.into_iter().flat_map(|event| &event.facts));
            facts.filter(|spec| spec.place)
        };
        if event.is_some() && !places().any(|spec| spec.fact == *code) {
            let pointer = format!("{}/{index}", draft.pointer_of("places-facts"));
            report
                .error(
                    "unknown-fact",
                    plan.at(&pointer),
                    phrase!("check.decided.no-place-fact", fact = short(code)),
                )
                .help_if(suggest(code, places().map(|spec| spec.fact.as_str())));
        }
    }
    if !is_decided {
        return;
    }
    let contradicts = [
        ("repeat", spec.repeat.is_some()),
        ("on-demand", spec.on_demand == Some(true)),
        ("on-raise", spec.on_raise.is_some()),
    ];
    for (key, _) in contradicts.into_iter().filter(|(_, is_given)| *is_given) {
        report
            .error(
                "bad-decided",
                plan.key(draft.pointer_of(key)),
                phrase!("check.decided.contradicts", item = short(draft.code()), key),
            )
            .help(phrase!("check.decided.contradicts-help"));
    }
    let mut dues = spec.due.iter().flat_map(OneOrMore::as_slice);
    if dues.any(|due| due.of != Anchor::Request) {
        report
            .error(
                "bad-decided",
                plan.at(draft.pointer_of("due")),
                phrase!("check.decided.early-clock", item = short(draft.code())),
            )
            .help(phrase!("check.decided.early-clock-help"));
    }
}

/// What a notice of its own lifts is in force until then: a measure, which somebody orders. To ask for it is no decision.
fn asked(plan: &Leveled<'_>, draft: &Draft, report: &mut Report) {
    let spec = &draft.spec;
    let is_asked = spec.kind == Some(ItemKind::Notice)
        && spec.role.is_none()
        && spec.on_demand == Some(true)
        && spec.lifts.as_ref().is_none_or(Vec::is_empty);
    let lifted = || {
        let mut liftings = plan
            .all()
            .filter(|(_, one)| one.spec.role == Some(ItemRole::Lifting));
        liftings.any(|(_, one)| one.spec.lifts.iter().flatten().any(|l| l == draft.code()))
    };
    if is_asked && lifted() {
        report
            .error(
                "bound-without-a-decision",
                plan.at(draft.pointer_of("on-demand")),
                phrase!("check.decided.only-asked", item = short(draft.code())),
            )
            .help(phrase!("check.rules.because-of-level-help"));
    }
}

/// A part has no words and no way of its own, and what it is to say is said by the text that it goes out in.
fn part(plan: &Leveled<'_>, drafts: &[Draft], draft: &Draft, report: &mut Report) {
    let spec = &draft.spec;
    let Some(code) = &spec.bundle else { return };
    let leads = |other: &&Draft| other.code() == code && other.spec.bundle.is_none();
    let Some(leader) = drafts.iter().find(leads) else {
        let leaders = drafts.iter().filter(|other| other.spec.bundle.is_none());
        report
            .error(
                "unknown-item",
                plan.at(draft.pointer_of("bundle")),
                phrase!("check.decided.no-leader", item = short(code)),
            )
            .help_if(suggest(code, leaders.map(Draft::code)));
        return;
    };
    let of_leader = [
        ("template", spec.template.is_some()),
        ("channels", spec.channels.is_some()),
        ("route", spec.route.is_some()),
        ("fast", spec.fast.is_some()),
        ("repeat", spec.repeat.is_some()),
        ("on-demand", spec.on_demand == Some(true)),
        ("when", spec.when == Some(When::Decided)),
        ("interpretation", draft.interpretation.is_some()),
        ("lifts", spec.lifts.is_some()),
        ("effective", spec.effective.is_some()),
        ("except", spec.except.is_some()),
        ("audience", spec.audience.is_some()),
        ("issuer", spec.issuer.is_some()),
        ("valid-for", spec.valid_for.is_some()),
        ("instead-of", spec.instead_of.is_some()),
        ("places-facts", spec.places_facts.is_some()),
        ("role", spec.role.is_some()),
        ("on-raise", spec.on_raise.is_some()),
        ("decided-by", spec.decided_by.is_some()),
    ];
    for (key, _) in of_leader.into_iter().filter(|(_, is_given)| *is_given) {
        report
            .error(
                "bundle-part",
                plan.key(draft.pointer_of(key)),
                phrase!(
                    "check.decided.part-has",
                    item = short(draft.code()),
                    leader = short(code),
                    key
                ),
            )
            .help(phrase!("check.decided.part-has-help"));
    }
    let said: Vec<&String> = leader.spec.content.iter().flatten().collect();
    let unsaid: Vec<&str> = spec
        .content
        .iter()
        .flatten()
        .filter(|element| !said.contains(element))
        .map(String::as_str)
        .collect();
    if !unsaid.is_empty() {
        report
            .error(
                "bundle-content",
                plan.at(draft.pointer_of("content")),
                phrase!(
                    "check.decided.unsaid",
                    item = short(draft.code()),
                    unsaid = unsaid.into_iter().collect::<Blank>(),
                    leader = short(code)
                ),
            )
            .help(phrase!("check.decided.unsaid-help"));
    }
}
