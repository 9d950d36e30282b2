//! A measure that is ready and not ordered: somebody decides whether it is, and only then its clock starts.
//!
//! Binding measures have legal conditions of their own and do not follow from a level, so nothing here becomes late
//! before it is ordered, and what was rightly not ordered is never missed.

use serde::{Deserialize, Serialize};

use super::{NotNow, Release, ReleaseState, Wanted};
use crate::domain::area::AreaCode;
use crate::domain::body::PostRef;
use crate::domain::incident::Incident;
use crate::domain::plan::{Item, Plan};
use crate::domain::time::{Moment, Span};
use crate::id::ReleaseId;

/// After how many seconds a measure that nobody has decided is asked about again; each time it takes twice as long, up to
/// a point.
const ASK_AGAIN: i64 = 30 * 60;
const ASK_AT_LEAST_EVERY: i64 = 12 * 60 * 60;

/// Who is asked about a measure, and when next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undecided {
    /// Those whom the plan names; none = whoever may decide in the body.
    #[serde(default)]
    pub posts: Vec<PostRef>,
    pub ask_at: Moment,
    /// How often it was asked.
    #[serde(default)]
    pub asked: u32,
    /// Who wanted to be asked later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub put_off: Option<PutOff>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutOff {
    pub by: String,
    pub at: Moment,
    pub until: Moment,
}

/// Another measure for the same places, which excludes this one; or this one, ordered there already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excludes {
    pub release: ReleaseId,
    /// The order that `release` is, or corrects: by it people know it.
    pub order: ReleaseId,
    /// Of the order.
    pub name: String,
    /// Where both would hold.
    pub places: Vec<AreaCode>,
    /// Its places that this one leaves out, so that it cannot take its place there.
    pub beyond: Vec<AreaCode>,
}

type Next = Result<Release, NotNow>;

impl Release {
    /// `by` orders it for `areas` (None = the incident's): work on it begins, and its deadline counts.
    pub fn ordered(
        mut self,
        now: Moment,
        by: String,
        due_at: Option<Moment>,
        areas: Option<Vec<AreaCode>>,
    ) -> Next {
        match self.state {
            ReleaseState::Undecided(_) => {
                self.state = ReleaseState::Planned;
                self.opened_at = now;
                self.ordered_by = Some(by);
                self.due_at = due_at;
                self.areas = areas;
                Ok(self)
            }
            _ => Err(self.not_now(Wanted::Ordered)),
        }
    }

    /// Its conditions are not met. At the next change of level it is asked about anew.
    pub fn not_applicable(mut self, now: Moment, by: String, why: String) -> Next {
        match self.state {
            ReleaseState::Undecided(_) => {
                self.state = ReleaseState::NotApplicable { at: now, by, why };
                Ok(self)
            }
            _ => Err(self.not_now(Wanted::Decided)),
        }
    }

    /// `by` wants it asked about again at `until`.
    pub fn put_off(mut self, now: Moment, by: String, until: Moment) -> Next {
        match &mut self.state {
            ReleaseState::Undecided(undecided) => {
                undecided.ask_at = until;
                let at = now;
                undecided.put_off = Some(PutOff { by, at, until });
                Ok(self)
            }
            _ => Err(self.not_now(Wanted::Decided)),
        }
    }

    /// It is asked about these places from now on, at once: whoever put it off has not heard of them.
    #[must_use]
    pub fn asked_for(mut self, now: Moment, areas: Option<Vec<AreaCode>>) -> Self {
        if let ReleaseState::Undecided(undecided) = &mut self.state {
            undecided.ask_at = now;
            undecided.put_off = None;
            self.areas = areas;
        }
        self
    }

    /// It was asked; nobody answering, it is asked again.
    #[must_use]
    pub fn asked_about(mut self, now: Moment) -> Self {
        if let ReleaseState::Undecided(undecided) = &mut self.state {
            let wait = ASK_AGAIN << undecided.asked.min(8);
            undecided.asked += 1;
            undecided.ask_at = Span::seconds(wait.min(ASK_AT_LEAST_EVERY)).after(now);
        }
        self
    }
}

/// What stands, or is on its way, in some of `areas` and excludes `item` there. A measure that is ordered in a place excludes
/// itself: it is not ordered there twice.
pub fn excludes(
    plan: &Plan,
    item: &Item,
    areas: &[AreaCode],
    incident: &Incident,
    existing: &[Release],
) -> Vec<Excludes> {
    let excluding = existing.iter().filter_map(|other| {
        let is_ordered = match &other.state {
            ReleaseState::Undecided(_) => false,
            ReleaseState::Published(_) => other.speaks_for_its_item(),
            state => state.is_open() && other.correction.is_none(),
        };
        let is_itself = other.item == item.item;
        let is_other_way =
            || (plan.item_of(other)).is_some_and(|of| of.instead_of.contains(&item.item));
        let excludes = match is_itself {
            // What lifts is repeated at will.
            true => item.binds(),
            false => item.instead_of.contains(&other.item) || is_other_way(),
        };
        if !is_ordered || !excludes {
            return None;
        }
        let left = other.places_left(incident);
        let meets = |area: &&AreaCode| match is_itself {
            // An order for more than that takes its place.
            true => other.holds_all_of(incident, area),
            false => other.holds_in(incident, area),
        };
        let places: Vec<AreaCode> = areas.iter().filter(meets).cloned().collect();
        let covered = |place: &&AreaCode| areas.iter().any(|area| area.contains(place));
        (!places.is_empty()).then(|| Excludes {
            release: other.id.clone(),
            order: other.order().clone(),
            name: (existing.iter().find(|one| one.id == *other.order()))
                .unwrap_or(other)
                .name
                .clone(),
            places,
            beyond: left
                .into_iter()
                .filter(|place| !covered(place))
                .cloned()
                .collect(),
        })
    });
    excluding.collect()
}
