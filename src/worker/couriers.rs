//! One courier for every channel that may send, changed when the definitions change.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{fail, pause, receipts};
use crate::channel::SharedChannel;
use crate::domain::channel::ChannelDef;
use crate::flow::deliver::{Courier, Pause};
use crate::realm::{Realm, Wired};

struct Running {
    def: ChannelDef,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

/// Keeps one courier for every channel that may send, and changes them when the definitions change.
pub(super) async fn keep(realm: Arc<Realm>, holder: String, stop: CancellationToken) {
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
                let task = tokio::spawn(serve_channel(
                    realm.clone(),
                    courier,
                    channel.clone(),
                    stop.clone(),
                ));
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

/// Serves one channel until `stop`: sends what waits, and hears what its provider says by the channel's own connection.
async fn serve_channel(
    realm: Arc<Realm>,
    courier: Courier,
    channel: SharedChannel,
    stop: CancellationToken,
) {
    let code = courier.code().to_owned();
    let hears = stop.child_token();
    let listening = tokio::spawn(receipts::listen(
        realm.clone(),
        code,
        channel.clone(),
        hears.clone(),
    ));
    send_for(realm, courier, stop).await;
    // What was taken at the very end may still be answered while the connection is there.
    hears.cancel();
    let _ = listening.await;
    channel.close().await;
}

async fn send_for(realm: Arc<Realm>, mut courier: Courier, stop: CancellationToken) {
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
