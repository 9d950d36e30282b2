//! The same promises, asked of both databases.

use chrono::{DateTime, Utc};
use fabu::domain::journal::Entry;
use fabu::store::Store;
use serde_json::json;

fn at(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap()
}

#[tokio::test]
async fn smoke() {
    let mut urls = vec!["sqlite::memory:".to_owned(), format!("sqlite:{}", tempfile::tempdir().unwrap().keep().join("a.db").display())];
    if let Ok(url) = std::env::var("FABU_TEST_POSTGRES") { urls.push(url); }
    for url in urls {
        println!("{url}");
        let store = Store::open(&url).await.unwrap();
        println!("{:?}", store.migrations().await.unwrap());
        assert!(store.migrate().await.unwrap().is_empty());
        let mut tx = store.begin().await.unwrap();
        let entries = (0..1000).map(|n| Entry::new(at(n), "zhou", "did").incident("x").data(json!({"n": n, "字": "文"}))).collect();
        let t = std::time::Instant::now();
        tx.append(entries).await.unwrap();
        tx.commit().await.unwrap();
        println!("{:?}", t.elapsed());
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.journal_after(10, Some("x"), 5).await.unwrap().len(), 5);
        assert_eq!(tx.journal_verify().await.unwrap(), vec![]);
        assert!(tx.append(vec![Entry::new(at(1), "a", "b")]).await.is_err());
        drop(tx);
        let mut tx = store.begin().await.unwrap();
        tx.append(vec![Entry::new(at(1), "a", "b")]).await.unwrap();
        drop(tx);
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.journal_after(0, None, 5000).await.unwrap().len(), 1000);
        drop(tx);
        store.close().await;
    }
}
