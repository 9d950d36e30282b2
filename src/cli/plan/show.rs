//! `fabu plan show`: a plan as a matrix, items by levels.

use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};

use super::super::when;
use super::super::words::{either, named, word};
use super::{DONE, INVALID, ShowArgs, grid, load, spelled};
use crate::domain::concern::{Concern, ConcernSource};
use crate::domain::level::ResponseLevel;
use crate::domain::plan::{Item, PinnedPlan, Plan, PlanSet};

pub fn run(
    args: &ShowArgs,
    root: &Path,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<u8> {
    let Some(loaded) = load::plans(root, args.plan.as_deref(), super::today(), err)? else {
        return Ok(INVALID);
    };
    if args.json {
        let plans: Vec<Value> = loaded.plans.iter().map(as_json).collect();
        serde_json::to_writer_pretty(&mut *out, &json!({ "plans": plans }))?;
        writeln!(out)?;
        return Ok(DONE);
    }
    match &loaded.plans[..] {
        [only] => matrix(&loaded.set, only, out)?,
        plans => {
            overview(plans, out)?;
            writeln!(err, "{}", word!("plan.see-one"))?;
        }
    }
    Ok(DONE)
}

fn as_json(pinned: &PinnedPlan) -> Value {
    let plan = &*pinned.plan;
    json!({
        "plan": plan.plan,
        "title": plan.title,
        "title_en": plan.title_en,
        "body": plan.body.body,
        "event": plan.event.event,
        "areas": plan.areas,
        "revision": plan.revision,
        "time_zone": plan.zone.name(),
        "effective_from": plan.effective_from,
        "review_by": plan.review_by,
        "hash": pinned.hash,
        "routes": plan.routes,
        "corrections": plan.corrections,
        "levels": plan.levels,
        "end": plan.end,
        "speaker": plan.speaker,
        "concerns": plan.concerns,
        "end_concerns": plan.end_concerns,
    })
}

fn overview(plans: &[PinnedPlan], out: &mut dyn Write) -> io::Result<()> {
    let rows = plans.iter().map(|pinned| {
        let plan = &*pinned.plan;
        let mut row = vec![
            plan.plan.clone(),
            plan.title.clone(),
            plan.body.name.clone(),
        ];
        row.extend(ResponseLevel::ALL.map(|level| {
            plan.levels
                .get(&level)
                .map_or("–".into(), |items| items.len().to_string())
        }));
        row.push(plan.end.len().to_string());
        row.push(plan.revision.clone());
        row
    });
    grid::print(word!("plan.heads"), rows, out)
}

fn matrix(set: &PlanSet, pinned: &PinnedPlan, out: &mut dyn Write) -> io::Result<()> {
    let plan = &*pinned.plan;
    writeln!(
        out,
        "{}",
        either(&plan.title, plan.title_en.as_deref().unwrap_or(&plan.title))
    )?;
    writeln!(
        out,
        "{} · {} · {} · {} · {}",
        either(
            &plan.body.name,
            plan.body.name_en.as_deref().unwrap_or(&plan.body.name)
        ),
        either(
            &plan.event.name,
            plan.event.name_en.as_deref().unwrap_or(&plan.event.name)
        ),
        spelled::places(plan),
        plan.revision,
        pinned.hash.get(..12).unwrap_or("")
    )?;
    if let Some(speaker) = &plan.speaker {
        writeln!(out, "{}", spelled::speaker(plan, speaker))?;
    }
    let stages: Vec<(&str, &[Item])> = ResponseLevel::ALL
        .into_iter()
        .filter_map(|level| Some((level.code(), plan.levels.get(&level)?.as_slice())))
        .chain([("end", plan.end.as_slice())])
        .collect();
    let mut headings = vec![word!("plan.item").to_owned()];
    headings.extend(stages.iter().map(|(code, _)| named!("plan.stage", code)));
    let rows = codes(&stages).into_iter().map(|(code, name)| {
        let mut row = vec![format!("{code}\n{name}")];
        row.extend(like_the_lower(stages.iter().map(|(stage, items)| {
            let item = flat(items).find(|item| item.item == code);
            (*stage, item.map(|item| cell(set, plan, item)))
        })));
        row
    });
    grid::print(&headings.join("\t"), rows, out)?;
    writeln!(out)?;
    concerns(set, plan, out)?;
    let rows = plan.routes.iter().map(|(code, route)| {
        let posts: Vec<String> = route
            .sign
            .iter()
            .map(|signer| {
                word!(
                    "plan.signer",
                    name = spelled::post(set, plan, &signer.post),
                    post = signer.post,
                    within = when::span(signer.sign_within)
                )
            })
            .collect();
        let after = route.fast.as_ref().map(|fast| {
            let route = match plan.routes.get(&fast.countersign) {
                Some(route) => spelled::signers(set, plan, &route.sign),
                None => fast.countersign.clone(),
            };
            let within = when::span(fast.countersign_within);
            word!("plan.countersign", route, within)
        });
        vec![code.clone(), posts.join(" → "), after.unwrap_or_default()]
    });
    grid::print(word!("plan.route-heads"), rows, out)
}

/// Who watches what people ask and claim, and who answers: sources by levels.
fn concerns(set: &PlanSet, plan: &Plan, out: &mut dyn Write) -> io::Result<()> {
    let stages: Vec<(&str, &[Concern])> = ResponseLevel::ALL
        .into_iter()
        .filter_map(|level| Some((level.code(), plan.concerns.get(&level)?.as_slice())))
        .chain([("end", plan.end_concerns.as_slice())])
        .filter(|(_, concerns)| !concerns.is_empty())
        .collect();
    if stages.is_empty() {
        return Ok(());
    }
    let mut headings = vec![word!("plan.concern").to_owned()];
    headings.extend(stages.iter().map(|(code, _)| named!("plan.stage", code)));
    let said = |source: ConcernSource| {
        stages
            .iter()
            .any(|(_, all)| all.iter().any(|one| one.source == source))
    };
    let rows = ConcernSource::ALL.into_iter().filter(|one| said(*one));
    let rows = rows.map(|source| {
        let cells = stages.iter().map(|(stage, all)| {
            let one = all.iter().find(|one| one.source == source);
            (*stage, one.map(|one| spelled::concern(set, plan, one)))
        });
        let mut row = vec![named!("plan.source", source.code())];
        row.extend(like_the_lower(cells));
        row
    });
    grid::print(&headings.join("\t"), rows, out)?;
    writeln!(out)
}

/// The cells of a row from the lowest stage up; one that says the same as the one below only says so.
fn like_the_lower<'a>(cells: impl Iterator<Item = (&'a str, Option<String>)>) -> Vec<String> {
    let mut below: Option<(String, &str)> = None;
    let mut out = Vec::new();
    for (stage, cell) in cells {
        let cell = cell.unwrap_or_default();
        let same = below
            .as_ref()
            .filter(|(text, _)| *text == cell && !cell.is_empty());
        match same {
            Some((_, lower)) => out.push(format!("= {}", named!("plan.stage", lower))),
            None => {
                out.push(cell.clone());
                below = Some((cell, stage));
            }
        }
    }
    out
}

fn flat(items: &[Item]) -> impl Iterator<Item = &Item> {
    items
        .iter()
        .flat_map(|item| std::iter::once(item).chain(item.interpretation.as_deref()))
}

/// Every item code in the order of first appearance, with its name.
fn codes<'a>(stages: &[(&str, &'a [Item])]) -> Vec<(&'a str, &'a str)> {
    let mut out: Vec<(&str, &str)> = Vec::new();
    for item in stages.iter().flat_map(|(_, items)| flat(items)) {
        if !out.iter().any(|(code, _)| *code == item.item) {
            out.push((&item.item, spelled::item(item)));
        }
    }
    out
}

fn cell(set: &PlanSet, plan: &Plan, item: &Item) -> String {
    let mut lines: Vec<String> = Vec::new();
    if item.decided {
        let who = spelled::deciders(set, plan, item);
        lines.push(word!("plan.ready").to_owned());
        lines.push(word!("plan.decided-by", who));
    }
    if let Some(grade) = item.from_grade {
        let grade = either(grade.zh(), &grade.en()).to_owned();
        lines.push(word!("plan.from-grade", grade));
    }
    if let Some(items) = spelled::excluded(plan, item) {
        lines.push(word!("plan.instead-of", items));
    }
    let dues = item.due.iter().map(|due| spelled::deadline(item, due));
    match &item.held {
        None => lines.extend(dues),
        Some(held) => {
            lines.extend(dues.map(|due| word!("plan.held", due)));
            let within = when::span(held.text_within);
            lines.push(word!("plan.text-after-holding", within));
        }
    }
    if let Some(repeat) = &item.repeat {
        lines.push(spelled::rhythm(repeat));
    }
    if item.on_demand {
        lines.push(word!("plan.on-demand").to_owned());
    }
    if let Some(leader) = &item.bundle {
        let name = spelled::item_of(plan, leader);
        lines.push(word!("plan.in-text-of", name));
        return lines.join("\n");
    }
    lines.push(spelled::channels(set, item));
    lines.push(spelled::route(set, plan, item));
    lines.extend(spelled::fast(set, plan, item));
    lines.join("\n")
}
