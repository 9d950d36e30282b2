//! A level is declared, raised, lowered or ended: what is planned anew, what gives way, what stays.

use super::super::{Change, changes};
use super::{Row, table};
use crate::domain::deadline::Anchor::{
    Activation, Known, LevelChange, Request, Termination, Warning,
};
use crate::domain::fixture::{
    at, cancelled, drafting, every_state, hold, in_review, incident, item, plan, published,
    release, waived,
};
use crate::domain::level::ResponseLevel::{self, I, II, IV};
use crate::domain::plan::{CorrectionKind, Item, ItemRole, Plan};
use crate::domain::reason::Reason;
use crate::domain::release::ReleaseState::Planned;

/// One item at both levels, due sooner at the higher one.
fn at_both(item: &Item) -> Plan {
    let sooner = item.clone().due("30m", Activation);
    let later = item.clone().due("1h", Activation);
    plan([(IV, vec![later]), (II, vec![sooner])], vec![])
}

const RAISED: [(ResponseLevel, &str); 2] = [(IV, "03:00"), (II, "05:00")];
const LOWERED: [(ResponseLevel, &str); 2] = [(II, "03:00"), (IV, "05:00")];

#[test]
fn a_declaration_plans_every_item_of_its_level_from_now() {
    let once = |item: Item| plan([(IV, vec![item])], vec![]);
    let rows: [(&str, Item, Vec<&str>); 7] = [
        (
            "counted from the activation",
            item("notice").due("1h", Activation),
            vec!["notice#1 at IV 03:00 due 04:00"],
        ),
        (
            "the earliest of several limits counts",
            item("notice").due("3h", Known).due("90m", Activation),
            vec!["notice#1 at IV 03:00 due 04:00"],
        ),
        (
            "nobody has warned yet",
            item("relay").due("10m", Warning),
            vec!["relay#1 at IV 03:00 due -"],
        ),
        (
            "an unknown anchor does not hide a known one",
            item("relay").due("10m", Warning).due("2h", Activation),
            vec!["relay#1 at IV 03:00 due 05:00"],
        ),
        (
            "an explanation waits for what it explains",
            item("notice")
                .due("1h", Activation)
                .explained_by("questions", "4h"),
            vec!["notice#1 at IV 03:00 due 04:00, then questions due -"],
        ),
        (
            "somebody has to ask for it",
            item("rumour").on_request().due("2h", Request),
            vec![],
        ),
        (
            "nothing stands that could be lifted",
            item("reopening").lifting("closure").due("1h", LevelChange),
            vec![],
        ),
    ];
    let declared = incident(&[(IV, "03:00")]).known("01:00");
    for (name, item, expected) in rows {
        let rows = vec![(name, vec![], expected)];
        table(&once(item), &declared, Change::Declare, "03:00", rows);
    }
}

#[test]
fn a_level_without_a_plan_plans_nothing() {
    let plan = plan([(IV, vec![item("notice")])], vec![]);
    let declared = incident(&[(II, "03:00")]);
    let rows = vec![("nothing", vec![], vec![])];
    table(&plan, &declared, Change::Declare, "03:00", rows);
}

const ANEW: &str = "notice#2 at II 05:00 due 05:30";
const GIVES_WAY: &str = "supersede notice#1";

/// What a raise makes of the first release in each of its states. `again`: its text is issued at each new level.
fn raised(again: bool) -> Vec<Row<'static>> {
    let row = |(name, state)| {
        let expected = match name {
            "planned" | "drafting" | "in review" => vec![ANEW, GIVES_WAY],
            "approved" => vec![],
            "waived" | "cancelled" | "missed" | "superseded before it was out" => vec![ANEW],
            // What was lifted is in force no more.
            "lifted" => vec![ANEW],
            _out if again => vec![ANEW],
            _out => vec![],
        };
        (name, vec![release("notice", 1, state)], expected)
    };
    every_state().into_iter().map(row).collect()
}

#[test]
fn a_raise_repeats_nothing_that_is_out() {
    let plan = at_both(&item("notice"));
    table(
        &plan,
        &incident(&RAISED),
        Change::Raise,
        "05:00",
        raised(false),
    );
}

#[test]
fn a_raise_issues_again_what_the_plan_wants_issued_again() {
    for item in [
        item("notice").reissued(),
        item("notice").role(ItemRole::Activation),
    ] {
        let plan = at_both(&item);
        table(
            &plan,
            &incident(&RAISED),
            Change::Raise,
            "05:00",
            raised(true),
        );
    }
}

#[test]
fn a_raise_plans_what_only_the_new_level_has() {
    let press = item("press").due("24h", Known).due("2h", LevelChange);
    let plan = plan([(IV, vec![]), (II, vec![press])], vec![]);
    let rows: Vec<Row> = vec![
        (
            "for the first time",
            vec![],
            vec!["press#1 at II 05:00 due 07:00"],
        ),
        (
            "numbers go on, whatever became of the earlier ones",
            vec![
                release("press", 1, waived()),
                release("press", 2, cancelled()),
            ],
            vec!["press#3 at II 05:00 due 07:00"],
        ),
    ];
    table(&plan, &incident(&RAISED), Change::Raise, "05:00", rows);
}

#[test]
fn straight_to_the_highest_level_everything_it_has_is_planned() {
    let of = |within: &str| {
        vec![
            item("notice")
                .role(ItemRole::Activation)
                .due(within, Activation),
            item("advice").due(within, Activation),
            item("guide")
                .due(within, Activation)
                .explained_by("questions", "2h"),
            item("report").every("3h").due(within, Activation),
            item("rumour").on_request().due("2h", Request),
        ]
    };
    let mut highest = of("20m");
    highest.push(item("mayor").due("20m", Activation));
    let plan = plan([(IV, of("1h")), (I, highest)], vec![]);
    let straight = incident(&[(IV, "03:00"), (I, "03:30")]);
    let rows: Vec<Row> = vec![
        (
            "from the start",
            vec![],
            vec![
                "notice#1 at I 03:30 due 03:50",
                "advice#1 at I 03:30 due 03:50",
                "guide#1 at I 03:30 due 03:50, then questions due -",
                "report#1 at I 03:30 due 03:50",
                "mayor#1 at I 03:30 due 03:50",
                "next after report#1 06:50",
            ],
        ),
        (
            "over what stood before",
            vec![
                release("notice", 1, published("03:10")),
                release("advice", 1, published("03:20")),
                release("guide", 1, in_review()),
                release("questions", 1, Planned).explaining("guide", 1),
                release("report", 1, drafting()),
                release("rumour", 1, drafting()),
            ],
            vec![
                "notice#2 at I 03:30 due 03:50",
                "guide#2 at I 03:30 due 03:50, then questions due -",
                "report#2 at I 03:30 due 03:50",
                "mayor#1 at I 03:30 due 03:50",
                "next after report#2 06:50",
                "supersede guide#1",
                "supersede report#1",
                "supersede questions#1",
            ],
        ),
    ];
    table(&plan, &straight, Change::Raise, "03:30", rows);
}

#[test]
fn what_the_new_level_leaves_out_is_cancelled_while_it_is_open() {
    let plan = plan([(IV, vec![item("camp")]), (II, vec![])], vec![]);
    let row = |(name, state)| {
        let expected = match name {
            "planned" | "drafting" | "in review" | "approved" => vec!["cancel camp#1"],
            _ => vec![],
        };
        (name, vec![release("camp", 1, state)], expected)
    };
    let rows: Vec<Row> = every_state().into_iter().map(row).collect();
    table(
        &plan,
        &incident(&RAISED),
        Change::Raise,
        "05:00",
        rows.clone(),
    );
    table(&plan, &incident(&RAISED), Change::End, "05:00", rows);
}

#[test]
fn what_somebody_asked_for_and_what_corrects_outlives_a_change() {
    let rumour = || item("rumour").on_request().due("2h", Request);
    let low = vec![rumour(), item("camp")];
    let plan = plan([(IV, low), (II, vec![])], vec![]);
    let wrong = CorrectionKind::WrongContent;
    let rows: Vec<Row> = vec![
        ("asked for", vec![release("rumour", 1, in_review())], vec![]),
        (
            "a correction of a text that is out",
            vec![
                release("camp", 1, published("03:30")),
                release("camp", 7, in_review()).correcting(1, wrong),
            ],
            vec![],
        ),
    ];
    table(
        &plan,
        &incident(&RAISED),
        Change::Raise,
        "05:00",
        rows.clone(),
    );
    table(&plan, &incident(&RAISED), Change::End, "05:00", rows);
}

#[test]
fn a_correction_is_no_occurrence_of_what_it_corrects() {
    let plan = at_both(&item("notice").reissued());
    let correction =
        |state| release("notice", 7, state).correcting(1, CorrectionKind::WrongContent);
    let first = || release("notice", 1, published("03:30"));
    let rows: Vec<Row> = vec![
        (
            "being prepared",
            vec![first(), correction(in_review())],
            vec![ANEW],
        ),
        (
            "out",
            vec![first(), correction(published("04:00"))],
            vec![ANEW],
        ),
    ];
    table(&plan, &incident(&RAISED), Change::Raise, "05:00", rows);
}

#[test]
fn a_fall_leaves_alone_what_is_under_way_and_what_was_given_up() {
    let plan = at_both(&item("notice").reissued());
    let mut rows: Vec<Row> = vec![(
        "never planned before",
        vec![],
        vec!["notice#1 at IV 05:00 due 06:00"],
    )];
    let untouched = |(name, state)| (name, vec![release("notice", 1, state)], vec![]);
    let settled = ["cancelled", "superseded before it was out", "lifted"];
    let known = every_state().into_iter();
    rows.extend(
        known
            .filter(|(name, _)| !settled.contains(name))
            .map(untouched),
    );
    table(&plan, &incident(&LOWERED), Change::Lower, "05:00", rows);
}

#[test]
fn a_fall_plans_again_what_only_the_raise_had_cancelled() {
    let plan = plan(
        [(IV, vec![item("camp").due("2h", Activation)]), (II, vec![])],
        vec![],
    );
    let there_and_back = incident(&[(IV, "01:00"), (II, "03:00"), (IV, "05:00")]);
    let rows: Vec<Row> = vec![
        (
            "cancelled at level II",
            vec![release("camp", 1, cancelled())],
            vec!["camp#2 at IV 05:00 due 07:00"],
        ),
        (
            "given up after it had been cancelled and planned again",
            vec![
                release("camp", 1, cancelled()),
                release("camp", 2, waived()),
            ],
            vec![],
        ),
        (
            "out before it was planned again and cancelled",
            vec![
                release("camp", 1, published("03:30")),
                release("camp", 2, cancelled()),
            ],
            vec![],
        ),
    ];
    table(&plan, &there_and_back, Change::Lower, "05:00", rows);
}

#[test]
fn a_fall_is_announced_in_any_case() {
    let plan = at_both(&item("notice").role(ItemRole::Activation));
    let anew = "notice#2 at IV 05:00 due 06:00";
    let row = |(name, state)| {
        let expected = match name {
            "planned" | "drafting" | "in review" => vec![anew, GIVES_WAY],
            "approved" => vec![],
            _ => vec![anew],
        };
        (name, vec![release("notice", 1, state)], expected)
    };
    let rows = every_state().into_iter().map(row).collect();
    table(&plan, &incident(&LOWERED), Change::Lower, "05:00", rows);
}

#[test]
fn the_end_plans_its_own_items_and_cancels_what_is_open() {
    let end = vec![
        item("over")
            .role(ItemRole::Termination)
            .due("1h", Termination),
        item("summary").due_in_working_days("3d", Termination),
    ];
    let low = vec![
        item("notice")
            .role(ItemRole::Activation)
            .explained_by("questions", "4h"),
        item("report").every("6h"),
        item("rumour").on_request(),
    ];
    let plan = plan([(IV, low)], end);
    let over = "over#1 at the end 09:00 due 10:00";
    let summary = "summary#1 at the end 09:00 due 07-07 00:00";
    let rows: Vec<Row> = vec![
        ("nothing was ever said", vec![], vec![over, summary]),
        (
            "things are open",
            vec![
                release("notice", 1, in_review()),
                release("questions", 1, Planned).explaining("notice", 1),
                release("report", 1, published("04:00")),
                release("report", 2, Planned),
                release("rumour", 1, drafting()),
            ],
            vec![
                over,
                summary,
                "cancel notice#1",
                "cancel questions#1",
                "cancel report#2",
                "stop report",
            ],
        ),
        (
            "what is out stands, and is still explained",
            vec![
                release("notice", 1, published("03:30")),
                release("questions", 1, drafting()).explaining("notice", 1),
            ],
            vec![over, summary],
        ),
    ];
    let ended = incident(&[(IV, "03:00")]).ended_at("09:00");
    table(&plan, &ended, Change::End, "09:00", rows);
}

#[test]
fn what_gives_way_says_why() {
    let notice = || vec![item("notice").role(ItemRole::Activation)];
    let plan = plan([(IV, notice()), (II, notice())], notice());
    let given = [
        release("notice", 1, in_review()),
        release("camp", 1, drafting()),
    ];
    let rows = [
        (
            Change::Raise,
            incident(&RAISED),
            Reason::LevelRaised { to: II },
        ),
        (
            Change::Lower,
            incident(&LOWERED),
            Reason::LevelLowered { to: IV },
        ),
        (
            Change::End,
            incident(&RAISED).ended_at("05:00"),
            Reason::ResponseEnded,
        ),
    ];
    hold(rows.map(|(change, incident, why)| {
        let changes = changes(&plan, &incident, &given, change, at("05:00"));
        let reasons = changes.supersede.into_iter().chain(changes.cancel);
        let reasons: Vec<Reason> = reasons.map(|(_, why)| why).collect();
        (format!("{change:?}"), reasons, vec![why.clone(), why])
    }));
}
