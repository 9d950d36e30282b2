//! What each level says about the concerns of the public: posts and routes that exist, an answer that everybody can read,
//! and what rules.yaml asks of it.

mod answers;

use super::World;
use super::bodies::unknown_post;
use super::rules::{applies_at, complain, concerns};
use crate::domain::body::PostRef;
use crate::domain::concern::ConcernSource;
use crate::domain::phrase::{Blank, phrase};
use crate::domain::time::Span;
use crate::plan::diagnostic::{Place, Report};
use crate::plan::file::{ChannelChoice, ConcernDemand, Rule, Stage};
use crate::plan::inherit::{ConcernDraft, Leveled};
use crate::plan::words::{levels, list, short, suggest};

pub fn check(world: &World<'_>, plan: &Leveled<'_>, report: &mut Report) {
    for drafts in plan.concerns.values() {
        for draft in drafts {
            whole(plan, draft, report);
            posts(world, plan, draft, report);
            route(world, plan, draft, report);
            channels(world, plan, draft, report);
        }
    }
    answers::check(plan, report);
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
    let place = plan.key(&draft.pointer);
    let what = phrase!(
        "check.concerns.lacks",
        source = spec.source.code(),
        lacks = list(&lacks)
    );
    if !lacks.is_empty()
        && !plan.was_cut(&draft.pointer)
        && !report.has_said("missing-key", &place.file, &what)
    {
        report
            .error("missing-key", place, what)
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
        post
    };
    let mut watchers: Vec<PostRef> = Vec::new();
    let mut twice: Vec<(String, &String)> = Vec::new();
    for (index, text) in draft.spec.watch.iter().flatten().enumerate() {
        let pointer = format!("{}/{index}", draft.pointer_of("watch"));
        let post = known(text, &pointer);
        match watchers.contains(&post) {
            true => twice.push((pointer, text)),
            false => watchers.push(post),
        }
    }
    if let Some(text) = &draft.spec.answer {
        known(text, draft.pointer_of("answer"));
    }
    for (pointer, text) in twice {
        report
            .error(
                "same-watcher",
                plan.at(&pointer),
                phrase!(
                    "check.concerns.watches-twice",
                    source = draft.spec.source.code(),
                    post = short(text)
                ),
            )
            .help(phrase!("check.concerns.watches-twice-help"));
    }
}

/// The route is one that an answer can take: it is there, leaves time, and whoever answers signs.
fn route(world: &World<'_>, plan: &Leveled<'_>, draft: &ConcernDraft, report: &mut Report) {
    let spec = plan.folder.plan.spec();
    let Some(code) = &draft.spec.route else {
        return;
    };
    let at = || plan.at(draft.pointer_of("route"));
    let Some(route) = spec.routes.get(code) else {
        if !plan.was_cut("/routes") {
            report
                .error(
                    "unknown-route",
                    at(),
                    phrase!("check.concerns.no-route", route = short(code)),
                )
                .help_if(suggest(code, spec.routes.keys().map(String::as_str)));
        }
        return;
    };
    if route.pre_approved {
        report
            .error("bad-route", at(), phrase!("check.routes.only-fast", code))
            .help(phrase!("check.routes.only-fast-help"));
        return;
    }
    let takes = world.route_time(plan, code);
    if let (Some(takes), Some(within)) = (takes, draft.spec.within)
        && takes > within
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
    let post = |text: &String| PostRef::within(&spec.body, text);
    let answering = draft.spec.answer.as_ref().map(|text| (text, post(text)));
    if let Some((text, answering)) = answering
        && world.post(&answering).is_some()
        && !route.sign.iter().any(|signer| post(signer) == answering)
    {
        report
            .error(
                "answers-unsigned",
                plan.at(draft.pointer_of("answer")),
                phrase!(
                    "check.concerns.unsigned",
                    source = draft.spec.source.code(),
                    post = short(text),
                    route = short(code)
                ),
            )
            .help(phrase!("check.concerns.unsigned-help"));
    }
}

fn channels(world: &World<'_>, plan: &Leveled<'_>, draft: &ConcernDraft, report: &mut Report) {
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
    let mut seen: Vec<&str> = Vec::new();
    for (index, choice) in choices.iter().enumerate() {
        let (code, pointer) = (
            choice.code(),
            format!("{}/{index}", draft.pointer_of("channels")),
        );
        if world.channel(code).is_none() {
            report
                .error(
                    "unknown-channel",
                    plan.at(&pointer),
                    phrase!("check.no-channel", channel = short(code)),
                )
                .help_if(suggest(code, known()));
        }
        if seen.contains(&code) {
            report
                .error(
                    "duplicate-channel",
                    plan.at(&pointer),
                    phrase!("check.references.channel-twice", channel = short(code)),
                )
                .help(phrase!("check.references.channel-twice-help"));
        }
        seen.push(code);
        if let Some(of_channel) = choice.audience() {
            let (source, pointer) = (&plan.folder.plan.source, format!("{pointer}/audience"));
            super::references::audience(world, of_channel, source, &pointer, report);
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

/// What a rule asks of every level that it is about; a fault that several levels have is said once.
fn demanded(plan: &Leveled<'_>, rule: &Rule, demand: &ConcernDemand, report: &mut Report) {
    let mut unwatched: Vec<(Vec<ConcernSource>, Vec<Stage>)> = Vec::new();
    let mut late: Vec<(Place, ConcernSource, Span, Vec<Stage>)> = Vec::new();
    for stage in plan.stages.keys().filter(|stage| applies_at(rule, **stage)) {
        let drafts = plan.concerns.get(stage).map_or(&[][..], Vec::as_slice);
        let of = |source| drafts.iter().find(|draft| draft.spec.source == source);
        let lacks = demand
            .sources
            .iter()
            .filter(|source| of(**source).is_none());
        let lacks: Vec<ConcernSource> = lacks.copied().collect();
        match unwatched.iter_mut().find(|(known, _)| *known == lacks) {
            _ if lacks.is_empty() => {}
            Some((_, stages)) => stages.push(*stage),
            None => unwatched.push((lacks, vec![*stage])),
        }
        for draft in demand.sources.iter().filter_map(|source| of(*source)) {
            let Some(within) = draft.spec.within.filter(|within| *within > demand.within) else {
                continue;
            };
            let (place, source) = (plan.at(draft.pointer_of("within")), draft.spec.source);
            let known = late
                .iter_mut()
                .find(|(at, of, _, _)| *at == place && *of == source);
            match known {
                Some((_, _, _, stages)) => stages.push(*stage),
                None => late.push((place, source, within, vec![*stage])),
            }
        }
    }
    for (sources, stages) in unwatched {
        let Some(first) = stages.first() else {
            continue;
        };
        let sources = sources.iter().map(|source| format!("`{}`", source.code()));
        complain(
            report,
            rule,
            plan.key(&format!("/levels/{}", first.code())),
            phrase!(
                "check.concerns.unwatched",
                levels = levels(&stages),
                sources = sources.collect::<Blank>()
            ),
            phrase!("check.concerns.unwatched-help"),
        );
    }
    for (place, source, within, stages) in late {
        complain(
            report,
            rule,
            place,
            phrase!(
                "check.concerns.too-late",
                levels = levels(&stages),
                source = source.code(),
                within,
                most = demand.within
            ),
            phrase!("check.concerns.too-late-help"),
        );
    }
}
