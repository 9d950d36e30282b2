//! What the tables hold that goes on by itself: in one look, since mostly there is nothing, and a look at each table costs
//! as much as the work would.

use super::{Result, Tx};
use crate::args;
use crate::domain::time::Moment;

/// Which loops have something to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agenda {
    /// A release, a rhythm or a turn is due.
    pub time: bool,
    /// A wish for a second person is to be told of again, or its time is over.
    pub lapse: bool,
    /// A dispatch is to be expanded, or one that was stopped to be cleared.
    pub expansion: bool,
    /// A dispatch is open: it may have something to send, to hear or to close.
    pub open: bool,
    /// Receipts or losses wait to be looked at.
    pub news: bool,
}

impl Tx {
    /// What is to be done by `now`.
    pub async fn agenda(&mut self, now: Moment) -> Result<Agenda> {
        let rows = self
            .conn
            .query(
                "SELECT EXISTS (SELECT 1 FROM release WHERE wake_at <= $1) OR EXISTS (SELECT 1 FROM series WHERE next_at <= $1) \
                 OR EXISTS (SELECT 1 FROM release_turn WHERE told_at IS NULL AND since <= $1), \
                 EXISTS (SELECT 1 FROM asked WHERE decided_at IS NULL AND ends_at <= $1), \
                 EXISTS (SELECT 1 FROM dispatch WHERE expanded = 0) OR EXISTS (SELECT 1 FROM dispatch p \
                 WHERE p.closed_at IS NULL AND p.stopped_at IS NOT NULL \
                 AND (SELECT d.id FROM delivery d WHERE d.dispatch = p.id AND d.status = 0 LIMIT 1) IS NOT NULL), \
                 EXISTS (SELECT 1 FROM dispatch WHERE closed_at IS NULL), \
                 EXISTS (SELECT 1 FROM receipt_early) OR EXISTS (SELECT 1 FROM receipt_late) \
                 OR EXISTS (SELECT 1 FROM dispatch WHERE losing_at IS NOT NULL)",
                args![now],
            )
            .await?;
        let is = |column: usize| -> Result<bool> {
            rows.first()
                .map_or(Ok(false), |row| Ok(row.int(column)? != 0))
        };
        Ok(Agenda {
            time: is(0)?,
            lapse: is(1)?,
            expansion: is(2)?,
            open: is(3)?,
            news: is(4)?,
        })
    }
}
