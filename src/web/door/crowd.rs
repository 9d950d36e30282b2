//! Everybody who is connected to one listener: how many there may be, who gives way, and what is counted.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::seat::{Patience, Readiness, Seat};

/// A connection that was just opened, or has just moved, does not give way within this time.
pub(super) const GRACE: Duration = Duration::from_millis(20);
/// A stranger's connection that was still for this long counts as idle for good; the search need look no further.
const IDLE: Duration = Duration::from_secs(1);
/// How long a known person's connection, or a request body that stalls, must have been still before it gives way.
const STILL: Duration = Duration::from_secs(5);
/// How long nobody is searched for again after a search found no one to give way: searching costs more than refusing.
const NOBODY: Duration = Duration::from_millis(50);
/// How often the same trouble is logged.
const PERIOD: Duration = Duration::from_secs(10);

/// What becomes of newcomers when every place is taken and nobody gives way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    /// They wait in the system's queue.
    Waits,
    /// They hear 503 at once.
    Refused,
}

/// Whether somebody gives way to a newcomer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    Made,
    /// A connection that was just opened may turn out to be idle in a moment.
    Soon,
    None,
}

/// The people at one listener.
#[derive(Debug)]
pub struct Crowd {
    /// The listener, as logs and metrics call it.
    pub name: &'static str,
    pub budget: usize,
    pub full: Full,
    pub patience: Patience,
    pub(super) places: Arc<Semaphore>,
    pub(super) farewells: Arc<Semaphore>,
    seats: Mutex<Seats>,
    counted: Counters,
}

#[derive(Debug, Default)]
struct Seats {
    next: u64,
    taken: BTreeMap<u64, (Arc<Seat>, OwnedSemaphorePermit)>,
    nobody_until: Option<Instant>,
    trouble_told: Option<Instant>,
}

#[derive(Debug, Default)]
struct Counters {
    admitted: AtomicU64,
    refused: AtomicU64,
    gave_way: AtomicU64,
    cut_off: AtomicU64,
    not_admitted: AtomicU64,
}

/// What a listener has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// Connected now.
    pub open: u64,
    /// Connected at most.
    pub budget: u64,
    pub admitted: u64,
    /// Told 503 because every place was taken.
    pub refused: u64,
    /// Let go, idle, for a newcomer.
    pub gave_way: u64,
    /// Let go for silence or slowness.
    pub cut_off: u64,
    /// Connections that the system could not give us (EMFILE, ENFILE and their like).
    pub not_admitted: u64,
}

impl Crowd {
    pub fn new(name: &'static str, budget: usize, full: Full, patience: Patience) -> Arc<Self> {
        let budget = budget.max(1);
        Arc::new(Self {
            name,
            budget,
            full,
            patience,
            places: Arc::new(Semaphore::new(budget)),
            farewells: Arc::new(Semaphore::new(budget.min(32))),
            seats: Mutex::default(),
            counted: Counters::default(),
        })
    }

    pub fn count(&self) -> Count {
        let counted = &self.counted;
        Count {
            open: self.seats().taken.len() as u64,
            budget: self.budget as u64,
            admitted: counted.admitted.load(Ordering::Relaxed),
            refused: counted.refused.load(Ordering::Relaxed),
            gave_way: counted.gave_way.load(Ordering::Relaxed),
            cut_off: counted.cut_off.load(Ordering::Relaxed),
            not_admitted: counted.not_admitted.load(Ordering::Relaxed),
        }
    }

    /// A free place, if there is one.
    pub(super) fn place(&self) -> Option<OwnedSemaphorePermit> {
        self.places.clone().try_acquire_owned().ok()
    }

    pub(super) fn admit(&self, place: OwnedSemaphorePermit) -> Arc<Seat> {
        self.counted.admitted.fetch_add(1, Ordering::Relaxed);
        let mut seats = self.seats();
        seats.next += 1;
        let seat = Arc::new(Seat::new(seats.next));
        seats.taken.insert(seat.number, (seat.clone(), place));
        seat
    }

    pub(super) fn left(&self, seat: &Seat) {
        self.seats().taken.remove(&seat.number);
    }

    pub(super) fn cut_off(&self) {
        self.counted.cut_off.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn refused(&self) {
        let before = self.counted.refused.fetch_add(1, Ordering::Relaxed);
        if self.is_time_to_tell() {
            tracing::warn!(
                listener = self.name,
                budget = self.budget,
                refused = before + 1,
                "every place is taken: newcomers are told to come back"
            );
        }
    }

    /// Asks whoever has been idle longest to go, strangers before those who showed who they are.
    pub(super) fn make_room(&self) -> Room {
        let now = Instant::now();
        let mut seats = self.seats();
        if seats.nobody_until.is_some_and(|until| now < until) {
            return Room::None;
        }
        let mut found: Option<(Readiness, Instant, &Arc<Seat>)> = None;
        let mut soon = false;
        for (seat, _) in seats.taken.values() {
            let Some((readiness, moved)) = seat.could_go() else {
                continue;
            };
            let still = now.saturating_duration_since(moved);
            match readiness {
                Readiness::First if still < GRACE => soon = true,
                Readiness::IfStill if still < STILL => {}
                _ => {
                    if found.is_none_or(|(least, longest, _)| (readiness, moved) < (least, longest))
                    {
                        found = Some((readiness, moved, seat));
                    }
                    // Seats are walked in the order of arrival: the first stranger who is idle for good will do.
                    if readiness == Readiness::First && still >= IDLE {
                        break;
                    }
                }
            }
        }
        let Some((_, _, seat)) = found else {
            if soon {
                return Room::Soon;
            }
            seats.nobody_until = Some(now + NOBODY);
            return Room::None;
        };
        seat.go();
        self.counted.gave_way.fetch_add(1, Ordering::Relaxed);
        Room::Made
    }

    /// Notes that a connection could not be taken. Returns whether it was for want of room.
    pub(super) fn could_not_admit(&self, error: &io::Error) -> bool {
        // A client that gave up in the queue is no fault of the system's.
        if matches!(
            error.kind(),
            io::ErrorKind::ConnectionAborted
                | io::ErrorKind::ConnectionReset
                | io::ErrorKind::Interrupted
        ) {
            return false;
        }
        let before = self.counted.not_admitted.fetch_add(1, Ordering::Relaxed);
        if self.is_time_to_tell() {
            tracing::error!(
                listener = self.name,
                %error,
                so_far = before + 1,
                "connections cannot be taken: the system has no room for more open files"
            );
        }
        true
    }

    /// At most one line in a period, however big the crowd.
    fn is_time_to_tell(&self) -> bool {
        let now = Instant::now();
        let mut seats = self.seats();
        let is_time = seats
            .trouble_told
            .is_none_or(|told| now.saturating_duration_since(told) >= PERIOD);
        if is_time {
            seats.trouble_told = Some(now);
        }
        is_time
    }

    fn seats(&self) -> MutexGuard<'_, Seats> {
        // Each change is one step, so a thread that died while it held the lock left it whole.
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_stranger_gives_way_before_those_we_know() {
        let crowd = Crowd::new("api", 3, Full::Refused, Patience::default());
        let seats: Vec<_> = std::iter::from_fn(|| crowd.place().map(|place| crowd.admit(place)))
            .take(9)
            .collect();
        assert_eq!(seats.len(), 3, "no more than the budget");
        seats[0].is_known();
        assert_eq!(crowd.make_room(), Room::Soon, "they have only just come");
        std::thread::sleep(GRACE);
        assert_eq!(crowd.make_room(), Room::Made);
        assert!(seats[1].could_go().is_none(), "it was asked already");
        assert_eq!(crowd.make_room(), Room::Made);
        assert_eq!(
            crowd.make_room(),
            Room::None,
            "only somebody we know is left"
        );
        crowd.left(&seats[1]);
        assert!(crowd.place().is_some());
        let count = crowd.count();
        assert_eq!((count.open, count.gave_way, count.admitted), (2, 2, 3));
    }

    #[test]
    fn clients_that_hang_up_are_no_want_of_room() {
        let crowd = Crowd::new("api", 1, Full::Refused, Patience::default());
        assert!(!crowd.could_not_admit(&io::ErrorKind::ConnectionAborted.into()));
        assert!(crowd.could_not_admit(&io::Error::from_raw_os_error(24)));
        assert_eq!(crowd.count().not_admitted, 1);
    }
}
