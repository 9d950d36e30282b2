//! A running server: one realm with its loops and its faces, an eye on the plan files, and the live drill if there is
//! one. `serve` and `demo` start it; so do the tests that look at it from outside.

mod alone;
mod budget;
mod faces;
mod files;
mod keeper;
mod portal_feed;
pub mod process;
mod rehearsals;
pub mod twin;
mod watch;

pub use alone::{Alone, NotAlone};
pub use budget::{Budget, TooFew};
pub use files::OpenFiles;
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
use budget::Crowds;
use faces::{Doors, Faces};
use keeper::Keeper;

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
    #[error("{0}: raise its limit (ulimit -n, LimitNOFILE)")]
    Files(#[from] TooFew),
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
    realm.store.open_all().await?;
    let stop = CancellationToken::new();
    let plan_faults = Arc::new(ArcSwap::default());
    let budget = share_out(&realm)?;
    let crowds = Crowds::of(&budget);
    let keeper = Arc::new(Keeper::new(realm.store.clone(), budget, crowds.all()));
    let rehearsals = settings.drills.map(|drills| {
        let rehearsals = Rehearsals::new(drills, realm.clone(), &crowds, stop.child_token());
        Arc::new(rehearsals)
    });
    if let Some(rehearsals) = &rehearsals {
        rehearsals.take_up_soon().await;
    }
    let doors = Doors {
        portal: settings.portal,
        api: settings.api,
        site: settings.site,
        readers: crowds.portal,
        staff: crowds.api,
        vitals: Some(keeper.clone()),
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
    let eye = keeper.clone();
    let ended = stop.clone();
    tasks.spawn(async move { eye.keep(ended).await });
    tasks.spawn(work(realm, settings.holder, keeper, stop.clone()));
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

/// Works while the database is this server's to work on.
async fn work(realm: Arc<Realm>, holder: String, keeper: Arc<Keeper>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        tokio::select! {
            () = keeper.fit() => {}
            () = stop.cancelled() => return,
        }
        let turn = stop.child_token();
        let work = worker::run(realm.clone(), &holder, turn.clone());
        let watch = async {
            keeper.unfit().await;
            turn.cancel();
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = work => {}
            () = watch => {}
        }
    }
}

/// Raises the limit on open files as far as it goes, and shares it out.
fn share_out(realm: &Realm) -> Result<Budget, TooFew> {
    let files = OpenFiles::raise().unwrap_or_else(|error| {
        let files = OpenFiles::limit();
        tracing::warn!(%error, soft = files.soft, hard = files.hard, "the limit on open files could not be raised");
        files
    });
    let channels = realm.channels();
    let sending = channels
        .values()
        .map(|wired| u64::from(wired.def.concurrency))
        .sum();
    let budget = Budget::of(files.soft, sending)?;
    let Budget {
        limit,
        reserve,
        portal,
        api,
        ..
    } = budget;
    if budget.is_tight() {
        tracing::warn!(
            limit,
            reserve,
            portal,
            api,
            "few files may be open, so few may be connected at once: raise the limit (ulimit -n, LimitNOFILE)"
        );
    } else {
        tracing::info!(limit, reserve, portal, api, "open files shared out");
    }
    Ok(budget)
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
