//! From an audience to deliveries, a chunk at a time, with a cursor that a crash cannot lose.

use super::delivery::list;
use super::listed::{lists, within_reach};
use super::{Dialect, Result, Tx};
use crate::args;
use crate::domain::audience::Reach;
use crate::domain::bulletin::Language;
use crate::domain::delivery::Dispatch;
use crate::domain::time::Moment;
use crate::id::DispatchId;

/// Deliveries of another channel to those of whom `$which` was given up.
macro_rules! taken_over {
    ($which:literal) => {
        concat!(
            "INSERT INTO delivery (dispatch, channel, lane, address, language, status, attempts, fence, ambiguous, first_at, next_at) \
             SELECT $1, $2, $3, other.address, c.language, 0, 0, 0, 0, $4, $4 \
             FROM delivery d JOIN contact_address own ON own.kind = $5 AND own.address = d.address \
             JOIN contact c ON c.id = own.contact JOIN contact_address other ON other.contact = c.id AND other.kind = $6 \
             WHERE ",
            $which,
            " AND d.status IN (4, 5) ORDER BY d.id ON CONFLICT (dispatch, address) DO NOTHING"
        )
    };
}

impl Tx {
    /// Turns the next `chunk` matching addresses beyond `cursor` into deliveries. Returns the new cursor, or None when
    /// there were no more.
    pub async fn expand_contacts(
        &mut self,
        dispatch: &Dispatch,
        kind: &str,
        reach: &Reach,
        cursor: i64,
        chunk: u32,
        now: Moment,
    ) -> Result<Option<i64>> {
        // The last address of the chunk is found first, so that the cursor is right even if all of them are known.
        let selected = within_reach!(
            self.dialect(),
            "SELECT MAX(id) FROM (SELECT a.id FROM contact_address a WHERE a.kind = $1 AND a.id > $2",
            "a.contact",
            "$3" "$4" "$5",
            "ORDER BY a.id LIMIT $6) AS chunk"
        );
        let filters = || [args![kind, cursor], lists(reach)].concat();
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
        let insert = within_reach!(
            self.dialect(),
            "INSERT INTO delivery (dispatch, channel, lane, address, language, status, attempts, fence, ambiguous, first_at, next_at, after) \
             SELECT $6, $7, $8, a.address, c.language, 0, 0, 0, 0, $9, $9, $10 \
             FROM contact_address a JOIN contact c ON c.id = a.contact WHERE a.kind = $1 AND a.id > $2 AND a.id <= $11",
            "a.contact",
            "$3" "$4" "$5",
            "ORDER BY a.id ON CONFLICT (dispatch, address) DO NOTHING"
        );
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
    pub async fn expand_recipients(
        &mut self,
        dispatch: &Dispatch,
        earlier: &DispatchId,
        cursor: i64,
        chunk: u32,
        now: Moment,
    ) -> Result<Option<i64>> {
        // `dispatch || ''` keeps the databases from finding all the dispatch's rows and sorting them for every chunk:
        // they stand together, so walking the ids from the cursor on reads little more than the chunk.
        let cursor = if cursor > 0 {
            cursor
        } else {
            let rows = self
                .conn
                .query(
                    "SELECT MIN(id) - 1 FROM delivery WHERE dispatch = $1",
                    args![earlier.as_str()],
                )
                .await?;
            rows.first()
                .map(|row| row.opt_int(0))
                .transpose()?
                .flatten()
                .unwrap_or(0)
        };
        let rows = self
            .conn
            .query(
                "SELECT MAX(id) FROM (SELECT id FROM delivery WHERE dispatch || '' = $1 AND id > $2 ORDER BY id LIMIT $3) AS chunk",
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
        // Not to those who certainly never got it: skipped, or not tried and never to be tried.
        self.conn
            .execute(
                "INSERT INTO delivery (dispatch, channel, lane, address, language, status, attempts, fence, ambiguous, first_at, next_at, after) \
                 SELECT $1, $2, $3, address, language, 0, 0, 0, 0, $4, $4, $5 FROM delivery \
                 WHERE dispatch || '' = $5 AND id > $6 AND id <= $7 AND status <> 6 AND NOT (ambiguous = 0 AND (status = 7 OR \
                 (status = 0 AND EXISTS (SELECT 1 FROM dispatch p WHERE p.id = $5 AND p.stopped_at IS NOT NULL)))) \
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

    /// Turns the recipients that an earlier dispatch gave up, or only `these` of its deliveries, into deliveries of another
    /// channel, by their addresses of `kind`. Returns how many.
    pub async fn expand_given_up(
        &mut self,
        dispatch: &Dispatch,
        earlier: &DispatchId,
        these: Option<&[i64]>,
        earlier_kind: &str,
        kind: &str,
        now: Moment,
    ) -> Result<u64> {
        // `dispatch || ''` keeps the databases from walking all that the dispatch has given up for the sake of a few.
        let sql: &'static str = match (these.is_some(), self.dialect()) {
            (false, _) => taken_over!("d.dispatch = $7 AND $8 = '[]'"),
            (true, Dialect::Sqlite) => {
                taken_over!("d.id IN (SELECT value FROM json_each($8)) AND d.dispatch || '' = $7")
            }
            (true, Dialect::Postgres) => taken_over!(
                "d.id IN (SELECT value::bigint FROM json_array_elements_text($8::json)) AND d.dispatch || '' = $7"
            ),
        };
        self.conn
            .execute(
                sql,
                args![
                    dispatch.id.as_str(),
                    dispatch.channel.as_str(),
                    dispatch.lane.code(),
                    now,
                    earlier_kind,
                    kind,
                    earlier.as_str(),
                    list(these.unwrap_or_default())
                ],
            )
            .await
    }

    /// Adds deliveries to fixed places (a group, a chat, a folder).
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
}
