//! Approvals: the text that was read, by somebody else than who wrote it.

use serde_json::{Value, json};

use crate::support::database::Database;
use crate::support::house::{House, START};
use crate::support::town::at;

/// The last refusal that the journal remembers of a release.
async fn refusal(house: &House, release: &str) -> Option<Value> {
    let journal = house.journal().await;
    let mut lines = journal.into_iter().rev();
    lines.find(|line| line["act"] == "approval-refused" && line["release"] == release)
}

async fn a_flood_is_declared_signed_and_published(database: &Database) {
    let house = House::open(database).await;
    let head = house.hire("kezhang", &["flood-office/section-head"]).await;
    let director = house
        .hire("zhuren", &["flood-office/office-director"])
        .await;
    let notice = house.submitted().await;
    let path = format!("/api/v1/releases/{}", notice["id"].as_str().unwrap());
    let hash = json!({ "hash": notice["bulletin"]["hash"] });
    let one = house
        .post_as(&head, &format!("{path}/approve"), &hash)
        .await
        .ok();
    assert_eq!(
        (&one["status"], &one["next"]),
        (&json!("in-review"), &json!("flood-office/office-director"))
    );
    let two = house
        .post_as(&director, &format!("{path}/approve"), &hash)
        .await
        .ok();
    assert_eq!(two["status"], "published");
    assert_eq!(at(two["published_at"].as_str().unwrap()), at(START));
    assert_eq!(two["signatures"].as_array().unwrap().len(), 2);
    let report = house.get("/api/v1/reports/timeliness").await.ok();
    let all = report
        .as_array()
        .unwrap()
        .iter()
        .find(|line| line["body"] == "*")
        .unwrap();
    // The notice, and the advice that goes out in it.
    assert_eq!(all["published"], 2, "{report:#}");
    house.close().await;
}

crate::on_each_database!(a_flood_is_declared_signed_and_published);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hash_of_another_text_is_a_conflict_that_says_what_differs_and_is_remembered() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let head = house.hire("kezhang", &["flood-office/section-head"]).await;
    let first = house.submitted().await;
    let id = first["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/releases/{id}");
    house
        .put(
            &format!("{path}/text"),
            &json!({ "title": "关于防汛的通告" }),
        )
        .await
        .ok();
    let second = house.post(&format!("{path}/submit"), &json!({})).await.ok();
    assert_ne!(first["bulletin"]["hash"], second["bulletin"]["hash"]);

    let yesterday = json!({ "hash": first["bulletin"]["hash"] });
    let heard = house
        .post_as(&head, &format!("{path}/approve"), &yesterday)
        .await;
    let problem = heard.problem(409, "stale-hash", &["nothing was signed"]);
    let difference = problem["difference"].to_string();
    assert!(difference.contains("关于防汛的通告"), "{problem:#}");
    let line = refusal(&house, &id)
        .await
        .expect("the refusal is in the journal");
    assert_eq!(line["actor"], "kezhang");
    assert_eq!(line["data"]["difference"], problem["difference"]);

    for never in ["0000", "", "不是摘要", &"f".repeat(64)] {
        let heard = house
            .post_as(&head, &format!("{path}/approve"), &json!({ "hash": never }))
            .await;
        let problem = heard.problem(409, "stale-hash", &["nothing was signed"]);
        assert!(!problem["difference"].as_array().unwrap().is_empty());
    }
    for absurd in ["\u{0}", "a\nb", &"f".repeat(500_000)] {
        let heard = house
            .post_as(
                &head,
                &format!("{path}/approve"),
                &json!({ "hash": absurd }),
            )
            .await;
        heard.problem(422, "invalid", &["hash"]);
    }
    let now = house.release(&id).await;
    assert_eq!(
        (&now["status"], &now["signatures"]),
        (&json!("in-review"), &json!([]))
    );
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_signs_their_own_draft_or_out_of_turn() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let posts = ["flood-office/duty-officer", "flood-office/section-head"];
    let both = house.hire("shuangren", &posts).await;
    let director = house
        .hire("zhuren", &["flood-office/office-director"])
        .await;
    let (_, notice) = house.declare().await;
    house.release_once(&notice, "drafting").await;
    let path = format!("/api/v1/releases/{notice}");
    let submitted = house
        .post_as(&both, &format!("{path}/submit"), &json!({}))
        .await
        .ok();
    let hash = json!({ "hash": submitted["bulletin"]["hash"] });

    let own = house
        .post_as(&both, &format!("{path}/approve"), &hash)
        .await;
    own.problem(403, "own-draft", &["nothing was signed"]);
    let line = refusal(&house, &notice)
        .await
        .expect("the refusal is in the journal");
    assert_eq!(line["actor"], "shuangren");

    let early = house
        .post_as(&director, &format!("{path}/approve"), &hash)
        .await;
    early.problem(
        403,
        "not-your-turn",
        &["section-head", "nothing was signed"],
    );
    let line = refusal(&house, &notice)
        .await
        .expect("the refusal is in the journal");
    assert_eq!(line["actor"], "zhuren");

    let now = house.release(&notice).await;
    assert_eq!(
        (&now["status"], &now["signatures"]),
        (&json!("in-review"), &json!([]))
    );
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_in_a_state_for_it_stays_as_it_is() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let head = house.hire("kezhang", &["flood-office/section-head"]).await;
    let director = house
        .hire("zhuren", &["flood-office/office-director"])
        .await;
    let (_, notice) = house.declare().await;
    let draft = house.release_once(&notice, "drafting").await;
    let path = format!("/api/v1/releases/{notice}");
    let before = house.acts().await;
    let why = json!({ "reason": "不妥" });
    for (token, verb, body) in [
        (
            &head,
            "approve",
            json!({ "hash": draft["bulletin"]["hash"] }),
        ),
        (&head, "return", why.clone()),
        (&director, "withdraw", why),
        (&director, "correct", json!({ "kind": "wrong-content" })),
    ] {
        let heard = house.post_as(token, &format!("{path}/{verb}"), &body).await;
        assert!(
            [403, 409].contains(&heard.status.as_u16()),
            "{verb}: {heard:?}"
        );
        let detail = heard.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("nothing was"), "{detail}");
    }
    assert_eq!(house.acts().await, before);
    assert_eq!(house.release(&notice).await, draft);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_correction_prints_why_it_is_made() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let leader = house.hire("daiban", &["flood-office/duty-leader"]).await;
    let (_, notice) = house.declare().await;
    let draft = house.release_once(&notice, "drafting").await;
    let path = format!("/api/v1/releases/{notice}");
    let fast = json!({ "hash": draft["bulletin"]["hash"], "fast": true });
    let out = house
        .post_as(&leader, &format!("{path}/approve"), &fast)
        .await;
    assert_eq!(out.ok()["status"], "published");

    let correct = format!("{path}/correct");
    let wrong = |reason: &str| {
        json!({ "kind": "wrong-content", "reason": reason, "facts": {
            "correction-text": "预计持续24小时", "correction-to": "预计持续48小时",
        } })
    };
    let before = house.acts().await;
    for unfit in [
        "",
        "。",
        "录入\n错误",
        "录入\u{202e}错误",
        &"错".repeat(201),
    ] {
        let heard = house.post_as(&leader, &correct, &wrong(unfit)).await;
        heard.problem(422, "invalid", &["reason"]);
    }
    assert_eq!(house.acts().await, before);
    let prepared = house
        .post_as(&leader, &correct, &wrong("录入时看错一行。"))
        .await
        .status(201);
    assert_eq!(prepared["correction_reason"], "录入时看错一行");
    let renderings = prepared["bulletin"]["renderings"].as_array().unwrap();
    let chinese = renderings.iter().filter(|r| r["language"] == "zh-CN");
    for rendering in chinese.filter(|r| r["channel"] != "sms") {
        let text = rendering["text"].as_str().unwrap();
        assert!(text.contains("更正原因：录入时看错一行。\n"), "{text}");
    }
    let journal = house.journal().await;
    let line = journal
        .iter()
        .find(|line| line["act"] == "correction-prepared");
    assert_eq!(line.unwrap()["data"]["reason"], "录入时看错一行");
    house.close().await;
}
