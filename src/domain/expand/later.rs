//! The dated list that a raise or an end would give, if every release before had gone out on its deadline.

use super::forecast::{Forecast, forecast, listed, supposed};
use super::{Change, changes};
use crate::domain::bulletin::Publication;
use crate::domain::fact::Facts;
use crate::domain::incident::{Incident, IncidentStatus, LevelChange};
use crate::domain::level::ResponseLevel;
use crate::domain::plan::Plan;
use crate::domain::release::{Release, ReleaseState, Reminder};
use crate::domain::time::Moment;
use crate::id::{Minter, RealmKind, ReleaseId};

/// A raise that nobody has made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raise {
    pub from: ResponseLevel,
    pub declared_at: Moment,
    pub to: ResponseLevel,
    pub at: Moment,
}

/// Everything that `raise` and the declaration before it call for until `until`. What the raise takes out of the way is not
/// in it, and what is still due at the raise is.
pub fn forecast_raise<'a>(plan: &'a Plan, raise: Raise, until: Moment) -> Vec<Forecast<'a>> {
    let mut incident = supposed(plan, raise.from, raise.declared_at, raise.declared_at);
    let mut out = forecast(plan, &incident, raise.declared_at, raise.at);
    out.retain(|line| !line.asks && line.opens_at <= raise.at);
    let existing = releases(plan, &incident, raise, &out);
    incident.levels.push(LevelChange {
        level: raise.to,
        at: raise.at,
        by: String::new(),
        reason: String::new(),
    });
    let changes = changes(plan, &incident, &existing, Change::Raise, raise.at);
    let gone = changes.supersede.iter().chain(&changes.cancel);
    let gone: Vec<_> = gone.map(|(id, _)| id).collect();
    let mut stays = existing.iter().map(|release| !gone.contains(&&release.id));
    out.retain(|_| stays.next().unwrap_or(true));
    out.extend(listed(plan, &incident, changes.plan, until));
    out.sort_by(|a, b| {
        (a.due_at, a.opens_at, &a.item.item).cmp(&(b.due_at, b.opens_at, &b.item.item))
    });
    out
}

/// What an end at `at` calls for until `until`.
pub fn forecast_end(plan: &Plan, at: Moment, until: Moment) -> Vec<Forecast<'_>> {
    let highest = plan.levels.keys().max();
    let level = highest.copied().unwrap_or(ResponseLevel::IV);
    let mut incident = supposed(plan, level, at, at);
    incident.status = IncidentStatus::Ended {
        at,
        by: String::new(),
        reason: String::new(),
    };
    let changes = changes(plan, &incident, &[], Change::End, at);
    listed(plan, &incident, changes.plan, until)
}

/// The releases behind `lines`, one each, in their order.
fn releases(
    plan: &Plan,
    incident: &Incident,
    raise: Raise,
    lines: &[Forecast<'_>],
) -> Vec<Release> {
    let ids = Minter::seeded(RealmKind::Drill, 1);
    let mut made: Vec<Release> = Vec::new();
    for line in lines {
        let owner = line.interprets.and_then(|code| {
            let mut past = made.iter().rev();
            past.find(|release| release.item == code && release.occurrence == line.occurrence)
        });
        let tied_to = owner.map(|release| release.id.clone());
        let id = ids.mint(line.opens_at);
        made.push(release(plan, incident, raise, line, id, tied_to));
    }
    made
}

fn release(
    plan: &Plan,
    incident: &Incident,
    raise: Raise,
    line: &Forecast<'_>,
    id: ReleaseId,
    tied_to: Option<ReleaseId>,
) -> Release {
    let item = line.item;
    let out_at = line.due_at.filter(|due| *due <= raise.at);
    Release {
        id,
        incident: incident.id.clone(),
        plan: plan.plan.clone(),
        plan_hash: String::new(),
        body: plan.body.body.clone(),
        item: item.item.clone(),
        name: item.name.clone(),
        name_en: item.name_en.clone(),
        kind: item.kind,
        level: Some(raise.from),
        occurrence: line.occurrence,
        opened_at: line.opens_at,
        due_at: line.due_at,
        passed: None,
        areas: None,
        lifted: Vec::new(),
        ordered_by: None,
        found: None,
        holding: None,
        tied_to,
        part_of: None,
        carries: Vec::new(),
        correction: None,
        correction_reason: None,
        correction_reason_by: None,
        own_facts: Facts::new(),
        state: match out_at {
            Some(at) => ReleaseState::Published(Publication {
                version: 1,
                hash: String::new(),
                at,
                due_at: line.due_at,
                valid_until: None,
                countersign: None,
                filling: None,
            }),
            None => ReleaseState::Planned,
        },
        rounds: 0,
        reminded: Reminder::None,
        wake_at: None,
        row_version: 1,
    }
}
