//! Receipts that came before what they are about was written down.

use super::receipt::status_of;
use super::{Heard, Result, Row, StoreError, Tx};
use crate::args;
use crate::domain::delivery::{Named, Receipt, Said};
use crate::domain::time::Moment;

/// Receipts by a channel's own names that are kept at once.
const KEPT: i64 = 10_000;

/// A receipt that matched nothing when it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Early {
    pub channel: String,
    pub receipt: Receipt,
}

impl Tx {
    /// Keeps receipts that match nothing yet, each with its delivery if it named one; for those there always is room. Returns
    /// how many there was none for.
    pub async fn keep_early(
        &mut self,
        channel: &str,
        receipts: &[(&Receipt, Option<i64>)],
        now: Moment,
    ) -> Result<usize> {
        if receipts.is_empty() {
            return Ok(0);
        }
        let sql = "SELECT COUNT(*) FROM receipt_early WHERE channel = $1 AND delivery IS NULL";
        let rows = self.conn.query(sql, args![channel]).await?;
        let kept = rows.first().map_or(Ok(0), |row| row.int(0))?;
        let room = usize::try_from(KEPT - kept).unwrap_or(0);
        let (sure, others): (Vec<_>, Vec<_>) =
            receipts.iter().copied().partition(|(_, of)| of.is_some());
        let rows: Vec<_> = sure
            .into_iter()
            .chain(others.iter().copied().take(room))
            .map(|(receipt, delivery)| {
                let (Named::Key(name) | Named::Id(name)) = &receipt.of;
                let status = receipt.said.status().code();
                args![
                    channel,
                    name.as_str(),
                    status,
                    delivery,
                    receipt.why.as_deref(),
                    now
                ]
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
        Ok(others.len().saturating_sub(room))
    }

    /// Whether any early receipt is kept.
    pub async fn has_early(&mut self) -> Result<bool> {
        let sql = "SELECT channel FROM receipt_early LIMIT 1";
        Ok(!self.conn.query(sql, Vec::new()).await?.is_empty())
    }

    /// Whether any early receipt may match something by now, or came before `before`.
    pub async fn has_ripe_early(&mut self, before: Moment) -> Result<bool> {
        let sql = "SELECT channel FROM receipt_early WHERE came_at < $1 LIMIT 1";
        Ok(self.has_early().await?
            && (!self.matchable_early(1).await?.is_empty()
                || !self.conn.query(sql, args![before]).await?.is_empty()))
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
            let strays = Heard {
                strays: row.int(1)?,
                ..Heard::default()
            };
            self.add_heard(row.text(0)?, strays).await?;
        }
        if strays.is_empty() {
            return Ok(0);
        }
        self.conn
            .execute(
                "DELETE FROM receipt_early WHERE came_at < $1",
                args![before],
            )
            .await
    }
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
