//! The channels: can each be built, and does its provider answer.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;

use crate::channel::EnvSecrets;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::domain::plan::PlanSet;
use crate::domain::time::Moment;
use crate::realm::{Realm, Wired};
use crate::store::Store;

use super::{Findings, Verdict};

/// A provider that needs longer to say hello is no help in an emergency.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) async fn look(config: &Config, plans: PlanSet, offline: bool, found: &mut Findings) {
    if plans.channels.is_empty() {
        found.warn(
            "channels",
            "there are none: nothing can be sent",
            "add channels/<channel>.yaml",
        );
        return;
    }
    // The switches that an operator set are in the database; without one the files decide.
    let url = match config.server.database_file() {
        Some(file) if !file.exists() => "sqlite::memory:".to_owned(),
        _ => config.server.database_url(),
    };
    let store = match Store::connect(&url).await {
        Ok(store) => store,
        Err(error) => {
            found.warn(
                "channels",
                format!("not looked at: {error}"),
                "see the database above",
            );
            return;
        }
    };
    let secrets = Arc::new(EnvSecrets);
    let realm = Realm::actual(
        store,
        Arc::new(SystemClock),
        plans,
        secrets,
        &config.server.root,
    );
    // A database that is not migrated has no switches.
    let _ = realm.read_switches().await;
    let troubles = match realm.store.read().await {
        Ok(mut tx) => tx.open_troubles().await.unwrap_or_default(),
        Err(_) => Vec::new(),
    };
    for one in troubles {
        found.warn(
            format!("trouble {}", one.channel),
            format!(
                "its account is refused since {}: {}",
                one.since.to_rfc3339(),
                one.why
            ),
            "put the account right; what waits is kept and goes on by itself",
        );
    }
    let channels = realm.channels();
    let asked = channels
        .values()
        .map(|wired| ask(wired, realm.is_enabled(&wired.def), offline, realm.now()));
    let asked = join_all(asked).await;
    for (wired, (verdict, detail)) in channels.values().zip(asked) {
        let next = (verdict != Verdict::Ok).then(|| {
            format!(
                "correct channels/{0}.yaml or its secret, or set enabled: false there",
                wired.def.channel
            )
        });
        found.add(
            format!("channel {}", wired.def.channel),
            verdict,
            detail,
            next,
        );
    }
    realm.store.close().await;
}

async fn ask(wired: &Wired, is_enabled: bool, offline: bool, now: Moment) -> (Verdict, String) {
    if !is_enabled {
        return (Verdict::Ok, "switched off".into());
    }
    let channel = match &wired.channel {
        Ok(channel) => channel,
        Err(why) => return (Verdict::Fail, why.clone()),
    };
    if offline {
        return (Verdict::Ok, "not asked (--offline)".into());
    }
    match tokio::time::timeout(PATIENCE, channel.probe(now)).await {
        Ok(Ok(answer)) => (Verdict::Ok, answer),
        Ok(Err(why)) => (Verdict::Fail, why),
        Err(_) => (
            Verdict::Fail,
            format!("no answer within {} s", PATIENCE.as_secs()),
        ),
    }
}
