//! Corrections, withdrawals and the all clear. The original keeps its address and says what became of it.

use super::{VerbError, World, entry, release};
use crate::domain::approval::{Actor, acting_post};
use crate::domain::journal::{Act, ENGINE, Entry};
use crate::domain::level::ResponseLevel;
use crate::domain::plan::{CorrectionKind, ItemKind, Plan};
use crate::domain::portal::Standing;
use crate::domain::release::{Release, ReleaseState, Reminder, Review};
use crate::domain::time::Moment;
use crate::id::ReleaseId;
use crate::store::Tx;

/// The first of two actions: prepares the pre-written correction of a published text, ready to be signed.
///
/// # Errors
/// Invalid when the reason is not one printable line; forbidden for anybody but the post that corrects (or its
/// deputy), a conflict when nothing was published or facts that the correction needs are missing; those are named.
pub async fn prepare(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    id: &ReleaseId,
    kind: CorrectionKind,
    reason: Option<&str>,
) -> Result<Release, VerbError> {
    let original = release(tx, id).await?;
    let reason = reason.map(clause).transpose()?;
    if !matches!(
        original.state,
        ReleaseState::Published(_)
            | ReleaseState::Expired { .. }
            | ReleaseState::Superseded { was: Some(_), .. }
    ) || original.correction.is_some()
    {
        return Err(super::draft::not_now(&original, "corrected"));
    }
    let plan = world.pinned(tx, &original.plan_hash).await?;
    let Some(corrections) = &plan.corrections else {
        return Err(VerbError::conflict(format!(
            "plan {} has no corrections; nothing was prepared",
            plan.plan
        )));
    };
    if acting_post(actor, &corrections.sign, true).is_none()
        && acting_post(actor, &corrections.confirm, true).is_none()
    {
        return Err(VerbError::Forbidden(format!(
            "corrections are for {} or {}; nothing was prepared",
            corrections.sign.post, corrections.confirm.post
        )));
    }
    let standing = tx.releases_tied_to(id).await?;
    if let Some(open) = standing
        .iter()
        .find(|r| r.correction.is_some() && r.state.is_open())
    {
        return Err(VerbError::Conflict {
            what: format!(
                "correction {} of this release is waiting already; sign or waive that one, nothing was prepared",
                open.id
            ),
            existing: Some(open.id.to_string()),
        });
    }
    let incident = super::incident(tx, &original.incident).await?;
    super::declare::must_not_be_archived(&incident)?;
    let mut correction = build(world, now, &plan, &original, kind, standing.len());
    correction.correction_reason_by = reason.is_some().then(|| actor.user.clone());
    correction.correction_reason = reason;
    tx.add_releases(std::slice::from_ref(&correction)).await?;
    let prepared = Act::CorrectionPrepared {
        of: original.id.clone(),
        kind,
        item: original.item.clone(),
        reason: correction.correction_reason.clone(),
    };
    let mut entries = vec![entry(now, &actor.user, &correction, prepared)];
    super::draft::open(tx, world, now, &incident, &mut correction, &mut entries).await?;
    if let ReleaseState::Drafting(drafting) = &correction.state {
        if drafting
            .missing
            .iter()
            .any(|name| name == "original.reason")
        {
            let what = "this correction prints why it is made; say so, nothing was prepared";
            return Err(VerbError::invalid("reason", what));
        }
        let Some(version) = drafting.version else {
            return Err(super::draft::no_text(drafting, "prepared"));
        };
        let text = super::bulletin(tx, &correction.id, version).await?;
        correction.rounds = 1;
        correction.state = ReleaseState::InReview(Review {
            round: correction.rounds,
            version,
            hash: text.hash(),
            // The words were approved with the plan: whoever prepares a correction may also sign it.
            submitted_by: ENGINE.into(),
            signers: vec![corrections.sign.clone()],
            step: 0,
            turn_since: now,
            passed_to_deputy: true,
            stale: None,
        });
    }
    tx.update_release(&mut correction).await?;
    tx.append(entries).await?;
    Ok(correction)
}

/// A reason as templates print it, inside a sentence of theirs that has its own full stop.
fn clause(reason: &str) -> Result<String, VerbError> {
    super::declare::one_line(reason.trim().trim_end_matches('。'))
        .map_err(|what| VerbError::invalid("reason", what))
}

fn build(
    world: &World,
    now: Moment,
    plan: &Plan,
    original: &Release,
    kind: CorrectionKind,
    earlier: usize,
) -> Release {
    let due = plan
        .corrections
        .as_ref()
        .map(|c| c.confirm_within.after(now));
    Release {
        id: world.ids.mint(now),
        incident: original.incident.clone(),
        plan: original.plan.clone(),
        plan_hash: original.plan_hash.clone(),
        body: original.body.clone(),
        item: original.item.clone(),
        name: format!("{}：{}", kind.zh(), original.name),
        name_en: original
            .name_en
            .as_ref()
            .map(|name| format!("Correction: {name}")),
        kind: ItemKind::Correction,
        level: original.level.or(Some(ResponseLevel::IV)),
        occurrence: u32::try_from(earlier).unwrap_or(0) + 1,
        opened_at: now,
        due_at: due,
        tied_to: Some(original.id.clone()),
        correction: Some(kind),
        correction_reason: None,
        correction_reason_by: None,
        state: ReleaseState::Planned,
        rounds: 0,
        reminded: Reminder::None,
        wake_at: None,
        row_version: 1,
    }
}

/// A correction has gone out: the original says so, and what was not yet tried of it is not sent any more.
pub(crate) async fn overtake(
    tx: &mut Tx,
    now: Moment,
    original: &ReleaseId,
    correction: &Release,
    kind: CorrectionKind,
    entries: &mut Vec<Entry>,
) -> Result<(), VerbError> {
    let mut original = release(tx, original).await?;
    let Some(was) = original.state.publication().cloned() else {
        return Ok(());
    };
    original.state = ReleaseState::Corrected {
        at: now,
        by: correction.id.clone(),
        was,
    };
    tx.update_release(&mut original).await?;
    super::publish::set_standing(
        tx,
        now,
        &original,
        super::publish::corrected_standing(kind, correction, now),
    )
    .await?;
    let mut cancelled = 0;
    if kind != CorrectionKind::AllClear {
        for dispatch in tx.dispatches_of(&original.id).await? {
            cancelled += tx
                .stop_dispatch(
                    &dispatch.id,
                    now,
                    &format!("overtaken by {}", correction.id),
                )
                .await?;
        }
    }
    let act = Act::ReleaseCorrected {
        by: correction.id.clone(),
        kind,
        deliveries_cancelled: cancelled,
    };
    entries.push(entry(now, ENGINE, &original, act));
    Ok(())
}

/// Takes a published text back without a new one: the portal keeps the address and says so. The reason is for the
/// journal: one person's words do not reach the public.
///
/// # Errors
/// Forbidden for anybody but the posts that correct, a conflict when nothing was published.
pub async fn withdraw(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    id: &ReleaseId,
    reason: &str,
) -> Result<Release, VerbError> {
    let mut release = release(tx, id).await?;
    let reason =
        super::declare::one_line(reason).map_err(|what| VerbError::invalid("reason", what))?;
    let plan = world.pinned(tx, &release.plan_hash).await?;
    let allowed = plan.corrections.as_ref().is_some_and(|c| {
        acting_post(actor, &c.sign, true).is_some()
            || acting_post(actor, &c.confirm, true).is_some()
    });
    if !allowed {
        let posts = plan.corrections.as_ref().map_or_else(
            || "and this plan names none".to_owned(),
            |c| format!("{} or {}", c.sign.post, c.confirm.post),
        );
        return Err(VerbError::Forbidden(format!(
            "only the posts that correct may withdraw ({posts}); nothing was changed"
        )));
    }
    // What was taken back or corrected says so already; a second word would cover the first.
    let stands = !matches!(
        release.state,
        ReleaseState::Withdrawn { .. } | ReleaseState::Corrected { .. }
    );
    let Some(was) = release.state.publication().filter(|_| stands).cloned() else {
        return Err(super::draft::not_now(&release, "withdrawn"));
    };
    super::declare::must_not_be_archived(&super::incident(tx, &release.incident).await?)?;
    let mut cancelled = 0;
    for dispatch in tx.dispatches_of(id).await? {
        cancelled += tx.stop_dispatch(&dispatch.id, now, "withdrawn").await?;
    }
    release.state = ReleaseState::Withdrawn {
        at: now,
        by: actor.user.clone(),
        why: reason.clone(),
        was,
    };
    tx.update_release(&mut release).await?;
    super::publish::set_standing(tx, now, &release, Standing::Withdrawn { at: now }).await?;
    let act = Act::ReleaseWithdrawn {
        item: release.item.clone(),
        reason,
        deliveries_cancelled: cancelled,
    };
    tx.append(vec![entry(now, &actor.user, &release, act)])
        .await?;
    Ok(release)
}
