//! What a release waits for in each of its states: when it wakes by itself, whose turn it is, who may sign.

mod deciding;
mod fast;
mod holding;
mod passing;
mod signing;
mod transitions;
mod who;

use super::{Prompt, Release, ReleaseState, Reminder, Review};
use crate::domain::bulletin::{Countersign, Publication};
use crate::domain::fixture::{
    approved, at, clock, countersign, drafting, every_state, hold, in_review, plan, publication,
    published, release, review, signer,
};
use crate::domain::plan::CorrectionKind;
use crate::domain::release::ReleaseState::{Expired, InReview, Planned, Published};

/// Opened at 03:00 and due at 04:00.
fn notice(state: ReleaseState) -> Release {
    release("notice", 1, state)
}

fn under_review(change: impl FnOnce(&mut Review)) -> Release {
    let mut review = review();
    change(&mut review);
    notice(InReview(review))
}

/// Out, with the ordinary route still to sign.
fn owing(change: impl FnOnce(&mut Countersign)) -> Publication {
    let mut owed = countersign();
    change(&mut owed);
    Publication {
        countersign: Some(owed),
        ..publication("03:30")
    }
}

fn out(publication: Publication) -> Release {
    notice(Published(publication))
}

#[test]
#[rustfmt::skip]
fn a_release_is_overdue_only_while_it_is_open() {
    hold(every_state().map(|(name, state)| {
        let is_open = matches!(name, "planned" | "drafting" | "in review" | "approved");
        let one = notice(state);
        let got = ["03:59", "04:00", "04:01"].map(|now| one.is_overdue(at(now)));
        (name, got, [false, false, is_open])
    }));
    let undated = Release {
        due_at: None,
        ..notice(drafting())
    };
    assert!(!undated.is_overdue(at("07-09 03:00")), "without a deadline");
}

#[test]
#[rustfmt::skip]
fn marks_divide_the_time_from_the_opening_to_the_deadline() {
    let dated = |due: Option<&str>| Release {
        due_at: due.map(at),
        ..notice(drafting())
    };
    let rows = [
        ("seventy percent", dated(Some("04:00")), 70, "03:42"),
        ("ninety percent", dated(Some("04:00")), 90, "03:54"),
        ("all of it", dated(Some("04:00")), 100, "04:00"),
        ("to the second", dated(Some("03:01")), 70, "03:00:42"),
        ("over days", dated(Some("07-11 03:00")), 70, "07-08 03:00"),
        ("no time at all", dated(Some("03:00")), 70, "03:00"),
        ("due before it opened", dated(Some("02:00")), 70, "03:00"),
        ("without a deadline", dated(None), 70, "-"),
    ];
    hold(rows.map(|(name, one, percent, expected)| (name, clock(one.mark_at(percent)), expected)));
}

#[test]
#[rustfmt::skip]
fn an_open_release_wakes_for_its_opening_its_reminders_and_a_turn_that_passes() {
    let reminded = |reminded, release: Release| Release { reminded, ..release };
    let undated = |state| Release {
        due_at: None,
        ..notice(state)
    };
    let late = |review: &mut Review| review.turn_since = at("03:50");
    let rows = [
        ("planned: when it opens", notice(Planned), "03:00"),
        ("planned without a deadline: when it opens", undated(Planned), "03:00"),
        ("drafting: at seventy percent", notice(drafting()), "03:42"),
        ("reminded once: at ninety", reminded(Reminder::Seventy, notice(drafting())), "03:54"),
        ("reminded twice: at the deadline", reminded(Reminder::Ninety, notice(drafting())), "04:00"),
        ("overdue and told: never", reminded(Reminder::Overdue, notice(drafting())), "-"),
        ("drafting without a deadline: never", undated(drafting()), "-"),
        ("signed and held: at seventy percent", notice(approved()), "03:42"),
        ("in review: at half of the turn", notice(in_review()), "03:15"),
        ("reminded of it: when the turn passes", notice(in_review()).prompted(Prompt::Half), "03:20"),
        ("the turn has passed", under_review(|r| r.passed_to_deputy = true), "03:42"),
        ("no deputy to pass to: whoever signs is told", under_review(|r| r.step = 1), "03:15"),
        ("and told that it is over", under_review(|r| r.step = 1).prompted(Prompt::Over), "03:42"),
        ("nobody left to sign", under_review(|r| r.step = 2), "03:42"),
        ("a turn that passes after the reminder", under_review(late), "03:42"),
        (
            "a turn that passes is waited for when all reminders are out",
            reminded(Reminder::Overdue, under_review(late)).prompted(Prompt::Half),
            "04:00",
        ),
        ("in review without a deadline", undated(in_review()), "03:15"),
    ];
    hold(rows.map(|(name, one, expected)| (name, clock(one.next_wake()), expected)));
}

#[test]
#[rustfmt::skip]
fn a_text_that_is_out_wakes_for_its_end_and_for_signatures_it_owes() {
    let until = |when| Publication {
        valid_until: Some(at(when)),
        ..publication("03:30")
    };
    let owing_until = |when| Publication {
        valid_until: Some(at(when)),
        ..owing(|_| ())
    };
    let expired = |was| {
        notice(Expired {
            at: at("04:30"),
            was,
        })
    };
    let rows = [
        ("it stands for good", out(publication("03:30")), "-"),
        ("it expires", out(until("09:00")), "09:00"),
        ("it owes signatures", out(owing(|_| ())), "05:30"),
        ("it owes one more", out(owing(|owed| owed.signed = 1)), "05:30"),
        ("it owes none any more", out(owing(|owed| owed.signed = 2)), "-"),
        ("they are overdue, and that was said", out(owing(|owed| owed.overdue_reported = true)), "-"),
        ("both: it expires first", out(owing_until("05:00")), "05:00"),
        ("both: the signatures first", out(owing_until("09:00")), "05:30"),
        ("expired: it does so once", expired(until("04:30")), "-"),
        ("expired, and what it owes is still owed", expired(owing_until("04:30")), "05:30"),
    ];
    hold(rows.map(|(name, one, expected)| (name, clock(one.next_wake()), expected)));
    let given_up = ["superseded before it was out", "waived", "cancelled", "missed"];
    let rest = every_state().into_iter();
    hold(
        rest.filter(|(name, _)| given_up.contains(name))
            .map(|(name, state)| (name, notice(state).next_wake(), None)),
    );
}

#[test]
#[rustfmt::skip]
fn every_text_that_was_out_still_owes_its_signatures() {
    hold(every_state().map(|(name, mut state)| {
        let was_out = state.publication().is_some();
        state.set_publication(owing(|_| ()));
        let one = notice(state);
        let owed = (clock(one.next_wake()), post_of(&one), signers_of(&one));
        let expected = was_out.then(|| {
            let (head, leader) = ("flood-office/section-head", "flood-office/duty-leader");
            ("05:30".to_owned(), head.to_owned(), format!("{head} {leader}"))
        });
        // What is open or was given up has no publication that could owe anything.
        (name, was_out.then_some(owed), expected)
    }));
}

/// Whose turn it is; `-` for nobody's in particular.
fn post_of(release: &Release) -> String {
    let post = release.next_post(&plan([], vec![]));
    post.map_or_else(|| "-".into(), |post| post.to_string())
}

fn signers_of(release: &Release) -> String {
    let posts = release.may_sign();
    let posts: Vec<String> = posts.iter().map(ToString::to_string).collect();
    posts.join(" ")
}

#[test]
#[rustfmt::skip]
fn the_turn_is_the_drafters_then_the_signers_then_whoever_owes_a_signature() {
    let passed = |review: &mut Review| review.passed_to_deputy = true;
    let alone = |review: &mut Review| {
        review.passed_to_deputy = true;
        review.signers = vec![signer("office-director", None)];
    };
    let mut correction = under_review(passed);
    correction.correction = Some(CorrectionKind::WrongContent);
    let owes = |signed| out(owing(|owed| owed.signed = signed));
    // Whose turn it is, and who may sign.
    let (drafter, head) = ("flood-office/duty-officer", "flood-office/section-head");
    let (leader, director) = ("flood-office/duty-leader", "flood-office/office-director");
    let either = format!("{head} {leader}");
    let either = either.as_str();
    let rows = [
        ("planned", notice(Planned), drafter, ""),
        ("drafting", notice(drafting()), drafter, ""),
        ("in review", notice(in_review()), head, head),
        ("the second step", under_review(|r| r.step = 1), director, director),
        ("passed to the deputy", under_review(passed), leader, either),
        ("passed, without a deputy", under_review(alone), director, director),
        ("all have signed", under_review(|r| r.step = 2), "-", ""),
        ("a correction: either, the post itself first", correction, head, either),
        ("signed and held", notice(approved()), "-", ""),
        ("out and owing nothing", notice(published("03:30")), "-", ""),
        ("out and owing two", owes(0), head, either),
        ("out and owing one", owes(1), director, director),
        ("out, and all have signed", owes(2), "-", ""),
    ];
    hold(rows.map(|(name, one, turn, signers)| {
        let got = (post_of(&one), signers_of(&one));
        (name, got, (turn.to_owned(), signers.to_owned()))
    }));
}

#[test]
#[rustfmt::skip]
fn a_state_keeps_what_went_out_and_says_whether_it_is_open() {
    // Open, was out, the version that counts.
    hold(every_state().map(|(name, state)| {
        let expected = match name {
            "planned" => (true, false, None),
            "drafting" | "in review" | "approved" => (true, false, Some(1)),
            "superseded before it was out" | "waived" | "cancelled" | "missed" => (false, false, None),
            _ => (false, true, Some(1)),
        };
        let was_out = state.publication().is_some();
        (name, (state.is_open(), was_out, state.standing_version()), expected)
    }));
}
