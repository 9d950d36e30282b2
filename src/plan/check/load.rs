//! Whether people can carry what each level asks of them: the limits of rules.yaml, held against the figures that
//! `plan simulate` gives for an activation at each hour of a day.
//!
//! Runs on plans in which nothing else is wrong; what is faulty has no figures.

use std::collections::BTreeMap;

use chrono::NaiveTime;

use super::World;
use super::rules::{applies_at, complain, concerns};
use crate::domain::body::PostRef;
use crate::domain::channel::ChannelDef;
use crate::domain::load::{Burden, Days, Heaviest, House, rank_of};
use crate::domain::phrase::{Blank, Phrase, phrase};
use crate::domain::plan::{Item, Plan};
use crate::domain::recurrence::at_local;
use crate::plan::diagnostic::Report;
use crate::plan::file::{LoadDemand, NotSignedBy, Rule, Stage};
use crate::plan::inherit::Leveled;
use crate::plan::words::{level, list, short};

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
        for stage in Stage::ALL {
            let Some(at) = stage.level().filter(|at| plan.levels.contains_key(at)) else {
                continue;
            };
            let days = Days::of(&plan, at, midnight, reach);
            for (rule, demand) in &loads {
                let heaviest = days.heaviest(&plan, &house, demand.of, demand.within);
                let too_much = heaviest.filter(|found| found.texts.len() > demand.most as usize);
                if let Some(found) = too_much.filter(|_| applies_at(rule, stage)) {
                    let place = leveled.key(&format!("/levels/{}", stage.code()));
                    let what = too_many(&plan, stage, demand, &found);
                    complain(
                        report,
                        rule,
                        place,
                        what,
                        remedy(&plan, stage, demand.of, &found),
                    );
                }
            }
        }
    }
}

fn too_many(plan: &Plan, stage: Stage, demand: &LoadDemand, found: &Heaviest<'_>) -> Phrase {
    let what = match demand.of {
        Burden::FirstTexts => phrase!("check.load.first-texts"),
        Burden::WholeAreaSms => phrase!("check.load.whole-area-sms"),
        Burden::LeaderTexts => phrase!("check.load.leader-texts"),
        Burden::OfficeTexts => phrase!("check.load.office-texts"),
    };
    let start = found.start.with_timezone(&plan.zone).format("%H:%M");
    phrase!(
        "check.load.too-many",
        level = level(stage),
        count = found.texts.len(),
        what,
        within = demand.within,
        start = start.to_string(),
        most = demand.most,
        items = with_counts(&found.texts)
    )
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

fn remedy(plan: &Plan, stage: Stage, of: Burden, found: &Heaviest<'_>) -> Phrase {
    let zone = plan.zone;
    let (plan, level) = (&plan.plan, stage.code());
    let at = found.start.with_timezone(&zone).to_rfc3339();
    match of {
        Burden::FirstTexts => phrase!("check.load.bundle", plan, level, at),
        Burden::WholeAreaSms => phrase!("check.load.fewer-sms", plan, level, at),
        Burden::LeaderTexts => phrase!("check.load.other-route", plan, level, at),
        Burden::OfficeTexts => phrase!("check.load.slower", plan, level, at),
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
    let drafts = plan.stages.iter().flat_map(|(stage, drafts)| {
        let drafts = drafts.iter().flat_map(|draft| draft.with_owners());
        drafts.map(move |(draft, owner)| (*stage, draft, owner))
    });
    for (stage, draft, owner) in drafts {
        let kind = draft.kind_as(owner);
        if !applies_at(rule, stage) || !kind.is_some_and(|kind| demand.kinds.contains(&kind)) {
            continue;
        }
        let of_owner = || owner.and_then(|owner| owner.spec.route.as_ref());
        let Some(code) = draft.spec.route.as_ref().or_else(of_owner) else {
            continue;
        };
        let signs = spec.routes.get(code).map_or(&[][..], |route| &route.sign);
        let such = signs.iter().filter(|text| {
            let post = PostRef::within(&spec.body, text);
            rank_of(house.bodies, &post) == demand.rank
        });
        let such: Vec<&String> = such.collect();
        if !such.is_empty() {
            complain(
                report,
                rule,
                plan.at(draft.pointer_of("route")),
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
