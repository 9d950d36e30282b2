//! Times as a duty officer reads and writes them: in one named zone, with the time that is left beside a deadline.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use chrono_tz::Tz;

use crate::domain::bulletin::Language;
use crate::domain::time::{Moment, Span};

use super::words::{joined, language, word};
use super::{Exit, Failure, Result};

/// `2026-07-01 11:30`.
pub(super) fn stamp(at: Moment, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string()
}

/// `text` of the server with the moments in it, which it names by UTC, on the clock of `zone`.
pub(super) fn localised(text: &str, zone: Tz) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(sign) = rest.chars().next() {
        let is_begun = out.ends_with(|c: char| c.is_ascii_alphanumeric());
        match moment(rest).filter(|_| !is_begun) {
            Some((at, length)) => {
                out.push_str(&stamp(at, zone));
                rest = &rest[length..];
            }
            None => {
                out.push(sign);
                rest = &rest[sign.len_utf8()..];
            }
        }
    }
    out
}

/// The moment that `text` begins with, and how long it is written.
fn moment(text: &str) -> Option<(Moment, usize)> {
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    const MINUTE: usize = "2026-07-01 11:30".len();
    if let Some(head) = text.get(..MINUTE)
        && text[MINUTE..].starts_with(" UTC")
        && let Ok(at) = NaiveDateTime::parse_from_str(head, "%Y-%m-%d %H:%M")
    {
        return Some((at.and_utc(), MINUTE + " UTC".len()));
    }
    let is_part = |c: char| c.is_ascii_digit() || "-:+.TZ".contains(c);
    let whole = &text[..text.find(|c| !is_part(c)).unwrap_or(text.len())];
    let at = DateTime::parse_from_rfc3339(whole).ok()?;
    // What shows how a time is written keeps its offset.
    (at.offset().local_minus_utc() == 0).then(|| (at.to_utc(), whole.len()))
}

/// `07-01 11:30`, with its year when that is not this one: for tables, where room is short.
pub(super) fn short(at: Moment, now: Moment, zone: Tz) -> String {
    let text = stamp(at, zone);
    let year = now.with_timezone(&zone).format("%Y-").to_string();
    match text.strip_prefix(&year) {
        Some(rest) => rest.to_owned(),
        None => text,
    }
}

pub(super) fn stamp_or(at: Option<Moment>, zone: Tz) -> String {
    at.map_or_else(|| "—".into(), |at| stamp(at, zone))
}

/// `42m left`, `3m over`.
pub(super) fn left(due: Moment, now: Moment) -> String {
    let left = due - now;
    if left < TimeDelta::zero() {
        word!("when.over", span = rough(-left))
    } else {
        word!("when.left", span = rough(left))
    }
}

/// `6m early`, `4m late`: how a publication stood to its deadline.
pub(super) fn kept(due: Moment, published: Moment) -> String {
    let left = due - published;
    if left < TimeDelta::zero() {
        word!("when.late", span = rough(-left))
    } else {
        word!("when.early", span = rough(left))
    }
}

/// The two largest units; seconds only below a minute.
pub(super) fn rough(span: TimeDelta) -> String {
    let seconds = span.num_seconds();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => word!("when.seconds", s = seconds),
        (0, 0, m) => word!("when.minutes", m),
        (0, h, 0) => word!("when.hours", h),
        (0, h, m) => word!("when.hours-minutes", h, m),
        (d, 0, _) => word!("when.days", d),
        (d, h, _) => word!("when.days-hours", d, h),
    }
}

/// A length of time as a plan has it, `1h30m`, in the reader's words.
pub(super) fn span(span: Span) -> String {
    let seconds = span.delta().num_seconds();
    if language() == Language::En || seconds <= 0 {
        return span.to_string();
    }
    let (d, h, m, s) = (
        seconds / 86_400,
        seconds / 3_600 % 24,
        seconds / 60 % 60,
        seconds % 60,
    );
    let parts = [
        (d, word!("when.days", d)),
        (h, word!("when.hours", h)),
        (m, word!("when.minutes", m)),
        (s, word!("when.seconds", s)),
    ];
    let said = parts.into_iter().filter(|(number, _)| *number > 0);
    said.map(|(_, text)| text).collect()
}

/// Seconds of a drill, roughly; a minus in front of what is less than nothing.
pub(super) fn seconds(seconds: i64) -> String {
    if language() == Language::En {
        return crate::drill::words::rough(seconds);
    }
    let whole = match seconds.abs() {
        few @ ..120 => few,
        many => (many + 30) / 60 * 60,
    };
    let minus = if seconds < 0 { "-" } else { "" };
    format!("{minus}{}", span(Span::seconds(whole)))
}

/// The same of its text.
pub(super) fn span_of(text: &str) -> String {
    text.parse().map_or_else(|_| text.to_owned(), span)
}

/// `daily at 8:00, 17:00`, `每日 8 时、17 时` for `0 8,17 * * *`; a rule of another form as it is.
pub(super) fn rule(cron: &str) -> String {
    let fields: Vec<&str> = cron.split_whitespace().collect();
    let [minute, hours, "*", "*", "*"] = fields[..] else {
        return cron.to_owned();
    };
    let number = |text: &str| text.parse::<u8>().ok();
    let hours: Option<Vec<u8>> = hours.split(',').map(number).collect();
    let (Some(minute), Some(hours)) = (number(minute), hours) else {
        return cron.to_owned();
    };
    let times: Vec<String> = hours
        .iter()
        .map(|h| match minute {
            0 => word!("when.hour", h),
            m => format!("{h}:{m:02}"),
        })
        .collect();
    word!("when.daily", times = joined(&times))
}

/// Reads `2026-07-01T11:30:00+08:00`, or in `zone` `2026-07-01 11:30` and, for today, `11:30`.
///
/// # Errors
/// Names the flag and what it takes; also for a time that the zone's clocks skip.
pub(super) fn parse(flag: &str, text: &str, zone: Tz, now: Moment) -> Result<Moment> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(at.to_utc());
    }
    let local = local(text, now.with_timezone(&zone).date_naive());
    let at = local.and_then(|local| local.and_local_timezone(zone).earliest());
    at.map(|at| at.to_utc()).ok_or_else(|| {
        Failure::new(Exit::Usage, word!("when.no-time", flag, text, zone))
            .next(word!("when.form", flag))
    })
}

/// A time of no zone; a time of day is of `day`.
pub(super) fn local(text: &str, day: NaiveDate) -> Option<NaiveDateTime> {
    let forms = [
        "%Y-%m-%d %H:%M",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%dT%H:%M:%S",
    ];
    let text = text.trim().replace('：', ":");
    let whole = forms
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(&text, form).ok());
    whole.or_else(|| {
        let time = hour(&text)?;
        Some(day.and_time(time))
    })
}

/// A time of day alone.
pub(super) fn hour(text: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(&text.trim().replace('：', ":"), "%H:%M").ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    #[test]
    fn a_deadline_says_how_much_time_is_left() {
        let due = at("2026-07-01T12:00:00+08:00");
        let shown = |now: &str| left(due, at(now));
        assert_eq!(shown("2026-07-01T11:18:00+08:00"), "42m left");
        assert_eq!(shown("2026-07-01T12:03:20+08:00"), "3m over");
        assert_eq!(shown("2026-07-01T11:59:20+08:00"), "40s left");
        assert_eq!(shown("2026-06-30T10:30:00+08:00"), "1d1h left");
        assert_eq!(shown("2026-07-01T10:30:00+08:00"), "1h30m left");
    }

    #[test]
    fn a_moment_of_the_server_is_read_on_the_clock_of_the_office() {
        let zone = chrono_tz::Asia::Shanghai;
        for (said, read) in [
            ("自 2026-06-30 18:05 UTC 起", "自 2026-07-01 02:05 起"),
            ("（2026-07-01T03:00:00.125Z）", "（2026-07-01 11:00）"),
            ("at 2026-07-01T03:00:00+00:00, 5", "at 2026-07-01 11:00, 5"),
            ("编号 L-2026-07 共 12 件", "编号 L-2026-07 共 12 件"),
            (
                "带时差的时间，如 2026-07-01T03:00:00+08:00",
                "带时差的时间，如 2026-07-01T03:00:00+08:00",
            ),
        ] {
            assert_eq!(localised(said, zone), read);
        }
    }

    #[test]
    fn a_table_leaves_this_year_out() {
        let zone = chrono_tz::Asia::Shanghai;
        let now = at("2026-12-31T23:30:00+08:00");
        assert_eq!(short(now, now, zone), "12-31 23:30");
        let next = at("2027-01-01T00:10:00+08:00");
        assert_eq!(short(next, now, zone), "2027-01-01 00:10");
    }

    #[test]
    fn a_time_without_a_zone_is_the_offices() {
        let now = at("2026-07-01T23:30:00+08:00");
        let zone = chrono_tz::Asia::Shanghai;
        let read = |text: &str| parse("--known-at", text, zone, now).unwrap();
        assert_eq!(read("11:30"), at("2026-07-01T11:30:00+08:00"));
        assert_eq!(read("11：30"), read("11:30"));
        assert_eq!(read("2026-06-30 08:05"), at("2026-06-30T08:05:00+08:00"));
        assert_eq!(
            read("2026-06-30T00:05:00Z"),
            at("2026-06-30T08:05:00+08:00")
        );
        let skipped = parse(
            "--known-at",
            "2026-03-29 02:30",
            chrono_tz::Europe::Berlin,
            now,
        );
        assert_eq!(skipped.unwrap_err().exit, Exit::Usage);
        assert_eq!(
            parse("--known-at", "soon", zone, now).unwrap_err().exit,
            Exit::Usage
        );
    }
}
