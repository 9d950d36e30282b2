//! Lists of places: without others, as a text names them, in one order.

use crate::domain::area::AreaCode;
use crate::domain::plan::Plan;

/// Those of `wanted` that none of `taken` holds; a place of which a part is taken counts by the places that are known in it.
pub fn places_without(wanted: &[AreaCode], taken: &[&AreaCode], plan: &Plan) -> Vec<AreaCode> {
    wanted
        .iter()
        .flat_map(|place| {
            if taken.iter().any(|area| area.contains(place)) {
                return Vec::new();
            }
            if !taken.iter().any(|area| place.contains(area)) {
                return vec![place.clone()];
            }
            let inner = plan.places.iter().map(|known| &known.area);
            let inner: Vec<&AreaCode> = inner
                .filter(|known| place.contains(known) && *known != place)
                .collect();
            // The next step down only; what lies deeper is asked about there.
            let next: Vec<AreaCode> = inner
                .iter()
                .filter(|one| {
                    !inner
                        .iter()
                        .any(|other| other != *one && other.contains(one))
                })
                .map(|one| (*one).clone())
                .collect();
            match next.is_empty() {
                true => vec![place.clone()],
                false => places_without(&next, taken, plan),
            }
        })
        .collect()
}

/// The places that `text` names; of two of which one name holds the other, the longer.
pub fn places_named<'a>(text: &str, plan: &'a Plan) -> Vec<&'a AreaCode> {
    let mut rest = text.to_owned();
    let mut known: Vec<_> = plan.places.iter().collect();
    known.sort_by_key(|place| std::cmp::Reverse(place.name.len()));
    let named = known.into_iter().filter(|place| {
        let is_named = !place.name.is_empty() && rest.contains(&place.name);
        // 示例市城关镇 names the town, and only where it is.
        rest = rest.replace(&place.name, "、");
        is_named
    });
    named.map(|place| &place.area).collect()
}

/// Places as they are kept: each once, none that lies within another, in the order of their codes.
pub fn normal(mut areas: Vec<AreaCode>) -> Vec<AreaCode> {
    areas.sort();
    // A longer code sorts behind its own head.
    areas.dedup_by(|inner, outer| outer.contains(inner));
    areas
}
