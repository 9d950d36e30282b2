//! The two languages, the sources and the commands, held against each other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::*;
use crate::words::scan::{blanks, sentences, sources, uses};

const MACROS: [&str; 5] = ["word!(", "count!(", "named!(", "each!(", "form!("];

/// Lines of the log, names that `--json` keeps, and what `clap` says.
const KNOWN: [&str; 9] = [
    "stopping: finishing what is under way",
    "the database does not say that this server stopped in order",
    "another server had this place and cannot be looked for from here: waiting whether it gives a sign of life",
    "plan files: {} (fabu plan check names every place)",
    "channels that cannot be used; their deliveries wait (fabu doctor says what each of them lacks)",
    "changed in particulars that move no release",
    "clock of the disk",
    " is not in ",
    "port of the {name}",
];

fn source_files() -> Vec<PathBuf> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = vec![src.join("cli.rs")];
    sources(&src.join("cli"), &mut paths);
    paths.retain(|path| !path.ends_with("words/tests.rs"));
    paths
}

#[test]
fn both_languages_say_everything_with_the_same_blanks() {
    let keys = |table: &Catalogue| table.keys().cloned().collect::<BTreeSet<_>>();
    let (zh, en) = (keys(&ZH), keys(&EN));
    assert_eq!(
        zh.difference(&en).collect::<Vec<_>>(),
        Vec::<&String>::new()
    );
    assert_eq!(
        en.difference(&zh).collect::<Vec<_>>(),
        Vec::<&String>::new()
    );
    let columns = |text: &str| text.matches(APART).count();
    for (key, english) in &*EN {
        let chinese = &ZH[key];
        let says = |text: &str| text.contains(APART) || !text.trim().is_empty();
        assert!(says(english) && says(chinese), "{key} is empty");
        assert_eq!(blanks(english), blanks(chinese), "the blanks of {key}");
        assert_eq!(columns(english), columns(chinese), "the columns of {key}");
    }
}

#[test]
fn every_file_is_read() {
    for files in [&ZH_FILES, &EN_FILES] {
        for file in files.files() {
            let text = file.contents_utf8().unwrap();
            assert!(
                text.parse::<toml::Table>().is_ok(),
                "{:?}: {text}",
                file.path()
            );
        }
    }
}

#[test]
fn chinese_is_chinese() {
    let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let says_latin = |text: &str| {
        let parts = text
            .split('{')
            .map(|part| part.split_once('}').map_or(part, |(_, rest)| rest));
        parts
            .collect::<String>()
            .contains(|c: char| c.is_ascii_alphabetic())
    };
    // Codes, units and commands are written alike.
    let bare: BTreeMap<&String, &String> = ZH
        .iter()
        .filter(|(key, text)| !text.chars().any(is_han) && Some(*text) != EN.get(*key))
        .filter(|(_, text)| says_latin(text))
        .collect();
    assert!(bare.is_empty(), "no Chinese in {bare:#?}");
}

#[test]
fn the_sources_use_every_word_and_fill_its_blanks() {
    let uses = uses(&source_files(), &MACROS);
    assert!(uses.len() > 200, "the sources were not found");
    let mut unused: BTreeSet<&str> = EN.keys().map(String::as_str).collect();
    for one in &uses {
        if one.is_group {
            let under = format!("{}.", one.key);
            let before = unused.len();
            unused.retain(|key| !key.starts_with(&under));
            assert!(
                before > unused.len() || EN.keys().any(|key| key.starts_with(&under)),
                "{}: nothing stands under {}",
                one.place,
                one.key
            );
            continue;
        }
        let text = EN.get(&one.key);
        assert!(
            text.is_some(),
            "{}: there is no word {}",
            one.place,
            one.key
        );
        assert_eq!(
            blanks(text.unwrap()),
            one.blanks,
            "{}: the blanks of {}",
            one.place,
            one.key
        );
        unused.remove(one.key.as_str());
    }
    // What help asks for by the names of commands and arguments is looked at beside it.
    unused.retain(|key| !super::super::help::is_of_help(key));
    assert!(unused.is_empty(), "nobody says {unused:#?}");
}

#[test]
fn the_first_wish_that_says_anything_decides() {
    let (zh, en) = (Language::ZhCn, Language::En);
    let none = [None; 3];
    assert_eq!(choose([None, None], none), en);
    assert_eq!(choose([Some("zh-CN"), None], [Some("en"), None, None]), zh);
    assert_eq!(choose([Some("en"), Some("zh")], none), en);
    let system = |first, last| choose([None, None], [first, None, last]);
    assert_eq!(system(Some("zh_CN.UTF-8"), Some("en_US.UTF-8")), zh);
    assert_eq!(system(Some(""), Some("zh_TW")), zh);
    assert_eq!(system(Some("C.UTF-8"), Some("zh_CN.UTF-8")), en);
    // A slip in what is ours leaves the question to whoever is asked next.
    assert_eq!(choose([Some("fr"), Some("zh-CN")], none), zh);
    assert_eq!(choose([None, Some("xx")], [None, None, Some("zh_CN")]), zh);
    let args = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
    assert_eq!(
        flagged(&args(&["fabu", "release", "list", "--lang", "en"])),
        Some("en")
    );
    assert_eq!(flagged(&args(&["fabu", "--lang=zh", "demo"])), Some("zh"));
    assert_eq!(
        flagged(&args(&["fabu", "demo", "--", "--lang", "en"])),
        None
    );
}

#[test]
fn one_is_told_from_many() {
    assert_eq!(counted("fabu.rows", 1), "1 row");
    assert_eq!(counted("fabu.rows", 1_200), "1,200 rows");
}

#[test]
fn no_sentence_stands_in_the_sources() {
    // The demo's story is told in a made-up city's own words.
    let paths = source_files().into_iter();
    let paths: Vec<PathBuf> = paths
        .filter(|path| !path.to_string_lossy().contains("demo"))
        .collect();
    let said = sentences(&paths, |literal| {
        literal.starts_with("fabu ") || KNOWN.contains(&literal)
    });
    assert!(said.is_empty(), "{said:#?}");
}
