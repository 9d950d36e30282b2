//! The operator's commands as a duty officer types them: the real program against the real API over a real socket.

mod decided;
mod duty;
mod harm;
mod night;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::sync::Arc;

use fabu::domain::blame::Scope;
use fabu::domain::delivery::Outcome;
use fabu::domain::person::{Person, token_hash};
use fabu::domain::plan::PlanSet;
use fabu::web::api::{ApiState, router};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

use crate::support::database::Database;
use crate::support::town::{Town, examples};

const START: &str = "2026-07-01T11:00:00+08:00";
const NOTICE: &str = "Notice of flood response activation";

/// A server on a free port, a town behind it, and people with tokens in files.
struct Office {
    town: Town,
    server: SocketAddr,
    folder: TempDir,
    database: Database,
}

/// What one command line came to.
struct Said {
    code: i32,
    out: String,
    err: String,
}

impl Office {
    async fn open() -> Self {
        Self::open_with(examples()).await
    }

    async fn open_with(plans: PlanSet) -> Self {
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
            .hire("fushizhang", &["county-government/deputy-mayor"])
            .await;
        office
    }

    async fn hire(&self, login: &str, posts: &[&str]) {
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

    fn token_file(&self, login: &str) -> PathBuf {
        self.folder.path().join(login)
    }

    fn command(&self) -> Command {
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
    async fn by(&mut self, login: &str, args: &[&str]) -> Said {
        let token = self.token_file(login);
        let mut command = self.command();
        command.arg(args[0]).arg("--token-file").arg(token);
        let said = Said::of(command.args(&args[1..]).output().await.unwrap());
        self.town.tick().await;
        said
    }

    /// The last lines of the journal, as a person reads them beside the example plans.
    async fn journal(&self, args: &[&str]) -> String {
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

    async fn release(&mut self, id: &str) -> Value {
        self.by("zhiban", &["release", "show", id, "--json"])
            .await
            .ok()
            .json()
    }

    /// Declares a flood with all that its first notice needs; returns the incident and the notice's release.
    async fn declare(&mut self) -> (String, String) {
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
    async fn code(&mut self, login: &str, release: &str) -> String {
        let preview = self.by(login, &["release", "preview", release]).await.ok();
        let (_, tail) = preview.out.split_once("\ncode ").unwrap();
        tail.lines().next().unwrap().to_owned()
    }
}

impl Said {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    #[track_caller]
    fn ok(self) -> Self {
        self.exits(0)
    }

    #[track_caller]
    fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "out: {}\nerr: {}", self.out, self.err);
        self
    }

    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}", self.out))
    }

    /// Whether standard error has `words`.
    #[track_caller]
    fn tells(self, words: &str) -> Self {
        assert!(self.err.contains(words), "no {words:?} in: {}", self.err);
        self
    }

    #[track_caller]
    fn prints(self, words: &str) -> Self {
        assert!(self.out.contains(words), "no {words:?} in: {}", self.out);
        self
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_goes_from_declaration_to_the_public() {
    let mut office = Office::open().await;
    let (incident, notice) = office.declare().await;

    let list = ["release", "list", "--incident", &incident];
    let list = office.by("zhiban", &list).await.ok();
    let line = list
        .out
        .lines()
        .find(|line| line.contains(&notice))
        .unwrap();
    assert!(
        line.contains(NOTICE) && line.contains(" 07-01 12:00 "),
        "{line}"
    );
    assert!(
        line.contains(" 1h left") && line.contains("Duty officer"),
        "{line}"
    );

    let preview = office.by("zhiban", &["release", "preview", &notice]).await;
    preview
        .ok()
        .prints("── portal, work-group, village-group, notice-board · zh-CN")
        .prints("── media-mail · zh-CN")
        .prints("audience groups media: media-mail")
        .prints("加密巡堤查险")
        .tells(&format!("next: fabu release submit {notice}"));
    office
        .by("zhiban", &["release", "submit", &notice])
        .await
        .ok()
        .tells("waits for Section head (Flood Control Office of Shili City)");

    let code = office.code("kezhang", &notice).await;
    let approve = ["release", "approve", &notice, "--code", &code];
    office
        .by("kezhang", &approve)
        .await
        .ok()
        .tells("waits for Office director (Flood Control Office of Shili City)");
    let mine = office
        .by("zhuren", &["release", "list", "--mine", "--json"])
        .await
        .ok()
        .json();
    assert_eq!(mine.as_array().unwrap().len(), 1);
    assert_eq!(mine[0]["id"], notice.as_str());

    let hash = office.release(&notice).await["bulletin"]["hash"]
        .as_str()
        .unwrap()
        .to_owned();
    let approve = ["release", "approve", &notice, "--hash", &hash];
    office
        .by("zhuren", &approve)
        .await
        .ok()
        .tells("published 2026-07-01 11:00");
    assert_eq!(office.release(&notice).await["status"], "published");
    assert_eq!(office.town.parcels("work-group").len(), 1);

    let timeline = ["report", "timeline", "--incident", &incident];
    office
        .by("zhiban", &timeline)
        .await
        .ok()
        .prints("published, 1h early");
    office
        .by("zhiban", &["report", "timeliness"])
        .await
        .ok()
        .prints("100.0%");
    let delivery = ["report", "delivery", &notice];
    office
        .by("zhiban", &delivery)
        .await
        .ok()
        .prints("work-group");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signature_for_a_text_that_has_changed_is_refused_with_the_difference() {
    let mut office = Office::open().await;
    let (_, notice) = office.declare().await;
    let seen = office.code("kezhang", &notice).await;
    let edit = [
        "release",
        "edit",
        &notice,
        "--title",
        "关于启动防汛应急响应的紧急通告",
    ];
    office.by("zhiban", &edit).await.ok();
    office
        .by("zhiban", &["release", "submit", &notice])
        .await
        .ok();

    let approve = ["release", "approve", &notice, "--code", &seen];
    office
        .by("kezhang", &approve)
        .await
        .exits(5)
        .tells("title: + 【演练】关于启动防汛应急响应的紧急通告")
        .tells(&format!("next: fabu release preview {notice}"));
    assert_eq!(
        office.release(&notice).await["signatures"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_signs_what_they_submitted_and_nobody_signs_unseen() {
    let mut office = Office::open().await;
    let (_, notice) = office.declare().await;
    office
        .by("kezhang", &["release", "submit", &notice])
        .await
        .ok();
    let code = office.code("kezhang", &notice).await;
    office
        .by("kezhang", &["release", "approve", &notice, "--code", &code])
        .await
        .exits(4)
        .tells("somebody else must sign it");
    // The code stands for what was shown to this person, not for what stands now.
    let theirs = ["release", "approve", &notice, "--code", &code];
    office
        .by("zhuren", &theirs)
        .await
        .exits(4)
        .tells("was shown to you");
    office.code("zhuren", &notice).await;
    office
        .by("zhuren", &theirs)
        .await
        .exits(4)
        .tells("waits for Section head (Flood Control Office of Shili City)");
    // The first characters of a hash are no code: whoever can choose two texts finds two that share them.
    for short in [&code[..6], "1a2b3c4d"] {
        office
            .by("kezhang", &["release", "approve", &notice, "--code", short])
            .await
            .exits(2);
    }
    office
        .by("kezhang", &["release", "approve", &notice])
        .await
        .exits(2);
    office
        .by("kezhang", &["release", "approve", &notice, "--code", "yes"])
        .await
        .exits(2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_correction_takes_two_actions_and_a_second_person() {
    let mut office = Office::open().await;
    let (_, notice) = office.declare().await;
    let hash = office.release(&notice).await["bulletin"]["hash"]
        .as_str()
        .unwrap()
        .to_owned();
    let fast = ["release", "approve", &notice, "--hash", &hash, "--fast"];
    office
        .by("daiban", &fast)
        .await
        .ok()
        .tells("countersignature by");

    let correct = [
        "release",
        "correct",
        &notice,
        "--kind",
        "sent-in-error",
        "--reason",
        "模板选用错误。",
    ];
    let asked = office
        .by("daiban", &[&correct[..], &["--approve"]].concat())
        .await;
    asked.exits(2).tells("there is no terminal");
    let prepared = office
        .by("daiban", &correct)
        .await
        .ok()
        .prints("── portal, work-group")
        .prints("误发原因：模板选用错误。");
    let command = prepared
        .err
        .lines()
        .find_map(|line| line.trim().strip_prefix("next: fabu "));
    let approve: Vec<&str> = command.unwrap().split(' ').collect();
    assert_eq!(
        approve.last(),
        Some(&"--own-words"),
        "the reason is daiban's own"
    );
    // Without saying so, one person alone does not put their own words before the public.
    office
        .by("daiban", &approve[..approve.len() - 1])
        .await
        .exits(4)
        .tells("some of its words are yours");
    let mine = office.by("daiban", &["release", "list", "--mine"]).await;
    mine.ok().prints(approve[2]);
    office
        .by("daiban", &approve)
        .await
        .ok()
        .tells("countersignature by Section head (Flood Control Office of Shili City)");
    let mine = office.by("kezhang", &["release", "list", "--mine"]).await;
    mine.ok().prints(approve[2]);
    let shown = office
        .by("kezhang", &["release", "preview", approve[2]])
        .await;
    shown
        .ok()
        .prints("released by whoever wrote it, to be countersigned");
    let code = office.code("kezhang", approve[2]).await;
    let countersign = ["release", "approve", approve[2], "--code", &code];
    office.by("kezhang", &countersign).await.ok();
    assert_eq!(office.release(&notice).await["status"], "corrected");
    assert_eq!(
        office.release(approve[2]).await["signatures"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_has_no_token_is_told_how_to_get_one() {
    let office = Office::open().await;
    let said = Said::of(
        office
            .command()
            .args(["incident", "list"])
            .output()
            .await
            .unwrap(),
    );
    said.exits(4)
        .tells("there is no token")
        .tells("fabu user token");
    let mut command = office.command();
    command
        .env("FABU_TOKEN", "fabu-of-somebody-else")
        .args(["incident", "list"]);
    let said = Said::of(command.output().await.unwrap()).exits(4);
    assert!(!said.err.contains("of-somebody-else"), "{}", said.err);
    let mut command = office.command();
    command
        .env("FABU_TOKEN", "line\nbreak")
        .args(["incident", "list"]);
    let said = Said::of(command.output().await.unwrap()).exits(4);
    assert!(!said.err.contains("break"), "{}", said.err);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_declared_names_its_field() {
    let mut office = Office::open().await;
    let declare = |event: &'static str, area: &'static str| {
        [
            "incident", "declare", event, "--level", "IV", "--area", area,
        ]
    };
    office
        .by("zhiban", &declare("floods", "320299"))
        .await
        .exits(3)
        .tells("event: no plan is about \"floods\"")
        .tells("there are plans for ");
    office
        .by("zhiban", &declare("flood", "110000"))
        .await
        .exits(3)
        .tells("areas: there is no place “110000”");
    let fact = [&declare("flood", "320299")[..], &["--fact", "rainfal=5"]].concat();
    office.by("zhiban", &fact).await.exits(3).tells("rainfal: ");
    let level = [
        "incident", "declare", "flood", "--level", "V", "--area", "320299",
    ];
    office.by("zhiban", &level).await.exits(2);
    let broken = office.folder.path().join("broken.yaml");
    std::fs::write(&broken, "rainfall: 5\nrainfall: 6\n").unwrap();
    let file = [&declare("flood", "320299")[..], &["--facts", "broken.yaml"]].concat();
    office
        .by("zhiban", &file)
        .await
        .exits(3)
        .tells("broken.yaml:2:1: ");
    let all = office
        .by("zhiban", &["incident", "list", "--json"])
        .await
        .ok()
        .json();
    assert_eq!(all, serde_json::json!([]), "nothing was half declared");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dry_run_shows_what_would_happen_and_leaves_no_trace() {
    let mut office = Office::open().await;
    let mut declare = vec![
        "incident", "declare", "flood", "--level", "II", "--area", "320299",
    ];
    declare.push("--dry-run");
    office
        .by("zhiban", &declare)
        .await
        .ok()
        .prints(NOTICE)
        .tells("nothing was changed");
    assert!(office.town.journal().await.is_empty());

    let (incident, _) = office.declare().await;
    let before = office.town.journal().await.len();
    let disable = ["channel", "disable", "sms", "--dry-run"];
    office.by("anquan", &disable).await.ok();
    let raise = [
        "incident",
        "raise",
        &incident,
        "I",
        "--reason",
        "水位超历史",
        "--dry-run",
    ];
    office.by("zhiban", &raise).await.ok();
    assert_eq!(office.town.journal().await.len(), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_key_declares_once() {
    let mut office = Office::open().await;
    let declare = [
        "incident", "declare", "snow-ice", "--level", "IV", "--area", "320299",
    ];
    office
        .hire("yingji", &["emergency-bureau/duty-officer"])
        .await;
    let keyed = [&declare[..], &["--key", "night-1", "--json"]].concat();
    let first = office.by("yingji", &keyed).await.ok().json();
    let again = office.by("yingji", &keyed).await.ok().json();
    assert_eq!(first["id"], again["id"]);
    office.by("yingji", &declare).await.exits(5).tells(&format!(
        "next: fabu incident show {}",
        first["id"].as_str().unwrap()
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn levels_and_facts_follow_the_incident() {
    let mut office = Office::open().await;
    let (incident, notice) = office.declare().await;
    let raise = ["incident", "raise", &incident, "II", "--reason", "雨势加强"];
    office
        .by("zhiban", &raise)
        .await
        .ok()
        .prints(" 07-01 11:30");
    let slip = [
        "incident",
        "raise",
        &incident,
        "III",
        "--reason",
        "雨势减弱",
    ];
    office
        .by("zhiban", &slip)
        .await
        .exits(5)
        .tells(&format!("next: fabu incident lower {incident} III"));
    let facts = [
        "incident",
        "facts",
        &incident,
        "rainfall=180",
        "--as-of",
        "10:50",
        "--source",
        "市水文站",
    ];
    office
        .by("zhiban", &facts)
        .await
        .ok()
        .prints("180 ")
        .prints("2026-07-01 10:50");
    let show = office
        .by("zhiban", &["incident", "show", &incident])
        .await
        .ok();
    show.prints("雨势加强")
        .prints("level II")
        .prints("市水文站")
        .prints(&notice);
    let end = ["incident", "end", &incident, "--reason", "雨停水退"];
    let asked = office.by("zhiban", &end).await.ok();
    asked
        .tells("not done yet")
        .tells("Deputy mayor in charge (People's Government of Shili City)");
    office
        .by("zhiban", &end)
        .await
        .exits(5)
        .tells("asked twice");
    let waiting = office.by("zhiban", &["incident", "asked"]).await.ok();
    waiting.prints("雨停水退").prints("示例市洪涝台风");
    for (lang, waits, next) in [
        (
            "en",
            "waiting for a second person:",
            "next: ask Deputy mayor in charge (People's Government of Shili City)",
        ),
        (
            "zh-CN",
            "待第二人确认：",
            "下一步：请 示例市人民政府分管副市长",
        ),
    ] {
        let show = ["incident", "show", &incident, "--lang", lang];
        let shown = office
            .by("zhiban", &show)
            .await
            .ok()
            .prints(waits)
            .prints("雨停水退");
        shown.tells(next).tells("fabu incident confirm ");
        let mine = ["release", "list", "--mine", "--lang", lang];
        office
            .by("fushizhang", &mine)
            .await
            .ok()
            .prints(waits)
            .tells("fabu incident confirm ");
        let own = office.by("zhiban", &mine).await.ok();
        assert!(!own.out.contains(waits), "{}", own.out);
    }
    let waiting = office
        .by("zhiban", &["incident", "asked", "--json"])
        .await
        .ok();
    let waiting: Value = serde_json::from_str(&waiting.out).unwrap();
    let confirm = ["incident", "confirm", waiting[0]["id"].as_str().unwrap()];
    let own = office.by("zhiban", &confirm).await;
    own.exits(4).tells("another person than the one who asked");
    let done = office.by("fushizhang", &confirm).await.ok();
    done.tells("confirmed, ended");
    office
        .by("fushizhang", &confirm)
        .await
        .exits(5)
        .tells("confirmed at");
    office.by("zhiban", &end).await.exits(5);
    let archive = ["incident", "archive", &incident];
    let early = office.by("zhiban", &archive).await;
    early
        .exits(5)
        .tells("not settled")
        .tells("nothing was changed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_not_there_is_said_so() {
    let mut office = Office::open().await;
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", gone.local_addr().unwrap());
    drop(gone);
    let list = ["incident", "list", "--server", &address];
    office
        .by("zhiban", &list)
        .await
        .exits(1)
        .tells("nothing was changed")
        .tells("fabu serve");
    let list = ["incident", "list", "--server", "ftp://127.0.0.1"];
    office.by("zhiban", &list).await.exits(2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_never_came_names_the_key_to_ask_again_with() {
    let mut office = Office::open().await;
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", silent.local_addr().unwrap());
    // It takes the request and hangs up, as a server does that is killed at that moment.
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = silent.accept().await {
            let mut some = [0; 64];
            let _ = tokio::io::AsyncReadExt::read(&mut stream, &mut some).await;
        }
    });
    let disable = [
        "channel", "disable", "sms", "--key", "k-1", "--server", &address,
    ];
    office
        .by("zhiban", &disable)
        .await
        .exits(1)
        .tells("it is not known whether it was done")
        .tells("--key k-1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_channel_is_tested_and_held_back() {
    let mut office = Office::open().await;
    office.by("anquan", &["channel", "test", "sms"]).await.ok();
    office
        .by("zhiban", &["channel", "disable", "sms"])
        .await
        .exits(4)
        .tells("Security administrator (Data Centre of Shili City) can");
    office
        .by("anquan", &["channel", "disable", "sms"])
        .await
        .ok();
    let list = office.by("zhiban", &["channel", "list"]).await.ok();
    let line = list
        .out
        .lines()
        .find(|line| line.starts_with("sms "))
        .unwrap();
    assert!(line.contains(" disabled "), "{line}");
    office
        .by("anquan", &["channel", "enable", "smoke"])
        .await
        .exits(1)
        .tells("next: fabu channel list");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recipient_who_was_not_reached_shows_in_the_exit_code() {
    let mut office = Office::open().await;
    let (_, notice) = office.declare().await;
    let refused = Outcome::Refused {
        why: "no such robot".into(),
    };
    office.town.recording("work-group").answer(refused);
    let code = office.code("daiban", &notice).await;
    let fast = ["release", "approve", &notice, "--code", &code, "--fast"];
    office.by("daiban", &fast).await.ok();
    let delivery = ["report", "delivery", &notice];
    office
        .by("zhiban", &delivery)
        .await
        .exits(6)
        .tells("partly delivered: 1 failed, 0 unknown")
        .prints("work-group");
    let channels = office.by("zhiban", &["channel", "list"]).await.ok();
    let line = channels
        .out
        .lines()
        .find(|line| line.starts_with("work-group "))
        .unwrap();
    assert!(line.split_whitespace().any(|cell| cell == "1"), "{line}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_given_up_is_sent_again_from_the_command_line() {
    let mut office = Office::open().await;
    let (_, notice) = office.declare().await;
    let refused = Outcome::Refused {
        why: "no such robot".into(),
    };
    office.town.recording("work-group").answer(refused);
    let code = office.code("daiban", &notice).await;
    let fast = ["release", "approve", &notice, "--code", &code, "--fast"];
    office.by("daiban", &fast).await.ok();
    office.town.recording("work-group").accept();
    let trial = ["release", "resend", &notice, "--dry-run"];
    office.by("zhiban", &trial).await.ok().tells("sent again");
    assert_eq!(office.town.parcels("work-group").len(), 1, "only a trial");
    let wrong = ["release", "resend", &notice, "--channel", "smoke"];
    office.by("zhiban", &wrong).await.exits(3).tells("channel");
    let resend = [
        "release",
        "resend",
        &notice,
        "--channel",
        "work-group",
        "--json",
    ];
    let done = office.by("zhiban", &resend).await.ok().json();
    assert_eq!(done["resent"], 1, "{done}");
    assert_eq!(office.town.parcels("work-group").len(), 2);
    let again = ["release", "resend", &notice];
    office
        .by("zhiban", &again)
        .await
        .ok()
        .tells("nothing of it was given up");
    let delivery = ["report", "delivery", &notice];
    office.by("zhiban", &delivery).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_channel_whose_account_is_refused_says_so() {
    let mut office = Office::open().await;
    let (_, notice) = office.declare().await;
    office.town.recording("work-group").answer(Outcome::Retry {
        after: None,
        why: "93000 invalid webhook url".into(),
        scope: Scope::Account,
        ambiguous: false,
    });
    let code = office.code("daiban", &notice).await;
    let fast = ["release", "approve", &notice, "--code", &code, "--fast"];
    office.by("daiban", &fast).await.ok();
    office
        .by("zhiban", &["channel", "list"])
        .await
        .ok()
        .prints("in trouble")
        .tells("93000 invalid webhook url");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_goes_back_is_given_up_and_is_taken_back() {
    let mut office = Office::open().await;
    let (incident, notice) = office.declare().await;
    let why = ["--reason", "缺少转移路线"];
    let by_reason = |verb, id| [&["release", verb, id], &why[..]].concat();

    office
        .by("zhiban", &["release", "submit", &notice])
        .await
        .ok();
    let back = by_reason("return", &notice);
    office.by("kezhang", &back).await.ok().prints("drafting");
    let shown = office.by("zhiban", &["release", "show", &notice]).await;
    shown.ok().prints("缺少转移路线");

    let ask = [
        "incident",
        "request",
        &incident,
        "rumour-refutation",
        "--json",
    ];
    let asked = office.by("zhiban", &ask).await.ok().json();
    let refutation = asked[0]["id"].as_str().unwrap();
    let preview = office
        .by("zhiban", &["release", "preview", refutation])
        .await;
    preview
        .exits(1)
        .tells("facts are missing: ")
        .tells(&format!("next: fabu release place {refutation} --fact "));
    let waive = by_reason("waive", refutation);
    office.by("zhiban", &waive).await.exits(4);
    office.by("kezhang", &waive).await.ok().prints("waived");

    let code = office.code("daiban", &notice).await;
    let fast = ["release", "approve", &notice, "--code", &code, "--fast"];
    office.by("daiban", &fast).await.ok();
    let withdraw = by_reason("withdraw", &notice);
    let json = [&withdraw[..], &["--json"]].concat();
    let prepared = office.by("daiban", &json).await.ok().json();
    let taking_back = prepared["id"].as_str().unwrap();
    assert_eq!(office.release(&notice).await["status"], "published");
    office.by("daiban", &withdraw).await.exits(5);
    let code = office.code("daiban", taking_back).await;
    let sign = ["release", "approve", taking_back, "--code", &code];
    office.by("daiban", &sign).await.ok();
    assert_eq!(office.release(&notice).await["status"], "withdrawn");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_terminal_nothing_is_asked_back() {
    let mut office = Office::open().await;
    let (incident, notice) = office.declare().await;
    office
        .by("zhiban", &["release", "edit", &notice])
        .await
        .exits(2)
        .tells("there is no terminal")
        .tells("--text-file FILE");
    office
        .by("zhiban", &["incident", "facts", &incident])
        .await
        .exits(2);
    let file = office.folder.path().join("text.txt");
    std::fs::write(&file, "第一段。\n\n第二段。\n").unwrap();
    let edit = ["release", "edit", &notice, "--text-file", "text.txt"];
    office
        .by("zhiban", &edit)
        .await
        .ok()
        .prints("第一段。\n\n第二段。");
}

impl Office {
    /// Has `login` type a command at a terminal of 80 columns, and then `typed`.
    async fn at_a_terminal(&mut self, login: &str, args: &[&str], typed: &str) -> Said {
        use tokio::io::AsyncWriteExt as _;
        let quoted = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
        let token = self.token_file(login);
        let mut line = vec![
            env!("CARGO_BIN_EXE_fabu"),
            args[0],
            "--token-file",
            token.to_str().unwrap(),
        ];
        line.extend(&args[1..]);
        let line: Vec<String> = line.into_iter().map(quoted).collect();
        let mut command = Command::new("script");
        command
            .args([
                "-qec",
                &format!("stty rows 24 cols 80; {}", line.join(" ")),
                "/dev/null",
            ])
            .env("FABU_SERVER", format!("http://{}", self.server))
            .env("FABU_LANG", "en")
            .env("TERM", "dumb")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut keyboard = child.stdin.take().unwrap();
        keyboard.write_all(typed.as_bytes()).await.unwrap();
        let said = Said::of(child.wait_with_output().await.unwrap());
        drop(keyboard);
        self.town.tick().await;
        said
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_a_terminal_the_text_is_shown_and_the_code_asked_for() {
    let mut office = Office::open().await;
    let (_, notice) = office.declare().await;
    office
        .by("zhiban", &["release", "submit", &notice])
        .await
        .ok();
    let approve = ["release", "approve", &notice];
    office
        .by("kezhang", &approve)
        .await
        .exits(2)
        .tells("no terminal to ask at; nothing was signed")
        .tells(&format!("next: fabu release preview {notice}"));
    office
        .at_a_terminal("kezhang", &approve, "1-0000-0000-0000-0000\n")
        .await
        .exits(5)
        .prints("加密巡堤查险")
        .prints("that is not the code of this text");
    office
        .at_a_terminal("kezhang", &approve, "\n")
        .await
        .ok()
        .prints("Left unsigned.");
    let code = office.release(&notice).await["bulletin"]["code"]
        .as_str()
        .unwrap()
        .to_owned();
    office
        .at_a_terminal("kezhang", &approve, &format!("{code}\n"))
        .await
        .ok()
        .prints("waits for Office director (Flood Control Office of Shili City)");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_may_be_typed_in_part_and_is_never_guessed() {
    let mut office = Office::open().await;
    let (incident, notice) = office.declare().await;
    let short = notice[notice.len() - 8..].to_lowercase();
    office
        .by("zhiban", &["release", "submit", &short])
        .await
        .ok()
        .tells("waits for Section head (Flood Control Office of Shili City)");
    office
        .by("zhiban", &["incident", "show", &incident[..12]])
        .await
        .ok()
        .prints(&incident);
    office
        .by(
            "zhiban",
            &["release", "waive", &notice[..4], "--reason", "试"],
        )
        .await
        .exits(5)
        .tells("may mean several; nothing was done")
        .tells(&notice);
    office
        .by("zhiban", &["release", "show", "zzzzzz"])
        .await
        .exits(1)
        .tells("no id begins or ends with ZZZZZZ")
        .tells("next: fabu release list");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_missing_is_asked_for_by_its_label_and_listed_where_nobody_sits() {
    let mut office = Office::open().await;
    let declare = [
        "incident",
        "declare",
        "flood",
        "--level",
        "IV",
        "--area",
        "320299",
        "--fact",
        "rainfall=80",
    ];
    let alone = office.by("zhiban", &declare).await.ok();
    let line = |text: &str, fact: &str| {
        text.lines()
            .find(|line| line.contains(fact))
            .map(str::to_owned)
    };
    let listed = line(&alone.err, "situation=…").unwrap_or_else(|| panic!("{}", alone.err));
    assert!(line(&alone.err, " rainfall=…").is_none(), "{}", alone.err);
    let label = listed
        .trim()
        .split("  ")
        .next()
        .unwrap()
        .trim_end_matches(" situation=…")
        .to_owned();
    assert_ne!(label, "situation", "{listed}");

    let again: Vec<&str> = declare
        .iter()
        .copied()
        .chain(["--another", "--json"])
        .collect();
    office.by("zhiban", &again).await.ok();
    let again: Vec<&str> = declare.iter().copied().chain(["--another"]).collect();
    let typed = format!("我市普降大到暴雨\n{}", "\n".repeat(20));
    let asked = office.at_a_terminal("zhiban", &again, &typed).await.ok();
    assert!(asked.out.contains(&label), "{}", asked.out);
    assert!(line(&asked.out, " situation=…").is_none(), "{}", asked.out);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_duty_officer_is_answered_in_chinese() {
    let mut office = Office::open().await;
    let (incident, notice) = office.declare().await;
    let zh = |args: &[&'static str]| {
        args.iter()
            .copied()
            .chain(["--lang", "zh-CN"])
            .collect::<Vec<_>>()
    };
    let list = office.by("zhiban", &zh(&["release", "list"])).await.ok();
    let heads = list.out.lines().find(|line| line.contains("时限")).unwrap();
    assert!(
        heads.starts_with("发布任务") && heads.contains("时限") && heads.contains("待办岗位"),
        "{heads}"
    );
    assert!(
        list.out.contains("拟稿") && list.out.contains("还剩1小时"),
        "{}",
        list.out
    );
    assert!(list.err.contains("\n发布任务 "), "{}", list.err);
    let show = ["release", "show", &notice, "--lang", "zh-CN"];
    // Who issues it is not who drafts it.
    office
        .by("zhiban", &show)
        .await
        .ok()
        .prints("公开主体 示例市防汛抗旱指挥部，起草单位 示例市防汛抗旱指挥部办公室，");
    let submit = ["release", "submit", &notice, "--lang", "zh-CN"];
    office.by("zhiban", &submit).await.ok().tells("已送审：");
    let submit = ["release", "submit", &notice, "--lang", "zh-CN"];
    office
        .by("zhiban", &submit)
        .await
        .exits(5)
        .tells("错误：当前状态不允许：")
        .tells(&format!("下一步：fabu release show {notice}"));
    let show = ["incident", "show", &incident, "--lang", "zh-CN"];
    office.by("zhiban", &show).await.ok().prints("进行中");
}
