//! Receipts: the names that providers have for what was sent, what was said of them, and what came too early.

use std::collections::{BTreeMap, BTreeSet};

use super::delivery::list;
use super::{Dialect, Result, Row, StoreError, Tx};
use crate::args;
use crate::domain::delivery::{DeliveryStatus, Named, Receipt, Said};
use crate::domain::time::Moment;
use crate::id::DispatchId;

/// Early receipts that are kept at once; what comes beyond that is counted as a stray.
const KEPT: i64 = 10_000;

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

/// A receipt that matched nothing when it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Early {
    pub channel: String,
    pub receipt: Receipt,
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

    /// Keeps receipts that match nothing yet, each with its delivery if it named one. Returns how many there was no room for.
    pub async fn keep_early(
        &mut self,
        channel: &str,
        receipts: &[(&Receipt, Option<i64>)],
        now: Moment,
    ) -> Result<usize> {
        if receipts.is_empty() {
            return Ok(0);
        }
        let sql = "SELECT COUNT(*) FROM receipt_early";
        let rows = self.conn.query(sql, Vec::new()).await?;
        let kept = rows.first().map_or(Ok(0), |row| row.int(0))?;
        let room = usize::try_from(KEPT - kept).unwrap_or(0);
        let rows: Vec<_> = receipts
            .iter()
            .take(room)
            .map(|(receipt, delivery)| {
                let (Named::Key(name) | Named::Id(name)) = &receipt.of;
                let status = receipt.said.status().code();
                args![channel, name.as_str(), status, *delivery, receipt.why.as_deref(), now]
            })
            .collect();
        if !rows.is_empty() {
            self.conn
                .insert_many(
                    "INSERT INTO receipt_early (channel, name, status, delivery, why, came_at) VALUES",
                    rows,
                    "ON CONFLICT (channel, name, status) DO NOTHING",
                )
                .await?;
        }
        Ok(receipts.len().saturating_sub(room))
    }

    /// Whether any early receipt is kept.
    pub async fn has_early(&mut self) -> Result<bool> {
        let sql = "SELECT channel FROM receipt_early LIMIT 1";
        Ok(!self.conn.query(sql, Vec::new()).await?.is_empty())
    }

    /// Early receipts that may match something by now.
    pub async fn matchable_early(&mut self, limit: u32) -> Result<Vec<Early>> {
        let rows = self
            .conn
            .query(
                "SELECT e.channel, e.name, e.status, e.delivery, e.why FROM receipt_early e WHERE \
                 (e.delivery IS NOT NULL AND (SELECT d.status FROM delivery d WHERE d.id = e.delivery) <> 1) OR \
                 (e.delivery IS NULL AND EXISTS (SELECT 1 FROM receipt r JOIN delivery d ON d.id = r.delivery \
                 WHERE r.channel = e.channel AND r.id = e.name AND d.status <> 1)) ORDER BY e.came_at, e.channel, e.name LIMIT $1",
                args![limit],
            )
            .await?;
        rows.iter().map(early_of).collect()
    }

    /// Forgets an early receipt.
    pub async fn forget_early(&mut self, channel: &str, receipt: &Receipt) -> Result<()> {
        let (Named::Key(name) | Named::Id(name)) = &receipt.of;
        let args = args![channel, name.as_str(), receipt.said.status().code()];
        self.conn
            .execute(
                "DELETE FROM receipt_early WHERE channel = $1 AND name = $2 AND status = $3",
                args,
            )
            .await?;
        Ok(())
    }

    /// Gives up early receipts that came before `before`, and counts them as strays. Returns how many there were.
    pub async fn give_up_early(&mut self, before: Moment) -> Result<u64> {
        let strays = self
            .conn
            .query(
                "SELECT channel, COUNT(*) FROM receipt_early WHERE came_at < $1 GROUP BY channel ORDER BY channel",
                args![before],
            )
            .await?;
        for row in &strays {
            self.count_strays(row.text(0)?, row.int(1)?).await?;
        }
        if strays.is_empty() {
            return Ok(0);
        }
        self.conn
            .execute("DELETE FROM receipt_early WHERE came_at < $1", args![before])
            .await
    }

    /// Counts receipts that are about nothing that was ever sent.
    pub async fn count_strays(&mut self, channel: &str, receipts: i64) -> Result<()> {
        if receipts > 0 {
            self.conn
                .execute(
                    "INSERT INTO receipt_stray (channel, receipts) VALUES ($1, $2) \
                     ON CONFLICT (channel) DO UPDATE SET receipts = receipt_stray.receipts + excluded.receipts",
                    args![channel, receipts],
                )
                .await?;
        }
        Ok(())
    }

    /// How many receipts of each channel were about nothing that was ever sent.
    pub async fn stray_receipts(&mut self) -> Result<BTreeMap<String, i64>> {
        let sql = "SELECT channel, receipts FROM receipt_stray";
        let rows = self.conn.query(sql, Vec::new()).await?;
        rows.iter()
            .map(|row| Ok((row.text(0)?.to_owned(), row.int(1)?)))
            .collect()
    }

    /// Gives up waiting for receipts that are overdue: what was taken stays unknown. Returns the dispatches that they are of.
    pub async fn give_up_receipts(
        &mut self,
        now: Moment,
        why: &str,
        limit: u32,
    ) -> Result<BTreeSet<String>> {
        let rows = self
            .conn
            .query(
                "UPDATE delivery SET status = 5, why = $3, receipt_by = NULL WHERE status = 2 AND id IN (SELECT d.id FROM dispatch p \
                 CROSS JOIN delivery d WHERE p.closed_at IS NULL AND p.tried_at IS NOT NULL AND d.dispatch = p.id AND d.receipt_by <= $1 \
                 LIMIT $2) RETURNING dispatch",
                args![now, limit, why],
            )
            .await?;
        rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
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

fn status_of(row: &Row, column: usize, of: i64) -> Result<DeliveryStatus> {
    let code = row.int(column)?;
    DeliveryStatus::from_code(code)
        .ok_or_else(|| StoreError::broken("delivery", of, format!("status {code}")))
}

fn expecting_of(row: &Row) -> Result<Expecting> {
    let id = row.int(0)?;
    let broken = |what: String| StoreError::broken("delivery", id, what);
    Ok(Expecting {
        delivery: id,
        dispatch: row
            .text(1)?
            .parse()
            .map_err(|e: crate::id::BadId| broken(e.to_string()))?,
        status: status_of(row, 2, id)?,
        tries: u32::try_from(row.int(3)?).map_err(|e| broken(e.to_string()))?,
        is_tried: row.opt_int(4)?.is_some() || row.opt_int(5)?.is_some(),
        is_closed: row.opt_int(5)?.is_some(),
    })
}

fn early_of(row: &Row) -> Result<Early> {
    let name = row.text(1)?.to_owned();
    let said = Said::of_status(status_of(row, 2, 0)?)
        .ok_or_else(|| StoreError::broken("receipt_early", &name, "no such state"))?;
    Ok(Early {
        channel: row.text(0)?.to_owned(),
        receipt: Receipt {
            of: match row.opt_int(3)? {
                Some(_) => Named::Key(name),
                None => Named::Id(name),
            },
            said,
            why: row.opt_text(4)?.map(str::to_owned),
        },
    })
}
