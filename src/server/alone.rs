//! Keeps a second server away from what the first one works on. SQLite is served by one process: a second one would
//! take the first one's deliveries for those of a dead process, and send them twice.

use std::fs::{File, TryLockError};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Held as long as the server runs. The system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct Alone {
    _file: File,
}

#[derive(Debug, thiserror::Error)]
pub enum NotAlone {
    #[error(
        "another server{who} works on this already ({path} is locked): two would send everything twice"
    )]
    Taken { path: PathBuf, who: String },
    #[error("{path}: {error}; without this file a second server could not be kept away")]
    Unusable {
        path: PathBuf,
        error: std::io::Error,
    },
}

impl Alone {
    /// Takes the lock at `path`. The file stays behind, unlocked: removing it could take a lock from under somebody.
    ///
    /// # Errors
    /// When another process holds it, or the file cannot be written.
    pub fn at(path: &Path) -> Result<Self, NotAlone> {
        let unusable = |error| NotAlone::Unusable {
            path: path.to_owned(),
            error,
        };
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => {
                // For whoever comes second; whether it can be written decides nothing.
                let _ = file
                    .set_len(0)
                    .and_then(|()| writeln!(file, "{}", std::process::id()));
                Ok(Self { _file: file })
            }
            Err(TryLockError::WouldBlock) => {
                let mut said = String::new();
                let _ = file.read_to_string(&mut said);
                let who = match said.trim().parse::<u32>() {
                    Ok(process) => format!(" (process {process})"),
                    Err(_) => String::new(),
                };
                Err(NotAlone::Taken {
                    path: path.to_owned(),
                    who,
                })
            }
            Err(TryLockError::Error(error)) => Err(unusable(error)),
        }
    }
}
