//! Notices of restrictions and the notices that lift them.

use super::super::Change;
use super::{Row, table};
use crate::domain::deadline::Anchor::{Activation, LevelChange, Termination};
use crate::domain::fixture::{
    drafting, every_state, in_review, incident, item, plan, publication, published, release,
    superseded,
};
use crate::domain::level::ResponseLevel::{II, III, IV};
use crate::domain::plan::{CorrectionKind, Item, ItemRole, Plan};
use crate::domain::reason::Reason;
use crate::domain::release::{Release, ReleaseState};

fn closure() -> Item {
    item("closure").due("30m", Activation)
}

fn reopening() -> Item {
    item("reopening").lifting("closure").due("1h", LevelChange)
}

/// Closures belong to levels II and III. Level III has the lifting notice as well, as a plan has that inherits it.
fn closures() -> Plan {
    let end = vec![item("reopening").lifting("closure").due("2h", Termination)];
    let levels = [
        (IV, vec![reopening()]),
        (III, vec![closure(), reopening()]),
        (II, vec![closure()]),
    ];
    plan(levels, end)
}

#[test]
fn what_stood_and_is_no_part_of_the_new_level_is_lifted() {
    let lifted = "reopening#1 at IV 05:00 due 06:00";
    let row = |(name, state)| {
        let expected = match name {
            "published" | "expired" => vec![lifted],
            "planned" | "drafting" | "in review" | "approved" => vec!["cancel closure#1"],
            // Taken back, corrected, replaced or never said: nothing stands, so there is nothing to say.
            _ => vec![],
        };
        (name, vec![release("closure", 1, state)], expected)
    };
    let mut rows: Vec<Row> = every_state().into_iter().map(row).collect();
    rows.push(("never planned", vec![], vec![]));
    rows.push((
        "only the newest of several stands",
        vec![
            release("closure", 1, superseded(None)),
            release("closure", 2, published("03:30")),
        ],
        vec![lifted],
    ));
    rows.push((
        "lifted once before, and closed again",
        vec![
            release("reopening", 1, published("02:30")),
            release("closure", 2, published("03:30")),
        ],
        vec!["reopening#2 at IV 05:00 due 06:00"],
    ));
    rows.push((
        "its lifting is being written already",
        vec![
            release("closure", 1, published("03:30")),
            release("reopening", 1, in_review()),
        ],
        vec!["reopening#2 at IV 05:00 due 06:00", "supersede reopening#1"],
    ));
    rows.push((
        "its right content stands in a correction",
        vec![release("closure", 2, published("04:00")).correcting(1, CorrectionKind::WrongContent)],
        vec![lifted],
    ));
    let lowered = incident(&[(II, "03:00"), (IV, "05:00")]);
    table(&closures(), &lowered, Change::Lower, "05:00", rows);
}

#[test]
fn a_correction_that_takes_a_restriction_back_leaves_nothing_to_lift() {
    let row = |kind| {
        let correction = release("closure", 2, published("04:00")).correcting(1, kind);
        ("a correction stands", vec![correction], vec![])
    };
    let kinds = [CorrectionKind::SentInError, CorrectionKind::AllClear];
    let lowered = incident(&[(II, "03:00"), (IV, "05:00")]);
    let rows = kinds.into_iter().map(row).collect();
    table(&closures(), &lowered, Change::Lower, "05:00", rows);
}

#[test]
fn what_the_new_level_still_has_is_not_lifted() {
    let lowered = incident(&[(II, "03:00"), (III, "05:00")]);
    let rows: Vec<Row> = vec![(
        "closed at both levels",
        vec![release("closure", 1, published("03:30"))],
        vec![],
    )];
    table(&closures(), &lowered, Change::Lower, "05:00", rows);
}

#[test]
fn a_raise_lifts_as_well_what_the_higher_level_leaves_out() {
    let plan = plan([(IV, vec![closure()]), (II, vec![reopening()])], vec![]);
    let raised = incident(&[(IV, "03:00"), (II, "05:00")]);
    let rows: Vec<Row> = vec![(
        "closed at the lower level",
        vec![release("closure", 1, published("03:30"))],
        vec!["reopening#1 at II 05:00 due 06:00"],
    )];
    table(&plan, &raised, Change::Raise, "05:00", rows);
}

/// The first closure as the reopening of 03:00 left it.
fn reopened() -> Vec<Release> {
    let reopening = release("reopening", 1, published("03:00"));
    let mut closure = release("closure", 1, superseded(Some(publication("02:00"))));
    if let ReleaseState::Superseded { why, .. } = &mut closure.state {
        *why = Reason::Replaced {
            by: reopening.id.clone(),
            name: "reopening".into(),
        };
    }
    vec![closure, reopening]
}

#[test]
fn what_was_lifted_is_said_again_where_the_new_level_asks_for_it() {
    let rows = || -> Vec<Row> {
        let mut again = reopened();
        again.push(release("closure", 2, drafting()));
        vec![
            (
                "lifted",
                reopened(),
                vec!["closure#2 at III 05:00 due 05:30"],
            ),
            (
                "lifted, and being said again",
                again,
                vec!["closure#3 at III 05:00 due 05:30", "supersede closure#2"],
            ),
            (
                "replaced by a newer text of its own",
                vec![
                    release("closure", 1, superseded(Some(publication("02:00")))),
                    release("closure", 2, published("03:30")),
                ],
                vec![],
            ),
        ]
    };
    let raised = incident(&[(IV, "02:30"), (III, "05:00")]);
    table(&closures(), &raised, Change::Raise, "05:00", rows());
}

#[test]
fn what_was_lifted_is_said_again_after_a_fall_as_well() {
    let plan = plan([(III, vec![closure()]), (II, vec![reopening()])], vec![]);
    let lowered = incident(&[(II, "02:30"), (III, "05:00")]);
    let rows: Vec<Row> = vec![(
        "lifted at the higher level",
        reopened(),
        vec!["closure#2 at III 05:00 due 05:30"],
    )];
    table(&plan, &lowered, Change::Lower, "05:00", rows);
}

#[test]
fn a_lifting_notice_without_a_place_in_the_new_level_is_not_finished() {
    let raised = incident(&[(IV, "03:00"), (II, "05:00")]);
    let rows: Vec<Row> = vec![(
        "closed again before it was out",
        vec![
            release("closure", 1, published("02:30")),
            release("reopening", 1, drafting()),
        ],
        vec!["cancel reopening#1"],
    )];
    table(&closures(), &raised, Change::Raise, "05:00", rows);
}

#[test]
fn a_lifting_notice_does_not_go_out_once_its_restriction_is_in_force_again() {
    let raised = incident(&[(IV, "03:00"), (III, "05:00")]);
    let rows: Vec<Row> = vec![(
        "closed again before it was out",
        vec![
            release("closure", 1, published("02:30")),
            release("reopening", 1, in_review()),
        ],
        vec!["cancel reopening#1"],
    )];
    table(&closures(), &raised, Change::Raise, "05:00", rows);
}

#[test]
fn a_lifting_notice_that_was_asked_for_waits_unless_what_it_lifts_is_in_force() {
    let asked = || reopening().on_request();
    let plan = plan(
        [(IV, vec![asked()]), (III, vec![closure()]), (II, vec![])],
        vec![],
    );
    let given = || {
        vec![
            release("closure", 1, published("02:30")),
            release("reopening", 1, in_review()),
        ]
    };
    let rows = [(III, vec!["cancel reopening#1"]), (II, vec![])];
    for (level, expected) in rows {
        let raised = incident(&[(IV, "03:00"), (level, "05:00")]);
        let rows: Vec<Row> = vec![(level.code(), given(), expected)];
        table(&plan, &raised, Change::Raise, "05:00", rows);
    }
}

#[test]
fn the_end_lifts_what_stands_and_announces_itself_whatever_stands() {
    let mut closures = closures();
    let mut over = item("over")
        .role(ItemRole::Termination)
        .due("1h", Termination);
    over.lifts.push("notice".into());
    closures.end.push(over);
    let over = "over#1 at the end 09:00 due 10:00";
    let lifted = "reopening#1 at the end 09:00 due 11:00";
    let closed = |state| vec![release("closure", 1, state)];
    let rows: Vec<Row> = vec![
        ("nothing stands", vec![], vec![over]),
        ("closed", closed(published("03:30")), vec![lifted, over]),
        (
            "a closure that nobody has signed",
            closed(drafting()),
            vec![over, "cancel closure#1"],
        ),
    ];
    let ended = incident(&[(II, "03:00")]).ended_at("09:00");
    table(&closures, &ended, Change::End, "09:00", rows);
}
