//! Keeps a live drill going: lets time pass on its stage, hears orders between two batches, writes down where it stands.

use std::sync::Arc;

use chrono::TimeDelta;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

use super::super::play::look_back;
use super::super::scenario::Scenario;
use super::super::score::{self, Score};
use super::super::stage::{Stage, Tempo};
use super::super::{report, transcript};
use super::SPEEDS;
use super::folder::{Folder, Keep};
use super::orders::{Asked, Leap, Order, OrderError, Reports};
use super::view::View;
use crate::clock::{Clock, SystemClock, VirtualClock};
use crate::domain::journal::Happened;
use crate::domain::phrase::phrase;
use crate::domain::time::Moment;
use crate::plan::scenario::InjectFile;
use crate::realm::Realm;
use crate::store::{Result, Store};

/// Tries on one channel between two looks at the orders: small enough that an inject is heard well within two seconds.
const BATCH: usize = 1_000;
/// How often, by the clock on the wall, it is written down where the drill stands.
const HEARTBEAT: TimeDelta = TimeDelta::seconds(1);

type Answer = oneshot::Sender<std::result::Result<Asked, OrderError>>;

/// Everything that a conductor begins with.
pub(super) struct Setup {
    pub folder: Folder,
    pub scenario: Scenario,
    pub keep: Keep,
    pub store: Store,
    pub orders: mpsc::Receiver<(Order, Answer)>,
    pub stop: CancellationToken,
}

struct Conductor<'a> {
    stage: Stage<'a>,
    folder: Folder,
    keep: Keep,
    view: watch::Sender<View>,
    /// A jump under way, and who waits for it.
    leap: Option<(Moment, Answer)>,
    /// The clock has never been let go: nothing is kept that a restart would take up.
    is_new: bool,
}

impl Setup {
    /// Runs the drill to its end, or until the server stops.
    pub async fn run(self, ready: oneshot::Sender<Result<(Arc<Realm>, watch::Receiver<View>)>>) {
        let Self {
            folder,
            scenario,
            keep,
            store,
            mut orders,
            stop,
        } = self;
        let clock = VirtualClock::at(keep.clock);
        let (simulated, seed) = (keep.clone(), keep.seed);
        let opened = Stage::open(
            &scenario,
            seed,
            store.clone(),
            clock,
            Tempo::Live,
            |person| simulated.simulates(person),
        );
        let mut stage = match opened.await {
            Ok(stage) => stage,
            Err(error) => {
                let _ = ready.send(Err(error));
                return;
            }
        };
        stage.texts = keep.texts;
        // The clock was written down a moment before the last thing happened.
        let last = stage.journal.last().map_or(keep.clock, |entry| entry.at);
        stage.clock.advance_to(last);
        let is_new = folder.keep().is_none();
        let view = watch::Sender::new(View::of(&stage, &keep));
        let realm = stage.realm.clone();
        let mut conductor = Conductor {
            stage,
            folder,
            keep,
            view,
            leap: None,
            is_new,
        };
        if !is_new && !conductor.keep.paused {
            conductor.stage.clock.run(conductor.keep.speed);
        }
        let seen = conductor.view.subscribe();
        if ready.send(Ok((realm, seen))).is_ok() {
            conductor.conduct(&mut orders, &stop).await;
        }
        store.close().await;
    }
}

impl Conductor<'_> {
    async fn conduct(
        &mut self,
        orders: &mut mpsc::Receiver<(Order, Answer)>,
        stop: &CancellationToken,
    ) {
        let mut signal = self.stage.realm().listen();
        let mut beat_at = SystemClock.now();
        while self.keep.ended.is_none() && !stop.is_cancelled() {
            signal.mark_unchanged();
            if let Ok((order, answer)) = orders.try_recv() {
                self.hear(order, answer).await;
                continue;
            }
            if self.stage.now() >= self.stage.scenario.end && self.leap.is_none() {
                self.end("时间到 the time was over").await;
                break;
            }
            let moved = match self.leap.take() {
                Some((to, answer)) => self.leap_on(to, answer).await,
                None => self.stage.beat(BATCH).await,
            };
            let now = SystemClock.now();
            if now >= beat_at {
                self.write_down();
                beat_at = now + HEARTBEAT;
            }
            self.show();
            let next = match moved {
                Ok(true) => continue,
                Ok(false) => self.stage.next().await,
                Err(error) => Err(error),
            };
            let next = match next {
                Ok(next) => next.map_or(self.stage.scenario.end, |at| {
                    at.min(self.stage.scenario.end)
                }),
                Err(error) => {
                    tracing::error!(%error, drill = %self.keep.run, "the drill could not go on; trying again");
                    SystemClock.sleep_until(now + HEARTBEAT).await;
                    continue;
                }
            };
            let clock = self.stage.clock.clone();
            tokio::select! {
                () = clock.sleep_until(next) => {}
                _ = signal.changed() => {}
                () = SystemClock.sleep_until(beat_at) => {}
                order = orders.recv() => match order {
                    Some((order, answer)) => self.hear(order, answer).await,
                    None => break,
                },
                () = stop.cancelled() => {}
            }
        }
        self.stage.clock.run(0);
        if self.keep.ended.is_none() {
            self.write_down();
        }
        self.show();
    }

    /// One step of a jump; true while there is more to do.
    async fn leap_on(&mut self, to: Moment, answer: Answer) -> Result<bool> {
        match self.stage.leap(to).await {
            Ok(false) => {
                self.leap = Some((to, answer));
                Ok(true)
            }
            Ok(true) => {
                self.run_clock();
                let _ = answer.send(Ok(self.done()));
                Ok(true)
            }
            Err(error) => {
                self.run_clock();
                let told = phrase!("rehearsal.stopped-short", error = error.to_string());
                let _ = answer.send(Err(OrderError::Failed(told)));
                Err(error)
            }
        }
    }

    fn run_clock(&self) {
        let speed = if self.keep.paused { 0 } else { self.keep.speed };
        self.stage.clock.run(speed);
    }

    fn done(&mut self) -> Asked {
        self.write_down();
        Asked::Done(Box::new(self.show()))
    }

    fn show(&self) -> View {
        let view = View::of(&self.stage, &self.keep);
        self.view.send_replace(view.clone());
        view
    }

    /// A drill that cannot be written down goes on; it would be taken up from further back.
    fn write_down(&mut self) {
        if self.is_new {
            return;
        }
        self.stage.count_texts();
        self.keep.clock = self.stage.now();
        self.keep.texts = self.stage.texts;
        if let Err(error) = self.folder.write_keep(&self.keep) {
            tracing::error!(%error, folder = %self.folder.path.display(), "it could not be written down where the drill stands");
        }
    }

    async fn hear(&mut self, order: Order, answer: Answer) {
        if self.leap.is_some() && !matches!(order, Order::Report | Order::Stop { .. }) {
            let busy = phrase!("rehearsal.jumping");
            let _ = answer.send(Err(OrderError::Conflict(busy)));
            return;
        }
        let told = match order {
            Order::Jump(leap) => match self.target(leap) {
                Ok(to) => {
                    self.stage.clock.run(0);
                    self.leap = Some((to, answer));
                    return;
                }
                Err(error) => Err(error),
            },
            Order::Pause if self.keep.paused => {
                Err(OrderError::Conflict(phrase!("rehearsal.paused")))
            }
            Order::Pause => {
                self.keep.paused = true;
                self.run_clock();
                Ok(self.done())
            }
            Order::Resume { speed } => self.resume(speed),
            Order::Inject { key: Some(key), .. } | Order::Next { key: Some(key), .. }
                if self.stage.knows_key(&key) =>
            {
                Ok(Asked::Happened(
                    "这一项此前已执行 this was done before".into(),
                ))
            }
            Order::Inject { inject, by, key } => {
                let happened = Happened {
                    by: Some(by),
                    key,
                    ..Happened::default()
                };
                self.happen(&inject, happened).await
            }
            Order::Next { by, key } => self.next(by, key).await,
            Order::Stop { why } => self.stop(&why).await,
            Order::Report => match self.reports(false).await {
                Ok(reports) => Ok(Asked::Reports(Box::new(reports))),
                Err(error) => Err(error.into()),
            },
        };
        // Whoever asked may have gone; what was done is done.
        let _ = answer.send(told);
    }

    fn target(&self, leap: Leap) -> std::result::Result<Moment, OrderError> {
        let (start, now, end) = (
            self.stage.scenario.start,
            self.stage.now(),
            self.stage.scenario.end,
        );
        let (field, to) = match leap {
            Leap::To(span) => ("to", span.after(start)),
            Leap::By(span) => ("by", span.after(now)),
        };
        if to <= now {
            let at = super::super::words::since(start, now);
            let what = phrase!("rehearsal.goes-not-back", at);
            return Err(OrderError::Invalid { field, what });
        }
        if to > end {
            let at = super::super::words::since(start, end);
            let what = phrase!("rehearsal.ends-before", at);
            return Err(OrderError::Invalid { field, what });
        }
        Ok(to)
    }

    fn resume(&mut self, speed: Option<u32>) -> std::result::Result<Asked, OrderError> {
        if let Some(speed) = speed.filter(|speed| !SPEEDS.contains(speed)) {
            let (least, most) = (*SPEEDS.start(), *SPEEDS.end());
            let what = phrase!("rehearsal.no-speed", speed, least, most);
            return Err(OrderError::Invalid {
                field: "speed",
                what,
            });
        }
        if !self.is_new && !self.keep.paused && speed.is_none() {
            let what = phrase!("rehearsal.runs");
            return Err(OrderError::Conflict(what));
        }
        self.is_new = false;
        self.keep.paused = false;
        self.keep.speed = speed.unwrap_or(self.keep.speed);
        self.run_clock();
        Ok(self.done())
    }

    async fn happen(
        &mut self,
        inject: &InjectFile,
        happened: Happened,
    ) -> std::result::Result<Asked, OrderError> {
        match self.stage.happen(inject, happened).await? {
            Ok(text) => Ok(Asked::Happened(text)),
            Err(refused) => Err(refused.into()),
        }
    }

    async fn next(
        &mut self,
        by: String,
        key: Option<String>,
    ) -> std::result::Result<Asked, OrderError> {
        let Some((_, n)) = self.stage.script.front().copied() else {
            let what = phrase!("rehearsal.no-inject-left");
            return Err(OrderError::Conflict(what));
        };
        let happened = Happened {
            by: Some(by),
            key,
            ..Happened::scripted(n)
        };
        let inject = self.stage.scenario.file.injects[n].clone();
        let asked = self.happen(&inject, happened).await?;
        self.stage.script.retain(|(_, other)| *other != n);
        Ok(asked)
    }

    async fn stop(&mut self, why: &str) -> std::result::Result<Asked, OrderError> {
        if let Some((_, answer)) = self.leap.take() {
            let _ = answer.send(Err(OrderError::over()));
        }
        self.end(why).await;
        Ok(Asked::Done(Box::new(self.show())))
    }

    /// Ends the drill and writes what it leaves. A report that cannot be written can be asked for again from the store.
    async fn end(&mut self, why: &str) {
        self.stage.clock.run(0);
        match self.reports(true).await {
            Ok(reports) => {
                let score = serde_json::to_string_pretty(&reports.score).unwrap_or_default();
                let score = score + "\n";
                let kept = [
                    ("transcript.txt", &reports.transcript),
                    ("score.json", &score),
                ];
                let pages = reports.pages.iter();
                for (name, text) in kept
                    .into_iter()
                    .chain(pages.map(|(name, text)| (&**name, text)))
                {
                    if let Err(error) = self.folder.write(name, text) {
                        tracing::error!(%error, folder = %self.folder.path.display(), "{name} of the drill could not be written");
                    }
                }
            }
            Err(error) => {
                tracing::error!(%error, drill = %self.keep.run, "the drill's report could not be made")
            }
        }
        self.keep.ended = Some(why.to_owned());
        self.is_new = false;
        self.write_down();
    }

    /// The files of the drill's end, or what they would be by now.
    async fn reports(&mut self, is_over: bool) -> Result<Reports> {
        let mut play = look_back(&mut self.stage).await?;
        play.is_over |= is_over;
        let (scenario, seed) = (self.stage.scenario, self.keep.seed);
        let score = score::score(scenario, seed, &play);
        let transcript = transcript::write(scenario, seed, &play);
        let last = self.last_score();
        let reports = Reports {
            run: self.keep.run.clone(),
            pages: report::pages(&score, &transcript, last.as_ref(), &[]),
            transcript,
            score,
        };
        Ok(reports)
    }

    fn last_score(&self) -> Option<Score> {
        let drills = self.folder.path.parent()?;
        let (last, _) = Folder::last(drills, Some(&self.keep.drill), Some(&self.keep.run))?;
        Score::read(&last.read("score.json").ok()?).ok()
    }
}
