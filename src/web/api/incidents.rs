//! Incidents: declared, looked at, changed, ended.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use super::act::{Act, Answered, Change, Done, act};
use super::caller::Caller;
use super::input::{facts, one_of};
use super::request::{Asked, Named};
use super::{ApiState, Problem};
use crate::contract::{
    AskedView, DeclareInput, FactsInput, IncidentQuery, IncidentView, LevelInput, NoInput,
    ReasonInput, ReleaseView, RequestInput,
};
use crate::domain::area::AreaCode;
use crate::domain::concern::{ConcernSource, Found};
use crate::domain::incident::IncidentStatus;
use crate::domain::level::ResponseLevel;
use crate::domain::phrase::{Blank, phrase};
use crate::domain::time::{Moment, Span};
use crate::flow::Thing;
use crate::flow::confirm::{self, Outcome};
use crate::flow::declare::{self, Declaration, Declared};
use crate::flow::request;
use crate::id::IncidentId;
use crate::read;
use crate::store::Tx;

/// Reads an id out of a path; a malformed one names nothing.
pub(super) fn incident_id(text: &str) -> Result<IncidentId, Problem> {
    text.parse()
        .map_err(|_| Problem::not_found(Thing::Incident, text))
}

/// The incident that a query asks about. One that does not exist is not an empty answer.
pub(super) async fn asked_incident(
    tx: &mut Tx,
    text: Option<&str>,
) -> Result<Option<IncidentId>, Problem> {
    let Some(text) = text else {
        return Ok(None);
    };
    let id = incident_id(text)?;
    match tx.incident(&id).await? {
        Some(_) => Ok(Some(id)),
        None => Err(Problem::not_found(Thing::Incident, text)),
    }
}

fn level_of(text: &str) -> Result<ResponseLevel, Problem> {
    text.parse()
        .map_err(|error: crate::domain::level::BadLevel| Problem::invalid("level", error.phrase()))
}

/// Reads a length of time out of a field.
pub(super) fn span(field: &str, text: Option<&str>) -> Result<Option<Span>, Problem> {
    text.map(str::parse)
        .transpose()
        .map_err(|error: crate::domain::time::BadSpan| Problem::invalid(field, error.phrase()))
}

/// Declares an incident; everything it calls for is planned at once.
#[utoipa::path(post, path = "/api/v1/incidents", request_body = DeclareInput,
    responses((status = 201, body = IncidentView), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn declare(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    change: Change<DeclareInput>,
) -> Answered {
    act(&state, actor, change, async |act, input| {
        let declaration = Declaration {
            event: input.event,
            level: level_of(&input.level)?,
            areas: input.areas.into_iter().map(AreaCode).collect(),
            title: input.title,
            known_at: input.known_at.map(to_millis),
            expected_duration: span("expected_duration", input.expected_duration.as_deref())?,
            facts: facts(input.facts)?,
            another: input.another,
        };
        let declared =
            confirm::declare(&mut act.tx, &act.world, act.now, &act.actor, declaration).await?;
        Done::created(&called_for(act, &declared).await?)
    })
    .await
}

/// Moments are kept to the millisecond; finer ones would not come back as they were given.
fn to_millis(at: Moment) -> Moment {
    crate::domain::time::from_millis(at.timestamp_millis())
}

async fn called_for(act: &mut Act, declared: &Declared) -> Result<IncidentView, Problem> {
    Ok(read::incident::called_for(&mut act.tx, &act.world, act.now, declared).await?)
}

/// Incidents, newest first, without their releases.
#[utoipa::path(get, path = "/api/v1/incidents", params(IncidentQuery), responses((status = 200, body = Vec<IncidentView>)))]
pub async fn list(
    State(state): State<ApiState>,
    _caller: Caller,
    Asked(query): Asked<IncidentQuery>,
) -> Result<Json<Vec<IncidentView>>, Problem> {
    let limit = query.limit.unwrap_or(100).min(1000);
    let status = one_of("status", query.status.as_deref(), &IncidentStatus::CODES)?;
    let mut tx = state.realm.store.read().await?;
    let incidents = tx.incidents(status, query.area.as_deref(), limit).await?;
    let views = incidents
        .iter()
        .map(|one| read::incident::view(one, Vec::new()));
    Ok(Json(views.collect()))
}

/// One incident with all its releases.
#[utoipa::path(get, path = "/api/v1/incidents/{id}", responses((status = 200, body = IncidentView), (status = 404, body = Problem)))]
pub async fn show(
    State(state): State<ApiState>,
    _caller: Caller,
    Named(id): Named,
    _: Asked<NoInput>,
) -> Result<Json<IncidentView>, Problem> {
    let id = incident_id(&id)?;
    let mut tx = state.realm.store.read().await?;
    let incident = tx
        .incident(&id)
        .await?
        .ok_or_else(|| Problem::not_found(Thing::Incident, id.as_str()))?;
    let world = state.realm.world();
    let board = read::incident::board(&mut tx, &world, state.realm.now(), &incident).await?;
    Ok(Json(board))
}

/// Adds or replaces facts; open drafts take them in.
#[utoipa::path(put, path = "/api/v1/incidents/{id}/facts", request_body = FactsInput,
    responses((status = 200, body = IncidentView), (status = 422, body = Problem)))]
pub async fn set_facts(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(id): Named,
    change: Change<FactsInput>,
) -> Answered {
    let id = incident_id(&id)?;
    act(&state, actor, change, async |act, input| {
        let given = facts(input.facts)?;
        let (tx, world) = (&mut act.tx, &act.world);
        let incident = declare::set_facts(tx, world, act.now, &act.actor, &id, &given).await?;
        Done::ok(&read::incident::board(tx, world, act.now, &incident).await?)
    })
    .await
}

/// Raises or lowers the response; answers with the releases that this called for. Where the plans want a second person,
/// raising to level I is asked for (202) and done when another one confirms it.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/level", request_body = LevelInput,
    responses((status = 200, body = IncidentView), (status = 202, body = AskedView), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn change_level(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(id): Named,
    change: Change<LevelInput>,
) -> Answered {
    let id = incident_id(&id)?;
    act(&state, actor, change, async |act, input| {
        let wanted = (level_of(&input.level)?, &*input.reason);
        let (tx, world) = (&mut act.tx, &act.world);
        let outcome = confirm::change_level(tx, world, act.now, &act.actor, &id, wanted).await?;
        came_out(act, outcome).await
    })
    .await
}

/// Ends the response; answers with the end's releases. Where the plans want a second person it is asked for (202) and
/// done when another one confirms it.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/end", request_body = ReasonInput,
    responses((status = 200, body = IncidentView), (status = 202, body = AskedView), (status = 409, body = Problem)))]
pub async fn end(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(id): Named,
    change: Change<ReasonInput>,
) -> Answered {
    let id = incident_id(&id)?;
    act(&state, actor, change, async |act, input| {
        let (tx, world) = (&mut act.tx, &act.world);
        let outcome = confirm::end(tx, world, act.now, &act.actor, &id, &input.reason).await?;
        came_out(act, outcome).await
    })
    .await
}

async fn came_out(act: &mut Act, outcome: Outcome<Declared>) -> Result<Done, Problem> {
    match outcome {
        Outcome::Done(declared) => Done::ok(&called_for(act, &declared).await?),
        Outcome::Asked(asked) => {
            let (tx, world) = (&mut act.tx, &act.world);
            let asked = read::asked::whole(tx, world, act.now, &asked).await?;
            Done::with(StatusCode::ACCEPTED, &asked)
        }
    }
}

/// Puts an incident away that has ended and of which nothing is open or stands any more. It can be read, not changed.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/archive", request_body = NoInput,
    responses((status = 200, body = IncidentView), (status = 409, body = Problem)))]
pub async fn archive(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(id): Named,
    change: Change<NoInput>,
) -> Answered {
    let id = incident_id(&id)?;
    act(&state, actor, change, async |act, _| {
        let (tx, world) = (&mut act.tx, &act.world);
        let incident = declare::archive(tx, world, act.now, &act.actor, &id).await?;
        Done::ok(&read::incident::board(tx, world, act.now, &incident).await?)
    })
    .await
}

/// Plans an on-demand item, such as the refutation of a rumour, or a measure that is ordered.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/releases", request_body = RequestInput,
    responses((status = 201, body = Vec<ReleaseView>), (status = 422, body = Problem)))]
pub async fn request_release(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(id): Named,
    change: Change<RequestInput>,
) -> Answered {
    let id = incident_id(&id)?;
    act(&state, actor, change, async |act, input| {
        let (tx, world) = (&mut act.tx, &act.world);
        let order = request::Order {
            areas: Some(input.areas),
            facts: super::input::facts(input.facts)?,
            instead: input.instead,
            found: found(input.source.as_deref(), input.found_at, act.now)?,
        };
        let (now, actor) = (act.now, &act.actor);
        let releases = request::request(tx, world, now, actor, &id, &input.item, order).await?;
        Done::created(&read::release::asked_for(tx, world, now, &releases).await?)
    })
    .await
}

/// Where and when somebody found what is to be answered, if anything of it was said.
fn found(source: Option<&str>, at: Option<Moment>, now: Moment) -> Result<Option<Found>, Problem> {
    let source = source
        .map(|text| {
            text.parse::<ConcernSource>().map_err(|()| {
                let known: Blank = ConcernSource::ALL.iter().map(|one| one.code()).collect();
                let name = format!("{text:?}");
                Problem::invalid("source", phrase!("request.not-one-of", name, known))
            })
        })
        .transpose()?;
    Ok((source.is_some() || at.is_some()).then(|| Found {
        source,
        at: at.unwrap_or(now),
    }))
}
