//! The story, one file per verb, in the order it happens.
//!
//! Every verb has one shape: `verb(tx, world, now, input) -> Result<Outcome, VerbError>`. It reads in the caller's
//! transaction, asks a pure function of `domain`, and writes state, journal and outbox in the same transaction. The
//! caller commits. An outcome may be a refusal that has to be remembered; an error leaves nothing behind.
//!
//! Every verb may fail as the store does, and nothing of it has happened then; `# Errors` says what a verb adds to that.
//!
//! Knows `domain`, the store's [`Tx`], and `render`. Only `deliver` knows the channel trait. Never axum, never SQL.

pub mod declare;
mod work;
mod plan;
mod own;
pub mod request;
mod series;
pub mod schedule;
pub mod turns;
pub mod draft;
pub mod approve;
pub mod publish;
pub mod correct;
pub mod confirm;
pub mod dispatch;
pub mod deliver;
pub mod receive;
pub mod trouble;
pub mod alarm;
pub mod resend;
mod remind;
pub mod report;
pub mod people;
pub mod channels;
pub mod contacts;
mod problems;

pub use problems::{MOST as MOST_PROBLEMS, Problem, Problems};
pub(crate) use work::may_bind;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::approval::{Actor, Refusal};
use crate::domain::area::AreaCode;
use crate::domain::body::PostRef;
use crate::domain::bulletin::Bulletin;
use crate::domain::channel::ChannelDef;
use crate::domain::incident::{Incident, NotPossible};
use crate::domain::journal::{Act, Entry};
use crate::domain::phrase::{Phrase, phrase};
use crate::domain::plan::{Item, Plan, PlanSet};
use crate::domain::publication::Stopped;
use crate::domain::release::{NotNow, Release};
use crate::domain::rights::{self, About, Deed, Denied};
use crate::domain::short_code;
use crate::domain::time::Moment;
use crate::id::{AskId, IncidentId, Minter, RealmKind, ReleaseId};
use crate::render::Libraries;
use crate::store::{StoreError, Tx};

/// What a verb may look at besides the tables.
pub struct World {
    pub ids: Arc<Minter>,
    pub plans: Arc<PlanSet>,
    pub cache: Arc<PlanCache>,
}

/// Pinned plans already read from the store, by hash, and their templates once parsed.
#[derive(Debug, Default)]
pub struct PlanCache {
    plans: Mutex<HashMap<String, Arc<Plan>>>,
    pub(crate) libraries: Libraries,
}

impl World {
    pub fn is_drill(&self) -> bool {
        self.ids.realm() == RealmKind::Drill
    }

    /// The short address of a bulletin on the portal, if there is a portal.
    pub fn link(&self, release: &ReleaseId) -> Option<String> {
        self.plans
            .portal_url()
            .map(|base| short_code::link(base, release))
    }

    pub fn channel(&self, code: &str) -> Option<&ChannelDef> {
        self.plans.channels.get(code)
    }

    /// A channel that has a fallback, with that.
    pub fn fallback(&self, code: &str) -> Option<(&ChannelDef, &ChannelDef)> {
        let def = self.channel(code)?;
        Some((def, self.channel(def.fallback.as_deref()?)?))
    }

    /// The plan that a release or incident was pinned to.
    ///
    /// # Errors
    /// When the store does not hold it, which would be a broken row.
    pub async fn pinned(&self, tx: &mut Tx, hash: &str) -> Result<Arc<Plan>, VerbError> {
        let known = self
            .cache
            .plans
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(hash)
            .cloned();
        if let Some(plan) = known {
            return Ok(plan);
        }
        if let Some(pinned) = self.plans.plans.iter().find(|pinned| pinned.hash == hash) {
            return Ok(pinned.plan.clone());
        }
        let plan = tx.kept_plan(hash).await?.ok_or_else(|| {
            StoreError::broken(
                "plan_revision",
                hash,
                "an incident is pinned to it, but it is gone",
            )
        })?;
        let plan = Arc::new(plan);
        self.cache
            .plans
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(hash.to_owned(), plan.clone());
        Ok(plan)
    }
}

/// Why a verb did nothing.
#[derive(Debug, thiserror::Error)]
pub enum VerbError {
    NotFound {
        what: Thing,
        id: String,
    },
    /// The input cannot be used; each problem names its field.
    Invalid {
        problems: Problems,
    },
    /// It is not this person's to do; says whose it is.
    Denied(#[from] Denied),
    /// It is nobody's to do in this way.
    Forbidden(Phrase),
    /// The thing is not in a state in which this can be done, or has changed meanwhile.
    Conflict {
        what: Phrase,
        existing: Option<String>,
    },
    /// A measure stands in the way of an order.
    Excluded(Box<Excluded>),
    /// The same was asked for already, and waits for a second person.
    Waiting {
        what: Phrase,
        asked: AskId,
        posts: Vec<PostRef>,
    },
    /// The release is in no state in which this can be done.
    NotNow(#[from] NotNow),
    /// The incident is in no state in which this can be done.
    NotPossible(#[from] NotPossible),
    Store(#[from] StoreError),
}

/// What somebody looks for by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    Incident,
    Release,
    Channel,
    User,
    Post,
    /// What one person asked for and another one is to confirm.
    Asked,
    Path,
}

impl Thing {
    pub fn phrase(self) -> Phrase {
        match self {
            Self::Incident => phrase!("verb.thing.incident"),
            Self::Release => phrase!("verb.thing.release"),
            Self::Channel => phrase!("verb.thing.channel"),
            Self::User => phrase!("verb.thing.user"),
            Self::Post => phrase!("verb.thing.post"),
            Self::Asked => phrase!("verb.thing.asked"),
            Self::Path => phrase!("verb.thing.path"),
        }
    }
}

/// A refusal that the journal remembers: the transaction is committed all the same.
#[derive(Debug)]
pub enum Answer<T> {
    Done(T),
    Refused {
        refusal: Refusal,
        /// What has changed since, if that is the reason.
        difference: Vec<Phrase>,
    },
}

impl From<Stopped> for VerbError {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::NotNow(not_now) => Self::NotNow(not_now),
            stopped => Self::conflict(stopped.phrase()),
        }
    }
}

impl VerbError {
    pub fn invalid(field: &str, what: Phrase) -> Self {
        let mut problems = Problems::default();
        problems.add(field, what);
        Self::Invalid { problems }
    }

    pub fn conflict(what: Phrase) -> Self {
        Self::Conflict {
            what,
            existing: None,
        }
    }

    pub fn phrase(&self) -> Phrase {
        match self {
            Self::NotFound { what, id } => phrase!("verb.not-found", what = what.phrase(), id),
            Self::Invalid { problems } => problems.phrase(),
            Self::Denied(denied) => denied.phrase(),
            Self::Forbidden(what) | Self::Conflict { what, .. } | Self::Waiting { what, .. } => {
                what.clone()
            }
            Self::NotNow(not_now) => not_now.phrase(),
            Self::NotPossible(not_possible) => not_possible.phrase(),
            Self::Excluded(excluded) => excluded.what.clone(),
            Self::Store(error) => error.phrase(),
        }
    }
}

/// What stands in the way of an order, and what can be ordered all the same.
#[derive(Debug)]
pub struct Excluded {
    pub what: Phrase,
    pub by: ReleaseId,
    /// What is left of the places of the order where nothing excludes it.
    pub rest: Vec<AreaCode>,
    /// The places for which it can take the place of what excludes it; none where that is not to be replaced.
    pub instead: Vec<AreaCode>,
}

impl From<Excluded> for VerbError {
    fn from(excluded: Excluded) -> Self {
        Self::Excluded(Box::new(excluded))
    }
}

impl fmt::Display for VerbError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.phrase().fmt(f)
    }
}

pub(crate) async fn incident(tx: &mut Tx, id: &IncidentId) -> Result<Incident, VerbError> {
    tx.incident(id).await?.ok_or_else(|| VerbError::NotFound {
        what: Thing::Incident,
        id: id.to_string(),
    })
}

pub(crate) async fn release(tx: &mut Tx, id: &ReleaseId) -> Result<Release, VerbError> {
    tx.release(id).await?.ok_or_else(|| VerbError::NotFound {
        what: Thing::Release,
        id: id.to_string(),
    })
}

pub(crate) async fn bulletin(
    tx: &mut Tx,
    id: &ReleaseId,
    version: u32,
) -> Result<Bulletin, VerbError> {
    tx.bulletin(id, version).await?.ok_or_else(|| {
        StoreError::broken("bulletin", format!("{id} version {version}"), "it is gone").into()
    })
}

/// The item a release was made from, in its pinned plan.
pub(crate) fn item_of<'a>(plan: &'a Plan, release: &Release) -> Result<&'a Item, VerbError> {
    plan.item_of(release).ok_or_else(|| {
        StoreError::broken(
            "release",
            &release.id,
            format!("its plan has no item {:?}", release.item),
        )
        .into()
    })
}

/// A journal entry about a release.
pub(crate) fn entry(now: Moment, actor: &str, release: &Release, act: Act) -> Entry {
    Entry::new(now, actor, act).release(release)
}

/// Asks the table of rights about a deed to an incident of `plans`.
pub(crate) fn must(
    world: &World,
    actor: &Actor,
    deed: Deed,
    plans: &[Arc<Plan>],
) -> Result<(), VerbError> {
    Ok(rights::may(
        actor,
        deed,
        &About::incident(&world.plans, plans),
    )?)
}

/// Asks the table of rights about a deed to a release of `plan`.
pub(crate) fn must_release(
    world: &World,
    actor: &Actor,
    deed: Deed,
    plan: &Arc<Plan>,
    release: &Release,
) -> Result<(), VerbError> {
    let about = About::release(&world.plans, plan, release);
    Ok(rights::may(actor, deed, &about)?)
}

/// The same, of a release whose plan is not at hand.
pub(crate) async fn must_with(
    tx: &mut Tx,
    world: &World,
    actor: &Actor,
    deed: Deed,
    release: &Release,
) -> Result<(), VerbError> {
    let plan = world.pinned(tx, &release.plan_hash).await?;
    must_release(world, actor, deed, &plan, release)
}
