//! A text is written by hand: a new version, and whatever was signed is void.

use super::super::work::Work;
use super::super::{VerbError, World, declare, item_of};
use super::follow::follow_tied;
use super::{add_told, channels_of};
use crate::domain::approval::Actor;
use crate::domain::bulletin::{Author, Bulletin, BulletinText, NO_TEXT_YET, differences};
use crate::domain::fact::finished_text;
use crate::domain::journal::Act;
use crate::domain::numbering::without_kept_blanks;
use crate::domain::phrase::{Phrase, phrase};
use crate::domain::release::{Release, ReleaseState, Wanted};
use crate::domain::rights::Deed;
use crate::domain::time::Moment;
use crate::id::ReleaseId;
use crate::render::{self, Circumstances};
use crate::store::Tx;

/// Fields of a text that a person may change; None = as it is.
#[derive(Debug, Clone, Default)]
pub struct TextEdit {
    pub title: Option<String>,
    pub title_en: Option<String>,
    pub action: Option<String>,
    pub action_en: Option<String>,
    pub text: Option<String>,
    pub text_en: Option<String>,
    pub sms: Option<String>,
    pub sms_en: Option<String>,
}

/// Writes a new version by hand. Voids whatever was signed; a text under review goes back to drafting.
///
/// # Errors
/// Forbidden for another body's people, a conflict once approved, invalid when a field cannot be printed.
pub async fn edit(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    id: &ReleaseId,
    edit: TextEdit,
) -> Result<Release, VerbError> {
    let mut work = Work::new(tx, world, now);
    let release = work.release_locked(id).await?;
    super::must_be_open(&release, Wanted::Edited)?;
    work.must(actor, Deed::Edit, &release).await?;
    let Some((base, newer)) = base_of(&mut work, &release).await? else {
        return Err(VerbError::conflict(phrase!("verb.no-text-to-edit")));
    };
    let mut text = edited_text(base.text.clone(), edit)?;
    // Whoever writes on has been shown what the template would say now.
    if let Some(newer) = newer.filter(|newer| *newer != NO_TEXT_YET) {
        let newer = work.bulletin(id, newer).await?.text;
        (text.binding, text.ahead) = (newer.binding, newer.ahead);
    }
    let edited = rewrite(&mut work, actor, &release, &base, text).await?;
    // Whoever saves what stands has written nothing.
    if release.state.standing_version() == Some(base.version) && edited.hash() == base.hash() {
        return Ok(release);
    }
    work.tx.add_bulletin(&edited).await?;
    let mut release = release.edited(edited.version, newer)?;
    work.keep(&mut release).await?;
    let act = Act::ReleaseEdited {
        version: edited.version,
        hash: edited.hash(),
        difference: differences(&base, &edited)
            .iter()
            .map(Phrase::to_string)
            .collect(),
    };
    work.did(actor, &release, act);
    follow_tied(&mut work, &release).await?;
    work.done().await?;
    Ok(release)
}

/// `base` in other words, or for other places, as its next version; not written yet.
pub(super) async fn rewrite(
    work: &mut Work<'_>,
    actor: &Actor,
    release: &Release,
    base: &Bulletin,
    text: BulletinText,
) -> Result<Bulletin, VerbError> {
    let newest = work.tx.latest_bulletin(&release.id).await?;
    let newest = newest.map_or(0, |b| b.version);
    let plan = work.plan_of(release).await?;
    let item = item_of(&plan, release)?;
    let mut channels = channels_of(work.world, item);
    add_told(work.world, &mut channels, &base.reach);
    let link = work.world.link(&release.id);
    let incident = work.incident(&release.incident).await?;
    let around = render::Edit {
        author: Author::Person {
            user: actor.user.clone(),
        },
        version: newest.max(base.version) + 1,
        now: work.now,
        item,
        channels: &channels,
        home: &incident.areas,
        about: Circumstances {
            level: release.level,
            valid_for: base.valid_for,
            link: link.as_deref(),
            signature: plan.issuer_of(item).sms_signature.as_deref(),
            areas: release.areas(&incident),
            ..Circumstances::of(&incident, work.world.is_drill())
        },
    };
    render::edited(base, text, &around)
        .map_err(|fault| VerbError::invalid("text", Phrase::verbatim(fault.to_string())))
}

/// The text that an edit starts from, and the newer version that it does not take in. What a person wrote is gone on
/// with; a template's text is taken as it would be now.
async fn base_of(
    work: &mut Work<'_>,
    release: &Release,
) -> Result<Option<(Bulletin, Option<u32>)>, VerbError> {
    let (version, newer) = match &release.state {
        ReleaseState::Drafting(drafting) => match drafting.version {
            Some(version) => (version, drafting.newer),
            None => {
                let latest = work.tx.latest_bulletin(&release.id).await?;
                return Ok(latest.map(|b| (b, Some(NO_TEXT_YET))));
            }
        },
        ReleaseState::InReview(review) => (review.version, review.stale),
        _ => return Err(release.not_now(Wanted::Edited).into()),
    };
    let standing = work.bulletin(&release.id, version).await?;
    match newer {
        Some(newer) if standing.author == Author::Template && newer != NO_TEXT_YET => {
            let newer = work.bulletin(&release.id, newer).await?;
            Ok(Some((newer, None)))
        }
        newer => Ok(Some((standing, newer))),
    }
}

fn edited_text(mut text: BulletinText, edit: TextEdit) -> Result<BulletinText, VerbError> {
    // What the program fills in later is not the editor's, and stays where it stood.
    let clean = |field: &str, before: &str, value: &str| {
        finished_text(&without_kept_blanks(before, value))
            .map(|_| value.replace("\r\n", "\n"))
            .map_err(|what| VerbError::invalid(field, what))
    };
    let line = |field: &str, before: &str, value: &str| {
        let words = without_kept_blanks(before, value);
        finished_text(&words)
            .and_then(|_| declare::one_line(&words))
            .map(|_| value.trim().to_owned())
            .map_err(|what| VerbError::invalid(field, what))
    };
    if let Some(value) = edit.title {
        text.title = line("title", &text.title, &value)?;
    }
    if let Some(value) = edit.title_en {
        let before = text.title_en.clone().unwrap_or_default();
        text.title_en = Some(line("title_en", &before, &value)?);
    }
    if let Some(value) = edit.text {
        text.text = clean("text", &text.text, &value)?;
        if text.text.trim().is_empty() {
            return Err(VerbError::invalid("text", phrase!("verb.empty")));
        }
    }
    for (field, new, slot) in [
        ("action", edit.action, &mut text.action),
        ("action_en", edit.action_en, &mut text.action_en),
        ("text_en", edit.text_en, &mut text.text_en),
        ("sms", edit.sms, &mut text.sms),
        ("sms_en", edit.sms_en, &mut text.sms_en),
    ] {
        if let Some(value) = new {
            let before = slot.clone().unwrap_or_default();
            *slot = Some(clean(field, &before, &value)?).filter(|v| !v.trim().is_empty());
        }
    }
    Ok(text)
}
