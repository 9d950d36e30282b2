//! The two languages and the sources, held against each other.

use std::collections::BTreeSet;
use std::path::Path;

use super::*;
use crate::domain::phrase::phrase;
use crate::words::scan::{blanks, sentences, sources, uses};

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
        let words = chinese
            .split('{')
            .map(|part| part.split_once('}').map_or(part, |(_, text)| text));
        let words: String = words.collect();
        let has_letters = words.contains(|c: char| c.is_ascii_alphabetic());
        assert!(
            chinese.chars().any(is_han) || chinese == english || !has_letters,
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
        let own = ["words/say/tests.rs", "words/scan.rs", "domain/phrase.rs"];
        !own.iter().any(|own| path.ends_with(own))
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

#[test]
fn no_sentence_stands_where_plans_are_checked() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = vec![src.join("plan.rs")];
    for folder in ["plan", "domain/channel", "domain/recurrence"] {
        sources(&src.join(folder), &mut paths);
    }
    for file in [
        "fact",
        "recurrence",
        "public",
        "unfinished",
        "numbering",
        "time",
    ] {
        paths.push(src.join(format!("domain/{file}.rs")));
    }
    for file in [
        "head", "library", "names", "needs", "template", "tree", "uses", "weave",
    ] {
        paths.push(src.join(format!("render/{file}.rs")));
    }
    // Descriptions in a JSON Schema are for editors, the blanks of `numbering` are texts themselves.
    let for_editors = ["plan/file.rs", "plan/scenario.rs", "domain/numbering.rs"];
    paths.retain(|path| !for_editors.iter().any(|name| path.ends_with(name)));
    let known = [
        "five fields: minute hour day month weekday, in the plan's time zone",
        "a length of time such as 20m, 1h30m, 12h or 7d",
        "one question about one item, and where to complain",
        "the text is too long",
    ];
    let said = sentences(&paths, |literal| known.contains(&literal));
    assert!(said.is_empty(), "{said:#?}");
}

/// What the log, the metrics, the description of the API and the database's own errors say is for whoever keeps the
/// machine, in one language; what stands in the journal or with a delivery is what happened, not a refusal.
const KNOWN: [&str; 19] = [
    "nobody could be told of what waits for a second person",
    "a message is kept with a text, and the incident has none that can be read",
    "{} holds no post",
    "fabu release show {}",
    "nobody could be told of this turn",
    "an occurrence cannot be read and was not closed; the next one is planned",
    "an incident is pinned to it, but it is gone",
    "it is gone",
    "its plan has no item {:?}",
    "its text is gone from the store",
    "a rate is at most a million",
    "it has no rendering for this channel",
    "no receipt came in time",
    "none of its channels ({}) is defined any more; restore channels/*.yaml",
    "it was not noted who read this text",
    "it is busy",
    "the store failed",
    "a row cannot be read",
    "a part of a text cannot be read and was left as it is",
];

#[test]
fn no_sentence_stands_where_requests_are_refused() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = vec![src.join("flow.rs"), src.join("web/api.rs")];
    for folder in [
        "flow",
        "web/api",
        "sheet",
        "domain/contact",
        "domain/rights",
    ] {
        sources(&src.join(folder), &mut paths);
    }
    let for_machines = [
        "describe.rs",
        "routes.rs",
        "strangers.rs",
        "meta.rs",
        "health.rs",
    ];
    paths.retain(|path| !for_machines.iter().any(|name| path.ends_with(name)));
    let said = sentences(&paths, |literal| KNOWN.contains(&literal));
    assert!(said.is_empty(), "{said:#?}");
}
