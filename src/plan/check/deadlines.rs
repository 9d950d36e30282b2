//! Deadlines that can be met: anchors that exist, time enough for the signing route, and no level slower than the
//! one below it.

use super::World;
use crate::domain::body::PostRef;
use crate::domain::deadline::{Anchor, DayCalendar, Due, beyond_calendar};
use crate::domain::phrase::{Phrase, phrase};
use crate::domain::recurrence::at_local;
use crate::domain::time::Span;
use crate::plan::diagnostic::Report;
use crate::plan::file::{ItemFile, OneOrMore, Stage, When};
use crate::plan::inherit::{Draft, Leveled};
use crate::plan::words::{anchor, level, short};
use crate::plan::yaml::join;

pub fn check(world: &World<'_>, plan: &Leveled<'_>, report: &mut Report) {
    for (stage, drafts) in &plan.stages {
        for (draft, owner) in drafts.iter().flat_map(Draft::ways) {
            anchors(world, plan, *stage, draft, owner, report);
            route(world, plan, draft, owner, report);
        }
    }
    slower(plan, report);
    afterwards(world, plan, report);
}

/// What is signed after a text went out: the posts must be able to.
fn afterwards(world: &World<'_>, plan: &Leveled<'_>, report: &mut Report) {
    let spec = plan.folder.plan.spec();
    let mut say = |pointer: &str, within: Span, who: Phrase, takes: Span| {
        if takes > within {
            report
                .error(
                    "shorter-than-route",
                    plan.at(pointer),
                    phrase!("check.deadlines.after-out", who, takes, within),
                )
                .help(phrase!("check.deadlines.after-out-help"));
        }
    };
    for (code, route) in &spec.routes {
        if let (Some(target), Some(within)) = (&route.countersign, route.countersign_within)
            && let Some(takes) = world.route_time(plan, target)
        {
            let pointer = format!("{}/countersign-within", join("/routes", code));
            say(
                &pointer,
                within,
                phrase!("check.deadlines.the-route", target),
                takes,
            );
        }
    }
    if let Some(corrections) = &spec.corrections {
        let post = PostRef::within(&spec.body, &corrections.confirm);
        if let Some(found) = world.post(&post) {
            let who = phrase!("check.deadlines.the-post", post = post.to_string());
            let within = corrections.confirm_within;
            say(
                "/corrections/confirm-within",
                within,
                who,
                found.sign_within,
            );
        }
    }
}

/// The deadlines of an item, each with its pointer.
fn dues(draft: &Draft) -> impl Iterator<Item = (String, &Due)> {
    let home = draft.pointer_of("due");
    let many = matches!(draft.spec.due, Some(OneOrMore::More(_)));
    draft
        .spec
        .due
        .iter()
        .flat_map(OneOrMore::as_slice)
        .enumerate()
        .map(move |(index, due)| {
            let pointer = if many {
                format!("{home}/{index}")
            } else {
                home.to_owned()
            };
            (pointer, due)
        })
}

fn anchors(
    world: &World<'_>,
    plan: &Leveled<'_>,
    stage: Stage,
    draft: &Draft,
    owner: Option<&Draft>,
    report: &mut Report,
) {
    let spec = &draft.spec;
    let leader = spec.bundle.as_ref().and_then(|code| {
        let drafts = plan.stages.get(&stage)?;
        drafts.iter().find(|other| other.code() == code)
    });
    let is_asked_for =
        |spec: &ItemFile| spec.when == Some(When::Decided) || spec.on_demand == Some(true);
    // What goes out in a text that is ordered comes with the order.
    let is_decided =
        spec.when == Some(When::Decided) || leader.is_some_and(|leader| is_asked_for(&leader.spec));
    let on_demand = spec.on_demand == Some(true) || is_decided;
    let has_cron = spec.repeat.as_ref().is_some_and(|r| r.cron.is_some());
    let class = world
        .event(&plan.folder.plan.spec().event)
        .map(|event| event.class);
    for (pointer, due) in dues(draft) {
        let why = match due.of {
            Anchor::Publication if owner.is_none() => {
                Some(phrase!("check.deadlines.only-interpretation"))
            }
            Anchor::LastRelease if spec.repeat.is_none() => {
                Some(phrase!("check.deadlines.only-repeat"))
            }
            Anchor::Occurrence if !has_cron => Some(phrase!("check.deadlines.only-cron")),
            Anchor::Request if !on_demand => Some(phrase!("check.deadlines.only-on-demand")),
            Anchor::Occurrence if !has_cron => Some(phrase!("check.deadlines.only-cron")),
            Anchor::Request if !on_demand => Some(phrase!("check.deadlines.only-on-demand")),
            Anchor::Termination if stage != Stage::End => {
                Some(phrase!("check.deadlines.not-ended"))
            }
            Anchor::Activation | Anchor::LevelChange | Anchor::Warning if stage == Stage::End => {
                Some(phrase!("check.deadlines.ended"))
            }
            Anchor::Warning if class.is_some_and(|class| !class.is_graded()) => {
                Some(phrase!("check.deadlines.no-warnings"))
            }
            _ => None,
        };
        if let Some(why) = why {
            report
                .error(
                    "impossible-anchor",
                    plan.at(&format!("{pointer}/of")),
                    phrase!(
                        "check.deadlines.never-comes",
                        item = short(draft.code()),
                        anchor = code(due.of)
                    ),
                )
                .help(why);
        }
        if due.calendar == DayCalendar::WorkingDay {
            working_days(world, plan, &pointer, due, report);
        }
    }
    let counts_from_request = dues(draft).any(|(_, due)| due.of == Anchor::Request);
    if on_demand && !is_decided && spec.due.is_some() && !counts_from_request {
        report
            .error(
                "impossible-anchor",
                plan.key(draft.pointer_of("due")),
                phrase!(
                    "check.deadlines.not-from-request",
                    item = short(draft.code())
                ),
            )
            .help(phrase!("check.deadlines.not-from-request-help"));
    }
    let waits_for_itself =
        dues(draft).count() > 0 && dues(draft).all(|(_, due)| due.of == Anchor::LastRelease);
    if waits_for_itself {
        report
            .error(
                "impossible-anchor",
                plan.key(draft.pointer_of("due")),
                phrase!("check.deadlines.no-first", item = short(draft.code())),
            )
            .help(phrase!("check.deadlines.no-first-help"));
    }
}

fn working_days(
    world: &World<'_>,
    plan: &Leveled<'_>,
    pointer: &str,
    due: &Due,
    report: &mut Report,
) {
    let seconds = due.within.as_seconds();
    if seconds == 0 || seconds % 86_400 != 0 {
        report
            .error(
                "bad-duration",
                plan.at(&format!("{pointer}/within")),
                phrase!("check.deadlines.whole-days", within = due.within),
            )
            .help(phrase!("check.deadlines.whole-days-help"));
    }
    if world.files.no_holidays {
        report
            .error(
                "no-calendar",
                plan.at(&format!("{pointer}/calendar")),
                phrase!("check.deadlines.no-calendar"),
            )
            .help(phrase!("check.deadlines.no-calendar-help"));
        return;
    }
    // A file that cannot be read is complained of already.
    if world.files.holidays.is_none() {
        return;
    }
    let calendar = crate::plan::resolve::calendar(world);
    let zone = plan.folder.plan.spec().time_zone;
    let today = at_local(world.today.and_time(chrono::NaiveTime::MIN), zone);
    if let Some(year) = beyond_calendar(due, today, zone, &calendar) {
        let ends = calendar
            .last_year()
            .map_or(phrase!("check.deadlines.calendar-empty"), |last| {
                match last < year {
                    true => phrase!(
                        "check.deadlines.calendar-ends-with",
                        last = last.to_string()
                    ),
                    false => phrase!("check.deadlines.calendar-lacks", year = year.to_string()),
                }
            });
        report
            .warning(
                "calendar-ends",
                plan.at(&format!("{pointer}/calendar")),
                phrase!(
                    "check.deadlines.calendar-ends",
                    days = (due.within.as_seconds() / 86_400).to_string(),
                    year = year.to_string(),
                    ends
                ),
            )
            .help(phrase!(
                "check.deadlines.calendar-ends-help",
                year = year.to_string(),
                notice = format!("国务院办公厅关于{year}年部分节假日安排的通知")
            ));
    }
}

fn route(
    world: &World<'_>,
    plan: &Leveled<'_>,
    draft: &Draft,
    owner: Option<&Draft>,
    report: &mut Report,
) {
    let pick = |key: fn(&Draft) -> Option<&str>| key(draft).or_else(|| owner.and_then(key));
    let ordinary = pick(|d| d.spec.route.as_deref());
    let fast = draft.spec.fast.as_deref();
    let time = |code: &str| world.route_time(plan, code);
    let fast_time = fast.and_then(time);
    for (pointer, due) in dues(draft) {
        if due.calendar == DayCalendar::WorkingDay {
            continue;
        }
        let place = || plan.at(&format!("{pointer}/within"));
        if let Some((code, takes)) = ordinary.and_then(|code| Some((code, time(code)?)))
            && takes > due.within
        {
            let message = phrase!(
                "check.deadlines.shorter",
                item = short(draft.code()),
                within = due.within,
                anchor = anchor(due.of),
                code,
                takes
            );
            // Before a person may wait so long, the fast route is there; but it cannot carry an edited text.
            if fast_time.is_some_and(|takes| takes <= due.within) {
                report
                    .warning("only-fast-in-time", place(), message)
                    .help(phrase!("check.deadlines.only-fast-help"));
            } else {
                report
                    .error("shorter-than-route", place(), message)
                    .help(phrase!("check.deadlines.shorter-help"));
            }
        } else if let Some((code, takes)) = fast.zip(fast_time)
            && takes > due.within
        {
            report
                .error(
                    "shorter-than-route",
                    place(),
                    phrase!(
                        "check.deadlines.fast-shorter",
                        item = short(draft.code()),
                        within = due.within,
                        anchor = anchor(due.of),
                        code,
                        takes
                    ),
                )
                .help(phrase!("check.deadlines.fast-shorter-help"));
        }
    }
}

/// The same matter must not come later, counted from the same anchor, when things are worse.
fn slower(plan: &Leveled<'_>, report: &mut Report) {
    let levels: Vec<(&Stage, Vec<&Draft>)> = plan
        .stages
        .iter()
        .filter(|(stage, _)| **stage != Stage::End)
        .map(|(stage, drafts)| {
            (
                stage,
                drafts.iter().flat_map(Draft::with_interpretation).collect(),
            )
        })
        .collect();
    for (index, (stage, drafts)) in levels.iter().enumerate() {
        for draft in drafts {
            let below = levels[..index].iter().rev().find_map(|(lower, others)| {
                let other = others.iter().find(|other| other.code() == draft.code())?;
                Some((lower, *other))
            });
            let Some((lower, other)) = below else {
                continue;
            };
            for (pointer, due) in dues(draft) {
                let Some(before) = fastest(other, due) else {
                    continue;
                };
                if fastest(draft, due) == Some(due.within) && due.within > before {
                    report
                        .error(
                            "slower-when-higher",
                            plan.at(&format!("{pointer}/within")),
                            phrase!(
                                "check.deadlines.slower",
                                item = short(draft.code()),
                                within = due.within,
                                anchor = anchor(due.of),
                                level = level(**stage),
                                before,
                                lower = level(**lower)
                            ),
                        )
                        .help(phrase!("check.deadlines.slower-help", before));
                }
            }
        }
    }
}

fn fastest(draft: &Draft, like: &Due) -> Option<Span> {
    dues(draft)
        .filter(|(_, due)| due.of == like.of && due.calendar == like.calendar)
        .map(|(_, due)| due.within)
        .min()
}

/// The anchor as a plan writes it.
pub fn code(anchor: Anchor) -> &'static str {
    match anchor {
        Anchor::Known => "known",
        Anchor::Warning => "warning",
        Anchor::Activation => "activation",
        Anchor::LevelChange => "level-change",
        Anchor::Publication => "publication",
        Anchor::LastRelease => "last-release",
        Anchor::Occurrence => "occurrence",
        Anchor::Termination => "termination",
        Anchor::Request => "request",
    }
}
