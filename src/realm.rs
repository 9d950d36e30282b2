//! A world to run the story in: a store, a clock, channels, plans.
//!
//! The actual realm is built by [`Realm::actual`] and is the only one with a permit for live channels. A drill realm is
//! built by [`Realm::drill`]: another store, another clock, another letter in its ids, and channels that record. There
//! is no way from one to the other.

mod inbox;

pub use inbox::{Brought, Full};

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::sync::watch;

use inbox::Inbox;

pub use crate::channel::{Call, Heard};

use crate::channel::recording::Recording;
use crate::channel::{self, LivePermit, Secrets, SharedChannel};
use crate::clock::{SharedClock, VirtualClock};
use crate::domain::channel::{ChannelDef, Finality};
use crate::domain::phrase::Phrase;
use crate::domain::plan::PlanSet;
use crate::domain::time::Moment;
use crate::flow::{PlanCache, World};
use crate::id::{Minter, RealmKind};
use crate::store::{Result, Store, Tx};

/// A world, shared by everything that runs in it.
pub struct Realm {
    pub store: Store,
    pub clock: SharedClock,
    world: ArcSwap<World>,
    channels: ArcSwap<BTreeMap<String, Wired>>,
    switched: ArcSwap<BTreeMap<String, bool>>,
    wiring: Wiring,
    signal: watch::Sender<u64>,
    pub inbox: Inbox,
}

/// A channel's definition with what was built from it.
#[derive(Clone)]
pub struct Wired {
    pub def: ChannelDef,
    /// Why it could not be built (a secret that is not there), in words for the operator.
    pub channel: std::result::Result<SharedChannel, Phrase>,
}

/// How this realm builds channels.
enum Wiring {
    Live {
        permit: LivePermit,
        secrets: Arc<dyn Secrets>,
        base: std::path::PathBuf,
    },
    Recording(std::sync::Mutex<BTreeMap<String, Arc<Recording>>>),
}

impl Realm {
    /// The world that reaches people. `serve` and `demo` run it; `doctor` builds it to ask its channels how they are.
    pub fn actual(
        store: Store,
        clock: SharedClock,
        plans: PlanSet,
        secrets: Arc<dyn Secrets>,
        base: &Path,
    ) -> Self {
        let wiring = Wiring::Live {
            permit: LivePermit::for_actual_realm(),
            secrets,
            base: base.to_owned(),
        };
        Self::new(
            store,
            clock,
            plans,
            wiring,
            Minter::from_os(RealmKind::Actual),
            Arc::default(),
        )
    }

    /// A world that can reach no one: repeatable from its seed, or with ids and secrets that nobody can guess. Plays of
    /// one scenario share the `cache`.
    pub fn drill(
        store: Store,
        clock: VirtualClock,
        plans: PlanSet,
        seed: Option<u64>,
        cache: Arc<PlanCache>,
    ) -> Self {
        let wiring = Wiring::Recording(std::sync::Mutex::default());
        Self::new(
            store,
            Arc::new(clock),
            plans,
            wiring,
            match seed {
                Some(seed) => Minter::seeded(RealmKind::Drill, seed),
                None => Minter::from_os(RealmKind::Drill),
            },
            cache,
        )
    }

    fn new(
        store: Store,
        clock: SharedClock,
        plans: PlanSet,
        wiring: Wiring,
        ids: Minter,
        cache: Arc<PlanCache>,
    ) -> Self {
        let channels = plans
            .channels
            .values()
            .map(|def| (def.channel.clone(), wiring.wire(def)))
            .collect();
        let world = World {
            ids: Arc::new(ids),
            plans: Arc::new(plans),
            cache,
        };
        Self {
            store,
            clock,
            world: ArcSwap::from_pointee(world),
            channels: ArcSwap::from_pointee(channels),
            switched: ArcSwap::default(),
            wiring,
            signal: watch::Sender::new(0),
            inbox: Inbox::default(),
        }
    }

    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    pub fn world(&self) -> Arc<World> {
        self.world.load_full()
    }

    pub fn channels(&self) -> Arc<BTreeMap<String, Wired>> {
        self.channels.load_full()
    }

    /// What a drill's channel was given. None in the actual realm and for a channel that does not exist.
    pub fn recording(&self, channel: &str) -> Option<Arc<Recording>> {
        match &self.wiring {
            Wiring::Recording(built) => built
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .get(channel)
                .cloned(),
            Wiring::Live { .. } => None,
        }
    }

    /// Whether there is such a channel with an address for receipts, and this is its secret.
    pub fn knows_receipts(&self, channel: &str, secret: &str) -> bool {
        self.caller(channel)
            .is_some_and(|channel| channel.knows(secret))
    }

    /// What a call to a channel's address for receipts says, by somebody who knows its secret; None when it cannot be read.
    pub fn receipts(&self, channel: &str, call: &Call<'_>) -> Option<Heard> {
        self.caller(channel)?.receipts(call)
    }

    fn caller(&self, channel: &str) -> Option<SharedChannel> {
        self.channels.load().get(channel)?.channel.clone().ok()
    }

    /// Takes new plans and channels into use. Incidents keep the plans that they were declared under.
    pub fn replace_plans(&self, plans: PlanSet) {
        let old = self.channels.load();
        let channels = plans
            .channels
            .values()
            .map(|def| {
                // A channel that did not change keeps its connections.
                let kept = old
                    .get(&def.channel)
                    .filter(|wired| wired.def == *def && wired.channel.is_ok());
                (
                    def.channel.clone(),
                    kept.cloned().unwrap_or_else(|| self.wiring.wire(def)),
                )
            })
            .collect();
        let world = self.world.load();
        let next = World {
            ids: world.ids.clone(),
            plans: Arc::new(plans),
            cache: world.cache.clone(),
        };
        self.channels.store(Arc::new(channels));
        self.world.store(Arc::new(next));
        self.notify();
    }

    /// Begins a transaction for a verb, with the one moment that all of it carries.
    pub async fn begin(&self) -> Result<(Tx, Arc<World>, Moment)> {
        let tx = self.store.begin().await?;
        Ok((tx, self.world(), self.now()))
    }

    /// Makes a verb's work durable and wakes whoever waits for it.
    ///
    /// # Errors
    /// The store's; nothing of the verb has happened then.
    pub async fn commit(&self, tx: Tx) -> Result<()> {
        tx.commit().await?;
        self.notify();
        Ok(())
    }

    /// Wakes every loop. The signal carries nothing: what there is to do stands in the tables.
    pub fn notify(&self) {
        self.signal
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    pub fn listen(&self) -> watch::Receiver<u64> {
        self.signal.subscribe()
    }

    /// Reads again which channels an operator has switched on or off.
    pub async fn read_switches(&self) -> Result<()> {
        let switched = self.store.read().await?.channel_switches().await?;
        if **self.switched.load() != switched {
            self.switched.store(Arc::new(switched));
            self.notify();
        }
        Ok(())
    }

    /// Whether a channel may send: as its file says, unless an operator has switched it.
    pub fn is_enabled(&self, def: &ChannelDef) -> bool {
        self.switched
            .load()
            .get(&def.channel)
            .copied()
            .unwrap_or(def.enabled)
    }

    /// The codes of the channels that may send now.
    pub fn enabled(&self) -> BTreeSet<String> {
        let channels = self.channels();
        channels
            .values()
            .filter(|wired| self.is_enabled(&wired.def))
            .map(|wired| wired.def.channel.clone())
            .collect()
    }
}

impl Wiring {
    fn wire(&self, def: &ChannelDef) -> Wired {
        let channel = match self {
            Self::Live {
                permit,
                secrets,
                base,
            } => channel::live(def, permit, secrets.as_ref(), base).map_err(|error| error.phrase()),
            Self::Recording(built) => {
                let mut built = built
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner);
                let recording = built
                    .entry(def.channel.clone())
                    .or_insert_with(|| Arc::new(Recording::new()));
                recording.give_receipts(def.spec().finality() != Finality::Accepted);
                Ok(recording.clone() as SharedChannel)
            }
        };
        Wired {
            def: def.clone(),
            channel,
        }
    }
}
