//! Who may send a release back and who may give it up.

use super::super::Release;
use super::{notice, under_review};
use crate::domain::fixture::{
    approved, every_state, hold, in_review, item, officer, ordinary, plan,
};
use crate::domain::level::ResponseLevel::IV;
use crate::domain::plan::{CorrectionKind, Plan};

fn notices() -> Plan {
    plan([(IV, vec![item("notice")])], vec![])
}

/// Of these people, in this order: the section head, its deputy, the office director, another post, whoever submitted it.
fn of_all(may: impl Fn(&crate::domain::approval::Actor) -> bool) -> [bool; 5] {
    [
        officer("zhang", &["section-head"]),
        officer("li", &["duty-leader"]),
        officer("wang", &["office-director"]),
        officer("zhao", &["duty-officer"]),
        officer("drafter", &[]),
    ]
    .map(|actor| may(&actor))
}

#[test]
fn signers_and_whoever_submitted_it_may_send_it_back() {
    let plan = notices();
    let returned = |one: Release| of_all(|actor| one.may_be_returned_by(actor, &plan));
    let passed = under_review(|review| review.passed_to_deputy = true);
    let last = under_review(|review| review.step = 1);
    hold([
        (
            "the first's turn",
            returned(notice(in_review())),
            [true, false, true, false, true],
        ),
        (
            "the deputy's as well",
            returned(passed),
            [true, true, true, false, true],
        ),
        (
            "the last one's turn",
            returned(last),
            [true, false, true, false, true],
        ),
        (
            "signed and held",
            returned(notice(approved())),
            [true, true, true, false, false],
        ),
    ]);
    let others = every_state().into_iter();
    let others = others.filter(|(name, _)| !["in review", "approved"].contains(name));
    hold(others.map(|(name, state)| (name, returned(notice(state)), [false; 5])));
}

#[test]
fn whoever_could_sign_it_may_give_it_up() {
    let plan = notices();
    let waived = |one: &Release, plan: &Plan| of_all(|actor| one.may_be_waived_by(actor, plan));
    let one = notice(in_review());
    assert_eq!(waived(&one, &plan), [true, true, true, false, false]);
    let correction = one.clone().correcting(1, CorrectionKind::AllClear);
    assert_eq!(
        waived(&correction, &plan),
        [false, true, false, false, false]
    );
    let mut gone = notices();
    gone.routes.clear();
    assert_eq!(waived(&one, &gone), [false; 5], "its route is gone");
}

#[test]
fn a_release_is_signed_by_its_route_and_a_correction_by_whoever_corrects() {
    let plan = notices();
    let one = notice(in_review());
    assert_eq!(plan.signers_of(&one), Some(ordinary()));
    let correction = one.clone().correcting(1, CorrectionKind::AllClear);
    let corrects = plan.corrections.as_ref().map(|one| vec![one.sign.clone()]);
    assert_eq!(plan.signers_of(&correction), corrects);
    let mut gone = notices();
    gone.routes.clear();
    assert_eq!(gone.signers_of(&one), None);
}
