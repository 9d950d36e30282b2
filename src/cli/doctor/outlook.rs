//! What is sound for the machine and not for people: a calendar that ends, a portal that nobody can open, groups.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Config;
use crate::domain::audience::{Audience, Selection};
use crate::domain::deadline::beyond_calendar;
use crate::domain::plan::PlanSet;
use crate::domain::public::{host_of, is_loopback, why_not_public};
use crate::domain::time::Moment;

use super::Findings;
use crate::cli::words::{spoken, word};

pub(super) fn look(config: &Config, plans: &PlanSet, now: Moment, found: &mut Findings) {
    portal(config, plans, found);
    calendar(plans, now, found);
}

/// Links in messages lead to this address.
fn portal(config: &Config, plans: &PlanSet, found: &mut Findings) {
    let address = config.portal.base_url.as_deref().or(plans.portal_url());
    let Some((address, host)) = address.and_then(|address| Some((address, host_of(address)?)))
    else {
        return;
    };
    // The example set shows how it is done on one machine.
    let is_example = crate::cli::bodies::read(config)
        .ok()
        .flatten()
        .is_none_or(|bodies| bodies.example);
    if is_example && is_loopback(host) {
        found.ok("portal address", word!("doctor.example-address", address));
        return;
    }
    let next = word!("doctor.address-next");
    match why_not_public(host) {
        Some(why) => found.warn(
            "portal address",
            word!("doctor.address-private", address, why = spoken(&why)),
            next,
        ),
        None if address.starts_with("http://") => found.warn(
            "portal address",
            word!("doctor.address-plain", address),
            next,
        ),
        None => found.ok("portal address", address.to_owned()),
    }
}

/// Every group that a plan or a channel addresses.
pub(super) fn groups(plans: &PlanSet) -> BTreeSet<String> {
    let of_items = plans
        .plans
        .iter()
        .flat_map(|pinned| pinned.plan.items())
        .flat_map(|item| {
            let own = item
                .channels
                .iter()
                .filter_map(|channel| channel.audience.as_ref());
            std::iter::once(&item.audience).chain(own)
        });
    let of_channels = plans
        .channels
        .values()
        .filter(|def| def.enabled)
        .filter_map(|def| def.audience.as_ref());
    of_items
        .chain(of_channels)
        .filter_map(|audience| match audience {
            Audience::Selected(Selection { groups, .. }) => Some(groups),
            Audience::Everyone(_) => None,
        })
        .flatten()
        .cloned()
        .collect()
}

fn calendar(plans: &PlanSet, now: Moment, found: &mut Findings) {
    let mut reached: BTreeMap<i32, Vec<String>> = BTreeMap::new();
    let mut is_counted = false;
    for pinned in &plans.plans {
        let plan = &*pinned.plan;
        for item in plan.items() {
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
            word!(
                "doctor.no-holidays",
                year,
                items = format!("{}{more}", named.join(" "))
            ),
            word!("doctor.no-holidays-next", year),
        );
        is_counted = false;
    }
    if is_counted {
        found.ok("calendar", word!("doctor.calendar"));
    }
}
