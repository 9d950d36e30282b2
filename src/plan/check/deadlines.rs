//! Deadlines that can be met: anchors that exist, time enough for the signing route, and no level slower than the
//! one below it.

use super::World;
use crate::domain::body::PostRef;
use crate::domain::deadline::{Anchor, DayCalendar, Due, beyond_calendar};
use crate::domain::recurrence::at_local;
use crate::domain::time::Span;
use crate::plan::diagnostic::Report;
use crate::plan::file::{ItemFile, OneOrMore, Stage, When};
use crate::plan::inherit::{Draft, Leveled};
use crate::plan::words::short;
use crate::plan::yaml::join;

pub fn check(world: &World<'_>, plan: &Leveled<'_>, report: &mut Report) {
    for (stage, drafts) in &plan.stages {
        for (draft, owner) in drafts.iter().flat_map(Draft::with_owners) {
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
    let mut say = |pointer: &str, within: Span, who: &str, takes: Span| {
        if takes > within {
            report
                .error(
                    "shorter-than-route",
                    plan.at(pointer),
                    format!("{who} may take {takes}, but only {within} are allowed"),
                )
                .help("allow more time, or let its posts answer faster (`sign-within`)");
        }
    };
    for (code, route) in &spec.routes {
        if let (Some(target), Some(within)) = (&route.countersign, route.countersign_within)
            && let Some(takes) = world.route_time(plan, target)
        {
            let pointer = format!("{}/countersign-within", join("/routes", code));
            say(&pointer, within, &format!("the route `{target}`"), takes);
        }
    }
    if let Some(corrections) = &spec.corrections {
        let post = PostRef::within(&spec.body, &corrections.confirm);
        if let Some(found) = world.post(&post) {
            let who = format!("the post `{post}`");
            let within = corrections.confirm_within;
            say(
                "/corrections/confirm-within",
                within,
                &who,
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
    let is_asked_for = |spec: &ItemFile| {
        spec.when == Some(When::Decided) || spec.on_demand == Some(true)
    };
    // What goes out in a text that is ordered comes with the order.
    let is_decided = spec.when == Some(When::Decided)
        || leader.is_some_and(|leader| is_asked_for(&leader.spec));
    let on_demand = spec.on_demand == Some(true) || is_decided;
    let has_cron = spec.repeat.as_ref().is_some_and(|r| r.cron.is_some());
    let class = world
        .event(&plan.folder.plan.spec().event)
        .map(|event| event.class);
    for (pointer, due) in dues(draft) {
        let why = match due.of {
            Anchor::Publication if owner.is_none() => {
                Some("only an interpretation has a text that it belongs to")
            }
            Anchor::LastRelease if spec.repeat.is_none() => {
                Some("only an item with `repeat` has a release before it")
            }
            Anchor::Occurrence if !has_cron => {
                Some("only an item with `repeat: {cron: …}` has occurrences")
            }
            Anchor::Request if !on_demand => {
                Some("only an item with `on-demand: true` or `when: decided` is asked for")
            }
            Anchor::Termination if stage != Stage::End => {
                Some("the response has not ended at a level; put the item under `end`")
            }
            Anchor::Activation | Anchor::LevelChange | Anchor::Warning if stage == Stage::End => {
                Some("at the end count from `termination`")
            }
            Anchor::Warning if class.is_some_and(|class| !class.is_graded()) => {
                Some("events of this class have no warnings")
            }
            _ => None,
        };
        if let Some(why) = why {
            report
                .error(
                    "impossible-anchor",
                    plan.at(&format!("{pointer}/of")),
                    format!(
                        "the deadline of `{}` counts from `{}`, which never comes",
                        short(draft.code()),
                        code(due.of)
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
                format!(
                    "`{}` is planned on demand, but no deadline counts from `request`",
                    short(draft.code())
                ),
            )
            .help("add `{within: …, of: request}`");
    }
    let waits_for_itself =
        dues(draft).count() > 0 && dues(draft).all(|(_, due)| due.of == Anchor::LastRelease);
    if waits_for_itself {
        report
            .error("impossible-anchor", plan.key(draft.pointer_of("due")), format!("every deadline of `{}` counts from its last release, so the first one has none", short(draft.code())))
            .help("add one for the first release: `{within: …, of: activation}`");
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
                format!("working days are whole days, not {}", due.within),
            )
            .help("write `20d`, or take `calendar` out");
    }
    if world.files.no_holidays {
        report
            .error(
                "no-calendar",
                plan.at(&format!("{pointer}/calendar")),
                "working days need plans/holidays.yaml, which is missing",
            )
            .help("list the holidays and the worked weekend days of the year there");
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
            .map_or("is empty".into(), |last| match last < year {
                true => format!("ends with {last}"),
                false => format!("has no holidays of {year}"),
            });
        report
            .warning(
                "calendar-ends",
                plan.at(&format!("{pointer}/calendar")),
                format!("counted from today, these {} working days reach {year}, but plans/holidays.yaml {ends}: days off in {year} would be counted as worked", due.within.as_seconds() / 86_400),
            )
            .help(format!("add the holidays and the worked weekend days of {year} to plans/holidays.yaml as soon as the State Council's notice (国务院办公厅关于{year}年部分节假日安排的通知) is out"));
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
            let message = format!(
                "`{}` is due within {} of {}, but the route `{code}` may take {takes}",
                short(draft.code()),
                due.within,
                self::code(due.of),
            );
            // Before a person may wait so long, the fast route is there; but it cannot carry an edited text.
            if fast_time.is_some_and(|takes| takes <= due.within) {
                report
                    .warning("only-fast-in-time", place(), message)
                    .help("only the fast route is quick enough, and it takes no edited text; shorten the route");
            } else {
                report
                    .error("shorter-than-route", place(), message)
                    .help("allow more time, shorten the route, or let its posts answer faster (`sign-within`)");
            }
        } else if let Some((code, takes)) = fast.zip(fast_time)
            && takes > due.within
        {
            report
                .error(
                    "shorter-than-route",
                    place(),
                    format!("`{}` is due within {} of {}, but even the fast route `{code}` may take {takes}", short(draft.code()), due.within, self::code(due.of)),
                )
                .help("allow more time, or choose another fast route");
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
                            format!(
                                "`{}` is due within {} of {} at level {}, but within {before} at level {}",
                                short(draft.code()),
                                due.within,
                                code(due.of),
                                stage.code(),
                                lower.code()
                            ),
                        )
                        .help(format!("a higher level is never slower: allow {before} at most"));
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
