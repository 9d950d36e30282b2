//! `fabu plan diff`: what changes, for whom, from one plan or root to another.

use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};

use super::super::words::{count, named, spoken, word};
use super::{DONE, DiffArgs, INVALID, grid, load};
use crate::domain::plan::PinnedPlan;
use crate::plan::diff::{Difference, Known, What, diff};

pub fn run(
    args: &DiffArgs,
    root: &Path,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<u8> {
    let today = super::today();
    let Some(before) = load::plans(root, Some(&args.before), today, err)? else {
        return Ok(INVALID);
    };
    let Some(after) = load::plans(root, Some(&args.after), today, err)? else {
        return Ok(INVALID);
    };
    let pairs = pairs(&before.plans, &after.plans);
    let compared: Vec<(&str, Pair<'_>, Vec<Difference>)> = pairs
        .into_iter()
        .map(|(code, pair)| {
            let found = match pair {
                Pair::Both(old, new) => {
                    let (plan, set) = (&old.plan, &before.set);
                    let known = Known { plan, set };
                    let (plan, set) = (&new.plan, &after.set);
                    diff(known, Known { plan, set })
                }
                Pair::Gone | Pair::Come => Vec::new(),
            };
            (code, pair, found)
        })
        .collect();
    if args.json {
        let plans: Vec<Value> = compared
            .iter()
            .map(|(code, pair, found)| {
                let differences: Vec<Value> = found.iter().map(as_json).collect();
                json!({"plan": code, "change": pair.said(found), "differences": differences})
            })
            .collect();
        serde_json::to_writer_pretty(&mut *out, &json!({ "plans": plans }))?;
        writeln!(out)?;
        return Ok(DONE);
    }
    for (code, pair, found) in &compared {
        let change = named!("plan.change", pair.code(found));
        writeln!(out, "{}", word!("plan.of", code, change))?;
        if !found.is_empty() {
            grid::print(word!("plan.diff-heads"), found.iter().map(row), out)?;
        }
    }
    let total: usize = compared.iter().map(|(_, _, found)| found.len()).sum();
    writeln!(
        err,
        "{}",
        word!(
            "plan.compared",
            differences = count!("plan.differences", total as u64),
            plans = count!("plan.plans", compared.len() as u64)
        )
    )?;
    Ok(DONE)
}

#[derive(Clone, Copy)]
enum Pair<'a> {
    Both(&'a PinnedPlan, &'a PinnedPlan),
    Gone,
    Come,
}

impl Pair<'_> {
    /// As `--json` says it.
    fn said(&self, found: &[Difference]) -> &'static str {
        match self.code(found) {
            "in-particulars" => "changed in particulars that move no release",
            code => code,
        }
    }

    fn code(&self, found: &[Difference]) -> &'static str {
        match self {
            Self::Gone => "removed",
            Self::Come => "added",
            Self::Both(old, new) if old.hash == new.hash => "unchanged",
            // The hash covers names of posts, holidays and the like, which change nothing about what is released.
            Self::Both(..) if found.is_empty() => "in-particulars",
            Self::Both(..) => "changed",
        }
    }
}

/// Two single plans are compared whatever they are called; otherwise plans of one code are.
fn pairs<'a>(before: &'a [PinnedPlan], after: &'a [PinnedPlan]) -> Vec<(&'a str, Pair<'a>)> {
    if let ([old], [new]) = (before, after) {
        return vec![(&new.plan.plan, Pair::Both(old, new))];
    }
    let mut out = Vec::new();
    for new in after {
        let code = new.plan.plan.as_str();
        match before.iter().find(|old| old.plan.plan == code) {
            Some(old) => out.push((code, Pair::Both(old, new))),
            None => out.push((code, Pair::Come)),
        }
    }
    for old in before {
        if !after.iter().any(|new| new.plan.plan == old.plan.plan) {
            out.push((&old.plan.plan, Pair::Gone));
        }
    }
    out
}

fn as_json(found: &Difference) -> Value {
    json!({
        "level": found.level,
        "item": found.item,
        "what": found.what,
        "before": found.before.as_ref().map(spoken),
        "after": found.after.as_ref().map(spoken),
        "whom": spoken(&found.whom),
    })
}

/// What has changed, by the code that `--json` gives it.
fn what(found: &Difference) -> String {
    let code = serde_json::to_value(found.what).unwrap_or_default();
    named!("plan.what", code.as_str().unwrap_or_default())
}

fn row(found: &Difference) -> Vec<String> {
    vec![
        named!("plan.stage", found.level),
        match (found.level, found.what) {
            ("plan", _) => named!("plan.part", &found.item),
            (_, What::Concern) => named!("plan.source", &found.item),
            _ => found.item.clone(),
        },
        what(found),
        found.before.as_ref().map(spoken).unwrap_or_default(),
        found.after.as_ref().map(spoken).unwrap_or_default(),
        spoken(&found.whom),
    ]
}
