//! What waits for a second person.
//!
//! The column `ends_at` holds when a row wants attention next: first when those who may confirm it are told again, then when it
//! lapses. What the document says is when it lapses.

use super::incident::{from_json, to_json};
use super::{Result, Row, StoreError, Tx};
use crate::args;
use crate::domain::rights::Asked;
use crate::domain::time::Moment;
use crate::id::{AskId, IncidentId};

impl Tx {
    /// # Errors
    /// [`StoreError::Duplicate`] when the same is asked for already.
    pub async fn add_asked(&mut self, asked: &Asked) -> Result<()> {
        self.conn
            .execute(
                "INSERT INTO asked (id, act, subject, at, ends_at, doc) VALUES ($1, $2, $3, $4, $5, $6)",
                args![
                    asked.id.as_str(),
                    asked.wish.act().code(),
                    asked.subject(),
                    asked.at,
                    asked.remind_at(),
                    to_json("asked", &asked.id, asked)?
                ],
            )
            .await?;
        Ok(())
    }

    /// Writes down what was decided.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when something was decided already.
    pub async fn decide_asked(&mut self, asked: &Asked) -> Result<()> {
        let at = asked.decided.as_ref().map(|decided| decided.at);
        let changed = self
            .conn
            .execute(
                "UPDATE asked SET decided_at = $1, doc = $2 WHERE id = $3 AND decided_at IS NULL",
                args![at, to_json("asked", &asked.id, asked)?, asked.id.as_str()],
            )
            .await?;
        if changed == 0 {
            return Err(StoreError::Conflict {
                table: "asked",
                id: asked.id.to_string(),
            });
        }
        Ok(())
    }

    pub async fn asked(&mut self, id: &AskId) -> Result<Option<Asked>> {
        let rows = self
            .conn
            .query(
                "SELECT doc, id FROM asked WHERE id = $1",
                args![id.as_str()],
            )
            .await?;
        rows.first().map(asked_of).transpose()
    }

    /// The one about `subject` that nobody has decided.
    pub async fn asked_about(&mut self, act: &str, subject: &str) -> Result<Option<Asked>> {
        let rows = self
            .conn
            .query(
                "SELECT doc, id FROM asked WHERE act = $1 AND subject = $2 AND decided_at IS NULL",
                args![act, subject],
            )
            .await?;
        rows.first().map(asked_of).transpose()
    }

    /// What nobody has decided, the most pressing first.
    pub async fn asked_open(&mut self, limit: u32) -> Result<Vec<Asked>> {
        let rows = self
            .conn
            .query(
                "SELECT doc, id FROM asked WHERE decided_at IS NULL ORDER BY ends_at, id LIMIT $1",
                args![limit],
            )
            .await?;
        pressing(&rows)
    }

    /// What nobody has decided about an incident and its releases, the most pressing first.
    pub async fn asked_of(&mut self, incident: &IncidentId) -> Result<Vec<Asked>> {
        let rows = self
            .conn
            .query(
                "SELECT doc, id FROM asked WHERE decided_at IS NULL AND (subject = $1 OR subject IN \
                 (SELECT id FROM release WHERE incident = $1)) ORDER BY ends_at, id",
                args![incident.as_str()],
            )
            .await?;
        pressing(&rows)
    }

    /// What nobody has decided and wants attention by `now`.
    pub async fn asked_due(&mut self, now: Moment, limit: u32) -> Result<Vec<Asked>> {
        let rows = self
            .conn
            .query(
                "SELECT doc, id FROM asked WHERE decided_at IS NULL AND ends_at <= $1 ORDER BY ends_at, id LIMIT $2",
                args![now, limit],
            )
            .await?;
        rows.iter().map(asked_of).collect()
    }

    /// Those who may confirm it are told again: what it wants next is to lapse. False when they were told before, or it was decided.
    pub async fn asked_reminded(&mut self, asked: &Asked) -> Result<bool> {
        let sql =
            "UPDATE asked SET ends_at = $1 WHERE id = $2 AND decided_at IS NULL AND ends_at < $1";
        let args = args![asked.ends_at, asked.id.as_str()];
        Ok(self.conn.execute(sql, args).await? > 0)
    }
}

/// The most pressing first.
fn pressing(rows: &[Row]) -> Result<Vec<Asked>> {
    let mut asked: Vec<Asked> = rows.iter().map(asked_of).collect::<Result<_>>()?;
    asked.sort_by(|one, other| (one.ends_at, &one.id).cmp(&(other.ends_at, &other.id)));
    Ok(asked)
}

fn asked_of(row: &Row) -> Result<Asked> {
    from_json("asked", row.text(1)?, row.text(0)?)
}
