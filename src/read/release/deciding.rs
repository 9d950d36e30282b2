//! What whoever decides a measure is shown of it: who may, until when it was put off, and what excludes it.

use std::sync::Arc;

use crate::contract::{ExcludesView, PutOffView};
use crate::domain::approval::Actor;
use crate::domain::plan::Plan;
use crate::domain::release::{Release, ReleaseState, excludes};
use crate::domain::rights::{self, About, Deed};
use crate::flow::{VerbError, World};
use crate::store::Tx;

/// Who decides whether a measure is ordered, while nobody has.
pub(super) fn deciders(world: &World, plan: &Arc<Plan>, release: &Release) -> Vec<String> {
    if !matches!(release.state, ReleaseState::Undecided(_)) {
        return Vec::new();
    }
    let nobody = Actor {
        user: String::new(),
        name: String::new(),
        posts: Vec::new(),
    };
    let about = About::release(&world.plans, plan, release);
    let who = rights::may(&nobody, Deed::Decide, &about).err();
    let who = who.map_or_else(Vec::new, |denied| denied.who);
    who.iter().map(ToString::to_string).collect()
}

/// What excludes a measure that somebody may order now.
pub(super) async fn excluding(
    tx: &mut Tx,
    plan: &Plan,
    release: &Release,
) -> Result<Vec<ExcludesView>, VerbError> {
    let (ReleaseState::Undecided(_), Some(item)) = (&release.state, plan.item_of(release)) else {
        return Ok(Vec::new());
    };
    let Some(incident) = tx.incident(&release.incident).await? else {
        return Ok(Vec::new());
    };
    // Whoever orders it is told of a row that cannot be read.
    let mut own = tx.readable_of(&release.incident).await?.releases;
    own.retain(|one| one.plan == release.plan);
    let excluding = excludes(plan, item, release.areas(&incident), &incident, &own);
    let mut shown = Vec::new();
    for one in excluding {
        let order = own.iter().find(|other| other.id == one.order);
        let text = match order.and_then(|order| order.state.publication()) {
            Some(was) => tx.issued_bulletin(&one.order, was.version).await?,
            None => None,
        };
        shown.push(ExcludesView {
            release: one.order.to_string(),
            name_en: order.and_then(|order| order.name_en.clone()),
            name: one.name,
            document_number: text.and_then(|text| text.text.document_number),
            areas: one.places.into_iter().map(|area| area.0).collect(),
        });
    }
    Ok(shown)
}

pub(super) fn put_off(state: &ReleaseState) -> Option<PutOffView> {
    let ReleaseState::Undecided(undecided) = state else {
        return None;
    };
    let put_off = undecided.put_off.as_ref()?;
    Some(PutOffView {
        by: put_off.by.clone(),
        at: put_off.at,
        until: put_off.until,
    })
}
