//! `kill -9` in the middle of five thousand mails: every recipient is reached, and nothing goes out twice but what was
//! under way at the kill, with the id it had the first time.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use crate::support::database::Database;
use crate::support::installation::{Server, flood_office};
use crate::support::peers::sink::Sink;

const MAILS: usize = 5_000;
const KILLS: usize = 5;
/// Outcomes are written in groups of 250; eight tries are under way at once, and eight more may have ended meanwhile.
const UNDER_WAY: usize = 250 + 8 + 8;

#[tokio::test(flavor = "multi_thread")]
async fn first_five_kills() {
    survives(1, None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn second_five_kills() {
    survives(2, None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn third_five_kills() {
    survives(3, None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fourth_five_kills() {
    survives(4, None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn five_kills_on_postgres() {
    let Some(database) = Database::postgres().await else {
        return;
    };
    survives(5, Some(&database)).await;
    database.discard().await;
}

async fn survives(seed: u64, database: Option<&Database>) {
    let Some(sink) = Sink::start(&[]) else {
        return;
    };
    let mut office = flood_office(sink.port);
    if let Some(database) = database {
        office = office.on(&database.url);
    }
    let officer = office.hire("zhiban", "flood-office/duty-officer");
    let head = office.hire("kezhang", "flood-office/section-head");
    let director = office.hire("zhuren", "flood-office/office-director");
    office.import_media(MAILS);

    let mut server = office.serve();
    let (_, notice) = server.declare_flood(&officer).await;
    server.publish(&notice, &officer, &[&head, &director]).await;

    let mut kills = Vec::new();
    for target in moments(seed) {
        until(|| sink.taken() >= target, &server);
        server.kill();
        kills.push(settled(&sink));
        server = office.serve();
    }
    server.until_accepted(&officer, &notice, MAILS).await;
    judge(&sink.in_order(), &kills);
    server.terminate();
    assert_eq!(server.ended(), 0);
    assert!(office.journal_is_sound());
}

/// How many mails have been taken when each kill falls: anywhere but so close to the end that there is nothing left.
fn moments(seed: u64) -> Vec<usize> {
    let mut chance = StdRng::seed_from_u64(seed);
    let mut moments: Vec<usize> = (0..KILLS)
        .map(|_| chance.random_range(1..MAILS - 600))
        .collect();
    moments.sort_unstable();
    moments
}

fn until(mut reached: impl FnMut() -> bool, server: &Server) {
    let begun = Instant::now();
    while !reached() {
        assert!(
            begun.elapsed() < Duration::from_secs(120),
            "nothing moves: {}",
            server.last_words()
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// How many mails the sink has when nobody sends any more: what was on its way when the sender died still arrives.
fn settled(sink: &Sink) -> usize {
    let mut before = sink.taken();
    loop {
        std::thread::sleep(Duration::from_millis(20));
        let now = sink.taken();
        if now == before {
            return now;
        }
        before = now;
    }
}

/// `kills` says how many mails had been taken at each.
fn judge(mails: &[String], kills: &[usize]) {
    let mut copies: BTreeMap<&str, Vec<(usize, &str)>> = BTreeMap::new();
    for (place, mail) in mails.iter().enumerate() {
        let header = |name: &str| {
            mail.lines()
                .find_map(|line| line.strip_prefix(name))
                .unwrap_or_else(|| panic!("no {name} in {mail}"))
                .trim()
        };
        let delivery = header("X-Fabu-Delivery:");
        let copy = (place, header("To:"));
        copies.entry(delivery).or_default().push(copy);
    }
    let mut readers: Vec<&str> = copies.values().map(|copies| copies[0].1).collect();
    readers.sort_unstable();
    readers.dedup();
    assert_eq!(readers.len(), MAILS, "somebody was not reached");
    assert_eq!(copies.len(), MAILS, "somebody has two deliveries");

    let mut repeats = 0;
    for (delivery, copies) in &copies {
        for pair in copies.windows(2) {
            let [(first, reader), (again, other)] = pair else {
                continue;
            };
            repeats += 1;
            assert_eq!(reader, other, "{delivery} went to two");
            let under_way =
                |kill: &usize| first < kill && again >= kill && first + UNDER_WAY >= *kill;
            assert!(
                kills.iter().any(under_way),
                "{delivery}, mail {first}, came again as mail {again}: not under way at any kill of {kills:?}"
            );
        }
    }
    println!("kills after {kills:?} mails, {repeats} sent again");
}
