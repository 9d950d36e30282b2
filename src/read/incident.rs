//! An incident: in lists alone, on its board with every release.

use super::asked;
use super::binding::binding;
use super::release::{briefs, unreadable};
use crate::contract::{FactView, IncidentView, LevelView, PlanView, ReleaseView};
use crate::domain::fact::Fact;
use crate::domain::incident::Incident;
use crate::domain::time::Moment;
use crate::flow::declare::Declared;
use crate::flow::{VerbError, World};
use crate::store::Tx;

/// The board of an incident: everything about it, all its releases, and what waits for a second person.
pub async fn board(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    incident: &Incident,
) -> Result<IncidentView, VerbError> {
    let all = tx.readable_of(&incident.id).await?;
    let waiting = tx.asked_of(&incident.id).await?;
    let mut releases = briefs(tx, world, now, &all.releases).await?;
    for row in &all.unreadable {
        releases.push(unreadable(tx, world, now, row).await?);
    }
    Ok(IncidentView {
        binding: binding(tx, world, now, incident, &all).await?,
        asked: asked::open(tx, now, &waiting).await?,
        ..view(incident, releases)
    })
}

/// An incident with the releases that a change has called for, and with what binds on whatever becomes of its response.
pub async fn called_for(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    declared: &Declared,
) -> Result<IncidentView, VerbError> {
    let incident = &declared.incident;
    let releases = briefs(tx, world, now, &declared.releases).await?;
    let all = tx.readable_of(&incident.id).await?;
    let mut on_the_way = briefs(tx, world, now, &all.releases).await?;
    on_the_way.retain(|one| one.will_bind);
    let mut overtaken = Vec::new();
    for one in &declared.overtaken {
        overtaken.push(asked::view(tx, now, one).await?);
    }
    Ok(IncidentView {
        asked: overtaken,
        binding: binding(tx, world, now, incident, &all).await?,
        on_the_way,
        ..view(incident, releases)
    })
}

pub fn view(incident: &Incident, releases: Vec<ReleaseView>) -> IncidentView {
    IncidentView {
        id: incident.id.to_string(),
        event: incident.event.clone(),
        title: incident.title.clone(),
        level: incident.level().code().to_owned(),
        status: incident.status.code().to_owned(),
        areas: incident.areas.iter().map(|area| area.0.clone()).collect(),
        known_at: incident.known_at,
        declared_at: incident.declared_at,
        level_since: incident.level_since(),
        ended_at: incident.end().map(|(at, _)| at),
        expected_duration: incident.expected_duration.map(|span| span.to_string()),
        facts: incident
            .facts
            .iter()
            .map(|(name, fact)| (name.clone(), fact_view(fact)))
            .collect(),
        levels: incident
            .levels
            .iter()
            .map(|change| LevelView {
                level: change.level.code().to_owned(),
                at: change.at,
                by: change.by.clone(),
                reason: change.reason.clone(),
            })
            .collect(),
        plans: incident
            .plans
            .iter()
            .map(|pin| PlanView {
                plan: pin.plan.clone(),
                revision: pin.revision.clone(),
                hash: pin.hash.clone(),
            })
            .collect(),
        releases,
        binding: Vec::new(),
        on_the_way: Vec::new(),
        asked: Vec::new(),
    }
}

pub(super) fn fact_view(fact: &Fact) -> FactView {
    // Every fact has a type and a value, which its JSON form names.
    let whole = serde_json::to_value(&fact.value).unwrap_or_default();
    FactView {
        kind: whole["type"].as_str().unwrap_or_default().to_owned(),
        value: whole["value"].clone(),
        as_of: fact.as_of,
        source: fact.source.clone(),
        by: fact.by.clone(),
    }
}
