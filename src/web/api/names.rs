//! What codes are called.

use axum::Json;
use axum::extract::State;

use super::ApiState;
use super::caller::Caller;
use super::request::Asked;
use crate::contract::{NamesView, NoInput};
use crate::read::names;

/// The names of bodies, posts, places, events, facts and channels, by their codes.
#[utoipa::path(get, path = "/api/v1/names", responses((status = 200, body = NamesView)))]
pub async fn list(State(state): State<ApiState>, _: Caller, _: Asked<NoInput>) -> Json<NamesView> {
    let world = state.realm.world();
    let channels = state.realm.channels();
    let is_enabled = |code: &str| {
        let wired = channels.get(code);
        wired.is_some_and(|wired| state.realm.is_enabled(&wired.def))
    };
    Json(names::names(&world.plans, is_enabled))
}
