//! Templates as the texts of items: nothing they print can stay unknown for ever, numbers show their time, and the
//! short form fits its channel.

use super::World;
use super::templates::{Parsed, Reached, place};
use crate::domain::channel::Layout;
use crate::domain::channel::sms::{SEGMENT, SINGLE};
use crate::domain::deadline::Anchor;
use crate::domain::document::{Document, Numbering};
use crate::domain::fact::FactType;
use crate::domain::phrase::{Phrase, phrase};
use crate::domain::plan::EventType;
use crate::plan::diagnostic::{Place, Report};
use crate::plan::file::{ChannelChoice, OneOrMore, Stage};
use crate::plan::inherit::{Draft, Leveled};
use crate::plan::words::list;
use crate::plan::yaml;
use crate::render::names::Role;

pub fn check(
    world: &World<'_>,
    plan: &Leveled<'_>,
    parsed: &Parsed<'_>,
    event: Option<&EventType>,
    report: &mut Report,
) {
    if let Some(event) = event {
        for name in parsed.templates.keys() {
            numbers(parsed, name, event, report);
        }
    }
    let mut waiting: Vec<(Place, String, Phrase, Vec<&str>)> = Vec::new();
    for (stage, drafts) in &plan.stages {
        for (draft, owner) in drafts.iter().flat_map(Draft::ways) {
            let Some(template) = &draft.spec.template else {
                continue;
            };
            for reached in parsed.reach(template) {
                let Some(why) = never_given(world, plan, *stage, draft, owner, &reached) else {
                    continue;
                };
                let used = &reached.used;
                let at = place(plan.folder, &reached.template, used.line, used.column);
                let known = waiting
                    .iter_mut()
                    .find(|(p, path, w, _)| *p == at && *path == used.path && *w == why);
                match known {
                    Some((_, _, _, items)) if items.contains(&draft.code()) => {}
                    Some((_, _, _, items)) => items.push(draft.code()),
                    None => waiting.push((at, used.path.clone(), why, vec![draft.code()])),
                }
            }
            short_form(world, plan, draft, owner, template, report);
        }
    }
    for (at, path, why, items) in waiting {
        report
            .error(
                "never-given",
                at,
                phrase!(
                    "check.texts.never-given",
                    items = list(&items),
                    path = &path,
                    why
                ),
            )
            .help(phrase!("check.texts.never-given-help", path));
    }
}

/// A number printed bare needs its as-of time somewhere in the same text.
fn numbers(parsed: &Parsed<'_>, root: &str, event: &EventType, report: &mut Report) {
    let reached = parsed.reach(root);
    for one in &reached {
        let Some(code) = one.used.path.strip_suffix(".value") else {
            continue;
        };
        let is_number = event
            .fact(code)
            .is_some_and(|fact| matches!(fact.kind, FactType::Number | FactType::Integer));
        let as_of = format!("{code}.as-of");
        let shown = reached
            .iter()
            .any(|other| other.used.path == as_of && other.used.role == Role::Print);
        if is_number && one.used.role == Role::Print && !shown {
            report
                .error(
                    "number-without-time",
                    place(parsed.folder, &one.template, one.used.line, one.used.column),
                    phrase!("check.texts.without-time", path = &one.used.path),
                )
                .help(phrase!("check.texts.without-time-help", as_of, code));
        }
    }
}

/// Why this name can have no value when the item is drafted, if it is printed unguarded and cannot.
fn never_given(
    world: &World<'_>,
    plan: &Leveled<'_>,
    stage: Stage,
    draft: &Draft,
    owner: Option<&Draft>,
    reached: &Reached,
) -> Option<Phrase> {
    let path = reached.used.path.as_str();
    // A change has a reason and a level before it: who knows the one knows the other.
    let change = ["incident.previous-level", "incident.change-reason"];
    let is_guarded = reached
        .guards
        .iter()
        .any(|guard| guard == path || (change.contains(&path) && change.contains(&guard.as_str())));
    if reached.used.role != Role::Print || is_guarded {
        return None;
    }
    let spec = plan.folder.plan.spec();
    let body = world.body(&spec.body);
    let issuer = world.issuer(plan, draft, owner);
    let has_portal = world
        .files
        .channels
        .iter()
        .any(|c| c.spec().portal.is_some());
    let is_first = |due: &crate::domain::deadline::Due| due.of == Anchor::Activation;
    let opens_response = draft
        .spec
        .due
        .iter()
        .flat_map(OneOrMore::as_slice)
        .any(is_first);
    match path {
        "original.reason" if owner.is_some() => Some(phrase!("check.texts.only-correction")),
        _ if path.starts_with("original.") && owner.is_none() => {
            Some(phrase!("check.texts.only-others"))
        }
        "incident.ended-at" | "incident.end-reason" if stage != Stage::End => {
            Some(phrase!("check.texts.not-ended"))
        }
        "incident.previous-level" | "incident.change-reason"
            if stage != Stage::End && opens_response =>
        {
            Some(phrase!("check.texts.not-changed"))
        }
        "release.next-update" if draft.spec.repeat.is_none() => {
            Some(phrase!("check.texts.no-next-update"))
        }
        "release.hotline" if body.is_some_and(|body| body.hotline.is_none()) => {
            Some(phrase!("check.why.no-hotline"))
        }
        "release.document-number" if issuer.is_some_and(|body| body.document_prefix.is_none()) => {
            Some(phrase!("check.texts.no-prefix"))
        }
        "release.document-number" if !is_in_register(draft) => {
            Some(phrase!("check.texts.only-notices"))
        }
        "release.link" if world.files.all_channels_read && !has_portal => {
            Some(phrase!("check.why.no-portal"))
        }
        _ => None,
    }
}

pub(super) fn is_in_register(draft: &Draft) -> bool {
    let by_kind = draft.spec.kind.map(Document::of);
    let document = draft.spec.document.or(by_kind);
    document.is_some_and(|document| document.numbering() == Numbering::Register)
}

/// A short form whose fixed words alone are longer than an SMS channel takes.
fn short_form(
    world: &World<'_>,
    plan: &Leveled<'_>,
    draft: &Draft,
    owner: Option<&Draft>,
    template: &str,
    report: &mut Report,
) {
    let Some(file) = plan.folder.templates.get(template) else {
        return;
    };
    let own_signature = world
        .issuer(plan, draft, owner)
        .and_then(|issuer| issuer.sms_signature.as_deref());
    let own = draft.spec.channels.as_deref();
    let choices = own.or_else(|| owner.and_then(|owner| owner.spec.channels.as_deref()));
    let sms: Vec<(&str, Option<&str>, u32)> = choices
        .unwrap_or_default()
        .iter()
        .map(ChannelChoice::code)
        .filter_map(|code| match world.channel(code)?.spec().layout() {
            Layout::Short {
                signature,
                segments,
            } => Some((code, own_signature.or(signature), segments)),
            _ => None,
        })
        .collect();
    if sms.is_empty() {
        return;
    }
    let Some((text, line, column)) = sms_of(&file.text) else {
        return;
    };
    for (channel, signature, segments) in sms {
        let signature = signature.map_or(0, |name| units(name) + 2);
        let least = signature + fixed_units(&text);
        let most = SINGLE.max(SEGMENT * segments as usize);
        if least > most {
            report
                .error(
                    "sms-too-long",
                    place(plan.folder, template, line, column),
                    phrase!("check.texts.sms-too-long", least, channel, most),
                )
                .help(phrase!("check.texts.sms-too-long-help"));
        }
    }
}

/// The `sms` of a template's head, with its place in the file.
fn sms_of(source: &str) -> Option<(String, usize, usize)> {
    let rest = source
        .strip_prefix("---\n")
        .or_else(|| source.strip_prefix("---\r\n"))?;
    let (head, _) = rest.split_once("\n---")?;
    let (document, _) = yaml::parse(head);
    let document = document?;
    let text = document.value.get("sms")?.as_str()?.to_owned();
    let mark = document.key_at("/sms");
    Some((text, mark.line + 1, mark.column))
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The length of what is printed whatever the facts are: outside every `{{…}}` and every block.
fn fixed_units(text: &str) -> usize {
    let mut total = 0;
    let mut depth = 0usize;
    let mut rest = text;
    while let Some(open) = rest.find("{{") {
        if depth == 0 {
            total += units(&rest[..open]);
        }
        let inner = &rest[open + 2..];
        let sign = inner.trim_start_matches('~').trim_start();
        if sign.starts_with('#') {
            depth += 1;
        } else if sign.starts_with('/') {
            depth = depth.saturating_sub(1);
        }
        match inner.find("}}") {
            Some(close) => rest = &inner[close + 2..],
            None => return total,
        }
    }
    total + if depth == 0 { units(rest) } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_that_always_appear_are_counted() {
        assert_eq!(fixed_units("自{{a}}起{{#if b}}很长很长{{/if}}停课。"), 5);
        assert_eq!(fixed_units("😀"), 2);
        assert_eq!(fixed_units("{{unclosed"), 0);
    }
}
