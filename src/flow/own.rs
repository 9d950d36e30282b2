//! What a release has for itself: places within those of its incident, and facts that only its text says.

use std::collections::BTreeMap;

use super::declare::{GivenFact, Known, read_facts};
use super::{Problems, VerbError};
use crate::domain::approval::Actor;
use crate::domain::area::{self, AreaCode};
use crate::domain::fact::{Fact, FactValue, Facts};
use crate::domain::incident::Incident;
use crate::domain::lifting::{lifts_something, normal, places_named};
use crate::domain::phrase::{Blank, phrase};
use crate::domain::plan::{Item, ItemRole, Plan};
use crate::domain::release::Release;
use crate::domain::time::Moment;

/// Places of a text within those of its incident; None = all of them.
pub(super) fn places(
    plan: &Plan,
    incident: &Incident,
    areas: Option<Vec<AreaCode>>,
) -> Result<Option<Vec<AreaCode>>, VerbError> {
    let Some(areas) = areas.filter(|areas| !areas.is_empty()) else {
        return Ok(None);
    };
    let mut problems = Problems::default();
    for (index, area) in areas.iter().enumerate() {
        let is_inside = |place: &AreaCode| incident.areas.iter().any(|own| own.contains(place));
        // What is no place at all is not said to lie elsewhere.
        let what = if !plan.places.iter().any(|known| known.area == *area) {
            let inside = plan.places.iter().filter(|known| is_inside(&known.area));
            area::unknown(&area.0, inside)
        } else if is_inside(area) {
            continue;
        } else {
            let name = |area: &AreaCode| plan.place_name(area).to_owned();
            let known = incident.areas.iter().map(name).collect::<Blank>();
            phrase!("verb.place-not-of-incident", area = name(area), known)
        };
        problems.add(&format!("areas[{index}]"), what);
    }
    match problems.is_empty() {
        true => {
            let areas = normal(areas);
            Ok((areas != normal(incident.areas.clone())).then_some(areas))
        }
        false => Err(VerbError::Invalid { problems }),
    }
}

/// What a text is given to say for itself: the facts `given` to it before and now, and its places where they are not the
/// incident's, so that the text names those it is for. One that is given as nothing is taken back.
pub(super) fn own_facts(
    plan: &Plan,
    item: &Item,
    actor: &Actor,
    now: Moment,
    areas: Option<&[AreaCode]>,
    known: Known<'_>,
    given: &BTreeMap<String, GivenFact>,
) -> Result<Facts, VerbError> {
    let mut problems = Problems::default();
    let before = known.own;
    let mut facts = before.clone();
    // Places that nobody wrote follow the places.
    facts.retain(|code, fact| !(item.places_facts.contains(code) && fact.by.is_empty()));
    let (emptied, given) = (given.clone().into_iter()).partition(|(_, given)| is_nothing(given));
    let emptied: BTreeMap<String, GivenFact> = emptied;
    for code in emptied.keys() {
        if facts.remove(code).is_none() && !before.contains_key(code) {
            problems.add(&format!("facts.{code}"), phrase!("verb.fact-not-own"));
        }
        // What gave it in English goes with it.
        let english = plan.event.fact(code);
        if let Some(english) = english.and_then(|spec| plan.event.english_of(spec)) {
            facts.remove(&english.fact);
        }
    }
    let read = read_facts(&plan.event, &given, actor, now, known, &mut problems);
    facts.extend(plan.event.english_left_behind(before, &read, now));
    facts.extend(read);
    for code in areas.iter().flat_map(|_| &item.places_facts) {
        let areas = areas.unwrap_or_default();
        let names = |areas: &[&AreaCode]| {
            let names = areas.iter().map(|area| plan.place_name(area));
            names.collect::<Vec<_>>().join("、")
        };
        let places = names(&areas.iter().collect::<Vec<_>>());
        if let Some(FactValue::Text(text)) = facts.get(code).map(|fact| &fact.value) {
            let named = places_named(text, plan);
            let is_here = |named: &AreaCode| areas.iter().any(|area| area.contains(named));
            // 临江镇沿江村 names the town only to say which village.
            let is_around = |place: &AreaCode| {
                named
                    .iter()
                    .any(|inner| place.contains(inner) && is_here(inner))
            };
            let mut strange = named.clone();
            strange.retain(|place| !is_here(place) && !is_around(place));
            if !strange.is_empty() {
                let strange = names(&strange);
                let what = phrase!("verb.fact-of-other-place", strange, places);
                problems.add(&format!("facts.{code}"), what);
            }
            continue;
        }
        let fact = Fact {
            value: FactValue::Text(places),
            as_of: now,
            source: None,
            // The plan's names, and nobody's words.
            by: Vec::new(),
        };
        facts.insert(code.clone(), fact);
    }
    match problems.is_empty() {
        true => Ok(facts),
        false => Err(VerbError::Invalid { problems }),
    }
}

fn is_nothing(given: &GivenFact) -> bool {
    given.value.is_null()
        || given
            .value
            .as_str()
            .is_some_and(|text| text.trim().is_empty())
}

/// What lifts is not said where nothing holds that it lifts.
pub(super) fn must_lift_something(
    plan: &Plan,
    item: &Item,
    incident: &Incident,
    areas: Option<&[AreaCode]>,
    own: &[Release],
) -> Result<(), VerbError> {
    let areas = areas.unwrap_or(&incident.areas);
    let is_lifting = !item.lifts.is_empty() && item.role != Some(ItemRole::Termination);
    if !is_lifting || lifts_something(item, incident, areas, own) {
        return Ok(());
    }
    let places = areas.iter().map(|area| plan.place_name(area));
    Err(VerbError::conflict(phrase!(
        "verb.nothing-to-lift",
        name = &item.name,
        places = places.collect::<Vec<_>>().join("、")
    )))
}
