//! The pre-written corrections: they have to be printable at the worst hour, whichever text they take back.

use super::World;
use super::templates::{Parsed, Reached, place};
use super::texts::is_in_register;
use crate::domain::phrase::{Phrase, phrase};
use crate::plan::diagnostic::{Place, Report};
use crate::plan::inherit::Leveled;
use crate::render::names::Role;

pub fn check(world: &World<'_>, plan: &Leveled<'_>, parsed: &Parsed<'_>, report: &mut Report) {
    let Some(corrections) = &plan.folder.plan.spec().corrections else {
        return;
    };
    let mut said: Vec<(Place, String)> = Vec::new();
    for (_, template) in corrections.templates() {
        for reached in parsed.reach(template) {
            let Some(why) = may_lack(world, plan, &reached) else {
                continue;
            };
            let used = &reached.used;
            let at = place(plan.folder, &reached.template, used.line, used.column);
            let path = used.path.clone();
            if said.contains(&(at.clone(), path.clone())) {
                continue;
            }
            said.push((at.clone(), path.clone()));
            report
                .warning(
                    "correction-may-lack",
                    at,
                    phrase!("check.corrections.may-lack", path = &path, why),
                )
                .help(phrase!("check.guard-help", path));
        }
    }
}

/// Why this name may have no value when somebody corrects, if it is printed unguarded.
fn may_lack(world: &World<'_>, plan: &Leveled<'_>, reached: &Reached) -> Option<Phrase> {
    let path = reached.used.path.as_str();
    if reached.used.role != Role::Print || reached.guards.iter().any(|guard| guard == path) {
        return None;
    }
    let body = world.body(&plan.folder.plan.spec().body);
    let channels = &world.files.channels;
    let has_portal = channels.iter().any(|c| c.spec().portal.is_some());
    let is_numbered = body.is_some_and(|body| body.document_prefix.is_some());
    let has_unnumbered = plan
        .all()
        .any(|(_, draft)| draft.spec.interpretation.is_some() || !is_in_register(draft));
    match path {
        "original.reason" => Some(phrase!("check.corrections.no-reason")),
        "original.document-number" if !is_numbered => Some(phrase!("check.why.no-prefix")),
        "release.document-number" => Some(phrase!("check.corrections.own-number")),
        "original.document-number" if has_unnumbered => {
            Some(phrase!("check.corrections.other-number"))
        }
        "original.link" | "release.link" if world.files.all_channels_read && !has_portal => {
            Some(phrase!("check.why.no-portal"))
        }
        "release.hotline" if body.is_some_and(|body| body.hotline.is_none()) => {
            Some(phrase!("check.why.no-hotline"))
        }
        "release.next-update" => Some(phrase!("check.corrections.no-next-update")),
        "incident.ended-at" | "incident.end-reason" => Some(phrase!("check.corrections.not-ended")),
        "incident.previous-level" | "incident.change-reason" => {
            Some(phrase!("check.corrections.not-changed"))
        }
        _ => None,
    }
}
