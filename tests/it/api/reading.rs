//! What is read: pages of the journal, counts, health.

use serde_json::Value;

use crate::support::database::Database;
use crate::support::house::House;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_journal_is_read_a_page_at_a_time_without_a_gap() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let (incident, notice) = house.declare().await;
    house.release_once(&notice, "drafting").await;
    let whole = house.journal().await;
    let mut pages = Vec::new();
    let mut after = 0;
    loop {
        let path = format!("/api/v1/journal?incident={incident}&after={after}&limit=2");
        let page = house.get(&path).await.ok();
        let page = page.as_array().unwrap();
        assert!(page.len() <= 2);
        let Some(last) = page.last() else { break };
        after = last["seq"].as_i64().unwrap();
        pages.extend(page.clone());
    }
    assert!(pages.len() > 3, "{pages:?}");
    assert_eq!(pages, whole);
    for limit in ["0", "4294967295"] {
        let path = format!("/api/v1/journal?after=-9223372036854775808&limit={limit}");
        let page = house.get_as(&house.auditor, &path).await.ok();
        assert!(page.as_array().unwrap().len() <= whole.len());
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counts_and_health_need_no_token_and_tell_what_is_open() {
    let database = Database::sqlite();
    let house = House::open(&database).await;
    let (incident, notice) = house.declare().await;
    house.release_once(&notice, "drafting").await;
    let plain = |path: &str| house.http.get(format!("{}{path}", house.base)).send();
    assert_eq!(
        plain("/healthz").await.unwrap().text().await.unwrap(),
        "ok\n"
    );
    let ready: Value = plain("/readyz").await.unwrap().json().await.unwrap();
    assert_eq!(ready["ready"], true, "{ready:#}");

    let listed = house
        .get(&format!("/api/v1/releases?incident={incident}"))
        .await
        .ok();
    let listed = listed.as_array().unwrap();
    let metrics = plain("/metrics").await.unwrap().text().await.unwrap();
    for status in ["planned", "drafting"] {
        let count = listed
            .iter()
            .filter(|release| release["status"] == status)
            .count();
        assert!(count > 0, "{status}");
        let line = format!("fabu_releases_open{{status=\"{status}\"}} {count}\n");
        assert!(metrics.contains(&line), "{line} is missing: {metrics}");
    }
    assert!(metrics.contains("fabu_releases_overdue 0\n"), "{metrics}");
    house.close().await;
}
