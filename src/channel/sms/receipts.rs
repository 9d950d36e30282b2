//! Where a gateway sends its receipts, and whether a call there is the gateway's.

use sha2::{Digest, Sha256};

use super::super::secrets::{self, Secret};
use super::super::{ChannelError, Fields, Recipe};
use crate::domain::channel::sms::ReceiptsDef;
use crate::domain::delivery::Receipt;

pub(super) struct Receipts {
    def: ReceiptsDef,
    secret: Secret,
    channel: String,
}

impl Receipts {
    pub fn new(recipe: &Recipe<'_>, section: &ReceiptsDef) -> Result<Self, ChannelError> {
        let &Recipe { def, secrets, .. } = recipe;
        let key = "receipts: secret-env";
        let secret = secrets::wanted(def, key, Some(&section.secret_env), secrets)?;
        let secret = secret.ok_or_else(|| ChannelError::no_section(def))?;
        let fit = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        let text = secret.expose();
        if !(16..=128).contains(&text.len()) || !text.bytes().all(fit) {
            let why = format!(
                "the value of {} must be 16 to 128 letters, digits, - and _, for it stands in an address",
                section.secret_env
            );
            return Err(ChannelError::bad_value(def, key, why));
        }
        Ok(Self {
            def: section.clone(),
            secret,
            channel: def.channel.clone(),
        })
    }

    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// What the gateway is told to call.
    pub fn address(&self) -> String {
        let base = self.def.base_url.as_deref().unwrap_or_default();
        let base = base.trim_end_matches('/');
        format!("{base}/receipts/{}/{}", self.channel, self.secret.expose())
    }

    /// What a call says; None unless it knows the secret.
    pub fn read(&self, secret: &str, records: &[Fields]) -> Option<Vec<Receipt>> {
        // Digests are compared, so that the time it takes says nothing of how much was right.
        let is_right = Sha256::digest(secret) == Sha256::digest(self.secret.expose());
        is_right.then(|| {
            records
                .iter()
                .filter_map(|one| self.def.read(one))
                .collect()
        })
    }
}
