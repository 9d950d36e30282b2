//! What may become of an incident: another level, its end, its being put away.

use super::{Incident, IncidentStatus, NotPossible};
use crate::domain::expand::Change;
use crate::domain::fixture::{at, every_state, hold, in_review, incident, published, release};
use crate::domain::level::ResponseLevel::{self, I, II, III, IV};

/// An incident in each of its states, at level III since 05:00.
fn each() -> [(&'static str, Incident); 4] {
    let raised = || incident(&[(IV, "03:00"), (III, "05:00")]);
    let over = |status| Incident { status, ..raised() };
    let (by, reason) = (String::from("zhiban"), String::from("雨停水退"));
    [
        ("active", raised()),
        ("ended", raised().ended_at("09:00")),
        (
            "archived",
            over(IncidentStatus::Archived {
                at: at("07-09 09:00"),
                by: by.clone(),
                ended_at: at("09:00"),
                reason: reason.clone(),
            }),
        ),
        (
            "withdrawn",
            over(IncidentStatus::Withdrawn {
                at: at("09:00"),
                by,
                reason,
            }),
        ),
    ]
}

#[test]
fn only_an_active_incident_changes_its_level() {
    let to = |one: Incident, level: ResponseLevel| {
        let changed = one.at_level(level, at("06:00"), "zhiban", "雨情变化".into());
        changed.map(|(after, change)| (after.level(), after.levels.len(), change))
    };
    let since = at("05:00");
    let [(_, active), over @ ..] = each();
    hold([
        ("raised", to(active.clone(), II), Ok((II, 3, Change::Raise))),
        (
            "straight to the top",
            to(active.clone(), I),
            Ok((I, 3, Change::Raise)),
        ),
        (
            "lowered",
            to(active.clone(), IV),
            Ok((IV, 3, Change::Lower)),
        ),
        (
            "the same",
            to(active, III),
            Err(NotPossible::SameLevel { level: III, since }),
        ),
    ]);
    hold(over.map(|(name, one)| {
        let refused = to(one, II);
        let is_refused =
            matches!(refused, Err(NotPossible::NotActive { status, .. }) if status == name);
        (name, is_refused, true)
    }));
}

#[test]
fn only_an_active_incident_ends() {
    hold(each().map(|(name, one)| {
        let ended = one.ended(at("10:00"), "li", "雨停".into());
        let got = ended.map(|one| one.end().map(|(at, why)| (at, why.to_owned())));
        let expected = match name {
            "active" => Some(Some((at("10:00"), "雨停".to_owned()))),
            _ => None,
        };
        (name, got.ok(), expected)
    }));
}

#[test]
fn what_is_over_says_since_when_and_by_whom() {
    let refused = each()[1]
        .1
        .must_be_active()
        .expect_err("it has ended")
        .to_string();
    assert!(
        refused.ends_with("is ended since 2026-07-01 01:00 UTC (by zhiban); nothing was changed"),
        "{refused}"
    );
    hold(each().map(|(name, one)| (name, one.must_not_be_archived().is_ok(), name != "archived")));
}

#[test]
fn an_incident_is_put_away_when_it_has_ended_and_everything_is_settled() {
    hold(each().map(|(name, one)| {
        let archived = one.archived(at("07-09 09:00"), "li", &[]);
        let ended_at = archived.ok().and_then(|one| one.end().map(|(at, _)| at));
        (name, ended_at, (name == "ended").then(|| at("09:00")))
    }));
    let [_, (_, ended), ..] = each();
    hold(every_state().map(|(name, state)| {
        let is_settled = !state.is_open() && name != "published";
        let one = release("notice", 1, state);
        let archived = ended.clone().archived(at("07-09 09:00"), "li", &[one]);
        (name, archived.is_ok(), is_settled)
    }));
    let many: Vec<_> = (1..=9).map(|n| release("notice", n, in_review())).collect();
    let many = [many, vec![release("advice", 1, published("03:30"))]].concat();
    let Err(NotPossible::NotSettled { named, .. }) = ended.archived(at("07-09 09:00"), "li", &many)
    else {
        panic!("it is not settled")
    };
    assert_eq!(named.len(), 6, "{named:?}");
    assert_eq!(named[5].to_string(), "and 5 more");
}
