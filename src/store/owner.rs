//! The row that says who serves a database, its signs of life, and the name that the database itself has.
//!
//! A sign of life is a real change, made durable: whoever wants to know whether the store takes changes asks for one.

use super::{Result, Row, Store, StoreError, Tx};
use crate::args;
use crate::domain::owner::{Claim, Owner, Process};
use crate::domain::time::{Moment, from_millis};

/// What a server that has taken a database holds.
#[derive(Debug)]
pub(super) struct Held {
    holder: String,
    process: String,
    installation: String,
}

/// Of a SQLite database there is one server, whatever it is called.
const ONE: &str = "server";

/// How taking a database went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taking {
    Done,
    /// Its last server gave this sign of life and cannot be looked for: wait, and see whether there is another.
    Unclear(Owner),
}

impl Store {
    /// Takes the lock on the database's file, before anything in it is changed. It says which file that is.
    ///
    /// # Errors
    /// [`StoreError::Taken`] when another process holds it.
    pub fn lock(&self) -> Result<String> {
        self.driver.lock()
    }

    /// The name that this database and its copies have: the one it has, or `given` from now on.
    pub async fn installation(&self, given: &str) -> Result<String> {
        let mut tx = self.begin().await?;
        let added = tx
            .conn
            .execute(
                "INSERT INTO installation (one, id) VALUES (1, $1) ON CONFLICT (one) DO NOTHING",
                args![given],
            )
            .await?;
        let name = tx.installation().await?.unwrap_or_else(|| given.to_owned());
        if added > 0 {
            tx.commit().await?;
        }
        Ok(name)
    }

    /// Gives this database another name: from now on it is a copy of nothing.
    pub async fn rename(&self, installation: &str) -> Result<()> {
        let mut tx = self.begin().await?;
        tx.conn
            .execute(
                "UPDATE installation SET id = $1 WHERE one = 1",
                args![installation],
            )
            .await?;
        tx.commit().await
    }

    /// The name that this database has, if any.
    pub async fn known_installation(&self) -> Result<Option<String>> {
        self.read().await?.installation().await
    }

    /// Who serves this database, or did last, as `holder`; whoever it was on SQLite.
    pub async fn owner(&self, holder: &str) -> Result<Option<Owner>> {
        let holder = self.holder(holder);
        self.read().await?.owner(&holder).await
    }

    /// Takes the database for `process`, whose lock is on `file`. `seen` is the sign of life after which there was no
    /// other, if somebody waited.
    ///
    /// # Errors
    /// [`StoreError::Taken`] when another process serves it; nothing is changed then.
    pub async fn take(
        &self,
        holder: &str,
        process: &Process,
        file: (&str, &str),
        seen: Option<&Owner>,
        is_alive: &(dyn Fn(&Process) -> bool + Sync),
        now: Moment,
    ) -> Result<Taking> {
        let holder = self.holder(holder);
        let mut tx = self.begin().await?;
        if let Some(standing) = tx.owner(&holder).await? {
            let claim = standing.judge(process, file.0, is_alive(&standing.process), now);
            match claim {
                Claim::Free => {}
                Claim::Unclear if seen == Some(&standing) => {}
                Claim::Unclear => return Ok(Taking::Unclear(standing)),
                Claim::Taken => return Err(StoreError::Taken(standing.to_string())),
            }
        }
        tx.conn
            .execute(
                "INSERT INTO owner (holder, process, host, place, pid, born, file, path, beat_at, ended) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0) ON CONFLICT (holder) DO UPDATE SET \
                 process = excluded.process, host = excluded.host, place = excluded.place, pid = excluded.pid, \
                 born = excluded.born, file = excluded.file, path = excluded.path, beat_at = excluded.beat_at, ended = 0",
                args![
                    holder.as_str(),
                    process.id.as_str(),
                    process.host.as_str(),
                    process.place.as_str(),
                    i64::from(process.pid),
                    process.born.as_str(),
                    file.0,
                    file.1,
                    now
                ],
            )
            .await?;
        let installation = tx.installation().await?.unwrap_or_default();
        tx.commit().await?;
        self.owner.store(Some(std::sync::Arc::new(Held {
            holder,
            process: process.id.clone(),
            installation,
        })));
        Ok(Taking::Done)
    }

    /// Gives a sign of life: a small change, made durable. Without an owner it is a change all the same.
    ///
    /// # Errors
    /// Why no change can be made: [`StoreError::ailment`] tells the reasons apart.
    pub async fn beat(&self, now: Moment) -> Result<()> {
        let Some(held) = self.owner.load_full() else {
            let mut tx = self.begin().await?;
            tx.conn
                .execute("UPDATE realm SET kind = kind WHERE one = 1", args![])
                .await?;
            return tx.commit().await;
        };
        // Not through `begin`: whether the bar may be lifted is found out here.
        let mut tx = Tx {
            conn: self.driver.begin().await?,
        };
        let moved = tx
            .conn
            .execute(
                "UPDATE owner SET beat_at = $1 WHERE holder = $2 AND process = $3",
                args![now, held.holder.as_str(), held.process.as_str()],
            )
            .await
            .map_err(tables_gone)?;
        if tx.installation().await?.unwrap_or_default() != held.installation {
            return Err(StoreError::Foreign(
                "the database that this server was started on has given place to another".into(),
            ));
        }
        if moved == 0 {
            let standing = tx.owner(&held.holder).await?;
            return Err(StoreError::Taken(
                standing.map_or_else(String::new, |owner| owner.to_string()),
            ));
        }
        tx.commit().await
    }

    /// Looks whether the database is still in its place, with room to write. Touches the disk.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Foreign`] or [`StoreError::Full`].
    pub fn look(&self) -> Result<()> {
        self.driver.look()
    }

    /// Brings what was written last to safety if the file that holds it was taken away from under this process. Returns
    /// whether there was something to do.
    ///
    /// # Errors
    /// When the database refuses, or is not in its place itself.
    pub async fn rescue(&self) -> Result<bool> {
        self.driver.rescue().await
    }

    /// Moves what was written to where a copy of the file would have it: a copy must say whose it is.
    ///
    /// # Errors
    /// When the database refuses; it is as good as before.
    pub async fn settle(&self) -> Result<()> {
        self.driver.settle().await
    }

    /// Says that this process stops in order: nobody has to look for it.
    pub async fn give_up(&self) -> Result<()> {
        let Some(held) = self.owner.swap(None) else {
            return Ok(());
        };
        let mut tx = self.begin().await?;
        tx.conn
            .execute(
                "UPDATE owner SET ended = 1 WHERE holder = $1 AND process = $2",
                args![held.holder.as_str(), held.process.as_str()],
            )
            .await?;
        tx.commit().await
    }

    fn holder(&self, named: &str) -> String {
        match self.dialect() {
            super::Dialect::Sqlite => ONE.to_owned(),
            super::Dialect::Postgres => named.to_owned(),
        }
    }
}

impl Tx {
    async fn installation(&mut self) -> Result<Option<String>> {
        let rows = self
            .conn
            .query("SELECT id FROM installation WHERE one = 1", args![])
            .await
            .map_err(tables_gone)?;
        rows.first()
            .map(|row| row.text(0).map(str::to_owned))
            .transpose()
    }

    async fn owner(&mut self, holder: &str) -> Result<Option<Owner>> {
        let rows = self
            .conn
            .query(
                "SELECT process, host, place, pid, born, file, path, beat_at, ended FROM owner WHERE holder = $1",
                args![holder],
            )
            .await
            .map_err(tables_gone)?;
        rows.first().map(read).transpose()
    }
}

fn read(row: &Row) -> Result<Owner> {
    let text = |column| row.text(column).map(str::to_owned);
    Ok(Owner {
        process: Process {
            id: text(0)?,
            host: text(1)?,
            place: text(2)?,
            pid: u32::try_from(row.int(3)?).unwrap_or_default(),
            born: text(4)?,
        },
        file: text(5)?,
        path: text(6)?,
        beat_at: from_millis(row.int(7)?),
        ended: row.int(8)? != 0,
    })
}

/// A database without these tables is not the one that was opened.
fn tables_gone(error: StoreError) -> StoreError {
    match error {
        StoreError::Statement(what)
            if what.contains("no such table") || what.contains("(42P01)") =>
        {
            StoreError::Foreign(format!(
                "neither fabu init nor fabu migrate has made it ({what})"
            ))
        }
        other => other,
    }
}
