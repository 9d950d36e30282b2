//! What changes, for whom, when one plan takes the place of another. Compares resolved plans: how a level came to have
//! an item does not matter, only what it will do.

mod item;
pub mod words;

use std::collections::BTreeSet;

use serde::Serialize;

use crate::domain::level::ResponseLevel;
use crate::domain::plan::{Item, Plan};
use item::Compare;
use words::{deadlines, whom};

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// `IV` … `I`, `end`, or `plan` for what concerns all of it.
    pub level: &'static str,
    /// The item's code; empty for what concerns the plan.
    pub item: String,
    pub what: What,
    pub before: Option<String>,
    pub after: Option<String>,
    /// Who notices: posts for what they must do, an audience for what it gets.
    pub whom: String,
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
    Other,
}

impl What {
    pub fn words(self) -> &'static str {
        match self {
            Self::Added => "new item",
            Self::Removed => "item removed",
            Self::Earlier => "due earlier",
            Self::Later => "due later",
            Self::DeadlineAdded => "new deadline",
            Self::DeadlineRemoved => "deadline removed",
            Self::MoreOften => "more often",
            Self::LessOften => "less often",
            Self::Rhythm => "other rhythm",
            Self::ChannelAdded => "new channel",
            Self::ChannelRemoved => "channel removed",
            Self::Audience => "other audience",
            Self::Route => "other route",
            Self::FastRoute => "other fast route",
            Self::Text => "other text",
            Self::Validity => "stands longer or shorter",
            Self::Content => "other content",
            Self::Other => "changed",
        }
    }
}

/// Everything that differs, the plan first, then level by level in the order of the new plan.
pub fn diff(old: &Plan, new: &Plan) -> Vec<Difference> {
    let mut out = Vec::new();
    whole(old, new, &mut out);
    for level in ResponseLevel::ALL {
        let items = |plan: &Plan| plan.levels.get(&level).cloned().unwrap_or_default();
        stage(level.code(), old, &items(old), new, &items(new), &mut out);
    }
    stage("end", old, &old.end, new, &new.end, &mut out);
    out
}

fn whole(old: &Plan, new: &Plan, out: &mut Vec<Difference>) {
    let mut say = |what: What, name: &str, before: String, after: String, whom: String| {
        if before != after {
            out.push(Difference {
                level: "plan",
                item: name.to_owned(),
                what,
                before: Some(before).filter(|text| !text.is_empty()),
                after: Some(after).filter(|text| !text.is_empty()),
                whom,
            });
        }
    };
    let everyone = || "everyone".to_owned();
    say(
        What::Other,
        "title",
        old.title.clone(),
        new.title.clone(),
        everyone(),
    );
    say(
        What::Other,
        "body",
        old.body.name.clone(),
        new.body.name.clone(),
        everyone(),
    );
    say(
        What::Other,
        "event",
        old.event.name.clone(),
        new.event.name.clone(),
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
    say(What::Audience, "areas", areas(old), areas(new), everyone());
    say(
        What::Other,
        "time-zone",
        old.zone.to_string(),
        new.zone.to_string(),
        everyone(),
    );
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    say(
        What::Other,
        "effective",
        day(old.effective_from),
        day(new.effective_from),
        everyone(),
    );
    let codes: BTreeSet<&String> = old.routes.keys().chain(new.routes.keys()).collect();
    for code in codes {
        let whom = posts(new, code);
        let whom = if whom.is_empty() {
            posts(old, code)
        } else {
            whom
        };
        say(What::Route, code, route(old, code), route(new, code), whom);
    }
    if let (Some(before), Some(after)) = (&old.corrections, &new.corrections) {
        let signers = |c: &crate::domain::plan::Corrections| {
            format!(
                "{} → {} within {}",
                c.sign.post, c.confirm.post, c.confirm_within
            )
        };
        let whom = format!("{} {}", after.sign.name, after.confirm.name);
        say(
            What::Route,
            "corrections",
            signers(before),
            signers(after),
            whom,
        );
    }
}

fn route(plan: &Plan, code: &str) -> String {
    let Some(route) = plan.routes.get(code) else {
        return String::new();
    };
    let posts: Vec<String> = route
        .sign
        .iter()
        .map(|signer| signer.post.to_string())
        .collect();
    let fast = route.fast.as_ref().map(|fast| {
        format!(
            ", then {} within {}",
            fast.countersign, fast.countersign_within
        )
    });
    format!("{}{}", posts.join(" → "), fast.unwrap_or_default())
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
                after: Some(format!("{}, {}", after.name, deadlines(&after.due))),
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
            before: Some(format!("{}, {}", before.name, deadlines(&before.due))),
            after: None,
            whom: whom(&before.audience),
        });
    }
}
