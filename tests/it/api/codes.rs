//! Check codes and dry runs: nobody signs by a code what was not shown to them, whoever chose the texts.

use serde_json::{Value, json};

use crate::support::database::Database;
use crate::support::house::House;

crate::on_each_database!(
    a_code_stands_for_what_was_shown_to_this_person,
    a_text_swapped_after_it_was_shown_is_not_signed_by_its_code,
    dry_runs_are_limited_per_person,
);

async fn look(house: &House, token: &str, id: &str) -> Value {
    let request = house
        .http
        .get(format!("{}/api/v1/releases/{id}?preview=true", house.base));
    crate::support::house::Heard::of(request.bearer_auth(token))
        .await
        .ok()
}

fn by_code(release: &Value) -> Value {
    json!({ "code": release["bulletin"]["code"] })
}

async fn a_code_stands_for_what_was_shown_to_this_person(database: &Database) {
    let house = House::open(database).await;
    let head = house.hire("kezhang", &["flood-office/section-head"]).await;
    let notice = house.submitted().await;
    let id = notice["id"].as_str().unwrap();
    let approve = format!("/api/v1/releases/{id}/approve");
    // The duty officer read it; the head only looked at how it stands.
    let code = by_code(&house.release(id).await);
    let state = house
        .http
        .get(format!("{}/api/v1/releases/{id}", house.base))
        .bearer_auth(&head);
    crate::support::house::Heard::of(state).await.ok();
    house.post_as(&head, &approve, &code).await.problem(
        403,
        "not-shown",
        &["was shown to you", "nothing was signed"],
    );
    assert_eq!(house.acts().await.last().unwrap(), "approval-refused");

    let seen = look(&house, &head, id).await;
    let again = house.post_as(&head, &approve, &by_code(&seen)).await.ok();
    assert_eq!(again["signatures"].as_array().unwrap().len(), 1);
    for bad in [
        json!({}),
        json!({"code": "1a2b3c4d"}),
        json!({"hash": "ab", "code": code["code"]}),
    ] {
        house
            .post_as(&head, &approve, &bad)
            .await
            .problem(422, "invalid", &[]);
    }
    house.close().await;
}

async fn a_text_swapped_after_it_was_shown_is_not_signed_by_its_code(database: &Database) {
    let house = House::open(database).await;
    let head = house.hire("kezhang", &["flood-office/section-head"]).await;
    let notice = house.submitted().await;
    let id = notice["id"].as_str().unwrap();
    let seen = look(&house, &head, id).await;
    let text = format!("/api/v1/releases/{id}/text");
    house
        .put(&text, &json!({"text": "请全城居民立即撤离。"}))
        .await
        .ok();
    house
        .post(&format!("/api/v1/releases/{id}/submit"), &json!({}))
        .await
        .ok();
    let approve = format!("/api/v1/releases/{id}/approve");
    let refused = house
        .post_as(&head, &approve, &by_code(&seen))
        .await
        .problem(409, "stale-hash", &["the text has changed"]);
    assert!(refused["difference"].to_string().contains("立即撤离"));
    house.close().await;
}

async fn dry_runs_are_limited_per_person(database: &Database) {
    let house = House::open(database).await;
    let head = house.hire("kezhang", &["flood-office/section-head"]).await;
    let notice = house.submitted().await;
    let id = notice["id"].as_str().unwrap();
    let path = format!("/api/v1/releases/{id}/return?dry_run=true");
    let why = json!({"reason": "试"});
    let mut made = 0;
    let refused = loop {
        let heard = house.post(&path, &why).await;
        if heard.status != 200 {
            break heard;
        }
        made += 1;
        assert!(made < 1_000, "nobody stops it");
    };
    assert!(refused.headers.contains_key("retry-after"));
    refused.problem(429, "too-many-dry-runs", &["nothing was tried"]);
    // Somebody else is not held up, nor is a change that is meant.
    house.post_as(&head, &path, &why).await.ok();
    house
        .post(&format!("/api/v1/releases/{id}/return"), &why)
        .await
        .ok();
    house.close().await;
}
