//! A drill played with people: the stage moves with the clock on the wall, and whoever directs it gives orders.
//!
//! ```text
//! orders ─▶ Conductor (one task) ─▶ Stage ─▶ realm ◀─ faces that others open: portal and API of the drill
//!                  └─▶ drill.json, and at the end transcript, score and report
//! ```
//!
//! What has happened stands in the journal of the drill's own store; `drill.json` holds the clock. A server that is
//! killed finds both and goes on. It knows no HTTP.

mod conductor;
mod folder;
mod orders;
mod participants;
mod view;

pub use folder::{Folder, Keep, StartError};
pub use orders::{Asked, Leap, Order, OrderError, Reports};
pub use participants::Participant;
pub use view::{Coming, State, View, Waiting};

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

use super::people::Person;
use super::recipients;
use super::scenario::Scenario;
use crate::id::RealmKind;
use crate::realm::Realm;
use crate::store::{Result, Store};

/// How fast a drill's clock may run: seconds of the drill to one of the clock on the wall.
pub const SPEEDS: std::ops::RangeInclusive<u32> = 1..=60;

/// A drill that is under way. Cheap to clone.
#[derive(Clone)]
pub struct Live {
    pub realm: Arc<Realm>,
    orders: mpsc::Sender<(
        Order,
        oneshot::Sender<std::result::Result<Asked, OrderError>>,
    )>,
    view: watch::Receiver<View>,
}

impl Live {
    /// Sets up the drill in its folder: store, simulated recipients, people with tokens. The clock stands until
    /// [`Order::Resume`]; before that nothing is kept that a restart would take up.
    pub async fn prepare(
        folder: &Folder,
        scenario: Scenario,
        keep: Keep,
        stop: CancellationToken,
    ) -> Result<(Self, Vec<Participant>)> {
        let store = Store::open(&folder.database()).await?;
        recipients::fill(&store, &scenario).await?;
        let played: Vec<Person> = super::people::cast(&scenario)
            .into_iter()
            .filter(|person| !keep.simulates(person))
            .collect();
        let participants = participants::admit(&store, &played, keep.clock).await?;
        let live = Self::open(folder, scenario, keep, store, stop).await?;
        Ok((live, participants))
    }

    /// Takes up a drill where its folder says it stood.
    pub async fn take_up(
        folder: &Folder,
        scenario: Scenario,
        keep: Keep,
        stop: CancellationToken,
    ) -> Result<Self> {
        let store = Store::open(&folder.database()).await?;
        Self::open(folder, scenario, keep, store, stop).await
    }

    async fn open(
        folder: &Folder,
        scenario: Scenario,
        keep: Keep,
        store: Store,
        stop: CancellationToken,
    ) -> Result<Self> {
        store.belong_to(RealmKind::Drill).await?;
        let (orders, heard) = mpsc::channel(16);
        let (told, ready) = oneshot::channel();
        let conductor = conductor::Setup {
            folder: folder.clone(),
            scenario,
            keep,
            store,
            orders: heard,
            stop,
        };
        tokio::spawn(conductor.run(told));
        let (realm, view) = ready.await.map_err(|_| {
            crate::store::StoreError::Statement("the drill ended before it began".into())
        })??;
        Ok(Self {
            realm,
            orders,
            view,
        })
    }

    pub fn view(&self) -> View {
        self.view.borrow().clone()
    }

    /// Follows the drill; the last view says how it ended.
    pub fn follow(&self) -> watch::Receiver<View> {
        self.view.clone()
    }

    /// Gives an order and waits until it is carried out.
    ///
    /// # Errors
    /// Why it was not; nothing of it has happened then.
    pub async fn order(&self, order: Order) -> std::result::Result<Asked, OrderError> {
        let (told, answer) = oneshot::channel();
        self.orders
            .send((order, told))
            .await
            .map_err(|_| OrderError::over())?;
        answer.await.map_err(|_| OrderError::over())?
    }
}
