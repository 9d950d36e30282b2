//! However much is wrong with a request, and however long it is: the answer is one that somebody can read.

use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::support::database::Database;
use crate::support::house::{Heard, House, flood, flood_with};

const INCIDENTS: &str = "/api/v1/incidents";
/// The most bytes of an answer that only says what is wrong.
const MOST: usize = 64 * 1024;

fn unknown(count: usize) -> Value {
    let facts: Map<String, Value> = (0..count)
        .map(|n| (format!("no-such-fact-{n:06}"), json!(n)))
        .collect();
    facts.into()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_problems_are_listed_and_the_others_counted() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let heard = house
        .post(INCIDENTS, &flood_with("facts", unknown(30_000)))
        .await;
    assert!(heard.text.len() < MOST, "{} bytes", heard.text.len());
    let problem = heard.problem(422, "invalid", &["no-such-fact-000000", "29995 more"]);
    assert_eq!(problem["problems"].as_array().unwrap().len(), 20);
    assert_eq!(problem["more_problems"], 29_980);
    let listed = problem["problems"].to_string();
    assert_eq!(listed.matches("affected-areas").count(), 0, "{listed}");

    let heard = house
        .post(INCIDENTS, &flood_with("facts", unknown(3)))
        .await;
    let problem = heard.problem(422, "invalid", &["no-such-fact-000002"]);
    assert_eq!(problem["problems"].as_array().unwrap().len(), 3);
    assert!(problem.get("more_problems").is_none(), "{problem:#}");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_back_of_a_long_input_is_short() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let (incident, notice) = house.declare().await;
    house.release_once(&notice, "drafting").await;
    let long = "汛".repeat(300_000);
    let field = |name: &str| json!({ name: "x" });
    let posts: Vec<(String, Value)> = vec![
        (INCIDENTS.into(), flood_with("event", json!(long))),
        (INCIDENTS.into(), flood_with("level", json!(long))),
        (INCIDENTS.into(), flood_with("areas", json!([long]))),
        (
            INCIDENTS.into(),
            flood_with("areas", json!(vec!["320298"; 90_000])),
        ),
        (INCIDENTS.into(), flood_with("title", json!(long))),
        (INCIDENTS.into(), flood_with("known_at", json!(long))),
        (
            INCIDENTS.into(),
            flood_with("expected_duration", json!(long)),
        ),
        (INCIDENTS.into(), flood_with(&long, json!(1))),
        (
            INCIDENTS.into(),
            flood_with("facts", json!({ (long.clone()): 1 })),
        ),
        (
            INCIDENTS.into(),
            flood_with(
                "facts",
                json!({ (long.clone()): { (long[..30].to_owned()): 1 } }),
            ),
        ),
        (
            INCIDENTS.into(),
            flood_with("facts", json!({ "rainfall": { (long.clone()): 1 } })),
        ),
        (
            INCIDENTS.into(),
            flood_with("facts", json!({ "rainfall": long })),
        ),
        (
            INCIDENTS.into(),
            flood_with("facts", json!({ "measures-list": [{ (long.clone()): 1 }] })),
        ),
        (
            format!("{INCIDENTS}/{incident}/level"),
            json!({ "level": long, "reason": "x" }),
        ),
        (
            format!("{INCIDENTS}/{incident}/end"),
            json!({ "reason": long }),
        ),
        (format!("{INCIDENTS}/{incident}/end"), field(&long)),
        (
            format!("{INCIDENTS}/{incident}/releases"),
            json!({ "item": long }),
        ),
        (
            format!("/api/v1/releases/{notice}/correct"),
            json!({ "kind": long }),
        ),
        (
            format!("/api/v1/releases/{notice}/approve"),
            json!({ "hash": long }),
        ),
        (
            format!("/api/v1/releases/{notice}/return"),
            json!({ "reason": long }),
        ),
    ];
    for (path, body) in posts {
        let begun = body.to_string().chars().take(60).collect::<String>();
        let heard = house.post(&path, &body).await;
        assert!(
            heard.status.is_client_error(),
            "{path} {begun}: {}",
            heard.status
        );
        assert!(
            heard.text.len() < MOST / 4,
            "{path} {begun}: {} bytes",
            heard.text.len()
        );
    }
    // The same name twice, which is said back as well.
    let twice = format!("{{\"{0}\":1,\"{0}\":2}}", "a".repeat(400_000));
    let request = house.request(Method::POST, INCIDENTS).body(twice);
    let heard = Heard::of(request).await;
    assert!(heard.text.len() < MOST / 4, "{} bytes", heard.text.len());
    heard.problem(400, "bad-request", &["duplicate field"]);
    let name = "b".repeat(9_000);
    for path in [
        format!("/{name}"),
        format!("/api/v1/releases/{name}"),
        format!("/api/v1/releases?status={name}"),
        format!("/api/v1/releases?body={name}"),
        format!("/api/v1/releases?{name}=1"),
        format!("/api/v1/channels/{name}/test"),
        format!("/api/v1/journal?incident={name}"),
    ] {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let heard = Heard::of(house.request(method, &path)).await;
            assert!(heard.status.is_client_error(), "{heard:?}");
            assert!(heard.text.len() < MOST / 8, "{} bytes", heard.text.len());
        }
    }
    let mut another = flood();
    another["another"] = json!(true);
    house.post(INCIDENTS, &another).await.status(201);
    house.close().await;
}
