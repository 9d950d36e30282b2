//! Releases whose rows can be read, beside those whose cannot: what lists show, and what a verb goes on with that need not
//! know them all.

use super::release::{ReleaseFilter, release_of};
use super::{Dialect, Result, Row, StoreError, Tx};
use crate::args;
use crate::domain::release::Release;
use crate::domain::time::Moment;
use crate::id::{IncidentId, ReleaseId};

/// How many rows are read at a time where all of them are.
const PAGE: u32 = 500;

/// A release whose document is none that this program knows, by what its columns say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    pub id: String,
    pub incident: String,
    pub plan: String,
    pub body: String,
    pub item: String,
    pub occurrence: u32,
    pub status: String,
    pub due_at: Option<Moment>,
    /// What it explains or corrects.
    pub tied_to: Option<String>,
    /// Why it cannot be read.
    pub what: String,
}

/// Releases, and those that cannot be read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Readable {
    pub releases: Vec<Release>,
    pub unreadable: Vec<Unreadable>,
}

impl Readable {
    /// The last occurrence of an item that is taken by a row which cannot be read.
    pub fn taken(&self, plan: &str, item: &str) -> u32 {
        let of_item = self
            .unreadable
            .iter()
            .filter(|row| row.plan == plan && row.item == item && row.tied_to.is_none());
        of_item.map(|row| row.occurrence).max().unwrap_or(0)
    }
}

impl FromIterator<std::result::Result<Release, Unreadable>> for Readable {
    fn from_iter<T: IntoIterator<Item = std::result::Result<Release, Unreadable>>>(
        rows: T,
    ) -> Self {
        let mut all = Self::default();
        for row in rows {
            match row {
                Ok(release) => all.releases.push(release),
                Err(row) => all.unreadable.push(row),
            }
        }
        all
    }
}

/// The columns that [`read`] reads.
macro_rules! read_release {
    ($tail:literal) => {
        concat!(
            "SELECT doc, row_version, id, incident, plan, body, item, occurrence, status, due_at, tied_to FROM release ",
            $tail
        )
    };
}

impl Tx {
    /// The releases of an incident by deadline, as [`Tx::releases_of`] for whoever may go on without those that cannot be
    /// read.
    pub async fn readable_of(&mut self, incident: &IncidentId) -> Result<Readable> {
        let sql =
            read_release!("WHERE incident = $1 ORDER BY COALESCE(due_at, 9223372036854775807), id");
        let rows = self.conn.query(sql, args![incident.as_str()]).await?;
        rows.iter().map(read).collect()
    }

    /// Every occurrence of one item of a plan for an incident, by deadline.
    pub async fn readable_of_item(
        &mut self,
        incident: &IncidentId,
        plan: &str,
        item: &str,
    ) -> Result<Readable> {
        let sql = read_release!(
            "WHERE incident = $1 AND plan = $2 AND item = $3 ORDER BY COALESCE(due_at, 9223372036854775807), id"
        );
        let args = args![incident.as_str(), plan, item];
        let rows = self.conn.query(sql, args).await?;
        rows.iter().map(read).collect()
    }

    /// What explains or corrects `release`.
    pub async fn readable_tied_to(&mut self, release: &ReleaseId) -> Result<Readable> {
        let sql = read_release!("WHERE tied_to = $1 ORDER BY id");
        let rows = self.conn.query(sql, args![release.as_str()]).await?;
        rows.iter().map(read).collect()
    }

    /// By deadline, a page at a time; a row that cannot be read stands in its place.
    pub async fn releases(
        &mut self,
        filter: &ReleaseFilter,
    ) -> Result<Vec<std::result::Result<Release, Unreadable>>> {
        let (mut due, mut id) = (i64::MIN, "");
        if let Some(after) = &filter.after {
            let sql = "SELECT COALESCE(due_at, 9223372036854775807) FROM release WHERE id = $1";
            let rows = self.conn.query(sql, args![after.as_str()]).await?;
            let row = rows.first().map(|row| row.int(0)).transpose()?;
            due = row.unwrap_or(i64::MAX);
            id = after.as_str();
        }
        let posts = filter.waits_for.as_deref().unwrap_or_default();
        let sql = match (self.dialect(), &filter.waits_for) {
            (_, None) => read_release!(
                "WHERE ($1 = '' OR incident = $1) AND ($2 = '' OR status = $2) \
                 AND ($3 = '' OR body = $3) AND $4 = '[]' AND (COALESCE(due_at, 9223372036854775807), id) > ($5, $6) \
                 ORDER BY COALESCE(due_at, 9223372036854775807), id LIMIT $7"
            ),
            (Dialect::Sqlite, Some(_)) => read_release!(
                "WHERE ($1 = '' OR incident = $1) AND ($2 = '' OR status = $2) \
                 AND ($3 = '' OR body = $3) AND (COALESCE(due_at, 9223372036854775807), id) > ($5, $6) \
                 AND id IN (SELECT t.release FROM json_each($4) w JOIN release_turn t ON t.post = w.value) \
                 ORDER BY COALESCE(due_at, 9223372036854775807), id LIMIT $7"
            ),
            (Dialect::Postgres, Some(_)) => read_release!(
                "WHERE ($1 = '' OR incident = $1) AND ($2 = '' OR status = $2) \
                 AND ($3 = '' OR body = $3) AND (COALESCE(due_at, 9223372036854775807), id) > ($5, $6) \
                 AND id IN (SELECT release FROM release_turn WHERE post IN (SELECT json_array_elements_text($4::json))) \
                 ORDER BY COALESCE(due_at, 9223372036854775807), id LIMIT $7"
            ),
        };
        let args = args![
            filter.incident.as_ref().map_or("", IncidentId::as_str),
            filter.status.as_deref().unwrap_or(""),
            filter.body.as_deref().unwrap_or(""),
            serde_json::json!(posts).to_string(),
            due,
            id,
            filter.limit
        ];
        let rows = self.conn.query(sql, args).await?;
        rows.iter().map(read).collect()
    }

    /// Every release that cannot be read, of whatever incident; with how many were looked at.
    pub async fn unreadable_releases(&mut self) -> Result<(u64, Vec<Unreadable>)> {
        let (mut looked_at, mut found, mut after) = (0, Vec::new(), String::new());
        loop {
            let sql = read_release!("WHERE id > $1 ORDER BY id LIMIT $2");
            let rows = self.conn.query(sql, args![after.as_str(), PAGE]).await?;
            let Some(last) = rows.last() else {
                return Ok((looked_at, found));
            };
            after = last.text(2)?.to_owned();
            looked_at += rows.len() as u64;
            let all: Readable = rows.iter().map(read).collect::<Result<_>>()?;
            found.extend(all.unreadable);
        }
    }
}

/// A row of [`read_release`]. What does not say even which release it is is no list's to show.
fn read(row: &Row) -> Result<std::result::Result<Release, Unreadable>> {
    let what = match release_of(row) {
        Ok(release) => return Ok(Ok(release)),
        Err(StoreError::BrokenRow { what, .. }) => what,
        Err(error) => return Err(error),
    };
    let text = |column| row.text(column).map(str::to_owned);
    Ok(Err(Unreadable {
        id: text(2)?,
        incident: text(3)?,
        plan: text(4)?,
        body: text(5)?,
        item: text(6)?,
        occurrence: u32::try_from(row.int(7)?).unwrap_or(0),
        status: text(8)?,
        due_at: row.opt_moment(9)?,
        tied_to: row.opt_text(10)?.map(str::to_owned),
        what,
    }))
}
