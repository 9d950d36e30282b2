//! What time does by itself: releases open, reminders fall due, turns pass on, rhythms beat, texts expire.
//!
//! Everything here is found by a due moment in a table, so a restart forgets nothing; what fell due while nobody was
//! looking is done at once and marked late.

use super::remind::{self, Reminder};
use super::work::Work;
use super::{VerbError, World, item_of, series};
use crate::domain::body::PostRef;
use crate::domain::journal::Act;
use crate::domain::journal::act::{self, Late};
use crate::domain::plan::{Item, Plan};
use crate::domain::portal::Standing;
use crate::domain::release::{Falls, Prompt, Release, ReleaseState, Reminder as Mark};
use crate::domain::time::{Moment, Span, span_zh};
use crate::store::{StoreError, Tx};

/// Does what has fallen due by `now`, at most `limit` things of a kind. Returns how many; call again until none is left.
///
/// # Errors
/// The store's. A [`StoreError::BrokenRow`] names the release or series that could not be worked on, whichever row was
/// broken: that is what must be set aside for the others to go on.
pub async fn due(tx: &mut Tx, world: &World, now: Moment, limit: u32) -> Result<usize, VerbError> {
    let mut work = Work::new(tx, world, now);
    let series = work.tx.series_due(now, limit).await?;
    for series in &series {
        series::beat(&mut work, series)
            .await
            .map_err(|error| held_up("series", series.key(), error))?;
    }
    let releases = work.tx.releases_to_wake(now, limit).await?;
    let count = series.len() + releases.len();
    let mut reminders = Vec::new();
    let mut no_longer_bind = Vec::new();
    for release in releases {
        let id = release.id.to_string();
        let over = wake(&mut work, release, &mut reminders)
            .await
            .map_err(|error| held_up("release", id, error))?;
        no_longer_bind.extend(over);
    }
    for measure in no_longer_bind {
        let incident = work.incident(&measure.incident).await?;
        super::plan::let_fall(&mut work, &incident).await?;
        super::draft::follow_measures(&mut work, &incident, &measure).await?;
    }
    remind::send(&mut work, reminders).await?;
    work.done().await?;
    Ok(count)
}

/// A broken row that was met while something else was worked on holds up that something.
fn held_up(table: &'static str, id: String, error: VerbError) -> VerbError {
    match error {
        VerbError::Store(StoreError::BrokenRow {
            table: broken,
            id: row,
            what,
        }) if (broken, row.as_str()) != (table, id.as_str()) => {
            let what = format!("table {broken}, row {row}: {what}");
            VerbError::Store(StoreError::BrokenRow { table, id, what })
        }
        other => other,
    }
}

/// Does what has fallen due of `release`; returns it if it is a measure that binds less than it did.
async fn wake(
    work: &mut Work<'_>,
    mut release: Release,
    reminders: &mut Vec<Reminder>,
) -> Result<Option<Release>, VerbError> {
    let late = release.noticed_late(work.now);
    work.tx.lock_incident(&release.incident).await?;
    let plan = work.plan_of(&release).await?;
    if release.falls_due(work.now) == Some(Falls::Open) {
        let incident = work.incident(&release.incident).await?;
        release = super::draft::open(work, &incident, release).await?;
    }
    let falls = release.falls_due(work.now);
    let ends = matches!(falls, Some(Falls::Lift | Falls::Expire));
    let binds_less = ends && plan.item_of(&release).is_some_and(Item::binds);
    release = match falls {
        Some(Falls::PassTurn { from, to }) => pass_turn(work, &plan, release, from, to),
        Some(Falls::Prompt { signer, how }) => prompt(work, release, signer, how, reminders),
        Some(Falls::Lift) => super::publish::lift_now(work, release).await?,
        Some(Falls::Expire) => expire(work, release).await?,
        Some(Falls::CountersignOverdue { by }) => overdue(work, &plan, release, by, reminders)?,
        Some(Falls::Ask) => ask(work, &plan, release, reminders),
        Some(Falls::Open) | None => release,
    };
    let mut release = remind_of_deadline(work, &plan, release, late, reminders)?;
    work.keep(&mut release).await?;
    Ok(binds_less.then_some(release))
}

/// A silent signer's turn passes to the deputy, who may then sign as well.
fn pass_turn(
    work: &mut Work<'_>,
    plan: &Plan,
    release: Release,
    from: PostRef,
    to: PostRef,
) -> Release {
    let act = Act::TurnPassed {
        item: release.item.clone(),
        plan: plan.plan.clone(),
        from,
        to,
    };
    let release = release.passed_to_deputy();
    work.happened(&release, act);
    release
}

/// Whoever decides is asked whether the measure is ordered, again and again until somebody answers.
fn ask(
    work: &mut Work<'_>,
    plan: &Plan,
    release: Release,
    reminders: &mut Vec<Reminder>,
) -> Release {
    let release = release.asked_about(work.now);
    let to = match &release.state {
        ReleaseState::Undecided(undecided) if !undecided.posts.is_empty() => {
            undecided.posts.clone()
        }
        _ => release.next_post(plan).into_iter().collect(),
    };
    let asked = match &release.state {
        ReleaseState::Undecided(undecided) => undecided.asked,
        _ => 0,
    };
    let act = Act::DecisionAsked {
        item: release.item.clone(),
        to: to.clone(),
        asked,
    };
    work.happened(&release, act);
    reminders.extend(to.into_iter().map(|post| Reminder {
        post,
        release: release.clone(),
        alone: format!(
            "{}已备好，尚未决定。请决定：采取、不适用（说明理由）或稍后再问。编号{}。",
            release.name, release.id
        ),
        among: "请决定是否采取".into(),
    }));
    release
}

/// A silent signer is reminded of their own time to sign, which is shorter than the release's.
fn prompt(
    work: &mut Work<'_>,
    release: Release,
    signer: PostRef,
    how: Prompt,
    reminders: &mut Vec<Reminder>,
) -> Release {
    let over = how == Prompt::Over;
    let act = Act::SignerReminded {
        item: release.item.clone(),
        to: signer.clone(),
        over,
    };
    work.happened(&release, act);
    let word = if over {
        "签批时限已过"
    } else {
        "签批时限已过半"
    };
    let name = work.post_zh(&signer);
    reminders.push(Reminder {
        post: signer,
        release: release.clone(),
        alone: format!(
            "{}待{name}签批，{word}，请尽快办理。编号{}。",
            release.name, release.id
        ),
        among: word.into(),
    });
    release.prompted(how)
}

/// What has waited longer than it is valid would only mislead, so it is not sent any more.
async fn expire(work: &mut Work<'_>, release: Release) -> Result<Release, VerbError> {
    let valid_until = release.state.publication().and_then(|p| p.valid_until);
    let release = release.expired(work.now)?;
    let at = work.now;
    work.show(&release.id, Standing::Expired { at }).await?;
    let cancelled = work.stop_sending(&release.id, "expired").await?;
    let act = Act::ReleaseExpired {
        item: release.item.clone(),
        valid_until,
        deliveries_cancelled: Some(cancelled).filter(|cancelled| *cancelled > 0),
    };
    work.happened(&release, act);
    Ok(release)
}

fn overdue(
    work: &mut Work<'_>,
    plan: &Plan,
    release: Release,
    by: Option<PostRef>,
    reminders: &mut Vec<Reminder>,
) -> Result<Release, VerbError> {
    let release = release.overdue_reported();
    let act = Act::CountersignatureOverdue {
        item: release.item.clone(),
        waits_for: by.clone(),
    };
    work.happened(&release, act);
    reminders.extend(of_deadline(work, plan, &release, by, "补签逾期")?);
    Ok(release)
}

/// Whoever is next, or wants to hear of what is overdue, is reminded.
fn remind_of_deadline(
    work: &mut Work<'_>,
    plan: &Plan,
    release: Release,
    late: Option<Moment>,
    reminders: &mut Vec<Reminder>,
) -> Result<Release, VerbError> {
    let Some(due) = release.reminder_due(plan, work.now) else {
        return Ok(release);
    };
    let release = release.reminded(due.mark);
    let reminded = act::Reminded {
        item: release.item.clone(),
        percent: due.mark.percent(),
        to: due.to.clone(),
        due_at: release.due_at,
        state: release.state.code().to_owned(),
        late: late.map(Late::since),
    };
    let (act, word) = match due.mark {
        Mark::Overdue => (Act::ReleaseOverdue(reminded), "已超时"),
        Mark::Ninety => (Act::ReleaseReminded(reminded), "时限已过90%"),
        _ => (Act::ReleaseReminded(reminded), "时限已过70%"),
    };
    work.happened(&release, act);
    reminders.extend(of_deadline(work, plan, &release, due.to, word)?);
    Ok(release)
}

fn of_deadline(
    work: &Work<'_>,
    plan: &Plan,
    release: &Release,
    post: Option<PostRef>,
    word: &str,
) -> Result<Option<Reminder>, VerbError> {
    let Some(post) = post else { return Ok(None) };
    let span = |from: Moment, to: Moment| span_zh(Span::seconds((to - from).num_seconds()));
    let left = match release.due_at {
        Some(due) if due > work.now => format!("还剩{}", span(work.now, due)),
        Some(due) => format!("已超{}", span(due, work.now)),
        None => String::new(),
    };
    let item = item_of(plan, release)?;
    let stands = match release.awaits_holding() {
        true => "尚未报告召开时间".to_owned(),
        false => format!("现为{}", release.state.zh()),
    };
    let name = work.post_zh(&post);
    Ok(Some(Reminder {
        post,
        release: release.clone(),
        alone: format!(
            "{}（{}）{word}，{left}，{stands}，请{name}办理。编号{}。",
            release.name,
            item.kind.zh(),
            release.id
        ),
        among: format!("{word}，{left}，{stands}"),
    }))
}
