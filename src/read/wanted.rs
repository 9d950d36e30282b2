//! What a text that is not out yet would be better for in English.

use crate::domain::incident::Incident;
use crate::domain::plan::{Item, Plan};
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
    let Some(input) = Input::of(tx, now, plan, release).await? else {
        return Ok(Vec::new());
    };
    let draft = input.draft(plan, release);
    Ok(render::wanted(&draft, &world.cache.libraries))
}

/// What a text that is not out yet would be made from, as far as its facts go.
pub(super) struct Input<'a> {
    incident: Incident,
    item: &'a Item,
    now: Moment,
}

impl<'a> Input<'a> {
    /// None when it is out, or nobody knows what it is made from.
    pub async fn of(
        tx: &mut Tx,
        now: Moment,
        plan: &'a Plan,
        release: &Release,
    ) -> Result<Option<Self>, VerbError> {
        let Some(item) = plan.item_of(release).filter(|_| release.state.is_open()) else {
            return Ok(None);
        };
        let incident = tx.incident(&release.incident).await?;
        Ok(incident.map(|incident| Self {
            incident,
            item,
            now,
        }))
    }

    pub fn draft<'b>(&'b self, plan: &'b Plan, release: &'b Release) -> DraftInput<'b> {
        let corrections = plan.corrections.as_ref();
        DraftInput {
            plan,
            item: self.item,
            incident: &self.incident,
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
            now: self.now,
            drill: false,
        }
    }
}
