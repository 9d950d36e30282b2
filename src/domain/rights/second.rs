//! Acts that take a second person: one asks, another confirms, and only then it is done.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::approval::Actor;
use super::super::body::PostRef;
use super::super::fact::Facts;
use super::super::incident::Incident;
use super::super::level::ResponseLevel;
use super::super::phrase::{Phrase, phrase};
use super::super::time::{Moment, Span};
use super::{About, Deed, Denied, Needs, once};
use crate::id::{AskId, IncidentId, ReleaseId};

/// A line of `confirm:` in `bodies.yaml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Confirm {
    pub act: ConfirmedAct,
    /// The plans that want it; every plan when left out.
    #[serde(default)]
    pub plans: Vec<String>,
    /// The post that confirms, written body/post. Its deputy may, too.
    #[schemars(with = "String")]
    pub post: PostRef,
    /// How long what is asked for may wait; after that it must be asked for again.
    pub within: Span,
}

/// What can be made to take a second person.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum ConfirmedAct {
    RaiseToI,
    End,
    Withdraw,
}

impl ConfirmedAct {
    pub const ALL: [Self; 3] = [Self::RaiseToI, Self::End, Self::Withdraw];

    pub fn deed(self) -> Deed {
        match self {
            Self::RaiseToI => Deed::RaiseToI,
            Self::End => Deed::End,
            Self::Withdraw => Deed::Withdraw,
        }
    }

    pub fn code(self) -> &'static str {
        self.deed().code()
    }
}

/// Who must confirm, and by when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Second {
    /// The posts that may, deputies included.
    pub posts: Vec<PostRef>,
    pub within: Span,
}

/// Whether `deed` takes a second person. Where several plans say so, any of their posts confirms, within the shortest
/// time.
pub fn second(deed: Deed, about: &About<'_>) -> Option<Second> {
    let asked = about.set.confirm.iter().filter(|one| {
        let wanted = |plan: &String| about.plans.iter().any(|own| own.plan == *plan);
        one.act.deed() == deed && (one.plans.is_empty() || one.plans.iter().any(wanted))
    });
    let asked: Vec<&Confirm> = asked.collect();
    let within = asked.iter().map(|one| one.within).min()?;
    let posts = asked.iter().flat_map(|one| {
        let post = &one.post;
        let deputy = about.set.deputy_of(post);
        std::iter::once(post.clone()).chain(deputy)
    });
    Some(Second {
        posts: once(posts.collect()),
        within,
    })
}

/// What is asked for, whole, so that it can be done without asking again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "act")]
pub enum Wish {
    RaiseToI {
        level: ResponseLevel,
        reason: String,
    },
    End {
        reason: String,
    },
    Withdraw {
        release: ReleaseId,
        reason: String,
        /// What the text that takes it back says for itself.
        #[serde(default, skip_serializing_if = "Facts::is_empty")]
        facts: Facts,
    },
}

/// An act that one person asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    pub id: AskId,
    pub incident: IncidentId,
    pub wish: Wish,
    pub by: Actor,
    /// The level that the response was at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<ResponseLevel>,
    pub at: Moment,
    pub ends_at: Moment,
    /// The posts any of which may confirm it.
    pub posts: Vec<PostRef>,
    /// What was asked for before, and was not meant any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<AskId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<Decided>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    pub decision: Decision,
    pub by: String,
    pub at: Moment,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    Confirmed,
    Declined,
    /// Nobody decided in time.
    Lapsed,
    /// The response is at another level since, or over: what was asked for is not meant any more.
    Overtaken,
}

impl Decision {
    pub fn code(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Declined => "declined",
            Self::Lapsed => "lapsed",
            Self::Overtaken => "overtaken",
        }
    }

    pub fn phrase(self) -> Phrase {
        match self {
            Self::Confirmed => phrase!("verb.decision.confirmed"),
            Self::Declined => phrase!("verb.decision.declined"),
            Self::Lapsed => phrase!("verb.decision.lapsed"),
            Self::Overtaken => phrase!("verb.decision.overtaken"),
        }
    }
}

impl Wish {
    pub fn act(&self) -> ConfirmedAct {
        match self {
            Self::RaiseToI { .. } => ConfirmedAct::RaiseToI,
            Self::End { .. } => ConfirmedAct::End,
            Self::Withdraw { .. } => ConfirmedAct::Withdraw,
        }
    }

    pub fn reason(&self) -> &str {
        match self {
            Self::RaiseToI { reason, .. }
            | Self::End { reason }
            | Self::Withdraw { reason, .. } => reason,
        }
    }

    /// The level that is to be reached.
    pub fn level(&self) -> Option<ResponseLevel> {
        match self {
            Self::RaiseToI { level, .. } => Some(*level),
            _ => None,
        }
    }

    pub fn release(&self) -> Option<&ReleaseId> {
        match self {
            Self::Withdraw { release, .. } => Some(release),
            _ => None,
        }
    }
}

impl Asked {
    /// What it is about: one thing of a kind is asked for at a time.
    pub fn subject(&self) -> &str {
        match self.wish.release() {
            Some(release) => release.as_str(),
            None => self.incident.as_str(),
        }
    }

    /// When those who may confirm it are told again that it waits: early enough to be woken, read and decide.
    pub fn remind_at(&self) -> Moment {
        self.at + (self.ends_at - self.at) * 7 / 10
    }

    /// Why nothing can be decided any more: what was, or that its time is over.
    pub fn closed(&self, now: Moment) -> Option<Decided> {
        let lapsed = || Decided {
            decision: Decision::Lapsed,
            by: super::super::journal::ENGINE.into(),
            at: self.ends_at,
        };
        self.decided
            .clone()
            .or_else(|| (self.ends_at <= now).then(lapsed))
    }

    /// Whether what was asked for at one level is not meant any more, since the response is at another one, or over.
    pub fn is_overtaken(&self, incident: &Incident) -> bool {
        let is_other = self.level.is_some_and(|then| then != incident.level());
        self.wish.release().is_none() && (is_other || !incident.is_active())
    }

    /// Whether `actor` may confirm it: somebody else than who asked, who holds one of the posts.
    ///
    /// # Errors
    /// The posts that may.
    pub fn may_confirm(&self, actor: &Actor) -> Result<(), Denied> {
        let is_another = actor.user != self.by.user;
        if is_another && self.posts.iter().any(|post| actor.holds(post)) {
            return Ok(());
        }
        Err(self.denied())
    }

    /// Whether `actor` may decline it: whoever may confirm it, and whoever asked.
    ///
    /// # Errors
    /// The posts that may.
    pub fn may_decline(&self, actor: &Actor) -> Result<(), Denied> {
        if actor.user == self.by.user {
            return Ok(());
        }
        self.may_confirm(actor)
    }

    fn denied(&self) -> Denied {
        Denied {
            deed: Deed::Confirm,
            needs: Needs::Second,
            who: self.posts.clone(),
        }
    }
}
