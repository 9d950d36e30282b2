//! A drill played to its end on virtual time: in a second what would take a day, and the same bytes every time.

use std::collections::{BTreeMap, BTreeSet};

use super::desk::{item_of, plan_of};
use super::recipients;
use super::scenario::Scenario;
use super::stage::{Stage, Tempo};
use crate::clock::VirtualClock;
use crate::domain::approval::{Signature, SignatureKind};
use crate::domain::bulletin::Bulletin;
use crate::domain::delivery::DeliveryStatus;
use crate::domain::journal::{Act, Effect, Happened, Told};
use crate::domain::release::Release;
use crate::domain::time::Moment;
use crate::id::ReleaseId;
use crate::plan::scenario::ChannelShare;
use crate::store::{Result, Store, StoreError, Tx};

/// Everything that a drill leaves behind.
#[derive(Debug, Clone)]
pub struct Play {
    pub journal: Vec<Told>,
    /// When it was over: the scenario's end, or earlier if somebody stopped it.
    pub ended_at: Moment,
    /// Played with people, against the clock on the wall.
    pub is_live: bool,
    /// It goes no further; until then everything here is as it is by now.
    pub is_over: bool,
    /// Deliveries of each channel by status.
    pub channels: BTreeMap<String, BTreeMap<&'static str, i64>>,
    /// Texts handed to recording channels, and those of them without the marks of a drill.
    pub texts: u64,
    pub unmarked: u64,
    /// Published releases that lack a signature they needed, with what is missing.
    pub unapproved: Vec<String>,
    /// Every text that went out, in the order in which it did.
    pub published: Vec<Published>,
    /// For each expectation of the scenario about a share of a channel's messages: those that fulfil it, and all.
    pub shares: Vec<(u64, u64)>,
    /// Seconds each simulated person was at work on something.
    pub busy: BTreeMap<String, i64>,
}

/// A text that went out.
#[derive(Debug, Clone)]
pub struct Published {
    pub at: Moment,
    /// As it stands at the end: corrected, lifted, withdrawn.
    pub release: Release,
    /// With its numbers and dates.
    pub text: Bulletin,
}

impl Play {
    /// Every inject that was tried, in order.
    pub fn injects(&self) -> impl Iterator<Item = (Moment, &Happened)> {
        self.journal.iter().filter_map(|entry| match &entry.act {
            Act::Inject(happened) => Some((entry.at, happened)),
            _ => None,
        })
    }

    /// Corrections wanted: of what, and when it was noticed.
    pub fn wrong(&self) -> impl Iterator<Item = (ReleaseId, Moment)> {
        self.injects()
            .filter_map(|(at, happened)| match &happened.effect {
                Some(Effect::Wrong { release, .. }) => Some((release.clone(), at)),
                _ => None,
            })
    }
}

/// Plays `scenario` on an empty `store`. The same scenario and seed leave the same bytes.
///
/// # Errors
/// The store's.
pub async fn play(scenario: &Scenario, seed: u64, store: Store) -> Result<Play> {
    recipients::fill(&store, scenario).await?;
    let clock = VirtualClock::at(scenario.start);
    let mut stage = Stage::open(scenario, seed, store, clock, Tempo::Virtual, |_| true).await?;
    stage.play_until(scenario.end).await?;
    look_back(&mut stage).await
}

/// What the drill has left behind by now.
///
/// # Errors
/// The store's.
pub async fn look_back(stage: &mut Stage<'_>) -> Result<Play> {
    stage.count_texts();
    let scenario = stage.scenario;
    let mut tx = stage.realm().store.read().await?;
    let mut play = Play {
        journal: stage.journal.clone(),
        ended_at: stage.now().min(scenario.end),
        is_live: stage.tempo == Tempo::Live,
        is_over: stage.now() >= scenario.end,
        channels: tx.channel_counts().await?,
        texts: stage.texts.0,
        unmarked: stage.texts.1,
        unapproved: Vec::new(),
        published: Vec::new(),
        shares: Vec::new(),
        busy: stage.crew.busy.clone(),
    };
    let published: Vec<(ReleaseId, Moment)> = play
        .journal
        .iter()
        .filter(|entry| matches!(entry.act, Act::ReleasePublished { .. }))
        .filter_map(|entry| Some((entry.release.clone()?, entry.at)))
        .collect();
    for (id, at) in &published {
        let Some(release) = tx.release(id).await? else {
            continue;
        };
        let signatures = tx.signatures(id).await?;
        if let Some(lacks) = lacking(scenario, &release, &signatures) {
            play.unapproved.push(format!("{} {lacks}", release.item));
        }
        let version = release.state.publication().map(|was| was.version);
        let text = match version {
            Some(version) => tx.issued_bulletin(id, version).await?,
            None => None,
        };
        if let Some(text) = text {
            let at = *at;
            play.published.push(Published { at, release, text });
        }
    }
    let expected = scenario.file.expect.iter();
    for expected in expected {
        if let Some(share) = &expected.accepted {
            let counted = share_of(&mut tx, &published, share, false, play.ended_at).await?;
            play.shares.push(counted);
        }
        if let Some(share) = &expected.delivered {
            let counted = share_of(&mut tx, &published, share, true, play.ended_at).await?;
            play.shares.push(counted);
        }
    }
    Ok(play)
}

/// What the channel has taken in time, or what has `arrived` then, and all that it should have been by `now`.
async fn share_of(
    tx: &mut Tx,
    published: &[(ReleaseId, Moment)],
    expected: &ChannelShare,
    arrived: bool,
    now: Moment,
) -> Result<(u64, u64)> {
    let (mut reached, mut all) = (0, 0);
    for (id, at) in published {
        let by = expected.within.after(*at);
        // There is still time for what was published a moment ago.
        if by > now {
            continue;
        }
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
                let at = match (one.status, arrived) {
                    (DeliveryStatus::Delivered, true) => one.receipt_at,
                    (DeliveryStatus::Accepted | DeliveryStatus::Delivered, false) => one.done_at,
                    _ => None,
                };
                reached += u64::from(at.is_some_and(|at| at <= by));
            }
        }
    }
    Ok((reached, all))
}

/// What a published text lacks of the signatures that its route demands before publication.
fn lacking(scenario: &Scenario, release: &Release, signatures: &[Signature]) -> Option<String> {
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
    let item = item_of(plan, release)?;
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
