//! What every TLS connection stands on: one cryptography library, and whom a channel trusts.

use std::path::Path;

use super::ChannelError;
use crate::domain::channel::ChannelDef;

/// Makes ring the process's TLS provider. Harmless when called again.
pub fn install() {
    // The error only says that a provider is in place already.
    let _already = rustls::crypto::ring::default_provider().install_default();
}

/// The certificates of the definition's own authority, as the file holds them.
pub(super) fn authority(def: &ChannelDef, base: &Path) -> Result<Option<Vec<u8>>, ChannelError> {
    let Some(file) = &def.ca_file else {
        return Ok(None);
    };
    let path = base.join(file);
    let bad = |why: String| {
        let why = format!("{}: {why}", path.display());
        ChannelError::bad_value(def, "ca-file", why)
    };
    let pem = std::fs::read(&path).map_err(|error| bad(error.to_string()))?;
    let marked = String::from_utf8_lossy(&pem).contains("-----BEGIN CERTIFICATE-----");
    if marked {
        Ok(Some(pem))
    } else {
        Err(bad("it holds no certificate in PEM form".into()))
    }
}
