//! What was given up is made to wait again.

use super::{Result, Tx};
use crate::args;
use crate::domain::delivery::DeliveryStatus;
use crate::domain::time::Moment;
use crate::id::DispatchId;

/// What one dispatch had given up, and what of it waits again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SentAgain {
    pub failed: u64,
    pub unknown: u64,
    /// May have arrived, and nobody asked for these.
    pub unknown_left: u64,
    /// Given up here, but the fallback channel has it: delivered, or taken where no receipt says more.
    pub reached_otherwise: u64,
}

/// Whom the fallback has reached: its dispatch, the kinds of address that lead from one to the other, and whether it is for it
/// the last that is ever known that a text was taken.
#[derive(Debug, Clone, Copy)]
pub struct Otherwise<'a> {
    pub dispatch: &'a DispatchId,
    pub own_kind: &'a str,
    pub other_kind: &'a str,
    pub taken_is_last: bool,
}

impl Tx {
    /// Lets the deliveries that `dispatch` gave up wait again, with a new give-up clock. Those that may have arrived come
    /// only with `unknown`, and never those whom the fallback reached.
    pub async fn send_again(
        &mut self,
        dispatch: &DispatchId,
        unknown: bool,
        otherwise: Option<Otherwise<'_>>,
        now: Moment,
    ) -> Result<SentAgain> {
        self.reopen(dispatch).await?;
        let failed = DeliveryStatus::Failed;
        let before = [
            self.given_up(dispatch, failed).await?,
            self.given_up(dispatch, DeliveryStatus::Unknown).await?,
        ];
        let mut sent = SentAgain {
            failed: self.wait_again(dispatch, failed, otherwise, now).await?,
            ..SentAgain::default()
        };
        sent.reached_otherwise = before[0] - sent.failed;
        if unknown {
            sent.unknown = self
                .wait_again(dispatch, DeliveryStatus::Unknown, otherwise, now)
                .await?;
            sent.reached_otherwise += before[1] - sent.unknown;
        } else {
            sent.unknown_left = before[1];
        }
        Ok(sent)
    }

    async fn given_up(&mut self, dispatch: &DispatchId, status: DeliveryStatus) -> Result<u64> {
        let rows = self
            .conn
            .query(
                "SELECT COUNT(*) FROM delivery WHERE dispatch = $1 AND status = $2",
                args![dispatch.as_str(), status.code()],
            )
            .await?;
        let count = rows.first().map(|row| row.int(0)).transpose()?.unwrap_or(0);
        Ok(u64::try_from(count).unwrap_or(0))
    }

    async fn wait_again(
        &mut self,
        dispatch: &DispatchId,
        status: DeliveryStatus,
        otherwise: Option<Otherwise<'_>>,
        now: Moment,
    ) -> Result<u64> {
        let (reached, own, other) = otherwise.map_or(("", "", ""), |one| {
            (one.dispatch.as_str(), one.own_kind, one.other_kind)
        });
        let least = match otherwise.is_some_and(|one| one.taken_is_last) {
            true => DeliveryStatus::Accepted,
            false => DeliveryStatus::Delivered,
        };
        // The count of tries goes on, so that each keeps its number; the schedule begins anew. What may have arrived
        // stays in doubt.
        self.conn
            .execute(
                "UPDATE delivery SET status = 0, earlier = attempts, ambiguous = CASE WHEN status = 5 THEN 1 ELSE 0 END, \
                 first_at = $1, next_at = $1, done_at = NULL, receipt_at = NULL, lease_until = NULL, holder = NULL \
                 WHERE dispatch = $2 AND status = $3 AND ($4 = '' OR NOT EXISTS (\
                 SELECT 1 FROM contact_address mine JOIN contact_address other ON other.contact = mine.contact AND other.kind = $6 \
                 JOIN delivery d ON d.dispatch = $4 AND d.address = other.address AND d.status BETWEEN $7 AND 3 \
                 WHERE mine.kind = $5 AND mine.address = delivery.address))",
                args![
                    now,
                    dispatch.as_str(),
                    status.code(),
                    reached,
                    own,
                    other,
                    least.code()
                ],
            )
            .await
    }

    /// Opens a closed dispatch; what it counted is taken out of what its channel has behind it until it closes again.
    pub async fn reopen(&mut self, dispatch: &DispatchId) -> Result<()> {
        self.conn
            .execute(
                "UPDATE dispatch SET tried_at = NULL WHERE id = $1",
                args![dispatch.as_str()],
            )
            .await?;
        let opened = self
            .conn
            .execute(
                "UPDATE dispatch SET closed_at = NULL WHERE id = $1 AND closed_at IS NOT NULL",
                args![dispatch.as_str()],
            )
            .await?;
        if opened > 0 {
            self.conn
                .execute(
                    "UPDATE channel_tally SET deliveries = deliveries - (SELECT COUNT(*) FROM delivery d \
                     WHERE d.dispatch = $1 AND d.status = channel_tally.status) \
                     WHERE channel = (SELECT channel FROM dispatch WHERE id = $1)",
                    args![dispatch.as_str()],
                )
                .await?;
        }
        Ok(())
    }
}
