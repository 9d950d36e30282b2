//! What caches, browsers and attackers see of the protocol.

use std::io::Read;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fabu::id::RealmKind;
use fabu::web::portal::Site;
use fabu::web::portal::serve::Limits;

use crate::support::bulletins::{Press, a_night, night, settings};
use crate::support::reader::{Line, Stand};

#[test]
fn no_script_no_cookie_no_foreign_host_and_a_policy_that_holds_it() {
    let night_of = a_night(RealmKind::Actual);
    let bulletin = format!("/b/{}", night_of.notice.release);
    let stand = Stand::open(night_of.entries, night(), settings());
    for path in ["/", &bulletin, "/search", "/nowhere"] {
        let answer = stand.get(path);
        let policy = answer.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; style-src 'sha256-"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("set-cookie"), "");
        let text = answer.text();
        assert!(
            !text.contains("<script") && !text.contains(" style=") && !text.contains("@import"),
            "{path}"
        );
        let style = text
            .split_once("<style>")
            .and_then(|(_, rest)| rest.split_once("</style>"));
        let hash = {
            use base64::Engine as _;
            use sha2::{Digest, Sha256};
            let (style, _) = style.expect("a style sheet");
            base64::engine::general_purpose::STANDARD.encode(Sha256::digest(style))
        };
        assert!(
            policy.contains(&hash),
            "the policy allows this very style sheet"
        );
    }
}

#[test]
fn a_page_is_small_on_the_air() {
    let night_of = a_night(RealmKind::Actual);
    let paths = [
        "/".to_owned(),
        format!("/b/{}", night_of.notice.release),
        format!("/en/b/{}", night_of.notice.release),
    ];
    let stand = Stand::open(night_of.entries, night(), settings());
    for path in &paths {
        let plain = stand.get(path);
        let squeezed = stand.ask("GET", path, &[("accept-encoding", "br, gzip;q=0.8")]);
        assert_eq!(squeezed.header("content-encoding"), "gzip");
        assert_eq!(squeezed.header("vary"), "accept-encoding");
        assert!(
            squeezed.body.len() <= 14 * 1024,
            "{path} is {} bytes on the air",
            squeezed.body.len()
        );
        let mut text = Vec::new();
        flate2::read::GzDecoder::new(&squeezed.body[..])
            .read_to_end(&mut text)
            .expect("gzip");
        assert_eq!(text, plain.body);
        assert_ne!(
            squeezed.header("etag"),
            plain.header("etag"),
            "two forms, two strong tags"
        );
        let refused = stand.ask("GET", path, &[("accept-encoding", "gzip;q=0")]);
        assert_eq!(refused.header("content-encoding"), "");
    }
}

#[test]
fn what_a_reader_has_is_not_sent_again() {
    let night_of = a_night(RealmKind::Actual);
    let path = format!("/b/{}", night_of.notice.release);
    let stand = Stand::open(night_of.entries.clone(), night(), settings());
    let first = stand.get(&path);
    let tag = first.header("etag").to_owned();
    for known in [
        tag.clone(),
        format!("W/{tag}"),
        format!("\"other\", {tag}"),
        "*".into(),
    ] {
        let again = stand.ask("GET", &path, &[("if-none-match", &known)]);
        assert_eq!((again.status, again.body.len()), (304, 0), "{known}");
        assert_eq!(again.header("etag"), tag);
    }
    assert_eq!(
        stand
            .ask("GET", &path, &[("if-none-match", "\"other\"")])
            .status,
        200
    );
    let modified = first.header("last-modified").to_owned();
    assert_eq!(
        stand
            .ask("GET", &path, &[("if-modified-since", &modified)])
            .status,
        304
    );
    let headers = [
        ("if-none-match", "\"other\""),
        ("if-modified-since", modified.as_str()),
    ];
    assert_eq!(
        stand.ask("GET", &path, &headers).status,
        200,
        "the tag decides"
    );

    let mut changed = night_of.entries;
    changed[0].standing = fabu::domain::portal::Standing::Superseded { at: night() };
    stand
        .site
        .replace(Site::build(changed, night(), Arc::new(settings())));
    let after = stand.ask("GET", &path, &[("if-none-match", &tag)]);
    assert_eq!(after.status, 200, "a swap is seen at once");
    assert!(after.words().contains("已被替代"));
}

#[test]
fn head_tells_the_length_and_other_methods_are_refused() {
    let stand = Stand::open(a_night(RealmKind::Actual).entries, night(), settings());
    let (get, head) = (stand.get("/"), stand.ask("HEAD", "/", &[]));
    assert_eq!(head.header("content-length"), get.header("content-length"));
    assert_eq!(head.header("etag"), get.header("etag"));
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"] {
        let refused = stand.ask(method, "/", &[("content-length", "0")]);
        assert_eq!(
            (refused.status, refused.header("allow")),
            (405, "GET, HEAD"),
            "{method}"
        );
    }
    let lost = stand.ask(
        "GET",
        "/b/L-nothing",
        &[("accept-language", "en-GB,en;q=0.9,zh;q=0.1")],
    );
    assert_eq!(lost.status, 404);
    assert!(lost.words().contains("Page not found"));
    assert!(
        stand
            .get("/../etc/passwd")
            .words()
            .contains("没有找到这个页面")
    );
    assert_eq!(stand.get("/healthz").text(), "ok\n");
    assert_eq!(stand.get("/healthz").header("cache-control"), "no-store");
}

#[test]
fn an_address_that_ran_on_into_the_sentence_leads_to_the_bulletin() {
    let night_of = a_night(RealmKind::Actual);
    let id = night_of.notice.release.to_string();
    let stand = Stand::open(night_of.entries, night(), settings());
    for behind in [
        "%EF%BC%8C%E5%92%A8%E8%AF%A20510-0000-1234",
        "%E3%80%82",
        "%EF%BC%89%E3%80%82",
        "%A3%AC",
        ".",
        ",",
        ")",
        "%22",
        "%3E",
        "%E3%80%81a/b/c",
        ";x",
    ] {
        for (view, prefix) in [("", ""), ("/en", "/en"), ("/elder", "/elder")] {
            let answer = stand.get(&format!("{view}/b/{id}{behind}"));
            assert_eq!(answer.status, 302, "{behind}");
            assert_eq!(answer.header("location"), format!("{prefix}/b/{id}"));
            assert_eq!(answer.header("cache-control"), "no-store");
        }
    }
    assert_eq!(
        stand
            .get(&format!("/b/{}", id.to_lowercase()))
            .header("location"),
        format!("/b/{id}")
    );
    // What is no bulletin is not found, whatever stands behind it.
    assert_eq!(stand.get("/b/L-1%EF%BC%8C").status, 404);
    assert_eq!(stand.get(&format!("/b/{id}/x")).status, 404);
}

#[test]
fn a_short_link_leads_to_the_page_in_the_readers_language() {
    let night_of = a_night(RealmKind::Actual);
    let id = night_of.notice.release.to_string();
    let name = fabu::domain::short_code::of(&night_of.notice.release);
    let stand = Stand::open(night_of.entries, night(), settings());
    for behind in [
        "",
        "/",
        "%E3%80%82",
        "%EF%BC%8C%E5%92%A8",
        ".",
        ")",
        "%3E",
        "%E3%80%81a/b",
    ] {
        let answer = stand.get(&format!("/s/{name}{behind}"));
        assert_eq!(answer.status, 302, "{behind}");
        assert_eq!(answer.header("location"), format!("/b/{id}"));
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    assert_eq!(
        stand.get(&format!("/s/{}", name.to_uppercase())).status,
        302
    );
    assert_eq!(
        stand.get(&format!("/elder/s/{name}")).header("location"),
        format!("/elder/b/{id}")
    );
    let english = stand.ask(
        "GET",
        &format!("/s/{name}"),
        &[("accept-language", "en-GB,en;q=0.9")],
    );
    assert_eq!(english.header("location"), format!("/en/b/{id}"));
    for wrong in ["/s/", "/s", "/s/0000000", "/s/abc", &format!("/s/{name}x")] {
        assert_eq!(stand.get(wrong).status, 404, "{wrong}");
    }
    for end in [".txt", ".json", "/poster"] {
        let answer = stand.get(&format!("/b/{}{end}", id.to_lowercase()));
        assert_eq!(answer.header("location"), format!("/b/{id}{end}"));
    }
}

#[test]
fn the_same_entries_give_the_same_bytes_in_any_order() {
    let night_of = a_night(RealmKind::Actual);
    let mut reversed = night_of.entries.clone();
    reversed.reverse();
    let (one, two) = (
        Stand::open(night_of.entries, night(), settings()),
        Stand::open(reversed, night(), settings()),
    );
    for path in ["/", "/feed.atom", "/archive/2026-07"] {
        assert_eq!(one.get(path).body, two.get(path).body, "{path}");
    }
}

#[test]
fn pipelined_requests_are_answered_in_order_on_one_connection() {
    let stand = Stand::open(a_night(RealmKind::Actual).entries, night(), settings());
    let mut line = Line::dial(stand.address);
    line.raw(b"GET / HTTP/1.1\r\nhost: p\r\n\r\nGET /healthz HTTP/1.1\r\nhost: p\r\n\r\nGET /about HTTP/1.1\r\nhost: p\r\n\r\n");
    assert!(line.hear(false).words().contains("当前有效信息"));
    assert_eq!(line.hear(false).text(), "ok\n");
    assert!(line.hear(false).words().contains("关于本站"));
}

#[test]
fn a_client_that_never_finishes_its_head_is_cut_off_and_others_are_served() {
    let limits = Limits {
        threads: 1,
        connections: 4,
        read_head: Duration::from_millis(300),
        ..Limits::default()
    };
    let stand = Stand::open_with(
        a_night(RealmKind::Actual).entries,
        night(),
        settings(),
        &limits,
    );
    let mut slow: Vec<_> = (0..4).map(|_| Line::dial(stand.address)).collect();
    for line in &mut slow {
        line.raw(b"GET / HTTP/1.1\r\nhost:");
    }
    let started = Instant::now();
    assert_eq!(
        stand.get("/").status,
        200,
        "a place is free again once the slow ones are cut off"
    );
    assert!(started.elapsed() < Duration::from_secs(10));
    assert!(slow.iter_mut().all(Line::is_hung_up));
}

#[test]
fn nonsense_ends_the_conversation_and_nothing_else() {
    let stand = Stand::open(a_night(RealmKind::Actual).entries, night(), settings());
    for nonsense in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01"[..],
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nhost: p\r\n\r\n",
        &[b'A'; 70_000],
    ] {
        let mut line = Line::dial(stand.address);
        // The server may hang up before it has read everything.
        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| line.raw(nonsense)));
    }
    let long = format!("/search?q={}", "a".repeat(9_000));
    assert!(matches!(stand.get(&long).status, 200 | 414));
    assert_eq!(stand.get("/").status, 200);
}

#[test]
fn stopping_finishes_what_was_asked_and_takes_nothing_new() {
    let stand = Stand::open(a_night(RealmKind::Actual).entries, night(), settings());
    let mut kept = Line::dial(stand.address);
    kept.say("GET", "/", &[]);
    assert_eq!(kept.hear(false).status, 200);
    let address = stand.address;
    stand.close();
    assert!(kept.is_hung_up(), "an idle connection is let go");
    assert!(
        std::net::TcpStream::connect(address).is_err(),
        "nobody listens any more"
    );
}

#[test]
fn a_thousand_in_force_do_not_drown_the_front_page() {
    let press = Press::new(RealmKind::Actual);
    let entries: Vec<_> = (0..1_000)
        .map(|hour| press.entry(&format!("通报第{hour}号。"), hour))
        .collect();
    let oldest = entries[999].release.clone();
    let stand = Stand::open(entries, night(), settings());
    let front = stand.get("/");
    assert!(front.words().contains("共 1000 条有效信息"));
    assert!(front.words().contains("另有 975 条，查看全部"));
    assert!(front.body.len() < 100_000, "{} bytes", front.body.len());
    assert!(
        stand
            .get("/level/II?page=34")
            .words()
            .contains("通报第999号")
    );
    assert_eq!(
        stand.get(&format!("/b/{oldest}")).status,
        200,
        "old ones are made when asked for"
    );
    assert!(
        stand
            .get("/search?q=%E7%AC%AC999%E5%8F%B7")
            .words()
            .contains("找到 1 条")
    );
}

#[test]
fn what_stands_behind_any_link_is_cut_off() {
    let night_of = a_night(RealmKind::Actual);
    let id = night_of.notice.release.clone();
    let incident = night_of.notice.incident.clone();
    let stand = Stand::open(night_of.entries, night(), settings());
    for address in [
        format!("/b/{id}/poster"),
        format!("/elder/b/{id}.txt"),
        format!("/incident/{incident}"),
        "/en/area/320299101".to_owned(),
        "/area/320299101/feed.atom".to_owned(),
        "/feed.json".to_owned(),
        "/verify".to_owned(),
        "/archive/2026-07".to_owned(),
    ] {
        for behind in [
            "%E3%80%82",
            "%EF%BC%8C%E5%92%A8%E8%AF%A2",
            ".",
            "%EF%BC%89",
            ",",
        ] {
            let answer = stand.get(&format!("{address}{behind}"));
            assert_eq!(answer.header("location"), address, "{address}{behind}");
        }
    }
    assert_eq!(stand.get("/incident/none%E3%80%82").status, 404);
    assert_eq!(stand.get("/area/999999%EF%BC%8C").status, 404);
}
