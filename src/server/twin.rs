//! Keeps a second server away from a copy of a database that is served on this machine already. The copy was made while
//! nobody served it, so nothing in it tells; what both have is the name that the database has for itself.
//!
//! Whoever serves it holds that name as an address of this machine that has no file and ends with the process.

#[cfg(target_os = "linux")]
mod held {
    use std::io;
    use std::time::Instant;

    use crate::store::lock::{GOING, PAUSE};
    use tokio::net::{UnixListener, UnixStream};

    /// Held as long as the server runs.
    #[derive(Debug)]
    pub struct Name {
        _held: Option<UnixListener>,
    }

    /// Takes the name of an installation. Returns None when a process of ours has it.
    pub async fn take(installation: &str) -> Option<Name> {
        let begun = Instant::now();
        loop {
            match take_now(installation).await {
                // A process that was killed is gone from sight before the system has closed its addresses.
                None if begun.elapsed() < GOING => std::thread::sleep(PAUSE),
                name => return name,
            }
        }
    }

    async fn take_now(installation: &str) -> Option<Name> {
        // A path that begins with a zero byte is an address without a file.
        let address = format!("\0fabu/{installation}");
        match UnixListener::bind(&address) {
            Ok(held) => Some(Name { _held: Some(held) }),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                let holder = UnixStream::connect(&address)
                    .await
                    .and_then(|stream| stream.peer_cred());
                let ours = rustix::process::geteuid().as_raw();
                match holder {
                    Ok(holder) if holder.uid() != ours && holder.uid() != 0 => {
                        // Anybody on this machine could take an address to keep a server down.
                        tracing::warn!(
                            user = holder.uid(),
                            "somebody else on this machine holds the name of this installation: a second server on a copy of the database would not be noticed"
                        );
                        Some(Name { _held: None })
                    }
                    _ => None,
                }
            }
            Err(error) => {
                tracing::debug!(%error, "a second server on a copy of the database would not be noticed");
                Some(Name { _held: None })
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod held {
    /// Holds nothing: this system has no addresses without a file.
    #[derive(Debug)]
    pub struct Name;

    pub async fn take(_installation: &str) -> Option<Name> {
        Some(Name)
    }
}

pub use held::{Name, take};
