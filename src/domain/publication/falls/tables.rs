//! What becomes of each text that waits in review when what it is about is withdrawn, corrected, lifted, replaced, or its response
//! ends.

use super::falls;
use crate::domain::area::AreaCode;
use crate::domain::fixture::{
    at, corrected, hold, id_of, in_review, incident, item, lifted, plan, publication, published,
    release, undecided, withdrawn,
};
use crate::domain::level::ResponseLevel::III;
use crate::domain::lifting::Lifted;
use crate::domain::plan::CorrectionKind::{SentInError, Withdrawal, WrongContent};
use crate::domain::reason::Reason;
use crate::domain::release::{Release, ReleaseState};

const TOWN: &str = "320299101";
const OTHER: &str = "320299102";

fn areas(codes: &[&str]) -> Vec<AreaCode> {
    codes.iter().map(|code| AreaCode((*code).into())).collect()
}

/// The order of two towns.
fn order(state: ReleaseState) -> Release {
    Release {
        areas: Some(areas(&[TOWN, OTHER])),
        ..release("evacuation", 1, state)
    }
}

/// Replaced at 04:30 by another measure.
fn replaced() -> ReleaseState {
    ReleaseState::Superseded {
        at: at("04:30"),
        why: Reason::Replaced {
            by: id_of("stay", 1),
            name: "stay-in".into(),
        },
        was: Some(publication("02:30")),
    }
}

/// The order, lifted in these places by the return that is out.
fn lifted_in(state: ReleaseState, places: &[&str]) -> Release {
    let mut one = order(state);
    one.lifted.push(Lifted {
        at: at("03:00"),
        by: id_of("return", 1),
        areas: areas(places),
        to_come: false,
        except: None,
        before: Vec::new(),
    });
    one
}

fn goes_over(places: &[&str]) -> Release {
    Release {
        areas: Some(areas(places)),
        ..release("return", 1, in_review())
    }
}

/// What is in review is of 03:00.
fn becomes(waiting: &Release, others: Vec<Release>, ended: bool) -> Option<Reason> {
    let items = vec![
        item("evacuation").decided(),
        item("stay-in").decided(),
        item("return").decided().lifting("evacuation"),
        item("advice"),
    ];
    let plan = plan([(III, items)], vec![]);
    let mut incident = incident(&[(III, "02:00")]);
    if ended {
        incident = incident.ended_at("04:30");
    }
    let all: Vec<Release> = others.into_iter().chain([waiting.clone()]).collect();
    falls(&plan, &incident, waiting, &all)
}

#[test]
fn what_waits_falls_with_what_it_is_about() {
    let over = Some(Reason::OriginalOver);
    let idle = Some(Reason::NothingToLift);
    let out = || published("02:30");
    let waits = |number, of, kind| release("evacuation", number, in_review()).correcting(of, kind);
    let correction = waits(8, 1, WrongContent);
    let taken_back = waits(8, 1, Withdrawal);
    // The first correction is out; it is taken back, and the second one waits.
    let first = |state| release("evacuation", 2, state).correcting(1, WrongContent);
    let of_first = waits(8, 2, Withdrawal);
    let mended = |first: Release| {
        let mut one = order(corrected("02:30"));
        if let ReleaseState::Corrected { by, .. } = &mut one.state {
            *by = first.id.clone();
        }
        vec![one, first]
    };
    let lifting = |state| Release {
        areas: Some(areas(&[TOWN])),
        ..release("return", 1, state)
    };
    let of_lifting = |kind| release("return", 8, in_review()).correcting(1, kind);
    let both = |measure, lifting| vec![measure, lifting];
    let here = [TOWN];
    hold([
        (
            "an order, the response ended",
            becomes(&order(in_review()), vec![], true),
            None,
        ),
        (
            "a correction, the order stands",
            becomes(&correction, vec![order(out())], false),
            None,
        ),
        (
            "a correction, the response ended",
            becomes(&correction, vec![order(out())], true),
            None,
        ),
        (
            "a correction, the order withdrawn",
            becomes(&correction, vec![order(withdrawn("02:30"))], false),
            over.clone(),
        ),
        (
            "a correction, the order lifted",
            becomes(&correction, vec![order(lifted("02:30"))], false),
            over.clone(),
        ),
        (
            "a correction, the order lifted in a part",
            becomes(&correction, vec![lifted_in(out(), &here)], false),
            None,
        ),
        (
            "a correction, the order replaced",
            becomes(&correction, vec![order(replaced())], false),
            over.clone(),
        ),
        (
            "a second correction, the first one stands",
            becomes(&correction, mended(first(out())), false),
            None,
        ),
        (
            "a second correction, the first one withdrawn",
            becomes(
                &correction,
                vec![order(out()), first(withdrawn("02:30"))],
                false,
            ),
            over.clone(),
        ),
        (
            "a second correction, the corrected order lifted",
            becomes(&correction, mended(first(lifted("02:30"))), false),
            over.clone(),
        ),
        (
            "a second correction, the corrected order withdrawn",
            becomes(
                &correction,
                vec![order(withdrawn("02:30")), first(replaced())],
                false,
            ),
            over.clone(),
        ),
        (
            "a withdrawal, the order stands",
            becomes(&taken_back, vec![order(out())], false),
            None,
        ),
        (
            "a withdrawal, the order lifted",
            becomes(&taken_back, vec![order(lifted("02:30"))], false),
            over.clone(),
        ),
        (
            "a withdrawal, the order replaced",
            becomes(&taken_back, vec![order(replaced())], false),
            over.clone(),
        ),
        (
            "a withdrawal, the response ended",
            becomes(&taken_back, vec![order(out())], true),
            None,
        ),
        (
            "a withdrawal of a correction, which was corrected again",
            becomes(&of_first, vec![order(out()), first(replaced())], false),
            over.clone(),
        ),
        (
            "a withdrawal of a correction, the order lifted",
            becomes(&of_first, vec![order(out()), first(lifted("02:30"))], false),
            over.clone(),
        ),
        (
            "an order sent in error, which was lifted",
            becomes(
                &waits(8, 1, SentInError),
                vec![order(lifted("02:30"))],
                false,
            ),
            over.clone(),
        ),
        (
            "a lifting, the order stands",
            becomes(&goes_over(&here), vec![order(out())], false),
            None,
        ),
        (
            "a lifting, the response ended",
            becomes(&goes_over(&here), vec![order(out())], true),
            None,
        ),
        (
            "a lifting, the order withdrawn",
            becomes(&goes_over(&here), vec![order(withdrawn("02:30"))], false),
            idle.clone(),
        ),
        (
            "a lifting, the order replaced",
            becomes(&goes_over(&here), vec![order(replaced())], false),
            idle.clone(),
        ),
        (
            "a lifting, the order corrected",
            becomes(&goes_over(&here), mended(first(out())), false),
            None,
        ),
        (
            "a lifting, another lifted it there",
            becomes(&goes_over(&here), vec![lifted_in(out(), &here)], false),
            idle.clone(),
        ),
        (
            "a lifting, another lifted it elsewhere",
            becomes(&goes_over(&[OTHER]), vec![lifted_in(out(), &here)], false),
            None,
        ),
        (
            "a question whether to lift is no text",
            becomes(
                &lifting(undecided()),
                vec![order(withdrawn("02:30"))],
                false,
            ),
            None,
        ),
        (
            "an hour is corrected, the lifting stands",
            becomes(
                &of_lifting(WrongContent),
                both(lifted_in(out(), &here), lifting(out())),
                false,
            ),
            None,
        ),
        (
            "an hour is corrected, it has come",
            becomes(
                &of_lifting(WrongContent),
                both(lifted_in(lifted("02:30"), &here), lifting(out())),
                false,
            ),
            None,
        ),
        (
            "an hour is corrected, the order withdrawn",
            becomes(
                &of_lifting(WrongContent),
                both(lifted_in(withdrawn("02:30"), &here), lifting(out())),
                false,
            ),
            over.clone(),
        ),
        (
            "an hour is corrected, the lifting withdrawn",
            becomes(
                &of_lifting(WrongContent),
                both(order(out()), lifting(withdrawn("02:30"))),
                false,
            ),
            over.clone(),
        ),
        (
            "a measure is to hold again, the lifting stands",
            becomes(
                &of_lifting(Withdrawal),
                both(lifted_in(out(), &here), lifting(out())),
                false,
            ),
            None,
        ),
        (
            "a measure is to hold again, it was lifted elsewhere, too",
            becomes(
                &of_lifting(Withdrawal),
                both(lifted_in(lifted("02:30"), &here), lifting(out())),
                false,
            ),
            None,
        ),
        (
            "a measure is to hold again, the order withdrawn",
            becomes(
                &of_lifting(Withdrawal),
                both(lifted_in(withdrawn("02:30"), &here), lifting(out())),
                false,
            ),
            over.clone(),
        ),
        (
            "a measure is to hold again, another was ordered",
            becomes(
                &of_lifting(Withdrawal),
                both(lifted_in(replaced(), &here), lifting(out())),
                false,
            ),
            over,
        ),
        (
            "advice is put right though it was withdrawn",
            becomes(
                &release("advice", 8, in_review()).correcting(1, WrongContent),
                vec![release("advice", 1, withdrawn("02:30"))],
                false,
            ),
            None,
        ),
    ]);
}
