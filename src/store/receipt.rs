//! Receipts: the names that providers have for what was sent, what was said of them, and until when they are waited for.

use std::collections::{BTreeMap, BTreeSet};

use super::delivery::list;
use super::{Dialect, Result, Row, StoreError, Tx};
use crate::args;
use crate::domain::delivery::{DeliveryStatus, Said};
use crate::domain::time::Moment;
use crate::id::{BadId, DispatchId};

/// A delivery that a receipt may be about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expecting {
    pub delivery: i64,
    pub dispatch: DispatchId,
    pub status: DeliveryStatus,
    pub tries: u32,
    /// Nothing of its dispatch waits for a try.
    pub is_tried: bool,
    /// Its dispatch was counted.
    pub is_closed: bool,
}

/// What a provider calls one part of a delivery, and what it has said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub delivery: i64,
    pub id: String,
    pub said: Option<Said>,
}

/// What a receipt has made of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub delivery: i64,
    pub from: DeliveryStatus,
    pub to: DeliveryStatus,
    pub why: Option<String>,
}

impl Tx {
    /// Keeps the provider's names of what it has just taken: id, delivery, part. A name that it uses again is the newer one's.
    pub(super) async fn name_parts(&mut self, parts: &[(&str, i64, usize)]) -> Result<()> {
        let sql: &'static str = match self.dialect() {
            Dialect::Sqlite => {
                "INSERT INTO receipt (channel, id, delivery, part, status) SELECT d.channel, json_extract(w.value, '$[0]'), d.id, \
                 json_extract(w.value, '$[2]'), NULL FROM json_each($1) AS w JOIN delivery d ON d.id = json_extract(w.value, '$[1]') WHERE 1 = 1 \
                 ON CONFLICT (channel, id) DO UPDATE SET delivery = excluded.delivery, part = excluded.part, status = NULL"
            }
            Dialect::Postgres => {
                "INSERT INTO receipt (channel, id, delivery, part, status) SELECT DISTINCT ON (d.channel, w.value->>0) d.channel, w.value->>0, d.id, \
                 (w.value->>2)::bigint, NULL::bigint FROM json_array_elements($1::json) AS w JOIN delivery d ON d.id = (w.value->>1)::bigint \
                 ON CONFLICT (channel, id) DO UPDATE SET delivery = excluded.delivery, part = excluded.part, status = NULL"
            }
        };
        // What was said of an earlier try says nothing of this one.
        let deliveries: BTreeSet<i64> = parts.iter().map(|(_, delivery, _)| *delivery).collect();
        let earlier = match self.dialect() {
            Dialect::Sqlite => {
                "DELETE FROM receipt WHERE delivery IN (SELECT value FROM json_each($1))"
            }
            Dialect::Postgres => {
                "DELETE FROM receipt WHERE delivery IN (SELECT value::bigint FROM json_array_elements_text($1::json))"
            }
        };
        self.conn.execute(earlier, args![list(&deliveries)]).await?;
        self.conn.execute(sql, args![list(parts)]).await?;
        Ok(())
    }

    /// All parts of the deliveries that a channel's provider calls one of `ids`.
    pub async fn parts_named(&mut self, channel: &str, ids: &[&str]) -> Result<Vec<Part>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let sql: &'static str = match self.dialect() {
            Dialect::Sqlite => {
                "SELECT r.delivery, r.id, r.status FROM receipt r WHERE r.channel = $1 AND r.delivery IN (\
                 SELECT n.delivery FROM receipt n WHERE n.channel = $1 AND n.id IN (SELECT value FROM json_each($2)))"
            }
            Dialect::Postgres => {
                "SELECT r.delivery, r.id, r.status FROM receipt r WHERE r.channel = $1 AND r.delivery IN (\
                 SELECT n.delivery FROM receipt n WHERE n.channel = $1 AND n.id IN (SELECT json_array_elements_text($2::json)))"
            }
        };
        let rows = self.conn.query(sql, args![channel, list(ids)]).await?;
        rows.iter()
            .map(|row| {
                Ok(Part {
                    delivery: row.int(0)?,
                    id: row.text(1)?.to_owned(),
                    said: match row.opt_int(2)? {
                        None => None,
                        Some(code) => DeliveryStatus::from_code(code).and_then(Said::of_status),
                    },
                })
            })
            .collect()
    }

    /// What is known of these deliveries of a channel.
    pub async fn expecting(&mut self, channel: &str, deliveries: &[i64]) -> Result<Vec<Expecting>> {
        if deliveries.is_empty() {
            return Ok(Vec::new());
        }
        let sql: &'static str = match self.dialect() {
            Dialect::Sqlite => {
                "SELECT d.id, d.dispatch, d.status, d.attempts, p.tried_at, p.closed_at FROM delivery d JOIN dispatch p ON p.id = d.dispatch \
                 WHERE d.channel = $1 AND d.id IN (SELECT value FROM json_each($2))"
            }
            Dialect::Postgres => {
                "SELECT d.id, d.dispatch, d.status, d.attempts, p.tried_at, p.closed_at FROM delivery d JOIN dispatch p ON p.id = d.dispatch \
                 WHERE d.channel = $1 AND d.id IN (SELECT value::bigint FROM json_array_elements_text($2::json))"
            }
        };
        let rows = self
            .conn
            .query(sql, args![channel, list(deliveries)])
            .await?;
        rows.iter().map(expecting_of).collect()
    }

    /// Writes what receipts have made of deliveries, each only if it is still as it was. Returns which were written.
    pub async fn write_received(
        &mut self,
        received: &[Received],
        now: Moment,
    ) -> Result<BTreeSet<i64>> {
        if received.is_empty() {
            return Ok(BTreeSet::new());
        }
        let sql: &'static str = match self.dialect() {
            Dialect::Sqlite => {
                "UPDATE delivery SET status = w.status, why = w.why, receipt_at = $2, receipt_by = NULL, done_at = COALESCE(done_at, $2) \
                 FROM (SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS was, json_extract(value, '$[2]') AS status, \
                 json_extract(value, '$[3]') AS why FROM json_each($1)) AS w \
                 WHERE delivery.id = w.id AND delivery.status = w.was RETURNING delivery.id"
            }
            Dialect::Postgres => {
                "UPDATE delivery SET status = w.status, why = w.why, receipt_at = $2, receipt_by = NULL, done_at = COALESCE(done_at, $2) \
                 FROM (SELECT (value->>0)::bigint AS id, (value->>1)::bigint AS was, (value->>2)::bigint AS status, \
                 value->>3 AS why FROM json_array_elements($1::json)) AS w \
                 WHERE delivery.id = w.id AND delivery.status = w.was RETURNING delivery.id"
            }
        };
        let rows: Vec<_> = received
            .iter()
            .map(|one| (one.delivery, one.from.code(), one.to.code(), &one.why))
            .collect();
        let written = self.conn.query(sql, args![list(&rows), now]).await?;
        written.iter().map(|row| row.int(0)).collect()
    }

    /// Writes what was said of single parts.
    pub async fn write_parts(&mut self, channel: &str, parts: &[(&str, Said)]) -> Result<()> {
        if parts.is_empty() {
            return Ok(());
        }
        let sql: &'static str = match self.dialect() {
            Dialect::Sqlite => {
                "UPDATE receipt SET status = w.status FROM (SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS status \
                 FROM json_each($2)) AS w WHERE receipt.channel = $1 AND receipt.id = w.id"
            }
            Dialect::Postgres => {
                "UPDATE receipt SET status = w.status FROM (SELECT value->>0 AS id, (value->>1)::bigint AS status \
                 FROM json_array_elements($2::json)) AS w WHERE receipt.channel = $1 AND receipt.id = w.id"
            }
        };
        let rows: Vec<_> = parts
            .iter()
            .map(|(id, said)| (id, said.status().code()))
            .collect();
        self.conn.execute(sql, args![channel, list(&rows)]).await?;
        Ok(())
    }

    /// Corrects what a channel has behind it by deliveries of closed dispatches that went from one status to another.
    pub async fn move_tally(
        &mut self,
        channel: &str,
        moved: &BTreeMap<(i64, i64), i64>,
    ) -> Result<()> {
        for ((from, to), deliveries) in moved {
            for (status, change) in [(from, -deliveries), (to, *deliveries)] {
                self.conn
                    .execute(
                        "INSERT INTO channel_tally (channel, status, deliveries) VALUES ($1, $2, $3) \
                         ON CONFLICT (channel, status) DO UPDATE SET deliveries = channel_tally.deliveries + excluded.deliveries",
                        args![channel, *status, change],
                    )
                    .await?;
            }
        }
        Ok(())
    }

    /// Gives up waiting for receipts that are overdue: what was taken stays unknown. Returns the deliveries, by dispatch.
    pub async fn give_up_receipts(
        &mut self,
        now: Moment,
        why: &str,
        limit: u32,
    ) -> Result<BTreeMap<DispatchId, Vec<i64>>> {
        let rows = self
            .conn
            .query(
                "UPDATE delivery SET status = 5, why = $3, receipt_by = NULL WHERE status = 2 AND id IN (SELECT d.id FROM dispatch p \
                 CROSS JOIN delivery d WHERE p.closed_at IS NULL AND p.tried_at IS NOT NULL AND d.dispatch = p.id AND d.receipt_by <= $1 \
                 LIMIT $2) RETURNING dispatch, id",
                args![now, limit, why],
            )
            .await?;
        let mut given_up: BTreeMap<DispatchId, Vec<i64>> = BTreeMap::new();
        for row in &rows {
            given_up
                .entry(dispatch_id(row, 0)?)
                .or_default()
                .push(row.int(1)?);
        }
        Ok(given_up)
    }

    /// When the next receipt is overdue.
    pub async fn next_receipt_due(&mut self) -> Result<Option<Moment>> {
        let rows = self
            .conn
            .query(
                "SELECT MIN((SELECT MIN(d.receipt_by) FROM delivery d WHERE d.dispatch = p.id AND d.receipt_by IS NOT NULL)) \
                 FROM dispatch p WHERE p.closed_at IS NULL AND p.tried_at IS NOT NULL",
                Vec::new(),
            )
            .await?;
        rows.first().map_or(Ok(None), |row| row.opt_moment(0))
    }
}

pub(super) fn dispatch_id(row: &Row, column: usize) -> Result<DispatchId> {
    let id = row.text(column)?;
    id.parse()
        .map_err(|error: BadId| StoreError::broken("delivery", id, error))
}

pub(super) fn status_of(row: &Row, column: usize, of: i64) -> Result<DeliveryStatus> {
    let code = row.int(column)?;
    DeliveryStatus::from_code(code)
        .ok_or_else(|| StoreError::broken("delivery", of, format!("status {code}")))
}

fn expecting_of(row: &Row) -> Result<Expecting> {
    let id = row.int(0)?;
    let broken = |what: String| StoreError::broken("delivery", id, what);
    Ok(Expecting {
        delivery: id,
        dispatch: dispatch_id(row, 1)?,
        status: status_of(row, 2, id)?,
        tries: u32::try_from(row.int(3)?).map_err(|e| broken(e.to_string()))?,
        is_tried: row.opt_int(4)?.is_some() || row.opt_int(5)?.is_some(),
        is_closed: row.opt_int(5)?.is_some(),
    })
}
