//! Whether people can carry what each level asks of them: the limits of rules.yaml, held against the figures that
//! `plan simulate` gives for an activation at each hour of a day, for a raise to the level, and for an end.
//!
//! Runs on plans in which nothing else is wrong; what is faulty has no figures.

use std::collections::BTreeMap;

use chrono::NaiveTime;

use super::World;
use super::rules::{applies_at, complain, concerns};
use crate::domain::body::PostRef;
use crate::domain::channel::ChannelDef;
use crate::domain::load::{Burden, Days, House, Start, rank_of};
use crate::domain::phrase::{Blank, Phrase, phrase};
use crate::domain::plan::{Item, ItemKind, Plan};
use crate::domain::recurrence::at_local;
use crate::domain::time::Moment;
use crate::plan::diagnostic::Report;
use crate::plan::file::{LoadDemand, NotSignedBy, PlanFile, Rule, Stage};
use crate::plan::inherit::{Draft, Leveled};
use crate::plan::words::{levels, list, short};

pub fn check(world: &World<'_>, report: &mut Report) {
    let (Some(rules), Some(bodies)) = (&world.files.rules, &world.files.bodies) else {
        return;
    };
    let rules = &rules.spec().rules;
    let channels: BTreeMap<String, ChannelDef> = world
        .files
        .channels
        .iter()
        .map(|file| (file.spec().channel.clone(), file.spec().clone()))
        .collect();
    let house = House {
        bodies: &bodies.spec().bodies,
        channels: &channels,
    };
    unranked(world, rules, report);
    for leveled in &world.plans {
        let rules = || rules.iter().filter(|rule| concerns(world, leveled, rule));
        for rule in rules() {
            if let Some(demand) = &rule.demand.not_signed_by {
                not_signed_by(leveled, rule, demand, &house, report);
            }
        }
        let loads: Vec<(&Rule, &LoadDemand)> = rules()
            .filter_map(|rule| Some((rule, rule.demand.load.as_ref()?)))
            .collect();
        let Some(reach) = loads.iter().map(|(_, demand)| demand.within).max() else {
            continue;
        };
        let Some(plan) = crate::plan::resolve::plan(world, leveled) else {
            continue;
        };
        let day = plan.effective_from.unwrap_or(world.today);
        let midnight = at_local(day.and_time(NaiveTime::MIN), plan.zone);
        let mut found: Vec<TooMuch<'_>> = Vec::new();
        for stage in Stage::ALL {
            let days = match stage.level() {
                Some(at) if plan.levels.contains_key(&at) => Days::of(&plan, at, midnight, reach),
                None if !plan.end.is_empty() => Days::ended(&plan, midnight, reach),
                _ => continue,
            };
            for (rule, demand) in loads.iter().filter(|(rule, _)| applies_at(rule, stage)) {
                let heaviest = days.heaviest(&plan, &house, demand.of, demand.within);
                let Some(heaviest) = heaviest.filter(|h| h.texts.len() > demand.most as usize)
                else {
                    continue;
                };
                let items = with_counts(&heaviest.texts);
                let same = found.iter_mut().find(|known| {
                    let is_rule = known.rule.rule == rule.rule;
                    is_rule && known.items == items && known.start.is_like(heaviest.start)
                });
                match same {
                    Some(known) => known.stages.push(stage),
                    None => found.push(TooMuch {
                        rule,
                        demand,
                        start: heaviest.start,
                        count: heaviest.texts.len(),
                        items,
                        stages: vec![stage],
                    }),
                }
            }
        }
        for one in &found {
            one.say(&plan, leveled, report);
        }
    }
}

/// A limit that is passed, and the levels at which it is by the same texts.
struct TooMuch<'a> {
    rule: &'a Rule,
    demand: &'a LoadDemand,
    start: Start,
    count: usize,
    items: Blank,
    stages: Vec<Stage>,
}

impl TooMuch<'_> {
    fn say(&self, plan: &Plan, leveled: &Leveled<'_>, report: &mut Report) {
        let Some(first) = self.stages.first() else {
            return;
        };
        let what = match self.demand.of {
            Burden::FirstTexts => phrase!("check.load.first-texts"),
            Burden::WholeAreaSms => phrase!("check.load.whole-area-sms"),
            Burden::LeaderTexts => phrase!("check.load.leader-texts"),
            Burden::OfficeTexts => phrase!("check.load.office-texts"),
        };
        complain(
            report,
            self.rule,
            leveled.key(&format!("/levels/{}", first.code())),
            phrase!(
                "check.load.too-many",
                levels = levels(&self.stages),
                count = self.count,
                what,
                within = self.demand.within,
                start = start(plan, *first, self.start),
                most = self.demand.most,
                items = self.items.clone()
            ),
            remedy(plan, *first, self.demand.of, self.start),
        );
    }
}

/// The posts that sign and whose rank nobody has written down: a limit that counts by rank takes them for an office's, and a
/// leader among them would be counted nowhere. Said once, for all plans.
fn unranked(world: &World<'_>, rules: &[Rule], report: &mut Report) {
    let by_rank = |rule: &Rule| {
        let load = rule.demand.load.as_ref().map(|demand| demand.of);
        rule.demand.not_signed_by.is_some()
            || matches!(load, Some(Burden::LeaderTexts | Burden::OfficeTexts))
    };
    let Some(bodies) = world
        .files
        .bodies
        .as_ref()
        .filter(|_| rules.iter().any(by_rank))
    else {
        return;
    };
    let signing = |post: &PostRef| {
        world.plans.iter().any(|plan| {
            let spec = plan.folder.plan.spec();
            let mut signs = spec.routes.values().flat_map(|route| &route.sign);
            signs.any(|text| PostRef::within(&spec.body, text) == *post)
        })
    };
    let mut found: Vec<String> = Vec::new();
    let mut first = None;
    for (index, body) in bodies.spec().bodies.iter().enumerate() {
        for (at, post) in body.posts.iter().enumerate() {
            let pointer = format!("/bodies/{index}/posts/{at}");
            let is_ranked = bodies
                .shaped
                .value
                .pointer(&format!("{pointer}/rank"))
                .is_some();
            let post = PostRef::within(&body.body, &post.post);
            if !is_ranked && signing(&post) {
                first.get_or_insert(pointer);
                found.push(post.to_string());
            }
        }
    }
    if let Some(pointer) = first {
        report
            .warning(
                "no-rank",
                bodies.source.at(&format!("{pointer}/post")),
                phrase!("check.load.no-rank", posts = list(&found)),
            )
            .help(phrase!("check.load.no-rank-help"));
    }
}

/// An activation at 08:00, a raise from level III at 09:00, the end at 10:00.
fn start(plan: &Plan, stage: Stage, start: Start) -> Phrase {
    let hour = |at: Moment| at.with_timezone(&plan.zone).format("%H:%M").to_string();
    match start.raise {
        None if stage == Stage::End => phrase!("check.load.ended", at = hour(start.at)),
        None => phrase!("check.load.activated", at = hour(start.at)),
        Some(raise) if raise.at == start.at => {
            let (from, at) = (raise.from.phrase(), hour(raise.at));
            phrase!("check.load.raised", from, at)
        }
        Some(raise) => {
            let (from, at) = (raise.from.phrase(), hour(start.at));
            phrase!(
                "check.load.activated-and-raised",
                from,
                at,
                raised = hour(raise.at)
            )
        }
    }
}

/// `a`, `b` ×4: what comes most often first, since a rhythm weighs more than a text.
fn with_counts(texts: &[&Item]) -> Blank {
    let mut counted: Vec<(usize, &str)> = Vec::new();
    for item in texts {
        match counted.iter_mut().find(|(_, code)| *code == item.item) {
            Some((count, _)) => *count += 1,
            None => counted.push((1, &item.item)),
        }
    }
    counted.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let said = counted.into_iter().map(|(count, code)| match count {
        1 => format!("`{}`", short(code)),
        _ => format!("`{}` ×{count}", short(code)),
    });
    said.collect()
}

fn remedy(plan: &Plan, stage: Stage, of: Burden, start: Start) -> Phrase {
    let what = match of {
        Burden::FirstTexts => phrase!("check.load.bundle"),
        Burden::WholeAreaSms => phrase!("check.load.fewer-sms"),
        Burden::LeaderTexts => phrase!("check.load.other-route"),
        Burden::OfficeTexts => phrase!("check.load.slower"),
    };
    if stage == Stage::End {
        return what;
    }
    let zoned = |at: Moment| at.with_timezone(&plan.zone).to_rfc3339();
    let (plan, level) = (&plan.plan, stage.code());
    match start.raise {
        None => phrase!("check.load.listed", what, plan, level, at = zoned(start.at)),
        Some(raise) => phrase!(
            "check.load.listed-raise",
            what,
            plan,
            level,
            at = zoned(raise.at),
            from = raise.from.code()
        ),
    }
}

fn not_signed_by(
    plan: &Leveled<'_>,
    rule: &Rule,
    demand: &NotSignedBy,
    house: &House<'_>,
    report: &mut Report,
) {
    let spec = plan.folder.plan.spec();
    let such = |code: &str| -> Vec<&String> {
        let signs = by_route(spec, code).filter(|text| {
            let post = PostRef::within(&spec.body, text);
            rank_of(house.bodies, &post) == demand.rank
        });
        let mut such: Vec<&String> = signs.collect();
        such.dedup();
        such
    };
    let drafts = plan.stages.iter().flat_map(|(stage, drafts)| {
        let drafts = drafts.iter().flat_map(Draft::ways);
        drafts.map(move |(draft, owner)| (*stage, draft, owner))
    });
    for (stage, draft, owner) in drafts {
        let kind = draft.kind_as(owner);
        if !applies_at(rule, stage) || !kind.is_some_and(|kind| demand.kinds.contains(&kind)) {
            continue;
        }
        let of_owner = || owner.and_then(|owner| owner.spec.route.as_ref());
        let ordinary = draft.spec.route.as_ref().or_else(of_owner);
        for (key, code) in [("route", ordinary), ("fast", draft.spec.fast.as_ref())] {
            let Some(code) = code else { continue };
            let such = such(code);
            if !such.is_empty() {
                complain(
                    report,
                    rule,
                    plan.at(draft.pointer_of(key)),
                    phrase!(
                        "check.load.signed-by",
                        item = short(draft.code()),
                        posts = list(&such),
                        route = short(code)
                    ),
                    phrase!("check.load.signed-by-help"),
                );
            }
        }
    }
    // What a source is answered by is a refutation, whether an item takes its route or has one of its own.
    if !demand.kinds.contains(&ItemKind::Refutation) {
        return;
    }
    let concerns = plan
        .concerns
        .iter()
        .filter(|(stage, _)| applies_at(rule, **stage));
    for concern in concerns.flat_map(|(_, concerns)| concerns) {
        let Some(code) = &concern.spec.route else {
            continue;
        };
        let such = such(code);
        if !such.is_empty() {
            complain(
                report,
                rule,
                plan.at(concern.pointer_of("route")),
                phrase!(
                    "check.load.answer-signed-by",
                    source = concern.spec.source.code(),
                    posts = list(&such),
                    route = short(code)
                ),
                phrase!("check.load.signed-by-help"),
            );
        }
    }
}

/// Who signs on a route, and on the one that countersigns it: a leader who signs afterwards signs.
fn by_route<'p>(plan: &'p PlanFile, code: &str) -> impl Iterator<Item = &'p String> {
    let route = plan.routes.get(code);
    let after = route.and_then(|route| plan.routes.get(route.countersign.as_ref()?));
    let both = route.into_iter().chain(after);
    both.flat_map(|route| &route.sign)
}
