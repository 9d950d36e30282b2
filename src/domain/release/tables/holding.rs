//! What is held before its text: whose limit its deadline is, and what a report makes of it.

use super::*;
use crate::domain::fixture::{cancelled, span};
use crate::domain::release::Holding;

/// To be held by 04:00.
fn conference(state: ReleaseState) -> Release {
    Release {
        holding: Some(Holding::Awaited),
        reminded: Reminder::Ninety,
        ..notice(state)
    }
}

fn held(release: Release, when: &str) -> Option<Release> {
    release.reported_held(at(when), span("2h"))
}

#[test]
fn the_deadline_is_the_holdings_and_then_the_texts() {
    let one = conference(drafting());
    assert!(one.awaits_holding() && one.held_at().is_none());
    for (when, late) in [("03:40", false), ("04:00", false), ("04:01", true)] {
        let one = held(one.clone(), when).expect("it was held");
        let limit = Some(at("04:00"));
        let at = at(when);
        assert_eq!(one.holding, Some(Holding::Held { at, limit }));
        assert_eq!(one.holding.is_some_and(Holding::is_late), late, "{when}");
        assert_eq!(one.due_at, Some(span("2h").after(at)));
        assert_eq!((one.opened_at, one.reminded), (at, Reminder::None));
        assert!(!one.awaits_holding());
    }
}

#[test]
fn a_report_mends_what_was_reported_and_says_nothing_twice() {
    let one = held(conference(drafting()), "04:10").expect("it was held");
    assert!(held(one.clone(), "04:10").is_none(), "nothing new");
    let mended = held(one, "03:50").expect("mended");
    assert!(!mended.holding.is_some_and(Holding::is_late));
    assert_eq!(mended.due_at, Some(at("05:50")));
}

#[test]
fn a_text_that_is_out_tells_of_what_was_held_before_it() {
    let out = Release {
        holding: held(conference(drafting()), "03:10").and_then(|one| one.holding),
        ..conference(published("03:30"))
    };
    let mended = held(out.clone(), "03:20").expect("mended");
    let publication = mended.state.publication().expect("out");
    assert_eq!(publication.due_at, Some(at("05:20")));
    assert!(held(out, "03:31").is_none(), "that is another one");
}

#[test]
fn nothing_is_held_of_what_was_given_up_or_never_is() {
    assert!(held(conference(cancelled()), "03:30").is_none());
    assert!(held(notice(drafting()), "03:30").is_none());
}
