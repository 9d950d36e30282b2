//! Which texts were shown to whom: what a person may name by its check code.

use super::{Result, StoreError, Tx};
use crate::args;
use crate::domain::time::Moment;
use crate::id::ReleaseId;

/// A text that the server has shown to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub version: u32,
    pub hash: String,
    /// The first time.
    pub at: Moment,
}

impl Tx {
    /// Remembers that `person` was shown this text; the first time counts.
    pub async fn add_shown(
        &mut self,
        person: &str,
        release: &ReleaseId,
        shown: &Shown,
    ) -> Result<()> {
        self.conn
            .execute(
                "INSERT INTO shown (person, release, version, hash, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                args![
                    person,
                    release.as_str(),
                    shown.version,
                    shown.hash.as_str(),
                    shown.at
                ],
            )
            .await?;
        Ok(())
    }

    /// Every text of `release` that `person` was shown.
    pub async fn shown_to(&mut self, person: &str, release: &ReleaseId) -> Result<Vec<Shown>> {
        let rows = self
            .conn
            .query(
                "SELECT version, hash, at FROM shown WHERE person = $1 AND release = $2 ORDER BY at, version",
                args![person, release.as_str()],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(Shown {
                    version: u32::try_from(row.int(0)?)
                        .map_err(|e| StoreError::broken("shown", release, e.to_string()))?,
                    hash: row.text(1)?.to_owned(),
                    at: row.moment(2)?,
                })
            })
            .collect()
    }
}
