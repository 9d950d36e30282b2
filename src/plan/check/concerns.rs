//! What each level says about the concerns of the public: posts and routes that exist, an answer that everybody can read,
//! and what rules.yaml asks of it.

use super::World;
use super::bodies::unknown_post;
use super::rules::{applies_at, complain, concerns};
use crate::domain::body::PostRef;
use crate::domain::phrase::{Blank, phrase};
use crate::plan::diagnostic::Report;
use crate::plan::file::{ChannelChoice, ConcernDemand, Rule, Stage};
use crate::plan::inherit::{ConcernDraft, Leveled};
use crate::plan::words::{level, list, short, suggest};

pub fn check(world: &World<'_>, plan: &Leveled<'_>, report: &mut Report) {
    for drafts in plan.concerns.values() {
        for draft in drafts {
            whole(plan, draft, report);
            posts(world, plan, draft, report);
            way(world, plan, draft, report);
        }
    }
    let rules = world.files.rules.as_ref().map(|rules| &rules.spec().rules);
    for rule in rules.into_iter().flatten() {
        if let Some(demand) = &rule.demand.concern
            && concerns(world, plan, rule)
        {
            demanded(plan, rule, demand, report);
        }
    }
}

/// Nothing that an entry needs is left to nobody.
fn whole(plan: &Leveled<'_>, draft: &ConcernDraft, report: &mut Report) {
    let spec = &draft.spec;
    let lacks: Vec<&str> = [
        ("watch", spec.watch.is_none()),
        ("answer", spec.answer.is_none()),
        ("within", spec.within.is_none()),
        ("route", spec.route.is_none()),
        ("channels", spec.channels.is_none()),
    ]
    .into_iter()
    .filter_map(|(key, is_missing)| is_missing.then_some(key))
    .collect();
    if !lacks.is_empty() && !plan.was_cut(&draft.pointer) {
        report
            .error(
                "missing-key",
                plan.key(&draft.pointer),
                phrase!(
                    "check.concerns.lacks",
                    source = spec.source.code(),
                    lacks = list(&lacks)
                ),
            )
            .help(phrase!("check.concerns.lacks-help"));
    }
}

fn posts(world: &World<'_>, plan: &Leveled<'_>, draft: &ConcernDraft, report: &mut Report) {
    let body = &plan.folder.plan.spec().body;
    let mut known = |text: &str, pointer: &str| {
        let post = PostRef::within(body, text);
        if world.post(&post).is_none() && world.body(body).is_some() {
            unknown_post(world, &post, plan.at(pointer), report);
        }
    };
    for (index, text) in draft.spec.watch.iter().flatten().enumerate() {
        known(text, &format!("{}/{index}", draft.pointer_of("watch")));
    }
    if let Some(text) = &draft.spec.answer {
        known(text, draft.pointer_of("answer"));
    }
}

fn way(world: &World<'_>, plan: &Leveled<'_>, draft: &ConcernDraft, report: &mut Report) {
    let routes = &plan.folder.plan.spec().routes;
    if let Some(code) = &draft.spec.route {
        let at = || plan.at(draft.pointer_of("route"));
        match routes.get(code) {
            None if plan.was_cut("/routes") => {}
            None => report
                .error(
                    "unknown-route",
                    at(),
                    phrase!("check.concerns.no-route", route = short(code)),
                )
                .help_if(suggest(code, routes.keys().map(String::as_str))),
            Some(route) => {
                let takes = world.route_time(plan, code);
                if let (Some(takes), Some(within)) = (takes, draft.spec.within)
                    && takes > within
                    && !route.pre_approved
                {
                    report
                        .error(
                            "shorter-than-route",
                            plan.at(draft.pointer_of("within")),
                            phrase!(
                                "check.concerns.shorter",
                                source = draft.spec.source.code(),
                                within,
                                route = short(code),
                                takes
                            ),
                        )
                        .help(phrase!("check.concerns.shorter-help"));
                }
            }
        }
    }
    let Some(choices) = &draft.spec.channels else {
        return;
    };
    if !world.files.all_channels_read {
        return;
    }
    let known = || {
        let files = world.files.channels.iter();
        files.map(|file| file.spec().channel.as_str())
    };
    for (index, choice) in choices.iter().enumerate() {
        if world.channel(choice.code()).is_none() {
            let pointer = format!("{}/{index}", draft.pointer_of("channels"));
            report
                .error(
                    "unknown-channel",
                    plan.at(&pointer),
                    phrase!("check.no-channel", channel = short(choice.code())),
                )
                .help_if(suggest(choice.code(), known()));
        }
    }
    let mut codes = choices.iter().map(ChannelChoice::code);
    let is_public = codes.any(|code| {
        world
            .channel(code)
            .is_some_and(|def| def.spec().is_public())
    });
    if !is_public {
        report
            .warning(
                "answer-not-public",
                plan.at(draft.pointer_of("channels")),
                phrase!(
                    "check.concerns.not-public",
                    source = draft.spec.source.code()
                ),
            )
            .help(phrase!("check.concerns.not-public-help"));
    }
}

/// What a rule asks of every level that it is about.
fn demanded(plan: &Leveled<'_>, rule: &Rule, demand: &ConcernDemand, report: &mut Report) {
    for stage in plan.stages.keys().filter(|stage| applies_at(rule, **stage)) {
        let drafts = plan.concerns.get(stage).map_or(&[][..], Vec::as_slice);
        let of = |source| drafts.iter().find(|draft| draft.spec.source == source);
        let unwatched: Blank = demand
            .sources
            .iter()
            .filter(|source| of(**source).is_none())
            .map(|source| format!("`{}`", source.code()))
            .collect();
        if !matches!(&unwatched, Blank::List(list) if list.is_empty()) {
            complain(
                report,
                rule,
                plan.key(&home(*stage)),
                phrase!(
                    "check.concerns.unwatched",
                    level = level(*stage),
                    sources = unwatched
                ),
                phrase!("check.concerns.unwatched-help"),
            );
        }
        for draft in demand.sources.iter().filter_map(|source| of(*source)) {
            if let Some(within) = draft.spec.within.filter(|within| *within > demand.within) {
                complain(
                    report,
                    rule,
                    plan.at(draft.pointer_of("within")),
                    phrase!(
                        "check.concerns.too-late",
                        level = level(*stage),
                        source = draft.spec.source.code(),
                        within,
                        most = demand.within
                    ),
                    phrase!("check.concerns.too-late-help"),
                );
            }
        }
    }
}

fn home(stage: Stage) -> String {
    format!("/levels/{}", stage.code())
}
