//! The types of events that can be declared.

use axum::Json;
use axum::extract::State;

use super::ApiState;
use super::caller::Caller;
use super::request::Asked;
use crate::contract::{EventView, NoInput};
use crate::read::event;

/// Every type of event that a plan answers for, with its facts and what waits for them.
#[utoipa::path(get, path = "/api/v1/events", responses((status = 200, body = Vec<EventView>)))]
pub async fn list(
    State(state): State<ApiState>,
    _: Caller,
    _: Asked<NoInput>,
) -> Json<Vec<EventView>> {
    let world = state.realm.world();
    Json(event::events(&world.plans, &world.cache.libraries))
}
