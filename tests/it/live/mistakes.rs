//! What goes wrong when a drill is started or directed: it is said, and nothing is left half-done.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Hall, scenario, token};
use crate::support::house::Heard;

#[tokio::test(flavor = "multi_thread")]
async fn a_drill_is_started_once() {
    let hall = Hall::open();
    let wish = json!({ "drill": "t" });
    let (one, two) = tokio::join!(
        hall.ask(Method::POST, "/api/v1/drill", &wish),
        hall.ask(Method::POST, "/api/v1/drill", &wish),
    );
    let mut both = [one.status.as_u16(), two.status.as_u16()];
    both.sort_unstable();
    assert_eq!(both, [201, 409], "{one:?} {two:?}");
    hall.ask(Method::POST, "/api/v1/drill", &wish)
        .await
        .problem(409, "conflict", &["under way", "nothing was started"]);
    assert_eq!(hall.runs().len(), 1);
    hall.order("stop", json!({})).await.ok();
    hall.start(1, &[]).await;
    assert_eq!(hall.runs().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drill_that_cannot_begin_leaves_nothing() {
    let hall = Hall::open();
    for (wish, status, name, words) in [
        (
            json!({ "drill": "no-such" }),
            404,
            "not-found",
            "no scenario no-such",
        ),
        (json!({ "drill": "../t" }), 404, "not-found", "no scenario"),
        (json!({ "drill": "" }), 404, "not-found", "no scenario"),
        (
            json!({ "drill": "t", "speed": 0 }),
            422,
            "invalid",
            "speed: 0",
        ),
        (
            json!({ "drill": "t", "speed": 61 }),
            422,
            "invalid",
            "speed: 61",
        ),
        (
            json!({ "drill": "t", "simulate": ["mayor"] }),
            422,
            "invalid",
            "\"mayor\"",
        ),
        (
            json!({ "drill": "t", "fast": true }),
            400,
            "bad-request",
            "fast",
        ),
        (json!({}), 400, "bad-request", "drill"),
    ] {
        hall.ask(Method::POST, "/api/v1/drill", &wish)
            .await
            .problem(status, name, &[words]);
        assert_eq!(hall.runs(), Vec::<String>::new(), "{wish}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_scenario_is_named_with_its_place() {
    let hall = Hall::open();
    let broken = scenario().replace("\"IV\"", "\"V\"");
    hall.office.desk.write("drills/t.yaml", broken);
    let heard = hall
        .ask(Method::POST, "/api/v1/drill", &json!({ "drill": "t" }))
        .await;
    let problem = heard.problem(422, "invalid", &["nothing was started"]);
    let place = problem["problems"][0]["field"].as_str().unwrap();
    assert!(place.contains("drills/t.yaml:1:"), "{problem:#}");
    assert_eq!(hall.runs(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_or_a_port_that_cannot_be_had_is_said() {
    let hall = Hall::open();
    hall.office.desk.write("data/drills", "not a folder");
    hall.ask(Method::POST, "/api/v1/drill", &json!({ "drill": "t" }))
        .await
        .problem(500, "drill", &["data/drills", "nothing was started"]);
    std::fs::remove_file(hall.drills()).unwrap();

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    hall.office.desk.done(&["--data-dir", "other", "migrate"]);
    let server = hall.office.serve_with(|command| {
        command.args(["--drill-api", &address, "--data-dir", "other"]);
    });
    let hired = hall.office.desk.done(&[
        "--data-dir",
        "other",
        "user",
        "add",
        "chief",
        "--name",
        "长",
        "--post",
        "flood-office/section-head",
    ]);
    let request = hall.http.post(format!("{}/api/v1/drill", server.api));
    let heard = Heard::of(
        request
            .bearer_auth(hired.trim())
            .json(&json!({ "drill": "t" })),
    )
    .await;
    heard.problem(500, "drill", &[&address, "nothing was started"]);
    let left = std::fs::read_dir(hall.office.desk.path("other/drills"))
        .unwrap()
        .count();
    assert_eq!(left, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_that_make_no_sense_change_nothing() {
    let hall = Hall::open();
    for verb in ["inject", "pause", "resume", "jump", "stop"] {
        let body = match verb {
            "inject" => json!({ "next": true }),
            "jump" => json!({ "by": "1m" }),
            _ => json!({}),
        };
        hall.order(verb, body)
            .await
            .problem(404, "no-drill", &["no live drill"]);
    }
    hall.start(1, &[]).await;
    let before = hall
        .drill_once("the declaration", |drill| drill["injects_done"] == 1)
        .await;
    hall.order("pause", json!({})).await.ok();
    let inject = |inject: Value| json!({ "inject": inject });
    for (body, status, name) in [
        (json!({}), 422, "invalid"),
        (inject(json!({})), 422, "invalid"),
        (
            inject(json!({ "at": "1m", "restart": { "for": "1m" } })),
            422,
            "invalid",
        ),
        (
            inject(json!({ "raise": { "to": "V", "reason": "x" } })),
            422,
            "invalid",
        ),
        (
            inject(json!({ "raise": { "to": "IV", "reason": "x" } })),
            409,
            "conflict",
        ),
        (
            inject(json!({ "channel-down": { "channel": "fax", "for": "1m" } })),
            404,
            "not-found",
        ),
        (
            inject(json!({ "absent": { "post": "flood-office/nobody" } })),
            404,
            "not-found",
        ),
        (
            inject(json!({ "rumour": { "item": "nothing" } })),
            422,
            "invalid",
        ),
        (
            inject(json!({ "facts": { "give": { "rainfall": "much" } } })),
            422,
            "invalid",
        ),
        (inject(json!({ "explode": {} })), 422, "invalid"),
        (
            inject(json!({ "end": { "reason": "x" }, "restart": { "for": "1m" } })),
            422,
            "invalid",
        ),
    ] {
        let heard = hall.order("inject", body.clone()).await;
        assert_eq!(heard.status, status, "{body}: {heard:?}");
        heard.problem(status, name, &[]);
    }
    for (verb, body) in [
        ("jump", json!({})),
        ("jump", json!({ "to": "1h", "by": "1h" })),
        ("jump", json!({ "to": "4h" })),
        ("resume", json!({ "speed": 61 })),
    ] {
        hall.order(verb, body).await.problem(422, "invalid", &[]);
    }
    let after = hall.drill().await;
    assert_eq!(after["injects_done"], before["injects_done"]);
    assert_eq!(after["state"], "paused");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_somebody_with_a_post_directs() {
    let hall = Hall::open();
    let guest = hall
        .office
        .desk
        .done(&["user", "add", "guest", "--name", "客"]);
    let request = hall.http.post(format!("{}/api/v1/drill", hall.server.api));
    Heard::of(
        request
            .bearer_auth(guest.trim())
            .json(&json!({ "drill": "t" })),
    )
    .await
    .problem(403, "forbidden", &["direct-drills", "nothing was changed"]);
    let begun = hall.start(1, &[]).await;
    // Those who play a drill do not direct it: their API knows none.
    hall.as_post(
        &begun,
        "flood-office/section-head",
        Method::POST,
        "/api/v1/drill/stop",
        &json!({}),
    )
    .await
    .problem(404, "no-drill", &["directs no drills"]);
    let stop = hall
        .http
        .post(format!("{}/api/v1/drill/stop", hall.server.api));
    let played = token(&begun, "flood-office/section-head");
    Heard::of(stop.bearer_auth(played).json(&json!({})))
        .await
        .problem(401, "unauthorized", &["good for a drill alone"]);
}
