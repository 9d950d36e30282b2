//! The live drill as people meet it: the real program, its own portal and API for the drill, and what becomes of it
//! when somebody pauses, jumps, makes a mistake, or kills the server.

mod commands;
mod directing;
mod mistakes;
mod playing;
mod surviving;
mod worlds;

use std::path::PathBuf;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::house::Heard;
use crate::support::installation::{Installation, Server, flood_declaration, flood_office};

/// A server with a scenario, and somebody who may direct drills.
struct Hall {
    office: Installation,
    server: Server,
    chief: String,
    http: reqwest::Client,
}

impl Hall {
    /// Three hours of a flood at level IV that are played with people.
    fn open() -> Self {
        Self::with_mail(1)
    }

    fn with_mail(port: u16) -> Self {
        let office = flood_office(port);
        office.desk.write("drills/t.yaml", scenario());
        let chief = office.hire("chief", "flood-office/section-head");
        let server = serve(&office);
        Self {
            office,
            server,
            chief,
            http: reqwest::Client::new(),
        }
    }

    /// The server is killed, and another is started on what it left.
    fn killed(mut self) -> Self {
        self.server.kill();
        self.server = serve(&self.office);
        self
    }

    /// As [`Hall::killed`], with something that happens while no server runs.
    async fn killed_and(mut self, meanwhile: impl AsyncFnOnce(&Self)) -> Self {
        self.server.kill();
        meanwhile(&self).await;
        self.server = serve(&self.office);
        self
    }

    async fn ask(&self, method: Method, path: &str, body: &Value) -> Heard {
        let request = self
            .http
            .request(method, format!("{}{path}", self.server.api));
        Heard::of(request.bearer_auth(&self.chief).json(body)).await
    }

    async fn order(&self, verb: &str, body: Value) -> Heard {
        self.ask(Method::POST, &format!("/api/v1/drill/{verb}"), &body)
            .await
    }

    async fn start(&self, speed: u32, simulate: &[&str]) -> Value {
        let wish = json!({ "drill": "t", "speed": speed, "simulate": simulate });
        let begun = self.ask(Method::POST, "/api/v1/drill", &wish).await;
        begun.status(201)
    }

    async fn drill(&self) -> Value {
        self.ask(Method::GET, "/api/v1/drill", &json!({}))
            .await
            .ok()
    }

    /// The drill once it is as wanted.
    async fn drill_once(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..600 {
            let drill = self.drill().await;
            if wanted(&drill) {
                return drill;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("{what} did not come: {:#}", self.drill().await);
    }

    fn drills(&self) -> PathBuf {
        self.office.desk.path("data/drills")
    }

    /// The names of all drills that left a folder.
    fn runs(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.drills()).into_iter().flatten();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    /// A call to the drill's own API by whoever holds this post.
    async fn as_post(
        &self,
        begun: &Value,
        post: &str,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Heard {
        let api = self.drill().await["api"].as_str().unwrap().to_owned();
        let request = self.http.request(method, format!("{api}{path}"));
        Heard::of(request.bearer_auth(token(begun, post)).json(body)).await
    }
}

fn serve(office: &Installation) -> Server {
    office.serve_with(|command| {
        command.args([
            "--drill-portal",
            "127.0.0.1:0",
            "--drill-api",
            "127.0.0.1:0",
        ]);
    })
}

/// The token of whoever holds `post` in the drill.
fn token(begun: &Value, post: &str) -> String {
    let mut people = begun["participants"].as_array().unwrap().iter();
    let holder = people.find(|one| one["posts"].as_array().unwrap().contains(&json!(post)));
    holder.unwrap_or_else(|| panic!("nobody is {post}: {begun:#}"))["token"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// JSON is YAML.
fn scenario() -> String {
    let flood = flood_declaration();
    let declare = json!({
        "event": flood["event"], "level": "IV", "areas": flood["areas"],
        "expected-duration": "48h", "facts": flood["facts"],
    });
    let scenario = json!({
        "drill": "t", "title": "试", "plans": ["flood"], "start": "2026-07-01 21:30", "length": "3h",
        "everyone": { "median": "2m", "p90": "5m" },
        "recipients": [{ "count": 20, "areas": ["320299"], "groups": ["media"], "addresses": ["sms", "email"] }],
        "injects": [
            { "at": "0m", "declare": declare },
            { "at": "2h", "raise": { "to": "III", "reason": "水位超过警戒" } },
        ],
        "expect": [{ "only-approved": true }],
    });
    scenario.to_string()
}

/// Seconds from one moment of an answer to another.
fn seconds(from: &Value, to: &Value) -> i64 {
    let at = |value: &Value| chrono::DateTime::parse_from_rfc3339(value.as_str().unwrap()).unwrap();
    (at(to) - at(from)).num_seconds()
}
