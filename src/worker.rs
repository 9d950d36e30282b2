//! The loops that keep a realm going: time passes, audiences become deliveries, couriers serve their channels.
//!
//! Each loop does what the tables say, then waits for a signal, for the next due moment, or for a slow poll that
//! catches what another process wrote. A store that fails is asked again; nothing lives in a loop that the tables do
//! not hold.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::domain::channel::ChannelDef;
use crate::domain::time::Moment;
use crate::flow::deliver::{Courier, Pause};
use crate::flow::{VerbError, confirm, dispatch, schedule, trouble};
use crate::realm::{Realm, Wired};
use crate::store::{Dialect, StoreError};

/// Releases handled in one transaction: short enough that an approval waits only milliseconds for its turn.
const BATCH: u32 = 25;
/// How long a loop waits after the store has failed.
const AFTER_FAILURE: TimeDelta = TimeDelta::seconds(1);

/// Runs a realm until `stop`; then finishes what is under way and writes every outcome.
pub async fn run(realm: Arc<Realm>, holder: &str, stop: CancellationToken) {
    free_own_leases(&realm, holder, &stop).await;
    let mut loops = JoinSet::new();
    loops.spawn(keep_time(realm.clone(), stop.clone()));
    loops.spawn(keep_dispatching(realm.clone(), stop.clone()));
    loops.spawn(keep_couriers(
        realm.clone(),
        holder.to_owned(),
        stop.clone(),
    ));
    while loops.join_next().await.is_some() {}
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
        match pass_time(&realm).await {
            Ok(0) => {
                let next = match realm.store.read().await {
                    Ok(mut tx) => tx.next_wake().await,
                    Err(error) => Err(error),
                };
                match next {
                    Ok(next) => pause(&realm, next, Some(&mut signal), &stop).await,
                    Err(error) => {
                        fail(
                            &realm,
                            "the next due moment could not be read",
                            &error,
                            &stop,
                        )
                        .await
                    }
                }
            }
            Ok(_) => {}
            Err(error) => fail(&realm, "due work could not be done", &error, &stop).await,
        }
    }
}

/// Does one batch of what is due now. Returns how many things were done.
///
/// # Errors
/// The store's. A row that cannot be read is set aside and reported, so that it holds up no other.
pub async fn pass_time(realm: &Realm) -> Result<usize, StoreError> {
    let (mut tx, world, now) = realm.begin().await?;
    match schedule::due(&mut tx, &world, now, BATCH).await {
        Ok(done) => {
            let done = done + confirm::lapse(&mut tx, now).await?;
            if done > 0 {
                realm.commit(tx).await?;
            }
            Ok(done)
        }
        Err(VerbError::Store(StoreError::BrokenRow {
            table: "release",
            id,
            what,
        })) => {
            drop(tx);
            tracing::error!(release = %id, %what, "this release cannot be worked on and was set aside; its row is unchanged");
            let mut tx = realm.store.begin().await?;
            tx.park_release(&id).await?;
            tx.commit().await?;
            Ok(1)
        }
        Err(VerbError::Store(error)) => Err(error),
        Err(error) => Err(StoreError::Statement(error.to_string())),
    }
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
    while !stop.is_cancelled() && realm.store.read().await?.has_dispatches_under_way().await? {
        expand_once(realm).await?;
    }
    close_once(realm).await
}

/// A lease that ran out belongs to a courier that is gone or stuck; somebody else may have it.
///
/// # Errors
/// The store's.
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
///
/// # Errors
/// The store's.
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
///
/// # Errors
/// The store's.
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
///
/// # Errors
/// The store's.
pub async fn close_once(realm: &Realm) -> Result<(), StoreError> {
    if !realm.store.read().await?.has_dispatches_to_close().await? {
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

struct Running {
    def: ChannelDef,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

/// Keeps one courier for every channel that may send, and changes them when the definitions change.
async fn keep_couriers(realm: Arc<Realm>, holder: String, stop: CancellationToken) {
    let mut signal = realm.listen();
    let mut running: BTreeMap<String, Running> = BTreeMap::new();
    while !stop.is_cancelled() {
        signal.mark_unchanged();
        if let Err(error) = realm.read_switches().await {
            tracing::error!(%error, "the channel switches could not be read");
        }
        let enabled = realm.enabled();
        let wired = realm.channels();
        let gone: Vec<String> = running
            .iter()
            .filter(|(code, one)| {
                !enabled.contains(*code)
                    || wired.get(*code).is_none_or(|wired| wired.def != one.def)
            })
            .map(|(code, _)| code.clone())
            .collect();
        for code in gone {
            if let Some(one) = running.remove(&code) {
                one.stop.cancel();
                let _ = one.task.await;
            }
        }
        for code in &enabled {
            if running.contains_key(code) {
                continue;
            }
            if let Some(Wired {
                def,
                channel: Ok(channel),
            }) = wired.get(code)
            {
                let stop = stop.child_token();
                let courier = Courier::new(
                    realm.store.clone(),
                    realm.clock.clone(),
                    def.clone(),
                    channel.clone(),
                    &holder,
                );
                let task = tokio::spawn(serve_channel(realm.clone(), courier, stop.clone()));
                running.insert(
                    code.clone(),
                    Running {
                        def: def.clone(),
                        stop,
                        task,
                    },
                );
            }
        }
        pause(&realm, None, Some(&mut signal), &stop).await;
    }
    for (_, one) in running {
        let _ = one.task.await;
    }
}

/// Serves one channel until `stop`.
async fn serve_channel(realm: Arc<Realm>, mut courier: Courier, stop: CancellationToken) {
    let mut signal = realm.listen();
    let mut more = true;
    let mut told = false;
    while !stop.is_cancelled() {
        let wait = match courier.turn(&mut more, &mut told).await {
            Ok(wait) => wait,
            Err(error) => {
                let what = format!("channel {} could not reach the store", courier.code());
                fail(&realm, &what, &error, &stop).await;
                continue;
            }
        };
        if courier.take_news() {
            realm.notify();
        }
        match wait {
            Pause::Until(at) => {
                let latest = realm.now() + TimeDelta::seconds(5);
                let at = at.map_or(latest, |at| at.min(latest));
                tokio::select! {
                    () = realm.clock.sleep_until(at) => more = true,
                    _ = signal.changed() => more = true,
                    () = stop.cancelled() => {}
                }
            }
            Pause::None => {
                let linger = courier.write_at();
                let clock = realm.clock.clone();
                let lingered = async {
                    match linger {
                        Some(at) => clock.sleep_until(at).await,
                        None => std::future::pending().await,
                    }
                };
                tokio::select! {
                    Some(()) = courier.finish_one() => {}
                    () = lingered => {}
                    _ = signal.changed() => told = true,
                    () = stop.cancelled() => {}
                    else => {}
                }
            }
        }
    }
    let code = courier.code().to_owned();
    if let Err(error) = courier.drain().await {
        tracing::error!(%error, channel = %code, "outcomes could not be written at the end; those deliveries are tried again");
    }
}

/// Does everything that is due now, in a realm whose clock stands still: for drills and tests.
///
/// # Errors
/// The store's.
pub async fn tick(realm: &Realm, couriers: &mut [Courier]) -> Result<(), StoreError> {
    while beat(realm, couriers, usize::MAX).await? {}
    Ok(())
}

/// Does one batch of everything that is due, with about `most` tries on each channel. Returns whether there may be more.
///
/// # Errors
/// The store's.
pub async fn beat(
    realm: &Realm,
    couriers: &mut [Courier],
    most: usize,
) -> Result<bool, StoreError> {
    let mut busy = pass_time(realm).await? > 0;
    busy |= expand_once(realm).await?;
    let at_work = realm.store.read().await?.channels_at_work().await?;
    for courier in couriers
        .iter_mut()
        .filter(|one| at_work.contains(one.code()))
    {
        // A look costs a fraction of a sweep, and a channel held back by its rate has nothing to do yet.
        if is_due(realm, courier).await? {
            busy |= courier.sweep(most).await? > 0;
        }
    }
    let news = couriers
        .iter_mut()
        .filter_map(|one| one.take_news().then_some(()));
    if news.count() > 0 {
        tell_trouble(realm).await?;
        busy = true;
    }
    close_once(realm).await?;
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
///
/// # Errors
/// The store's.
pub async fn next_due(realm: &Realm, couriers: &[Courier]) -> Result<Option<Moment>, StoreError> {
    let mut tx = realm.store.read().await?;
    let mut next = tx.next_wake().await?;
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
