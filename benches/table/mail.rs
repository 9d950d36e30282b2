//! Mails a second into postfix's smtp-sink: smtp-source against ours, ten sessions each, the same size of mail.

use std::process::{Child, Command, Stdio};
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
use tokio_util::sync::CancellationToken;

use super::city;

const MAILS: u32 = 20_000;

struct Sink {
    process: Child,
    port: u16,
}

impl Sink {
    async fn start() -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|l| l.local_addr())
            .expect("a port")
            .port();
        let mut command = Command::new("smtp-sink");
        // smtp-sink refuses to stay root.
        if std::fs::metadata("/proc/self")
            .is_ok_and(|m| std::os::unix::fs::MetadataExt::uid(&m) == 0)
        {
            command.args(["-u", "postfix"]);
        }
        let process = command
            .args([&format!("127.0.0.1:{port}"), "1000"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("smtp-sink is installed (Debian package postfix)");
        while tokio::net::TcpStream::connect(("127.0.0.1", port))
            .await
            .is_err()
        {
            tokio::task::yield_now().await;
        }
        Self { process, port }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub async fn smtp_source() -> Vec<f64> {
    let sink = Sink::start().await;
    let began = Instant::now();
    let status = Command::new("smtp-source")
        .args([
            "-d",
            "-s",
            "10",
            "-m",
            &MAILS.to_string(),
            "-l",
            "2000",
            "-f",
            "fabu@example.invalid",
            "-t",
            "person@example.invalid",
        ])
        .arg(format!("127.0.0.1:{}", sink.port))
        .status()
        .expect("smtp-source is installed");
    assert!(status.success());
    vec![f64::from(MAILS) / began.elapsed().as_secs_f64()]
}

/// From the last signature until every mail's acceptance is durable.
pub async fn measure() -> Vec<f64> {
    let sink = Sink::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&format!(
        "sqlite:{}",
        folder.path().join("ours.db").display()
    ))
    .await
    .expect("a store");
    let mail = city::channel(serde_json::json!({
        "channel": "mail", "name": "mail", "kind": "email", "concurrency": 10,
        "email": {"host": "127.0.0.1", "port": sink.port, "from": "fabu@example.invalid"}
    }));
    let people: Vec<Contact> = (0..MAILS)
        .map(|n| Contact {
            code: format!("c{n}"),
            name: format!("c{n}"),
            language: Language::ZhCn,
            areas: vec![AreaCode(city::AREA.into())],
            groups: Vec::new(),
            posts: Vec::new(),
            addresses: vec![Address {
                kind: AddressKind::Email,
                address: format!("person{n}@example.invalid"),
            }],
        })
        .collect();
    for chunk in people.chunks(1000) {
        let mut tx = store.begin().await.expect("a transaction");
        tx.upsert_contacts(chunk).await.expect("contacts");
        tx.commit().await.expect("a commit");
    }
    let plans = city::plans(1, 1, vec![mail]);
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
    let id = &declared.releases[0].id;
    let hash = loop {
        let (mut tx, world, now) = realm.begin().await.expect("a transaction");
        if let Ok(release) = draft::submit(&mut tx, &world, now, &clerk, id, None).await {
            realm.commit(tx).await.expect("a commit");
            let fabu::domain::release::ReleaseState::InReview(review) = release.state else {
                panic!("in review")
            };
            break review.hash;
        }
        drop(tx);
        tokio::task::yield_now().await;
    };
    let (mut tx, world, now) = realm.begin().await.expect("a transaction");
    approve::approve(&mut tx, &world, now, &leader, id, &Consent::to(&hash))
        .await
        .expect("an approval");
    let began = Instant::now();
    realm.commit(tx).await.expect("a commit");
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    loop {
        ticks.tick().await;
        let counts = realm
            .store
            .read()
            .await
            .expect("a reader")
            .delivery_counts(id)
            .await
            .expect("counts");
        let accepted = counts
            .get("mail")
            .and_then(|by_status| by_status.get("accepted"))
            .copied()
            .unwrap_or(0);
        if accepted == i64::from(MAILS) {
            break;
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    stop.cancel();
    working.await.expect("the loops end");
    vec![f64::from(MAILS) / seconds]
}
