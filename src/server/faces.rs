//! The faces of one realm: its portal and its API, each on a listener of its own.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{StartError, portal_feed};
use crate::realm::Realm;
use crate::web::api::health::Vitals;
use crate::web::api::{self, ApiState, Rehearsing};
use crate::web::door::{self, Crowd};
use crate::web::portal::serve::{self, Limits, Serving};
use crate::web::portal::{SharedSite, SiteSettings};
use crate::web::receipts::Receipts;

/// What faces are opened with.
pub struct Doors {
    pub portal: SocketAddr,
    pub api: SocketAddr,
    pub site: SiteSettings,
    /// Who may be at each of the two.
    pub readers: Arc<Crowd>,
    pub staff: Arc<Crowd>,
    /// Who looks after the server; nobody looks after a drill.
    pub vitals: Option<Arc<dyn Vitals>>,
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
        let listener = bind(doors.api).map_err(listen("API", doors.api))?;
        let api = listener.local_addr().map_err(listen("API", doors.api))?;
        realm.read_switches().await?;
        let is_drill = doors.site.drill;
        let site_settings = Arc::new(doors.site);
        let site = SharedSite::new(portal_feed::build(&realm, &site_settings).await?);
        let limits = Limits {
            drain: doors.drain,
            ..Limits::default()
        };
        // Nobody outside has anything to say to a drill.
        let receipts = (!is_drill).then(|| Arc::new(Receipts::new(realm.clone())));
        let serving = serve::serve_crowd(
            doors.portal,
            site.clone(),
            &limits,
            doors.readers,
            receipts,
            &stop,
        )
        .map_err(listen("portal", doors.portal))?;
        let router = api::router(ApiState {
            realm: realm.clone(),
            plan_faults: doors.plan_faults,
            draining: stop.clone(),
            rehearsing: doors.rehearsing,
            dry_runs: Arc::default(),
            strangers: Arc::default(),
            counted: Default::default(),
            vitals: doors.vitals,
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(portal_feed::keep(realm, site, site_settings, stop.clone()));
        let ended = stop.clone();
        let drain = doors.drain;
        tasks.spawn(async move {
            let service = TowerToHyperService::new(router);
            if !door::attend(listener, doors.staff, service, drain, &ended).await {
                tracing::warn!("the API stopped before everybody had their answer");
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

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = door::socket(address, Limits::default().unconfirmed)?;
    socket.bind(&address.into())?;
    socket.listen(door::QUEUE)?;
    TcpListener::from_std(socket.into())
}
