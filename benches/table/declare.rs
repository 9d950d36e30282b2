//! Declare → 50 bodies × 20 releases planned, journaled and durable.

use std::sync::Arc;
use std::time::Instant;

use fabu::channel::EnvSecrets;
use fabu::clock::SystemClock;
use fabu::flow::declare::declare;
use fabu::realm::Realm;
use fabu::store::Store;

use super::city;

/// Milliseconds, median of 20 declarations into one growing database.
pub async fn measure() -> Vec<f64> {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&format!(
        "sqlite:{}",
        folder.path().join("ours.db").display()
    ))
    .await
    .expect("a store");
    let plans = city::plans(
        50,
        20,
        vec![city::channel(serde_json::json!({
            "channel": "portal", "name": "portal", "kind": "portal", "portal": {"base-url": "http://127.0.0.1"}
        }))],
    );
    let realm = Realm::actual(
        store,
        Arc::new(SystemClock),
        plans,
        Arc::new(EnvSecrets),
        folder.path(),
    );
    let officer = city::person("clerk");
    let mut times = Vec::new();
    for _ in 0..20 {
        let began = Instant::now();
        let (mut tx, world, now) = realm.begin().await.expect("a transaction");
        let declared = declare(&mut tx, &world, now, &officer, city::declaration())
            .await
            .expect("a declaration");
        realm.commit(tx).await.expect("a commit");
        times.push(began.elapsed().as_secs_f64() * 1000.0);
        assert_eq!(declared.releases.len(), 1000);
    }
    times.sort_by(f64::total_cmp);
    vec![times[times.len() / 2]]
}
