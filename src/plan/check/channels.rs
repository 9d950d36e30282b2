//! Channel files: the section of their kind, fallbacks that end somewhere. What a section may hold, its kind knows.

use std::collections::BTreeMap;
use std::path::Path;

use super::World;
use crate::domain::channel::{ChannelDef, ChannelKind, Findings, ProxyUse};
use crate::domain::phrase::phrase;
use crate::plan::diagnostic::{Report, Severity};
use crate::plan::folder::Read;
use crate::plan::inherit::Draft;
use crate::plan::source::Source;
use crate::plan::words::{short, suggest};

pub fn check(world: &World<'_>, report: &mut Report) {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for file in &world.files.channels {
        let (source, channel) = (&file.source, file.spec());
        super::code(&channel.channel, source.at("/channel"), report);
        if let Some(first) = seen.insert(&channel.channel, &file.source.file) {
            report
                .error(
                    "duplicate-code",
                    source.at("/channel"),
                    phrase!("check.channels.twice", channel = short(&channel.channel)),
                )
                .help(phrase!("check.channels.twice-help", first));
        }
        let stem = Path::new(&*source.file)
            .file_stem()
            .map(|s| s.to_string_lossy().into_owned());
        if stem.as_deref() != Some(&channel.channel) {
            report
                .warning(
                    "file-name",
                    source.at("/channel"),
                    phrase!(
                        "check.channels.file-name",
                        channel = short(&channel.channel)
                    ),
                )
                .help(phrase!(
                    "check.channels.file-name-help",
                    channel = short(&channel.channel)
                ));
        }
        if channel.timeout.as_seconds() == 0 {
            report
                .error(
                    "bad-value",
                    source.at("/timeout"),
                    phrase!("check.channels.no-time"),
                )
                .help(phrase!("check.channels.no-time-help"));
        }
        sections(file, report);
        fallback(world, file, report);
        proxy(source, channel, report);
        if let Some(audience) = &channel.audience {
            super::references::audience(world, audience, source, "/audience", report);
        }
        own_section(file, world.is_example() || channel.example, report);
        switched_off(world, file, report);
    }
    reminders(world, report);
}

/// One line for a channel that is switched off, however many texts are to go there.
fn switched_off(world: &World<'_>, file: &Read<ChannelDef>, report: &mut Report) {
    let (source, channel) = (&file.source, file.spec());
    if channel.enabled {
        return;
    }
    let mut texts = Vec::new();
    for plan in &world.plans {
        let drafts = plan.stages.values().flatten().flat_map(Draft::ways);
        for (draft, _) in drafts {
            let mut channels = draft.spec.channels.iter().flatten();
            if channels.any(|choice| choice.code() == channel.channel) {
                texts.push(format!("{}/{}", plan.folder.plan.spec().plan, draft.code()));
            }
        }
    }
    texts.sort();
    texts.dedup();
    let Some(first) = texts.first() else {
        return;
    };
    report
        .warning(
            "disabled-channel",
            source.at("/enabled"),
            phrase!(
                "check.channels.switched-off",
                channel = short(&channel.channel),
                texts = texts.len()
            ),
        )
        .help(phrase!("check.channels.switched-off-help", first));
}

/// Whoever has to draft, decide or sign is told on channels that carry reminders.
fn reminders(world: &World<'_>, report: &mut Report) {
    let carries = |def: &ChannelDef| def.reminders && def.enabled && !def.spec().is_public();
    let mut channels = world.files.channels.iter();
    let Some(first) = channels.clone().next() else {
        return;
    };
    if world.plans.is_empty()
        || !world.files.all_channels_read
        || channels.any(|file| carries(file.spec()))
    {
        return;
    }
    report
        .warning(
            "no-reminders",
            first.source.at("/channel"),
            phrase!("check.channels.no-reminders"),
        )
        .help(phrase!("check.channels.no-reminders-help"));
}

/// What the kind itself finds wrong with its section.
fn own_section(file: &Read<ChannelDef>, is_example: bool, report: &mut Report) {
    let (source, def) = (&file.source, file.spec());
    let mut found = Findings::new(is_example, def.enabled);
    def.spec().check(&mut found);
    for one in found.into_list() {
        let pointer = format!("/{}{}", def.kind.code(), one.pointer);
        let place = match one.is_key {
            true => source.key(&pointer),
            false => source.at(&pointer),
        };
        let severity = match one.is_error {
            true => Severity::Error,
            false => Severity::Warning,
        };
        report
            .say(severity, one.code, place, one.what)
            .help(one.help);
    }
}

fn sections(file: &Read<ChannelDef>, report: &mut Report) {
    let (source, channel) = (&file.source, file.spec());
    let given = channel.sections();
    for &kind in ChannelKind::ALL {
        let is_given = given.contains(&kind);
        let code = kind.code();
        let cut = file
            .shaped
            .cut
            .iter()
            .any(|cut| cut.starts_with(&format!("/{code}")));
        if kind == channel.kind && !is_given && !cut {
            report
                .error(
                    "missing-section",
                    source.at("/kind"),
                    phrase!("check.channels.no-section", code),
                )
                .help(phrase!("check.channels.no-section-help"));
        }
        if kind != channel.kind && is_given {
            report
                .error(
                    "foreign-section",
                    source.key(&format!("/{code}")),
                    phrase!(
                        "check.channels.foreign-section",
                        kind = channel.kind.code(),
                        code
                    ),
                )
                .help(phrase!("check.channels.foreign-section-help"));
        }
    }
}

fn fallback(world: &World<'_>, file: &Read<ChannelDef>, report: &mut Report) {
    let Some(first) = &file.spec().fallback else {
        return;
    };
    let place = || file.source.at("/fallback");
    if world.channel(first).is_none() {
        if world.files.all_channels_read {
            let known = world
                .files
                .channels
                .iter()
                .map(|c| c.spec().channel.as_str());
            report
                .error(
                    "unknown-channel",
                    place(),
                    phrase!("check.no-channel", channel = short(first)),
                )
                .help_if(suggest(first, known));
        }
        return;
    }
    let mut path = vec![file.spec().channel.as_str()];
    let mut next = Some(first.as_str());
    while let Some(code) = next {
        if path.contains(&code) {
            report
                .error(
                    "fallback-circle",
                    place(),
                    phrase!(
                        "check.channels.fallback-circle",
                        path = path.join(" → "),
                        code
                    ),
                )
                .help(phrase!("check.channels.fallback-circle-help"));
            return;
        }
        path.push(code);
        next = world
            .channel(code)
            .and_then(|channel| channel.fallback.as_deref());
    }
}

/// A proxy that can be one, and whose password stands elsewhere.
fn proxy(source: &Source, channel: &ChannelDef, report: &mut Report) {
    let ProxyUse::At(address) = &channel.proxy else {
        return;
    };
    if !channel.spec().goes_by_http() {
        report
            .warning(
                "proxy-without-use",
                source.at("/proxy"),
                phrase!(
                    "check.channels.proxy-without-use",
                    kind = channel.kind.code()
                ),
            )
            .help(phrase!("check.channels.proxy-without-use-help"));
        return;
    }
    let host = address.split("://").nth(1).unwrap_or("");
    let host = host.split(['/', '?', '#']).next().unwrap_or("");
    if host.contains('@') {
        report
            .error(
                "secret-in-file",
                source.at("/proxy"),
                phrase!("check.channels.password-in-file"),
            )
            .help(phrase!("check.channels.password-in-file-help"));
        return;
    }
    let mut found = Findings::new(false, false);
    found.url("/proxy", address);
    for one in found.into_list() {
        report
            .error(one.code, source.at(&one.pointer), one.what)
            .help(one.help);
    }
}
