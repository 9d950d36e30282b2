//! What was given up of a published text is sent again.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::act::{Act, Begun, Change};
use super::caller::Caller;
use super::releases::release_id;
use super::request::Named;
use super::{ApiState, Problem};
use crate::flow::resend::{self, Wanted};

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResendInput {
    /// Only what was given up on this channel.
    #[serde(default)]
    pub channel: Option<String>,
    /// Also what may have arrived. It may then arrive twice.
    #[serde(default)]
    pub unknown: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ResendView {
    pub release: String,
    /// How many deliveries wait again.
    pub resent: u64,
    /// How many may have arrived and were left alone, because `unknown` was not asked for.
    pub unknown_left: u64,
    pub channels: BTreeMap<String, ResentView>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ResentView {
    /// Had failed, and wait again.
    pub failed: u64,
    /// May have arrived, and wait again: they may arrive twice.
    pub unknown: u64,
    pub unknown_left: u64,
    /// Given up here, and reached by the fallback channel: left alone.
    pub reached_otherwise: u64,
}

/// Sends again what was given up, to those only who have not got it. A text that was corrected, withdrawn, superseded or
/// that expired is not sent again.
#[utoipa::path(post, path = "/api/v1/releases/{id}/resend", params(("id" = String, Path, description = "The release")),
    request_body = ResendInput, responses((status = 200, body = ResendView), (status = 403, body = Problem),
    (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn resend(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(id): Named,
    change: Change<ResendInput>,
) -> Result<Response<Body>, Problem> {
    let id = release_id(&id)?;
    let mut act = match Act::begin(&state, &actor, &change).await? {
        Begun::Go(act) => act,
        Begun::Again(answer) => return Ok(answer),
    };
    let wanted = Wanted {
        channel: change.input.channel,
        unknown: change.input.unknown,
    };
    let done = resend::resend(&mut act.tx, &act.world, act.now, &actor, &id, &wanted).await?;
    let view = ResendView {
        release: id.to_string(),
        resent: done
            .channels
            .values()
            .map(|one| one.failed + one.unknown)
            .sum(),
        unknown_left: done.channels.values().map(|one| one.unknown_left).sum(),
        channels: done
            .channels
            .into_iter()
            .map(|(code, one)| {
                let view = ResentView {
                    failed: one.failed,
                    unknown: one.unknown,
                    unknown_left: one.unknown_left,
                    reached_otherwise: one.reached_otherwise,
                };
                (code, view)
            })
            .collect(),
    };
    act.done(StatusCode::OK, &view).await
}
