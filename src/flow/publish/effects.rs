//! What a text that goes out does to others, carried out: what it takes the place of, lifts, brings back or corrects, and what
//! speaks of those.
//!
//! `domain::publication` decides it; nothing here asks whether.

use super::super::work::Work;
use super::super::{VerbError, draft};
use super::Step;
use crate::domain::area::AreaCode;
use crate::domain::incident::Incident;
use crate::domain::journal::Act;
use crate::domain::lifting::Lifted;
use crate::domain::plan::{CorrectionKind, Item};
use crate::domain::portal::{ChangeKind, Standing};
use crate::domain::publication::Effect;
use crate::domain::reason::Reason;
use crate::domain::release::{Release, ReleaseState};
use crate::domain::time::Moment;
use crate::id::ReleaseId;

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
            work.happened(&other, Act::ReleaseSuperseded { item, was, why });
            fall_silent(work, incident, &other, &by).await?;
        }
        Effect::Lift { other, areas } => lift(work, incident, other, areas, by).await?,
        Effect::Move {
            other,
            areas,
            lifting,
        } => move_lifting(work, incident, other, areas, &lifting, by).await?,
        Effect::Restore { other, areas } => restore(work, incident, other, areas, by).await?,
        Effect::Correct {
            original,
            kind,
            standing,
            stop,
        } => correct(work, incident, original, kind, standing, stop).await?,
        Effect::Uncorrect(first) => uncorrect(work, incident, first, by).await?,
        Effect::Date(tied) => date(work, incident, tied).await?,
        Effect::GoesToo(mut tied, ready) => {
            dated(work, &tied);
            // What is signed and says of what binds what is so no longer keeps nothing else from going out.
            if draft::says_what_binds(work, incident, &tied).await? {
                return Ok(Some(Step::Go(tied, ready)));
            }
            work.keep(&mut tied).await?;
            draft::follow_one(work, incident, tied).await?;
        }
    }
    Ok(None)
}

/// The text `by` lifts a measure in `areas`; whoever reads the measure is told, there and elsewhere.
async fn lift(
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

async fn show_lifted(
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
async fn explain_no_more(
    work: &mut Work<'_>,
    measure: &Release,
    by: &ReleaseId,
) -> Result<(), VerbError> {
    let order = work.order_of(measure).await?;
    draft::give_up_tied(work, &order).await?;
    for tied in work.tx.readable_tied_to(&order.id).await?.releases {
        if tied.correction.is_none() && tied.stands() {
            end_with_it(work, tied, by).await?;
        }
    }
    Ok(())
}

/// What said that `measure` binds again, since its lifting was taken back, is over once nothing that it spoke of binds.
async fn fall_silent(
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
async fn restore(
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
    super::super::plan::follow_publication(work, incident, &other).await
}

/// What explained a measure that `lifting` had lifted explains it again.
async fn explain_again(
    work: &mut Work<'_>,
    measure: &Release,
    lifting: &ReleaseId,
    by: &ReleaseId,
) -> Result<(), VerbError> {
    for tied in work.tx.readable_tied_to(measure.order()).await?.releases {
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

/// The text `by` corrects the hour of the `lifting` of a measure: what was over too early binds until that hour.
async fn move_lifting(
    work: &mut Work<'_>,
    incident: &Incident,
    mut other: Release,
    areas: Vec<AreaCode>,
    lifting: &ReleaseId,
    by: ReleaseId,
) -> Result<(), VerbError> {
    let before = work.release(&other.id).await?;
    let was_over = matches!(before.state, ReleaseState::Lifted { .. });
    let is_over = matches!(other.state, ReleaseState::Lifted { .. });
    let mut of_it = other.lifted.iter().filter(|one| one.by == by);
    let from = of_it.find(|one| one.to_come).map(|one| one.at);
    work.keep(&mut other).await?;
    let what = match from {
        Some(from) => ChangeKind::ToBeLifted { from },
        None => ChangeKind::Lifted,
    };
    show_lifted(work, incident, &other, Some((what, &by, &areas))).await?;
    if was_over && !is_over {
        explain_again(work, &other, lifting, &by).await?;
        let act = Act::MeasureRestored {
            item: other.item.clone(),
            areas: areas.clone(),
            by: by.clone(),
        };
        work.happened(&other, act);
    }
    remember_lifted(
        work,
        incident,
        &other,
        is_over && !was_over,
        (areas, from, by),
    )
    .await
}

/// A correction has gone out: the original says so, and what was not yet tried of it is not sent any more.
async fn correct(
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

/// The correction of an order was taken back by the text `by`: the order is read as it was first, and binds so.
async fn uncorrect(
    work: &mut Work<'_>,
    incident: &Incident,
    mut first: Release,
    by: ReleaseId,
) -> Result<(), VerbError> {
    work.keep(&mut first).await?;
    let standing = match &first.state {
        ReleaseState::Lifted { at, by, .. } => Standing::Lifted {
            at: *at,
            by: by.clone(),
        },
        _ => Standing::Current,
    };
    work.show(&first.id, standing).await?;
    let areas: Vec<AreaCode> = first.areas(incident).to_vec();
    let change = (ChangeKind::Restored, &by, &*areas);
    show_lifted(work, incident, &first, Some(change)).await?;
    for tied in work.tx.readable_tied_to(&first.id).await?.releases {
        if tied.correction.is_none() && tied.state.is_open() {
            draft::follow_one(work, incident, tied).await?;
        }
    }
    let item = first.item.clone();
    work.happened(&first, Act::MeasureRestored { item, areas, by });
    Ok(())
}
