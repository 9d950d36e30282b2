//! What a declaration and its facts may hold.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::database::Database;
use crate::support::house::{Heard, House, flood, flood_with};

const INCIDENTS: &str = "/api/v1/incidents";

/// The fields that a problem names.
fn fields(problem: &Value) -> Vec<&str> {
    let problems = problem["problems"].as_array().unwrap();
    problems
        .iter()
        .map(|p| p["field"].as_str().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_declaration_that_cannot_be_used_names_its_fields() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    for (field, value, words) in [
        ("event", json!("flod"), &["flod", "flood"][..]),
        ("event", json!(""), &["flood"]),
        ("level", json!("V"), &["V"]),
        ("level", json!(""), &[]),
        ("areas", json!([]), &["320299"]),
        ("areas", json!(["320298"]), &["320298", "Shili City"]),
        ("areas", json!(["3202"]), &["3202", "6, 9 or 12"]),
        (
            "areas",
            json!(["320299", "三二〇"]),
            &["三二〇", "320299 Shili City"],
        ),
        ("known_at", json!("2026-07-01T11:00:01+08:00"), &["future"]),
        ("expected_duration", json!("soon"), &["soon", "12h"]),
        ("expected_duration", json!("-3h"), &["-3h"]),
        ("expected_duration", json!("99999999999999999999d"), &[]),
        ("facts", json!({ "rainfal": 3 }), &["rainfal", "rainfall"]),
        (
            "facts",
            json!({ "rainfall": "much" }),
            &["rainfall", "a number", "much"],
        ),
        (
            "facts",
            json!({ "rainfall": [3] }),
            &["rainfall", "a number", "a list"],
        ),
        ("facts", json!({ "rainfall": null }), &["rainfall"]),
        (
            "facts",
            json!({ "rainfall": { "valu": 3 } }),
            &["rainfall", "valu"],
        ),
        ("facts", json!({ "rainfall": {} }), &["rainfall", "value"]),
        (
            "facts",
            json!({ "rainfall": { "value": 3, "as_of": "2027-01-01T00:00:00Z" } }),
            &["rainfall", "future"],
        ),
        (
            "facts",
            json!({ "measures-list": "巡堤" }),
            &["measures-list", "list of rows"],
        ),
        (
            "facts",
            json!({ "measures-list": [{ "measure": "巡堤" }] }),
            &["measures-list", "row 1", "body", "missing"],
        ),
        (
            "facts",
            json!({ "measures-list": [{ "measure": "巡堤", "body": "市水务局", "who": "" }] }),
            &["measures-list", "row 1", "who"],
        ),
    ] {
        let declaration = flood_with(field, value);
        let heard = house.post(INCIDENTS, &declaration).await;
        let problem = heard.problem(422, "invalid", words);
        assert!(
            fields(&problem)
                .iter()
                .all(|named| named.starts_with(field)),
            "{field}: {problem:#}"
        );
        let title = problem["title"].as_str().unwrap();
        assert!(title.contains("nothing was changed"), "{problem:#}");
    }
    assert_eq!(house.incidents().await, 0);
    assert_eq!(house.acts().await, [""; 0]);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fact_that_cannot_be_used_is_named_at_once_and_none_is_kept() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let (incident, _) = house.declare().await;
    let path = format!("{INCIDENTS}/{incident}");
    let before = house.get(&path).await.ok()["facts"].clone();
    let facts = json!({ "facts": {
        "rainfall": 88, "situation": 7, "rainfal": 1, "measures-list": {},
    } });
    let heard = house.put(&format!("{path}/facts"), &facts).await;
    // An object without a value is not even a fact.
    heard.problem(422, "invalid", &["measures-list"]);
    let facts = json!({ "facts": { "rainfall": 88, "situation": 7, "rainfal": 1 } });
    let heard = house.put(&format!("{path}/facts"), &facts).await;
    let problem = heard.problem(422, "invalid", &["situation", "rainfal"]);
    assert_eq!(fields(&problem), ["facts.rainfal", "facts.situation"]);
    assert_eq!(house.get(&path).await.ok()["facts"], before);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_the_json_of_a_path_is_refused() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let good = flood().to_string();
    let with = |more: &str| format!("{},{more}}}", good.strip_suffix('}').unwrap());
    for (body, words) in [
        (String::new(), &["event"][..]),
        ("{".into(), &["line 1"]),
        ("null".into(), &[]),
        ("7".into(), &[]),
        ("[]".into(), &["list"]),
        // In their order, these are the fields of a declaration.
        (r#"["flood", "IV", ["320299"]]"#.into(), &["list"]),
        ("event=flood&level=IV".into(), &[]),
        ("<event>flood</event>".into(), &[]),
        (format!("{good}{good}"), &["trailing"]),
        (with(r#""levle":"I""#), &["levle", "level"]),
        (with(r#""level":"I""#), &["duplicate", "level"]),
        (
            r#"{"event":"flood","level":"IV","areas":["320299"],"facts":{"rainfall":1,"rainfall":{"value":2}}}"#.into(),
            &["duplicate", "rainfall"],
        ),
        (r#"{"event":"flood","areas":["320299"]}"#.into(), &["level"]),
        (
            r#"{"event":"flood","level":4,"areas":["320299"]}"#.into(),
            &["string"],
        ),
        (
            r#"{"event":"flood","level":"IV","areas":"320299"}"#.into(),
            &["expected a list"],
        ),
        (with(r#""title":"\ud800""#), &["escape"]),
        (with(r#""title":"\udc00\ud800""#), &["escape"]),
        (with(r#""known_at":"yesterday""#), &[]),
        (with(r#""known_at":"2026-02-30T00:00:00Z""#), &[]),
        (
            format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)),
            &[],
        ),
        (
            with(&format!(
                r#""title":{}{}"#,
                "[".repeat(5000),
                "]".repeat(5000)
            )),
            &[],
        ),
    ] {
        let request = house.request(Method::POST, INCIDENTS).body(body.clone());
        let heard = Heard::of(request).await;
        let mut words = words.to_vec();
        words.push("nothing was changed");
        heard.problem(400, "bad-request", &words);
    }
    let request = house
        .request(Method::POST, INCIDENTS)
        .body(vec![0xff, 0xfe, b'{', 0]);
    Heard::of(request)
        .await
        .problem(400, "bad-request", &["nothing was changed"]);
    assert_eq!(house.incidents().await, 0);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_of_two_megabytes_is_refused_and_the_next_request_served() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    for size in [1_100_000, 2_000_000, 9_000_000] {
        let declaration = flood_with("title", json!("汛".repeat(size / 3)));
        let heard = house.post(INCIDENTS, &declaration).await;
        heard.problem(413, "body-too-large", &["1048576", "nothing was changed"]);
    }
    assert_eq!(house.incidents().await, 0);
    house.declare().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_moment_long_past_plans_no_more_than_one_of_today() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let today = house.post(INCIDENTS, &flood()).await.status(201);
    for known_at in [
        "1970-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "-262143-01-01T00:00:00Z",
    ] {
        let mut declaration = flood_with("known_at", json!(known_at));
        declaration["another"] = json!(true);
        let heard = house.post(INCIDENTS, &declaration).await;
        if heard.status == 422 {
            heard.problem(422, "invalid", &["known_at"]);
            continue;
        }
        let declared = heard.status(201);
        let count = |of: &Value| of["releases"].as_array().unwrap().len();
        assert_eq!(count(&declared), count(&today), "{declared:#}");
    }
    assert!(house.journal().await.len() < 200);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_place_named_twice_is_one_place() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let declaration = flood_with("areas", json!(["320299", "320299"]));
    let declared = house.post(INCIDENTS, &declaration).await.status(201);
    assert_eq!(declared["areas"], json!(["320299"]));
    assert_eq!(
        declared["title"]
            .as_str()
            .unwrap()
            .matches("示例市")
            .count(),
        1
    );
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_level_change_needs_a_level_a_reason_and_an_incident_that_is_active() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let (incident, _) = house.declare().await;
    let path = format!("{INCIDENTS}/{incident}");
    let level = format!("{path}/level");
    let why = "水位上涨";
    for (body, status, name, words) in [
        (
            json!({ "level": "0", "reason": why }),
            422,
            "invalid",
            "level",
        ),
        (
            json!({ "level": "III", "reason": " " }),
            422,
            "invalid",
            "reason",
        ),
        (
            json!({ "level": "III", "reason": "一\n二" }),
            422,
            "invalid",
            "reason",
        ),
        (json!({ "level": "III" }), 400, "bad-request", "reason"),
        (
            json!({ "level": "IV", "reason": why }),
            409,
            "conflict",
            "IV",
        ),
    ] {
        house
            .post(&level, &body)
            .await
            .problem(status, name, &[words]);
    }
    let ended = house
        .post(&format!("{path}/end"), &json!({ "reason": "雨停" }))
        .await
        .ok();
    assert_eq!(ended["status"], "ended");
    let late = house
        .post(&level, &json!({ "level": "I", "reason": why }))
        .await;
    late.problem(409, "conflict", &["ended", "nothing was changed"]);
    let late = house
        .post(&format!("{path}/end"), &json!({ "reason": "雨停" }))
        .await;
    late.problem(409, "conflict", &["ended", "nothing was changed"]);
    let late = house
        .post(&format!("{path}/releases"), &json!({ "item": "nothing" }))
        .await;
    late.problem(409, "conflict", &["ended", "nothing was changed"]);
    house.close().await;
}
