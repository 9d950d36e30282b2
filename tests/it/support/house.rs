//! A running server of the actual realm in this process, with people who hold tokens, spoken to over real HTTP. Its
//! clock stands still, and of its channels only the portal is on.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use fabu::channel::MapSecrets;
use fabu::clock::VirtualClock;
use fabu::domain::channel::ChannelKind;
use fabu::domain::journal::ENGINE;
use fabu::domain::person::{Person, token_hash};
use fabu::domain::plan::PlanSet;
use fabu::realm::Realm;
use fabu::server::{self, Running, Settings};
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use super::bulletins;
use super::database::Database;
use super::town::{at, examples};

pub const START: &str = "2026-07-01T11:00:00+08:00";

pub struct House {
    pub realm: Arc<Realm>,
    pub clock: VirtualClock,
    pub base: String,
    pub portal: SocketAddr,
    pub http: reqwest::Client,
    /// Of the duty officer, who declares and drafts.
    pub officer: String,
    /// Who may read the whole journal.
    pub auditor: String,
    running: Running,
}

/// What was answered.
#[derive(Debug)]
pub struct Heard {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl House {
    pub async fn open(database: &Database) -> Self {
        let mut plans = examples();
        // Most tests are about something else than the second person.
        plans.confirm.clear();
        Self::with(database, plans).await
    }

    pub async fn with(database: &Database, plans: PlanSet) -> Self {
        Self::open_with(database, plans, |_| {}, MapSecrets::default()).await
    }

    /// With other channels, which may be on, and their secrets.
    pub async fn open_with(
        database: &Database,
        mut plans: PlanSet,
        change: impl FnOnce(&mut PlanSet),
        secrets: MapSecrets,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for channel in plans.channels.values_mut() {
            channel.enabled = matches!(channel.kind, ChannelKind::Portal);
        }
        change(&mut plans);
        let clock = VirtualClock::at(at(START));
        let secrets = Arc::new(secrets);
        let store = database.store().await;
        let realm = Realm::actual(
            store,
            Arc::new(clock.clone()),
            plans,
            secrets,
            folder.path(),
        );
        let realm = Arc::new(realm);
        let settings = Settings {
            portal: SocketAddr::from(([127, 0, 0, 1], 0)),
            api: SocketAddr::from(([127, 0, 0, 1], 0)),
            site: bulletins::settings(),
            holder: "house".into(),
            drain: Duration::from_secs(10),
            watch: None,
            base_url: None,
            drills: None,
        };
        let running = server::start(realm.clone(), settings).await.unwrap();
        let mut house = Self {
            base: format!("http://{}", running.api),
            portal: running.portal,
            http: reqwest::Client::new(),
            officer: String::new(),
            auditor: String::new(),
            realm,
            clock,
            running,
        };
        house.auditor = house.hire("shenji", &["data-centre/auditor"]).await;
        house.officer = house.hire("zhiban", &["flood-office/duty-officer"]).await;
        house
    }

    /// Ends the server and sees that the journal is sound.
    pub async fn close(self) {
        let faults = self
            .realm
            .store
            .read()
            .await
            .unwrap()
            .journal_verify()
            .await
            .unwrap();
        assert!(faults.is_empty(), "{faults:?}");
        assert!(self.running.stop().await, "something did not end");
    }

    /// A new person; returns their token.
    pub async fn hire(&self, login: &str, posts: &[&str]) -> String {
        let now = self.realm.now();
        let world = self.realm.world();
        let person = Person {
            id: world.ids.mint(now),
            login: login.into(),
            name: login.into(),
            posts: posts.iter().map(|post| post.parse().unwrap()).collect(),
            disabled_at: None,
            created_at: now,
        };
        let token = world.ids.secret();
        let mut tx = self.realm.store.begin().await.unwrap();
        tx.add_person(&person).await.unwrap();
        tx.add_token(&person.id, &token_hash(&token), "test", now, None)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        token
    }

    /// A request by the duty officer.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.base))
            .bearer_auth(&self.officer)
    }

    pub async fn get(&self, path: &str) -> Heard {
        Heard::of(self.request(Method::GET, path)).await
    }

    /// A GET by somebody else.
    pub async fn get_as(&self, token: &str, path: &str) -> Heard {
        let request = self.http.get(format!("{}{path}", self.base));
        Heard::of(request.bearer_auth(token)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Heard {
        Heard::of(self.request(Method::POST, path).json(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Heard {
        Heard::of(self.request(Method::PUT, path).json(body)).await
    }

    /// A POST by somebody else.
    pub async fn post_as(&self, token: &str, path: &str, body: &Value) -> Heard {
        let request = self.http.post(format!("{}{path}", self.base));
        Heard::of(request.bearer_auth(token).json(body)).await
    }

    /// The release as it is now.
    pub async fn release(&self, id: &str) -> Value {
        self.get(&format!("/api/v1/releases/{id}")).await.ok()
    }

    /// The release once it is as wanted.
    pub async fn release_once(&self, id: &str, status: &str) -> Value {
        let mut signal = self.realm.listen();
        loop {
            let release = self.release(id).await;
            if release["status"] == status {
                return release;
            }
            let changed = tokio::time::timeout(Duration::from_secs(60), signal.changed()).await;
            assert!(changed.is_ok(), "not {status}: {release:#}");
        }
    }

    /// Declares a flood at level IV; returns the incident and its first notice.
    pub async fn declare(&self) -> (String, String) {
        let declared = self.post("/api/v1/incidents", &flood()).await.status(201);
        let releases = declared["releases"].as_array().unwrap();
        let notice = releases
            .iter()
            .find(|r| r["item"] == "response-notice")
            .unwrap();
        let id = |of: &Value| of["id"].as_str().unwrap().to_owned();
        (id(&declared), id(notice))
    }

    /// Declares, waits for the draft of the first notice and submits it; returns the notice.
    pub async fn submitted(&self) -> Value {
        let (_, notice) = self.declare().await;
        self.release_once(&notice, "drafting").await;
        self.post(&format!("/api/v1/releases/{notice}/submit"), &json!({}))
            .await
            .ok()
    }

    /// Declares a flood and signs its first notice; returns the notice's id.
    pub async fn published(&self) -> String {
        let notice = self.submitted().await;
        let id = notice["id"].as_str().unwrap().to_owned();
        let hash = json!({ "hash": notice["bulletin"]["hash"] });
        for (login, post) in [("kezhang", "section-head"), ("zhuren", "office-director")] {
            let token = self.hire(login, &[&format!("flood-office/{post}")]).await;
            let path = format!("/api/v1/releases/{id}");
            let request = self.http.get(format!("{}{path}", self.base));
            Heard::of(request.bearer_auth(&token)).await.ok();
            self.post_as(&token, &format!("{path}/approve"), &hash)
                .await
                .ok();
        }
        id
    }

    pub async fn incidents(&self) -> usize {
        self.get("/api/v1/incidents")
            .await
            .ok()
            .as_array()
            .unwrap()
            .len()
    }

    /// What people did, as the journal has it, in order. What the program does by itself comes when it comes.
    pub async fn acts(&self) -> Vec<String> {
        let journal = self.journal().await;
        let by_people = journal.iter().filter(|entry| entry["actor"] != ENGINE);
        by_people
            .map(|entry| entry["act"].as_str().unwrap().to_owned())
            .collect()
    }

    pub async fn journal(&self) -> Vec<Value> {
        let path = "/api/v1/journal?limit=1000";
        let journal = self.get_as(&self.auditor, path).await.ok();
        journal.as_array().unwrap().clone()
    }
}

impl Heard {
    pub async fn of(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        Self {
            status: response.status(),
            headers: response.headers().clone(),
            text: response.text().await.unwrap(),
        }
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The answer, which must have this status.
    #[track_caller]
    pub fn status(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        self.json()
    }

    #[track_caller]
    pub fn ok(self) -> Value {
        self.status(200)
    }

    /// The problem, which must have this status and name, and say each of `words` in its detail.
    #[track_caller]
    pub fn problem(self, status: u16, name: &str, words: &[&str]) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(
            self.headers[CONTENT_TYPE], "application/problem+json",
            "{self:?}"
        );
        let problem = self.json();
        assert_eq!(
            problem["type"],
            format!("urn:fabu:problem:{name}"),
            "{problem:#}"
        );
        assert_eq!(problem["status"], status, "{problem:#}");
        assert!(
            !problem["title"].as_str().unwrap().is_empty(),
            "{problem:#}"
        );
        let detail = problem["detail"].as_str().unwrap();
        for word in words {
            assert!(detail.contains(word), "{word:?} is missing: {problem:#}");
        }
        problem
    }
}

pub fn flood() -> Value {
    super::installation::flood_declaration()
}

/// `flood()` with one field changed.
pub fn flood_with(field: &str, value: Value) -> Value {
    let mut declaration = flood();
    declaration[field] = value;
    declaration
}
