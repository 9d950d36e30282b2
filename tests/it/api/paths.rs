//! Paths, methods, queries, and the description of them all.

use std::collections::BTreeSet;

use fabu::web::api::routes;
use reqwest::Method;
use reqwest::header::ALLOW;
use serde_json::{Value, json};

use crate::support::database::Database;
use crate::support::house::{Heard, House};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_of_nothing_are_not_found() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let (incident, _) = house.declare().await;
    let drilled = incident.replacen('L', "D", 1);
    let absent = format!("{}0000", &incident[..incident.len() - 4]);
    let lower = incident.to_lowercase();
    let before = house.acts().await;
    for name in [
        &*drilled,
        &absent,
        &lower,
        "L-",
        "L-1",
        "7",
        "%00",
        "%ff",
        "%0d%0a",
        "..%2f..%2fetc",
        "'%20OR%201=1--",
        "%E7%A4%BA%E4%BE%8B",
        &"9".repeat(5000),
    ] {
        for path in [
            format!("/api/v1/incidents/{name}"),
            format!("/api/v1/releases/{name}"),
            format!("/api/v1/releases?incident={name}"),
            format!("/api/v1/journal?incident={name}"),
            format!("/api/v1/reports/timeline?incident={name}"),
            format!("/api/v1/reports/timeliness?incident={name}"),
            format!("/api/v1/reports/delivery?release={name}"),
            format!("/api/v1/deliveries?release={name}"),
        ] {
            house
                .get(&path)
                .await
                .problem(404, "not-found", &["there is no"]);
        }
        let why = json!({ "reason": "不妥" });
        for (path, body) in [
            (
                format!("/api/v1/incidents/{name}/level"),
                json!({ "level": "I", "reason": "不妥" }),
            ),
            (format!("/api/v1/incidents/{name}/end"), why.clone()),
            (
                format!("/api/v1/incidents/{name}/releases"),
                json!({ "item": "x" }),
            ),
            (format!("/api/v1/releases/{name}/submit"), json!({})),
            (format!("/api/v1/releases/{name}/return"), why.clone()),
            (
                format!("/api/v1/releases/{name}/approve"),
                json!({ "hash": "0" }),
            ),
            (format!("/api/v1/releases/{name}/waive"), why.clone()),
            (
                format!("/api/v1/releases/{name}/correct"),
                json!({ "kind": "sent-in-error" }),
            ),
            (format!("/api/v1/releases/{name}/withdraw"), why.clone()),
            (format!("/api/v1/channels/{name}/enable"), json!({})),
            (format!("/api/v1/channels/{name}/disable"), json!({})),
            (format!("/api/v1/channels/{name}/test"), json!({})),
        ] {
            let heard = house.post(&path, &body).await;
            heard.problem(404, "not-found", &["there is no", "nothing was done"]);
        }
    }
    assert_eq!(house.acts().await, before);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unknown_paths_and_wrong_methods_are_said_to_be_so() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    for path in [
        "/",
        "/api",
        "/api/v1",
        "/api/v2/incidents",
        "/api/v1/incidents/",
        "/API/V1/incidents",
        "//",
    ] {
        house
            .get(path)
            .await
            .problem(404, "not-found", &["there is no path"]);
    }
    for (method, path, allowed) in [
        (Method::DELETE, "/api/v1/incidents", "POST"),
        (Method::PATCH, "/api/v1/incidents/x", "GET"),
        (Method::GET, "/api/v1/incidents/x/end", "POST"),
        (Method::POST, "/api/v1/releases/x/text", "PUT"),
        (Method::POST, "/api/v1/journal", "GET"),
        (Method::OPTIONS, "/api/v1/me", "GET"),
        (Method::from_bytes(b"BREW").unwrap(), "/api/v1/me", "GET"),
        (Method::POST, "/healthz", "GET"),
    ] {
        let heard = Heard::of(house.request(method.clone(), path)).await;
        let allow = heard
            .headers
            .get(ALLOW)
            .map(|value| value.to_str().unwrap().to_owned());
        assert!(
            allow.is_some_and(|allow| allow.contains(allowed)),
            "{method} {path}: {heard:?}"
        );
        heard.problem(405, "method", &[method.as_str(), path, "/openapi.json"]);
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_query_that_a_path_does_not_take_is_refused() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let (incident, notice) = house.declare().await;
    for path in [
        "/api/v1/incidents?stauts=active",
        "/api/v1/releases?stauts=published",
        "/api/v1/journal?befor=1",
        "/api/v1/deliveries?release=x&page=2",
        "/api/v1/reports/timeline?x=1",
        "/api/v1/reports/timeliness?x=1",
        "/api/v1/reports/delivery?release=x&x=1",
        "/api/v1/channels?x=1",
        "/api/v1/me?x=1",
        "/api/v1/incidents?limit=many",
        "/api/v1/incidents?limit=-1",
        "/api/v1/incidents?limit=1&limit=2",
        "/api/v1/journal?after=1e3",
        "/api/v1/deliveries",
        "/api/v1/reports/delivery",
        &format!("/api/v1/incidents/{incident}?x=1"),
        &format!("/api/v1/releases/{notice}?dry_run=true"),
    ] {
        house
            .get(path)
            .await
            .problem(400, "bad-request", &["query"]);
    }
    let before = house.acts().await;
    for path in [
        "/api/v1/incidents?dryrun=true".to_owned(),
        "/api/v1/incidents?dry_run=1".to_owned(),
        "/api/v1/incidents?dry_run".to_owned(),
        format!("/api/v1/releases/{notice}/waive?force=true"),
        "/api/v1/channels/portal/test?x=1".to_owned(),
    ] {
        let heard = house.post(&path, &json!({ "reason": "不妥" })).await;
        heard.problem(400, "bad-request", &["query", "nothing was done"]);
    }
    for (path, words) in [
        ("/api/v1/incidents?status=open", "active, ended"),
        ("/api/v1/releases?status=done", "published"),
        ("/api/v1/releases?body=%00", "flood-office"),
        (
            &*format!("/api/v1/deliveries?release={notice}&status=sent"),
            "accepted",
        ),
    ] {
        house.get(path).await.problem(422, "invalid", &[words]);
    }
    assert_eq!(house.acts().await, before);
    house.close().await;
}

/// Every path of the table that the router is made from.
pub fn routes() -> BTreeSet<(String, String)> {
    routes::list()
        .into_iter()
        .map(|route| (route.path, route.method.to_lowercase()))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_description_and_the_router_have_the_same_paths() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let doc = house.get("/openapi.json").await.ok();
    let mut described = BTreeSet::new();
    for (path, item) in doc["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            described.insert((path.clone(), method.clone()));
            let words = |key: &str| operation[key].as_str().unwrap_or_default();
            let said = words("summary").len() + words("description").len();
            assert!(said > 0, "{method} {path} says nothing of itself");
            let named = path.matches('{').count();
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let required = parameters.filter(|p| p["in"] == "path" && p["required"] == true);
            assert_eq!(required.count(), named, "{method} {path}");
            assert!(
                named == 0 || operation["responses"]["404"].is_object(),
                "{method} {path}"
            );
            // What the description promises is there: with no token, a stranger is told so.
            if path.starts_with("/api/") {
                assert!(operation["security"].is_array(), "{method} {path}");
                let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
                let url = format!(
                    "{}{}",
                    house.base,
                    path.replace("{id}", "x")
                        .replace("{code}", "x")
                        .replace("{login}", "x")
                );
                Heard::of(house.http.request(method, url))
                    .await
                    .problem(401, "unauthorized", &[]);
            }
        }
    }
    let routes = routes();
    assert!(routes.len() > 25, "{routes:?}");
    assert_eq!(routes, described);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_description_names_every_schema_it_points_to() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let doc = house.get("/openapi.json").await.ok();
    fn pointers<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
        match value {
            Value::Object(fields) => {
                for (key, value) in fields {
                    match value.as_str().filter(|_| key == "$ref") {
                        Some(pointer) => {
                            found.insert(pointer);
                        }
                        None => pointers(value, found),
                    }
                }
            }
            Value::Array(values) => values.iter().for_each(|value| pointers(value, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    pointers(&doc, &mut found);
    assert!(found.contains("#/components/schemas/Problem"), "{found:?}");
    for pointer in found {
        assert!(
            doc.pointer(&pointer[1..]).is_some(),
            "{pointer} points nowhere"
        );
    }
    house.close().await;
}
