//! The types of events that plans are about, with the facts that their texts wait for.

use serde_json::Value;

use crate::contract::{AskedFact, EventView};
use crate::domain::deadline::Anchor;
use crate::domain::fact::FactSpec;
use crate::domain::plan::{Item, PinnedPlan, Plan, PlanSet};
use crate::render::{Libraries, needed};

/// Every type of event that a plan answers for, each once.
pub fn events(plans: &PlanSet, libraries: &Libraries) -> Vec<EventView> {
    let mut events: Vec<EventView> = Vec::new();
    for pinned in &plans.plans {
        let plan = &*pinned.plan;
        let at = events
            .iter()
            .position(|event| event.event == plan.event.event);
        let at = at.unwrap_or_else(|| {
            events.push(of(plan));
            events.len() - 1
        });
        add_needs(&mut events[at], pinned, libraries);
    }
    events
}

fn of(plan: &Plan) -> EventView {
    let event = &plan.event;
    EventView {
        event: event.event.clone(),
        name: event.name.clone(),
        name_en: event.name_en.clone(),
        class: code(&event.class),
        levels: Vec::new(),
        facts: event.facts.iter().map(fact).collect(),
    }
}

fn fact(spec: &FactSpec) -> AskedFact {
    AskedFact {
        fact: spec.fact.clone(),
        label: spec.label.clone(),
        label_en: spec.label_en.clone(),
        kind: code(&spec.kind),
        unit: spec.unit.clone(),
        choices: spec.choices.clone(),
        lies: spec.lies,
        of_one_text: spec.is_of_one_text(),
        needed: Default::default(),
    }
}

/// Whether a declaration gives it a date: what somebody may ask for later is not asked about now.
fn is_due_at_once(item: &Item) -> bool {
    let at_once = [Anchor::Known, Anchor::Activation, Anchor::LevelChange];
    !item.on_demand
        && item.from_grade.is_none()
        && item.due.iter().any(|due| at_once.contains(&due.of))
}

fn add_needs(event: &mut EventView, pinned: &PinnedPlan, libraries: &Libraries) {
    for (level, items) in &pinned.plan.levels {
        let level = level.code().to_owned();
        if !event.levels.contains(&level) {
            event.levels.push(level.clone());
        }
        for item in items.iter().filter(|item| is_due_at_once(item)) {
            for wanted in needed(pinned, item, libraries) {
                let asked = event.facts.iter_mut().find(|fact| fact.fact == wanted);
                if let Some(asked) = asked {
                    let items = asked.needed.entry(level.clone()).or_default();
                    items.push(item.item.clone());
                }
            }
        }
    }
}

/// The name that a kind is written by.
fn code(kind: &impl serde::Serialize) -> String {
    match serde_json::to_value(kind) {
        Ok(Value::String(code)) => code,
        _ => String::new(),
    }
}
