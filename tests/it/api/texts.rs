//! Words that could become something else on their way: a mail header, a second line, a text that reads otherwise
//! than it prints.

use serde_json::json;

use crate::support::database::Database;
use crate::support::house::{House, flood_with};

/// Each with what makes it unfit for one line.
const UNFIT_LINES: [&str; 12] = [
    "汛情\r\nBcc: everybody@example.invalid",
    "汛情\nSubject: 演习",
    "汛\r情",
    "汛\t情",
    "汛\u{0}情",
    "汛\u{7}情",
    "汛\u{1b}[31m情",
    "汛\u{85}情",
    "汛\u{2028}情",
    "汛\u{202e}情",
    "汛\u{2066}情",
    "",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_title_or_reason_that_is_not_one_printable_line_is_refused_everywhere() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let (incident, notice) = house.declare().await;
    let draft = house.release_once(&notice, "drafting").await;
    let before = house.acts().await;
    let long = "汛".repeat(201);
    for line in UNFIT_LINES.into_iter().chain([&*long]) {
        let mut declared = flood_with("title", json!(line));
        declared["another"] = json!(true);
        let heard = house.post("/api/v1/incidents", &declared).await;
        heard.problem(422, "invalid", &["title"]);
        let edited = json!({ "title": line });
        let heard = house
            .put(&format!("/api/v1/releases/{notice}/text"), &edited)
            .await;
        heard.problem(422, "invalid", &["title"]);
        let reason = json!({ "reason": line });
        let heard = house
            .post(&format!("/api/v1/incidents/{incident}/end"), &reason)
            .await;
        heard.problem(422, "invalid", &["reason"]);
        let sourced = json!({ "facts": { "rainfall": { "value": 3, "source": line } } });
        let heard = house
            .put(&format!("/api/v1/incidents/{incident}/facts"), &sourced)
            .await;
        heard.problem(422, "invalid", &["facts.rainfall.source"]);
    }
    assert_eq!(house.incidents().await, 1);
    assert_eq!(house.acts().await, before);
    assert_eq!(house.release(&notice).await["bulletin"], draft["bulletin"]);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_may_have_lines_but_no_control_characters() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let (incident, notice) = house.declare().await;
    house.release_once(&notice, "drafting").await;
    let path = format!("/api/v1/releases/{notice}/text");
    let long = "汛".repeat(30_000);
    for text in [
        "一\u{0}二",
        "一\u{1b}[2J二",
        "一\r二",
        "一\u{202e}二",
        " \n ",
        &*long,
    ] {
        let heard = house.put(&path, &json!({ "text": text })).await;
        heard.problem(422, "invalid", &["text"]);
        if text.trim().is_empty() {
            continue;
        }
        let facts = json!({ "facts": { "situation": text } });
        let heard = house
            .put(&format!("/api/v1/incidents/{incident}/facts"), &facts)
            .await;
        heard.problem(422, "invalid", &["facts.situation"]);
    }
    let edited = house
        .put(&path, &json!({ "text": "一段。\r\n二段。" }))
        .await
        .ok();
    assert_eq!(edited["bulletin"]["text"], "一段。\n二段。");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fact_or_a_text_that_says_it_is_not_finished_is_refused() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let (incident, notice) = house.declare().await;
    let draft = house.release_once(&notice, "drafting").await;
    let facts_path = format!("/api/v1/incidents/{incident}/facts");
    let text_path = format!("/api/v1/releases/{notice}/text");
    for words in [
        "【待补充】",
        "死亡XX人",
        "TODO",
        "（此处填写情况）",
        "____",
        "第  号",
    ] {
        let heard = house
            .put(&facts_path, &json!({ "facts": { "situation": words } }))
            .await;
        heard.problem(422, "invalid", &["facts.situation", "left to be filled in"]);
        let heard = house.put(&text_path, &json!({ "title": words })).await;
        heard.problem(422, "invalid", &["title"]);
    }
    // Nothing fills a hole in a text that a person wrote; what a fact holds is never evaluated.
    let heard = house
        .put(&text_path, &json!({ "text": "累计雨量｛｛rainfall｝｝。" }))
        .await;
    heard.problem(422, "invalid", &["text", "｛｛rainfall｝｝"]);
    assert_eq!(house.release(&notice).await["bulletin"], draft["bulletin"]);
    let known = json!({ "facts": { "situation": "伤亡情况待核实，恢复时间待定" } });
    house.put(&facts_path, &known).await.ok();
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn markup_in_a_fact_is_words_on_every_channel() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let (incident, notice) = house.declare().await;
    let situation = "<script>alert(1)</script>{{situation}}&amp;🌊\u{1F468}\u{200D}\u{1F692}";
    let facts = json!({ "facts": { "situation": situation } });
    house
        .put(&format!("/api/v1/incidents/{incident}/facts"), &facts)
        .await
        .ok();
    let draft = house.release_once(&notice, "drafting").await;
    let text = draft["bulletin"]["text"].as_str().unwrap();
    assert!(text.contains(situation), "{text}");
    house.close().await;
}
