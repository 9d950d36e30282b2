//! The file of a SQLite database: that it is one, that it stays in its place, and the lock that keeps a second server
//! away from it. It knows nothing of what is in the file.
//!
//! The lock is on the file itself, so another name for it (a symbolic or a hard link) leads to the same lock, there is
//! no second file that somebody could remove, and the system lets go of it when the process ends, however it ends.

use std::fs::{File, Metadata, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::{Result, StoreError};

/// With less room than this nothing can be relied on any more.
const ROOM: u64 = 1 << 20;

/// The file, held open as long as SQLite works on it. Were it closed before, the system would take SQLite's own locks
/// away with it.
#[derive(Debug)]
pub(super) struct Anchor {
    path: PathBuf,
    file: File,
    identity: String,
}

impl Anchor {
    /// Opens the file, made if it is missing, for its owner alone: it will hold people's addresses. SQLite gives its
    /// side files the same rights.
    ///
    /// # Errors
    /// When it is no plain file, or cannot be written.
    pub(super) fn at(path: &Path) -> Result<Self> {
        let named = |what: String| StoreError::Unavailable(format!("{}: {what}", path.display()));
        // Asked before it is opened: opening a pipe waits for its other end.
        match std::fs::metadata(path) {
            Ok(found) if found.is_dir() => return Err(named("it is a folder; name a file".into())),
            Ok(found) if !found.is_file() => {
                return Err(named("it is a device or a pipe, not a file".into()));
            }
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options
            .open(path)
            .map_err(|error| named(error.to_string()))?;
        let identity = file
            .metadata()
            .map(|found| identity(&found))
            .map_err(|error| named(error.to_string()))?;
        Ok(Self {
            // A relative path means another file once somebody changes folder.
            path: std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
            file,
            identity,
        })
    }

    /// Keeps every other server away until this is dropped.
    ///
    /// # Errors
    /// [`StoreError::Taken`] when another process has the lock.
    pub(super) fn lock(&self) -> Result<String> {
        match self.file.try_lock() {
            Ok(()) => Ok(self.identity.clone()),
            Err(TryLockError::WouldBlock) => Err(StoreError::Taken(String::new())),
            Err(TryLockError::Error(error)) => Err(StoreError::Unavailable(format!(
                "{}: it cannot be locked ({error}), so a second server could not be kept away",
                self.path.display()
            ))),
        }
    }

    /// Looks whether the file is still where it was opened.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is none, [`StoreError::Foreign`] when it is another one.
    pub(super) fn is_in_place(&self) -> Result<()> {
        let path = self.path.display();
        match std::fs::metadata(&self.path) {
            Ok(found) if identity(&found) == self.identity => Ok(()),
            Ok(_) => Err(StoreError::Foreign(format!(
                "another file stands at {path} than the one that was opened"
            ))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(StoreError::Missing(
                format!("there is no file {path} any more"),
            )),
            Err(error) => Err(StoreError::Missing(format!("{path}: {error}"))),
        }
    }

    /// Looks whether there is room for more. What SQLite wrote last it may write over without any, so that a full disk
    /// is noticed late by writing alone.
    ///
    /// # Errors
    /// [`StoreError::Full`].
    #[cfg(unix)]
    pub(super) fn has_room(&self) -> Result<()> {
        if let Ok(disk) = rustix::fs::fstatvfs(&self.file) {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            // Some file systems count nothing at all.
            if free < ROOM && disk.f_blocks > 0 {
                return Err(StoreError::Full(format!(
                    "{free} bytes are free at {}",
                    self.path.display()
                )));
            }
        }
        let most = rustix::process::getrlimit(rustix::process::Resource::Fsize).current;
        if let Some(most) = most.filter(|most| *most < ROOM) {
            return Err(StoreError::Full(format!(
                "the system lets this process write no file longer than {most} bytes"
            )));
        }
        Ok(())
    }

    #[cfg(not(unix))]
    pub(super) fn has_room(&self) -> Result<()> {
        Ok(())
    }
}

/// What tells one file from another, whatever they are called: its number and when it was born. Not the device: that
/// may be counted otherwise after the next start of the machine.
fn identity(found: &Metadata) -> String {
    let born = found
        .created()
        .ok()
        .and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok())
        .map_or(0, |born| born.as_nanos());
    #[cfg(unix)]
    let number = std::os::unix::fs::MetadataExt::ino(found);
    #[cfg(not(unix))]
    let number = 0;
    format!("{number}:{born}")
}
