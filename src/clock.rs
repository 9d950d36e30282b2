//! Where time comes from: the machine in the actual realm, a value that somebody moves in a drill.
//!
//! Only the loops at the rim (`worker`, `web`, `cli`, `drill`) hold a clock. Everything below them is handed `now`
//! as a value, read once per unit of work, so that all rows of one act carry one time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use chrono::Utc;
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

    async fn sleep_until(&self, at: Moment) {
        // A long sleep is cut up so that a machine whose clock was set forward notices within a minute.
        loop {
            let left = (at - self.now()).to_std().unwrap_or(Duration::ZERO);
            if left.is_zero() {
                return;
            }
            pause(left).await;
        }
    }
}

/// A clock of its own: it stands still until it is moved, or runs at a pace of its own. Cloning shares the hands.
#[derive(Clone)]
pub struct VirtualClock {
    hands: Arc<Mutex<Hands>>,
    moved: watch::Sender<()>,
}

/// Where the hands were when they were last touched.
struct Hands {
    at: Moment,
    since: Instant,
    /// Seconds of this clock to one of the machine's; 0 = it stands.
    speed: u32,
}

impl Hands {
    fn now(&self, real: impl FnOnce() -> Instant) -> Moment {
        if self.speed == 0 {
            return self.at;
        }
        let passed = real().saturating_duration_since(self.since) * self.speed;
        let millis = i64::try_from(passed.as_millis()).unwrap_or(i64::MAX);
        from_millis(self.at.timestamp_millis().saturating_add(millis))
    }
}

fn real() -> Instant {
    Instant::now()
}

impl VirtualClock {
    pub fn at(start: Moment) -> Self {
        let hands = Hands {
            at: from_millis(start.timestamp_millis()),
            since: real(),
            speed: 0,
        };
        Self {
            hands: Arc::new(Mutex::new(hands)),
            moved: watch::Sender::new(()),
        }
    }

    /// Moves the hands forward to `at`; a moment in the past leaves them where they are.
    pub fn advance_to(&self, at: Moment) {
        self.touch(|hands| hands.at = hands.at.max(from_millis(at.timestamp_millis())));
    }

    /// Lets the clock run, `speed` of its seconds to one of the machine's; 0 stops it where it is.
    pub fn run(&self, speed: u32) {
        self.touch(|hands| hands.speed = speed);
    }

    fn touch(&self, change: impl FnOnce(&mut Hands)) {
        {
            let mut hands = self.lock();
            let since = real();
            hands.at = hands.now(|| since);
            hands.since = since;
            change(&mut hands);
        }
        self.moved.send_replace(());
    }

    fn lock(&self) -> MutexGuard<'_, Hands> {
        // Hands are set in one go, so a thread that died while it held them left them whole.
        self.hands.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Clock for VirtualClock {
    fn now(&self) -> Moment {
        self.lock().now(real)
    }

    async fn sleep_until(&self, at: Moment) {
        let mut moved = self.moved.subscribe();
        loop {
            moved.mark_unchanged();
            let (now, speed) = {
                let hands = self.lock();
                (hands.now(real), hands.speed)
            };
            let left = (at - now).to_std().unwrap_or(Duration::ZERO);
            if left.is_zero() {
                return;
            }
            // Rounded up to the millisecond: a clock asked just too early would be asked again and again.
            let sleep = async {
                match left.checked_div(speed) {
                    Some(left) => pause(left + Duration::from_millis(1)).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = sleep => {}
                changed = moved.changed() => if changed.is_err() { return },
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that sleeps")]
async fn pause(time: Duration) {
    tokio::time::sleep(time.min(Duration::from_secs(60))).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn start() -> Moment {
        from_millis(1_800_000_000_000)
    }

    #[test]
    fn hands_stand_until_they_are_let_go_and_keep_what_they_have_run() {
        let began = real();
        let after = |seconds| began + Duration::from_secs(seconds);
        let mut hands = Hands {
            at: start(),
            since: began,
            speed: 0,
        };
        assert_eq!(hands.now(|| after(100)), start());
        hands.speed = 60;
        assert_eq!(hands.now(|| after(2)), start() + TimeDelta::seconds(120));
    }

    #[tokio::test]
    async fn whoever_sleeps_wakes_when_the_clock_is_moved_and_when_it_is_let_go() {
        let clock = VirtualClock::at(start());
        let sleeper = clock.clone();
        let hour = start() + TimeDelta::hours(1);
        let slept = tokio::spawn(async move { sleeper.sleep_until(hour).await });
        clock.advance_to(hour);
        slept.await.unwrap();
        let sleeper = clock.clone();
        let slept =
            tokio::spawn(async move { sleeper.sleep_until(hour + TimeDelta::minutes(1)).await });
        clock.run(3_000);
        slept.await.unwrap();
        clock.run(0);
        let stood = clock.now();
        assert!(stood >= hour + TimeDelta::minutes(1));
        clock.advance_to(start());
        assert_eq!(clock.now(), stood, "a clock never goes back");
    }
}
