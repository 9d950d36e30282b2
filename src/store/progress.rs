//! How far deliveries have come: counts and lists, for people who look.

use std::collections::BTreeMap;

use super::{Result, Row, StoreError, Tx};
use crate::args;
use crate::domain::bulletin::{Language, REMINDERS_FROM};
use crate::domain::delivery::DeliveryStatus;
use crate::domain::time::Moment;
use crate::id::{DispatchId, ReleaseId};

/// A delivery as reports show it.
#[derive(Debug, Clone, PartialEq)]
pub struct DeliveryView {
    pub id: i64,
    pub dispatch: String,
    pub channel: String,
    pub address: String,
    pub language: Language,
    pub status: DeliveryStatus,
    pub attempts: i64,
    pub first_at: Moment,
    pub next_at: Option<Moment>,
    pub done_at: Option<Moment>,
    pub receipt: Option<String>,
    pub why: Option<String>,
    /// When a receipt last said what became of it.
    pub receipt_at: Option<Moment>,
}

impl Tx {
    /// How many deliveries of each status each channel of a release has.
    pub async fn delivery_counts(
        &mut self,
        release: &ReleaseId,
    ) -> Result<BTreeMap<String, BTreeMap<&'static str, i64>>> {
        // Status by status, so that each count is one stretch of an index, even of a million.
        let rows = self
            .conn
            .query(
                "WITH s (code) AS (VALUES (0), (1), (2), (3), (4), (5), (6), (7)) SELECT p.channel, s.code, \
                 CAST(SUM((SELECT COUNT(*) FROM delivery d WHERE d.dispatch = p.id AND d.status = s.code)) AS BIGINT) \
                 FROM dispatch p CROSS JOIN s WHERE p.release = $1 AND p.version < $2 GROUP BY p.channel, s.code",
                args![release.as_str(), REMINDERS_FROM],
            )
            .await?;
        counts_of(&rows)
    }

    /// How many deliveries of each status each channel has.
    pub async fn channel_counts(
        &mut self,
    ) -> Result<BTreeMap<String, BTreeMap<&'static str, i64>>> {
        let rows = self
            .conn
            .query(
                // What is closed was counted when it was closed: only work under way is read.
                "WITH s (code) AS (VALUES (0), (1), (2), (3), (4), (5), (6), (7)) \
                 SELECT c.channel, c.code, CAST(SUM(c.deliveries) AS BIGINT) FROM (\
                 SELECT channel, status AS code, deliveries FROM channel_tally UNION ALL \
                 SELECT p.channel, s.code, (SELECT COUNT(*) FROM delivery d WHERE d.dispatch = p.id AND d.status = s.code) \
                 FROM dispatch p CROSS JOIN s WHERE p.closed_at IS NULL) AS c GROUP BY c.channel, c.code",
                Vec::new(),
            )
            .await?;
        counts_of(&rows)
    }

    /// Deliveries of a release after `after`, by id.
    pub async fn deliveries(
        &mut self,
        release: &ReleaseId,
        status: Option<DeliveryStatus>,
        after: i64,
        limit: u32,
    ) -> Result<Vec<DeliveryView>> {
        let one = status.map(|status| vec![status]);
        let statuses = one.as_deref().unwrap_or(&DeliveryStatus::ALL);
        let mut found = Vec::new();
        // Each of these is in order already; a query over all of them would sort everything for every page.
        for dispatch in self.dispatches_of(release).await? {
            for status in statuses {
                let rows = self
                    .conn
                    .query(
                        "SELECT id, dispatch, channel, address, language, status, attempts, first_at, next_at, done_at, receipt, why, receipt_at \
                         FROM delivery WHERE dispatch = $1 AND status = $2 AND id > $3 ORDER BY id LIMIT $4",
                        args![dispatch.id.as_str(), status.code(), after, limit],
                    )
                    .await?;
                for row in &rows {
                    found.push(view_of(row)?);
                }
            }
        }
        found.sort_by_key(|view| view.id);
        found.truncate(limit as usize);
        Ok(found)
    }

    /// Whether a dispatch has given up any delivery.
    pub async fn has_given_up(&mut self, id: &DispatchId) -> Result<bool> {
        let sql = "SELECT id FROM delivery WHERE dispatch = $1 AND status IN (4, 5) LIMIT 1";
        Ok(!self.conn.query(sql, args![id.as_str()]).await?.is_empty())
    }

    /// How many deliveries of each status a dispatch has.
    pub async fn dispatch_counts(
        &mut self,
        id: &DispatchId,
    ) -> Result<BTreeMap<&'static str, i64>> {
        let rows = self
            .conn
            .query(
                "SELECT status, COUNT(*) FROM delivery WHERE dispatch = $1 GROUP BY status",
                args![id.as_str()],
            )
            .await?;
        rows.iter()
            .map(|row| Ok((status_of(row, 0)?.name(), row.int(1)?)))
            .collect()
    }
}

fn counts_of(rows: &[Row]) -> Result<BTreeMap<String, BTreeMap<&'static str, i64>>> {
    let mut counts: BTreeMap<String, BTreeMap<&'static str, i64>> = BTreeMap::new();
    for row in rows {
        let count = row.int(2)?;
        if count > 0 {
            let of_channel = counts.entry(row.text(0)?.to_owned()).or_default();
            of_channel.insert(status_of(row, 1)?.name(), count);
        }
    }
    Ok(counts)
}

fn status_of(row: &Row, column: usize) -> Result<DeliveryStatus> {
    let code = row.int(column)?;
    DeliveryStatus::from_code(code)
        .ok_or_else(|| StoreError::broken("delivery", "?", format!("status {code}")))
}

fn view_of(row: &Row) -> Result<DeliveryView> {
    let status = status_of(row, 5)?;
    Ok(DeliveryView {
        id: row.int(0)?,
        dispatch: row.text(1)?.to_owned(),
        channel: row.text(2)?.to_owned(),
        address: row.text(3)?.to_owned(),
        language: Language::from_code(row.text(4)?),
        status,
        attempts: row.int(6)?,
        first_at: row.moment(7)?,
        next_at: if status.is_tried() {
            None
        } else {
            row.opt_moment(8)?
        },
        done_at: row.opt_moment(9)?,
        receipt: row.opt_text(10)?.map(str::to_owned),
        why: row.opt_text(11)?.map(str::to_owned),
        receipt_at: row.opt_moment(12)?,
    })
}
