//! People, tokens and contacts over the API, and lists that are read a page at a time.

use std::collections::BTreeSet;

use fabu::domain::time::Span;
use fabu::id::ReleaseId;
use serde_json::json;

use crate::support::database::Database;
use crate::support::house::{Heard, House};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_administrator_adds_people_and_is_never_the_last_to_go() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let admin = house
        .hire("xitong", &["data-centre/system-administrator"])
        .await;
    let add = |login: &str, posts: &[&str]| json!({ "login": login, "name": "新人", "posts": posts, "valid_for": "30d" });
    let wrong = house
        .post_as(
            &admin,
            "/api/v1/people",
            &add("Xin", &["flood-office/duty-oficer"]),
        )
        .await
        .problem(422, "invalid", &["did you mean flood-office/duty-officer?"]);
    assert_eq!(wrong["problems"].as_array().unwrap().len(), 2, "{wrong:#}");
    let added = house
        .post_as(
            &admin,
            "/api/v1/people",
            &add("xinren", &["flood-office/duty-officer"]),
        )
        .await
        .status(201);
    let token = added["token"].as_str().unwrap();
    let me = house.get_as(token, "/api/v1/me").await.ok();
    assert_eq!(
        (&me["user"], &me["rights"]),
        (&json!("xinren"), &json!(["declare"]))
    );
    house
        .post_as(&admin, "/api/v1/people", &add("xinren", &[]))
        .await
        .problem(409, "conflict", &["already", "nobody was added"]);

    let disable = house
        .post_as(&admin, "/api/v1/people/xitong/disable", &json!({}))
        .await;
    disable.problem(
        409,
        "conflict",
        &["the last one who may administer", "data-centre/"],
    );
    let posts = house
        .http
        .put(format!("{}/api/v1/people/xitong/posts", house.base));
    let posts = posts.bearer_auth(&admin).json(&json!({ "posts": [] }));
    Heard::of(posts)
        .await
        .problem(403, "forbidden", &["nobody gives posts to themselves"]);

    house
        .post_as(&admin, "/api/v1/people/xinren/tokens/revoke", &json!({}))
        .await
        .ok();
    house
        .get_as(token, "/api/v1/me")
        .await
        .problem(401, "unauthorized", &[]);
    let people = house.get_as(&admin, "/api/v1/people").await.ok();
    let people = people["people"].as_array().unwrap();
    let newcomer = people.iter().find(|one| one["login"] == "xinren").unwrap();
    assert_eq!(newcomer["has_token"], false);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_answer_that_holds_a_token_is_not_kept() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let admin = house
        .hire("xitong", &["data-centre/system-administrator"])
        .await;
    let issue = || async {
        let request = house
            .http
            .post(format!("{}/api/v1/people/zhiban/tokens", house.base));
        let request = request.bearer_auth(&admin).header("idempotency-key", "k1");
        Heard::of(request.json(&json!({}))).await.status(201)
    };
    let (first, second) = (issue().await, issue().await);
    assert_ne!(first["token"], second["token"]);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn contacts_come_and_are_shown_masked() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let clerk = house
        .hire("tongxun", &["command-headquarters/section-head"])
        .await;
    let put = |contacts: serde_json::Value| {
        let request = house.http.put(format!("{}/api/v1/contacts", house.base));
        let request = request.bearer_auth(&clerk);
        Heard::of(request.json(&json!({ "file": "名单", "contacts": contacts })))
    };
    let wrong = json!([{ "name": "王", "addresses": { "sms": ["12"] } }, { "name": "", "code": "b", "addresses": {} }]);
    let wrong = put(wrong)
        .await
        .problem(422, "invalid", &["contacts[0].addresses.sms"]);
    assert_eq!(wrong["problems"].as_array().unwrap().len(), 2, "{wrong:#}");
    let good =
        json!([{ "name": "王", "groups": ["media"], "addresses": { "sms": ["13800001234"] } }]);
    assert_eq!(
        put(good.clone()).await.ok(),
        json!({ "added": 1, "replaced": 0 })
    );
    assert_eq!(put(good).await.ok(), json!({ "added": 0, "replaced": 1 }));
    let page = house
        .get_as(&clerk, "/api/v1/contacts?group=media")
        .await
        .ok();
    assert_eq!(page["people"], 1);
    assert_eq!(
        page["contacts"][0]["contact"]["addresses"]["sms"][0],
        "138****1234"
    );
    let acts = house.acts().await;
    assert_eq!(acts, ["contacts-imported", "contacts-imported"]);
    house.close().await;
}

/// Of six hundred releases the one that waits for me is found, and pages leave none out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_for_me_is_found_among_hundreds() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let head = house.hire("kezhang", &["flood-office/section-head"]).await;
    let notice = house.submitted().await;
    let id: ReleaseId = notice["id"].as_str().unwrap().parse().unwrap();
    let mut tx = house.realm.store.begin().await.unwrap();
    let mut pattern = tx.release(&id).await.unwrap().unwrap();
    pattern.state = fabu::domain::release::ReleaseState::Planned;
    let (world, now) = (house.realm.world(), house.realm.now());
    // All of them due before the one that waits for the section head.
    let many: Vec<_> = (0..600)
        .map(|n| {
            let mut one = pattern.clone();
            one.id = world.ids.mint(now);
            one.occurrence = n + 2;
            one.due_at = Some(Span::seconds(i64::from(n) / 2).after(pattern.opened_at));
            one
        })
        .collect();
    tx.add_releases(&many).await.unwrap();
    tx.commit().await.unwrap();

    let mine = house.get_as(&head, "/api/v1/releases?mine=true").await.ok();
    let ids = |of: &serde_json::Value| -> Vec<String> {
        let all = of.as_array().unwrap().iter();
        all.map(|one| one["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(ids(&mine), [id.to_string()]);
    let path = "/api/v1/releases?post=flood-office/section-head";
    assert_eq!(house.get(path).await.ok(), mine);

    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/v1/releases?mine=true&limit=250{after}");
        let page = ids(&house.get(&path).await.ok());
        assert!(page.len() <= 250);
        let Some(last) = page.last() else { break };
        after = format!("&after={last}");
        seen.extend(page);
    }
    let distinct: BTreeSet<&String> = seen.iter().collect();
    assert_eq!(distinct.len(), seen.len(), "none twice");
    assert!(
        many.iter()
            .all(|one| distinct.contains(&one.id.to_string()))
    );
    assert!(
        !distinct.contains(&id.to_string()),
        "it waits for the signer"
    );
    house.close().await;
}
