//! A running server: one realm with its loops and its faces, an eye on the plan files, and the live drill if there is
//! one. `serve` and `demo` start it; so do the tests that look at it from outside.

mod alone;
mod faces;
mod portal_feed;
mod rehearsals;
mod watch;

pub use alone::{Alone, NotAlone};
pub use rehearsals::{DrillSettings, Rehearsals};

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::id::RealmKind;
use crate::realm::Realm;
use crate::store::StoreError;
use crate::web::api::Rehearsing;
use crate::web::portal::SiteSettings;
use crate::worker;
use faces::{Doors, Faces};

/// What a server is started with.
pub struct Settings {
    pub portal: SocketAddr,
    pub api: SocketAddr,
    pub site: SiteSettings,
    /// The name its leases stand under; the same after a restart.
    pub holder: String,
    /// How long work under way may take after the stop signal.
    pub drain: Duration,
    /// The folder that holds `plans/` and `channels/`, to be read again when they change.
    pub watch: Option<PathBuf>,
    /// The portal's public address, if the configuration and not the channel's file decides it.
    pub base_url: Option<String>,
    /// Where and how live drills are kept; None = this server directs none.
    pub drills: Option<DrillSettings>,
}

/// Why a server did not start; nothing is left running.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the {what} cannot listen on {address}: {error}; is another server running there?")]
    Listen {
        what: &'static str,
        address: SocketAddr,
        error: std::io::Error,
    },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A server that is running. Dropping it leaves it running; [`Running::stop`] ends it.
pub struct Running {
    /// The addresses that were really taken, when port 0 was asked for.
    pub portal: SocketAddr,
    pub api: SocketAddr,
    stop: CancellationToken,
    drain: Duration,
    tasks: JoinSet<()>,
    faces: Faces,
    rehearsals: Option<Arc<Rehearsals>>,
}

/// Starts everything; returns once both listeners are open and the portal shows what the store holds. A live drill that
/// was under way goes on.
///
/// # Errors
/// When an address is taken, the store cannot be read, or holds the world of a drill.
pub async fn start(realm: Arc<Realm>, settings: Settings) -> Result<Running, StartError> {
    realm.store.belong_to(RealmKind::Actual).await?;
    let stop = CancellationToken::new();
    let plan_faults = Arc::new(ArcSwap::default());
    let rehearsals = settings
        .drills
        .map(|drills| Arc::new(Rehearsals::new(drills, realm.clone(), stop.child_token())));
    if let Some(rehearsals) = &rehearsals {
        rehearsals.take_up_soon().await;
    }
    let doors = Doors {
        portal: settings.portal,
        api: settings.api,
        site: settings.site,
        drain: settings.drain,
        plan_faults: plan_faults.clone(),
        rehearsing: rehearsals.clone().map(|all| all as Arc<dyn Rehearsing>),
    };
    let faces = Faces::open(realm.clone(), doors, stop.child_token())
        .await
        // The drill that was being taken up must not outlive a server that never was.
        .inspect_err(|_| stop.cancel())?;
    let mut tasks = JoinSet::new();
    if let Some(root) = settings.watch {
        let eye = watch::Eye::open(root, settings.base_url);
        tasks.spawn(eye.keep(realm.clone(), plan_faults, stop.clone()));
    }
    let holder = settings.holder;
    let ended = stop.clone();
    tasks.spawn(async move { worker::run(realm, &holder, ended).await });
    Ok(Running {
        portal: faces.portal,
        api: faces.api,
        stop,
        drain: settings.drain,
        tasks,
        faces,
        rehearsals,
    })
}

impl Running {
    /// Stops taking work, finishes what is under way within the drain time, and returns whether all of it ended. A live
    /// drill stands still until the next start.
    pub async fn stop(mut self) -> bool {
        self.stop.cancel();
        let ended = tokio::time::timeout(self.drain, async {
            if let Some(rehearsals) = &self.rehearsals {
                rehearsals.stopped().await;
            }
            while self.tasks.join_next().await.is_some() {}
        })
        .await;
        self.faces.close().await && ended.is_ok()
    }
}
