//! One process to one database: who serves it, and whether another may take its place.
//!
//! The lock on a SQLite file and the row in the database say two things. The lock, on the file itself and not on its
//! name, ends with the process that holds it, so nothing has to be waited for after a crash. The row goes with the
//! contents: whoever holds a copy finds there who served the original when the copy was made.

use std::fmt;

use chrono::TimeDelta;

use super::time::Moment;

/// How often a server gives a sign of life.
pub const BEAT: TimeDelta = TimeDelta::seconds(3);
/// A sign of life this old, of a process that cannot be looked for, is the last one.
const SILENCE: TimeDelta = TimeDelta::seconds(60);

/// A running process. Empty text is what the system does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Chance, new with each start.
    pub id: String,
    pub host: String,
    /// Within which process numbers mean something: this run of this machine, and its container.
    pub place: String,
    pub pid: u32,
    /// When it started, as the system counts; with the number it is never used again in one place.
    pub born: String,
}

/// Who serves a database, or did last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    pub process: Process,
    /// The file itself, whatever its name; empty where there is none.
    pub file: String,
    pub path: String,
    pub beat_at: Moment,
    /// It stopped in order.
    pub ended: bool,
}

/// Whether a database may be taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    Free,
    /// Its server runs.
    Taken,
    /// Nobody here can tell but by waiting for another sign of life.
    Unclear,
}

/// In a sentence about the server: ` (process 7 on shili, serving /srv/fabu.db, last heard of at …)`.
impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Process { pid, host, .. } = &self.process;
        write!(f, " (process {pid} on {host}")?;
        if !self.path.is_empty() {
            write!(f, ", serving {}", self.path)?;
        }
        let heard = self.beat_at.format("%Y-%m-%d %H:%M:%S UTC");
        write!(f, ", last heard of at {heard})")
    }
}

impl Owner {
    /// Whether `here` may take over what is in `file`, if it is in one. `is_alive` says whether the owner's process
    /// runs, and counts only if it would run here.
    pub fn judge(&self, here: &Process, file: &str, is_alive: bool, now: Moment) -> Claim {
        if self.ended {
            return Claim::Free;
        }
        // Whoever asks holds the lock on this very file, so its last server is gone.
        if !file.is_empty() && file == self.file {
            return Claim::Free;
        }
        if !here.place.is_empty() && here.place == self.process.place {
            return if is_alive { Claim::Taken } else { Claim::Free };
        }
        if file.is_empty() {
            return Claim::Unclear;
        }
        // A copy shows no sign of life, however long one waits.
        if (now - self.beat_at).abs() < SILENCE {
            Claim::Taken
        } else {
            Claim::Free
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::from_millis;

    fn process(place: &str, pid: u32) -> Process {
        Process {
            id: pid.to_string(),
            host: "shili".into(),
            place: place.into(),
            pid,
            born: "1".into(),
        }
    }

    fn owner(file: &str) -> Owner {
        Owner {
            process: process("boot 1", 7),
            file: file.into(),
            path: "/srv/fabu.db".into(),
            beat_at: from_millis(1_000_000),
            ended: false,
        }
    }

    #[test]
    fn a_crash_holds_nobody_up_and_a_copy_lets_nobody_in() {
        let now = from_millis(1_001_000);
        let later = now + SILENCE;
        for (what, here, file, is_alive, at, claim) in [
            (
                "killed and started again",
                "boot 1",
                "f1",
                true,
                now,
                Claim::Free,
            ),
            (
                "the machine started again, the number is somebody else's",
                "boot 2",
                "f1",
                true,
                now,
                Claim::Free,
            ),
            (
                "a copy beside the running server",
                "boot 1",
                "f2",
                true,
                now,
                Claim::Taken,
            ),
            (
                "a copy of what a dead server left",
                "boot 1",
                "f2",
                false,
                now,
                Claim::Free,
            ),
            (
                "a copy on another machine, taken a moment ago",
                "boot 9",
                "f2",
                false,
                now,
                Claim::Taken,
            ),
            ("a backup", "boot 9", "f2", false, later, Claim::Free),
            (
                "a node killed and started again",
                "boot 1",
                "",
                false,
                now,
                Claim::Free,
            ),
            (
                "a twin on the same machine",
                "boot 1",
                "",
                true,
                now,
                Claim::Taken,
            ),
            (
                "a twin in another container",
                "boot 1, other",
                "",
                true,
                now,
                Claim::Unclear,
            ),
            (
                "a machine that does not say",
                "",
                "",
                true,
                now,
                Claim::Unclear,
            ),
        ] {
            let standing = owner(if file.is_empty() { "" } else { "f1" });
            assert_eq!(
                standing.judge(&process(here, 8), file, is_alive, at),
                claim,
                "{what}"
            );
        }
        let ended = Owner {
            ended: true,
            ..owner("f1")
        };
        assert_eq!(
            ended.judge(&process("boot 1", 8), "f2", true, now),
            Claim::Free
        );
    }
}
