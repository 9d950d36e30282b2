//! What waits for a second person.

use super::binding::binding;
use crate::contract::{AskedView, BindingView};
use crate::domain::rights::{Asked, Wish};
use crate::domain::time::Moment;
use crate::flow::{VerbError, World};
use crate::store::Tx;

/// Those that can still be decided.
pub fn open<'a>(asked: impl IntoIterator<Item = &'a Asked>, now: Moment) -> Vec<AskedView> {
    asked
        .into_iter()
        .filter(|one| one.closed(now).is_none())
        .map(|one| view(one, now))
        .collect()
}

/// One of them alone: of an end with what binds on, so that whoever confirms it has seen that.
pub async fn whole(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    asked: &Asked,
) -> Result<AskedView, VerbError> {
    let mut shown = view(asked, now);
    let Wish::End { .. } = asked.wish else {
        return Ok(shown);
    };
    if let Some(incident) = tx.incident(&asked.incident).await? {
        let all = tx.readable_of(&incident.id).await?;
        shown.binding = binding(tx, world, now, &incident, &all).await?;
        shown.binding.retain(BindingView::may_bind);
    }
    Ok(shown)
}

pub fn view(asked: &Asked, now: Moment) -> AskedView {
    let closed = asked.closed(now);
    AskedView {
        id: asked.id.to_string(),
        act: asked.wish.act().code().to_owned(),
        incident: asked.incident.to_string(),
        release: asked.wish.release().map(ToString::to_string),
        reason: asked.wish.reason().to_owned(),
        level: asked.level.map(|level| level.code().to_owned()),
        asked_by: asked.by.user.clone(),
        asked_by_name: asked.by.name.clone(),
        asked_at: asked.at,
        until: asked.ends_at,
        waits_for: asked.posts.iter().map(ToString::to_string).collect(),
        status: closed
            .as_ref()
            .map_or("open", |decided| decided.decision.code())
            .to_owned(),
        decided_at: closed.as_ref().map(|decided| decided.at),
        decided_by: closed.map(|decided| decided.by),
        binding: Vec::new(),
    }
}
