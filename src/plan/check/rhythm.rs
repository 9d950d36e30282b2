//! Rhythms: rules that come, leave time to sign, and do not slow down when the level rises.

use chrono::{NaiveTime, TimeDelta};

use super::World;
use crate::domain::recurrence::{CronRule, Oddity, at_local};
use crate::domain::time::Span;
use crate::plan::diagnostic::{Place, Report};
use crate::plan::file::{RepeatFile, Stage};
use crate::plan::inherit::{Draft, Leveled};
use crate::plan::words::short;

/// How many occurrences of a cron rule are looked at; a month of twice a day.
const LOOK: usize = 60;

/// What a rhythm comes to.
#[derive(Clone, Copy)]
struct Pace {
    shortest: Span,
    longest: Span,
    average: Span,
}

pub fn check(world: &World<'_>, plan: &Leveled<'_>, report: &mut Report) {
    let mut below: Vec<(Stage, &Draft, Pace)> = Vec::new();
    for (stage, draft) in plan.all() {
        let Some(repeat) = &draft.spec.repeat else {
            continue;
        };
        let Some(pace) = pace(world, plan, draft, repeat, report) else {
            continue;
        };
        room_to_sign(world, plan, draft, pace, report);
        if let Some(stands) = draft.spec.valid_for
            && stands < pace.longest
        {
            report
                .warning("expires-before-next", plan.at(draft.pointer_of("valid-for")), format!("`{}` stands for {stands}, but the next one may come {} later", short(draft.code()), pace.longest))
                .help(format!("let it stand for at least {}, or the portal shows nothing in force between two", pace.longest));
        }
        if stage == Stage::End {
            continue;
        }
        let lower = below
            .iter()
            .rev()
            .find(|(_, other, _)| other.code() == draft.code());
        if let Some((lower, _, before)) = lower
            && pace.average > before.average
        {
            report
                .error(
                    "slower-when-higher",
                    plan.at(draft.pointer_of("repeat")),
                    format!(
                        "`{}` comes every {} on average at level {}, but every {} at level {}",
                        short(draft.code()),
                        pace.average,
                        stage.code(),
                        before.average,
                        lower.code()
                    ),
                )
                .help("a higher level is never slower");
        }
        below.push((stage, draft, pace));
    }
}

fn pace(
    world: &World<'_>,
    plan: &Leveled<'_>,
    draft: &Draft,
    repeat: &RepeatFile,
    report: &mut Report,
) -> Option<Pace> {
    if let Some(every) = repeat.every {
        if every.as_seconds() == 0 {
            report
                .error(
                    "bad-repeat",
                    plan.at(&format!("{}/every", draft.pointer_of("repeat"))),
                    "a rhythm of no time never ends",
                )
                .help("write how long lies between two releases, such as 6h");
            return None;
        }
        return Some(Pace {
            shortest: every,
            longest: every,
            average: every,
        });
    }
    let cron = repeat.cron.as_ref()?;
    let pace = cron_pace(world, plan, cron);
    if pace.is_none() {
        report
            .error(
                "cron-never-fires",
                plan.at(&format!("{}/cron", draft.pointer_of("repeat"))),
                format!("`{cron}` names a day that never comes"),
            )
            .help("check day and month: minute hour day month weekday");
        return None;
    }
    let at = || plan.at(&format!("{}/cron", draft.pointer_of("repeat")));
    for oddity in cron.oddities() {
        odd(cron, &oddity, at(), report);
    }
    pace
}

/// Says what a rule does that is not what most people read in it.
fn odd(cron: &CronRule, oddity: &Oddity, at: Place, report: &mut Report) {
    match oddity {
        Oddity::EitherDay => report
            .warning("cron-either-day", at, format!("`{cron}` gives both a day and a weekday, and comes on either of them, as crontab does"))
            .help("write `*` for the one that does not matter"),
        Oddity::BothDays => report
            .warning("cron-either-day", at, format!("`{cron}` gives a day and a weekday, one of them as a star with a step, and comes only where both fit, as crontab does"))
            .help("list the days or weekdays that are meant"),
        Oddity::Uneven { unit, step, size } => report
            .warning("cron-uneven", at, format!("`*/{step}` begins again at every full {}, so that the last gap is shorter: {size} is no multiple of {step}", whole(unit)))
            .help("write `every: …` for a rhythm without breaks, or list the times that are meant"),
        Oddity::Overlong { unit, step, size } => report
            .error("cron-overlong-step", at, format!("the step {step} is longer than the {size} {unit}s that it walks through: it comes once in them, not every {step}"))
            .help("write `every: …` for a rhythm from the last release, such as every: 90m"),
        Oddity::SkipsMonths { day } => report
            .warning("cron-skips-months", at, format!("`{cron}` comes on the {day}th, which not every month has: the others are passed over").replace("31th", "31st"))
            .help("write a day up to the 28th"),
    }
}

/// What a unit is counted within.
fn whole(unit: &str) -> &'static str {
    match unit {
        "minute" => "hour",
        "hour" => "day",
        "day" => "month",
        "month" => "year",
        _ => "week",
    }
}

fn cron_pace(world: &World<'_>, plan: &Leveled<'_>, cron: &CronRule) -> Option<Pace> {
    let spec = plan.folder.plan.spec();
    let from = spec.effective.from.unwrap_or(world.today);
    let mut at = at_local(from.and_time(NaiveTime::MIN), spec.time_zone);
    let mut gaps: Vec<TimeDelta> = Vec::new();
    at = cron.next(at, spec.time_zone)?;
    while gaps.len() < LOOK
        && let Some(next) = cron.next(at, spec.time_zone)
    {
        gaps.push(next - at);
        at = next;
    }
    let seconds: Vec<i64> = gaps.iter().map(TimeDelta::num_seconds).collect();
    // A rule that comes only once has no rhythm to speak of.
    let (shortest, longest) = (seconds.iter().min()?, seconds.iter().max()?);
    let average = seconds.iter().sum::<i64>() / i64::try_from(seconds.len()).unwrap_or(1);
    Some(Pace {
        shortest: Span::seconds(*shortest),
        longest: Span::seconds(*longest),
        average: Span::seconds(average),
    })
}

fn room_to_sign(
    world: &World<'_>,
    plan: &Leveled<'_>,
    draft: &Draft,
    pace: Pace,
    report: &mut Report,
) {
    let Some(route) = draft.spec.route.as_deref() else {
        return;
    };
    if let Some(takes) = world.route_time(plan, route)
        && takes > pace.shortest
    {
        report
            .error(
                "shorter-than-route",
                plan.at(draft.pointer_of("repeat")),
                format!(
                    "`{}` comes again after {}, but the route `{route}` may take {takes}",
                    short(draft.code()),
                    pace.shortest
                ),
            )
            .help("slow the rhythm down, or shorten the route");
    }
}
