//! One change asked for over HTTP: a transaction, the moment, and the memory of an idempotency key.
//!
//! The answer is kept in the transaction of the change itself, so that the same request twice is done once even if the
//! first answer never arrived. With `?dry_run=true` the change is made and taken back: the answer is what it would be.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::header::{self, HeaderName};
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::worded::language;
use super::{ApiState, Problem, request};
use crate::domain::approval::Actor;
use crate::domain::bulletin::{Language, hex};
use crate::domain::phrase::{Phrase, phrase};
use crate::domain::time::Moment;
use crate::flow::World;
use crate::id::ReleaseId;
use crate::store::{GivenAnswer, Tx};

/// What a handler of a change answers.
pub type Answered = Result<Response<Body>, Problem>;

pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A request that wants to change something: its body, and what it takes to recognise it again.
pub struct Change<T> {
    pub input: T,
    asked: Asked,
}

/// What a change comes with beside its input.
struct Asked {
    key: Option<String>,
    /// The version that the caller saw (`If-Match`).
    seen: Option<String>,
    language: Language,
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
        let (asked, body) = Asked::read(request).await?;
        let input = request::json(&body)?;
        Ok(Self { input, asked })
    }
}

impl Asked {
    async fn read(request: Request) -> Result<(Self, Bytes), Problem> {
        let (parts, body) = request.into_parts();
        let key = request::short_header(&parts.headers, IDEMPOTENCY_KEY)?.map(str::to_owned);
        let seen = request::short_header(&parts.headers, header::IF_MATCH)?.map(str::to_owned);
        let language = language(&parts.headers);
        let ChangeQuery { dry_run } = request::query(&parts)?;
        let (body, turn) = request::body(body).await?;
        let mut digest = Sha256::new();
        digest.update(format!("{} {}\n", parts.method, parts.uri.path()));
        digest.update(&body);
        let asked = Self {
            key,
            seen,
            language,
            fingerprint: hex(&digest.finalize()),
            dry_run,
            _turn: turn,
        };
        Ok((asked, body))
    }
}

impl<T> Change<T> {
    /// The key that the caller will use again for the same request.
    pub fn key(&self) -> Option<&str> {
        self.asked.key.as_deref()
    }

    /// The same without the memory of its answer, which holds a secret: nothing but the answer itself ever shows one.
    #[must_use]
    pub fn not_kept(mut self) -> Self {
        self.asked.key = None;
        self
    }

    pub fn is_dry_run(&self) -> bool {
        self.asked.dry_run
    }
}

/// A change under way.
pub struct Act {
    pub tx: Tx,
    pub world: Arc<World>,
    pub now: Moment,
    pub actor: Actor,
    /// Of whoever asks.
    pub language: Language,
    seen: Option<String>,
    /// Another version stands than the one that the caller saw.
    unmatched: Option<Problem>,
}

/// How a change came out.
pub enum Done {
    Answer(StatusCode, String),
    /// It was refused, and its journal line stays.
    Refused(Problem),
}

impl Done {
    pub fn ok<V: Serialize>(view: &V) -> Result<Self, Problem> {
        Self::with(StatusCode::OK, view)
    }

    pub fn created<V: Serialize>(view: &V) -> Result<Self, Problem> {
        Self::with(StatusCode::CREATED, view)
    }

    pub fn with<V: Serialize>(status: StatusCode, view: &V) -> Result<Self, Problem> {
        match serde_json::to_string(view) {
            Ok(text) => Ok(Self::Answer(status, text)),
            Err(error) => Err(Problem::internal(
                phrase!("request.title.no-answer"),
                Phrase::verbatim(error.to_string()),
            )),
        }
    }
}

impl Act {
    /// `If-Match`, when it was sent, must be the version that stands, or nothing is done. Whoever may not do it at all is told that,
    /// and not which version stands.
    pub async fn must_match(&mut self, id: &ReleaseId) -> Result<(), Problem> {
        let Some(seen) = &self.seen else {
            return Ok(());
        };
        let Some(release) = self.tx.release(id).await? else {
            return Ok(());
        };
        if seen == "*" || seen.trim_matches('"') == release.row_version.to_string() {
            return Ok(());
        }
        let detail = phrase!(
            "request.other-version",
            release = id.as_str(),
            version = release.row_version.to_string(),
            seen
        );
        let status = StatusCode::PRECONDITION_FAILED;
        self.unmatched = Some(Problem::changed_meanwhile(status, detail));
        Ok(())
    }
}

/// Does one change by `actor`, unless the same request was answered before. A dry run answers the same and keeps nothing.
///
/// # Errors
/// The verb's; nothing has happened then.
pub async fn act<T, F>(state: &ApiState, actor: Actor, change: Change<T>, verb: F) -> Answered
where
    F: AsyncFnOnce(&mut Act, T) -> Result<Done, Problem>,
{
    let Change { input, asked } = change;
    let mut act = match begin(state, actor, &asked).await? {
        Begun::Act(act) => act,
        Begun::Answered(answer) => return Ok(answer),
    };
    let done = verb(&mut act, input).await;
    finish(state, act, asked, done).await
}

// Both ends of a change know nothing of its verb, so that they are compiled once.

enum Begun {
    Act(Act),
    /// The same request was answered before.
    Answered(Response<Body>),
}

async fn begin(state: &ApiState, actor: Actor, asked: &Asked) -> Result<Begun, Problem> {
    if asked.dry_run {
        state.dry_runs.count(&actor.user, state.realm.now())?;
    }
    let (mut tx, world, now) = state.realm.begin().await?;
    // The request may have taken its time: what counts is who they are now.
    let actor = match tx.person_by_login(&actor.user).await? {
        Some(person) if person.disabled_at.is_none() => person.actor(),
        _ => return Err(Problem::unauthorized()),
    };
    if let Some(key) = &asked.key
        && let Some(given) = tx.given_answer(&actor.user, key).await?
    {
        if given.request != asked.fingerprint {
            return Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency-key-reused",
                phrase!("request.title.key-reused"),
                phrase!("request.key-reused"),
            ));
        }
        let status = StatusCode::from_u16(given.status).unwrap_or(StatusCode::OK);
        return Ok(Begun::Answered(answer(status, given.answer)));
    }
    Ok(Begun::Act(Act {
        tx,
        world,
        now,
        actor,
        language: asked.language,
        seen: asked.seen.clone(),
        unmatched: None,
    }))
}

async fn finish(state: &ApiState, act: Act, asked: Asked, done: Result<Done, Problem>) -> Answered {
    let Act {
        mut tx,
        actor,
        now,
        unmatched,
        ..
    } = act;
    let is_denied = |done: &Result<Done, Problem>| matches!(done, Err(problem) | Ok(Done::Refused(problem)) if problem.is_denied());
    match unmatched {
        Some(unmatched) if !is_denied(&done) => return Err(unmatched),
        _ => {}
    }
    match done? {
        Done::Answer(_, text) if asked.dry_run => Ok(answer(StatusCode::OK, text)),
        Done::Refused(problem) if asked.dry_run => Err(problem),
        Done::Refused(problem) => {
            state.realm.commit(tx).await?;
            Err(problem)
        }
        Done::Answer(status, text) => {
            if let Some(key) = &asked.key {
                let given = GivenAnswer {
                    request: asked.fingerprint,
                    status: status.as_u16(),
                    answer: text.clone(),
                };
                tx.keep_answer(&actor.user, key, &given, now).await?;
            }
            state.realm.commit(tx).await?;
            Ok(answer(status, text))
        }
    }
}

fn answer(status: StatusCode, text: String) -> Response<Body> {
    (status, [(header::CONTENT_TYPE, "application/json")], text).into_response()
}
