//! A live drill outlives its server: killed, told to stop, or stopped by an inject.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Hall, seconds};

const OFFICER: &str = "flood-office/duty-officer";

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_goes_on_with_the_drill_where_it_stood() {
    let hall = Hall::open();
    let begun = hall.start(1, &[]).await;
    hall.order("jump", json!({ "by": "20m" })).await.ok();
    let absent =
        json!({ "inject": { "absent": { "post": "flood-office/section-head", "for": "1h" } } });
    hall.order("inject", absent).await.ok();
    let before = hall.drill().await;
    let hall = hall.killed();
    let after = hall.drill().await;
    assert_eq!(
        (&after["run"], &after["state"]),
        (&before["run"], &json!("running"))
    );
    assert_eq!(after["injects_done"], before["injects_done"]);
    // It stood still while no server ran; what was written down last may be a second old.
    let moved = seconds(&before["clock"], &after["clock"]);
    assert!((-2..60).contains(&moved), "{moved}");
    let me = hall
        .as_post(&begun, OFFICER, Method::GET, "/api/v1/me", &json!({}))
        .await
        .ok();
    assert_eq!(me["user"], "flood-office.duty-officer");
    let incidents = hall
        .as_post(
            &begun,
            OFFICER,
            Method::GET,
            "/api/v1/incidents",
            &json!({}),
        )
        .await
        .ok();
    assert_eq!(
        incidents.as_array().unwrap().len(),
        1,
        "declared twice: {incidents:#}"
    );
    hall.order("stop", json!({})).await.ok();
    let report = hall
        .ask(Method::GET, "/api/v1/drill/report", &json!({}))
        .await
        .ok();
    let transcript = report["transcript"].as_str().unwrap();
    assert_eq!(
        transcript.matches("section-head 离岗").count(),
        1,
        "{transcript}"
    );
    assert_eq!(
        transcript.matches("【导调】宣布启动").count(),
        1,
        "{transcript}"
    );
    drill_journal_is_sound(&hall, &report);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_server_had_in_hand_is_sent_by_the_next() {
    let hall = Hall::open();
    hall.start(60, &["all"]).await;
    hall.order("jump", json!({ "by": "1h" })).await.ok();
    let paused = hall.order("pause", json!({})).await.ok();
    let run = paused["run"].as_str().unwrap().to_owned();
    let hall = hall.killed_and(async |hall: &Hall| {
        let file = hall.drills().join(&run).join("drill.db");
        let url = format!("sqlite:{}", file.display());
        let mut tx = fabu::store::driver(&url).await.unwrap().begin().await.unwrap();
        // As a process leaves them that is killed between the lease and the outcome.
        let lease = "UPDATE delivery SET status = 1, lease_until = 99999999999999, holder = 'drill', done_at = NULL \
            WHERE channel = 'media-mail'";
        let leased = tx.execute(lease, Vec::new()).await.unwrap();
        assert!(leased >= 20, "{leased}");
        let open = "UPDATE dispatch SET closed_at = NULL WHERE channel = 'media-mail'";
        tx.execute(open, Vec::new()).await.unwrap();
        tx.commit().await.unwrap();
    })
    .await;
    hall.order("resume", json!({})).await.ok();
    for _ in 0..600 {
        let report = hall
            .ask(Method::GET, "/api/v1/drill/report", &json!({}))
            .await
            .ok();
        let mut channels = report["score"]["channels"].as_array().unwrap().iter();
        let mail = channels.find(|one| one["channel"] == "media-mail").unwrap();
        if mail["accepted"] == mail["deliveries"] {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("they are held for ever");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_drill_is_paused_after_a_restart() {
    let hall = Hall::open();
    hall.start(60, &["all"]).await;
    let paused = hall.order("pause", json!({})).await.ok();
    let hall = hall.killed();
    let after = hall.drill().await;
    assert_eq!(
        (&after["state"], &after["clock"]),
        (&json!("paused"), &paused["clock"])
    );
    hall.order("resume", json!({})).await.ok();
    hall.drill_once("the clock", |drill| drill["clock"] != paused["clock"])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inject_may_stop_the_drills_server_for_a_while() {
    let hall = Hall::open();
    let begun = hall.start(60, &[]).await;
    let api = begun["drill"]["api"].as_str().unwrap().to_owned();
    let stop = json!({ "inject": { "restart": { "for": "5m" } } });
    hall.order("inject", stop).await.ok();
    let away = hall
        .drill_once("the stop", |drill| drill["state"] == "away")
        .await;
    for _ in 0..200 {
        if hall
            .http
            .get(format!("{api}/healthz"))
            .send()
            .await
            .is_err()
        {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let refused = hall.http.get(format!("{api}/healthz")).send().await;
    assert!(refused.is_err_and(|error| error.is_connect()));
    let back = hall
        .drill_once("the server", |drill| drill["state"] == "running")
        .await;
    assert!(seconds(&away["clock"], &back["clock"]) >= 60, "{back:#}");
    let mut answered = Value::Null;
    for _ in 0..200 {
        let healthz = hall.http.get(format!("{api}/healthz")).send().await;
        if let Ok(healthz) = healthz {
            answered = json!(healthz.status().as_u16());
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_eq!(answered, 200, "people find it where it was");
}

fn drill_journal_is_sound(hall: &Hall, report: &Value) {
    let run = report["run"].as_str().unwrap();
    let database = format!(
        "sqlite:{}",
        hall.drills().join(run).join("drill.db").display()
    );
    hall.office
        .desk
        .run(&["journal", "verify", "--database", &database])
        .says(0, &[]);
}
