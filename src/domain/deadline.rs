//! When a release is due: an anchor, an offset, a calendar. And when the next occurrence of a series falls.

use chrono::{Datelike, NaiveDate, TimeZone, Weekday};
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::plan::Calendar;
use super::recurrence::CronRule;
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
            Self::Termination => "终止响应",
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
    match midnight.map(|at| zone.from_local_datetime(&at)) {
        Some(local) => local.latest().map_or(within.after(from), |at| at.to_utc()),
        None => Moment::MAX_UTC,
    }
}

impl Calendar {
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        if self.workdays.contains(&day) {
            return true;
        }
        !self.holidays.contains(&day) && !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
    }
}
