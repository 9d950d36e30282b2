//! A row that cannot be read, shown in its place in a list.

use std::collections::BTreeMap;

use crate::contract::ReleaseView;
use crate::domain::release::OPEN_STATES;
use crate::domain::time::Moment;
use crate::flow::{VerbError, World};
use crate::id::ReleaseId;
use crate::store::{Tx, Unreadable};

/// What a list can say of a release that cannot be read: by its name, if the plan of its incident knows it.
pub async fn unreadable(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    row: &Unreadable,
) -> Result<ReleaseView, VerbError> {
    let incident = match row.incident.parse() {
        Ok(id) => tx.incident(&id).await?,
        Err(_) => None,
    };
    let pins = incident.iter().flat_map(|incident| &incident.plans);
    let plan = match pins.into_iter().find(|pin| pin.plan == row.plan) {
        Some(pin) => Some(world.pinned(tx, &pin.hash).await?),
        None => None,
    };
    let item = (plan.as_ref()).and_then(|plan| plan.items().find(|item| item.item == row.item));
    let is_open = OPEN_STATES.contains(&&*row.status);
    let id: Option<ReleaseId> = row.id.parse().ok();
    Ok(ReleaseView {
        id: row.id.clone(),
        incident: row.incident.clone(),
        plan: row.plan.clone(),
        event: incident
            .as_ref()
            .map_or_else(String::new, |incident| incident.event.clone()),
        body: row.body.clone(),
        issuer: None,
        item: row.item.clone(),
        name: item.map_or_else(|| row.item.clone(), |item| item.name.clone()),
        name_en: item.and_then(|item| item.name_en.clone()),
        kind: item.map_or_else(String::new, |item| item.kind.code().to_owned()),
        level: None,
        occurrence: row.occurrence,
        status: row.status.clone(),
        opened_at: id.map_or(now, |id| id.minted_at()),
        due_at: row.due_at,
        due_beyond_calendar: None,
        passed_limit: None,
        overdue: is_open && row.due_at.is_some_and(|due| due < now),
        holding: None,
        published_at: None,
        valid_until: None,
        decides: Vec::new(),
        excludes: Vec::new(),
        put_off: None,
        next: None,
        may_sign: Vec::new(),
        missing_facts: Vec::new(),
        missing_own: Vec::new(),
        wanted_facts: Vec::new(),
        elsewhere: Vec::new(),
        own_facts: BTreeMap::new(),
        note: None,
        why: None,
        stale: false,
        newer_version: None,
        difference: Vec::new(),
        tied_to: row.tied_to.clone(),
        areas: Vec::new(),
        source: None,
        found_at: None,
        part_of: None,
        still_binds: false,
        will_bind: false,
        lifting: None,
        lifted: Vec::new(),
        correction: None,
        correction_reason: None,
        countersign_due_at: None,
        own_words: false,
        signatures: Vec::new(),
        bulletin: None,
        unreadable: Some(row.what.clone()),
    })
}
