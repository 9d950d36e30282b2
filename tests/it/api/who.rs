//! Who may call: a token that is good, of a person who is not disabled.

use fabu::domain::person::token_hash;
use reqwest::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use serde_json::json;

use crate::support::database::Database;
use crate::support::house::{Heard, House, flood};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_good_token_nothing_is_shown_and_nothing_done() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let url = format!("{}/api/v1/incidents", house.base);
    let basic = format!("Basic {}", house.officer);
    let cut = format!("Bearer {}", &house.officer[1..]);
    let twice = format!("Bearer Bearer {}", house.officer);
    for shown in [
        None,
        Some(""),
        Some("Bearer"),
        Some("Bearer "),
        Some("Bearer nobody"),
        Some("Bearer 值班员"),
        Some(&*house.officer),
        Some(&*basic),
        Some(&*cut),
        Some(&*twice),
    ] {
        for request in [house.http.get(&url), house.http.post(&url).json(&flood())] {
            let request = match shown {
                Some(value) => request.header(AUTHORIZATION, value.as_bytes()),
                None => request,
            };
            let heard = Heard::of(request).await;
            assert_eq!(heard.headers[WWW_AUTHENTICATE], "Bearer", "{shown:?}");
            heard.problem(
                401,
                "unauthorized",
                &["fabu user token", "nothing was done"],
            );
        }
    }
    assert_eq!(house.incidents().await, 0);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_good_until_its_end_and_the_answer_says_when_that_was() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let now = house.realm.now();
    let mut tx = house.realm.store.begin().await.unwrap();
    let person = tx.person_by_login("zhiban").await.unwrap().unwrap();
    let end = now + chrono::TimeDelta::hours(1);
    tx.add_token(&person.id, &token_hash("short"), "", now, Some(end))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let me = || {
        let request = house.http.get(format!("{}/api/v1/me", house.base));
        Heard::of(request.bearer_auth("short"))
    };
    me().await.ok();
    house.clock.advance_to(end);
    me().await.problem(
        401,
        "unauthorized",
        &["2026-07-01 04:00 UTC", "fabu user token"],
    );
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disabled_person_and_a_revoked_token_are_strangers_at_once() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let leaver = house.hire("lizhi", &["flood-office/duty-officer"]).await;
    let loser = house.hire("diushi", &["flood-office/duty-officer"]).await;
    let me = |token: &str| {
        let request = house.http.get(format!("{}/api/v1/me", house.base));
        Heard::of(request.bearer_auth(token))
    };
    assert_eq!(me(&leaver).await.ok()["user"], "lizhi");
    assert_eq!(me(&loser).await.ok()["user"], "diushi");

    let now = house.realm.now();
    let mut tx = house.realm.store.begin().await.unwrap();
    let mut person = tx.person_by_login("lizhi").await.unwrap().unwrap();
    person.disabled_at = Some(now);
    tx.update_person(&person).await.unwrap();
    let person = tx.person_by_login("diushi").await.unwrap().unwrap();
    tx.revoke_tokens(&person.id, now).await.unwrap();
    tx.commit().await.unwrap();

    for token in [&leaver, &loser] {
        me(token).await.problem(401, "unauthorized", &[]);
        let declared = house.post_as(token, "/api/v1/incidents", &flood()).await;
        declared.problem(401, "unauthorized", &[]);
    }
    assert_eq!(house.incidents().await, 0);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_of_another_body_cannot_work_an_incident() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let (incident, notice) = house.declare().await;
    house.release_once(&notice, "drafting").await;
    let stranger = house.hire("luren", &[]).await;
    let before = house.acts().await;
    let reason = json!({ "reason": "试一试" });
    for (path, body) in [
        ("/api/v1/incidents".to_owned(), flood()),
        (
            format!("/api/v1/incidents/{incident}/level"),
            json!({ "level": "I", "reason": "试一试" }),
        ),
        (format!("/api/v1/incidents/{incident}/end"), reason.clone()),
        (
            format!("/api/v1/incidents/{incident}/releases"),
            json!({ "item": "rumour-refutation" }),
        ),
        (format!("/api/v1/releases/{notice}/submit"), json!({})),
        (format!("/api/v1/releases/{notice}/waive"), reason),
    ] {
        let heard = house.post_as(&stranger, &path, &body).await;
        heard.problem(403, "forbidden", &["nothing was changed"]);
    }
    assert_eq!(house.acts().await, before);
    house.close().await;
}
