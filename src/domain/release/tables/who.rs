//! Who may do what with a release before and after it is out.

use std::sync::Arc;

use super::super::Release;
use super::{notice, under_review};
use crate::domain::fixture::{
    approved, every_state, hold, in_review, item, officer, ordinary, plan, published,
};
use crate::domain::level::ResponseLevel::IV;
use crate::domain::plan::{CorrectionKind, Plan, PlanSet};
use crate::domain::rights::{About, Deed, may};

fn notices() -> Plan {
    plan([(IV, vec![item("notice")])], vec![])
}

/// Which of these may: the section head, its deputy, the office director, the duty officer, whoever submitted it.
fn may_do(deed: Deed, release: &Release, plan: Plan) -> [bool; 5] {
    let set = PlanSet {
        bodies: vec![plan.body.clone()],
        ..PlanSet::default()
    };
    let plan = Arc::new(plan);
    let about = About::release(&set, &plan, release);
    [
        officer("zhang", &["section-head"]),
        officer("li", &["duty-leader"]),
        officer("wang", &["office-director"]),
        officer("zhao", &["duty-officer"]),
        officer("drafter", &[]),
    ]
    .map(|actor| may(&actor, deed, &about).is_ok())
}

#[test]
#[rustfmt::skip]
fn each_deed_is_for_those_whose_it_is() {
    let passed = || under_review(|review| review.passed_to_deputy = true);
    let last = || under_review(|review| review.step = 1);
    let correction = || notice(in_review()).correcting(1, CorrectionKind::AllClear);
    let (t, f) = (true, false);
    let rows = [
        ("edited by its body", Deed::Edit, notice(in_review()), [t, t, t, t, f]),
        ("submitted by its body", Deed::Submit, notice(in_review()), [t, t, t, t, f]),
        ("signed in turn", Deed::Approve, notice(in_review()), [t, f, f, f, f]),
        ("signed by the deputy as well", Deed::Approve, passed(), [t, t, f, f, f]),
        ("signed by the last", Deed::Approve, last(), [f, f, t, f, f]),
        ("returned by any signer or whoever submitted it", Deed::Return, notice(in_review()), [t, f, t, f, t]),
        ("returned by the deputy as well", Deed::Return, passed(), [t, t, t, f, t]),
        ("returned while it is held", Deed::Return, notice(approved()), [t, t, t, f, f]),
        ("given up by its route, deputies included", Deed::Waive, notice(in_review()), [t, t, t, f, f]),
        ("a correction given up by whoever may prepare one", Deed::Waive, correction(), [t, t, t, t, f]),
        ("corrected by whoever signs it, corrects it or declares", Deed::Correct, notice(published("03:30")), [t, t, t, t, f]),
        ("withdrawn by the same", Deed::Withdraw, notice(published("03:30")), [t, t, t, t, f]),
    ];
    hold(rows.map(|(name, deed, one, expected)| (name, may_do(deed, &one, notices()), expected)));
}

#[test]
fn the_fast_route_adds_its_post_before_the_text_is_out() {
    let mut plan = notices();
    plan.levels.get_mut(&IV).expect("a level")[0].fast = Some("fast".into());
    hold(every_state().map(|(name, state)| {
        let expected = match name {
            "drafting" => [false, true, false, false, false],
            "in review" => [true, true, false, false, false],
            _ => [false; 5],
        };
        let got = may_do(Deed::Approve, &notice(state), plan.clone());
        (name, got, expected)
    }));
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
