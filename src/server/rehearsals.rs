//! The live drill of a server: one at a time, with a portal and an API of its own beside the actual ones.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::{ArcSwap, ArcSwapOption};
use async_trait::async_trait;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use super::budget::Crowds;
use super::faces::{Doors, Faces};
use crate::clock::{Clock, SystemClock};
use crate::domain::approval::Actor;
use crate::domain::journal::{Act, ENGINE, Entry};
use crate::domain::phrase::{Phrase, phrase};
use crate::drill::live::{
    Asked, Folder, Keep, Live, Order, OrderError, Reports, SPEEDS, StartError, State,
};
use crate::drill::people;
use crate::drill::report;
use crate::drill::scenario::Scenario;
use crate::realm::Realm;
use crate::store::Result;
use crate::web::api::{Rehearsal, Rehearsing, Started, Wish};
use crate::web::door::Crowd;
use crate::web::portal::SiteSettings;

/// Where live drills are kept, and where theirs are found.
pub struct DrillSettings {
    /// Holds one folder for each live drill.
    pub folder: PathBuf,
    /// The folder that holds `plans/`, `channels/` and `drills/`.
    pub root: PathBuf,
    pub portal: SocketAddr,
    pub api: SocketAddr,
    /// What the portal of a drill says about itself; its address is filled in.
    pub site: SiteSettings,
    pub drain: Duration,
}

pub struct Rehearsals {
    settings: DrillSettings,
    actual: Arc<Realm>,
    readers: Arc<Crowd>,
    staff: Arc<Crowd>,
    stop: CancellationToken,
    /// Held by the watch over the drill that runs.
    running: Arc<Mutex<()>>,
    /// Held while a drill is started or taken up: whoever asks for it then waits.
    starting: Arc<Mutex<()>>,
    now: Arc<ArcSwapOption<Rehearsal>>,
}

impl Rehearsals {
    pub(super) fn new(
        settings: DrillSettings,
        actual: Arc<Realm>,
        crowds: &Crowds,
        stop: CancellationToken,
    ) -> Self {
        Self {
            settings,
            actual,
            readers: crowds.drill_portal.clone(),
            staff: crowds.drill_api.clone(),
            stop,
            running: Arc::default(),
            starting: Arc::default(),
            now: Arc::default(),
        }
    }

    /// Goes on with the drill that was under way when the last server stopped. The actual world does not wait for it;
    /// whoever asks for the drill does, from now on.
    pub async fn take_up_soon(self: &Arc<Self>) {
        let alone = self.starting.clone().lock_owned().await;
        let all = self.clone();
        tokio::spawn(async move {
            all.take_up().await;
            drop(alone);
        });
    }

    /// What cannot be taken up is reported and left as it is.
    async fn take_up(&self) {
        let now = SystemClock.now();
        let drills = self.settings.folder.clone();
        let found = beside(move || Folder::unfinished(&drills, now)).await;
        let (folder, mut scenario, keep) = match found {
            Ok(Some(found)) => found,
            Ok(None) => return,
            Err(error) => {
                tracing::error!(%error, "the live drill of the last run cannot be taken up");
                return;
            }
        };
        let run = keep.run.clone();
        self.set_portal_url(&mut scenario);
        let stop = self.stop.child_token();
        let opened = match Live::take_up(&folder, scenario, keep, stop.clone()).await {
            Ok(live) => self.open(live, stop).await.map(|_| ()),
            Err(error) => Err(error.into()),
        };
        match opened {
            Ok(()) => tracing::info!(%run, "the live drill goes on"),
            Err(error) => {
                tracing::error!(%run, %error, "the live drill cannot be taken up; it is tried again at the next start")
            }
        }
    }

    /// Returns once the drill has been written down, after the stop signal.
    pub async fn stopped(&self) {
        drop(self.running.lock().await);
    }

    fn set_portal_url(&self, scenario: &mut Scenario) {
        scenario.plans.set_portal_url(&url(self.settings.portal));
    }

    /// Opens the drill's doors and watches over it from then on.
    async fn open(
        &self,
        live: Live,
        stop: CancellationToken,
    ) -> std::result::Result<Arc<Rehearsal>, StartError> {
        let guard = self.running.clone().try_lock_owned().map_err(|_| busy())?;
        let mut doorway = Doorway {
            portal: self.settings.portal,
            api: self.settings.api,
            site: self.settings.site.clone(),
            readers: self.readers.clone(),
            staff: self.staff.clone(),
            drain: self.settings.drain,
        };
        let opened = Faces::open(live.realm.clone(), doorway.doors(), stop.child_token());
        let faces = match opened.await {
            Ok(faces) => faces,
            Err(error) => {
                stop.cancel();
                let mut view = live.follow();
                while view.changed().await.is_ok() {}
                return Err(StartError::Failed(Phrase::verbatim(error.to_string())));
            }
        };
        // The ports that were really taken, in case it has to open again: people have written them down.
        doorway.portal.set_port(faces.portal.port());
        doorway.api.set_port(faces.api.port());
        let shown = Arc::new(Rehearsal {
            live: live.clone(),
            portal: url(doorway.portal),
            api: url(doorway.api),
        });
        self.now.store(Some(shown.clone()));
        let watch = Watch {
            faces: Some(faces),
            live,
            now: self.now.clone(),
            actual: self.actual.clone(),
            doorway,
            stop,
        };
        tokio::spawn(async move {
            watch.keep().await;
            drop(guard);
        });
        Ok(shown)
    }
}

/// Where a drill's doors are, the first time and whenever it was away.
struct Doorway {
    portal: SocketAddr,
    api: SocketAddr,
    site: SiteSettings,
    readers: Arc<Crowd>,
    staff: Arc<Crowd>,
    drain: Duration,
}

impl Doorway {
    fn doors(&self) -> Doors {
        let mut site = self.site.clone();
        site.base_url = url(self.portal);
        Doors {
            portal: self.portal,
            api: self.api,
            site,
            readers: self.readers.clone(),
            staff: self.staff.clone(),
            vitals: None,
            drain: self.drain,
            plan_faults: Arc::new(ArcSwap::default()),
            rehearsing: None,
        }
    }
}

/// Follows a drill: closes its doors while it is away, and for good when it is over.
struct Watch {
    live: Live,
    faces: Option<Faces>,
    doorway: Doorway,
    now: Arc<ArcSwapOption<Rehearsal>>,
    actual: Arc<Realm>,
    stop: CancellationToken,
}

impl Watch {
    async fn keep(mut self) {
        let mut view = self.live.follow();
        let mut ended = None;
        loop {
            let (state, said) = {
                let view = view.borrow_and_update();
                (view.state, view.ended.clone())
            };
            ended = said.or(ended);
            match (state, self.faces.take()) {
                (State::Away | State::Over, Some(faces)) => {
                    faces.close().await;
                }
                (State::Running | State::Paused, None) => self.reopen().await,
                (_, faces) => self.faces = faces,
            }
            if view.changed().await.is_err() {
                break;
            }
        }
        if let Some(faces) = self.faces.take() {
            faces.close().await;
        }
        if let Some(why) = ended {
            self.note_end(&why).await;
        }
        self.now.store(None);
    }

    async fn reopen(&mut self) {
        let doors = self.doorway.doors();
        match Faces::open(self.live.realm.clone(), doors, self.stop.child_token()).await {
            Ok(faces) => self.faces = Some(faces),
            Err(error) => tracing::error!(%error, "the drill's doors cannot be opened again"),
        }
    }

    async fn note_end(&self, why: &str) {
        let run = self.live.view().run;
        let ended = Act::DrillEnded {
            run: run.clone(),
            why: why.to_owned(),
        };
        let noted = note(&self.actual, ENGINE, ended);
        if let Err(error) = noted.await {
            tracing::error!(%error, %run, "the journal does not say that the drill ended");
        }
        tracing::info!(%run, %why, "the live drill is over");
    }
}

/// The actual journal says when there were drills, and of whose making.
async fn note(realm: &Realm, actor: &str, act: Act) -> Result<()> {
    let (mut tx, _, now) = realm.begin().await?;
    tx.append(vec![Entry::new(now, actor, act)]).await?;
    realm.commit(tx).await
}

/// Reads and copies files without holding up the actual world.
async fn beside<T: Send + 'static>(
    work: impl FnOnce() -> std::result::Result<T, StartError> + Send + 'static,
) -> std::result::Result<T, StartError> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(StartError::Failed(Phrase::verbatim(error.to_string()))))
}

fn busy() -> StartError {
    StartError::Conflict(phrase!("rehearsal.under-way"))
}

/// Where others on this machine, or on its network, find `address`.
fn url(address: SocketAddr) -> String {
    match address.ip() {
        ip if ip.is_unspecified() => format!("http://127.0.0.1:{}", address.port()),
        _ => format!("http://{address}"),
    }
}

#[async_trait]
impl Rehearsing for Rehearsals {
    async fn start(&self, wish: Wish, by: &Actor) -> std::result::Result<Started, StartError> {
        let _alone = self.starting.lock().await;
        match self.now.load_full() {
            Some(last) if last.live.view().state == State::Over => self.stopped().await,
            Some(_) => return Err(busy()),
            None => {}
        }
        if !SPEEDS.contains(&wish.speed) {
            let (speed, least, most) = (wish.speed, *SPEEDS.start(), *SPEEDS.end());
            let what = phrase!("rehearsal.start-speed", speed, least, most);
            return Err(StartError::Wrong(what));
        }
        let now = SystemClock.now();
        let (drills, root) = (self.settings.folder.clone(), self.settings.root.clone());
        let drill = wish.drill.clone();
        let created = beside(move || Folder::create(&drills, &root, &drill, now));
        let (folder, mut scenario) = created.await?;
        if let Some(unknown) = wish
            .simulate
            .iter()
            .find(|named| !is_known(&scenario, named))
        {
            folder.remove();
            let what = phrase!("rehearsal.nobody", name = format!("{unknown:?}"));
            return Err(StartError::Wrong(what));
        }
        let keep = Keep {
            run: folder.run(),
            drill: wish.drill,
            seed: wish.seed.unwrap_or(scenario.file.seed),
            simulate: wish.simulate,
            started_at: now,
            started_by: by.user.clone(),
            clock: scenario.start,
            speed: wish.speed,
            paused: false,
            texts: (0, 0),
            ended: None,
        };
        self.set_portal_url(&mut scenario);
        let stop = self.stop.child_token();
        let begun = async {
            let (live, participants) = Live::prepare(&folder, scenario, keep, stop.clone()).await?;
            let shown = self.open(live, stop.clone()).await?;
            let run = shown.live.view().run;
            let started = Act::DrillStarted { run: run.clone() };
            note(&self.actual, &by.user, started).await?;
            let begin = Order::Resume { speed: None };
            let begun = shown.live.order(begin).await;
            begun.map_err(|error| StartError::Failed(Phrase::verbatim(error.to_string())))?;
            Ok(Started {
                rehearsal: shown,
                participants,
            })
        };
        let begun = begun.await;
        if begun.is_err() {
            stop.cancel();
            self.stopped().await;
            folder.remove();
        }
        begun
    }

    async fn current(&self) -> Option<Arc<Rehearsal>> {
        let _settled = self.starting.lock().await;
        self.now.load_full()
    }

    async fn reports(&self) -> std::result::Result<Option<Reports>, OrderError> {
        let current = self.current().await;
        if let Some(shown) = current.filter(|one| one.live.view().state != State::Over) {
            match shown.live.order(Order::Report).await? {
                Asked::Reports(reports) => return Ok(Some(*reports)),
                _ => return Err(OrderError::Failed(phrase!("rehearsal.no-report"))),
            }
        }
        let Some((folder, keep)) = Folder::last(&self.settings.folder, None, None) else {
            return Ok(None);
        };
        let lost = |error: std::io::Error| {
            let what = format!("{}: {error}", folder.path.display());
            OrderError::Failed(Phrase::verbatim(what))
        };
        let score = folder.read("score.json").map_err(lost)?;
        Ok(Some(Reports {
            run: keep.run,
            transcript: folder.read("transcript.txt").map_err(lost)?,
            score: serde_json::from_str(&score).map_err(|error| {
                OrderError::Failed(Phrase::verbatim(format!("score.json: {error}")))
            })?,
            pages: report::FILES
                .into_iter()
                .map(|name| Ok((name.to_owned(), folder.read(name)?)))
                .collect::<std::io::Result<_>>()
                .map_err(lost)?,
        }))
    }
}

fn is_known(scenario: &Scenario, named: &str) -> bool {
    named == "all"
        || people::cast(scenario).iter().any(|person| {
            let mut posts = person.actor.posts.iter();
            posts.any(|post| post.to_string() == *named || post.body == *named)
        })
}
