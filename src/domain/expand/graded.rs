//! What the grade of an incident asks for, whatever the level of the response: planned when the grade is set or raised, given
//! up when it is lowered.

use super::{Change, Changes, dated, held, rhythm, takeover};
use crate::domain::incident::Incident;
use crate::domain::level::IncidentGrade;
use crate::domain::plan::Plan;
use crate::domain::reason::Reason;
use crate::domain::release::Release;
use crate::domain::time::Moment;

/// What follows from the grade that `incident` has now, `before` being what it had. Limits that are past count as past. What is
/// out stays out.
pub fn regraded<'a>(
    plan: &'a Plan,
    incident: &Incident,
    existing: &[Release],
    before: Option<IncidentGrade>,
    now: Moment,
) -> Changes<'a> {
    let mut out = Changes::default();
    let (level, grade) = (incident.level(), incident.grade());
    let items = plan.levels.get(&level).map_or(&[][..], Vec::as_slice);
    let taken = takeover::taken_over(plan, existing);
    let anchors = incident.anchors();
    for item in items.iter().filter(|item| !item.on_demand) {
        let of_item =
            |release: &&Release| release.item == item.item && release.correction.is_none();
        let past: Vec<&Release> = existing.iter().filter(of_item).collect();
        match (item.is_for(before), item.is_for(grade)) {
            (false, true) => {
                let stands = past
                    .iter()
                    .any(|one| one.state.is_open() || one.state.publication().is_some());
                if stands && item.repeat.is_none() || taken.contains(item.item.as_str()) {
                    continue;
                }
                let occurrence = past.iter().map(|r| r.occurrence).max().unwrap_or(0) + 1;
                let (new, series) = rhythm::first_of(
                    plan,
                    item,
                    Some(level),
                    occurrence,
                    &anchors,
                    &past,
                    Change::Raise,
                    now,
                );
                out.plan.extend(new.map(|mut new| {
                    new.parts = dated::parts(plan, items, item, now, &anchors);
                    new
                }));
                out.series.extend(series);
            }
            (true, false) => {
                let why = Reason::GradeLowered { to: grade };
                let open =
                    |one: &&Release| one.state.is_open() && !held::still_owed(plan, one, existing);
                let own: Vec<&Release> = past.into_iter().filter(open).collect();
                let explains = |release: &&Release| {
                    let tied = release.tied_to.as_ref();
                    release.state.is_open() && own.iter().any(|one| tied == Some(&one.id))
                };
                let given_up = own.iter().copied().chain(existing.iter().filter(explains));
                let given_up = given_up.map(|one| (one.id.clone(), why.clone()));
                out.supersede.extend(given_up);
                out.stop_series.push(item.item.clone());
            }
            _ => {}
        }
    }
    out
}
