//! What binds people in an incident, as whoever lowers, ends or looks at it is shown it.

use super::release::{lifting, unreadable};
use crate::contract::{BindingView, LiftedView, OnlyView};
use crate::domain::area::AreaCode;
use crate::domain::incident::Incident;
use crate::domain::lifting;
use crate::domain::release::Release;
use crate::domain::time::Moment;
use crate::flow::{VerbError, World, may_bind};
use crate::store::{Readable, Tx};

/// What binds where, and where it was lifted; last what may bind and cannot be read.
pub async fn binding(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    incident: &Incident,
    all: &Readable,
) -> Result<Vec<BindingView>, VerbError> {
    let mut views = Vec::new();
    let codes = |areas: &[AreaCode]| areas.iter().map(|area| area.0.clone()).collect();
    for pin in &incident.plans {
        let plan = world.pinned(tx, &pin.hash).await?;
        let own: Vec<Release> = all
            .releases
            .iter()
            .filter(|one| one.plan == plan.plan)
            .cloned()
            .collect();
        for one in lifting::binding(&plan, incident, &own, now) {
            // An order that was corrected is still that order.
            let order = one.release.order();
            let release = (all.releases.iter())
                .find(|known| known.id == *order)
                .unwrap_or(one.release);
            let text = match release.state.publication() {
                Some(was) => tx.issued_bulletin(&release.id, was.version).await?,
                None => None,
            };
            let said = text.as_ref().map(|bulletin| &bulletin.text);
            views.push(BindingView {
                release: release.id.to_string(),
                item: release.item.clone(),
                name: release.name.clone(),
                name_en: release.name_en.clone(),
                title: said.map_or(&release.name, |text| &text.title).clone(),
                document_number: said.and_then(|text| text.document_number.clone()),
                corrected_by: (one.release.id != release.id).then(|| one.release.id.to_string()),
                since: release.state.publication().map_or(one.since, |was| was.at),
                areas: one.bound.iter().map(|area| area.0.clone()).collect(),
                only: (one.only.iter())
                    .map(|(area, who)| OnlyView {
                        area: area.0.clone(),
                        who: who.clone(),
                    })
                    .collect(),
                lifted: one
                    .lifted
                    .iter()
                    .map(|lifted| LiftedView {
                        areas: codes(&lifted.areas),
                        by: lifted.by.to_string(),
                        at: lifted.at,
                        to_come: lifted.to_come,
                        except: lifted.except.clone(),
                    })
                    .collect(),
                lifting: lifting(&plan, one.release),
                unreadable: None,
            });
        }
    }
    for row in &all.unreadable {
        if may_bind(tx, world, incident, row).await? {
            let shown = unreadable(tx, world, now, row).await?;
            views.push(BindingView {
                release: row.id.clone(),
                item: row.item.clone(),
                title: shown.name.clone(),
                name_en: shown.name_en,
                name: shown.name,
                document_number: None,
                corrected_by: None,
                since: shown.opened_at,
                areas: Vec::new(),
                only: Vec::new(),
                lifted: Vec::new(),
                lifting: None,
                unreadable: Some(row.what.clone()),
            });
        }
    }
    Ok(views)
}
