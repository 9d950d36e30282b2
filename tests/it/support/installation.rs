//! An installation as an operator has it: a folder with plans and channels, people with tokens, and `fabu serve` as a
//! process of its own that can be killed.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::command::{Answer, Desk};

pub struct Installation {
    pub desk: Desk,
    /// Where it keeps its data, if not in its own SQLite file.
    database: Option<String>,
}

/// A server that ends with its handle.
pub struct Server {
    pub api: String,
    pub portal: String,
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
    http: reqwest::Client,
}

/// What the API answered.
#[derive(Debug)]
pub struct Heard {
    pub status: StatusCode,
    pub body: Value,
}

/// The example's flood plan alone, with every channel but the portal and the mail to the media switched off.
pub fn flood_office(mail_port: u16) -> Installation {
    let office = Installation::empty();
    let desk = &office.desk;
    desk.done(&["init", ".", "--example"]);
    for plan in [
        "drinking-water",
        "earthquake",
        "epidemic",
        "hazardous-chemical",
        "snow-ice",
    ] {
        std::fs::remove_dir_all(desk.path("plans").join(plan)).unwrap();
    }
    for file in std::fs::read_dir(desk.path("channels")).unwrap() {
        let name = format!("channels/{}", file.unwrap().file_name().to_str().unwrap());
        let text = desk.read(&name);
        let text = match name.as_str() {
            "channels/portal.yaml" => text,
            "channels/media-mail.yaml" => text
                .replace("port: 25\n", &format!("port: {mail_port}\n"))
                .replace("rate: {per-second: 50, burst: 50}\n", "")
                .replace("concurrency: 4\n", "concurrency: 8\n")
                .replace("  user-env: FABU_MAIL_USER\n", "")
                .replace("  password-env: FABU_MAIL_PASSWORD\n", ""),
            _ => text.replace("enabled: true", "enabled: false"),
        };
        desk.write(&name, text);
    }
    office
}

impl Installation {
    pub fn empty() -> Self {
        Self {
            desk: Desk::new(),
            database: None,
        }
    }

    pub fn on(mut self, database: &str) -> Self {
        self.database = Some(database.to_owned());
        self.done(&["migrate"]);
        self
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = self.desk.command(args);
        if let Some(database) = &self.database {
            command.env("FABU_DATABASE_URL", database);
        }
        command
    }

    /// Runs what must succeed and returns its data.
    pub fn done(&self, args: &[&str]) -> String {
        let answer = Answer::of(self.command(args).output().unwrap());
        assert_eq!(answer.code, 0, "fabu {args:?}: {answer:#?}");
        answer.out
    }

    /// A new person; returns their token.
    pub fn hire(&self, login: &str, post: &str) -> String {
        let told = self.done(&[
            "user", "add", login, "--name", login, "--post", post, "--json",
        ]);
        let told: Value = serde_json::from_str(&told).unwrap();
        told["token"].as_str().unwrap().to_owned()
    }

    /// Imports contacts of the media whose addresses are `reader0@example.invalid` and so on.
    pub fn import_media(&self, count: usize) {
        let mut sheet = String::from("code,name,email,areas,groups\n");
        for n in 0..count {
            sheet.push_str(&format!(
                "r{n},读者{n},reader{n}@example.invalid,320299,media\n"
            ));
        }
        self.desk.write("media.csv", sheet);
        self.done(&["contact", "import", "media.csv"]);
    }

    /// Imports contacts of the media, one for each address, in this order.
    pub fn import_readers(&self, addresses: impl Iterator<Item = String>) {
        let mut sheet = String::from("code,name,email,areas,groups\n");
        for (n, address) in addresses.enumerate() {
            sheet.push_str(&format!("r{n:06},读者{n},{address},320299,media\n"));
        }
        self.desk.write("readers.csv", sheet);
        self.done(&["contact", "import", "readers.csv"]);
    }

    /// Starts the server and waits until it serves.
    pub fn serve(&self) -> Server {
        self.serve_with(|_| {})
    }

    pub fn serve_with(&self, change: impl FnOnce(&mut Command)) -> Server {
        let mut command = self.serve_command();
        change(&mut command);
        Server::start(command)
    }

    /// On free ports, with a log that a program can read.
    pub fn serve_command(&self) -> Command {
        let mut command =
            self.command(&["serve", "--portal", "127.0.0.1:0", "--api", "127.0.0.1:0"]);
        command.env("FABU__LOG__FORMAT", "json");
        command
    }

    /// What a server that cannot start says.
    pub fn cannot_serve(&self, change: impl FnOnce(&mut Command)) -> Answer {
        let mut command = self.serve_command();
        change(&mut command);
        Answer::of(command.output().unwrap())
    }

    /// The journal as the program itself judges it.
    pub fn journal_is_sound(&self) -> bool {
        let output = self.command(&["journal", "verify"]).output().unwrap();
        output.status.success()
    }
}

/// Has a shell say `before`, such as a limit of the system, and then become what `command` is.
pub fn after(command: &mut Command, before: &str) {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &format!("{before}; exec \"$0\" \"$@\"")])
        .arg(command.get_program())
        .args(command.get_args());
    shell.current_dir(command.get_current_dir().unwrap());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    *command = shell;
}

impl Server {
    fn start(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let kept = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                kept.lock().unwrap().push(line);
            }
        });
        let mut server = Self {
            api: String::new(),
            portal: String::new(),
            child,
            log,
            http: reqwest::Client::new(),
        };
        let begun = Instant::now();
        let serving = loop {
            if let Some(line) = server.logged("serving") {
                break line;
            }
            if let Some(ended) = server.child.try_wait().unwrap() {
                panic!("the server ended ({ended}): {}", server.last_words());
            }
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "the server does not serve: {}",
                server.last_words()
            );
            std::thread::sleep(Duration::from_millis(5));
        };
        server.api = format!("http://{}", serving["fields"]["api"].as_str().unwrap());
        server.portal = format!("http://{}", serving["fields"]["portal"].as_str().unwrap());
        server
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// The first line of the log with this message.
    pub fn logged(&self, message: &str) -> Option<Value> {
        let log = self.log.lock().unwrap();
        log.iter()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .find(|line| line["fields"]["message"] == message)
    }

    /// Every line of the log of this level or above: `WARN` also finds errors.
    pub fn complaints(&self, level: &str) -> Vec<Value> {
        let levels = match level {
            "WARN" => &["WARN", "ERROR"][..],
            _ => &["ERROR"],
        };
        let log = self.log.lock().unwrap();
        log.iter()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .filter(|line| levels.iter().any(|level| line["level"] == *level))
            .collect()
    }

    /// The end of the log.
    pub fn last_words(&self) -> String {
        let log = self.log.lock().unwrap();
        log[log.len().saturating_sub(30)..].join("\n")
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// `kill -9`, without waiting until the system has cleared up after it.
    pub fn kill_without_waiting(&mut self) {
        self.child.kill().unwrap();
    }

    /// SIGTERM; the server goes on until [`Server::ended`].
    pub fn terminate(&self) {
        let process = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &process]).status();
        assert!(sent.unwrap().success());
    }

    /// Waits until it has ended by itself; returns its exit code.
    pub fn ended(mut self) -> i32 {
        let begun = Instant::now();
        let status: ExitStatus = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "the server does not end: {}",
                self.last_words()
            );
            std::thread::sleep(Duration::from_millis(5));
        };
        assert_eq!(status.signal(), None, "{}", self.last_words());
        status.code().unwrap()
    }

    pub async fn ask(&self, token: &str, method: Method, path: &str, body: Option<Value>) -> Heard {
        let mut request = self
            .http
            .request(method, format!("{}{path}", self.api))
            .bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request
            .send()
            .await
            .unwrap_or_else(|error| panic!("{path}: {error}: {}", self.last_words()));
        let status = response.status();
        let text = response.text().await.unwrap();
        Heard {
            status,
            body: serde_json::from_str(&text).unwrap_or(Value::String(text)),
        }
    }

    pub async fn get(&self, token: &str, path: &str) -> Value {
        let heard = self.ask(token, Method::GET, path, None).await;
        assert_eq!(heard.status, StatusCode::OK, "{path}: {}", heard.body);
        heard.body
    }

    pub async fn post(&self, token: &str, path: &str, body: Value) -> Value {
        let heard = self.ask(token, Method::POST, path, Some(body)).await;
        assert!(heard.status.is_success(), "{path}: {}", heard.body);
        heard.body
    }

    /// Declares a flood at level IV with all that its first notice needs; returns the incident and the notice.
    pub async fn declare_flood(&self, officer: &str) -> (String, String) {
        let declared = self
            .post(officer, "/api/v1/incidents", flood_declaration())
            .await;
        let notice = declared["releases"]
            .as_array()
            .unwrap()
            .iter()
            .find(|release| release["item"] == "response-notice")
            .unwrap();
        let id = |of: &Value| of["id"].as_str().unwrap().to_owned();
        (id(&declared), id(notice))
    }

    /// Submits a release and has each of `signers` sign it.
    pub async fn publish(&self, release: &str, officer: &str, signers: &[&str]) {
        let path = format!("/api/v1/releases/{release}");
        self.until("a draft", officer, &path, |release| {
            (release["status"] == "drafting").then_some(())
        })
        .await;
        self.post(officer, &format!("{path}/submit"), json!({}))
            .await;
        for signer in signers {
            let seen = self.get(signer, &path).await;
            let hash = &seen["bulletin"]["hash"];
            self.post(signer, &format!("{path}/approve"), json!({ "hash": hash }))
                .await;
        }
        let seen = self.get(officer, &path).await;
        assert_eq!(seen["status"], "published", "{seen:#}");
    }

    /// Waits until the mail server has accepted this many mails of a release.
    pub async fn until_accepted(&self, token: &str, release: &str, mails: usize) {
        let path = format!("/api/v1/reports/delivery?release={release}");
        self.until("the last mail", token, &path, |counts| {
            let mut counts = counts.as_array().unwrap().iter();
            let mail = counts.find(|count| count["channel"] == "media-mail")?;
            (mail["deliveries"]["accepted"] == mails).then_some(())
        })
        .await;
    }

    /// Asks again until the answer is as wanted.
    pub async fn until<T>(
        &self,
        what: &str,
        token: &str,
        path: &str,
        wanted: impl Fn(&Value) -> Option<T>,
    ) -> T {
        let begun = Instant::now();
        loop {
            let told = self.get(token, path).await;
            if let Some(found) = wanted(&told) {
                return found;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(120),
                "{what} did not come: {told}: {}",
                self.last_words()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn flood_declaration() -> Value {
    json!({
        "event": "flood", "level": "IV", "areas": ["320299"], "expected_duration": "48h",
        "facts": {
            "situation": "受台风外围环流影响，我市普降大到暴雨",
            "measures-list": [{"measure": "加密巡堤查险", "body": "市水务局"}],
        },
    })
}
