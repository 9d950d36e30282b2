//! One process to one database, whatever it is called, and no database but the one that the installation has.

use std::os::unix::fs::symlink;

use crate::support::command::{Answer, Desk};
use crate::support::database::Database;
use crate::support::installation::{Installation, flood_office};
use crate::support::peers::free_port;

fn office() -> Installation {
    flood_office(free_port())
}

/// A server in a data folder of its own, on the database at `path`.
fn refused(office: &Installation, folder: &str, path: &str, words: &[&str]) {
    let url = format!("sqlite:{}", office.desk.path(path).display());
    let answer = office.cannot_serve(|command| {
        command.args(["--data-dir", folder, "--database", &url]);
    });
    answer.says(5, &["another server", "nothing was started"]);
    answer.says(5, words);
}

#[test]
fn no_other_name_of_a_database_lets_a_second_server_in() {
    let office = office();
    let desk = &office.desk;
    // While nobody serves it: nothing in it could tell whose it is.
    desk.write(
        "at-rest.db",
        std::fs::read(desk.path("data/fabu.db")).unwrap(),
    );
    let mut first = office.serve();
    let process = format!("process {}", first.process());
    symlink(desk.path("data/fabu.db"), desk.path("symbolic.db")).unwrap();
    std::fs::hard_link(desk.path("data/fabu.db"), desk.path("hard.db")).unwrap();
    symlink(desk.path("data"), desk.path("folder")).unwrap();
    refused(&office, "a", "data/fabu.db", &[&process]);
    refused(&office, "b", "symbolic.db", &[&process]);
    refused(&office, "c", "hard.db", &[&process]);
    refused(&office, "d", "at-rest.db", &["a copy of"]);
    desk.write("copy.db", std::fs::read(desk.path("data/fabu.db")).unwrap());
    refused(&office, "e", "copy.db", &[]);
    let through = |folder: &str| {
        office
            .cannot_serve(|command| {
                command.args(["--data-dir", folder]);
            })
            .says(5, &["another server", "nothing was started"]);
    };
    through("folder");
    for name in ["data/fabu.lock", "data/fabu.db.lock"] {
        let _ = std::fs::remove_file(desk.path(name));
    }
    through("data");

    // What was written last lies beside the name it was served by; after a crash the other name leads to less.
    first.kill();
    let url = format!("sqlite:{}", desk.path("hard.db").display());
    office
        .cannot_serve(|command| {
            command.args(["--data-dir", "f", "--database", &url]);
        })
        .says(5, &["hard link", "nothing was started"]);
    let again = office.serve();
    again.terminate();
    assert_eq!(again.ended(), 0);
}

#[test]
fn a_copy_goes_its_own_way_once_it_is_told_to() {
    let office = office();
    office.desk.write(
        "trial/fabu.db",
        std::fs::read(office.desk.path("data/fabu.db")).unwrap(),
    );
    let first = office.serve();
    office
        .cannot_serve(|command| {
            command.args(["--data-dir", "trial"]);
        })
        .says(5, &["a copy of", "fabu migrate --as-copy"]);
    office.done(&["migrate", "--as-copy", "--data-dir", "trial"]);
    let trial = office.serve_with(|command| {
        command.args(["--data-dir", "trial"]);
    });
    for server in [first, trial] {
        server.terminate();
        assert_eq!(server.ended(), 0);
    }
}

#[test]
fn two_databases_in_one_data_folder_are_not_served_at_once() {
    let office = office();
    let first = office.serve();
    let other = format!("sqlite:{}", office.desk.path("other.db").display());
    office.done(&["migrate", "--new-database", "--database", &other]);
    office
        .cannot_serve(|command| {
            command.args(["--database", &other]);
        })
        .says(5, &["another server", "data folder", "nothing was started"]);
    first.terminate();
    assert_eq!(first.ended(), 0);
}

#[test]
fn a_server_starts_on_nothing_that_init_or_migrate_did_not_make() {
    let office = office();
    let desk = &office.desk;
    desk.write("empty.db", "");
    desk.write("letter.db", "小学生作文".repeat(2000));
    let foreign = desk.path("foreign.db");
    let made = std::process::Command::new("python3")
        .args([
            "-c",
            "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('create table t (a)')",
        ])
        .arg(&foreign)
        .status();
    for (name, words) in [
        ("missing.db", &["no database", "fabu migrate"][..]),
        ("empty.db", &["empty", "fabu migrate"]),
        ("letter.db", &["letter.db"]),
        ("foreign.db", &["another program"]),
    ] {
        if name == "foreign.db" && !made.as_ref().is_ok_and(std::process::ExitStatus::success) {
            continue;
        }
        let url = format!("sqlite:{}", desk.path(name).display());
        let before = std::fs::read(desk.path(name)).ok();
        let answer = office.cannot_serve(|command| {
            command.args(["--database", &url, "--data-dir", "apart"]);
        });
        answer.says(1, words).says(1, &["nothing was started"]);
        let as_user = desk.run(&[
            "user",
            "add",
            "x",
            "--name",
            "x",
            "--database",
            &url,
            "--data-dir",
            "apart",
        ]);
        as_user.says(1, words);
        assert_eq!(
            std::fs::read(desk.path(name)).ok(),
            before,
            "{name} was changed"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_postgres_is_not_taken_for_a_new_installation_either() {
    let Some(database) = Database::postgres().await else {
        return;
    };
    let office = office();
    office
        .cannot_serve(|command| {
            command.env("FABU_DATABASE_URL", &database.url);
        })
        .says(1, &["empty", "fabu migrate", "nothing was started"]);
    let office = office.on(&database.url);
    let server = office.serve();
    server.terminate();
    assert_eq!(server.ended(), 0);
    database.discard().await;
}

#[test]
fn a_database_that_is_gone_is_never_replaced_without_a_word() {
    let office = office();
    let desk = &office.desk;
    office.hire("zhiban", "flood-office/duty-officer");
    for side in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(desk.path(&format!("data/fabu.db{side}")));
    }
    let words = [
        "worked with a database there",
        "backup",
        "fabu migrate --new-database",
    ];
    office
        .cannot_serve(|_| {})
        .says(5, &words)
        .says(5, &["nothing was started"]);
    desk.run(&["migrate"]).says(5, &words);
    desk.run(&["init", ".", "--force"]).says(5, &words);
    desk.run(&["user", "list"]).says(5, &words);
    assert!(!desk.path("data/fabu.db").exists());
    desk.write("data/fabu.db", "");
    office.cannot_serve(|_| {}).says(5, &words);
    desk.run(&["migrate"]).says(5, &words);
    desk.done(&["migrate", "--new-database"]);
    assert_eq!(
        desk.json(&["user", "list", "--json"])["users"],
        serde_json::json!([])
    );
    let server = office.serve();
    server.terminate();
    assert_eq!(server.ended(), 0);
}

#[test]
fn names_that_mean_something_else_than_a_file_are_refused() {
    let desk = Desk::new();
    for (name, word) in [
        ("x.db?mode=rwc", "?mode=rwc"),
        ("a%20b.db", "'%'"),
        ("a#b.db", "'#'"),
        ("a\nb.db", "'\\n'"),
        ("a\u{7f}b.db", "'\\u{7f}'"),
        ("a\u{202e}b.db", "'\\u{202e}'"),
        ("a\u{200b}b.db", "'\\u{200b}'"),
        ("", "names no file"),
        (" ", "names no file"),
        (" a.db", "space"),
        (":memory:", "memory"),
        ("//:memory:", "memory"),
        ("file::memory:?cache=shared", "memory"),
        ("file:a.db", "memory"),
        ("fabu.db-wal", "beside a database"),
        (".", "folder"),
        ("..", "folder"),
        ("data/", "folder"),
        ("/tmp", "folder"),
        ("/dev/null", "device"),
        ("/dev/zero", "device"),
    ] {
        let url = format!("sqlite:{name}");
        for command in [&["migrate"][..], &["serve"], &["user", "list"]] {
            let answer = desk.run(&[command, &["--database", &url]].concat());
            assert_ne!(answer.code, 0, "{name:?} {command:?}: {answer:#?}");
            assert!(
                answer.err.contains(word),
                "{name:?} {command:?}: {answer:#?}"
            );
        }
        // By the environment and by the file as well.
        let mut command = desk.command(&["migrate"]);
        let answer = command.env("FABU_DATABASE_URL", &url).output().unwrap();
        assert!(
            !answer.status.success() || name.is_empty(),
            "{name:?}: {answer:?}"
        );
    }
    let left: Vec<_> = std::fs::read_dir(desk.path("."))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(left.iter().all(|name| name == "data"), "{left:?}");
}

#[test]
fn an_empty_database_of_another_name_is_not_taken_for_the_installation() {
    let office = office();
    let desk = &office.desk;
    desk.write("data/empty.db", "");
    let words = ["has worked with sqlite:fabu.db", "--new-database"];
    for name in ["data/fabu2.db", "data/empty.db", "elsewhere.db"] {
        let url = format!("sqlite:{name}");
        for command in [&["migrate"][..], &["init", ".", "--force"]] {
            let mut command = office.command(command);
            let answer = command.env("FABU_DATABASE_URL", &url).output().unwrap();
            Answer::of(answer).says(5, &words);
        }
    }
    assert!(!desk.path("data/fabu2.db").exists() && !desk.path("elsewhere.db").exists());
    desk.done(&[
        "migrate",
        "--new-database",
        "--database",
        "sqlite:data/fabu2.db",
    ]);
    desk.done(&["migrate", "--database", "sqlite:data/fabu2.db"]);
    desk.done(&["migrate"]);
}

#[test]
fn a_server_that_was_killed_starts_again_at_once() {
    let office = office();
    for _ in 0..4 {
        let mut server = office.serve();
        server.kill_without_waiting();
        let again = office.serve();
        again.terminate();
        assert_eq!(again.ended(), 0);
    }
}

#[test]
fn a_server_of_an_older_version_is_found_by_the_file_it_locks() {
    let office = office();
    let file = std::fs::File::create(office.desk.path("data/fabu.db.lock")).unwrap();
    file.lock().unwrap();
    office
        .cannot_serve(|_| {})
        .says(5, &["older version still works", "nothing was started"]);
    drop(file);
    let server = office.serve();
    let file = std::fs::File::open(office.desk.path("data/fabu.db.lock")).unwrap();
    assert!(file.try_lock().is_err(), "the older one would start now");
    server.terminate();
    assert_eq!(server.ended(), 0);
}

#[test]
fn in_a_wrong_folder_nothing_is_made() {
    let desk = Desk::new();
    desk.run(&["serve"])
        .says(1, &["no database", "nothing was started"]);
    assert!(!desk.path("data").exists());
}
