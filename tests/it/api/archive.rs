//! An incident is put away when nothing of it is open or stands any more, and from then on it is only read.

use serde_json::{Value, json};

use crate::support::database::Database;
use crate::support::house::House;

/// Somebody who holds every post there is.
async fn factotum(house: &House) -> String {
    let world = house.realm.world();
    let bodies = world.plans.bodies.iter();
    let posts: Vec<String> = bodies
        .flat_map(|body| {
            body.posts
                .iter()
                .map(|post| format!("{}/{}", body.body, post.post))
        })
        .collect();
    let posts: Vec<&str> = posts.iter().map(String::as_str).collect();
    house.hire("quanneng", &posts).await
}

async fn of_incident(
    house: &House,
    incident: &str,
    is_wanted: impl Fn(&Value) -> bool,
) -> Vec<String> {
    let releases = house
        .get(&format!("/api/v1/releases?incident={incident}"))
        .await
        .ok();
    let releases = releases.as_array().unwrap().iter();
    let wanted = releases.filter(|release| is_wanted(release));
    wanted
        .map(|release| release["id"].as_str().unwrap().to_owned())
        .collect()
}

async fn a_settled_incident_is_archived_and_then_only_read(database: &Database) {
    let house = House::open(database).await;
    let all = factotum(&house).await;
    let (incident, notice) = house.declare().await;
    let draft = house.release_once(&notice, "drafting").await;
    let hash = json!({ "hash": draft["bulletin"]["hash"], "fast": true });
    let out = house
        .post_as(&all, &format!("/api/v1/releases/{notice}/approve"), &hash)
        .await;
    assert_eq!(out.ok()["status"], "published");
    let path = format!("/api/v1/incidents/{incident}");
    let archive = format!("{path}/archive");

    let early = house.post(&archive, &json!({})).await;
    early.problem(409, "conflict", &["active", "nothing was changed"]);
    let ended = house
        .post(&format!("{path}/end"), &json!({ "reason": "雨停水退" }))
        .await
        .ok();
    let early = house.post(&archive, &json!({})).await;
    early.problem(409, "conflict", &["not settled", "nothing was changed"]);
    let open = ["planned", "drafting", "in-review", "approved"];
    loop {
        let left = of_incident(&house, &incident, |release| {
            open.contains(&release["status"].as_str().unwrap())
        })
        .await;
        if left.is_empty() {
            break;
        }
        for id in left {
            let why = json!({ "reason": "本次不需要" });
            let waived = house
                .post_as(&all, &format!("/api/v1/releases/{id}/waive"), &why)
                .await;
            // The program may be drafting it at this very moment; whoever is told so looks again.
            if waived.status != 409 {
                waived.ok();
            }
        }
    }
    let standing = house.post(&archive, &json!({})).await;
    standing.problem(
        409,
        "conflict",
        &[&notice, "published", "nothing was changed"],
    );

    house
        .clock
        .advance_to(house.realm.now() + chrono::TimeDelta::days(40));
    house.release_once(&notice, "expired").await;
    let archived = house.post(&archive, &json!({})).await.ok();
    assert_eq!(archived["status"], "archived");
    assert_eq!(archived["ended_at"], ended["ended_at"]);
    assert_eq!(house.acts().await.last().unwrap(), "incident-archived");
    let listed = house.get("/api/v1/incidents?status=archived").await.ok();
    assert_eq!(listed[0]["id"], incident.as_str());

    let before = house.get(&path).await.ok();
    let release = format!("/api/v1/releases/{notice}");
    for (path, body) in [
        (archive, json!({})),
        (
            format!("{path}/level"),
            json!({ "level": "I", "reason": "又下雨了" }),
        ),
        (format!("{path}/end"), json!({ "reason": "再终止一次" })),
        (
            format!("{path}/releases"),
            json!({ "item": "rumour-refutation" }),
        ),
        (format!("{release}/withdraw"), json!({ "reason": "发错了" })),
        (
            format!("{release}/correct"),
            json!({ "kind": "sent-in-error" }),
        ),
    ] {
        let heard = house.post_as(&all, &path, &body).await;
        heard.problem(409, "conflict", &["archived", "nothing was changed"]);
    }
    let late = house
        .put(
            &format!("{path}/facts"),
            &json!({ "facts": { "rainfall": 1 } }),
        )
        .await;
    late.problem(409, "conflict", &["archived", "nothing was changed"]);
    assert_eq!(house.get(&path).await.ok(), before);
    house.close().await;
}

crate::on_each_database!(a_settled_incident_is_archived_and_then_only_read);
