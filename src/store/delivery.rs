//! What became of deliveries that were tried.

use std::collections::BTreeSet;

use super::statement::storable;
use super::{Dialect, Result, Tx, Value};
use crate::args;
use crate::domain::backoff::Verdict;
use crate::domain::delivery::{DeliveryStatus, Settled};
use crate::domain::time::Moment;

impl Tx {
    /// Writes outcomes, each only if its lease still holds. Returns how many did.
    ///
    /// # Errors
    /// When the database refuses; none of them is written then.
    pub async fn settle(&mut self, settled: &[Settled]) -> Result<u64> {
        let mut plain: Vec<(i64, i64, i64)> = Vec::new();
        let mut told: Vec<Told<'_>> = Vec::new();
        for one in settled {
            match &one.verdict {
                Verdict::Accepted { receipt: None, ids }
                    if ids.is_empty() && one.receipt_by.is_none() =>
                {
                    plain.push((one.id, one.fence, one.at.timestamp_millis()));
                }
                _ => told.push(Told::of(one)?),
            }
        }
        let mut written = 0;
        if !plain.is_empty() {
            written += self.settle_accepted(&plain).await?;
        }
        if !told.is_empty() {
            written += self.settle_told(&told).await?;
        }
        Ok(written)
    }

    /// The common case: accepted, nothing to remember but the time.
    async fn settle_accepted(&mut self, accepted: &[(i64, i64, i64)]) -> Result<u64> {
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
        self.conn.execute(sql, args![list(accepted)]).await
    }

    /// Outcomes with something to remember, and the tries that did not end in acceptance.
    async fn settle_told(&mut self, told: &[Told<'_>]) -> Result<u64> {
        let sql: &'static str = match self.dialect() {
            Dialect::Sqlite => {
                "UPDATE delivery SET status = w.status, next_at = COALESCE(w.next_at, delivery.next_at), ambiguous = w.ambiguous, \
                 receipt = w.receipt, why = w.why, done_at = w.done_at, receipt_by = w.receipt_by, lease_until = NULL, holder = NULL \
                 FROM (SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS fence, json_extract(value, '$[2]') AS status, \
                 json_extract(value, '$[3]') AS next_at, json_extract(value, '$[4]') AS ambiguous, json_extract(value, '$[5]') AS receipt, \
                 json_extract(value, '$[6]') AS why, json_extract(value, '$[7]') AS done_at, json_extract(value, '$[8]') AS receipt_by FROM json_each($1)) AS w \
                 WHERE delivery.id = w.id AND delivery.fence = w.fence AND delivery.status = 1 RETURNING delivery.id"
            }
            Dialect::Postgres => {
                "UPDATE delivery SET status = w.status, next_at = COALESCE(w.next_at, delivery.next_at), ambiguous = w.ambiguous, \
                 receipt = w.receipt, why = w.why, done_at = w.done_at, receipt_by = w.receipt_by, lease_until = NULL, holder = NULL \
                 FROM (SELECT (value->>0)::bigint AS id, (value->>1)::bigint AS fence, (value->>2)::bigint AS status, \
                 (value->>3)::bigint AS next_at, (value->>4)::bigint AS ambiguous, value->>5 AS receipt, \
                 value->>6 AS why, (value->>7)::bigint AS done_at, (value->>8)::bigint AS receipt_by FROM json_array_elements($1::json)) AS w \
                 WHERE delivery.id = w.id AND delivery.fence = w.fence AND delivery.status = 1 RETURNING delivery.id"
            }
        };
        let rows: Vec<_> = told.iter().map(Told::row).collect();
        let changed = self.conn.query(sql, args![list(&rows)]).await?;
        let changed: BTreeSet<i64> = changed
            .iter()
            .map(|row| row.int(0))
            .collect::<Result<_>>()?;
        let attempts: Vec<Vec<Value>> = told
            .iter()
            .filter(|one| changed.contains(&one.settled.id))
            .filter_map(Told::attempt)
            .collect();
        if !attempts.is_empty() {
            self.conn
                .insert_many(
                    "INSERT INTO attempt (delivery, number, at, outcome, why) VALUES",
                    attempts,
                    "ON CONFLICT (delivery, number) DO NOTHING",
                )
                .await?;
        }
        let parts: Vec<(&str, i64, usize)> = told
            .iter()
            .filter(|one| changed.contains(&one.settled.id))
            .flat_map(|one| {
                let parts = one.ids.iter().enumerate();
                parts.map(|(part, id)| (id.as_str(), one.settled.id, part + 1))
            })
            .collect();
        if !parts.is_empty() {
            self.name_parts(&parts).await?;
        }
        Ok(changed.len() as u64)
    }
}

/// An outcome as it is written.
struct Told<'a> {
    settled: &'a Settled,
    status: DeliveryStatus,
    next_at: Option<Moment>,
    doubts: u32,
    receipt: Option<&'a str>,
    ids: &'a [String],
    why: Option<&'a str>,
}

impl<'a> Told<'a> {
    fn of(settled: &'a Settled) -> Result<Self> {
        let plain = |status| Self {
            settled,
            status,
            next_at: None,
            doubts: 0,
            receipt: None,
            ids: &[],
            why: None,
        };
        let told = match &settled.verdict {
            Verdict::Accepted { receipt, ids } => Self {
                receipt: receipt.as_deref(),
                ids,
                ..plain(DeliveryStatus::Accepted)
            },
            Verdict::TryAgain { at, why, doubts } => Self {
                next_at: Some(*at),
                doubts: *doubts,
                why: Some(why),
                ..plain(DeliveryStatus::Pending)
            },
            Verdict::Failed { why } => Self {
                why: Some(why),
                ..plain(DeliveryStatus::Failed)
            },
            Verdict::Unknown { why } => Self {
                doubts: 1,
                why: Some(why),
                ..plain(DeliveryStatus::Unknown)
            },
        };
        // In a list it would be escaped, and the database would find it only when it takes the list apart.
        let texts = [told.receipt, told.why].into_iter().flatten();
        let texts = texts.chain(told.ids.iter().map(String::as_str));
        texts.into_iter().try_for_each(storable)?;
        Ok(told)
    }

    #[expect(
        clippy::type_complexity,
        reason = "the columns that the statement takes apart"
    )]
    fn row(
        &self,
    ) -> (
        i64,
        i64,
        i64,
        Option<i64>,
        i64,
        Option<&str>,
        Option<&str>,
        Option<i64>,
        Option<i64>,
    ) {
        let done_at = self.status.is_tried().then_some(self.settled.at);
        (
            self.settled.id,
            self.settled.fence,
            self.status.code(),
            self.next_at.map(|at| at.timestamp_millis()),
            i64::from(self.doubts),
            self.receipt,
            self.why,
            done_at.map(|at| at.timestamp_millis()),
            self.settled.receipt_by.map(|at| at.timestamp_millis()),
        )
    }

    fn attempt(&self) -> Option<Vec<Value>> {
        let one = self.settled;
        let why = self.why?;
        Some(args![one.id, one.attempt, one.at, self.status.name(), why])
    }
}

/// What a statement takes apart again: many rows as one argument.
pub(super) fn list(rows: &(impl serde::Serialize + ?Sized)) -> String {
    // Numbers and texts in tuples cannot fail to be written.
    serde_json::to_string(rows).unwrap_or_else(|_| "[]".into())
}
