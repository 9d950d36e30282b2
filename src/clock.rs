//! Where time comes from: the machine in the actual realm, a value that somebody moves in a drill.
//!
//! Only the loops at the rim (`worker`, `web`, `cli`, `drill`) hold a clock. Everything below them is handed `now`
//! as a value, read once per unit of work, so that all rows of one act carry one time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use tokio::sync::watch;

use crate::domain::time::{Moment, from_millis};

/// Tells the time and waits for it.
#[async_trait]
pub trait Clock: Send + Sync {
    fn now(&self) -> Moment;
    /// Returns when `now() >= at`; at once if it already is.
    async fn sleep_until(&self, at: Moment);
}

pub type SharedClock = Arc<dyn Clock>;

/// The machine's clock, in whole milliseconds, which is what the stores keep.
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the machine's clock"
    )]
    fn now(&self) -> Moment {
        from_millis(Utc::now().timestamp_millis())
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that sleeps")]
    async fn sleep_until(&self, at: Moment) {
        // A long sleep is cut up so that a machine whose clock was set forward notices within a minute.
        loop {
            let left = (at - self.now()).to_std().unwrap_or(Duration::ZERO);
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left.min(Duration::from_secs(60))).await;
        }
    }
}

/// A clock that stands still until it is moved. Cloning shares the hands.
#[derive(Clone)]
pub struct VirtualClock {
    millis: Arc<AtomicI64>,
    moved: watch::Sender<i64>,
}

impl VirtualClock {
    pub fn at(start: Moment) -> Self {
        let millis = start.timestamp_millis();
        Self {
            millis: Arc::new(AtomicI64::new(millis)),
            moved: watch::Sender::new(millis),
        }
    }

    /// Moves the hands forward to `at`; a moment in the past leaves them where they are.
    pub fn advance_to(&self, at: DateTime<Utc>) {
        let at = at.timestamp_millis();
        self.millis.fetch_max(at, Ordering::SeqCst);
        self.moved.send_replace(at);
    }
}

#[async_trait]
impl Clock for VirtualClock {
    fn now(&self) -> Moment {
        from_millis(self.millis.load(Ordering::SeqCst))
    }

    async fn sleep_until(&self, at: Moment) {
        let mut moved = self.moved.subscribe();
        while self.now() < at {
            if moved.changed().await.is_err() {
                return;
            }
        }
    }
}
