//! Five-field cron rules, evaluated in a plan's zone, through both daylight-saving nights.
//!
//! The `cron` crate wants seconds first, numbers Sunday 1 and silently skips a local time that the clock skips.
//! This is the one place that knows. Rules are walked in UTC-as-if-local time, and each local time found is mapped to
//! the zone: one that is skipped fires at the first valid moment after the gap, one that is repeated fires once.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Duration, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::time::Moment;

/// `minute hour day month weekday`, as crontab writes it (weekday 0 or 7 = Sunday).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CronRule {
    text: String,
    schedule: Box<cron::Schedule>,
}

#[derive(Debug, thiserror::Error)]
#[error("{text:?} is not a cron rule of five fields (minute hour day month weekday): {what}")]
pub struct BadCron {
    text: String,
    what: String,
}

impl FromStr for CronRule {
    type Err = BadCron;

    fn from_str(text: &str) -> Result<Self, BadCron> {
        let bad = |what: String| BadCron {
            text: text.chars().take(60).collect(),
            what,
        };
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields[..] else {
            return Err(bad(format!("it has {} fields", fields.len())));
        };
        let weekday = crate::domain::recurrence::weekday_field(weekday).map_err(bad)?;
        let quartz = format!("0 {minute} {hour} {day} {month} {weekday}");
        let schedule = cron::Schedule::from_str(&quartz).map_err(|e| bad(e.to_string()))?;
        Ok(Self {
            text: fields.join(" "),
            schedule: Box::new(schedule),
        })
    }
}

/// Turns crontab's weekday numbers (0–7, Sunday 0 and 7) into the crate's (1–7, Sunday 1); names pass through.
fn weekday_field(field: &str) -> Result<String, String> {
    let mut out = Vec::new();
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step)),
            None => (part, None),
        };
        let number = |text: &str| -> Result<Option<u8>, String> {
            match text.parse::<u8>() {
                Ok(n) if n <= 7 => Ok(Some(n)),
                Ok(n) => Err(format!("weekday {n} is not between 0 and 7")),
                Err(_) => Ok(None),
            }
        };
        let days: Vec<u8> = match range.split_once('-') {
            Some((from, to)) => match (number(from)?, number(to)?) {
                (Some(from), Some(to)) if from <= to => (from..=to).collect(),
                (Some(_), Some(_)) => return Err(format!("weekday range {range} runs backwards")),
                _ => {
                    out.push(part.to_owned());
                    continue;
                }
            },
            None => match number(range)? {
                Some(day) if step.is_none() => vec![day],
                Some(day) => (day..=6).collect(),
                None => {
                    out.push(part.to_owned());
                    continue;
                }
            },
        };
        let step: usize = match step {
            Some(step) => step
                .parse()
                .ok()
                .filter(|s| *s > 0)
                .ok_or("a step must be a number")?,
            None => 1,
        };
        out.extend(
            days.iter()
                .step_by(step)
                .map(|day| (day % 7 + 1).to_string()),
        );
    }
    Ok(out.join(","))
}

impl CronRule {
    /// The first occurrence strictly after `after`, or None when it never comes (30 February).
    pub fn next(&self, after: Moment, zone: Tz) -> Option<Moment> {
        // Start a day early: a gap or an overlap of local time can only shift an occurrence by hours.
        let start = after.with_timezone(&zone).naive_local() - Duration::days(1);
        let as_if_utc: DateTime<Utc> = Utc.from_utc_datetime(&start);
        self.schedule
            .after(&as_if_utc)
            .take(100_000)
            .map(|at| at_local(at.naive_utc(), zone))
            .find(|at| *at > after)
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
    fn a_date_that_never_comes_is_no_date() {
        assert_eq!(
            rule("0 0 30 2 *").next(utc("2026-01-01T00:00:00Z"), Shanghai),
            None
        );
    }

    #[test]
    fn wrong_rules_say_what_is_wrong() {
        for (text, needle) in [
            ("0 8 * *", "4 fields"),
            ("61 8 * * *", "61"),
            ("0 8 * * 9", "weekday 9"),
        ] {
            let error = text.parse::<CronRule>().expect_err(text).to_string();
            assert!(error.contains(needle), "{text}: {error}");
        }
    }
}
