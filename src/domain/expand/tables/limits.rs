//! Limits of what is planned late or asked for, how long a route may take, and the dated list of a declaration.

use super::super::{Change, changes, forecast, on_demand, signing_time};
use super::{Row, planned, table};
use crate::domain::deadline::Anchor::{self, Activation, Known, LastRelease, LevelChange};
use crate::domain::deadline::Anchor::{Occurrence, Publication, Request};
use crate::domain::fixture::{at, clock, hold, incident, item, plan, published, release, span};
use crate::domain::level::ResponseLevel::{II, IV};
use crate::domain::plan::Item;
use crate::domain::release::Release;

type Limits<'a> = &'a [(&'a str, Anchor)];

/// An item with these limits.
fn limited(limits: Limits<'_>) -> Item {
    let add = |item: Item, (within, of): &(&str, Anchor)| item.due(within, *of);
    limits.iter().fold(item("press"), add)
}

#[test]
#[rustfmt::skip]
fn a_limit_that_is_past_at_a_late_raise_counts_only_if_none_can_be_kept() {
    // Known at midnight, raised to level II at six.
    let raised = incident(&[(IV, "01:00"), (II, "06:00")]).known("00:00");
    let rows: [(&str, Limits<'_>, &str); 6] = [
        ("nothing is past", &[("8h", Known), ("3h", LevelChange)], "08:00"),
        ("another can be kept", &[("5h", Known), ("2h", LevelChange)], "08:00"),
        ("of the same anchor", &[("5h", Known), ("24h", Known)], "07-02 00:00"),
        ("it is the only one", &[("5h", Known)], "05:00"),
        ("all are past", &[("5h", Known), ("2h", Known)], "02:00"),
        ("this very moment can be kept", &[("6h", Known), ("1h", Activation)], "06:00"),
    ];
    for (name, limits, due) in rows {
        let plan = plan([(IV, vec![]), (II, vec![limited(limits)])], vec![]);
        let expected = format!("press#1 at II 06:00 due {due}");
        let rows: Vec<Row> = vec![(name, vec![], vec![&expected])];
        table(&plan, &raised, Change::Raise, "06:00", rows);
    }
}

/// The limit that had passed, of what a raise at six calls for.
fn passed(limits: Limits<'_>, existing: &[Release]) -> Option<String> {
    let raised = incident(&[(IV, "01:00"), (II, "06:00")]).known("00:00");
    let plan = plan(
        [(IV, vec![]), (II, vec![limited(limits).reissued()])],
        vec![],
    );
    let changes = changes(&plan, &raised, existing, Change::Raise, at("06:00"));
    let passed = changes.plan[0].passed.clone()?;
    Some(format!(
        "{} of {:?}, {}",
        passed.within,
        passed.of,
        clock(Some(passed.due_at))
    ))
}

#[test]
fn a_limit_that_is_past_is_remembered_beside_the_one_that_is_worked_to() {
    let of = |limits| passed(limits, &[]);
    let five = Some("5h of Known, 05:00".to_owned());
    assert_eq!(of(&[("5h", Known), ("2h", LevelChange)]), five);
    assert_eq!(of(&[("5h", Known)]), five);
    assert_eq!(
        of(&[("2h", Known), ("5h", Known)]),
        Some("2h of Known, 02:00".to_owned())
    );
    assert_eq!(of(&[("8h", Known), ("3h", LevelChange)]), None);
    assert_eq!(of(&[("6h", Known)]), None, "this very moment can be kept");
}

#[test]
fn a_limit_that_an_earlier_text_kept_is_not_broken_by_the_next_one() {
    let out = |when: &str| {
        let earlier = release("press", 1, published(when));
        passed(&[("5h", Known), ("2h", LevelChange)], &[earlier])
    };
    assert_eq!(out("04:59"), None);
    assert_eq!(out("05:30"), Some("5h of Known, 05:00".to_owned()));
}

#[test]
#[rustfmt::skip]
fn what_is_asked_for_has_its_time_from_then() {
    let declared = incident(&[(IV, "03:00")]);
    let rows: [(&str, Limits<'_>, &str); 3] = [
        ("counted from the request", &[("2h", Request)], "press#4 at IV 10:00 due 12:00"),
        (
            "limits of the incident do not shorten it",
            &[("2h", Request), ("1h", Activation), ("8h", Known)],
            "press#4 at IV 10:00 due 12:00",
        ),
        ("without a limit of the request", &[("8h", Known)], "press#4 at IV 10:00 due 11:00"),
    ];
    hold(rows.map(|(name, limits, expected)| {
        let plan = plan([(IV, vec![limited(limits).on_request()])], vec![]);
        let item = &plan.levels[&IV][0];
        let got = planned(&on_demand(&plan, item, &declared, Some(IV), 4, at("10:00"), None));
        (name, got, expected)
    }));
}

#[test]
fn a_route_takes_as_long_as_its_posts_may_be_silent() {
    let plan = plan([], vec![]);
    hold([
        ("two signers", signing_time(&plan, "ordinary"), span("20m")),
        ("one signer", signing_time(&plan, "quick"), span("2m")),
        ("no such route", signing_time(&plan, "gone"), span("0s")),
    ]);
}

#[test]
fn the_dated_list_assumes_that_everything_goes_out_on_its_deadline() {
    let items = vec![
        item("notice")
            .due("1h", Activation)
            .explained_by("questions", "4h"),
        item("report")
            .every("6h")
            .due("90m", Activation)
            .due("6h", LastRelease),
        item("table").cron("0 8,17 * * *").due("30m", Occurrence),
        item("rumour").on_request().due("2h", Request),
    ];
    assert_eq!(
        items[0].interpretation.as_ref().map(|one| one.due[0].of),
        Some(Publication)
    );
    let plan = plan([(IV, items)], vec![]);
    let declared = incident(&[(IV, "03:00")]);
    let list: Vec<String> = forecast(&plan, &declared, at("03:00"), at("17:00"))
        .iter()
        .map(|line| {
            let of = line.interprets.map(|code| format!(" of {code}"));
            let (number, of) = (line.occurrence, of.unwrap_or_default());
            let (opens, due) = (clock(line.opens_at), clock(line.due_at));
            format!("{}#{number}{of} {opens} {due}", line.item.item)
        })
        .collect();
    assert_eq!(
        list,
        [
            "notice#1 03:00 04:00",
            "report#1 03:00 04:30",
            "questions#1 of notice 03:00 08:00",
            "table#1 08:00 08:30",
            "report#2 09:50 10:30",
            "report#3 15:50 16:30",
            "table#2 17:00 17:30",
        ]
    );
}

#[test]
fn the_dated_list_of_a_rhythm_by_the_second_has_an_end() {
    let items = vec![item("report").every("1s").due("1s", LastRelease)];
    let plan = plan([(IV, items)], vec![]);
    let declared = incident(&[(IV, "03:00")]);
    let list = forecast(&plan, &declared, at("03:00"), at("07-31 03:00"));
    assert_eq!(list.len(), 10_000);
}
