//! One place at a listener: what its holder is doing, since when, and how long that may go on. It knows no socket.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

/// How long a connection may do each thing.
#[derive(Debug, Clone)]
pub struct Patience {
    /// Say nothing after it was opened.
    pub first: Duration,
    /// Take from the first byte of a request's head to the last.
    pub head: Duration,
    /// Take to send a request's body.
    pub body: Duration,
    /// Say nothing after an answer.
    pub idle: Duration,
    /// Leave an answer untaken.
    pub stalled: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(10),
            head: Duration::from_secs(10),
            body: Duration::from_secs(30),
            idle: Duration::from_secs(30),
            stalled: Duration::from_secs(30),
        }
    }
}

/// A connection's place.
#[derive(Debug)]
pub struct Seat {
    /// In the order of arrival.
    pub(super) number: u64,
    state: Mutex<State>,
    gives_way: CancellationToken,
}

/// How readily a connection gives way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Readiness {
    /// A stranger who asks for nothing.
    First,
    /// A known person's connection between two requests, or a request body that stalls: only once it was still for a while.
    IfStill,
}

#[derive(Debug)]
struct State {
    doing: Doing,
    since: Instant,
    /// When a byte last went in or out.
    moved: Instant,
    /// Since when the client has not taken what it was sent.
    blocked: Option<Instant>,
    /// The client has shown who it is.
    known: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doing {
    /// Nothing was heard yet.
    Arriving,
    Head,
    Body,
    /// A request is complete and its answer is being made.
    Waiting,
    /// Between two requests.
    Resting,
}

impl Seat {
    pub(super) fn new(number: u64) -> Self {
        let now = Instant::now();
        Self {
            number,
            state: Mutex::new(State {
                doing: Doing::Arriving,
                since: now,
                moved: now,
                blocked: None,
                known: false,
            }),
            gives_way: CancellationToken::new(),
        }
    }

    /// Whoever sits here has shown who they are, and does not give way to strangers.
    pub fn is_known(&self) {
        self.state().known = true;
    }

    pub(super) fn heard(&self) {
        let mut state = self.state();
        state.moved = Instant::now();
        if matches!(state.doing, Doing::Arriving | Doing::Resting) {
            state.turn_to(Doing::Head);
        }
    }

    pub(super) fn wrote(&self) {
        let mut state = self.state();
        state.moved = Instant::now();
        state.blocked = None;
    }

    pub(super) fn is_blocked(&self) {
        self.state().blocked.get_or_insert_with(Instant::now);
    }

    pub(super) fn asked(&self, body_follows: bool) {
        self.state().turn_to(if body_follows {
            Doing::Body
        } else {
            Doing::Waiting
        });
    }

    pub(super) fn body_is_here(&self) {
        let mut state = self.state();
        if state.doing == Doing::Body {
            state.turn_to(Doing::Waiting);
        }
    }

    /// A head has begun and is not complete.
    pub(super) fn is_in_head(&self) -> bool {
        self.state().doing == Doing::Head
    }

    pub(super) fn answered(&self) {
        self.state().turn_to(Doing::Resting);
    }

    /// How long what it does may still go on; nothing is left when it has to go. While the answer is ours to give this
    /// only says when to look again.
    pub(super) fn left(&self, patience: &Patience) -> Duration {
        let now = Instant::now();
        let state = self.state();
        if let Some(blocked) = state.blocked {
            return (blocked + patience.stalled).saturating_duration_since(now);
        }
        let until = match state.doing {
            Doing::Arriving => state.since + patience.first,
            Doing::Head => state.since + patience.head,
            Doing::Body => state.since + patience.body,
            Doing::Resting => state.since.max(state.moved) + patience.idle,
            Doing::Waiting => return patience.stalled,
        };
        until.saturating_duration_since(now)
    }

    /// Since when it could give way, and how readily; None while it is being served.
    pub(super) fn could_go(&self) -> Option<(Readiness, Instant)> {
        let state = self.state();
        if state.blocked.is_some() || self.gives_way.is_cancelled() {
            return None;
        }
        let readiness = match state.doing {
            Doing::Arriving | Doing::Head | Doing::Resting if !state.known => Readiness::First,
            Doing::Arriving | Doing::Head | Doing::Resting | Doing::Body => Readiness::IfStill,
            Doing::Waiting => return None,
        };
        Some((readiness, state.moved))
    }

    pub(super) fn go(&self) {
        self.gives_way.cancel();
    }

    pub(super) async fn has_to_go(&self) {
        self.gives_way.cancelled().await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change is one assignment, so a thread that died while it held the lock left it whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn turn_to(&mut self, doing: Doing) {
        self.doing = doing;
        self.since = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hasty() -> Patience {
        let now = Duration::ZERO;
        let later = Duration::from_secs(3600);
        Patience {
            first: later,
            head: now,
            body: now,
            idle: later,
            stalled: later,
        }
    }

    #[test]
    fn more_bytes_of_a_head_or_a_body_do_not_buy_more_time() {
        let seat = Seat::new(1);
        assert!(seat.left(&hasty()) > Duration::ZERO);
        seat.heard();
        seat.heard();
        assert_eq!(seat.left(&hasty()), Duration::ZERO, "a head that drips");
        seat.asked(true);
        seat.heard();
        assert_eq!(seat.left(&hasty()), Duration::ZERO, "a body that drips");
        seat.body_is_here();
        assert!(
            seat.left(&hasty()) > Duration::ZERO,
            "the answer is ours to give"
        );
        seat.answered();
        assert!(seat.left(&hasty()) > Duration::ZERO);
    }

    #[test]
    fn nobody_gives_way_who_is_being_served_and_strangers_go_first() {
        let seat = Seat::new(1);
        let readiness = || seat.could_go().map(|(readiness, _)| readiness);
        assert_eq!(readiness(), Some(Readiness::First), "it has said nothing");
        seat.heard();
        assert_eq!(readiness(), Some(Readiness::First), "half a head");
        seat.asked(true);
        assert_eq!(readiness(), Some(Readiness::IfStill), "half a body");
        seat.body_is_here();
        assert_eq!(readiness(), None, "it is being served");
        seat.answered();
        seat.is_blocked();
        assert_eq!(readiness(), None, "its answer is on the way");
        seat.wrote();
        assert_eq!(readiness(), Some(Readiness::First));
        seat.is_known();
        assert_eq!(
            readiness(),
            Some(Readiness::IfStill),
            "it has shown who it is"
        );
    }
}
