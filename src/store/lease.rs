//! Leases: a delivery belongs to one courier while it is tried, and to nobody once the lease runs out.

use super::delivery::list;
use super::{Dialect, Result, Row, StoreError, Tx};
use crate::args;
use crate::domain::bulletin::Language;
use crate::domain::delivery::{Lane, Leased};
use crate::domain::time::Moment;

/// Due deliveries that one look for work goes through. However many wait for something else, it costs no more.
const WINDOW: u32 = 1_000;

impl Tx {
    /// Leases up to `limit` deliveries of `channel` that are due, urgent ones first, for `holder` until `until`.
    pub async fn lease(
        &mut self,
        channel: &str,
        holder: &str,
        now: Moment,
        until: Moment,
        limit: u32,
    ) -> Result<Vec<Leased>> {
        self.lease_of(channel, holder, now, until, limit, limit)
            .await
    }

    /// As [`Tx::lease`] with the limit `of`, but takes only the first `limit`: for whom the rest would only come back.
    ///
    /// # Errors
    /// As [`Tx::lease`].
    pub async fn lease_of(
        &mut self,
        channel: &str,
        holder: &str,
        now: Moment,
        until: Moment,
        limit: u32,
        of: u32,
    ) -> Result<Vec<Leased>> {
        let sql: &'static str = match self.dialect() {
            Dialect::Sqlite => {
                "UPDATE delivery SET status = 1, attempts = attempts + 1, fence = fence + 1, lease_until = $1, holder = $2 \
                 WHERE id IN (SELECT d.id FROM (SELECT id, dispatch, address, after FROM delivery \
                 WHERE channel = $3 AND lane = $4 AND status = 0 AND next_at <= $5 ORDER BY next_at, id LIMIT $7) AS d \
                 WHERE NOT EXISTS (SELECT 1 FROM dispatch p WHERE p.id = d.dispatch AND p.stopped_at IS NOT NULL) \
                 AND NOT EXISTS (SELECT 1 FROM delivery e WHERE e.dispatch = d.after AND e.address = d.address AND e.status < 2) \
                 LIMIT $6) RETURNING id, dispatch, address, language, attempts, fence, first_at, ambiguous, earlier"
            }
            Dialect::Postgres => {
                "UPDATE delivery SET status = 1, attempts = attempts + 1, fence = fence + 1, lease_until = $1, holder = $2 \
                 WHERE id IN (SELECT d.id FROM (SELECT id, dispatch, address, after FROM delivery \
                 WHERE channel = $3 AND lane = $4 AND status = 0 AND next_at <= $5 ORDER BY next_at, id LIMIT $7 FOR UPDATE SKIP LOCKED) AS d \
                 WHERE (SELECT p.stopped_at FROM dispatch p WHERE p.id = d.dispatch) IS NULL \
                 AND (d.after IS NULL OR (SELECT e.id FROM delivery e WHERE e.dispatch = d.after AND e.address = d.address AND e.status < 2) IS NULL) \
                 LIMIT $6) RETURNING id, dispatch, address, language, attempts, fence, first_at, ambiguous, earlier"
            }
        };
        let mut leased = Vec::new();
        let mut left = of;
        for lane in self.lanes_due(channel, now).await? {
            if left == 0 {
                break;
            }
            let window = WINDOW.max(left);
            let first = leased.len();
            let room = limit.saturating_sub(u32::try_from(first).unwrap_or(u32::MAX));
            let (rows, found) = if room < left {
                let ids = self.leasable(channel, lane, now, left, window).await?;
                let taken = &ids[..ids.len().min(room as usize)];
                (self.lease_these(taken, holder, until).await?, ids.len())
            } else {
                let args = args![until, holder, channel, lane.code(), now, left, window];
                let rows = self.conn.query(sql, args).await?;
                let found = rows.len();
                (rows, found)
            };
            for row in &rows {
                leased.push(leased_of(row, lane)?);
            }
            // RETURNING promises no order.
            leased[first..].sort_unstable_by_key(|one| one.id);
            let found = u32::try_from(found).unwrap_or(u32::MAX);
            if found < left {
                self.clear_the_way(channel, lane, now).await?;
            }
            left = left.saturating_sub(found);
        }
        Ok(leased)
    }

    /// The deliveries of a lane that could be leased now, at most `most`, in the order in which they were made.
    async fn leasable(
        &mut self,
        channel: &str,
        lane: Lane,
        now: Moment,
        most: u32,
        window: u32,
    ) -> Result<Vec<i64>> {
        let rows = self
            .conn
            .query(
                "SELECT d.id FROM (SELECT id, dispatch, address, after FROM delivery \
                 WHERE channel = $1 AND lane = $2 AND status = 0 AND next_at <= $3 ORDER BY next_at, id LIMIT $5) AS d \
                 WHERE (SELECT p.stopped_at FROM dispatch p WHERE p.id = d.dispatch) IS NULL \
                 AND (d.after IS NULL OR (SELECT e.id FROM delivery e WHERE e.dispatch = d.after AND e.address = d.address AND e.status < 2) IS NULL) \
                 LIMIT $4",
                args![channel, lane.code(), now, most, window],
            )
            .await?;
        let mut ids: Vec<i64> = rows.iter().map(|row| row.int(0)).collect::<Result<_>>()?;
        ids.sort_unstable();
        Ok(ids)
    }

    async fn lease_these(&mut self, ids: &[i64], holder: &str, until: Moment) -> Result<Vec<Row>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let sql: &'static str = match self.dialect() {
            Dialect::Sqlite => {
                "UPDATE delivery SET status = 1, attempts = attempts + 1, fence = fence + 1, lease_until = $1, holder = $2 \
                 WHERE id IN (SELECT value FROM json_each($3)) AND status = 0 \
                 RETURNING id, dispatch, address, language, attempts, fence, first_at, ambiguous, earlier"
            }
            Dialect::Postgres => {
                "UPDATE delivery SET status = 1, attempts = attempts + 1, fence = fence + 1, lease_until = $1, holder = $2 \
                 WHERE id IN (SELECT value::bigint FROM json_array_elements_text($3::json)) AND status = 0 \
                 RETURNING id, dispatch, address, language, attempts, fence, first_at, ambiguous, earlier"
            }
        };
        self.conn.query(sql, args![until, holder, list(ids)]).await
    }

    /// The lanes of a channel in which something is due. Most looks find none, and this is all they cost.
    async fn lanes_due(&mut self, channel: &str, now: Moment) -> Result<Vec<Lane>> {
        let rows = self
            .conn
            .query(
                "SELECT EXISTS (SELECT 1 FROM delivery WHERE channel = $1 AND lane = 0 AND status = 0 AND next_at <= $2), \
                 EXISTS (SELECT 1 FROM delivery WHERE channel = $1 AND lane = 1 AND status = 0 AND next_at <= $2), \
                 EXISTS (SELECT 1 FROM delivery WHERE channel = $1 AND lane = 2 AND status = 0 AND next_at <= $2)",
                args![channel, now],
            )
            .await?;
        let mut due = Vec::new();
        for row in &rows {
            for (column, lane) in Lane::ALL.into_iter().enumerate() {
                if row.int(column)? != 0 {
                    due.push(lane);
                }
            }
        }
        Ok(due)
    }

    /// Takes what may not go yet or not any more out of the front of the queue, so that the next look sees past it.
    async fn clear_the_way(&mut self, channel: &str, lane: Lane, now: Moment) -> Result<()> {
        self.cancel_stopped(now).await?;
        // A text that waits for an earlier one to the same address is due again when that one is tried again, within
        // a second to five minutes.
        let sql: &'static str = match self.dialect() {
            Dialect::Sqlite => {
                "UPDATE delivery SET next_at = $1 + max(1000, min(300000, (SELECT e.next_at FROM delivery e \
                 WHERE e.dispatch = delivery.after AND e.address = delivery.address) - $1)) \
                 WHERE id IN (SELECT d.id FROM (SELECT id, address, after FROM delivery \
                 WHERE channel = $2 AND lane = $3 AND status = 0 AND next_at <= $1 ORDER BY next_at, id LIMIT $4) AS d \
                 WHERE EXISTS (SELECT 1 FROM delivery e WHERE e.dispatch = d.after AND e.address = d.address AND e.status < 2))"
            }
            Dialect::Postgres => {
                "UPDATE delivery SET next_at = $1 + greatest(1000, least(300000, (SELECT e.next_at FROM delivery e \
                 WHERE e.dispatch = delivery.after AND e.address = delivery.address) - $1)) \
                 WHERE id IN (SELECT d.id FROM (SELECT id, address, after FROM delivery \
                 WHERE channel = $2 AND lane = $3 AND status = 0 AND next_at <= $1 ORDER BY next_at, id LIMIT $4 FOR UPDATE SKIP LOCKED) AS d \
                 WHERE (SELECT e.id FROM delivery e WHERE e.dispatch = d.after AND e.address = d.address AND e.status < 2) IS NOT NULL)"
            }
        };
        let args = args![now, channel, lane.code(), WINDOW];
        self.conn.execute(sql, args).await?;
        Ok(())
    }

    /// Gives leases back that were not used: the try does not count.
    pub async fn return_leases(&mut self, leases: &[(i64, i64)]) -> Result<()> {
        if leases.is_empty() {
            return Ok(());
        }
        let sql: &'static str = match self.dialect() {
            Dialect::Sqlite => {
                "UPDATE delivery SET status = 0, attempts = attempts - 1, lease_until = NULL, holder = NULL \
                 FROM (SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS fence FROM json_each($1)) AS w \
                 WHERE delivery.id = w.id AND delivery.fence = w.fence AND delivery.status = 1"
            }
            Dialect::Postgres => {
                "UPDATE delivery SET status = 0, attempts = attempts - 1, lease_until = NULL, holder = NULL \
                 FROM (SELECT (value->>0)::bigint AS id, (value->>1)::bigint AS fence FROM json_array_elements($1::json)) AS w \
                 WHERE delivery.id = w.id AND delivery.fence = w.fence AND delivery.status = 1"
            }
        };
        self.conn.execute(sql, args![list(leases)]).await?;
        Ok(())
    }

    /// Gives leases back that were not used, each not to be looked at again before its moment: the try does not count.
    pub async fn put_off(&mut self, leases: &[(i64, i64, Moment)]) -> Result<()> {
        if leases.is_empty() {
            return Ok(());
        }
        let sql: &'static str = match self.dialect() {
            Dialect::Sqlite => {
                "UPDATE delivery SET status = 0, attempts = attempts - 1, next_at = w.at, lease_until = NULL, holder = NULL \
                 FROM (SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS fence, json_extract(value, '$[2]') AS at FROM json_each($1)) AS w \
                 WHERE delivery.id = w.id AND delivery.fence = w.fence AND delivery.status = 1"
            }
            Dialect::Postgres => {
                "UPDATE delivery SET status = 0, attempts = attempts - 1, next_at = w.at, lease_until = NULL, holder = NULL \
                 FROM (SELECT (value->>0)::bigint AS id, (value->>1)::bigint AS fence, (value->>2)::bigint AS at FROM json_array_elements($1::json)) AS w \
                 WHERE delivery.id = w.id AND delivery.fence = w.fence AND delivery.status = 1"
            }
        };
        let rows: Vec<_> = leases
            .iter()
            .map(|(id, fence, at)| (*id, *fence, at.timestamp_millis()))
            .collect();
        self.conn.execute(sql, args![list(&rows)]).await?;
        Ok(())
    }

    /// Gives back leases that ran out before `expired`, and all of `holder`'s when it is given (a process that has just
    /// started). Such a try may have arrived.
    pub async fn free_leases(
        &mut self,
        expired: Moment,
        holder: Option<&str>,
        now: Moment,
    ) -> Result<u64> {
        self.conn
            .execute(
                "UPDATE delivery SET status = 0, next_at = $3, ambiguous = CASE WHEN ambiguous > 0 THEN ambiguous ELSE 1 END, lease_until = NULL, holder = NULL \
                 WHERE status = 1 AND (lease_until < $1 OR holder = $2)",
                args![expired, holder.unwrap_or(""), now],
            )
            .await
    }

    /// The earliest moment a delivery of `channel` is to be tried.
    pub async fn next_delivery(&mut self, channel: &str) -> Result<Option<Moment>> {
        let rows = self
            .conn
            .query(
                "SELECT (SELECT MIN(next_at) FROM delivery WHERE channel = $1 AND lane = 0 AND status = 0), \
                 (SELECT MIN(next_at) FROM delivery WHERE channel = $1 AND lane = 1 AND status = 0), \
                 (SELECT MIN(next_at) FROM delivery WHERE channel = $1 AND lane = 2 AND status = 0)",
                args![channel],
            )
            .await?;
        let mut earliest: Option<Moment> = None;
        for row in &rows {
            for lane in 0..Lane::ALL.len() {
                let at = row.opt_moment(lane)?;
                earliest = [earliest, at].into_iter().flatten().min();
            }
        }
        Ok(earliest)
    }

    pub async fn has_expired_leases(&mut self, now: Moment) -> Result<bool> {
        let rows = self
            .conn
            .query(
                "SELECT id FROM delivery WHERE status = 1 AND lease_until < $1 LIMIT 1",
                args![now],
            )
            .await?;
        Ok(!rows.is_empty())
    }
}

fn leased_of(row: &Row, lane: Lane) -> Result<Leased> {
    let id = row.int(0)?;
    let broken = |what: String| StoreError::broken("delivery", id, what);
    Ok(Leased {
        id,
        dispatch: row
            .text(1)?
            .parse()
            .map_err(|e: crate::id::BadId| broken(e.to_string()))?,
        lane,
        address: row.text(2)?.to_owned(),
        language: Language::from_code(row.text(3)?),
        attempt: u32::try_from(row.int(4)?).map_err(|e| broken(e.to_string()))?,
        fence: row.int(5)?,
        first_at: row.moment(6)?,
        doubts: u32::try_from(row.int(7)?).map_err(|e| broken(e.to_string()))?,
        earlier: u32::try_from(row.int(8)?).map_err(|e| broken(e.to_string()))?,
    })
}
