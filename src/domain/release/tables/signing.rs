//! Signatures: in the turn of a route, alone on the fast route, after the text is out, and what a refusal does.

use super::super::{Release, ReleaseState, Review, Signed, Then, Unsigned, Wanted, Wish};
use super::{notice, under_review};
use crate::domain::approval::Refusal::{
    AlreadySigned, NotYourTurn, OwnDraft, OwnWords, Stale, WrongHash,
};
use crate::domain::approval::{Consent, Ready, Refusal, Seen, Signature, SignatureKind};
use crate::domain::bulletin::{Bulletin, Countersign, Publication};
use crate::domain::fixture::{
    approved, at, clock, countersign, drafting, every_state, hold, item, officer, plan, post,
    publication, published, review, signature, text,
};
use crate::domain::plan::{CorrectionKind, Item, Plan};

/// A try to sign the first text at 03:40. As it stands it is the section head's.
#[derive(Clone)]
pub(super) struct Try {
    pub release: Release,
    pub user: &'static str,
    pub posts: &'static [&'static str],
    pub text: Bulletin,
    pub given: Vec<Signature>,
    pub consent: Consent,
    pub plan: Plan,
    pub item: Item,
}

pub(super) fn notice_item() -> Item {
    Item {
        fast: Some("fast".into()),
        ..item("notice")
    }
}

pub(super) fn reviewed(change: impl FnOnce(&mut Review)) -> Release {
    let mut review = review();
    review.hash = text().hash();
    change(&mut review);
    Release {
        rounds: 1,
        ..notice(ReleaseState::InReview(review))
    }
}

pub(super) fn plain() -> Try {
    Try {
        release: reviewed(|_| ()),
        user: "zhang",
        posts: &["section-head"],
        text: text(),
        given: Vec::new(),
        consent: Consent::to(text().hash()),
        plan: plan([], vec![]),
        item: notice_item(),
    }
}

/// The duty leader's, alone, of a text that nobody has submitted.
pub(super) fn fast() -> Try {
    Try {
        release: notice(drafting()),
        user: "li",
        posts: &["duty-leader"],
        consent: Consent {
            fast: true,
            ..plain().consent
        },
        ..plain()
    }
}

/// Out since 03:30 on the fast route, the ordinary one still to sign.
fn owing() -> Try {
    let publication = Publication {
        hash: text().hash(),
        countersign: Some(countersign()),
        ..publication("03:30")
    };
    Try {
        release: Release {
            rounds: 1,
            ..notice(ReleaseState::Published(publication))
        },
        given: vec![signature("li", 1, &text().hash())],
        ..plain()
    }
}

impl Try {
    pub fn sign(self) -> Result<Signed, Unsigned> {
        let actor = officer(self.user, self.posts);
        let seen = match &self.consent.seen {
            Seen::Hash(hash) => hash.clone(),
            Seen::Code(code) => panic!("{code}"),
        };
        let wish = Wish {
            actor: &actor,
            consent: &self.consent,
            seen: &seen,
            text: &self.text,
            given: &self.given,
            now: at("03:40"),
        };
        self.release.signed(&self.plan, &self.item, wish)
    }

    pub fn refusal(self) -> Refusal {
        match self.sign() {
            Err(Unsigned::Refused(refusal)) => refusal,
            other => panic!("{other:?}"),
        }
    }

    pub fn seen(mut self, hash: &str) -> Self {
        self.consent.seen = Seen::Hash(hash.into());
        self
    }
}

pub(super) fn waits_for(post: &str) -> Refusal {
    NotYourTurn {
        waiting_for: post.into(),
    }
}

pub(super) fn posts_of(ready: &Ready) -> Vec<String> {
    let owed = ready.owed.iter().flat_map(|owed| &owed.signers);
    owed.map(|one| one.post.post.clone()).collect()
}

#[track_caller]
pub(super) fn ready(signed: &Signed) -> &Ready {
    match &signed.then {
        Then::Ready(ready) => ready,
        then => panic!("{then:?}"),
    }
}

#[test]
fn a_signature_passes_the_turn_to_the_next_post() {
    let signed = plain().sign().expect("it is their turn");
    assert_eq!(signed.then, Then::Waits(post("office-director")));
    let expected = reviewed(|review| {
        review.step = 1;
        review.turn_since = at("03:40");
    });
    assert_eq!(signed.release, expected);
    let signature = signed.signature;
    assert_eq!(
        (signature.kind, signature.round, signature.version),
        (SignatureKind::Review, 1, 1)
    );
    assert_eq!(
        (signature.user.as_str(), signature.post),
        ("zhang", post("section-head"))
    );
    assert_eq!(
        (signature.hash, clock(signature.at)),
        (text().hash(), "03:40".into())
    );
}

#[test]
fn a_turn_that_had_passed_begins_anew_with_the_next_post() {
    let one = Try {
        release: reviewed(|review| review.passed_to_deputy = true),
        user: "li",
        posts: &["duty-leader"],
        ..plain()
    };
    let signed = one.sign().expect("the deputy may");
    let ReleaseState::InReview(review) = &signed.release.state else {
        panic!("{:?}", signed.release.state)
    };
    assert_eq!((review.step, review.passed_to_deputy), (1, false));
}

#[test]
fn the_last_signature_makes_it_ready_with_what_its_signers_declined() {
    let last = |stale, despite| Try {
        release: reviewed(|review| {
            review.step = 1;
            review.stale = stale;
        }),
        posts: &["office-director"],
        given: vec![signature("wang", 1, &text().hash())],
        consent: Consent {
            despite,
            ..plain().consent
        },
        ..plain()
    };
    for stale in [None, Some(3)] {
        let signed = last(stale, stale).sign().expect("the last one");
        let expected = Ready {
            version: 1,
            hash: text().hash(),
            owed: None,
            declined: stale,
        };
        assert_eq!(*ready(&signed), expected);
    }
    assert_eq!(last(Some(3), None).refusal(), Stale { newer: 3 });
}

#[test]
fn a_correction_goes_out_on_one_signature_and_owes_a_second() {
    let correction = |writers: &[&str], own_words| {
        let mut text = text();
        text.written_by = writers.iter().map(|one| (*one).into()).collect();
        let mut release = reviewed(|review| {
            review.hash = text.hash();
            review.signers.truncate(1);
            review.submitted_by = "fabu".into();
        });
        release.correction = Some(CorrectionKind::WrongContent);
        let consent = Consent {
            own_words,
            ..Consent::to(text.hash())
        };
        Try {
            release,
            text,
            consent,
            ..plain()
        }
    };
    let told = |one: Try| {
        let signed = one.sign().expect("it may be signed");
        let ready = ready(&signed);
        let owed = ready.owed.as_ref().expect("a second signature");
        (signed.signature.kind, posts_of(ready), owed.own_words)
    };
    // The head, who is named for it, has signed; so it is the post that signs which confirms.
    let confirmed = || vec!["duty-leader".to_owned()];
    hold([
        (
            "of others' words",
            told(correction(&["wang"], false)),
            (SignatureKind::Correction, confirmed(), false),
        ),
        (
            "of the signer's own words, which they say",
            told(correction(&["zhang"], true)),
            (SignatureKind::Correction, confirmed(), true),
        ),
        (
            "of others' words, whatever they say",
            told(correction(&["wang"], true)),
            (SignatureKind::Correction, confirmed(), false),
        ),
    ]);
    assert_eq!(correction(&["zhang"], false).refusal(), OwnWords);
}

#[test]
fn a_countersignature_is_taken_whatever_has_become_of_the_text() {
    let publication = || {
        owing()
            .release
            .state
            .publication()
            .cloned()
            .expect("it is out")
    };
    let out = every_state()
        .into_iter()
        .filter(|(_, state)| state.publication().is_some());
    let out: Vec<_> = out.collect();
    assert_eq!(out.len(), 6);
    for (name, mut state) in out {
        state.set_publication(publication());
        let one = Try {
            release: Release {
                rounds: 1,
                ..notice(state)
            },
            ..owing()
        };
        let before = one.release.clone();
        let signed = one.sign().expect(name);
        let next = Some(post("office-director"));
        assert_eq!(
            signed.then,
            Then::Countersigned { next, late: false },
            "{name}"
        );
        assert_eq!(signed.signature.kind, SignatureKind::Countersign);
        let mut expected = publication();
        expected.countersign = expected
            .countersign
            .map(|owed| Countersign { signed: 1, ..owed });
        let mut after = before;
        after.state.set_publication(expected);
        assert_eq!(signed.release, after, "{name}: nothing but the signature");
    }
}

#[test]
fn a_countersignature_is_refused_for_each_of_its_reasons() {
    let director = Try {
        posts: &["office-director"],
        ..owing()
    };
    let sender = Try {
        user: "li",
        ..owing()
    };
    let changed = WrongHash {
        seen: "h0".into(),
        current: text().hash(),
    };
    hold([
        (
            "another text was read",
            owing().seen("h0").refusal(),
            changed,
        ),
        ("whoever sent it", sender.refusal(), AlreadySigned),
        (
            "not their turn",
            director.refusal(),
            waits_for("flood-office/section-head"),
        ),
    ]);
    let deputy = Try {
        user: "chen",
        posts: &["duty-leader"],
        ..owing()
    };
    assert!(deputy.sign().is_ok(), "the deputy may at any time");
}

#[test]
fn a_countersignature_after_its_time_is_late() {
    let mut one = owing();
    let mut publication = one.release.state.publication().cloned().expect("it is out");
    if let Some(owed) = &mut publication.countersign {
        owed.due_at = at("03:39");
        owed.signed = 1;
    }
    one.release.state.set_publication(publication);
    one.posts = &["office-director"];
    let signed = one.sign().expect("it may be signed");
    assert_eq!(
        signed.then,
        Then::Countersigned {
            next: None,
            late: true
        }
    );
}

#[test]
fn there_is_a_signature_only_where_one_is_waited_for() {
    // Under review; or a draft, for the fast route; or out, and owing one.
    let can = |release: &Release, fast| release.to_be_signed(fast).ok();
    hold(every_state().map(|(name, state)| {
        let one = notice(state);
        let (reviewed, draft) = (name == "in review", name == "drafting");
        let expected = (reviewed.then_some(1), (reviewed || draft).then_some(1));
        (name, (can(&one, false), can(&one, true)), expected)
    }));
    assert_eq!(can(&owing().release, false), Some(1));
    hold(every_state().map(|(name, state)| {
        let one = Try {
            release: notice(state),
            ..plain()
        };
        let got = match one.sign() {
            Err(Unsigned::NotNow(not_now)) => Some(not_now.wanted),
            _ => None,
        };
        (name, got, (name != "in review").then_some(Wanted::Approved))
    }));
}

#[test]
#[rustfmt::skip]
fn nobody_waits_for_somebody_who_may_not_sign_their_own_words() {
    let head = || officer("zhang", &["section-head"]);
    let rows = [
        ("their words, and there is a deputy", under_review(|_| ()), OwnWords, head(), false, true),
        ("on the fast route it was nobody's turn", under_review(|_| ()), OwnWords, head(), true, false),
        ("somebody else's turn", under_review(|_| ()), OwnWords, officer("li", &["duty-leader"]), false, false),
        ("their draft", under_review(|_| ()), OwnDraft, head(), false, false),
        ("there is no deputy", under_review(|r| r.step = 1), OwnWords, officer("wang", &["office-director"]), false, false),
        ("it has passed already", under_review(|r| r.passed_to_deputy = true), OwnWords, head(), false, false),
        ("no review", notice(published("03:30")), OwnWords, head(), false, false),
        ("held", notice(approved()), OwnWords, head(), false, false),
    ];
    hold(rows.map(|(name, one, refusal, actor, fast, passes)| {
        let consent = Consent { fast, ..Consent::to("h1") };
        let passed = one.passes_on(&refusal, &actor, &consent);
        (name, passed, passes.then(|| (post("section-head"), post("duty-leader"))))
    }));
}
