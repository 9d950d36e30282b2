//! Servers behind TLS with an authority of their own (`tls.py` says how).

use std::process::Command;

use tempfile::TempDir;

use super::script::Script;
use super::{cache, script, skip};

pub struct Secured {
    pub port: u16,
    /// Holds the authority's certificate as `ca.pem`.
    pub folder: TempDir,
    pub script: Script,
}

impl Secured {
    /// `mode`: `starttls`, `tls` or `https`.
    pub fn start(mode: &str) -> Option<Self> {
        let python = cache().join("venv/bin/python");
        if !python.exists() {
            skip("the mail server with TLS (PyPI: aiosmtpd) is not installed");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(python);
        command.arg(script("tls.py")).arg(mode).arg(folder.path());
        let (script, ready) = Script::start(command);
        Some(Self {
            port: ready.as_u64().unwrap().try_into().unwrap(),
            folder,
            script,
        })
    }
}
