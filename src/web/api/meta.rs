//! About the program itself: who you are to it, whether it is well, what it counts, how to call it.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use chrono::SecondsFormat;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use serde_json::{Value, json};
use utoipa::OpenApi;

use super::caller::Caller;
use super::input::NoInput;
use super::request::Asked;
use super::{ApiDoc, ApiState, Problem};

/// Who the token belongs to, and the posts that person holds.
#[utoipa::path(get, path = "/api/v1/me", responses((status = 200, body = Object)))]
pub async fn me(Caller(actor): Caller, _: Asked<NoInput>) -> Json<Value> {
    Json(json!({ "user": actor.user, "name": actor.name, "posts": actor.posts }))
}

/// This description.
#[utoipa::path(get, path = "/openapi.json", responses((status = 200, body = Object)))]
pub async fn openapi() -> Json<utoipa::openapi::OpenApi> {
    Json(ApiDoc::openapi())
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

/// The process can do its work: the database answers, plans are loaded, it is not draining.
#[utoipa::path(get, path = "/readyz", responses((status = 200, body = Object), (status = 503, body = Object)))]
pub async fn readyz(State(state): State<ApiState>) -> impl IntoResponse {
    let database = match state.realm.store.read().await {
        Ok(mut tx) => tx.next_wake().await.err().map(|error| error.to_string()),
        Err(error) => Some(error.to_string()),
    };
    let draining = state.draining.is_cancelled();
    let plans = state.realm.world().plans.plans.len();
    let ready = database.is_none() && !draining && plans > 0;
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let faults = state.plan_faults.load();
    let body = json!({
        "ready": ready, "database": database.unwrap_or_else(|| "ok".into()), "draining": draining, "plans": plans,
        // A broken plan file does not make the server unready: the last good one stays in use.
        "plan_faults": faults.as_slice(),
    });
    (status, Json(body))
}

/// Counts in the OpenMetrics text format.
#[utoipa::path(get, path = "/metrics", responses((status = 200, body = String)))]
pub async fn metrics(State(state): State<ApiState>) -> Result<impl IntoResponse, Problem> {
    let mut registry = Registry::with_prefix("fabu");
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

    let now = state.realm.now();
    let mut tx = state.realm.store.read().await?;
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
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "No metrics",
            error.to_string(),
        )
    })?;
    Ok((
        [(
            header::CONTENT_TYPE,
            "application/openmetrics-text; version=1.0.0; charset=utf-8",
        )],
        text,
    ))
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
    Problem::not_found("path", uri.path())
}

pub async fn wrong_method(method: Method, uri: Uri) -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method",
        "Not that method",
        format!(
            "{method} is not what {} takes; see /openapi.json",
            uri.path()
        ),
    )
}
