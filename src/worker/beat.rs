//! Everything that is due, done at once in a realm whose clock stands still: for drills and tests.

use std::collections::BTreeSet;

use super::{close_once, expand_once, look, pass_time, receipts, tell_trouble};
use crate::domain::time::Moment;
use crate::flow::deliver::Courier;
use crate::flow::{alarm, receive};
use crate::realm::Realm;
use crate::store::StoreError;

/// Does everything that is due now, in a realm whose clock stands still: for drills and tests.
pub async fn tick(realm: &Realm, couriers: &mut [Courier]) -> Result<(), StoreError> {
    while beat(realm, couriers, usize::MAX).await? {}
    Ok(())
}

/// Does one batch of everything that is due, with about `most` tries on each channel. Returns whether there may be more.
pub async fn beat(
    realm: &Realm,
    couriers: &mut [Courier],
    most: usize,
) -> Result<bool, StoreError> {
    let mut busy = false;
    let mut agenda = look(realm).await?;
    if agenda.time || agenda.lapse {
        busy |= pass_time(realm, &agenda).await? > 0;
        agenda = look(realm).await?;
    }
    if agenda.expansion {
        busy |= expand_once(realm).await?;
    }
    let at_work = match agenda.open {
        true => realm.store.read().await?.channels_at_work().await?,
        false => BTreeSet::new(),
    };
    for courier in couriers
        .iter_mut()
        .filter(|one| at_work.contains(one.code()))
    {
        // A look costs a fraction of a sweep, and a channel held back by its rate has nothing to do yet.
        if is_due(realm, courier).await? {
            busy |= courier.sweep(most).await? > 0;
        }
        let receipts = courier.receipts().await;
        busy |= !receipts.is_empty();
        receipts::write(realm, courier.code(), &receipts).await?;
    }
    let news = couriers
        .iter_mut()
        .filter_map(|one| one.take_news().then_some(()));
    if news.count() > 0 {
        tell_trouble(realm).await?;
        busy = true;
    }
    receipts::look_again(realm, &agenda).await?;
    if agenda.open {
        close_once(realm).await?;
    }
    Ok(busy)
}

async fn is_due(realm: &Realm, courier: &Courier) -> Result<bool, StoreError> {
    let now = realm.now();
    let next = realm
        .store
        .read()
        .await?
        .next_delivery(courier.code())
        .await?;
    Ok(next.is_some_and(|at| at <= now) && courier.held_until().is_none_or(|at| at <= now))
}

/// The next moment at which [`tick`] would have something to do; None = never, unless somebody acts.
pub async fn next_due(realm: &Realm, couriers: &[Courier]) -> Result<Option<Moment>, StoreError> {
    let mut tx = realm.store.read().await?;
    let (late, losing) = tx.waits_to_be_told().await?;
    let mut next = [
        tx.next_wake().await?,
        tx.next_receipt_due().await?,
        late.map(|since| since + receive::NOTED_AFTER),
        losing.map(|since| since + alarm::GATHERED),
    ]
    .into_iter()
    .flatten()
    .min();
    let at_work = tx.channels_at_work().await?;
    for courier in couriers.iter().filter(|one| at_work.contains(one.code())) {
        if let Some(at) = tx.next_delivery(courier.code()).await? {
            let at = courier.held_until().map_or(at, |held| at.max(held));
            next = Some(next.map_or(at, |known| known.min(at)));
        }
    }
    Ok(next)
}

/// A courier for every channel of a realm that can be served.
pub fn couriers(realm: &Realm, holder: &str) -> Vec<Courier> {
    realm
        .channels()
        .values()
        .filter_map(|wired| {
            let channel = wired.channel.as_ref().ok()?.clone();
            Some(Courier::new(
                realm.store.clone(),
                realm.clock.clone(),
                wired.def.clone(),
                channel,
                holder,
            ))
        })
        .collect()
}
