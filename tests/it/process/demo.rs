//! The README's first command, as a stranger types it.

use crate::support::command::Desk;
use crate::support::peers::free_port;

#[test]
fn the_demo_plays_to_its_end_leaves_an_account_and_succeeds() {
    let desk = Desk::new();
    let port = free_port().to_string();
    let demo = ["demo", "--exit", "--people", "40", "--port", &port];
    let answer = desk.run(&[&demo[..], &["--keep", "--dir", "kept"]].concat());
    answer.says(0, &["kept"]);
    for told in [
        "1  ",
        "2  ",
        "3  ",
        "4  ",
        "5  ",
        "sms 40",
        "corrected 1",
        "every seal fits",
    ] {
        assert!(
            answer.out.contains(told),
            "{told:?} is missing: {}",
            answer.out
        );
    }
    // What it told stands in its database and in its files.
    desk.run(&["--database", "sqlite:kept/demo.db", "journal", "verify"])
        .says(0, &["the chain is whole"]);
    let corrections = files_that_hold(&desk.path("kept/outbox"), "更正原因：录入时漏了一个字。");
    assert!(
        corrections > 40,
        "{corrections} files hold the correction and why it was made"
    );

    // Nobody is asked about the folder again, and without --keep there is none.
    desk.run(&[&demo[..], &["--keep", "--dir", "kept"]].concat())
        .says(5, &["kept exists already", "nothing was written"]);
    desk.run(&[&demo[..], &["--dir", "gone"]].concat())
        .says(0, &[]);
    assert!(!desk.path("gone").exists());
}

fn files_that_hold(folder: &std::path::Path, words: &str) -> usize {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .map(|path| match path.is_dir() {
            true => files_that_hold(&path, words),
            false => usize::from(
                std::fs::read(&path)
                    .is_ok_and(|text| String::from_utf8_lossy(&text).contains(words)),
            ),
        })
        .sum()
}
