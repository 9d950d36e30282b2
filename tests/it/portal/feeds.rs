//! Feeds and files, read by other programs.

use fabu::id::RealmKind;
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

use crate::support::bulletins::{Press, a_night, night, settings};
use crate::support::reader::Stand;

/// The texts of every element called `name`, in order; fails on anything that is not well-formed.
fn texts(xml: &str, name: &str) -> Vec<String> {
    let mut reader = Reader::from_str(xml);
    let mut path: Vec<String> = Vec::new();
    let mut found = Vec::new();
    loop {
        match reader.read_event().expect("well-formed XML") {
            Event::Start(start) => {
                path.push(start.name().as_ref().to_owned());
                if path.last().is_some_and(|last| last == name) {
                    found.push(String::new());
                }
            }
            Event::End(_) => {
                path.pop();
            }
            Event::Text(text) if path.last().is_some_and(|last| last == name) => {
                if let Some(last) = found.last_mut() {
                    last.push_str(&text);
                }
            }
            Event::GeneralRef(_) if path.last().is_some_and(|last| last == name) => {
                if let Some(last) = found.last_mut() {
                    last.push('&');
                }
            }
            Event::Eof => return found,
            _ => {}
        }
    }
}

#[test]
fn the_atom_feed_is_sound_and_its_ids_outlive_addresses() {
    let night_of = a_night(RealmKind::Actual);
    let stand = Stand::open(night_of.entries.clone(), night(), settings());
    let answer = stand.get("/feed.atom");
    assert_eq!(
        answer.header("content-type"),
        "application/atom+xml; charset=utf-8"
    );
    let xml = answer.text();
    assert!(xml.contains("xml:lang=\"zh-CN\""));
    let ids = texts(xml, "id");
    assert_eq!(ids.len(), 1 + night_of.entries.len());
    assert!(
        ids[1..]
            .iter()
            .all(|id| id.starts_with("urn:uuid:") && id.len() == 45),
        "{ids:?}"
    );
    let unique: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len());
    let updated = texts(xml, "updated");
    assert_eq!(
        updated[0], updated[1],
        "the feed is as new as its newest entry"
    );
    for at in &updated {
        chrono::DateTime::parse_from_rfc3339(at).expect("RFC 3339");
    }
    assert!(
        updated[1..].windows(2).all(|pair| pair[0] >= pair[1]),
        "newest change first"
    );
    let titles = texts(xml, "title");
    assert!(
        titles
            .iter()
            .any(|title| title.starts_with("【部分更正】汛情通报")),
        "{titles:?}"
    );

    let moved = fabu::web::portal::SiteSettings {
        base_url: "https://new.example.invalid".into(),
        ..settings()
    };
    let elsewhere = Stand::open(night_of.entries, night(), moved);
    assert_eq!(
        texts(elsewhere.get("/feed.atom").text(), "id")[1..],
        ids[1..]
    );
    assert!(
        stand
            .get("/en/feed.atom")
            .text()
            .contains("Flood response raised to level II")
    );
}

#[test]
fn a_feed_of_hostile_text_is_still_a_feed() {
    let press = Press::new(RealmKind::Actual);
    let mut entry = press.entry("a & b <c> ]]> \u{0}\u{8}\u{FFFE} \"d\"", 1);
    entry.text.text = "line\u{1b}[0m & <script>".into();
    let stand = Stand::open(vec![entry], night(), settings());
    assert_eq!(texts(stand.get("/feed.atom").text(), "entry").len(), 1);
    let feed: Value = serde_json::from_slice(&stand.get("/feed.json").body).expect("JSON");
    assert_eq!(feed["items"][0]["title"], "a & b <c> ]]> \"d\"");
}

#[test]
fn the_json_feed_says_what_its_version_demands() {
    let night_of = a_night(RealmKind::Actual);
    let stand = Stand::open(night_of.entries.clone(), night(), settings());
    let answer = stand.get("/feed.json");
    assert_eq!(answer.header("content-type"), "application/feed+json");
    let feed: Value = serde_json::from_slice(&answer.body).expect("JSON");
    assert_eq!(feed["version"], "https://jsonfeed.org/version/1.1");
    assert_eq!(feed["feed_url"], "https://fabu.example.invalid/feed.json");
    let items = feed["items"].as_array().expect("items");
    assert_eq!(items.len(), night_of.entries.len());
    for item in items {
        assert!(item["id"].is_string() && item["content_text"].is_string());
        let path = item["url"]
            .as_str()
            .and_then(|url| url.strip_prefix("https://fabu.example.invalid"));
        assert_eq!(stand.get(path.expect("our address")).status, 200);
    }
}

#[test]
fn a_bulletin_is_there_as_text_and_as_data() {
    let night_of = a_night(RealmKind::Actual);
    let stand = Stand::open(night_of.entries.clone(), night(), settings());
    let text = stand.get(&format!("/b/{}.txt", night_of.wrong.release));
    assert_eq!(text.header("content-type"), "text/plain; charset=utf-8");
    assert!(
        text.text().starts_with("*** 本情况通报部分内容有误"),
        "{}",
        text.text()
    );
    assert!(text.text().contains(&format!(
        "https://fabu.example.invalid/b/{}",
        night_of.correction.release
    )));
    let data = stand.get(&format!("/b/{}.json", night_of.notice.release));
    let data: Value = serde_json::from_slice(&data.body).expect("JSON");
    assert_eq!(data["standing"]["is"], "current");
    assert_eq!(data["level"], "II");
    assert_eq!(data["published_at"], "2026-07-03T20:40:00+08:00");
    assert_eq!(data["hash"], night_of.notice.hash);
    assert_eq!(data["text"], night_of.notice.text.text);
    assert_eq!(data["interpreted_by"].as_array().map(Vec::len), Some(1));
}
