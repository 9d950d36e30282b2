//! Looks after a running server: gives its signs of life, sees within seconds that its database is gone, replaced,
//! taken over or full, and stops all work on one that is not its own any more.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use super::budget::Budget;
use super::files;
use crate::clock::{Clock as _, SystemClock};
use crate::domain::ailment::{Ailing, Ailment};
use crate::domain::owner::BEAT;
use crate::store::{Store, StoreError};
use crate::web::api::health::{Files, PATIENCE, Vitals};
use crate::web::door::{Count, Crowd};

/// How often the keeper looks at the database; a change is tried no more often, however many requests ask.
const ROUND: Duration = Duration::from_secs(1);
/// How old a good finding may be that still answers a request.
const FRESH: Duration = Duration::from_millis(1_100);

pub struct Keeper {
    store: Store,
    budget: Budget,
    crowds: Vec<Arc<Crowd>>,
    asked: Notify,
    /// Open files as of the last round: a request must not make the system count them.
    files: Mutex<Option<u64>>,
    found: watch::Sender<Found>,
}

/// What the last look at the database found.
#[derive(Debug, Clone)]
struct Found {
    at: Instant,
    ailing: Option<Ailing>,
}

impl Keeper {
    pub fn new(store: Store, budget: Budget, crowds: Vec<Arc<Crowd>>) -> Self {
        let found = Found {
            at: Instant::now(),
            ailing: None,
        };
        Self {
            store,
            budget,
            crowds,
            asked: Notify::new(),
            files: Mutex::new(files::in_use()),
            found: watch::Sender::new(found),
        }
    }

    /// Looks at the database, again and again, until `stop`.
    pub async fn keep(&self, stop: CancellationToken) {
        // The owner's row must be in the database file itself, so that a copy holds it from the first moment.
        if let Err(error) = self.store.settle().await {
            tracing::debug!(%error, "what was written stays where a copy of the file may lack it");
        }
        let between = BEAT.to_std().unwrap_or(ROUND);
        let mut looked_at: Option<Instant> = None;
        let mut beat_at: Option<Instant> = None;
        while !stop.is_cancelled() {
            let ago = |at: Option<Instant>| at.map_or(Duration::MAX, |at| at.elapsed());
            let asked = tokio::select! {
                () = self.asked.notified(), if ago(beat_at) >= ROUND => true,
                () = wait(ROUND.saturating_sub(ago(looked_at))) => false,
                () = stop.cancelled() => return,
            };
            let beats = asked || ago(beat_at) >= between || self.is_ailing();
            looked_at = Some(Instant::now());
            if beats {
                beat_at = looked_at;
            }
            *self.files.lock().unwrap_or_else(PoisonError::into_inner) = files::in_use();
            let looked = tokio::select! {
                looked = self.look(beats) => looked,
                () = stop.cancelled() => return,
            };
            let is_new = !self.is_ailing();
            self.tell(looked, beats);
            if is_new && self.is_ailing() {
                self.rescue().await;
            }
        }
    }

    /// Saves acknowledged changes that lie in a log whose file was taken away: they would end with this process.
    async fn rescue(&self) {
        match self.store.rescue().await {
            Ok(true) => tracing::warn!(
                "what was written last was taken over into the database; nothing more is written until this server is started again"
            ),
            Ok(false) => {}
            Err(error) => tracing::debug!(%error, "nothing could be taken over into the database"),
        }
    }

    fn is_ailing(&self) -> bool {
        self.found.borrow().ailing.is_some()
    }

    /// Looks at the file, and gives a sign of life if `beats`.
    async fn look(&self, beats: bool) -> Result<(), StoreError> {
        let store = self.store.clone();
        // On a thread of its own: a disk that hangs must not hold up the server.
        let looking = tokio::task::spawn_blocking(move || store.look());
        looking
            .await
            .map_err(|error| StoreError::Unavailable(error.to_string()))??;
        if beats {
            self.store.beat(SystemClock.now()).await?;
        }
        Ok(())
    }

    fn tell(&self, looked: Result<(), StoreError>, beats: bool) {
        let before = self.found.borrow().ailing.clone();
        let ailing = match looked {
            // Only a sign of life that was written shows that the database takes changes again.
            Ok(()) if !beats => return,
            Ok(()) => None,
            Err(error) => Some(Ailing {
                ailment: error.ailment().unwrap_or(Ailment::StoreUnavailable),
                detail: error.to_string(),
            }),
        };
        let was = before.as_ref().map(|ailing| ailing.ailment);
        let is = ailing.as_ref().map(|ailing| ailing.ailment);
        if was != is {
            self.store.bar(
                ailing
                    .as_ref()
                    .filter(|ailing| ailing.ailment.forbids_work())
                    .map(|ailing| ailing.detail.clone()),
            );
            match &ailing {
                Some(ailing) if ailing.ailment.forbids_work() => {
                    tracing::error!(
                        ailment = ailing.ailment.code(),
                        detail = ailing.detail,
                        "this server stops all work: nothing is sent and no change is taken until its database is back; fabu doctor"
                    );
                }
                Some(ailing) => {
                    tracing::error!(
                        ailment = ailing.ailment.code(),
                        detail = ailing.detail,
                        "the database takes no changes; what is due waits"
                    );
                }
                None => tracing::info!("the database takes changes again"),
            }
        }
        self.found.send_replace(Found {
            at: Instant::now(),
            ailing,
        });
    }

    /// Returns once the database may be worked on.
    pub async fn fit(&self) {
        let mut found = self.found.subscribe();
        // The sender is a field of `self`, so waiting for it cannot fail.
        let _ = found.wait_for(|found| !found.forbids_work()).await;
    }

    /// Returns once work on the database must stop.
    pub async fn unfit(&self) {
        let mut found = self.found.subscribe();
        let _ = found.wait_for(Found::forbids_work).await;
    }
}

impl Found {
    fn forbids_work(&self) -> bool {
        self.ailing
            .as_ref()
            .is_some_and(|ailing| ailing.ailment.forbids_work())
    }
}

async fn wait(time: Duration) {
    let _ = tokio::time::timeout(time, std::future::pending::<()>()).await;
}

#[async_trait]
impl Vitals for Keeper {
    async fn ailing(&self) -> Option<Ailing> {
        let mut found = self.found.subscribe();
        {
            let last = found.borrow_and_update();
            if last.at.elapsed() < FRESH && last.ailing.is_none() {
                return None;
            }
        }
        self.asked.notify_one();
        match tokio::time::timeout(PATIENCE, found.changed()).await {
            Ok(_) => found.borrow().ailing.clone(),
            Err(_) => {
                let last = found.borrow().clone();
                // An ailment that was found stands until a later look finds otherwise.
                last.ailing.or(Some(Ailing {
                    ailment: Ailment::StoreSlow,
                    detail: format!(
                        "no change was made durable for {} ms: it does not answer, or is busy with other work",
                        last.at.elapsed().as_millis()
                    ),
                }))
            }
        }
    }

    fn files(&self) -> Files {
        Files {
            limit: self.budget.limit,
            reserve: self.budget.reserve,
            in_use: *self.files.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    fn listeners(&self) -> Vec<(&'static str, Count)> {
        self.crowds
            .iter()
            .map(|crowd| (crowd.name, crowd.count()))
            .collect()
    }
}
