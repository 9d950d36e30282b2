//! The channels: can each be built, and does its provider answer.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chrono_tz::Tz;
use futures_util::future::join_all;

use crate::channel::EnvSecrets;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::domain::delivery::alarm::MANY;
use crate::domain::plan::PlanSet;
use crate::domain::time::Moment;
use crate::read;
use crate::realm::{Realm, Wired};
use crate::store::Store;

use super::{Findings, Verdict};
use crate::cli::channel::heard;
use crate::cli::when;
use crate::cli::words::{spoken, word};

/// A provider that needs longer to say hello is no help in an emergency.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) async fn look(config: &Config, plans: PlanSet, offline: bool, found: &mut Findings) {
    if plans.channels.is_empty() {
        found.warn(
            "channels",
            word!("doctor.no-channel"),
            word!("doctor.no-channel-next"),
        );
        return;
    }
    let zone = super::zone(Some(&plans));
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
                word!("doctor.unlooked-for", error),
                word!("doctor.see-database"),
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
            word!(
                "doctor.account",
                since = when::stamp(one.since, zone),
                why = one.why
            ),
            word!("doctor.account-next"),
        );
    }
    let channels = realm.channels();
    receipts(&realm, zone, found).await;
    let asked = channels
        .values()
        .map(|wired| ask(wired, realm.is_enabled(&wired.def), offline, realm.now()));
    let asked = join_all(asked).await;
    for (wired, (verdict, detail)) in channels.values().zip(asked) {
        let next = (verdict > Verdict::Idle)
            .then(|| word!("doctor.channel-next", code = wired.def.channel));
        found.add(
            format!("channel {}", wired.def.channel),
            verdict,
            detail,
            next,
        );
    }
    realm.store.close().await;
}

/// The channels that cannot be started as they are defined, by code.
pub(super) async fn unstarted(config: &Config, plans: &PlanSet) -> BTreeSet<String> {
    let Ok(store) = Store::connect("sqlite::memory:").await else {
        return BTreeSet::new();
    };
    let (clock, secrets) = (Arc::new(SystemClock), Arc::new(EnvSecrets));
    let realm = Realm::actual(store, clock, plans.clone(), secrets, &config.server.root);
    let channels = realm.channels();
    realm.store.close().await;
    let unstarted = channels.iter().filter(|(_, wired)| wired.channel.is_err());
    unstarted.map(|(code, _)| code.clone()).collect()
}

/// A gateway that says nothing of what it has taken, or gives it no name by which it could.
async fn receipts(realm: &Realm, zone: Tz, found: &mut Findings) {
    let channels = realm.channels();
    let defs = channels.values().map(|wired| &wired.def);
    let views = match realm.store.read().await {
        Ok(mut tx) => read::channel::receipts(&mut tx, defs).await,
        Err(error) => Err(error),
    };
    // What cannot be read of a database that is not migrated is said elsewhere.
    for (code, view) in views.unwrap_or_default() {
        let check = format!("receipts {code}");
        let detail = heard(code, &view, zone);
        let is_silent = view.awaited >= MANY && view.last_at.is_none();
        if is_silent || (view.awaited > 1 && view.unnamed * 2 > view.awaited) {
            found.warn(check, detail, word!("doctor.receipts-next"));
        } else {
            found.ok(check, detail);
        }
    }
}

async fn ask(wired: &Wired, is_enabled: bool, offline: bool, now: Moment) -> (Verdict, String) {
    if !is_enabled {
        return (Verdict::Idle, word!("doctor.off").into());
    }
    let channel = match &wired.channel {
        Ok(channel) => channel,
        Err(why) => return (Verdict::Fail, spoken(why)),
    };
    if offline {
        return (Verdict::Idle, word!("doctor.offline").into());
    }
    match tokio::time::timeout(PATIENCE, channel.probe(now)).await {
        Ok(Ok(answer)) => (Verdict::Ok, spoken(&answer)),
        Ok(Err(why)) => (Verdict::Fail, spoken(&why)),
        Err(_) => (
            Verdict::Fail,
            word!("doctor.no-answer", seconds = PATIENCE.as_secs()),
        ),
    }
}
