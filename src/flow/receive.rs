//! Receipts are taken: by the key that went out, or by the provider's own name for a text or a part of it.
//!
//! Never backwards, and twice is once. What comes before its try is written down is kept for ten minutes and looked at again;
//! what is about nothing that was ever sent is counted. What fails late goes to the fallback channel like what fails at once,
//! and the counts of a closed dispatch are put right. Must not know by which wire a receipt came.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use super::{VerbError, World, dispatch};
use crate::domain::delivery::{Named, Receipt, Said, Unmoved, of_key};
use crate::domain::journal::Act;
use crate::domain::time::Moment;
use crate::id::DispatchId;
use crate::store::{Expecting, Part, Received, Tx};

/// How long a receipt that matches nothing is kept.
const KEPT_FOR: TimeDelta = TimeDelta::minutes(10);

/// Early receipts that are looked at again in one transaction.
const BATCH: u32 = 250;

/// What became of some receipts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// They changed something.
    pub moved: usize,
    /// As much was known already.
    pub known: usize,
    /// They match nothing yet.
    pub early: usize,
    /// They are about nothing that was ever sent.
    pub stray: usize,
}

/// Takes what the provider of `channel` says of deliveries.
///
/// # Errors
/// The store's; none of them was taken then.
pub async fn receive(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    channel: &str,
    receipts: &[Receipt],
) -> Result<Taken, VerbError> {
    // What no provider can have called anything would only upset a database.
    let sound: Vec<&Receipt> = receipts.iter().filter(|one| one.is_sound()).collect();
    let (mut taken, early) = sort(tx, world, now, channel, &sound).await?;
    let no_room = tx.keep_early(channel, &early, now).await?;
    taken.early = early.len() - no_room;
    taken.stray += no_room + receipts.len() - sound.len();
    count_strays(tx, channel, &taken).await?;
    Ok(taken)
}

/// Looks again at what came too early, and gives up what has waited for ten minutes. Returns whether there was any.
///
/// # Errors
/// The store's.
pub async fn look_again(tx: &mut Tx, world: &World, now: Moment) -> Result<bool, VerbError> {
    let matchable = tx.matchable_early(BATCH).await?;
    let mut by_channel: BTreeMap<&str, Vec<&Receipt>> = BTreeMap::new();
    for one in &matchable {
        by_channel
            .entry(&one.channel)
            .or_default()
            .push(&one.receipt);
    }
    for (channel, receipts) in by_channel {
        let (taken, early) = sort(tx, world, now, channel, &receipts).await?;
        count_strays(tx, channel, &taken).await?;
        // Another try may have begun just now.
        let is_early = |one: &Receipt| early.iter().any(|(other, _)| *other == one);
        for receipt in receipts.into_iter().filter(|one| !is_early(one)) {
            tx.forget_early(channel, receipt).await?;
        }
    }
    let given_up = tx.give_up_early(now - KEPT_FOR).await?;
    Ok(!matchable.is_empty() || given_up > 0)
}

async fn count_strays(tx: &mut Tx, channel: &str, taken: &Taken) -> Result<(), VerbError> {
    let strays = i64::try_from(taken.stray).unwrap_or(i64::MAX);
    Ok(tx.count_strays(channel, strays).await?)
}

/// With the deliveries that they named.
type TooEarly<'a> = Vec<(&'a Receipt, Option<i64>)>;

/// Takes what can be taken, and returns with it what came too early.
async fn sort<'a>(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    channel: &str,
    receipts: &[&'a Receipt],
) -> Result<(Taken, TooEarly<'a>), VerbError> {
    let ids: Vec<&str> = receipts.iter().filter_map(|one| id_of(one)).collect();
    let mut parts = tx.parts_named(channel, &ids).await?;
    let keyed = receipts.iter().filter_map(|one| delivery_of(one));
    let asked: BTreeSet<i64> = keyed
        .chain(parts.iter().map(|part| part.delivery))
        .collect();
    let asked: Vec<i64> = asked.into_iter().collect();
    let known = tx.expecting(channel, &asked).await?;
    let before: BTreeMap<i64, Expecting> =
        known.into_iter().map(|one| (one.delivery, one)).collect();
    let mut after = before.clone();
    let (mut taken, mut early) = (Taken::default(), Vec::new());
    let mut why: BTreeMap<i64, Option<String>> = BTreeMap::new();
    let mut said_of: BTreeMap<&str, Said> = BTreeMap::new();
    for &receipt in receipts {
        let (delivery, said) = match &receipt.of {
            Named::Key(_) => (delivery_of(receipt), Some(receipt.said)),
            Named::Id(id) => match hear(&mut parts, id, receipt.said) {
                Some((delivery, of_all)) => {
                    said_of
                        .entry(id)
                        .and_modify(|known| *known = (*known).max(receipt.said))
                        .or_insert(receipt.said);
                    (Some(delivery), of_all)
                }
                // The answer that names it may still be on its way.
                None => {
                    early.push((receipt, None));
                    continue;
                }
            },
        };
        let Some(one) = delivery.and_then(|delivery| after.get_mut(&delivery)) else {
            taken.stray += 1;
            continue;
        };
        match said.map(|said| one.status.receive(said, one.tries)) {
            Some(Ok(status)) => {
                one.status = status;
                why.insert(one.delivery, receipt.why.clone());
                taken.moved += 1;
            }
            Some(Err(Unmoved::TooEarly)) => {
                let key = matches!(receipt.of, Named::Key(_)).then_some(one.delivery);
                early.push((receipt, key));
            }
            Some(Err(Unmoved::NeverSent)) => taken.stray += 1,
            // Another part is still to be heard of, or nothing is new.
            Some(Err(Unmoved::Known)) | None => taken.known += 1,
        }
    }
    // A part that was heard of while its delivery was under way is heard of again.
    let too_early: BTreeSet<&str> = early.iter().filter_map(|(one, _)| id_of(one)).collect();
    let heard: Vec<(&str, Said)> = said_of
        .into_iter()
        .filter(|(id, _)| !too_early.contains(id))
        .collect();
    tx.write_parts(channel, &heard).await?;
    let moved: Vec<Received> = after
        .values()
        .filter_map(|one| {
            let from = before.get(&one.delivery)?.status;
            (from != one.status).then(|| Received {
                delivery: one.delivery,
                from,
                to: one.status,
                why: why.get(&one.delivery).cloned().flatten(),
            })
        })
        .collect();
    let written = tx.write_received(&moved, now).await?;
    let moved = moved
        .iter()
        .filter(|one| written.contains(&one.delivery))
        .filter_map(|one| Some((one, before.get(&one.delivery)?)));
    follow(tx, world, now, channel, moved.collect()).await?;
    Ok((taken, early))
}

/// What follows from deliveries that have changed: right counts, and the fallback.
async fn follow(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    channel: &str,
    moved: Vec<(&Received, &Expecting)>,
) -> Result<(), VerbError> {
    let mut tally: BTreeMap<(i64, i64), i64> = BTreeMap::new();
    let mut late: BTreeMap<&DispatchId, BTreeMap<String, i64>> = BTreeMap::new();
    let mut failed: BTreeSet<&DispatchId> = BTreeSet::new();
    for (one, was) in moved {
        if was.is_closed {
            *tally.entry((one.from.code(), one.to.code())).or_default() += 1;
            let counts = late.entry(&was.dispatch).or_default();
            *counts.entry(one.to.name().to_owned()).or_default() += 1;
        }
        if was.is_tried && Said::of_status(one.to).is_some_and(|said| said < Said::Delivered) {
            failed.insert(&was.dispatch);
        }
    }
    tx.move_tally(channel, &tally).await?;
    for (id, deliveries) in late {
        if let Some(of) = tx.dispatch(id).await? {
            dispatch::note(tx, now, &of, |of| Act::ReceiptsLate { deliveries, of }).await?;
        }
    }
    for id in failed {
        if let Some(of) = tx.dispatch(id).await? {
            dispatch::fall_back(tx, world, now, &of).await?;
        }
    }
    Ok(())
}

/// Hears what was said of a part: its delivery, and what that makes of the whole.
fn hear(parts: &mut [Part], id: &str, said: Said) -> Option<(i64, Option<Said>)> {
    let part = parts.iter_mut().find(|part| part.id == id)?;
    part.said = part.said.max(Some(said));
    let delivery = part.delivery;
    let all = parts.iter().filter(|part| part.delivery == delivery);
    Some((delivery, Said::of_parts(all.map(|part| part.said))))
}

fn id_of(receipt: &Receipt) -> Option<&str> {
    match &receipt.of {
        Named::Id(id) => Some(id),
        Named::Key(_) => None,
    }
}

fn delivery_of(receipt: &Receipt) -> Option<i64> {
    match &receipt.of {
        Named::Key(key) => of_key(key).map(|(_, delivery)| delivery),
        Named::Id(_) => None,
    }
}
