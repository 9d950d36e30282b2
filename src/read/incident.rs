//! An incident: in lists alone, on its board with every release.

use super::asked;
use super::release::{briefs, unreadable};
use crate::contract::{
    BindingView, FactView, IncidentView, LevelView, LiftedView, PlanView, ReleaseView,
};
use crate::domain::area::AreaCode;
use crate::domain::fact::Fact;
use crate::domain::incident::Incident;
use crate::domain::lifting;
use crate::domain::release::Release;
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
        binding: binding(tx, world, now, incident, &all.releases).await?,
        asked: asked::open(&waiting, now),
        ..view(incident, releases)
    })
}

/// What binds where, and where it was lifted.
async fn binding(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    incident: &Incident,
    releases: &[Release],
) -> Result<Vec<BindingView>, VerbError> {
    let mut views = Vec::new();
    let codes = |areas: &[AreaCode]| areas.iter().map(|area| area.0.clone()).collect();
    for pin in &incident.plans {
        let plan = world.pinned(tx, &pin.hash).await?;
        let own: Vec<Release> = releases
            .iter()
            .filter(|one| one.plan == plan.plan)
            .cloned()
            .collect();
        for one in lifting::binding(&plan, incident, &own, now) {
            let release = one.release;
            let text = match release.state.publication() {
                Some(was) => tx.issued_bulletin(&release.id, was.version).await?,
                None => None,
            };
            let said = text.as_ref().map(|bulletin| &bulletin.text);
            views.push(BindingView {
                release: release.id.to_string(),
                item: release.item.clone(),
                name: release.name.clone(),
                title: said.map_or(&release.name, |text| &text.title).clone(),
                document_number: said.and_then(|text| text.document_number.clone()),
                since: one.since,
                areas: one.bound.iter().map(|area| area.0.clone()).collect(),
                lifted: one
                    .lifted
                    .iter()
                    .map(|lifted| LiftedView {
                        areas: codes(&lifted.areas),
                        by: lifted.by.to_string(),
                        at: lifted.at,
                        to_come: lifted.to_come,
                    })
                    .collect(),
            });
        }
    }
    Ok(views)
}

/// An incident with the releases that a change has called for.
pub async fn called_for(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    declared: &Declared,
) -> Result<IncidentView, VerbError> {
    let releases = briefs(tx, world, now, &declared.releases).await?;
    Ok(view(&declared.incident, releases))
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
