//! Deliveries, the journal, and what it adds up to.

use axum::Json;
use axum::extract::State;

use super::caller::Caller;
use super::incidents::asked_incident;
use super::input::one_of;
use super::request::Asked;
use super::{ApiState, Problem};
use crate::contract::{
    ChannelCount, DeliveryQuery, DeliveryReportQuery, DeliveryView, JournalQuery, ReportQuery,
};
use crate::domain::delivery::DeliveryStatus;
use crate::domain::trace;
use crate::flow::{Thing, report};
use crate::id::{IncidentId, ReleaseId};
use crate::read;
use crate::store::Tx;

/// The most rows of one page.
const PAGE: u32 = 1000;

async fn must_exist(tx: &mut Tx, release: &ReleaseId) -> Result<(), Problem> {
    match tx.release(release).await? {
        Some(_) => Ok(()),
        None => Err(Problem::not_found(Thing::Release, release.as_str())),
    }
}

/// Deliveries of a release, by id; addresses are masked.
#[utoipa::path(get, path = "/api/v1/deliveries", params(DeliveryQuery), responses((status = 200, body = Vec<DeliveryView>)))]
pub async fn deliveries(
    State(state): State<ApiState>,
    _caller: Caller,
    Asked(query): Asked<DeliveryQuery>,
) -> Result<Json<Vec<DeliveryView>>, Problem> {
    let release = super::releases::release_id(&query.release)?;
    let names = DeliveryStatus::ALL.map(DeliveryStatus::name);
    let status = one_of("status", query.status.as_deref(), &names)?;
    let status = DeliveryStatus::ALL
        .into_iter()
        .find(|known| Some(known.name()) == status);
    let limit = query.limit.unwrap_or(200).min(PAGE);
    let mut tx = state.realm.store.read().await?;
    must_exist(&mut tx, &release).await?;
    let after = query.after.unwrap_or(0);
    let page = read::delivery::page(&mut tx, &release, status, after, limit).await?;
    Ok(Json(page))
}

/// The journal, in order: of one incident for whoever takes part, the whole of it for whoever audits.
#[utoipa::path(get, path = "/api/v1/journal", params(JournalQuery), responses((status = 200, body = Vec<Object>)))]
pub async fn journal(
    State(state): State<ApiState>,
    Caller(actor): Caller,
    Asked(query): Asked<JournalQuery>,
) -> Result<Json<Vec<crate::domain::journal::Sealed>>, Problem> {
    let limit = query.limit.unwrap_or(200).min(PAGE);
    let mut tx = state.realm.store.read().await?;
    let incident = asked_incident(&mut tx, query.incident.as_deref()).await?;
    read::record::may_read(&mut tx, &state.realm.world(), &actor, incident.as_ref()).await?;
    let incident = incident.as_ref().map(IncidentId::as_str);
    let entries = tx
        .journal_after(query.after.unwrap_or(0), incident, limit)
        .await?;
    Ok(Json(entries))
}

/// Every release as the journal tells it: planned, actual, deadline.
#[utoipa::path(get, path = "/api/v1/reports/timeline", params(ReportQuery), responses((status = 200, body = Vec<Object>)))]
pub async fn timeline(
    State(state): State<ApiState>,
    _caller: Caller,
    Asked(query): Asked<ReportQuery>,
) -> Result<Json<Vec<trace::Trace>>, Problem> {
    let mut tx = state.realm.store.read().await?;
    let incident = asked_incident(&mut tx, query.incident.as_deref()).await?;
    let incident = incident.as_ref().map(IncidentId::as_str);
    Ok(Json(report::timeline(&mut tx, incident).await?))
}

/// How well each body kept its deadlines; `*` is all of them.
#[utoipa::path(get, path = "/api/v1/reports/timeliness", params(ReportQuery), responses((status = 200, body = Vec<Object>)))]
pub async fn timeliness(
    State(state): State<ApiState>,
    _caller: Caller,
    Asked(query): Asked<ReportQuery>,
) -> Result<Json<Vec<trace::Timeliness>>, Problem> {
    let mut tx = state.realm.store.read().await?;
    let incident = asked_incident(&mut tx, query.incident.as_deref()).await?;
    let incident = incident.as_ref().map(IncidentId::as_str);
    let traces = report::timeline(&mut tx, incident).await?;
    Ok(Json(trace::timeliness(&traces, state.realm.now())))
}

/// How far a release has come on each channel.
#[utoipa::path(get, path = "/api/v1/reports/delivery", params(DeliveryReportQuery), responses((status = 200, body = Vec<ChannelCount>), (status = 404, body = Problem)))]
pub async fn delivery(
    State(state): State<ApiState>,
    _caller: Caller,
    Asked(query): Asked<DeliveryReportQuery>,
) -> Result<Json<Vec<ChannelCount>>, Problem> {
    let release = super::releases::release_id(&query.release)?;
    let mut tx = state.realm.store.read().await?;
    must_exist(&mut tx, &release).await?;
    Ok(Json(read::delivery::by_channel(&mut tx, &release).await?))
}
