//! Where receipts wait, from whichever side they came, until the worker has written them.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::{mpsc, oneshot};

use crate::domain::delivery::Receipt;

/// Deliveries of receipts that may wait at once; whoever brings more is asked to come back.
const ROOM: usize = 1_000;

/// Receipts of one channel, as they were brought together.
pub struct Brought {
    pub channel: String,
    pub receipts: Vec<Receipt>,
    /// Told once they are written.
    written: oneshot::Sender<()>,
}

impl Brought {
    /// Tells whoever brought them that they will not be lost any more.
    pub fn is_written(self) {
        // Nobody may be waiting any more; the receipts are written all the same.
        let _ = self.written.send(());
    }
}

/// There is no room, or nobody works here any more: to be brought again later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

pub struct Inbox {
    sender: mpsc::Sender<Brought>,
    receiver: Mutex<Option<mpsc::Receiver<Brought>>>,
    /// By channel, what said nothing that could be understood.
    passed_over: Mutex<BTreeMap<String, i64>>,
}

impl Default for Inbox {
    fn default() -> Self {
        let (sender, receiver) = mpsc::channel(ROOM);
        Self {
            sender,
            receiver: Mutex::new(Some(receiver)),
            passed_over: Mutex::default(),
        }
    }
}

impl Inbox {
    /// Hands receipts in, and returns once they are written.
    ///
    /// # Errors
    /// When they were not taken.
    pub async fn hand_in(&self, channel: &str, receipts: Vec<Receipt>) -> Result<(), Full> {
        let (written, is_written) = oneshot::channel();
        let brought = Brought {
            channel: channel.to_owned(),
            receipts,
            written,
        };
        self.sender.try_send(brought).map_err(|_| Full)?;
        is_written.await.map_err(|_| Full)
    }

    /// Counts what was brought and says nothing that could be understood; nobody waits until that is written.
    pub fn pass_over(&self, channel: &str, receipts: usize) {
        let mut counts = self
            .passed_over
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(channel.to_owned()).or_default();
        *count = count.saturating_add(i64::try_from(receipts).unwrap_or(i64::MAX));
    }

    /// What was passed over since this was last asked.
    pub fn take_passed_over(&self) -> BTreeMap<String, i64> {
        std::mem::take(
            &mut *self
                .passed_over
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    /// The other end, for the one who empties it; to be put back by [`Self::leave`].
    pub fn attend(&self) -> Option<mpsc::Receiver<Brought>> {
        self.receiver
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    pub fn leave(&self, receiver: mpsc::Receiver<Brought>) {
        *self.receiver.lock().unwrap_or_else(PoisonError::into_inner) = Some(receiver);
    }
}
