//! `fabu plan show`: a plan as a matrix, items by levels.

use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};

use super::{DONE, INVALID, ShowArgs, grid, load};
use crate::domain::level::ResponseLevel;
use crate::domain::plan::{Item, PinnedPlan, Plan};
use crate::plan::diff::words::{deadline, rhythm};

pub fn run(
    args: &ShowArgs,
    root: &Path,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<u8> {
    let Some(plans) = load::plans(root, args.plan.as_deref(), super::today(), err)? else {
        return Ok(INVALID);
    };
    if args.json {
        let plans: Vec<Value> = plans.iter().map(as_json).collect();
        serde_json::to_writer_pretty(&mut *out, &json!({ "plans": plans }))?;
        writeln!(out)?;
        return Ok(DONE);
    }
    match &plans[..] {
        [only] => matrix(only, out)?,
        _ => {
            overview(&plans, out)?;
            writeln!(
                err,
                "`fabu plan show PLAN` shows one of them level by level"
            )?;
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
    let headings = [
        "方案 Plan",
        "名称 Title",
        "公开主体 Body",
        "IV",
        "III",
        "II",
        "I",
        "终止 End",
        "修订 Revision",
    ];
    grid::print(&headings, rows, out)
}

fn matrix(pinned: &PinnedPlan, out: &mut dyn Write) -> io::Result<()> {
    let plan = &*pinned.plan;
    writeln!(
        out,
        "{}  {}",
        plan.title,
        plan.title_en.as_deref().unwrap_or("")
    )?;
    writeln!(
        out,
        "{} · {} · {} · {}",
        plan.body.name,
        plan.event.name,
        plan.revision,
        pinned.hash.get(..12).unwrap_or("")
    )?;
    let stages: Vec<(&str, &[Item])> = ResponseLevel::ALL
        .into_iter()
        .filter_map(|level| Some((level.code(), plan.levels.get(&level)?.as_slice())))
        .chain([("end", plan.end.as_slice())])
        .collect();
    let mut headings = vec!["事项 Item"];
    headings.extend(stages.iter().map(|(code, _)| *code));
    let rows = codes(&stages).into_iter().map(|(code, name)| {
        let mut row = vec![format!("{code}\n{name}")];
        let mut below: Option<(String, &str)> = None;
        for (stage, items) in &stages {
            let item = flat(items).find(|item| item.item == code);
            let cell = item.map(|item| cell(plan, item)).unwrap_or_default();
            let same = below
                .as_ref()
                .filter(|(text, _)| *text == cell && !cell.is_empty());
            row.push(match same {
                Some((_, lower)) => format!("= {lower}"),
                None => cell.clone(),
            });
            if same.is_none() {
                below = Some((cell, stage));
            }
        }
        row
    });
    grid::print(&headings, rows, out)?;
    writeln!(out)?;
    let rows = plan.routes.iter().map(|(code, route)| {
        let posts: Vec<String> = route
            .sign
            .iter()
            .map(|signer| format!("{} ({}, {})", signer.name, signer.post, signer.sign_within))
            .collect();
        let after = route
            .fast
            .as_ref()
            .map(|fast| format!("{} within {}", fast.countersign, fast.countersign_within));
        vec![code.clone(), posts.join(" → "), after.unwrap_or_default()]
    });
    grid::print(
        &["审签流程 Route", "签发 Sign", "补签 Countersign"],
        rows,
        out,
    )
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
            out.push((&item.item, &item.name));
        }
    }
    out
}

fn cell(plan: &Plan, item: &Item) -> String {
    let mut lines: Vec<String> = item.due.iter().map(deadline).collect();
    if let Some(repeat) = &item.repeat {
        lines.push(rhythm(repeat));
    }
    if item.on_demand {
        lines.push("on demand".into());
    }
    let channels: Vec<&str> = item.channels.iter().map(|c| c.channel.as_str()).collect();
    lines.push(channels.join(" "));
    let takes = crate::domain::expand::signing_time(plan, &item.route);
    let fast = item
        .fast
        .as_ref()
        .map(|fast| format!(" / {fast}"))
        .unwrap_or_default();
    lines.push(format!("{} ≤{takes}{fast}", item.route));
    lines.join("\n")
}
