//! The groups that words name, each with the village that it is of: 荷花村三组 is another one than 沿江村三组.

use std::collections::BTreeSet;

use super::SiteSettings;
use super::saying::groups_in;
use super::shelf::Shelf;
use super::spoken_place::Places;

/// Groups of one village.
pub struct SpokenGroups {
    /// None where nobody says whose they are.
    pub of: Places,
    pub numbers: BTreeSet<u32>,
}

/// Those that `said` names.
pub fn spoken_groups(settings: &SiteSettings, shelf: &Shelf, said: &str) -> Vec<SpokenGroups> {
    let said = said.to_lowercase();
    let spans = groups_in(&said);
    let mut all: Vec<SpokenGroups> = Vec::new();
    for (at, (place, numbers)) in spans.iter().enumerate() {
        let before = at.checked_sub(1).map_or(0, |at| spans[at].0.end);
        let next = spans.get(at + 1).map_or(said.len(), |(next, _)| next.start);
        let before = &said[before..place.start];
        let mut of = Places::named(settings, shelf, before);
        let is_beside = of.names().any(|name| before.trim_end().ends_with(name));
        // Group 3 of Hehua Village.
        if said[place.clone()].starts_with('g') && !is_beside {
            of = Places::named(settings, shelf, &said[place.end..next]);
        }
        if of.is_empty()
            && let Some(last) = all.last()
        {
            of = last.of.clone();
        }
        let numbers = numbers.clone();
        all.push(SpokenGroups { of, numbers });
    }
    all
}

/// Whether every group of `named` is one of `all`; one of no village may be of any.
pub fn are_among(named: &[SpokenGroups], all: &[SpokenGroups]) -> bool {
    let is_among = |of: &Places, number: &u32| {
        let may_be =
            |other: &&SpokenGroups| of.is_empty() || other.of.is_empty() || of.meet(&other.of);
        let mut all = all.iter().filter(may_be);
        all.any(|other| other.numbers.contains(number))
    };
    let mut named = named.iter();
    named.all(|groups| {
        groups
            .numbers
            .iter()
            .all(|number| is_among(&groups.of, number))
    })
}
