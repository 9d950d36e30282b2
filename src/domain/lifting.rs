//! What binds people, and where it was lifted. A measure is lifted place by place; where nobody lifted it, it binds on.
//!
//! A place of which only a part was lifted stays whole: the list of places that an office keeps need not be complete, and
//! a measure never ends where nobody has ended it.

mod hours;
mod listed;

pub use listed::{normal, places_named, places_without};

use serde::{Deserialize, Serialize};

use super::area::AreaCode;
use super::fact::{FactSpec, FactValue};
use super::incident::Incident;
use super::plan::{CorrectionKind, Item, ItemRole, Plan};
use super::release::{Release, ReleaseState};
use super::time::Moment;
use crate::id::ReleaseId;

/// Some places of a text in which another text lifted it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lifted {
    /// Since when: the hour that the other text names, or when it went out.
    pub at: Moment,
    pub by: ReleaseId,
    pub areas: Vec<AreaCode>,
    /// That hour is still to come: it is announced, and the measure binds until then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub to_come: bool,
    /// Whom it excepts, in its own words: for them the measure binds on there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub except: Option<String>,
    /// From when, and by what, before corrections gave other hours; the latest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<Hour>,
}

/// The hour that a text gives to a lifting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hour {
    pub by: ReleaseId,
    pub at: Moment,
}

/// Whom a lifting excepts, by its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Except {
    pub words: String,
    /// The places that those words name; none = anywhere that it lifts.
    pub areas: Vec<AreaCode>,
}

impl Except {
    /// Of a text of `item`, as far as `text`, which was signed, says it.
    pub fn told_by(
        plan: &Plan,
        item: &Item,
        incident: &Incident,
        release: &Release,
        text: &str,
    ) -> Option<Self> {
        let code = item.except.as_ref()?;
        let fact = (release.own_facts.get(code)).or(incident.facts.get(code))?;
        let FactValue::Text(words) = &fact.value else {
            return None;
        };
        let words = words.trim().trim_end_matches('。');
        (!words.is_empty() && text.contains(words)).then(|| Self {
            words: words.to_owned(),
            areas: places_named(words, plan).into_iter().cloned().collect(),
        })
    }

    fn is_in(&self, area: &AreaCode) -> bool {
        self.areas.is_empty() || self.areas.iter().any(|named| named.overlaps(area))
    }
}

/// What a text says of a measure: that it binds in these places once the text is out. Compared once more when it goes out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    pub release: ReleaseId,
    pub areas: Vec<AreaCode>,
    /// The hour from which an announced lifting first lifts it somewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Moment>,
}

/// Where a measure that went out binds, and where and by what it was lifted.
#[derive(Debug)]
pub struct Binding<'a> {
    pub release: &'a Release,
    /// Since when.
    pub since: Moment,
    pub bound: Vec<&'a AreaCode>,
    /// Those of them where it binds only whom its lifting excepted, with the words of that.
    pub only: Vec<(AreaCode, String)>,
    pub lifted: &'a [Lifted],
}

/// The measures of `plan` that went out, as they bind at `now`; those that are lifted everywhere, too.
pub fn binding<'a>(
    plan: &Plan,
    incident: &'a Incident,
    releases: &'a [Release],
    now: Moment,
) -> Vec<Binding<'a>> {
    let measures = releases.iter().filter(|release| {
        let is_over = matches!(release.state, ReleaseState::Lifted { .. });
        release.still_binds(plan)
            || is_over
                && release.speaks_for_its_item()
                && plan.item_of(release).is_some_and(Item::binds)
    });
    let line = |release: &'a Release| {
        let is_over = matches!(release.state, ReleaseState::Lifted { .. });
        Some(Binding {
            release,
            since: release.state.publication()?.at,
            bound: match is_over {
                true => Vec::new(),
                false => release.places_bound(incident, now),
            },
            only: match is_over {
                true => Vec::new(),
                false => release.bound_only(incident, now),
            },
            lifted: &release.lifted,
        })
    };
    measures.filter_map(line).collect()
}

impl Item {
    /// Whether it is a measure: somebody orders it, and it binds until it is lifted.
    pub fn binds(&self) -> bool {
        self.decided && self.lifts.is_empty()
    }
}

impl Item {
    /// Whether a fact says where or from when this lifts, or where it does not: each text of it needs to be told that anew.
    pub fn tells_its_own(&self, spec: &FactSpec) -> bool {
        let is_hour = self.effective.as_ref() == Some(&spec.fact);
        !self.lifts.is_empty() && (spec.place || is_hour)
    }
}

impl Plan {
    /// Whether a text of `item` from this `template` says what binds people: what tells of the response does, so that nobody
    /// takes a lower level or its end for the end of an order, and whatever names it.
    pub fn tells_what_binds(&self, item: &Item, release: &Release, template: &str) -> bool {
        let names_it = |source: &String| {
            source.contains("incident.binding") || source.contains("incident.lifted-from")
        };
        release.tells_of_response(item) || self.templates.get(template).is_some_and(names_it)
    }

    /// Whether a text of the item `code` may bind people or end what does. What the plan does not know may be anything.
    pub fn may_bind(&self, code: &str) -> bool {
        let mut of_code = self.items().filter(|item| item.item == code).peekable();
        of_code.peek().is_none()
            || of_code.any(|item| item.decided || !item.lifts.is_empty())
            || self
                .items()
                .any(|item| item.lifts.iter().any(|own| own == code))
    }
}

impl Release {
    /// Whether it says what its item says. A correction of the content stands in for the text whose detail it mends; the others
    /// take a text back.
    pub fn speaks_for_its_item(&self) -> bool {
        matches!(self.correction, None | Some(CorrectionKind::WrongContent))
    }

    /// Whether its text, of `item`, says that a response begins, is at another level, or has ended. It says as of when measures bind,
    /// so that an order that goes out by itself meanwhile does not make it wrong.
    pub fn tells_of_response(&self, item: &Item) -> bool {
        let of_response = matches!(
            item.role,
            Some(ItemRole::Activation | ItemRole::Termination)
        );
        self.correction.is_none() && of_response
    }

    /// The text whose place it takes, where it is a correction of its content.
    pub fn stands_in_for(&self) -> Option<&ReleaseId> {
        let mends = self.correction == Some(CorrectionKind::WrongContent);
        self.tied_to.as_ref().filter(|_| mends)
    }

    /// The order that it is, or that it corrects: an order that was corrected is still that order.
    pub fn order(&self) -> &ReleaseId {
        self.stands_in_for().unwrap_or(&self.id)
    }

    /// Whether `correction` stands in for it now.
    pub fn is_mended_by(&self, correction: &Release) -> bool {
        let is_it =
            matches!(&self.state, ReleaseState::Corrected { by, .. } if *by == correction.id);
        is_it
            && correction.stands_in_for() == Some(&self.id)
            && (correction.stands() || matches!(correction.state, ReleaseState::Lifted { .. }))
    }

    /// Whether what it says has to be lifted in words: it is out, or its time ran out and nobody has said more.
    pub fn stands(&self) -> bool {
        self.speaks_for_its_item()
            && matches!(
                self.state,
                ReleaseState::Published(_) | ReleaseState::Expired { .. }
            )
    }

    /// Whether it stands, and not all of it was lifted yet.
    pub fn is_left_to_lift(&self, incident: &Incident) -> bool {
        self.stands() && !self.places_left(incident).is_empty()
    }

    /// Whether it binds people until it is lifted: ordered, out, and neither replaced nor taken back. One whose time ran out
    /// binds on where the plan has words to lift it by.
    pub fn still_binds(&self, plan: &Plan) -> bool {
        let has_lifting = || plan.items().any(|item| item.lifts.contains(&self.item));
        plan.item_of(self).is_some_and(Item::binds)
            && self.stands()
            && (matches!(self.state, ReleaseState::Published(_)) || has_lifting())
    }

    /// Whether it is a measure that is ordered and on its way: once it is out, it binds.
    pub fn will_bind(&self, plan: &Plan) -> bool {
        let is_ordered = self.state.is_open() && !matches!(self.state, ReleaseState::Undecided(_));
        self.correction.is_none() && is_ordered && plan.item_of(self).is_some_and(Item::binds)
    }

    /// Its places without those where it was lifted, or is to be at an hour that was announced: what is left to decide about.
    pub fn places_left<'a>(&'a self, incident: &'a Incident) -> Vec<&'a AreaCode> {
        let places = self.areas(incident).iter();
        places.filter(|place| !self.is_lifted_in(place)).collect()
    }

    /// Its places without those where it was lifted by `now`.
    pub fn places_bound<'a>(&'a self, incident: &'a Incident, now: Moment) -> Vec<&'a AreaCode> {
        let places = self.areas(incident).iter();
        places
            .filter(|place| self.is_bound(incident, place, now))
            .collect()
    }

    /// Whether `area` lies in its places, and it was not lifted there by `now`.
    pub fn is_bound(&self, incident: &Incident, area: &AreaCode, now: Moment) -> bool {
        let by_now =
            (self.lifted.iter()).filter(|lifted| lifted.at <= now && lifted.except.is_none());
        let mut over = by_now.flat_map(|lifted| &lifted.areas);
        let mut places = self.areas(incident).iter();
        places.any(|place| place.contains(area)) && !over.any(|over| over.contains(area))
    }

    /// Where it binds at `now` only those whom its lifting excepts, and who these are.
    pub fn bound_only(&self, incident: &Incident, now: Moment) -> Vec<(AreaCode, String)> {
        let places = self.places_bound(incident, now).into_iter();
        let only = places.filter_map(|place| {
            let mut of_it = self.lifted.iter().rev().filter(|lifted| {
                lifted.at <= now && lifted.areas.iter().any(|area| area.contains(place))
            });
            Some((
                place.clone(),
                of_it.find_map(|lifted| lifted.except.clone())?,
            ))
        });
        only.collect()
    }

    /// The parts of its places in which it was lifted by `now`, where a place of it binds on without them.
    pub fn parts_lifted(&self, incident: &Incident, now: Moment) -> Vec<AreaCode> {
        let by_now =
            (self.lifted.iter()).filter(|lifted| lifted.at <= now && lifted.except.is_none());
        let bound = self.places_bound(incident, now);
        let parts = by_now.flat_map(|lifted| &lifted.areas);
        let parts = parts.filter(|part| bound.iter().any(|place| place.contains(part)));
        normal(parts.cloned().collect())
    }

    /// Whether it holds in `area` or in a part of it.
    pub fn holds_in(&self, incident: &Incident, area: &AreaCode) -> bool {
        let mut left = self.places_left(incident).into_iter();
        !self.is_lifted_in(area) && left.any(|place| place.overlaps(area))
    }

    /// Whether it holds in the whole of `area`: nobody has lifted it there, or in a part of it.
    pub fn holds_all_of(&self, incident: &Incident, area: &AreaCode) -> bool {
        let mut lifted = self.lifted.iter().flat_map(|lifted| &lifted.areas);
        let mut left = self.places_left(incident).into_iter();
        !lifted.any(|over| over.overlaps(area)) && left.any(|place| place.contains(area))
    }

    fn is_lifted_in(&self, place: &AreaCode) -> bool {
        let whole = self.lifted.iter().filter(|lifted| lifted.except.is_none());
        let mut lifted = whole.flat_map(|lifted| &lifted.areas);
        lifted.any(|area| area.contains(place))
    }
}

/// Whether something stands in one of `areas` that `item` lifts.
pub fn lifts_something(
    item: &Item,
    incident: &Incident,
    areas: &[AreaCode],
    existing: &[Release],
) -> bool {
    existing.iter().any(|release| {
        let holds = |area: &AreaCode| release.holds_in(incident, area);
        item.lifts.contains(&release.item) && release.stands() && areas.iter().any(holds)
    })
}

#[cfg(test)]
mod tables;
