//! What the API asks whoever looks after the server: whether it is fit for its work, who is at its doors, and how much
//! of what the system gives it is in use.

use std::time::Duration;

use async_trait::async_trait;

use crate::domain::ailment::{Ailing, Ailment};
use crate::domain::time::Moment;
use crate::store::Store;
use crate::web::door::Count;

/// Whoever asks whether the server is ready has an answer within two seconds.
pub const PATIENCE: Duration = Duration::from_millis(1_500);

#[async_trait]
pub trait Vitals: Send + Sync {
    /// What ails the store, by a real change made durable not much longer than a second ago. Answers within
    /// [`PATIENCE`].
    async fn ailing(&self) -> Option<Ailing>;
    fn files(&self) -> Files;
    /// Each listener's name, and who is there.
    fn listeners(&self) -> Vec<(&'static str, Count)>;
}

/// Open files of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Files {
    pub limit: u64,
    /// Kept back from all listeners.
    pub reserve: u64,
    pub in_use: Option<u64>,
}

/// The same for a store that nobody looks after.
pub async fn tried(store: &Store, now: Moment) -> Option<Ailing> {
    match tokio::time::timeout(PATIENCE, store.beat(now)).await {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(Ailing {
            ailment: error.ailment().unwrap_or(Ailment::StoreUnavailable),
            detail: error.to_string(),
        }),
        Err(_) => Some(Ailing {
            ailment: Ailment::StoreSlow,
            detail: format!(
                "it has not made a change durable within {} ms: it does not answer, or is busy with other work",
                PATIENCE.as_millis()
            ),
        }),
    }
}
