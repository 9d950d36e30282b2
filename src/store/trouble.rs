//! Trouble with our own account on a channel: since when, until when, and who has been told.

use chrono::TimeDelta;

use super::{Result, Row, StoreError, Tx};
use crate::args;
use crate::domain::health::Trouble;
use crate::domain::time::Moment;
use crate::id::DispatchId;

/// Stretches of trouble of a channel that are looked at; older ones concern nothing that still waits.
const LOOKED_AT: u32 = 64;

/// Trouble that comes back within this time is the same trouble.
const SAME: TimeDelta = TimeDelta::minutes(10);

/// Trouble that lasts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenTrouble {
    pub channel: String,
    pub since: Moment,
    pub why: String,
}

/// A beginning or an end of trouble that stands in no journal yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UntoldTrouble {
    id: i64,
    pub channel: String,
    pub trouble: Trouble,
    pub why: String,
    /// The dispatch that met it.
    pub dispatch: Option<DispatchId>,
    /// Its beginning was told already, so this is about its end.
    pub is_end: bool,
}

impl Tx {
    /// Notes that a channel's account is refused. What ended minutes ago goes on.
    pub async fn begin_trouble(
        &mut self,
        channel: &str,
        why: &str,
        dispatch: &DispatchId,
        now: Moment,
    ) -> Result<()> {
        let reopened = self
            .conn
            .execute(
                "UPDATE channel_trouble SET ended_at = NULL, again = again + 1, told = CASE WHEN told = 2 THEN 1 ELSE told END \
                 WHERE id = (SELECT MAX(id) FROM channel_trouble WHERE channel = $1) AND ended_at > $2 \
                 AND NOT EXISTS (SELECT 1 FROM channel_trouble o WHERE o.channel = $1 AND o.ended_at IS NULL)",
                args![channel, now - SAME],
            )
            .await?;
        if reopened == 0 {
            self.conn
                .execute(
                    "INSERT INTO channel_trouble (channel, began_at, why, dispatch, again, told) VALUES ($1, $2, $3, $4, 0, 0) \
                     ON CONFLICT (channel) WHERE ended_at IS NULL DO NOTHING",
                    args![channel, now, why, dispatch.as_str()],
                )
                .await?;
        }
        Ok(())
    }

    /// Notes that a channel's account is accepted again.
    pub async fn end_trouble(&mut self, channel: &str, now: Moment) -> Result<()> {
        self.conn
            .execute(
                "UPDATE channel_trouble SET ended_at = $1 WHERE channel = $2 AND ended_at IS NULL",
                args![now, channel],
            )
            .await?;
        Ok(())
    }

    /// The latest stretches of trouble of a channel.
    pub async fn troubles_of(&mut self, channel: &str) -> Result<Vec<Trouble>> {
        let rows = self
            .conn
            .query(
                "SELECT began_at, ended_at FROM channel_trouble WHERE channel = $1 ORDER BY began_at DESC LIMIT $2",
                args![channel, LOOKED_AT],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(Trouble {
                    since: row.moment(0)?,
                    until: row.opt_moment(1)?,
                })
            })
            .collect()
    }

    /// All trouble that lasts.
    pub async fn open_troubles(&mut self) -> Result<Vec<OpenTrouble>> {
        let rows = self
            .conn
            .query(
                "SELECT channel, began_at, why FROM channel_trouble WHERE ended_at IS NULL ORDER BY channel",
                Vec::new(),
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(OpenTrouble {
                    channel: row.text(0)?.to_owned(),
                    since: row.moment(1)?,
                    why: row.text(2)?.to_owned(),
                })
            })
            .collect()
    }

    /// What is to be told by `now`. Trouble that comes and goes is not told to be over before it has stayed away a while.
    pub async fn untold_troubles(&mut self, now: Moment) -> Result<Vec<UntoldTrouble>> {
        let rows = self
            .conn
            .query(
                "SELECT id, channel, began_at, ended_at, why, dispatch, told FROM channel_trouble WHERE told < 2 \
                 AND (told = 0 OR (ended_at IS NOT NULL AND (again = 0 OR ended_at <= $1))) ORDER BY id",
                args![now - SAME],
            )
            .await?;
        rows.iter().map(untold_of).collect()
    }

    /// Notes that it was told.
    pub async fn trouble_told(&mut self, told: &UntoldTrouble) -> Result<()> {
        self.conn
            .execute(
                "UPDATE channel_trouble SET told = $1 WHERE id = $2",
                args![if told.is_end { 2i64 } else { 1 }, told.id],
            )
            .await?;
        Ok(())
    }
}

fn untold_of(row: &Row) -> Result<UntoldTrouble> {
    let id = row.int(0)?;
    let dispatch = row.opt_text(5)?.map(str::parse).transpose();
    Ok(UntoldTrouble {
        id,
        channel: row.text(1)?.to_owned(),
        trouble: Trouble {
            since: row.moment(2)?,
            until: row.opt_moment(3)?,
        },
        why: row.text(4)?.to_owned(),
        dispatch: dispatch
            .map_err(|error: crate::id::BadId| StoreError::broken("channel_trouble", id, error))?,
        is_end: row.int(6)? != 0,
    })
}
