//! A channel that reaches nobody: it keeps what it was given and answers as it is told. Drills and tests use it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use super::Channel;
use crate::domain::blame::Scope;
use crate::domain::bulletin::Rendering;
use crate::domain::delivery::{Named, Outcome, Parcel, Receipt, Said};

/// Keeps every parcel in the order of arrival. Unless told otherwise it accepts.
pub struct Recording {
    state: Mutex<State>,
    count: watch::Sender<usize>,
}

#[derive(Default)]
struct State {
    parcels: Vec<Parcel>,
    script: VecDeque<Outcome>,
    standing: Option<Outcome>,
    /// Of each thousand tries this many fail, by the chance of this seed.
    failing: Option<(u32, u64)>,
    /// Whatever it accepts arrives, and it says so.
    gives_receipts: bool,
    receipts: Vec<Receipt>,
}

impl Default for Recording {
    fn default() -> Self {
        Self {
            state: Mutex::default(),
            count: watch::Sender::new(0),
        }
    }
}

impl Recording {
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers the next parcels with these, one each, before anything else.
    pub fn script(&self, outcomes: impl IntoIterator<Item = Outcome>) {
        self.lock().script.extend(outcomes);
    }

    /// Answers every parcel with this until [`Self::accept`]: a channel that is down.
    pub fn answer(&self, outcome: Outcome) {
        self.lock().standing = Some(outcome);
    }

    /// Accepts again.
    pub fn accept(&self) {
        self.lock().standing = None;
    }

    /// Lets `per_mille` of the tries fail and be tried again: the same ones for the same seed, in whatever order they come.
    pub fn fail_share(&self, per_mille: u32, seed: u64) {
        self.lock().failing = (per_mille > 0).then_some((per_mille, seed));
    }

    /// Lets it say of everything it accepts from now on that it has arrived.
    pub fn give_receipts(&self, gives: bool) {
        self.lock().gives_receipts = gives;
    }

    /// Says this of what it was handed.
    pub fn say(&self, receipts: impl IntoIterator<Item = Receipt>) {
        self.lock().receipts.extend(receipts);
        self.count.send_modify(|_| {});
    }

    /// How many texts it was handed since it was asked last, and how many of them are not as `fits` wants them. Parts of
    /// a text count as one. Forgets the texts, so that a long drill does not keep them.
    pub fn take_count(&self, fits: impl Fn(&str) -> bool) -> (u64, u64) {
        let parcels = std::mem::take(&mut self.lock().parcels);
        let (mut texts, mut unfit) = (0, 0);
        let mut last: Option<(&Arc<Rendering>, bool)> = None;
        for parcel in &parcels {
            // The parcels of one text share it, so it is looked at once.
            let fit = match last {
                Some((rendering, fit)) if Arc::ptr_eq(rendering, &parcel.rendering) => fit,
                _ => fits(&parcel.rendering.text),
            };
            last = Some((&parcel.rendering, fit));
            texts += 1;
            unfit += u64::from(!fit);
        }
        (texts, unfit)
    }

    /// Every try so far, refused ones included.
    pub fn parcels(&self) -> Vec<Parcel> {
        self.lock().parcels.clone()
    }

    /// Returns once `count` tries were made.
    pub async fn reached(&self, count: usize) {
        let mut seen = self.count.subscribe();
        // The sender lives as long as `self`, so waiting cannot fail.
        let _ = seen.wait_for(|seen| *seen >= count).await;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Channel for Recording {
    async fn send(&self, parcel: &Parcel) -> Outcome {
        let (outcome, count) = {
            let mut state = self.lock();
            state.parcels.push(parcel.clone());
            let scripted = state.script.pop_front();
            let outcome = scripted.or_else(|| state.standing.clone()).or_else(|| {
                state
                    .failing
                    .filter(|f| fails(*f, parcel))
                    .map(|_| no_luck())
            });
            if outcome.is_none() && state.gives_receipts {
                state.receipts.push(Receipt {
                    of: Named::Key(parcel.key.clone()),
                    said: Said::Delivered,
                    why: None,
                });
            }
            (outcome, state.parcels.len())
        };
        self.count.send_replace(count);
        outcome.unwrap_or_else(|| Outcome::accepted(Some(format!("recorded-{count}"))))
    }

    async fn next_receipts(&self) -> Vec<Receipt> {
        let mut seen = self.count.subscribe();
        loop {
            let said = std::mem::take(&mut self.lock().receipts);
            if !said.is_empty() {
                return said;
            }
            // The sender lives as long as `self`, so waiting cannot fail.
            let _ = seen.changed().await;
        }
    }
}

/// Whether chance lets this try fail. It hangs on what is sent to whom, never on the order of sending.
fn fails((per_mille, seed): (u32, u64), parcel: &Parcel) -> bool {
    let dispatch = parcel.key.split('.').next().unwrap_or_default();
    let name = format!("{seed}:{dispatch}:{}:{}", parcel.address, parcel.attempt);
    let digest = Sha256::digest(name);
    let drawn = digest
        .iter()
        .take(4)
        .fold(0u32, |sum, byte| (sum << 8) | u32::from(*byte));
    drawn % 1000 < per_mille
}

fn no_luck() -> Outcome {
    Outcome::Retry {
        after: None,
        why: "simulated failure".into(),
        scope: Scope::Moment,
        ambiguous: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::bulletin::Language;
    use crate::domain::time::from_millis;

    fn parcel(key: &str) -> Parcel {
        Parcel {
            key: key.into(),
            address: "13800001234".into(),
            rendering: Arc::new(Rendering {
                channel: "sms".into(),
                language: Language::ZhCn,
                subject: None,
                text: "汛情".into(),
                html: None,
                parts: Vec::new(),
                segments: Some(1),
            }),
            attempt: 1,
            at: from_millis(0),
        }
    }

    #[tokio::test]
    async fn plays_its_script_then_its_standing_answer_then_accepts() {
        let refused = Outcome::Refused { why: "no".into() };
        let down = Outcome::Retry {
            after: None,
            why: "down".into(),
            scope: Scope::Moment,
            ambiguous: false,
        };
        let channel = Recording::new();
        channel.script([refused.clone()]);
        channel.answer(down.clone());
        assert_eq!(channel.send(&parcel("a")).await, refused);
        assert_eq!(channel.send(&parcel("b")).await, down);
        channel.accept();
        let last = channel.send(&parcel("c")).await;
        assert!(matches!(last, Outcome::Accepted { .. }));
        channel.reached(3).await;
        let keys: Vec<_> = channel.parcels().into_iter().map(|p| p.key).collect();
        assert_eq!(keys, ["a", "b", "c"]);
    }
}
