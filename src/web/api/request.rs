//! Reads what every request has: the name in its path, its query, its body. What cannot be read is answered as a
//! problem, never in the framework's own words.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::Problem;
use super::twice::NothingTwice;
use crate::domain::bad_json;
use crate::domain::phrase::phrase;
use crate::flow::Thing;

/// The largest body, in bytes: a fact may hold 64 KiB of text, and a declaration several.
const MOST_BODY: usize = 1024 * 1024;
/// Bodies longer than this are read only a few at a time.
const LIGHT_BODY: usize = 32 * 1024;
/// How many of those: with what reading them takes, they are the largest part of what a crowd can make this hold.
static HEAVY_BODIES: Semaphore = Semaphore::const_new(16);

/// Of a body that is too large this much is still taken in and thrown away, so that the sender hears why.
const MOST_HEARD: usize = 16 * MOST_BODY;

/// The query, all of whose keys must be known: a misspelt filter must not look as if it had been applied.
pub struct Asked<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        query(parts).map(Self)
    }
}

/// Reads a query.
///
/// # Errors
/// Names the key that is unknown or holds something else.
pub fn query<T: DeserializeOwned>(parts: &Parts) -> Result<T, Problem> {
    match Query::try_from_uri(&parts.uri) {
        Ok(Query(query)) => Ok(query),
        Err(error) => {
            let why = innermost(&error);
            Err(Problem::bad_request(phrase!("request.bad-query", why)))
        }
    }
}

/// The one name in the path: an id or a code.
pub struct Named(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(name)) => Ok(Self(name)),
            // Bytes that are no text name nothing.
            Err(_) => Err(Problem::not_found(Thing::Path, parts.uri.path())),
        }
    }
}

/// The turn of a long body, to be kept until what it asks for is done.
pub type Turn = Option<SemaphorePermit<'static>>;

/// Reads a body whole.
///
/// # Errors
/// When it is too large or breaks off.
pub async fn body(mut body: Body) -> Result<(Bytes, Turn), Problem> {
    let mut kept = Vec::new();
    let mut heard = 0;
    let mut turn = None;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            Problem::bad_request(phrase!("request.broke-off", error = error.to_string()))
        })?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        heard += data.len();
        if heard > MOST_HEARD {
            break;
        }
        if heard > LIGHT_BODY && turn.is_none() {
            // It is never closed.
            turn = HEAVY_BODIES.acquire().await.ok();
        }
        if heard <= MOST_BODY {
            kept.extend_from_slice(&data);
        }
    }
    if heard > MOST_BODY {
        return Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body-too-large",
            phrase!("request.title.too-large"),
            phrase!("request.too-large", most = MOST_BODY),
        ));
    }
    Ok((kept.into(), turn))
}

/// Reads a body as the JSON object that a path takes. A verb without input may come without one.
///
/// # Errors
/// Says what was found and where.
pub fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let text: &[u8] = if body.is_empty() { b"{}" } else { body };
    let read = match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
        // Otherwise a list would be taken for the fields in their order.
        Some(b'[') => Err(phrase!("request.is-a-list")),
        _ => serde_json::from_slice::<NothingTwice>(text)
            .and_then(|NothingTwice| serde_json::from_slice(text))
            .map_err(|error| bad_json::phrase_of(&error)),
    };
    read.map_err(|what| Problem::bad_request(phrase!("request.bad-json", what)))
}

/// A header's text.
///
/// # Errors
/// When it is not printable ASCII of 1 to 100 characters.
pub fn short_header(
    headers: &HeaderMap,
    name: header::HeaderName,
) -> Result<Option<&str>, Problem> {
    let Some(value) = headers.get(&name) else {
        return Ok(None);
    };
    match value.to_str() {
        Ok(text) if (1..=100).contains(&text.len()) => Ok(Some(text)),
        _ => Err(Problem::bad_request(phrase!(
            "request.bad-header",
            name = name.as_str()
        ))),
    }
}

/// What is really wrong, without "failed to deserialize" around it.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}
