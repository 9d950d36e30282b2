//! What waits for a second person.

use super::binding::binding;
use crate::contract::{AskedView, BindingView};
use crate::domain::rights::{Asked, Wish};
use crate::domain::time::Moment;
use crate::flow::{VerbError, World};
use crate::store::{StoreError, Tx};

/// Those that can still be decided.
pub async fn open(
    tx: &mut Tx,
    now: Moment,
    asked: impl IntoIterator<Item = &Asked>,
) -> Result<Vec<AskedView>, VerbError> {
    let mut views = Vec::new();
    for one in asked.into_iter().filter(|one| one.closed(now).is_none()) {
        views.push(view(tx, now, one).await?);
    }
    Ok(views)
}

/// One of them alone: of an end with what binds on, so that whoever confirms it has seen that.
pub async fn whole(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    asked: &Asked,
) -> Result<AskedView, VerbError> {
    let mut shown = view(tx, now, asked).await?;
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

pub async fn view(tx: &mut Tx, now: Moment, asked: &Asked) -> Result<AskedView, VerbError> {
    let closed = asked.closed(now);
    let incident = tx.incident(&asked.incident).await?;
    let release = match asked.wish.release() {
        Some(id) => match tx.release(id).await {
            // What waits is shown, whatever became of the row that it is about.
            Err(StoreError::BrokenRow { .. }) => None,
            release => release?,
        },
        None => None,
    };
    Ok(AskedView {
        id: asked.id.to_string(),
        act: asked.wish.act().code().to_owned(),
        incident: asked.incident.to_string(),
        incident_title: incident.map_or_else(String::new, |incident| incident.title),
        release: asked.wish.release().map(ToString::to_string),
        release_name_en: release.as_ref().and_then(|release| release.name_en.clone()),
        release_name: release.map(|release| release.name),
        to: asked.wish.level().map(|level| level.code().to_owned()),
        instead_of: asked.instead_of.as_ref().map(ToString::to_string),
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
    })
}
