//! The file of a SQLite database: that it is one, that it stays in its place, and the lock that keeps a second server
//! away from it. It knows nothing of what is in the file.
//!
//! The lock is on the file itself, so another name for it (a symbolic or a hard link) leads to the same lock, there is
//! no second file that somebody could remove, and the system lets go of it when the process ends, however it ends.

use std::fs::{File, Metadata, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::lock::patiently;
use super::sqlite_log::Log;
use super::{Result, StoreError};

/// Bytes of free disk below which the database counts as full.
const ROOM: u64 = 1 << 20;

/// The file, held open as long as SQLite works on it. Were it closed before, the system would take SQLite's own locks
/// away with it.
#[derive(Debug)]
pub(super) struct Anchor {
    path: PathBuf,
    file: File,
    identity: String,
    /// The greatest length at which the file was seen.
    length: AtomicU64,
    log: Log,
    /// A server with a keeper works on the file, so all tables of this program are in it.
    looked_after: AtomicBool,
    broken: OnceLock<String>,
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
        // A relative path means another file once somebody changes folder.
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        Ok(Self {
            log: Log::of(&path),
            path,
            file,
            identity,
            length: AtomicU64::new(0),
            looked_after: AtomicBool::new(false),
            broken: OnceLock::new(),
        })
    }

    /// Keeps every other server away until this is dropped.
    ///
    /// # Errors
    /// [`StoreError::Taken`] when another process has the lock.
    pub(super) fn lock(&self) -> Result<String> {
        match patiently(|| self.file.try_lock()) {
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

    /// What SQLite writes to first.
    pub(super) fn log(&self) -> &Log {
        &self.log
    }

    /// Notes that a statement met what cannot be in a database of ours. What this process remembers of the file is not
    /// to be trusted from then on. Before a server works on it, this only says that it is another program's or an older
    /// version's.
    pub(super) fn met(&self, error: &StoreError) {
        if let StoreError::Foreign(what) = error
            && self.looked_after.load(Ordering::Relaxed)
        {
            let _ = self.broken.set(what.clone());
        }
    }

    /// # Errors
    /// [`StoreError::Foreign`] when a statement has met what cannot be there.
    pub(super) fn is_sound(&self) -> Result<()> {
        self.looked_after.store(true, Ordering::Relaxed);
        match self.broken.get() {
            Some(what) => Err(StoreError::Foreign(format!(
                "{}: {what}. It is written over or damaged; restore it, then start this server again",
                self.path.display()
            ))),
            None => Ok(()),
        }
    }

    /// Looks whether it still is a database, and as long as it says. It may be written over where it stands; this
    /// process would go on from what it remembers of it.
    ///
    /// # Errors
    /// [`StoreError::Foreign`].
    #[cfg(unix)]
    pub(super) fn is_whole(&self) -> Result<()> {
        use std::os::unix::fs::FileExt as _;
        let foreign = |what: &str| {
            let path = self.path.display();
            Err(StoreError::Foreign(format!(
                "{path} {what}: somebody wrote over it"
            )))
        };
        let Ok(length) = self.file.metadata().map(|found| found.len()) else {
            return Ok(());
        };
        let longest = self.length.fetch_max(length, Ordering::Relaxed).max(length);
        let mut head = [0; 32];
        match self.file.read_exact_at(&mut head, 0) {
            Ok(()) => {}
            // Nothing was ever written to it.
            Err(_) if longest == 0 => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                return foreign("is cut off");
            }
            Err(error) => {
                let what = format!("{}: {error}", self.path.display());
                return Err(StoreError::Unavailable(what));
            }
        }
        if !head.starts_with(b"SQLite format 3\0") {
            return foreign("is no SQLite database any more");
        }
        let page = match u16::from_be_bytes([head[16], head[17]]) {
            1 => 65_536,
            size => u64::from(size),
        };
        let pages = u64::from(u32::from_be_bytes([head[28], head[29], head[30], head[31]]));
        // While it grows it may be shorter than its beginning says. It never gets shorter by our doing.
        if length < longest && length < page * pages {
            return foreign("is cut off");
        }
        Ok(())
    }

    #[cfg(not(unix))]
    pub(super) fn is_whole(&self) -> Result<()> {
        Ok(())
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
pub(super) fn identity(found: &Metadata) -> String {
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
