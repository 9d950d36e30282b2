//! How far texts of several messages have come, so that a retry goes on where the last try stopped.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::domain::blame::Blame;
use crate::domain::bulletin::Rendering;
use crate::domain::channel::Limit;
use crate::domain::delivery::{Outcome, Parcel};

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

/// The messages of a rendering, if each is within what the provider takes. They were cut by the same limit, so one that is
/// longer was made before the limit changed.
pub(super) fn fitting(rendering: &Rendering, limit: Limit) -> Result<&[String], Outcome> {
    let messages = messages(rendering);
    match messages.iter().find(|text| !limit.fits(text)) {
        None => Ok(messages),
        Some(long) => Err(Outcome::Refused {
            why: format!(
                "the text takes {} and a message here may take {}; shorten it, nothing was sent",
                limit.size(long),
                limit.most
            ),
        }),
    }
}

/// Sends the messages of a parcel that were not taken yet, in order, by `post`, which gets each with its number and
/// gives the provider's receipt. All of them together have `limit`; what remains then waits for the next try.
pub(super) async fn send_in_order<'a, F>(
    progress: &Progress,
    parcel: &'a Parcel,
    limit: Duration,
    place: &str,
    mut post: impl FnMut(usize, &'a str) -> F,
) -> Outcome
where
    F: Future<Output = Result<Option<String>, Outcome>>,
{
    let messages = messages(&parcel.rendering);
    let until = Instant::now() + limit;
    let mut receipt = None;
    for (index, text) in messages
        .iter()
        .enumerate()
        .skip(progress.taken(&parcel.key))
    {
        let sent = timeout_at(until, post(index, text)).await;
        let outcome = match sent {
            Ok(Ok(said)) => {
                receipt = said;
                progress.record(&parcel.key, index + 1);
                continue;
            }
            Ok(Err(outcome)) => outcome,
            Err(_) => {
                let all = messages.len();
                let why = format!(
                    "{place} took {index} of {all} messages and did not answer the next in time"
                );
                Blame::Moment.outcome(None, why, true)
            }
        };
        if matches!(outcome, Outcome::Refused { .. }) {
            progress.forget(&parcel.key);
        }
        return outcome;
    }
    progress.forget(&parcel.key);
    Outcome::accepted(receipt)
}
