//! A draft goes on its route, comes back, or is given up.

use super::super::{VerbError, World, bulletin, declare, entry, item_of, publish, release};
use super::{must_be_own, not_now};
use crate::domain::approval::{Actor, acting_post};
use crate::domain::bulletin::{Author, NO_TEXT_YET};
use crate::domain::journal::Act;
use crate::domain::plan::{Item, Plan, Signer};
use crate::domain::release::{Drafting, Release, ReleaseState, Review};
use crate::domain::time::Moment;
use crate::id::ReleaseId;
use crate::store::Tx;

/// Sends a draft on its route. On a stale review it takes the newer version and starts again; words that a person wrote
/// are given up for it only if `take_newer` names it, for a request that comes twice must not throw them away.
///
/// # Errors
/// A conflict when facts are missing or it is not a draft.
pub async fn submit(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    id: &ReleaseId,
    take_newer: Option<u32>,
) -> Result<Release, VerbError> {
    let mut release = release(tx, id).await?;
    must_be_own(actor, &release)?;
    let (version, newer) = match &release.state {
        ReleaseState::Drafting(drafting) => (
            drafting
                .version
                .ok_or_else(|| no_text(drafting, "submitted"))?,
            drafting.newer,
        ),
        ReleaseState::InReview(review) => (newer_of(tx, &release, review, take_newer).await?, None),
        _ => return Err(not_now(&release, "submitted")),
    };
    let plan = world.pinned(tx, &release.plan_hash).await?;
    let text = bulletin(tx, id, version).await?;
    let hash = text.hash();
    let signers = signers_of(&plan, item_of(&plan, &release)?, &release)?;
    let waits_for = signers.first().map(|s| s.post.clone());
    release.rounds += 1;
    release.state = ReleaseState::InReview(Review {
        round: release.rounds,
        version,
        hash: hash.clone(),
        submitted_by: actor.user.clone(),
        signers,
        step: 0,
        turn_since: now,
        passed_to_deputy: false,
        stale: newer,
    });
    tx.update_release(&mut release).await?;
    let act = Act::ReleaseSubmitted {
        item: release.item.clone(),
        version,
        hash,
        round: release.rounds,
        waits_for,
        newer_version: newer,
    };
    tx.append(vec![entry(now, &actor.user, &release, act)])
        .await?;
    Ok(release)
}

/// The newer version that a text under review is to be exchanged for.
async fn newer_of(
    tx: &mut Tx,
    release: &Release,
    review: &Review,
    take_newer: Option<u32>,
) -> Result<u32, VerbError> {
    let Some(newer) = review.stale.filter(|newer| *newer != NO_TEXT_YET) else {
        return Err(not_now(release, "submitted"));
    };
    let standing = bulletin(tx, &release.id, review.version).await?;
    if standing.author != Author::Template && take_newer != Some(newer) {
        return Err(VerbError::conflict(format!(
            "version {} is under review already, and it was written by hand; to give its words up for the template's, \
             name version {newer} (fabu release submit {} --take-newer {newer}); nothing was changed",
            review.version, release.id
        )));
    }
    Ok(newer)
}

/// Why there is no text that could be `done` with.
pub(crate) fn no_text(drafting: &Drafting, done: &str) -> VerbError {
    VerbError::conflict(match &drafting.fault {
        Some(fault) => format!("there is no text: {fault}; nothing was {done}"),
        None => format!(
            "facts are missing: {}; give them with `fabu incident facts`, nothing was {done}",
            drafting.missing.join(", ")
        ),
    })
}

fn signers_of(plan: &Plan, item: &Item, release: &Release) -> Result<Vec<Signer>, VerbError> {
    if release.correction.is_some()
        && let Some(corrections) = &plan.corrections
    {
        return Ok(vec![corrections.sign.clone()]);
    }
    plan.routes
        .get(&item.route)
        .map(|route| route.sign.clone())
        .ok_or_else(|| {
            VerbError::conflict(format!(
                "its plan has no route {:?}; nothing was changed",
                item.route
            ))
        })
}

fn on_route(actor: &Actor, is: bool) -> Result<(), VerbError> {
    if is {
        return Ok(());
    }
    Err(VerbError::Forbidden(format!(
        "{} is not on the signing route of this release; nothing was changed",
        actor.user
    )))
}

/// Sends a text back to its drafters, also one that is signed and waits for another to go out.
///
/// # Errors
/// Invalid without a reason; forbidden for anybody whose turn it is not.
pub async fn send_back(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    id: &ReleaseId,
    reason: &str,
) -> Result<Release, VerbError> {
    let mut release = release(tx, id).await?;
    let reason = declare::one_line(reason).map_err(|what| VerbError::invalid("reason", what))?;
    let plan = world.pinned(tx, &release.plan_hash).await?;
    let (version, newer) = match &release.state {
        ReleaseState::InReview(review) => {
            let may = |s: &Signer| acting_post(actor, s, review.passed_to_deputy).is_some();
            on_route(
                actor,
                review.signers.iter().any(may) || actor.user == review.submitted_by,
            )?;
            (review.version, review.stale)
        }
        // What is signed and waits for another text may still turn out to be wrong.
        ReleaseState::Approved {
            version, declined, ..
        } => {
            let signers = signers_of(&plan, item_of(&plan, &release)?, &release)?;
            let may = |s: &Signer| acting_post(actor, s, true).is_some();
            on_route(actor, signers.iter().any(may))?;
            (*version, *declined)
        }
        _ => return Err(not_now(&release, "returned")),
    };
    // What a person wrote goes back as it is; a template's text goes back as it would be now.
    let text = bulletin(tx, id, version).await?;
    let hand_written = text.author != Author::Template;
    let (version, newer) = match newer {
        Some(newer) if hand_written || newer == NO_TEXT_YET => (version, Some(newer)),
        Some(newer) => (newer, None),
        None => (version, None),
    };
    release.state = ReleaseState::Drafting(Drafting {
        version: Some(version),
        newer,
        returned: Some(reason.clone()),
        ..Drafting::default()
    });
    tx.update_release(&mut release).await?;
    let act = Act::ReleaseReturned {
        item: release.item.clone(),
        version,
        reason,
    };
    tx.append(vec![entry(now, &actor.user, &release, act)])
        .await?;
    Ok(release)
}

/// Gives a release up, with a reason; the journal keeps both.
///
/// # Errors
/// Forbidden for anybody who could not sign it, a conflict once it is out.
pub async fn waive(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    id: &ReleaseId,
    reason: &str,
) -> Result<Release, VerbError> {
    let mut release = release(tx, id).await?;
    let reason = declare::one_line(reason).map_err(|what| VerbError::invalid("reason", what))?;
    let plan = world.pinned(tx, &release.plan_hash).await?;
    let signers = signers_of(&plan, item_of(&plan, &release)?, &release)?;
    if !signers
        .iter()
        .any(|s| actor.holds(&s.post) || s.deputy.as_ref().is_some_and(|d| actor.holds(d)))
    {
        return Err(VerbError::Forbidden(format!(
            "only a post of its signing route may waive it ({}); nothing was changed",
            signers
                .iter()
                .map(|s| s.post.to_string())
                .collect::<Vec<_>>()
                .join(", ")
        )));
    }
    if !release.state.is_open() {
        return Err(not_now(&release, "waived"));
    }
    release.state = ReleaseState::Waived {
        at: now,
        by: actor.user.clone(),
        why: reason.clone(),
    };
    tx.update_release(&mut release).await?;
    let act = Act::ReleaseWaived {
        item: release.item.clone(),
        reason,
        due_at: release.due_at,
    };
    let mut entries = vec![entry(now, &actor.user, &release, act)];
    publish::next_of_series(tx, world, now, &release, &mut entries).await?;
    tx.append(entries).await?;
    Ok(release)
}
