//! How often one person may try things out. A dry run is a whole change that is taken back, so it costs what a change
//! costs, and whoever may ask without end can search for texts instead of writing them.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::http::StatusCode;

use super::Problem;
use crate::domain::channel::Rate;
use crate::domain::pace::TokenBucket;
use crate::domain::phrase::phrase;
use crate::domain::time::Moment;

/// More than a person types, and a program that looks before it changes something is not held up.
const ALLOWANCE: Rate = Rate {
    per_second: 1.0,
    burst: 60,
};

/// What each person has left, by login. It is lost with the process, which harms nobody.
#[derive(Default)]
pub struct DryRuns(Mutex<HashMap<String, TokenBucket>>);

impl DryRuns {
    /// Counts one dry run of `user`.
    ///
    /// # Errors
    /// When this person has made too many; says when the next is possible.
    pub fn count(&self, user: &str, now: Moment) -> Result<(), Problem> {
        // Each change is one whole operation: a thread that died holding the lock left nothing half-done.
        let mut left = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        left.entry(user.to_owned())
            .or_insert_with(|| TokenBucket::new(Some(ALLOWANCE), now))
            .take(now)
            .map_err(|_| {
                Problem::new(
                    StatusCode::TOO_MANY_REQUESTS,
                    "too-many-dry-runs",
                    phrase!("request.title.dry-runs"),
                    phrase!("request.dry-runs", most = ALLOWANCE.burst),
                )
            })
    }
}
