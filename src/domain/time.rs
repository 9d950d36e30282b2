//! Moments and spans as plans write them. No clock here: `now` is always somebody's argument.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, NaiveDateTime, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::phrase::{Phrase, phrase};

/// An instant, kept to the millisecond.
pub type Moment = DateTime<Utc>;

/// The moment `millis` milliseconds after 1970; what does not fit a calendar becomes the epoch.
pub fn from_millis(millis: i64) -> Moment {
    DateTime::from_timestamp_millis(millis).unwrap_or(DateTime::UNIX_EPOCH)
}

/// To the minute, as sentences name a moment.
pub fn minute(at: Moment) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// A length of time, written `20m`, `1h30m`, `7d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Span(i64);

#[derive(Debug, thiserror::Error)]
#[error("{}", self.phrase())]
pub struct BadSpan(String);

impl BadSpan {
    pub fn phrase(&self) -> Phrase {
        phrase!("verb.bad-span", text = format!("{:?}", self.0))
    }
}

impl Span {
    pub const ZERO: Self = Self(0);

    pub const fn seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    pub const fn minutes(minutes: i64) -> Self {
        Self(minutes * 60)
    }

    pub fn as_seconds(self) -> i64 {
        self.0
    }

    pub fn delta(self) -> TimeDelta {
        TimeDelta::seconds(self.0)
    }

    /// `moment + self`, or the last moment of the calendar.
    pub fn after(self, moment: Moment) -> Moment {
        moment
            .checked_add_signed(self.delta())
            .unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

impl FromStr for Span {
    type Err = BadSpan;

    fn from_str(text: &str) -> Result<Self, BadSpan> {
        let bad = || BadSpan(text.chars().take(40).collect());
        let mut total: i64 = 0;
        let mut digits = String::new();
        let mut last_unit = i64::MAX;
        for c in text.trim().chars() {
            if c.is_ascii_digit() {
                digits.push(c);
                continue;
            }
            let unit = match c {
                'd' => 86_400,
                'h' => 3_600,
                'm' => 60,
                's' => 1,
                _ => return Err(bad()),
            };
            // Each unit once, largest first: `30m1h` is more likely a slip than an intention.
            if unit >= last_unit {
                return Err(bad());
            }
            last_unit = unit;
            let count: i64 = digits.parse().map_err(|_| bad())?;
            digits.clear();
            total = count
                .checked_mul(unit)
                .and_then(|s| total.checked_add(s))
                .ok_or_else(bad)?;
        }
        // A hundred years is more than any plan means, and keeps later sums inside the calendar.
        if !digits.is_empty() || last_unit == i64::MAX || total > 3_155_760_000 {
            return Err(bad());
        }
        Ok(Self(total))
    }
}

impl TryFrom<String> for Span {
    type Error = BadSpan;
    fn try_from(text: String) -> Result<Self, BadSpan> {
        text.parse()
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.to_string()
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        let mut rest = self.0;
        for (unit, letter) in [(86_400, 'd'), (3_600, 'h'), (60, 'm'), (1, 's')] {
            if rest >= unit {
                write!(f, "{}{letter}", rest / unit)?;
                rest %= unit;
            }
        }
        Ok(())
    }
}

impl JsonSchema for Span {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Span".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "span",
            "pattern": "^(\\d{1,6}d)?(\\d{1,6}h)?(\\d{1,6}m)?(\\d{1,8}s)?$",
            "minLength": 2,
            "description": "a length of time such as 20m, 1h30m, 12h or 7d"
        })
    }
}

/// `1小时30分钟`, as notices write a duration.
pub fn span_zh(span: Span) -> String {
    let mut rest = span.as_seconds();
    let mut out = String::new();
    for (unit, word) in [(86_400, "天"), (3_600, "小时"), (60, "分钟"), (1, "秒")] {
        if rest >= unit {
            out.push_str(&format!("{}{word}", rest / unit));
            rest %= unit;
        }
    }
    if out.is_empty() {
        "0分钟".into()
    } else {
        out
    }
}

/// `1 h 30 min`.
pub fn span_en(span: Span) -> String {
    let mut rest = span.as_seconds();
    let mut parts = Vec::new();
    for (unit, word) in [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")] {
        if rest >= unit {
            parts.push(format!("{} {word}", rest / unit));
            rest %= unit;
        }
    }
    if parts.is_empty() {
        "0 min".into()
    } else {
        parts.join(" ")
    }
}

/// `5月1日8时30分`, the way a bulletin gives a time; whole hours leave the minutes out.
pub fn moment_zh(at: Moment, zone: Tz) -> String {
    local_zh(at.with_timezone(&zone).naive_local())
}

/// As [`moment_zh`], of a clock on a wall.
pub fn local_zh(local: NaiveDateTime) -> String {
    let minute = local.minute();
    let tail = if minute == 0 {
        String::new()
    } else {
        format!("{minute}分")
    };
    format!(
        "{}月{}日{}时{tail}",
        local.month(),
        local.day(),
        local.hour()
    )
}

/// `1 May 08:30`.
pub fn moment_en(at: Moment, zone: Tz) -> String {
    local_en(at.with_timezone(&zone).naive_local())
}

/// As [`moment_en`], of a clock on a wall.
pub fn local_en(local: NaiveDateTime) -> String {
    local.format("%-d %b %H:%M").to_string()
}

/// `2026年5月1日`, the date of a signature block.
pub fn date_zh(at: Moment, zone: Tz) -> String {
    let local = at.with_timezone(&zone);
    format!("{}年{}月{}日", local.year(), local.month(), local.day())
}

/// `1 May 2026`.
pub fn date_en(at: Moment, zone: Tz) -> String {
    at.with_timezone(&zone).format("%-d %B %Y").to_string()
}
