//! Where a measure binds and until when, as tables.

use super::*;
use crate::domain::fixture::{at, hold, id_of, incident, item, plan, published, release};
use crate::domain::level::ResponseLevel::III;

fn areas(codes: &[&str]) -> Vec<AreaCode> {
    codes.iter().map(|code| AreaCode((*code).into())).collect()
}

#[test]
fn a_measure_binds_where_nobody_lifted_it() {
    let incident = incident(&[(III, "03:00")]);
    let left = |places: &[&str], lifted: &[&str]| {
        let mut measure = release("evacuation", 1, published("03:30"));
        measure.areas = Some(areas(places));
        measure.lifted = vec![Lifted {
            at: at("05:00"),
            by: id_of("over", 1),
            areas: areas(lifted),
            to_come: false,
            except: None,
            before: Vec::new(),
        }];
        let left = measure.places_left(&incident).into_iter();
        left.map(|area| area.0.clone()).collect::<Vec<_>>()
    };
    let towns = ["320299101", "320299102"];
    hold([
        ("in none", left(&towns, &[]), vec!["320299101", "320299102"]),
        ("in one", left(&towns, &["320299101"]), vec!["320299102"]),
        ("in both", left(&towns, &towns), vec![]),
        ("in all that is around", left(&towns, &["320299"]), vec![]),
        (
            "in a village of one",
            left(&towns, &["320299101201"]),
            vec!["320299101", "320299102"],
        ),
    ]);
}

#[test]
fn a_measure_binds_until_the_hour_that_its_lifting_names() {
    let incident = incident(&[(III, "03:00")]);
    let mut measure = release("evacuation", 1, published("03:30"));
    measure.areas = Some(areas(&["320299101"]));
    let lifted = |from: Option<&str>| {
        let here = areas(&["320299101"]);
        let by = id_of("over", 1);
        measure
            .clone()
            .lifted_in(&incident, here, &by, from.map(at), at("05:00"), None)
    };
    let announced = lifted(Some("06:00"));
    assert_eq!(announced.state.code(), "published");
    assert_eq!(announced.lifting_to_come(), Some(at("06:00")));
    let bound = |one: &Release, when: &str| one.places_bound(&incident, at(when)).len();
    assert_eq!(
        (bound(&announced, "05:59"), bound(&announced, "06:00")),
        (1, 0)
    );
    assert!(
        announced.places_left(&incident).is_empty(),
        "nothing is left to decide"
    );
    let early = announced.clone().lifted_by_now(&incident, at("05:59"));
    assert_eq!(early, announced);
    let over = announced.lifted_by_now(&incident, at("06:00"));
    assert_eq!(
        (over.state.code(), over.lifting_to_come()),
        ("lifted", None)
    );
    // An hour that has passed, or none, is that of the publication.
    for from in [None, Some("04:00")] {
        let over = lifted(from);
        assert_eq!(
            (over.state.code(), over.lifted[0].at),
            ("lifted", at("05:00"))
        );
    }
}

#[test]
fn a_corrected_hour_moves_a_lifting_and_brings_back_what_it_lifted_too_early() {
    let incident = incident(&[(III, "03:00")]);
    let (over, said) = (id_of("over", 1), id_of("over", 2));
    let mut measure = release("evacuation", 1, published("03:30"));
    measure.areas = Some(areas(&["320299101"]));
    let lifted = measure.lifted_in(
        &incident,
        areas(&["320299101"]),
        &over,
        None,
        at("05:00"),
        None,
    );
    let moved = |to: &str, when: &str| {
        let one = lifted.clone();
        one.lifting_moved(&incident, &over, &said, at(to), at(when))
    };
    let again = moved("08:00", "06:00").expect("it was lifted by that");
    assert_eq!(again.state.code(), "published");
    assert_eq!(again.lifting_to_come(), Some(at("08:00")));
    assert_eq!(again.lifted[0].by, said);
    let over_still = moved("05:30", "06:00").expect("it was lifted by that");
    assert_eq!(over_still.state.code(), "lifted");
    assert_eq!(over_still.lifted[0].at, at("05:00"), "as it happened");
    let other = lifted
        .clone()
        .lifting_moved(&incident, &said, &said, at("08:00"), at("06:00"));
    assert_eq!(other, None, "what another text lifted stays");
}

#[test]
fn it_holds_in_all_of_a_place_where_no_part_of_it_was_lifted() {
    let incident = incident(&[(III, "03:00")]);
    let mut measure = release("evacuation", 1, published("03:30"));
    measure.areas = Some(areas(&["320299101", "320299102"]));
    let village = areas(&["320299101201"]);
    let measure = measure.lifted_in(
        &incident,
        village,
        &id_of("over", 1),
        None,
        at("05:00"),
        None,
    );
    let holds = |code: &str| measure.holds_all_of(&incident, &AreaCode(code.into()));
    hold([
        ("in the lifted village", holds("320299101201"), false),
        ("in its neighbour", holds("320299101202"), true),
        ("in the town of both", holds("320299101"), false),
        ("in the other town", holds("320299102"), true),
        ("elsewhere", holds("320299103"), false),
    ]);
}

#[test]
fn places_are_kept_once_and_within_none_other() {
    let given = areas(&["320299102", "320299101201", "320299101", "320299102"]);
    assert_eq!(normal(given), areas(&["320299101", "320299102"]));
}

#[test]
fn what_is_left_to_ask_about_is_named_by_the_places_that_are_known() {
    let mut plan = plan([(III, vec![item("evacuation")])], vec![]);
    plan.places = ["320299", "320299101", "320299102", "320299102201"]
        .map(|code| crate::domain::area::Area {
            area: AreaCode(code.into()),
            name: code.into(),
            name_en: None,
        })
        .into();
    let all = areas(&["320299"]);
    let town = AreaCode("320299101".into());
    assert_eq!(places_without(&all, &[&town], &plan), areas(&["320299102"]));
    assert_eq!(places_without(&all, &[], &plan), all);
    assert_eq!(places_without(&areas(&["320299101"]), &[&town], &plan), []);
}
