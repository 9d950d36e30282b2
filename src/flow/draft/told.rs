//! Whom a text goes to beside those of its own item: whoever was told what it takes the place of.

use super::super::work::Work;
use super::super::{VerbError, World, item_of};
use crate::domain::bulletin::ChannelReach;
use crate::domain::channel::ChannelDef;
use crate::domain::incident::Incident;
use crate::domain::plan::{Item, ItemRole, Plan};
use crate::domain::publication::matters;
use crate::domain::release::Release;
use crate::domain::time::Moment;

/// Beside the item's own channels those on which `also` says whom to tell.
pub(super) fn add_told<'a>(
    world: &'a World,
    channels: &mut Vec<&'a ChannelDef>,
    also: &[ChannelReach],
) {
    for told in also.iter().filter(|told| told.also) {
        let def = world.channel(&told.channel);
        let is_new = |def: &&ChannelDef| !channels.iter().any(|own| own.channel == def.channel);
        channels.extend(def.filter(is_new));
    }
}

/// Whom the texts reached that a notice of the response, or a lifting, takes the place of: whoever was told of the higher level is
/// told of the lower one, and whoever was told to leave that they may come back.
pub(super) async fn told_before(
    work: &mut Work<'_>,
    plan: &Plan,
    item: &Item,
    incident: &Incident,
    release: &Release,
) -> Result<Vec<ChannelReach>, VerbError> {
    let of_response = matches!(
        item.role,
        Some(ItemRole::Activation | ItemRole::Termination)
    );
    if release.correction.is_some() || !of_response && item.lifts.is_empty() {
        return Ok(Vec::new());
    }
    let mut told: Vec<ChannelReach> = Vec::new();
    for matter in matters(plan, item) {
        let lifts = item.lifts.iter().any(|code| code == matter);
        if !lifts
            && plan
                .items()
                .any(|of| of.item == matter && of.role != Some(ItemRole::Activation))
        {
            continue;
        }
        let (of, plan) = (&release.incident, &release.plan);
        let before = work.tx.readable_of_item(of, plan, matter).await?.releases;
        for one in before
            .iter()
            .filter(|one| one.id != release.id && one.stands())
        {
            let Some(was) = one.state.publication() else {
                continue;
            };
            let text = work.bulletin(&one.id, was.version).await?;
            let own = item_of(&*work.plan_of(one).await?, one)?.channels.clone();
            for reach in text.reach {
                let is_own = own.iter().any(|own| own.channel == reach.channel);
                if !is_own && !reach.also {
                    continue;
                }
                let mut reach = reach;
                reach.also = true;
                // Where it is lifted only in a part, the others are not told that they may come back.
                if !of_response && !reach.reach.areas.is_empty() {
                    let areas = release.areas(incident);
                    reach.reach.areas = areas.to_vec();
                    reach.reach = reach.reach.with_those_around(areas, &incident.areas);
                }
                match told.iter_mut().find(|known| known.channel == reach.channel) {
                    Some(known) => known.reach = known.reach.clone().and(&reach.reach),
                    None => told.push(reach),
                }
            }
        }
    }
    Ok(told)
}

/// When the last text that lifts what `release` lifts went out.
pub(super) async fn told_until(
    work: &mut Work<'_>,
    item: &Item,
    release: &Release,
) -> Result<Option<Moment>, VerbError> {
    if item.lifts.is_empty() || release.correction.is_some() {
        return Ok(None);
    }
    let of_item = (work.tx)
        .readable_of_item(&release.incident, &release.plan, &release.item)
        .await?;
    let others = of_item.releases.iter().filter(|one| one.id != release.id);
    let out = others.filter_map(|one| Some(one.state.publication()?.at));
    Ok(out.max())
}

pub(crate) fn channels_of<'a>(world: &'a World, item: &Item) -> Vec<&'a ChannelDef> {
    let mut channels: Vec<&ChannelDef> = item
        .channels
        .iter()
        .filter_map(|c| world.channel(&c.channel))
        .collect();
    // A fallback may have to carry this text, so its bytes are signed with the rest.
    let fallbacks: Vec<_> = channels
        .iter()
        .filter_map(|def| world.channel(def.fallback.as_deref()?))
        .collect();
    for fallback in fallbacks {
        if !channels.iter().any(|def| def.channel == fallback.channel) {
            channels.push(fallback);
        }
    }
    channels
}
