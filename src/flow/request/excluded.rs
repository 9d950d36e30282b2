//! What excludes an order in its places: it is given up for it where that is wanted, and otherwise said with what is left.

use std::collections::BTreeSet;

use crate::domain::area::{self, AreaCode};
use crate::domain::incident::{Incident, IncidentStatus};
use crate::domain::journal::Act;
use crate::domain::lifting::normal;
use crate::domain::phrase::{Blank, phrase};
use crate::domain::plan::{Item, Plan};
use crate::domain::reason::Reason;
use crate::domain::release::{Excludes, Release, excludes};
use crate::flow::own::{name, names};
use crate::flow::work::Work;
use crate::flow::{Excluded, VerbError};
use crate::id::ReleaseId;

/// Gives up what is on its way and is excluded by `item` in these places, if that is wanted; what is out goes when this
/// one is out.
pub(in crate::flow) async fn instead_of(
    work: &mut Work<'_>,
    plan: &Plan,
    incident: &Incident,
    item: &Item,
    areas: Option<&[AreaCode]>,
    instead: bool,
    own: &[Release],
) -> Result<Vec<ReleaseId>, VerbError> {
    let areas = areas.unwrap_or(&incident.areas);
    not_elsewhere(work, plan, incident, item, areas).await?;
    let excluded = excludes(plan, item, areas, incident, own);
    let in_the_way = |one: &&Excludes| !one.beyond.is_empty() || !instead;
    if let Some(first) = excluded.iter().find(in_the_way) {
        let taken = taken(incident, own, &excluded);
        let rest = area::without(areas, &taken, &plan.places);
        return Err(
            in_the_way_of(plan, item, incident, own, first, (areas, rest), &excluded).into(),
        );
    }
    let mut replaced = Vec::new();
    for one in excluded {
        let Some(other) = own.iter().find(|r| r.id == one.release).cloned() else {
            continue;
        };
        if other.state.is_open() {
            let why = Reason::OrderedInstead {
                name: item.name.clone(),
            };
            let was = other.state.code().to_owned();
            let mut other = other.cancelled(work.now, why.clone())?;
            work.keep(&mut other).await?;
            let item = other.item.clone();
            work.happened(&other, Act::ReleaseCancelled { item, was, why });
        }
        replaced.push(one.release);
    }
    Ok(replaced)
}

/// Where those of `all` hold, which are among `own`.
fn taken(incident: &Incident, own: &[Release], all: &[Excludes]) -> Vec<AreaCode> {
    let holds = all
        .iter()
        .filter_map(|one| own.iter().find(|other| other.id == one.release));
    holds
        .flat_map(|other| other.places_left(incident))
        .cloned()
        .collect()
}

/// What the order `id` among `own` is called.
fn called(own: &[Release], id: &ReleaseId, known: &str) -> Blank {
    let order = own.iter().find(|one| one.id == *id);
    name(known, order.and_then(|order| order.name_en.as_ref()))
}

/// That `first` excludes `item`, what is left where nothing of `all` does, and where it can take its place.
fn in_the_way_of(
    plan: &Plan,
    item: &Item,
    incident: &Incident,
    own: &[Release],
    first: &Excludes,
    (areas, rest): (&[AreaCode], Vec<AreaCode>),
    all: &[Excludes],
) -> Excluded {
    let Excludes {
        release,
        order,
        name,
        places,
        beyond,
    } = first;
    let is_itself = own
        .iter()
        .any(|other| other.id == *release && other.item == item.item);
    // Of a town in which one village was ordered out, the village is named.
    let held = taken(incident, own, std::slice::from_ref(first));
    let at = held.iter().flat_map(|held| {
        let meets = places.iter().filter(move |place| place.overlaps(held));
        meets.map(move |place| if place.contains(held) { held } else { place })
    });
    let at = normal(at.cloned().collect());
    let (release, at, further) = (order.as_str(), names(plan, &at), names(plan, beyond));
    let name = called(own, order, name);
    let what = match (is_itself, beyond.is_empty()) {
        (true, false) => phrase!("verb.ordered-beyond", name, release, places = further),
        (false, false) => phrase!("verb.excluded-beyond", name, release, places = further),
        (true, true) => phrase!("verb.ordered-there", name, release, places = at),
        (false, true) => phrase!("verb.excluded", name, release, places = at),
    };
    let further = all.iter().flat_map(|one| &one.beyond);
    Excluded {
        what,
        by: order.clone(),
        rest,
        instead: normal(areas.iter().chain(further).cloned().collect()),
    }
}

/// What excludes `item` in these places and was ordered in another incident is lifted there: no text of this one ends it.
async fn not_elsewhere(
    work: &mut Work<'_>,
    plan: &Plan,
    incident: &Incident,
    item: &Item,
    areas: &[AreaCode],
) -> Result<(), VerbError> {
    if !item.binds() {
        return Ok(());
    }
    let mut seen = BTreeSet::from([incident.id.clone()]);
    for area in areas {
        for other in work
            .tx
            .incidents(None, Some(&area.0), u32::MAX >> 1)
            .await?
        {
            let is_over = matches!(other.status, IncidentStatus::Archived { .. });
            if is_over || !seen.insert(other.id.clone()) {
                continue;
            }
            let mut own = work.all_that_binds(&other).await?.releases;
            own.retain(|one| one.plan == plan.plan);
            let excluded = excludes(plan, item, areas, &other, &own);
            let taken = taken(&other, &own, &excluded);
            if let Some(one) = excluded.into_iter().next() {
                let excluded = Excluded {
                    what: phrase!(
                        "verb.excluded-elsewhere",
                        name = called(&own, &one.order, &one.name),
                        release = one.order.as_str(),
                        places = names(plan, &one.places),
                        title = &other.title,
                        incident = other.id.as_str()
                    ),
                    rest: area::without(areas, &taken, &plan.places),
                    by: one.order,
                    instead: Vec::new(),
                };
                return Err(excluded.into());
            }
        }
    }
    Ok(())
}
