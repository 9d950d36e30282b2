//! Deliveries, the journal, and what it adds up to.

use axum::Json;
use axum::extract::{Query, State};

use super::caller::Caller;
use super::input::{DeliveryQuery, DeliveryReportQuery, JournalQuery, ReportQuery};
use super::view::{ChannelCount, DeliveryView};
use super::{ApiState, Problem};
use crate::domain::delivery::DeliveryStatus;
use crate::flow::report;

/// The most rows of one page.
const PAGE: u32 = 1000;

/// Deliveries of a release, by id; addresses are masked.
#[utoipa::path(get, path = "/api/v1/deliveries", params(DeliveryQuery), responses((status = 200, body = Vec<DeliveryView>)))]
pub async fn deliveries(
    State(state): State<ApiState>,
    _caller: Caller,
    Query(query): Query<DeliveryQuery>,
) -> Result<Json<Vec<DeliveryView>>, Problem> {
    let release = super::releases::release_id(&query.release)?;
    let status = match query.status.as_deref() {
        None => None,
        Some(name) => Some(
            DeliveryStatus::ALL
                .into_iter()
                .find(|s| s.name() == name)
                .ok_or_else(|| {
                    let known: Vec<_> = DeliveryStatus::ALL.iter().map(|s| s.name()).collect();
                    Problem::invalid(
                        "status",
                        format!("{name:?} is not one of {}", known.join(", ")),
                    )
                })?,
        ),
    };
    let limit = query.limit.unwrap_or(200).min(PAGE);
    let mut tx = state.realm.store.read().await?;
    let rows = tx
        .deliveries(&release, status, query.after.unwrap_or(0), limit)
        .await?;
    Ok(Json(rows.into_iter().map(DeliveryView::of).collect()))
}

/// The journal, in order.
#[utoipa::path(get, path = "/api/v1/journal", params(JournalQuery), responses((status = 200, body = Vec<Object>)))]
pub async fn journal(
    State(state): State<ApiState>,
    _caller: Caller,
    Query(query): Query<JournalQuery>,
) -> Result<Json<Vec<crate::domain::journal::Sealed>>, Problem> {
    let limit = query.limit.unwrap_or(200).min(PAGE);
    let mut tx = state.realm.store.read().await?;
    let entries = tx
        .journal_after(query.after.unwrap_or(0), query.incident.as_deref(), limit)
        .await?;
    Ok(Json(entries))
}

/// Every release as the journal tells it: planned, actual, deadline.
#[utoipa::path(get, path = "/api/v1/reports/timeline", params(ReportQuery), responses((status = 200, body = Vec<Object>)))]
pub async fn timeline(
    State(state): State<ApiState>,
    _caller: Caller,
    Query(query): Query<ReportQuery>,
) -> Result<Json<Vec<report::Line>>, Problem> {
    let mut tx = state.realm.store.read().await?;
    Ok(Json(
        report::timeline(&mut tx, query.incident.as_deref()).await?,
    ))
}

/// How well each body kept its deadlines; `*` is all of them.
#[utoipa::path(get, path = "/api/v1/reports/timeliness", params(ReportQuery), responses((status = 200, body = Vec<Object>)))]
pub async fn timeliness(
    State(state): State<ApiState>,
    _caller: Caller,
    Query(query): Query<ReportQuery>,
) -> Result<Json<Vec<report::Timeliness>>, Problem> {
    let mut tx = state.realm.store.read().await?;
    let lines = report::timeline(&mut tx, query.incident.as_deref()).await?;
    Ok(Json(report::timeliness(&lines, state.realm.now())))
}

/// How far a release has come on each channel.
#[utoipa::path(get, path = "/api/v1/reports/delivery", params(DeliveryReportQuery), responses((status = 200, body = Vec<ChannelCount>), (status = 404, body = Problem)))]
pub async fn delivery(
    State(state): State<ApiState>,
    _caller: Caller,
    Query(query): Query<DeliveryReportQuery>,
) -> Result<Json<Vec<ChannelCount>>, Problem> {
    let release = super::releases::release_id(&query.release)?;
    let mut tx = state.realm.store.read().await?;
    if tx.release(&release).await?.is_none() {
        return Err(Problem::not_found("release", release.as_str()));
    }
    let dispatches = tx.dispatches_of(&release).await?;
    let counts = tx.delivery_counts(&release).await?;
    Ok(Json(ChannelCount::of(&dispatches, counts)))
}
