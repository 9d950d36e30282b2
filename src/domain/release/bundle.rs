//! Rows of the ledger that go out inside another release's text: one text, one number, one message, one chain of
//! signatures, and still a row and a deadline for each matter.

use super::{Release, ReleaseState};
use crate::domain::bulletin::Publication;

impl Release {
    /// A part with what has become of its leading text; None while that is still on its way, or when nothing changes.
    pub fn as_led_by(mut self, leader: &Self) -> Option<Self> {
        let own = |publication: &Publication| Publication {
            due_at: self.due_at,
            countersign: None,
            ..publication.clone()
        };
        let state = match &leader.state {
            state if state.is_open() => return None,
            ReleaseState::Published(publication) => ReleaseState::Published(own(publication)),
            state => {
                let mut state = state.clone();
                if let Some(was) = leader.state.publication() {
                    state.set_publication(own(was));
                }
                state
            }
        };
        (state != self.state).then(|| {
            self.state = state;
            self
        })
    }
}
