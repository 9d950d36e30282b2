//! Signing routes: posts that exist, four eyes, fast routes that are countersigned, and items that name them rightly.

use super::World;
use super::bodies::unknown_post;
use crate::domain::body::PostRef;
use crate::domain::phrase::phrase;
use crate::plan::diagnostic::Report;
use crate::plan::inherit::{Draft, Leveled};
use crate::plan::words::{short, suggest};

pub fn check(world: &World<'_>, plan: &Leveled<'_>, report: &mut Report) {
    routes(world, plan, report);
    corrections(world, plan, report);
    for (draft, _) in plan.stages.values().flatten().flat_map(Draft::ways) {
        routes_of(plan, draft, report);
    }
}

fn routes(world: &World<'_>, plan: &Leveled<'_>, report: &mut Report) {
    let spec = plan.folder.plan.spec();
    for (code, route) in &spec.routes {
        let home = crate::plan::yaml::join("/routes", code);
        super::code(code, plan.key(&home), report);
        let mut seen = Vec::new();
        for (index, text) in route.sign.iter().enumerate() {
            let place = plan.at(&format!("{home}/sign/{index}"));
            let post = PostRef::within(&spec.body, text);
            if world.post(&post).is_none() {
                if is_known_body(world, plan, text) {
                    unknown_post(world, &post, place, report);
                }
            } else if seen.contains(&post) {
                report
                    .error(
                        "same-signer",
                        place,
                        phrase!("check.routes.signs-twice", post = short(text)),
                    )
                    .help(phrase!("check.routes.signs-twice-help"));
            }
            seen.push(post);
        }
        let cut = plan.was_cut(&home);
        match (route.pre_approved, &route.countersign) {
            (true, Some(target)) => match spec.routes.get(target) {
                None => unknown_route(plan, &format!("{home}/countersign"), target, report),
                Some(other) if other.pre_approved => {
                    report
                        .error(
                            "bad-route",
                            plan.at(&format!("{home}/countersign")),
                            phrase!("check.routes.target-is-fast", target),
                        )
                        .help(phrase!("check.routes.target-is-fast-help"));
                }
                Some(_) => {}
            },
            (true, None) if !cut => {
                report
                    .error(
                        "fast-without-countersign",
                        plan.key(&home),
                        phrase!("check.routes.no-countersign", code),
                    )
                    .help(phrase!("check.routes.no-countersign-help"));
            }
            (false, Some(_)) => {
                report
                    .error(
                        "bad-route",
                        plan.key(&format!("{home}/countersign")),
                        phrase!("check.routes.countersign-of-ordinary", code),
                    )
                    .help(phrase!("check.routes.countersign-of-ordinary-help"));
            }
            _ => {}
        }
        if route.pre_approved
            && route.countersign.is_some()
            && route.countersign_within.is_none()
            && !cut
        {
            report
                .error(
                    "fast-without-countersign",
                    plan.key(&home),
                    phrase!("check.routes.no-countersign-time", code),
                )
                .help(phrase!("check.routes.no-countersign-time-help"));
        }
    }
}

/// Whether it is worth saying that the post `text` does not exist: a plan of an unknown body has no posts at all.
fn is_known_body(world: &World<'_>, plan: &Leveled<'_>, text: &str) -> bool {
    text.contains('/') || world.body(&plan.folder.plan.spec().body).is_some()
}

fn unknown_route(plan: &Leveled<'_>, pointer: &str, code: &str, report: &mut Report) {
    let routes = &plan.folder.plan.spec().routes;
    if plan.was_cut("/routes") {
        return;
    }
    report
        .error(
            "unknown-route",
            plan.at(pointer),
            phrase!("check.routes.unknown", code = short(code)),
        )
        .help_if(suggest(code, routes.keys().map(String::as_str)));
}

fn corrections(world: &World<'_>, plan: &Leveled<'_>, report: &mut Report) {
    let spec = plan.folder.plan.spec();
    let Some(corrections) = &spec.corrections else {
        return;
    };
    let also = corrections.may.iter().enumerate();
    let named = [
        ("sign".to_owned(), &corrections.sign),
        ("confirm".to_owned(), &corrections.confirm),
    ];
    for (key, text) in (named.into_iter()).chain(also.map(|(n, text)| (format!("may/{n}"), text))) {
        let post = PostRef::within(&spec.body, text);
        if world.post(&post).is_none() && is_known_body(world, plan, text) {
            let place = plan.at(&format!("/corrections/{key}"));
            unknown_post(world, &post, place, report);
        }
    }
    if PostRef::within(&spec.body, &corrections.sign)
        == PostRef::within(&spec.body, &corrections.confirm)
    {
        report
            .error(
                "same-signer",
                plan.at("/corrections/confirm"),
                phrase!("check.routes.confirms-own"),
            )
            .help(phrase!("check.routes.confirms-own-help"));
    }
}

fn routes_of(plan: &Leveled<'_>, draft: &Draft, report: &mut Report) {
    let routes = &plan.folder.plan.spec().routes;
    if let Some(code) = &draft.spec.route {
        match routes.get(code) {
            None => unknown_route(plan, draft.pointer_of("route"), code, report),
            Some(route) if route.pre_approved => {
                report
                    .error(
                        "bad-route",
                        plan.at(draft.pointer_of("route")),
                        phrase!("check.routes.only-fast", code),
                    )
                    .help(phrase!("check.routes.only-fast-help"));
            }
            Some(_) => {}
        }
    }
    if let Some(code) = &draft.spec.fast {
        match routes.get(code) {
            None => unknown_route(plan, draft.pointer_of("fast"), code, report),
            Some(route) if !route.pre_approved => {
                report
                    .error(
                        "bad-route",
                        plan.at(draft.pointer_of("fast")),
                        phrase!("check.routes.not-fast", code),
                    )
                    .help(phrase!("check.routes.not-fast-help"));
            }
            Some(_) => {}
        }
    }
}
