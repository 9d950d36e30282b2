//! Acts that take a second person, over the API.

use fabu::domain::time::Span;
use fabu::worker;
use serde_json::{Value, json};

use crate::support::database::Database;
use crate::support::house::House;
use crate::support::town::examples;

async fn asked(house: &House, incident: &str) -> Value {
    let path = format!("/api/v1/incidents/{incident}/level");
    let raise = json!({ "level": "I", "reason": "大堤出险" });
    house.post(&path, &raise).await.status(202)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn raising_to_i_is_done_when_another_person_confirms_it() {
    let database = Database::sqlite();
    let house = House::with(&database, examples()).await;
    let mayor = house
        .hire("fushizhang", &["county-government/deputy-mayor"])
        .await;
    let (incident, _) = house.declare().await;
    let path = format!("/api/v1/incidents/{incident}");
    let level = |level: &str| json!({ "level": level, "reason": "雨势加强" });

    // Lesser steps take one person.
    let raised = house.post(&format!("{path}/level"), &level("II")).await;
    assert_eq!(raised.ok()["level"], "II");
    let waits = asked(&house, &incident).await;
    assert_eq!(waits["act"], "raise-to-i");
    assert_eq!(waits["asked_by"], "zhiban");
    assert_eq!(waits["status"], "open");
    let posts = waits["waits_for"].as_array().unwrap();
    assert_eq!(posts[0], "county-government/deputy-mayor");
    let board = house.get(&path).await.ok();
    assert_eq!(board["level"], "II", "not done yet");
    assert_eq!(board["asked"], json!([waits]));
    let mine = "/api/v1/asked?mine=true";
    assert_eq!(house.get_as(&mayor, mine).await.ok(), json!([waits]));
    assert_eq!(
        house.get(mine).await.ok(),
        json!([]),
        "nobody confirms their own"
    );

    let again = house.post(&format!("{path}/level"), &level("I")).await;
    let again = again.problem(409, "asked-already", &["zhiban asked", "asked twice"]);
    assert_eq!(again["existing"], waits["id"]);

    let confirm = format!("/api/v1/asked/{}/confirm", waits["id"].as_str().unwrap());
    let own = house.post(&confirm, &json!({})).await;
    own.problem(
        403,
        "second-person",
        &["another person than the one who asked"],
    );
    let done = house.post_as(&mayor, &confirm, &json!({})).await.ok();
    assert_eq!(done["level"], "I");
    let last = done["levels"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&last["by"], &last["reason"]),
        (&json!("zhiban"), &json!("大堤出险"))
    );
    let twice = house.post_as(&mayor, &confirm, &json!({})).await;
    twice.problem(409, "conflict", &["confirmed at", "by fushizhang"]);
    let acts = house.acts().await;
    let tail: Vec<&str> = acts.iter().rev().take(3).map(String::as_str).collect();
    assert_eq!(
        tail,
        [
            "level-raised",
            "second-person-confirmed",
            "second-person-asked"
        ]
    );
    assert_eq!(house.get("/api/v1/asked").await.ok(), json!([]));
    assert_eq!(house.get(&path).await.ok().get("asked"), None);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_asked_may_take_it_back_and_nobody_confirms_it_then() {
    let database = Database::sqlite();
    let house = House::with(&database, examples()).await;
    let mayor = house
        .hire("fushizhang", &["county-government/deputy-mayor"])
        .await;
    let other = house
        .hire("fayanren", &["publicity-department/spokesperson"])
        .await;
    let (incident, _) = house.declare().await;
    let waits = asked(&house, &incident).await;
    let path = format!("/api/v1/asked/{}", waits["id"].as_str().unwrap());
    let reason = json!({ "reason": "险情已排除" });
    house
        .post_as(&other, &format!("{path}/decline"), &reason)
        .await
        .problem(403, "second-person", &["nothing was changed"]);
    let declined = house.post(&format!("{path}/decline"), &reason).await.ok();
    assert_eq!(declined["status"], "declined");
    house
        .post_as(&mayor, &format!("{path}/confirm"), &json!({}))
        .await
        .problem(409, "conflict", &["declined at", "by zhiban"]);
    let shown = house
        .get(&format!("/api/v1/incidents/{incident}"))
        .await
        .ok();
    assert_eq!(shown["level"], "IV");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_confirms_in_time_lapses_and_may_be_asked_for_again() {
    let database = Database::sqlite();
    let house = House::with(&database, examples()).await;
    let mayor = house
        .hire("fushizhang", &["county-government/deputy-mayor"])
        .await;
    let (incident, _) = house.declare().await;
    let waits = asked(&house, &incident).await;
    let later = "30m".parse::<Span>().unwrap().after(house.realm.now());
    house.clock.advance_to(later);
    let confirm = format!("/api/v1/asked/{}/confirm", waits["id"].as_str().unwrap());
    let late = house.post_as(&mayor, &confirm, &json!({})).await;
    late.problem(409, "conflict", &["lapsed"]);
    worker::tick(&house.realm, &mut []).await.unwrap();
    let journal = house.journal().await;
    let lapsed: Vec<&Value> = journal
        .iter()
        .filter(|entry| entry["act"] == "second-person-lapsed")
        .collect();
    assert_eq!(lapsed.len(), 1, "{lapsed:#?}");
    assert_eq!(lapsed[0]["data"]["asked_by"], "zhiban");
    let again = asked(&house, &incident).await;
    assert_ne!(again["id"], waits["id"]);
    house.close().await;
}
