//! Somebody asks for what takes a second person: it is written down whole, if it could be done now.

use super::closing::{about, overtake_one};
use super::notes::{self, News};
use super::time;
use crate::domain::approval::Actor;
use crate::domain::body::PostRef;
use crate::domain::incident::Incident;
use crate::domain::journal::{Act, Entry};
use crate::domain::phrase::{Phrase, phrase};
use crate::domain::rights::{self, About, Asked, Wish};
use crate::domain::time::{Moment, minute};
use crate::flow::work::Work;
use crate::flow::{VerbError, World, declare, must, must_with, release};
use crate::store::{StoreError, Tx};

/// Writes the wish down if it takes a second person and could be done now.
pub(super) async fn ask(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    incident: &Incident,
    wish: Wish,
) -> Result<Option<Asked>, VerbError> {
    let plans = Work::new(tx, world, now).plans_of(incident).await?;
    let act = wish.act();
    let about = About::incident(&world.plans, &plans);
    let Some(second) = rights::second(act.deed(), &about) else {
        return Ok(None);
    };
    // Whoever decides it holds the incident first, too; two who begin at different ends would wait for each other.
    tx.lock_incident(&incident.id).await?;
    match &wish {
        Wish::Withdraw { release: id, .. } => {
            let release = release(tx, id).await?;
            must_with(tx, world, actor, act.deed(), &release).await?;
            let mended = Work::new(tx, world, now).mended_by(&release).await?;
            release.may_be_withdrawn(mended.as_ref())?;
            incident.must_not_be_archived()?;
        }
        Wish::RaiseToI { level, .. } => {
            must(world, actor, act.deed(), &plans)?;
            incident.must_be_active()?;
            declare::must_have_level(&plans, *level)?;
        }
        Wish::End { .. } => {
            must(world, actor, act.deed(), &plans)?;
            incident.must_be_active()?;
            // What the end itself would stop at, stops whoever asks for it.
            Work::new(tx, world, now).all_that_binds(incident).await?;
        }
    }
    declare::one_line(wish.reason()).map_err(|what| VerbError::invalid("reason", what))?;
    let mut asked = Asked {
        id: world.ids.mint(now),
        incident: incident.id.clone(),
        wish,
        by: actor.clone(),
        level: Some(incident.level()),
        at: now,
        ends_at: second.within.after(now),
        posts: second.posts,
        instead_of: None,
        decided: None,
    };
    if let Some(standing) = tx.asked_about(act.code(), asked.subject()).await? {
        if standing.closed(now).is_some() {
            time::lapse(tx, world, now, standing).await?;
        } else if standing.is_overtaken(incident) {
            asked.instead_of = Some(standing.id.clone());
            overtake_one(tx, world, now, &actor.user, standing).await?;
        } else {
            return Err(already(&standing));
        }
    }
    match tx.add_asked(&asked).await {
        Ok(()) => {}
        Err(StoreError::Duplicate(_)) => {
            return Err(VerbError::conflict(phrase!("verb.asked-just-now")));
        }
        Err(error) => return Err(error.into()),
    }
    let told_by = notes::tell(tx, world, now, &asked, News::Asked).await?;
    tx.append(vec![asked_entry(&asked, told_by)]).await?;
    Ok(Some(asked))
}

fn already(standing: &Asked) -> VerbError {
    VerbError::Waiting {
        what: phrase!(
            "verb.asked-already",
            by = &standing.by.user,
            at = minute(standing.at),
            posts = any_of(&standing.posts)
        ),
        asked: standing.id.clone(),
        posts: standing.posts.clone(),
    }
}

pub(super) fn any_of(posts: &[PostRef]) -> Phrase {
    let posts = posts.iter().map(|post| Phrase::verbatim(post.to_string()));
    Phrase::chained(posts, |one, other| phrase!("verb.or", one, other))
}

fn asked_entry(asked: &Asked, told_by: Vec<String>) -> Entry {
    let act = Act::SecondPersonAsked {
        id: asked.id.clone(),
        act: asked.wish.act(),
        reason: asked.wish.reason().to_owned(),
        until: asked.ends_at,
        waits_for: asked.posts.clone(),
        told_by,
    };
    about(asked, Entry::new(asked.at, &asked.by.user, act))
}
