//! Moments as a reader wants them: absolute, with the weekday, and a midnight that nobody misreads.

use chrono::{DateTime, Datelike, Offset, TimeDelta, Timelike};
use chrono_tz::Tz;

use crate::domain::bulletin::Language;
use crate::domain::time::Moment;

/// A moment in words, and for machines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    pub iso: String,
    pub text: String,
}

pub fn stamp(at: Moment, zone: Tz, language: Language) -> Stamp {
    let local = at.with_timezone(&zone);
    Stamp {
        iso: iso(at, zone),
        text: match language {
            Language::ZhCn => chinese(&local),
            Language::En => format!(
                "{} ({})",
                local.format("%a %-d %b %Y, %H:%M"),
                offset(&local)
            ),
        },
    }
}

/// RFC 3339 with the zone's offset, to the second.
pub fn iso(at: Moment, zone: Tz) -> String {
    at.with_timezone(&zone)
        .format("%Y-%m-%dT%H:%M:%S%:z")
        .to_string()
}

/// `2026年7月3日（周五）08:30`. Midnight also says which night it ends: 00:00（2日24时）.
fn chinese(local: &DateTime<Tz>) -> String {
    let weekday = ["一", "二", "三", "四", "五", "六", "日"]
        [local.weekday().num_days_from_monday() as usize % 7];
    let mut text = format!(
        "{}年{}月{}日（周{weekday}）{:02}:{:02}",
        local.year(),
        local.month(),
        local.day(),
        local.hour(),
        local.minute()
    );
    if local.hour() == 0 && local.minute() == 0 {
        let eve = *local - TimeDelta::hours(1);
        text.push_str(&format!("（{}日24时）", eve.day()));
    }
    text
}

/// `UTC+8`, `UTC-3:30`.
fn offset(local: &DateTime<Tz>) -> String {
    let seconds = local.offset().fix().local_minus_utc();
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
    match (minutes / 60, minutes % 60) {
        (0, 0) => "UTC".into(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, rest) => format!("UTC{sign}{hours}:{rest:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    #[test]
    fn a_moment_reads_the_same_in_both_languages() {
        let zone = chrono_tz::Asia::Shanghai;
        let at = chrono::Utc.with_ymd_and_hms(2026, 7, 3, 0, 30, 0).unwrap();
        assert_eq!(
            stamp(at, zone, Language::ZhCn).text,
            "2026年7月3日（周五）08:30"
        );
        assert_eq!(
            stamp(at, zone, Language::En).text,
            "Fri 3 Jul 2026, 08:30 (UTC+8)"
        );
        assert_eq!(
            stamp(at, zone, Language::En).iso,
            "2026-07-03T08:30:00+08:00"
        );
        let midnight = chrono::Utc.with_ymd_and_hms(2026, 6, 30, 16, 0, 0).unwrap();
        assert_eq!(
            stamp(midnight, zone, Language::ZhCn).text,
            "2026年7月1日（周三）00:00（30日24时）"
        );
        let newfoundland = stamp(at, chrono_tz::America::St_Johns, Language::En);
        assert!(
            newfoundland.text.ends_with("(UTC-2:30)"),
            "{}",
            newfoundland.text
        );
    }
}
