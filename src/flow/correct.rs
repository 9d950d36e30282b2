//! Corrections, withdrawals and the all clear. The original keeps its address and says what became of it.

use super::work::Work;
use super::{VerbError, World, item_of};
use crate::domain::approval::Actor;
use crate::domain::journal::{Act, ENGINE};
use crate::domain::level::ResponseLevel;
use crate::domain::phrase::phrase;
use crate::domain::plan::{CorrectionKind, Corrections, ItemKind, Plan};
use crate::domain::portal::Standing;
use crate::domain::release::{Drafting, Release, ReleaseState, Reminder, Submission};
use crate::domain::rights::Deed;
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
    let mut work = Work::new(tx, world, now);
    // Two people who correct at once must not both find that nobody does.
    let original = work.release_locked(id).await?;
    let reason = reason.map(clause).transpose()?;
    work.must(actor, Deed::Correct, &original).await?;
    original.may_be_corrected()?;
    let plan = work.plan_of(&original).await?;
    // An order is lifted by whoever decided it, on the ordinary way; one person does not call it off.
    if kind == CorrectionKind::AllClear && original.still_binds(item_of(&plan, &original)?) {
        return Err(VerbError::conflict(phrase!(
            "verb.binds-still",
            name = &original.name
        )));
    }
    let Some(corrections) = &plan.corrections else {
        return Err(VerbError::conflict(phrase!(
            "verb.no-corrections",
            plan = &plan.plan
        )));
    };
    let tied = work.tx.releases_tied_to(id).await?;
    let earlier: Vec<&Release> = tied.iter().filter(|r| r.correction.is_some()).collect();
    if let Some(open) = earlier.iter().find(|r| r.state.is_open()) {
        return Err(VerbError::Conflict {
            what: phrase!("verb.correction-waits", correction = open.id.as_str()),
            existing: Some(open.id.to_string()),
        });
    }
    let incident = work.incident(&original.incident).await?;
    incident.must_not_be_archived()?;
    let mut correction = build(world, now, &plan, &original, kind, earlier.len());
    correction.correction_reason_by = reason.is_some().then(|| actor.user.clone());
    correction.correction_reason = reason;
    work.tx
        .add_releases(std::slice::from_ref(&correction))
        .await?;
    let act = Act::CorrectionPrepared {
        of: original.id.clone(),
        kind,
        item: original.item.clone(),
        reason: correction.correction_reason.clone(),
    };
    work.did(actor, &correction, act);
    let correction = super::draft::open(&mut work, &incident, correction).await?;
    let mut correction = submit(&mut work, corrections, correction).await?;
    work.keep(&mut correction).await?;
    work.done().await?;
    Ok(correction)
}

/// The words were approved with the plan, so a correction lies before its signer at once, and whoever prepared it may
/// sign it.
async fn submit(
    work: &mut Work<'_>,
    corrections: &Corrections,
    correction: Release,
) -> Result<Release, VerbError> {
    let ReleaseState::Drafting(drafting) = &correction.state else {
        return Ok(correction);
    };
    if lacks_reason(drafting) {
        return Err(VerbError::invalid("reason", phrase!("verb.needs-reason")));
    }
    let Some(version) = drafting.version else {
        return Err(super::draft::no_text(
            drafting,
            phrase!("verb.not-prepared"),
        ));
    };
    let text = work.bulletin(&correction.id, version).await?;
    let submission = Submission {
        version,
        hash: text.hash(),
        by: ENGINE.into(),
        signers: vec![corrections.sign.clone()],
        newer: None,
    };
    Ok(correction
        .submitted(submission, work.now)?
        .passed_to_deputy())
}

fn lacks_reason(drafting: &Drafting) -> bool {
    drafting
        .missing
        .iter()
        .any(|name| name == "original.reason")
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
        areas: original.areas.clone(),
        found: original.found,
        tied_to: Some(original.id.clone()),
        part_of: None,
        carries: Vec::new(),
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
    let mut work = Work::new(tx, world, now);
    let release = work.release(id).await?;
    let reason =
        super::declare::one_line(reason).map_err(|what| VerbError::invalid("reason", what))?;
    work.must(actor, Deed::Withdraw, &release).await?;
    let mut release = release.withdrawn(now, actor.user.clone(), reason.clone())?;
    work.incident(&release.incident)
        .await?
        .must_not_be_archived()?;
    let deliveries_cancelled = work.stop_sending(id, "withdrawn").await?;
    work.keep(&mut release).await?;
    work.show(id, Standing::Withdrawn { at: now }).await?;
    let act = Act::ReleaseWithdrawn {
        item: release.item.clone(),
        reason,
        deliveries_cancelled,
    };
    work.did(actor, &release, act);
    work.done().await?;
    Ok(release)
}
