//! An explanation goes with the release that it explains: planned with it, given up with it, kept with it.

use super::super::{Change, changes};
use super::{Row, table};
use crate::domain::deadline::Anchor::{Activation, Known, Publication};
use crate::domain::fixture::{
    approved, at, drafting, in_review, incident, item, missed, plan, published, release, waived,
};
use crate::domain::level::ResponseLevel::{self, II, IV};
use crate::domain::release::ReleaseState::Planned;

const RAISED: [(ResponseLevel, &str); 2] = [(IV, "03:00"), (II, "05:00")];

#[test]
fn an_explanation_goes_with_what_it_explains() {
    let notice = item("notice").explained_by("questions", "4h");
    let plan_with = |high| plan([(IV, vec![notice.clone()]), (II, high)], vec![]);
    let pair = |of, explanation| {
        let explanation = release("questions", 1, explanation).explaining("notice", 1);
        vec![release("notice", 1, of), explanation]
    };
    let both = vec!["supersede notice#1", "supersede questions#1"];
    let anew = ["notice#2 at II 05:00 due -, then questions due -"];
    let superseded = [&anew[..], &both].concat();
    let kept: Vec<Row> = vec![
        (
            "both drafts",
            pair(drafting(), drafting()),
            superseded.clone(),
        ),
        ("not begun", pair(in_review(), Planned), superseded.clone()),
        (
            "signed, and waiting for it",
            pair(in_review(), approved()),
            superseded,
        ),
        ("it is out", pair(published("03:30"), drafting()), vec![]),
        (
            "both are out",
            pair(published("03:30"), published("04:00")),
            vec![],
        ),
    ];
    let raised = incident(&RAISED);
    let has_it = plan_with(vec![notice.clone()]);
    table(&has_it, &raised, Change::Raise, "05:00", kept);

    let issued_again: Vec<Row> = vec![(
        "the old explanation still explains the text that was out",
        pair(published("03:30"), in_review()),
        anew.to_vec(),
    )];
    let again = plan_with(vec![notice.clone().reissued()]);
    table(&again, &raised, Change::Raise, "05:00", issued_again);

    let cancelled = vec!["cancel notice#1", "cancel questions#1"];
    let dropped: Vec<Row> = vec![
        (
            "both drafts",
            pair(drafting(), drafting()),
            cancelled.clone(),
        ),
        (
            "signed, and waiting for it",
            pair(in_review(), approved()),
            cancelled,
        ),
        ("it is out", pair(published("03:30"), drafting()), vec![]),
    ];
    let leaves_it_out = plan_with(vec![]);
    table(
        &leaves_it_out,
        &raised,
        Change::Raise,
        "05:00",
        dropped.clone(),
    );
    table(&leaves_it_out, &raised, Change::End, "05:00", dropped);
}

#[test]
fn an_explanation_of_what_was_asked_for_stays_with_it() {
    let danger = item("danger").on_request().explained_by("questions", "2h");
    let plan = plan([(IV, vec![danger]), (II, vec![])], vec![]);
    let rows: Vec<Row> = vec![(
        "neither is out",
        vec![
            release("danger", 1, in_review()),
            release("questions", 1, Planned).explaining("danger", 1),
        ],
        vec![],
    )];
    table(&plan, &incident(&RAISED), Change::Raise, "05:00", rows);
}

#[test]
fn an_explanation_of_what_was_given_up_does_not_wait_for_ever() {
    let notice = || {
        item("notice")
            .due("30m", Activation)
            .explained_by("questions", "4h")
    };
    let plan = plan([(IV, vec![notice()]), (II, vec![notice()])], vec![]);
    let rows: Vec<Row> = vec![(
        "waived",
        vec![
            release("notice", 1, waived()),
            release("questions", 1, Planned).explaining("notice", 1),
        ],
        vec![
            "notice#2 at II 05:00 due 05:30, then questions due -",
            "supersede questions#1",
        ],
    )];
    table(&plan, &incident(&RAISED), Change::Raise, "05:00", rows);

    let given_up = vec![
        release("notice", 1, missed()),
        release("questions", 1, in_review()).explaining("notice", 1),
    ];
    let rows: Vec<Row> = vec![("missed", given_up, vec!["cancel questions#1"])];
    let ended = incident(&[(IV, "03:00")]).ended_at("05:00");
    table(&plan, &ended, Change::End, "05:00", rows);
}

#[test]
fn an_explanation_with_a_limit_of_its_own_is_dated_at_once() {
    let mut notice = item("notice").explained_by("questions", "4h");
    let explanation = notice.interpretation.take().expect("it has one");
    notice.interpretation = Some(Box::new(explanation.due("3h", Known)));
    let plan = plan([(IV, vec![notice])], vec![]);
    let declared = incident(&[(IV, "03:00")]);
    let new = changes(&plan, &declared, &[], Change::Declare, at("03:00"));
    let explanation = new.plan[0]
        .interpretation
        .as_ref()
        .expect("planned with it");
    assert_eq!(explanation.item.due[0].of, Publication);
    assert_eq!(
        explanation.due_at,
        Some(at("06:00")),
        "only the limit that is known"
    );
}
