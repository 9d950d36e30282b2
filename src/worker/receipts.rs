//! Receipts find their deliveries: those that were handed in, those that a channel hears itself, those that came too early.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::TimeDelta;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::store_error;
use crate::channel::SharedChannel;
use crate::domain::delivery::Receipt;
use crate::flow::{alarm, receive};
use crate::realm::{Brought, Realm};
use crate::store::{Agenda, Heard, StoreError};

/// How many that were handed in are written together.
const TOGETHER: usize = 250;

/// How long receipts that could not be handed in are held back.
const AGAIN: TimeDelta = TimeDelta::seconds(1);

/// Writes what is handed in until `stop`.
pub(super) async fn keep(realm: Arc<Realm>, stop: CancellationToken) {
    let Some(mut receiver) = realm.inbox.attend() else {
        tracing::error!("two workers run in one realm: this one takes no receipts");
        return;
    };
    let mut brought = Vec::with_capacity(TOGETHER);
    loop {
        tokio::select! {
            biased;
            _ = receiver.recv_many(&mut brought, TOGETHER) => {}
            () = stop.cancelled() => break,
        }
        write_all(&realm, &mut brought).await;
    }
    // Whoever brought these before the end is answered.
    while let Ok(one) = mpsc::Receiver::try_recv(&mut receiver) {
        brought.push(one);
    }
    write_all(&realm, &mut brought).await;
    realm.inbox.leave(receiver);
}

/// Writes them in one transaction, those of a channel together. What cannot be written is left to whoever brought it, who
/// hears of it.
async fn write_all(realm: &Realm, brought: &mut Vec<Brought>) {
    let mut by_channel: BTreeMap<String, Vec<Receipt>> = BTreeMap::new();
    for one in brought.iter_mut() {
        let receipts = by_channel.entry(one.channel.clone()).or_default();
        receipts.append(&mut one.receipts);
    }
    let mut full = BTreeSet::new();
    let written = async {
        let (mut tx, world, now) = realm.begin().await?;
        for (channel, receipts) in &by_channel {
            let taken = receive::receive(&mut tx, &world, now, channel, receipts)
                .await
                .map_err(store_error)?;
            if taken.no_room > 0 {
                full.insert(channel);
            }
        }
        realm.commit(tx).await
    };
    match written.await {
        Ok(()) => {
            // Twice is once, so all of a channel that has no room may come again.
            let written = brought.drain(..).filter(|one| !full.contains(&one.channel));
            written.for_each(Brought::is_written);
        }
        Err(error) => {
            tracing::error!(%error, "receipts could not be written; whoever brought them is asked to bring them again");
            brought.clear();
        }
    }
}

/// Hears what a provider says by the channel's own connection, and hands it in.
pub(super) async fn listen(
    realm: Arc<Realm>,
    code: String,
    channel: SharedChannel,
    stop: CancellationToken,
) {
    loop {
        let receipts = tokio::select! {
            biased;
            receipts = channel.next_receipts() => receipts,
            () = stop.cancelled() => return,
        };
        while realm.inbox.hand_in(&code, receipts.clone()).await.is_err() {
            tokio::select! {
                () = realm.clock.sleep_until(realm.now() + AGAIN) => {}
                () = stop.cancelled() => {
                    tracing::error!(channel = %code, receipts = receipts.len(), "receipts are lost: they could not be written before the end");
                    return;
                }
            }
        }
    }
}

/// Writes receipts at once.
///
/// # Errors
/// The store's; none is written then.
pub(super) async fn write(
    realm: &Realm,
    channel: &str,
    receipts: &[Receipt],
) -> Result<(), StoreError> {
    if receipts.is_empty() {
        return Ok(());
    }
    let (mut tx, world, now) = realm.begin().await?;
    receive::receive(&mut tx, &world, now, channel, receipts)
        .await
        .map_err(store_error)?;
    realm.commit(tx).await
}

/// Looks again at what came too early, and tells what is to be told of receipts and losses.
pub(super) async fn look_again(realm: &Realm, agenda: &Agenda) -> Result<(), StoreError> {
    let passed_over = realm.inbox.take_passed_over();
    let may_have = agenda.open || agenda.news;
    if passed_over.is_empty() && !(may_have && has_work(realm).await?) {
        return Ok(());
    }
    let (mut tx, world, now) = realm.begin().await?;
    for (channel, ignored) in passed_over {
        tracing::info!(%channel, ignored, "receipts came that say nothing that the channel's file knows");
        let heard = Heard {
            ignored,
            ..Heard::default()
        };
        tx.add_heard(&channel, heard).await?;
    }
    receive::look_again(&mut tx, &world, now)
        .await
        .map_err(store_error)?;
    alarm::tell(&mut tx, &world, now)
        .await
        .map_err(store_error)?;
    realm.commit(tx).await
}

async fn has_work(realm: &Realm) -> Result<bool, StoreError> {
    let mut tx = realm.store.read().await?;
    let (world, now) = (realm.world(), realm.now());
    let (late, _) = tx.waits_to_be_told().await?;
    Ok(tx.has_ripe_early(now - receive::KEPT_FOR).await?
        || late.is_some_and(|since| since + receive::NOTED_AFTER <= now)
        || alarm::has_news(&mut tx, &world, now)
            .await
            .map_err(store_error)?)
}
