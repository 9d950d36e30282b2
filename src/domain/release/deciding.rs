//! A measure that is ready and not ordered: somebody decides whether it is, and only then its clock starts.
//!
//! Binding measures have legal conditions of their own and do not follow from a level, so nothing here becomes late
//! before it is ordered, and what was rightly not ordered is never missed.

use serde::{Deserialize, Serialize};

use super::{NotNow, Release, ReleaseState, Wanted};
use crate::domain::area::AreaCode;
use crate::domain::body::PostRef;
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
}

/// Another measure for the same places, which excludes this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excludes {
    pub release: ReleaseId,
    pub name: String,
    /// Its places that this one leaves out, so that it cannot take its place there.
    pub beyond: Vec<AreaCode>,
}

type Next = Result<Release, NotNow>;

impl Release {
    /// It is ordered for `areas` (None = the incident's): work on it begins, and its deadline counts.
    pub fn ordered(
        mut self,
        now: Moment,
        due_at: Option<Moment>,
        areas: Option<Vec<AreaCode>>,
    ) -> Next {
        match self.state {
            ReleaseState::Undecided(_) => {
                self.state = ReleaseState::Planned;
                self.opened_at = now;
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

    /// It is asked about again at `until`.
    pub fn put_off(mut self, until: Moment) -> Next {
        match &mut self.state {
            ReleaseState::Undecided(undecided) => {
                undecided.ask_at = until;
                Ok(self)
            }
            _ => Err(self.not_now(Wanted::Decided)),
        }
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

    /// Whether it binds people until it is lifted: ordered, out, and neither replaced nor taken back.
    pub fn still_binds(&self, item: &Item) -> bool {
        item.decided && item.lifts.is_empty() && matches!(self.state, ReleaseState::Published(_))
    }
}

/// What stands, or is on its way, in some of `areas` and excludes `item` there.
pub fn excludes(
    plan: &Plan,
    item: &Item,
    areas: &[AreaCode],
    incident: &super::super::incident::Incident,
    existing: &[Release],
) -> Vec<Excludes> {
    let excluding = existing.iter().filter(|other| {
        let is_ordered = match &other.state {
            ReleaseState::Undecided(_) => false,
            ReleaseState::Published(_) => true,
            state => state.is_open(),
        };
        let is_other_way = plan
            .item_of(other)
            .is_some_and(|of| of.instead_of.contains(&item.item));
        is_ordered
            && other.correction.is_none()
            && (is_other_way || item.instead_of.contains(&other.item))
    });
    excluding
        .filter_map(|other| {
            let places = other.areas(incident);
            let meets = |place: &AreaCode| areas.iter().any(|area| area.overlaps(place));
            let covered = |place: &&AreaCode| areas.iter().any(|area| area.contains(place));
            places.iter().any(meets).then(|| Excludes {
                release: other.id.clone(),
                name: other.name.clone(),
                beyond: places
                    .iter()
                    .filter(|place| !covered(place))
                    .cloned()
                    .collect(),
            })
        })
        .collect()
}
