//! Where a server cannot start it says why, what was not done and what to do; where it must not, it does not.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::json;

use crate::support::command::Answer;
use crate::support::database::Database;
use crate::support::installation::{after, flood_declaration, flood_office};
use crate::support::peers::sink::Sink;
use crate::support::peers::{free_port, program, skip};

#[test]
fn a_second_server_on_one_database_is_refused_until_the_first_is_gone() {
    let office = flood_office(free_port());
    let mut first = office.serve();
    let process = format!("process {}", first.process());
    office
        .cannot_serve(|_| {})
        .says(5, &["another server", &process, "nothing was started"]);
    // A lock that survives its holder would keep a crashed server down.
    first.kill();
    let second = office.serve();
    second.terminate();
    assert_eq!(second.ended(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_share_one_postgres_and_send_everything_once() {
    const READERS: usize = 600;
    let Some(database) = Database::postgres().await else {
        return;
    };
    let Some(sink) = Sink::start(&[]) else {
        return;
    };
    let office = flood_office(sink.port).on(&database.url);
    let officer = office.hire("zhiban", "flood-office/duty-officer");
    let head = office.hire("kezhang", "flood-office/section-head");
    let director = office.hire("zhuren", "flood-office/office-director");
    office.import_media(READERS);
    let one = office.serve();
    office
        .cannot_serve(|_| {})
        .says(5, &["another server", "--data-dir"]);
    let other = office.serve_with(|command| {
        command.args(["--data-dir", "other"]);
    });

    let (_, notice) = one.declare_flood(&officer).await;
    one.publish(&notice, &officer, &[&head, &director]).await;
    other.until_accepted(&officer, &notice, READERS).await;
    let mut copies = BTreeMap::<String, usize>::new();
    for mail in sink.in_order() {
        let to = mail.lines().find(|line| line.starts_with("To:"));
        *copies.entry(to.unwrap().to_owned()).or_default() += 1;
    }
    assert_eq!(copies.len(), READERS);
    assert!(copies.values().all(|n| *n == 1), "{copies:#?}");
    for server in [one, other] {
        server.terminate();
        assert_eq!(server.ended(), 0);
    }
    assert!(office.journal_is_sound());
    database.discard().await;
}

#[test]
fn a_taken_address_is_named() {
    let office = flood_office(free_port());
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = holder.local_addr().unwrap().to_string();
    for (flag, what) in [("--portal", "portal"), ("--api", "API")] {
        let mut command = office.command(&["serve"]);
        let other = if flag == "--portal" {
            "--api"
        } else {
            "--portal"
        };
        command.args([flag, &taken, other, "127.0.0.1:0"]);
        Answer::of(command.output().unwrap()).says(1, &[what, &taken, "nothing was started"]);
    }
}

#[test]
fn two_installations_never_share_a_portal_port() {
    let (first, second) = (flood_office(free_port()), flood_office(free_port()));
    let running = first.serve();
    let address = running.portal.trim_start_matches("http://");
    let mut command = second.command(&["serve", "--api", "127.0.0.1:0", "--portal", address]);
    Answer::of(command.output().unwrap()).says(1, &["portal", address, "nothing was started"]);
}

#[test]
fn broken_plans_start_nothing_and_are_named_with_their_place() {
    let office = flood_office(free_port());
    office
        .desk
        .write("plans/events.yaml", "events:\n  - {evnet: flood}\n");
    office.cannot_serve(|_| {}).says(
        3,
        &[
            "plans/events.yaml:2:",
            "nothing was started",
            "fabu plan check",
        ],
    );
}

#[test]
fn a_database_that_cannot_be_reached_is_named_without_its_password() {
    let office = flood_office(free_port());
    let url = format!("postgres://fabu:hunter2@127.0.0.1:{}/fabu", free_port());
    let answer = office.cannot_serve(|command| {
        command.env("FABU_DATABASE_URL", url);
    });
    answer.says(1, &["database", "fabu doctor"]);
    assert!(!answer.err.contains("hunter2"), "{}", answer.err);
}

#[test]
fn a_data_folder_that_cannot_hold_data_is_named() {
    let office = flood_office(free_port());
    office.desk.write("occupied", "a file, no folder");
    for folder in ["occupied", "occupied/data", "/proc/data"] {
        office
            .cannot_serve(|command| {
                command.args(["--data-dir", folder]);
            })
            .says(1, &[folder]);
    }
    office
        .desk
        .write("not-a-database/fabu.db", "小学生作文".repeat(2000));
    office
        .cannot_serve(|command| {
            command.args(["--data-dir", "not-a-database"]);
        })
        .says(1, &["database"]);
    let kept = office.desk.read("not-a-database/fabu.db");
    assert!(
        kept.starts_with("小学生作文"),
        "somebody's file was overwritten"
    );
}

/// A full disk, as the system tells a program of it: no file may grow.
#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_nothing_is_half_done_and_afterwards_all_goes_on() {
    let Some(prlimit) = program("prlimit") else {
        return skip("prlimit (Debian: util-linux) is not installed");
    };
    let office = flood_office(free_port());
    let officer = office.hire("zhiban", "flood-office/duty-officer");
    let server = office.serve_with(|command| {
        // Without the signal that otherwise comes with the error.
        after(command, "trap '' XFSZ");
    });
    let limit = |bytes: &str| {
        let process = server.process().to_string();
        let done = Command::new(&prlimit)
            .args(["--pid", &process, &format!("--fsize={bytes}:unlimited")])
            .status();
        assert!(done.unwrap().success());
    };
    limit("1");
    let http = reqwest::Client::new();
    let declare = || {
        http.request(Method::POST, format!("{}/api/v1/incidents", server.api))
            .bearer_auth(&officer)
            .header("idempotency-key", "once")
            .json(&flood_declaration())
            .send()
    };
    let refused = declare().await.unwrap();
    assert_eq!(refused.status(), 503, "{refused:?}");
    assert_eq!(refused.headers()[CONTENT_TYPE], "application/problem+json");
    assert_eq!(server.get(&officer, "/api/v1/incidents").await, json!([]));

    let begun = Instant::now();
    loop {
        let told = server.ask("", Method::GET, "/readyz", None).await;
        if told.status == 503 {
            assert_eq!(told.body["trouble"], "disk-full", "{}", told.body);
            break;
        }
        // What was made durable a second ago is an answer; after that it has to be tried again.
        assert!(begun.elapsed() < Duration::from_secs(4), "{}", told.body);
        std::thread::sleep(Duration::from_millis(50));
    }

    limit("unlimited");
    let declared = declare().await.unwrap();
    assert_eq!(declared.status(), 201, "{}", declared.text().await.unwrap());
    let incidents = server.get(&officer, "/api/v1/incidents").await;
    assert_eq!(incidents.as_array().unwrap().len(), 1);
    server.terminate();
    assert_eq!(server.ended(), 0);
    assert!(office.journal_is_sound());
}

#[test]
fn a_switched_off_channel_is_one_line_however_many_items_name_it() {
    let office = flood_office(free_port());
    let check = office.desk.run(&["plan", "check"]);
    let said = format!("{}{}", check.err, check.out);
    let lines = said.lines().filter(|line| line.contains("switched off"));
    let channels: Vec<&str> = lines.filter_map(|line| line.split('`').nth(1)).collect();
    let named = channels.len();
    let each: std::collections::BTreeSet<&str> = channels.into_iter().collect();
    assert!(named > 0 && each.len() == named, "one line each: {said}");
    let server = office.serve();
    let about: Vec<_> = server
        .complaints("WARN")
        .into_iter()
        .filter(|line| {
            line.to_string().contains("switched off") || line.to_string().contains("cannot be used")
        })
        .collect();
    assert_eq!(about.len(), 1, "{about:#?}");
    assert_eq!(about[0]["fields"]["places"], named, "{about:#?}");
}
