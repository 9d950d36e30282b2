//! The only place that talks to the outside: one folder or file per kind of channel, behind one method that tries once.
//!
//! A channel is handed a [`Parcel`] and says [`Outcome`]: accepted, worth another try, or refused. Retries, rates,
//! lanes, give-up and fallback are stages around it, in `flow::deliver`. What the provider says later comes back as
//! [`Receipt`]s, by a call to the channel's own address or by its own connection. A channel keeps no list of what it sent;
//! the one thing it remembers between tries is how far a text of several messages has come.
//!
//! No error text of a channel holds a secret or a whole address: both are starred out where the text is made.
//!
//! What a kind says of itself without asking anybody stands in `domain/channel/<kind>`. To add one: a file there and a line in
//! its list of kinds, a file here and a line in [`live`].

mod call;
mod dingtalk;
mod email;
mod error;
mod feishu;
mod file;
mod http;
mod lanes;
mod portal;
mod progress;
pub mod proxy;
pub mod recording;
mod robot;
mod scrub;
pub mod secrets;
mod sms;
mod telegram;
mod text;
pub mod tls;
mod wecom;

pub use call::Call;
pub use error::ChannelError;
pub use secrets::{EnvSecrets, MapSecrets, Secret, Secrets};

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;

use crate::domain::channel::{ChannelDef, KindDef};
use crate::domain::delivery::{Outcome, Parcel, Receipt};
use crate::domain::phrase::{Phrase, phrase};
use crate::domain::time::Moment;

/// Sends one text to one address, once.
#[async_trait]
pub trait Channel: Send + Sync {
    async fn send(&self, parcel: &Parcel) -> Outcome;

    /// Whether a call with this secret to the channel's address for receipts is its provider's. A kind without such an address
    /// has none to know.
    fn knows(&self, _secret: &str) -> bool {
        false
    }

    /// What a call by the provider says; None when it cannot be read.
    fn receipts(&self, _call: &Call<'_>) -> Option<Heard> {
        None
    }

    /// The next receipts that come by the channel's own connection. It waits for ever where none ever do, and nothing is
    /// lost when the waiting is broken off.
    async fn next_receipts(&self) -> Vec<Receipt> {
        std::future::pending().await
    }

    /// Says goodbye to the provider. The channel may be used again afterwards and then connects anew.
    async fn close(&self) {}

    /// Reaches the provider without sending anything, for `fabu channel test` and `fabu doctor`. Says what answered,
    /// or what is wrong and what to do.
    async fn probe(&self, _at: Moment) -> Result<Phrase, Phrase> {
        Ok(phrase!("probe.nothing-to-reach"))
    }
}

/// One record of a call from outside: names and values.
type Fields = Vec<(String, String)>;

/// What a provider's call says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heard {
    pub receipts: Vec<Receipt>,
    /// Records that say nothing that the channel's file knows.
    pub ignored: usize,
}

pub type SharedChannel = Arc<dyn Channel>;

/// The right to build channels that reach people. A drill cannot have one, so a drill cannot reach anyone.
///
/// `realm.rs` mints it where it builds the actual realm, and nowhere else does: `tests/it/channels.rs` reads the
/// source and fails when another file names a constructor.
pub struct LivePermit(());

impl LivePermit {
    pub(crate) fn for_actual_realm() -> Self {
        Self(())
    }

    /// For the tests that hold the adapters against real peers on this machine. Not for use under `src/`.
    #[doc(hidden)]
    pub fn for_adapter_tests() -> Self {
        Self(())
    }
}

/// What a channel that uses the network is built from.
struct Recipe<'a> {
    def: &'a ChannelDef,
    secrets: &'a dyn Secrets,
    /// Certificates in PEM form.
    authority: Option<&'a [u8]>,
}

/// Builds the channel that `def` describes. Nothing is contacted yet.
///
/// `base` is the folder that relative paths of the definition start from.
pub fn live(
    def: &ChannelDef,
    _permit: &LivePermit,
    secrets: &dyn Secrets,
    base: &Path,
) -> Result<SharedChannel, ChannelError> {
    tls::install();
    let authority = tls::authority(def, base)?;
    let recipe = Recipe {
        def,
        secrets,
        authority: authority.as_deref(),
    };
    let section = def.section().ok_or_else(|| ChannelError::no_section(def))?;
    Ok(match section {
        KindDef::Portal(section) => Arc::new(portal::Portal::new(section)),
        KindDef::Email(section) => Arc::new(email::Email::new(&recipe, section)?),
        KindDef::Sms(section) => Arc::new(sms::Sms::new(&recipe, section)?),
        KindDef::Telegram(section) => Arc::new(telegram::Telegram::new(&recipe, section)?),
        KindDef::Wecom(section) => Arc::new(wecom::new(&recipe, section)?),
        KindDef::Dingtalk(section) => Arc::new(dingtalk::new(&recipe, section)?),
        KindDef::Feishu(section) => Arc::new(feishu::new(&recipe, section)?),
        KindDef::File(section) => Arc::new(file::Folder::new(&recipe, section, base)?),
    })
}
