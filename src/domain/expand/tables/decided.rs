//! Measures that are decided, and rows that go out in another text.

use super::super::{Change, after_publication};
use super::{Row, table, told};
use crate::domain::area::{Area, AreaCode};
use crate::domain::deadline::Anchor::{Activation, Request};
use crate::domain::fixture::{
    at, corrected, drafting, expired, hold, incident, item, not_applicable, plan, planned_state,
    published, release, undecided, withdrawn,
};
use crate::domain::incident::Incident;
use crate::domain::level::ResponseLevel::{II, III, IV};
use crate::domain::lifting::Lifted;
use crate::domain::plan::{CorrectionKind, Plan};
use crate::domain::release::Release;

fn measures() -> Plan {
    let evacuation = || item("evacuation").due("30m", Request).decided();
    let over = || {
        item("over")
            .lifting("evacuation")
            .due("1h", Request)
            .decided()
    };
    let levels = [
        (IV, vec![item("notice").due("1h", Activation)]),
        (III, vec![evacuation()]),
        (II, vec![evacuation(), over()]),
    ];
    plan(levels, vec![over()])
}

#[test]
fn a_level_makes_a_measure_ready_and_no_more() {
    let declared = incident(&[(III, "03:00")]);
    let rows: Vec<Row> = vec![("at first", vec![], vec!["ask evacuation#1 at III 03:00"])];
    table(&measures(), &declared, Change::Declare, "03:00", rows);
}

#[test]
fn each_change_of_level_asks_once_until_it_is_ordered() {
    let raised = incident(&[(III, "03:00"), (II, "05:00")]);
    let rows: Vec<Row> = vec![
        (
            "nobody has answered",
            vec![release("evacuation", 1, undecided())],
            vec!["ask evacuation#2 at II 05:00", "supersede evacuation#1"],
        ),
        (
            "it was not applicable then",
            vec![release("evacuation", 1, not_applicable())],
            vec!["ask evacuation#2 at II 05:00"],
        ),
        (
            "ordered, and not opened yet",
            vec![release("evacuation", 1, planned_state())],
            vec![],
        ),
        (
            "ordered, and being written",
            vec![release("evacuation", 1, drafting())],
            vec![],
        ),
        (
            "in force: its lifting is ready",
            vec![release("evacuation", 1, published("03:30"))],
            vec!["ask over#1 at II 05:00"],
        ),
    ];
    table(&measures(), &raised, Change::Raise, "05:00", rows);
}

#[test]
fn a_measure_is_asked_about_where_it_is_not_ordered() {
    let raised = incident(&[(III, "03:00"), (II, "05:00")]);
    let mut plan = measures();
    plan.places = ["320299", "320299101", "320299102", "320299103"]
        .map(|code| Area {
            area: AreaCode(code.into()),
            name: code.into(),
            name_en: None,
        })
        .into();
    let ordered = |number, state, place: &str| Release {
        areas: Some(vec![AreaCode(place.into())]),
        ..release("evacuation", number, state)
    };
    let lifting = |state| Release {
        areas: Some(vec![AreaCode("320299101".into())]),
        ..release("over", 1, state)
    };
    let rest = "ask evacuation#2 at II 05:00 in 320299102 320299103";
    let rows: Vec<Row> = vec![
        (
            "ordered for a town, and being written",
            vec![ordered(1, drafting(), "320299101")],
            vec![rest],
        ),
        (
            "in force in a town",
            vec![ordered(1, published("03:30"), "320299101")],
            vec![rest, "ask over#1 at II 05:00 in 320299101"],
        ),
        (
            "in force in a town, and its lifting is under way",
            vec![
                ordered(1, published("03:30"), "320299101"),
                lifting(drafting()),
            ],
            vec![rest],
        ),
        (
            "an earlier lifting is out, and there is more to lift",
            vec![
                ordered(1, published("03:30"), "320299102"),
                lifting(published("04:00")),
            ],
            vec![
                "ask evacuation#2 at II 05:00 in 320299101 320299103",
                "ask over#2 at II 05:00 in 320299102",
            ],
        ),
        (
            "its correction stands in for it",
            vec![
                ordered(1, corrected("03:30"), "320299"),
                ordered(2, published("04:00"), "320299")
                    .correcting(1, CorrectionKind::WrongContent),
            ],
            vec!["ask over#1 at II 05:00"],
        ),
        (
            "it expired, and is lifted in words all the same",
            vec![ordered(1, expired("03:30"), "320299")],
            vec!["ask evacuation#2 at II 05:00", "ask over#1 at II 05:00"],
        ),
    ];
    table(&plan, &raised, Change::Raise, "05:00", rows);
}

/// A measure, its lifting that nobody has decided, and what has just gone out.
#[test]
fn what_goes_out_is_followed_by_the_question_about_its_lifting() {
    let plan = measures();
    let active = incident(&[(II, "03:00")]);
    let ended = || incident(&[(II, "03:00")]).ended_at("05:00");
    let told = |incident: &Incident, existing: Vec<Release>, out: &Release| {
        told(
            &plan,
            &after_publication(&plan, incident, &existing, out, at("06:00")),
        )
    };
    let measure = |state| release("evacuation", 1, state);
    let asked = || release("over", 1, undecided());
    let out = measure(published("06:00"));
    let lifting = release("over", 1, published("06:00"));
    let town = || Lifted {
        at: at("06:00"),
        by: lifting.id.clone(),
        areas: vec![AreaCode("320299101".into())],
        to_come: false,
        except: None,
        before: Vec::new(),
    };
    let mut rest = measure(published("03:30"));
    rest.lifted = vec![town()];
    hold([
        (
            "after the end its lifting is ready at once",
            told(&ended(), vec![out.clone()], &out),
            vec!["ask over#1 at the end 06:00"],
        ),
        (
            "before, the next change of level asks",
            told(&active, vec![out.clone()], &out),
            vec![],
        ),
        (
            "nothing is left to lift",
            told(&active, vec![measure(withdrawn("03:30")), asked()], &out),
            vec!["cancel over#1"],
        ),
        (
            "something is",
            told(&active, vec![rest.clone(), asked()], &out),
            vec![],
        ),
        (
            "a lifting in one place leaves the others to lift",
            told(&active, vec![rest, lifting.clone()], &lifting),
            vec!["ask over#2 at II 06:00"],
        ),
    ]);
}

#[test]
fn what_was_ordered_outlives_a_fall_and_what_was_not_is_asked_no_more() {
    let lowered = incident(&[(III, "03:00"), (IV, "05:00")]);
    let notice = "notice#1 at IV 05:00 due 06:00";
    let rows: Vec<Row> = vec![
        (
            "nobody has answered",
            vec![release("evacuation", 1, undecided())],
            vec![notice, "cancel evacuation#1"],
        ),
        (
            "ordered, and being written",
            vec![release("evacuation", 1, drafting())],
            vec![notice],
        ),
    ];
    table(&measures(), &lowered, Change::Lower, "05:00", rows);
}

#[test]
fn the_end_makes_the_lifting_of_what_still_binds_ready() {
    let ended = incident(&[(III, "03:00")]).ended_at("05:00");
    let rows: Vec<Row> = vec![
        (
            "in force",
            vec![release("evacuation", 1, published("03:30"))],
            vec!["ask over#1 at the end 05:00"],
        ),
        ("never ordered", vec![], vec![]),
    ];
    table(&measures(), &ended, Change::End, "05:00", rows);
}

#[test]
fn a_row_that_goes_out_in_another_text_comes_and_goes_with_it() {
    let leader = item("notice").due("1h", Activation).reissued();
    let advice = item("advice").due("40m", Activation).in_text_of("notice");
    let plan = plan(
        [
            (IV, vec![leader.clone(), advice.clone()]),
            (III, vec![leader, advice]),
        ],
        vec![],
    );
    let declared = incident(&[(IV, "03:00")]);
    let both = "notice#1 at IV 03:00 due 04:00, in it advice due 03:40";
    let rows: Vec<Row> = vec![("at first", vec![], vec![both])];
    table(&plan, &declared, Change::Declare, "03:00", rows);

    let raised = incident(&[(IV, "03:00"), (III, "05:00")]);
    let mut part = release("advice", 1, planned_state());
    let mut notice = release("notice", 1, drafting());
    part.part_of = Some(notice.id.clone());
    notice.carries = vec![part.id.clone()];
    let rows: Vec<Row> = vec![(
        "its leading text is still being written",
        vec![notice, part],
        vec![
            "notice#2 at III 05:00 due 06:00, in it advice due 05:40",
            "supersede notice#1",
        ],
    )];
    table(&plan, &raised, Change::Raise, "05:00", rows);
}
