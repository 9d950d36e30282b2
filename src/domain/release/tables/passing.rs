//! What time alone does to a release, and who is told of a deadline.

use super::super::{Falls, Prompt, Release, ReleaseState, Reminder};
use super::{notice, owing, under_review};
use crate::domain::bulletin::Publication;
use crate::domain::deadline::Anchor::Activation;
use crate::domain::fixture::{
    approved, at, drafting, every_state, hold, in_review, item, plan, post, publication, signer,
};
use crate::domain::level::ResponseLevel::IV;
use crate::domain::plan::{CorrectionKind, Plan};

fn told(falls: Option<Falls>) -> String {
    match falls {
        None => "nothing".into(),
        Some(Falls::Ask) => "ask".into(),
        Some(Falls::Open) => "open".into(),
        Some(Falls::Expire) => "expire".into(),
        Some(Falls::Lift) => "lift".into(),
        Some(Falls::Prompt { signer, how }) => format!("{} is reminded: {how:?}", signer.post),
        Some(Falls::PassTurn { from, to }) => format!("from {} to {}", from.post, to.post),
        Some(Falls::CountersignOverdue { by }) => {
            let by = by.map_or_else(|| "nobody".into(), |post| post.post);
            format!("{by} owes a signature")
        }
    }
}

#[test]
fn what_falls_due_is_named_from_the_moment_it_does() {
    let out = |publication| notice(ReleaseState::Published(publication));
    let both = || Publication {
        valid_until: Some(at("05:00")),
        ..owing(|_| ())
    };
    let expired = || {
        notice(ReleaseState::Expired {
            at: at("05:00"),
            was: both(),
        })
    };
    let waits = || notice(in_review());
    let owes = |signed| out(owing(|owed| owed.signed = signed));
    let (passes, head_owes) = (
        "from section-head to duty-leader",
        "section-head owes a signature",
    );
    #[rustfmt::skip]
    let rows = [
        ("before it opens", notice(ReleaseState::Planned), "02:59", "nothing"),
        ("it opens", notice(ReleaseState::Planned), "03:00", "open"),
        ("a draft waits for people", notice(drafting()), "07-09 03:00", "nothing"),
        ("before half of the turn is gone", waits(), "03:14", "nothing"),
        ("half of it is gone", waits(), "03:15", "section-head is reminded: Half"),
        ("that was said, and the turn does not pass yet", waits().prompted(Prompt::Half), "03:19", "nothing"),
        ("the turn passes", waits(), "03:20", passes),
        ("it has passed", under_review(|r| r.passed_to_deputy = true), "09:00", "nothing"),
        ("there is no deputy", under_review(|r| r.step = 1), "09:00", "office-director is reminded: Over"),
        ("and that was said", under_review(|r| r.step = 1).prompted(Prompt::Over), "09:00", "nothing"),
        ("all have signed", under_review(|r| r.step = 2), "09:00", "nothing"),
        ("held for another", notice(approved()), "09:00", "nothing"),
        ("out for good", out(publication("03:30")), "07-09 03:00", "nothing"),
        ("before a countersignature is overdue", owes(0), "05:29", "nothing"),
        ("a countersignature is overdue", owes(0), "05:30", head_owes),
        ("the last one is", owes(1), "05:30", "office-director owes a signature"),
        ("all are given", owes(2), "09:00", "nothing"),
        ("it was said once", owes(0).overdue_reported(), "09:00", "nothing"),
        ("it expires first", out(both()), "09:00", "expire"),
        ("and owes what it owed", expired(), "09:00", head_owes),
    ];
    hold(rows.map(|(name, one, now, expected)| (name, told(one.falls_due(at(now))), expected)));
    let settled = [
        "superseded before it was out",
        "waived",
        "cancelled",
        "missed",
    ];
    let rest = every_state()
        .into_iter()
        .filter(|(name, _)| settled.contains(name));
    hold(rest.map(|(name, state)| (name, told(notice(state).falls_due(at("09:00"))), "nothing")));
}

/// With or without a post of the body that wants to hear of what is late.
fn of_body(tells: bool) -> Plan {
    let mut plan = plan([(IV, vec![item("notice").due("1h", Activation)])], vec![]);
    if tells {
        let leader = plan
            .body
            .posts
            .iter_mut()
            .find(|one| one.post == "duty-leader");
        leader.expect("a duty leader").told_of_overdue = true;
    }
    plan
}

fn reminder(plan: &Plan, one: &Release, now: &str) -> String {
    match one.reminder_due(plan, at(now)) {
        None => "nobody".into(),
        Some(reminded) => {
            let to = reminded
                .to
                .map_or_else(|| "nobody".into(), |post| post.post);
            format!("{} {to}", reminded.mark.percent())
        }
    }
}

#[test]
fn whoever_is_next_is_reminded_and_at_the_end_whoever_wants_to_hear_of_it() {
    let plan = of_body(true);
    let after = |mark| notice(drafting()).reminded(mark);
    let passed = under_review(|review| review.passed_to_deputy = true);
    #[rustfmt::skip]
    let rows = [
        ("before the first mark", notice(drafting()), "03:41", "nobody"),
        ("seventy percent", notice(drafting()), "03:42", "70 duty-officer"),
        ("it was told already", after(Reminder::Seventy), "03:53", "nobody"),
        ("ninety percent", after(Reminder::Seventy), "03:54", "90 duty-officer"),
        ("nobody looked before ninety", notice(drafting()), "03:54", "90 duty-officer"),
        ("the end", after(Reminder::Ninety), "04:00", "100 duty-leader"),
        ("nobody looked before the end", notice(drafting()), "09:00", "100 duty-leader"),
        ("said at the end", after(Reminder::Overdue), "09:00", "nobody"),
        ("the signer's turn", notice(in_review()), "03:42", "70 section-head"),
        ("the deputy's turn", passed, "03:42", "70 duty-leader"),
        ("signed and held: nobody in particular", notice(approved()), "03:42", "70 nobody"),
        ("signed and held, at the end", notice(approved()), "04:00", "100 duty-leader"),
    ];
    hold(rows.map(|(name, one, now, expected)| (name, reminder(&plan, &one, now), expected)));
    let undated = Release {
        due_at: None,
        ..notice(drafting())
    };
    assert_eq!(
        reminder(&plan, &undated, "09:00"),
        "nobody",
        "without a deadline"
    );
    let settled = every_state()
        .into_iter()
        .filter(|(_, state)| !state.is_open());
    hold(settled.map(|(name, state)| (name, reminder(&plan, &notice(state), "09:00"), "nobody")));
}

#[test]
fn a_body_that_names_nobody_has_its_last_signer_told() {
    let plan = of_body(false);
    assert_eq!(
        reminder(&plan, &notice(drafting()), "04:00"),
        "100 office-director"
    );
    let correction = notice(drafting()).correcting(1, CorrectionKind::AllClear);
    assert_eq!(reminder(&plan, &correction, "04:00"), "100 duty-leader");
    let mut nowhere = of_body(false);
    nowhere.routes.clear();
    assert_eq!(
        reminder(&nowhere, &notice(drafting()), "04:00"),
        "100 duty-officer",
        "whoever is next"
    );
}

#[test]
fn a_minute_late_is_punctual() {
    let due = |when: &str| Release {
        wake_at: Some(at(when)),
        ..notice(drafting())
    };
    let rows = [
        ("to the minute", due("03:42"), None),
        ("a minute", due("03:41"), None),
        ("two minutes", due("03:40"), Some(at("03:40"))),
        ("never", notice(drafting()), None),
    ];
    hold(rows.map(|(name, one, expected)| (name, one.noticed_late(at("03:42")), expected)));
}

#[test]
fn only_a_review_has_a_turn_to_pass() {
    for (name, state) in every_state() {
        let before = notice(state);
        let after = before.clone().passed_to_deputy();
        match &after.state {
            ReleaseState::InReview(review) => assert!(review.passed_to_deputy),
            _ => assert_eq!(after, before, "{name}"),
        }
    }
    let alone = under_review(|review| review.signers = vec![signer("office-director", None)]);
    assert_eq!(
        alone.passed_to_deputy().may_sign(),
        [post("office-director")]
    );
}
