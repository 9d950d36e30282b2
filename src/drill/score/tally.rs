//! How many limits were kept and how many were not, of all releases and of each body's. A limit that nobody could keep is the
//! plan's, and one that had not come at the end is nobody's yet: neither is a part of the share.

use super::super::scenario::Scenario;
use super::{BodyScore, ReleaseScore};
use crate::domain::time::Moment;
use crate::domain::trace::{Trace, timeliness};

#[derive(Default)]
pub(super) struct Tally {
    pub on_time: usize,
    pub late: usize,
    pub missed: usize,
    pub by_plan: usize,
    pub later: usize,
}

impl Tally {
    pub fn of<'a>(releases: impl Iterator<Item = &'a ReleaseScore>, end: Moment) -> Self {
        let mut tally = Self::default();
        for release in releases {
            tally.later += usize::from(release.is_later(end));
            match release.on_time {
                Some(true) => tally.on_time += 1,
                Some(false) if release.is_missed_by_plan() => tally.by_plan += 1,
                Some(false) if release.published_at.is_some() => tally.late += 1,
                Some(false) => tally.missed += 1,
                None => {}
            }
        }
        tally
    }

    /// The part that was on time of what could be, in thousandths.
    pub fn share(&self) -> Option<i64> {
        let judged = self.on_time + self.late + self.missed;
        let share = (self.on_time * 1000).checked_div(judged)?;
        i64::try_from(share).ok()
    }
}

pub(super) fn bodies(
    scenario: &Scenario,
    traces: &[Trace],
    releases: &[ReleaseScore],
    now: Moment,
) -> Vec<BodyScore> {
    let name = |body: &str| {
        let mut bodies = scenario.plans.bodies.iter();
        let known = bodies.find(|known| known.body == body);
        known.map_or_else(|| body.to_owned(), |known| known.name.clone())
    };
    timeliness(traces, now)
        .into_iter()
        .filter(|sum| sum.body != "*")
        .map(|sum| {
            let tally = Tally::of(releases.iter().filter(|r| r.body == sum.body), now);
            BodyScore {
                name: name(&sum.body),
                releases: sum.planned,
                on_time: tally.on_time,
                late: tally.late,
                missed: tally.missed,
                by_plan: tally.by_plan,
                on_time_permille: tally.share(),
                median_slack: sum.median_slack_seconds,
                body: sum.body,
            }
        })
        .collect()
}
