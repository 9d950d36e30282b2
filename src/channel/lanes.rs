//! How many connections a provider takes. Some allow fewer than the definition asks for and refuse the next: then there
//! are fewer, what was refused waits for one of them, and nothing counts as a failure.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

/// After a refusal one more is tried when so long has passed; twice as long each time that it is refused again.
const CALM: Duration = Duration::from_secs(1);
const LONGEST_CALM: Duration = Duration::from_secs(60);

/// The ways to one provider, of which as many are used at once as it allows.
pub(super) struct Lanes {
    state: Mutex<State>,
    changed: Notify,
    most: usize,
}

struct State {
    limit: usize,
    /// Lanes in use, those among them that have an answer, and those that were refused and wait for the others' fate.
    used: usize,
    open: usize,
    refused: usize,
    answered_at: Option<Instant>,
    calm: Duration,
    more_at: Option<Instant>,
}

/// The right to one connection; given back when it is dropped.
pub(super) struct Lane<'a> {
    lanes: &'a Lanes,
    begun: Instant,
    is_open: bool,
}

impl Lanes {
    pub fn new(most: usize) -> Self {
        let most = most.max(1);
        let state = State {
            limit: most,
            used: 0,
            open: 0,
            refused: 0,
            answered_at: None,
            calm: CALM,
            more_at: None,
        };
        Self {
            state: Mutex::new(state),
            changed: Notify::new(),
            most,
        }
    }

    /// Waits for a lane.
    pub async fn enter(&self) -> Lane<'_> {
        loop {
            let changed = self.changed.notified();
            let more_at = {
                let now = Instant::now();
                let mut state = self.lock();
                if state.more_at.is_some_and(|at| at <= now) {
                    state.limit = (state.limit + 1).min(self.most);
                    state.more_at = (state.limit < self.most).then(|| now + state.calm);
                }
                if state.used < state.limit {
                    state.used += 1;
                    return Lane {
                        lanes: self,
                        begun: now,
                        is_open: false,
                    };
                }
                state.more_at
            };
            match more_at {
                Some(at) => {
                    let _ = timeout_at(at, changed).await;
                }
                None => changed.await,
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Each change is a few numbers: a thread that died holding the lock left nothing half-done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lane<'_> {
    /// The provider has answered on this lane.
    pub fn opened(&mut self) {
        if self.is_open {
            return;
        }
        self.is_open = true;
        let mut state = self.lanes.lock();
        state.open += 1;
        state.answered_at = Some(Instant::now());
        // Who was refused beside this one now knows why.
        let is_awaited = state.refused > 0;
        drop(state);
        if is_awaited {
            self.lanes.changed.notify_waiters();
        }
    }

    /// The connection that was kept from an earlier message is dead; a new one is tried.
    pub fn closed(&mut self) {
        if std::mem::take(&mut self.is_open) {
            let mut state = self.lanes.lock();
            state.open = state.open.saturating_sub(1);
        }
        self.begun = Instant::now();
    }

    /// Whether a connection on this lane was refused because there are enough of them. Then there are fewer from now on,
    /// and the caller enters again. Waits at most until `until` to hear how others fare.
    pub async fn crowded(mut self, until: Instant) -> bool {
        if self.is_open {
            // It was taken and then refused: one fewer will do, if there are others.
            self.is_open = false;
            let mut state = self.lanes.lock();
            state.open = state.open.saturating_sub(1);
            if state.used < 2 {
                state.forget(self.lanes.most);
                return false;
            }
            let left = state.used - 1;
            state.shrink(left);
            return true;
        }
        self.lanes.lock().refused += 1;
        let verdict = loop {
            let changed = self.lanes.changed.notified();
            {
                let mut state = self.lanes.lock();
                let others_work =
                    state.open > 0 || state.answered_at.is_some_and(|at| at >= self.begun);
                if others_work {
                    let left = state.used.saturating_sub(state.refused).max(1);
                    state.shrink(left);
                    break true;
                }
                if state.used <= state.refused {
                    // Nobody got through: the provider is not there, and its crowd is not the reason.
                    state.forget(self.lanes.most);
                    break false;
                }
            }
            if timeout_at(until, changed).await.is_err() {
                break false;
            }
        };
        self.lanes.lock().refused -= 1;
        self.lanes.changed.notify_waiters();
        verdict
    }
}

impl State {
    /// What was learnt of a provider that is gone says nothing of the one that comes back.
    fn forget(&mut self, most: usize) {
        self.limit = most;
        self.more_at = None;
        self.calm = CALM;
    }

    fn shrink(&mut self, left: usize) {
        if left < self.limit {
            self.limit = left.max(1);
        }
        self.more_at = Some(Instant::now() + self.calm);
        self.calm = (self.calm * 2).min(LONGEST_CALM);
    }
}

impl Drop for Lane<'_> {
    fn drop(&mut self) {
        let mut state = self.lanes.lock();
        state.used = state.used.saturating_sub(1);
        if self.is_open {
            state.open = state.open.saturating_sub(1);
            // Until now it was there.
            state.answered_at = Some(Instant::now());
        }
        let is_awaited = state.refused > 0;
        drop(state);
        if is_awaited {
            self.lanes.changed.notify_waiters();
        }
        self.lanes.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test]
    async fn a_provider_that_takes_two_gets_two_and_everything_arrives() {
        let lanes = Arc::new(Lanes::new(8));
        let (inside, peak, refusals) = (
            Arc::new(AtomicUsize::new(0)),
            Arc::new(AtomicUsize::new(0)),
            Arc::new(AtomicUsize::new(0)),
        );
        let tasks = (0..100).map(|_| {
            let (lanes, inside, peak, refusals) = (
                lanes.clone(),
                inside.clone(),
                peak.clone(),
                refusals.clone(),
            );
            tokio::spawn(async move {
                loop {
                    let mut lane = lanes.enter().await;
                    if inside.fetch_add(1, Ordering::SeqCst) >= 2 {
                        inside.fetch_sub(1, Ordering::SeqCst);
                        refusals.fetch_add(1, Ordering::SeqCst);
                        let until = Instant::now() + Duration::from_secs(5);
                        assert!(lane.crowded(until).await, "it is there, and full");
                        continue;
                    }
                    lane.opened();
                    peak.fetch_max(inside.load(Ordering::SeqCst), Ordering::SeqCst);
                    let held = Instant::now() + Duration::from_millis(10);
                    let _ = timeout_at(held, std::future::pending::<()>()).await;
                    inside.fetch_sub(1, Ordering::SeqCst);
                    return;
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        assert!(peak.load(Ordering::SeqCst) <= 2);
        let refused = refusals.load(Ordering::SeqCst);
        assert!(refused < 30, "{refused} refusals");
    }

    #[tokio::test]
    async fn a_provider_that_is_not_there_is_not_full() {
        let lanes = Arc::new(Lanes::new(4));
        let tasks = (0..4).map(|_| {
            let lanes = lanes.clone();
            tokio::spawn(async move {
                let lane = lanes.enter().await;
                lane.crowded(Instant::now() + Duration::from_secs(5)).await
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            assert!(!task.await.unwrap());
        }
        assert_eq!(lanes.lock().limit, 4);
    }
}
