//! The loops that keep a realm going: time passes, audiences become deliveries, couriers serve their channels.
//!
//! Each loop does what the tables say, then waits for a signal, for the next due moment, or for a slow poll that
//! catches what another process wrote. A store that fails is asked again; nothing lives in a loop that the tables do
//! not hold.

mod beat;
mod couriers;
mod receipts;

pub use beat::{beat, couriers, next_due, tick};

use std::sync::Arc;

use chrono::TimeDelta;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::domain::time::Moment;
use crate::flow::{VerbError, World, confirm, dispatch, schedule, trouble, turns};
use crate::realm::Realm;
use crate::store::{Agenda, Dialect, StoreError, Tx};

/// Releases handled in one transaction: short enough that an approval waits only milliseconds for its turn.
const BATCH: u32 = 25;
/// Turns that are told of in one transaction.
const TOLD_AT_ONCE: u32 = 500;
/// How long a row that cannot be worked on is left alone.
const SET_ASIDE: TimeDelta = TimeDelta::minutes(10);
/// How long a loop waits after the store has failed.
const AFTER_FAILURE: TimeDelta = TimeDelta::seconds(1);

/// Runs a realm until `stop`; then finishes what is under way and writes every outcome.
pub async fn run(realm: Arc<Realm>, holder: &str, stop: CancellationToken) {
    free_own_leases(&realm, holder, &stop).await;
    let mut loops = JoinSet::new();
    loops.spawn(keep_time(realm.clone(), stop.clone()));
    loops.spawn(keep_dispatching(realm.clone(), stop.clone()));
    let unheard = CancellationToken::new();
    let receipts = tokio::spawn(receipts::keep(realm.clone(), unheard.clone()));
    loops.spawn(couriers::keep(
        realm.clone(),
        holder.to_owned(),
        stop.clone(),
    ));
    while loops.join_next().await.is_some() {}
    // The last to end: the channels may have heard something up to their own end.
    unheard.cancel();
    let _ = receipts.await;
}

/// A process that has just started holds no lease, whatever the table says.
async fn free_own_leases(realm: &Realm, holder: &str, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        let freed = async {
            let mut tx = realm.store.begin().await?;
            // SQLite is served by one process, so every lease in it is a dead one's.
            if tx.dialect() == Dialect::Sqlite {
                tx.free_leases(Moment::MAX_UTC, None, realm.now()).await?;
            } else {
                tx.free_leases(realm.now(), Some(holder), realm.now())
                    .await?;
            }
            tx.commit().await
        };
        match freed.await {
            Ok(()) => return,
            Err(error) => {
                fail(
                    realm,
                    "leases of the last run could not be freed",
                    &error,
                    stop,
                )
                .await
            }
        }
    }
}

async fn fail(realm: &Realm, what: &str, error: &StoreError, stop: &CancellationToken) {
    tracing::error!(%error, "{what}; trying again");
    pause(realm, Some(realm.now() + AFTER_FAILURE), None, stop).await;
}

/// Waits for `until`, a signal, or the end; at most as long as a poll of the tables may take.
async fn pause(
    realm: &Realm,
    until: Option<Moment>,
    signal: Option<&mut watch::Receiver<u64>>,
    stop: &CancellationToken,
) {
    // Another node on PostgreSQL writes without our signal; on SQLite only an operator's command does.
    let poll = match realm.store.dialect() {
        Dialect::Postgres => TimeDelta::seconds(1),
        Dialect::Sqlite => TimeDelta::seconds(5),
    };
    let latest = realm.now() + poll;
    let until = until.map_or(latest, |at| at.min(latest));
    let changed = async {
        match signal {
            Some(signal) => {
                let _ = signal.changed().await;
            }
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = realm.clock.sleep_until(until) => {}
        () = changed => {}
        () = stop.cancelled() => {}
    }
}

/// Does what time does by itself.
async fn keep_time(realm: Arc<Realm>, stop: CancellationToken) {
    let mut signal = realm.listen();
    while !stop.is_cancelled() {
        signal.mark_unchanged();
        let done = match look(&realm).await {
            Ok(agenda) => pass_time(&realm, &agenda).await,
            Err(error) => Err(error),
        };
        match done {
            Ok(0) => {
                let next = match realm.store.read().await {
                    Ok(mut tx) => tx.next_wake().await,
                    Err(error) => Err(error),
                };
                match next {
                    Ok(next) => pause(&realm, next, Some(&mut signal), &stop).await,
                    Err(error) => {
                        let what = "the next due moment could not be read";
                        fail(&realm, what, &error, &stop).await;
                    }
                }
            }
            Ok(_) => {}
            Err(error) => fail(&realm, "due work could not be done", &error, &stop).await,
        }
    }
}

/// What there is to do. A look needs no writer, and mostly there is nothing.
async fn look(realm: &Realm) -> Result<Agenda, StoreError> {
    realm.store.read().await?.agenda(realm.now()).await
}

async fn lapse(realm: &Realm) -> Result<usize, StoreError> {
    let (mut tx, world, now) = realm.begin().await?;
    let lapsed = confirm::due(&mut tx, &world, now)
        .await
        .map_err(store_error)?;
    if lapsed > 0 {
        realm.commit(tx).await?;
    }
    Ok(lapsed)
}

/// What time does, and once nothing more of that is due, who is told that it is their turn: what begins at once is told
/// at once.
async fn due(tx: &mut Tx, world: &World, now: Moment) -> Result<usize, VerbError> {
    match schedule::due(tx, world, now, BATCH).await? {
        0 => turns::tell(tx, world, now, TOLD_AT_ONCE).await,
        done => Ok(done),
    }
}

/// Does one batch of what is due now. Returns how many things were done.
///
/// # Errors
/// The store's. A row that cannot be read is set aside and reported, so that it holds up no other.
async fn pass_time(realm: &Realm, agenda: &Agenda) -> Result<usize, StoreError> {
    let mut done = 0;
    if agenda.time {
        done += do_due(realm).await?;
    }
    // A wish that cannot be read must not stop the time of everything else.
    if agenda.lapse {
        done += match lapse(realm).await {
            Ok(lapsed) => lapsed,
            Err(StoreError::BrokenRow { table, id, what }) => {
                set_aside(realm, table, id, what).await?
            }
            Err(error) => {
                tracing::error!(%error, "what waits for a second person could not be closed in time");
                0
            }
        };
    }
    Ok(done)
}

async fn do_due(realm: &Realm) -> Result<usize, StoreError> {
    let (mut tx, world, now) = realm.begin().await?;
    match due(&mut tx, &world, now).await {
        Ok(0) => Ok(0),
        Ok(done) => {
            realm.commit(tx).await?;
            Ok(done)
        }
        Err(VerbError::Store(StoreError::BrokenRow { table, id, what })) => {
            drop(tx);
            set_aside(realm, table, id, what).await
        }
        Err(VerbError::Store(error)) => Err(error),
        Err(error) => Err(StoreError::Statement(error.to_string())),
    }
}

/// What cannot be worked on is looked at again after a while, in case somebody has mended its row. Where there is nothing to
/// set aside the loop waits before it tries again.
async fn set_aside(
    realm: &Realm,
    table: &'static str,
    id: String,
    what: String,
) -> Result<usize, StoreError> {
    let mut tx = realm.store.begin().await?;
    let was_due = tx.set_aside(table, &id, realm.now() + SET_ASIDE).await?;
    tx.commit().await?;
    if !was_due {
        return Err(StoreError::BrokenRow { table, id, what });
    }
    tracing::error!(table, row = %id, %what, "this cannot be worked on and was set aside for a while; its row is unchanged");
    Ok(1)
}

/// Turns audiences into deliveries, and closes what is done.
async fn keep_dispatching(realm: Arc<Realm>, stop: CancellationToken) {
    let mut signal = realm.listen();
    while !stop.is_cancelled() {
        signal.mark_unchanged();
        match expand_all(&realm, &stop).await {
            // Dispatches close some time after their last delivery; nobody waits for that to the second.
            Ok(()) => {
                pause(
                    &realm,
                    Some(realm.now() + TimeDelta::seconds(2)),
                    Some(&mut signal),
                    &stop,
                )
                .await
            }
            Err(error) => fail(&realm, "a dispatch could not be expanded", &error, &stop).await,
        }
    }
}

async fn expand_all(realm: &Realm, stop: &CancellationToken) -> Result<(), StoreError> {
    free_expired_leases(realm).await?;
    // A look first: most signals are not about dispatches, and a look needs no writer.
    // Texts go out even if nobody can be told of what holds up others.
    if let Err(error) = tell_trouble(realm).await {
        tracing::error!(%error, "trouble with a channel could not be told; trying again");
    }
    loop {
        let agenda = look(realm).await?;
        if !agenda.expansion || stop.is_cancelled() {
            receipts::look_again(realm, &agenda).await?;
            return close_once(realm).await;
        }
        expand_once(realm).await?;
    }
}

/// A lease that ran out belongs to a courier that is gone or stuck; somebody else may have it.
pub async fn free_expired_leases(realm: &Realm) -> Result<(), StoreError> {
    let now = realm.now();
    if realm.store.read().await?.has_expired_leases(now).await? {
        let mut tx = realm.store.begin().await?;
        tx.free_leases(now, None, now).await?;
        realm.commit(tx).await?;
    }
    Ok(())
}

/// Expands the most urgent dispatch by one chunk. Returns false when there was none.
pub async fn expand_once(realm: &Realm) -> Result<bool, StoreError> {
    let (mut tx, world, now) = realm.begin().await?;
    let expanded = dispatch::expand(&mut tx, &world, now, dispatch::CHUNK)
        .await
        .map_err(store_error)?;
    if expanded {
        realm.commit(tx).await?;
    }
    Ok(expanded)
}

/// Tells what the couriers have found out about the channels' accounts.
pub async fn tell_trouble(realm: &Realm) -> Result<(), StoreError> {
    let now = realm.now();
    if realm
        .store
        .read()
        .await?
        .untold_troubles(now)
        .await?
        .is_empty()
    {
        return Ok(());
    }
    let (mut tx, world, now) = realm.begin().await?;
    trouble::tell(&mut tx, &world, now)
        .await
        .map_err(store_error)?;
    realm.commit(tx).await
}

/// Closes the dispatches that have nothing open any more.
pub async fn close_once(realm: &Realm) -> Result<(), StoreError> {
    let mut tx = realm.store.read().await?;
    let is_needed = tx.has_dispatches_to_close(realm.now()).await?;
    drop(tx);
    if !is_needed {
        return Ok(());
    }
    let (mut tx, world, now) = realm.begin().await?;
    let closed = dispatch::close(&mut tx, &world, now)
        .await
        .map_err(store_error)?;
    if closed > 0 {
        realm.commit(tx).await?;
    }
    Ok(())
}

fn store_error(error: VerbError) -> StoreError {
    match error {
        VerbError::Store(error) => error,
        other => StoreError::Statement(other.to_string()),
    }
}
