//! The dated list that a declaration would give, if every release went out on its deadline.

use super::rhythm::next_occurrence;
use super::{Change, changes};
use crate::domain::deadline::{Anchors, Repeat, earliest_due};
use crate::domain::incident::Incident;
use crate::domain::plan::{Item, Plan};
use crate::domain::time::Moment;

/// One line of the dated list that a declaration would give.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast<'a> {
    pub item: &'a Item,
    pub occurrence: u32,
    pub opens_at: Moment,
    pub due_at: Option<Moment>,
    /// The code of what it interprets; its deadline then assumes publication at that one's deadline.
    pub interprets: Option<&'a str>,
}

/// What a declaration of `incident` now would call for until `until`, if every release went out on its deadline.
pub fn forecast<'a>(
    plan: &'a Plan,
    incident: &Incident,
    now: Moment,
    until: Moment,
) -> Vec<Forecast<'a>> {
    const MOST: usize = 10_000;
    let changes = changes(plan, incident, &[], Change::Declare, now);
    let mut out = Vec::new();
    for new in changes.plan {
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
