//! A program that is killed in the middle of its work loses nothing it said it had done.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use chrono::DateTime;
use fabu::domain::journal::{Act, Entry};
use fabu::store::Store;

use crate::support::database::Database;

crate::on_each_database!(; not in memory: a_killed_program_loses_nothing_it_acknowledged);

const URL: &str = "FABU_TEST_CRASH_URL";
const DONE: &str = "kept ";

/// Not a test: what `a_killed_program_loses_nothing_it_acknowledged` runs in a process of its own, to be killed.
#[tokio::test]
#[ignore = "the victim of another test"]
async fn victim() {
    let Ok(url) = std::env::var(URL) else {
        return;
    };
    let store = Store::open(&url).await.unwrap();
    for n in 0_usize.. {
        let mut tx = store.begin().await.unwrap();
        // Every third is large, so that the kill sometimes falls into the middle of one.
        let size = if n % 3 == 0 { 200 } else { 1 };
        let act = Act::IncidentArchived { releases: n };
        let entry = Entry::new(DateTime::UNIX_EPOCH, "zhou", act);
        tx.append(vec![entry; size]).await.unwrap();
        tx.commit().await.unwrap();
        println!("{DONE}{n}");
    }
}

async fn a_killed_program_loses_nothing_it_acknowledged(database: &Database) {
    let mut whole = 0;
    for lines_to_read in [1, 7, 30, 31, 100] {
        let mut victim = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "store::crashes::victim",
                "--ignored",
                "--nocapture",
            ])
            .env(URL, &database.url)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(victim.stdout.take().unwrap());
        let mut kept = output.lines().map(Result::unwrap).filter_map(|line| {
            line.split_once(DONE)
                .and_then(|(_, n)| n.parse::<i64>().ok())
        });
        kept.nth(lines_to_read - 1).unwrap();
        victim.kill().unwrap();
        let last = kept.last().unwrap_or(lines_to_read as i64 - 1);
        victim.wait().unwrap();

        let store = database.store().await;
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.journal_verify().await.unwrap(), []);
        let entries = tx.journal_after(whole, None, 100_000).await.unwrap();
        let n_of = |data: &serde_json::Value| data["releases"].as_i64().unwrap();
        let found = entries.last().map(|entry| n_of(&entry.data)).unwrap();
        assert!(
            found >= last,
            "it said it kept {last}, but the last one found is {found}"
        );
        for n in 0..=found {
            let size = entries
                .iter()
                .filter(|entry| n_of(&entry.data) == n)
                .count();
            assert_eq!(
                size,
                if n % 3 == 0 { 200 } else { 1 },
                "transaction {n} was kept in part"
            );
        }
        whole = entries.last().unwrap().seq;
        drop(tx);
        store.close().await;
    }
}
