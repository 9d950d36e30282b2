//! Reads plan and channel files again when they change. A broken file never replaces a good one: it is reported, in the
//! log and at `/readyz`, and what was read before stays in use.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;
use chrono::TimeDelta;
use notify::{RecursiveMode, Watcher};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::plan;
use crate::plan::diagnostic::Severity;
use crate::realm::Realm;

/// An editor writes a file in several steps; this long after the last of them it is read.
const SETTLE: TimeDelta = TimeDelta::milliseconds(300);

/// Watches until `stop`.
pub async fn keep(
    realm: Arc<Realm>,
    root: PathBuf,
    faults: Arc<ArcSwap<Vec<String>>>,
    stop: CancellationToken,
) {
    let (told, mut changes) = mpsc::channel::<()>(1);
    let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let reading = event.as_ref().is_ok_and(|event| event.kind.is_access());
        if !reading {
            // A full channel already says that something has changed.
            let _ = told.try_send(());
        }
    });
    let mut watcher = match watcher {
        Ok(watcher) => watcher,
        Err(error) => {
            tracing::warn!(%error, "plan files cannot be watched; restart the server after changing them");
            return;
        }
    };
    for folder in ["plans", "channels"] {
        let folder = root.join(folder);
        if let Err(error) = watcher.watch(&folder, RecursiveMode::Recursive) {
            tracing::warn!(%error, folder = %folder.display(), "cannot be watched; restart the server after changing it");
        }
    }
    loop {
        tokio::select! {
            changed = changes.recv() => if changed.is_none() { return },
            () = stop.cancelled() => return,
        }
        realm.clock.sleep_until(realm.now() + SETTLE).await;
        while changes.try_recv().is_ok() {}
        read_again(&realm, &root, &faults).await;
    }
}

async fn read_again(realm: &Realm, root: &Path, faults: &ArcSwap<Vec<String>>) {
    let today = realm.now().date_naive();
    let root = root.to_owned();
    let Ok(reading) = tokio::task::spawn_blocking(move || plan::read(&root, today)).await else {
        tracing::error!("the plan files could not be read; what was read before stays in use");
        return;
    };
    match reading.set {
        Some(set) => {
            tracing::info!(
                plans = set.plans.len(),
                channels = set.channels.len(),
                "plan files read again"
            );
            realm.replace_plans(set);
            faults.store(Arc::new(Vec::new()));
        }
        None => {
            let lines: Vec<String> = reading
                .diagnostics
                .iter()
                .filter(|d| d.severity == Severity::Error)
                .map(|d| {
                    format!(
                        "{}:{}:{}: {}",
                        d.place.file, d.place.line, d.place.column, d.message
                    )
                })
                .collect();
            tracing::error!(
                errors = lines.len(),
                first = lines.first().map_or("", String::as_str),
                "the changed plan files are broken and were not taken into use; what was read before stays"
            );
            faults.store(Arc::new(lines));
        }
    }
}
