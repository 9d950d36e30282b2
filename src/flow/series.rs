//! The rhythm of a recurring item: one occurrence is open, and the next is planned when that one is out, given up, or
//! overtaken by its time.

use super::plan::{Pinned, build, planned};
use super::work::Work;
use super::{VerbError, draft};
use crate::domain::deadline::Repeat;
use crate::domain::expand;
use crate::domain::incident::Incident;
use crate::domain::journal::Act;
use crate::domain::plan::Item;
use crate::domain::reason::Reason;
use crate::domain::release::Release;
use crate::domain::time::Moment;
use crate::store::{Series, StoreError};

/// An occurrence is done (published or given up): the next one is planned.
pub(crate) async fn next(work: &mut Work<'_>, release: &Release) -> Result<(), VerbError> {
    let series = work
        .tx
        .series(&release.incident, &release.plan, &release.item)
        .await?;
    // A correction has its original's item and a count of its own.
    let is_its =
        |series: &Series| release.correction.is_none() && series.occurrence == release.occurrence;
    let Some(series) = series.filter(is_its) else {
        return Ok(());
    };
    let incident = work.incident(&release.incident).await?;
    let plan = work.world.pinned(work.tx, &series.plan_hash).await?;
    let Some(item) = series
        .level
        .and_then(|level| plan.item(level, &series.item))
    else {
        return Ok(());
    };
    // A cron occurrence that went out before its own clock time must not be planned a second time.
    let last_at = match item.repeat {
        Some(Repeat::Cron(_)) => work.now.max(release.opened_at),
        _ => work.now,
    };
    let pinned = Pinned {
        plan: &plan,
        hash: &series.plan_hash,
    };
    plan_next(work, &incident, pinned, item, &series, last_at).await
}

/// The next occurrence of a series comes; the one that is still open is missed.
pub(super) async fn beat(work: &mut Work<'_>, series: &Series) -> Result<(), VerbError> {
    work.tx.lock_incident(&series.incident).await?;
    let incident = work.incident(&series.incident).await?;
    let plan = work.world.pinned(work.tx, &series.plan_hash).await?;
    let item = series
        .level
        .and_then(|level| plan.item(level, &series.item));
    let (Some(item), true) = (item, incident.is_active()) else {
        work.tx
            .stop_series(&series.incident, &series.plan, &series.item)
            .await?;
        return Ok(());
    };
    let occurrences = work
        .tx
        .releases_of_item(&incident.id, &series.plan, &series.item)
        .await;
    let occurrences = match occurrences {
        Ok(occurrences) => occurrences,
        // A rhythm goes on without an occurrence that cannot be read: the next situation bulletin is due all the same.
        Err(StoreError::BrokenRow { table, id, what }) => {
            tracing::error!(table, row = %id, %what, series = %series.key(), "an occurrence cannot be read and was not closed; the next one is planned");
            Vec::new()
        }
        Err(error) => return Err(error.into()),
    };
    let open = occurrences
        .into_iter()
        .filter(|r| r.correction.is_none() && r.state.is_open())
        .find(|r| r.occurrence == series.occurrence);
    if let Some(open) = open {
        let mut missed = open.missed(work.now)?;
        work.keep(&mut missed).await?;
        let act = Act::ReleaseMissed {
            item: missed.item.clone(),
            occurrence: missed.occurrence,
            due_at: missed.due_at,
        };
        work.happened(&missed, act);
        draft::give_up_tied(work, &missed, Reason::OriginalGivenUp).await?;
    }
    // `next_occurrence` looks strictly after the moment it is given, and this occurrence is the one that came.
    let came_at = series.next_at.unwrap_or(work.now);
    let last_at = match item.repeat {
        Some(Repeat::Cron(_)) => came_at - chrono::TimeDelta::milliseconds(1),
        _ => work.now,
    };
    let pinned = Pinned {
        plan: &plan,
        hash: &series.plan_hash,
    };
    plan_next(work, &incident, pinned, item, series, last_at).await
}

/// Plans the occurrence that follows the one of `series`, which was published, given up or missed at `last_at`.
async fn plan_next(
    work: &mut Work<'_>,
    incident: &Incident,
    pinned: Pinned<'_>,
    item: &Item,
    series: &Series,
    last_at: Moment,
) -> Result<(), VerbError> {
    let (new, next) = expand::next_occurrence(
        pinned.plan,
        item,
        series.level,
        series.occurrence,
        last_at,
        work.now,
    );
    if let Some(new) = &new {
        let releases = build(work.world, work.now, incident, pinned, new);
        work.tx.add_releases(&releases).await?;
        let act = Act::ReleasesPlanned(planned(pinned.plan, &releases));
        work.happened_to(incident, act);
    }
    let kept = pinned.series(incident, &next);
    Ok(work.tx.put_series(&[kept]).await?)
}
