//! From which hour a measure is over where it was lifted, and how a correction moves that hour.

use super::{Except, Hour, Lifted};
use crate::domain::area::AreaCode;
use crate::domain::fact::FactValue;
use crate::domain::incident::Incident;
use crate::domain::plan::{CorrectionKind, Item};
use crate::domain::release::{Release, ReleaseState};
use crate::domain::time::Moment;
use crate::id::ReleaseId;

impl Release {
    /// The hour at which an announced lifting comes into force, if one is to come.
    pub fn lifting_to_come(&self) -> Option<Moment> {
        let is_out = matches!(
            self.state,
            ReleaseState::Published(_) | ReleaseState::Expired { .. }
        );
        let to_come = self.lifted.iter().filter(|lifted| lifted.to_come && is_out);
        to_come.map(|lifted| lifted.at).min()
    }

    /// The hour of an announced lifting has come: what it lifts everywhere is over.
    #[must_use]
    pub fn lifted_by_now(mut self, incident: &Incident, now: Moment) -> Self {
        let mut last = None;
        for lifted in self
            .lifted
            .iter_mut()
            .filter(|one| one.to_come && one.at <= now)
        {
            lifted.to_come = false;
            last = Some(lifted.by.clone());
        }
        match last {
            Some(by) if self.places_bound(incident, now).is_empty() => self.over(now, by),
            _ => self,
        }
    }

    /// Lifted in `areas` by the text `by` that goes out now, from the hour that it names if that is still to come.
    #[must_use]
    pub fn lifted_in(
        mut self,
        incident: &Incident,
        areas: Vec<AreaCode>,
        by: &ReleaseId,
        from: Option<Moment>,
        now: Moment,
        except: Option<&Except>,
    ) -> Self {
        let from = from.filter(|from| *from > now);
        let (excepted, whole): (Vec<_>, Vec<_>) = areas
            .into_iter()
            .partition(|area| except.is_some_and(|except| except.is_in(area)));
        let words = except.map(|except| except.words.clone());
        let parts = [(excepted, words), (whole, None)];
        for (areas, except) in parts.into_iter().filter(|(areas, _)| !areas.is_empty()) {
            self.lifted.push(Lifted {
                at: from.unwrap_or(now),
                by: by.clone(),
                areas,
                to_come: from.is_some(),
                except,
                before: Vec::new(),
            });
        }
        match self.places_bound(incident, now).is_empty() {
            true => self.over(now, by.clone()),
            false => self,
        }
    }

    /// The hour that it gives anew for what the lifting that it corrects lifts.
    pub fn corrected_hour(&self, item: &Item) -> Option<Moment> {
        let mends = self.correction == Some(CorrectionKind::WrongContent);
        let hour = item.effective.as_ref().filter(|_| mends)?;
        match self.own_facts.get(hour)?.value {
            FactValue::Time(at) => Some(at),
            _ => None,
        }
    }

    /// The text `by` corrects the hour of `lifting`, which lifted it: it binds there until `from`, if that is to come. None for what
    /// that lifting does not lift any more.
    #[must_use]
    pub fn lifting_moved(
        self,
        incident: &Incident,
        lifting: &ReleaseId,
        by: &ReleaseId,
        from: Moment,
        now: Moment,
    ) -> Option<Self> {
        self.with_hours(incident, lifting, now, |lifted| {
            lifted.before.push(Hour {
                by: lifted.by.clone(),
                at: lifted.at,
            });
            Hour {
                by: by.clone(),
                at: from,
            }
        })
    }

    /// The `correction` of `lifting` that gave it another hour is taken back: that is the one before again. None for what the
    /// correction never touched.
    #[must_use]
    pub fn lifting_moved_back(
        self,
        incident: &Incident,
        lifting: &ReleaseId,
        correction: &ReleaseId,
        now: Moment,
    ) -> Option<Self> {
        self.with_hours(incident, correction, now, |lifted| {
            // As older versions wrote it, the hour before is not known any more.
            lifted.before.pop().unwrap_or(Hour {
                by: lifting.clone(),
                at: lifted.at,
            })
        })
    }

    /// What `of` lifts is lifted from the hour that `given` says.
    fn with_hours(
        mut self,
        incident: &Incident,
        of: &ReleaseId,
        now: Moment,
        given: impl Fn(&mut Lifted) -> Hour,
    ) -> Option<Self> {
        let mut by = None;
        for lifted in self.lifted.iter_mut().filter(|one| one.by == *of) {
            let hour = given(lifted);
            let was_to_come = std::mem::replace(&mut lifted.to_come, hour.at > now);
            if lifted.to_come {
                lifted.at = hour.at;
            } else if was_to_come {
                lifted.at = now;
            }
            lifted.by = hour.by.clone();
            by = Some(hour.by);
        }
        let by = by?;
        let is_bound = !self.places_bound(incident, now).is_empty();
        Some(match self.state.clone() {
            ReleaseState::Lifted { was, .. } if is_bound => {
                self.state = ReleaseState::Published(was);
                self
            }
            _ if is_bound => self,
            _ => self.over(now, by),
        })
    }
}
