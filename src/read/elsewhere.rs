//! Rows of a table that are about other places than the text that prints them: what was given for all of them stays as it was when
//! the text becomes one for some. Whoever sends or signs it is told; whether a row belongs there nobody else can know.

use serde_json::{Value, json};

use crate::contract::{ElsewhereView, StrangeRow};
use crate::domain::area::AreaCode;
use crate::domain::bulletin::Language;
use crate::domain::fact::{FactType, FactValue};
use crate::domain::lifting::places_named;
use crate::domain::plan::Plan;
use crate::domain::release::Release;
use crate::domain::time::Moment;
use crate::flow::{VerbError, World};
use crate::render;
use crate::store::Tx;

/// The lists that the text of `release` prints, where rows of them name places and none that it is for.
pub async fn elsewhere(
    tx: &mut Tx,
    world: &World,
    now: Moment,
    plan: &Plan,
    release: &Release,
) -> Result<Vec<ElsewhereView>, VerbError> {
    let Some(areas) = release.areas.as_deref().filter(|_| release.state.is_open()) else {
        return Ok(Vec::new());
    };
    let Some(input) = super::wanted::Input::of(tx, now, plan, release).await? else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for (spec, fact) in render::printed(
        &input.draft(plan, release),
        &world.cache.libraries,
        Language::ZhCn,
    ) {
        let FactValue::List(rows) = &fact.value else {
            continue;
        };
        let strange: Vec<(usize, Vec<&AreaCode>, String)> = (rows.iter().enumerate())
            .filter_map(|(index, row)| {
                let texts = spec.columns.iter().filter(|one| one.kind == FactType::Text);
                let texts: Vec<&str> = texts
                    .filter_map(|column| match row.get(&column.column) {
                        Some(FactValue::Text(text)) => Some(text.as_str()),
                        _ => None,
                    })
                    .collect();
                let named = places_named(&texts.join("\n"), plan);
                let is_here = |place: &&AreaCode| areas.iter().any(|area| area.overlaps(place));
                let is_strange = !named.is_empty() && !named.iter().any(is_here);
                let says = texts.first().map_or("", |text| text);
                is_strange.then(|| (index, named, says.to_owned()))
            })
            .collect();
        if strange.is_empty() {
            continue;
        }
        let is_strange = |index: &usize| strange.iter().any(|(one, ..)| one == index);
        let rest = (rows.iter().enumerate()).filter(|(index, _)| !is_strange(index));
        let rest = rest.map(|(_, row)| {
            let cells = row
                .iter()
                .map(|(column, cell)| (column.clone(), typed(cell)));
            Value::Object(cells.collect())
        });
        found.push(ElsewhereView {
            fact: spec.fact.clone(),
            rest: rest.collect(),
            rows: (strange.iter())
                .map(|(index, places, says)| StrangeRow {
                    row: index + 1,
                    says: says.clone(),
                    places: places.iter().map(|area| area.0.clone()).collect(),
                })
                .collect(),
        });
    }
    Ok(found)
}

/// A cell as it is given.
fn typed(cell: &FactValue) -> Value {
    match cell {
        FactValue::Text(text) => json!(text),
        FactValue::Number(number) => json!(number),
        FactValue::Integer(number) => json!(number),
        FactValue::Flag(flag) => json!(flag),
        FactValue::Time(at) => json!(at),
        FactValue::Duration(span) => json!(span.to_string()),
        FactValue::List(_) => Value::Null,
    }
}
