//! What was heard of each channel's receipts on the whole, what of it people were told, and what is still awaited.

use std::collections::BTreeMap;

use super::receipt::dispatch_id;
use super::{Result, Tx};
use crate::args;
use crate::domain::delivery::DeliveryStatus;
use crate::domain::time::Moment;
use crate::id::DispatchId;

/// What was heard of a channel's receipts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Heard {
    /// Were about nothing that was ever sent.
    pub strays: i64,
    /// Said nothing that the channel's file knows.
    pub ignored: i64,
    /// When one was last about a text.
    pub heard_at: Option<Moment>,
    /// When people were last told that none comes.
    pub silence_told_at: Option<Moment>,
}

/// An open dispatch that waits for receipts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaiting {
    pub dispatch: DispatchId,
    pub channel: String,
    /// When the first of them is overdue.
    pub first_by: Moment,
}

/// What receipts have made of a dispatch that was counted already.
pub type Late = BTreeMap<DispatchId, BTreeMap<String, i64>>;

impl Tx {
    /// Adds counts to what was heard of a channel, and moves on the moments that are given.
    pub async fn add_heard(&mut self, channel: &str, more: Heard) -> Result<()> {
        if more == Heard::default() {
            return Ok(());
        }
        self.conn
            .execute(
                "INSERT INTO receipt_heard (channel, strays, ignored, heard_at, silence_told_at) VALUES ($1, $2, $3, $4, $5) \
                 ON CONFLICT (channel) DO UPDATE SET strays = receipt_heard.strays + excluded.strays, \
                 ignored = receipt_heard.ignored + excluded.ignored, heard_at = COALESCE(excluded.heard_at, receipt_heard.heard_at), \
                 silence_told_at = COALESCE(excluded.silence_told_at, receipt_heard.silence_told_at)",
                args![channel, more.strays, more.ignored, more.heard_at, more.silence_told_at],
            )
            .await?;
        Ok(())
    }

    /// What was heard of each channel's receipts; nothing of a channel that has heard none.
    pub async fn heard(&mut self) -> Result<BTreeMap<String, Heard>> {
        let sql = "SELECT channel, strays, ignored, heard_at, silence_told_at FROM receipt_heard";
        let rows = self.conn.query(sql, Vec::new()).await?;
        rows.iter()
            .map(|row| {
                let heard = Heard {
                    strays: row.int(1)?,
                    ignored: row.int(2)?,
                    heard_at: row.opt_moment(3)?,
                    silence_told_at: row.opt_moment(4)?,
                };
                Ok((row.text(0)?.to_owned(), heard))
            })
            .collect()
    }

    /// The open dispatches that wait for receipts.
    pub async fn awaiting(&mut self) -> Result<Vec<Awaiting>> {
        let rows = self
            .conn
            .query(
                "SELECT p.id, p.channel, (SELECT MIN(d.receipt_by) FROM delivery d WHERE d.dispatch = p.id AND d.receipt_by IS NOT NULL) \
                 FROM dispatch p WHERE p.closed_at IS NULL ORDER BY p.created_at, p.id",
                Vec::new(),
            )
            .await?;
        let mut found = Vec::new();
        for row in &rows {
            if let Some(first_by) = row.opt_moment(2)? {
                found.push(Awaiting {
                    dispatch: dispatch_id(row, 0)?,
                    channel: row.text(1)?.to_owned(),
                    first_by,
                });
            }
        }
        Ok(found)
    }

    /// How many deliveries of a dispatch wait for a receipt, and how many of these, as far as `most`, the provider has given no
    /// name by which one could speak of them.
    pub async fn awaited(&mut self, dispatch: &DispatchId, most: u32) -> Result<(i64, i64)> {
        let rows = self
            .conn
            .query(
                "SELECT (SELECT COUNT(*) FROM delivery WHERE dispatch = $1 AND receipt_by IS NOT NULL), COUNT(*) FROM (\
                 SELECT d.id FROM delivery d WHERE d.dispatch = $1 AND d.receipt_by IS NOT NULL \
                 AND NOT EXISTS (SELECT 1 FROM receipt r WHERE r.delivery = d.id) LIMIT $2) AS unnamed",
                args![dispatch.as_str(), most],
            )
            .await?;
        rows.first()
            .map_or(Ok((0, 0)), |row| Ok((row.int(0)?, row.int(1)?)))
    }

    /// Remembers what receipts have made of a closed dispatch, for the journal.
    pub async fn add_late(
        &mut self,
        dispatch: &DispatchId,
        status: DeliveryStatus,
        deliveries: i64,
        now: Moment,
    ) -> Result<()> {
        self.conn
            .execute(
                "INSERT INTO receipt_late (dispatch, status, deliveries, since) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (dispatch, status) DO UPDATE SET deliveries = receipt_late.deliveries + excluded.deliveries",
                args![dispatch.as_str(), status.code(), deliveries, now],
            )
            .await?;
        Ok(())
    }

    /// Takes what is remembered of dispatches since `before` or longer.
    pub async fn take_late(&mut self, before: Moment) -> Result<Late> {
        let rows = self
            .conn
            .query(
                "DELETE FROM receipt_late WHERE dispatch IN (SELECT dispatch FROM receipt_late WHERE since <= $1) \
                 RETURNING dispatch, status, deliveries",
                args![before],
            )
            .await?;
        let mut late = Late::new();
        for row in &rows {
            let status = super::receipt::status_of(row, 1, 0)?;
            let of_dispatch = late.entry(dispatch_id(row, 0)?).or_default();
            of_dispatch.insert(status.name().to_owned(), row.int(2)?);
        }
        Ok(late)
    }

    /// Notes that deliveries of a dispatch were given up, until somebody has looked at how many.
    pub async fn note_loss(&mut self, dispatch: &DispatchId, now: Moment) -> Result<()> {
        let sql = "UPDATE dispatch SET losing_at = $2 WHERE id = $1 AND losing_at IS NULL AND loss_told_at IS NULL";
        self.conn
            .execute(sql, args![dispatch.as_str(), now])
            .await?;
        Ok(())
    }

    /// The dispatches that have given up deliveries since `before` or longer, and that nobody has looked at.
    pub async fn losing(&mut self, before: Moment) -> Result<Vec<DispatchId>> {
        let sql = "SELECT id FROM dispatch WHERE losing_at <= $1 ORDER BY losing_at, id";
        let rows = self.conn.query(sql, args![before]).await?;
        rows.iter().map(|row| dispatch_id(row, 0)).collect()
    }

    /// Notes that somebody has looked at what a dispatch has given up, and, with `told`, that people know of it.
    pub async fn loss_seen(&mut self, dispatch: &DispatchId, told: Option<Moment>) -> Result<()> {
        let sql = "UPDATE dispatch SET losing_at = NULL, loss_told_at = $2 WHERE id = $1";
        self.conn
            .execute(sql, args![dispatch.as_str(), told])
            .await?;
        Ok(())
    }

    /// What was said of one of the deliveries that a dispatch has given up.
    pub async fn a_loss(&mut self, dispatch: &DispatchId) -> Result<Option<String>> {
        let sql = "SELECT why FROM delivery WHERE dispatch = $1 AND status IN (4, 5) AND why IS NOT NULL LIMIT 1";
        let rows = self.conn.query(sql, args![dispatch.as_str()]).await?;
        rows.first()
            .map_or(Ok(None), |row| Ok(row.opt_text(0)?.map(str::to_owned)))
    }

    /// Since when late receipts wait for the journal, and losses to be looked at.
    pub async fn waits_to_be_told(&mut self) -> Result<(Option<Moment>, Option<Moment>)> {
        let sql = "SELECT (SELECT MIN(since) FROM receipt_late), (SELECT MIN(losing_at) FROM dispatch WHERE losing_at IS NOT NULL)";
        let rows = self.conn.query(sql, Vec::new()).await?;
        rows.first().map_or(Ok((None, None)), |row| {
            Ok((row.opt_moment(0)?, row.opt_moment(1)?))
        })
    }
}
