//! What posts may do beyond drafting and signing: rights that somebody has, duties that nobody has two of, and second
//! persons that exist.

use std::collections::BTreeSet;

use super::World;
use super::bodies::unknown_post;
use crate::domain::body::PostRef;
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
                "no post has rights, so what is usual holds for all of them",
            )
            .help("docs/rights.md says what that is; give posts `rights: […]` to decide it yourselves");
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
                    "rights are given, and no post may administer: nobody could change who there is",
                )
                .help("give one post, better two, `rights: [administer]`");
        } else {
            report
                .warning(
                    "right-without-post",
                    place,
                    format!("no post has the right `{code}`, so what is usual holds for it"),
                )
                .help(format!(
                    "give a post `rights: [{code}]`, or leave it so: docs/rights.md says what is usual"
                ));
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
                        format!(
                            "`{}` holds both `{}` and `{}`, which are better kept apart",
                            own[0],
                            a.code(),
                            b.code()
                        ),
                    )
                    .help("who administers, who holds the channels and who audits are three people (三员分立)");
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
                    "nobody can confirm within no time",
                )
                .help("say how long it may wait, such as `within: 30m`");
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
                        format!("there is no plan `{}`", short(code)),
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
            format!(
                "no post of a body that takes part ({}) may declare",
                list(&part)
            ),
        )
        .help(format!(
            "give a post of `{}` the right: `rights: [declare]` in bodies.yaml",
            short(&file.body)
        ));
}
