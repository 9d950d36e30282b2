//! What a text that goes out does to others, carried out: what it takes the place of, lifts, brings back or corrects, and what
//! speaks of those.
//!
//! `domain::publication` decides it; nothing here asks whether.

mod corrections;
mod measures;

pub(in crate::flow) use measures::lift_now;

use super::super::work::Work;
use super::super::{VerbError, draft};
use super::Step;
use crate::domain::incident::Incident;
use crate::domain::journal::Act;
use crate::domain::plan::{Item, ItemRole};
use crate::domain::portal::Standing;
use crate::domain::publication::Effect;
use crate::domain::reason::Reason;
use crate::domain::release::{Release, ReleaseState};
use crate::id::ReleaseId;
use corrections::{correct, uncorrect};
use measures::{explain_no_more, fall_silent, lift, move_lifting, restore};

/// What happens to another release by the text `by`, because of `why`; returns what goes out with it.
pub(super) async fn carry_out(
    work: &mut Work<'_>,
    incident: &Incident,
    effect: Effect,
    by: ReleaseId,
    why: Reason,
) -> Result<Option<Step>, VerbError> {
    match effect {
        Effect::Supersede { mut other, stop } => {
            work.keep(&mut other).await?;
            work.overtake(&other.id, stop, "overtaken").await?;
            let at = work.now;
            work.show(&other.id, Standing::Superseded { at }).await?;
            let item = other.item.clone();
            let was = None;
            let why = match &other.state {
                ReleaseState::Superseded { why, .. } => why.clone(),
                _ => why,
            };
            work.happened(&other, Act::ReleaseSuperseded { item, was, why });
            // A newer correction leaves what explains the order as it was; another measure in its place does not.
            let plan = work.plan_of(&other).await?;
            let binds = plan.item_of(&other).is_some_and(Item::binds);
            if binds && stop && work.release(&by).await?.correction.is_none() {
                explain_no_more(work, &other, &by).await?;
            }
            // What was to be said of an earlier level, or before the storm, is not said after it.
            let is_notice = plan
                .item_of(&other)
                .is_some_and(|item| item.role == Some(ItemRole::Activation));
            if is_notice && other.correction.is_none() {
                draft::give_up_tied(work, &other, Reason::OriginalOver).await?;
            }
            fall_silent(work, incident, &other, &by).await?;
        }
        Effect::Lift { other, areas } => lift(work, incident, other, areas, by).await?,
        Effect::Move(moved) => move_lifting(work, incident, moved, by).await?,
        Effect::Restore { other, areas } => restore(work, incident, other, areas, by).await?,
        Effect::Correct {
            original,
            kind,
            standing,
            stop,
        } => correct(work, incident, original, kind, standing, stop).await?,
        Effect::Uncorrect { first, before } => {
            uncorrect(work, incident, first, before.map(|before| *before), by).await?;
        }
        Effect::Date(tied) => date(work, incident, tied).await?,
        Effect::GoesToo(mut tied, ready) => {
            dated(work, &tied);
            // What is signed and says what is so no longer keeps nothing else from going out.
            let Some(stopped) = draft::grown_old(work, incident, &tied).await? else {
                return Ok(Some(Step::Go(tied, ready)));
            };
            work.keep(&mut tied).await?;
            draft::take_back_for(work, incident, tied, stopped.reason()).await?;
        }
    }
    Ok(None)
}

/// What explains a text has only now a deadline, and a time and an address that it can name.
async fn date(
    work: &mut Work<'_>,
    incident: &Incident,
    mut tied: Release,
) -> Result<(), VerbError> {
    dated(work, &tied);
    work.keep(&mut tied).await?;
    if let ReleaseState::Drafting(drafting) = tied.state.clone() {
        draft::remake(work, incident, tied, drafting).await?;
    }
    Ok(())
}

fn dated(work: &mut Work<'_>, tied: &Release) {
    let act = Act::ReleaseDated {
        item: tied.item.clone(),
        due_at: tied.due_at,
    };
    work.happened(tied, act);
}
