//! How far texts of several messages have come, so that a retry goes on where the last try stopped.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::domain::bulletin::Rendering;

/// Texts kept in mind at once; beyond that a retry starts again at its first message.
const REMEMBERED: usize = 4096;

/// Messages already taken, by idempotency key. Lost with the process: after a crash a text is sent whole again.
#[derive(Default)]
pub(super) struct Progress(Mutex<BTreeMap<String, usize>>);

impl Progress {
    pub fn taken(&self, key: &str) -> usize {
        self.lock().get(key).copied().unwrap_or(0)
    }

    pub fn record(&self, key: &str, taken: usize) {
        let mut map = self.lock();
        if map.len() < REMEMBERED || map.contains_key(key) {
            map.insert(key.to_owned(), taken);
        }
    }

    pub fn forget(&self, key: &str) {
        self.lock().remove(key);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, usize>> {
        // Each change is one map operation: a thread that died holding the lock left nothing half-done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The messages that a rendering is sent as.
pub(super) fn messages(rendering: &Rendering) -> &[String] {
    if rendering.parts.is_empty() {
        std::slice::from_ref(&rendering.text)
    } else {
        &rendering.parts
    }
}
