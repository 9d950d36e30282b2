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
async fn the_last_auditor_stays_and_can_be_stopped_all_the_same() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let admin = house
        .hire("xitong", &["data-centre/system-administrator"])
        .await;
    let of = |login: &str, verb: &str| format!("/api/v1/people/{login}/{verb}");
    house
        .post_as(&admin, &of("shenji", "disable"), &json!({}))
        .await
        .problem(
            409,
            "conflict",
            &[
                "shenji is the last one who may audit",
                "data-centre/auditor",
                "nothing was changed",
            ],
        );
    let posts = house
        .http
        .put(format!("{}{}", house.base, of("shenji", "posts")));
    let posts = posts.bearer_auth(&admin).json(&json!({ "posts": [] }));
    Heard::of(posts)
        .await
        .problem(409, "conflict", &["may audit"]);
    house
        .post_as(&admin, &of("shenji", "tokens/revoke"), &json!({}))
        .await
        .ok();
    house
        .get_as(&house.auditor, "/api/v1/journal")
        .await
        .problem(401, "unauthorized", &[]);
    let new = json!({ "login": "shenji2", "name": "新审计", "posts": ["data-centre/auditor"] });
    let new = house
        .post_as(&admin, "/api/v1/people", &new)
        .await
        .status(201);
    house
        .post_as(&admin, &of("shenji", "disable"), &json!({}))
        .await
        .ok();
    let token = new["token"].as_str().unwrap();
    let journal = house.get_as(token, "/api/v1/journal").await.ok();
    assert!(
        journal
            .as_array()
            .unwrap()
            .iter()
            .any(|entry| entry["act"] == "user-disabled")
    );
    let faults = house
        .realm
        .store
        .read()
        .await
        .unwrap()
        .journal_verify()
        .await
        .unwrap();
    assert!(faults.is_empty(), "{faults:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_has_ended_is_no_token_and_its_end_is_told() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let admin = house
        .hire("xitong", &["data-centre/system-administrator"])
        .await;
    let new = json!({ "login": "duanqi", "name": "短期", "posts": [], "valid_for": "2h" });
    let new = house
        .post_as(&admin, "/api/v1/people", &new)
        .await
        .status(201);
    let shown = || async {
        let people = house.get_as(&admin, "/api/v1/people").await.ok();
        let people = people["people"].as_array().unwrap().clone();
        people
            .into_iter()
            .find(|one| one["login"] == "duanqi")
            .unwrap()
    };
    assert_eq!(shown().await["has_token"], true);
    house
        .clock
        .advance_to(Span::minutes(120).after(house.realm.now()));
    let ended = shown().await;
    assert_eq!(ended["has_token"], false);
    assert_eq!(ended["token_until"], new["token_until"], "{ended:#}");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_waits_for_the_whole_body_while_nobody_holds_its_first_post() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let head = house.hire("kezhang", &["flood-office/section-head"]).await;
    let stranger = house
        .hire("jiaoyu", &["education-bureau/section-head"])
        .await;
    let (_, notice) = house.declare().await;
    house.release_once(&notice, "drafting").await;
    let mine = |token: String| {
        let request = house
            .http
            .get(format!("{}/api/v1/releases?mine=true", house.base));
        async move {
            let mine = Heard::of(request.bearer_auth(token)).await.ok();
            let ids = mine.as_array().unwrap().iter();
            ids.map(|one| one["id"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        }
    };
    assert!(mine(house.officer.clone()).await.contains(&notice));
    assert!(
        !mine(head.clone()).await.contains(&notice),
        "the duty officer is there"
    );
    let mut tx = house.realm.store.begin().await.unwrap();
    let mut officer = tx.person_by_login("zhiban").await.unwrap().unwrap();
    officer.disabled_at = Some(house.realm.now());
    tx.update_person(&officer).await.unwrap();
    tx.commit().await.unwrap();
    assert!(mine(head.clone()).await.contains(&notice));
    assert!(!mine(stranger).await.contains(&notice));
    house
        .post_as(
            &head,
            &format!("/api/v1/releases/{notice}/submit"),
            &json!({}),
        )
        .await
        .ok();
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_town_finds_what_concerns_the_whole_city() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let (incident, _) = house.declare().await;
    for (area, found) in [("320299", true), ("320299101", true), ("320298101", false)] {
        let path = format!("/api/v1/incidents?area={area}");
        let ids = house.get(&path).await.ok();
        let ids = ids.as_array().unwrap().iter();
        assert_eq!(
            ids.map(|one| &one["id"]).any(|id| *id == *incident),
            found,
            "{area}"
        );
    }
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
    let name = |field: &str, value: serde_json::Value| {
        let mut one = json!({ "name": "李", "addresses": { "sms": ["13800001235"] } });
        one[field] = value;
        json!([one])
    };
    for (field, value, words) in [
        (
            "language",
            json!("fr"),
            "\"fr\" is no language here: write zh-CN or en",
        ),
        (
            "areas",
            json!(["320299777"]),
            "is no place of bodies.yaml (the nearest is 示例市)",
        ),
        ("areas", json!(["城关"]), "the nearest is 城关镇"),
        (
            "groups",
            json!(["medai"]),
            "addresses the group \"medai\" (1 row); surely \"media\" is meant",
        ),
        ("groups", json!(["13800001234"]), "looks like an address"),
    ] {
        put(name(field, value)).await.problem(
            422,
            "invalid",
            &[&format!("contacts[0].{field}"), words],
        );
    }
    let strange = put(name("groups", json!(["钓鱼协会"]))).await.ok();
    let note = strange["notes"][0].as_str().unwrap();
    assert!(
        note.contains("contacts[0].groups: no plan and no channel addresses"),
        "{note}"
    );
    put(name("areas", json!(["示例市城关镇"]))).await.ok();
    let place = house
        .get_as(&clerk, "/api/v1/contacts?area=320299100")
        .await
        .ok();
    assert_eq!(
        place["contacts"][0]["contact"]["areas"],
        json!(["320299100"])
    );
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
    assert_eq!(acts, ["contacts-imported"; 4]);
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
