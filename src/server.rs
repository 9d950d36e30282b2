//! A running server: one realm with its loops, the portal and the API on listeners of their own, and an eye on the plan
//! files. `serve` and `demo` start it; so do the tests that look at it from outside.

mod alone;
mod portal_feed;
mod watch;

pub use alone::{Alone, NotAlone};

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::realm::Realm;
use crate::store::StoreError;
use crate::web::api::{self, ApiState};
use crate::web::portal::serve::{self, Limits, Serving};
use crate::web::portal::{SharedSite, SiteSettings};
use crate::worker;

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
    serving: Serving,
}

/// Starts everything; returns once both listeners are open and the portal shows what the store holds.
///
/// # Errors
/// When an address is taken or the store cannot be read.
pub async fn start(realm: Arc<Realm>, settings: Settings) -> Result<Running, StartError> {
    let stop = CancellationToken::new();
    let listener = TcpListener::bind(settings.api)
        .await
        .map_err(|error| StartError::Listen {
            what: "API",
            address: settings.api,
            error,
        })?;
    let api = listener.local_addr().map_err(|error| StartError::Listen {
        what: "API",
        address: settings.api,
        error,
    })?;
    realm.read_switches().await?;
    let site_settings = Arc::new(settings.site);
    let site = SharedSite::new(portal_feed::build(&realm, &site_settings).await?);
    let limits = Limits {
        drain: settings.drain,
        ..Limits::default()
    };
    let serving = serve::serve(settings.portal, site.clone(), &limits, &stop).map_err(|error| {
        StartError::Listen {
            what: "portal",
            address: settings.portal,
            error,
        }
    })?;

    let plan_faults = Arc::new(ArcSwap::default());
    let router = api::router(ApiState {
        realm: realm.clone(),
        plan_faults: plan_faults.clone(),
        draining: stop.clone(),
    });
    let mut tasks = JoinSet::new();
    tasks.spawn(portal_feed::keep(
        realm.clone(),
        site,
        site_settings,
        stop.clone(),
    ));
    if let Some(root) = settings.watch {
        let eye = watch::Eye::open(root, settings.base_url);
        tasks.spawn(eye.keep(realm.clone(), plan_faults, stop.clone()));
    }
    let ended = stop.clone();
    tasks.spawn(async move {
        let served = axum::serve(listener, router)
            .with_graceful_shutdown(ended.cancelled_owned())
            .await;
        if let Err(error) = served {
            tracing::error!(%error, "the API stopped");
        }
    });
    let holder = settings.holder;
    let ended = stop.clone();
    tasks.spawn(async move { worker::run(realm, &holder, ended).await });
    Ok(Running {
        portal: serving.address,
        api,
        stop,
        drain: settings.drain,
        tasks,
        serving,
    })
}

impl Running {
    /// Stops taking work, finishes what is under way within the drain time, and returns whether all of it ended.
    pub async fn stop(mut self) -> bool {
        self.stop.cancel();
        let ended = tokio::time::timeout(self.drain, async {
            while self.tasks.join_next().await.is_some() {}
        })
        .await;
        let serving = self.serving;
        let drained = tokio::task::spawn_blocking(move || serving.join()).await;
        ended.is_ok() && drained.is_ok()
    }
}
