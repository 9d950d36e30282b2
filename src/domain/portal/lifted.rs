//! Where a measure was lifted, for whom it was not, and what became of it where.

use serde::{Deserialize, Serialize};

use super::{PortalEntry, Standing, named};
use crate::domain::area::{Area, AreaCode};
use crate::domain::gloss::{Known, Manner, gloss_places};
use crate::domain::incident::Incident;
use crate::domain::plan::Plan;
use crate::domain::release::{Release, ReleaseState};
use crate::domain::time::Moment;
use crate::id::ReleaseId;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiftedIn {
    /// Since when, or from when if that is to come.
    pub at: Moment,
    pub by: ReleaseId,
    pub areas: Vec<Area>,
    /// It is announced, and binds until then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub to_come: bool,
    /// For whom it binds on there, in the words of what lifted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub except: Option<String>,
    /// The same with the English names of places that are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub except_en: Option<String>,
}

/// What became of a measure in some of its places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub at: Moment,
    pub by: ReleaseId,
    pub areas: Vec<Area>,
    #[serde(flatten)]
    pub what: ChangeKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "what")]
pub enum ChangeKind {
    Lifted,
    /// Announced, from an hour that was to come.
    ToBeLifted {
        from: Moment,
    },
    /// What had lifted it was taken back.
    Restored,
}

impl PortalEntry {
    /// As it binds at `now`: it holds on where it was not lifted; what is over everywhere was for all of its places.
    #[must_use]
    pub fn lifted_as(
        mut self,
        plan: &Plan,
        release: &Release,
        incident: &Incident,
        now: Moment,
    ) -> Self {
        let name = |code: &AreaCode| named(plan, code);
        if let ReleaseState::Lifted { at, by, .. } = &release.state {
            let (at, by) = (*at, by.clone());
            self.standing = Standing::Lifted { at, by };
            self.areas = release.areas(incident).iter().map(name).collect();
        } else {
            if matches!(
                self.standing,
                Standing::Lifted { .. } | Standing::Superseded { .. }
            ) {
                self.standing = Standing::Current;
            }
            let bound = release.places_bound(incident, now).into_iter();
            self.areas = bound.map(name).collect();
        }
        self.lifted = lifted_in(plan, release);
        self
    }

    /// What became of it in `areas` by the text `by`.
    #[must_use]
    pub fn changed(
        mut self,
        plan: &Plan,
        at: Moment,
        what: ChangeKind,
        by: &ReleaseId,
        areas: &[AreaCode],
    ) -> Self {
        self.changes.push(Change {
            at,
            by: by.clone(),
            areas: areas.iter().map(|code| named(plan, code)).collect(),
            what,
        });
        self
    }

    /// What lifted it by now for everybody who is there.
    pub fn lifted_by_now(&self) -> impl Iterator<Item = &LiftedIn> {
        let by_now = self.lifted.iter().filter(|lifted| !lifted.to_come);
        by_now.filter(|lifted| lifted.except.is_none())
    }

    /// What lifted it where, in order; without what excepted people whom a later one set free, or named anew.
    pub fn liftings(&self) -> impl Iterator<Item = &LiftedIn> {
        self.lifted.iter().enumerate().filter_map(|(at, lifted)| {
            let later = self.lifted[at + 1..].iter().filter(|later| !later.to_come);
            let later: Vec<&Area> = later.flat_map(|later| &later.areas).collect();
            let is_taken_over = |area: &Area| {
                let mut later = later.iter();
                later.any(|later| later.area.contains(&area.area))
            };
            let is_over = lifted.except.is_some() && lifted.areas.iter().all(is_taken_over);
            (!is_over).then_some(lifted)
        })
    }

    /// Where it was lifted by now, if that is `area` or around it.
    pub fn is_lifted_in(&self, area: &AreaCode) -> bool {
        let mut areas = self.lifted_by_now().flat_map(|lifted| &lifted.areas);
        areas.any(|lifted| lifted.area.contains(area))
    }
}

pub(super) fn lifted_in(plan: &Plan, release: &Release) -> Vec<LiftedIn> {
    let known: Vec<Known> = plan.places.iter().map(Known::of).collect();
    let english = |words: &String| gloss_places(words, &known, Manner::Both);
    let lifted = release.lifted.iter().map(|lifted| LiftedIn {
        at: lifted.at,
        by: lifted.by.clone(),
        to_come: lifted.to_come,
        except: lifted.except.clone(),
        except_en: lifted.except.as_ref().map(english),
        areas: (lifted.areas.iter())
            .map(|code| named(plan, code))
            .collect(),
    });
    lifted.collect()
}
