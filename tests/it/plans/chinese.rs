//! What is wrong with plans, said in Chinese: the words, and that none is left in English.

use fabu::domain::bulletin::Language;
use fabu::domain::phrase::Phrase;
use fabu::words::say;

use super::base::Root;
use super::commands::{TODAY, fabu, json, text};
use super::faults::every;

/// Ten faults of ten kinds.
fn broken() -> Root {
    Root::sound()
        .plan(
            "title: 防汛信息公开方案",
            "title: 防汛信息公开方案\nrevison: 1",
        )
        .plan("channels: [portal, sms]", "channels: [portal, smss]")
        .plan("valid-for: 24h", "valid-for: 30m1h")
        .plan("\"0 8,17 * * *\"", "\"0 8,17 * *\"")
        .plan("sign: [head, leader]", "sign: [haed, leader]")
        .plan("basis: [law-72]", "basis: [old-law]")
        .plan(
            "lifts: [closure, response-notice]",
            "lifts: [response-notice]",
        )
        .plan("{within: 5h, of: known}", "{within: 6h, of: known}")
        .template("response-notice", "{{rainfall}}", "{{rainfal}}（待补充）")
        .template("situation", "{{/if}}", "")
        .edit("channels/sms.yaml", "text: \"{text}\"", "key: \"{secret}\"")
        .edit("plans/events.yaml", ", choices: [红色, 橙色]", "")
}

#[test]
fn a_faulty_plan_is_explained_in_chinese() {
    let root = broken();
    let output = fabu(root.path(), &["--lang", "zh-CN", "check", TODAY]);
    assert_eq!(output.status.code(), Some(3));
    insta::assert_snapshot!("chinese", text(&output.stdout));

    let chinese = json(&fabu(
        root.path(),
        &["--lang=zh-CN", "check", "--json", TODAY],
    ));
    let english = json(&fabu(root.path(), &["--lang=en", "check", "--json", TODAY]));
    let (chinese, english) = (&chinese["diagnostics"], &english["diagnostics"]);
    let count = english.as_array().expect("a list").len();
    assert_eq!(chinese.as_array().expect("a list").len(), count);
    for n in 0..count {
        for key in ["severity", "code", "file", "line", "column"] {
            assert_eq!(chinese[n][key], english[n][key]);
        }
        assert_ne!(chinese[n]["message"], english[n]["message"]);
    }
}

#[test]
fn no_fault_is_told_in_english_to_who_reads_chinese() {
    let mut told = 0;
    for (name, root) in every() {
        for found in root.read().diagnostics {
            for phrase in [Some(&found.message), found.help.as_ref()]
                .into_iter()
                .flatten()
            {
                let said = say(Language::ZhCn, phrase);
                assert!(!is_english(&said), "{name}: {said}");
                assert!(has_words(phrase, &said), "{name}: {said}");
                told += 1;
            }
        }
    }
    assert!(told > 200, "{told}");
}

/// Whether three small Latin words stand in a row, outside of what is quoted.
fn is_english(said: &str) -> bool {
    let open: Vec<&str> = said.split('`').step_by(2).collect();
    let open = open.join("·");
    let words: Vec<&str> = open
        .split(' ')
        .map(|word| word.trim_matches(|c: char| ",.;:()".contains(c)))
        .collect();
    let is_word = |word: &&str| word.len() > 1 && word.bytes().all(|b| b.is_ascii_lowercase());
    words.windows(3).any(|three| three.iter().all(is_word))
}

/// A key that no table knows would be said by its own name.
fn has_words(phrase: &Phrase, said: &str) -> bool {
    phrase.key.is_empty() || !said.starts_with(phrase.key)
}
