//! What falls due of a release as time passes: it opens, a turn passes, a countersignature is overdue, a text expires,
//! the hour of an announced lifting comes, and whoever is next is reminded.

use super::{Prompt, Release, ReleaseState, Reminder, Review};
use crate::domain::body::PostRef;
use crate::domain::plan::Plan;
use crate::domain::time::{Moment, Span};

/// How late a due moment may be noticed without being called late, in seconds.
const PUNCTUAL_SECONDS: i64 = 60;

/// The next thing that time alone does to a release.
#[derive(Debug, Clone, PartialEq)]
pub enum Falls {
    /// Somebody is to be asked whether it is ordered.
    Ask,
    /// Work on it begins.
    Open,
    /// A silent signer's turn passes to the deputy, who may then sign as well.
    PassTurn {
        from: PostRef,
        to: PostRef,
    },
    /// The signer whose turn it is says nothing.
    Prompt {
        signer: PostRef,
        how: Prompt,
    },
    Expire,
    /// The hour of a lifting that was announced has come.
    Lift,
    /// A countersignature was not given in time; the post that owes it.
    CountersignOverdue {
        by: Option<PostRef>,
    },
}

/// A reminder that has fallen due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reminded {
    pub mark: Reminder,
    pub to: Option<PostRef>,
}

impl Reminder {
    /// How much of the time to the deadline is used up, in percent.
    pub fn percent(self) -> u32 {
        match self {
            Self::None => 0,
            Self::Seventy => 70,
            Self::Ninety => 90,
            Self::Overdue => 100,
        }
    }
}

impl Release {
    /// The next moment at which this release wants attention on its own: a reminder, a turn that passes, an expiry,
    /// a countersignature that falls due.
    pub fn next_wake(&self) -> Option<Moment> {
        // Whatever is to be done about a part is done about the text that it goes out in.
        if self.part_of.is_some() {
            return None;
        }
        match &self.state {
            state if state.is_open() => {
                let reminder = match self.reminded {
                    Reminder::None => self.mark_at(70),
                    Reminder::Seventy => self.mark_at(90),
                    Reminder::Ninety => self.due_at,
                    Reminder::Overdue => None,
                };
                let opening = match state {
                    ReleaseState::Undecided(undecided) => Some(undecided.ask_at),
                    ReleaseState::Planned => Some(self.opened_at),
                    _ => None,
                };
                let turn = match state {
                    ReleaseState::InReview(review) => review.next_moment(),
                    _ => None,
                };
                [reminder, opening, turn].into_iter().flatten().min()
            }
            state => {
                let publication = state.publication()?;
                let countersign = publication
                    .countersign
                    .as_ref()
                    .filter(|c| !c.is_complete() && !c.overdue_reported)
                    .map(|c| c.due_at);
                let expiry = publication
                    .valid_until
                    .filter(|_| matches!(state, ReleaseState::Published(_)));
                let lifting = self.lifting_to_come();
                [countersign, expiry, lifting].into_iter().flatten().min()
            }
        }
    }

    /// When it should have been looked at, if that is long enough ago to be called late.
    pub fn noticed_late(&self, now: Moment) -> Option<Moment> {
        self.wake_at
            .filter(|due| (now - *due).num_seconds() > PUNCTUAL_SECONDS)
    }

    /// What has fallen due by `now`, one thing at a time.
    pub fn falls_due(&self, now: Moment) -> Option<Falls> {
        match &self.state {
            ReleaseState::Undecided(undecided) => (undecided.ask_at <= now).then_some(Falls::Ask),
            ReleaseState::Planned => (self.opened_at <= now).then_some(Falls::Open),
            ReleaseState::InReview(review) => review.passes(now),
            ReleaseState::Published(_) | ReleaseState::Expired { .. }
                if self.lifting_to_come().is_some_and(|at| at <= now) =>
            {
                Some(Falls::Lift)
            }
            ReleaseState::Published(publication)
                if publication.valid_until.is_some_and(|until| until <= now) =>
            {
                Some(Falls::Expire)
            }
            state => {
                let owed = state.publication()?.countersign.as_ref()?;
                let is_overdue =
                    !owed.is_complete() && !owed.overdue_reported && owed.due_at <= now;
                is_overdue.then(|| Falls::CountersignOverdue {
                    by: owed.signer().map(|signer| signer.post.clone()),
                })
            }
        }
    }

    /// The turn is the deputy's as well. Nothing changes where there is no turn to pass.
    #[must_use]
    pub fn passed_to_deputy(mut self) -> Self {
        if let ReleaseState::InReview(review) = &mut self.state {
            review.passed_to_deputy = true;
        }
        self
    }

    /// The signer whose turn it is was reminded of it.
    #[must_use]
    pub fn prompted(mut self, how: Prompt) -> Self {
        if let ReleaseState::InReview(review) = &mut self.state {
            review.prompted = how;
        }
        self
    }

    /// It was said that a countersignature is overdue; it is said once.
    #[must_use]
    pub fn overdue_reported(mut self) -> Self {
        let publication = self.state.publication().cloned();
        if let Some(mut publication) = publication
            && let Some(owed) = &mut publication.countersign
        {
            owed.overdue_reported = true;
            self.state.set_publication(publication);
        }
        self
    }

    /// The reminder that has fallen due and was not given. 70 % and 90 % of the time are for whoever is next; 100 % is
    /// for the post that its body wants to hear of it.
    pub fn reminder_due(&self, plan: &Plan, now: Moment) -> Option<Reminded> {
        if !self.state.is_open() {
            return None;
        }
        let marks = [
            (Reminder::Overdue, self.due_at),
            (Reminder::Ninety, self.mark_at(90)),
            (Reminder::Seventy, self.mark_at(70)),
        ];
        let (mark, _) = marks
            .into_iter()
            .find(|(_, at)| at.is_some_and(|at| at <= now))?;
        if mark <= self.reminded {
            return None;
        }
        let next = self.next_post(plan);
        let to = match mark {
            Reminder::Overdue => plan.told_of_overdue(self).or(next),
            _ => next,
        };
        Some(Reminded { mark, to })
    }

    #[must_use]
    pub fn reminded(mut self, mark: Reminder) -> Self {
        self.reminded = mark;
        self
    }
}

impl Plan {
    /// Who hears of a deadline that passed: the post of its body that says so, otherwise the last signer of its route.
    fn told_of_overdue(&self, release: &Release) -> Option<PostRef> {
        let named = self.body.posts.iter().find(|post| post.told_of_overdue);
        let of_body = named.map(|post| PostRef::within(&self.body.body, &post.post));
        of_body.or_else(|| Some(self.signers_of(release)?.last()?.post.clone()))
    }
}

impl Review {
    /// What falls due of a turn that is nobody else's yet, with its moment, the first thing first.
    fn due(&self) -> Vec<(Moment, Falls)> {
        let Some(signer) = self.signer().filter(|_| !self.passed_to_deputy) else {
            return Vec::new();
        };
        let prompt = |how| Falls::Prompt {
            signer: signer.post.clone(),
            how,
        };
        let half = Span::seconds(signer.sign_within.as_seconds() / 2);
        let over = match &signer.deputy {
            Some(deputy) => Falls::PassTurn {
                from: signer.post.clone(),
                to: deputy.clone(),
            },
            None => prompt(Prompt::Over),
        };
        let all = [
            (half.after(self.turn_since), prompt(Prompt::Half)),
            (signer.sign_within.after(self.turn_since), over),
        ];
        let is_done =
            |falls: &Falls| matches!(falls, Falls::Prompt { how, .. } if *how <= self.prompted);
        all.into_iter()
            .filter(|(_, falls)| !is_done(falls))
            .collect()
    }

    /// Of several things that nobody looked at in time only the last is worth saying.
    fn passes(&self, now: Moment) -> Option<Falls> {
        let due = self.due().into_iter().rfind(|(at, _)| *at <= now);
        due.map(|(_, falls)| falls)
    }

    pub(super) fn next_moment(&self) -> Option<Moment> {
        self.due().first().map(|(at, _)| *at)
    }
}
