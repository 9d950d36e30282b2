//! A signed text becomes public: frozen, put on the portal, handed to every channel, in one transaction.
//!
//! The unique key (release, version, channel) of a dispatch makes a second publication harmless.

use std::collections::BTreeSet;

use super::{VerbError, World, bulletin, entry, item_of};
use crate::domain::bulletin::{Bulletin, Owed, Publication};
use crate::domain::deadline::{Anchors, Repeat, earliest_due};
use crate::domain::delivery::{Dispatch, DispatchState, Lane};
use crate::domain::incident::Incident;
use crate::domain::journal::{Act, ENGINE, Entry};
use crate::domain::plan::{CorrectionKind, Item, ItemRole, Plan};
use crate::domain::portal::{Corrects, PortalEntry, Standing};
use crate::domain::reason::Reason;
use crate::domain::release::{Release, ReleaseState};
use crate::domain::time::Moment;
use crate::id::DispatchId;
use crate::store::Tx;
use chrono::Datelike;

/// A release has all the signatures it needs to go out: it goes, or waits for what it belongs to.
#[expect(clippy::too_many_arguments, reason = "the facts of one publication")]
pub(crate) async fn approved(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    release: &mut Release,
    version: u32,
    hash: &str,
    owed: Option<Owed>,
    entries: &mut Vec<Entry>,
) -> Result<(), VerbError> {
    let waits = match (&release.tied_to, release.correction) {
        (Some(original), None) => super::release(tx, original)
            .await?
            .state
            .publication()
            .is_none(),
        _ => false,
    };
    if waits {
        let declined = match &release.state {
            ReleaseState::InReview(review) => review.stale,
            _ => None,
        };
        release.state = ReleaseState::Approved {
            version,
            hash: hash.to_owned(),
            at: now,
            owed,
            declined,
        };
        tx.update_release(release).await?;
        entries.push(entry(
            now,
            ENGINE,
            release,
            Act::ReleaseHeld {
                until: Reason::OriginalNotOut,
            },
        ));
        return Ok(());
    }
    publish(tx, world, now, release, version, hash, owed, entries).await
}

#[expect(clippy::too_many_arguments, reason = "the facts of one publication")]
async fn publish(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    release: &mut Release,
    version: u32,
    hash: &str,
    owed: Option<Owed>,
    entries: &mut Vec<Entry>,
) -> Result<(), VerbError> {
    let plan = world.pinned(tx, &release.plan_hash).await?;
    let incident = super::incident(tx, &release.incident).await?;
    let item = item_of(&plan, release)?;
    let text = bulletin(tx, &release.id, version).await?;
    // The bytes that go out are the bytes that were signed, or nothing goes out.
    if text.hash() != hash {
        return Err(VerbError::conflict(format!(
            "the stored text of release {} does not have the hash that was signed; nothing was sent",
            release.id
        )));
    }
    let publication = Publication {
        version,
        hash: hash.to_owned(),
        at: now,
        due_at: release.due_at,
        valid_until: text.valid_for.map(|span| span.after(now)),
        countersign: owed.map(|owed| owed.from(now)),
    };
    let late = publication.is_late();
    release.state = ReleaseState::Published(publication.clone());
    tx.update_release(release).await?;
    let act = Act::ReleasePublished {
        item: release.item.clone(),
        version,
        hash: hash.to_owned(),
        title: text.text.title.clone(),
        channels: text.reach.iter().map(|r| r.channel.clone()).collect(),
        due_at: release.due_at,
        late,
    };
    entries.push(entry(now, ENGINE, release, act));

    let shown = portal_entry(
        &plan,
        item,
        &incident,
        release,
        &text,
        &publication,
        world,
        now,
    );
    tx.put_portal_entry(&shown, now).await?;
    dispatch(tx, world, now, release, &text, item).await?;
    if let (Some(kind), Some(original)) = (release.correction, release.tied_to.clone()) {
        super::correct::overtake(tx, now, &original, release, kind, entries).await?;
    } else {
        take_over(tx, now, &plan, item, release, entries).await?;
    }
    date_what_belongs(tx, world, now, &plan, release, entries).await?;
    next_of_series(tx, world, now, release, entries).await
}

/// One dispatch per channel. A correction goes to the channels and recipients that got the original.
async fn dispatch(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    release: &Release,
    text: &Bulletin,
    item: &Item,
) -> Result<(), VerbError> {
    let earlier = match (&release.tied_to, release.correction) {
        (Some(original), Some(_)) => tx.dispatches_of(original).await?,
        _ => previous_of_series(tx, release).await?,
    };
    let lane = if release.correction.is_some() {
        Lane::Urgent
    } else {
        item.kind.lane()
    };
    let own = |code: &str| item.channels.iter().any(|c| c.channel == code);
    for reach in text.reach.iter().filter(|reach| own(&reach.channel)) {
        let dispatch = Dispatch {
            id: world.ids.mint::<DispatchId>(now),
            release: release.id.clone(),
            version: text.version,
            channel: reach.channel.clone(),
            lane,
            created_at: now,
            after: earlier
                .iter()
                .find(|d| d.channel == reach.channel)
                .map(|d| d.id.clone()),
            state: DispatchState::Expanding { cursor: 0 },
        };
        tx.add_dispatch(&dispatch).await?;
    }
    Ok(())
}

/// The dispatches of the occurrence before: an update to an address waits for the earlier text to be final.
async fn previous_of_series(tx: &mut Tx, release: &Release) -> Result<Vec<Dispatch>, VerbError> {
    if release.occurrence < 2 || release.tied_to.is_some() {
        return Ok(Vec::new());
    }
    let previous = tx
        .releases_of_item(&release.incident, &release.plan, &release.item)
        .await?
        .into_iter()
        .filter(|r| r.occurrence < release.occurrence)
        .filter(|r| r.state.publication().is_some())
        .max_by_key(|r| r.occurrence);
    match previous {
        Some(previous) => Ok(tx.dispatches_of(&previous.id).await?),
        None => Ok(Vec::new()),
    }
}

#[expect(clippy::too_many_arguments, reason = "everything a public page shows")]
fn portal_entry(
    plan: &Plan,
    item: &Item,
    incident: &Incident,
    release: &Release,
    text: &Bulletin,
    publication: &Publication,
    world: &World,
    now: Moment,
) -> PortalEntry {
    let year = now.with_timezone(&plan.zone).year();
    let area = incident
        .areas
        .first()
        .map_or("000000", |area| area.0.as_str());
    let serial: String = release
        .id
        .as_str()
        .chars()
        .rev()
        .take(8)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    let next_update = match &item.repeat {
        Some(Repeat::Cron(rule)) => rule.cron.next(now.max(release.opened_at), plan.zone),
        Some(Repeat::Every(rule)) => Some(rule.every.after(now)),
        None => None,
    };
    PortalEntry {
        release: release.id.clone(),
        incident: incident.id.clone(),
        incident_title: incident.title.clone(),
        event: plan.event.event.clone(),
        event_name: plan.event.name.clone(),
        event_name_en: plan.event.name_en.clone(),
        class: plan.event.class,
        level: release.level.unwrap_or_else(|| incident.level()),
        kind: release.kind,
        body: plan.body.body.clone(),
        body_name: plan.body.name.clone(),
        body_name_en: plan.body.name_en.clone(),
        hotline: plan.body.hotline.clone(),
        areas: incident
            .areas
            .iter()
            .map(|code| crate::domain::area::Area {
                area: code.clone(),
                name: plan.place_name(code).to_owned(),
                name_en: Some(plan.place_name_en(code).to_owned()),
            })
            .collect(),
        index_number: format!("{area}-{}-{year}-{serial}", plan.body.body),
        basis: item
            .basis
            .iter()
            .map(|code| plan.citations.get(code).unwrap_or(code).clone())
            .collect(),
        text: text.text.clone(),
        version: text.version,
        hash: publication.hash.clone(),
        drafted_at: text.drafted_at,
        published_at: publication.at,
        due_at: publication.due_at,
        valid_until: publication.valid_until,
        next_update: next_update
            .filter(|_| incident.is_active() && world.plans.portal_url().is_some()),
        zone: plan.zone,
        standing: Standing::Current,
        interprets: release
            .tied_to
            .clone()
            .filter(|_| release.correction.is_none()),
        corrects: match (&release.tied_to, release.correction) {
            (Some(original), Some(kind)) => Some(Corrects {
                release: original.clone(),
                kind,
            }),
            _ => None,
        },
    }
}

/// What a published text takes the place of: the same matter's earlier text, the notices it lifts, and, when the
/// response ends, the notice that opened it.
async fn take_over(
    tx: &mut Tx,
    now: Moment,
    plan: &Plan,
    item: &Item,
    release: &Release,
    entries: &mut Vec<Entry>,
) -> Result<(), VerbError> {
    let mut items: BTreeSet<&str> = item.lifts.iter().map(String::as_str).collect();
    if !item.on_demand {
        items.insert(&release.item);
    }
    if item.role == Some(ItemRole::Termination) {
        let all = plan.levels.values().flatten().chain(&plan.end);
        let opening = all.filter(|item| item.role == Some(ItemRole::Activation));
        items.extend(opening.map(|item| item.item.as_str()));
    }
    let mut out = Vec::new();
    for item in items {
        out.extend(
            tx.releases_out(&release.incident, &release.plan, item)
                .await?,
        );
    }
    out.sort_by(|a, b| {
        (a.due_at.is_none(), a.due_at, &a.id).cmp(&(b.due_at.is_none(), b.due_at, &b.id))
    });
    for mut other in out {
        let ReleaseState::Published(was) = &other.state else {
            continue;
        };
        if other.id == release.id || other.correction.is_some() {
            continue;
        }
        let opened =
            || item_of(plan, &other).is_ok_and(|other| other.role == Some(ItemRole::Activation));
        let ends = item.role == Some(ItemRole::Termination) && opened();
        // Several refutations or conferences stand side by side; they are different matters under one name.
        let same_matter = other.item == release.item && !item.on_demand;
        if !same_matter && !ends && !item.lifts.contains(&other.item) {
            continue;
        }
        let why = Reason::Replaced {
            by: release.id.clone(),
            name: release.name.clone(),
        };
        other.state = ReleaseState::Superseded {
            at: now,
            why: why.clone(),
            was: Some(was.clone()),
        };
        tx.update_release(&mut other).await?;
        set_standing(tx, now, &other, Standing::Superseded { at: now }).await?;
        entries.push(entry(
            now,
            ENGINE,
            &other,
            Act::ReleaseSuperseded {
                item: other.item.clone(),
                was: None,
                why,
            },
        ));
    }
    Ok(())
}

/// Shows the public what has become of a text.
pub(crate) async fn set_standing(
    tx: &mut Tx,
    now: Moment,
    release: &Release,
    standing: Standing,
) -> Result<(), VerbError> {
    if let Some(mut shown) = tx.portal_entry(&release.id).await? {
        shown.standing = standing;
        tx.put_portal_entry(&shown, now).await?;
    }
    Ok(())
}

/// Interpretations of a text that has just gone out get their deadline; those that waited for it go out too.
async fn date_what_belongs(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    plan: &Plan,
    release: &Release,
    entries: &mut Vec<Entry>,
) -> Result<(), VerbError> {
    let incident = super::incident(tx, &release.incident).await?;
    for mut tied in tx.releases_tied_to(&release.id).await? {
        if tied.correction.is_some() || !tied.state.is_open() {
            continue;
        }
        let item = item_of(plan, &tied)?;
        let anchors = Anchors {
            publication: Some(now),
            ..incident.anchors()
        };
        tied.due_at = earliest_due(&item.due, &anchors, plan.zone, &plan.calendar);
        // The time of an explanation runs from what it explains, so its reminders do too.
        tied.opened_at = tied.opened_at.max(now);
        entries.push(entry(
            now,
            ENGINE,
            &tied,
            Act::ReleaseDated {
                item: tied.item.clone(),
                due_at: tied.due_at,
            },
        ));
        if let ReleaseState::Approved {
            version,
            hash,
            owed,
            ..
        } = tied.state.clone()
        {
            Box::pin(publish(
                tx, world, now, &mut tied, version, &hash, owed, entries,
            ))
            .await?;
        } else {
            tx.update_release(&mut tied).await?;
            // What it explains has only now a time and an address that it can name.
            if let ReleaseState::Drafting(drafting) = tied.state.clone() {
                super::draft::remake(tx, world, now, &incident, &mut tied, drafting, entries)
                    .await?;
            }
        }
    }
    Ok(())
}

/// An occurrence is done (published or given up): the next one is planned.
pub(crate) async fn next_of_series(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    release: &Release,
    entries: &mut Vec<Entry>,
) -> Result<(), VerbError> {
    let Some(series) = tx
        .series(&release.incident, &release.plan, &release.item)
        .await?
    else {
        return Ok(());
    };
    if series.occurrence != release.occurrence {
        return Ok(());
    }
    let incident = super::incident(tx, &release.incident).await?;
    let plan = world.pinned(tx, &series.plan_hash).await?;
    let Some(item) = series
        .level
        .and_then(|level| plan.item(level, &series.item))
    else {
        return Ok(());
    };
    // A cron occurrence that went out before its own clock time must not be planned a second time.
    let last_at = match item.repeat {
        Some(Repeat::Cron(_)) => now.max(release.opened_at),
        _ => now,
    };
    let pinned = super::plan::Pinned {
        plan: &plan,
        hash: &series.plan_hash,
    };
    super::plan::plan_next(
        tx, world, now, &incident, pinned, item, &series, last_at, entries,
    )
    .await?;
    Ok(())
}

/// The public word for what a correction made of a text.
pub(crate) fn corrected_standing(kind: CorrectionKind, by: &Release, now: Moment) -> Standing {
    Standing::Corrected {
        at: now,
        by: by.id.clone(),
        kind,
    }
}
