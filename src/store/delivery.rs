//! Dispatches and deliveries: the outbox. The audience becomes rows in chunks, rows become leases, leases outcomes.

use std::collections::BTreeMap;

use super::{Dialect, Result, Row, StoreError, Tx, Value};
use crate::args;
use crate::domain::audience::Reach;
use crate::domain::bulletin::Language;
use crate::domain::delivery::{DeliveryStatus, Dispatch, DispatchState, Lane, Leased};
use crate::domain::time::Moment;
use crate::id::{DispatchId, ReleaseId};

/// What became of a lease, to be written if the lease still holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    pub id: i64,
    pub fence: i64,
    pub attempt: u32,
    pub at: Moment,
    pub result: Settlement,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Settlement {
    Accepted {
        receipt: Option<String>,
    },
    Again {
        at: Moment,
        why: String,
        ambiguous: bool,
    },
    Failed {
        why: String,
    },
    Unknown {
        why: String,
    },
}

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
}

impl Tx {
    /// Adds a dispatch; one that stands for the same (release, version, channel) already is left as it is.
    ///
    /// # Errors
    /// When the database refuses.
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

    /// # Errors
    /// When the database refuses or a row cannot be read.
    pub async fn dispatches_of(&mut self, release: &ReleaseId) -> Result<Vec<Dispatch>> {
        let rows = self
            .conn
            .query(
                "SELECT id, release, version, channel, lane, created_at, after, expanded, chunk_cursor FROM dispatch \
                 WHERE release = $1 ORDER BY created_at, id",
                args![release.as_str()],
            )
            .await?;
        rows.iter().map(dispatch_of).collect()
    }

    /// # Errors
    /// When the database refuses or the row cannot be read.
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
    ///
    /// # Errors
    /// When the database refuses or a row cannot be read.
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
    ///
    /// # Errors
    /// When the database refuses.
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

    /// Turns the next `chunk` matching addresses beyond `cursor` into deliveries. Returns the new cursor, or None when
    /// there were no more.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn expand_contacts(
        &mut self,
        dispatch: &Dispatch,
        kind: &str,
        reach: &Reach,
        cursor: i64,
        chunk: u32,
        now: Moment,
    ) -> Result<Option<i64>> {
        let list =
            |values: &[String]| serde_json::to_string(values).unwrap_or_else(|_| "[]".into());
        let areas: Vec<String> = reach.areas.iter().map(|area| area.0.clone()).collect();
        // The last address of the chunk is found first, so that the cursor is right even if all of them are known.
        let selected: &'static str = match self.dialect() {
            Dialect::Sqlite => {
                "SELECT MAX(id) FROM (SELECT a.id FROM contact_address a WHERE a.kind = $1 AND a.id > $2 \
                 AND ($3 = '[]' OR EXISTS (SELECT 1 FROM contact_tag t, json_each($3) w WHERE t.contact = a.contact AND t.kind = 'area' AND substr(t.value, 1, length(w.value)) = w.value)) \
                 AND ($4 = '[]' OR EXISTS (SELECT 1 FROM contact_tag t, json_each($4) w WHERE t.contact = a.contact AND t.kind = 'group' AND t.value = w.value)) \
                 AND ($5 = '[]' OR EXISTS (SELECT 1 FROM contact_tag t, json_each($5) w WHERE t.contact = a.contact AND t.kind = 'post' AND t.value = w.value)) \
                 ORDER BY a.id LIMIT $6)"
            }
            Dialect::Postgres => {
                "SELECT MAX(id) FROM (SELECT a.id FROM contact_address a WHERE a.kind = $1 AND a.id > $2 \
                 AND ($3 = '[]' OR EXISTS (SELECT 1 FROM contact_tag t, json_array_elements_text($3::json) w WHERE t.contact = a.contact AND t.kind = 'area' AND left(t.value, length(w)) = w)) \
                 AND ($4 = '[]' OR EXISTS (SELECT 1 FROM contact_tag t, json_array_elements_text($4::json) w WHERE t.contact = a.contact AND t.kind = 'group' AND t.value = w)) \
                 AND ($5 = '[]' OR EXISTS (SELECT 1 FROM contact_tag t, json_array_elements_text($5::json) w WHERE t.contact = a.contact AND t.kind = 'post' AND t.value = w)) \
                 ORDER BY a.id LIMIT $6) AS chunk"
            }
        };
        let filters = || {
            args![
                kind,
                cursor,
                list(&areas),
                list(&reach.groups),
                list(&reach.posts)
            ]
        };
        let mut args = filters();
        args.push(chunk.into());
        let rows = self.conn.query(selected, args).await?;
        let Some(last) = rows
            .first()
            .map(|row| row.opt_int(0))
            .transpose()?
            .flatten()
        else {
            return Ok(None);
        };
        let insert: &'static str = match self.dialect() {
            Dialect::Sqlite => {
                "INSERT INTO delivery (dispatch, channel, lane, address, language, status, attempts, fence, ambiguous, first_at, next_at, after) \
                 SELECT $6, $7, $8, a.address, c.language, 0, 0, 0, 0, $9, $9, $10 \
                 FROM contact_address a JOIN contact c ON c.id = a.contact WHERE a.kind = $1 AND a.id > $2 AND a.id <= $11 \
                 AND ($3 = '[]' OR EXISTS (SELECT 1 FROM contact_tag t, json_each($3) w WHERE t.contact = a.contact AND t.kind = 'area' AND substr(t.value, 1, length(w.value)) = w.value)) \
                 AND ($4 = '[]' OR EXISTS (SELECT 1 FROM contact_tag t, json_each($4) w WHERE t.contact = a.contact AND t.kind = 'group' AND t.value = w.value)) \
                 AND ($5 = '[]' OR EXISTS (SELECT 1 FROM contact_tag t, json_each($5) w WHERE t.contact = a.contact AND t.kind = 'post' AND t.value = w.value)) \
                 ORDER BY a.id ON CONFLICT (dispatch, address) DO NOTHING"
            }
            Dialect::Postgres => {
                "INSERT INTO delivery (dispatch, channel, lane, address, language, status, attempts, fence, ambiguous, first_at, next_at, after) \
                 SELECT $6, $7, $8, a.address, c.language, 0, 0, 0, 0, $9, $9, $10 \
                 FROM contact_address a JOIN contact c ON c.id = a.contact WHERE a.kind = $1 AND a.id > $2 AND a.id <= $11 \
                 AND ($3 = '[]' OR EXISTS (SELECT 1 FROM contact_tag t, json_array_elements_text($3::json) w WHERE t.contact = a.contact AND t.kind = 'area' AND left(t.value, length(w)) = w)) \
                 AND ($4 = '[]' OR EXISTS (SELECT 1 FROM contact_tag t, json_array_elements_text($4::json) w WHERE t.contact = a.contact AND t.kind = 'group' AND t.value = w)) \
                 AND ($5 = '[]' OR EXISTS (SELECT 1 FROM contact_tag t, json_array_elements_text($5::json) w WHERE t.contact = a.contact AND t.kind = 'post' AND t.value = w)) \
                 ORDER BY a.id ON CONFLICT (dispatch, address) DO NOTHING"
            }
        };
        let mut args = filters();
        args.extend(args![
            dispatch.id.as_str(),
            dispatch.channel.as_str(),
            dispatch.lane.code(),
            now,
            dispatch.after.as_ref().map(DispatchId::as_str),
            last
        ]);
        self.conn.execute(insert, args).await?;
        Ok(Some(last))
    }

    /// Turns the next `chunk` recipients of an earlier dispatch, who may have got its text, into deliveries.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn expand_recipients(
        &mut self,
        dispatch: &Dispatch,
        earlier: &DispatchId,
        cursor: i64,
        chunk: u32,
        now: Moment,
    ) -> Result<Option<i64>> {
        let rows = self
            .conn
            .query(
                "SELECT MAX(id) FROM (SELECT id FROM delivery WHERE dispatch = $1 AND id > $2 ORDER BY id LIMIT $3) AS chunk",
                args![earlier.as_str(), cursor, chunk],
            )
            .await?;
        let Some(last) = rows
            .first()
            .map(|row| row.opt_int(0))
            .transpose()?
            .flatten()
        else {
            return Ok(None);
        };
        self.conn
            .execute(
                "INSERT INTO delivery (dispatch, channel, lane, address, language, status, attempts, fence, ambiguous, first_at, next_at, after) \
                 SELECT $1, $2, $3, address, language, 0, 0, 0, 0, $4, $4, $5 FROM delivery \
                 WHERE dispatch = $5 AND id > $6 AND id <= $7 AND NOT (status = 6 OR (status = 7 AND attempts = 0)) \
                 ORDER BY id ON CONFLICT (dispatch, address) DO NOTHING",
                args![
                    dispatch.id.as_str(),
                    dispatch.channel.as_str(),
                    dispatch.lane.code(),
                    now,
                    earlier.as_str(),
                    cursor,
                    last
                ],
            )
            .await?;
        Ok(Some(last))
    }

    /// Turns the recipients that an earlier dispatch gave up into deliveries of another channel, by their addresses of
    /// `kind`. Returns how many.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn expand_given_up(
        &mut self,
        dispatch: &Dispatch,
        earlier: &DispatchId,
        earlier_kind: &str,
        kind: &str,
        now: Moment,
    ) -> Result<u64> {
        self.conn
            .execute(
                "INSERT INTO delivery (dispatch, channel, lane, address, language, status, attempts, fence, ambiguous, first_at, next_at) \
                 SELECT $1, $2, $3, other.address, c.language, 0, 0, 0, 0, $4, $4 \
                 FROM delivery d JOIN contact_address own ON own.kind = $5 AND own.address = d.address \
                 JOIN contact c ON c.id = own.contact JOIN contact_address other ON other.contact = c.id AND other.kind = $6 \
                 WHERE d.dispatch = $7 AND d.status IN (4, 5) ORDER BY d.id ON CONFLICT (dispatch, address) DO NOTHING",
                args![
                    dispatch.id.as_str(),
                    dispatch.channel.as_str(),
                    dispatch.lane.code(),
                    now,
                    earlier_kind,
                    kind,
                    earlier.as_str()
                ],
            )
            .await
    }

    /// Adds deliveries to fixed places (a group, a chat, a folder).
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn add_deliveries(
        &mut self,
        dispatch: &Dispatch,
        addresses: &[String],
        now: Moment,
    ) -> Result<()> {
        let rows = addresses
            .iter()
            .map(|address| {
                args![
                    dispatch.id.as_str(),
                    dispatch.channel.as_str(),
                    dispatch.lane.code(),
                    address.as_str(),
                    Language::ZhCn.code(),
                    0i64,
                    0i64,
                    0i64,
                    0i64,
                    now,
                    now,
                    dispatch.after.as_ref().map(DispatchId::as_str)
                ]
            })
            .collect();
        self.conn
            .insert_many(
                "INSERT INTO delivery (dispatch, channel, lane, address, language, status, attempts, fence, ambiguous, \
                 first_at, next_at, after) VALUES",
                rows,
                "ON CONFLICT (dispatch, address) DO NOTHING",
            )
            .await?;
        Ok(())
    }

    /// Leases up to `limit` deliveries of `channel` that are due, urgent ones first, for `holder` until `until`.
    ///
    /// # Errors
    /// When the database refuses or a row cannot be read.
    pub async fn lease(
        &mut self,
        channel: &str,
        holder: &str,
        now: Moment,
        until: Moment,
        limit: u32,
    ) -> Result<Vec<Leased>> {
        let sql: &'static str = match self.dialect() {
            Dialect::Sqlite => {
                "UPDATE delivery SET status = 1, attempts = attempts + 1, fence = fence + 1, lease_until = $1, holder = $2 \
                 WHERE id IN (SELECT d.id FROM delivery d WHERE d.channel = $3 AND d.lane = $4 AND d.status = 0 AND d.next_at <= $5 \
                 AND (d.after IS NULL OR NOT EXISTS (SELECT 1 FROM delivery e WHERE e.dispatch = d.after AND e.address = d.address AND e.status < 2)) \
                 ORDER BY d.next_at LIMIT $6) \
                 RETURNING id, dispatch, address, language, attempts, fence, first_at, ambiguous"
            }
            Dialect::Postgres => {
                "UPDATE delivery SET status = 1, attempts = attempts + 1, fence = fence + 1, lease_until = $1, holder = $2 \
                 WHERE id IN (SELECT d.id FROM delivery d WHERE d.channel = $3 AND d.lane = $4 AND d.status = 0 AND d.next_at <= $5 \
                 AND (d.after IS NULL OR NOT EXISTS (SELECT 1 FROM delivery e WHERE e.dispatch = d.after AND e.address = d.address AND e.status < 2)) \
                 ORDER BY d.next_at LIMIT $6 FOR UPDATE SKIP LOCKED) \
                 RETURNING id, dispatch, address, language, attempts, fence, first_at, ambiguous"
            }
        };
        let mut leased = Vec::new();
        for lane in Lane::ALL {
            let left = limit.saturating_sub(u32::try_from(leased.len()).unwrap_or(u32::MAX));
            if left == 0 {
                break;
            }
            let rows = self
                .conn
                .query(sql, args![until, holder, channel, lane.code(), now, left])
                .await?;
            for row in &rows {
                leased.push(leased_of(row, lane)?);
            }
        }
        Ok(leased)
    }

    /// Writes outcomes, each only if its lease still holds. Returns how many did.
    ///
    /// # Errors
    /// When the database refuses; none of them is written then.
    pub async fn settle(&mut self, settled: &[Settled]) -> Result<u64> {
        let mut written = 0;
        let mut attempts: Vec<Vec<Value>> = Vec::new();
        let mut plain: Vec<(i64, i64, i64)> = Vec::new();
        for one in settled {
            let (status, next_at, ambiguous, receipt, why): (
                DeliveryStatus,
                Option<Moment>,
                bool,
                Option<&str>,
                Option<&str>,
            ) = match &one.result {
                Settlement::Accepted { receipt: None } => {
                    plain.push((one.id, one.fence, one.at.timestamp_millis()));
                    continue;
                }
                Settlement::Accepted { receipt } => (
                    DeliveryStatus::Accepted,
                    None,
                    false,
                    receipt.as_deref(),
                    None,
                ),
                Settlement::Again { at, why, ambiguous } => (
                    DeliveryStatus::Pending,
                    Some(*at),
                    *ambiguous,
                    None,
                    Some(why),
                ),
                Settlement::Failed { why } => {
                    (DeliveryStatus::Failed, None, false, None, Some(why))
                }
                Settlement::Unknown { why } => {
                    (DeliveryStatus::Unknown, None, true, None, Some(why))
                }
            };
            let changed = self
                .conn
                .execute(
                    "UPDATE delivery SET status = $1, next_at = COALESCE($2, next_at), ambiguous = $3, receipt = $4, why = $5, \
                     done_at = $6, lease_until = NULL, holder = NULL WHERE id = $7 AND fence = $8 AND status = 1",
                    args![
                        status.code(),
                        next_at,
                        ambiguous,
                        receipt,
                        why,
                        status.is_final().then_some(one.at),
                        one.id,
                        one.fence
                    ],
                )
                .await?;
            if changed > 0 {
                written += changed;
                if let Some(why) = why {
                    attempts.push(args![one.id, one.attempt, one.at, status.name(), why]);
                }
            }
        }
        if !plain.is_empty() {
            written += self.settle_accepted(&plain).await?;
        }
        if !attempts.is_empty() {
            self.conn
                .insert_many(
                    "INSERT INTO attempt (delivery, number, at, outcome, why) VALUES",
                    attempts,
                    "ON CONFLICT (delivery, number) DO NOTHING",
                )
                .await?;
        }
        Ok(written)
    }

    /// The common case in one statement: accepted, nothing to remember but the time.
    async fn settle_accepted(&mut self, accepted: &[(i64, i64, i64)]) -> Result<u64> {
        let list = serde_json::to_string(accepted).unwrap_or_else(|_| "[]".into());
        let sql: &'static str = match self.dialect() {
            Dialect::Sqlite => {
                "UPDATE delivery SET status = 2, done_at = w.at, lease_until = NULL, holder = NULL \
                 FROM (SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS fence, json_extract(value, '$[2]') AS at FROM json_each($1)) AS w \
                 WHERE delivery.id = w.id AND delivery.fence = w.fence AND delivery.status = 1"
            }
            Dialect::Postgres => {
                "UPDATE delivery SET status = 2, done_at = w.at, lease_until = NULL, holder = NULL \
                 FROM (SELECT (value->>0)::bigint AS id, (value->>1)::bigint AS fence, (value->>2)::bigint AS at FROM json_array_elements($1::json)) AS w \
                 WHERE delivery.id = w.id AND delivery.fence = w.fence AND delivery.status = 1"
            }
        };
        self.conn.execute(sql, args![list]).await
    }

    /// Gives leases back that were not used: the try does not count.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn return_leases(&mut self, leases: &[(i64, i64)]) -> Result<()> {
        for (id, fence) in leases {
            self.conn
                .execute(
                    "UPDATE delivery SET status = 0, attempts = attempts - 1, lease_until = NULL, holder = NULL \
                     WHERE id = $1 AND fence = $2 AND status = 1",
                    args![*id, *fence],
                )
                .await?;
        }
        Ok(())
    }

    /// Gives back leases that ran out before `expired`, and all of `holder`'s when it is given (a process that has just
    /// started). Such a try may have arrived.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn free_leases(
        &mut self,
        expired: Moment,
        holder: Option<&str>,
        now: Moment,
    ) -> Result<u64> {
        self.conn
            .execute(
                "UPDATE delivery SET status = 0, next_at = $3, ambiguous = 1, lease_until = NULL, holder = NULL \
                 WHERE status = 1 AND (lease_until < $1 OR holder = $2)",
                args![expired, holder.unwrap_or(""), now],
            )
            .await
    }

    /// The earliest moment a delivery of `channel` is to be tried.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn next_delivery(&mut self, channel: &str) -> Result<Option<Moment>> {
        let mut earliest: Option<Moment> = None;
        for lane in Lane::ALL {
            let rows = self
                .conn
                .query(
                    "SELECT MIN(next_at) FROM delivery WHERE channel = $1 AND lane = $2 AND status = 0",
                    args![channel, lane.code()],
                )
                .await?;
            if let Some(at) = rows
                .first()
                .map(|row| row.opt_moment(0))
                .transpose()?
                .flatten()
            {
                earliest = Some(earliest.map_or(at, |known| known.min(at)));
            }
        }
        Ok(earliest)
    }

    /// Cancels what has not been tried yet, because a correction overtakes it.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn cancel_untried(
        &mut self,
        dispatch: &DispatchId,
        now: Moment,
        why: &str,
    ) -> Result<u64> {
        self.conn
            .execute(
                "UPDATE delivery SET status = 7, done_at = $1, why = $2 WHERE dispatch = $3 AND status = 0 AND attempts = 0",
                args![now, why, dispatch.as_str()],
            )
            .await
    }

    /// How many deliveries of each status each channel of a release has.
    ///
    /// # Errors
    /// When the database refuses or a row cannot be read.
    pub async fn delivery_counts(
        &mut self,
        release: &ReleaseId,
    ) -> Result<BTreeMap<String, BTreeMap<&'static str, i64>>> {
        let rows = self
            .conn
            .query(
                "SELECT d.channel, d.status, COUNT(*) FROM delivery d JOIN dispatch p ON p.id = d.dispatch \
                 WHERE p.release = $1 GROUP BY d.channel, d.status ORDER BY d.channel, d.status",
                args![release.as_str()],
            )
            .await?;
        let mut counts: BTreeMap<String, BTreeMap<&'static str, i64>> = BTreeMap::new();
        for row in &rows {
            counts
                .entry(row.text(0)?.to_owned())
                .or_default()
                .insert(status_of(row, 1)?.name(), row.int(2)?);
        }
        Ok(counts)
    }

    /// Deliveries of a release after `after`, by id.
    ///
    /// # Errors
    /// When the database refuses or a row cannot be read.
    pub async fn deliveries(
        &mut self,
        release: &ReleaseId,
        status: Option<DeliveryStatus>,
        after: i64,
        limit: u32,
    ) -> Result<Vec<DeliveryView>> {
        let rows = self
            .conn
            .query(
                "SELECT d.id, d.dispatch, d.channel, d.address, d.language, d.status, d.attempts, d.first_at, d.next_at, d.done_at, d.receipt, d.why \
                 FROM delivery d JOIN dispatch p ON p.id = d.dispatch WHERE p.release = $1 AND ($2 < 0 OR d.status = $2) AND d.id > $3 \
                 ORDER BY d.id LIMIT $4",
                args![release.as_str(), status.map_or(-1, DeliveryStatus::code), after, limit],
            )
            .await?;
        rows.iter().map(view_of).collect()
    }

    /// Open deliveries per channel: (channel, pending, leased, failed, accepted).
    ///
    /// # Errors
    /// When the database refuses or a row cannot be read.
    pub async fn channel_counts(
        &mut self,
    ) -> Result<BTreeMap<String, BTreeMap<&'static str, i64>>> {
        let rows = self
            .conn
            .query(
                "SELECT channel, status, COUNT(*) FROM delivery GROUP BY channel, status",
                Vec::new(),
            )
            .await?;
        let mut counts: BTreeMap<String, BTreeMap<&'static str, i64>> = BTreeMap::new();
        for row in &rows {
            counts
                .entry(row.text(0)?.to_owned())
                .or_default()
                .insert(status_of(row, 1)?.name(), row.int(2)?);
        }
        Ok(counts)
    }

    /// Expanded dispatches none of whose deliveries is open any more and that nobody has closed; they are closed here.
    ///
    /// # Errors
    /// When the database refuses or a row cannot be read.
    pub async fn close_dispatches(&mut self, now: Moment, limit: u32) -> Result<Vec<Dispatch>> {
        let rows = self
            .conn
            .query(
                "UPDATE dispatch SET closed_at = $1 WHERE id IN (SELECT p.id FROM dispatch p WHERE p.closed_at IS NULL AND p.expanded = 1 \
                 AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.dispatch = p.id AND d.status < 2) ORDER BY p.created_at LIMIT $2) \
                 RETURNING id, release, version, channel, lane, created_at, after, expanded, chunk_cursor",
                args![now, limit],
            )
            .await?;
        rows.iter().map(dispatch_of).collect()
    }

    /// # Errors
    /// When the database refuses.
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

    /// Whether [`Tx::close_dispatches`] would find one.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn has_dispatches_to_close(&mut self) -> Result<bool> {
        let rows = self
            .conn
            .query(
                "SELECT p.created_at FROM dispatch p WHERE p.closed_at IS NULL AND p.expanded = 1 \
                 AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.dispatch = p.id AND d.status < 2) LIMIT 1",
                Vec::new(),
            )
            .await?;
        Ok(!rows.is_empty())
    }

    /// How many deliveries of each status a dispatch has.
    ///
    /// # Errors
    /// When the database refuses or a row cannot be read.
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

    /// Which channels an operator has switched on or off.
    ///
    /// # Errors
    /// When the database refuses or a row cannot be read.
    pub async fn channel_switches(&mut self) -> Result<BTreeMap<String, bool>> {
        let rows = self
            .conn
            .query("SELECT channel, enabled FROM channel_switch", Vec::new())
            .await?;
        rows.iter()
            .map(|row| Ok((row.text(0)?.to_owned(), row.int(1)? != 0)))
            .collect()
    }

    /// # Errors
    /// When the database refuses.
    pub async fn switch_channel(
        &mut self,
        channel: &str,
        enabled: bool,
        by: &str,
        now: Moment,
    ) -> Result<()> {
        self.conn
            .execute(
                "INSERT INTO channel_switch (channel, enabled, changed_at, changed_by) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (channel) DO UPDATE SET enabled = excluded.enabled, changed_at = excluded.changed_at, \
                 changed_by = excluded.changed_by",
                args![channel, enabled, now, by],
            )
            .await?;
        Ok(())
    }
}

fn status_of(row: &Row, column: usize) -> Result<DeliveryStatus> {
    let code = row.int(column)?;
    DeliveryStatus::from_code(code)
        .ok_or_else(|| StoreError::broken("delivery", "?", format!("status {code}")))
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
        ambiguous: row.int(7)? != 0,
    })
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
        next_at: if status.is_final() {
            None
        } else {
            row.opt_moment(8)?
        },
        done_at: row.opt_moment(9)?,
        receipt: row.opt_text(10)?.map(str::to_owned),
        why: row.opt_text(11)?.map(str::to_owned),
    })
}
