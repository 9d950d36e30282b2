//! What is sound today and will not be for long: the working-day calendar.

use std::collections::BTreeMap;

use crate::domain::deadline::beyond_calendar;
use crate::domain::plan::{Item, Plan, PlanSet};
use crate::domain::time::Moment;

use super::Findings;

pub(super) fn look(plans: &PlanSet, now: Moment, found: &mut Findings) {
    let mut reached: BTreeMap<i32, Vec<String>> = BTreeMap::new();
    let mut is_counted = false;
    for pinned in &plans.plans {
        let plan = &*pinned.plan;
        for item in items(plan) {
            for due in &item.due {
                is_counted |= due.calendar == crate::domain::deadline::DayCalendar::WorkingDay;
                if let Some(year) = beyond_calendar(due, now, plan.zone, &plan.calendar) {
                    reached
                        .entry(year)
                        .or_default()
                        .push(format!("{}/{}", plan.plan, item.item));
                }
            }
        }
    }
    for (year, mut items) in reached {
        items.sort();
        items.dedup();
        let named: Vec<&str> = items.iter().take(5).map(String::as_str).collect();
        let more = if items.len() > named.len() {
            " …"
        } else {
            ""
        };
        found.warn(
            "calendar",
            format!("plans/holidays.yaml has no holidays of {year}; deadlines in working days that begin now can reach it: {}{more}", named.join(" ")),
            format!("add the holidays and worked weekend days of {year} to plans/holidays.yaml"),
        );
        is_counted = false;
    }
    if is_counted {
        found.ok(
            "calendar",
            "it knows every year that a deadline counted from now can reach",
        );
    }
}

fn items(plan: &Plan) -> impl Iterator<Item = &Item> {
    let top = plan.levels.values().flatten().chain(&plan.end);
    top.flat_map(|item| std::iter::once(item).chain(item.interpretation.as_deref()))
}
