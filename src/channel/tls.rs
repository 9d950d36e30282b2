//! The one cryptography library behind every TLS connection.

/// Makes ring the process's TLS provider. Harmless when called again.
pub fn install() {
    // The error only says that a provider is in place already.
    let _already = rustls::crypto::ring::default_provider().install_default();
}
