//! Receipts find their deliveries: those that were handed in, those that a channel hears itself, those that came too early.

use std::sync::Arc;

use chrono::TimeDelta;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::store_error;
use crate::channel::SharedChannel;
use crate::domain::delivery::Receipt;
use crate::flow::receive;
use crate::realm::{Brought, Realm};
use crate::store::StoreError;

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

/// Writes them in one transaction. What cannot be written is left to whoever brought it, who hears of it.
async fn write_all(realm: &Realm, brought: &mut Vec<Brought>) {
    let written = async {
        let (mut tx, world, now) = realm.begin().await?;
        for one in brought.iter() {
            receive::receive(&mut tx, &world, now, &one.channel, &one.receipts)
                .await
                .map_err(store_error)?;
        }
        realm.commit(tx).await
    };
    match written.await {
        Ok(()) => brought.drain(..).for_each(Brought::is_written),
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

/// Looks again at what came too early.
pub(super) async fn look_again(realm: &Realm) -> Result<(), StoreError> {
    if !realm.store.read().await?.has_early().await? {
        return Ok(());
    }
    let (mut tx, world, now) = realm.begin().await?;
    if receive::look_again(&mut tx, &world, now)
        .await
        .map_err(store_error)?
    {
        realm.commit(tx).await?;
    }
    Ok(())
}
