//! The same request twice, a request that was only a trial, and one that comes too late.

use reqwest::Method;
use reqwest::header::{ETAG, IF_MATCH};
use serde_json::{Value, json};

use crate::support::database::Database;
use crate::support::house::{Heard, House, flood, flood_with};

const INCIDENTS: &str = "/api/v1/incidents";

async fn keyed(house: &House, key: &str, path: &str, body: &Value) -> Heard {
    let request = house.request(Method::POST, path).json(body);
    Heard::of(request.header("Idempotency-Key", key)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_request_with_the_same_key_is_done_once() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let first = keyed(&house, "k1", INCIDENTS, &flood()).await;
    let again = keyed(&house, "k1", INCIDENTS, &flood()).await;
    assert_eq!((first.status, &first.text), (again.status, &again.text));
    let declared = first.status(201);
    assert_eq!(house.incidents().await, 1);

    let other = flood_with("level", json!("III"));
    let level = format!("{INCIDENTS}/{}/level", declared["id"].as_str().unwrap());
    let raise = json!({ "level": "III", "reason": "水位上涨" });
    for heard in [
        keyed(&house, "k1", INCIDENTS, &other).await,
        keyed(&house, "k1", &level, &raise).await,
    ] {
        heard.problem(
            422,
            "idempotency-key-reused",
            &["new key", "nothing was changed"],
        );
    }
    // Somebody else's key of the same name is another key.
    let other = house.hire("daiban", &["flood-office/duty-officer"]).await;
    let request = house.http.post(format!("{}{INCIDENTS}", house.base));
    let request = request.bearer_auth(other).header("Idempotency-Key", "k1");
    let heard = Heard::of(request.json(&flood())).await;
    let problem = heard.problem(409, "conflict", &["already declared"]);
    assert_eq!(problem["existing"], declared["id"]);
    assert_eq!(house.incidents().await, 1);
    house.close().await;
}

crate::on_each_database!(a_key_that_comes_many_times_at_once_is_answered_alike_and_done_once);

async fn a_key_that_comes_many_times_at_once_is_answered_alike_and_done_once(database: &Database) {
    let house = House::open(database).await;
    let declaration = flood();
    let all = (0..12).map(|_| keyed(&house, "storm", INCIDENTS, &declaration));
    let heard = futures_util::future::join_all(all).await;
    for one in &heard {
        assert_eq!((one.status.as_u16(), &one.text), (201, &heard[0].text));
    }
    assert_eq!(house.incidents().await, 1);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_failed_may_be_sent_again_with_its_key() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let wrong = flood_with("level", json!("V"));
    keyed(&house, "k1", INCIDENTS, &wrong)
        .await
        .problem(422, "invalid", &[]);
    keyed(&house, "k1", INCIDENTS, &flood()).await.status(201);
    for key in ["", &"k".repeat(101), "一"] {
        let heard = keyed(&house, key, INCIDENTS, &flood()).await;
        heard.problem(
            400,
            "bad-request",
            &["idempotency-key", "nothing was changed"],
        );
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dry_run_answers_and_changes_nothing() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let trial = format!("{INCIDENTS}?dry_run=true");
    let would = keyed(&house, "k1", &trial, &flood()).await.ok();
    assert_eq!(would["status"], "active");
    assert!(!would["releases"].as_array().unwrap().is_empty());
    assert_eq!(house.incidents().await, 0);
    assert_eq!(house.acts().await, [""; 0]);
    // It did not use the key up either.
    keyed(&house, "k1", INCIDENTS, &flood()).await.status(201);

    let incident = house.get(INCIDENTS).await.ok()[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("{INCIDENTS}/{incident}");
    let notice = house.get(&path).await.ok()["releases"]
        .as_array()
        .unwrap()
        .iter()
        .find(|r| r["item"] == "response-notice")
        .unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    house.release_once(&notice, "drafting").await;
    let before = (house.get(&path).await.ok(), house.acts().await);
    let reason = json!({ "reason": "只是试试" });
    for (path, body, field, then) in [
        (
            format!("{path}/level"),
            json!({ "level": "I", "reason": "只是试试" }),
            "level",
            "I",
        ),
        (format!("{path}/end"), reason.clone(), "status", "ended"),
        (
            format!("/api/v1/releases/{notice}/submit"),
            json!({}),
            "status",
            "in-review",
        ),
    ] {
        let would = house
            .post(&format!("{path}?dry_run=true"), &body)
            .await
            .ok();
        assert_eq!(would[field], then, "{would:#}");
    }
    let keeper = house
        .hire("anquan", &["data-centre/security-administrator"])
        .await;
    let disable = "/api/v1/channels/portal/disable?dry_run=true";
    let would = house.post_as(&keeper, disable, &json!({})).await.ok();
    assert_eq!(would["channel"], "portal", "{would:#}");
    assert_eq!((house.get(&path).await.ok(), house.acts().await), before);
    let channels = house.get("/api/v1/channels").await.ok();
    let portal = channels
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["channel"] == "portal");
    assert_eq!(portal.unwrap()["enabled"], true);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_to_a_release_that_changed_meanwhile_is_refused() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let (_, notice) = house.declare().await;
    house.release_once(&notice, "drafting").await;
    let path = format!("/api/v1/releases/{notice}");
    let seen = house.get(&path).await.headers[ETAG]
        .to_str()
        .unwrap()
        .to_owned();
    let edit = |title: &str, seen: &str| {
        let request = house.request(Method::PUT, &format!("{path}/text"));
        let request = request.header(IF_MATCH, seen);
        Heard::of(request.json(&json!({ "title": title })))
    };
    edit("关于启动防汛应急响应的通告", &seen).await.ok();
    let late = edit("另一个标题", &seen).await;
    late.problem(412, "changed-meanwhile", &[&seen, "nothing was changed"]);
    let unreadable = edit("另一个标题", "\"版\"").await;
    unreadable.problem(400, "bad-request", &["if-match", "nothing was changed"]);
    let hash = house.release(&notice).await["bulletin"]["hash"].clone();
    for (verb, body) in [
        ("submit", json!({})),
        ("approve", json!({ "hash": hash, "fast": true })),
        ("return", json!({ "reason": "不妥" })),
        ("waive", json!({ "reason": "不妥" })),
        ("withdraw", json!({ "reason": "不妥" })),
        ("correct", json!({ "kind": "wrong-content" })),
    ] {
        let request = house.request(Method::POST, &format!("{path}/{verb}"));
        let heard = Heard::of(request.header(IF_MATCH, &seen).json(&body)).await;
        // Whoever may not do it is told that, and no version.
        match verb {
            "return" | "waive" => heard.problem(403, "forbidden", &["nothing was changed"]),
            _ => heard.problem(412, "changed-meanwhile", &[&seen, "nothing was changed"]),
        };
    }
    let now = house.get(&path).await;
    assert_eq!(
        now.json()["bulletin"]["title"],
        "关于启动防汛应急响应的通告"
    );
    let fresh = now.headers[ETAG].to_str().unwrap().to_owned();
    edit("第三个标题", &fresh).await.ok();
    edit("第四个标题", "*").await.ok();
    house.close().await;
}
