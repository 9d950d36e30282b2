//! The two files beside a SQLite database that hold what was written last (`-wal`) and who reads what of it (`-shm`):
//! that they stay in their place. SQLite goes on writing to a file that was removed, and all of that is gone with the
//! process. It knows nothing of what is in them beyond how much there must be.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::sqlite_file::identity;
use super::{Result, StoreError};

/// The length of the log's own head, and of what stands before each page in it.
const LOG_HEAD: u64 = 32;
const FRAME_HEAD: u64 = 24;

#[derive(Debug)]
pub(super) struct Log {
    wal: PathBuf,
    shm: PathBuf,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    wal: Option<String>,
    shm: Option<String>,
    /// Every index (`-shm`) seen so far, the last one in use. Held open: closing one would release SQLite's own locks on
    /// it.
    indexes: Vec<File>,
}

impl Log {
    pub(super) fn of(path: &Path) -> Self {
        let beside = |ending: &str| {
            let mut name = path.as_os_str().to_owned();
            name.push(ending);
            PathBuf::from(name)
        };
        Self {
            wal: beside("-wal"),
            shm: beside("-shm"),
            seen: Mutex::default(),
        }
    }

    /// Remembers the files that are there, unless some are remembered: to be called while SQLite has them open.
    pub(super) fn remember(&self) {
        let mut seen = self.seen();
        if seen.wal.is_some() {
            return;
        }
        let (Ok(wal), Ok(shm)) = (found(&self.wal), found(&self.shm)) else {
            return;
        };
        if seen.indexes.is_empty() || seen.shm.as_ref() != Some(&shm) {
            let Ok(index) = File::open(&self.shm) else {
                return;
            };
            seen.indexes.push(index);
        }
        (seen.wal, seen.shm) = (Some(wal), Some(shm));
    }

    /// A connection of ours is closed. If it was the last, SQLite removes the log and the next one makes another.
    pub(super) fn may_be_made_anew(&self) {
        self.seen().wal = None;
    }

    /// Looks whether both files are those that were there, with all that was written to them.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when one is gone, [`StoreError::Foreign`] when it is another one or was cut off.
    pub(super) fn is_in_place(&self) -> Result<()> {
        let seen = self.seen();
        let (Some(wal), Some(shm)) = (&seen.wal, &seen.shm) else {
            return Ok(());
        };
        for (path, known) in [(&self.wal, wal), (&self.shm, shm)] {
            let shown = path.display();
            match found(path) {
                Ok(found) if found == *known => {}
                Ok(_) => {
                    return Err(StoreError::Foreign(format!(
                        "another file stands at {shown}, where what was written last is kept, than the one in use"
                    )));
                }
                Err(error) => {
                    let why = match error.kind() {
                        io::ErrorKind::NotFound => "it was removed".to_owned(),
                        _ => error.to_string(),
                    };
                    return Err(StoreError::Missing(format!(
                        "{shown}, where what was written last is kept: {why}. Stop this server in order, not by force, and start it again"
                    )));
                }
            }
        }
        let Some(index) = seen.indexes.last() else {
            return Ok(());
        };
        // Another process may empty the log in good order between the two looks.
        for _ in 0..3 {
            let needed = needed(index);
            if std::fs::metadata(&self.wal).is_ok_and(|found| found.len() >= needed) {
                return Ok(());
            }
        }
        Err(StoreError::Foreign(format!(
            "{} is shorter than what was written to it: somebody cut it off",
            self.wal.display()
        )))
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        // A thread that died while it held the lock left, at worst, nothing remembered.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn found(path: &Path) -> io::Result<String> {
    std::fs::metadata(path).map(|found| identity(&found))
}

/// How long the log must be for what the index says is in it.
#[cfg(unix)]
fn needed(index: &File) -> u64 {
    use std::os::unix::fs::FileExt as _;
    let mut head = [0; 20];
    if index.read_exact_at(&mut head, 0).is_err() {
        return 0;
    }
    let page = match u16::from_ne_bytes([head[14], head[15]]) {
        1 => 65_536,
        size => u64::from(size),
    };
    match u32::from_ne_bytes([head[16], head[17], head[18], head[19]]) {
        0 => 0,
        frames => LOG_HEAD + u64::from(frames) * (page + FRAME_HEAD),
    }
}

#[cfg(not(unix))]
fn needed(_index: &File) -> u64 {
    0
}
