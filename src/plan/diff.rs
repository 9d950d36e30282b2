//! What changes, for whom, when one plan takes the place of another. Compares resolved plans: how a level came to have
//! an item does not matter, only what it will do.

use std::collections::BTreeSet;

use serde::Serialize;

use super::check::deadlines::code as anchor_code;
use crate::domain::audience::{AreaChoice, Audience};
use crate::domain::deadline::{DayCalendar, Due, Repeat};
use crate::domain::level::ResponseLevel;
use crate::domain::plan::{Item, ItemChannel, Plan};

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

struct Compare<'a> {
    level: &'static str,
    before: &'a Item,
    after: &'a Item,
    out: &'a mut Vec<Difference>,
}

impl Compare<'_> {
    fn say(&mut self, what: What, before: Option<String>, after: Option<String>, whom: String) {
        self.out.push(Difference {
            level: self.level,
            item: self.after.item.clone(),
            what,
            before,
            after,
            whom,
        });
    }

    fn deadlines(&mut self, plan: &Plan) {
        let key = |due: &Due| (due.of, due.calendar == DayCalendar::WorkingDay);
        let shortest = |dues: &[Due], like: &Due| {
            dues.iter()
                .filter(|due| key(due) == key(like))
                .min_by_key(|due| due.within)
                .cloned()
        };
        let staff = || posts(plan, &self.after.route);
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for due in self.after.due.iter().chain(&self.before.due) {
            if !seen.insert(key(due)) {
                continue;
            }
            let before = shortest(&self.before.due, due);
            let after = shortest(&self.after.due, due);
            let what = match (&before, &after) {
                (None, _) => What::DeadlineAdded,
                (_, None) => What::DeadlineRemoved,
                (Some(b), Some(a)) if a.within < b.within => What::Earlier,
                (Some(b), Some(a)) if a.within > b.within => What::Later,
                _ => continue,
            };
            found.push((
                what,
                before.as_ref().map(deadline),
                after.as_ref().map(deadline),
            ));
        }
        let staff = staff();
        for (what, before, after) in found {
            self.say(what, before, after, staff.clone());
        }
    }

    fn rhythm(&mut self, plan: &Plan) {
        if self.before.repeat == self.after.repeat && self.before.on_demand == self.after.on_demand
        {
            return;
        }
        let words = |item: &Item| match (&item.repeat, item.on_demand) {
            (Some(repeat), _) => rhythm(repeat),
            (None, true) => "on demand".into(),
            (None, false) => "once".into(),
        };
        let what = match (&self.before.repeat, &self.after.repeat) {
            (Some(Repeat::Every(b)), Some(Repeat::Every(a))) if a.every < b.every => {
                What::MoreOften
            }
            (Some(Repeat::Every(b)), Some(Repeat::Every(a))) if a.every > b.every => {
                What::LessOften
            }
            _ => What::Rhythm,
        };
        let (before, after) = (words(self.before), words(self.after));
        self.say(
            what,
            Some(before),
            Some(after),
            posts(plan, &self.after.route),
        );
    }

    fn channels(&mut self) {
        let of = |item: &Item, channel: &ItemChannel| {
            whom(channel.audience.as_ref().unwrap_or(&item.audience))
        };
        let (before, after) = (self.before, self.after);
        for channel in &after.channels {
            let audience = of(after, channel);
            match before
                .channels
                .iter()
                .find(|c| c.channel == channel.channel)
            {
                None => self.say(
                    What::ChannelAdded,
                    None,
                    Some(channel.channel.clone()),
                    audience,
                ),
                Some(old) => {
                    let was = of(before, old);
                    if was != audience {
                        let named =
                            |audience: &str| Some(format!("{}: {audience}", channel.channel));
                        let (was, now) = (named(&was), named(&audience));
                        self.say(What::Audience, was, now, audience);
                    }
                }
            }
        }
        for channel in &before.channels {
            if !after.channels.iter().any(|c| c.channel == channel.channel) {
                let audience = of(before, channel);
                self.say(
                    What::ChannelRemoved,
                    Some(channel.channel.clone()),
                    None,
                    audience,
                );
            }
        }
    }

    fn routes(&mut self, plan: &Plan) {
        let (before, after) = (self.before, self.after);
        if before.route != after.route {
            let staff = posts(plan, &after.route);
            self.say(
                What::Route,
                Some(before.route.clone()),
                Some(after.route.clone()),
                staff,
            );
        }
        if before.fast != after.fast {
            let staff = posts(plan, after.fast.as_deref().unwrap_or(&after.route));
            self.say(
                What::FastRoute,
                before.fast.clone(),
                after.fast.clone(),
                staff,
            );
        }
    }

    fn text(&mut self, old: &Plan, new: &Plan) {
        let (before, after) = (self.before, self.after);
        let audience = || whom(&after.audience);
        let source = |plan: &Plan, name: &str| plan.templates.get(name).cloned();
        if before.template != after.template {
            self.say(
                What::Text,
                Some(before.template.clone()),
                Some(after.template.clone()),
                audience(),
            );
        } else if source(old, &before.template) != source(new, &after.template) {
            let name = Some(format!("{}.hbs", after.template));
            self.say(What::Text, name.clone(), name, audience());
        }
        if before.valid_for != after.valid_for {
            let words = |item: &Item| item.valid_for.map(|span| span.to_string());
            self.say(What::Validity, words(before), words(after), audience());
        }
        if before.content != after.content {
            let only = |one: &Item, other: &Item| {
                let words: Vec<&str> = one
                    .content
                    .iter()
                    .filter(|element| !other.content.contains(element))
                    .map(String::as_str)
                    .collect();
                Some(words.join(" ")).filter(|text| !text.is_empty())
            };
            let (gone, come) = (only(before, after), only(after, before));
            if gone.is_some() || come.is_some() {
                self.say(What::Content, gone, come, audience());
            }
        }
        let others = |item: &Item| {
            format!(
                "{}, {}, lifts {}",
                item.name,
                item.kind.code(),
                item.lifts.join(" ")
            )
        };
        if (&before.name, before.kind, &before.lifts) != (&after.name, after.kind, &after.lifts) {
            self.say(
                What::Other,
                Some(others(before)),
                Some(others(after)),
                audience(),
            );
        }
    }
}

/// `1h of activation`.
pub fn deadline(due: &Due) -> String {
    let working = match due.calendar {
        DayCalendar::Clock => "",
        DayCalendar::WorkingDay => " working",
    };
    format!("{}{working} of {}", due.within, anchor_code(due.of))
}

/// Every deadline of an item, or that it has none.
pub fn deadlines(dues: &[Due]) -> String {
    let words: Vec<String> = dues.iter().map(deadline).collect();
    match &words[..] {
        [] => "no deadline".into(),
        _ => words.join(" or "),
    }
}

/// `every 6h`, `cron 0 8,17 * * *`.
pub fn rhythm(repeat: &Repeat) -> String {
    match repeat {
        Repeat::Every(rule) => format!("every {}", rule.every),
        Repeat::Cron(rule) => format!("cron {}", rule.cron),
    }
}

/// `everyone`, `groups media`, `areas of the incident, groups danger-zone`.
pub fn whom(audience: &Audience) -> String {
    match audience {
        Audience::Everyone(_) => "everyone".into(),
        Audience::Selected(selection) => {
            let mut parts = Vec::new();
            match &selection.areas {
                None => {}
                Some(AreaChoice::OfIncident(_)) => parts.push("areas of the incident".to_owned()),
                Some(AreaChoice::Codes(codes)) => {
                    let codes: Vec<&str> = codes.iter().map(|code| code.0.as_str()).collect();
                    parts.push(format!("areas {}", codes.join(" ")));
                }
            }
            if !selection.groups.is_empty() {
                parts.push(format!("groups {}", selection.groups.join(" ")));
            }
            if !selection.posts.is_empty() {
                parts.push(format!("posts {}", selection.posts.join(" ")));
            }
            parts.join(", ")
        }
    }
}
