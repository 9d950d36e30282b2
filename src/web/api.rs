//! The API `/api/v1`: what the command line, the console and other systems use. It holds no rules; it calls `flow`.
//!
//! To add an endpoint: a handler in the file of its noun, and a line in the table of `routes` that says who may call it.

mod act;
mod asked;
mod caller;
mod channels;
mod contacts;
mod describe;
mod drill;
mod events;
mod dry_runs;
pub mod health;
mod incidents;
mod input;
mod meta;
mod names;
mod people;
mod problem;
mod releases;
mod reports;
mod request;
pub mod routes;
mod strangers;
mod twice;
mod worded;

pub use drill::{Rehearsal, Rehearsing, Started, Wish};
pub use dry_runs::DryRuns;
pub use meta::Counted;
pub use problem::Problem;
pub use strangers::Strangers;

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, map_response_with_state};
use tower_http::catch_panic::CatchPanicLayer;

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
    routes::router()
        .fallback(meta::nothing_here)
        .method_not_allowed_fallback(meta::wrong_method)
        .layer(map_response_with_state(state.clone(), meta::tell_the_time))
        .layer(CatchPanicLayer::custom(
            |_: Box<dyn std::any::Any + Send>| worded::broken(),
        ))
        .layer(from_fn(worded::worded))
        .with_state(state)
}
