//! What a text that corrects another, or takes that back, does to it and to what explains it.

use super::super::super::work::Work;
use super::super::super::{VerbError, draft};
use super::measures::{explain_no_more, fall_silent, show_lifted};
use crate::domain::area::AreaCode;
use crate::domain::incident::Incident;
use crate::domain::journal::Act;
use crate::domain::plan::{CorrectionKind, Item};
use crate::domain::portal::{ChangeKind, Standing};
use crate::domain::release::{Release, ReleaseState};
use crate::id::ReleaseId;

/// A correction has gone out: the original says so, and what was not yet tried of it is not sent any more.
pub(super) async fn correct(
    work: &mut Work<'_>,
    incident: &Incident,
    mut original: Release,
    kind: CorrectionKind,
    standing: Standing,
    stop: bool,
) -> Result<(), VerbError> {
    let by = match &original.state {
        ReleaseState::Corrected { by, .. } => by.clone(),
        ReleaseState::Withdrawn {
            notice: Some(by), ..
        } => by.clone(),
        _ => return Ok(()),
    };
    work.keep(&mut original).await?;
    work.show(&original.id, standing).await?;
    let why = format!("overtaken by {by}");
    let deliveries_cancelled = work.overtake(&original.id, stop, &why).await?;
    let act = match original.state.clone() {
        ReleaseState::Withdrawn { why, .. } => Act::ReleaseWithdrawn {
            item: original.item.clone(),
            reason: why,
            deliveries_cancelled,
            by: Some(by.clone()),
        },
        _ => Act::ReleaseCorrected {
            by: by.clone(),
            kind,
            deliveries_cancelled,
        },
    };
    work.happened(&original, act);
    let plan = work.plan_of(&original).await?;
    let is_measure = plan.item_of(&original).is_some_and(Item::binds);
    if is_measure && kind == CorrectionKind::WrongContent {
        return hand_on(work, incident, &original, &by).await;
    }
    // An order whose correction is taken back is explained as it was.
    if is_measure && original.stands_in_for().is_none() {
        explain_no_more(work, &original, &by).await?;
        fall_silent(work, incident, &original, &by).await?;
    }
    Ok(())
}

/// What explains an order and is not out yet is told what its correction `by` gave for it, so that it does not repeat the error.
async fn hand_on(
    work: &mut Work<'_>,
    incident: &Incident,
    order: &Release,
    by: &ReleaseId,
) -> Result<(), VerbError> {
    let mut facts = work.release(by).await?.own_facts;
    // What was wrong and what is right are the correction's own words.
    facts.retain(|fact, _| !fact.starts_with("correction-"));
    for mut tied in work.tx.readable_tied_to(&order.id).await?.releases {
        if tied.correction.is_some() || !tied.state.is_open() {
            continue;
        }
        tied.own_facts.extend(facts.clone());
        work.keep(&mut tied).await?;
        draft::follow_one(work, incident, tied).await?;
    }
    Ok(())
}

/// The correction of a text was taken back by the text `by`: it is read as it was before that, by the correction `before` if there
/// was one, and binds, or lifts, so.
pub(super) async fn uncorrect(
    work: &mut Work<'_>,
    incident: &Incident,
    mut first: Release,
    before: Option<Release>,
    by: ReleaseId,
) -> Result<(), VerbError> {
    work.keep(&mut first).await?;
    let standing = match &first.state {
        ReleaseState::Corrected { at, by, .. } => Standing::Corrected {
            at: *at,
            by: by.clone(),
            kind: CorrectionKind::WrongContent,
        },
        ReleaseState::Lifted { at, by, .. } => Standing::Lifted {
            at: *at,
            by: by.clone(),
        },
        _ => Standing::Current,
    };
    work.show(&first.id, standing).await?;
    // The correction before, if there was one, says it now.
    let mut says = first.clone();
    if let Some(mut before) = before {
        work.keep(&mut before).await?;
        work.show(&before.id, Standing::Current).await?;
        says = before;
    }
    let plan = work.plan_of(&first).await?;
    let binds = plan.item_of(&first).is_some_and(Item::binds);
    let areas: Vec<AreaCode> = first.areas(incident).to_vec();
    if binds {
        let change = (ChangeKind::Restored, &by, &*areas);
        show_lifted(work, incident, &says, Some(change)).await?;
    }
    for tied in work.tx.readable_tied_to(&first.id).await?.releases {
        if tied.correction.is_none() && tied.state.is_open() {
            draft::follow_one(work, incident, tied).await?;
        }
    }
    let item = first.item.clone();
    work.happened(&says, Act::MeasureRestored { item, areas, by });
    Ok(())
}
