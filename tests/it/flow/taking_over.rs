//! A superior speaks from now on: its text is relayed, and what the city said of the same stops.

use fabu::domain::level::ResponseLevel;
use fabu::domain::reason::Reason;
use fabu::domain::release::ReleaseState;
use fabu::flow::declare::GivenFact;
use fabu::flow::request::Order;

use crate::support::database::Database;
use crate::support::town::{Town, flood_facts};

const START: &str = "2026-07-01T03:00:00+08:00";

crate::on_each_database!(what_a_superior_takes_over_stops_and_is_not_planned_again);

async fn what_a_superior_takes_over_stops_and_is_not_planned_again(database: &Database) {
    let mut town = Town::new(database.store().await, START).await;
    let incident = town.declare("flood", ResponseLevel::III).await.incident.id;
    town.facts(&incident, &flood_facts()).await;
    let from = [("takeover-from", "2026-07-01T03:30:00+08:00".into())];
    town.facts(&incident, &from).await;
    town.pass("30m").await;
    let open = town.of_item(&incident, "flood-situation").await;
    assert!(open.state.is_open());

    let said = [
        ("superior-command", "省防汛抗旱指挥部"),
        ("superior-title", "全省汛情通报"),
        ("superior-time", "2026-07-01T02:50:00+08:00"),
        ("superior-content", "全省三条河流超过警戒水位"),
    ];
    let given = said.map(|(code, value)| {
        let fact = GivenFact {
            value: value.into(),
            as_of: None,
            source: None,
        };
        (code.to_owned(), fact)
    });
    let order = Order {
        facts: given.into(),
        ..Order::default()
    };
    let relay = town.ask(&incident, "superior-release", order).await;
    let relay = relay.unwrap()[0].clone();
    town.tick().await;
    let relay = town.publish(&relay.id).await;
    assert!(matches!(relay.state, ReleaseState::Published(_)));
    let stopped = town.release(&open.id).await;
    let ReleaseState::Cancelled { why, .. } = &stopped.state else {
        panic!("{:?}", stopped.state);
    };
    assert!(
        matches!(why, Reason::TakenOver { by, .. } if *by == relay.id),
        "{why:?}"
    );
    // The notice and the advice of the city go on.
    let notice = town.of_item(&incident, "response-notice").await;
    assert!(!matches!(notice.state, ReleaseState::Cancelled { .. }));

    town.level(&incident, ResponseLevel::II).await;
    town.pass("12h").await;
    let all = town.releases(&incident).await;
    let own = all.iter().filter(|one| one.item == "flood-situation");
    let own: Vec<&str> = own.map(|one| one.state.code()).collect();
    assert_eq!(
        own,
        ["cancelled"],
        "no level asks for it while the relay stands"
    );
    // What the superior says next is asked for anew.
    let next = town.request(&incident, "superior-release").await[0].clone();
    town.tick().await;
    let ReleaseState::Drafting(drafting) = town.release(&next.id).await.state else {
        panic!("it waits for its words")
    };
    for (code, _) in said {
        assert!(
            drafting.missing.iter().any(|own| own == code),
            "{code}: {:?}",
            drafting.missing
        );
    }
}
