//! A draft goes on its route, comes back, or is given up.

use serde_json::json;

use super::super::{VerbError, World, bulletin, declare, entry, item_of, publish, release};
use super::{must_be_own, not_now};
use crate::domain::approval::{Actor, acting_post};
use crate::domain::bulletin::Author;
use crate::domain::plan::{Item, Plan, Signer};
use crate::domain::release::{Drafting, Release, ReleaseState, Review};
use crate::domain::time::Moment;
use crate::id::ReleaseId;
use crate::store::Tx;

/// Sends a draft on its route. On a stale review it takes the newer version and starts again.
///
/// # Errors
/// A conflict when facts are missing or it is not a draft.
pub async fn submit(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    id: &ReleaseId,
) -> Result<Release, VerbError> {
    let mut release = release(tx, id).await?;
    must_be_own(actor, &release)?;
    let (version, newer) = match &release.state {
        ReleaseState::Drafting(drafting) => (
            drafting.version.ok_or_else(|| no_text(drafting))?,
            drafting.newer,
        ),
        ReleaseState::InReview(Review {
            stale: Some(version),
            ..
        }) => (*version, None),
        _ => return Err(not_now(&release, "submitted")),
    };
    let plan = world.pinned(tx, &release.plan_hash).await?;
    let text = bulletin(tx, id, version).await?;
    let hash = text.hash();
    let signers = signers_of(&plan, item_of(&plan, &release)?, &release)?;
    let first = signers.first().map(|s| s.post.to_string());
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
    let mut data = json!({
        "item": release.item, "version": version, "hash": hash, "round": release.rounds, "waits_for": first,
    });
    if let Some(newer) = newer {
        data["newer_version"] = json!(newer);
    }
    tx.append(vec![entry(
        now,
        &actor.user,
        "release-submitted",
        &release,
        data,
    )])
    .await?;
    Ok(release)
}

pub(crate) fn no_text(drafting: &Drafting) -> VerbError {
    VerbError::conflict(match &drafting.fault {
        Some(fault) => format!("there is no text: {fault}; nothing was submitted"),
        None => format!(
            "facts are missing: {}; give them with `fabu incident facts`, nothing was submitted",
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

/// Sends a text back to its drafters.
///
/// # Errors
/// Invalid without a reason; forbidden for anybody whose turn it is not.
pub async fn send_back(
    tx: &mut Tx,
    now: Moment,
    actor: &Actor,
    id: &ReleaseId,
    reason: &str,
) -> Result<Release, VerbError> {
    let mut release = release(tx, id).await?;
    let reason = declare::one_line(reason).map_err(|what| VerbError::invalid("reason", what))?;
    let ReleaseState::InReview(review) = &release.state else {
        return Err(not_now(&release, "returned"));
    };
    let on_route = review
        .signers
        .iter()
        .any(|s| acting_post(actor, s, review.passed_to_deputy).is_some());
    if !on_route && actor.user != review.submitted_by {
        return Err(VerbError::Forbidden(format!(
            "{} is not on the signing route of this release; nothing was changed",
            actor.user
        )));
    }
    // What a person wrote goes back as it is; a template's text goes back as it would be now.
    let text = bulletin(tx, id, review.version).await?;
    let hand_written = text.author != Author::Template;
    let (version, newer) = match review.stale {
        Some(newer) if hand_written => (review.version, Some(newer)),
        Some(newer) => (newer, None),
        None => (review.version, None),
    };
    release.state = ReleaseState::Drafting(Drafting {
        version: Some(version),
        newer,
        returned: Some(reason.clone()),
        ..Drafting::default()
    });
    tx.update_release(&mut release).await?;
    let data = json!({ "item": release.item, "version": version, "reason": reason });
    tx.append(vec![entry(
        now,
        &actor.user,
        "release-returned",
        &release,
        data,
    )])
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
    let data = json!({ "item": release.item, "reason": reason, "due_at": release.due_at });
    let mut entries = vec![entry(now, &actor.user, "release-waived", &release, data)];
    publish::next_of_series(tx, world, now, &release, &mut entries).await?;
    tx.append(entries).await?;
    Ok(release)
}
