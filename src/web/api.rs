//! The API `/api/v1`: what the command line, the console and other systems use. It holds no rules; it calls `flow`.
//!
//! To add an endpoint: a handler in the file of its noun, a line in [`router`], and its path in [`ApiDoc`].

mod act;
mod caller;
mod channels;
mod denied;
mod describe;
mod drill;
mod dry_runs;
pub mod health;
mod incidents;
mod input;
mod meta;
mod problem;
mod releases;
mod reports;
mod request;
mod resend;
mod strangers;
mod twice;
mod view;

use describe::Common;
pub use drill::{Rehearsal, Rehearsing, Started, Wish};
pub use dry_runs::DryRuns;
pub use meta::Counted;
pub use problem::Problem;
pub use strangers::Strangers;

use std::sync::Arc;

use axum::Router;
use axum::middleware::map_response_with_state;
use axum::routing::{get, post, put};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::OpenApi;

use crate::realm::Realm;

/// What handlers share.
#[derive(Clone)]
pub struct ApiState {
    pub realm: Arc<Realm>,
    /// What the last reading of the plan files found wrong, one line each; empty when they are in use.
    pub plan_faults: Arc<arc_swap::ArcSwap<Vec<String>>>,
    pub draining: tokio_util::sync::CancellationToken,
    /// Who directs live drills; None in the API of a drill.
    pub rehearsing: Option<Arc<dyn Rehearsing>>,
    pub dry_runs: Arc<DryRuns>,
    pub strangers: Arc<Strangers>,
    pub counted: Counted,
    /// Who looks after this server; None in the API of a drill.
    pub vitals: Option<Arc<dyn health::Vitals>>,
}

/// Every path of the API over `state`.
pub fn router(state: ApiState) -> Router {
    Router::new()
        .route(
            "/api/v1/incidents",
            post(incidents::declare).get(incidents::list),
        )
        .route("/api/v1/incidents/{id}", get(incidents::show))
        .route("/api/v1/incidents/{id}/facts", put(incidents::set_facts))
        .route(
            "/api/v1/incidents/{id}/level",
            post(incidents::change_level),
        )
        .route("/api/v1/incidents/{id}/end", post(incidents::end))
        .route("/api/v1/incidents/{id}/archive", post(incidents::archive))
        .route(
            "/api/v1/incidents/{id}/releases",
            post(incidents::request_release),
        )
        .route("/api/v1/releases", get(releases::list))
        .route("/api/v1/releases/{id}", get(releases::show))
        .route("/api/v1/releases/{id}/text", put(releases::edit))
        .route("/api/v1/releases/{id}/submit", post(releases::submit))
        .route("/api/v1/releases/{id}/return", post(releases::send_back))
        .route("/api/v1/releases/{id}/approve", post(releases::approve))
        .route("/api/v1/releases/{id}/waive", post(releases::waive))
        .route("/api/v1/releases/{id}/correct", post(releases::correct))
        .route("/api/v1/releases/{id}/withdraw", post(releases::withdraw))
        .route("/api/v1/releases/{id}/resend", post(resend::resend))
        .route("/api/v1/deliveries", get(reports::deliveries))
        .route("/api/v1/journal", get(reports::journal))
        .route("/api/v1/reports/timeline", get(reports::timeline))
        .route("/api/v1/reports/timeliness", get(reports::timeliness))
        .route("/api/v1/reports/delivery", get(reports::delivery))
        .route("/api/v1/channels", get(channels::list))
        .route("/api/v1/channels/{code}/enable", post(channels::enable))
        .route("/api/v1/channels/{code}/disable", post(channels::disable))
        .route("/api/v1/channels/{code}/test", post(channels::test))
        .route("/api/v1/drill", post(drill::start).get(drill::show))
        .route("/api/v1/drill/inject", post(drill::inject))
        .route("/api/v1/drill/pause", post(drill::pause))
        .route("/api/v1/drill/resume", post(drill::resume))
        .route("/api/v1/drill/jump", post(drill::jump))
        .route("/api/v1/drill/stop", post(drill::stop))
        .route("/api/v1/drill/report", get(drill::report))
        .route("/api/v1/me", get(meta::me))
        .route("/openapi.json", get(meta::openapi))
        .route("/version", get(meta::version))
        .route("/healthz", get(meta::healthz))
        .route("/readyz", get(meta::readyz))
        .route("/metrics", get(meta::metrics))
        .fallback(meta::nothing_here)
        .method_not_allowed_fallback(meta::wrong_method)
        .layer(map_response_with_state(state.clone(), meta::tell_the_time))
        .layer(CatchPanicLayer::custom(
            |_: Box<dyn std::any::Any + Send>| problem::internal(),
        ))
        .with_state(state)
}

/// The description served at `/openapi.json`.
#[derive(OpenApi)]
#[openapi(
    info(title = "fabu", description = "Plans what a local government must tell the public in an emergency, and sends it out on time. Any change may be asked for with `?dry_run=true`: it is made and taken back, and the answer is what it would be. Every answer carries the server's time as `Fabu-Now`."),
    paths(
        incidents::declare, incidents::list, incidents::show, incidents::set_facts, incidents::change_level,
        incidents::end, incidents::archive, incidents::request_release, releases::list, releases::show, releases::edit, releases::submit,
        releases::send_back, releases::approve, releases::waive, releases::correct, releases::withdraw, resend::resend,
        reports::deliveries, reports::journal, reports::timeline, reports::timeliness, reports::delivery,
        channels::list, channels::enable, channels::disable, channels::test, drill::start, drill::show, drill::inject,
        drill::pause, drill::resume, drill::jump, drill::stop, drill::report, meta::me,
        meta::openapi, meta::version, meta::healthz, meta::readyz, meta::metrics,
    ),
    modifiers(&Common)
)]
pub struct ApiDoc;
