//! The commands that need no server, run as an operator runs them on a machine that has never seen fabu.

use fabu::domain::person::token_hash;
use fabu::store::Store;
use serde_json::Value;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};

use crate::support::command::{Answer, Desk};
use crate::support::database::Outsider;

async fn outsider(desk: &Desk) -> Outsider {
    let options = SqliteConnectOptions::new().filename(desk.path("data/fabu.db"));
    Outsider::Sqlite(SqliteConnection::connect_with(&options).await.unwrap())
}

fn finding<'a>(report: &'a Value, check: &str) -> &'a Value {
    let checks = report["checks"].as_array().unwrap();
    checks
        .iter()
        .find(|finding| finding["check"] == check)
        .unwrap_or_else(|| panic!("no {check} in {report:#}"))
}

#[test]
fn a_stranger_makes_an_installation_and_is_told_what_is_missing() {
    let desk = Desk::new();
    desk.run(&["init", "here", "--example"])
        .says(0, &["fabu plan check", "fabu serve"]);
    let config = desk.path("here/fabu.toml");
    let config = config.to_str().unwrap();
    desk.run(&["plan", "check", "here"]).says(0, &["no errors"]);

    let report = desk.run(&["--config", config, "doctor", "--offline", "--json"]);
    let report: Value = serde_json::from_str(&report.out).unwrap();
    assert_eq!(finding(&report, "plans")["verdict"], "ok");
    assert_eq!(finding(&report, "database")["verdict"], "ok");
    assert_eq!(finding(&report, "contacts")["verdict"], "warn");
    assert_eq!(finding(&report, "signing posts")["verdict"], "warn");
}

#[test]
fn doctor_fails_on_what_would_not_go_out_and_says_what_to_do() {
    let desk = Desk::new();
    desk.done(&["init", "."]);
    let answer = desk.run(&["doctor", "--offline"]);
    answer.says(0, &["fabu user add", "fabu contact import"]);
    desk.write(
        "channels/robot.yaml",
        "channel: robot\nname: 群\nkind: wecom\nwecom: {url-env: FABU_NO_SUCH_SECRET}\n",
    );
    let answer = desk.run(&["doctor", "--offline"]);
    answer.says(1, &["1 failed", "channels/robot.yaml"]);
    assert!(answer.out.contains("FABU_NO_SUCH_SECRET"), "{}", answer.out);
    desk.write("plans/bodies.yaml", "areas: [\n");
    desk.run(&["doctor", "--offline"])
        .says(1, &["fabu plan check"]);
    desk.write("fabu.toml", "[listen]\nprot = 1\n");
    let answer = desk.run(&["doctor", "--offline"]);
    answer.says(1, &["1 failed"]);
    assert!(answer.out.contains("fabu.toml:2:1:"), "{}", answer.out);
}

#[tokio::test]
async fn doctor_names_the_release_that_cannot_be_read() {
    let desk = Desk::new();
    desk.done(&["init", "."]);
    desk.run(&["doctor", "--offline"])
        .says(0, &["fabu user add"]);
    let mut outsider = outsider(&desk).await;
    for sql in [
        "PRAGMA foreign_keys = OFF",
        "INSERT INTO release (id, incident, plan, body, item, occurrence, status, row_version, doc) VALUES \
         ('L-00000000000000000000000009', 'L-00000000000000000000000001', 'flood', 'flood-office', 'evacuation-notice', 1, \
         'published', 1, '{')",
    ] {
        outsider.run(sql).await.unwrap();
    }
    let answer = desk.run(&["doctor", "--offline"]);
    answer.says(1, &["1 failed", "mend the row"]);
    for words in ["L-00000000000000000000000009", "evacuation-notice"] {
        assert!(answer.out.contains(words), "{words}: {}", answer.out);
    }
}

#[test]
fn doctor_names_what_is_sound_for_the_machine_and_not_for_people() {
    let desk = Desk::new();
    desk.done(&["init", ".", "--example"]);
    let report: Value =
        serde_json::from_str(&desk.run(&["doctor", "--offline", "--json"]).out).unwrap();
    assert_eq!(finding(&report, "portal address")["verdict"], "ok");
    desk.write("plans/holidays.yaml", "holidays: [2020-01-01]\n");
    desk.write(
        "fabu.toml",
        "[portal]\nbase-url = \"https://fabu.shili.local\"\n",
    );
    desk.write("people.csv", "姓名,手机,分组\n张三,13800001234,东门\n");
    desk.done(&["contact", "import", "people.csv"]);
    let report: Value =
        serde_json::from_str(&desk.run(&["doctor", "--offline", "--json"]).out).unwrap();
    for check in ["calendar", "portal address", "groups"] {
        assert_eq!(finding(&report, check)["verdict"], "warn", "{report:#}");
    }
}

#[test]
fn doctor_names_posts_that_only_a_group_is_told_of_and_nobody_holds() {
    let desk = Desk::new();
    desk.done(&["init", ".", "--example"]);
    let turns = |lang: &str| {
        let mut doctor = desk.command(&["doctor", "--offline", "--json", "--lang", lang]);
        doctor
            .env("FABU_FEISHU_URL", "http://127.0.0.1:9/hook")
            .env("FABU_FEISHU_SECRET", "geheim");
        let answer = Answer::of(doctor.output().unwrap());
        let report: Value = serde_json::from_str(&answer.out).unwrap();
        finding(&report, "turns").clone()
    };
    let said = turns("en");
    assert_eq!(said["verdict"], "warn", "{said:#}");
    let detail = said["detail"].as_str().unwrap();
    for words in [
        "only by the group (leaders-group)",
        "flood-office/duty-officer",
        "county-government/deputy-mayor",
    ] {
        assert!(detail.contains(words), "{words}: {detail}");
    }
    let said = turns("zh-CN");
    let detail = said["detail"].as_str().unwrap();
    assert!(detail.contains("而岗位上没有人"), "{detail}");
    let post = "flood-office/duty-officer";
    desk.done(&["user", "add", "zhiban", "--name", "周", "--post", post]);
    let said = turns("en");
    let detail = said["detail"].as_str().unwrap();
    assert!(!detail.contains(post), "{detail}");
}

#[test]
fn doctor_names_rights_that_nobody_can_use_and_second_persons_who_are_not_there() {
    let desk = Desk::new();
    desk.done(&["init", ".", "--example"]);
    let add = |login: &str, post: &str, span: &str| {
        desk.done(&[
            "user",
            "add",
            login,
            "--name",
            "某某",
            "--post",
            post,
            "--valid-for",
            span,
        ]);
    };
    add("xitong", "data-centre/system-administrator", "365d");
    add("shenji", "data-centre/auditor", "0s");
    let said = |lang: &str| {
        let args = ["doctor", "--offline", "--json", "--lang", lang];
        let report: Value = serde_json::from_str(&desk.run(&args).out).unwrap();
        let checks = report["checks"].as_array().unwrap().clone();
        let rights = checks.into_iter().filter(|one| one["check"] == "rights");
        rights
            .map(|one| {
                format!(
                    "{} → {}",
                    one["detail"].as_str().unwrap(),
                    one["next"].as_str().unwrap()
                )
            })
            .collect::<Vec<_>>()
    };
    let of = |said: &[String], words: &[&str]| {
        let fits = said
            .iter()
            .filter(|one| words.iter().all(|word| one.contains(word)));
        assert_eq!(fits.count(), 1, "{words:?} in {said:#?}");
    };
    let en = said("en");
    of(
        &en,
        &[
            "right audit, so nobody reads the whole journal",
            "→ fabu user token shenji",
        ],
    );
    of(
        &en,
        &[
            "switch-channels",
            "no channel can be held back",
            "→ fabu user posts LOGIN --post ",
        ],
    );
    of(
        &en,
        &[
            "confirm this as the second person: end the response;",
            "county-government/deputy-mayor",
        ],
    );
    assert!(!en.iter().any(|one| one.contains("administer")), "{en:#?}");
    of(
        &said("zh-CN"),
        &[
            "有此权限：查阅全部台账",
            "无人可经接口查阅全部台账",
            "→ fabu user token shenji",
        ],
    );
    desk.done(&["user", "token", "shenji"]);
    assert!(!said("en").iter().any(|one| one.contains("audit")));
    let list = desk.run(&["user", "list", "--lang", "en"]);
    assert!(!list.out.contains("ended"), "{}", list.out);
    add("linshi", "data-centre/auditor", "0s");
    let list = desk.run(&["user", "list", "--lang", "en"]);
    assert!(list.out.contains("ended 20"), "{}", list.out);
}

#[test]
fn init_leaves_what_stands() {
    let desk = Desk::new();
    desk.write("site/plans/bodies.yaml", "# 我的\nareas: []\nbodies: []\n");
    desk.run(&["init", "site"])
        .says(5, &["not empty", "--force"]);
    assert!(!desk.path("site/fabu.toml").exists());
    let planned = desk.run(&["init", "site", "--force", "--dry-run"]);
    planned.says(0, &["nothing was changed"]);
    assert!(planned.out.contains("site/plans/events.yaml") && !planned.out.contains("bodies.yaml"));
    desk.run(&["init", "site", "--force"])
        .says(0, &["1 file stood already"]);
    assert!(desk.read("site/plans/bodies.yaml").starts_with("# 我的"));
    desk.run(&["plan", "check", "site"]).says(0, &["no errors"]);
    desk.run(&["init", "site", "--force"])
        .says(0, &["0 files written"]);
}

#[tokio::test]
async fn a_user_gets_a_token_once_and_it_is_good_until_they_are_shut_out() {
    let desk = Desk::new();
    desk.done(&["init", ".", "--example"]);
    let post = "flood-office/duty-officer";
    let token = desk.done(&["user", "add", "zhou", "--name", "周值班", "--post", post]);
    let token = token.trim_end();
    assert!(
        !token.contains(char::is_whitespace) && token.len() > 50,
        "{token:?} is not a token alone"
    );
    let url = format!("sqlite:{}", desk.path("data/fabu.db").display());

    let store = Store::open(&url).await.unwrap();
    let known = |token: &str| {
        let (store, hash) = (store.clone(), token_hash(token));
        async move {
            store
                .read()
                .await
                .unwrap()
                .person_by_token(&hash)
                .await
                .unwrap()
        }
    };
    let (person, end) = known(token).await.unwrap();
    assert!(end.is_some(), "a token ends some day");
    assert_eq!((person.login.as_str(), person.posts.len()), ("zhou", 1));

    let second = desk.done(&["user", "token", "zhou", "--label", "phone"]);
    assert!(known(second.trim_end()).await.is_some() && known(token).await.is_some());
    let third = desk.done(&["user", "token", "zhou", "--revoke-others"]);
    assert!(known(token).await.is_none() && known(third.trim_end()).await.is_some());
    desk.run(&["user", "disable", "zhou"])
        .says(0, &["shut out"]);
    assert!(known(third.trim_end()).await.is_none());
    desk.run(&["user", "token", "zhou"]).says(4, &["disabled"]);
    store.close().await;

    let journal = desk.done(&["journal", "tail", "--json"]);
    let acts: Vec<Value> = journal
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["act"].clone())
        .collect();
    assert_eq!(
        acts,
        [
            "user-added",
            "token-issued",
            "token-issued",
            "user-disabled"
        ]
    );
    let kept = std::fs::read(desk.path("data/fabu.db")).unwrap();
    for secret in [token, second.trim_end(), third.trim_end()] {
        assert!(!journal.contains(secret));
        assert!(
            !kept
                .windows(secret.len())
                .any(|window| window == secret.as_bytes()),
            "the token itself was kept"
        );
    }
}

#[test]
fn users_are_refused_with_a_reason() {
    let desk = Desk::new();
    desk.done(&["init", ".", "--example"]);
    let add =
        |login: &str, post: &str| desk.run(&["user", "add", login, "--name", "周", "--post", post]);
    add("zhou", "flood-office/duty-oficer").says(
        3,
        &[
            "did you mean flood-office/duty-officer?",
            "nothing was changed",
        ],
    );
    add("zhou", "duty-officer").says(2, &["body/post"]);
    add("Zhou", "flood-office/duty-officer").says(3, &["\"Zhou\"", "nothing was changed"]);
    add("fabu", "flood-office/duty-officer").says(3, &["nothing was changed"]);
    add("zhou", "flood-office/duty-officer").says(0, &[]);
    add("zhou", "flood-office/duty-officer").says(5, &["already"]);
    desk.run(&[
        "user",
        "posts",
        "zhou",
        "--post",
        "flood-office/section-head",
    ])
    .says(0, &["section-head"]);
    desk.run(&["user", "disable", "nobody"])
        .says(3, &["nobody"]);
    let users = desk.json(&["user", "list", "--json"]);
    assert_eq!(
        users["users"][0]["posts"],
        serde_json::json!(["flood-office/section-head"])
    );
    assert_eq!(users["users"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_journal_says_which_entry_was_tampered_with() {
    let desk = Desk::with_database();
    for login in ["wang", "li", "zhao"] {
        desk.done(&["user", "add", login, "--name", login]);
    }
    desk.run(&["journal", "verify"])
        .says(0, &["3 entries checked", "whole"]);
    let noted = desk.done(&["journal", "verify"]);
    let noted = noted.trim();
    desk.done(&["journal", "export", "all.jsonl"]);
    let lines: Vec<Value> = desk
        .read("all.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[2]["prev"], lines[1]["hash"]);
    assert_eq!(noted, format!("3:{}", lines[2]["hash"].as_str().unwrap()));
    desk.run(&["journal", "export", "all.jsonl"])
        .says(1, &["--force"]);

    let mut outsider = outsider(&desk).await;
    outsider.run("DROP TRIGGER journal_keeps; UPDATE journal SET data = replace(data, 'li', 'lj') WHERE seq = 2").await.unwrap();
    let answer = desk.run(&["journal", "verify"]);
    answer.says(1, &["1 fault"]);
    assert_eq!(answer.out, "entry 2: its contents do not match its seal\n");
    let answer = desk.run(&["journal", "verify", "--json"]);
    let verdict: Value = serde_json::from_str(&answer.out).unwrap();
    assert_eq!(
        (&verdict["sound"], &verdict["faults"][0]["seq"]),
        (&false.into(), &2.into())
    );
    assert_eq!(answer.code, 1);
}

#[tokio::test]
async fn a_journal_sealed_anew_is_told_by_a_seal_that_was_noted_down() {
    let desk = Desk::with_database();
    for login in ["wang", "li"] {
        desk.done(&["user", "add", login, "--name", login]);
    }
    let noted = desk.done(&["journal", "verify"]);
    let compare = ["journal", "verify", "--noted", noted.trim()];
    desk.done(&["user", "add", "zhao", "--name", "zhao"]);
    desk.run(&compare).says(0, &["3 entries checked"]);
    desk.run(&["journal", "verify", "--noted", "3"])
        .says(2, &["57:3fa9"]);

    let mut outsider = outsider(&desk).await;
    let anew = "DROP TRIGGER journal_stays; DELETE FROM journal; \
        UPDATE journal_head SET seq = 0, hash = '0000000000000000000000000000000000000000000000000000000000000000'";
    outsider.run(anew).await.unwrap();
    for login in ["sun", "qian", "zhou"] {
        desk.done(&["user", "add", login, "--name", login]);
    }
    desk.run(&["journal", "verify"])
        .says(0, &["3 entries checked"]);
    let answer = desk.run(&compare);
    answer.says(1, &["1 fault"]);
    assert_eq!(
        answer.out,
        "entry 2 is not the one whose seal was noted down\n"
    );
}

#[test]
fn migrate_says_what_a_database_has() {
    let desk = Desk::new();
    desk.run(&["migrate", "--status"])
        .says(1, &["does not exist yet", "fabu migrate"]);
    assert!(!desk.path("data").exists());
    let done = desk.json(&["migrate", "--json"]);
    assert_eq!(done["applied_now"][0], "0001_main");
    assert_eq!(
        desk.json(&["migrate", "--status", "--json"])["migrations"][0]["applied"],
        true
    );
    assert_eq!(
        desk.json(&["migrate", "--json"])["applied_now"],
        serde_json::json!([])
    );
}

#[test]
fn mistakes_of_usage_and_configuration_have_codes_of_their_own() {
    let desk = Desk::new();
    desk.run(&["user", "add", "zhou", "--name", "周"])
        .says(1, &["no database", "--config"]);
    assert!(!desk.path("data").exists());
    desk.run(&["frobnicate"]).says(2, &["frobnicate"]);
    desk.run(&["contact", "import"]).says(2, &["FILE"]);
    desk.run(&["--database", "mysql://u:hunter2@h/x", "user", "list"])
        .says(2, &["--database", "sqlite:PATH"]);
    assert!(desk.run(&["--help"]).out.contains("Exit codes"));
    desk.write("fabu.toml", "# 注释\n[log]\nlevel = 'loud'\n");
    desk.run(&["user", "list"])
        .says(3, &["fabu.toml:3:9:", "loud"]);
    desk.write(
        "fabu.toml",
        "[server]\ndatabase = 'postgres://fabu:hunter2@127.0.0.1:1/fabu'\n",
    );
    let answer = desk.run(&["user", "list"]);
    answer.says(1, &["not available", "fabu doctor"]);
    assert!(!answer.err.contains("hunter2"), "{}", answer.err);
}

#[test]
fn a_drill_whose_folder_cannot_be_written_is_not_played() {
    let desk = Desk::new();
    desk.done(&["init", ".", "--example"]);
    desk.write("taken", "not a folder");
    desk.run(&[
        "drill",
        "run",
        "drills/flood-night.yaml",
        "--out",
        "taken/out",
    ])
    .says(1, &["taken/out", "nothing was played", "--out"]);
}
