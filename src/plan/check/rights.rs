//! What posts may do beyond drafting and signing: rights that somebody has, duties that nobody has two of, and second
//! persons that exist.

use std::collections::BTreeSet;

use super::World;
use super::bodies::unknown_post;
use crate::domain::body::PostRef;
use crate::domain::phrase::phrase;
use crate::domain::rights::{Right, clashes};
use crate::domain::time::Span;
use crate::plan::diagnostic::Report;
use crate::plan::file::BodiesFile;
use crate::plan::inherit::Leveled;
use crate::plan::source::Source;
use crate::plan::words::{list, short, suggest};

pub fn check(world: &World<'_>, report: &mut Report) {
    let Some(file) = &world.files.bodies else {
        return;
    };
    let (source, spec) = (&file.source, file.spec());
    unheld(source, spec, report);
    apart(source, spec, report);
    confirm(world, report);
    for plan in &world.plans {
        declared_by_somebody(spec, plan, report);
    }
}

fn holders(spec: &BodiesFile, right: Right) -> impl Iterator<Item = PostRef> {
    spec.bodies.iter().flat_map(move |body| {
        let has = body.posts.iter().filter(move |p| p.rights.contains(&right));
        has.map(|post| PostRef::within(&body.body, &post.post))
    })
}

/// Rights that no post has. A file that names none at all is one from before there were rights.
fn unheld(source: &Source, spec: &BodiesFile, report: &mut Report) {
    let unheld: Vec<Right> = Right::ALL
        .into_iter()
        .filter(|right| holders(spec, *right).next().is_none())
        .collect();
    if unheld.len() == Right::ALL.len() {
        report
            .warning(
                "no-rights",
                source.key("/bodies"),
                phrase!("check.rights.none"),
            )
            .help(phrase!("check.rights.none-help"));
        return;
    }
    for right in unheld {
        let code = right.code();
        let place = source.key("/bodies");
        if right == Right::Administer {
            report
                .error(
                    "nobody-administers",
                    place,
                    phrase!("check.rights.nobody-administers"),
                )
                .help(phrase!("check.rights.nobody-administers-help"));
        } else {
            report
                .warning(
                    "right-without-post",
                    place,
                    phrase!("check.rights.unheld", code),
                )
                .help(phrase!("check.rights.unheld-help", right = code));
        }
    }
}

/// One post that holds two of the duties that are apart (三员分立).
fn apart(source: &Source, spec: &BodiesFile, report: &mut Report) {
    for (n, body) in spec.bodies.iter().enumerate() {
        for (m, post) in body.posts.iter().enumerate() {
            let own = [PostRef::within(&body.body, &post.post)];
            for clash in clashes(&spec.bodies, &own) {
                let (a, b) = clash.rights;
                report
                    .warning(
                        "duties-not-apart",
                        source.key(&format!("/bodies/{n}/posts/{m}/rights")),
                        phrase!(
                            "check.rights.not-apart",
                            post = own[0].to_string(),
                            one = a.code(),
                            other = b.code()
                        ),
                    )
                    .help(phrase!(
                        "check.rights.not-apart-help",
                        principle = "三员分立"
                    ));
            }
        }
    }
}

fn confirm(world: &World<'_>, report: &mut Report) {
    let Some(file) = &world.files.bodies else {
        return;
    };
    for (n, one) in file.spec().confirm.iter().enumerate() {
        let home = format!("/confirm/{n}");
        if world.post(&one.post).is_none() {
            let place = file.source.at(&format!("{home}/post"));
            unknown_post(world, &one.post, place, report);
        }
        if one.within == Span::ZERO {
            report
                .error(
                    "no-time-to-confirm",
                    file.source.at(&format!("{home}/within")),
                    phrase!("check.rights.no-time"),
                )
                .help(phrase!("check.rights.no-time-help"));
        }
        for (m, code) in one.plans.iter().enumerate() {
            let known = || {
                world
                    .plans
                    .iter()
                    .map(|p| p.folder.plan.spec().plan.as_str())
            };
            if !known().any(|plan| plan == code) {
                report
                    .error(
                        "unknown-plan",
                        file.source.at(&format!("{home}/plans/{m}")),
                        phrase!("check.no-plan", plan = short(code)),
                    )
                    .help_if(suggest(code, known()));
            }
        }
    }
}

/// Where some posts may declare, every plan needs one among the bodies that take part.
fn declared_by_somebody(spec: &BodiesFile, plan: &Leveled<'_>, report: &mut Report) {
    let mut declaring = holders(spec, Right::Declare).peekable();
    if declaring.peek().is_none() {
        return;
    }
    let file = plan.folder.plan.spec();
    let signers = file.routes.values().flat_map(|route| &route.sign);
    let part: BTreeSet<String> = std::iter::once(file.body.clone())
        .chain(signers.map(|text| PostRef::within(&file.body, text).body))
        .collect();
    let is_known = spec.bodies.iter().any(|body| body.body == file.body);
    if !is_known || declaring.any(|post| part.contains(&post.body)) {
        return;
    }
    let part: Vec<String> = part.into_iter().collect();
    report
        .error(
            "nobody-declares",
            plan.key("/body"),
            phrase!("check.rights.nobody-declares", part = list(&part)),
        )
        .help(phrase!(
            "check.rights.nobody-declares-help",
            body = short(&file.body)
        ));
}
