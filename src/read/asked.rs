//! What waits for a second person.

use crate::contract::AskedView;
use crate::domain::rights::Asked;
use crate::domain::time::Moment;

/// Those that can still be decided.
pub fn open<'a>(asked: impl IntoIterator<Item = &'a Asked>, now: Moment) -> Vec<AskedView> {
    asked
        .into_iter()
        .filter(|one| one.closed(now).is_none())
        .map(|one| view(one, now))
        .collect()
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
    }
}
