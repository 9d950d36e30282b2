//! What `/readyz` says of a database that takes no changes, each kind apart, and what the server does about it.

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::support::installation::{Heard, Installation, Server, flood_declaration, flood_office};
use crate::support::peers::sink::Sink;
use crate::support::peers::{eventually, free_port};

/// What `/readyz` says, which must be within two seconds.
async fn asked(server: &Server) -> Heard {
    let begun = Instant::now();
    let heard = server.ask("", Method::GET, "/readyz", None).await;
    assert!(
        begun.elapsed() < Duration::from_secs(2),
        "{:?}: {}",
        begun.elapsed(),
        heard.body
    );
    heard
}

/// Waits for what `/readyz` says; "" is ready.
async fn until(server: &Server, trouble: &str) -> Value {
    let begun = Instant::now();
    loop {
        let heard = asked(server).await;
        let is_ready = heard.status == StatusCode::OK;
        assert_eq!(heard.body["ready"], is_ready, "{}", heard.body);
        if heard.body["trouble"].as_str().unwrap_or("") == trouble && is_ready == trouble.is_empty()
        {
            return heard.body;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(6),
            "not {trouble:?} within seconds: {}: {}",
            heard.body,
            server.last_words()
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

async fn declare(server: &Server, officer: &str) -> Heard {
    server
        .ask(
            officer,
            Method::POST,
            "/api/v1/incidents",
            Some(flood_declaration()),
        )
        .await
}

fn office() -> (Installation, String) {
    let office = flood_office(free_port());
    let officer = office.hire("zhiban", "flood-office/duty-officer");
    (office, officer)
}

async fn tells(server: &Server, trouble: &str, officer: &str) {
    until(server, trouble).await;
    let refused = declare(server, officer).await;
    assert_eq!(refused.status, 503, "{}", refused.body);
    let said = server.complaints("ERROR");
    let about = said
        .iter()
        .filter(|line| line["fields"]["ailment"] == trouble);
    assert_eq!(about.count(), 1, "said once: {said:#?}");
    let alive = server.ask("", Method::GET, "/healthz", None).await;
    assert_eq!(alive.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_vanishes_is_noticed_and_taken_up_again_when_it_is_back() {
    let (office, officer) = office();
    let server = office.serve();
    let (file, away) = (
        office.desk.path("data/fabu.db"),
        office.desk.path("data/away.db"),
    );
    std::fs::rename(&file, &away).unwrap();
    // Even before anybody has looked, nothing is acknowledged that would be lost.
    let at_once = declare(&server, &officer).await;
    assert_eq!(at_once.status, 503, "{}", at_once.body);
    tells(&server, "database-missing", &officer).await;
    let port = server.api.rsplit_once(':').unwrap().1.to_owned();
    let mut doctor = office.command(&["doctor", "--offline"]);
    doctor.env("FABU__LISTEN__API", format!("127.0.0.1:{port}"));
    let told = String::from_utf8(doctor.output().unwrap().stdout).unwrap();
    assert!(
        told.contains("database-missing") && told.contains("is gone"),
        "{told}"
    );

    std::fs::rename(&away, &file).unwrap();
    until(&server, "").await;
    let declared = declare(&server, &officer).await;
    assert_eq!(declared.status, 201, "{}", declared.body);
    server.terminate();
    assert_eq!(server.ended(), 0);
    assert!(office.journal_is_sound());
}

/// Each mail takes a second, so that most of what was leased is still to be sent when the file goes.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_more_is_sent_of_a_database_that_is_gone_and_everything_once_it_is_back() {
    const READERS: usize = 60;
    let Some(sink) = Sink::start(&["-w", "1"]) else {
        return;
    };
    let office = flood_office(sink.port);
    let officer = office.hire("zhiban", "flood-office/duty-officer");
    let head = office.hire("kezhang", "flood-office/section-head");
    let director = office.hire("zhuren", "flood-office/office-director");
    office.import_media(READERS);
    let server = office.serve();
    let (_, notice) = server.declare_flood(&officer).await;
    server.publish(&notice, &officer, &[&head, &director]).await;
    eventually("some mails under way", || (sink.taken() >= 4).then_some(()));
    let (file, away) = (
        office.desk.path("data/fabu.db"),
        office.desk.path("data/away.db"),
    );
    std::fs::rename(&file, &away).unwrap();
    until(&server, "database-missing").await;
    // What was on its way to the mail server arrives.
    std::thread::sleep(Duration::from_millis(1_500));
    let taken = sink.taken();
    assert!(
        taken < READERS,
        "all were sent before anybody looked: nothing was tested"
    );
    std::thread::sleep(Duration::from_millis(1_500));
    assert_eq!(sink.taken(), taken, "it goes on sending");

    std::fs::rename(&away, &file).unwrap();
    server.until_accepted(&officer, &notice, READERS).await;
    server.terminate();
    assert_eq!(server.ended(), 0);
    assert!(office.journal_is_sound());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_gives_place_to_another_is_not_worked_on() {
    let ((office, officer), (other, _)) = (office(), office());
    let server = office.serve();
    std::fs::rename(
        other.desk.path("data/fabu.db"),
        office.desk.path("data/fabu.db"),
    )
    .unwrap();
    tells(&server, "foreign-database", &officer).await;
    server.terminate();
    assert_eq!(server.ended(), 0);
    // Nor is it taken for the installation's own afterwards.
    office.cannot_serve(|_| {}).says(
        5,
        &[
            "another database",
            "backup",
            "--new-database",
            "nothing was started",
        ],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_removed_costs_nothing_that_was_acknowledged() {
    let (office, officer) = office();
    let mut server = office.serve();
    let declared = declare(&server, &officer).await;
    assert_eq!(declared.status, 201, "{}", declared.body);
    for side in ["-wal", "-shm"] {
        std::fs::remove_file(office.desk.path(&format!("data/fabu.db{side}"))).unwrap();
    }
    // Even before anybody has looked, nothing is acknowledged that would be lost.
    let mut another = flood_declaration();
    another["areas"] = serde_json::json!(["320299100"]);
    another["another"] = serde_json::json!(true);
    let at_once = server
        .ask(&officer, Method::POST, "/api/v1/incidents", Some(another))
        .await;
    assert_eq!(at_once.status, 503, "{}", at_once.body);
    tells(&server, "database-missing", &officer).await;
    eventually("what was there is taken over", || {
        let said = server.complaints("WARN");
        let mut lines = said.iter().map(Value::to_string);
        lines
            .any(|line| line.contains("was taken over into the database"))
            .then_some(())
    });
    server.kill();
    let again = office.serve();
    let incidents = again.get(&officer, "/api/v1/incidents").await;
    assert_eq!(incidents.as_array().map(Vec::len), Some(1), "{incidents}");
    again.terminate();
    assert_eq!(again.ended(), 0);
    assert!(office.journal_is_sound());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_moved_away_may_be_put_back() {
    let (office, officer) = office();
    let server = office.serve();
    let log = office.desk.path("data/fabu.db-wal");
    let away = office.desk.path("data/away");
    std::fs::rename(&log, &away).unwrap();
    tells(&server, "database-missing", &officer).await;
    std::fs::rename(&away, &log).unwrap();
    until(&server, "").await;
    assert_eq!(declare(&server, &officer).await.status, 201);
    server.terminate();
    assert_eq!(server.ended(), 0);
    assert!(office.journal_is_sound());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_cut_off_or_written_over_where_it_stands_is_not_worked_on() {
    let length = |path: &std::path::Path| std::fs::metadata(path).unwrap().len();
    let cut = |path: &std::path::Path, length: u64| {
        let file = std::fs::File::options().write(true).open(path).unwrap();
        file.set_len(length).unwrap();
    };
    for what in ["emptied", "halved", "log emptied", "a letter", "foreign"] {
        let (office, officer) = office();
        let mut server = office.serve();
        assert_eq!(declare(&server, &officer).await.status, 201);
        until(&server, "").await;
        // What was there has been looked at.
        std::thread::sleep(Duration::from_millis(1_100));
        let file = office.desk.path("data/fabu.db");
        match what {
            "emptied" => cut(&file, 0),
            "halved" => cut(&file, length(&file) / 2),
            "log emptied" => cut(&office.desk.path("data/fabu.db-wal"), 0),
            "a letter" => std::fs::write(&file, "小学生作文".repeat(20_000)).unwrap(),
            _ => {
                let made = std::process::Command::new("python3")
                    .args(["-c", "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('create table t (a)')"])
                    .arg(office.desk.path("other.db"))
                    .status();
                if !made.is_ok_and(|made| made.success()) {
                    continue;
                }
                let other = std::fs::read(office.desk.path("other.db")).unwrap();
                std::fs::write(&file, other).unwrap();
            }
        }
        tells(&server, "foreign-database", &officer).await;
        server.kill();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_place_was_taken_stops_all_work() {
    let (office, officer) = office();
    let server = office.serve();
    let mut tx = driver(&office).await.begin().await.unwrap();
    tx.execute("UPDATE owner SET process = 'somebody else'", Vec::new())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    tells(&server, "lock-lost", &officer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_that_stalls_elsewhere_is_told_in_time() {
    let (office, officer) = office();
    let server = office.serve();
    until(&server, "").await;
    let stalled = driver(&office).await.begin().await.unwrap();
    std::thread::sleep(Duration::from_millis(1_200));
    until(&server, "store-slow").await;
    drop(stalled);
    until(&server, "").await;
    let declared = declare(&server, &officer).await;
    assert_eq!(declared.status, 201, "{}", declared.body);
}

async fn driver(office: &Installation) -> std::sync::Arc<dyn fabu::store::Driver> {
    let url = format!("sqlite:{}", office.desk.path("data/fabu.db").display());
    fabu::store::driver(&url).await.unwrap()
}
