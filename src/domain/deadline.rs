//! When a release is due: an anchor, an offset, a calendar. And when the next occurrence of a series falls.

use chrono::{Datelike, NaiveDate, TimeZone, Weekday};
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::plan::Calendar;
use super::recurrence::{CronRule, at_local};
use super::time::{Moment, Span};

/// The moment a deadline counts from.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Anchor {
    /// 接报: when the government learnt of the event.
    Known,
    Warning,
    /// When the response at this level was activated.
    Activation,
    LevelChange,
    /// When the release that this one belongs to was published.
    Publication,
    /// When the same item was last published.
    LastRelease,
    /// The moment of its cron rule.
    Occurrence,
    Termination,
    /// When somebody asked for an on-demand item.
    Request,
}

impl Anchor {
    pub fn zh(self) -> &'static str {
        match self {
            Self::Known => "接报",
            Self::Warning => "预警发布",
            Self::Activation => "启动响应",
            Self::LevelChange => "调整级别",
            Self::Publication => "正文发布",
            Self::LastRelease => "上次发布",
            Self::Occurrence => "定时",
            Self::Termination => "解除响应",
            Self::Request => "提出",
        }
    }
}

/// One deadline of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Due {
    pub within: Span,
    pub of: Anchor,
    #[serde(default, skip_serializing_if = "is_clock")]
    pub calendar: DayCalendar,
}

fn is_clock(calendar: &DayCalendar) -> bool {
    *calendar == DayCalendar::Clock
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DayCalendar {
    /// Around the clock.
    #[default]
    Clock,
    /// Whole working days; the deadline is the end of the last one.
    WorkingDay,
}

/// How an item repeats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", untagged)]
pub enum Repeat {
    Every(EveryRule),
    Cron(CronRepeat),
}

impl Repeat {
    /// When the text after the one that goes out at `now` comes; its own occurrence may be one of an hour to come.
    pub fn next_text(&self, now: Moment, opened_at: Moment, zone: Tz) -> Option<Moment> {
        match self {
            Self::Cron(rule) => rule.cron.next(now.max(opened_at), zone),
            Self::Every(rule) => Some(rule.every.after(now)),
        }
    }
}

/// A rhythm counted from the last publication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EveryRule {
    pub every: Span,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CronRepeat {
    pub cron: CronRule,
}

/// The moments that anchors stand for, as far as they are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Anchors {
    pub known: Option<Moment>,
    pub warning: Option<Moment>,
    pub activation: Option<Moment>,
    pub level_change: Option<Moment>,
    pub publication: Option<Moment>,
    pub last_release: Option<Moment>,
    pub occurrence: Option<Moment>,
    pub termination: Option<Moment>,
    pub request: Option<Moment>,
}

impl Anchors {
    pub fn get(&self, anchor: Anchor) -> Option<Moment> {
        match anchor {
            Anchor::Known => self.known,
            Anchor::Warning => self.warning,
            Anchor::Activation => self.activation,
            Anchor::LevelChange => self.level_change,
            Anchor::Publication => self.publication,
            Anchor::LastRelease => self.last_release,
            Anchor::Occurrence => self.occurrence,
            Anchor::Termination => self.termination,
            Anchor::Request => self.request,
        }
    }
}

/// A limit that had passed before its release was listed: the response began late, or a measure was ordered late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassedLimit {
    pub within: Span,
    pub of: Anchor,
    pub due_at: Moment,
}

/// The earliest of the deadlines whose anchors are known; None while none of them is.
pub fn earliest_due(
    due: &[Due],
    anchors: &Anchors,
    zone: Tz,
    calendar: &Calendar,
) -> Option<Moment> {
    due.iter()
        .filter_map(|due| {
            anchors
                .get(due.of)
                .map(|from| due_at(due, from, zone, calendar))
        })
        .min()
}

/// The deadline `due` counted from `from`.
pub fn due_at(due: &Due, from: Moment, zone: Tz, calendar: &Calendar) -> Moment {
    match due.calendar {
        DayCalendar::Clock => due.within.after(from),
        DayCalendar::WorkingDay => end_of_working_day(due.within, from, zone, calendar),
    }
}

/// The year in which the working days of `due`, counted from `from`, run past what the calendar knows. A year without an
/// entry is unknown, not without holidays: over the Spring Festival a deadline counted through it is a week off.
pub fn beyond_calendar(due: &Due, from: Moment, zone: Tz, calendar: &Calendar) -> Option<i32> {
    if due.calendar != DayCalendar::WorkingDay {
        return None;
    }
    let last = last_day(due_at(due, from, zone, calendar), zone);
    let first = from.with_timezone(&zone).date_naive().succ_opt()?;
    // The first day may be the next year's already.
    (first.year()..=last.year().max(first.year())).find(|year| !calendar.knows(*year))
}

/// The same for a deadline that was counted before, of an item with these rules: None when it was surely counted around
/// the clock or within years that are known.
pub fn counted_beyond_calendar(
    rules: &[Due],
    due_at: Option<Moment>,
    zone: Tz,
    calendar: &Calendar,
) -> Option<i32> {
    let due_at = due_at?;
    let ends_a_day = due_at.with_timezone(&zone).date_naive() != last_day(due_at, zone);
    let is_counted = rules
        .iter()
        .any(|due| due.calendar == DayCalendar::WorkingDay);
    let year = last_day(due_at, zone).year();
    (ends_a_day && is_counted && !calendar.knows(year)).then_some(year)
}

/// The day that ends with `due_at`.
fn last_day(due_at: Moment, zone: Tz) -> NaiveDate {
    let before = due_at - chrono::TimeDelta::seconds(1);
    before.with_timezone(&zone).date_naive()
}

/// The end of the n-th working day after the day of `from`. Source: 民法典 art. 201, the first day is not counted.
fn end_of_working_day(within: Span, from: Moment, zone: Tz, calendar: &Calendar) -> Moment {
    let mut left = (within.as_seconds() + 86_399) / 86_400;
    let mut day = from.with_timezone(&zone).date_naive();
    while left > 0 {
        match day.succ_opt() {
            Some(next) => day = next,
            None => return Moment::MAX_UTC,
        }
        if calendar.is_working_day(day) {
            left -= 1;
        }
    }
    let midnight = day.succ_opt().and_then(|next| next.and_hms_opt(0, 0, 0));
    // Of a midnight that comes twice the later one ends the day; one that is skipped, the first moment after it.
    match midnight {
        Some(at) => (zone.from_local_datetime(&at).latest())
            .map_or_else(|| at_local(at, zone), |at| at.to_utc()),
        None => Moment::MAX_UTC,
    }
}

impl Calendar {
    /// Whether the holidays of `year` are listed. A lone worked day is no list of holidays.
    pub fn knows(&self, year: i32) -> bool {
        self.holidays.iter().any(|day| day.year() == year)
    }

    /// The last year whose holidays are listed.
    pub fn last_year(&self) -> Option<i32> {
        self.holidays.iter().map(Datelike::year).max()
    }

    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        if self.workdays.contains(&day) {
            return true;
        }
        !self.holidays.contains(&day) && !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
    }
}

#[cfg(test)]
mod tables;

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use chrono_tz::Asia::Shanghai;

    fn at(text: &str) -> Moment {
        DateTime::parse_from_rfc3339(text)
            .expect("a test time")
            .to_utc()
    }

    fn calendar(days: &[&str]) -> Calendar {
        Calendar {
            holidays: days
                .iter()
                .map(|day| day.parse().expect("a test day"))
                .collect(),
            workdays: vec!["2028-01-02".parse().expect("a test day")],
        }
    }

    #[test]
    fn a_deadline_that_leaves_the_calendar_says_so() {
        let known = calendar(&["2026-01-01", "2026-10-01"]);
        let due = |days: i64, calendar| Due {
            within: Span::seconds(days * 86_400),
            of: Anchor::Activation,
            calendar,
        };
        let beyond = |days, from: &str| {
            beyond_calendar(
                &due(days, DayCalendar::WorkingDay),
                at(from),
                Shanghai,
                &known,
            )
        };
        // 21 December 2026 is a Monday: the eighth working day after it is 31 December.
        assert_eq!(beyond(8, "2026-12-21T03:00:00+08:00"), None);
        assert_eq!(beyond(9, "2026-12-21T03:00:00+08:00"), Some(2027));
        assert_eq!(beyond(1, "2026-12-31T23:00:00+08:00"), Some(2027));
        assert_eq!(beyond(1, "2027-03-01T00:00:00+08:00"), Some(2027));
        assert_eq!(beyond(1, "2025-06-01T00:00:00+08:00"), Some(2025));
        // A worked weekend day alone tells nothing of a year's holidays.
        assert_eq!(beyond(1, "2028-01-10T00:00:00+08:00"), Some(2028));
        let around_the_clock = due(9, DayCalendar::Clock);
        assert_eq!(
            beyond_calendar(
                &around_the_clock,
                at("2026-12-31T00:00:00Z"),
                Shanghai,
                &known
            ),
            None
        );
    }

    #[test]
    fn a_deadline_that_stands_is_judged_by_its_last_day() {
        let known = calendar(&["2026-01-01"]);
        let rules = [Due {
            within: Span::seconds(86_400),
            of: Anchor::Activation,
            calendar: DayCalendar::WorkingDay,
        }];
        let judge = |text: &str| counted_beyond_calendar(&rules, Some(at(text)), Shanghai, &known);
        assert_eq!(
            judge("2027-01-01T00:00:00+08:00"),
            None,
            "the end of 31 December 2026"
        );
        assert_eq!(judge("2027-01-02T00:00:00+08:00"), Some(2027));
        assert_eq!(
            judge("2027-01-02T10:00:00+08:00"),
            None,
            "no working day ends at ten"
        );
        assert_eq!(
            counted_beyond_calendar(&[], Some(at("2027-01-02T00:00:00+08:00")), Shanghai, &known),
            None
        );
    }
}
