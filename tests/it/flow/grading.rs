//! What the grade of an incident asks for, whatever the level of the response.

use std::collections::BTreeMap;

use fabu::domain::level::{IncidentGrade, ResponseLevel};
use fabu::domain::reason::Reason;
use fabu::domain::release::{Release, ReleaseState};
use fabu::flow::VerbError;
use fabu::flow::declare::{self, GivenFact};
use fabu::id::IncidentId;

use crate::support::database::Database;
use crate::support::town::{Town, at, duty_officer};

const START: &str = "2026-07-01T03:00:00+08:00";
/// What the flood plan has from a serious incident on.
const GRADED: [&str; 3] = ["first-bulletin", "press-conference", "press-held"];

crate::on_each_database!(
    a_grade_plans_what_is_its_own_by_the_clock_of_the_report,
    a_lower_grade_gives_up_what_is_not_out,
    a_level_that_plans_it_too_plans_it_once,
    a_grade_that_nobody_has_set_is_not_taken,
);

async fn grade(town: &Town, incident: &IncidentId, grade: IncidentGrade) {
    set(town, incident, grade, Some("市防汛抗旱指挥部"))
        .await
        .unwrap();
}

async fn set(
    town: &Town,
    incident: &IncidentId,
    grade: IncidentGrade,
    source: Option<&str>,
) -> Result<(), VerbError> {
    let fact = GivenFact {
        value: grade.zh().into(),
        as_of: None,
        source: source.map(str::to_owned),
    };
    let given = BTreeMap::from([(IncidentGrade::FACT.to_owned(), fact)]);
    let (mut tx, world, now) = town.realm.begin().await.unwrap();
    declare::set_facts(&mut tx, &world, now, &duty_officer(), incident, &given).await?;
    town.realm.commit(tx).await.unwrap();
    Ok(())
}

async fn graded(town: &Town, incident: &IncidentId) -> Vec<Release> {
    let all = town.releases(incident).await;
    all.into_iter()
        .filter(|one| GRADED.contains(&one.item.as_str()))
        .collect()
}

async fn a_grade_plans_what_is_its_own_by_the_clock_of_the_report(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let incident = town.declare("flood", ResponseLevel::IV).await.incident.id;
    town.pass("1h").await;
    grade(&town, &incident, IncidentGrade::Considerable).await;
    assert!(
        graded(&town, &incident).await.is_empty(),
        "not serious enough"
    );
    town.pass("5h").await;
    grade(&town, &incident, IncidentGrade::Serious).await;
    let made = graded(&town, &incident).await;
    assert_eq!(made.len(), GRADED.len(), "{made:?}");
    let held = town.of_item(&incident, "press-held").await;
    assert_eq!(
        held.due_at,
        Some(at("2026-07-02T03:00:00+08:00")),
        "24 hours after the report"
    );
    let first = town.of_item(&incident, "first-bulletin").await;
    assert!(
        first.is_overdue(town.now()),
        "five hours are over: passed, not kept"
    );
    // A graver grade asks for nothing twice, and a fall of the level takes nothing away.
    grade(&town, &incident, IncidentGrade::ParticularlySerious).await;
    town.level(&incident, ResponseLevel::III).await;
    town.level(&incident, ResponseLevel::IV).await;
    let open = graded(&town, &incident)
        .await
        .into_iter()
        .filter(|one| one.state.is_open());
    assert_eq!(open.count(), GRADED.len());
}

async fn a_lower_grade_gives_up_what_is_not_out(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let incident = town.declare("flood", ResponseLevel::IV).await.incident.id;
    grade(&town, &incident, IncidentGrade::Serious).await;
    town.tick().await;
    grade(&town, &incident, IncidentGrade::Ordinary).await;
    let given_up = graded(&town, &incident).await;
    assert_eq!(given_up.len(), GRADED.len());
    for one in given_up {
        let ReleaseState::Superseded { why, .. } = &one.state else {
            panic!("{}: {:?}", one.item, one.state);
        };
        let to = Some(IncidentGrade::Ordinary);
        assert_eq!(*why, Reason::GradeLowered { to });
    }
    // Graded up again, it is asked for again.
    grade(&town, &incident, IncidentGrade::Serious).await;
    let open = graded(&town, &incident)
        .await
        .into_iter()
        .filter(|one| one.state.is_open());
    assert_eq!(open.count(), GRADED.len());
}

async fn a_level_that_plans_it_too_plans_it_once(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let incident = town.declare("flood", ResponseLevel::II).await.incident.id;
    town.tick().await;
    grade(&town, &incident, IncidentGrade::Serious).await;
    let made = graded(&town, &incident).await;
    assert_eq!(made.len(), GRADED.len(), "the level has planned it");
    // The level falls, and the grade still asks for it.
    town.level(&incident, ResponseLevel::III).await;
    let open = graded(&town, &incident)
        .await
        .into_iter()
        .filter(|one| one.state.is_open());
    assert_eq!(open.count(), GRADED.len());
    // Without the grade the level alone would have asked for it.
    grade(&town, &incident, IncidentGrade::Ordinary).await;
    let open = graded(&town, &incident)
        .await
        .into_iter()
        .filter(|one| one.state.is_open());
    assert_eq!(open.count(), 0);
}

async fn a_grade_that_nobody_has_set_is_not_taken(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let incident = town.declare("flood", ResponseLevel::IV).await.incident.id;
    town.tick().await;
    for nobody in [None, Some("  ")] {
        let refused = set(&town, &incident, IncidentGrade::Serious, nobody).await;
        let said = format!("{:?}", refused.expect_err("nobody is named"));
        assert!(said.contains(IncidentGrade::FACT), "{said}");
    }
    assert!(graded(&town, &incident).await.is_empty());
    grade(&town, &incident, IncidentGrade::Serious).await;
    let (mut tx, _, _) = town.realm.begin().await.unwrap();
    let graded = tx.incident(&incident).await.unwrap().unwrap();
    let fact = &graded.facts[IncidentGrade::FACT];
    assert_eq!(fact.source.as_deref(), Some("市防汛抗旱指挥部"));
}
