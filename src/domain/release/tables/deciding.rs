//! Answers to the question whether a measure is ordered, and rows that go out in another text.

use super::super::{Excludes, excludes};
use crate::domain::area::AreaCode;
use crate::domain::fixture::{
    at, drafting, every_state, id_of, incident, item, not_applicable, plan, published, release,
    undecided,
};
use crate::domain::level::ResponseLevel::III;
use crate::domain::lifting::Lifted;
use crate::domain::plan::{CorrectionKind, Plan};
use crate::domain::release::{Falls, Release, ReleaseState};

fn areas(codes: &[&str]) -> Vec<AreaCode> {
    codes.iter().map(|code| AreaCode((*code).into())).collect()
}

fn ready() -> Release {
    Release {
        due_at: None,
        ..release("evacuation", 1, undecided())
    }
}

#[test]
fn only_a_measure_that_nobody_decided_is_decided() {
    let decided = [
        ("undecided", undecided()),
        ("not applicable", not_applicable()),
    ];
    for (name, state) in every_state().into_iter().chain(decided) {
        let is_open = name == "undecided";
        let one = || release("evacuation", 1, state.clone());
        assert_eq!(
            one()
                .ordered(at("03:10"), "zhiban".into(), None, None)
                .is_ok(),
            is_open,
            "{name}"
        );
        let no = one().not_applicable(at("03:10"), "zhiban".into(), "水位回落".into());
        assert_eq!(no.is_ok(), is_open, "{name}");
        let later = one().put_off(at("03:10"), "zhiban".into(), at("03:40"));
        assert_eq!(later.is_ok(), is_open, "{name}");
    }
}

#[test]
fn the_clock_starts_at_the_order() {
    let ordered = ready()
        .ordered(
            at("03:10"),
            "zhiban".into(),
            Some(at("03:40")),
            Some(areas(&["320299101"])),
        )
        .unwrap();
    assert_eq!(ordered.state, ReleaseState::Planned);
    assert_eq!(
        (ordered.opened_at, ordered.due_at),
        (at("03:10"), Some(at("03:40")))
    );
    let refused = ordered.not_applicable(at("03:11"), "b".into(), "x".into());
    let why = refused.unwrap_err().to_string();
    let says = |words: &str| assert!(why.contains(words), "{why}");
    says("planned");
    // Who was before them, and since when.
    says("zhiban");
    says("2026-06-30 19:10 UTC");
}

#[test]
fn nobody_answering_it_is_asked_again_and_never_late() {
    let ready = ready();
    assert_eq!(ready.falls_due(at("03:00")), Some(Falls::Ask));
    let asked = ready.asked_about(at("03:00"));
    assert_eq!(asked.falls_due(at("03:29")), None);
    assert_eq!(asked.falls_due(at("03:30")), Some(Falls::Ask));
    assert!(!asked.is_overdue(at("09:00")));
    assert!(
        asked
            .clone()
            .waived(at("03:10"), "a".into(), "b".into())
            .is_err()
    );
    let later = asked
        .put_off(at("04:30"), "zhiban".into(), at("05:00"))
        .unwrap();
    assert_eq!(later.falls_due(at("04:59")), None);
}

fn alternatives() -> Plan {
    let shelter = item("shelter").decided();
    let mut evacuation = item("evacuation").decided();
    evacuation.instead_of.push("shelter".into());
    plan([(III, vec![shelter, evacuation])], vec![])
}

#[test]
fn alternatives_exclude_each_other_where_their_places_meet() {
    let plan = alternatives();
    let found = |item: &str, wanted: &[&str], other: Release| -> Vec<Vec<AreaCode>> {
        let flood = incident(&[(III, "03:00")]);
        let item = plan.item(III, item).unwrap();
        let found = excludes(&plan, item, &areas(wanted), &flood, &[other]);
        found
            .into_iter()
            .map(|Excludes { beyond, .. }| beyond)
            .collect()
    };
    let shelter = |state, places: &[&str]| Release {
        areas: Some(areas(places)),
        ..release("shelter", 1, state)
    };
    let village = ["320299101201"];
    assert_eq!(
        found(
            "evacuation",
            &village,
            shelter(published("03:30"), &village)
        ),
        [vec![]]
    );
    assert_eq!(
        found("evacuation", &village, shelter(drafting(), &village)),
        [vec![]]
    );
    let none: [Vec<AreaCode>; 0] = [];
    assert_eq!(
        found("evacuation", &village, shelter(undecided(), &village)),
        none
    );
    assert_eq!(
        found(
            "evacuation",
            &village,
            shelter(drafting(), &["320299102201"])
        ),
        none
    );
    // The town shelters, one village of it is to go: elsewhere the shelter would have to hold on.
    let town = found(
        "evacuation",
        &village,
        shelter(published("03:30"), &["320299101"]),
    );
    assert_eq!(town, [areas(&["320299101"])]);
    // A correction of a detail stands in for it; what takes it back does not.
    let corrected = |kind| {
        let mut other = shelter(published("03:40"), &village).correcting(1, kind);
        other.lifted.clear();
        found("evacuation", &village, other)
    };
    assert_eq!(corrected(CorrectionKind::WrongContent), [vec![]]);
    assert_eq!(corrected(CorrectionKind::SentInError), none);
    // Where it was lifted it excludes nothing.
    let mut lifted = shelter(published("03:30"), &["320299101", "320299102"]);
    lifted.lifted.push(Lifted {
        at: at("05:00"),
        by: id_of("over", 1),
        areas: areas(&["320299101"]),
        to_come: false,
        except: None,
        before: Vec::new(),
    });
    assert_eq!(found("evacuation", &village, lifted), none);
    // It holds in both directions.
    let evacuation = Release {
        areas: Some(areas(&village)),
        ..release("evacuation", 1, published("03:30"))
    };
    assert_eq!(found("shelter", &["320299101"], evacuation), [vec![]]);
}

#[test]
fn a_measure_is_not_ordered_twice_in_one_place() {
    let plan = alternatives();
    let flood = incident(&[(III, "03:00")]);
    let meets = |item: &str, wanted: &[&str], ordered: &[&str]| {
        let item = plan.item(III, item).unwrap();
        let other = Release {
            areas: Some(areas(ordered)),
            ..release(&item.item, 1, drafting())
        };
        let found = excludes(&plan, item, &areas(wanted), &flood, &[other]);
        found
            .into_iter()
            .flat_map(|one| one.places)
            .collect::<Vec<_>>()
    };
    let (town, village, other) = ("320299101", "320299101201", "320299102");
    assert_eq!(meets("shelter", &[town, other], &[town]), areas(&[town]));
    assert_eq!(meets("shelter", &[village], &[town]), areas(&[village]));
    assert_eq!(meets("shelter", &[other], &[town]), []);
    // An order for more takes the place of the one for less.
    assert_eq!(meets("shelter", &[town], &[village]), []);
}

#[test]
fn a_part_becomes_what_its_leading_text_becomes_with_its_own_deadline() {
    for (name, state) in every_state() {
        let leader = release("notice", 1, state.clone());
        let mut part = release("advice", 1, ReleaseState::Planned);
        part.due_at = Some(at("03:40"));
        part.part_of = Some(leader.id.clone());
        assert_eq!(part.next_wake(), None, "{name}");
        assert_eq!(part.turn(), None, "{name}");
        let led = part.as_led_by(&leader);
        let Some(led) = led else {
            assert!(state.is_open(), "{name}");
            continue;
        };
        assert_eq!(led.state.code(), leader.state.code(), "{name}");
        if let Some(out) = led.state.publication() {
            assert_eq!(out.due_at, Some(at("03:40")), "{name}");
        }
    }
}
