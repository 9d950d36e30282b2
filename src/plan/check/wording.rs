//! Words that a text may not say, or may not say where some facts have some values (`demand: {wording: …}` of rules.yaml).
//!
//! Which words those are, and why, stands there. Must never know a word, a law or a locality.

use std::collections::{BTreeMap, BTreeSet};

use super::World;
use super::rules::{applies_at, complain, concerns};
use super::standing::Standing;
use super::templates::Parsed;
use crate::domain::phrase::{Blank, phrase};
use crate::domain::plan::ItemKind;
use crate::plan::diagnostic::{Place, Report};
use crate::plan::file::{Rule, Stage, WordingDemand};
use crate::plan::inherit::{Draft, Leveled};
use crate::plan::words::{levels, short, suggest};
use crate::render::extent::Extent;

/// The facts that the demands name: a rule on a fact that is none would never be broken.
pub fn check_file(world: &World<'_>, report: &mut Report) {
    let (Some(rules), Some(events)) = (&world.files.rules, &world.files.events) else {
        return;
    };
    let of_events = events.spec().events.iter().flat_map(|event| &event.facts);
    let facts = events.spec().common_facts.iter().chain(of_events);
    let known: Vec<&str> = facts.map(|fact| fact.fact.as_str()).collect();
    for (index, rule) in rules.spec().rules.iter().enumerate() {
        let given = rule.demand.wording.iter().flat_map(|one| one.given.keys());
        for name in given.filter(|name| !known.contains(&name.as_str())) {
            let pointer = format!("/rules/{index}/demand/wording/given/{name}");
            report
                .error(
                    "unknown-fact",
                    rules.source.key(&pointer),
                    phrase!("check.wording.no-fact", name = short(name)),
                )
                .help_if(suggest(name, known.iter().copied()));
        }
    }
}

/// The templates of one plan.
pub fn check(world: &World<'_>, plan: &Leveled<'_>, parsed: &Parsed<'_>, report: &mut Report) {
    let Some(rules) = &world.files.rules else {
        return;
    };
    for rule in &rules.spec().rules {
        if let Some(demand) = &rule.demand.wording
            && concerns(world, plan, rule)
        {
            wording(plan, parsed, rule, demand, report);
        }
    }
}

fn wording(
    plan: &Leveled<'_>,
    parsed: &Parsed<'_>,
    rule: &Rule,
    demand: &WordingDemand,
    report: &mut Report,
) {
    // Most words stand in no template, and then none has to be read branch by branch.
    let files = &plan.folder.templates;
    let is_there = |words: &&String| {
        let mut files = files.values();
        !words.is_empty() && files.any(|file| file.text.contains(words.as_str()))
    };
    let all: Vec<&String> = demand.says.iter().filter(is_there).collect();
    if all.is_empty() {
        return;
    }
    let mut said: BTreeMap<(Place, &str), BTreeSet<Stage>> = BTreeMap::new();
    for (root, stage) in texts(plan, rule, demand) {
        let template = parsed.templates.get(root).into_iter();
        for piece in template.flat_map(|template| template.pieces()) {
            let known = |path: &str| known(demand, stage, path);
            let standing = Standing::of(parsed, root, piece, &known);
            for words in &all {
                for place in standing.find(words, &demand.unless) {
                    let stages = said.entry((place, words.as_str())).or_default();
                    stages.extend(stage);
                }
            }
        }
    }
    for ((place, words), stages) in said {
        let stages: Vec<Stage> = stages.into_iter().collect();
        let words = short(words);
        let what = match stages.is_empty() {
            true => phrase!("check.wording.says", words),
            false => phrase!("check.wording.says-at", words, levels = levels(&stages)),
        };
        let instead = Blank::Name {
            zh: demand.instead.clone(),
            en: demand
                .instead_en
                .as_ref()
                .unwrap_or(&demand.instead)
                .clone(),
        };
        let help = phrase!("check.wording.says-help", instead);
        complain(report, rule, place, what, help);
    }
}

/// The templates that the rule is about, with the level where it makes a difference. Those of corrections have none.
fn texts<'a>(
    plan: &'a Leveled<'_>,
    rule: &Rule,
    demand: &WordingDemand,
) -> BTreeSet<(&'a str, Option<Stage>)> {
    let is_by_level = !rule.applies.levels.is_empty();
    let is_meant = |kind: Option<ItemKind>| {
        demand.kinds.is_empty() || kind.is_some_and(|kind| demand.kinds.contains(&kind))
    };
    let mut out = BTreeSet::new();
    for (stage, drafts) in &plan.stages {
        for (draft, owner) in drafts.iter().flat_map(Draft::with_owners) {
            if let Some(template) = draft.spec.template.as_deref()
                && applies_at(rule, *stage)
                && is_meant(draft.kind_as(owner))
            {
                out.insert((template, is_by_level.then_some(*stage)));
            }
        }
    }
    let corrections = &plan.folder.plan.spec().corrections;
    if !is_by_level && is_meant(Some(ItemKind::Correction)) {
        let names = corrections.iter().flat_map(|file| file.templates());
        out.extend(names.map(|(_, name)| (name.as_str(), None)));
    }
    out
}

/// What a name gives where the rule looks.
fn known(demand: &WordingDemand, stage: Option<Stage>, path: &str) -> Extent {
    let level = stage.and_then(Stage::level);
    let text = match (path, level) {
        ("incident.level", Some(level)) => Some(level.zh().to_owned()),
        ("incident.level-roman", Some(level)) => Some(level.roman_zh().to_owned()),
        ("incident.level-en", Some(level)) => Some(level.en()),
        _ => {
            let fact = path.strip_suffix(".value").unwrap_or(path);
            demand.given.get(fact).cloned()
        }
    };
    text.map_or(Extent::Unbounded, Extent::Known)
}
