//! What a text that is not out yet would be better for in English.

use crate::domain::plan::Plan;
use crate::domain::release::Release;
use crate::domain::time::Moment;
use crate::flow::{VerbError, World};
use crate::render::{self, DraftInput};
use crate::store::Tx;

/// The facts and columns that its English text says in Chinese.
pub async fn wanted(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    plan: &Plan,
    release: &Release,
) -> Result<Vec<String>, VerbError> {
    let Some(item) = plan.item_of(release).filter(|_| release.state.is_open()) else {
        return Ok(Vec::new());
    };
    let Some(incident) = tx.incident(&release.incident).await? else {
        return Ok(Vec::new());
    };
    let corrections = plan.corrections.as_ref();
    let input = DraftInput {
        plan,
        item,
        incident: &incident,
        release,
        template: (release.correction.zip(corrections))
            .map(|(kind, corrections)| corrections.template(kind)),
        original: None,
        binding: Vec::new(),
        is_partial: false,
        holds_again: Vec::new(),
        ends: Vec::new(),
        also: Vec::new(),
        told_until: None,
        link: None,
        channels: Vec::new(),
        version: 1,
        now,
        drill: false,
    };
    Ok(render::wanted(&input, &world.cache.libraries))
}
