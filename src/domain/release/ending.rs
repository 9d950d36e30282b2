//! How a release goes out and what becomes of it: published, held for another, replaced, given up, corrected, expired.
//!
//! A final state is left by nothing but a correction or a withdrawal, and only by a text that was public.

use super::{NotNow, Release, ReleaseState, Wanted};
use crate::domain::approval::Ready;
use crate::domain::bulletin::Publication;
use crate::domain::incident::Incident;
use crate::domain::plan::CorrectionKind;
use crate::domain::reason::Reason;
use crate::domain::time::Moment;
use crate::id::ReleaseId;

type Next = Result<Release, NotNow>;

impl Release {
    /// Signed by all, and waits for the release that it belongs to.
    pub fn held(mut self, ready: Ready, now: Moment) -> Next {
        match self.state {
            ReleaseState::Drafting(_) | ReleaseState::InReview(_) => {
                self.state = ReleaseState::Approved {
                    version: ready.version,
                    hash: ready.hash,
                    at: now,
                    owed: ready.owed,
                    declined: ready.declined,
                };
                Ok(self)
            }
            _ => Err(self.not_now(Wanted::Approved)),
        }
    }

    /// What it goes out with, if it is signed and only waits for another.
    pub fn ready(&self) -> Option<Ready> {
        match &self.state {
            ReleaseState::Approved {
                version,
                hash,
                owed,
                declined,
                ..
            } => Some(Ready {
                version: *version,
                hash: hash.clone(),
                owed: owed.clone(),
                declined: *declined,
            }),
            _ => None,
        }
    }

    /// It is public. A fast route takes it from a draft, every other from its review or from where it was held.
    pub fn published(mut self, publication: Publication) -> Next {
        match self.state {
            ReleaseState::Drafting(_)
            | ReleaseState::InReview(_)
            | ReleaseState::Approved { .. } => {
                self.state = ReleaseState::Published(publication);
                Ok(self)
            }
            _ => Err(self.not_now(Wanted::Published)),
        }
    }

    /// Another text takes its place, whether it was out or still to come.
    pub fn superseded(mut self, now: Moment, why: Reason) -> Next {
        let was = match self.state {
            ReleaseState::Published(was) | ReleaseState::Expired { was, .. } => Some(was),
            ref state if state.is_open() => None,
            _ => return Err(self.not_now(Wanted::Superseded)),
        };
        self.state = ReleaseState::Superseded { at: now, why, was };
        Ok(self)
    }

    /// It is over everywhere by the text `by`, which lifts it or what it explained.
    #[must_use]
    pub fn over(mut self, now: Moment, by: ReleaseId) -> Self {
        if let ReleaseState::Published(was) | ReleaseState::Expired { was, .. } = self.state {
            self.state = ReleaseState::Lifted { at: now, by, was };
        }
        self
    }

    /// What it explained, which `lifting` had lifted, binds again. None for what was over for another reason.
    pub fn explains_again(mut self, lifting: &ReleaseId) -> Option<Self> {
        match self.state {
            ReleaseState::Lifted { by, was, .. } if by == *lifting && self.correction.is_none() => {
                self.state = ReleaseState::Published(was);
                Some(self)
            }
            _ => None,
        }
    }

    /// `lifting`, which lifted it, was taken back: it stands again where that had lifted it. None for what that never touched,
    /// and for what is over for another reason.
    pub fn restored(mut self, incident: &Incident, lifting: &ReleaseId) -> Option<Self> {
        let lifted_by = |by: &ReleaseId| self.lifted.iter().any(|lifted| lifted.by == *by);
        let was = match &self.state {
            // Where it was lifted bit by bit, any bit that is taken back brings it back.
            ReleaseState::Lifted { by, was, .. }
                if by == lifting || lifted_by(by) && lifted_by(lifting) =>
            {
                Some(was.clone())
            }
            // As older versions wrote it.
            ReleaseState::Superseded {
                why: Reason::Replaced { by, .. },
                was: Some(was),
                ..
            } if by == lifting || lifted_by(by) && lifted_by(lifting) => Some(was.clone()),
            ReleaseState::Published(_) | ReleaseState::Expired { .. } if lifted_by(lifting) => None,
            _ => return None,
        };
        self.lifted.retain(|lifted| lifted.by != *lifting);
        if let Some(was) = was {
            self.state = ReleaseState::Published(was);
        }
        (!self.places_left(incident).is_empty()).then_some(self)
    }

    /// Nobody asks for it any more.
    pub fn cancelled(mut self, now: Moment, why: Reason) -> Next {
        self.must_be_open(Wanted::Cancelled)?;
        self.state = ReleaseState::Cancelled { at: now, why };
        Ok(self)
    }

    /// The next occurrence came first. A text with all but its last signature counts as missed all the same.
    pub fn missed(mut self, now: Moment) -> Next {
        self.must_be_open(Wanted::Missed)?;
        self.state = ReleaseState::Missed { at: now };
        Ok(self)
    }

    /// A person gave it up.
    pub fn waived(mut self, now: Moment, by: String, why: String) -> Next {
        // What nobody has ordered is answered, not given up.
        if matches!(self.state, ReleaseState::Undecided(_)) {
            return Err(self.not_now(Wanted::Waived));
        }
        self.must_be_open(Wanted::Waived)?;
        self.state = ReleaseState::Waived { at: now, by, why };
        Ok(self)
    }

    /// Its validity is over.
    pub fn expired(mut self, now: Moment) -> Next {
        match self.state {
            ReleaseState::Published(was) if was.valid_until.is_some_and(|until| until <= now) => {
                self.state = ReleaseState::Expired { at: now, was };
                Ok(self)
            }
            _ => Err(self.not_now(Wanted::Expired)),
        }
    }

    /// Whether a correction of it may be prepared. A correction is corrected by correcting its text again, as long as the one
    /// before (`mended`) stands in for it. What was taken back may still be put right: that is how the right text reaches who was
    /// told the wrong one.
    pub fn may_be_corrected(&self, mended: Option<&Release>) -> Result<(), NotNow> {
        let stands = mended.is_some()
            || matches!(
                self.state,
                ReleaseState::Published(_)
                    | ReleaseState::Expired { .. }
                    | ReleaseState::Lifted { .. }
                    | ReleaseState::Withdrawn { .. }
                    | ReleaseState::Superseded { was: Some(_), .. }
            );
        // A part is corrected with the text that it went out in.
        if stands && self.correction.is_none() && self.part_of.is_none() {
            return Ok(());
        }
        Err(self.not_now(Wanted::Corrected))
    }

    /// The correction `by` is out, in the place of `mended` where there was one before. Also of a text that was withdrawn while its
    /// correction waited for a signature.
    pub fn corrected(mut self, now: Moment, by: ReleaseId, mended: Option<&Release>) -> Next {
        let is_corrected = matches!(self.state, ReleaseState::Corrected { .. });
        match self.state.publication().cloned() {
            Some(was) if mended.is_some() || !is_corrected => {
                self.state = ReleaseState::Corrected { at: now, by, was };
                Ok(self)
            }
            _ => Err(self.not_now(Wanted::Corrected)),
        }
    }

    /// The text `by`, which takes it back, is out. What was taken back says so already; a second word would cover the first.
    pub fn withdrawn(mut self, now: Moment, by: &Release, mended: Option<&Release>) -> Next {
        self.may_be_withdrawn(mended)?;
        let Some(was) = self.state.publication().cloned() else {
            return Err(self.not_now(Wanted::Withdrawn));
        };
        self.state = ReleaseState::Withdrawn {
            at: now,
            by: by.correction_reason_by.clone().unwrap_or_default(),
            why: by.correction_reason.clone().unwrap_or_default(),
            was,
            notice: Some(by.id.clone()),
        };
        Ok(self)
    }

    /// Whether a text that takes it back may be prepared. What takes back is itself not taken back: nobody could tell then
    /// whether the original holds.
    /// A text that was corrected is taken back whole, with the correction `mended` that stands in for it; of its corrections only the
    /// one that does, for the others are history.
    pub fn may_be_withdrawn(&self, mended: Option<&Release>) -> Result<(), NotNow> {
        let stands = self.part_of.is_none()
            && self.correction != Some(CorrectionKind::Withdrawal)
            && self.state.publication().is_some()
            && match self.state {
                ReleaseState::Withdrawn { .. } => false,
                ReleaseState::Corrected { .. } => mended.is_some(),
                ReleaseState::Superseded { .. } => self.stands_in_for().is_none(),
                _ => true,
            };
        match stands {
            true => Ok(()),
            false => Err(self.not_now(Wanted::Withdrawn)),
        }
    }

    /// `correction`, which stood in for it, is taken back: it is said as it was before that, by the `earlier` correction or, where
    /// there was none, as it was first, where that was not lifted since. None for what that does not stand in for.
    pub fn uncorrected(
        mut self,
        incident: &Incident,
        correction: &Release,
        earlier: Option<&Release>,
        now: Moment,
    ) -> Option<Self> {
        let was_said =
            correction.stands() || matches!(correction.state, ReleaseState::Lifted { .. });
        let was = match self.state {
            ReleaseState::Corrected {
                ref by, ref was, ..
            } if *by == correction.id && was_said => was.clone(),
            _ => return None,
        };
        if let Some((earlier, said)) = earlier.and_then(|one| Some((one, one.state.publication()?)))
        {
            let (at, by) = (said.at, earlier.id.clone());
            self.state = ReleaseState::Corrected { at, by, was };
            return Some(self);
        }
        self.state = ReleaseState::Published(was);
        Some(self.lifted_as(incident, correction, now))
    }

    /// The `correction` that took the place of this one is taken back: this one stands again.
    pub fn stands_again(
        mut self,
        incident: &Incident,
        correction: &Release,
        now: Moment,
    ) -> Option<Self> {
        let ReleaseState::Superseded { was: Some(was), .. } = self.state else {
            return None;
        };
        self.state = ReleaseState::Published(was);
        Some(self.lifted_as(incident, correction, now))
    }

    /// Lifted where `other` was, which stood for the same.
    fn lifted_as(mut self, incident: &Incident, other: &Self, now: Moment) -> Self {
        self.lifted.clone_from(&other.lifted);
        let last = self.lifted.last().map(|lifted| lifted.by.clone());
        match last {
            Some(last) if self.places_bound(incident, now).is_empty() => self.over(now, last),
            _ => self,
        }
    }

    /// A text without a validity of its own stands for a while after the end of its response; None = it has one, or
    /// does not stand.
    pub fn stands_until(mut self, until: Moment) -> Option<Self> {
        match &mut self.state {
            ReleaseState::Published(publication)
                if publication.valid_until.is_none() && self.part_of.is_none() =>
            {
                publication.valid_until = Some(until);
                Some(self)
            }
            _ => None,
        }
    }

    fn must_be_open(&self, wanted: Wanted) -> Result<(), NotNow> {
        if self.state.is_open() {
            return Ok(());
        }
        Err(self.not_now(wanted))
    }
}
