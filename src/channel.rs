//! The only place that talks to the outside: one folder or file per kind of channel, behind one method that tries once.
//!
//! A channel is handed a [`Parcel`] and says [`Outcome`]: accepted, worth another try, or refused. Retries, rates,
//! lanes, give-up and fallback are stages around it, in `flow::deliver`. A channel keeps no list of what it sent.
//!
//! To add a kind: a variant of `ChannelKind` with its section in `domain/channel.rs`, a file here, a line in [`live`].

use std::sync::Arc;

use async_trait::async_trait;

use crate::domain::delivery::{Outcome, Parcel};

/// Sends one text to one address, once.
#[async_trait]
pub trait Channel: Send + Sync {
    async fn send(&self, parcel: &Parcel) -> Outcome;
}

pub type SharedChannel = Arc<dyn Channel>;
