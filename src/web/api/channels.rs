//! Channels: what there is, whether it works, on and off.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

use super::act::{Answered, Change, Done, act};
use super::caller::Caller;
use super::request::{Asked, Named};
use super::worded::language;
use super::{ApiState, Problem};
use crate::contract::{ChannelView, NoInput, SwitchedView, TestedView, TroubleView};
use crate::domain::phrase::phrase;
use crate::flow::{Thing, channels};
use crate::read;
use crate::words::say;

/// All channels with their backlog.
#[utoipa::path(get, path = "/api/v1/channels", responses((status = 200, body = Vec<ChannelView>)))]
pub async fn list(
    State(state): State<ApiState>,
    _caller: Caller,
    headers: HeaderMap,
    _: Asked<NoInput>,
) -> Result<Json<Vec<ChannelView>>, Problem> {
    let language = language(&headers);
    let mut tx = state.realm.store.read().await?;
    let mut counts = tx.channel_counts().await?;
    let mut troubles: BTreeMap<_, _> = tx
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
    let channels = state.realm.channels();
    let defs = channels.values().map(|wired| &wired.def);
    let mut receipts = read::channel::receipts(&mut tx, defs).await?;
    let views = channels
        .values()
        .map(|wired| {
            let counts = counts.remove(&wired.def.channel).unwrap_or_default();
            ChannelView {
                channel: wired.def.channel.clone(),
                name: wired.def.name.clone(),
                kind: wired.def.kind.code().to_owned(),
                enabled: state.realm.is_enabled(&wired.def),
                fault: wired
                    .channel
                    .as_ref()
                    .err()
                    .map(|fault| say(language, fault)),
                trouble: troubles.remove(&wired.def.channel),
                deliveries: counts
                    .into_iter()
                    .map(|(status, count)| (status.to_owned(), count))
                    .collect(),
                receipts: receipts.remove(wired.def.channel.as_str()),
            }
        })
        .collect();
    Ok(Json(views))
}

/// Lets a channel send again.
#[utoipa::path(post, path = "/api/v1/channels/{code}/enable", responses((status = 200, body = SwitchedView), (status = 404, body = Problem)))]
pub async fn enable(
    state: State<ApiState>,
    caller: Caller,
    code: Named,
    change: Change<NoInput>,
) -> Answered {
    switch(state, caller, code, change, true).await
}

/// Holds a channel back; its deliveries wait.
#[utoipa::path(post, path = "/api/v1/channels/{code}/disable", responses((status = 200, body = SwitchedView), (status = 404, body = Problem)))]
pub async fn disable(
    state: State<ApiState>,
    caller: Caller,
    code: Named,
    change: Change<NoInput>,
) -> Answered {
    switch(state, caller, code, change, false).await
}

async fn switch(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(code): Named,
    change: Change<NoInput>,
    enabled: bool,
) -> Answered {
    let answer = act(&state, actor, change, async |act, _| {
        let (tx, world) = (&mut act.tx, &act.world);
        channels::switch(tx, world, act.now, &act.actor, &code, enabled).await?;
        Done::ok(&SwitchedView {
            channel: code,
            enabled,
        })
    })
    .await?;
    state.realm.read_switches().await?;
    Ok(answer)
}

/// Reaches the provider without sending anything.
#[utoipa::path(post, path = "/api/v1/channels/{code}/test", responses((status = 200, body = TestedView), (status = 502, body = Problem)))]
pub async fn test(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(code): Named,
    headers: HeaderMap,
    _: Change<NoInput>,
) -> Result<Json<TestedView>, Problem> {
    let language = language(&headers);
    channels::may_test(&state.realm.world(), &actor, &code)?;
    let channels = state.realm.channels();
    let wired = channels
        .get(&code)
        .ok_or_else(|| Problem::not_found(Thing::Channel, &code))?;
    let answer = match &wired.channel {
        Ok(channel) => channel.probe(state.realm.now()).await,
        Err(fault) => Err(fault.clone()),
    };
    let answer = answer.map_err(|why| {
        let title = phrase!("request.title.channel");
        Problem::new(StatusCode::BAD_GATEWAY, "channel", title, why)
    })?;
    Ok(Json(TestedView {
        channel: code,
        answer: say(language, &answer),
    }))
}
