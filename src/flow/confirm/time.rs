//! What time does to what waits for a second person: those who may confirm it are told again, and in the end it lapses.

use super::super::{VerbError, World};
use super::closing::{about, decided_entry};
use super::notes::{self, News};
use crate::domain::journal::{Act, ENGINE, Entry};
use crate::domain::rights::{Asked, Decided, Decision};
use crate::domain::time::Moment;
use crate::store::Tx;

/// Does what has fallen due of what waits for a second person: one that nobody has decided in time is closed, and those who may
/// confirm another one are told again that it waits. Returns how many there were.
///
/// # Errors
/// The store's; nothing was done then.
pub async fn due(tx: &mut Tx, world: &World, now: Moment) -> Result<usize, VerbError> {
    // One at a time: who holds several incidents waits for whoever holds them in another order.
    let due = tx.asked_due(now, 1).await?;
    let count = due.len();
    for one in due {
        tx.lock_incident(&one.incident).await?;
        match one.closed(now) {
            Some(_) => lapse(tx, world, now, one).await?,
            None => remind(tx, world, now, one).await?,
        }
    }
    Ok(count)
}

async fn remind(tx: &mut Tx, world: &World, now: Moment, asked: Asked) -> Result<(), VerbError> {
    if !tx.asked_reminded(&asked).await? {
        return Ok(());
    }
    let told_by = notes::tell(tx, world, now, &asked, News::StillOpen).await?;
    if told_by.is_empty() {
        return Ok(());
    }
    let act = Act::SecondPersonReminded {
        id: asked.id.clone(),
        act: asked.wish.act(),
        until: asked.ends_at,
        waits_for: asked.posts.clone(),
        told_by,
    };
    let entry = about(&asked, Entry::new(now, ENGINE, act));
    Ok(tx.append(vec![entry]).await?)
}

pub(super) async fn lapse(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    mut asked: Asked,
) -> Result<(), VerbError> {
    asked.decided = Some(Decided {
        decision: Decision::Lapsed,
        by: ENGINE.into(),
        at: now,
    });
    tx.decide_asked(&asked).await?;
    let entry = decided_entry(now, ENGINE, &asked, Decision::Lapsed, None);
    tx.append(vec![entry]).await?;
    let news = News::Decided(Decision::Lapsed, None);
    notes::tell(tx, world, now, &asked, news).await?;
    Ok(())
}
