//! Channels are held back, let go again, and asked how they are.

use super::{Thing, VerbError, World};
use crate::domain::approval::Actor;
use crate::domain::journal::{Act, Entry};
use crate::domain::rights::{self, About, Deed};
use crate::domain::time::Moment;
use crate::store::Tx;

/// Lets a channel send, or holds it back; its deliveries wait then.
///
/// # Errors
/// Not found, or denied.
pub async fn switch(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    actor: &Actor,
    code: &str,
    enabled: bool,
) -> Result<(), VerbError> {
    must(world, actor, Deed::SwitchChannel, code)?;
    tx.switch_channel(code, enabled, &actor.user, now).await?;
    let channel = code.to_owned();
    let act = match enabled {
        true => Act::ChannelEnabled { channel },
        false => Act::ChannelDisabled { channel },
    };
    Ok(tx.append(vec![Entry::new(now, &actor.user, act)]).await?)
}

/// Whether `actor` may have a channel reach its provider, which sends nothing and is not journaled.
///
/// # Errors
/// Not found, or denied.
pub fn may_test(world: &World, actor: &Actor, code: &str) -> Result<(), VerbError> {
    must(world, actor, Deed::TestChannel, code)
}

fn must(world: &World, actor: &Actor, deed: Deed, code: &str) -> Result<(), VerbError> {
    if world.channel(code).is_none() {
        return Err(VerbError::NotFound {
            what: Thing::Channel,
            id: code.to_owned(),
        });
    }
    Ok(rights::may(actor, deed, &About::house(&world.plans))?)
}
