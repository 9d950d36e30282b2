//! Where a gateway sends its receipts, and whether a call there is the gateway's.

use encoding_rs::Encoding;
use sha2::{Digest, Sha256};

use super::super::scrub::scrub_numbers;
use super::super::secrets::{self, Secret};
use super::super::{Call, ChannelError, Heard, Recipe};
use crate::domain::channel::sms::ReceiptsDef;

pub(super) struct Receipts {
    def: ReceiptsDef,
    /// The first is told to the gateway; the other one stood in addresses before it.
    secrets: Vec<Secret>,
    channel: String,
    encoding: Option<&'static Encoding>,
}

impl Receipts {
    pub fn new(
        recipe: &Recipe<'_>,
        section: &ReceiptsDef,
        encoding: Option<&'static Encoding>,
    ) -> Result<Self, ChannelError> {
        let mut secrets = vec![secret(recipe, "receipts: secret-env", &section.secret_env)?];
        if let Some(name) = &section.old_secret_env {
            secrets.push(secret(recipe, "receipts: old-secret-env", name)?);
        }
        Ok(Self {
            def: section.clone(),
            secrets,
            channel: recipe.def.channel.clone(),
            encoding,
        })
    }

    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.secrets.iter()
    }

    /// What the gateway is told to call.
    pub fn address(&self) -> String {
        let secret = self.secrets.first().map_or("", Secret::expose);
        self.def.address(&self.channel, secret)
    }

    pub fn knows(&self, secret: &str) -> bool {
        // Digests are compared, so that the time it takes says nothing of how much was right.
        let given = Sha256::digest(secret);
        let known = |one: &Secret| Sha256::digest(one.expose()) == given;
        self.secrets().any(known)
    }

    /// What a call says; `hidden`: what else must not be shown of its words.
    pub fn read(&self, call: &Call<'_>, hidden: &[&Secret]) -> Option<Heard> {
        let records = call.records(&self.def.fields(), self.encoding)?;
        let show = |words: &str| scrub_numbers(words, hidden);
        let said = records.iter().map(|one| self.def.read(one, show));
        let receipts: Vec<_> = said.flatten().collect();
        Some(Heard {
            ignored: records.len() - receipts.len(),
            receipts,
        })
    }
}

/// A secret that can stand in an address.
fn secret(recipe: &Recipe<'_>, key: &'static str, name: &String) -> Result<Secret, ChannelError> {
    let &Recipe { def, secrets, .. } = recipe;
    let secret = secrets::wanted(def, key, Some(name), secrets)?;
    let secret = secret.ok_or_else(|| ChannelError::no_section(def))?;
    let fit = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    let text = secret.expose();
    if !(16..=128).contains(&text.len()) || !text.bytes().all(fit) {
        let why = format!(
            "the value of {name} must be 16 to 128 letters, digits, - and _, for it stands in an address"
        );
        return Err(ChannelError::bad_value(def, key, why));
    }
    Ok(secret)
}
