//! Every transition of a release in every state: what it makes of it, or that it is refused and nothing has changed.

use super::super::{Drafting, NotNow, Release, ReleaseState, Submission, Wanted};
use super::notice;
use crate::domain::approval::Ready;
use crate::domain::bulletin::{NO_TEXT_YET, Publication};
use crate::domain::fixture::{
    approved, at, drafting, every_state, hold, id_of, in_review, ordinary, publication, published,
    review,
};
use crate::domain::plan::CorrectionKind;
use crate::domain::reason::Reason;

type Next = Result<Release, NotNow>;

/// The name of a transition, what it was refused as, the state that it leads to, and the states in which it is allowed.
type Row = (
    &'static str,
    fn(Release) -> Next,
    Wanted,
    &'static str,
    &'static [&'static str],
);

const OPEN: &[&str] = &["planned", "drafting", "in review", "approved"];
/// Public once, and never taken back nor corrected.
const SAID: &[&str] = &["published", "superseded", "expired", "lifted"];

fn ready() -> Ready {
    Ready {
        version: 1,
        hash: "h1".into(),
        owed: None,
        declined: None,
    }
}

fn submission(version: u32) -> Submission {
    Submission {
        version,
        hash: format!("h{version}"),
        by: "drafter".into(),
        signers: ordinary(),
        also: Vec::new(),
        newer: None,
    }
}

/// Valid until nine, in whatever state it was out.
fn limited(mut state: ReleaseState) -> ReleaseState {
    state.set_publication(Publication {
        valid_until: Some(at("09:00")),
        ..publication("03:30")
    });
    state
}

#[rustfmt::skip]
fn transitions() -> [Row; 15] {
    [
        ("drafted", |one| one.drafted(Drafting::default()), Wanted::Drafted, "drafting", &["planned", "drafting"]),
        ("edited", |one| one.edited(2, None), Wanted::Edited, "drafting", &["drafting", "in review"]),
        ("submitted", |one| one.submitted(submission(2), at("09:00")), Wanted::Submitted, "in-review", &["drafting", "in review"]),
        ("marked", |one| one.marked(Some(2)), Wanted::Drafted, "in-review", &["in review"]),
        ("returned", |one| one.returned(false, "再核".into()), Wanted::Returned, "drafting", &["in review", "approved"]),
        ("taken back", |one| one.taken_back(false, Some(2), Drafting::default(), Reason::FactsChanged), Wanted::Returned, "drafting", &["approved"]),
        ("held", |one| one.held(ready(), at("09:00")), Wanted::Approved, "approved", &["drafting", "in review"]),
        ("published", |one| one.published(publication("09:00")), Wanted::Published, "published", &["drafting", "in review", "approved"]),
        ("superseded", |one| one.superseded(at("09:00"), Reason::ResponseEnded), Wanted::Superseded, "superseded", &["planned", "drafting", "in review", "approved", "published", "expired"]),
        ("cancelled", |one| one.cancelled(at("09:00"), Reason::ResponseEnded), Wanted::Cancelled, "cancelled", OPEN),
        ("missed", |one| one.missed(at("09:00")), Wanted::Missed, "missed", OPEN),
        ("waived", |one| one.waived(at("09:00"), "kezhang".into(), "不涉及".into()), Wanted::Waived, "waived", OPEN),
        ("expired", |one| one.expired(at("09:00")), Wanted::Expired, "expired", &["published"]),
        ("corrected", |one| one.corrected(at("09:00"), id_of("notice", 7), None), Wanted::Corrected, "corrected", &["published", "superseded", "expired", "lifted", "withdrawn"]),
        ("withdrawn", |one| one.withdrawn(at("09:00"), &notice_of_withdrawal(), None), Wanted::Withdrawn, "withdrawn", SAID),
    ]
}

fn notice_of_withdrawal() -> Release {
    Release {
        correction_reason: Some("误发".into()),
        correction_reason_by: Some("daiban".into()),
        ..notice(ReleaseState::Planned).correcting(1, CorrectionKind::Withdrawal)
    }
}

#[test]
fn every_transition_leads_from_where_it_is_allowed_and_is_refused_elsewhere() {
    let mut rows = Vec::new();
    for (transition, take, wanted, to, allowed) in transitions() {
        for (name, state) in every_state() {
            let before = notice(limited(state));
            let got = match take(before.clone()) {
                Ok(after) => Ok(after.state.code()),
                Err(not_now) => Err((not_now.wanted, not_now.state, not_now.release)),
            };
            let expected = match allowed.contains(&name) {
                true => Ok(to),
                false => Err((wanted, before.state.code(), before.id)),
            };
            rows.push((format!("{transition} when {name}"), got, expected));
        }
    }
    hold(rows);
}

#[test]
fn what_went_out_stays_known_whatever_becomes_of_it() {
    let after = ["superseded", "expired", "corrected", "withdrawn"];
    let mut rows = Vec::new();
    for (transition, take, ..) in transitions() {
        if !after.contains(&transition) {
            continue;
        }
        for (name, state) in every_state() {
            let before = notice(limited(state));
            let was = before.state.publication().cloned();
            if let Ok(after) = take(before) {
                let is = after.state.publication().cloned();
                rows.push((format!("{transition} when {name}"), is, was));
            }
        }
    }
    hold(rows);
}

#[test]
fn a_correction_may_be_prepared_of_what_stands_uncorrected() {
    hold(every_state().map(|(name, state)| {
        let original = notice(state);
        let is_correction = original
            .clone()
            .correcting(9, crate::domain::plan::CorrectionKind::AllClear);
        let got = (
            original.may_be_corrected(None).is_ok(),
            is_correction.may_be_corrected(None).is_ok(),
        );
        // The right text reaches who was told the wrong one even after that was taken back.
        let may = SAID.contains(&name) || name == "withdrawn";
        (name, got, (may, false))
    }));
}

#[test]
fn a_text_expires_when_its_validity_is_over_and_not_before() {
    let until = |until: Option<&str>| {
        notice(ReleaseState::Published(Publication {
            valid_until: until.map(at),
            ..publication("03:30")
        }))
    };
    let rows = [
        ("over", until(Some("08:59")), true),
        ("over now", until(Some("09:00")), true),
        ("not yet", until(Some("09:01")), false),
        ("for good", until(None), false),
    ];
    hold(rows.map(|(name, one, expected)| (name, one.expired(at("09:00")).is_ok(), expected)));
}

#[test]
fn after_the_end_of_the_response_a_text_without_a_validity_gets_one() {
    let until = at("07-08 09:00");
    hold(every_state().map(|(name, state)| {
        let got = notice(state).stands_until(until);
        let got = got.and_then(|one| one.state.publication().and_then(|one| one.valid_until));
        (name, got, (name == "published").then_some(until))
    }));
    let own = notice(limited(published("03:30"))).stands_until(until);
    assert_eq!(own, None, "a validity of its own is kept");
}

#[test]
fn each_submission_begins_a_round_of_its_own() {
    let mut one = notice(drafting());
    for round in 1..=3 {
        one = one
            .submitted(submission(round), at("03:40"))
            .expect("it may be submitted");
        let ReleaseState::InReview(review) = &one.state else {
            panic!("{:?}", one.state)
        };
        let expected = super::Review {
            round,
            version: round,
            hash: format!("h{round}"),
            turn_since: at("03:40"),
            ..crate::domain::fixture::review()
        };
        assert_eq!((one.rounds, review), (round, &expected));
    }
}

/// What stands, what is newer, and what was said of it.
fn draft_of(one: &Release) -> (Option<u32>, Option<u32>, Option<Reason>) {
    match &one.state {
        ReleaseState::Drafting(draft) => (draft.version, draft.newer, draft.returned.clone()),
        state => panic!("no draft: {state:?}"),
    }
}

#[test]
fn what_a_person_wrote_comes_back_as_it_is_and_a_template_as_it_would_be_now() {
    let under = |stale| {
        let mut review = review();
        review.stale = stale;
        notice(ReleaseState::InReview(review))
    };
    let held = |newer| {
        let mut one = notice(approved());
        if let ReleaseState::Approved { declined, .. } = &mut one.state {
            *declined = newer;
        }
        one
    };
    let (template, person) = (false, true);
    let rows = [
        ("nothing is newer", under(None), template, (Some(1), None)),
        (
            "a newer one of the template's",
            under(Some(3)),
            template,
            (Some(3), None),
        ),
        (
            "a person's own words",
            under(Some(3)),
            person,
            (Some(1), Some(3)),
        ),
        (
            "a newer one cannot be made",
            under(Some(NO_TEXT_YET)),
            template,
            (Some(1), Some(0)),
        ),
        (
            "signed, and nothing is newer",
            held(None),
            template,
            (Some(1), None),
        ),
        (
            "signed, and newer words were declined",
            held(Some(3)),
            template,
            (Some(3), None),
        ),
        (
            "signed, of a person's own words",
            held(Some(3)),
            person,
            (Some(1), Some(3)),
        ),
    ];
    hold(rows.map(|(name, one, by, (version, newer))| {
        let back = one.returned(by, "再核".into()).expect("it may be returned");
        let why = Some(Reason::Said("再核".into()));
        (name, draft_of(&back), (version, newer, why))
    }));
}

#[test]
fn what_was_signed_and_has_grown_old_is_a_draft_once_more() {
    let made = Drafting {
        version: Some(4),
        ..Drafting::default()
    };
    let take_back = |hand_written| {
        let one = notice(approved()).taken_back(
            hand_written,
            Some(4),
            made.clone(),
            Reason::FactsChanged,
        );
        draft_of(&one.expect("it may be taken back"))
    };
    let why = Some(Reason::FactsChanged);
    assert_eq!(
        take_back(false),
        (Some(4), None, why.clone()),
        "a template's"
    );
    assert_eq!(take_back(true), (Some(1), Some(4), why), "a person's");
}

#[test]
fn an_edit_makes_a_draft_that_nobody_has_returned() {
    let one = notice(in_review())
        .edited(5, Some(6))
        .expect("it may be edited");
    assert_eq!(draft_of(&one), (Some(5), Some(6), None));
}

#[test]
fn what_was_held_goes_out_with_all_that_was_signed() {
    let signed = Ready {
        declined: Some(3),
        ..ready()
    };
    let held = notice(in_review()).held(signed.clone(), at("03:40"));
    let held = held.expect("it may be held");
    assert_eq!(held.ready(), Some(signed));
    hold(every_state().map(|(name, state)| {
        let is_ready = notice(state).ready().is_some();
        (name, is_ready, name == "approved")
    }));
}

#[test]
fn a_new_limit_counts_from_now_and_never_from_before_the_opening() {
    let one = notice(in_review()).dated(Some(at("09:00")), at("05:00"));
    assert_eq!(
        (one.opened_at, one.due_at),
        (at("05:00"), Some(at("09:00")))
    );
    let one = notice(in_review()).dated(Some(at("09:00")), at("02:00"));
    assert_eq!(one.opened_at, at("03:00"), "it opened later than that");
}

#[test]
fn a_refusal_says_the_state_who_brought_it_there_and_when() {
    let asked = |state| notice(state).not_now(Wanted::Submitted);
    #[rustfmt::skip]
    let rows = every_state().map(|(name, state)| {
        let expected = match name {
            "planned" | "drafting" => (None, None),
            "in review" => (Some("drafter"), None),
            "approved" => (None, Some("03:20")),
            "published" => (None, Some("03:30")),
            "withdrawn" => (Some("daiban"), Some("04:30")),
            "waived" => (Some("kezhang"), Some("04:30")),
            _ => (None, Some("04:30")),
        };
        let not_now = asked(state);
        let got = (not_now.by, not_now.since);
        (name, got, (expected.0.map(str::to_owned), expected.1.map(at)))
    });
    hold(rows);
    let said = asked(crate::domain::fixture::waived()).to_string();
    assert!(
        said.ends_with("is waived since 2026-06-30 20:30 UTC (by kezhang) and cannot be submitted now; nothing was changed"),
        "{said}"
    );
}
