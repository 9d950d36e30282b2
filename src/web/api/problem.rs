//! Errors as RFC 9457 problems: what happened, where, what was not done, what to do. `worded` puts them into the reader's
//! language; nothing here knows it.

use std::borrow::Cow;

use axum::http::StatusCode;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

use crate::contract::ProblemView;
use crate::domain::approval::Refusal;
use crate::domain::area::AreaCode;
use crate::domain::body::PostRef;
use crate::domain::clip::short;
use crate::domain::phrase::{Phrase, phrase};
use crate::domain::rights::{Denied, Needs};
use crate::domain::time::{Moment, minute};
use crate::flow::{Problems, Thing, VerbError};
use crate::store::StoreError;

/// Why a request was not done. Boxed, because every answer would carry the room.
#[derive(Debug, Clone)]
pub struct Problem(pub(super) Box<Told>);

#[derive(Debug, Clone)]
pub(super) struct Told {
    pub status: StatusCode,
    /// A stable name, told as `urn:fabu:problem:…`.
    pub name: &'static str,
    pub title: Phrase,
    pub detail: Phrase,
    pub problems: Problems,
    /// What has changed since the text that was approved.
    pub difference: Vec<Phrase>,
    /// The thing that stands in the way.
    pub existing: Option<String>,
    pub denied: Option<Denied>,
    /// Whom it waits for.
    pub waits_for: Vec<PostRef>,
    /// Of an order that something excludes: the places that are left, and those for which it can take the place of that.
    pub rest: Vec<AreaCode>,
    pub instead: Vec<AreaCode>,
}

impl Problem {
    pub fn new(status: StatusCode, name: &'static str, title: Phrase, detail: Phrase) -> Self {
        Self(Box::new(Told {
            status,
            name,
            title,
            detail,
            problems: Problems::default(),
            difference: Vec::new(),
            existing: None,
            denied: None,
            waits_for: Vec::new(),
            rest: Vec::new(),
            instead: Vec::new(),
        }))
    }

    /// Whether it is not this person's to do, whatever the state.
    pub fn is_denied(&self) -> bool {
        self.0.denied.is_some() || self.0.name == "not-your-turn"
    }

    pub fn bad_request(detail: Phrase) -> Self {
        let title = phrase!("request.title.bad-request");
        Self::new(StatusCode::BAD_REQUEST, "bad-request", title, detail)
    }

    pub fn not_found(what: Thing, id: &str) -> Self {
        let (what, id) = (what.phrase(), short(id));
        Self::no_such(phrase!("request.not-found", what, id))
    }

    pub fn no_such(detail: Phrase) -> Self {
        let title = phrase!("request.title.not-found");
        Self::new(StatusCode::NOT_FOUND, "not-found", title, detail)
    }

    pub fn invalid(field: &str, what: Phrase) -> Self {
        VerbError::invalid(field, what).into()
    }

    pub fn conflict(detail: Phrase) -> Self {
        let title = phrase!("request.title.conflict");
        Self::new(StatusCode::CONFLICT, "conflict", title, detail)
    }

    pub fn changed_meanwhile(status: StatusCode, detail: Phrase) -> Self {
        let title = phrase!("request.title.changed-meanwhile");
        Self::new(status, "changed-meanwhile", title, detail)
    }

    /// The program's own fault.
    pub fn internal(title: Phrase, detail: Phrase) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", title, detail)
    }

    fn stranger(detail: Phrase) -> Self {
        let title = phrase!("request.title.unauthorized");
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", title, detail)
    }

    pub fn unauthorized() -> Self {
        Self::stranger(phrase!("request.no-token"))
    }

    pub fn token_has_ended(end: Moment) -> Self {
        Self::stranger(phrase!("request.token-has-ended", end = minute(end)))
    }

    pub fn token_of_a_drill() -> Self {
        Self::stranger(phrase!("request.token-of-a-drill"))
    }

    /// A refusal of an approval, with what has changed if that is the reason.
    pub fn refused(refusal: &Refusal, difference: Vec<Phrase>) -> Self {
        use StatusCode as S;
        let (status, name, title) = match refusal {
            Refusal::WrongHash { .. } => (
                S::CONFLICT,
                "stale-hash",
                phrase!("request.title.stale-hash"),
            ),
            Refusal::NotShown { .. } => (
                S::FORBIDDEN,
                "not-shown",
                phrase!("request.title.not-shown"),
            ),
            Refusal::Stale { .. } => (
                S::CONFLICT,
                "stale-text",
                phrase!("request.title.stale-text"),
            ),
            Refusal::OwnWords => (
                S::FORBIDDEN,
                "own-words",
                phrase!("request.title.four-eyes"),
            ),
            Refusal::AlreadySigned => (
                S::CONFLICT,
                "already-signed",
                phrase!("request.title.already-signed"),
            ),
            Refusal::OwnDraft => (
                S::FORBIDDEN,
                "own-draft",
                phrase!("request.title.four-eyes"),
            ),
            Refusal::NotYourTurn { .. } => (
                S::FORBIDDEN,
                "not-your-turn",
                phrase!("request.title.not-your-turn"),
            ),
            Refusal::NotPreApproved => (
                S::FORBIDDEN,
                "not-pre-approved",
                phrase!("request.title.not-pre-approved"),
            ),
            Refusal::NoFastRoute => (
                S::FORBIDDEN,
                "no-fast-route",
                phrase!("request.title.no-fast-route"),
            ),
        };
        let said = refusal.phrase();
        let mut problem = Self::new(status, name, title, phrase!("request.refused", said));
        problem.0.difference = difference;
        problem
    }
}

/// What it takes, and who can.
impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        let name = match denied.needs {
            Needs::Second => "second-person",
            _ => "forbidden",
        };
        let title = phrase!("request.title.forbidden");
        let detail = phrase!("request.nothing-changed", said = denied.phrase());
        let mut problem = Self::new(StatusCode::FORBIDDEN, name, title, detail);
        problem.0.denied = Some(denied);
        problem
    }
}

impl From<VerbError> for Problem {
    fn from(error: VerbError) -> Self {
        let detail = error.phrase();
        match error {
            VerbError::NotFound { what, id } => Self::not_found(what, &id),
            VerbError::Invalid { problems } => {
                let mut problem = Self::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "invalid",
                    phrase!("request.title.invalid"),
                    phrase!("request.nothing-changed", said = detail),
                );
                problem.0.problems = problems;
                problem
            }
            VerbError::Denied(denied) => denied.into(),
            VerbError::Forbidden(_) => {
                let title = phrase!("request.title.forbidden");
                Self::new(StatusCode::FORBIDDEN, "forbidden", title, detail)
            }
            VerbError::Conflict { existing, .. } => {
                let mut problem = Self::conflict(detail);
                problem.0.existing = existing;
                problem
            }
            VerbError::Excluded(excluded) => {
                let mut problem = Self::conflict(detail);
                problem.0.existing = Some(excluded.by.to_string());
                problem.0.rest = excluded.rest;
                problem.0.instead = excluded.instead;
                problem
            }
            VerbError::Waiting { asked, posts, .. } => {
                let title = phrase!("request.title.conflict");
                let mut problem = Self::new(StatusCode::CONFLICT, "asked-already", title, detail);
                problem.0.existing = Some(asked.to_string());
                problem.0.waits_for = posts;
                problem
            }
            VerbError::NotNow(_) | VerbError::NotPossible(_) => Self::conflict(detail),
            VerbError::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let detail = error.phrase();
        match &error {
            StoreError::Unavailable(_)
            | StoreError::Full(_)
            | StoreError::Missing(_)
            | StoreError::Foreign(_)
            | StoreError::Taken(_)
            | StoreError::Barred(_) => {
                let title = phrase!("request.title.store-unavailable");
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "store-unavailable",
                    title,
                    detail,
                )
            }
            StoreError::Conflict { .. } | StoreError::Duplicate(_) => {
                Self::changed_meanwhile(StatusCode::CONFLICT, detail)
            }
            StoreError::BrokenRow { .. } => {
                tracing::error!(%error, "a row cannot be read");
                let title = phrase!("request.title.unreadable-row");
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                Self::new(status, "unreadable-row", title, detail)
            }
            _ => {
                tracing::error!(%error, "the store failed");
                let title = phrase!("request.title.store");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "store", title, detail)
            }
        }
    }
}

/// Described by what it becomes.
impl PartialSchema for Problem {
    fn schema() -> RefOr<Schema> {
        ProblemView::schema()
    }
}

impl ToSchema for Problem {
    fn name() -> Cow<'static, str> {
        ProblemView::name()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        ProblemView::schemas(schemas);
    }
}
