//! Incidents: declared, looked at, changed, ended.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};

use super::act::{Act, Begun, Change};
use super::caller::Caller;
use super::input::{
    DeclareInput, FactsInput, IncidentQuery, LevelInput, NoInput, ReasonInput, RequestInput, facts,
    one_of,
};
use super::request::{Asked, Named};
use super::view::{IncidentView, ReleaseView};
use super::{ApiState, Problem};
use crate::domain::area::AreaCode;
use crate::domain::incident::{Incident, IncidentStatus};
use crate::domain::level::ResponseLevel;
use crate::domain::release::Release;
use crate::domain::time::{Moment, Span};
use crate::flow::declare::{self, Declaration, Declared};
use crate::flow::{World, plan};
use crate::id::IncidentId;
use crate::store::Tx;

type Answered = Result<Response<Body>, Problem>;

/// Reads an id out of a path; a malformed one names nothing.
pub(super) fn incident_id(text: &str) -> Result<IncidentId, Problem> {
    text.parse()
        .map_err(|_| Problem::not_found("incident", text))
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
        None => Err(Problem::not_found("incident", text)),
    }
}

fn level_of(text: &str) -> Result<ResponseLevel, Problem> {
    text.parse()
        .map_err(|error: crate::domain::level::BadLevel| {
            Problem::invalid("level", error.to_string())
        })
}

/// Declares an incident; everything it calls for is planned at once.
#[utoipa::path(post, path = "/api/v1/incidents", request_body = DeclareInput,
    responses((status = 201, body = IncidentView), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn declare(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    change: Change<DeclareInput>,
) -> Answered {
    let mut act = match Act::begin(&state, &actor, &change).await? {
        Begun::Go(act) => act,
        Begun::Again(answer) => return Ok(answer),
    };
    let input = change.input;
    let expected_duration: Option<Span> = input
        .expected_duration
        .map(|text| text.parse())
        .transpose()
        .map_err(|error: crate::domain::time::BadSpan| {
            Problem::invalid("expected_duration", error.to_string())
        })?;
    let declaration = Declaration {
        event: input.event,
        level: level_of(&input.level)?,
        areas: input.areas.into_iter().map(AreaCode).collect(),
        title: input.title,
        known_at: input.known_at.map(to_millis),
        expected_duration,
        facts: facts(input.facts)?,
        another: input.another,
    };
    let declared = declare::declare(&mut act.tx, &act.world, act.now, &actor, declaration).await?;
    let view = declared_view(&mut act.tx, &act.world, act.now, &declared).await?;
    act.done(StatusCode::CREATED, &view).await
}

/// Moments are kept to the millisecond; finer ones would not come back as they were given.
fn to_millis(at: Moment) -> Moment {
    crate::domain::time::from_millis(at.timestamp_millis())
}

async fn declared_view(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    declared: &Declared,
) -> Result<IncidentView, Problem> {
    let releases = briefs(tx, world, now, &declared.releases).await?;
    Ok(IncidentView::of(&declared.incident, releases))
}

pub(super) async fn briefs(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    releases: &[Release],
) -> Result<Vec<ReleaseView>, Problem> {
    let mut views = Vec::with_capacity(releases.len());
    for release in releases {
        let plan = world.pinned(tx, &release.plan_hash).await?;
        views.push(ReleaseView::brief(release, &plan, now));
    }
    Ok(views)
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
    let incidents = tx.incidents(status, limit).await?;
    Ok(Json(
        incidents
            .iter()
            .map(|incident| IncidentView::of(incident, Vec::new()))
            .collect(),
    ))
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
        .ok_or_else(|| Problem::not_found("incident", id.as_str()))?;
    whole(&mut tx, &state.realm.world(), state.realm.now(), &incident)
        .await
        .map(Json)
}

async fn whole(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    incident: &Incident,
) -> Result<IncidentView, Problem> {
    let releases = tx.releases_of(&incident.id).await?;
    Ok(IncidentView::of(
        incident,
        briefs(tx, world, now, &releases).await?,
    ))
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
    let mut act = match Act::begin(&state, &actor, &change).await? {
        Begun::Go(act) => act,
        Begun::Again(answer) => return Ok(answer),
    };
    let given = facts(change.input.facts)?;
    let incident =
        declare::set_facts(&mut act.tx, &act.world, act.now, &actor, &id, &given).await?;
    let view = whole(&mut act.tx, &act.world, act.now, &incident).await?;
    act.done(StatusCode::OK, &view).await
}

/// Raises or lowers the response; answers with the releases that this called for.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/level", request_body = LevelInput,
    responses((status = 200, body = IncidentView), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn change_level(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(id): Named,
    change: Change<LevelInput>,
) -> Answered {
    let id = incident_id(&id)?;
    let mut act = match Act::begin(&state, &actor, &change).await? {
        Begun::Go(act) => act,
        Begun::Again(answer) => return Ok(answer),
    };
    let level = level_of(&change.input.level)?;
    let reason = &change.input.reason;
    let declared =
        declare::change_level(&mut act.tx, &act.world, act.now, &actor, &id, level, reason).await?;
    let view = declared_view(&mut act.tx, &act.world, act.now, &declared).await?;
    act.done(StatusCode::OK, &view).await
}

/// Ends the response; answers with the end's releases.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/end", request_body = ReasonInput,
    responses((status = 200, body = IncidentView), (status = 409, body = Problem)))]
pub async fn end(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(id): Named,
    change: Change<ReasonInput>,
) -> Answered {
    let id = incident_id(&id)?;
    let mut act = match Act::begin(&state, &actor, &change).await? {
        Begun::Go(act) => act,
        Begun::Again(answer) => return Ok(answer),
    };
    let declared = declare::end(
        &mut act.tx,
        &act.world,
        act.now,
        &actor,
        &id,
        &change.input.reason,
    )
    .await?;
    let view = declared_view(&mut act.tx, &act.world, act.now, &declared).await?;
    act.done(StatusCode::OK, &view).await
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
    let mut act = match Act::begin(&state, &actor, &change).await? {
        Begun::Go(act) => act,
        Begun::Again(answer) => return Ok(answer),
    };
    let incident = declare::archive(&mut act.tx, &act.world, act.now, &actor, &id).await?;
    let view = whole(&mut act.tx, &act.world, act.now, &incident).await?;
    act.done(StatusCode::OK, &view).await
}

/// Plans an on-demand item, such as the refutation of a rumour.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/releases", request_body = RequestInput,
    responses((status = 201, body = Vec<ReleaseView>), (status = 422, body = Problem)))]
pub async fn request_release(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Named(id): Named,
    change: Change<RequestInput>,
) -> Answered {
    let id = incident_id(&id)?;
    let mut act = match Act::begin(&state, &actor, &change).await? {
        Begun::Go(act) => act,
        Begun::Again(answer) => return Ok(answer),
    };
    let releases = plan::request(
        &mut act.tx,
        &act.world,
        act.now,
        &actor,
        &id,
        &change.input.item,
    )
    .await?;
    let views = briefs(&mut act.tx, &act.world, act.now, &releases).await?;
    act.done(StatusCode::CREATED, &views).await
}
