//! What a grade asks for when it is set, raised or lowered.

use super::super::{Change, regraded};
use super::{Row, table, told};
use crate::domain::deadline::Anchor::Known;
use crate::domain::fixture::{at, drafting, hold, incident, item, plan, published, release};
use crate::domain::level::IncidentGrade::{
    self, Considerable, Ordinary, ParticularlySerious, Serious,
};
use crate::domain::level::ResponseLevel::{III, IV};
use crate::domain::plan::{Item, Plan};
use crate::domain::release::{Holding, Release};

/// A name, the grades before and now, the releases that there are, and the lines of [`told`].
type Case<'a> = (
    &'a str,
    Option<IncidentGrade>,
    Option<IncidentGrade>,
    Vec<Release>,
    Vec<&'a str>,
);

fn press() -> Item {
    Item {
        from_grade: Some(Serious),
        ..item("press").due("5h", Known)
    }
}

fn flood() -> Plan {
    let items = || vec![item("notice"), press().explained_by("answers", "2h")];
    plan([(IV, items()), (III, items())], vec![])
}

#[test]
#[rustfmt::skip]
fn a_grade_is_followed_up_and_down() {
    let plan = flood();
    let new = |number: u32, due: &str| format!("press#{number} at IV 10:00 due {due}, then answers due -");
    let first = new(1, "08:00");
    let second = new(2, "08:00");
    let open = || vec![release("press", 1, drafting()), release("answers", 1, drafting()).explaining("press", 1)];
    let rows: [Case<'_>; 8] = [
        ("set high, past its limit", None, Some(Serious), vec![], vec![&first]),
        ("set low", None, Some(Considerable), vec![], vec![]),
        ("raised", Some(Ordinary), Some(ParticularlySerious), vec![], vec![&first]),
        ("raised further", Some(Serious), Some(ParticularlySerious), open(), vec![]),
        ("the level has planned it", None, Some(Serious), open(), vec![]),
        ("it is out", None, Some(Serious), vec![release("press", 1, published("04:00"))], vec![]),
        ("lowered", Some(Serious), Some(Considerable), open(), vec!["supersede press#1", "supersede answers#1"]),
        ("lowered after it went out", Some(Serious), None, vec![release("press", 1, published("04:00"))], vec![]),
    ];
    hold(rows.map(|(name, before, grade, given, expected)| {
        let mut one = incident(&[(IV, "03:00")]).known("03:00");
        if let Some(grade) = grade {
            one = one.graded(grade, at("10:00"));
        }
        (name, told(&plan, &regraded(&plan, &one, &given, before, at("10:00"))), expected)
    }));
    let again = vec![release("press", 1, crate::domain::fixture::superseded(None))];
    let one = incident(&[(IV, "03:00")]).known("03:00").graded(Serious, at("10:00"));
    assert_eq!(told(&plan, &regraded(&plan, &one, &again, None, at("10:00"))), [second]);
}

#[test]
#[rustfmt::skip]
fn a_level_asks_for_what_the_grade_asks_for() {
    let plan = flood();
    let ungraded = incident(&[(IV, "03:00")]).known("03:00");
    let graded = ungraded.clone().graded(Serious, at("03:00"));
    let rows = |lines| -> Vec<Row<'static>> { vec![("declared", vec![], lines)] };
    table(&plan, &ungraded, Change::Declare, "03:00", rows(vec!["notice#1 at IV 03:00 due -"]));
    let both = vec!["notice#1 at IV 03:00 due -", "press#1 at IV 03:00 due 08:00, then answers due -"];
    table(&plan, &graded, Change::Declare, "03:00", rows(both));
    let lowered = incident(&[(III, "03:00"), (IV, "06:00")]).known("03:00").graded(Serious, at("04:00"));
    let rows: Vec<Row> = vec![("it goes on", vec![release("notice", 1, published("04:00")), release("press", 1, drafting())], vec![])];
    table(&plan, &lowered, Change::Lower, "06:00", rows);
}

#[test]
fn what_was_held_is_told_whatever_the_grade() {
    let plan = flood();
    let held = Release {
        holding: Some(Holding::Held {
            at: at("09:00"),
            limit: None,
        }),
        ..release("press", 1, drafting())
    };
    let one = incident(&[(IV, "03:00")]).graded(Ordinary, at("10:00"));
    let changes = regraded(&plan, &one, &[held], Some(Serious), at("10:00"));
    assert!(changes.supersede.is_empty() && changes.plan.is_empty());
}
