//! Every name in a plan leads somewhere: body, event, areas, posts, routes, channels, subjects, other items.

use std::collections::BTreeMap;

use super::World;
use crate::domain::audience::{AreaChoice, Audience};
use crate::domain::phrase::phrase;
use crate::plan::diagnostic::Report;
use crate::plan::file::Stage;
use crate::plan::inherit::{Draft, Leveled};
use crate::plan::source::Source;
use crate::plan::words::{short, suggest};

/// Each plan stands once, under its own name.
pub fn check_plans(world: &World<'_>, report: &mut Report) {
    let mut codes: BTreeMap<&str, &str> = BTreeMap::new();
    for plan in &world.plans {
        let source = &plan.folder.plan.source;
        let spec = plan.folder.plan.spec();
        super::code(&spec.plan, source.at("/plan"), report);
        if let Some(first) = codes.insert(&spec.plan, &source.file) {
            report
                .error(
                    "duplicate-code",
                    source.at("/plan"),
                    phrase!("check.references.plan-twice", plan = short(&spec.plan)),
                )
                .help(phrase!("check.references.plan-twice-help", first));
        }
        if spec.plan != plan.folder.name {
            report
                .warning(
                    "file-name",
                    source.at("/plan"),
                    phrase!(
                        "check.references.folder-name",
                        plan = short(&spec.plan),
                        folder = short(&plan.folder.name)
                    ),
                )
                .help(phrase!("check.references.folder-name-help"));
        }
    }
}

pub fn check(world: &World<'_>, plan: &Leveled<'_>, report: &mut Report) {
    head(world, plan, report);
    for (stage, drafts) in &plan.stages {
        for (draft, owner) in drafts.iter().flat_map(Draft::ways) {
            channels_of(world, plan, draft, report);
            subject_of(world, plan, draft, owner, report);
            lifts_of(plan, *stage, draft, report);
            stood_with_by(plan, draft, report);
            taken_over_by(plan, *stage, draft, report);
            if let Some(issuer) = &draft.spec.issuer {
                body_of(world, plan, draft.pointer_of("issuer"), issuer, report);
            }
        }
    }
}

fn body_of(world: &World<'_>, plan: &Leveled<'_>, pointer: &str, code: &str, report: &mut Report) {
    if let Some(bodies) = &world.files.bodies
        && world.body(code).is_none()
    {
        report
            .error(
                "unknown-body",
                plan.at(pointer),
                phrase!("check.no-body", body = short(code)),
            )
            .help_if(suggest(
                code,
                bodies.spec().bodies.iter().map(|b| b.body.as_str()),
            ));
    }
}

fn head(world: &World<'_>, plan: &Leveled<'_>, report: &mut Report) {
    let spec = plan.folder.plan.spec();
    body_of(world, plan, "/body", &spec.body, report);
    if let Some(issuer) = &spec.issuer {
        body_of(world, plan, "/issuer", issuer, report);
    }
    if world.files.bodies.is_some() {
        for (index, area) in spec.areas.iter().enumerate() {
            unknown_area(
                world,
                &area.0,
                &plan.folder.plan.source,
                &format!("/areas/{index}"),
                report,
            );
        }
    }
    if let Some(events) = &world.files.events
        && world.event(&spec.event).is_none()
    {
        report
            .error(
                "unknown-event",
                plan.at("/event"),
                phrase!("check.no-event", event = short(&spec.event)),
            )
            .help_if(suggest(
                &spec.event,
                events.spec().events.iter().map(|e| e.event.as_str()),
            ));
    }
}

fn channels_of(world: &World<'_>, plan: &Leveled<'_>, draft: &Draft, report: &mut Report) {
    let source = &plan.folder.plan.source;
    let mut seen = Vec::new();
    for (index, choice) in draft.spec.channels.iter().flatten().enumerate() {
        let pointer = format!("{}/{index}", draft.pointer_of("channels"));
        let code = choice.code();
        match world.channel(code) {
            None if world.files.all_channels_read => {
                let known = world
                    .files
                    .channels
                    .iter()
                    .map(|c| c.spec().channel.as_str());
                report
                    .error(
                        "unknown-channel",
                        source.at(&pointer),
                        phrase!("check.no-channel", channel = short(code)),
                    )
                    .help_if(suggest(code, known));
            }
            _ => {}
        }
        if seen.contains(&code) {
            report
                .error(
                    "duplicate-channel",
                    source.at(&pointer),
                    phrase!("check.references.channel-twice", channel = short(code)),
                )
                .help(phrase!("check.references.channel-twice-help"));
        }
        seen.push(code);
        if let Some(of_channel) = choice.audience() {
            audience(
                world,
                of_channel,
                source,
                &format!("{pointer}/audience"),
                report,
            );
        }
    }
    if let Some(of_item) = &draft.spec.audience {
        audience(world, of_item, source, draft.pointer_of("audience"), report);
    }
}

/// The places that an audience names.
pub fn audience(
    world: &World<'_>,
    audience: &Audience,
    source: &Source,
    pointer: &str,
    report: &mut Report,
) {
    let Audience::Selected(selection) = audience else {
        return;
    };
    if let Some(AreaChoice::Codes(codes)) = &selection.areas {
        for (index, area) in codes.iter().enumerate() {
            unknown_area(
                world,
                &area.0,
                source,
                &format!("{pointer}/areas/{index}"),
                report,
            );
        }
    }
    if selection.areas.is_none() && selection.groups.is_empty() && selection.posts.is_empty() {
        report
            .error(
                "empty-audience",
                source.at(pointer),
                phrase!("check.references.empty-audience"),
            )
            .help(phrase!("check.references.empty-audience-help"));
    }
}

fn unknown_area(
    world: &World<'_>,
    code: &str,
    source: &Source,
    pointer: &str,
    report: &mut Report,
) {
    let Some(bodies) = &world.files.bodies else {
        return;
    };
    let areas = &bodies.spec().areas;
    if !areas.iter().any(|area| area.area.0 == code) {
        report
            .error(
                "unknown-area",
                source.at(pointer),
                phrase!("check.no-area", area = short(code)),
            )
            .help_if(suggest(code, areas.iter().map(|a| a.area.0.as_str())));
    }
}

fn subject_of(
    world: &World<'_>,
    plan: &Leveled<'_>,
    draft: &Draft,
    owner: Option<&Draft>,
    report: &mut Report,
) {
    let (Some(subject), Some(body)) = (&draft.spec.subject, world.issuer(plan, draft, owner))
    else {
        return;
    };
    if !body.may_release.contains(subject) {
        report
            .error(
                "subject-not-allowed",
                plan.at(draft.pointer_of("subject")),
                phrase!(
                    "check.references.foreign-subject",
                    body = &body.body,
                    subject = short(subject)
                ),
            )
            .help_if(
                suggest(subject, body.may_release.iter().map(String::as_str))
                    .map(|words| phrase!("check.references.foreign-subject-help", words)),
            );
    }
}

/// What a relay takes over is there at the level that has the relay, or at another.
fn taken_over_by(plan: &Leveled<'_>, stage: Stage, draft: &Draft, report: &mut Report) {
    if !plan.broken.is_empty() || stage == Stage::End {
        return;
    }
    let known = || {
        let others = plan.all().filter(|(_, other)| other.code() != draft.code());
        others.map(|(_, other)| other.code())
    };
    for (index, code) in draft.spec.takes_over.iter().flatten().enumerate() {
        if !known().any(|other| other == code) {
            report
                .error(
                    "unknown-item",
                    plan.at(&format!("{}/{index}", draft.pointer_of("takes-over"))),
                    phrase!("check.references.no-item", item = short(code)),
                )
                .help_if(suggest(code, known()));
        }
    }
}

/// What a text stands with is there, at its level or at another.
fn stood_with_by(plan: &Leveled<'_>, draft: &Draft, report: &mut Report) {
    if !plan.broken.is_empty() {
        return;
    }
    let known = || {
        let others = plan.all().filter(|(_, other)| other.code() != draft.code());
        others.map(|(_, other)| other.code())
    };
    for (index, code) in draft.spec.stands_with.iter().flatten().enumerate() {
        if !known().any(|other| other == code) {
            report
                .error(
                    "unknown-item",
                    plan.at(&format!("{}/{index}", draft.pointer_of("stands-with"))),
                    phrase!("check.references.no-item", item = short(code)),
                )
                .help_if(suggest(code, known()));
        }
    }
}

fn lifts_of(plan: &Leveled<'_>, stage: Stage, draft: &Draft, report: &mut Report) {
    // What a level that could not be put together has is not known.
    if !plan.broken.is_empty() {
        return;
    }
    for (index, code) in draft.spec.lifts.iter().flatten().enumerate() {
        let place = || plan.at(&format!("{}/{index}", draft.pointer_of("lifts")));
        if code == draft.code() {
            report
                .error(
                    "unknown-item",
                    place(),
                    phrase!("check.references.lifts-itself", item = short(code)),
                )
                .help(phrase!("check.references.lifts-itself-help"));
        } else if !plan
            .all()
            .any(|(at, other)| at != Stage::End && other.code() == code)
        {
            let known: Vec<&str> = plan
                .all()
                .filter(|(at, _)| *at != stage)
                .map(|(_, d)| d.code())
                .collect();
            report
                .error(
                    "unknown-item",
                    place(),
                    phrase!("check.references.no-item", item = short(code)),
                )
                .help_if(suggest(code, known));
        }
    }
}
