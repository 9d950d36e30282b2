//! What was given up is sent again, to those only who have not got it, when somebody says so.

use std::collections::BTreeMap;

use super::{VerbError, World, entry};
use crate::domain::approval::Actor;
use crate::domain::channel::{Finality, Targets};
use crate::domain::delivery::Dispatch;
use crate::domain::journal::Act;
use crate::domain::journal::act::GivenUp;
use crate::domain::phrase::{Blank, phrase};
use crate::domain::release::{self, Release, ReleaseState};
use crate::domain::rights::Deed;
use crate::domain::time::Moment;
use crate::id::ReleaseId;
use crate::store::{Otherwise, SentAgain, Tx};

/// What is to be sent again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Only what was given up on this channel.
    pub channel: Option<String>,
    /// Also what may have arrived, and may then arrive twice.
    pub unknown: bool,
}

/// What waits again, by channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Resent {
    pub release: Release,
    pub channels: BTreeMap<String, SentAgain>,
}

/// Sends again what was given up of a published text. Each address gets a new give-up clock; whoever has the text is
/// left alone.
///
/// # Errors
/// Forbidden for whoever may neither submit nor sign it; a conflict when the text does not stand any more; invalid for a
/// channel that it does not go to.
pub async fn resend(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    id: &ReleaseId,
    wanted: &Wanted,
) -> Result<Resent, VerbError> {
    let release = super::release(tx, id).await?;
    super::must_with(tx, world, actor, Deed::Resend, &release).await?;
    let publication = match &release.state {
        ReleaseState::Published(publication) => publication,
        _ => return Err(release.not_now(release::Wanted::SentAgain).into()),
    };
    if !release.still_says(publication.version, now) {
        return Err(VerbError::conflict(phrase!(
            "verb.valid-no-longer",
            release = id.as_str()
        )));
    }
    let all = tx.dispatches_of(id).await?;
    let all: Vec<&Dispatch> = all
        .iter()
        .filter(|one| one.version == publication.version)
        .collect();
    if let Some(code) = &wanted.channel
        && !all.iter().any(|one| one.channel == *code)
    {
        let known: Blank = all.iter().map(|one| one.channel.as_str()).collect();
        let what = phrase!("verb.goes-elsewhere", release = id.as_str(), known);
        return Err(VerbError::invalid("channel", what));
    }
    let stopped = tx.stopped_dispatches().await?;
    let mut channels = BTreeMap::new();
    for one in &all {
        let asked = wanted
            .channel
            .as_ref()
            .is_none_or(|code| one.channel == *code);
        if !asked || stopped.contains(&one.id) {
            continue;
        }
        let otherwise = reached_by_fallback(world, one, &all);
        let sent = tx
            .send_again(&one.id, wanted.unknown, otherwise, now)
            .await?;
        channels.insert(one.channel.clone(), sent);
    }
    if channels.values().any(|sent| sent.failed + sent.unknown > 0) {
        let counts = channels
            .iter()
            .map(|(code, sent)| {
                let given_up = GivenUp {
                    failed: sent.failed,
                    unknown: sent.unknown,
                };
                (code.clone(), given_up)
            })
            .collect();
        let act = Act::ReleaseResent {
            item: release.item.clone(),
            version: publication.version,
            channels: counts,
            may_arrive_twice: wanted.unknown,
        };
        tx.append(vec![entry(now, &actor.user, &release, act)])
            .await?;
    }
    Ok(Resent { release, channels })
}

/// The fallback's dispatch of the same text, where it leads to the same people.
fn reached_by_fallback<'a>(
    world: &'a World,
    dispatch: &Dispatch,
    all: &[&'a Dispatch],
) -> Option<Otherwise<'a>> {
    let (def, fallback) = world.fallback(&dispatch.channel)?;
    let (Targets::Contacts(own_kind), Targets::Contacts(other_kind)) =
        (def.targets(), fallback.targets())
    else {
        return None;
    };
    let taken_over = all.iter().find(|one| one.channel == fallback.channel)?;
    Some(Otherwise {
        dispatch: &taken_over.id,
        own_kind,
        other_kind,
        taken_is_last: fallback.spec().finality() == Finality::Accepted,
    })
}
