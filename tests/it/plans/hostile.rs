//! Whatever lies in the folders, the reader says so and goes on living.

use std::fs;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::base::{Root, today};
use fabu::plan::read;

const FILES: [&str; 8] = [
    "plans/bodies.yaml",
    "plans/events.yaml",
    "plans/rules.yaml",
    "plans/holidays.yaml",
    "plans/flood/plan.yaml",
    "plans/flood/templates/response-notice.hbs",
    "plans/flood/templates/situation.hbs",
    "channels/sms.yaml",
];

/// One way to spoil a text.
#[derive(Debug, Clone)]
enum Spoil {
    Cut(usize, usize),
    Put(usize, String),
    Double(usize, usize),
}

fn spoil() -> impl Strategy<Value = Spoil> {
    let scrap = prop_oneof![
        "[\\[\\]{}:,&*!|>'\"%@`#\n\t -]{1,4}",
        "\\PC{1,6}",
        Just("{{#if".to_owned()),
        Just("{{#each shelters}}".to_owned()),
        Just("}}".to_owned()),
        Just("null".to_owned()),
        Just("99999999999999999999".to_owned()),
        Just("\u{0}\u{FEFF}\u{202E}\u{10FFFF}".to_owned()),
    ];
    prop_oneof![
        (any::<usize>(), 1..40usize).prop_map(|(at, len)| Spoil::Cut(at, len)),
        (any::<usize>(), scrap).prop_map(|(at, text)| Spoil::Put(at, text)),
        (any::<usize>(), 1..200usize).prop_map(|(at, len)| Spoil::Double(at, len)),
    ]
}

fn apply(text: &str, spoil: &Spoil) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = |n: usize| n % (chars.len() + 1);
    let part = |from: usize, to: usize| {
        chars[from.min(chars.len())..to.min(chars.len())]
            .iter()
            .collect::<String>()
    };
    let all = chars.len();
    match spoil {
        Spoil::Cut(n, len) => part(0, at(*n)) + &part(at(*n) + len, all),
        Spoil::Put(n, scrap) => part(0, at(*n)) + scrap + &part(at(*n), all),
        Spoil::Double(n, len) => part(0, at(*n) + len) + &part(at(*n), all),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn spoiled_files_are_answered_and_never_with_a_panic(
        file in 0..FILES.len(),
        spoils in prop::collection::vec(spoil(), 1..5),
    ) {
        let root = Root::sound();
        let path = root.path().join(FILES[file]);
        let mut text = fs::read_to_string(&path).expect("a file of the sound root");
        for one in &spoils {
            text = apply(&text, one);
        }
        fs::write(&path, &text).expect("a spoiled file");
        let reading = read(root.path(), today());
        for said in &reading.diagnostics {
            prop_assert!(said.place.line >= 1 && said.place.column >= 1);
            prop_assert!(!said.message.to_string().is_empty());
        }
        prop_assert_eq!(reading.set.is_none(), reading.errors() > 0);
    }
}

/// What may be slow must still be bounded: an editor asks on every save.
fn soon(root: &Root) -> String {
    let start = Instant::now();
    let said = root.said();
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "took {:?}",
        start.elapsed()
    );
    said
}

#[test]
fn deep_nests_are_refused_in_every_file() {
    for file in FILES.iter().filter(|file| file.ends_with(".yaml")) {
        for (open, count) in [
            ("[", 100_000),
            ("{a: ", 50_000),
            ("- ", 100_000),
            ("? ", 50_000),
        ] {
            let said = soon(&Root::sound().write(file, open.repeat(count)));
            assert!(
                ["too-deep", "yaml-syntax", "key-not-text"]
                    .iter()
                    .any(|code| said.contains(code)),
                "{file} {open}: {said}"
            );
        }
    }
}

#[test]
fn a_bomb_of_aliases_is_named() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for n in 1..30 {
        let last = format!("*a{}", n - 1);
        bomb.push_str(&format!("a{n}: &a{n} [{}]\n", vec![last; 9].join(", ")));
    }
    let said = soon(&Root::sound().write("plans/holidays.yaml", bomb));
    assert!(
        said.contains("error[too-large] plans/holidays.yaml"),
        "{said}"
    );
}

#[test]
fn a_file_full_of_faults_is_answered_in_time() {
    let rows: String = (0..20_000).map(|n| format!("k{n}: {n}\n")).collect();
    let said = soon(&Root::sound().write("plans/holidays.yaml", rows));
    assert_eq!(said.matches("unknown-key").count(), 300);
    assert!(said.contains("19700 more faults"), "{said}");
    let items: String = (0..3_000)
        .map(|n| format!("      - {{item: i{n}, kind: x, route: y, due: {{within: 1, of: 2}}}}\n"))
        .collect();
    let said = soon(&Root::sound().plan(
        "  I:\n    inherit: II\n    items: []\n",
        &format!("  I:\n    inherit: II\n    items:\n{items}"),
    ));
    assert!(said.contains("unknown-value"), "{}", said.len());
}

#[cfg(unix)]
#[test]
fn links_in_a_circle_and_things_that_are_no_files_are_named() {
    use std::os::unix::fs::symlink;
    let root = Root::sound();
    symlink(
        root.path().join("plans/loop"),
        root.path().join("plans/loop"),
    )
    .expect("a link");
    symlink(root.path().join("plans"), root.path().join("plans/again")).expect("a link");
    symlink(
        root.path().join("nowhere"),
        root.path().join("channels/gone.yaml"),
    )
    .expect("a link");
    fs::create_dir(root.path().join("channels/folder.yaml")).expect("a folder");
    insta::assert_snapshot!("links_and_folders", root.said());
}

#[test]
fn a_root_that_is_not_there_is_said_to_be_missing() {
    let root = Root::sound();
    let reading = read(&root.path().join("nowhere"), today());
    let codes: Vec<&str> = reading.diagnostics.iter().map(|d| d.code).collect();
    assert!(reading.set.is_none());
    assert_eq!(
        codes,
        [
            "unreadable-folder",
            "unreadable-folder",
            "missing-file",
            "missing-file"
        ]
    );
}
