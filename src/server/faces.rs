//! The faces of one realm: its portal and its API, each on a listener of its own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{StartError, portal_feed};
use crate::realm::Realm;
use crate::web::api::{self, ApiState, Rehearsing};
use crate::web::portal::serve::{self, Limits, Serving};
use crate::web::portal::{SharedSite, SiteSettings};

/// What faces are opened with.
pub struct Doors {
    pub portal: SocketAddr,
    pub api: SocketAddr,
    pub site: SiteSettings,
    /// How long an answer under way may take after the stop signal.
    pub drain: Duration,
    /// What the last reading of the plan files found wrong.
    pub plan_faults: Arc<ArcSwap<Vec<String>>>,
    /// Who directs live drills; the API of a drill directs none.
    pub rehearsing: Option<Arc<dyn Rehearsing>>,
}

/// Open faces. Dropping them leaves them open; [`Faces::close`] ends them.
pub struct Faces {
    /// The addresses that were really taken, when port 0 was asked for.
    pub portal: SocketAddr,
    pub api: SocketAddr,
    stop: CancellationToken,
    drain: Duration,
    tasks: JoinSet<()>,
    serving: Serving,
}

impl Faces {
    /// Returns once both listeners are open and the portal shows what the store holds. They close when `stop` says so.
    ///
    /// # Errors
    /// When an address is taken or the store cannot be read; nothing is left open.
    pub async fn open(
        realm: Arc<Realm>,
        doors: Doors,
        stop: CancellationToken,
    ) -> Result<Self, StartError> {
        let listen = |what, address| {
            move |error| StartError::Listen {
                what,
                address,
                error,
            }
        };
        let listener = TcpListener::bind(doors.api)
            .await
            .map_err(listen("API", doors.api))?;
        let api = listener.local_addr().map_err(listen("API", doors.api))?;
        realm.read_switches().await?;
        let site_settings = Arc::new(doors.site);
        let site = SharedSite::new(portal_feed::build(&realm, &site_settings).await?);
        let limits = Limits {
            drain: doors.drain,
            ..Limits::default()
        };
        let serving = serve::serve(doors.portal, site.clone(), &limits, &stop)
            .map_err(listen("portal", doors.portal))?;
        let router = api::router(ApiState {
            realm: realm.clone(),
            plan_faults: doors.plan_faults,
            draining: stop.clone(),
            rehearsing: doors.rehearsing,
            dry_runs: Arc::default(),
            strangers: Arc::default(),
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(portal_feed::keep(realm, site, site_settings, stop.clone()));
        let ended = stop.clone();
        tasks.spawn(async move {
            let served = axum::serve(listener, router)
                .with_graceful_shutdown(ended.cancelled_owned())
                .await;
            if let Err(error) = served {
                tracing::error!(%error, "the API stopped");
            }
        });
        Ok(Self {
            portal: serving.address,
            api,
            stop,
            drain: doors.drain,
            tasks,
            serving,
        })
    }

    /// Stops listening, finishes what is under way within the drain time, and returns whether all of it ended.
    pub async fn close(mut self) -> bool {
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
