//! `kill -9` in the middle of every verb. Whoever got no answer asks again with the same key, as the command line does:
//! then it is done, and done once, and the mails that follow from it reach everybody.
//!
//! `FABU_TEST_KILLS` = how many kills (24 by default; two thousand were made once by hand).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::database::Database;
use crate::support::installation::{Installation, Server, flood_declaration, flood_office};
use crate::support::peers::sink::Sink;

const READERS: usize = 12;

#[tokio::test(flavor = "multi_thread")]
async fn every_verb_is_done_once_though_the_server_is_killed_in_it() {
    survives(1, None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_verb_is_done_once_on_postgres() {
    if let Some(database) = Database::postgres().await {
        survives(2, Some(&database)).await;
        database.discard().await;
    }
}

fn kills_wanted() -> usize {
    std::env::var("FABU_TEST_KILLS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(24)
}

/// People, the server that they speak to, and the chance by which it dies.
struct Night {
    office: Installation,
    server: Server,
    chance: StdRng,
    http: reqwest::Client,
    kills: usize,
    keys: usize,
    officer: String,
    head: String,
    director: String,
    leader: String,
    mayor: String,
}

async fn survives(seed: u64, database: Option<&Database>) {
    let Some(sink) = Sink::start(&[]) else {
        return;
    };
    let mut office = flood_office(sink.port);
    if let Some(database) = database {
        office = office.on(&database.url);
    }
    let [officer, head, director, leader, mayor] = [
        ("zhiban", "flood-office/duty-officer"),
        ("kezhang", "flood-office/section-head"),
        ("zhuren", "flood-office/office-director"),
        ("daiban", "flood-office/duty-leader"),
        ("fushizhang", "county-government/deputy-mayor"),
    ]
    .map(|(login, post)| office.hire(login, post));
    office.import_media(READERS);
    let server = office.serve();
    let mut night = Night {
        office,
        server,
        chance: StdRng::seed_from_u64(seed),
        http: reqwest::Client::new(),
        kills: 0,
        keys: 0,
        officer,
        head,
        director,
        leader,
        mayor,
    };
    let mut incidents = 0;
    let mut sent = Vec::new();
    while night.kills < kills_wanted() {
        sent.extend(night.one_flood().await);
        incidents += 1;
    }
    let officer = night.officer.clone();
    let all = night
        .server
        .get(&officer, "/api/v1/incidents?limit=5000")
        .await;
    assert_eq!(
        all.as_array().unwrap().len(),
        incidents,
        "one declaration, one incident"
    );
    for text in &sent {
        night.server.until_accepted(&officer, text, READERS).await;
    }
    judge(&sink.in_order(), sent.len());
    println!("{} kills over {incidents} floods", night.kills);
    night.server.terminate();
    assert_eq!(night.server.ended(), 0);
    assert!(night.office.journal_is_sound());
}

impl Night {
    /// A flood from its declaration to its end; the server may die in any request of it. Returns the notice and its
    /// correction, which every reader is to have.
    async fn one_flood(&mut self) -> [String; 2] {
        let (officer, head) = (self.officer.clone(), self.head.clone());
        let (director, leader) = (self.director.clone(), self.leader.clone());
        let mayor = self.mayor.clone();
        let mut flood = flood_declaration();
        flood["another"] = json!(true);
        let declared = self
            .ask(&officer, Method::POST, "/api/v1/incidents", flood)
            .await;
        let id = |of: &Value| of["id"].as_str().unwrap().to_owned();
        let incident = id(&declared);
        let releases = declared["releases"].as_array().unwrap();
        let of_item = |item: &str| id(releases.iter().find(|r| r["item"] == item).unwrap());
        let (notice, advisory) = (of_item("response-notice"), of_item("flood-situation"));
        let path = format!("/api/v1/releases/{notice}");
        let facts = format!("/api/v1/incidents/{incident}/facts");
        let places = json!({"facts": {"affected-areas": "城关镇", "rainfall": 120}});
        self.ask(&officer, Method::PUT, &facts, places).await;
        self.drafted(&path).await;

        let edit = json!({"title": "关于启动防汛应急响应的紧急通告"});
        self.ask(&officer, Method::PUT, &format!("{path}/text"), edit)
            .await;
        self.post(&officer, &path, "submit", json!({})).await;
        self.post(&head, &path, "return", json!({"reason": "再核"}))
            .await;
        self.post(&officer, &path, "submit", json!({})).await;
        let under_review = self.server.get(&head, &path).await;
        let hash = json!({"hash": under_review["bulletin"]["hash"]});
        self.post(&head, &path, "approve", hash.clone()).await;
        let out = self.post(&director, &path, "approve", hash).await;
        assert_eq!(out["status"], "published", "{out:#}");

        let waived = format!("/api/v1/releases/{advisory}");
        self.post(&head, &waived, "waive", json!({"reason": "已并入通告"}))
            .await;
        // Whom the notice has not reached yet would rightly not get it any more once it is corrected.
        self.server.until_accepted(&officer, &notice, READERS).await;
        let correct = json!({"kind": "sent-in-error"});
        let correction = self.post(&leader, &path, "correct", correct).await;
        let of_correction = format!("/api/v1/releases/{}", id(&correction));
        let hash = json!({"hash": correction["bulletin"]["hash"]});
        self.post(&leader, &of_correction, "approve", hash.clone())
            .await;
        self.post(&head, &of_correction, "approve", hash).await;
        let level = json!({"level": "III", "reason": "雨势加大"});
        self.post(
            &officer,
            &format!("/api/v1/incidents/{incident}"),
            "level",
            level,
        )
        .await;
        let end = json!({"reason": "雨停水退"});
        let asked = self
            .post(
                &officer,
                &format!("/api/v1/incidents/{incident}"),
                "end",
                end,
            )
            .await;
        let asked = format!("/api/v1/asked/{}", id(&asked));
        self.post(&mayor, &asked, "confirm", json!({})).await;
        let correction = id(&correction);
        self.acts_are_done_once(&incident, [&notice, &advisory, &correction])
            .await;
        [notice, correction]
    }

    async fn acts_are_done_once(&self, incident: &str, [notice, advisory, correction]: [&str; 3]) {
        let path = format!("/api/v1/journal?incident={incident}&limit=1000");
        let journal = self.server.get(&self.officer, &path).await;
        let mut acts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for entry in journal.as_array().unwrap() {
            let about = entry["release"].as_str().unwrap_or_default();
            *acts
                .entry((about, entry["act"].as_str().unwrap()))
                .or_default() += 1;
        }
        for (about, act, times) in [
            ("", "incident-declared", 1),
            ("", "facts-changed", 1),
            ("", "incident-ended", 1),
            (advisory, "release-waived", 1),
            (notice, "release-edited", 1),
            (notice, "release-submitted", 2),
            (notice, "release-returned", 1),
            (notice, "release-signed", 2),
            (notice, "release-published", 1),
            (notice, "release-corrected", 1),
            (correction, "correction-prepared", 1),
            (correction, "release-signed", 1),
            (correction, "release-published", 1),
            (correction, "release-countersigned", 1),
        ] {
            assert_eq!(
                acts.get(&(about, act)).copied().unwrap_or_default(),
                times,
                "{act} of {about:?}: {acts:#?}"
            );
        }
    }

    async fn post(&mut self, token: &str, path: &str, verb: &str, body: Value) -> Value {
        self.ask(token, Method::POST, &format!("{path}/{verb}"), body)
            .await
    }

    /// Asks with a key of its own, and again with the same key after each kill, until there is an answer.
    async fn ask(&mut self, token: &str, method: Method, path: &str, body: Value) -> Value {
        self.keys += 1;
        let key = format!("night-{}", self.keys);
        let mut dies = self.chance.random_bool(0.7);
        loop {
            let request = self
                .http
                .request(method.clone(), format!("{}{path}", self.server.api))
                .bearer_auth(token)
                .header("idempotency-key", &key)
                .json(&body);
            let asked = tokio::spawn(async move {
                let response = request.send().await.ok()?;
                let status = response.status();
                Some((status, response.text().await.ok()?))
            });
            if dies {
                let wait = self.chance.random_range(0..12_000);
                std::thread::sleep(Duration::from_micros(wait));
                self.server.kill();
                self.kills += 1;
            }
            let answered = asked.await.unwrap();
            if dies {
                self.server = self.office.serve();
                dies = self.chance.random_bool(0.2);
            }
            // The engine was faster at the same rows: nothing was done, and whoever asks again is served.
            let turned_away = |text: &str| {
                text.contains("changed-meanwhile") || text.contains("store-unavailable")
            };
            let answered = answered.filter(|(_, text)| !turned_away(text));
            if let Some((status, text)) = answered {
                assert!(status.is_success(), "{path}: {status} {text}");
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    async fn drafted(&self, path: &str) {
        self.server
            .until("a draft", &self.officer, path, |release| {
                (release["status"] == "drafting" && release["bulletin"].is_object()).then_some(())
            })
            .await;
    }
}

/// Every reader has each of the texts, and what came twice came with the same id.
fn judge(mails: &[String], texts: usize) {
    let mut readers: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut of_delivery: BTreeMap<&str, &str> = BTreeMap::new();
    for mail in mails {
        let header = |name: &str| {
            let line = mail.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_else(|| panic!("no {name} in {mail}")).trim()
        };
        let (delivery, to) = (header("X-Fabu-Delivery:"), header("To:"));
        readers.entry(to).or_default().insert(delivery);
        assert_eq!(
            *of_delivery.entry(delivery).or_insert(to),
            to,
            "{delivery} went to two"
        );
    }
    assert_eq!(readers.len(), READERS, "somebody was not reached");
    for (reader, deliveries) in &readers {
        assert!(
            deliveries.len() >= texts,
            "{reader} has {} of {texts}",
            deliveries.len()
        );
    }
    println!(
        "{} mails, {} sent again",
        mails.len(),
        mails.len() - of_delivery.len()
    );
}
