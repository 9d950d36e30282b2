//! Texts follow what is known: when facts or the level change, open drafts are made anew, texts under review keep their
//! words and are marked, and what is signed but not yet out goes back.

use super::super::{VerbError, World, bulletin, entry, item_of};
use super::{drafted, make};
use crate::domain::bulletin::{Author, Bulletin, NO_TEXT_YET, differences};
use crate::domain::deadline::earliest_due;
use crate::domain::incident::Incident;
use crate::domain::journal::act::{Lacks, Newer};
use crate::domain::journal::{Act, ENGINE, Entry};
use crate::domain::release::{Drafting, Release, ReleaseState, Review};
use crate::domain::time::Moment;
use crate::store::Tx;

/// Everything of an incident that is not out yet is held against what is known now.
pub(crate) async fn follow_facts(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    incident: &Incident,
    entries: &mut Vec<Entry>,
) -> Result<(), VerbError> {
    for mut release in tx.releases_of(&incident.id).await? {
        date_late(tx, world, now, incident, &mut release, entries).await?;
        follow(tx, world, now, incident, release, entries).await?;
    }
    Ok(())
}

/// What explains or corrects `original` quotes its title, which may just have been written anew.
pub(super) async fn follow_tied(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    original: &Release,
    entries: &mut Vec<Entry>,
) -> Result<(), VerbError> {
    let incident = super::super::incident(tx, &original.incident).await?;
    for tied in tx.releases_tied_to(&original.id).await? {
        follow(tx, world, now, &incident, tied, entries).await?;
    }
    Ok(())
}

async fn follow(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    incident: &Incident,
    mut release: Release,
    entries: &mut Vec<Entry>,
) -> Result<(), VerbError> {
    match release.state.clone() {
        ReleaseState::Drafting(drafting) => {
            remake(tx, world, now, incident, &mut release, drafting, entries).await
        }
        ReleaseState::InReview(review) => {
            mark_stale(tx, world, now, incident, release, review, entries).await
        }
        ReleaseState::Approved {
            version, declined, ..
        } => {
            let held = (version, declined);
            take_back(tx, world, now, incident, release, held, entries).await
        }
        _ => Ok(()),
    }
}

/// What the template says now, if that is something else than `standing` was made from: the version, or
/// [`NO_TEXT_YET`] when it lacks a fact or cannot be printed.
async fn newer_than(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    incident: &Incident,
    release: &Release,
    standing: &Bulletin,
) -> Result<(Option<u32>, Drafting), VerbError> {
    let made_from = standing.template_version();
    let reference = match &standing.author {
        Author::Template => None,
        Author::Person { .. } => tx.bulletin(&release.id, made_from).await?,
    };
    let reference = reference.as_ref().unwrap_or(standing);
    let made = make(tx, world, now, incident, release, Some(reference)).await?;
    let newer = match made.version {
        Some(version) => Some(version).filter(|version| *version != made_from),
        None => Some(NO_TEXT_YET),
    };
    Ok((newer, made))
}

/// A text under review keeps its words; its signers are told if there are newer ones.
async fn mark_stale(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    incident: &Incident,
    mut release: Release,
    review: Review,
    entries: &mut Vec<Entry>,
) -> Result<(), VerbError> {
    let standing = bulletin(tx, &release.id, review.version).await?;
    let (newer, made) = newer_than(tx, world, now, incident, &release, &standing).await?;
    if newer == review.stale {
        return Ok(());
    }
    let act = match newer {
        Some(newer) => Act::ReviewStale(newer_text(tx, &release, &standing, newer, &made).await?),
        None => Act::ReviewCurrent {
            item: release.item.clone(),
            version: review.version,
        },
    };
    release.state = ReleaseState::InReview(Review {
        stale: newer,
        ..review
    });
    tx.update_release(&mut release).await?;
    entries.push(entry(now, ENGINE, &release, act));
    Ok(())
}

async fn newer_text(
    tx: &mut Tx,
    release: &Release,
    standing: &Bulletin,
    newer: u32,
    made: &Drafting,
) -> Result<Newer, VerbError> {
    let mut text = Newer {
        item: release.item.clone(),
        newer_version: Some(newer),
        ..Newer::default()
    };
    if newer == NO_TEXT_YET {
        text.lacks = Some(Lacks {
            missing: made.missing.clone(),
            fault: made.fault.clone(),
        });
    } else {
        let new = bulletin(tx, &release.id, newer).await?;
        text.difference = Some(differences(standing, &new));
    }
    Ok(text)
}

/// What is signed and waits for the text it belongs to would go out with nobody looking at it again: if it has grown
/// old, it is a draft once more. Newer words that its signers saw and declined do not count.
async fn take_back(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    incident: &Incident,
    mut release: Release,
    (version, declined): (u32, Option<u32>),
    entries: &mut Vec<Entry>,
) -> Result<(), VerbError> {
    let standing = bulletin(tx, &release.id, version).await?;
    let (newer, made) = newer_than(tx, world, now, incident, &release, &standing).await?;
    let Some(newer) = newer.filter(|newer| declined != Some(*newer)) else {
        return Ok(());
    };
    let void = newer_text(tx, &release, &standing, newer, &made).await?;
    let returned = Some("facts have changed since it was signed".to_owned());
    release.state = ReleaseState::Drafting(match &standing.author {
        Author::Person { .. } => Drafting {
            version: Some(version),
            newer: Some(newer),
            returned,
            ..Drafting::default()
        },
        Author::Template => Drafting { returned, ..made },
    });
    tx.update_release(&mut release).await?;
    entries.push(entry(now, ENGINE, &release, Act::ApprovalVoid(void)));
    Ok(())
}

/// Makes an open draft anew with what is known now; one that a person wrote stays, and they are told.
pub(crate) async fn remake(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    incident: &Incident,
    release: &mut Release,
    drafting: Drafting,
    entries: &mut Vec<Entry>,
) -> Result<(), VerbError> {
    let current = match drafting.version {
        Some(version) => Some(bulletin(tx, &release.id, version).await?),
        None => None,
    };
    let (next, act) = match current {
        // What a person wrote is not thrown away by a number that changed; they are told instead.
        Some(current) if current.author != Author::Template => {
            let (newer, made) = newer_than(tx, world, now, incident, release, &current).await?;
            let text = match newer {
                Some(newer) => newer_text(tx, release, &current, newer, &made).await?,
                None => Newer {
                    item: release.item.clone(),
                    version: Some(current.version),
                    ..Newer::default()
                },
            };
            let next = Drafting {
                newer,
                ..drafting.clone()
            };
            (next, Act::FactsChangedAfterEdit(text))
        }
        current => {
            let made = make(tx, world, now, incident, release, current.as_ref()).await?;
            let next = Drafting {
                returned: drafting.returned.clone(),
                ..made
            };
            let act = drafted(release, &next);
            (next, act)
        }
    };
    if next != drafting {
        entries.push(entry(now, ENGINE, release, act));
        release.state = ReleaseState::Drafting(next);
        tx.update_release(release).await?;
    }
    Ok(())
}

/// A deadline whose anchor has only now become known (a warning that was issued after the declaration).
async fn date_late(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    incident: &Incident,
    release: &mut Release,
    entries: &mut Vec<Entry>,
) -> Result<(), VerbError> {
    if release.due_at.is_some() || release.tied_to.is_some() || !release.state.is_open() {
        return Ok(());
    }
    let plan = world.pinned(tx, &release.plan_hash).await?;
    let item = item_of(&plan, release)?;
    release.due_at = earliest_due(&item.due, &incident.anchors(), plan.zone, &plan.calendar);
    if release.due_at.is_some() {
        tx.update_release(release).await?;
        let act = Act::ReleaseDated {
            item: release.item.clone(),
            due_at: release.due_at,
        };
        entries.push(entry(now, ENGINE, release, act));
    }
    Ok(())
}
