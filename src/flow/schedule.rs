//! What time does by itself: releases open, reminders fall due, turns pass on, rhythms beat, texts expire.
//!
//! Everything here is found by a due moment in a table, so a restart forgets nothing; what fell due while nobody was
//! looking is done at once and marked late.

use super::{VerbError, World, entry, item_of};
use crate::domain::body::PostRef;
use crate::domain::journal::act::Reminded;
use crate::domain::journal::{Act, ENGINE, Entry};
use crate::domain::plan::Plan;
use crate::domain::portal::Standing;
use crate::domain::release::{Release, ReleaseState, Reminder, Review};
use crate::domain::time::{Moment, span_zh};
use crate::store::{Series, Tx};

/// How late a due moment may be noticed without being called late.
const PUNCTUAL_SECONDS: i64 = 60;

/// Does what has fallen due by `now`, at most `limit` things of a kind. Returns how many; call again until none is left.
///
/// # Errors
/// The store's; nothing of this call has happened then.
pub async fn due(tx: &mut Tx, world: &World, now: Moment, limit: u32) -> Result<usize, VerbError> {
    let mut entries = Vec::new();
    let series = tx.series_due(now, limit).await?;
    for series in &series {
        beat(tx, world, now, series, &mut entries).await?;
    }
    let releases = tx.releases_to_wake(now, limit).await?;
    let count = series.len() + releases.len();
    for release in releases {
        wake(tx, world, now, release, &mut entries).await?;
    }
    tx.append(entries).await?;
    Ok(count)
}

/// The next occurrence of a series comes; the one that is still open is missed.
async fn beat(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    series: &Series,
    entries: &mut Vec<Entry>,
) -> Result<(), VerbError> {
    let incident = super::incident(tx, &series.incident).await?;
    let plan = world.pinned(tx, &series.plan_hash).await?;
    let item = series
        .level
        .and_then(|level| plan.item(level, &series.item));
    let (Some(item), true) = (item, incident.is_active()) else {
        tx.stop_series(&series.incident, &series.plan, &series.item)
            .await?;
        return Ok(());
    };
    let open = tx
        .releases_of_item(&incident.id, &series.plan, &series.item)
        .await?
        .into_iter()
        .find(|r| r.occurrence == series.occurrence && r.state.is_open());
    if let Some(mut missed) = open {
        // A text with all but its last signature still counts as missed: the next one takes its place.
        missed.state = ReleaseState::Missed { at: now };
        tx.update_release(&mut missed).await?;
        let act = Act::ReleaseMissed {
            item: missed.item.clone(),
            occurrence: missed.occurrence,
            due_at: missed.due_at,
        };
        entries.push(entry(now, ENGINE, &missed, act));
    }
    let came_at = series.next_at.unwrap_or(now);
    // `next_occurrence` looks strictly after the moment it is given, and this occurrence is the one at `came_at`.
    let just_before = came_at - chrono::TimeDelta::milliseconds(1);
    let pinned = super::plan::Pinned {
        plan: &plan,
        hash: &series.plan_hash,
    };
    let last_at = match item.repeat {
        Some(crate::domain::deadline::Repeat::Cron(_)) => just_before,
        _ => now,
    };
    super::plan::plan_next(
        tx, world, now, &incident, pinned, item, series, last_at, entries,
    )
    .await?;
    Ok(())
}

async fn wake(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    mut release: Release,
    entries: &mut Vec<Entry>,
) -> Result<(), VerbError> {
    let due = release.wake_at;
    let late = due.is_some_and(|due| (now - due).num_seconds() > PUNCTUAL_SECONDS);
    let plan = world.pinned(tx, &release.plan_hash).await?;
    if matches!(release.state, ReleaseState::Planned) && release.opened_at <= now {
        let incident = super::incident(tx, &release.incident).await?;
        super::draft::open(tx, world, now, &incident, &mut release, entries).await?;
        if late {
            mark_late(entries, due);
        }
    }
    match release.state.clone() {
        ReleaseState::InReview(review) => pass_turn(&plan, now, &mut release, review, entries),
        ReleaseState::Published(publication)
            if publication.valid_until.is_some_and(|until| until <= now) =>
        {
            let was_due = publication.valid_until;
            release.state = ReleaseState::Expired {
                at: now,
                was: publication,
            };
            super::publish::set_standing(tx, now, &release, Standing::Expired { at: now }).await?;
            // What has waited longer than it is valid would only mislead.
            let mut cancelled = 0;
            for dispatch in tx.dispatches_of(&release.id).await? {
                cancelled += tx.stop_dispatch(&dispatch.id, now, "expired").await?;
            }
            let act = Act::ReleaseExpired {
                item: release.item.clone(),
                valid_until: was_due,
                deliveries_cancelled: Some(cancelled).filter(|cancelled| *cancelled > 0),
            };
            entries.push(entry(now, ENGINE, &release, act));
        }
        state => {
            let publication = state.publication().cloned();
            if let Some(publication) = publication
                && let Some(owed) = publication
                    .countersign
                    .clone()
                    .filter(|c| !c.is_complete() && !c.overdue_reported && c.due_at <= now)
            {
                let post = owed.signer().map(|s| s.post.clone());
                let mut publication = publication;
                publication.countersign = Some(crate::domain::bulletin::Countersign {
                    overdue_reported: true,
                    ..owed
                });
                release.state.set_publication(publication);
                let act = Act::CountersignatureOverdue {
                    item: release.item.clone(),
                    waits_for: post.clone(),
                };
                entries.push(entry(now, ENGINE, &release, act));
                remind(
                    tx,
                    world,
                    now,
                    &plan,
                    &release,
                    post.as_ref(),
                    "补签逾期",
                    entries,
                )
                .await?;
            }
        }
    }
    remind_of_deadline(tx, world, now, &plan, &mut release, late, entries).await?;
    tx.update_release(&mut release).await?;
    Ok(())
}

fn mark_late(entries: &mut [Entry], due: Option<Moment>) {
    if let Some(entry) = entries.last_mut() {
        entry.act.found_late(due);
    }
}

/// A silent signer's turn passes to the deputy, who may then sign as well.
fn pass_turn(
    plan: &Plan,
    now: Moment,
    release: &mut Release,
    review: Review,
    entries: &mut Vec<Entry>,
) {
    let Some(signer) = review.signer() else {
        return;
    };
    let (Some(deputy), false) = (signer.deputy.clone(), review.passed_to_deputy) else {
        return;
    };
    if signer.sign_within.after(review.turn_since) > now {
        return;
    }
    let act = Act::TurnPassed {
        item: release.item.clone(),
        plan: plan.plan.clone(),
        from: signer.post.clone(),
        to: deputy,
    };
    release.state = ReleaseState::InReview(Review {
        passed_to_deputy: true,
        ..review
    });
    entries.push(entry(now, ENGINE, release, act));
}

/// 70 % and 90 % of the time are for whoever is next, 100 % is for the duty leader.
async fn remind_of_deadline(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    plan: &Plan,
    release: &mut Release,
    late: bool,
    entries: &mut Vec<Entry>,
) -> Result<(), VerbError> {
    if !release.state.is_open() {
        return Ok(());
    }
    let reached = [
        (Reminder::Overdue, release.due_at),
        (Reminder::Ninety, release.mark_at(90)),
        (Reminder::Seventy, release.mark_at(70)),
    ]
    .into_iter()
    .find(|(_, at)| at.is_some_and(|at| at <= now))
    .map(|(reminder, _)| reminder);
    let Some(reached) = reached.filter(|reached| *reached > release.reminded) else {
        return Ok(());
    };
    release.reminded = reached;
    let next = release.next_post(plan);
    let (percent, to, word) = match reached {
        Reminder::Overdue => (100, duty_leader(plan).or(next), "已超时"),
        Reminder::Ninety => (90, next, "时限已过90%"),
        _ => (70, next, "时限已过70%"),
    };
    let reminded = Reminded {
        item: release.item.clone(),
        percent,
        to: to.clone(),
        due_at: release.due_at,
        state: release.state.code().to_owned(),
        late: None,
    };
    let act = match reached {
        Reminder::Overdue => Act::ReleaseOverdue(reminded),
        _ => Act::ReleaseReminded(reminded),
    };
    entries.push(entry(now, ENGINE, release, act));
    if late {
        mark_late(entries, release.wake_at);
    }
    remind(tx, world, now, plan, release, to.as_ref(), word, entries).await
}

fn duty_leader(plan: &Plan) -> Option<PostRef> {
    plan.body
        .posts
        .iter()
        .find(|post| post.post == "duty-leader")
        .map(|post| PostRef {
            body: plan.body.body.clone(),
            post: post.post.clone(),
        })
}

/// Writes a reminder to the outbox of every channel that carries reminders.
#[expect(
    clippy::too_many_arguments,
    reason = "one reminder, about one release, to one post, at one moment"
)]
async fn remind(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    plan: &Plan,
    release: &Release,
    post: Option<&PostRef>,
    word: &str,
    entries: &mut Vec<Entry>,
) -> Result<(), VerbError> {
    let Some(post) = post else { return Ok(()) };
    let left = match release.due_at {
        Some(due) if due > now => {
            let left = crate::domain::time::Span::seconds((due - now).num_seconds());
            format!("还剩{}", span_zh(left))
        }
        Some(due) => {
            let over = crate::domain::time::Span::seconds((now - due).num_seconds());
            format!("已超{}", span_zh(over))
        }
        None => String::new(),
    };
    let item = item_of(plan, release)?;
    let text = format!(
        "{}（{}）{word}，{left}，现为{}，请{post}办理。编号{}。",
        release.name,
        item.kind.zh(),
        release.state.zh(),
        release.id
    );
    if let Err(fault) = super::dispatch::send_reminder(tx, world, now, release, post, &text).await?
    {
        entries.push(entry(
            now,
            ENGINE,
            release,
            Act::ReminderNotSent { why: fault },
        ));
    }
    Ok(())
}
