//! Where providers call to say what became of what they took: `/receipts/<channel>/<secret>` on the public listener.
//!
//! Whoever does not know the secret learns nothing: a wrong one and an unknown channel get the same few bytes, before
//! anything of the body is read. Holds no rules: what a call means its channel says, what follows from it `flow::receive`.
//! The secret is a part of the path, so no path of this kind is ever logged.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http_body_util::{BodyExt, Limited};
use hyper::body::Bytes;
use hyper::header::{self, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use tokio::sync::Semaphore;

use crate::domain::channel::Rate;
use crate::domain::pace::TokenBucket;
use crate::realm::{Call, Realm};
use crate::web::door::Sent;

/// What every path of receipts begins with.
pub const PREFIX: &str = "/receipts/";

/// The largest body of a call.
const MOST_BODY: usize = 256 * 1024;

/// Calls of those who know the secret that are worked on at once.
const AT_ONCE: usize = 64;

/// How often somebody may be told that there is nothing here.
const GUESSES: Rate = Rate {
    per_second: 20.0,
    burst: 100,
};

/// How long a call may take to be written down before its sender is asked to come back.
const PATIENCE: Duration = Duration::from_secs(20);

/// The calls of one realm.
pub struct Receipts {
    realm: Arc<Realm>,
    guesses: Mutex<TokenBucket>,
    places: Semaphore,
}

impl Receipts {
    pub fn new(realm: Arc<Realm>) -> Self {
        Self {
            guesses: Mutex::new(TokenBucket::new(Some(GUESSES), realm.now())),
            places: Semaphore::new(AT_ONCE),
            realm,
        }
    }

    /// Answers one call whose path begins with [`PREFIX`].
    pub async fn take(&self, request: Request<Sent>) -> Response<Bytes> {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path().strip_prefix(PREFIX).unwrap_or_default();
        let is_call = parts.method == Method::GET || parts.method == Method::POST;
        let Some((channel, secret)) = path.split_once('/').filter(|_| is_call) else {
            return self.nothing_here();
        };
        // Nothing of it is read yet: only whether it may be.
        if !self.realm.knows_receipts(channel, secret) {
            return self.nothing_here();
        }
        let Ok(body) = Limited::new(body, MOST_BODY).collect().await else {
            return last(said(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too large, or broken off\n",
            ));
        };
        // Only now, so that nobody holds a place with half a call.
        let Ok(_place) = self.places.try_acquire() else {
            return later();
        };
        let kind = parts.headers.get(header::CONTENT_TYPE);
        let call = Call {
            query: parts.uri.query().unwrap_or_default(),
            content_type: kind.and_then(|kind| kind.to_str().ok()),
            body: &body.to_bytes(),
        };
        let Some(heard) = self.realm.receipts(channel, &call) else {
            return said(StatusCode::BAD_REQUEST, "not to be read\n");
        };
        if heard.ignored > 0 {
            self.realm.inbox.pass_over(channel, heard.ignored);
        }
        if !heard.receipts.is_empty() {
            let written = self.realm.inbox.hand_in(channel, heard.receipts);
            if !matches!(tokio::time::timeout(PATIENCE, written).await, Ok(Ok(()))) {
                return later();
            }
        }
        said(StatusCode::OK, "ok\n")
    }

    /// The same for whatever is wrong; slower and slower for whoever tries on.
    fn nothing_here(&self) -> Response<Bytes> {
        let mut guesses = self.guesses.lock().unwrap_or_else(PoisonError::into_inner);
        last(match guesses.take(self.realm.now()) {
            Ok(()) => said(StatusCode::NOT_FOUND, "not found\n"),
            Err(_) => said(StatusCode::TOO_MANY_REQUESTS, "too many requests\n"),
        })
    }
}

/// The last answer of its connection: what is left of the body is not read.
fn last(mut response: Response<Bytes>) -> Response<Bytes> {
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

fn later() -> Response<Bytes> {
    let mut response = said(StatusCode::SERVICE_UNAVAILABLE, "not now\n");
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    response
}

fn said(status: StatusCode, text: &'static str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(text.as_bytes()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
