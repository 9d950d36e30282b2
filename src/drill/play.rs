//! A drill played to its end: injects happen, the engine ticks, people take up what waits for them.
//!
//! Events are discrete: the clock jumps to the next moment at which anything can change. Nothing here decides what is
//! released, approved or sent; that is the engine's, by the very verbs and worker that run on the night.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use super::desk::{Act, Desk, Job, plan_of};
use super::injects;
use super::people::{self, Person};
use super::scenario::Scenario;
use crate::clock::VirtualClock;
use crate::domain::approval::{Actor, Signature, SignatureKind};
use crate::domain::area::AreaCode;
use crate::domain::body::PostRef;
use crate::domain::bulletin::Language;
use crate::domain::channel::Rate;
use crate::domain::contact::{Address, AddressKind, Contact};
use crate::domain::delivery::{DeliveryStatus, Outcome};
use crate::domain::journal::Sealed;
use crate::domain::plan::PlanSet;
use crate::domain::release::ReleaseState;
use crate::domain::time::Moment;
use crate::flow::deliver::Courier;
use crate::flow::{VerbError, approve, correct, draft};
use crate::id::{IncidentId, ReleaseId};
use crate::plan::scenario::{AddressChoice, InjectFile};
use crate::realm::Realm;
use crate::store::{Result, Store, StoreError};
use crate::worker;

/// Everything that a drill leaves behind.
#[derive(Debug, Clone)]
pub struct Play {
    pub journal: Vec<Sealed>,
    pub notes: Vec<Note>,
    /// Corrections wanted: what, and when it was noticed.
    pub wrong: Vec<(ReleaseId, Moment)>,
    /// Deliveries of each channel by status.
    pub channels: BTreeMap<String, BTreeMap<&'static str, i64>>,
    /// Texts handed to recording channels, and those of them without the marks of a drill.
    pub texts: u64,
    pub unmarked: u64,
    /// Published releases that lack a signature they needed, with what is missing.
    pub unapproved: Vec<String>,
    /// For each `delivered` expectation of the scenario: taken in time, and all.
    pub delivered: Vec<(u64, u64)>,
    /// Seconds each person was at work on something.
    pub busy: BTreeMap<String, i64>,
}

/// What happened that the journal does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub at: Moment,
    pub kind: NoteKind,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteKind {
    Inject,
    /// An inject that the engine refused.
    Refused,
}

/// The world while it is played.
pub struct Stage<'a> {
    pub scenario: &'a Scenario,
    pub desk: Desk,
    seed: u64,
    clock: VirtualClock,
    realm: Realm,
    couriers: Vec<Courier>,
    restarts: u64,
    incidents: BTreeMap<String, IncidentId>,
    people: Vec<Player>,
    claims: BTreeSet<(ReleaseId, String, PostRef)>,
    down: BTreeMap<String, Moment>,
    slow: BTreeMap<String, (f64, Moment)>,
    play: Play,
}

struct Player {
    person: Person,
    at_work: Option<Doing>,
}

struct Doing {
    job: Job,
    /// The hash the fast route's signer saw.
    hash: Option<String>,
    since: Moment,
    done_at: Moment,
    /// Called away before it was done.
    dropped: bool,
}

/// Plays `scenario` on an empty `store`. The same scenario and seed leave the same bytes.
///
/// # Errors
/// The store's.
pub async fn play(scenario: &Scenario, seed: u64, store: Store) -> Result<Play> {
    let mut stage = Stage::new(scenario, seed, store);
    stage.fill_contacts().await?;
    let script = injects::in_order(&scenario.file.injects, scenario.start);
    let mut coming = script.into_iter().peekable();
    loop {
        while let Some((at, inject)) = coming.next_if(|(at, _)| *at <= stage.now()) {
            stage.happen(at, inject).await?;
        }
        stage.restore();
        stage.finish_work().await?;
        worker::tick(&stage.realm, &mut stage.couriers).await?;
        stage.follow().await?;
        stage.take_up().await?;
        let next_inject = coming.peek().map(|(at, _)| *at);
        let next = [next_inject, stage.next().await?]
            .into_iter()
            .flatten()
            .min();
        match next.filter(|next| *next <= scenario.end) {
            Some(next) => stage.clock.advance_to(next),
            None => break,
        }
    }
    stage.clock.advance_to(scenario.end);
    worker::tick(&stage.realm, &mut stage.couriers).await?;
    stage.follow().await?;
    stage.close().await
}

impl<'a> Stage<'a> {
    fn new(scenario: &'a Scenario, seed: u64, store: Store) -> Self {
        let clock = VirtualClock::at(scenario.start);
        let plans = behaving(scenario, &BTreeMap::new());
        let realm = Realm::drill(store, clock.clone(), plans, seed);
        let mut stage = Self {
            scenario,
            desk: Desk::default(),
            seed,
            clock,
            couriers: Vec::new(),
            realm,
            restarts: 0,
            incidents: BTreeMap::new(),
            people: people::cast(scenario)
                .into_iter()
                .map(|person| Player {
                    person,
                    at_work: None,
                })
                .collect(),
            claims: BTreeSet::new(),
            down: BTreeMap::new(),
            slow: BTreeMap::new(),
            play: Play {
                journal: Vec::new(),
                notes: Vec::new(),
                wrong: Vec::new(),
                channels: BTreeMap::new(),
                texts: 0,
                unmarked: 0,
                unapproved: Vec::new(),
                delivered: Vec::new(),
                busy: BTreeMap::new(),
            },
        };
        stage.wire();
        stage
    }

    pub fn now(&self) -> Moment {
        self.clock_now()
    }

    fn clock_now(&self) -> Moment {
        self.realm.now()
    }

    pub fn realm(&self) -> &Realm {
        &self.realm
    }

    /// Sets how the channels behave and gives each a courier.
    fn wire(&mut self) {
        for (code, model) in &self.scenario.file.channels {
            if let Some(recording) = self.realm.recording(code) {
                recording.fail_share(model.failures_per_mille, self.seed);
            }
        }
        let until: Vec<(String, Moment)> = self.down.iter().map(|(c, m)| (c.clone(), *m)).collect();
        for (code, until) in until {
            self.take_down(&code, until);
        }
        self.couriers = worker::couriers(&self.realm, "drill");
    }

    pub fn take_down(&mut self, code: &str, until: Moment) {
        self.down.insert(code.to_owned(), until);
        if let Some(recording) = self.realm.recording(code) {
            recording.answer(Outcome::Retry {
                after: None,
                why: "演练：渠道中断".into(),
                ambiguous: false,
            });
        }
    }

    pub fn slow_down(&mut self, code: &str, per_second: f64, until: Moment) {
        self.slow.insert(code.to_owned(), (per_second, until));
        self.replace_channels();
    }

    fn replace_channels(&mut self) {
        let slow = self
            .slow
            .iter()
            .map(|(code, (rate, _))| (code.clone(), *rate))
            .collect();
        self.realm.replace_plans(behaving(self.scenario, &slow));
        self.couriers = worker::couriers(&self.realm, "drill");
    }

    /// Channels that were down or slow come back.
    fn restore(&mut self) {
        let now = self.now();
        let back: Vec<String> = self
            .down
            .iter()
            .filter(|(_, until)| **until <= now)
            .map(|(code, _)| code.clone())
            .collect();
        for code in back {
            self.down.remove(&code);
            if let Some(recording) = self.realm.recording(&code) {
                recording.accept();
            }
        }
        let before = self.slow.len();
        self.slow.retain(|_, (_, until)| *until > now);
        if self.slow.len() != before {
            self.replace_channels();
        }
    }

    /// The process ends and another begins on the same store; what fell due meanwhile is done then.
    pub fn restart(&mut self, back_at: Moment) {
        self.count_texts();
        self.restarts += 1;
        self.clock.advance_to(back_at.min(self.scenario.end));
        let slow = self
            .slow
            .iter()
            .map(|(code, (rate, _))| (code.clone(), *rate))
            .collect();
        let plans = behaving(self.scenario, &slow);
        // A new process has a new stream of ids; this one's is a function of the seed and of how often it happened.
        let seed = self.seed ^ (self.restarts << 48);
        self.realm = Realm::drill(self.realm.store.clone(), self.clock.clone(), plans, seed);
        self.wire();
    }

    pub fn remember(&mut self, name: String, id: IncidentId) {
        self.incidents.insert(name, id);
    }

    pub fn incident(&self, named: Option<&str>) -> Option<IncidentId> {
        match named {
            Some(name) => self.incidents.get(name).cloned(),
            None => self.incidents.values().next().cloned(),
        }
    }

    pub fn director(&self) -> Actor {
        let bodies: Vec<(String, String)> = self.bodies(|_| true);
        injects::director(&bodies)
    }

    pub fn director_of(&self, event: &str) -> Actor {
        injects::director(&self.bodies(|of| of == event))
    }

    fn bodies(&self, wanted: impl Fn(&str) -> bool) -> Vec<(String, String)> {
        let plans = &self.scenario.plans.plans;
        plans
            .iter()
            .filter(|pinned| wanted(&pinned.plan.event.event))
            .filter_map(|pinned| {
                let body = &pinned.plan.body;
                Some((body.body.clone(), body.posts.first()?.post.clone()))
            })
            .collect()
    }

    async fn happen(&mut self, at: Moment, inject: &InjectFile) -> Result<()> {
        let wanted = self.desk.wrong.len();
        let (text, done) = injects::carry_out(self, inject).await?;
        for wrong in self.desk.wrong.iter().skip(wanted) {
            self.play
                .wrong
                .push((wrong.release.id.clone(), wrong.noticed_at));
        }
        let kind = if done {
            NoteKind::Inject
        } else {
            NoteKind::Refused
        };
        self.play.notes.push(Note { at, kind, text });
        Ok(())
    }

    async fn follow(&mut self) -> Result<()> {
        let now = self.now();
        let store = self.realm.store.clone();
        let entries = self.desk.refresh(&store, now).await?;
        self.play.journal.extend(entries);
        Ok(())
    }

    /// Those who are done with something do it.
    async fn finish_work(&mut self) -> Result<()> {
        let now = self.now();
        for n in 0..self.people.len() {
            let player = &mut self.people[n];
            let Some(doing) = player.at_work.take_if(|doing| doing.done_at <= now) else {
                continue;
            };
            let spent = (doing.done_at - doing.since).num_seconds();
            let actor = player.person.actor.clone();
            *self.play.busy.entry(actor.user.clone()).or_insert(0) += spent;
            self.claims.remove(&doing.job.claim());
            if doing.dropped {
                continue;
            }
            match self.act(&actor, &doing).await {
                Ok(()) => {}
                Err(VerbError::Store(error)) => return Err(error),
                // Somebody else was faster, or the text is gone: the engine says no and nothing has changed.
                Err(_) => {}
            }
        }
        Ok(())
    }

    async fn act(&mut self, actor: &Actor, doing: &Doing) -> std::result::Result<(), VerbError> {
        let id = &doing.job.release;
        let (mut tx, world, now) = self.realm.begin().await?;
        match &doing.job.act {
            Act::Submit => {
                draft::submit(&mut tx, &world, now, actor, id).await?;
            }
            Act::Sign { hash } => {
                approve::approve(&mut tx, &world, now, actor, id, hash, false).await?;
            }
            Act::SignFast => {
                let hash = doing.hash.as_deref().unwrap_or_default();
                approve::approve(&mut tx, &world, now, actor, id, hash, true).await?;
            }
            Act::Prepare { kind } => {
                correct::prepare(&mut tx, &world, now, actor, id, *kind).await?;
                self.desk.wrong.retain(|wrong| wrong.release.id != *id);
            }
        }
        self.realm.commit(tx).await?;
        Ok(())
    }

    /// Everybody who is there and free takes up the most pressing thing that waits for them.
    async fn take_up(&mut self) -> Result<()> {
        let now = self.now();
        let jobs = self.desk.jobs(self.scenario);
        for n in 0..self.people.len() {
            let player = &self.people[n];
            if player.at_work.is_some() || !player.person.is_there(now) {
                continue;
            }
            let found = jobs.iter().find(|job| {
                job.open_from <= now
                    && !self.claims.contains(&job.claim())
                    && self.desk.may(&player.person, job)
            });
            let Some(job) = found.cloned() else { continue };
            let time = player
                .person
                .time_for(job.act.work(), now, self.seed, &job.draw);
            let away = player.person.away_next(now).unwrap_or(Moment::MAX_UTC);
            let done_at = (now + time).min(away);
            let hash = match job.act {
                Act::SignFast => self.hash_of(&job.release).await?,
                _ => None,
            };
            self.claims.insert(job.claim());
            let doing = Doing {
                job,
                hash,
                since: now,
                done_at,
                dropped: done_at < now + time,
            };
            self.people[n].at_work = Some(doing);
        }
        Ok(())
    }

    /// The hash of the text that a signer of the fast route would see.
    async fn hash_of(&self, id: &ReleaseId) -> Result<Option<String>> {
        let mut tx = self.realm.store.read().await?;
        let Some(release) = tx.release(id).await? else {
            return Ok(None);
        };
        let version = match &release.state {
            ReleaseState::InReview(review) => return Ok(Some(review.hash.clone())),
            ReleaseState::Drafting(drafting) => drafting.version,
            _ => None,
        };
        let Some(version) = version else {
            return Ok(None);
        };
        Ok(tx.bulletin(id, version).await?.map(|text| text.hash()))
    }

    /// The next moment at which anything can change.
    async fn next(&mut self) -> Result<Option<Moment>> {
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
        next.extend(self.down.values().copied());
        next.extend(self.slow.values().map(|(_, until)| *until));
        next.extend(
            self.people
                .iter()
                .filter_map(|p| p.at_work.as_ref().map(|doing| doing.done_at)),
        );
        next.extend(self.next_taken_up(now));
        Ok(next.into_iter().filter(|at| *at > now).min())
    }

    /// When somebody who is free comes back to something that waits, or something opens for them.
    fn next_taken_up(&self, now: Moment) -> Option<Moment> {
        let jobs = self.desk.jobs(self.scenario);
        let mut earliest: Option<Moment> = None;
        for player in self.people.iter().filter(|player| player.at_work.is_none()) {
            let open = jobs
                .iter()
                .filter(|job| {
                    !self.claims.contains(&job.claim()) && self.desk.may(&player.person, job)
                })
                .map(|job| job.open_from.max(now))
                .min();
            let until = earliest.unwrap_or(self.scenario.end);
            let at = open
                .filter(|at| *at <= until)
                .and_then(|at| player.person.there_from(at, until));
            if let Some(at) = at.filter(|at| *at > now) {
                earliest = Some(earliest.map_or(at, |known| known.min(at)));
            }
        }
        earliest
    }

    fn count_texts(&mut self) {
        let codes: Vec<String> = self.realm.channels().keys().cloned().collect();
        for recording in codes.iter().filter_map(|code| self.realm.recording(code)) {
            let (texts, unmarked) = recording.count(is_marked);
            self.play.texts += texts;
            self.play.unmarked += unmarked;
        }
    }

    async fn fill_contacts(&mut self) -> Result<()> {
        let mut number = 0u32;
        for group in &self.scenario.file.recipients {
            let mut left = group.count;
            while left > 0 {
                let chunk = left.min(1_000);
                left -= chunk;
                let contacts: Vec<Contact> = (0..chunk)
                    .map(|_| {
                        number += 1;
                        simulated(number, &group.areas, &group.groups, &group.addresses)
                    })
                    .collect();
                let mut tx = self.realm.store.begin().await?;
                tx.upsert_contacts(&contacts).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }

    async fn close(mut self) -> Result<Play> {
        self.count_texts();
        let mut tx = self.realm.store.read().await?;
        self.play.channels = tx.channel_counts().await?;
        let published: Vec<(ReleaseId, Moment)> = self
            .play
            .journal
            .iter()
            .filter(|entry| entry.act == "release-published")
            .filter_map(|entry| Some((entry.release.as_deref()?.parse().ok()?, entry.at)))
            .collect();
        for (id, _) in &published {
            let Some(release) = tx.release(id).await? else {
                continue;
            };
            let signatures = tx.signatures(id).await?;
            if let Some(lacks) = lacking(self.scenario, &release, &signatures) {
                self.play
                    .unapproved
                    .push(format!("{} {lacks}", release.item));
            }
        }
        for expected in self
            .scenario
            .file
            .expect
            .iter()
            .filter_map(|e| e.delivered.as_ref())
        {
            let (mut taken, mut all) = (0, 0);
            for (id, at) in &published {
                let by = expected.within.after(*at);
                let mut after = 0;
                loop {
                    let page = tx.deliveries(id, None, after, 5_000).await?;
                    let Some(last) = page.last() else { break };
                    after = last.id;
                    for one in page.iter().filter(|one| one.channel == expected.channel) {
                        if matches!(
                            one.status,
                            DeliveryStatus::Skipped | DeliveryStatus::Cancelled
                        ) {
                            continue;
                        }
                        all += 1;
                        let is_taken = matches!(
                            one.status,
                            DeliveryStatus::Accepted | DeliveryStatus::Delivered
                        );
                        taken += u64::from(is_taken && one.done_at.is_some_and(|at| at <= by));
                    }
                }
            }
            self.play.delivered.push((taken, all));
        }
        drop(tx);
        Ok(self.play)
    }
}

/// The drill's plans with the channels as fast as the scenario lets them be.
fn behaving(scenario: &Scenario, slow: &BTreeMap<String, f64>) -> PlanSet {
    let mut plans = scenario.plans.clone();
    for def in plans.channels.values_mut() {
        let model = scenario
            .file
            .channels
            .get(&def.channel)
            .copied()
            .unwrap_or_default();
        let by_latency = model
            .latency
            .filter(|latency| latency.as_seconds() > 0)
            .map(|latency| {
                #[expect(clippy::cast_precision_loss, reason = "a latency is seconds")]
                let seconds = latency.as_seconds() as f64;
                f64::from(def.concurrency) / seconds
            });
        let limits = [
            model.per_second,
            by_latency,
            slow.get(&def.channel).copied(),
        ];
        for limit in limits.into_iter().flatten() {
            let own = def.rate.map_or(f64::INFINITY, |rate| rate.per_second);
            if limit < own {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a rate is at most a million"
                )]
                let burst = (limit.ceil() as u32).max(1);
                let burst = def.rate.map_or(burst, |rate| rate.burst.min(burst));
                def.rate = Some(Rate {
                    per_second: limit,
                    burst,
                });
            }
        }
    }
    plans
}

fn simulated(
    number: u32,
    areas: &[AreaCode],
    groups: &[String],
    kinds: &[AddressChoice],
) -> Contact {
    let mut addresses: Vec<Address> = kinds
        .iter()
        .map(|kind| match kind {
            AddressChoice::Sms => Address {
                kind: AddressKind::Sms,
                address: format!("199{number:08}"),
            },
            AddressChoice::Email => Address {
                kind: AddressKind::Email,
                address: format!("r{number}@drill.invalid"),
            },
        })
        .collect();
    addresses.sort();
    Contact {
        code: format!("drill-{number}"),
        name: format!("演练收信人{number}"),
        language: Language::ZhCn,
        areas: areas.to_vec(),
        groups: groups.to_vec(),
        posts: Vec::new(),
        addresses,
    }
}

/// Whether a text begins and ends as every text of a drill must.
fn is_marked(text: &str) -> bool {
    text.trim().starts_with("【演练】") && text.trim().ends_with("以上为演练")
}

/// What a published text lacks of the signatures that its route demands before publication.
fn lacking(
    scenario: &Scenario,
    release: &crate::domain::release::Release,
    signatures: &[Signature],
) -> Option<String> {
    let publication = release.state.publication()?;
    let own: Vec<&Signature> = signatures
        .iter()
        .filter(|s| s.hash == publication.hash && s.at <= publication.at)
        .collect();
    let has = |kind: SignatureKind| own.iter().any(|s| s.kind == kind);
    if release.correction.is_some() {
        return (!has(SignatureKind::Correction)).then(|| "缺更正签名".to_owned());
    }
    if has(SignatureKind::Fast) {
        return None;
    }
    let plan = plan_of(scenario, release)?;
    let item = super::desk::item_of(plan, release)?;
    let route = plan.routes.get(&item.route)?;
    let users: BTreeSet<&str> = own.iter().map(|s| s.user.as_str()).collect();
    if users.len() < route.sign.len() {
        return Some(format!(
            "应有{}人签名，实有{}人",
            route.sign.len(),
            users.len()
        ));
    }
    let missing = route.sign.iter().find(|signer| {
        !own.iter()
            .any(|s| s.post == signer.post || Some(&s.post) == signer.deputy.as_ref())
    })?;
    Some(format!("缺 {} 的签名", missing.post))
}

/// Plays on a thread of its own whose runtime has one worker, so that nothing depends on how threads meet.
///
/// # Errors
/// The store's, or that there was no thread to be had.
pub fn play_alone(scenario: &Scenario, seed: u64, database: &str) -> Result<Play> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .name(format!("drill-{seed}"))
            .spawn_scoped(scope, || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .map_err(|error| StoreError::Unavailable(error.to_string()))?;
                runtime.block_on(async {
                    let store = Store::open(database).await?;
                    let played = play(scenario, seed, store.clone()).await;
                    store.close().await;
                    played
                })
            });
        match thread.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(played)) => played,
            Ok(Err(_)) => Err(StoreError::Statement(
                "the drill stopped short; please report it".into(),
            )),
            Err(error) => Err(StoreError::Unavailable(error.to_string())),
        }
    })
}
