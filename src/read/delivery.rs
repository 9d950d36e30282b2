//! What became of a text on its way: each delivery, and how far each channel has come.

use std::collections::BTreeMap;

use crate::contract::{ChannelCount, DeliveryView};
use crate::domain::contact::mask_address;
use crate::domain::delivery::{DeliveryStatus, Dispatch, DispatchState};
use crate::flow::VerbError;
use crate::id::ReleaseId;
use crate::store::{DeliveryView as Stored, Tx};

/// Deliveries of a release after number `after`; addresses are masked.
pub async fn page(
    tx: &mut Tx,
    release: &ReleaseId,
    status: Option<DeliveryStatus>,
    after: i64,
    limit: u32,
) -> Result<Vec<DeliveryView>, VerbError> {
    let rows = tx.deliveries(release, status, after, limit).await?;
    Ok(rows.into_iter().map(delivery_view).collect())
}

/// How far a release has come on each channel.
pub async fn by_channel(tx: &mut Tx, release: &ReleaseId) -> Result<Vec<ChannelCount>, VerbError> {
    let dispatches = tx.dispatches_of(release).await?;
    let of = tx.delivery_counts(release).await?;
    Ok(counts(&dispatches, of))
}

fn delivery_view(stored: Stored) -> DeliveryView {
    DeliveryView {
        key: format!("{}.{}", stored.dispatch, stored.id),
        id: stored.id,
        channel: stored.channel,
        address: mask_address(&stored.address),
        language: stored.language.code().to_owned(),
        status: stored.status.name().to_owned(),
        attempts: stored.attempts,
        first_at: stored.first_at,
        next_at: stored.next_at,
        done_at: stored.done_at,
        receipt_at: stored.receipt_at,
        receipt: stored.receipt,
        why: stored.why,
    }
}

/// One for every channel that the release was handed to, or that a fallback has brought in.
fn counts(
    dispatches: &[Dispatch],
    counts: BTreeMap<String, BTreeMap<&'static str, i64>>,
) -> Vec<ChannelCount> {
    let mut expanding: BTreeMap<String, bool> = counts
        .keys()
        .map(|channel| (channel.clone(), false))
        .collect();
    for dispatch in dispatches {
        *expanding.entry(dispatch.channel.clone()).or_default() |=
            dispatch.state != DispatchState::Expanded;
    }
    expanding
        .into_iter()
        .map(|(channel, expanding)| {
            let deliveries: BTreeMap<String, i64> = counts
                .get(&channel)
                .into_iter()
                .flatten()
                .map(|(status, count)| ((*status).to_owned(), *count))
                .collect();
            ChannelCount {
                expanded: !expanding,
                total: deliveries.values().sum(),
                channel,
                deliveries,
            }
        })
        .collect()
}
