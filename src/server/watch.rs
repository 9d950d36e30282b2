//! Reads plan and channel files again when they change. A broken file never replaces a good one: it is reported, in the
//! log and at `/readyz`, and what was read before stays in use.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;
use chrono::TimeDelta;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::plan;
use crate::plan::diagnostic::Severity;
use crate::realm::Realm;

/// An editor writes a file in several steps; this long after the last of them it is read.
const SETTLE: TimeDelta = TimeDelta::milliseconds(300);

/// Sees changes from the moment it is opened.
pub struct Eye {
    root: PathBuf,
    base_url: Option<String>,
    /// None when this system cannot watch files.
    watching: Option<Watching>,
}

struct Watching {
    changes: mpsc::Receiver<()>,
    // Watching ends when this is dropped.
    _watcher: RecommendedWatcher,
}

impl Eye {
    /// `base_url`, if given, is the portal's address whatever its file says.
    pub fn open(root: PathBuf, base_url: Option<String>) -> Self {
        let (told, changes) = mpsc::channel::<()>(1);
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let reading = event.as_ref().is_ok_and(|event| event.kind.is_access());
            if !reading {
                // A full channel already says that something has changed.
                let _ = told.try_send(());
            }
        });
        let watching = match watcher {
            Ok(mut watcher) => {
                for folder in ["plans", "channels"] {
                    let folder = root.join(folder);
                    if let Err(error) = watcher.watch(&folder, RecursiveMode::Recursive) {
                        tracing::warn!(%error, folder = %folder.display(), "cannot be watched; restart the server after changing it");
                    }
                }
                Some(Watching {
                    changes,
                    _watcher: watcher,
                })
            }
            Err(error) => {
                tracing::warn!(%error, "plan files cannot be watched; restart the server after changing them");
                None
            }
        };
        Self {
            root,
            base_url,
            watching,
        }
    }

    /// Reads again after every change until `stop`.
    pub async fn keep(
        mut self,
        realm: Arc<Realm>,
        faults: Arc<ArcSwap<Vec<String>>>,
        stop: CancellationToken,
    ) {
        let Some(mut watching) = self.watching.take() else {
            return;
        };
        loop {
            tokio::select! {
                changed = watching.changes.recv() => if changed.is_none() { return },
                () = stop.cancelled() => return,
            }
            realm.clock.sleep_until(realm.now() + SETTLE).await;
            while watching.changes.try_recv().is_ok() {}
            read_again(&realm, &self.root, self.base_url.as_deref(), &faults).await;
        }
    }
}

async fn read_again(
    realm: &Realm,
    root: &Path,
    base_url: Option<&str>,
    faults: &ArcSwap<Vec<String>>,
) {
    let today = realm.now().date_naive();
    let root = root.to_owned();
    let Ok(reading) = tokio::task::spawn_blocking(move || plan::read(&root, today)).await else {
        tracing::error!("the plan files could not be read; what was read before stays in use");
        return;
    };
    match reading.set {
        Some(mut set) => {
            if let Some(base_url) = base_url {
                set.set_portal_url(base_url);
            }
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
