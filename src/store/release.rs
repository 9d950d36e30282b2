//! Releases and the rhythms of recurring items.

use std::collections::BTreeMap;

use super::incident::{from_json, to_json};
use super::{Result, Row, StoreError, Tx, Value};
use crate::args;
use crate::domain::level::ResponseLevel;
use crate::domain::release::{OPEN_STATES, Release};
use crate::domain::time::Moment;
use crate::id::{IncidentId, ReleaseId};

/// The rhythm of a recurring item of one incident, as kept.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Series {
    pub incident: IncidentId,
    pub plan: String,
    pub plan_hash: String,
    pub item: String,
    pub level: Option<ResponseLevel>,
    /// The last occurrence planned.
    pub occurrence: u32,
    /// When the next one comes even if that one is still open.
    pub next_at: Option<Moment>,
}

impl Series {
    /// The name of its row: incident, plan and item.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}/{}/{}", self.incident, self.plan, self.item)
    }
}

/// How much work is open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OpenReleases {
    pub by_status: BTreeMap<&'static str, i64>,
    /// Of all of them, those whose deadline has passed.
    pub overdue: i64,
}

/// Which releases to list. Empty = no restriction.
#[derive(Debug, Clone, Default)]
pub struct ReleaseFilter {
    pub incident: Option<IncidentId>,
    pub status: Option<String>,
    pub body: Option<String>,
    /// Waits for any of these, as [`Release::turn`] writes them.
    pub waits_for: Option<Vec<String>>,
    /// The last of the page before.
    pub after: Option<ReleaseId>,
    pub limit: u32,
}

impl Tx {
    /// Adds releases, in order, with as few statements as possible.
    pub async fn add_releases(&mut self, releases: &[Release]) -> Result<()> {
        let mut rows = Vec::with_capacity(releases.len());
        for release in releases {
            rows.push(args![
                release.id.as_str(),
                release.incident.as_str(),
                release.plan.as_str(),
                release.body.as_str(),
                release.item.as_str(),
                release.occurrence,
                release.state.code(),
                release.due_at,
                release.wake_at,
                release.tied_to.as_ref().map(ReleaseId::as_str),
                1i64,
                to_json("release", &release.id, release)?,
            ]);
        }
        self.conn
            .insert_many(
                "INSERT INTO release (id, incident, plan, body, item, occurrence, status, due_at, wake_at, tied_to, \
                 row_version, doc) VALUES",
                rows,
                "",
            )
            .await?;
        self.add_turns(releases).await
    }

    /// Writes a release back; its `wake_at` is recomputed from its state.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when somebody changed it since it was read.
    pub async fn update_release(&mut self, release: &mut Release) -> Result<()> {
        release.wake_at = release.next_wake();
        let doc = to_json("release", &release.id, release)?;
        let changed = self
            .conn
            .execute(
                "UPDATE release SET status = $1, due_at = $2, wake_at = $3, row_version = row_version + 1, doc = $4 \
                 WHERE id = $5 AND row_version = $6",
                args![
                    release.state.code(),
                    release.due_at,
                    release.wake_at,
                    doc,
                    release.id.as_str(),
                    release.row_version
                ],
            )
            .await?;
        if changed == 0 {
            return Err(StoreError::Conflict {
                table: "release",
                id: release.id.to_string(),
            });
        }
        release.row_version += 1;
        self.put_turn(release).await
    }

    pub async fn release(&mut self, id: &ReleaseId) -> Result<Option<Release>> {
        let rows = self
            .conn
            .query(
                "SELECT doc, row_version, id FROM release WHERE id = $1",
                args![id.as_str()],
            )
            .await?;
        rows.first().map(release_of).transpose()
    }

    /// All releases of an incident, by deadline.
    ///
    /// All or none: a row that cannot be read is an error that names it. So this is for whoever needs every one of them, as who puts
    /// an incident away. Whoever orders or lifts a measure, places or publishes such a text, takes a lifting back, or lowers or
    /// ends a response must not overlook what binds people: they refuse only where the row that cannot be read may
    /// (`flow::work::Work::all_that_binds`). Whoever shows a list, takes in facts, raises a response, asks for an answer, or works
    /// on any other text goes on with [`Tx::readable_of`]: one row must not stop an emergency, and what is planned or drafted
    /// once too often is met by a person, who signs.
    ///
    /// # Errors
    /// [`StoreError::BrokenRow`] for the first that cannot be read.
    pub async fn releases_of(&mut self, incident: &IncidentId) -> Result<Vec<Release>> {
        let rows = self
            .conn
            .query(
                "SELECT doc, row_version, id FROM release WHERE incident = $1 ORDER BY COALESCE(due_at, 9223372036854775807), id",
                args![incident.as_str()],
            )
            .await?;
        rows.iter().map(release_of).collect()
    }

    /// The releases of one item of a plan for an incident whose text is out and stands, by deadline.
    pub async fn releases_out(
        &mut self,
        incident: &IncidentId,
        plan: &str,
        item: &str,
    ) -> Result<Vec<Release>> {
        let rows = self
            .conn
            .query(
                "SELECT doc, row_version, id FROM release WHERE incident = $1 AND plan = $2 AND item = $3 \
                 AND status = 'published' ORDER BY COALESCE(due_at, 9223372036854775807), id",
                args![incident.as_str(), plan, item],
            )
            .await?;
        rows.iter().map(release_of).collect()
    }

    /// Every occurrence of one item of a plan for an incident, by deadline.
    pub async fn releases_of_item(
        &mut self,
        incident: &IncidentId,
        plan: &str,
        item: &str,
    ) -> Result<Vec<Release>> {
        let rows = self
            .conn
            .query(
                "SELECT doc, row_version, id FROM release WHERE incident = $1 AND plan = $2 AND item = $3 \
                 ORDER BY COALESCE(due_at, 9223372036854775807), id",
                args![incident.as_str(), plan, item],
            )
            .await?;
        rows.iter().map(release_of).collect()
    }

    /// How many releases are still to be published, by state, and how many of them are past their deadline.
    pub async fn open_releases(&mut self, now: Moment) -> Result<OpenReleases> {
        let mut open = OpenReleases::default();
        // State by state, so that each is one stretch of an index, however many are done.
        for status in OPEN_STATES {
            let rows = self
                .conn
                .query(
                    "SELECT COUNT(*), COUNT(CASE WHEN due_at < $2 THEN 1 END) FROM release WHERE status = $1",
                    args![status, now],
                )
                .await?;
            for row in &rows {
                open.by_status.insert(status, row.int(0)?);
                open.overdue += row.int(1)?;
            }
        }
        Ok(open)
    }

    /// What explains or corrects `release`.
    pub async fn releases_tied_to(&mut self, release: &ReleaseId) -> Result<Vec<Release>> {
        let rows = self
            .conn
            .query(
                "SELECT doc, row_version, id FROM release WHERE tied_to = $1 ORDER BY id",
                args![release.as_str()],
            )
            .await?;
        rows.iter().map(release_of).collect()
    }

    /// Releases that want attention by now, the longest waiting first.
    pub async fn releases_to_wake(&mut self, now: Moment, limit: u32) -> Result<Vec<Release>> {
        let rows = self
            .conn
            .query(
                "SELECT doc, row_version, id FROM release WHERE wake_at <= $1 ORDER BY wake_at, id LIMIT $2",
                args![now, limit],
            )
            .await?;
        rows.iter().map(release_of).collect()
    }

    /// Looks at a row that cannot be worked on again only at `until`, so that it holds up no other: a release, a series (by
    /// its [key](Series::key)), a wish for a second person, or a turn. The row's document stays as it is. Returns whether it
    /// was due at all.
    pub async fn set_aside(&mut self, table: &str, id: &str, until: Moment) -> Result<bool> {
        let sql = match table {
            "series" => {
                "UPDATE series SET next_at = $2 WHERE incident || '/' || plan || '/' || item = $1 AND next_at < $2"
            }
            "asked" => {
                "UPDATE asked SET ends_at = $2 WHERE id = $1 AND decided_at IS NULL AND ends_at < $2"
            }
            "release_turn" => {
                "UPDATE release_turn SET told_at = $2 WHERE release = $1 AND told_at IS NULL"
            }
            _ => "UPDATE release SET wake_at = $2 WHERE id = $1 AND wake_at < $2",
        };
        Ok(self.conn.execute(sql, args![id, until]).await? > 0)
    }

    /// The earliest moment at which a release, a series, a wish for a second person or a turn wants attention.
    pub async fn next_wake(&mut self) -> Result<Option<Moment>> {
        let sql = "SELECT (SELECT MIN(wake_at) FROM release WHERE wake_at IS NOT NULL), \
                   (SELECT MIN(next_at) FROM series WHERE next_at IS NOT NULL), \
                   (SELECT MIN(ends_at) FROM asked WHERE decided_at IS NULL), \
                   (SELECT MIN(since) FROM release_turn WHERE told_at IS NULL)";
        let rows = self.conn.query(sql, Vec::new()).await?;
        let mut earliest: Option<Moment> = None;
        for row in &rows {
            for column in 0..4 {
                let at = row.opt_moment(column)?;
                earliest = earliest.into_iter().chain(at).min();
            }
        }
        Ok(earliest)
    }

    /// Adds or replaces rhythms.
    pub async fn put_series(&mut self, series: &[Series]) -> Result<()> {
        let mut rows: Vec<Vec<Value>> = Vec::with_capacity(series.len());
        for one in series {
            rows.push(args![
                one.incident.as_str(),
                one.plan.as_str(),
                one.item.as_str(),
                one.occurrence,
                one.next_at,
                to_json("series", one.key(), one)?,
            ]);
        }
        self.conn
            .insert_many(
                "INSERT INTO series (incident, plan, item, occurrence, next_at, doc) VALUES",
                rows,
                "ON CONFLICT (incident, plan, item) DO UPDATE SET occurrence = excluded.occurrence, \
                 next_at = excluded.next_at, doc = excluded.doc",
            )
            .await?;
        Ok(())
    }

    pub async fn stop_series(
        &mut self,
        incident: &IncidentId,
        plan: &str,
        item: &str,
    ) -> Result<()> {
        self.conn
            .execute(
                "DELETE FROM series WHERE incident = $1 AND plan = $2 AND item = $3",
                args![incident.as_str(), plan, item],
            )
            .await?;
        Ok(())
    }

    pub async fn series(
        &mut self,
        incident: &IncidentId,
        plan: &str,
        item: &str,
    ) -> Result<Option<Series>> {
        let rows = self
            .conn
            .query(
                "SELECT doc, incident || '/' || plan || '/' || item FROM series \
                 WHERE incident = $1 AND plan = $2 AND item = $3",
                args![incident.as_str(), plan, item],
            )
            .await?;
        rows.first().map(series_of).transpose()
    }

    /// Rhythms whose next occurrence has come.
    pub async fn series_due(&mut self, now: Moment, limit: u32) -> Result<Vec<Series>> {
        let rows = self
            .conn
            .query(
                "SELECT doc, incident || '/' || plan || '/' || item FROM series \
                 WHERE next_at <= $1 ORDER BY next_at, incident, item LIMIT $2",
                args![now, limit],
            )
            .await?;
        let mut due: Vec<Series> = rows.iter().map(series_of).collect::<Result<_>>()?;
        // Databases sort codes by their own alphabets, and two plans may have an item of one code.
        due.sort_by(|a, b| {
            (a.next_at, &a.incident, &a.plan, &a.item).cmp(&(
                b.next_at,
                &b.incident,
                &b.plan,
                &b.item,
            ))
        });
        Ok(due)
    }
}

pub(super) fn release_of(row: &Row) -> Result<Release> {
    let mut release: Release = from_json("release", row.text(2)?, row.text(0)?)?;
    release.row_version = row.int(1)?;
    Ok(release)
}

fn series_of(row: &Row) -> Result<Series> {
    from_json("series", row.text(1)?, row.text(0)?)
}
