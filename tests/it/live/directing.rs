//! The clock and the injects of a live drill, in the hands of whoever directs it.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;

use super::{Hall, seconds};
use crate::support::house::Heard;

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_moves_every_deadline_and_resuming_goes_on_from_there() {
    let hall = Hall::open();
    hall.start(60, &[]).await;
    let paused = hall.order("pause", json!({})).await.ok();
    assert_eq!(paused["state"], "paused");
    // At sixty times, this would be ninety seconds of the drill.
    std::thread::sleep(Duration::from_millis(1500));
    let still = hall.drill().await;
    assert_eq!(still["clock"], paused["clock"]);
    let left = |drill: &serde_json::Value| {
        let waiting = drill["waiting"].as_array().unwrap();
        // What is ready and not ordered has no deadline yet.
        let dated = waiting.iter().find(|one| !one["due_at"].is_null());
        seconds(&drill["clock"], &dated.unwrap()["due_at"])
    };
    assert_eq!(left(&still), left(&paused));
    hall.order("pause", json!({})).await.problem(
        409,
        "conflict",
        &["paused already", "nothing was done"],
    );
    hall.order("resume", json!({ "speed": 30 })).await.ok();
    let running = hall
        .drill_once("the clock", |drill| drill["clock"] != still["clock"])
        .await;
    assert_eq!(
        (&running["state"], &running["speed"]),
        (&json!("running"), &json!(30))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inject_is_there_within_two_seconds() {
    let hall = Hall::open();
    let begun = hall.start(1, &[]).await;
    let raise = json!({ "inject": { "raise": { "to": "II", "reason": "堤防出现险情" } } });
    let asked = Instant::now();
    let told = hall.order("inject", raise).await.ok();
    assert!(told["happened"].as_str().unwrap().contains("Ⅱ级"), "{told}");
    let officer = "flood-office/duty-officer";
    let incidents = hall
        .as_post(
            &begun,
            officer,
            Method::GET,
            "/api/v1/incidents",
            &json!({}),
        )
        .await
        .ok();
    assert!(
        asked.elapsed() < Duration::from_secs(2),
        "{:?}",
        asked.elapsed()
    );
    assert_eq!(incidents[0]["level"], "II", "{incidents:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_inject_may_come_early_and_comes_once() {
    let hall = Hall::open();
    hall.start(1, &[]).await;
    let before = hall
        .drill_once("the declaration", |drill| drill["injects_done"] == 1)
        .await;
    assert_eq!(before["coming"][0]["what"], "raise");
    let next = |key: &'static str| {
        let request = hall
            .http
            .post(format!("{}/api/v1/drill/inject", hall.server.api))
            .header("idempotency-key", key);
        Heard::of(
            request
                .bearer_auth(&hall.chief)
                .json(&json!({ "next": true })),
        )
    };
    let told = next("once").await.ok();
    assert!(told["happened"].as_str().unwrap().contains("Ⅲ级"), "{told}");
    assert!(
        next("once").await.ok()["happened"]
            .as_str()
            .unwrap()
            .contains("before")
    );
    let after = hall.drill().await;
    assert_eq!(
        (&after["injects_done"], &after["coming"]),
        (&json!(2), &json!([]))
    );
    next("twice")
        .await
        .problem(409, "conflict", &["no inject", "nothing was done"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_jump_plays_what_lies_between() {
    let hall = Hall::open();
    hall.start(1, &["all"]).await;
    let there = hall.order("jump", json!({ "to": "2h30m" })).await.ok();
    let gone = seconds(&there["start"], &there["clock"]);
    assert!((9_000..9_060).contains(&gone), "{gone}");
    assert_eq!(there["injects_done"], 2, "the raise lies before");
    let report = hall
        .ask(Method::GET, "/api/v1/drill/report", &json!({}))
        .await
        .ok();
    let card = &report["score"]["card"];
    assert!(card["published"].as_u64().unwrap() >= 3, "{card:#}");
    hall.order("jump", json!({ "to": "1h" }))
        .await
        .problem(422, "invalid", &[]);
    hall.order("jump", json!({ "by": "2h" }))
        .await
        .problem(422, "invalid", &[]);
    // Half an hour further is the end; the drill ends there by itself.
    hall.order("jump", json!({ "by": "29m" })).await.ok();
    hall.order("resume", json!({ "speed": 60 })).await.ok();
    let report = until_over(&hall).await;
    assert_eq!(
        seconds(&report["score"]["start"], &report["score"]["end"]),
        10_800
    );
}

async fn until_over(hall: &Hall) -> serde_json::Value {
    for _ in 0..600 {
        let heard = hall.ask(Method::GET, "/api/v1/drill", &json!({})).await;
        if heard.status == 404 {
            return hall
                .ask(Method::GET, "/api/v1/drill/report", &json!({}))
                .await
                .ok();
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("the drill does not end: {:#}", hall.drill().await);
}
