//! A release (发布任务): an item made concrete for one incident: one occurrence, one deadline, one state.
//!
//! Its transitions take the release and give the next one back, or say why not ([`NotNow`]): `drafting` up to the
//! signers, `signing` from one signature to the next, `ending` for what goes out or is given up, `holding` for what is held
//! before its text, `wake` for what time does by itself. Nothing else assigns a state.

mod bundle;
mod deciding;
mod drafting;
mod ending;
mod holding;
mod not_now;
mod signing;
mod wake;
mod who;

pub use deciding::{Excludes, PutOff, Undecided, excludes};
pub use drafting::Submission;
pub use holding::Holding;
pub(in crate::domain) use not_now::state;
pub use not_now::{NotNow, Wanted};
pub use signing::{Signed, Then, Unsigned, Wish};
pub use wake::{Falls, Reminded};

use serde::{Deserialize, Serialize};

use super::area::AreaCode;
use super::body::PostRef;
use super::bulletin::{Owed, Publication, REMINDERS_FROM};
use super::concern::Found;
use super::deadline::PassedLimit;
use super::fact::Facts;
use super::level::ResponseLevel;
use super::lifting::Lifted;
use super::numbering::Filling;
use super::plan::{CorrectionKind, ItemKind, Signer};
use super::reason::Reason;
use super::time::Moment;
use crate::id::{IncidentId, ReleaseId};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Release {
    pub id: ReleaseId,
    pub incident: IncidentId,
    pub plan: String,
    pub plan_hash: String,
    pub body: String,
    pub item: String,
    pub name: String,
    pub name_en: Option<String>,
    pub kind: ItemKind,
    /// The level it was planned at; None = an item of the end.
    pub level: Option<ResponseLevel>,
    /// Which one of its series it is, from 1.
    pub occurrence: u32,
    /// The moment its work could begin.
    pub opened_at: Moment,
    /// None while the anchor is not known yet (an interpretation of something unpublished).
    pub due_at: Option<Moment>,
    /// The first limit that could not be kept any more when it was listed; `due_at` is the one that it is worked to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed: Option<PassedLimit>,
    /// Of what is held before its text can be written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holding: Option<Holding>,
    /// The places that its text is for; None = those of the incident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub areas: Option<Vec<AreaCode>>,
    /// Where it was lifted since.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lifted: Vec<Lifted>,
    /// Who ordered it, if it is a measure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordered_by: Option<String>,
    /// Where and when somebody found what it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<Found>,
    /// What it interprets or corrects.
    pub tied_to: Option<ReleaseId>,
    /// The release in whose text it goes out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<ReleaseId>,
    /// The releases that go out in its text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub carries: Vec<ReleaseId>,
    pub correction: Option<CorrectionKind>,
    /// Why the correction is made, in the corrector's words (`original.reason` in its template).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction_reason: Option<String>,
    /// Who gave the reason of the correction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction_reason_by: Option<String>,
    /// What a correction was given to say, and an order for some places: the facts of the incident are not its own.
    #[serde(default, skip_serializing_if = "Facts::is_empty")]
    pub own_facts: Facts,
    pub state: ReleaseState,
    /// How often it has gone under review: each submission begins a round of signatures of its own.
    #[serde(default)]
    pub rounds: u32,
    /// How far the reminders of its deadline have gone.
    pub reminded: Reminder,
    /// The next moment at which something about it must be looked at, whatever people do.
    pub wake_at: Option<Moment>,
    /// The store's row version; an update of another version than the one read is a conflict.
    #[serde(skip)]
    pub row_version: i64,
}

/// What is true of a release now. *Overdue* is not here: it is a deadline in the past.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum ReleaseState {
    /// A measure that is ready and not ordered.
    Undecided(Undecided),
    /// Somebody found that its conditions are not met.
    NotApplicable {
        at: Moment,
        by: String,
        why: String,
    },
    /// Not opened yet, or waiting for its first draft.
    Planned,
    /// A draft is being made: facts are missing, or nobody has submitted it yet.
    Drafting(Drafting),
    InReview(Review),
    /// Signed by all; waits for the release it belongs to.
    Approved {
        version: u32,
        hash: String,
        at: Moment,
        /// Signatures that it owes from when it goes out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        owed: Option<Owed>,
        /// Newer words that its signers saw and did not want.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        declined: Option<u32>,
    },
    Published(Publication),
    Superseded {
        at: Moment,
        why: Reason,
        was: Option<Publication>,
    },
    Expired {
        at: Moment,
        was: Publication,
    },
    /// The measure that it ordered is over everywhere, by the text `by`; or what it explained is.
    Lifted {
        at: Moment,
        by: ReleaseId,
        was: Publication,
    },
    Corrected {
        at: Moment,
        by: ReleaseId,
        was: Publication,
    },
    Withdrawn {
        at: Moment,
        by: String,
        why: String,
        was: Publication,
        /// The text that says so; none in what older versions wrote.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notice: Option<ReleaseId>,
    },
    Waived {
        at: Moment,
        by: String,
        why: String,
    },
    Cancelled {
        at: Moment,
        why: Reason,
    },
    /// An occurrence that nobody published before the next one came.
    Missed {
        at: Moment,
    },
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Drafting {
    /// Facts that the template needs and nobody has given.
    pub missing: Vec<String>,
    /// The version that waits to be submitted; None while facts are missing or the template fails.
    pub version: Option<u32>,
    /// Why there is no draft, when it is not for missing facts.
    pub fault: Option<String>,
    /// Why a reviewer sent it back.
    pub returned: Option<Reason>,
    /// Facts have changed since a person wrote `version`; what the template would say with them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newer: Option<u32>,
}

/// A text under review, bound to the bytes that were submitted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Review {
    /// Which review of the release this is.
    #[serde(default)]
    pub round: u32,
    pub version: u32,
    pub hash: String,
    /// The user who submitted it, and therefore may not sign it.
    pub submitted_by: String,
    pub signers: Vec<Signer>,
    /// Posts any of which may sign in the signer's place from the start: a correction goes out with the signature of
    /// whoever is awake.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<PostRef>,
    /// Index of the signer whose turn it is.
    pub step: usize,
    pub turn_since: Moment,
    /// The turn has passed to the deputy, who may sign as well.
    pub passed_to_deputy: bool,
    /// Facts have changed since; the newer draft version that exists.
    pub stale: Option<u32>,
    /// How far the reminders of this turn have gone.
    #[serde(default, skip_serializing_if = "Prompt::is_none")]
    pub prompted: Prompt,
}

/// What a signer was reminded of: their own time to sign, which is shorter than the release's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prompt {
    #[default]
    None,
    /// Half of it is gone.
    Half,
    /// All of it is, and there is no deputy to whom the turn could pass.
    Over,
}

impl Prompt {
    fn is_none(&self) -> bool {
        *self == Self::None
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reminder {
    #[default]
    None,
    Seventy,
    Ninety,
    Overdue,
}

/// The states by name, for queries and the API.
pub const OPEN_STATES: [&str; 5] = ["undecided", "planned", "drafting", "in-review", "approved"];

impl ReleaseState {
    /// Every state by name, for queries.
    pub const CODES: [&'static str; 15] = [
        "undecided",
        "not-applicable",
        "planned",
        "drafting",
        "in-review",
        "approved",
        "published",
        "superseded",
        "expired",
        "lifted",
        "corrected",
        "withdrawn",
        "waived",
        "cancelled",
        "missed",
    ];

    pub fn code(&self) -> &'static str {
        match self {
            Self::Undecided(_) => "undecided",
            Self::NotApplicable { .. } => "not-applicable",
            Self::Planned => "planned",
            Self::Drafting(_) => "drafting",
            Self::InReview(_) => "in-review",
            Self::Approved { .. } => "approved",
            Self::Published(_) => "published",
            Self::Superseded { .. } => "superseded",
            Self::Expired { .. } => "expired",
            Self::Lifted { .. } => "lifted",
            Self::Corrected { .. } => "corrected",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Waived { .. } => "waived",
            Self::Cancelled { .. } => "cancelled",
            Self::Missed { .. } => "missed",
        }
    }

    pub fn zh(&self) -> &'static str {
        match self {
            Self::Undecided(_) => "待决定",
            Self::NotApplicable { .. } => "不适用",
            Self::Planned => "待开始",
            Self::Drafting(_) => "拟稿",
            Self::InReview(_) => "审签",
            Self::Approved { .. } => "已签发",
            Self::Published(_) => "已发布",
            Self::Superseded { .. } => "已被替代",
            Self::Expired { .. } => "已失效",
            Self::Lifted { .. } => "已解除",
            Self::Corrected { .. } => "已更正",
            Self::Withdrawn { .. } => "已撤回",
            Self::Waived { .. } => "免发",
            Self::Cancelled { .. } => "已取消",
            Self::Missed { .. } => "漏发",
        }
    }

    /// The version that is drafted, under review, signed or out.
    pub fn standing_version(&self) -> Option<u32> {
        match self {
            Self::Drafting(drafting) => drafting.version,
            Self::InReview(review) => Some(review.version),
            Self::Approved { version, .. } => Some(*version),
            state => state.publication().map(|publication| publication.version),
        }
    }

    /// Whether it still has to be published.
    pub fn is_open(&self) -> bool {
        matches!(
            self,
            Self::Undecided(_)
                | Self::Planned
                | Self::Drafting(_)
                | Self::InReview(_)
                | Self::Approved { .. }
        )
    }

    /// Keeps what is true of the text that went out, whatever became of it since.
    pub fn set_publication(&mut self, publication: Publication) {
        match self {
            Self::Published(was)
            | Self::Expired { was, .. }
            | Self::Lifted { was, .. }
            | Self::Corrected { was, .. }
            | Self::Withdrawn { was, .. }
            | Self::Superseded { was: Some(was), .. } => *was = publication,
            _ => {}
        }
    }

    /// What went out, if anything did, whatever became of it since.
    pub fn publication(&self) -> Option<&Publication> {
        match self {
            Self::Published(was)
            | Self::Expired { was, .. }
            | Self::Lifted { was, .. }
            | Self::Corrected { was, .. }
            | Self::Withdrawn { was, .. } => Some(was),
            Self::Superseded { was, .. } => was.as_ref(),
            _ => None,
        }
    }
}

impl ReleaseState {
    /// A text that has just gone out, with the numbers and the date that it got.
    #[must_use]
    pub fn filled(mut self, filling: Filling) -> Self {
        if let Some(mut publication) = self.publication().cloned() {
            publication.filling = Some(filling);
            self.set_publication(publication);
        }
        self
    }
}

impl Release {
    /// The places that its text is for.
    pub fn areas<'a>(&'a self, incident: &'a super::incident::Incident) -> &'a [AreaCode] {
        self.areas.as_deref().unwrap_or(&incident.areas)
    }

    /// Whether a version of its text still says what is so, and may go to somebody who has not got it. What reminds people of
    /// the release is no text for the public and always may.
    pub fn still_says(&self, version: u32, now: Moment) -> bool {
        let is_said = |text: &Publication| {
            text.version == version && text.valid_until.is_none_or(|until| now < until)
        };
        version >= REMINDERS_FROM
            || matches!(&self.state, ReleaseState::Published(text) if is_said(text))
    }

    pub fn is_overdue(&self, now: Moment) -> bool {
        self.state.is_open() && self.due_at.is_some_and(|due| due < now)
    }

    /// The moment `percent` of the time to the deadline is used up.
    pub fn mark_at(&self, percent: i64) -> Option<Moment> {
        let due = self.due_at?;
        let span = (due - self.opened_at).num_milliseconds().max(0);
        Some(self.opened_at + chrono::TimeDelta::milliseconds(span.saturating_mul(percent) / 100))
    }

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
}

impl Release {
    /// The post whose turn it is, as far as it is one post's: the drafting body's first post, the next signer, or the
    /// post that owes a countersignature.
    pub fn next_post(&self, plan: &super::plan::Plan) -> Option<PostRef> {
        match &self.state {
            ReleaseState::Undecided(undecided) if !undecided.posts.is_empty() => {
                undecided.posts.first().cloned()
            }
            ReleaseState::Undecided(_) | ReleaseState::Planned | ReleaseState::Drafting(_) => {
                plan.body.posts.first().map(|post| PostRef {
                    body: plan.body.body.clone(),
                    post: post.post.clone(),
                })
            }
            ReleaseState::InReview(review) => {
                let signer = review.signer()?;
                // Of a correction either may sign from the start, and the post itself comes first.
                let passed = review.passed_to_deputy && self.correction.is_none();
                let deputy = signer.deputy.as_ref().filter(|_| passed);
                Some(deputy.unwrap_or(&signer.post).clone())
            }
            state => state
                .publication()?
                .countersign
                .as_ref()?
                .signer()
                .map(|s| s.post.clone()),
        }
    }
}

impl Release {
    /// The posts any of which may give the next signature: the signer's own, and its deputy's where that counts.
    pub fn may_sign(&self) -> Vec<PostRef> {
        let (signer, deputy_counts, also) = match &self.state {
            ReleaseState::InReview(review) => {
                (review.signer(), review.passed_to_deputy, &*review.also)
            }
            state => {
                let owed = state.publication().and_then(|p| p.countersign.as_ref());
                (owed.and_then(|c| c.signer()), true, &[][..])
            }
        };
        let Some(signer) = signer else {
            return Vec::new();
        };
        let deputy = signer.deputy.iter().filter(|_| deputy_counts);
        let mut posts: Vec<PostRef> = (std::iter::once(&signer.post).chain(deputy))
            .cloned()
            .collect();
        let others = also.iter().filter(|post| !posts.contains(post));
        let others: Vec<PostRef> = others.cloned().collect();
        posts.extend(others);
        posts
    }

    /// Whether `post` is to be told that it is its turn to sign, and not only may.
    pub fn calls(&self, post: &PostRef) -> bool {
        match &self.state {
            ReleaseState::InReview(review) => review.signer().is_some_and(|signer| {
                let deputy = signer.deputy.as_ref().filter(|_| review.passed_to_deputy);
                signer.post == *post || deputy == Some(post)
            }),
            // A deputy who has signed for it already would be told in vain.
            state => {
                let owed = state.publication().and_then(|p| p.countersign.as_ref());
                (owed.and_then(|c| c.signer())).is_some_and(|signer| signer.post == *post)
            }
        }
    }
}

impl Review {
    pub fn signer(&self) -> Option<&Signer> {
        self.signers.get(self.step)
    }

    /// Whether the next signature publishes.
    pub fn is_last_step(&self) -> bool {
        self.step + 1 >= self.signers.len()
    }
}

/// For whom a release waits, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Posts, written body/post; `body/*` is whoever drafts for the body.
    pub posts: Vec<String>,
    pub since: Moment,
}

impl Release {
    /// None when it waits for nobody.
    pub fn turn(&self) -> Option<Turn> {
        if self.part_of.is_some() {
            return None;
        }
        let (posts, since) = match &self.state {
            ReleaseState::Undecided(undecided) if !undecided.posts.is_empty() => {
                let posts = undecided.posts.iter().map(ToString::to_string);
                (posts.collect(), self.opened_at)
            }
            ReleaseState::Undecided(_) | ReleaseState::Planned | ReleaseState::Drafting(_) => {
                (vec![format!("{}/*", self.body)], self.opened_at)
            }
            ReleaseState::InReview(review) => (posts_of(self), review.turn_since),
            state => (posts_of(self), state.publication()?.at),
        };
        (!posts.is_empty()).then_some(Turn { posts, since })
    }
}

fn posts_of(release: &Release) -> Vec<String> {
    release.may_sign().iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tables;
