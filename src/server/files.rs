//! The system's limit on open files: raised as far as it goes, and how much of it is in use. Every connection, whoever
//! opened it, is an open file.

use std::io;

/// How many files a process may have open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenFiles {
    pub soft: u64,
    pub hard: u64,
}

impl OpenFiles {
    /// What holds for this process now.
    #[cfg(unix)]
    pub fn limit() -> Self {
        let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
        Self {
            soft: limit.current.unwrap_or(u64::MAX),
            hard: limit.maximum.unwrap_or(u64::MAX),
        }
    }

    #[cfg(not(unix))]
    pub fn limit() -> Self {
        Self {
            soft: 8_192,
            hard: 8_192,
        }
    }

    /// Raises what this process may have open to the most that it may ask for, and returns what holds from then on.
    ///
    /// # Errors
    /// The system's; everything is as it was.
    #[cfg(unix)]
    pub fn raise() -> io::Result<Self> {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let limit = getrlimit(Resource::Nofile);
        if limit.current != limit.maximum {
            let wanted = Rlimit {
                current: limit.maximum,
                maximum: limit.maximum,
            };
            setrlimit(Resource::Nofile, wanted)?;
        }
        Ok(Self::limit())
    }

    #[cfg(not(unix))]
    pub fn raise() -> io::Result<Self> {
        Ok(Self::limit())
    }
}

/// How many files this process has open; None where the system does not say.
pub fn in_use() -> Option<u64> {
    let open = std::fs::read_dir("/proc/self/fd").ok()?;
    Some(open.count() as u64)
}
