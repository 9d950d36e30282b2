//! Two people who change who there is at the same moment.

use std::sync::Arc;

use fabu::domain::rights::{Right, held_by};
use serde_json::json;

use crate::support::database::Database;
use crate::support::house::House;

crate::on_each_database!(administrators_who_shut_each_other_out_leave_one);

async fn administrators_who_shut_each_other_out_leave_one(database: &Database) {
    const POST: &[&str] = &["data-centre/system-administrator"];
    let house = Arc::new(House::open(database).await);
    let out = |by: String, whom: String| {
        let house = house.clone();
        tokio::spawn(async move {
            let path = format!("/api/v1/people/{whom}/disable");
            house.post_as(&by, &path, &json!({})).await.status.as_u16()
        })
    };
    for round in 0..50 {
        let (one, other) = (format!("one-{round}"), format!("other-{round}"));
        let (first, second) = (house.hire(&one, POST).await, house.hire(&other, POST).await);
        let (a, b) = tokio::join!(out(first, other), out(second, one));
        let mut answers = [a.unwrap(), b.unwrap()];
        answers.sort_unstable();
        // Whoever comes second is refused: as the last one's victim, or because they are shut out by then.
        assert!(matches!(answers, [200, 401 | 409]), "{round}: {answers:?}");
        let mut tx = house.realm.store.begin().await.unwrap();
        let people = tx.people().await.unwrap();
        let left = held_by(
            &house.realm.world().plans.bodies,
            Right::Administer,
            &people,
        );
        assert_eq!(left.len(), 1, "{round}");
        // Out of the way of the next two.
        let mut last = left[0].clone();
        last.posts.clear();
        tx.update_person(&last).await.unwrap();
        tx.commit().await.unwrap();
    }
    Arc::into_inner(house).unwrap().close().await;
}
