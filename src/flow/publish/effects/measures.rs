//! What binds people, lifted, moved and brought back by a text that goes out, with what speaks of it.

use super::super::super::work::Work;
use super::super::super::{VerbError, draft, plan};
use crate::domain::area::AreaCode;
use crate::domain::incident::Incident;
use crate::domain::journal::Act;
use crate::domain::lifting::Lifted;
use crate::domain::plan::Item;
use crate::domain::portal::{ChangeKind, Standing};
use crate::domain::publication::{Moved, has_order};
use crate::domain::reason::Reason;
use crate::domain::release::{Release, ReleaseState};
use crate::domain::time::Moment;
use crate::id::ReleaseId;

/// The text `by` lifts a measure in `areas`; whoever reads the measure is told, there and elsewhere.
pub(super) async fn lift(
    work: &mut Work<'_>,
    incident: &Incident,
    mut other: Release,
    areas: Vec<AreaCode>,
    by: ReleaseId,
) -> Result<(), VerbError> {
    let from = other.lifted.last().filter(|lifted| lifted.to_come);
    let from = from.map(|lifted| lifted.at);
    work.keep(&mut other).await?;
    let what = match from {
        Some(from) => ChangeKind::ToBeLifted { from },
        None => ChangeKind::Lifted,
    };
    show_lifted(work, incident, &other, Some((what, &by, &areas))).await?;
    let is_over = matches!(other.state, ReleaseState::Lifted { .. });
    remember_lifted(work, incident, &other, is_over, (areas, from, by)).await
}

/// The journal's line of a lifting: of what it ended, with all that spoke of it, or of the places that it freed, perhaps at an hour
/// to come.
async fn remember_lifted(
    work: &mut Work<'_>,
    incident: &Incident,
    other: &Release,
    ends_it: bool,
    (areas, from, by): (Vec<AreaCode>, Option<Moment>, ReleaseId),
) -> Result<(), VerbError> {
    let item = other.item.clone();
    if ends_it {
        let act = Act::MeasureLifted {
            item,
            by: by.clone(),
            areas,
        };
        work.happened(other, act);
        return over(work, incident, other, by).await;
    }
    let act = Act::MeasureLiftedIn {
        item,
        areas,
        by,
        from,
    };
    work.happened(other, act);
    Ok(())
}

/// The hour of a lifting that was announced has come. Returns the measure as it stands then, to be kept.
pub(in crate::flow) async fn lift_now(
    work: &mut Work<'_>,
    measure: Release,
) -> Result<Release, VerbError> {
    let incident = work.incident(&measure.incident).await?;
    let now = work.now;
    let come = measure
        .lifted
        .iter()
        .filter(|one| one.to_come && one.at <= now);
    let come: Vec<Lifted> = come.cloned().collect();
    let measure = measure.lifted_by_now(&incident, now);
    for one in come {
        let change = (ChangeKind::Lifted, &one.by, &*one.areas);
        show_lifted(work, &incident, &measure, Some(change)).await?;
        let item = measure.item.clone();
        let act = match measure.state {
            ReleaseState::Lifted { .. } => Act::MeasureLifted {
                item,
                by: one.by,
                areas: Vec::new(),
            },
            _ => Act::MeasureLiftedIn {
                item,
                areas: one.areas,
                by: one.by,
                from: None,
            },
        };
        work.happened(&measure, act);
    }
    if let ReleaseState::Lifted { by, .. } = measure.state.clone() {
        over(work, &incident, &measure, by).await?;
    }
    Ok(measure)
}

pub(super) async fn show_lifted(
    work: &mut Work<'_>,
    incident: &Incident,
    measure: &Release,
    change: Option<(ChangeKind, &ReleaseId, &[AreaCode])>,
) -> Result<(), VerbError> {
    let Some(mut shown) = work.tx.portal_entry(&measure.id).await? else {
        return Ok(());
    };
    let plan = work.plan_of(measure).await?;
    shown = shown.lifted_as(&plan, measure, incident, work.now);
    if let Some((what, by, areas)) = change {
        shown = shown.changed(&plan, work.now, what, by, areas);
    }
    Ok(work.tx.put_portal_entry(&shown, work.now).await?)
}

/// A measure is over everywhere: nothing more of it is sent, and what speaks of it is over with it.
async fn over(
    work: &mut Work<'_>,
    incident: &Incident,
    measure: &Release,
    by: ReleaseId,
) -> Result<(), VerbError> {
    work.overtake(&measure.id, true, "lifted").await?;
    explain_no_more(work, measure, &by).await?;
    fall_silent(work, incident, measure, &by).await
}

/// What explains a measure that is over, or was called off, goes with it.
pub(super) async fn explain_no_more(
    work: &mut Work<'_>,
    measure: &Release,
    by: &ReleaseId,
) -> Result<(), VerbError> {
    let order = work.order_of(measure).await?;
    draft::give_up_tied(work, &order, Reason::OriginalGivenUp).await?;
    for tied in work.tx.readable_tied_to(&order.id).await?.releases {
        if tied.correction.is_none() && tied.stands() {
            end_with_it(work, tied, by).await?;
        }
    }
    advise_no_more(work, measure, by).await
}

/// Advice that stood on after the end of the response, since a measure bound on, goes with the last of these.
async fn advise_no_more(
    work: &mut Work<'_>,
    measure: &Release,
    by: &ReleaseId,
) -> Result<(), VerbError> {
    let incident = work.incident(&measure.incident).await?;
    let plan = work.plan_of(measure).await?;
    let is_on_it = |item: &Item| item.stands_with.contains(&measure.item);
    let is_of_plan = |one: &Release| one.plan == measure.plan;
    if incident.is_active() || !plan.items().any(is_on_it) {
        return Ok(());
    }
    let all = work.tx.readable_of(&incident.id).await?.releases;
    let advice = all.iter().filter(|one| {
        let of =
            (is_of_plan(one).then(|| plan.item_of(one)).flatten()).filter(|item| is_on_it(item));
        let is_out = matches!(one.state, ReleaseState::Published(_)) && one.correction.is_none();
        is_out && of.is_some_and(|item| !has_order(&plan, item, &incident, &all, work.now))
    });
    let advice: Vec<Release> = advice.cloned().collect();
    for text in advice {
        end_with_it(work, text, by).await?;
    }
    Ok(())
}

/// What said that `measure` binds again, since its lifting was taken back, is over once nothing that it spoke of binds.
pub(super) async fn fall_silent(
    work: &mut Work<'_>,
    incident: &Incident,
    measure: &Release,
    by: &ReleaseId,
) -> Result<(), VerbError> {
    let plan = work.plan_of(measure).await?;
    if !plan.item_of(measure).is_some_and(Item::binds) {
        return Ok(());
    }
    let all = work.tx.readable_of(&incident.id).await?.releases;
    let is_it = |id: &ReleaseId| *id == measure.id || measure.order() == id;
    let binds = |id: &ReleaseId| {
        let mut of_order = all.iter().filter(|one| one.id == *id || one.order() == id);
        of_order
            .any(|one| one.still_binds(&plan) && !one.places_bound(incident, work.now).is_empty())
    };
    let brings_back = |one: &&Release| {
        let lifts = plan.item_of(one).is_some_and(|item| !item.lifts.is_empty());
        one.correction.is_some() && lifts && matches!(one.state, ReleaseState::Published(_))
    };
    let mut silent = Vec::new();
    for notice in all.iter().filter(brings_back) {
        let Some(version) = notice.state.standing_version() else {
            continue;
        };
        let spoke_of = work.tx.bulletin(&notice.id, version).await?;
        let spoke_of = spoke_of.map(|text| text.text.binding).unwrap_or_default();
        let speaks_of_it = spoke_of.iter().any(|bound| is_it(&bound.release));
        if speaks_of_it && !spoke_of.iter().any(|bound| binds(&bound.release)) {
            silent.push(notice.clone());
        }
    }
    for notice in silent {
        end_with_it(work, notice, by).await?;
    }
    Ok(())
}

/// A text that spoke of a measure is over with it.
async fn end_with_it(work: &mut Work<'_>, text: Release, by: &ReleaseId) -> Result<(), VerbError> {
    let at = work.now;
    let mut text = text.over(at, by.clone());
    work.keep(&mut text).await?;
    let by = by.clone();
    let standing = Standing::Lifted { at, by: by.clone() };
    work.show(&text.id, standing).await?;
    work.overtake(&text.id, true, "lifted").await?;
    let act = Act::MeasureLifted {
        item: text.item.clone(),
        by,
        areas: Vec::new(),
    };
    work.happened(&text, act);
    Ok(())
}

/// What lifted a measure was taken back by the text `by`: it binds again, its place on the portal says so, what explained it
/// explains it again, and its lifting is asked about anew.
pub(super) async fn restore(
    work: &mut Work<'_>,
    incident: &Incident,
    mut other: Release,
    areas: Vec<AreaCode>,
    by: ReleaseId,
) -> Result<(), VerbError> {
    let before = work.release(&other.id).await?;
    work.keep(&mut other).await?;
    let change = (ChangeKind::Restored, &by, &*areas);
    show_lifted(work, incident, &other, Some(change)).await?;
    if let ReleaseState::Lifted { by: lifting, .. } = &before.state {
        explain_again(work, &other, lifting, &by).await?;
    }
    let item = other.item.clone();
    work.happened(&other, Act::MeasureRestored { item, areas, by });
    plan::follow_publication(work, incident, &other).await
}

/// What explained a measure that `lifting` had lifted explains it again, and the advice that had stood on for it stands again.
async fn explain_again(
    work: &mut Work<'_>,
    measure: &Release,
    lifting: &ReleaseId,
    by: &ReleaseId,
) -> Result<(), VerbError> {
    let plan = work.plan_of(measure).await?;
    let advises = |one: &Release| {
        one.plan == measure.plan
            && one.tied_to.as_ref() != Some(measure.order())
            && (plan.item_of(one)).is_some_and(|item| item.stands_with.contains(&measure.item))
    };
    let tied = work.tx.readable_tied_to(measure.order()).await?.releases;
    let all = work.tx.readable_of(&measure.incident).await?.releases;
    for tied in tied.into_iter().chain(all.into_iter().filter(advises)) {
        let Some(mut tied) = tied.explains_again(lifting) else {
            continue;
        };
        work.keep(&mut tied).await?;
        work.show(&tied.id, Standing::Current).await?;
        let act = Act::MeasureRestored {
            item: tied.item.clone(),
            areas: Vec::new(),
            by: by.clone(),
        };
        work.happened(&tied, act);
    }
    Ok(())
}

/// The text `by` gives the lifting of a measure another hour, or takes a correction back that did: what was over too early binds
/// until that hour.
pub(super) async fn move_lifting(
    work: &mut Work<'_>,
    incident: &Incident,
    moved: Moved,
    by: ReleaseId,
) -> Result<(), VerbError> {
    let (mut other, areas) = (moved.measure, moved.areas);
    let before = work.release(&other.id).await?;
    let is_over = matches!(other.state, ReleaseState::Lifted { .. });
    let mut of_it = other.lifted.iter().filter(|one| one.by == moved.by);
    let from = of_it.find(|one| one.to_come).map(|one| one.at);
    work.keep(&mut other).await?;
    let what = match from {
        Some(from) => ChangeKind::ToBeLifted { from },
        None => ChangeKind::Lifted,
    };
    show_lifted(work, incident, &other, Some((what, &by, &areas))).await?;
    let was_over = match &before.state {
        ReleaseState::Lifted { by: lifting, .. } => {
            if !is_over {
                explain_again(work, &other, lifting, &by).await?;
                let act = Act::MeasureRestored {
                    item: other.item.clone(),
                    areas: areas.clone(),
                    by: by.clone(),
                };
                work.happened(&other, act);
            }
            true
        }
        _ => false,
    };
    let ends_it = is_over && !was_over;
    remember_lifted(work, incident, &other, ends_it, (areas, from, by)).await
}
