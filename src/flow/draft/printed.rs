//! What somebody writes into a field that no channel of the text prints would be lost without a word, so it is refused.

use super::super::work::Work;
use super::super::{Problems, VerbError, item_of};
use super::channels_of;
use super::edit::rewrite;
use crate::domain::approval::Actor;
use crate::domain::bulletin::{Bulletin, BulletinText};
use crate::domain::channel::Layout;
use crate::domain::phrase::{Phrase, phrase};
use crate::domain::release::Release;

type Slot = fn(&mut BulletinText) -> &mut Option<String>;

/// The fields that a text may go without.
const FIELDS: [(&str, Slot); 6] = [
    ("title_en", |text| &mut text.title_en),
    ("action", |text| &mut text.action),
    ("action_en", |text| &mut text.action_en),
    ("text_en", |text| &mut text.text_en),
    ("sms", |text| &mut text.sms),
    ("sms_en", |text| &mut text.sms_en),
];

/// Whether every field that `edited` has otherwise than `base` is printed by some channel.
///
/// # Errors
/// Names each that is not, and why.
pub(super) async fn must_be_printed(
    work: &mut Work<'_>,
    actor: &Actor,
    release: &Release,
    base: &Bulletin,
    edited: &Bulletin,
) -> Result<(), VerbError> {
    let mut problems = Problems::default();
    for (field, slot) in FIELDS {
        let mut without = edited.text.clone();
        let before = slot(&mut base.text.clone()).clone();
        if *slot(&mut without) == before {
            continue;
        }
        *slot(&mut without) = before;
        // A text that cannot go out without it prints it.
        let Ok(without) = rewrite(work, actor, release, base, without).await else {
            continue;
        };
        if without.renderings == edited.renderings {
            problems.add(field, why(work, release, field).await?);
        }
    }
    match problems.is_empty() {
        true => Ok(()),
        false => Err(VerbError::Invalid { problems }),
    }
}

async fn why(work: &mut Work<'_>, release: &Release, field: &str) -> Result<Phrase, VerbError> {
    let plan = work.plan_of(release).await?;
    let channels = channels_of(work.world, item_of(&plan, release)?);
    let is_short = channels
        .iter()
        .any(|def| matches!(def.spec().layout(), Layout::Short { .. }));
    Ok(if field.starts_with("sms") && !is_short {
        phrase!("verb.no-short-message")
    } else if field.ends_with("_en") {
        phrase!("verb.no-english-text")
    } else {
        phrase!("verb.printed-nowhere")
    })
}
