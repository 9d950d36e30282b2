//! Signing routes: posts that exist, four eyes, fast routes that are countersigned, and items that name them rightly.

use super::World;
use super::bodies::unknown_post;
use crate::domain::body::PostRef;
use crate::plan::diagnostic::Report;
use crate::plan::inherit::{Draft, Leveled};
use crate::plan::words::{short, suggest};

pub fn check(world: &World<'_>, plan: &Leveled<'_>, report: &mut Report) {
    routes(world, plan, report);
    corrections(world, plan, report);
    for (_, draft) in plan.all() {
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
                        format!("`{}` signs twice on this route", short(text)),
                    )
                    .help("no one signs twice: name another post");
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
                            format!("`{target}` is a fast route itself"),
                        )
                        .help("countersigning is done on an ordinary route");
                }
                Some(_) => {}
            },
            (true, None) if !cut => {
                report
                    .error(
                        "fast-without-countersign",
                        plan.key(&home),
                        format!("the fast route `{code}` does not say who countersigns"),
                    )
                    .help("add `countersign: ROUTE` and `countersign-within: 2h`");
            }
            (false, Some(_)) => {
                report
                    .error(
                        "bad-route",
                        plan.key(&format!("{home}/countersign")),
                        format!("`{code}` is not a fast route, so nobody countersigns"),
                    )
                    .help("add `pre-approved: true`, or take `countersign` out");
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
                    format!("the fast route `{code}` does not say by when it is countersigned"),
                )
                .help("add `countersign-within: 2h`");
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
            format!("this plan has no route `{}`", short(code)),
        )
        .help_if(suggest(code, routes.keys().map(String::as_str)));
}

fn corrections(world: &World<'_>, plan: &Leveled<'_>, report: &mut Report) {
    let spec = plan.folder.plan.spec();
    let Some(corrections) = &spec.corrections else {
        return;
    };
    for (key, text) in [
        ("sign", &corrections.sign),
        ("confirm", &corrections.confirm),
    ] {
        let post = PostRef::within(&spec.body, text);
        if world.post(&post).is_none() && is_known_body(world, plan, text) {
            unknown_post(
                world,
                &post,
                plan.at(&format!("/corrections/{key}")),
                report,
            );
        }
    }
    if PostRef::within(&spec.body, &corrections.sign)
        == PostRef::within(&spec.body, &corrections.confirm)
    {
        report
            .error(
                "same-signer",
                plan.at("/corrections/confirm"),
                "one post both sends and confirms a correction",
            )
            .help("a second person confirms: name another post");
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
                        format!("`{code}` is a fast route and cannot be the only one"),
                    )
                    .help("name an ordinary route here and this one under `fast`");
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
                        format!("`{code}` is not a fast route"),
                    )
                    .help("a fast route says `pre-approved: true` and who countersigns");
            }
            Some(_) => {}
        }
    }
}
