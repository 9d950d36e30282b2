//! What a definition must have before a channel is built, and who may build one that reaches people.

use std::path::{Path, PathBuf};

use fabu::channel::{MapSecrets, SharedChannel};
use fabu::domain::channel::ChannelKind;
use serde_json::{Value, json};

use crate::support::parcels::try_channel;

fn complaint(def: Value) -> String {
    let result: Result<SharedChannel, _> = try_channel(def, &MapSecrets::default());
    result.err().expect("it was built").to_string()
}

#[test]
fn a_missing_secret_is_named_with_the_file_that_wants_it() {
    let said = complaint(json!({"kind": "telegram", "telegram": {"token-env": "FABU_T"}}));
    for part in [
        "FABU_T is not set",
        "FABU_T_FILE",
        "channels/test-telegram.yaml",
        "was not started",
    ] {
        assert!(said.contains(part), "no {part:?} in {said:?}");
    }
}

#[test]
fn a_definition_without_its_section_says_so() {
    for kind in ChannelKind::ALL.iter().map(|kind| kind.code()) {
        let said = complaint(json!({"kind": kind}));
        assert!(said.contains(&format!("no `{kind}:` section")), "{said}");
    }
}

#[test]
fn what_cannot_work_is_said_at_the_start() {
    let sms = |url: &str, more: Value| {
        let mut section = json!({"url": url, "fields": {"to": "{to}"}});
        section
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        json!({"kind": "sms", "sms": section})
    };
    for (def, words) in [
        (sms("ftp://gateway.example/", json!({})), "`url`"),
        (sms("not an address", json!({})), "`url`"),
        (
            sms("http://g.example/", json!({"fields": {"p": "{secret}"}})),
            "secret-env",
        ),
        (
            sms("http://g.example/", json!({"headers": {"x": "{text}"}})),
            "header",
        ),
        (
            sms("http://g.example/", json!({"headers": {"a b": "c"}})),
            "header",
        ),
        (
            sms("http://g.example/", json!({"success": {"equals": "0"}})),
            "json-pointer",
        ),
        (
            json!({"kind": "email", "email": {"host": "m.example", "from": "nobody"}}),
            "`from`",
        ),
        (json!({"kind": "wecom", "wecom": {}}), "url-env"),
        (
            json!({"kind": "wecom", "ca-file": "nowhere.pem", "wecom": {"url": "https://w.example/?key=k"}}),
            "nowhere.pem",
        ),
        (json!({"kind": "file", "file": {"folder": " "}}), "`folder`"),
    ] {
        let said = complaint(def);
        assert!(
            said.contains(words) && said.contains("was not started"),
            "{said}"
        );
    }
}

#[test]
fn a_robots_address_with_its_key_is_not_repeated_in_a_complaint() {
    let secrets = MapSecrets::default().with("URL", "robots.example/send?key=very-secret-key");
    let def = json!({"kind": "wecom", "wecom": {"url-env": "URL"}});
    let said = try_channel(def, &secrets)
        .err()
        .expect("it was built")
        .to_string();
    assert!(!said.contains("very-secret-key"), "{said}");
}

/// A drill is built somewhere else than the actual realm, so it cannot have what only the actual realm mints.
#[test]
fn only_the_actual_realm_can_reach_people() {
    fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, files);
            } else {
                files.push(path);
            }
        }
    }
    let mut files = Vec::new();
    walk(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut files,
    );
    let minting = |name: &str, except: &[&str]| {
        let named = files.iter().filter(|path| {
            let allowed = except.iter().any(|end| path.ends_with(end));
            !allowed && std::fs::read_to_string(path).unwrap().contains(name)
        });
        named.cloned().collect::<Vec<_>>()
    };
    let none: Vec<PathBuf> = Vec::new();
    assert!(files.len() > 20, "the source was not found");
    assert_eq!(minting("for_adapter_tests", &["src/channel.rs"]), none);
    assert_eq!(
        minting("for_actual_realm", &["src/channel.rs", "src/realm.rs"]),
        none
    );
    // The drill realm is built in the same file, so the one mention must stand in the other constructor.
    let path = files
        .iter()
        .find(|path| path.ends_with("src/realm.rs"))
        .expect("no realm.rs");
    let text = std::fs::read_to_string(path).unwrap();
    let actual = text
        .split("pub fn actual(")
        .nth(1)
        .expect("no Realm::actual");
    let actual = actual.split("pub fn ").next().unwrap_or_default();
    assert!(
        actual.contains("for_actual_realm"),
        "Realm::actual mints nothing"
    );
    assert_eq!(
        text.matches("for_actual_realm").count(),
        1,
        "minted twice in realm.rs"
    );
}
