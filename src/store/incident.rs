//! Incidents, and the plan revisions they were declared under.

use super::{Dialect, Result, Row, StoreError, Tx};
use crate::args;
use crate::domain::incident::Incident;
use crate::domain::plan::Plan;
use crate::domain::time::Moment;
use crate::id::{IncidentId, ReleaseId};

impl Tx {
    /// Others who lock this incident wait until this transaction ends. SQLite has one writer, which is lock enough.
    pub async fn lock_incident(&mut self, id: &IncidentId) -> Result<()> {
        if matches!(self.dialect(), Dialect::Postgres) {
            let sql = "SELECT id FROM incident WHERE id = $1 FOR NO KEY UPDATE";
            self.conn.query(sql, args![id.as_str()]).await?;
        }
        Ok(())
    }

    /// As [`Self::lock_incident`], of the incident that a release belongs to.
    pub async fn lock_incident_of(&mut self, release: &ReleaseId) -> Result<()> {
        if matches!(self.dialect(), Dialect::Postgres) {
            let sql = "SELECT id FROM incident WHERE id = (SELECT incident FROM release WHERE id = $1) FOR NO KEY UPDATE";
            self.conn.query(sql, args![release.as_str()]).await?;
        }
        Ok(())
    }

    /// Keeps a plan under its hash; one that is kept already stays as it is.
    pub async fn keep_plan(&mut self, hash: &str, plan: &Plan, now: Moment) -> Result<()> {
        let doc = to_json("plan_revision", hash, plan)?;
        self.conn
            .execute(
                "INSERT INTO plan_revision (hash, plan, revision, stored_at, doc) VALUES ($1, $2, $3, $4, $5) \
                 ON CONFLICT (hash) DO NOTHING",
                args![hash, plan.plan.as_str(), plan.revision.as_str(), now, doc],
            )
            .await?;
        Ok(())
    }

    pub async fn kept_plan(&mut self, hash: &str) -> Result<Option<Plan>> {
        let rows = self
            .conn
            .query("SELECT doc FROM plan_revision WHERE hash = $1", args![hash])
            .await?;
        rows.first()
            .map(|row| from_json("plan_revision", hash, row.text(0)?))
            .transpose()
    }

    /// Adds an incident. `dedup` is a key that the same declaration has again within a short while.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when `dedup` stands already.
    pub async fn add_incident(&mut self, incident: &Incident, dedup: &str) -> Result<()> {
        let doc = to_json("incident", &incident.id, incident)?;
        self.conn
            .execute(
                "INSERT INTO incident (id, event, status, declared_at, dedup, row_version, doc) \
                 VALUES ($1, $2, $3, $4, $5, 1, $6)",
                args![
                    incident.id.as_str(),
                    incident.event.as_str(),
                    incident.status.code(),
                    incident.declared_at,
                    dedup,
                    doc
                ],
            )
            .await?;
        self.add_places(std::slice::from_ref(incident)).await
    }

    /// # Errors
    /// [`StoreError::Conflict`] when somebody changed it since it was read.
    pub async fn update_incident(&mut self, incident: &mut Incident) -> Result<()> {
        let doc = to_json("incident", &incident.id, incident)?;
        let changed = self
            .conn
            .execute(
                "UPDATE incident SET status = $1, row_version = row_version + 1, doc = $2, \
                 dedup = CASE WHEN $1 = 'active' THEN dedup ELSE id END WHERE id = $3 AND row_version = $4",
                args![incident.status.code(), doc, incident.id.as_str(), incident.row_version],
            )
            .await?;
        if changed == 0 {
            return Err(StoreError::Conflict {
                table: "incident",
                id: incident.id.to_string(),
            });
        }
        incident.row_version += 1;
        Ok(())
    }

    pub async fn incident(&mut self, id: &IncidentId) -> Result<Option<Incident>> {
        let rows = self
            .conn
            .query(
                "SELECT doc, row_version, id FROM incident WHERE id = $1",
                args![id.as_str()],
            )
            .await?;
        rows.first().map(incident_of).transpose()
    }

    /// The incident that a declaration with this key made.
    pub async fn incident_by_dedup(&mut self, dedup: &str) -> Result<Option<Incident>> {
        let rows = self
            .conn
            .query(
                "SELECT doc, row_version, id FROM incident WHERE dedup = $1",
                args![dedup],
            )
            .await?;
        rows.first().map(incident_of).transpose()
    }

    /// Newest first; None = all. `area` is a place: incidents inside it or around it.
    pub async fn incidents(
        &mut self,
        status: Option<&str>,
        area: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Incident>> {
        let rows = self
            .conn
            .query(
                "SELECT doc, row_version, id FROM incident WHERE ($1 = '' OR status = $1) AND ($2 = '' OR EXISTS \
                 (SELECT 1 FROM incident_area a WHERE a.incident = incident.id AND (substr(a.area, 1, length($2)) = $2 OR substr($2, 1, length(a.area)) = a.area))) \
                 ORDER BY declared_at DESC, id DESC LIMIT $3",
                args![status.unwrap_or(""), area.unwrap_or(""), limit],
            )
            .await?;
        rows.iter().map(incident_of).collect()
    }
}

fn incident_of(row: &Row) -> Result<Incident> {
    let mut incident: Incident = from_json("incident", row.text(2)?, row.text(0)?)?;
    incident.row_version = row.int(1)?;
    Ok(incident)
}

/// # Errors
/// When the value has no JSON form, which no domain value lacks.
pub(super) fn to_json<T: serde::Serialize>(
    table: &'static str,
    id: impl ToString,
    value: &T,
) -> Result<String> {
    serde_json::to_string(value).map_err(|e| StoreError::broken(table, id, e))
}

/// # Errors
/// When the row was not written by this program or a version it knows.
pub(super) fn from_json<T: serde::de::DeserializeOwned>(
    table: &'static str,
    id: impl ToString,
    text: &str,
) -> Result<T> {
    serde_json::from_str(text).map_err(|e| StoreError::broken(table, id, e))
}
