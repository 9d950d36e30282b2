//! The journal as rows: append, read on, and check the whole chain.

use super::{Dialect, Result, Row, StoreError, Tx};
use crate::domain::journal::seal::Columns;
use crate::domain::journal::{
    BadSubject, ChainFault, Entry, FORMAT, GENESIS, Sealed, Subject, Told,
};
use crate::id::{IncidentId, ReleaseId};

/// Entries that `journal_verify` holds at a time.
const PAGE: i64 = 1_000;

const INSERT: &str = "INSERT INTO journal (seq, at, actor, act, incident, release, data, prev, hash, \
    format, subject_kind, subject_id) VALUES";

/// The last entry, as kept beside the journal: what shows that its end was cut off.
struct Head {
    seq: i64,
    hash: String,
    format: u32,
}

/// Which entries.
#[derive(Debug, Clone, Copy)]
pub enum Of<'a> {
    All,
    /// Of an incident and of its releases.
    Incident(&'a str),
    Subject(&'a Subject),
}

impl<'a> From<Option<&'a str>> for Of<'a> {
    fn from(incident: Option<&'a str>) -> Self {
        incident.map_or(Of::All, Of::Incident)
    }
}

impl Tx {
    /// Seals `entries` in order onto the end of the journal. Writers of other transactions wait until this one ends.
    pub async fn append(&mut self, entries: Vec<Entry>) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let mut head = self.journal_head(true).await?;
        let mut rows = Vec::with_capacity(entries.len());
        for entry in entries {
            let (act, data) = entry.act.parts();
            let (data, subject) = (data.to_string(), entry.subject());
            let columns = Columns {
                format: FORMAT,
                seq: head.seq + 1,
                at: entry.at,
                actor: &entry.actor,
                act: &act,
                incident: entry.incident.as_ref().map(IncidentId::as_str),
                release: entry.release.as_ref().map(ReleaseId::as_str),
                subject_kind: subject.as_ref().map(|subject| subject.kind.code()),
                subject_id: subject.as_ref().map(|subject| subject.id.as_str()),
                data: &data,
                prev: &head.hash,
            };
            let next = Head {
                seq: columns.seq,
                hash: columns.seal(),
                format: FORMAT,
            };
            rows.push(crate::args![
                columns.seq,
                columns.at,
                columns.actor,
                columns.act,
                columns.incident,
                columns.release,
                columns.data,
                columns.prev,
                next.hash.clone(),
                FORMAT,
                columns.subject_kind,
                columns.subject_id,
            ]);
            head = next;
        }
        self.conn.insert_many(INSERT, rows, "").await?;
        let args = crate::args![head.seq, head.hash, head.format];
        self.conn
            .execute(
                "UPDATE journal_head SET seq = $1, hash = $2, format = $3 WHERE one = 1",
                args,
            )
            .await?;
        Ok(())
    }

    /// How many entries there are.
    pub async fn journal_len(&mut self) -> Result<i64> {
        let rows = self
            .conn
            .query("SELECT seq FROM journal_head", Vec::new())
            .await?;
        rows.first().map_or(Ok(0), |row| row.int(0))
    }

    /// Entries after number `after`, in order.
    pub async fn journal_after<'a>(
        &mut self,
        after: i64,
        of: impl Into<Of<'a>>,
        limit: u32,
    ) -> Result<Vec<Sealed>> {
        let (sql, args) = match of.into() {
            Of::All => (ALL_AFTER, crate::args![after, limit]),
            Of::Incident(id) => (OF_INCIDENT_AFTER, crate::args![after, limit, id]),
            Of::Subject(Subject { kind, id }) => {
                let args = crate::args![after, limit, kind.code(), id.as_str()];
                (ABOUT_AFTER, args)
            }
        };
        let rows = self.conn.query(sql, args).await?;
        rows.iter().map(sealed).collect()
    }

    /// As [`Tx::journal_after`], read.
    ///
    /// # Errors
    /// Names an entry that this program cannot read.
    pub async fn told_after<'a>(
        &mut self,
        after: i64,
        of: impl Into<Of<'a>>,
        limit: u32,
    ) -> Result<Vec<Told>> {
        let entries = self.journal_after(after, of, limit).await?;
        entries
            .into_iter()
            .map(|entry| {
                let seq = entry.seq;
                let told = entry.read();
                told.map_err(|error| StoreError::broken("journal", seq, error.what))
            })
            .collect()
    }

    /// The last `limit` entries, oldest of them first.
    pub async fn journal_tail<'a>(
        &mut self,
        of: impl Into<Of<'a>>,
        limit: u32,
    ) -> Result<Vec<Sealed>> {
        let (sql, args) = match of.into() {
            Of::All => (ALL_LAST, crate::args![limit]),
            Of::Incident(id) => (OF_INCIDENT_LAST, crate::args![limit, id]),
            Of::Subject(Subject { kind, id }) => {
                (ABOUT_LAST, crate::args![limit, kind.code(), id.as_str()])
            }
        };
        let rows = self.conn.query(sql, args).await?;
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
            format: head.format,
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
        } else if last.hash != head.hash || last.format != head.format {
            faults.push(ChainFault::Altered { seq: last.seq });
        }
        Ok(faults)
    }

    async fn journal_head(&mut self, to_change: bool) -> Result<Head> {
        let sql = match (self.dialect(), to_change) {
            (Dialect::Postgres, true) => {
                "SELECT seq, hash, format FROM journal_head WHERE one = 1 FOR UPDATE"
            }
            _ => "SELECT seq, hash, format FROM journal_head WHERE one = 1",
        };
        let rows = self.conn.query(sql, Vec::new()).await?;
        let row = rows
            .first()
            .ok_or_else(|| StoreError::broken("journal_head", 1, "the row is missing"))?;
        Ok(Head {
            seq: row.int(0)?,
            hash: row.text(1)?.to_owned(),
            format: known(row.int(2)?)?,
        })
    }
}

/// The format of a seal, if this program can make and check it.
pub(super) fn known(format: i64) -> Result<u32> {
    let number = u32::try_from(format).ok();
    let number = number.filter(|number| (1..=FORMAT).contains(number));
    number.ok_or(StoreError::NewerJournal {
        found: format,
        known: FORMAT,
    })
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT seq, at, actor, act, incident, release, data, prev, hash, format, subject_kind, subject_id \
             FROM journal ",
            $rest
        )
    };
}

const ALL_AFTER: &str = select!("WHERE seq > $1 ORDER BY seq LIMIT $2");
const OF_INCIDENT_AFTER: &str = select!("WHERE incident = $3 AND seq > $1 ORDER BY seq LIMIT $2");
const ABOUT_AFTER: &str =
    select!("WHERE subject_kind = $3 AND subject_id = $4 AND seq > $1 ORDER BY seq LIMIT $2");
const ABOUT_LAST: &str =
    select!("WHERE subject_kind = $2 AND subject_id = $3 ORDER BY seq DESC LIMIT $1");
const ALL_LAST: &str = select!("ORDER BY seq DESC LIMIT $1");
const OF_INCIDENT_LAST: &str = select!("WHERE incident = $2 ORDER BY seq DESC LIMIT $1");

fn columns(row: &Row) -> Result<Columns<'_>> {
    Ok(Columns {
        format: u32::try_from(row.int(9)?).unwrap_or(0),
        seq: row.int(0)?,
        at: row.moment(1)?,
        actor: row.text(2)?,
        act: row.text(3)?,
        incident: row.opt_text(4)?,
        release: row.opt_text(5)?,
        subject_kind: row.opt_text(10)?,
        subject_id: row.opt_text(11)?,
        data: row.text(6)?,
        prev: row.text(7)?,
    })
}

fn sealed(row: &Row) -> Result<Sealed> {
    let c = columns(row)?;
    let broken = |what: String| StoreError::broken("journal", c.seq, what);
    let subject = c.subject_kind.zip(c.subject_id);
    let subject = subject.map(|(kind, id)| format!("{kind}/{id}").parse());
    Ok(Sealed {
        seq: c.seq,
        at: c.at,
        actor: c.actor.to_owned(),
        act: c.act.to_owned(),
        incident: c.incident.map(str::to_owned),
        release: c.release.map(str::to_owned),
        subject: subject
            .transpose()
            .map_err(|error: BadSubject| broken(error.to_string()))?,
        data: serde_json::from_str(c.data).map_err(|error| broken(error.to_string()))?,
        format: c.format,
        prev: c.prev.to_owned(),
        hash: row.text(8)?.to_owned(),
    })
}

/// Format 1 does not cover the subject, which follows from what it does cover.
fn subject_follows(row: &Row) -> bool {
    let Ok(entry) = sealed(row) else {
        return false;
    };
    let stored = entry.subject.clone();
    // What cannot be read any more still has its seal.
    entry.read().map_or(true, |told| told.subject() == stored)
}

/// Checks one row against the entry before it and returns it as the new last one.
fn check(row: &Row, last: &Head, faults: &mut Vec<ChainFault>) -> Result<Head> {
    let (columns, hash) = (columns(row)?, row.text(8)?);
    let seq = columns.seq;
    if seq != last.seq + 1 {
        faults.push(ChainFault::Gap {
            expected: last.seq + 1,
            found: seq,
        });
    } else if columns.prev != last.hash {
        faults.push(ChainFault::Broken { seq });
    }
    if columns.seal() != hash || columns.format == 1 && !subject_follows(row) {
        faults.push(ChainFault::Altered { seq });
    }
    Ok(Head {
        seq,
        hash: hash.to_owned(),
        format: columns.format,
    })
}
