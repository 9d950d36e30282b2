//! What is held before its text, such as a press conference: somebody reports when, the text is due from then, and the
//! transcript is asked for.

use std::sync::Arc;

use super::super::plan::{Pinned, build, planned};
use super::super::work::Work;
use super::super::{Problems, VerbError, item_of};
use crate::domain::expand;
use crate::domain::fact::{FactValue, Facts};
use crate::domain::incident::Incident;
use crate::domain::journal::Act;
use crate::domain::phrase::phrase;
use crate::domain::plan::{Held, Item, Plan};
use crate::domain::release::{Holding, Release};
use crate::domain::time::{Moment, minute};
use crate::store::Readable;

/// Takes over what is known of the holding that `release` tells of.
pub(super) async fn follow(
    work: &mut Work<'_>,
    incident: &Incident,
    release: Release,
) -> Result<Release, VerbError> {
    if release.holding.is_none() {
        return Ok(release);
    }
    let plan = work.plan_of(&release).await?;
    let Some(held) = &item_of(&plan, &release)?.held else {
        return Ok(release);
    };
    let Some(at) = moment(&incident.facts, &held.fact) else {
        return Ok(release);
    };
    let existing = work.tx.readable_of(&incident.id).await?;
    let before = release.held_at();
    if !expand::counts(&release, at, &existing.releases) {
        return Ok(release);
    }
    let Some(mut release) = release.clone().reported_held(at, held.text_within) else {
        return Ok(release);
    };
    work.keep(&mut release).await?;
    work.happened(&release, reported(&release, before));
    if before.is_none() {
        ask_for_transcript(work, incident, &plan, held, &release, existing).await?;
    }
    Ok(release)
}

fn reported(release: &Release, before: Option<Moment>) -> Act {
    let (held_at, limit) = match release.holding {
        Some(Holding::Held { at, limit }) => (at, limit),
        _ => (release.opened_at, None),
    };
    Act::HoldingReported {
        item: release.item.clone(),
        held_at,
        limit,
        late: release.holding.is_some_and(Holding::is_late),
        due_at: release.due_at,
        before,
    }
}

async fn ask_for_transcript(
    work: &mut Work<'_>,
    incident: &Incident,
    plan: &Plan,
    held: &Held,
    release: &Release,
    existing: Readable,
) -> Result<(), VerbError> {
    let Some(at) = release.held_at() else {
        return Ok(());
    };
    let new = expand::transcript(plan, incident, held, at, &existing.releases, work.now);
    let Some(mut new) = new else {
        return Ok(());
    };
    let taken = existing.taken(&plan.plan, &new.item.item);
    new.occurrence = new.occurrence.max(taken + 1);
    let hash = &release.plan_hash;
    let releases = build(work.world, work.now, incident, Pinned { plan, hash }, &new);
    work.tx.add_releases(&releases).await?;
    let act = Act::ReleasesPlanned(planned(plan, &releases));
    work.happened_to(incident, act);
    Ok(())
}

/// The fact that says when the thing was held of which `release` tells, while nobody has reported it.
pub(super) fn awaited<'a>(item: &'a Item, release: &Release) -> Option<&'a String> {
    let held = item.held.as_ref().filter(|_| release.awaits_holding());
    held.map(|held| &held.fact)
}

/// Whether what is reported as held can have been: not before anybody knew of the incident, nor tomorrow; and before it was
/// announced only where a source says so. `standing` is what was reported before.
pub(in crate::flow) fn check(
    plans: &[Arc<Plan>],
    incident: (Moment, &Facts),
    releases: &[Release],
    facts: &Facts,
    now: Moment,
    problems: &mut Problems,
) {
    let (known_at, standing) = incident;
    let mut seen: Vec<&str> = Vec::new();
    for (plan, item, held) in plans.iter().flat_map(|plan| {
        let items = plan.items().map(move |item| (plan, item));
        items.filter_map(|(plan, item)| Some((plan, item, item.held.as_ref()?)))
    }) {
        let Some(at) = moment(facts, &held.fact) else {
            continue;
        };
        if moment(standing, &held.fact) == Some(at) || seen.contains(&held.fact.as_str()) {
            continue;
        }
        seen.push(&held.fact);
        let label = |code: &str| match plan.event.fact(code) {
            Some(spec) => spec.label.clone(),
            None => code.to_owned(),
        };
        let what = if at > now {
            Some(match &held.announced_for {
                Some(fact) => phrase!("verb.held-in-future", fact, label = label(fact)),
                None => phrase!("verb.in-future"),
            })
        } else if at < known_at {
            Some(phrase!("verb.held-before-known", known = minute(known_at)))
        } else if facts
            .get(&held.fact)
            .is_some_and(|fact| fact.source.is_some())
        {
            None
        } else {
            let announced = held.announced_by.as_ref().map(|code| {
                let of_item = releases.iter().filter(|one| {
                    one.item == *code && one.plan == plan.plan && one.correction.is_none()
                });
                (
                    code,
                    of_item
                        .filter_map(|one| Some(one.state.publication()?.at))
                        .min(),
                )
            });
            let name = |code: &str| {
                let announcement = plan.items().find(|other| other.item == code);
                announcement.unwrap_or(item).name.clone()
            };
            match announced {
                Some((code, None)) => Some(phrase!("verb.held-unannounced", name = name(code))),
                Some((code, Some(out))) if at < out => Some(phrase!(
                    "verb.held-before-announced",
                    name = name(code),
                    at = minute(out)
                )),
                _ => None,
            }
        };
        if let Some(what) = what {
            problems.say_rather(&format!("facts.{}", held.fact), what);
        }
    }
}

fn moment(facts: &Facts, code: &str) -> Option<Moment> {
    match facts.get(code)?.value {
        FactValue::Time(at) => Some(at),
        _ => None,
    }
}
