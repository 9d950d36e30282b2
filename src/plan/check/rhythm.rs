//! Rhythms: rules that come, leave time to sign, and do not slow down when the level rises.

use chrono::{NaiveTime, TimeDelta};

use super::World;
use crate::domain::phrase::{Phrase, phrase};
use crate::domain::recurrence::{CronRule, Oddity, at_local};
use crate::domain::time::Span;
use crate::plan::diagnostic::{Place, Report};
use crate::plan::file::{RepeatFile, Stage};
use crate::plan::inherit::{Draft, Leveled};
use crate::plan::words::{level, short};

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
                .warning(
                    "expires-before-next",
                    plan.at(draft.pointer_of("valid-for")),
                    phrase!(
                        "check.rhythm.expires",
                        item = short(draft.code()),
                        stands,
                        longest = pace.longest
                    ),
                )
                .help(phrase!("check.rhythm.expires-help", longest = pace.longest));
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
                    phrase!(
                        "check.rhythm.slower",
                        item = short(draft.code()),
                        average = pace.average,
                        level = level(stage),
                        before = before.average,
                        lower = level(*lower)
                    ),
                )
                .help(phrase!("check.rhythm.slower-help"));
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
                    phrase!("check.rhythm.of-no-time"),
                )
                .help(phrase!("check.rhythm.of-no-time-help"));
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
                phrase!("check.rhythm.never-fires", cron = cron.to_string()),
            )
            .help(phrase!("check.rhythm.never-fires-help"));
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
            .warning(
                "cron-either-day",
                at,
                phrase!("check.rhythm.either-day", cron = cron.to_string()),
            )
            .help(phrase!("check.rhythm.either-day-help")),
        Oddity::BothDays => report
            .warning(
                "cron-either-day",
                at,
                phrase!("check.rhythm.both-days", cron = cron.to_string()),
            )
            .help(phrase!("check.rhythm.both-days-help")),
        Oddity::Uneven { unit, step, size } => report
            .warning(
                "cron-uneven",
                at,
                phrase!(
                    "check.rhythm.uneven",
                    step = u32::from(*step),
                    whole = whole(unit),
                    size = u32::from(*size)
                ),
            )
            .help(phrase!("check.rhythm.uneven-help")),
        Oddity::Overlong { unit, step, size } => report
            .error(
                "cron-overlong-step",
                at,
                phrase!(
                    "check.rhythm.overlong",
                    step = u32::from(*step),
                    size = u32::from(*size),
                    unit = named(unit)
                ),
            )
            .help(phrase!("check.rhythm.overlong-help")),
        Oddity::SkipsMonths { day } => report
            .warning(
                "cron-skips-months",
                at,
                phrase!(
                    "check.rhythm.skips-months",
                    cron = cron.to_string(),
                    day = day_of(*day)
                ),
            )
            .help(phrase!("check.rhythm.skips-months-help")),
    }
}

/// What a unit is counted within.
fn whole(unit: &str) -> Phrase {
    match unit {
        "minute" => phrase!("word.hour"),
        "hour" => phrase!("word.day"),
        "day" => phrase!("word.month"),
        "month" => phrase!("word.year"),
        _ => phrase!("word.week"),
    }
}

/// What is counted, for a number of them.
fn named(unit: &str) -> Phrase {
    match unit {
        "minute" => phrase!("word.minute"),
        "hour" => phrase!("word.hour"),
        "month" => phrase!("word.month"),
        "day" => phrase!("word.day"),
        _ => phrase!("word.weekday"),
    }
}

fn day_of(day: u32) -> Phrase {
    match day {
        31 => phrase!("word.the-first", day),
        day => phrase!("word.the-day", day),
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
                phrase!(
                    "check.rhythm.too-short",
                    item = short(draft.code()),
                    shortest = pace.shortest,
                    route,
                    takes
                ),
            )
            .help(phrase!("check.rhythm.too-short-help"));
    }
}
