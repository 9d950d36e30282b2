//! Dispatches: one text on its way to one channel. They are expanded, perhaps stopped, and closed.

use std::collections::BTreeSet;

use super::{Dialect, Result, Row, StoreError, Tx};
use crate::args;
use crate::domain::bulletin::REMINDERS_FROM;
use crate::domain::delivery::{Dispatch, DispatchState, Lane};
use crate::domain::time::Moment;
use crate::id::{DispatchId, ReleaseId};

/// Deliveries cancelled in one transaction: small enough that others wait only milliseconds for the writer.
const CANCEL_CHUNK: u32 = 1_000;

impl Tx {
    /// Adds a dispatch; one that stands for the same (release, version, channel) already is left as it is.
    pub async fn add_dispatch(&mut self, dispatch: &Dispatch) -> Result<bool> {
        let added = self
            .conn
            .execute(
                "INSERT INTO dispatch (id, release, version, channel, lane, created_at, after, expanded, chunk_cursor) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0) ON CONFLICT (release, version, channel) DO NOTHING",
                args![
                    dispatch.id.as_str(),
                    dispatch.release.as_str(),
                    dispatch.version,
                    dispatch.channel.as_str(),
                    dispatch.lane.code(),
                    dispatch.created_at,
                    dispatch.after.as_ref().map(DispatchId::as_str)
                ],
            )
            .await?;
        Ok(added > 0)
    }

    /// The dispatches of its texts; what reminds people of it is not among them.
    pub async fn dispatches_of(&mut self, release: &ReleaseId) -> Result<Vec<Dispatch>> {
        let rows = self
            .conn
            .query(
                "SELECT id, release, version, channel, lane, created_at, after, expanded, chunk_cursor FROM dispatch \
                 WHERE release = $1 AND version < $2 ORDER BY created_at, id",
                args![release.as_str(), REMINDERS_FROM],
            )
            .await?;
        rows.iter().map(dispatch_of).collect()
    }

    pub async fn dispatch(&mut self, id: &DispatchId) -> Result<Option<Dispatch>> {
        let rows = self
            .conn
            .query(
                "SELECT id, release, version, channel, lane, created_at, after, expanded, chunk_cursor FROM dispatch WHERE id = $1",
                args![id.as_str()],
            )
            .await?;
        rows.first().map(dispatch_of).transpose()
    }

    /// The dispatches whose audience is not yet all rows, urgent ones first.
    pub async fn dispatches_to_expand(&mut self, limit: u32) -> Result<Vec<Dispatch>> {
        let rows = self
            .conn
            .query(
                "SELECT id, release, version, channel, lane, created_at, after, expanded, chunk_cursor FROM dispatch \
                 WHERE expanded = 0 ORDER BY lane, created_at, id LIMIT $1",
                args![limit],
            )
            .await?;
        rows.iter().map(dispatch_of).collect()
    }

    /// Moves a dispatch's cursor from `from` on; false when somebody else moved it meanwhile.
    pub async fn advance_dispatch(
        &mut self,
        id: &DispatchId,
        from: i64,
        to: DispatchState,
    ) -> Result<bool> {
        let (expanded, cursor) = match to {
            DispatchState::Expanding { cursor } => (0i64, cursor),
            DispatchState::Expanded => (1, from),
        };
        let changed = self
            .conn
            .execute(
                "UPDATE dispatch SET expanded = $1, chunk_cursor = $2 WHERE id = $3 AND chunk_cursor = $4 AND expanded = 0",
                args![expanded, cursor, id.as_str(), from],
            )
            .await?;
        Ok(changed > 0)
    }

    /// The channels that have something to send, or had and are not closed yet: mostly none.
    pub async fn channels_at_work(&mut self) -> Result<BTreeSet<String>> {
        let sql = "SELECT DISTINCT channel FROM dispatch WHERE closed_at IS NULL";
        let rows = self.conn.query(sql, Vec::new()).await?;
        rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
    }

    /// Expanded dispatches of which nothing waits for a try any more; from here on they count as tried.
    pub async fn tried_dispatches(&mut self, now: Moment, limit: u32) -> Result<Vec<Dispatch>> {
        // As a value and not as NOT EXISTS: PostgreSQL would rather join, reading every delivery there is.
        let rows = self
            .conn
            .query(
                "UPDATE dispatch SET tried_at = $1 WHERE tried_at IS NULL AND id IN (SELECT p.id FROM dispatch p \
                 WHERE p.closed_at IS NULL AND p.tried_at IS NULL AND p.expanded = 1 \
                 AND (SELECT d.id FROM delivery d WHERE d.dispatch = p.id AND d.status < 2 LIMIT 1) IS NULL \
                 ORDER BY p.created_at, p.id LIMIT $2) \
                 RETURNING id, release, version, channel, lane, created_at, after, expanded, chunk_cursor",
                args![now, limit],
            )
            .await?;
        in_order(&rows)
    }

    /// Tried dispatches of which every delivery is final and that nobody has closed; they are closed here. What stands in for
    /// another one stays open as long as that, for more may come.
    pub async fn close_dispatches(&mut self, now: Moment, limit: u32) -> Result<Vec<Dispatch>> {
        let rows = self
            .conn
            .query(
                "UPDATE dispatch SET closed_at = $1 WHERE closed_at IS NULL AND id IN (SELECT p.id FROM dispatch p \
                 WHERE p.closed_at IS NULL AND p.tried_at IS NOT NULL \
                 AND (SELECT d.id FROM delivery d WHERE d.dispatch = p.id AND d.receipt_by IS NOT NULL LIMIT 1) IS NULL \
                 AND (SELECT o.id FROM dispatch o WHERE o.id = p.stands_in_for AND o.closed_at IS NULL) IS NULL \
                 ORDER BY p.created_at, p.id LIMIT $2) \
                 RETURNING id, release, version, channel, lane, created_at, after, expanded, chunk_cursor",
                args![now, limit],
            )
            .await?;
        let closed = in_order(&rows)?;
        self.tally(&closed).await?;
        Ok(closed)
    }

    /// Adds what became of closed dispatches to what their channels have behind them.
    async fn tally(&mut self, closed: &[Dispatch]) -> Result<()> {
        let mut closed: Vec<&Dispatch> = closed.iter().collect();
        // In one order, so that two that close at the same time never wait for each other.
        closed.sort_by(|a, b| a.channel.cmp(&b.channel));
        for dispatch in closed {
            self.conn
                .execute(
                    "INSERT INTO channel_tally (channel, status, deliveries) SELECT CAST($1 AS TEXT), status, COUNT(*) \
                     FROM delivery WHERE dispatch = $2 GROUP BY status ORDER BY status \
                     ON CONFLICT (channel, status) DO UPDATE SET deliveries = channel_tally.deliveries + excluded.deliveries",
                    args![dispatch.channel.as_str(), dispatch.id.as_str()],
                )
                .await?;
        }
        Ok(())
    }

    /// Whether there is a dispatch to be called tried or closed, or a receipt that is overdue.
    pub async fn has_dispatches_to_close(&mut self, now: Moment) -> Result<bool> {
        let rows = self
            .conn
            .query(
                "SELECT p.created_at FROM dispatch p WHERE p.closed_at IS NULL AND p.expanded = 1 AND \
                 CASE WHEN p.tried_at IS NULL THEN (SELECT d.id FROM delivery d WHERE d.dispatch = p.id AND d.status < 2 LIMIT 1) IS NULL \
                 ELSE ((SELECT MIN(d.receipt_by) FROM delivery d WHERE d.dispatch = p.id AND d.receipt_by IS NOT NULL) IS NULL \
                 AND (SELECT o.id FROM dispatch o WHERE o.id = p.stands_in_for AND o.closed_at IS NULL) IS NULL) \
                 OR (SELECT MIN(d.receipt_by) FROM delivery d WHERE d.dispatch = p.id AND d.receipt_by IS NOT NULL) <= $1 END LIMIT 1",
                args![now],
            )
            .await?;
        Ok(!rows.is_empty())
    }

    /// Adds the dispatch by which another channel takes over what `earlier` gives up; false where this channel carries the
    /// same text already.
    pub async fn add_stand_in(&mut self, next: &Dispatch, earlier: &DispatchId) -> Result<bool> {
        if !self.add_dispatch(next).await? {
            return Ok(false);
        }
        self.conn
            .execute(
                "UPDATE dispatch SET stands_in_for = $1 WHERE id = $2",
                args![earlier.as_str(), next.id.as_str()],
            )
            .await?;
        Ok(true)
    }

    /// The dispatch that has taken over what `earlier` gave up.
    pub async fn stand_in(&mut self, earlier: &DispatchId) -> Result<Option<Dispatch>> {
        let rows = self
            .conn
            .query(
                "SELECT id, release, version, channel, lane, created_at, after, expanded, chunk_cursor FROM dispatch WHERE stands_in_for = $1",
                args![earlier.as_str()],
            )
            .await?;
        rows.first().map(dispatch_of).transpose()
    }

    /// Stops a dispatch because its text was overtaken: nothing more of it is expanded, leased or sent from this
    /// transaction on. Its waiting deliveries are cancelled a chunk at a time, the first here and the others by
    /// [`Tx::cancel_stopped`]. Returns how many will not be sent.
    pub async fn stop_dispatch(&mut self, id: &DispatchId, now: Moment, why: &str) -> Result<u64> {
        // First this row: whoever is expanding it now either comes before and is seen below, or finds it stopped.
        self.conn
            .execute(
                "UPDATE dispatch SET stopped_at = $1, stopped_why = $2, expanded = 1 WHERE id = $3 AND stopped_at IS NULL",
                args![now, why, id.as_str()],
            )
            .await?;
        let rows = self
            .conn
            .query(
                "SELECT COUNT(*) FROM delivery WHERE dispatch = $1 AND status = 0",
                args![id.as_str()],
            )
            .await?;
        let waiting = rows.first().map(|row| row.int(0)).transpose()?.unwrap_or(0);
        self.cancel_stopped(now).await?;
        Ok(u64::try_from(waiting).unwrap_or(0))
    }

    /// The dispatches that were stopped and still have deliveries under way.
    pub async fn stopped_dispatches(&mut self) -> Result<Vec<DispatchId>> {
        let rows = self
            .conn
            .query(
                "SELECT id FROM dispatch WHERE closed_at IS NULL AND stopped_at IS NOT NULL",
                Vec::new(),
            )
            .await?;
        rows.iter()
            .map(|row| {
                let id = row.text(0)?;
                id.parse().map_err(|error| {
                    let error: crate::id::BadId = error;
                    StoreError::broken("dispatch", id, error)
                })
            })
            .collect()
    }

    /// Cancels one chunk of the deliveries that wait in stopped dispatches; one that may have arrived becomes unknown.
    /// Returns how many.
    pub async fn cancel_stopped(&mut self, now: Moment) -> Result<u64> {
        // CROSS JOIN: SQLite then begins with the few dispatches, and not with every delivery there is.
        let sql = match self.dialect() {
            Dialect::Sqlite => {
                "UPDATE delivery SET status = CASE WHEN ambiguous > 0 THEN 5 ELSE 7 END, done_at = $1, \
                 why = (SELECT p.stopped_why FROM dispatch p WHERE p.id = delivery.dispatch) \
                 WHERE id IN (SELECT d.id FROM dispatch p CROSS JOIN delivery d \
                 WHERE d.dispatch = p.id AND d.status = 0 AND p.closed_at IS NULL AND p.stopped_at IS NOT NULL LIMIT $2)"
            }
            Dialect::Postgres => {
                "UPDATE delivery SET status = CASE WHEN ambiguous > 0 THEN 5 ELSE 7 END, done_at = $1, \
                 why = (SELECT p.stopped_why FROM dispatch p WHERE p.id = delivery.dispatch) \
                 WHERE id IN (SELECT d.id FROM dispatch p CROSS JOIN delivery d \
                 WHERE d.dispatch = p.id AND d.status = 0 AND p.closed_at IS NULL AND p.stopped_at IS NOT NULL LIMIT $2 FOR UPDATE OF d SKIP LOCKED)"
            }
        };
        self.conn.execute(sql, args![now, CANCEL_CHUNK]).await
    }
}

/// The dispatches of what RETURNING gives in any order; what follows from one is journalled before the next.
fn in_order(rows: &[Row]) -> Result<Vec<Dispatch>> {
    let mut found: Vec<Dispatch> = rows.iter().map(dispatch_of).collect::<Result<_>>()?;
    found.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
    Ok(found)
}

fn dispatch_of(row: &Row) -> Result<Dispatch> {
    let id = row.text(0)?;
    let broken = |what: String| StoreError::broken("dispatch", id, what);
    let lane = row.int(4)?;
    Ok(Dispatch {
        id: id
            .parse()
            .map_err(|e: crate::id::BadId| broken(e.to_string()))?,
        release: row
            .text(1)?
            .parse()
            .map_err(|e: crate::id::BadId| broken(e.to_string()))?,
        version: u32::try_from(row.int(2)?).map_err(|e| broken(e.to_string()))?,
        channel: row.text(3)?.to_owned(),
        lane: Lane::ALL
            .into_iter()
            .find(|l| l.code() == lane)
            .ok_or_else(|| broken(format!("lane {lane}")))?,
        created_at: row.moment(5)?,
        after: row
            .opt_text(6)?
            .map(|after| {
                after
                    .parse()
                    .map_err(|e: crate::id::BadId| broken(e.to_string()))
            })
            .transpose()?,
        state: if row.int(7)? == 0 {
            DispatchState::Expanding {
                cursor: row.int(8)?,
            }
        } else {
            DispatchState::Expanded
        },
    })
}
