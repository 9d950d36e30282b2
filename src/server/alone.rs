//! Keeps a second server out of a data folder: both would take up the same unfinished drill, and on PostgreSQL both
//! would use one name for their leases. The database of a SQLite installation has a lock of its own.
//!
//! The lock is on the folder itself, so it holds whatever way leads there, and there is no file to remove. The file
//! beside the data only tells whoever comes second which process was first.

use std::fs::{File, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::store::lock::patiently;

const NOTE: &str = "fabu.lock";

/// Held as long as the server runs. The system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct Alone {
    _locked: File,
}

#[derive(Debug, thiserror::Error)]
pub enum NotAlone {
    #[error(
        "another server{who} works in the data folder {path} already, or somebody else who may read the folder holds a lock on it (chmod 700 keeps others from that)"
    )]
    Taken { path: PathBuf, who: String },
    #[error("a server of an older version still works on it ({path} is locked)")]
    Older { path: PathBuf },
    #[error("{path}: {error}; without a lock a second server could not be kept away")]
    Unusable {
        path: PathBuf,
        error: std::io::Error,
    },
}

impl Alone {
    /// Takes the lock on `folder`, which must exist.
    ///
    /// # Errors
    /// When another process holds it, or there can be none.
    pub fn within(folder: &Path) -> Result<Self, NotAlone> {
        let unusable = |path: &Path, error| NotAlone::Unusable {
            path: path.to_owned(),
            error,
        };
        let note = folder.join(NOTE);
        let locked =
            match File::open(folder).map(|folder| (patiently(|| folder.try_lock()), folder)) {
                Ok((Ok(()), locked)) => locked,
                Ok((Err(TryLockError::WouldBlock), _)) => return Err(taken(folder, &note)),
                // Some network file systems lock files only.
                _ => {
                    let file = File::options()
                        .read(true)
                        .write(true)
                        .create(true)
                        .truncate(false)
                        .open(&note)
                        .map_err(|error| unusable(&note, error))?;
                    match patiently(|| file.try_lock()) {
                        Ok(()) => file,
                        Err(TryLockError::WouldBlock) => return Err(taken(folder, &note)),
                        Err(TryLockError::Error(error)) => return Err(unusable(&note, error)),
                    }
                }
            };
        // For whoever comes second; whether it can be written decides nothing.
        let _ = File::create(&note).and_then(|mut file| writeln!(file, "{}", std::process::id()));
        Ok(Self { _locked: locked })
    }

    /// Keeps servers of older versions away from a database, and finds one that works on it: they lock a file beside
    /// it, if there is one. None where no older version has worked.
    ///
    /// # Errors
    /// When another process holds it.
    pub fn beside(database: &Path) -> Result<Option<Self>, NotAlone> {
        let mut name = database.as_os_str().to_owned();
        name.push(".lock");
        let path = PathBuf::from(name);
        let Ok(file) = File::options().read(true).write(true).open(&path) else {
            return Ok(None);
        };
        match patiently(|| file.try_lock()) {
            Ok(()) => Ok(Some(Self { _locked: file })),
            Err(TryLockError::WouldBlock) => Err(NotAlone::Older { path }),
            Err(TryLockError::Error(error)) => Err(NotAlone::Unusable { path, error }),
        }
    }
}

fn taken(folder: &Path, note: &Path) -> NotAlone {
    let said = std::fs::read_to_string(note).unwrap_or_default();
    let who = match said.trim().parse::<u32>() {
        Ok(process) => format!(" (process {process})"),
        Err(_) => String::new(),
    };
    NotAlone::Taken {
        path: folder.to_owned(),
        who,
    }
}
