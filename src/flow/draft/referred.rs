//! What an explanation or a correction refers to: another text, as it went out or stands, and what was corrected in it since.

use super::super::VerbError;
use super::super::work::Work;
use crate::domain::bulletin::Bulletin;
use crate::domain::incident::Incident;
use crate::domain::numbering::quoted;
use crate::domain::portal::{Corrects, Passage};
use crate::domain::release::Release;
use crate::domain::time::Moment;
use crate::id::ReleaseId;

pub(super) struct Referred {
    pub title: String,
    pub title_en: Option<String>,
    pub document_number: Option<String>,
    pub published_at: Option<Moment>,
    pub link: Option<String>,
    pub written_by: Vec<String>,
    pub corrected_by: Option<String>,
    pub corrected_by_en: Option<String>,
    pub also_corrected: Vec<Passage>,
}

/// What an interpretation or correction refers to: its text as it went out, as it stands with its blanks until then, its
/// name where there is none.
pub(super) async fn referred_to(
    work: &mut Work<'_>,
    incident: &Incident,
    release: &Release,
    id: &ReleaseId,
) -> Result<Referred, VerbError> {
    let original = work.release(id).await?;
    let text = match original.state.standing_version() {
        Some(version) => work.tx.issued_bulletin(id, version).await?,
        None => work.tx.latest_bulletin(id).await?,
    };
    let said = text.as_ref().map(|bulletin| &bulletin.text);
    let number = said.and_then(|text| text.document_number.as_deref());
    let mended = work.mended_by(&original).await?;
    let mending = match &mended {
        Some(mended) => match mended.state.publication() {
            Some(was) => work.tx.issued_bulletin(&mended.id, was.version).await?,
            None => None,
        },
        None => None,
    };
    let mut written_by = text.as_ref().map(Bulletin::writers).unwrap_or_default();
    let before = match &mended {
        Some(mended) if release.stands_in_for() == Some(id) => {
            work.tx.portal_entry(&mended.id).await?
        }
        _ => None,
    };
    let also_corrected = before.and_then(|before| {
        let own = Corrects {
            release: id.clone(),
            kind: release.correction?,
            passage: Passage::given(release, incident),
            also: Vec::new(),
        };
        Some(own.after(&before.corrects?).also)
    });
    let also_corrected = also_corrected.unwrap_or_default();
    if !also_corrected.is_empty() {
        written_by.extend(mending.iter().flat_map(Bulletin::writers));
    }
    Ok(Referred {
        also_corrected,
        corrected_by: (mending.as_ref()).map(|one| one.text.title.clone()),
        corrected_by_en: (mending.as_ref()).and_then(|one| one.text.title_en.clone()),
        title: quoted(said.map_or(&original.name, |text| &text.title)),
        title_en: said.and_then(|text| text.title_en.as_deref()).map(quoted),
        document_number: number.map(quoted),
        published_at: original.state.publication().map(|p| p.at),
        link: work.world.link(id),
        written_by,
    })
}
