//! When things are due: around the clock, in working days, through the nights on which clocks are changed.

use chrono::NaiveDate;
use chrono_tz::{Africa::Cairo, America::New_York, Asia::Shanghai, Tz};

use super::Anchor::{
    self, Activation, Known, LastRelease, LevelChange, Occurrence, Publication, Request,
    Termination, Warning,
};
use super::{Anchors, DayCalendar, Due, due_at, earliest_due};
use crate::domain::fact::{Fact, FactValue};
use crate::domain::fixture::{at, clock, hold, incident, span};
use crate::domain::incident::{Incident, IncidentStatus};
use crate::domain::level::ResponseLevel::{II, IV};
use crate::domain::plan::Calendar;
use crate::domain::time::Moment;

/// The National Day of 2026: seven days off from Thursday 1 October, Saturday the 10th worked for one of them. The 9th is
/// in both lists.
fn national_day() -> Calendar {
    let october = |day| NaiveDate::from_ymd_opt(2026, 10, day).expect("a day");
    Calendar {
        holidays: (1..=7).chain([9]).map(october).collect(),
        workdays: vec![october(9), october(10)],
    }
}

fn due(within: &str, of: Anchor, calendar: DayCalendar) -> Due {
    Due {
        within: span(within),
        of,
        calendar,
    }
}

#[test]
#[rustfmt::skip]
fn working_days_end_at_midnight_of_the_last_one() {
    let rows = [
        ("the first day is not counted", "07-01 10:00", "1d", "07-03 00:00"),
        ("however early it begins", "07-01 00:00", "1d", "07-03 00:00"),
        ("nor late", "07-01 23:59", "1d", "07-03 00:00"),
        ("over a weekend", "07-03 10:00", "1d", "07-07 00:00"),
        ("from a weekend", "07-04 10:00", "1d", "07-07 00:00"),
        ("several, over a weekend", "07-02 10:00", "3d", "07-08 00:00"),
        ("a part of a day is a whole one", "07-01 10:00", "12h", "07-03 00:00"),
        ("a day and a part of one are two", "07-01 10:00", "1d1h", "07-04 00:00"),
        ("over a holiday", "09-30 10:00", "1d", "10-09 00:00"),
        ("from within a holiday", "10-03 10:00", "1d", "10-09 00:00"),
        ("a worked day counts where it is off as well", "09-30 10:00", "2d", "10-10 00:00"),
        ("a Saturday that is worked counts", "09-30 10:00", "3d", "10-11 00:00"),
        ("the Sunday after it does not", "09-30 10:00", "4d", "10-13 00:00"),
    ];
    hold(rows.map(|(name, from, within, expected)| {
        let due = due(within, Activation, DayCalendar::WorkingDay);
        let got = due_at(&due, at(from), Shanghai, &national_day());
        (name, clock(got), clock(at(expected)))
    }));
}

/// A moment with its offset, for zones other than the fixture's.
fn there(text: &str) -> Moment {
    text.parse().expect("a test time")
}

#[test]
#[rustfmt::skip]
fn a_day_is_the_zones_own_day() {
    let rows = [
        // At 18:00 UTC it is already the next day in Shanghai.
        ("Shanghai", Shanghai, "2026-07-01T18:00:00Z", "2026-07-03T16:00:00Z"),
        ("New York", New_York, "2026-07-01T18:00:00Z", "2026-07-03T04:00:00Z"),
    ];
    hold(rows.map(|(name, zone, from, expected)| {
        (name, in_working_days("1d", from, zone), there(expected))
    }));
}

fn in_working_days(within: &str, from: &str, zone: Tz) -> Moment {
    let due = due(within, Activation, DayCalendar::WorkingDay);
    due_at(&due, there(from), zone, &Calendar::default())
}

#[test]
#[rustfmt::skip]
fn a_night_on_which_clocks_are_changed_moves_midnight_and_no_hour() {
    // New York, 2026: forward on Sunday 8 March, back on Sunday 1 November.
    let rows = [
        ("forward", "2026-03-06T10:00:00-05:00", "2026-03-10T00:00:00-04:00"),
        ("back", "2026-10-30T10:00:00-04:00", "2026-11-03T00:00:00-05:00"),
    ];
    hold(rows.map(|(name, from, expected)| {
        (name, in_working_days("1d", from, New_York), there(expected))
    }));
    let around_the_clock = [
        ("a day is 24 hours, forward", "2026-03-07T12:00:00-05:00", "2026-03-08T13:00:00-04:00"),
        ("a day is 24 hours, back", "2026-10-31T12:00:00-04:00", "2026-11-01T11:00:00-05:00"),
    ];
    hold(around_the_clock.map(|(name, from, expected)| {
        let due = due("1d", Activation, DayCalendar::Clock);
        let got = due_at(&due, there(from), New_York, &Calendar::default());
        (name, got, there(expected))
    }));
}

#[test]
fn a_midnight_that_the_clock_skips_still_ends_the_day() {
    // Cairo, 2026: 23:59 of Thursday 23 April is followed by 01:00 of Friday.
    let got = in_working_days("1d", "2026-04-22T10:00:00+02:00", Cairo);
    assert_eq!(got, there("2026-04-24T01:00:00+03:00"));
}

#[test]
#[rustfmt::skip]
fn the_earliest_limit_that_is_known_counts() {
    let around = DayCalendar::Clock;
    let anchors = Anchors {
        known: Some(at("01:00")),
        activation: Some(at("03:00")),
        ..Anchors::default()
    };
    let rows: [(&str, Vec<Due>, &str); 6] = [
        ("none", vec![], "-"),
        ("one", vec![due("1h", Activation, around)], "04:00"),
        ("its anchor is unknown", vec![due("10m", Warning, around)], "-"),
        (
            "the earliest, whichever stands first",
            vec![due("5h", Known, around), due("1h", Activation, around)],
            "04:00",
        ),
        (
            "an unknown anchor hides no other",
            vec![due("1m", Warning, around), due("5h", Known, around)],
            "06:00",
        ),
        (
            "hours beside working days",
            vec![due("1d", Known, DayCalendar::WorkingDay), due("30h", Known, around)],
            "07-02 07:00",
        ),
    ];
    hold(rows.map(|(name, rules, expected)| {
        let got = earliest_due(&rules, &anchors, Shanghai, &Calendar::default());
        (name, clock(got), expected)
    }));
}

#[test]
fn each_anchor_stands_for_its_own_moment() {
    let all = [
        Known,
        Warning,
        Activation,
        LevelChange,
        Publication,
        LastRelease,
        Occurrence,
        Termination,
        Request,
    ];
    let moment = |n: usize| Some(at("03:00") + chrono::TimeDelta::minutes(n as i64));
    let anchors = Anchors {
        known: moment(0),
        warning: moment(1),
        activation: moment(2),
        level_change: moment(3),
        publication: moment(4),
        last_release: moment(5),
        occurrence: moment(6),
        termination: moment(7),
        request: moment(8),
    };
    let rows = all.into_iter().enumerate();
    hold(rows.map(|(n, anchor)| (format!("{anchor:?}"), anchors.get(anchor), moment(n))));
}

fn warned(mut incident: Incident, value: FactValue) -> Incident {
    let fact = Fact {
        value,
        as_of: at("02:40"),
        source: None,
        by: Vec::new(),
    };
    incident.facts.insert("warning-time".into(), fact);
    incident
}

#[test]
#[rustfmt::skip]
fn an_incident_knows_its_own_moments() {
    let declared = || incident(&[(IV, "03:00")]).known("02:30");
    let raised = || incident(&[(IV, "03:00"), (II, "05:00")]).known("02:30");
    let warning = FactValue::Time(at("02:40"));
    let withdrawn = Incident {
        status: IncidentStatus::Withdrawn {
            at: at("09:00"),
            by: "zhiban".into(),
            reason: "误报".into(),
        },
        ..declared()
    };
    let archived = Incident {
        status: IncidentStatus::Archived {
            at: at("07-02 09:00"),
            by: "zhiban".into(),
            ended_at: at("09:00"),
            reason: "雨停水退".into(),
        },
        ..declared()
    };
    // Known, warning, activation, level change, termination.
    let rows = [
        ("declared", declared(), ["02:30", "-", "03:00", "-", "-"]),
        ("raised", raised(), ["02:30", "-", "05:00", "05:00", "-"]),
        ("warned", warned(declared(), warning), ["02:30", "02:40", "03:00", "-", "-"]),
        (
            "a warning of another type",
            warned(declared(), FactValue::Text("二时四十分".into())),
            ["02:30", "-", "03:00", "-", "-"],
        ),
        ("ended", raised().ended_at("09:00"), ["02:30", "-", "05:00", "05:00", "09:00"]),
        ("archived", archived, ["02:30", "-", "03:00", "-", "09:00"]),
        ("declared in error", withdrawn, ["02:30", "-", "03:00", "-", "-"]),
    ];
    hold(rows.map(|(name, incident, expected)| {
        let anchors = incident.anchors();
        let own = [Known, Warning, Activation, LevelChange, Termination];
        (name, own.map(|anchor| clock(anchors.get(anchor))), expected)
    }));
}
