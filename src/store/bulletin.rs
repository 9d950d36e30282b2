//! Bulletins, signatures, document numbers and what the portal shows.

use super::incident::{from_json, to_json};
use super::{Result, Row, StoreError, Tx};
use crate::args;
use crate::domain::approval::{Signature, SignatureKind};
use crate::domain::bulletin::{Bulletin, REMINDERS_FROM};
use crate::domain::portal::PortalEntry;
use crate::domain::time::Moment;
use crate::id::{IncidentId, ReleaseId};

impl Tx {
    /// # Errors
    /// [`StoreError::Duplicate`] when that version stands already.
    pub async fn add_bulletin(&mut self, bulletin: &Bulletin) -> Result<()> {
        let doc = to_json("bulletin", &bulletin.release, bulletin)?;
        self.conn
            .execute(
                "INSERT INTO bulletin (release, version, hash, drafted_at, doc) VALUES ($1, $2, $3, $4, $5)",
                args![bulletin.release.as_str(), bulletin.version, bulletin.hash(), bulletin.drafted_at, doc],
            )
            .await?;
        Ok(())
    }

    pub async fn bulletin(
        &mut self,
        release: &ReleaseId,
        version: u32,
    ) -> Result<Option<Bulletin>> {
        let rows = self
            .conn
            .query(
                "SELECT doc, release FROM bulletin WHERE release = $1 AND version = $2",
                args![release.as_str(), version],
            )
            .await?;
        rows.first().map(bulletin_of).transpose()
    }

    /// Keeps the bytes that go out, with every blank filled, beside the ones that were signed.
    pub async fn issue_bulletin(&mut self, issued: &Bulletin) -> Result<()> {
        let doc = to_json("bulletin", &issued.release, issued)?;
        self.conn
            .execute(
                "UPDATE bulletin SET issued = $1 WHERE release = $2 AND version = $3",
                args![doc, issued.release.as_str(), issued.version],
            )
            .await?;
        Ok(())
    }

    /// The bytes that went out; the ones that were signed where they have no blanks, or are not out yet.
    pub async fn issued_bulletin(
        &mut self,
        release: &ReleaseId,
        version: u32,
    ) -> Result<Option<Bulletin>> {
        let rows = self
            .conn
            .query(
                "SELECT COALESCE(issued, doc), release FROM bulletin WHERE release = $1 AND version = $2",
                args![release.as_str(), version],
            )
            .await?;
        rows.first().map(bulletin_of).transpose()
    }

    /// The newest version, submitted or not.
    pub async fn latest_bulletin(&mut self, release: &ReleaseId) -> Result<Option<Bulletin>> {
        let rows = self
            .conn
            .query(
                "SELECT doc, release FROM bulletin WHERE release = $1 AND version < $2 ORDER BY version DESC LIMIT 1",
                args![release.as_str(), REMINDERS_FROM],
            )
            .await?;
        rows.first().map(bulletin_of).transpose()
    }

    /// The version number of the next reminder about a release.
    pub async fn next_reminder_version(&mut self, release: &ReleaseId) -> Result<u32> {
        let rows = self
            .conn
            .query(
                "SELECT COUNT(*) FROM bulletin WHERE release = $1 AND version >= $2",
                args![release.as_str(), REMINDERS_FROM],
            )
            .await?;
        let count = rows.first().map(|row| row.int(0)).transpose()?.unwrap_or(0);
        Ok(REMINDERS_FROM.saturating_add(u32::try_from(count).unwrap_or(u32::MAX)))
    }

    /// The version that has this hash, for showing a signer what changed since. The first eight characters of it, which
    /// people type, or more are enough.
    pub async fn bulletin_by_hash(
        &mut self,
        release: &ReleaseId,
        hash: &str,
    ) -> Result<Option<Bulletin>> {
        if hash.len() < 8 || !hash.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Ok(None);
        }
        let rows = self
            .conn
            .query(
                "SELECT doc, release FROM bulletin WHERE release = $1 AND hash LIKE $2 ORDER BY version DESC LIMIT 1",
                args![release.as_str(), format!("{hash}%")],
            )
            .await?;
        rows.first().map(bulletin_of).transpose()
    }

    /// # Errors
    /// [`StoreError::Duplicate`] when that person signed that text in that round already.
    pub async fn add_signature(&mut self, signature: &Signature) -> Result<()> {
        let kind = to_json("signature", &signature.release, &signature.kind)?;
        self.conn
            .execute(
                "INSERT INTO signature (release, round, version, hash, kind, post, person, name, at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                args![
                    signature.release.as_str(),
                    signature.round,
                    signature.version,
                    signature.hash.as_str(),
                    kind,
                    signature.post.to_string(),
                    signature.user.as_str(),
                    signature.name.as_str(),
                    signature.at
                ],
            )
            .await?;
        Ok(())
    }

    /// In the order they were given.
    pub async fn signatures(&mut self, release: &ReleaseId) -> Result<Vec<Signature>> {
        let rows = self
            .conn
            .query(
                "SELECT version, hash, kind, post, person, name, at, round FROM signature WHERE release = $1 ORDER BY at, person",
                args![release.as_str()],
            )
            .await?;
        rows.iter().map(|row| signature_of(release, row)).collect()
    }

    /// The next document number of `body` in `year`, taken for good.
    pub async fn take_document_number(&mut self, body: &str, year: i32) -> Result<u32> {
        let rows = self
            .conn
            .query(
                "INSERT INTO document_number (body, year, last) VALUES ($1, $2, 1) \
                 ON CONFLICT (body, year) DO UPDATE SET last = document_number.last + 1 RETURNING last",
                args![body, i64::from(year)],
            )
            .await?;
        let row = rows
            .first()
            .ok_or_else(|| StoreError::broken("document_number", body, "no number came back"))?;
        u32::try_from(row.int(0)?).map_err(|e| StoreError::broken("document_number", body, e))
    }

    /// Adds or replaces what the portal shows of a release, and moves the portal's stamp.
    pub async fn put_portal_entry(&mut self, entry: &PortalEntry, now: Moment) -> Result<()> {
        let doc = to_json("portal_entry", &entry.release, entry)?;
        self.conn
            .execute(
                "INSERT INTO portal_entry (release, incident, published_at, changed, doc) \
                 SELECT $1, $2, $3, CASE WHEN COALESCE(MAX(changed), 0) >= $4 THEN MAX(changed) + 1 ELSE $4 END, $5 \
                 FROM portal_entry WHERE 1 = 1 \
                 ON CONFLICT (release) DO UPDATE SET changed = excluded.changed, doc = excluded.doc",
                args![entry.release.as_str(), entry.incident.as_str(), entry.published_at, now, doc],
            )
            .await?;
        Ok(())
    }

    /// Something that differs whenever what the portal shows has changed.
    pub async fn portal_stamp(&mut self) -> Result<(i64, i64)> {
        let rows = self
            .conn
            .query(
                "SELECT COUNT(*), COALESCE(MAX(changed), 0) FROM portal_entry",
                Vec::new(),
            )
            .await?;
        rows.first()
            .map_or(Ok((0, 0)), |row| Ok((row.int(0)?, row.int(1)?)))
    }

    pub async fn portal_entry(&mut self, release: &ReleaseId) -> Result<Option<PortalEntry>> {
        let rows = self
            .conn
            .query(
                "SELECT doc, release FROM portal_entry WHERE release = $1",
                args![release.as_str()],
            )
            .await?;
        rows.first().map(portal_entry_of).transpose()
    }

    /// Everything the portal shows, newest first.
    pub async fn portal_entries(&mut self) -> Result<Vec<PortalEntry>> {
        let rows = self
            .conn
            .query(
                "SELECT doc, release FROM portal_entry ORDER BY published_at DESC, release DESC",
                Vec::new(),
            )
            .await?;
        rows.iter().map(portal_entry_of).collect()
    }

    pub async fn newest_portal_entry_of(
        &mut self,
        incident: &IncidentId,
    ) -> Result<Option<PortalEntry>> {
        let rows = self
            .conn
            .query(
                "SELECT doc, release FROM portal_entry WHERE incident = $1 ORDER BY published_at DESC, release DESC LIMIT 1",
                args![incident.as_str()],
            )
            .await?;
        rows.first().map(portal_entry_of).transpose()
    }

    pub async fn portal_entries_of(&mut self, incident: &IncidentId) -> Result<Vec<PortalEntry>> {
        let rows = self
            .conn
            .query(
                "SELECT doc, release FROM portal_entry WHERE incident = $1 ORDER BY published_at, release",
                args![incident.as_str()],
            )
            .await?;
        rows.iter().map(portal_entry_of).collect()
    }
}

fn bulletin_of(row: &Row) -> Result<Bulletin> {
    from_json("bulletin", row.text(1)?, row.text(0)?)
}

fn portal_entry_of(row: &Row) -> Result<PortalEntry> {
    from_json("portal_entry", row.text(1)?, row.text(0)?)
}

fn signature_of(release: &ReleaseId, row: &Row) -> Result<Signature> {
    let broken = |what: String| StoreError::broken("signature", release, what);
    let kind: SignatureKind = from_json("signature", release, row.text(2)?)?;
    Ok(Signature {
        release: release.clone(),
        round: u32::try_from(row.int(7)?).map_err(|e| broken(e.to_string()))?,
        version: u32::try_from(row.int(0)?).map_err(|e| broken(e.to_string()))?,
        hash: row.text(1)?.to_owned(),
        kind,
        post: row
            .text(3)?
            .parse()
            .map_err(|e: crate::domain::body::BadPost| broken(e.to_string()))?,
        user: row.text(4)?.to_owned(),
        name: row.text(5)?.to_owned(),
        at: row.moment(6)?,
    })
}
