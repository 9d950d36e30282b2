//! Errors as RFC 9457 problems: what happened, where, what was not done, what to do.

use axum::Json;
use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;

use crate::contract::{FieldProblem, Particulars};
use crate::domain::approval::Refusal;
use crate::domain::clip::{clip, short};
use crate::domain::time::Moment;
use crate::flow::{self, Problems, VerbError};
use crate::store::StoreError;

/// The most characters of a sentence; what is said back of an input may be as long as the input.
const MOST_DETAIL: usize = 4_000;

pub use crate::contract::ProblemView as Problem;

/// Lists the fields of `problems`, or as many as an answer lists.
pub(super) fn list(more: &mut Particulars, problems: &Problems) {
    let listed = problems.iter().cloned();
    more.problems = listed
        .map(|flow::Problem { field, what }| FieldProblem { field, what })
        .collect();
    more.more_problems = problems.more();
}

impl Problem {
    pub fn new(status: StatusCode, name: &str, title: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self {
            kind: format!("urn:fabu:problem:{name}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: clip(&detail, MOST_DETAIL).into_owned(),
            more: Box::default(),
        }
    }

    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "bad-request",
            "The request cannot be read",
            detail,
        )
    }

    pub fn not_found(what: &str, id: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            "There is no such thing",
            format!("there is no {what} {}; nothing was done", short(id)),
        )
    }

    pub fn invalid(field: &str, what: impl Into<String>) -> Self {
        VerbError::invalid(field, what).into()
    }

    pub fn unauthorized() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "Who are you?",
            "send `Authorization: Bearer TOKEN` with a token of `fabu user token LOGIN`; nothing was done",
        )
    }

    pub fn token_has_ended(end: Moment) -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "Who are you?",
            format!(
                "this token was good until {}; `fabu user token LOGIN` on the server makes another, nothing was done",
                end.format("%Y-%m-%d %H:%M UTC")
            ),
        )
    }

    pub fn token_of_a_drill() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "Who are you?",
            "this token is good for a drill alone, and a drill has an API of its own; nothing was done",
        )
    }

    /// A refusal of an approval, with what has changed if that is the reason.
    pub fn refused(refusal: &Refusal, difference: Vec<String>) -> Self {
        let (status, name, title) = match refusal {
            Refusal::WrongHash { .. } => {
                (StatusCode::CONFLICT, "stale-hash", "The text has changed")
            }
            Refusal::NotShown { .. } => (
                StatusCode::FORBIDDEN,
                "not-shown",
                "You have not been shown that text",
            ),
            Refusal::Stale { .. } => (
                StatusCode::CONFLICT,
                "stale-text",
                "Facts have changed since the text was written",
            ),
            Refusal::OwnWords => (StatusCode::FORBIDDEN, "own-words", "Four eyes are needed"),
            Refusal::AlreadySigned => (StatusCode::CONFLICT, "already-signed", "Signed already"),
            Refusal::OwnDraft => (StatusCode::FORBIDDEN, "own-draft", "Four eyes are needed"),
            Refusal::NotYourTurn { .. } => (
                StatusCode::FORBIDDEN,
                "not-your-turn",
                "It waits for somebody else",
            ),
            Refusal::NotPreApproved => (
                StatusCode::FORBIDDEN,
                "not-pre-approved",
                "Not a pre-approved text",
            ),
            Refusal::NoFastRoute => (StatusCode::FORBIDDEN, "no-fast-route", "No fast route"),
        };
        let mut problem = Self::new(
            status,
            name,
            title,
            format!("{refusal}; nothing was signed"),
        );
        problem.more.difference = difference;
        problem
    }
}

impl Problem {
    fn conflict(detail: String) -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "conflict",
            "It is not in a state for that",
            detail,
        )
    }
}

impl From<VerbError> for Problem {
    fn from(error: VerbError) -> Self {
        let detail = error.to_string();
        match error {
            VerbError::NotFound { what, id } => Self::not_found(what, &id),
            VerbError::Invalid { problems } => {
                let mut problem = Self::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "invalid",
                    "Some fields cannot be used; nothing was changed",
                    format!("{detail}; nothing was changed"),
                );
                list(&mut problem.more, &problems);
                problem
            }
            VerbError::Denied(denied) => denied.into(),
            VerbError::Forbidden(_) => Self::new(
                StatusCode::FORBIDDEN,
                "forbidden",
                "Not yours to do",
                detail,
            ),
            VerbError::Conflict { existing, .. } => {
                let mut problem = Self::conflict(detail);
                problem.more.existing = existing;
                problem
            }
            VerbError::NotNow(_) | VerbError::NotPossible(_) => Self::conflict(detail),
            VerbError::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Unavailable(_)
            | StoreError::Full(_)
            | StoreError::Missing(_)
            | StoreError::Foreign(_)
            | StoreError::Taken(_)
            | StoreError::Barred(_) => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "store-unavailable",
                "The database takes no changes; try again",
                error.to_string(),
            ),
            StoreError::Conflict { .. } | StoreError::Duplicate(_) => Self::new(
                StatusCode::CONFLICT,
                "changed-meanwhile",
                "Somebody else was faster; look again",
                error.to_string(),
            ),
            _ => {
                tracing::error!(%error, "the store failed");
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "store",
                    "The database failed",
                    error.to_string(),
                )
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response<Body> {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if matches!(
            status,
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS
        ) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

/// The answer to a request whose handler broke; the log has the reason.
pub(super) fn internal() -> Response<Body> {
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "The program failed",
        "this request could not be finished and changed nothing; the server's log says why",
    )
    .into_response()
}
