//! Receipts are taken: by the key that went out, or by the provider's own name for a text or a part of it.
//!
//! Never backwards, and twice is once. What comes before its try is written down is kept for ten minutes and looked at again;
//! what is about nothing that was ever sent is counted. What fails late goes to the fallback channel like what fails at once,
//! and the counts of a closed dispatch are put right; the journal has that once a minute. Must not know by which wire a receipt
//! came.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::TimeDelta;

use super::{VerbError, World, dispatch};
use crate::domain::delivery::{DeliveryStatus, Named, Receipt, Said, Unmoved, of_key};
use crate::domain::journal::Act;
use crate::domain::time::Moment;
use crate::id::DispatchId;
use crate::store::{Expecting, Heard, Part, Received, Tx};

/// How long a receipt that matches nothing is kept.
pub const KEPT_FOR: TimeDelta = TimeDelta::minutes(10);

/// How long what late receipts have done comes together before the journal has it.
pub const NOTED_AFTER: TimeDelta = TimeDelta::minutes(1);

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
    /// They match nothing yet, and there is no room to keep them: to be brought again.
    pub no_room: usize,
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
    taken.no_room = tx.keep_early(channel, &early, now).await?;
    taken.early = early.len() - taken.no_room;
    taken.stray += receipts.len() - sound.len();
    count(tx, channel, &taken, now).await?;
    Ok(taken)
}

/// Looks again at what came too early, gives up what has waited for ten minutes, and journals what late receipts have done.
pub async fn look_again(tx: &mut Tx, world: &World, now: Moment) -> Result<(), VerbError> {
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
        count(tx, channel, &taken, now).await?;
        // Another try may have begun just now.
        let is_early = |one: &Receipt| early.iter().any(|(other, _)| *other == one);
        for receipt in receipts.into_iter().filter(|one| !is_early(one)) {
            tx.forget_early(channel, receipt).await?;
        }
    }
    tx.give_up_early(now - KEPT_FOR).await?;
    for (id, deliveries) in tx.take_late(now - NOTED_AFTER).await? {
        if let Some(of) = tx.dispatch(&id).await? {
            dispatch::note(tx, now, &of, |of| Act::ReceiptsLate { deliveries, of }).await?;
        }
    }
    Ok(())
}

async fn count(tx: &mut Tx, channel: &str, taken: &Taken, now: Moment) -> Result<(), VerbError> {
    let heard = Heard {
        strays: i64::try_from(taken.stray).unwrap_or(i64::MAX),
        heard_at: (taken.moved + taken.known > 0).then_some(now),
        ..Heard::default()
    };
    Ok(tx.add_heard(channel, heard).await?)
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
    let mut parts = Parts::new(tx.parts_named(channel, &ids).await?);
    let keyed = receipts.iter().filter_map(|one| named(one));
    let keyed = keyed.map(|(_, delivery)| delivery);
    let asked: BTreeSet<i64> = keyed.chain(parts.of.keys().copied()).collect();
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
            // Both halves of a key must be right, or anybody could count through the numbers.
            Named::Key(_) => {
                let is_right = |(of, delivery): &(DispatchId, i64)| {
                    (after.get(delivery)).is_some_and(|one| one.dispatch == *of)
                };
                let found = named(receipt).filter(is_right);
                (found.map(|(_, delivery)| delivery), Some(receipt.said))
            }
            Named::Id(id) => match parts.hear(id, receipt.said) {
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
    let mut late: BTreeMap<(&DispatchId, DeliveryStatus), i64> = BTreeMap::new();
    let mut failed: BTreeMap<&DispatchId, Vec<i64>> = BTreeMap::new();
    for (one, was) in moved {
        if was.is_closed {
            *tally.entry((one.from.code(), one.to.code())).or_default() += 1;
            *late.entry((&was.dispatch, one.to)).or_default() += 1;
        }
        if was.is_tried && Said::of_status(one.to).is_some_and(|said| said < Said::Delivered) {
            failed.entry(&was.dispatch).or_default().push(one.delivery);
        }
    }
    tx.move_tally(channel, &tally).await?;
    for ((id, status), deliveries) in late {
        tx.add_late(id, status, deliveries, now).await?;
    }
    for (id, these) in failed {
        if let Some(of) = tx.dispatch(id).await? {
            dispatch::fall_back(tx, world, now, &of, Some(&these)).await?;
        }
    }
    Ok(())
}

/// What is known of the parts of some deliveries.
struct Parts {
    /// By the provider's name: whose part it is, and which of that.
    names: HashMap<String, (i64, usize)>,
    of: BTreeMap<i64, Vec<Option<Said>>>,
}

impl Parts {
    fn new(parts: Vec<Part>) -> Self {
        let (mut names, mut of) = (HashMap::new(), BTreeMap::<_, Vec<_>>::new());
        for part in parts {
            let known = of.entry(part.delivery).or_default();
            names.insert(part.id, (part.delivery, known.len()));
            known.push(part.said);
        }
        Self { names, of }
    }

    /// Hears what was said of a part: its delivery, and what that makes of the whole.
    fn hear(&mut self, id: &str, said: Said) -> Option<(i64, Option<Said>)> {
        let (delivery, part) = *self.names.get(id)?;
        let parts = self.of.get_mut(&delivery)?;
        let known = parts.get_mut(part)?;
        *known = (*known).max(Some(said));
        Some((delivery, Said::of_parts(parts.iter().copied())))
    }
}

fn id_of(receipt: &Receipt) -> Option<&str> {
    match &receipt.of {
        Named::Id(id) => Some(id),
        Named::Key(_) => None,
    }
}

fn named(receipt: &Receipt) -> Option<(DispatchId, i64)> {
    match &receipt.of {
        Named::Key(key) => of_key(key),
        Named::Id(_) => None,
    }
}
