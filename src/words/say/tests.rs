//! The two languages and the sources, held against each other.

use std::collections::BTreeSet;
use std::path::Path;

use super::*;
use crate::domain::phrase::phrase;
use crate::words::scan::{blanks, sources, uses};

#[test]
fn both_languages_say_everything_with_the_same_blanks() {
    let keys = |words: &Catalogue| words.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(keys(&ZH), keys(&EN));
    for (key, english) in &*EN {
        let chinese = &ZH[key];
        assert!(
            !english.trim().is_empty() && !chinese.trim().is_empty(),
            "{key} is empty"
        );
        assert_eq!(blanks(english), blanks(chinese), "the blanks of {key}");
        let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        assert!(
            chinese.chars().any(is_han) || chinese == english,
            "{key} is not Chinese: {chinese}"
        );
        assert!(
            !english.chars().any(is_han),
            "{key} is not English: {english}"
        );
    }
}

#[test]
fn every_file_is_read() {
    for file in ZH_FILES.files().chain(EN_FILES.files()) {
        let text = file.contents_utf8().unwrap();
        assert!(
            text.parse::<toml::Table>().is_ok(),
            "{:?}: {text}",
            file.path()
        );
    }
}

#[test]
fn the_sources_use_every_word_and_fill_its_blanks() {
    let mut paths = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut paths,
    );
    paths.retain(|path| {
        !path.ends_with("words/scan.rs")
            && !path.ends_with("say/tests.rs")
            && !path.ends_with("domain/phrase.rs")
    });
    let mut unused: BTreeSet<&str> = EN.keys().map(String::as_str).collect();
    for one in uses(&paths, &["phrase!("]) {
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
    assert!(unused.is_empty(), "nobody says {unused:#?}");
}

#[test]
fn what_is_nobodys_word_stands_as_it_is_and_lists_take_the_readers_comma() {
    let own = Phrase::verbatim("550 no such user");
    assert_eq!(say(Language::ZhCn, &own), "550 no such user");
    let list: Blank = ["甲", "乙"].into_iter().collect();
    assert_eq!(filled(Language::ZhCn, &list), "甲、乙");
    assert_eq!(filled(Language::En, &list), "甲, 乙");
    let unknown = phrase!("no.such-word", name = "x");
    assert_eq!(unknown.to_string(), "no.such-wordx");
}
