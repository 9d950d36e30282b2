//! Acts that take a second person: one asks, another one confirms, and only then it is done. Both are told what waits for them
//! (`notes`).
//!
//! Whoever acts for a person comes through here; where the plans want no second person the act is done at once.

mod asking;
mod closing;
mod notes;
mod time;

pub(in crate::flow) use closing::overtake;
pub use time::due;

use std::collections::BTreeMap;

use self::notes::News;
use asking::{any_of, ask};
use closing::{decide, open};

use super::declare::{self, Declaration, Declared};
use super::{VerbError, World, correct, incident, must, release};
use crate::domain::approval::Actor;
use crate::domain::level::ResponseLevel;
use crate::domain::phrase::phrase;
use crate::domain::plan::CorrectionKind;
use crate::domain::release::Release;
use crate::domain::rights::{self, About, Asked, Decision, Deed, Wish};
use crate::domain::time::Moment;
use crate::id::{AskId, IncidentId, ReleaseId};
use crate::store::Tx;

/// What became of a wish.
#[derive(Debug)]
pub enum Outcome<T> {
    Done(Box<T>),
    /// It waits for the second person.
    Asked(Box<Asked>),
}

/// What a confirmed act has done.
#[derive(Debug)]
pub enum Confirmed {
    Incident(Box<Declared>),
    Release(Box<Release>),
}

/// Declares an incident. Level I is not reached this way where raising to it takes a second person.
///
/// # Errors
/// As [`declare::declare`].
pub async fn declare(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    mut input: Declaration,
) -> Result<Declared, VerbError> {
    if input.level == ResponseLevel::I {
        let plans = declare::plans_of(world, &mut input)?;
        let about = About::incident(&world.plans, &plans);
        must(world, actor, Deed::RaiseToI, &plans)?;
        if let Some(second) = rights::second(Deed::RaiseToI, &about) {
            let what = phrase!("verb.level-i-takes-second", posts = any_of(&second.posts));
            return Err(VerbError::conflict(what));
        }
    }
    declare::declare(tx, world, now, actor, input).await
}

/// Raises or lowers the response, or asks for it.
///
/// # Errors
/// As [`declare::change_level`].
pub async fn change_level(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    id: &IncidentId,
    (level, reason): (ResponseLevel, &str),
) -> Result<Outcome<Declared>, VerbError> {
    let standing = incident(tx, id).await?;
    let raises = level == ResponseLevel::I && standing.level() < level;
    let wish = Wish::RaiseToI {
        level,
        reason: reason.to_owned(),
    };
    if raises && let Some(asked) = ask(tx, world, now, actor, &standing, wish).await? {
        return Ok(Outcome::Asked(Box::new(asked)));
    }
    let done = declare::change_level(tx, world, now, actor, id, level, reason).await?;
    Ok(Outcome::Done(Box::new(done)))
}

/// Ends the response, or asks for it.
///
/// # Errors
/// As [`declare::end`].
pub async fn end(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    id: &IncidentId,
    reason: &str,
) -> Result<Outcome<Declared>, VerbError> {
    let standing = incident(tx, id).await?;
    let wish = Wish::End {
        reason: reason.to_owned(),
    };
    if let Some(asked) = ask(tx, world, now, actor, &standing, wish).await? {
        return Ok(Outcome::Asked(Box::new(asked)));
    }
    let done = declare::end(tx, world, now, actor, id, reason).await?;
    Ok(Outcome::Done(Box::new(done)))
}

/// Prepares a correction, or asks for it where it takes a published text back.
///
/// # Errors
/// As [`correct::prepare`].
pub async fn correct(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    id: &ReleaseId,
    wanted: &correct::Wanted<'_>,
) -> Result<Outcome<Release>, VerbError> {
    correct::must(tx, world, now, actor, id, wanted).await?;
    let standing = release(tx, id).await?;
    let home = incident(tx, &standing.incident).await?;
    if let (CorrectionKind::Withdrawal, Some(reason)) = (wanted.kind, wanted.reason)
        && standing.state.publication().is_some()
    {
        let facts = correct::own_facts(tx, world, now, actor, id, wanted.facts).await?;
        let wish = Wish::Withdraw {
            release: id.clone(),
            reason: reason.to_owned(),
            facts,
        };
        if let Some(asked) = ask(tx, world, now, actor, &home, wish).await? {
            return Ok(Outcome::Asked(Box::new(asked)));
        }
    }
    let done = correct::prepare(tx, world, now, actor, id, wanted).await?;
    Ok(Outcome::Done(Box::new(done)))
}

/// The second person says yes, and it is done in the name of the one who asked.
///
/// # Errors
/// Denied for whoever asked and for other posts; a conflict when something was decided, when its time is over, or when
/// it cannot be done any more.
pub async fn confirm(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    id: &AskId,
) -> Result<Confirmed, VerbError> {
    let mut asked = open(tx, now, id, |asked| asked.may_confirm(actor)).await?;
    let by = &still_may(tx, &asked).await?;
    same_level(tx, &asked).await?;
    decide(tx, now, actor, &mut asked, Decision::Confirmed, None).await?;
    let incident = &asked.incident;
    let done = match &asked.wish {
        Wish::RaiseToI { level, reason } => Confirmed::Incident(Box::new(
            declare::change_level(tx, world, now, by, incident, *level, reason).await?,
        )),
        Wish::End { reason } => Confirmed::Incident(Box::new(
            declare::end(tx, world, now, by, incident, reason).await?,
        )),
        Wish::Withdraw {
            release,
            reason,
            facts,
        } => {
            let wanted = correct::Wanted {
                kind: CorrectionKind::Withdrawal,
                reason: Some(reason),
                facts: &BTreeMap::new(),
            };
            Confirmed::Release(Box::new(
                correct::prepare_knowing(tx, world, now, by, release, &wanted, facts.clone())
                    .await?,
            ))
        }
    };
    let news = News::Decided(Decision::Confirmed, None);
    notes::tell(tx, world, now, &asked, news).await?;
    Ok(done)
}

/// Whoever asked, with the posts they hold today.
async fn still_may(tx: &mut Tx, asked: &Asked) -> Result<Actor, VerbError> {
    match tx.person_by_login(&asked.by.user).await? {
        Some(person) if person.disabled_at.is_some() => {
            let what = phrase!("verb.asker-shut-out", login = person.login);
            Err(VerbError::conflict(what))
        }
        Some(person) => Ok(person.actor()),
        None => Ok(asked.by.clone()),
    }
}

/// What was asked for at one level is not meant for another.
async fn same_level(tx: &mut Tx, asked: &Asked) -> Result<(), VerbError> {
    let now = incident(tx, &asked.incident).await?.level();
    match asked.level.filter(|then| *then != now) {
        Some(then) if asked.wish.release().is_none() => Err(VerbError::conflict(phrase!(
            "verb.asked-at-another-level",
            then = then.phrase(),
            by = &asked.by.user,
            now = now.phrase()
        ))),
        _ => Ok(()),
    }
}

/// The second person says no, or whoever asked takes it back. Nothing else happens.
///
/// # Errors
/// Denied for anybody else; a conflict when something was decided already.
pub async fn decline(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    id: &AskId,
    reason: &str,
) -> Result<Asked, VerbError> {
    let mut asked = open(tx, now, id, |asked| asked.may_decline(actor)).await?;
    let reason = declare::one_line(reason).map_err(|what| VerbError::invalid("reason", what))?;
    decide(
        tx,
        now,
        actor,
        &mut asked,
        Decision::Declined,
        Some(&reason),
    )
    .await?;
    let news = News::Decided(Decision::Declined, Some(&reason));
    notes::tell(tx, world, now, &asked, news).await?;
    Ok(asked)
}
