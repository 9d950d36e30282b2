//! Connections that wait for the next message.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::session::Session;

/// Servers close what is idle for long; a connection this old is not worth the try.
const IDLE: Duration = Duration::from_secs(30);

pub(super) struct Pool {
    idle: Mutex<Vec<Session>>,
    limit: usize,
}

impl Pool {
    pub fn new(limit: usize) -> Self {
        Self {
            idle: Mutex::default(),
            limit,
        }
    }

    /// The connection used last, which is the one most likely to be alive.
    pub fn take(&self) -> Option<Session> {
        let mut idle = self.lock();
        let session = idle.pop()?;
        if session.idle_for() < IDLE {
            return Some(session);
        }
        // The others have waited longer.
        idle.clear();
        None
    }

    pub fn put(&self, session: Session) {
        let mut idle = self.lock();
        if idle.len() < self.limit {
            idle.push(session);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Session>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
