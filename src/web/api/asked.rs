//! What waits for a second person: seen, confirmed, declined.

use axum::Json;
use axum::extract::State;

use super::act::{Answered, Change, Done, act};
use super::caller::Caller;
use super::request::{Asked, Named};
use super::{ApiState, Problem};
use crate::contract::{AskedQuery, AskedView, IncidentView, NoInput, ReasonInput};
use crate::domain::rights::Asked as Wanted;
use crate::flow::Thing;
use crate::flow::confirm::{self, Confirmed};
use crate::id::AskId;
use crate::read;

/// More than ever wait at once.
const MOST: u32 = 200;

fn ask_id(text: &str) -> Result<AskId, Problem> {
    text.parse()
        .map_err(|_| Problem::not_found(Thing::Asked, text))
}

/// What one person asked for and another one is to confirm, the most pressing first.
#[utoipa::path(get, path = "/api/v1/asked", params(AskedQuery), responses((status = 200, body = Vec<AskedView>)))]
pub async fn list(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Asked(query): Asked<AskedQuery>,
) -> Result<Json<Vec<AskedView>>, Problem> {
    let now = state.realm.now();
    let mut tx = state.realm.store.read().await?;
    let open = tx.asked_open(MOST).await?;
    let is_asked = |one: &&Wanted| !query.mine || one.may_confirm(&actor).is_ok();
    let asked = open.iter().filter(is_asked);
    Ok(Json(read::asked::open(&mut tx, now, asked).await?))
}

/// One of them, decided or not.
#[utoipa::path(get, path = "/api/v1/asked/{id}", responses((status = 200, body = AskedView), (status = 404, body = Problem)))]
pub async fn show(
    State(state): State<ApiState>,
    _caller: Caller,
    Named(id): Named,
    _: Asked<NoInput>,
) -> Result<Json<AskedView>, Problem> {
    let id = ask_id(&id)?;
    let mut tx = state.realm.store.read().await?;
    let asked = tx.asked(&id).await?;
    let asked = asked.ok_or_else(|| Problem::not_found(Thing::Asked, id.as_str()))?;
    let (world, now) = (state.realm.world(), state.realm.now());
    Ok(Json(
        read::asked::whole(&mut tx, &world, now, &asked).await?,
    ))
}

/// Confirms it as the second person, and it is done. Answers as the act itself would have.
#[utoipa::path(post, path = "/api/v1/asked/{id}/confirm", request_body = NoInput,
    responses((status = 200, body = IncidentView), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub async fn confirm(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(id): Named,
    change: Change<NoInput>,
) -> Answered {
    let id = ask_id(&id)?;
    act(&state, actor, change, async |act, _| {
        let (tx, world) = (&mut act.tx, &act.world);
        match confirm::confirm(tx, world, act.now, &act.actor, &id).await? {
            Confirmed::Incident(declared) => {
                Done::ok(&read::incident::called_for(tx, world, act.now, &declared).await?)
            }
            Confirmed::Release(release) => {
                Done::ok(&read::release::whole(tx, world, act.now, &release).await?)
            }
        }
    })
    .await
}

/// Declines it as the second person, or takes back what one has asked for oneself.
#[utoipa::path(post, path = "/api/v1/asked/{id}/decline", request_body = ReasonInput,
    responses((status = 200, body = AskedView), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub async fn decline(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(id): Named,
    change: Change<ReasonInput>,
) -> Answered {
    let id = ask_id(&id)?;
    act(&state, actor, change, async |act, input| {
        let (tx, world) = (&mut act.tx, &act.world);
        let asked = confirm::decline(tx, world, act.now, &act.actor, &id, &input.reason).await?;
        Done::ok(&read::asked::view(&mut act.tx, act.now, &asked).await?)
    })
    .await
}
