//! Where providers call to say what became of what they took: `/receipts/<channel>/<secret>` on the public listener.
//!
//! Whoever does not know the secret learns nothing: a wrong one and an unknown channel get the same few bytes, before
//! anything of the body is read. Holds no rules: what a call means its channel says, what follows from it `flow::receive`.
//! The secret is a part of the path, so no path of this kind is ever logged.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Form;
use axum::body::Body;
use axum::extract::{FromRequest, Query};
use http_body_util::{BodyExt, Limited};
use hyper::body::Bytes;
use hyper::header::{self, HeaderValue};
use hyper::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use serde_json::Value;
use tokio::sync::Semaphore;

use crate::domain::channel::Rate;
use crate::domain::pace::TokenBucket;
use crate::realm::Realm;
use crate::web::door::Sent;

/// What every path of receipts begins with.
pub const PREFIX: &str = "/receipts/";

/// The largest body of a call, and how many records it may hold.
const MOST_BODY: usize = 256 * 1024;
const MOST_RECORDS: usize = 1_000;
/// Fields of one record that are looked at, and bytes of a value that is: no provider says more of a message.
const MOST_FIELDS: usize = 48;
const MOST_VALUE: usize = 512;

/// Calls of those who know the secret that are worked on at once.
const AT_ONCE: usize = 64;

/// How often somebody may be told that there is nothing here.
const GUESSES: Rate = Rate {
    per_second: 20.0,
    burst: 100,
};

/// How long a call may take to be written down before its sender is asked to come back.
const PATIENCE: Duration = Duration::from_secs(20);

type Record = Vec<(String, String)>;

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
        if self.realm.receipts(channel, secret, &[]).is_none() {
            return self.nothing_here();
        }
        let Ok(_place) = self.places.try_acquire() else {
            return later();
        };
        let Ok(body) = Limited::new(body, MOST_BODY).collect().await else {
            return said(StatusCode::PAYLOAD_TOO_LARGE, "too large, or broken off\n");
        };
        let Some(records) = records(&parts.uri, &parts.headers, body.to_bytes()).await else {
            return said(StatusCode::BAD_REQUEST, "not to be read\n");
        };
        let receipts = self.realm.receipts(channel, secret, &records).unwrap_or_default();
        if !receipts.is_empty() {
            let written = self.realm.inbox.hand_in(channel, receipts);
            if !matches!(tokio::time::timeout(PATIENCE, written).await, Ok(Ok(()))) {
                return later();
            }
        }
        said(StatusCode::OK, "ok\n")
    }

    /// The same for whatever is wrong; slower and slower for whoever tries on.
    fn nothing_here(&self) -> Response<Bytes> {
        let mut guesses = self.guesses.lock().unwrap_or_else(PoisonError::into_inner);
        match guesses.take(self.realm.now()) {
            Ok(()) => said(StatusCode::NOT_FOUND, "not found\n"),
            Err(_) => said(StatusCode::TOO_MANY_REQUESTS, "too many requests\n"),
        }
    }
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

/// The records of a call: the query with a form, or with each object of a JSON body. None when it cannot be read.
async fn records(uri: &Uri, headers: &HeaderMap, body: Bytes) -> Option<Vec<Record>> {
    let Query(query) = Query::<Record>::try_from_uri(uri).ok()?;
    if body.is_empty() {
        return Some(vec![query]);
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if kind.is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
        let form = Request::post("/")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .ok()?;
        let Form(mut fields) = Form::<Record>::from_request(form, &()).await.ok()?;
        fields.extend(query);
        return Some(vec![fields]);
    }
    let json: Value = serde_json::from_slice(&body).ok()?;
    let mut found = Vec::new();
    gather(&json, &query, &mut found);
    (found.len() <= MOST_RECORDS).then_some(found)
}

/// Each object that holds no other is a record, with the plain fields of those around it.
fn gather(json: &Value, around: &Record, found: &mut Vec<Record>) {
    if found.len() > MOST_RECORDS {
        return;
    }
    match json {
        Value::Array(list) => list.iter().for_each(|one| gather(one, around, found)),
        Value::Object(object) => {
            let mut own: Record = object
                .iter()
                .filter_map(|(name, value)| Some((name.clone(), plain(value)?)))
                .collect();
            own.extend(around.iter().cloned());
            own.truncate(MOST_FIELDS);
            let inner: Vec<&Value> = object.values().filter(|v| v.is_array() || v.is_object()).collect();
            match inner.as_slice() {
                [] => found.push(own),
                inner => inner.iter().for_each(|one| gather(one, &own, found)),
            }
        }
        _ => {}
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => (text.len() <= MOST_VALUE).then(|| text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}
