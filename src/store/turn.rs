//! What documents hide and lists ask for: whose turn a release is, and where an incident is.
//!
//! Kept whenever the row that it is about is written, so nobody else has to think of it. A turn also remembers whether
//! whoever has it was told.

use super::incident::from_json;
use super::{Dialect, Result, Store, StoreError, Tx, Value};
use crate::args;
use crate::domain::bulletin::REMINDERS_FROM;
use crate::domain::incident::Incident;
use crate::domain::release::{Release, ReleaseState};
use crate::domain::time::Moment;
use crate::id::{BadId, DispatchId, ReleaseId};

/// How many rows are read at a time when the tables are filled for the first time.
const PAGE: u32 = 500;

const INTO_TURNS: &str = "INSERT INTO release_turn (release, post, since, told_at) VALUES";

/// A turn that has begun, of which nobody was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untold {
    pub release: ReleaseId,
    /// As in [`crate::domain::release::Turn`].
    pub post: String,
    pub since: Moment,
}

/// One row of the table.
#[derive(PartialEq)]
struct Row {
    release: ReleaseId,
    post: String,
    since: Moment,
    told_at: Option<Moment>,
}

impl Tx {
    pub(super) async fn add_turns(&mut self, releases: &[Release]) -> Result<()> {
        self.insert_turns(releases.iter().flat_map(rows_of)).await
    }

    async fn insert_turns(&mut self, rows: impl Iterator<Item = Row>) -> Result<()> {
        let rows: Vec<Vec<Value>> = rows
            .map(|row| args![row.release.as_str(), row.post, row.since, row.told_at])
            .collect();
        if rows.is_empty() {
            return Ok(());
        }
        self.conn.insert_many(INTO_TURNS, rows, "").await?;
        Ok(())
    }

    pub(super) async fn put_turn(&mut self, release: &Release) -> Result<()> {
        let sql = "SELECT post, since, told_at FROM release_turn WHERE release = $1 ORDER BY post";
        let rows = self.conn.query(sql, args![release.id.as_str()]).await?;
        let mut known = Vec::with_capacity(rows.len());
        for row in &rows {
            known.push(Row {
                release: release.id.clone(),
                post: row.text(0)?.to_owned(),
                since: row.moment(1)?,
                told_at: row.opt_moment(2)?,
            });
        }
        let mut wanted = rows_of(release);
        wanted.sort_by(|a, b| a.post.cmp(&b.post));
        for row in &mut wanted {
            let same = (known.iter()).find(|old| old.post == row.post && old.since == row.since);
            row.told_at = row.told_at.or(same.and_then(|old| old.told_at));
        }
        if wanted == known {
            return Ok(());
        }
        self.conn
            .execute(
                "DELETE FROM release_turn WHERE release = $1",
                args![release.id.as_str()],
            )
            .await?;
        self.insert_turns(wanted.into_iter()).await
    }

    /// The turns that have begun by `now` and of which nobody was told, at most `limit`.
    pub async fn turns_untold(&mut self, now: Moment, limit: u32) -> Result<Vec<Untold>> {
        let sql = "SELECT release, post, since FROM release_turn WHERE told_at IS NULL AND since <= $1 \
                   ORDER BY since, release, post LIMIT $2";
        let rows = self.conn.query(sql, args![now, limit]).await?;
        rows.iter()
            .map(|row| {
                let release = row.text(0)?;
                Ok(Untold {
                    release: (release.parse())
                        .map_err(|bad| StoreError::broken("release_turn", release, bad))?,
                    post: row.text(1)?.to_owned(),
                    since: row.moment(2)?,
                })
            })
            .collect()
    }

    /// Whoever has this turn is told so at `now`. False when they were told before, or it is no turn any more.
    pub async fn turn_told(&mut self, turn: &Untold, now: Moment) -> Result<bool> {
        let sql = "UPDATE release_turn SET told_at = $1 \
                   WHERE release = $2 AND post = $3 AND since = $4 AND told_at IS NULL";
        let args = args![now, turn.release.as_str(), turn.post.as_str(), turn.since];
        Ok(self.conn.execute(sql, args).await? > 0)
    }

    /// Of the turns that have begun by `now` and of which nobody was told, nobody is told. Returns how many.
    pub async fn turns_pass_untold(&mut self, now: Moment) -> Result<usize> {
        let sql = match self.dialect() {
            Dialect::Sqlite => {
                "UPDATE release_turn SET told_at = $1 WHERE told_at IS NULL AND since <= $1"
            }
            // Whoever works on an incident changes its rows in an order of their own, and is not waited for.
            Dialect::Postgres => {
                "UPDATE release_turn SET told_at = $1 WHERE told_at IS NULL AND (release, post) IN \
                 (SELECT release, post FROM release_turn WHERE told_at IS NULL AND since <= $1 FOR UPDATE SKIP LOCKED)"
            }
        };
        let passed = self.conn.execute(sql, args![now]).await?;
        Ok(usize::try_from(passed).unwrap_or(usize::MAX))
    }

    /// Whoever has this turn is to be told again: what they waited for has come at `now`.
    pub async fn turn_again(&mut self, release: &ReleaseId, now: Moment) -> Result<()> {
        let sql = "UPDATE release_turn SET told_at = NULL WHERE release = $1 AND since <= $2";
        self.conn.execute(sql, args![release.as_str(), now]).await?;
        Ok(())
    }

    /// Messages to posts that wait to be sent, of releases that have no turn any more as old as the message: which dispatch, and the
    /// text that it carries.
    pub async fn notes_of_turns_over(&mut self) -> Result<Vec<(DispatchId, ReleaseId, u32)>> {
        let sql = "SELECT p.id, p.release, p.version FROM dispatch p \
                   WHERE p.closed_at IS NULL AND p.stopped_at IS NULL AND p.version >= $1 \
                   AND EXISTS (SELECT 1 FROM delivery d WHERE d.dispatch = p.id AND d.status = 0) \
                   AND NOT EXISTS (SELECT 1 FROM release_turn t WHERE t.release = p.release AND t.since <= p.created_at) \
                   ORDER BY p.id";
        let rows = self.conn.query(sql, args![REMINDERS_FROM]).await?;
        rows.iter()
            .map(|row| {
                let (id, release) = (row.text(0)?, row.text(1)?);
                let broken = |what: BadId| StoreError::broken("dispatch", id, what);
                let version = u32::try_from(row.int(2)?).unwrap_or(REMINDERS_FROM);
                Ok((
                    id.parse().map_err(broken)?,
                    release.parse().map_err(broken)?,
                    version,
                ))
            })
            .collect()
    }

    pub(super) async fn add_places(&mut self, incidents: &[Incident]) -> Result<()> {
        let rows: Vec<Vec<Value>> = incidents
            .iter()
            .flat_map(|one| {
                one.areas
                    .iter()
                    .map(|area| args![one.id.as_str(), area.0.as_str()])
            })
            .collect();
        if rows.is_empty() {
            return Ok(());
        }
        self.conn
            .insert_many(
                "INSERT INTO incident_area (incident, area) VALUES",
                rows,
                "ON CONFLICT (incident, area) DO NOTHING",
            )
            .await?;
        Ok(())
    }
}

fn rows_of(release: &Release) -> Vec<Row> {
    let Some(turn) = release.turn() else {
        return Vec::new();
    };
    // Whoever decides is asked, again and again, by a clock of its own.
    let is_asked = matches!(release.state, ReleaseState::Undecided(_));
    turn.posts
        .into_iter()
        .map(|post| Row {
            release: release.id.clone(),
            post,
            since: turn.since,
            told_at: is_asked.then_some(turn.since),
        })
        .collect()
}

impl Store {
    /// Fills the tables of a database from before there were any. Once, whoever comes first.
    pub(super) async fn fill_turns(&self) -> Result<()> {
        let mut tx = self.read().await?;
        let rows = tx
            .conn
            .query("SELECT name FROM backfill", Vec::new())
            .await?;
        drop(tx);
        if rows.is_empty() {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        let mine = tx
            .conn
            .execute("DELETE FROM backfill WHERE name = 'turns'", Vec::new())
            .await?;
        if mine == 0 {
            return Ok(());
        }
        let mut after = String::new();
        loop {
            let sql = "SELECT doc, id FROM release WHERE id > $1 ORDER BY id LIMIT $2";
            let rows = tx.conn.query(sql, args![after.as_str(), PAGE]).await?;
            let Some(last) = rows.last() else { break };
            after = last.text(1)?.to_owned();
            // A row that cannot be read holds up no other; it is told where it is worked on.
            let releases: Vec<Release> = rows
                .iter()
                .filter_map(|row| from_json("release", row.text(1).ok()?, row.text(0).ok()?).ok())
                .collect();
            tx.add_turns(&releases).await?;
        }
        let mut after = String::new();
        loop {
            let sql = "SELECT doc, id FROM incident WHERE id > $1 ORDER BY id LIMIT $2";
            let rows = tx.conn.query(sql, args![after.as_str(), PAGE]).await?;
            let Some(last) = rows.last() else { break };
            after = last.text(1)?.to_owned();
            let incidents: Vec<Incident> = rows
                .iter()
                .filter_map(|row| from_json("incident", row.text(1).ok()?, row.text(0).ok()?).ok())
                .collect();
            tx.add_places(&incidents).await?;
        }
        // As of the turns that other databases had by then: what had begun is not told again.
        let sql =
            "UPDATE release_turn SET told_at = since WHERE since <= (SELECT max(at) FROM journal)";
        tx.conn.execute(sql, Vec::new()).await?;
        tx.commit().await
    }
}
