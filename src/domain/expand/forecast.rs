//! The dated list that a declaration would give, if every release went out on its deadline.

use super::rhythm::next_occurrence;
use super::{Change, NewRelease, changes};
use crate::domain::deadline::{Anchors, Repeat, earliest_due};
use crate::domain::incident::{Incident, IncidentStatus, LevelChange};
use crate::domain::level::ResponseLevel;
use crate::domain::plan::{Item, Plan};
use crate::domain::time::Moment;
use crate::id::{Minter, RealmKind};

/// One line of the dated list that a declaration would give.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast<'a> {
    pub item: &'a Item,
    pub occurrence: u32,
    pub opens_at: Moment,
    pub due_at: Option<Moment>,
    /// The code of what it interprets; its deadline then assumes publication at that one's deadline.
    pub interprets: Option<&'a str>,
    /// A measure that is ready, and goes out only if somebody orders it.
    pub asks: bool,
    /// What goes out in its text.
    pub parts: Vec<&'a Item>,
}

/// An incident in all places of `plan` that nobody has declared.
pub fn supposed(plan: &Plan, level: ResponseLevel, at: Moment, known_at: Moment) -> Incident {
    Incident {
        id: Minter::seeded(RealmKind::Drill, 0).mint(at),
        event: plan.event.event.clone(),
        title: plan.title.clone(),
        title_by: None,
        areas: plan.areas.clone(),
        known_at,
        declared_at: at,
        expected_duration: None,
        facts: Default::default(),
        levels: vec![LevelChange {
            level,
            at,
            by: String::new(),
            reason: String::new(),
        }],
        status: IncidentStatus::Active,
        plans: Vec::new(),
        row_version: 0,
    }
}

/// What a declaration of `incident` now would call for until `until`, if every release went out on its deadline.
pub fn forecast<'a>(
    plan: &'a Plan,
    incident: &Incident,
    now: Moment,
    until: Moment,
) -> Vec<Forecast<'a>> {
    let changes = changes(plan, incident, &[], Change::Declare, now);
    listed(plan, incident, changes.plan, until)
}

/// `planned` and what follows each of it until `until`, if every release goes out on its deadline.
pub(super) fn listed<'a>(
    plan: &'a Plan,
    incident: &Incident,
    planned: Vec<NewRelease<'a>>,
    until: Moment,
) -> Vec<Forecast<'a>> {
    const MOST: usize = 10_000;
    let mut out = Vec::new();
    for new in planned {
        let mut current = Some(new);
        while let Some(new) = current
            .take()
            .filter(|new| new.opens_at <= until && out.len() < MOST)
        {
            let published = new.due_at.unwrap_or(new.opens_at);
            out.push(Forecast {
                item: new.item,
                occurrence: new.occurrence,
                opens_at: new.opens_at,
                due_at: new.due_at,
                interprets: None,
                asks: new.asks,
                parts: new.parts.iter().map(|part| part.item).collect(),
            });
            if let Some(interpretation) = &new.interpretation {
                let anchors = Anchors {
                    publication: Some(published),
                    ..incident.anchors()
                };
                out.push(Forecast {
                    item: interpretation.item,
                    occurrence: new.occurrence,
                    opens_at: new.opens_at,
                    due_at: earliest_due(
                        &interpretation.item.due,
                        &anchors,
                        plan.zone,
                        &plan.calendar,
                    ),
                    interprets: Some(&new.item.item),
                    asks: false,
                    parts: Vec::new(),
                });
            }
            if new.item.repeat.is_some() {
                let last_at = match new.item.repeat {
                    // Cron counts from its own clock time, not from when the text went out.
                    Some(Repeat::Cron(_)) => new.opens_at,
                    _ => published,
                };
                current = next_occurrence(
                    plan,
                    new.item,
                    new.level,
                    new.occurrence,
                    last_at,
                    published,
                )
                .0;
            }
        }
    }
    out.sort_by(|a, b| {
        (a.due_at, a.opens_at, &a.item.item).cmp(&(b.due_at, b.opens_at, &b.item.item))
    });
    out
}
