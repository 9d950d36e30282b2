//! The fast route (先发后签): one signature sends a text, the rest is owed; and every reason to refuse it.

use super::super::ReleaseState;
use super::signing::{Try, fast, notice_item, posts_of, ready, reviewed, waits_for};
use crate::domain::approval::Refusal::{
    AlreadySigned, NoFastRoute, NotPreApproved, OwnDraft, OwnWords, Stale, WrongHash,
};
use crate::domain::approval::SignatureKind;
use crate::domain::bulletin::{Author, Bulletin};
use crate::domain::fixture::{hold, ordinary, post, signature, text};
use crate::domain::plan::{CorrectionKind, Item, Route};

#[test]
fn the_fast_route_sends_it_on_one_signature_and_owes_the_ordinary_one() {
    let owed = |one: Try| {
        let signed = one.sign().expect("it may be sent");
        assert_eq!(signed.signature.kind, SignatureKind::Fast);
        (signed.signature.round, posts_of(ready(&signed)))
    };
    let both = || vec!["section-head".to_owned(), "office-director".to_owned()];
    let by_head = |countersigned: &[&str]| {
        let mut one = Try {
            posts: &["section-head"],
            ..fast()
        };
        one.plan.routes.get_mut("fast").expect("a route").sign = vec![ordinary().remove(0)];
        let route: &mut Route = one.plan.routes.get_mut("ordinary").expect("a route");
        route
            .sign
            .retain(|signer| countersigned.contains(&signer.post.post.as_str()));
        one
    };
    let under_review = Try {
        release: reviewed(|_| ()),
        ..fast()
    };
    let deputy = Try {
        posts: &["command/duty-leader"],
        ..fast()
    };
    hold([
        ("a draft begins a round", owed(fast()), (1, both())),
        (
            "a text under review is in one",
            owed(under_review),
            (1, both()),
        ),
        ("the deputy may at once", owed(deputy), (1, both())),
        (
            "whose post has signed need not sign again",
            owed(by_head(&["section-head", "office-director"])),
            (1, vec!["office-director".to_owned()]),
        ),
        (
            "unless nobody else would",
            owed(by_head(&["section-head"])),
            (1, vec!["section-head".to_owned()]),
        ),
    ]);
}

#[test]
fn the_fast_route_owes_nothing_of_posts_that_have_signed_in_their_turn() {
    let begun = || Try {
        release: reviewed(|review| review.step = 1),
        given: vec![signature("zhang", 1, &text().hash())],
        ..fast()
    };
    let mut by_deputy = begun();
    by_deputy.given[0].post = post("duty-leader");
    by_deputy.posts = &["command/duty-leader"];
    let mut shorter = begun();
    let route: &mut Route = shorter.plan.routes.get_mut("ordinary").expect("a route");
    route.sign.truncate(1);
    let owed = |one: Try| {
        let signed = one.sign().expect("it may be sent");
        let ready = ready(&signed);
        ready.owed.is_some().then(|| posts_of(ready))
    };
    let director = || Some(vec!["office-director".to_owned()]);
    hold([
        ("the first of two", owed(begun()), director()),
        ("the first by its deputy", owed(by_deputy), director()),
        ("everybody who would countersign", owed(shorter), None),
    ]);
}

#[test]
fn the_fast_route_is_refused_for_each_of_its_reasons() {
    let changed = |seen: &str| WrongHash {
        seen: seen.into(),
        current: text().hash(),
    };
    let stale = |despite| {
        let mut one = fast();
        if let ReleaseState::Drafting(draft) = &mut one.release.state {
            draft.newer = Some(3);
        }
        one.consent.despite = despite;
        one
    };
    let with_text = |change: &dyn Fn(&mut Bulletin)| {
        let mut one = fast();
        change(&mut one.text);
        let hash = one.text.hash();
        one.seen(&hash)
    };
    let correction = {
        let mut one = fast();
        one.release.correction = Some(CorrectionKind::AllClear);
        one
    };
    let item = |route: Option<&str>| Try {
        item: Item {
            fast: route.map(str::to_owned),
            ..notice_item()
        },
        ..fast()
    };
    let submitted = Try {
        release: reviewed(|review| review.submitted_by = "li".into()),
        ..fast()
    };
    let twice = Try {
        release: reviewed(|_| ()),
        given: vec![signature("li", 1, &text().hash())],
        ..fast()
    };
    let by_hand = with_text(&|text| {
        text.author = Author::Person {
            user: "wang".into(),
        }
    });
    let own_words = with_text(&|text| text.written_by = vec!["li".into()]);
    let rows = [
        ("another text was read", fast().seen("h0"), changed("h0")),
        ("a newer text", stale(None), Stale { newer: 3 }),
        ("a correction has its own", correction, NoFastRoute),
        ("the item has none", item(None), NoFastRoute),
        (
            "the plan has none of that name",
            item(Some("gone")),
            NoFastRoute,
        ),
        ("the route is no fast one", item(Some("quick")), NoFastRoute),
        ("a text written by hand", by_hand, NotPreApproved),
        (
            "another post",
            Try {
                posts: &["section-head"],
                ..fast()
            },
            waits_for("flood-office/duty-leader"),
        ),
        ("words of the signer", own_words, OwnWords),
        ("submitted by the signer", submitted, OwnDraft),
        ("signed by the signer", twice, AlreadySigned),
    ];
    hold(rows.map(|(name, one, expected)| (name, one.refusal(), expected)));
    let meant = stale(Some(3)).sign().expect("the older words are meant");
    assert_eq!(ready(&meant).declined, Some(3));
}
