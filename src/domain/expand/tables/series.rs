//! Rhythms: the first occurrence, the next one, and the beat at a change of level.

use super::super::{Change, next_occurrence};
use super::{Row, planned, table};
use crate::domain::deadline::Anchor::{Activation, LastRelease, Occurrence};
use crate::domain::fixture::{
    at, clock, drafting, hold, in_review, incident, item, missed, plan, published, release, waived,
};
use crate::domain::level::ResponseLevel::{self, II, IV};
use crate::domain::plan::{Item, Plan};
use crate::domain::release::Release;
use crate::domain::release::ReleaseState::Planned;

const MORNING_AND_EVENING: &str = "0 8,17 * * *";

fn report() -> Item {
    item("report")
}

/// At fixed hours on level IV; every three hours on level II, the first ninety minutes after the raise.
fn reports() -> Plan {
    let slow = report().cron(MORNING_AND_EVENING).due("30m", Occurrence);
    let fast = report()
        .every("3h")
        .due("90m", Activation)
        .due("3h", LastRelease);
    plan([(IV, vec![slow]), (II, vec![fast])], vec![])
}

const RAISED: [(ResponseLevel, &str); 2] = [(IV, "01:00"), (II, "05:00")];
const LOWERED: [(ResponseLevel, &str); 2] = [(II, "01:00"), (IV, "05:00")];

#[test]
fn a_rhythm_begins_with_its_first_limit_or_at_its_own_hour() {
    let rows: [(&str, Item, Vec<&str>); 6] = [
        (
            "every six hours, the first within one",
            report()
                .every("6h")
                .due("1h", Activation)
                .due("6h", LastRelease),
            vec![
                "report#1 at IV 03:00 due 04:00",
                "next after report#1 10:00",
            ],
        ),
        (
            "every six hours, the first without a limit",
            report().every("6h").due("6h", LastRelease),
            vec!["report#1 at IV 03:00 due -", "next after report#1 09:00"],
        ),
        (
            "at fixed hours",
            report().cron(MORNING_AND_EVENING).due("30m", Occurrence),
            vec![
                "report#1 at IV 08:00 due 08:30",
                "next after report#1 17:00",
            ],
        ),
        (
            "at fixed hours, to the minute",
            report().cron(MORNING_AND_EVENING),
            vec![
                "report#1 at IV 08:00 due 08:00",
                "next after report#1 17:00",
            ],
        ),
        (
            "at fixed hours, and one at once",
            report()
                .cron(MORNING_AND_EVENING)
                .due("30m", Occurrence)
                .due("1h", Activation),
            vec![
                "report#1 at IV 03:00 due 04:00",
                "next after report#1 08:00",
            ],
        ),
        (
            "on a day that never comes",
            report().cron("0 8 30 2 *").due("30m", Occurrence),
            vec!["next after report#0 -"],
        ),
    ];
    let declared = incident(&[(IV, "03:00")]);
    for (name, item, expected) in rows {
        let plan = plan([(IV, vec![item])], vec![]);
        let rows: Vec<Row> = vec![(name, vec![], expected)];
        table(&plan, &declared, Change::Declare, "03:00", rows);
    }
}

/// The occurrence after the first, which was out at `last`.
fn after_the_first(item: Item, last: &str) -> String {
    let plan = plan([(IV, vec![item])], vec![]);
    let item = &plan.levels[&IV][0];
    let (new, series) = next_occurrence(&plan, item, Some(IV), 1, at(last), at(last));
    let new = new.as_ref().map_or_else(|| "nothing".into(), planned);
    let (number, next) = (series.occurrence, clock(series.next_at));
    format!("{new}; after #{number} {next}")
}

#[test]
fn the_next_occurrence_is_due_by_its_rhythm_and_begins_in_time() {
    // The ordinary route may take 20 minutes: work begins twice as long before a limit.
    let quick = Item {
        route: "quick".into(),
        ..report()
    };
    let rows = [
        (
            "counted from the last one",
            report().every("6h").due("6h", LastRelease),
            "03:00",
            "report#2 at IV 08:20 due 09:00; after #2 15:00",
        ),
        (
            "the last one was late, and so is the next",
            report().every("6h").due("6h", LastRelease),
            "04:30",
            "report#2 at IV 09:50 due 10:30; after #2 16:30",
        ),
        (
            "the limit of the first does not count any more",
            report()
                .every("6h")
                .due("1h", Activation)
                .due("6h", LastRelease),
            "03:00",
            "report#2 at IV 08:20 due 09:00; after #2 15:00",
        ),
        (
            "a short rhythm leaves half its time",
            report().every("30m").due("30m", LastRelease),
            "03:00",
            "report#2 at IV 03:15 due 03:30; after #2 04:00",
        ),
        (
            "a quick route has ten minutes all the same",
            quick.every("6h").due("6h", LastRelease),
            "03:00",
            "report#2 at IV 08:50 due 09:00; after #2 15:00",
        ),
        (
            "counted from its occurrence, it begins there",
            report().every("6h").due("30m", Occurrence),
            "03:00",
            "report#2 at IV 09:00 due 09:30; after #2 15:30",
        ),
        (
            "without a limit it is due at its occurrence",
            report().every("6h"),
            "03:00",
            "report#2 at IV 08:20 due 09:00; after #2 15:00",
        ),
        (
            "never before the last one was out",
            report().every("6h").due("20m", LastRelease),
            "03:00",
            "report#2 at IV 03:00 due 03:20; after #2 09:20",
        ),
        (
            "at a fixed hour",
            report().cron(MORNING_AND_EVENING).due("30m", Occurrence),
            "03:00",
            "report#2 at IV 08:00 due 08:30; after #2 17:00",
        ),
        (
            "out to the minute, it does not come again",
            report().cron(MORNING_AND_EVENING).due("30m", Occurrence),
            "08:00",
            "report#2 at IV 17:00 due 17:30; after #2 07-02 08:00",
        ),
        (
            "late by hours, the fixed hour stays",
            report().cron(MORNING_AND_EVENING).due("30m", Occurrence),
            "16:59",
            "report#2 at IV 17:00 due 17:30; after #2 07-02 08:00",
        ),
        (
            "a day that never comes",
            report().cron("0 8 30 2 *"),
            "03:00",
            "nothing; after #1 -",
        ),
        (
            "no rhythm",
            report().due("1h", Activation),
            "03:00",
            "nothing; after #1 -",
        ),
    ];
    hold(rows.map(|(name, item, last, expected)| (name, after_the_first(item, last), expected)));
}

#[test]
fn a_fixed_hour_that_the_clock_skips_comes_at_the_first_moment_after_it() {
    // New York, 8 March 2026: 01:59 is followed by 03:00, which is 15:00 in Shanghai.
    let item = report().cron("30 2 * * *").due("30m", Occurrence);
    let mut plan = plan([(IV, vec![item])], vec![]);
    plan.zone = chrono_tz::America::New_York;
    let item = &plan.levels[&IV][0];
    let last = at("03-07 15:30");
    let (new, series) = next_occurrence(&plan, item, Some(IV), 1, last, last);
    assert_eq!(
        new.as_ref().map(planned).as_deref(),
        Some("report#2 at IV 03-08 15:00 due 03-08 15:30")
    );
    assert_eq!(clock(series.next_at), "03-09 14:30");
}

#[test]
fn a_raise_takes_the_new_rhythm_at_once() {
    let first = "report#1 at II 05:00 due 06:30";
    let rows: Vec<Row> = vec![
        (
            "nothing was planned",
            vec![],
            vec![first, "next after report#1 09:30"],
        ),
        (
            "before anything is out: by the first limit",
            vec![release("report", 1, Planned)],
            vec![
                "report#2 at II 05:00 due 06:30",
                "next after report#2 09:30",
                "supersede report#1",
            ],
        ),
        (
            "given up and missed is not out",
            vec![
                release("report", 1, missed()),
                release("report", 2, waived()),
            ],
            vec![
                "report#3 at II 05:00 due 06:30",
                "next after report#3 09:30",
            ],
        ),
        (
            "after one is out: from that one",
            vec![
                release("report", 1, published("04:00")),
                release("report", 2, in_review()),
            ],
            vec![
                "report#3 at II 06:20 due 07:00",
                "next after report#3 10:00",
                "supersede report#2",
            ],
        ),
        (
            "after several: from the last",
            vec![
                release("report", 1, published("03:10")),
                release("report", 2, published("04:30")),
                release("report", 3, missed()),
            ],
            vec![
                "report#4 at II 06:50 due 07:30",
                "next after report#4 10:30",
            ],
        ),
    ];
    table(&reports(), &incident(&RAISED), Change::Raise, "05:00", rows);
}

#[test]
fn a_fall_slows_the_rhythm() {
    let rows: Vec<Row> = vec![
        (
            "before anything is out",
            vec![release("report", 1, drafting())],
            vec![
                "report#2 at IV 08:00 due 08:30",
                "next after report#2 17:00",
                "supersede report#1",
            ],
        ),
        (
            "after one is out",
            vec![
                release("report", 1, published("04:00")),
                release("report", 2, Planned),
            ],
            vec![
                "report#3 at IV 08:00 due 08:30",
                "next after report#3 17:00",
                "supersede report#2",
            ],
        ),
    ];
    table(
        &reports(),
        &incident(&LOWERED),
        Change::Lower,
        "05:00",
        rows,
    );
}

#[test]
fn a_level_without_the_rhythm_stops_it() {
    let mut plan = reports();
    plan.levels.insert(II, vec![]);
    let rows: Vec<Row> = vec![
        (
            "an occurrence is open",
            vec![
                release("report", 1, published("04:00")),
                release("report", 2, drafting()),
            ],
            vec!["cancel report#2", "stop report"],
        ),
        (
            "none is open",
            vec![release("report", 1, published("04:00"))],
            vec!["stop report"],
        ),
    ];
    table(&plan, &incident(&RAISED), Change::Raise, "05:00", rows);
}

#[test]
fn a_fall_does_not_ask_for_the_fixed_hour_that_had_passed_before_it() {
    let lowered = incident(&[(II, "01:00"), (IV, "09:00")]);
    let rows: Vec<Row> = vec![(
        "the last one was out before eight, the fall came after it",
        vec![release("report", 1, published("07:00"))],
        vec![
            "report#2 at IV 17:00 due 17:30",
            "next after report#2 07-02 08:00",
        ],
    )];
    table(&reports(), &lowered, Change::Lower, "09:00", rows);
}

#[test]
fn a_change_keeps_the_fixed_hour_that_is_being_worked_on() {
    let fixed = |within: &str| report().cron(MORNING_AND_EVENING).due(within, Occurrence);
    let plan = plan([(IV, vec![fixed("30m")]), (II, vec![fixed("20m")])], vec![]);
    let at_eight = || Release {
        opened_at: at("08:00"),
        ..release("report", 2, in_review())
    };
    let kept = vec![
        "report#3 at II 08:00 due 08:20",
        "next after report#3 17:00",
        "supersede report#2",
    ];
    let rows: Vec<Row> = vec![
        (
            "one was out before",
            vec![release("report", 1, published("03:30")), at_eight()],
            kept.clone(),
        ),
        ("none was out before", vec![at_eight()], kept),
        (
            "it was given up",
            vec![
                release("report", 1, published("03:30")),
                release("report", 2, waived()),
            ],
            vec![
                "report#3 at II 17:00 due 17:20",
                "next after report#3 07-02 08:00",
            ],
        ),
    ];
    let raised = incident(&[(IV, "03:00"), (II, "08:10")]);
    table(&plan, &raised, Change::Raise, "08:10", rows);
}

#[test]
fn what_a_raise_asks_for_begins_no_earlier_than_the_raise() {
    let rows: Vec<Row> = vec![(
        "due a quarter of an hour after the raise",
        vec![release("report", 1, published("02:15"))],
        vec![
            "report#2 at II 05:00 due 05:15",
            "next after report#2 08:15",
        ],
    )];
    table(&reports(), &incident(&RAISED), Change::Raise, "05:00", rows);
}

#[test]
fn a_rhythm_whose_limit_is_past_at_the_raise_has_the_limit_of_a_first_release() {
    let long_ago = || vec![release("report", 1, published("01:00"))];
    let rows: Vec<Row> = vec![(
        "the last one was out four hours before the raise",
        long_ago(),
        vec![
            "report#2 at II 05:00 due 06:30",
            "next after report#2 09:30",
        ],
    )];
    table(&reports(), &incident(&RAISED), Change::Raise, "05:00", rows);

    let mut without = reports();
    let fast = without.levels.get_mut(&II).expect("a level");
    fast[0] = report().every("3h").due("3h", LastRelease);
    let rows: Vec<Row> = vec![(
        "a first release has no limit: it is late",
        long_ago(),
        vec![
            "report#2 at II 05:00 due 04:00",
            "next after report#2 07:00",
        ],
    )];
    table(&without, &incident(&RAISED), Change::Raise, "05:00", rows);
}
