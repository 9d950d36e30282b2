//! Patience with a lock that is just being let go of: a process that was killed is gone from sight before the system
//! has closed its files.

use std::fs::TryLockError;
use std::time::Duration;

/// How long a holder that was killed may take to let go of its lock.
pub const GOING: Duration = Duration::from_millis(1_500);
/// The pause between two attempts to take a lock.
pub const PAUSE: Duration = Duration::from_millis(20);

/// Asks for a lock until it is given or the holder stays. Blocks the thread: for the start of a process.
///
/// # Errors
/// The last refusal.
pub fn patiently(lock: impl Fn() -> Result<(), TryLockError>) -> Result<(), TryLockError> {
    for _ in 0..GOING.as_millis() / PAUSE.as_millis() {
        match lock() {
            Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
            other => return other,
        }
    }
    lock()
}
