//! A server on a free port with a town behind it, and the command line that people type there.

use crate::support::database::Database;
use crate::support::town::{Town, examples};
use fabu::domain::person::{Person, token_hash};
use fabu::domain::plan::PlanSet;
use fabu::web::api::{ApiState, router};
use serde_json::Value;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::process::Command;

pub(super) const START: &str = "2026-07-01T11:00:00+08:00";

pub(super) const NOTICE: &str = "Notice of flood response activation";

/// A server on a free port, a town behind it, and people with tokens in files.
pub(super) struct Office {
    pub(super) town: Town,
    pub(super) server: SocketAddr,
    pub(super) folder: TempDir,
    pub(super) database: Database,
}

/// What one command line came to.
pub(super) struct Said {
    pub(super) code: i32,
    pub(super) out: String,
    pub(super) err: String,
}

impl Office {
    pub(super) async fn open() -> Self {
        Self::open_with(examples()).await
    }

    pub(super) async fn open_with(plans: PlanSet) -> Self {
        let database = Database::sqlite();
        let town = Town::with_plans(database.store().await, START, plans).await;
        let state = ApiState {
            dry_runs: Arc::default(),
            strangers: Arc::default(),
            counted: Default::default(),
            realm: town.realm.clone(),
            plan_faults: Arc::default(),
            rehearsing: None,
            vitals: None,
            draining: Default::default(),
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router(state)).await.unwrap() });
        let office = Self {
            town,
            server,
            folder: tempfile::tempdir().unwrap(),
            database,
        };
        office.hire("zhiban", &["flood-office/duty-officer"]).await;
        office.hire("kezhang", &["flood-office/section-head"]).await;
        office
            .hire("zhuren", &["flood-office/office-director"])
            .await;
        office.hire("daiban", &["flood-office/duty-leader"]).await;
        office
            .hire("anquan", &["data-centre/security-administrator"])
            .await;
        office
            .hire(
                "fushizhang",
                &[
                    "county-government/deputy-mayor",
                    "flood-headquarters/deputy-commander",
                ],
            )
            .await;
        office
    }

    pub(super) async fn hire(&self, login: &str, posts: &[&str]) {
        let realm = &self.town.realm;
        let now = realm.now();
        let world = realm.world();
        let person = Person {
            id: world.ids.mint(now),
            login: login.into(),
            name: login.into(),
            posts: posts.iter().map(|post| post.parse().unwrap()).collect(),
            disabled_at: None,
            created_at: now,
        };
        let token = world.ids.secret();
        let mut tx = realm.store.begin().await.unwrap();
        tx.add_person(&person).await.unwrap();
        tx.add_token(&person.id, &token_hash(&token), "test", now, None)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        std::fs::write(self.token_file(login), format!("{token}\n")).unwrap();
    }

    pub(super) fn token_file(&self, login: &str) -> PathBuf {
        self.folder.path().join(login)
    }

    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fabu"));
        command
            .env_remove("FABU_TOKEN")
            .env_remove("FABU_TOKEN_FILE")
            .env_remove("EDITOR")
            .env_remove("VISUAL")
            .env("FABU_LANG", "en")
            .env("FABU_SERVER", format!("http://{}", self.server))
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        command
    }

    /// Has `login` type a command; then whatever became due is done.
    pub(super) async fn by(&mut self, login: &str, args: &[&str]) -> Said {
        let token = self.token_file(login);
        let mut command = self.command();
        command.arg(args[0]).arg("--token-file").arg(token);
        let said = Said::of(command.args(&args[1..]).output().await.unwrap());
        self.town.tick().await;
        said
    }

    /// The last lines of the journal, as a person reads them beside the example plans.
    pub(super) async fn journal(&self, args: &[&str]) -> String {
        let mut command = self.command();
        command
            .args([
                "--root",
                env!("CARGO_MANIFEST_DIR"),
                "journal",
                "tail",
                "-n",
                "200",
            ])
            .args(args)
            .env("FABU_DATABASE_URL", &self.database.url);
        Said::of(command.output().await.unwrap()).ok().out
    }

    pub(super) async fn release(&mut self, id: &str) -> Value {
        self.by("zhiban", &["release", "show", id, "--json"])
            .await
            .ok()
            .json()
    }

    /// Declares a flood with all that its first notice needs; returns the incident and the notice's release.
    pub(super) async fn declare(&mut self) -> (String, String) {
        let facts = self.folder.path().join("facts.yaml");
        std::fs::write(
            &facts,
            "situation: 受台风外围环流影响，我市普降大到暴雨\n\
             measures-list:\n  - {measure: 加密巡堤查险, body: 市水务局}\n",
        )
        .unwrap();
        let incident = self
            .by(
                "zhiban",
                &[
                    "incident",
                    "declare",
                    "flood",
                    "--level",
                    "IV",
                    "--area",
                    "320299",
                    "--expected-duration",
                    "48h",
                    "--known-at",
                    "10:40",
                    "--facts",
                    facts.to_str().unwrap(),
                    "--fact",
                    "rainfall=123.5",
                    "--source",
                    "市水文站",
                    "--json",
                ],
            )
            .await
            .ok()
            .json();
        let notice = incident["releases"]
            .as_array()
            .unwrap()
            .iter()
            .find(|release| release["item"] == "response-notice")
            .unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&incident["id"]), text(&notice["id"]))
    }

    /// The code that `preview` prints for people.
    pub(super) async fn code(&mut self, login: &str, release: &str) -> String {
        let preview = self.by(login, &["release", "preview", release]).await.ok();
        let (_, tail) = preview.out.split_once("\ncode ").unwrap();
        tail.lines().next().unwrap().to_owned()
    }
}

impl Said {
    pub(super) fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    #[track_caller]
    pub(super) fn ok(self) -> Self {
        self.exits(0)
    }

    #[track_caller]
    pub(super) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "out: {}\nerr: {}", self.out, self.err);
        self
    }

    #[track_caller]
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}", self.out))
    }

    /// Whether standard error has `words`.
    #[track_caller]
    pub(super) fn tells(self, words: &str) -> Self {
        assert!(self.err.contains(words), "no {words:?} in: {}", self.err);
        self
    }

    #[track_caller]
    pub(super) fn prints(self, words: &str) -> Self {
        assert!(self.out.contains(words), "no {words:?} in: {}", self.out);
        self
    }
}
