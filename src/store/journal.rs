//! The journal as rows: append, read on, and check the whole chain.

use super::{Dialect, Result, Row, StoreError, Tx};
use crate::domain::journal::{ChainFault, Entry, GENESIS, Sealed, Told, seal_hash};

/// Entries that `journal_verify` holds at a time.
const PAGE: i64 = 1_000;

const INSERT: &str =
    "INSERT INTO journal (seq, at, actor, act, incident, release, data, prev, hash) VALUES";

/// The last entry, as kept beside the journal: what shows that its end was cut off.
struct Head {
    seq: i64,
    hash: String,
}

impl Tx {
    /// Seals `entries` in order onto the end of the journal. Writers of other transactions wait until this one ends.
    ///
    /// # Errors
    /// When the database fails; the transaction can then only be dropped.
    pub async fn append(&mut self, entries: Vec<Entry>) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let mut head = self.journal_head(true).await?;
        let mut rows = Vec::with_capacity(entries.len());
        for entry in entries {
            let (sealed, data) = entry.seal(head.seq + 1, &head.hash);
            head = Head {
                seq: sealed.seq,
                hash: sealed.hash.clone(),
            };
            rows.push(crate::args![
                sealed.seq,
                sealed.at,
                sealed.actor,
                sealed.act,
                sealed.incident,
                sealed.release,
                data,
                sealed.prev,
                sealed.hash,
            ]);
        }
        self.conn.insert_many(INSERT, rows, "").await?;
        let args = crate::args![head.seq, head.hash];
        self.conn
            .execute(
                "UPDATE journal_head SET seq = $1, hash = $2 WHERE one = 1",
                args,
            )
            .await?;
        Ok(())
    }

    /// How many entries there are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn journal_len(&mut self) -> Result<i64> {
        let rows = self
            .conn
            .query("SELECT seq FROM journal_head", Vec::new())
            .await?;
        rows.first().map_or(Ok(0), |row| row.int(0))
    }

    /// Entries after number `after`, in order; of one incident or of all.
    ///
    /// # Errors
    /// When the database refuses or a row cannot be read.
    pub async fn journal_after(
        &mut self,
        after: i64,
        incident: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Sealed>> {
        let rows = match incident {
            None => {
                self.conn
                    .query(ALL_AFTER, crate::args![after, limit])
                    .await?
            }
            Some(incident) => {
                self.conn
                    .query(OF_INCIDENT_AFTER, crate::args![after, limit, incident])
                    .await?
            }
        };
        rows.iter().map(sealed).collect()
    }

    /// As [`Tx::journal_after`], read.
    ///
    /// # Errors
    /// Names an entry that this program cannot read.
    pub async fn told_after(
        &mut self,
        after: i64,
        incident: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Told>> {
        let entries = self.journal_after(after, incident, limit).await?;
        entries
            .into_iter()
            .map(|entry| {
                let seq = entry.seq;
                let told = entry.read();
                told.map_err(|error| StoreError::broken("journal", seq, error.what))
            })
            .collect()
    }

    /// The last `limit` entries, oldest of them first; of one incident if it is named.
    ///
    /// # Errors
    /// When the database fails or an entry cannot be read.
    pub async fn journal_tail(
        &mut self,
        incident: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Sealed>> {
        let rows = match incident {
            None => self.conn.query(ALL_LAST, crate::args![limit]).await?,
            Some(incident) => {
                self.conn
                    .query(OF_INCIDENT_LAST, crate::args![limit, incident])
                    .await?
            }
        };
        rows.iter().rev().map(sealed).collect()
    }

    /// Walks the whole chain and names every place where it was altered, broken, cut out of or cut off.
    ///
    /// # Errors
    /// When the database fails. What is wrong with the journal is an answer, not an error.
    pub async fn journal_verify(&mut self) -> Result<Vec<ChainFault>> {
        let head = self.journal_head(false).await?;
        let mut last = Head {
            seq: 0,
            hash: GENESIS.to_owned(),
        };
        let mut faults = Vec::new();
        // From below every number, so that an entry slipped in before the first is seen.
        let mut after = i64::MIN;
        loop {
            let page = self
                .conn
                .query(ALL_AFTER, crate::args![after, PAGE])
                .await?;
            for row in &page {
                last = check(row, &last, &mut faults)?;
                after = last.seq;
            }
            if (page.len() as i64) < PAGE {
                break;
            }
        }
        if last.seq != head.seq {
            faults.push(ChainFault::Truncated {
                expected: head.seq,
                found: last.seq,
            });
        } else if last.hash != head.hash {
            faults.push(ChainFault::Altered { seq: last.seq });
        }
        Ok(faults)
    }

    async fn journal_head(&mut self, to_change: bool) -> Result<Head> {
        let sql = match (self.dialect(), to_change) {
            (Dialect::Postgres, true) => {
                "SELECT seq, hash FROM journal_head WHERE one = 1 FOR UPDATE"
            }
            _ => "SELECT seq, hash FROM journal_head WHERE one = 1",
        };
        let rows = self.conn.query(sql, Vec::new()).await?;
        let row = rows
            .first()
            .ok_or_else(|| StoreError::broken("journal_head", 1, "the row is missing"))?;
        Ok(Head {
            seq: row.int(0)?,
            hash: row.text(1)?.to_owned(),
        })
    }
}

const ALL_AFTER: &str = "SELECT seq, at, actor, act, incident, release, data, prev, hash FROM journal \
    WHERE seq > $1 ORDER BY seq LIMIT $2";
const OF_INCIDENT_AFTER: &str = "SELECT seq, at, actor, act, incident, release, data, prev, hash FROM journal \
    WHERE incident = $3 AND seq > $1 ORDER BY seq LIMIT $2";

const ALL_LAST: &str = "SELECT seq, at, actor, act, incident, release, data, prev, hash FROM journal \
    ORDER BY seq DESC LIMIT $1";
const OF_INCIDENT_LAST: &str = "SELECT seq, at, actor, act, incident, release, data, prev, hash FROM journal \
    WHERE incident = $2 ORDER BY seq DESC LIMIT $1";

fn sealed(row: &Row) -> Result<Sealed> {
    let seq = row.int(0)?;
    Ok(Sealed {
        seq,
        at: row.moment(1)?,
        actor: row.text(2)?.to_owned(),
        act: row.text(3)?.to_owned(),
        incident: row.opt_text(4)?.map(str::to_owned),
        release: row.opt_text(5)?.map(str::to_owned),
        data: serde_json::from_str(row.text(6)?)
            .map_err(|error| StoreError::broken("journal", seq, error))?,
        prev: row.text(7)?.to_owned(),
        hash: row.text(8)?.to_owned(),
    })
}

/// Checks one row against the entry before it and returns it as the new last one.
fn check(row: &Row, last: &Head, faults: &mut Vec<ChainFault>) -> Result<Head> {
    let (seq, prev, hash) = (row.int(0)?, row.text(7)?, row.text(8)?);
    if seq != last.seq + 1 {
        faults.push(ChainFault::Gap {
            expected: last.seq + 1,
            found: seq,
        });
    } else if prev != last.hash {
        faults.push(ChainFault::Broken { seq });
    }
    let now = seal_hash(
        seq,
        row.moment(1)?,
        row.text(2)?,
        row.text(3)?,
        row.opt_text(4)?,
        row.opt_text(5)?,
        row.text(6)?,
        prev,
    );
    if now != hash {
        faults.push(ChainFault::Altered { seq });
    }
    Ok(Head {
        seq,
        hash: hash.to_owned(),
    })
}
