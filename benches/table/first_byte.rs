//! The last signature is given → the first byte of the text reaches a channel's provider, here an HTTP gateway on this
//! machine. With `waiting` other deliveries of a lower lane queued on the same channel.

use std::sync::Arc;
use std::time::{Duration, Instant};

use fabu::channel::EnvSecrets;
use fabu::clock::SystemClock;
use fabu::domain::approval::Consent;
use fabu::domain::area::AreaCode;
use fabu::domain::bulletin::Language;
use fabu::domain::contact::{Address, AddressKind, Contact};
use fabu::flow::declare::declare;
use fabu::flow::{approve, draft};
use fabu::realm::Realm;
use fabu::store::Store;
use fabu::worker;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::city;

const SAMPLES: usize = 200;

/// p50 and p99 in milliseconds.
pub async fn measure(waiting: u32) -> Vec<f64> {
    let (port, mut arrivals) = gateway().await;
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&format!(
        "sqlite:{}",
        folder.path().join("ours.db").display()
    ))
    .await
    .expect("a store");
    let sms = city::channel(serde_json::json!({
        "channel": "sms", "name": "sms", "kind": "sms", "concurrency": 16,
        "sms": {"url": format!("http://127.0.0.1:{port}/"), "fields": {"to": "{to}", "text": "{text}"}}
    }));
    let mut plans = city::plans(1, SAMPLES + 1, vec![sms]);
    let plan = Arc::make_mut(&mut plans.plans[0].plan);
    for item in plan.levels.values_mut().flatten() {
        // The last item is the crowd that the others must overtake.
        if item.item == format!("item-{SAMPLES}") {
            item.kind = fabu::domain::plan::ItemKind::Summary;
        } else {
            item.audience = serde_json::from_value(serde_json::json!({"groups": ["one"]}))
                .expect("an audience");
        }
    }
    crowd(&store, waiting).await;
    let realm = Arc::new(Realm::actual(
        store,
        Arc::new(SystemClock),
        plans,
        Arc::new(EnvSecrets),
        folder.path(),
    ));
    let stop = CancellationToken::new();
    let working = tokio::spawn({
        let (realm, stop) = (realm.clone(), stop.clone());
        async move { worker::run(realm, "bench", stop).await }
    });
    let (clerk, leader) = (city::person("clerk"), city::person("leader"));
    let (mut tx, world, now) = realm.begin().await.expect("a transaction");
    let declared = declare(&mut tx, &world, now, &clerk, city::declaration())
        .await
        .expect("a declaration");
    realm.commit(tx).await.expect("a commit");
    let mut releases = declared.releases;
    releases.sort_by_key(|r| r.item != format!("item-{SAMPLES}"));
    if waiting == 0 {
        releases.remove(0);
    }
    let mut times = Vec::new();
    for release in &releases {
        let hash = submitted(&realm, &clerk, &release.id).await;
        while arrivals.try_recv().is_ok() {}
        let began = Instant::now();
        let (mut tx, world, now) = realm.begin().await.expect("a transaction");
        approve::approve(
            &mut tx,
            &world,
            now,
            &leader,
            &release.id,
            &Consent::to(&hash),
        )
        .await
        .expect("an approval");
        realm.commit(tx).await.expect("a commit");
        if release.item == format!("item-{SAMPLES}") {
            // Let the crowd be queued and start to flow before anything is measured.
            tokio::time::timeout(Duration::from_secs(60), async {
                while arrivals.recv().await.is_some_and(|(_, urgent)| urgent) {}
            })
            .await
            .expect("the crowd moves");
            continue;
        }
        loop {
            let (at, urgent) = arrivals.recv().await.expect("the gateway runs");
            if urgent {
                times.push((at - began).as_secs_f64() * 1000.0);
                break;
            }
        }
    }
    stop.cancel();
    working.await.expect("the loops end");
    times.sort_by(f64::total_cmp);
    vec![times[times.len() / 2], times[times.len() * 99 / 100]]
}

async fn submitted(
    realm: &Realm,
    clerk: &fabu::domain::approval::Actor,
    id: &fabu::id::ReleaseId,
) -> String {
    let mut signal = realm.listen();
    loop {
        let (mut tx, world, now) = realm.begin().await.expect("a transaction");
        if let Ok(release) = draft::submit(&mut tx, &world, now, clerk, id, None).await {
            realm.commit(tx).await.expect("a commit");
            let fabu::domain::release::ReleaseState::InReview(review) = release.state else {
                panic!("in review")
            };
            return review.hash;
        }
        drop(tx);
        let _ = tokio::time::timeout(Duration::from_millis(50), signal.changed()).await;
    }
}

/// One urgent reader, and `waiting` others.
async fn crowd(store: &Store, waiting: u32) {
    let contact = |n: u32, group: &str| Contact {
        code: format!("c{n}"),
        name: format!("c{n}"),
        language: Language::ZhCn,
        areas: vec![AreaCode(city::AREA.into())],
        groups: vec![group.to_owned()],
        posts: Vec::new(),
        addresses: vec![Address {
            kind: AddressKind::Sms,
            address: format!("1{n:010}"),
        }],
    };
    let everybody: Vec<Contact> = std::iter::once(contact(0, "one"))
        .chain((1..=waiting).map(|n| contact(n, "crowd")))
        .collect();
    for chunk in everybody.chunks(1000) {
        let mut tx = store.begin().await.expect("a transaction");
        tx.upsert_contacts(chunk).await.expect("contacts");
        tx.commit().await.expect("a commit");
    }
}

/// An HTTP gateway that notes when the first byte of each request came, and whether it was for the urgent reader.
async fn gateway() -> (u16, mpsc::UnboundedReceiver<(Instant, bool)>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let (told, arrivals) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let told = told.clone();
            tokio::spawn(async move {
                let mut request = Vec::new();
                let mut buffer = [0u8; 8192];
                let mut began = None;
                while let Ok(n) = stream.read(&mut buffer).await {
                    if n == 0 {
                        break;
                    }
                    began.get_or_insert_with(Instant::now);
                    request.extend_from_slice(&buffer[..n]);
                    let text = String::from_utf8_lossy(&request);
                    let Some((head, body)) = text.split_once("\r\n\r\n") else {
                        continue;
                    };
                    let length: usize = head
                        .lines()
                        .find_map(|line| {
                            line.to_ascii_lowercase()
                                .strip_prefix("content-length:")
                                .and_then(|n| n.trim().parse().ok())
                        })
                        .unwrap_or(0);
                    if body.len() < length {
                        continue;
                    }
                    let urgent = body.contains("to=10000000000");
                    let _ = told.send((began.take().expect("something came"), urgent));
                    request.clear();
                    if stream
                        .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
                        .await
                        .is_err()
                    {
                        break;
                    }
                }
            });
        }
    });
    (port, arrivals)
}
