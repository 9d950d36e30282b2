//! What a superior has taken over: a relay that names items (`takes-over`) stops their series when it goes out, and while it
//! stands no level asks for them.

use std::collections::BTreeSet;

use crate::domain::plan::{Item, Plan};
use crate::domain::reason::Reason;
use crate::domain::release::{Release, ReleaseState};
use crate::id::ReleaseId;

/// What stops when `relay` goes out.
#[derive(Debug, Default, PartialEq)]
pub struct TakeOver {
    pub stop_series: Vec<String>,
    pub cancel: Vec<(ReleaseId, Reason)>,
}

/// What the relay `by`, made from `item`, takes out of the hands of its plan: what is open of the items that it names, with
/// what explains them. What is out stays out.
pub fn take_over(item: &Item, by: &Release, existing: &[Release]) -> TakeOver {
    let named = |release: &&Release| {
        item.takes_over.contains(&release.item)
            && release.id != by.id
            && release.correction.is_none()
            && release.part_of.is_none()
    };
    let is_open = |release: &&Release| release.state.is_open();
    let own: Vec<&Release> = existing.iter().filter(named).filter(is_open).collect();
    let explains = |release: &&Release| {
        let tied = release.tied_to.as_ref();
        tied.is_some_and(|tied| own.iter().any(|one| one.id == *tied))
    };
    let tied = existing.iter().filter(explains).filter(is_open);
    let why = Reason::TakenOver {
        by: by.id.clone(),
        name: by.name.clone(),
    };
    TakeOver {
        stop_series: item.takes_over.clone(),
        cancel: own
            .iter()
            .copied()
            .chain(tied)
            .map(|release| (release.id.clone(), why.clone()))
            .collect(),
    }
}

/// The items that a relay which stands has taken over.
pub(super) fn taken_over<'a>(plan: &'a Plan, existing: &[Release]) -> BTreeSet<&'a str> {
    let stands = existing.iter().filter(|release| {
        release.correction.is_none()
            && matches!(
                release.state,
                ReleaseState::Published(_) | ReleaseState::Expired { .. }
            )
    });
    stands
        .filter_map(|release| plan.item_of(release))
        .flat_map(|item| item.takes_over.iter().map(String::as_str))
        .collect()
}
