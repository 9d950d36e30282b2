//! Anything at all, thrown at every route: it is answered, never with a failure of the program, and what stands
//! afterwards is sound.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Map, Value, json};

use super::paths::routes;
use crate::support::database::Database;
use crate::support::house::{Heard, House, flood};

/// Words at which something might stumble: the right ones, the nearly right, and the hostile.
const WORDS: [&str; 40] = [
    "flood",
    "typhoon",
    "IV",
    "I",
    "320299",
    "320299100",
    "rainfall",
    "48h",
    "0s",
    "36500d",
    "99999999d",
    "2026-07-01T03:00:00Z",
    "-262143-01-01T00:00:00Z",
    "+262142-12-31T23:59:59Z",
    "1969-12-31T23:59:59.999999999Z",
    "wrong-content",
    "sent-in-error",
    "all-clear",
    "rumour-refutation",
    "response-notice",
    "水位上涨",
    "active",
    "published",
    "drafting",
    "flood-office",
    "true",
    "-1",
    "9223372036854775807",
    "18446744073709551616",
    "1e999",
    "",
    " ",
    "\u{0}",
    "a\r\nBcc: x@example.invalid",
    "\u{202e}",
    "\u{fffd}\u{10ffff}",
    "'; DROP TABLE release; --",
    "{{{situation}}}",
    "<script>",
    "../../etc/passwd",
];

const FIELDS: [&str; 22] = [
    "event",
    "level",
    "areas",
    "title",
    "known_at",
    "expected_duration",
    "facts",
    "another",
    "reason",
    "item",
    "hash",
    "fast",
    "kind",
    "text",
    "title_en",
    "action",
    "sms",
    "rainfall",
    "measures-list",
    "value",
    "as_of",
    "source",
];

const KEYS: [&str; 8] = [
    "dry_run", "incident", "release", "status", "body", "limit", "after", "x",
];

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => select(&WORDS[..]).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => "[a-zA-Z0-9-]{0,40}",
    ]
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word().prop_map(Value::from),
        word().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        let fields = prop_oneof![select(&FIELDS[..]).prop_map(str::to_owned), word()];
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            btree_map(fields, inner, 0..6).prop_map(|map| Value::Object(Map::from_iter(map))),
        ]
    })
}

/// What a verb takes, whole or with one field made into anything.
fn nearly_right() -> impl Strategy<Value = Value> {
    let right = vec![
        flood(),
        json!({ "facts": { "rainfall": 12, "situation": { "value": "雨", "as_of": "2026-07-01T03:00:00Z" } } }),
        json!({ "level": "II", "reason": "水位上涨" }),
        json!({ "reason": "水位上涨" }),
        json!({ "item": "rumour-refutation" }),
        json!({ "hash": "00", "fast": true }),
        json!({ "kind": "wrong-content", "facts": {} }),
        json!({ "title": "通告", "text": "一\n二", "sms": "短信" }),
        json!({}),
    ];
    (
        select(right),
        any::<prop::sample::Index>(),
        any::<bool>(),
        anything(),
    )
        .prop_map(|(mut body, at, spoil, value)| {
            let fields = body.as_object_mut().unwrap();
            if spoil && !fields.is_empty() {
                let name = fields.keys().nth(at.index(fields.len())).unwrap().clone();
                fields.insert(name, value);
            }
            body
        })
}

#[derive(Debug, Clone)]
struct Throw {
    route: prop::sample::Index,
    /// Which of the ids that exist, or none of them.
    name: Result<prop::sample::Index, String>,
    query: Vec<(&'static str, String)>,
    body: Vec<u8>,
    key: Option<String>,
    if_match: Option<Vec<u8>>,
}

fn throw() -> impl Strategy<Value = Throw> {
    let name =
        prop_oneof![4 => any::<prop::sample::Index>().prop_map(Ok), 1 => word().prop_map(Err)];
    let body = prop_oneof![
        4 => nearly_right().prop_map(|body| body.to_string().into_bytes()),
        2 => anything().prop_map(|body| body.to_string().into_bytes()),
        1 => vec(any::<u8>(), 0..200),
    ];
    let query = prop_oneof![3 => Just(Vec::new()), 1 => vec((select(&KEYS[..]), word()), 0..3)];
    let key = proptest::option::weighted(0.2, "[ -~]{0,110}");
    let header = vec(prop_oneof![0x20u8..0x7f, 0x80u8..=0xff], 0..20);
    (
        any::<prop::sample::Index>(),
        name,
        query,
        body,
        key,
        proptest::option::weighted(0.2, header),
    )
        .prop_map(|(route, name, query, body, key, if_match)| Throw {
            route,
            name,
            query,
            body,
            key,
            if_match,
        })
}

fn escaped(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

async fn answered(house: &House, routes: &[(String, String)], names: &[String], thrown: Throw) {
    let (path, method) = thrown.route.get(routes);
    let name = match &thrown.name {
        Ok(index) => index.get(names).clone(),
        Err(word) => escaped(word),
    };
    let mut path = path.replace("{id}", &name).replace("{code}", &name);
    for (n, (key, value)) in thrown.query.iter().enumerate() {
        let sign = if n == 0 { '?' } else { '&' };
        path.push_str(&format!("{sign}{key}={}", escaped(value)));
    }
    let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
    let mut request = house.request(method, &path).body(thrown.body);
    if let Some(key) = thrown.key {
        request = request.header("Idempotency-Key", key);
    }
    if let Some(value) = thrown.if_match {
        request = request.header("If-Match", value);
    }
    let heard = Heard::of(request).await;
    let status = heard.status.as_u16();
    // 502 is what a channel that cannot be reached is asked about.
    assert!(
        status < 500 || status == 502 && path.ends_with("/test"),
        "{heard:?}"
    );
    if status >= 400 {
        assert_eq!(
            heard.headers[CONTENT_TYPE], "application/problem+json",
            "{heard:?}"
        );
        assert!(heard.json()["detail"].is_string(), "{heard:?}");
    }
}

async fn nothing_breaks_it(database: &Database) {
    let house = House::open(database).await;
    let (incident, notice) = house.declare().await;
    house.release_once(&notice, "drafting").await;
    let routes: Vec<_> = routes().into_iter().collect();
    let names = [
        incident.replacen('L', "D", 1),
        notice.to_lowercase(),
        "portal".to_owned(),
        incident,
        notice,
    ];
    let mut runner = TestRunner::new(Config {
        cases: 600,
        failure_persistence: None,
        ..Config::default()
    });
    let runtime = tokio::runtime::Handle::current();
    let thrown = tokio::task::block_in_place(|| {
        runner.run(&throw(), |thrown| {
            runtime.block_on(answered(&house, &routes, &names, thrown));
            Ok(())
        })
    });
    thrown.unwrap_or_else(|error| panic!("{error}"));
    let mut declaration = flood();
    declaration["another"] = json!(true);
    house
        .post("/api/v1/incidents", &declaration)
        .await
        .status(201);
    house.close().await;
}

crate::on_each_database!(nothing_breaks_it);
