//! `POST /api/v1/releases/{id}/resend`: who may, what is refused, and that the same key asks once.

use reqwest::Method;
use serde_json::json;

use crate::support::database::Database;
use crate::support::house::{Heard, House};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_what_stands_is_sent_again_and_only_by_those_concerned() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let notice = house.submitted().await;
    let path = format!("/api/v1/releases/{}/resend", notice["id"].as_str().unwrap());
    house.post(&path, &json!({})).await.problem(
        409,
        "conflict",
        &["in-review", "nothing was changed"],
    );
    let approve = path.replace("/resend", "/approve");
    let hash = json!({ "hash": notice["bulletin"]["hash"] });
    for (login, post) in [("kezhang", "section-head"), ("zhuren", "office-director")] {
        let token = house.hire(login, &[&format!("flood-office/{post}")]).await;
        let id = notice["id"].as_str().unwrap();
        let request = house
            .http
            .get(format!("{}/api/v1/releases/{id}", house.base));
        Heard::of(request.bearer_auth(&token)).await.ok();
        house.post_as(&token, &approve, &hash).await.ok();
    }
    let done = house.post(&path, &json!({ "unknown": true })).await.ok();
    assert_eq!(
        (&done["resent"], &done["unknown_left"]),
        (&json!(0), &json!(0))
    );

    let stranger = house.hire("mou", &["health-commission/duty-officer"]).await;
    house.post_as(&stranger, &path, &json!({})).await.problem(
        403,
        "forbidden",
        &["sending this text again", "nothing was changed"],
    );
    let elsewhere = json!({ "channel": "smoke" });
    let heard = house.post(&path, &elsewhere).await;
    assert_eq!(heard.status, 422, "{heard:?}");
    let misspelt = json!({ "unknwon": true });
    assert_eq!(house.post(&path, &misspelt).await.status, 400);
    let nobody = "/api/v1/releases/L-00000000000000000000000001/resend";
    assert_eq!(house.post(nobody, &json!({})).await.status, 404);

    let keyed = async || {
        let request = house.request(Method::POST, &path).json(&json!({}));
        Heard::of(request.header("Idempotency-Key", "again")).await
    };
    let (first, second) = (keyed().await, keyed().await);
    assert_eq!((first.status, &first.text), (second.status, &second.text));
    house.close().await;
}
