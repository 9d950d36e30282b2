//! The world of one drill: the engine with a clock, people and providers of its own, moved a step at a time.
//!
//! [`super::play`] moves it as fast as it goes; [`super::live`] moves it with the clock on the wall. Nothing here decides
//! what is released, approved or sent; that is the engine's, by the very verbs and worker that run on the night.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use chrono::TimeDelta;

use super::crew::Crew;
use super::desk::{Desk, Wrong};
use super::injects;
use super::people::{self, Person};
use super::providers::Providers;
use super::scenario::Scenario;
use crate::clock::VirtualClock;
use crate::domain::approval::Actor;
use crate::domain::bulletin::Language;
use crate::domain::journal::{Act, Effect, Happened, Told};
use crate::domain::rights::{self, Right};
use crate::domain::time::Moment;
use crate::flow::VerbError;
use crate::flow::deliver::Courier;
use crate::id::IncidentId;
use crate::plan::scenario::InjectFile;
use crate::realm::Realm;
use crate::store::{Result, Store};
use crate::words;
use crate::worker;

/// How time passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tempo {
    /// From one thing to the next; chance and ids come from the seed.
    Virtual,
    /// With the clock on the wall and with people; ids and tokens cannot be guessed.
    Live,
}

pub struct Stage<'a> {
    pub scenario: &'a Scenario,
    pub desk: Desk,
    /// Injects of the file that have not happened yet, with when they do.
    pub script: VecDeque<(Moment, usize)>,
    pub journal: Vec<Told>,
    pub(super) realm: Arc<Realm>,
    pub(super) clock: VirtualClock,
    pub(super) crew: Crew,
    /// Texts handed to recording channels so far, and those of them without the marks of a drill.
    pub(super) texts: (u64, u64),
    pub(super) tempo: Tempo,
    seed: u64,
    restarts: u64,
    couriers: Vec<Courier>,
    providers: Providers,
    incidents: BTreeMap<String, IncidentId>,
    /// The server is away until then: nothing is done and nobody is served.
    away_until: Option<Moment>,
    keys: BTreeSet<String>,
}

impl<'a> Stage<'a> {
    /// Sets the scene on `store`; whatever its journal tells has happened already.
    pub async fn open(
        scenario: &'a Scenario,
        seed: u64,
        store: Store,
        clock: VirtualClock,
        tempo: Tempo,
        plays: impl Fn(&Person) -> bool,
    ) -> Result<Self> {
        let providers = Providers::default();
        let plans = providers.plans(scenario);
        let minted_from = (tempo == Tempo::Virtual).then_some(seed);
        let realm = Realm::drill(
            store,
            clock.clone(),
            plans,
            minted_from,
            scenario.cache.clone(),
        );
        let mut stage = Self {
            scenario,
            desk: Desk::default(),
            script: injects::in_order(&scenario.file.injects, scenario.start),
            journal: Vec::new(),
            realm: Arc::new(realm),
            clock,
            crew: Crew::of(people::cast(scenario).into_iter().filter(plays)),
            texts: (0, 0),
            tempo,
            seed,
            restarts: 0,
            couriers: Vec::new(),
            providers,
            incidents: BTreeMap::new(),
            away_until: None,
            keys: BTreeSet::new(),
        };
        stage.wire();
        if tempo == Tempo::Live {
            stage.free_leases().await?;
        }
        stage.remember_all().await?;
        Ok(stage)
    }

    pub fn now(&self) -> Moment {
        self.realm.now()
    }

    pub fn realm(&self) -> &Realm {
        &self.realm
    }

    pub fn is_away(&self) -> bool {
        self.away_until.is_some()
    }

    /// Whether an inject with this key of the caller's has happened.
    pub fn knows_key(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    /// Does what is due up to `until`, jumping from each moment at which anything can change to the next.
    pub async fn play_until(&mut self, until: Moment) -> Result<()> {
        while !self.leap(until).await? {}
        Ok(())
    }

    /// One jump towards `until`. True once it is reached and everything due by then is done.
    pub async fn leap(&mut self, until: Moment) -> Result<bool> {
        if let Some(back) = self.away_until {
            self.clock.advance_to(back.min(until));
            if until < back {
                return Ok(true);
            }
            self.away_until = None;
        }
        self.begin_step().await?;
        if self.is_away() {
            return Ok(false);
        }
        worker::tick(&self.realm, &mut self.couriers).await?;
        self.end_step().await?;
        if let Some(next) = self.next().await?.filter(|next| *next <= until) {
            self.clock.advance_to(next);
            return Ok(false);
        }
        self.clock.advance_to(until);
        worker::tick(&self.realm, &mut self.couriers).await?;
        self.follow().await?;
        Ok(true)
    }

    /// Does one batch of what is due now, with about `most` tries on each channel. Returns whether there may be more.
    pub async fn beat(&mut self, most: usize) -> Result<bool> {
        match self.away_until {
            Some(until) if self.now() < until => return Ok(false),
            _ => self.away_until = None,
        }
        self.begin_step().await?;
        if self.is_away() {
            return Ok(false);
        }
        worker::free_expired_leases(&self.realm).await?;
        let busy = worker::beat(&self.realm, &mut self.couriers, most).await?;
        self.end_step().await?;
        Ok(busy)
    }

    /// What the last process had in hand is nobody's now.
    async fn free_leases(&self) -> Result<()> {
        let (mut tx, _, now) = self.realm.begin().await?;
        tx.free_leases(Moment::MAX_UTC, None, now).await?;
        self.realm.commit(tx).await
    }

    async fn begin_step(&mut self) -> Result<()> {
        let scenario = self.scenario;
        while let Some((at, n)) = self.script.front().copied()
            && at <= self.now()
            && !self.is_away()
        {
            self.script.pop_front();
            let happened = Happened::scripted(n);
            if let Err(refused) = self
                .happen(&scenario.file.injects[n], happened.clone())
                .await?
            {
                self.note_refusal(happened, &refused).await?;
            }
        }
        self.restore();
        let now = self.now();
        for done in self.crew.finished(now) {
            // What somebody else corrected meanwhile is not corrected once more.
            if !self.desk.wants(&done.job) {
                continue;
            }
            match done.carry_out(&self.realm).await {
                Ok(()) => {}
                Err(VerbError::Store(error)) => return Err(error),
                // Somebody else was faster, or the text is gone: the engine says no and nothing has changed.
                Err(_) => {}
            }
        }
        Ok(())
    }

    async fn end_step(&mut self) -> Result<()> {
        self.follow().await?;
        let now = self.now();
        self.desk.sort(self.scenario);
        self.crew
            .take_up(&self.realm, &self.desk, now, self.seed)
            .await
    }

    /// Lets an inject happen and keeps what it did in the journal, both in one transaction. The inner error is the
    /// engine's refusal: nothing has happened then.
    pub async fn happen(
        &mut self,
        inject: &InjectFile,
        mut happened: Happened,
    ) -> Result<std::result::Result<String, VerbError>> {
        let (mut tx, world, now) = self.realm.begin().await?;
        let told = match injects::carry_out(self, &mut tx, &world, now, inject).await {
            Ok(told) => told,
            Err(VerbError::Store(error)) => return Err(error),
            Err(refused) => return Ok(Err(refused)),
        };
        happened.text.clone_from(&told.0);
        happened.effect = told.1;
        tx.append(vec![injects::entry(&happened, now)]).await?;
        self.realm.commit(tx).await?;
        self.apply(&happened, now).await?;
        Ok(Ok(told.0))
    }

    async fn note_refusal(&mut self, mut happened: Happened, refused: &VerbError) -> Result<()> {
        happened.text = words::say(Language::ZhCn, &refused.phrase());
        happened.refused = true;
        let (mut tx, _, now) = self.realm.begin().await?;
        tx.append(vec![injects::entry(&happened, now)]).await?;
        self.realm.commit(tx).await
    }

    /// What an inject changes outside the engine. A stage that is opened again learns it from the journal.
    async fn apply(&mut self, happened: &Happened, at: Moment) -> Result<()> {
        self.keys.extend(happened.key.clone());
        match &happened.effect {
            None => {}
            Some(Effect::Declared { name, incident }) => {
                self.incidents.insert(name.clone(), incident.clone());
            }
            Some(Effect::Wrong {
                release,
                kind,
                facts,
            }) => {
                let release = self.realm.store.read().await?.release(release).await?;
                if let Some(release) = release {
                    self.desk.notice(Wrong {
                        release,
                        kind: *kind,
                        facts: facts.clone(),
                        noticed_at: at,
                    });
                }
            }
            Some(Effect::Down { channel, until }) => {
                self.providers.take_down(&self.realm, channel, *until);
            }
            Some(Effect::Slow {
                channel,
                per_second,
                until,
            }) => {
                self.providers.slow_down(channel, *per_second, *until);
                self.replace_channels();
            }
            Some(Effect::Absent { post, until }) => self.crew.call_away(post, at, *until),
            Some(Effect::Stopped { until }) => self.restart(*until),
        }
        Ok(())
    }

    async fn remember_all(&mut self) -> Result<()> {
        self.follow().await?;
        let mut done = BTreeSet::new();
        for entry in self.journal.clone() {
            if let Act::Inject(happened) = entry.act {
                done.extend(happened.n);
                // A server that is started again is back, whatever the script said.
                if !matches!(happened.effect, Some(Effect::Stopped { .. })) {
                    self.apply(&happened, entry.at).await?;
                }
            } else {
                self.desk.forget_corrected(&entry);
            }
        }
        self.script.retain(|(_, n)| !done.contains(n));
        Ok(())
    }

    /// The process ends and another begins on the same store; what fell due meanwhile is done then.
    fn restart(&mut self, back_at: Moment) {
        if self.tempo == Tempo::Live {
            self.away_until = Some(back_at);
            return;
        }
        self.count_texts();
        self.restarts += 1;
        self.clock.advance_to(back_at.min(self.scenario.end));
        let plans = self.providers.plans(self.scenario);
        // A new process has a new stream of ids; this one's is a function of the seed and of how often it happened.
        let seed = self.seed ^ (self.restarts << 48);
        let store = self.realm.store.clone();
        let cache = self.scenario.cache.clone();
        let realm = Realm::drill(store, self.clock.clone(), plans, Some(seed), cache);
        self.realm = Arc::new(realm);
        self.wire();
    }

    /// Sets how the channels behave and gives each a courier.
    fn wire(&mut self) {
        self.providers.set(&self.realm, self.scenario, self.seed);
        self.couriers = worker::couriers(&self.realm, "drill");
    }

    fn replace_channels(&mut self) {
        self.realm
            .replace_plans(self.providers.plans(self.scenario));
        self.couriers = worker::couriers(&self.realm, "drill");
    }

    /// Channels that were down or slow come back.
    fn restore(&mut self) {
        if self.providers.restore(&self.realm, self.now()) {
            self.replace_channels();
        }
    }

    pub fn incident(&self, named: Option<&str>) -> Option<IncidentId> {
        match named {
            Some(name) => self.incidents.get(name).cloned(),
            None => self.incidents.values().next().cloned(),
        }
    }

    /// Whoever directs the exercise, with the rights of every body whose plans are `wanted`.
    pub fn director(&self, wanted: impl Fn(&str) -> bool) -> Actor {
        let plans = &self.scenario.plans.plans;
        let wanted = plans
            .iter()
            .filter(|pinned| wanted(&pinned.plan.event.event))
            .filter_map(|pinned| pinned.plan.body.first_post());
        let declare = rights::holders(&self.scenario.plans, Right::Declare);
        injects::director(wanted.chain(declare))
    }

    /// Reads on in the journal.
    async fn follow(&mut self) -> Result<()> {
        let now = self.now();
        let store = self.realm.store.clone();
        let entries = self.desk.refresh(&store, now).await?;
        for entry in &entries {
            self.desk.forget_corrected(entry);
        }
        self.journal.extend(entries);
        Ok(())
    }

    /// The next moment at which anything can change by itself.
    pub async fn next(&mut self) -> Result<Option<Moment>> {
        if let Some(until) = self.away_until {
            return Ok(Some(until));
        }
        let now = self.now();
        let mut next: Vec<Moment> = Vec::new();
        let mut tx = self.realm.store.read().await?;
        next.extend(tx.next_wake().await?);
        let at_work = tx.channels_at_work().await?;
        for courier in self
            .couriers
            .iter()
            .filter(|one| at_work.contains(one.code()))
        {
            if let Some(at) = tx.next_delivery(courier.code()).await? {
                let at = courier.held_until().map_or(at, |held| at.max(held));
                // A rate lets single messages through every few milliseconds: a second's worth goes at once.
                next.push(at.max(now + TimeDelta::seconds(1)));
            }
        }
        drop(tx);
        next.extend(self.script.front().map(|(at, _)| *at));
        next.extend(self.providers.changes());
        self.desk.sort(self.scenario);
        next.extend(self.crew.next(&self.desk, now, self.scenario.end));
        Ok(next.into_iter().filter(|at| *at > now).min())
    }

    /// Counts what the channels of this process were handed, and forgets it.
    pub fn count_texts(&mut self) {
        for code in self.realm.channels().keys() {
            if let Some(recording) = self.realm.recording(code) {
                let (texts, unmarked) = recording.take_count(is_marked);
                self.texts.0 += texts;
                self.texts.1 += unmarked;
            }
        }
    }
}

/// Whether a text begins and ends as every text of a drill must.
fn is_marked(text: &str) -> bool {
    text.trim().starts_with("【演练】") && text.trim().ends_with("以上为演练")
}
