//! About the program itself: who you are to it, whether it is well, what it counts, how to call it.

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use chrono::SecondsFormat;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use serde_json::{Value, json};

use super::caller::Caller;
use super::health::{self, Vitals};
use super::request::Asked;
use super::{ApiState, Problem, routes};
use crate::contract::{MeView, NoInput};
use crate::domain::phrase::{Phrase, phrase};
use crate::flow::Thing;
use crate::read;
use crate::store::StoreError;
use crate::web::door::Count;

/// Who the token belongs to, the posts that person holds, and the rights that come with them.
#[utoipa::path(get, path = "/api/v1/me", responses((status = 200, body = MeView)))]
pub async fn me(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    _: Asked<NoInput>,
) -> Json<MeView> {
    Json(read::people::me(&state.realm.world().plans.bodies, &actor))
}

/// This description.
#[utoipa::path(get, path = "/openapi.json", responses((status = 200, body = Object)))]
pub async fn openapi() -> impl IntoResponse {
    // It never changes, and anybody may ask for it.
    static DESCRIPTION: LazyLock<Bytes> =
        LazyLock::new(|| routes::description().to_json().unwrap_or_default().into());
    (
        [(header::CONTENT_TYPE, "application/json")],
        DESCRIPTION.clone(),
    )
}

/// Which program this is.
#[utoipa::path(get, path = "/version", responses((status = 200, body = Object)))]
pub async fn version() -> Json<Value> {
    Json(json!({ "name": "fabu", "version": env!("CARGO_PKG_VERSION") }))
}

/// The process is alive. It depends on nothing.
#[utoipa::path(get, path = "/healthz", responses((status = 200, body = String)))]
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// How many faults of the plan files are told.
const MOST_FAULTS: usize = 20;

/// The process can do its work: a change was made durable a moment ago, plans are loaded, it is not draining. If not,
/// `trouble` is one of disk-full, database-missing, foreign-database, lock-lost, store-slow, store-unavailable. Answers
/// within two seconds.
#[utoipa::path(get, path = "/readyz", responses((status = 200, body = Object), (status = 503, body = Object)))]
pub async fn readyz(State(state): State<ApiState>) -> impl IntoResponse {
    let draining = state.draining.is_cancelled();
    let ailing = match &state.vitals {
        // Whoever stops does not look after the store any more.
        _ if draining => None,
        Some(vitals) => vitals.ailing().await,
        None => health::tried(&state.realm.store, state.realm.now()).await,
    };
    let trouble = ailing.as_ref().map(|ailing| ailing.ailment.code());
    let database = ailing.map(|ailing| ailing.detail);
    let plans = state.realm.world().plans.plans.len();
    let ready = database.is_none() && !draining && plans > 0;
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let faults = state.plan_faults.load();
    let mut body = json!({
        "ready": ready, "database": database.unwrap_or_else(|| "ok".into()), "trouble": trouble,
        "draining": draining, "plans": plans,
        // A broken plan file does not make the server unready: the last good one stays in use.
        "plan_faults": faults.iter().take(MOST_FAULTS).collect::<Vec<_>>(),
        "more_plan_faults": faults.len().saturating_sub(MOST_FAULTS),
    });
    if let Some(vitals) = &state.vitals {
        body["files"] = json!(vitals.files());
        body["connections"] = vitals
            .listeners()
            .into_iter()
            .map(|(name, count)| {
                (
                    name.to_owned(),
                    json!({ "open": count.open, "budget": count.budget }),
                )
            })
            .collect::<serde_json::Map<_, _>>()
            .into();
    }
    (status, Json(body))
}

/// Counts in the OpenMetrics text format, as they were not more than a second ago.
#[utoipa::path(get, path = "/metrics", responses((status = 200, body = String)))]
pub async fn metrics(State(state): State<ApiState>) -> Result<impl IntoResponse, Problem> {
    // One counts at a time. Where the store does not answer, nobody is kept waiting for those who ask first.
    let Ok(mut last) = tokio::time::timeout(health::PATIENCE, state.counted.lock()).await else {
        let slow = "others wait for the same counts: the database does not answer, or is busy";
        return Err(StoreError::Unavailable(slow.into()).into());
    };
    let text = match last.as_ref() {
        Some((at, text)) if at.elapsed() < FRESH => text.clone(),
        _ => {
            let text = Bytes::from(count(&state).await?);
            *last = Some((Instant::now(), text.clone()));
            text
        }
    };
    Ok((
        [(
            header::CONTENT_TYPE,
            "application/openmetrics-text; version=1.0.0; charset=utf-8",
        )],
        text,
    ))
}

/// How old counts may be that are told again: they cost a walk through the database, and anybody may ask for them.
const FRESH: Duration = Duration::from_secs(1);

/// The last counts, and when they were made.
pub type Counted = Arc<tokio::sync::Mutex<Option<(Instant, Bytes)>>>;

async fn count(state: &ApiState) -> Result<String, Problem> {
    let mut registry = Registry::with_prefix("fabu");
    let strays = Family::<Vec<(String, String)>, Gauge>::default();
    registry.register(
        "receipts_stray",
        "Receipts about nothing that was ever sent, by channel",
        strays.clone(),
    );
    let ignored = Family::<Vec<(String, String)>, Gauge>::default();
    registry.register(
        "receipts_ignored",
        "Receipts that say nothing that the channel's file knows, by channel",
        ignored.clone(),
    );
    let deliveries = Family::<Vec<(String, String)>, Gauge>::default();
    registry.register(
        "deliveries",
        "Deliveries by channel and status",
        deliveries.clone(),
    );
    let releases = Family::<Vec<(String, String)>, Gauge>::default();
    registry.register(
        "releases_open",
        "Releases that still have to be published, by status",
        releases.clone(),
    );
    let overdue: Gauge = Gauge::default();
    registry.register(
        "releases_overdue",
        "Open releases whose deadline has passed",
        overdue.clone(),
    );
    let journal: Gauge = Gauge::default();
    registry.register("journal_entries", "Entries in the journal", journal.clone());

    let strangers: Gauge = Gauge::default();
    registry.register(
        "api_requests_with_a_bad_token",
        "Requests with a token that is not good, since the start",
        strangers.clone(),
    );
    strangers.set(i64::try_from(state.strangers.all()).unwrap_or(i64::MAX));

    if let Some(vitals) = &state.vitals {
        register_doors(&mut registry, vitals.as_ref());
    }
    let now = state.realm.now();
    let mut tx = state.realm.store.read().await?;
    for (channel, heard) in tx.heard().await? {
        let labels = vec![("channel".to_owned(), channel)];
        strays.get_or_create(&labels).set(heard.strays);
        ignored.get_or_create(&labels).set(heard.ignored);
    }
    for (channel, counts) in tx.channel_counts().await? {
        for (status, count) in counts {
            let labels = vec![
                ("channel".to_owned(), channel.clone()),
                ("status".to_owned(), status.to_owned()),
            ];
            deliveries.get_or_create(&labels).set(count);
        }
    }
    let open = tx.open_releases(now).await?;
    for (status, count) in open.by_status {
        releases
            .get_or_create(&vec![("status".to_owned(), status.to_owned())])
            .set(count);
    }
    overdue.set(open.overdue);
    journal.set(tx.journal_len().await?);

    let mut text = String::new();
    encode(&mut text, &registry).map_err(|error| {
        let what = Phrase::verbatim(error.to_string());
        Problem::internal(phrase!("request.title.no-metrics"), what)
    })?;
    Ok(text)
}

/// Open files and who is connected.
fn register_doors(registry: &mut Registry, vitals: &dyn Vitals) {
    let mut gauge = |name: &str, help: &str, values: &[(&'static str, u64)]| {
        let family = Family::<Vec<(String, String)>, Gauge>::default();
        for (listener, value) in values {
            let labels = match *listener {
                "" => Vec::new(),
                name => vec![("listener".to_owned(), name.to_owned())],
            };
            let value = i64::try_from(*value).unwrap_or(i64::MAX);
            family.get_or_create(&labels).set(value);
        }
        registry.register(name, help, family);
    };
    let files = vitals.files();
    gauge(
        "open_files_limit",
        "Files that may be open",
        &[("", files.limit)],
    );
    gauge(
        "open_files_reserve",
        "Open files that no listener gets",
        &[("", files.reserve)],
    );
    if let Some(in_use) = files.in_use {
        gauge("open_files", "Files that are open", &[("", in_use)]);
    }
    let listeners = vitals.listeners();
    let each = |of: fn(&Count) -> u64| -> Vec<(&'static str, u64)> {
        listeners
            .iter()
            .map(|(name, count)| (*name, of(count)))
            .collect()
    };
    let help = "Connections that are open, by listener";
    gauge("connections", help, &each(|count| count.open));
    let help = "Connections that may be open, by listener";
    gauge("connections_budget", help, &each(|count| count.budget));
    let mut counter = |name: &str, help: &str, of: fn(&Count) -> u64| {
        let family = Family::<Vec<(String, String)>, Counter>::default();
        for (listener, value) in each(of) {
            let labels = vec![("listener".to_owned(), listener.to_owned())];
            family.get_or_create(&labels).inc_by(value);
        }
        registry.register(name, help, family);
    };
    counter("connections_admitted", "Connections taken", |count| {
        count.admitted
    });
    let help = "Connections told 503 because every place was taken";
    counter("connections_refused", help, |count| count.refused);
    let help = "Idle connections let go for a newcomer";
    counter("connections_gave_way", help, |count| count.gave_way);
    let help = "Connections let go for silence or slowness";
    counter("connections_cut_off", help, |count| count.cut_off);
    let help = "Connections that could not be taken because no file may be opened any more";
    counter("accept_failures", help, |count| count.not_admitted);
}

/// Every answer says what time it is here: a drill's clock may have been moved, and a deadline is read against it.
pub async fn tell_the_time(State(state): State<ApiState>, mut response: Response) -> Response {
    let now = state
        .realm
        .now()
        .to_rfc3339_opts(SecondsFormat::Millis, true);
    if let Ok(now) = HeaderValue::from_str(&now) {
        response.headers_mut().insert("fabu-now", now);
    }
    response
}

pub async fn nothing_here(uri: Uri) -> Problem {
    Problem::not_found(Thing::Path, uri.path())
}

pub async fn wrong_method(method: Method, uri: Uri) -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method",
        phrase!("request.title.method"),
        phrase!(
            "request.method",
            method = method.as_str(),
            path = uri.path()
        ),
    )
}
