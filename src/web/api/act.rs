//! One change asked for over HTTP: a transaction, the moment, and the memory of an idempotency key.
//!
//! The answer is kept in the transaction of the change itself, so that the same request twice is done once even if the
//! first answer never arrived. With `?dry_run=true` the change is made and taken back: the answer is what it would be.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::header::{self, HeaderName};
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{ApiState, Problem, request};
use crate::domain::approval::Actor;
use crate::domain::bulletin::hex;
use crate::domain::time::Moment;
use crate::flow::World;
use crate::store::{GivenAnswer, Tx};

pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A request that wants to change something: its body, and what it takes to recognise it again.
pub struct Change<T> {
    pub input: T,
    key: Option<String>,
    fingerprint: String,
    dry_run: bool,
    _turn: request::Turn,
}

/// What any change may carry in its query.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeQuery {
    #[serde(default)]
    dry_run: bool,
}

impl<T: DeserializeOwned> FromRequest<ApiState> for Change<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &ApiState) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let key = request::short_header(&parts.headers, IDEMPOTENCY_KEY)?.map(str::to_owned);
        let ChangeQuery { dry_run } = request::query(&parts)?;
        let (body, turn) = request::body(body).await?;
        let input = request::json(&body)?;
        let mut digest = Sha256::new();
        digest.update(format!("{} {}\n", parts.method, parts.uri.path()));
        digest.update(&body);
        Ok(Self {
            input,
            key,
            fingerprint: hex(&digest.finalize()),
            dry_run,
            _turn: turn,
        })
    }
}

impl<T> Change<T> {
    /// The key that the caller will use again for the same request.
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    pub fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

/// A change under way.
pub struct Act {
    pub tx: Tx,
    pub world: Arc<World>,
    pub now: Moment,
    state: ApiState,
    user: String,
    key: Option<String>,
    fingerprint: String,
    dry_run: bool,
}

/// Either go ahead, or this was answered before.
pub enum Begun {
    Go(Box<Act>),
    Again(Response<Body>),
}

impl Act {
    /// Begins a change by `actor`, unless the same request was answered before.
    ///
    /// # Errors
    /// When the key was used for another request, or the store fails.
    pub async fn begin<T>(
        state: &ApiState,
        actor: &Actor,
        change: &Change<T>,
    ) -> Result<Begun, Problem> {
        if change.dry_run {
            state.dry_runs.count(&actor.user, state.realm.now())?;
        }
        let (mut tx, world, now) = state.realm.begin().await?;
        if let Some(key) = &change.key
            && let Some(given) = tx.given_answer(&actor.user, key).await?
        {
            if given.request != change.fingerprint {
                return Err(Problem::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "idempotency-key-reused",
                    "This Idempotency-Key belongs to another request",
                    "use a new key for a new request; nothing was changed",
                ));
            }
            let status = StatusCode::from_u16(given.status).unwrap_or(StatusCode::OK);
            return Ok(Begun::Again(answer(status, given.answer)));
        }
        Ok(Begun::Go(Box::new(Self {
            tx,
            world,
            now,
            state: state.clone(),
            user: actor.user.clone(),
            key: change.key.clone(),
            fingerprint: change.fingerprint.clone(),
            dry_run: change.dry_run,
        })))
    }

    /// The login of whoever asks.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Makes the change durable and answers; a dry run answers the same and keeps nothing.
    ///
    /// # Errors
    /// The store's; nothing has happened then.
    pub async fn done<V: Serialize>(
        mut self,
        status: StatusCode,
        view: &V,
    ) -> Result<Response<Body>, Problem> {
        let text = serde_json::to_string(view).map_err(|error| {
            Problem::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "No answer",
                error.to_string(),
            )
        })?;
        if self.dry_run {
            return Ok(answer(StatusCode::OK, text));
        }
        if let Some(key) = &self.key {
            let given = GivenAnswer {
                request: self.fingerprint,
                status: status.as_u16(),
                answer: text.clone(),
            };
            self.tx
                .keep_answer(&self.user, key, &given, self.now)
                .await?;
        }
        self.state.realm.commit(self.tx).await?;
        Ok(answer(status, text))
    }

    /// Makes a refusal's journal line durable and answers with the refusal.
    ///
    /// # Errors
    /// The store's.
    pub async fn refused(self, problem: Problem) -> Result<Response<Body>, Problem> {
        if !self.dry_run {
            self.state.realm.commit(self.tx).await?;
        }
        Err(problem)
    }
}

fn answer(status: StatusCode, text: String) -> Response<Body> {
    (status, [(header::CONTENT_TYPE, "application/json")], text).into_response()
}
