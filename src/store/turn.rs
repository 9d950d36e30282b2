//! What documents hide and lists ask for: whose turn a release is, and where an incident is.
//!
//! Kept whenever the row that it is about is written, so nobody else has to think of it.

use super::incident::from_json;
use super::{Result, Store, Tx, Value};
use crate::args;
use crate::domain::incident::Incident;
use crate::domain::release::Release;

/// How many rows are read at a time when the tables are filled for the first time.
const PAGE: u32 = 500;

const INTO_TURNS: &str = "INSERT INTO release_turn (release, post, since) VALUES";

impl Tx {
    pub(super) async fn add_turns(&mut self, releases: &[Release]) -> Result<()> {
        let rows: Vec<Vec<Value>> = releases.iter().flat_map(rows_of).collect();
        if rows.is_empty() {
            return Ok(());
        }
        self.conn.insert_many(INTO_TURNS, rows, "").await?;
        Ok(())
    }

    pub(super) async fn put_turn(&mut self, release: &Release) -> Result<()> {
        self.conn
            .execute(
                "DELETE FROM release_turn WHERE release = $1",
                args![release.id.as_str()],
            )
            .await?;
        self.add_turns(std::slice::from_ref(release)).await
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

fn rows_of(release: &Release) -> Vec<Vec<Value>> {
    let Some(turn) = release.turn() else {
        return Vec::new();
    };
    turn.posts
        .into_iter()
        .map(|post| args![release.id.as_str(), post, turn.since])
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
        tx.commit().await
    }
}
