//! What changes, for whom, when one plan takes the place of another. Compares resolved plans: how a level came to have
//! an item does not matter, only what it will do.

mod concern;
mod item;
pub mod words;

use std::collections::BTreeSet;

use serde::Serialize;

use crate::domain::level::ResponseLevel;
use crate::domain::phrase::{Phrase, phrase};
use crate::domain::plan::{Item, Plan, PlanSet};
use item::Compare;
use words::{deadlines, whom};

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// `IV` … `I`, `end`, or `plan` for what concerns all of it.
    pub level: &'static str,
    /// The item's code; empty for what concerns the plan.
    pub item: String,
    pub what: What,
    pub before: Option<Phrase>,
    pub after: Option<Phrase>,
    /// Who notices: posts for what they must do, an audience for what it gets.
    pub whom: Phrase,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    Added,
    Removed,
    Earlier,
    Later,
    DeadlineAdded,
    DeadlineRemoved,
    MoreOften,
    LessOften,
    Rhythm,
    ChannelAdded,
    ChannelRemoved,
    Audience,
    Route,
    FastRoute,
    Text,
    Validity,
    Content,
    /// Who watches or answers a source of concerns, or how.
    Concern,
    Other,
}

/// A plan, and the set that has names for what it calls by code.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    pub plan: &'a Plan,
    pub set: &'a PlanSet,
}

/// Everything that differs, the plan first, then level by level in the order of the new plan.
pub fn diff(before: Known<'_>, after: Known<'_>) -> Vec<Difference> {
    let (old, new) = (before.plan, after.plan);
    let mut out = Vec::new();
    whole(old, new, &mut out);
    for level in ResponseLevel::ALL {
        let items = |plan: &Plan| plan.levels.get(&level).cloned().unwrap_or_default();
        stage(level.code(), old, &items(old), new, &items(new), &mut out);
        let concerns = |plan: &Plan| plan.concerns.get(&level).cloned().unwrap_or_default();
        let (old, new) = (concerns(old), concerns(new));
        concern::concerns(level.code(), (before, &old), (after, &new), &mut out);
    }
    stage("end", old, &old.end, new, &new.end, &mut out);
    let ended = (before, &old.end_concerns[..]);
    concern::concerns("end", ended, (after, &new.end_concerns), &mut out);
    out
}

fn whole(old: &Plan, new: &Plan, out: &mut Vec<Difference>) {
    let mut say = |what: What, name: &str, before: Phrase, after: Phrase, whom: Phrase| {
        if before != after {
            let said = |text: Phrase| (text != own("")).then_some(text);
            out.push(Difference {
                level: "plan",
                item: name.to_owned(),
                what,
                before: said(before),
                after: said(after),
                whom,
            });
        }
    };
    let everyone = || phrase!("difference.everyone");
    say(
        What::Other,
        "title",
        own(&old.title),
        own(&new.title),
        everyone(),
    );
    say(
        What::Other,
        "body",
        own(&old.body.name),
        own(&new.body.name),
        everyone(),
    );
    say(
        What::Other,
        "event",
        own(&old.event.name),
        own(&new.event.name),
        everyone(),
    );
    let areas = |plan: &Plan| {
        let names: Vec<&str> = plan
            .areas
            .iter()
            .map(|area| plan.place_name(area))
            .collect();
        names.join(" ")
    };
    say(
        What::Audience,
        "areas",
        own(&areas(old)),
        own(&areas(new)),
        everyone(),
    );
    say(
        What::Other,
        "time-zone",
        own(&old.zone.to_string()),
        own(&new.zone.to_string()),
        everyone(),
    );
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    say(
        What::Other,
        "effective",
        own(&day(old.effective_from)),
        own(&day(new.effective_from)),
        everyone(),
    );
    let speaker = |plan: &Plan| {
        plan.speaker.as_ref().map_or(own(""), |speaker| {
            let grades = speaker.superior.join(" ");
            phrase!("difference.speaker", grades, relay = &speaker.relay)
        })
    };
    say(
        What::Other,
        "speaker",
        speaker(old),
        speaker(new),
        everyone(),
    );
    let codes: BTreeSet<&String> = old.routes.keys().chain(new.routes.keys()).collect();
    for code in codes {
        let whom = posts(new, code);
        let whom = match whom.is_empty() {
            true => posts(old, code),
            false => whom,
        };
        say(
            What::Route,
            code,
            route(old, code),
            route(new, code),
            own(&whom),
        );
    }
    if let (Some(before), Some(after)) = (&old.corrections, &new.corrections) {
        let signers = |c: &crate::domain::plan::Corrections| {
            phrase!(
                "difference.signers",
                sign = c.sign.post.to_string(),
                confirm = c.confirm.post.to_string(),
                within = c.confirm_within
            )
        };
        let whom = format!("{} {}", after.sign.name, after.confirm.name);
        say(
            What::Route,
            "corrections",
            signers(before),
            signers(after),
            own(&whom),
        );
    }
}

/// A name or a code, the same in every language.
fn own(text: &str) -> Phrase {
    Phrase::verbatim(text)
}

fn route(plan: &Plan, code: &str) -> Phrase {
    let Some(route) = plan.routes.get(code) else {
        return own("");
    };
    let posts: Vec<String> = route
        .sign
        .iter()
        .map(|signer| signer.post.to_string())
        .collect();
    let posts = posts.join(" → ");
    match &route.fast {
        None => own(&posts),
        Some(fast) => phrase!(
            "difference.then",
            posts,
            countersign = &fast.countersign,
            within = fast.countersign_within
        ),
    }
}

/// The posts of a route by name.
fn posts(plan: &Plan, route: &str) -> String {
    let names: Vec<&str> = plan
        .routes
        .get(route)
        .into_iter()
        .flat_map(|route| &route.sign)
        .map(|signer| signer.name.as_str())
        .collect();
    names.join(" ")
}

fn stage(
    level: &'static str,
    old_plan: &Plan,
    old: &[Item],
    new_plan: &Plan,
    new: &[Item],
    out: &mut Vec<Difference>,
) {
    let flat = |items: &[Item]| -> Vec<Item> {
        items
            .iter()
            .flat_map(|item| std::iter::once(item).chain(item.interpretation.as_deref()))
            .cloned()
            .collect()
    };
    let (old, new) = (flat(old), flat(new));
    for after in &new {
        match old.iter().find(|before| before.item == after.item) {
            None => out.push(Difference {
                level,
                item: after.item.clone(),
                what: What::Added,
                before: None,
                after: Some(phrase!(
                    "difference.item",
                    name = &after.name,
                    deadlines = deadlines(&after.due)
                )),
                whom: whom(&after.audience),
            }),
            Some(before) => {
                let mut compare = Compare {
                    level,
                    before,
                    after,
                    out,
                };
                compare.deadlines(new_plan);
                compare.rhythm(new_plan);
                compare.channels();
                compare.routes(new_plan);
                compare.text(old_plan, new_plan);
            }
        }
    }
    for before in old.iter().filter(|b| !new.iter().any(|a| a.item == b.item)) {
        out.push(Difference {
            level,
            item: before.item.clone(),
            what: What::Removed,
            before: Some(phrase!(
                "difference.item",
                name = &before.name,
                deadlines = deadlines(&before.due)
            )),
            after: None,
            whom: whom(&before.audience),
        });
    }
}
