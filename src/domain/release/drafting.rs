//! A text on its way to its signers: drafted, edited, submitted, returned, and marked when what is known has changed.

use super::{Drafting, NotNow, Prompt, Release, ReleaseState, Review, Wanted};
use crate::domain::area::AreaCode;
use crate::domain::body::PostRef;
use crate::domain::bulletin::NO_TEXT_YET;
use crate::domain::fact::Facts;
use crate::domain::plan::Signer;
use crate::domain::reason::Reason;
use crate::domain::time::Moment;

type Next = Result<Release, NotNow>;

/// A text that goes on its route.
#[derive(Debug, Clone)]
pub struct Submission {
    pub version: u32,
    pub hash: String,
    /// Whoever submits may not sign.
    pub by: String,
    pub signers: Vec<Signer>,
    /// As [`Review::also`].
    pub also: Vec<PostRef>,
    /// What the template would say now, where the submitted words are older.
    pub newer: Option<u32>,
}

impl Release {
    /// Its first draft, or the draft made anew with what is known now.
    pub fn drafted(mut self, drafting: Drafting) -> Next {
        match self.state {
            ReleaseState::Planned | ReleaseState::Drafting(_) => {
                self.state = ReleaseState::Drafting(drafting);
                Ok(self)
            }
            _ => Err(self.not_now(Wanted::Drafted)),
        }
    }

    /// A person wrote `version`; whatever was signed is void. `newer` is what the template would say by now.
    pub fn edited(mut self, version: u32, newer: Option<u32>) -> Next {
        match self.state {
            ReleaseState::Drafting(_) | ReleaseState::InReview(_) => {
                self.state = ReleaseState::Drafting(Drafting {
                    version: Some(version),
                    newer,
                    ..Drafting::default()
                });
                Ok(self)
            }
            _ => Err(self.not_now(Wanted::Edited)),
        }
    }

    /// It is for other places, and says other things for itself; whatever was signed is void, and it is to be made anew.
    pub fn placed(mut self, areas: Option<Vec<AreaCode>>, own_facts: Facts) -> Next {
        self.state = match self.state {
            ReleaseState::InReview(review) => ReleaseState::Drafting(Drafting {
                version: Some(review.version),
                newer: review.stale,
                ..Drafting::default()
            }),
            // One that is signed and waits is taken back when its text is held against what it would say now.
            state @ (ReleaseState::Planned
            | ReleaseState::Drafting(_)
            | ReleaseState::Approved { .. }) => state,
            _ => return Err(self.not_now(Wanted::Edited)),
        };
        self.areas = areas;
        self.own_facts = own_facts;
        Ok(self)
    }

    /// It goes on its route, and a round of signatures of its own begins.
    pub fn submitted(mut self, text: Submission, now: Moment) -> Next {
        match self.state {
            ReleaseState::Drafting(_) | ReleaseState::InReview(_) => {
                self.rounds += 1;
                self.state = ReleaseState::InReview(Review {
                    round: self.rounds,
                    version: text.version,
                    hash: text.hash,
                    submitted_by: text.by,
                    signers: text.signers,
                    also: text.also,
                    step: 0,
                    turn_since: now,
                    passed_to_deputy: false,
                    prompted: Prompt::None,
                    stale: text.newer,
                });
                Ok(self)
            }
            _ => Err(self.not_now(Wanted::Submitted)),
        }
    }

    /// The version that stands before its signers, and the newer one they know of; also of a text that is signed and
    /// waits for another to go out, for it may still turn out to be wrong.
    pub fn before_signers(&self) -> Result<(u32, Option<u32>), NotNow> {
        match &self.state {
            ReleaseState::InReview(review) => Ok((review.version, review.stale)),
            ReleaseState::Approved {
                version, declined, ..
            } => Ok((*version, *declined)),
            _ => Err(self.not_now(Wanted::Returned)),
        }
    }

    /// Back to its drafters. What a person wrote goes back as it is; a template's text goes back as it would be now.
    pub fn returned(mut self, hand_written: bool, reason: String) -> Next {
        let (version, newer) = self.before_signers()?;
        let (version, newer) = match newer {
            Some(newer) if hand_written || newer == NO_TEXT_YET => (version, Some(newer)),
            Some(newer) => (newer, None),
            None => (version, None),
        };
        self.state = ReleaseState::Drafting(Drafting {
            version: Some(version),
            newer,
            returned: Some(Reason::Said(reason)),
            ..Drafting::default()
        });
        Ok(self)
    }

    /// The text under review keeps its words, and its signers are told of `newer` ones (None: it is current again).
    pub fn marked(mut self, newer: Option<u32>) -> Next {
        match &mut self.state {
            ReleaseState::InReview(review) => {
                review.stale = newer;
                Ok(self)
            }
            _ => Err(self.not_now(Wanted::Drafted)),
        }
    }

    /// What was signed and waits for another text has grown old: it is a draft once more. Words that a person wrote
    /// stay beside the `newer` version; a template's text is the one `made` now.
    pub fn taken_back(
        mut self,
        hand_written: bool,
        newer: Option<u32>,
        made: Drafting,
        why: Reason,
    ) -> Next {
        let ReleaseState::Approved { version, .. } = self.state else {
            return Err(self.not_now(Wanted::Returned));
        };
        let returned = Some(why);
        self.state = ReleaseState::Drafting(if hand_written {
            Drafting {
                version: Some(version),
                newer,
                returned,
                ..Drafting::default()
            }
        } else {
            Drafting { returned, ..made }
        });
        Ok(self)
    }

    /// Its deadline counts from now on; its reminders count from `opened_at`.
    #[must_use]
    pub fn dated(mut self, due_at: Option<Moment>, opened_at: Moment) -> Self {
        self.due_at = due_at;
        self.opened_at = self.opened_at.max(opened_at);
        self
    }
}
