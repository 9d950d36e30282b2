//! bodies.yaml on its own: codes that are well formed and stand once, deputies that exist.

use std::collections::BTreeMap;

use super::World;
use crate::domain::body::PostRef;
use crate::domain::phrase::phrase;
use crate::plan::diagnostic::Report;
use crate::plan::words::{short, suggest};

pub fn check(world: &World<'_>, report: &mut Report) {
    let Some(file) = &world.files.bodies else {
        return;
    };
    let source = &file.source;
    let mut areas = BTreeMap::new();
    for (index, area) in file.spec().areas.iter().enumerate() {
        let pointer = format!("/areas/{index}/area");
        if let Some(first) = areas.insert(&area.area, pointer.clone()) {
            report
                .error(
                    "duplicate-code",
                    source.at(&pointer),
                    phrase!("check.bodies.area-twice", area = &area.area.0),
                )
                .help(phrase!(
                    "check.first-on-line",
                    line = source.at(&first).line
                ));
        }
    }
    let mut bodies = BTreeMap::new();
    for (index, body) in file.spec().bodies.iter().enumerate() {
        let home = format!("/bodies/{index}");
        super::code(&body.body, source.at(&format!("{home}/body")), report);
        if let Some(first) = bodies.insert(&body.body, format!("{home}/body")) {
            report
                .error(
                    "duplicate-code",
                    source.at(&format!("{home}/body")),
                    phrase!("check.bodies.body-twice", body = short(&body.body)),
                )
                .help(phrase!(
                    "check.first-on-line",
                    line = source.at(&first).line
                ));
        }
        let plans = world.plans.iter().map(|plan| &plan.folder.plan.spec().body);
        // A headquarters that only decides needs none.
        if body.posts.is_empty() && plans.into_iter().any(|drafts| *drafts == body.body) {
            report
                .error(
                    "no-posts",
                    source.key(&format!("{home}/body")),
                    phrase!("check.bodies.no-posts", body = short(&body.body)),
                )
                .help(phrase!("check.bodies.no-posts-help"));
        }
        for (at, subject) in body.may_release.iter().enumerate() {
            super::code(
                subject,
                source.at(&format!("{home}/may-release/{at}")),
                report,
            );
        }
        let mut posts = BTreeMap::new();
        for (at, post) in body.posts.iter().enumerate() {
            let pointer = format!("{home}/posts/{at}");
            super::code(&post.post, source.at(&format!("{pointer}/post")), report);
            if posts.insert(&post.post, at).is_some() {
                report
                    .error(
                        "duplicate-code",
                        source.at(&format!("{pointer}/post")),
                        phrase!(
                            "check.bodies.post-twice",
                            post = short(&post.post),
                            body = short(&body.body)
                        ),
                    )
                    .help(phrase!("check.bodies.post-twice-help"));
            }
            let Some(deputy) = &post.deputy else { continue };
            let place = source.at(&format!("{pointer}/deputy"));
            let deputy = PostRef::within(&body.body, deputy);
            if deputy.body == body.body && deputy.post == post.post {
                report
                    .error(
                        "deputy-of-itself",
                        place,
                        phrase!("check.bodies.deputy-of-itself", post = short(&post.post)),
                    )
                    .help(phrase!("check.bodies.deputy-of-itself-help"));
            } else if world.post(&deputy).is_none() {
                unknown_post(world, &deputy, place, report);
            }
        }
    }
}

/// Complains of a post that no body has.
pub fn unknown_post(
    world: &World<'_>,
    post: &PostRef,
    place: crate::plan::diagnostic::Place,
    report: &mut Report,
) {
    let Some(file) = &world.files.bodies else {
        return;
    };
    match world.body(&post.body) {
        None => report
            .error(
                "unknown-body",
                place,
                phrase!("check.no-body", body = short(&post.body)),
            )
            .help_if(suggest(
                &post.body,
                file.spec().bodies.iter().map(|b| b.body.as_str()),
            )),
        Some(body) => report
            .error(
                "unknown-post",
                place,
                phrase!("check.no-post", body = &body.body, post = short(&post.post)),
            )
            .help_if(suggest(
                &post.post,
                body.posts.iter().map(|p| p.post.as_str()),
            )),
    }
}
