//! A crowd at any door stops nobody from signing, nothing from being sent, and nobody else from reading.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::installation::{Server, after, flood_office};
use crate::support::peers::sink::Sink;
use crate::support::peers::{free_port, program, skip};

/// The whole process may have so many files open.
const LIMIT: u64 = 320;
/// More than any door has places for.
const CROWD: usize = 300;
const READERS: usize = 60;

const HALF_A_HEAD: &[u8] = b"GET /api/v1/me HTTP/1.1\r\nhost: fabu\r\nauthor";
const HALF_A_BODY: &[u8] =
    b"POST /api/v1/incidents HTTP/1.1\r\nhost: fabu\r\ncontent-length: 900\r\n\r\n{\"event\":";
const A_VISIT: &[u8] = b"GET / HTTP/1.1\r\nhost: fabu\r\n\r\n";
const A_LOOK: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: fabu\r\n\r\n";

/// So many connections that say `words` and nothing more, for as long as they are held.
fn crowd(base: &str, words: &[u8]) -> Vec<TcpStream> {
    let address = base.trim_start_matches("http://");
    let people = (0..CROWD).filter_map(|_| {
        let mut stream = TcpStream::connect(address).ok()?;
        // Some are refused while they speak.
        let _ = stream.write_all(words);
        Some(stream)
    });
    people.collect()
}

async fn readiness(server: &Server) -> Value {
    server.get("", "/readyz").await
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_stands_at_the_doors_texts_are_signed_and_sent() {
    let Some(sink) = Sink::start(&[]) else {
        return;
    };
    let office = flood_office(sink.port);
    let officer = office.hire("zhiban", "flood-office/duty-officer");
    let head = office.hire("kezhang", "flood-office/section-head");
    let director = office.hire("zhuren", "flood-office/office-director");
    office.import_media(READERS);
    let server = office.serve_with(|command| after(command, &format!("ulimit -n {LIMIT}")));
    let (_, notice) = server.declare_flood(&officer).await;

    let crowds = [
        crowd(&server.api, b""),
        crowd(&server.api, HALF_A_HEAD),
        crowd(&server.api, HALF_A_BODY),
        crowd(&server.api, A_LOOK),
        crowd(&server.portal, b""),
        crowd(&server.portal, A_VISIT),
    ];
    assert!(crowds.iter().map(Vec::len).sum::<usize>() > 6 * CROWD / 2);
    let begun = Instant::now();
    server.publish(&notice, &officer, &[&head, &director]).await;
    server.until_accepted(&officer, &notice, READERS).await;
    let page = reqwest::get(&server.portal).await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "{:?}",
        begun.elapsed()
    );

    let told = readiness(&server).await;
    assert_eq!(told["files"]["limit"], LIMIT);
    let in_use = told["files"]["in_use"].as_u64().unwrap();
    assert!(in_use < LIMIT - 40, "the reserve is not touched: {told}");
    for (door, count) in told["connections"].as_object().unwrap() {
        let number = |name: &str| count[name].as_u64().unwrap();
        assert!(number("open") <= number("budget"), "{door}: {told}");
    }
    let metrics = server.get("", "/metrics").await.to_string();
    for name in [
        "fabu_open_files_limit{} 320",
        "fabu_connections_gave_way_total{listener=\\\"api\\\"}",
    ] {
        assert!(metrics.contains(name), "{name}: {metrics}");
    }
    assert!(
        metrics.contains("fabu_accept_failures_total{listener=\\\"api\\\"} 0"),
        "{metrics}"
    );
    drop(crowds);
    server.terminate();
    assert_eq!(server.ended(), 0);
    assert!(office.journal_is_sound());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limit_is_raised_as_far_as_it_goes_and_what_is_tight_is_said() {
    let office = flood_office(free_port());
    let roomy = office.serve_with(|command| after(command, "ulimit -S -n 200; ulimit -H -n 5000"));
    assert_eq!(readiness(&roomy).await["files"]["limit"], 5000);
    roomy.terminate();
    assert_eq!(roomy.ended(), 0);

    let tight = office.serve_with(|command| after(command, "ulimit -n 256"));
    let said = tight.complaints("WARN");
    let line = said.iter().find(|line| line["fields"]["limit"] == 256);
    assert!(
        line.is_some_and(|line| line.to_string().contains("ulimit -n")),
        "{said:#?}"
    );
    tight.terminate();
    assert_eq!(tight.ended(), 0);

    office
        .cannot_serve(|command| after(command, "ulimit -n 96"))
        .says(1, &["96 files", "ulimit -n", "nothing was started"]);
}

#[test]
fn where_every_place_is_taken_by_people_at_work_newcomers_hear_503_at_once() {
    let office = flood_office(free_port());
    let officer = office.hire("zhiban", "flood-office/duty-officer");
    let server = office.serve_with(|command| after(command, "ulimit -n 256"));
    // Bodies of somebody we know, on their way.
    let words = format!(
        "POST /api/v1/incidents HTTP/1.1\r\nhost: fabu\r\nauthorization: Bearer {officer}\r\ncontent-length: 900\r\n\r\n{{"
    );
    let begun = Instant::now();
    let crowd = crowd(&server.api, words.as_bytes());
    let mut refused = 0;
    for mut stream in crowd {
        stream
            .set_read_timeout(Some(Duration::from_millis(20)))
            .unwrap();
        let mut heard = [0; 12];
        if stream.read_exact(&mut heard).is_ok() {
            assert_eq!(&heard, b"HTTP/1.1 503");
            refused += 1;
        }
        if refused == 3 {
            break;
        }
    }
    assert_eq!(refused, 3, "{}", server.last_words());
    assert!(begun.elapsed() < Duration::from_secs(10));
    // One line about it, not one for each.
    let said = server.complaints("WARN");
    let about = said
        .iter()
        .filter(|line| line.to_string().contains("every place is taken"));
    assert_eq!(about.count(), 1, "{said:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_system_has_no_file_left_it_is_said_once_and_counted() {
    let Some(prlimit) = program("prlimit") else {
        return skip("prlimit (Debian: util-linux) is not installed");
    };
    let office = flood_office(free_port());
    let server = office.serve();
    readiness(&server).await;
    let limit = |files: &str| {
        let process = server.process().to_string();
        let done = Command::new(&prlimit)
            .args(["--pid", &process, &format!("--nofile={files}")])
            .status();
        assert!(done.unwrap().success());
    };
    limit("3:20000");
    for base in [&server.api, &server.portal] {
        let _waiting: Vec<_> = (0..20)
            .filter_map(|_| TcpStream::connect(base.trim_start_matches("http://")).ok())
            .collect();
        std::thread::sleep(Duration::from_millis(400));
    }
    limit("20000:20000");
    let metrics = server.get("", "/metrics").await.to_string();
    for door in ["api", "portal"] {
        let name = format!("fabu_accept_failures_total{{listener=\\\"{door}\\\"}} ");
        let (_, rest) = metrics.split_once(&name).unwrap();
        assert!(!rest.starts_with("0"), "{metrics}");
        let said = server.complaints("ERROR");
        let about = said
            .iter()
            .filter(|line| line["fields"]["listener"] == door);
        assert_eq!(about.count(), 1, "{said:#?}");
    }
    assert_eq!(reqwest::get(&server.portal).await.unwrap().status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_for_the_same_over_and_over_and_takes_nothing_stops_nobody() {
    const TIMES: usize = 60;
    let office = flood_office(free_port());
    let officer = office.hire("zhiban", "flood-office/duty-officer");
    let server = office.serve();
    for path in ["/openapi.json", "/metrics", "/readyz"] {
        let words = format!("GET {path} HTTP/1.1\r\nhost: fabu\r\n\r\n").repeat(TIMES);
        let crowd = crowd(&server.api, words.as_bytes());
        for _ in 0..5 {
            for (token, asked) in [("", "/readyz"), (&*officer, "/api/v1/me")] {
                let begun = Instant::now();
                server.get(token, asked).await;
                assert!(
                    begun.elapsed() < Duration::from_secs(2),
                    "{asked} beside {path}: {:?}",
                    begun.elapsed()
                );
            }
        }
        drop(crowd);
    }
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.process())).unwrap();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: u64 = most.unwrap().trim_end_matches("kB").trim().parse().unwrap();
    assert!(kib < 400 * 1024, "{kib} KiB");
}

#[test]
fn a_head_that_is_refused_is_told_why() {
    let office = flood_office(free_port());
    let server = office.serve();
    let many = "x: 1\r\n".repeat(65);
    let long = format!("x: {}\r\n", "a".repeat(40_000));
    let endless = format!("x: {}\r\n", "a".repeat(400_000));
    let twice = "content-length: 2\r\ncontent-length: 5\r\n";
    for base in [&server.api, &server.portal] {
        for (headers, status) in [
            (&*many, "431"),
            (&long, "431"),
            (&endless, "431"),
            (twice, "400"),
            ("content-length: -1\r\n", "400"),
            ("no colon\r\n", "400"),
        ] {
            let mut stream = TcpStream::connect(base.trim_start_matches("http://")).unwrap();
            stream
                .set_read_timeout(Some(Duration::from_secs(5)))
                .unwrap();
            let words = format!("POST /x HTTP/1.1\r\nhost: fabu\r\n{headers}\r\n{{}}");
            stream.write_all(words.as_bytes()).unwrap();
            let mut heard = String::new();
            let ended = stream.read_to_string(&mut heard);
            let beginning: String = headers.chars().take(30).collect();
            assert!(
                ended.is_ok() && heard.starts_with(&format!("HTTP/1.1 {status} ")),
                "{base} {beginning:?}: {ended:?} {heard:?}"
            );
        }
    }
}
