//! Channels: what there is, whether it works, on and off.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::act::{Act, Begun, Change};
use super::caller::Caller;
use super::input::NoInput;
use super::request::{Asked, Named};
use super::{ApiState, Problem};
use crate::domain::journal::{self, Entry};
use crate::realm::Wired;

#[derive(Debug, Serialize, ToSchema)]
pub struct ChannelView {
    pub channel: String,
    pub name: String,
    pub kind: &'static str,
    pub enabled: bool,
    /// Why it cannot be used, in words for the operator.
    pub fault: Option<String>,
    /// Why its account is refused, and since when: what waits is kept and goes on when it is mended.
    pub trouble: Option<TroubleView>,
    /// Status → how many deliveries.
    #[schema(value_type = Object)]
    pub deliveries: std::collections::BTreeMap<&'static str, i64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TroubleView {
    pub since: chrono::DateTime<chrono::Utc>,
    pub why: String,
}

/// All channels with their backlog.
#[utoipa::path(get, path = "/api/v1/channels", responses((status = 200, body = Vec<ChannelView>)))]
pub async fn list(
    State(state): State<ApiState>,
    _caller: Caller,
    _: Asked<NoInput>,
) -> Result<Json<Vec<ChannelView>>, Problem> {
    let mut tx = state.realm.store.read().await?;
    let mut counts = tx.channel_counts().await?;
    let mut troubles: std::collections::BTreeMap<_, _> = tx
        .open_troubles()
        .await?
        .into_iter()
        .map(|one| {
            let view = TroubleView {
                since: one.since,
                why: one.why,
            };
            (one.channel, view)
        })
        .collect();
    let views = state
        .realm
        .channels()
        .values()
        .map(|wired| ChannelView {
            channel: wired.def.channel.clone(),
            name: wired.def.name.clone(),
            kind: wired.def.kind.code(),
            enabled: state.realm.is_enabled(&wired.def),
            fault: wired.channel.as_ref().err().cloned(),
            trouble: troubles.remove(&wired.def.channel),
            deliveries: counts.remove(&wired.def.channel).unwrap_or_default(),
        })
        .collect();
    Ok(Json(views))
}

fn wired(state: &ApiState, code: &str) -> Result<Wired, Problem> {
    state
        .realm
        .channels()
        .get(code)
        .cloned()
        .ok_or_else(|| Problem::not_found("channel", code))
}

/// Lets a channel send again.
#[utoipa::path(post, path = "/api/v1/channels/{code}/enable", responses((status = 200, body = Object), (status = 404, body = Problem)))]
pub async fn enable(
    state: State<ApiState>,
    caller: Caller,
    code: Named,
    change: Change<NoInput>,
) -> Result<Response<Body>, Problem> {
    switch(state, caller, code, change, true).await
}

/// Holds a channel back; its deliveries wait.
#[utoipa::path(post, path = "/api/v1/channels/{code}/disable", responses((status = 200, body = Object), (status = 404, body = Problem)))]
pub async fn disable(
    state: State<ApiState>,
    caller: Caller,
    code: Named,
    change: Change<NoInput>,
) -> Result<Response<Body>, Problem> {
    switch(state, caller, code, change, false).await
}

async fn switch(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(code): Named,
    change: Change<NoInput>,
    enabled: bool,
) -> Result<Response<Body>, Problem> {
    wired(&state, &code)?;
    let mut act = match Act::begin(&state, &actor, &change).await? {
        Begun::Go(act) => act,
        Begun::Again(answer) => return Ok(answer),
    };
    act.tx
        .switch_channel(&code, enabled, &actor.user, act.now)
        .await?;
    let channel = code.clone();
    let switched = match enabled {
        true => journal::Act::ChannelEnabled { channel },
        false => journal::Act::ChannelDisabled { channel },
    };
    let entry = Entry::new(act.now, &actor.user, switched);
    act.tx.append(vec![entry]).await?;
    let answer = act
        .done(
            StatusCode::OK,
            &json!({ "channel": code, "enabled": enabled }),
        )
        .await?;
    state.realm.read_switches().await?;
    Ok(answer)
}

/// Reaches the provider without sending anything.
#[utoipa::path(post, path = "/api/v1/channels/{code}/test", responses((status = 200, body = Object), (status = 502, body = Problem)))]
pub async fn test(
    State(state): State<ApiState>,
    _caller: Caller,
    Named(code): Named,
    _: Change<NoInput>,
) -> Result<Json<serde_json::Value>, Problem> {
    let wired = wired(&state, &code)?;
    let answer = match &wired.channel {
        Ok(channel) => channel.probe(state.realm.now()).await,
        Err(fault) => Err(fault.clone()),
    };
    match answer {
        Ok(said) => Ok(Json(json!({ "channel": code, "answer": said }))),
        Err(why) => Err(Problem::new(
            StatusCode::BAD_GATEWAY,
            "channel",
            "The provider cannot be reached",
            why,
        )),
    }
}
