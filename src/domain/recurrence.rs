//! Five-field cron rules with the meaning of crontab, evaluated in a plan's zone, through both daylight-saving nights.
//!
//! Day and weekday that are both given mean either (Vixie cron; POSIX.1-2017, crontab): `0 8 1 * 1` comes on the 1st and on
//! every Monday. A local time that the clock skips fires at the first valid moment after the gap, one that is repeated
//! fires once. Files of old installations must still be read, so what is only unwise is no error here: [`CronRule::oddities`]
//! names it.
//!
//! The `cron` crate finds the occurrences. It wants seconds first, numbers Sunday 1, joins day and weekday by *and*, and
//! silently skips a local time that the clock skips; this is the one place that knows. Rules are walked in UTC-as-if-local
//! time, and each local time found is mapped to the zone.

mod field;

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Duration, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use cron::Schedule;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use self::field::{Field, Unit};
use super::phrase::{Phrase, phrase};
use super::time::Moment;

/// `minute hour day month weekday`, as crontab writes it (weekday 0 or 7 = Sunday).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CronRule {
    text: String,
    fields: Box<Fields>,
}

/// Boxed in [`CronRule`], since it would make every enum that holds a rule as large as itself.
#[derive(Debug, Clone)]
struct Fields {
    minute: Field,
    hour: Field,
    day: Field,
    month: Field,
    weekday: Field,
    /// An occurrence of any of them is one of the rule.
    schedules: Vec<Schedule>,
}

/// A behaviour of a rule that its author may not expect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Oddity {
    /// Day and weekday are both given: the rule comes on either.
    EitherDay,
    /// Day or weekday is a star with a step, so that both must fit.
    BothDays,
    /// The step does not divide the numbers of its field: the last gap before the field begins again is shorter.
    Uneven {
        unit: &'static str,
        step: u8,
        size: u8,
    },
    /// The step is longer than its field: the rule comes once in an hour or a day, not every so often.
    Overlong {
        unit: &'static str,
        step: u8,
        size: u8,
    },
    /// A day that not every month has.
    SkipsMonths { day: u32 },
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BadCron(Phrase);

impl BadCron {
    pub fn phrase(self) -> Phrase {
        self.0
    }
}

impl FromStr for CronRule {
    type Err = BadCron;

    fn from_str(text: &str) -> Result<Self, BadCron> {
        let bad = |what: Phrase| {
            let text: String = text.chars().take(60).collect();
            BadCron(phrase!("cron.bad", text = format!("{text:?}"), what))
        };
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields[..] else {
            let count = phrase!("cron.fields", n = fields.len());
            return Err(bad(match fields.len() {
                6 | 7 => phrase!("cron.no-seconds", fields = count),
                1 if text.trim_start().starts_with('@') => {
                    phrase!("cron.no-nickname", fields = count)
                }
                _ => count,
            }));
        };
        let read = |unit: Unit, text: &str| Field::read(unit, text).map_err(bad);
        let (minute, hour) = (read(Unit::Minute, minute)?, read(Unit::Hour, hour)?);
        let (day, month) = (read(Unit::Day, day)?, read(Unit::Month, month)?);
        let weekday = read(Unit::Weekday, weekday)?;
        let schedule = |day: &str, weekday: &str| {
            let times = format!("0 {} {}", minute.listed(0), hour.listed(0));
            format!("{times} {day} {} {weekday}", month.listed(0))
                .parse::<Schedule>()
                .map_err(|error| bad(Phrase::verbatim(error.to_string())))
        };
        let (days, weekdays) = (day.listed(0), weekday.listed(1));
        // As crontab has it: a star in one of the two leaves the choice to the other.
        let schedules = if day.is_star || weekday.is_star {
            vec![schedule(&days, &weekdays)?]
        } else {
            vec![schedule(&days, "*")?, schedule("*", &weekdays)?]
        };
        Ok(Self {
            text: fields.join(" "),
            fields: Box::new(Fields {
                minute,
                hour,
                day,
                month,
                weekday,
                schedules,
            }),
        })
    }
}

impl CronRule {
    /// The first occurrence strictly after `after`, or None when it never comes (30 February).
    pub fn next(&self, after: Moment, zone: Tz) -> Option<Moment> {
        // Start a day early: a gap or an overlap of local time can only shift an occurrence by hours.
        let start = after.with_timezone(&zone).naive_local() - Duration::days(1);
        let as_if_utc: DateTime<Utc> = Utc.from_utc_datetime(&start);
        let of_one = |schedule: &Schedule| {
            schedule
                .after(&as_if_utc)
                .take(100_000)
                .map(|at| at_local(at.naive_utc(), zone))
                .find(|at| *at > after)
        };
        self.fields.schedules.iter().filter_map(of_one).min()
    }

    /// Everything about the rule that its author should look at again.
    pub fn oddities(&self) -> Vec<Oddity> {
        let mut out = Vec::new();
        let is_both = !self.fields.day.is_all && !self.fields.weekday.is_all;
        let is_any = self.fields.day.is_all && self.fields.weekday.is_all;
        if !self.fields.day.is_star && !self.fields.weekday.is_star && !is_any {
            out.push(Oddity::EitherDay);
        } else if is_both {
            out.push(Oddity::BothDays);
        }
        let fields = [
            (Unit::Minute, &self.fields.minute),
            (Unit::Hour, &self.fields.hour),
            (Unit::Day, &self.fields.day),
            (Unit::Month, &self.fields.month),
            (Unit::Weekday, &self.fields.weekday),
        ];
        for (unit, field) in fields {
            for (step, size) in &field.steps {
                let (unit_name, step, size) = (unit.name(), *step, *size);
                // `*/60` minutes is an hour and fine; only in a part of a field is a step as long as the part too long.
                let is_part = size > 1 && size < unit.size();
                if step > size || (is_part && step >= size) {
                    out.push(Oddity::Overlong {
                        unit: unit_name,
                        step,
                        size,
                    });
                } else if size == unit.size()
                    && (size % step != 0 || (unit == Unit::Day && step > 1))
                {
                    out.push(Oddity::Uneven {
                        unit: unit_name,
                        step,
                        size,
                    });
                }
            }
        }
        let late = [29, 30, 31].into_iter().find(|day| {
            self.fields.day.has(*day)
                && self
                    .fields
                    .month
                    .numbers()
                    .any(|month| days_of(month) < *day)
        });
        // A rule for days up to the 28th and others is a rhythm of its own; one that leaves nothing out skips nothing.
        if let Some(day) = late.filter(|_| {
            !self.fields.day.is_all
                && self.fields.day.steps.is_empty()
                && self.fields.weekday.is_all
        }) {
            let is_range = (1..=31).all(|day| self.fields.day.has(day) || day < 15);
            if !is_range {
                out.push(Oddity::SkipsMonths { day });
            }
        }
        out
    }
}

/// The days that a month has in every year.
fn days_of(month: u32) -> u32 {
    match month {
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The moment a wall clock in `zone` shows `local`; in a gap the first moment after it, in an overlap the first of two.
pub fn at_local(local: NaiveDateTime, zone: Tz) -> Moment {
    if let Some(at) = zone.from_local_datetime(&local).earliest() {
        return at.to_utc();
    }
    // Inside a gap: walk to its end. Zone rules move in whole minutes, and no gap is longer than a day.
    (1..=24 * 60)
        .find_map(|minutes| {
            zone.from_local_datetime(&(local + Duration::minutes(minutes)))
                .earliest()
        })
        .map_or_else(|| Utc.from_utc_datetime(&local), |at| at.to_utc())
}

impl TryFrom<String> for CronRule {
    type Error = BadCron;
    fn try_from(text: String) -> Result<Self, BadCron> {
        text.parse()
    }
}

impl From<CronRule> for String {
    fn from(rule: CronRule) -> Self {
        rule.text
    }
}

impl fmt::Display for CronRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq for CronRule {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for CronRule {}

impl JsonSchema for CronRule {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "CronRule".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "cron",
            "description": "five fields: minute hour day month weekday, in the plan's time zone",
            "examples": ["0 8,17 * * *"]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use chrono_tz::America::New_York;
    use chrono_tz::Asia::Shanghai;

    fn utc(text: &str) -> Moment {
        DateTime::parse_from_rfc3339(text)
            .expect("a test time")
            .to_utc()
    }

    fn rule(text: &str) -> CronRule {
        text.parse().expect("a test rule")
    }

    #[test]
    fn a_time_the_clock_skips_fires_at_the_first_valid_moment_and_only_once() {
        // 2026-03-08 in New York: 02:00 EST is followed by 03:00 EDT.
        let rule = rule("30 2 * * *");
        let first = rule.next(utc("2026-03-08T05:00:00Z"), New_York);
        assert_eq!(first, Some(utc("2026-03-08T07:00:00Z")), "03:00 EDT");
        let second = first.and_then(|at| rule.next(at, New_York));
        assert_eq!(
            second,
            Some(utc("2026-03-09T06:30:00Z")),
            "02:30 EDT of the next day"
        );
    }

    #[test]
    fn a_time_the_clock_repeats_fires_once() {
        // 2026-11-01 in New York: 01:30 comes twice.
        let rule = rule("30 1 * * *");
        let first = rule.next(utc("2026-11-01T04:00:00Z"), New_York);
        assert_eq!(first, Some(utc("2026-11-01T05:30:00Z")), "the first 01:30");
        let second = first.and_then(|at| rule.next(at, New_York));
        assert_eq!(
            second,
            Some(utc("2026-11-02T06:30:00Z")),
            "not the second 01:30"
        );
    }

    #[test]
    fn an_hourly_rule_never_runs_backwards_through_either_night() {
        let rule = rule("0 * * * *");
        for start in ["2026-03-08T04:00:00Z", "2026-11-01T03:00:00Z"] {
            let mut at = utc(start);
            for _ in 0..8 {
                let next = rule.next(at, New_York).expect("hourly rules always come");
                assert!(next > at);
                at = next;
            }
        }
    }

    #[test]
    fn a_plan_in_shanghai_fires_at_its_own_eight_o_clock() {
        assert_eq!(
            rule("0 8,17 * * *").next(utc("2026-05-01T00:00:00Z"), Shanghai),
            Some(utc("2026-05-01T09:00:00Z"))
        );
    }

    #[test]
    fn weekdays_are_counted_as_crontab_counts_them() {
        // 2026-11-23 is a Monday.
        let monday = utc("2026-11-22T00:00:00Z");
        assert_eq!(
            rule("0 0 * * 1").next(monday, chrono_tz::UTC),
            Some(utc("2026-11-23T00:00:00Z"))
        );
        assert_eq!(
            rule("0 0 * * 7").next(monday, chrono_tz::UTC),
            Some(utc("2026-11-29T00:00:00Z"))
        );
        assert_eq!(
            rule("0 0 * * 0").next(monday, chrono_tz::UTC),
            Some(utc("2026-11-29T00:00:00Z"))
        );
    }

    #[test]
    fn day_and_weekday_together_mean_either_as_in_crontab() {
        // 2026-06-01 is a Monday; the 15th as well, and the 13th a Saturday.
        let coming = |text: &str| -> Vec<String> {
            let rule = rule(text);
            let mut at = utc("2026-06-01T00:00:00Z");
            (0..4)
                .map(|_| {
                    at = rule.next(at, chrono_tz::UTC).expect("it comes");
                    at.format("%m-%d").to_string()
                })
                .collect()
        };
        assert_eq!(coming("0 8 13 * 1"), ["06-01", "06-08", "06-13", "06-15"]);
        assert_eq!(coming("0 8 13 * *"), ["06-13", "07-13", "08-13", "09-13"]);
        assert_eq!(coming("0 8 * * MON"), ["06-01", "06-08", "06-15", "06-22"]);
        // A star with a step is a star: both must fit.
        assert_eq!(coming("0 8 */2 * 1"), ["06-01", "06-15", "06-29", "07-13"]);
        assert_eq!(coming("0 8 * * 6-7"), ["06-06", "06-07", "06-13", "06-14"]);
        assert_eq!(
            coming("0 8 * jul Sat-Sun"),
            ["07-04", "07-05", "07-11", "07-12"]
        );
        assert_eq!(coming("0 8 31 * *"), ["07-31", "08-31", "10-31", "12-31"]);
        assert_eq!(coming("0 8 ? * 1/3"), ["06-01", "06-04", "06-08", "06-11"]);
    }

    #[test]
    fn what_a_rule_does_unexpectedly_is_named() {
        let uneven = |unit, step, size| Oddity::Uneven { unit, step, size };
        let overlong = |unit, step, size| Oddity::Overlong { unit, step, size };
        for (text, odd) in [
            ("0 8 1 * 1", vec![Oddity::EitherDay]),
            ("0 8 */2 * 1", vec![Oddity::BothDays, uneven("day", 2, 31)]),
            ("*/40 * * * *", vec![uneven("minute", 40, 60)]),
            ("0 */7 * * *", vec![uneven("hour", 7, 24)]),
            ("*/90 * * * *", vec![overlong("minute", 90, 60)]),
            ("0 */36 * * *", vec![overlong("hour", 36, 24)]),
            ("0 8 1-31 * 1", vec![Oddity::EitherDay]),
            ("0 8 15 * 0-6", vec![Oddity::EitherDay]),
            ("0 0 31 * *", vec![Oddity::SkipsMonths { day: 31 }]),
            ("0 0 29 2 *", vec![Oddity::SkipsMonths { day: 29 }]),
            ("0 8-10/6 * * *", vec![overlong("hour", 6, 3)]),
            ("0 0 1 */5 *", vec![uneven("month", 5, 12)]),
        ] {
            assert_eq!(rule(text).oddities(), odd, "{text}");
        }
        for text in [
            "0 8,17 * * *",
            "*/15 * * * *",
            "0 */6 * * *",
            "0 8 * * 1-5",
            "0 8 1,15 * *",
            "0 8 28 * *",
            "0 8 31 1 *",
            "0 8-18/2 * * *",
            "0 */24 * * *",
            "0 8 15-31 * *",
            "0 8 * * 0-6",
        ] {
            assert_eq!(rule(text).oddities(), [], "{text}");
        }
    }

    #[test]
    fn a_date_that_never_comes_is_no_date() {
        for text in ["0 0 30 2 *", "0 0 31 4,6,9,11 *"] {
            assert_eq!(rule(text).next(utc("2026-01-01T00:00:00Z"), Shanghai), None);
        }
        assert_eq!(
            rule("0 0 29 2 *").next(utc("2026-03-01T00:00:00Z"), chrono_tz::UTC),
            Some(utc("2028-02-29T00:00:00Z"))
        );
    }

    #[test]
    fn wrong_rules_say_what_is_wrong() {
        for (text, needle) in [
            ("0 8 * *", "4 fields"),
            ("61 8 * * *", "61"),
            ("0 8 * * 9", "weekday 9"),
            ("0 0 8 * * ?", "6 fields; there are no seconds"),
            ("@daily", "1 field; write it out"),
            ("*/0 8 * * *", "step"),
            ("0 8 * * 5-1", "backwards"),
            ("0 8 0 * *", "day 0"),
            ("0 8 L * *", "\"L\" is no day"),
            ("", "0 fields"),
        ] {
            let error = text.parse::<CronRule>().expect_err(text).to_string();
            assert!(error.contains(needle), "{text}: {error}");
        }
    }
}
