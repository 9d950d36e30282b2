//! Who may sign, as a table: every refusal, and which of several comes first.

use super::Refusal::{AlreadySigned, NotYourTurn, OwnDraft, OwnWords, Stale, WrongHash};
use super::{Consent, Refusal, Seen, Signature, Signing, acting_post, may_sign};
use crate::domain::bulletin::NO_TEXT_YET;
use crate::domain::fixture::{hold, officer, ordinary, review, signature, signer};
use crate::domain::release::Review;

/// One person's try to sign the first text in its first round. As it stands it is the section head's turn, who has read
/// it and did not write it.
#[derive(Clone)]
struct Try {
    user: &'static str,
    posts: &'static [&'static str],
    review: Review,
    seen: &'static str,
    writers: &'static [&'static str],
    given: Vec<Signature>,
    despite: Option<u32>,
    own_words: bool,
    is_correction: bool,
}

fn plain() -> Try {
    Try {
        user: "zhang",
        posts: &["section-head"],
        review: review(),
        seen: "h1",
        writers: &["drafter"],
        given: Vec::new(),
        despite: None,
        own_words: false,
        is_correction: false,
    }
}

impl Try {
    /// The post that is signed for, or the refusal.
    fn sign(self) -> Result<String, Refusal> {
        let writers: Vec<String> = self.writers.iter().map(|one| (*one).into()).collect();
        let consent = Consent {
            seen: Seen::Hash(self.seen.into()),
            fast: false,
            despite: self.despite,
            own_words: self.own_words,
        };
        let signing = Signing {
            seen: self.seen,
            writers: &writers,
            given: &self.given,
            consent: &consent,
            is_correction: self.is_correction,
        };
        let actor = officer(self.user, self.posts);
        may_sign(&self.review, &actor, signing).map(|post| post.to_string())
    }
}

fn table(rows: Vec<(&str, Try, Result<&str, Refusal>)>) {
    let rows = rows.into_iter();
    hold(rows.map(|(name, one, expected)| (name, one.sign(), expected.map(str::to_owned))));
}

const HEAD: &str = "flood-office/section-head";
const DIRECTOR: &str = "flood-office/office-director";
const LEADER: &str = "flood-office/duty-leader";

fn waits_for(post: &str) -> Refusal {
    NotYourTurn {
        waiting_for: post.into(),
    }
}

/// The last of the two steps, the first one signed by `wang`.
fn last_step() -> Try {
    Try {
        posts: &["office-director"],
        review: Review {
            step: 1,
            ..review()
        },
        given: vec![signature("wang", 1, "h1")],
        ..plain()
    }
}

#[test]
#[rustfmt::skip]
fn a_signature_is_given_by_the_post_whose_turn_it_is() {
    let passed = || Review {
        passed_to_deputy: true,
        ..review()
    };
    table(vec![
        ("its turn", plain(), Ok(HEAD)),
        ("no post", Try { posts: &[], ..plain() }, Err(waits_for(HEAD))),
        ("another post", Try { posts: &["duty-officer"], ..plain() }, Err(waits_for(HEAD))),
        (
            "the same post of another body",
            Try { posts: &["water-company/section-head"], ..plain() },
            Err(waits_for(HEAD)),
        ),
        ("the next one, too early", Try { posts: &["office-director"], ..plain() }, Err(waits_for(HEAD))),
        ("the deputy, too early", Try { posts: &["duty-leader"], ..plain() }, Err(waits_for(HEAD))),
        (
            "the deputy, once the turn has passed",
            Try { posts: &["duty-leader"], review: passed(), ..plain() },
            Ok(LEADER),
        ),
        ("the post itself, after its turn has passed", Try { review: passed(), ..plain() }, Ok(HEAD)),
        (
            "who holds both signs for the post itself",
            Try { posts: &["duty-leader", "section-head"], review: passed(), ..plain() },
            Ok(HEAD),
        ),
        ("the last one", last_step(), Ok(DIRECTOR)),
        (
            "the last one has no deputy to pass to",
            Try { posts: &["duty-leader"], review: Review { step: 1, ..passed() }, ..last_step() },
            Err(waits_for(DIRECTOR)),
        ),
        (
            "all have signed",
            Try { review: Review { step: 2, ..review() }, ..last_step() },
            Err(waits_for("nobody")),
        ),
    ]);
}

#[test]
#[rustfmt::skip]
fn a_signature_is_for_the_text_that_stands() {
    let stale = |newer| Review {
        stale: Some(newer),
        ..review()
    };
    let despite = |newer, despite| Try {
        review: stale(newer),
        despite,
        ..plain()
    };
    let changed = WrongHash {
        seen: "h0".into(),
        current: "h1".into(),
    };
    table(vec![
        ("another text was read", Try { seen: "h0", ..plain() }, Err(changed)),
        ("there is a newer one", despite(3, None), Err(Stale { newer: 3 })),
        ("the newer one is not wanted", despite(3, Some(3)), Ok(HEAD)),
        ("an earlier newer one is not wanted", despite(3, Some(2)), Err(Stale { newer: 3 })),
        ("a newer one cannot be made", despite(NO_TEXT_YET, None), Err(Stale { newer: 0 })),
        ("cannot be made, and is not wanted", despite(NO_TEXT_YET, Some(0)), Ok(HEAD)),
        ("nothing is newer, whatever is not wanted", Try { despite: Some(3), ..plain() }, Ok(HEAD)),
    ]);
}

#[test]
#[rustfmt::skip]
fn nobody_signs_what_they_submitted_and_nobody_twice_in_a_round() {
    let with = |given| Try { given, ..last_step() };
    table(vec![
        ("submitted it", Try { user: "drafter", ..plain() }, Err(OwnDraft)),
        ("signed the step before", with(vec![signature("zhang", 1, "h1")]), Err(AlreadySigned)),
        (
            "signed first of several",
            with(vec![signature("zhang", 1, "h1"), signature("wang", 1, "h1")]),
            Err(AlreadySigned),
        ),
        (
            "signed the same text before it came back",
            Try {
                review: Review { round: 2, ..last_step().review },
                ..with(vec![signature("zhang", 1, "h1"), signature("wang", 2, "h1")])
            },
            Ok(DIRECTOR),
        ),
        ("somebody else signed", with(vec![signature("wang", 1, "h1")]), Ok(DIRECTOR)),
    ]);
}

#[test]
#[rustfmt::skip]
fn whoever_wrote_is_never_the_only_signer() {
    let alone = || Review {
        signers: vec![signer("section-head", Some("duty-leader"))],
        ..review()
    };
    let writer = |review| Try {
        writers: &["drafter", "zhang"],
        review,
        ..plain()
    };
    let last = |round, given| Try {
        writers: &["zhang"],
        review: Review { round, ..last_step().review },
        given,
        ..last_step()
    };
    let correction = |own_words| Try {
        own_words,
        is_correction: true,
        ..writer(alone())
    };
    table(vec![
        ("the first of two", writer(review()), Ok(HEAD)),
        ("the second of two", last(1, vec![signature("wang", 1, "h1")]), Ok(DIRECTOR)),
        (
            "the second of two, the first signed before it came back",
            last(2, vec![signature("wang", 1, "h1")]),
            Err(OwnWords),
        ),
        ("the only one", writer(alone()), Err(OwnWords)),
        ("the only one, of others' words", Try { review: alone(), ..plain() }, Ok(HEAD)),
        ("saying so helps no ordinary text", Try { own_words: true, ..writer(alone()) }, Err(OwnWords)),
        ("a correction, without a word", correction(false), Err(OwnWords)),
        ("a correction that says so", correction(true), Ok(HEAD)),
    ]);
}

#[test]
fn the_first_rule_broken_is_named_the_text_before_the_person() {
    let mut one = Try {
        user: "drafter",
        posts: &[],
        review: Review {
            stale: Some(3),
            signers: vec![signer("section-head", None)],
            ..review()
        },
        seen: "h0",
        given: vec![signature("drafter", 1, "h1")],
        ..plain()
    };
    let changed = WrongHash {
        seen: "h0".into(),
        current: "h1".into(),
    };
    assert_eq!(one.clone().sign(), Err(changed));
    one.seen = "h1";
    assert_eq!(one.clone().sign(), Err(Stale { newer: 3 }));
    one.despite = Some(3);
    assert_eq!(one.clone().sign(), Err(OwnDraft));
    one.review.submitted_by = "li".into();
    assert_eq!(one.clone().sign(), Err(AlreadySigned));
    one.given.clear();
    assert_eq!(one.clone().sign(), Err(waits_for(HEAD)));
    one.posts = &["section-head"];
    assert_eq!(one.clone().sign(), Err(OwnWords));
    one.user = "zhang";
    assert_eq!(one.sign(), Ok(HEAD.to_owned()));
}

#[test]
fn a_deputy_acts_only_where_the_turn_has_passed() {
    let section_head = &ordinary()[0];
    let rows: [(&str, &[&str], bool, Option<&str>); 5] = [
        ("the post", &["section-head"], false, Some(HEAD)),
        ("the deputy before", &["duty-leader"], false, None),
        ("the deputy after", &["duty-leader"], true, Some(LEADER)),
        ("neither", &["office-director"], true, None),
        ("both", &["duty-leader", "section-head"], true, Some(HEAD)),
    ];
    hold(rows.map(|(name, posts, passed, expected)| {
        let acting = acting_post(&officer("zhang", posts), section_head, passed);
        (
            name,
            acting.map(|post| post.to_string()),
            expected.map(str::to_owned),
        )
    }));
}
