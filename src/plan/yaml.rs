//! YAML text → JSON value, and where every key and value of it stands.
//!
//! YAML 1.2 core scalars: `no`, `08:30` and `2026-05-01` are text. What a plan file has no use for is refused with its
//! place: duplicate keys, several documents, tags, keys that are not text. Aliases work, within a budget. Never panics.

mod builder;
mod scalar;

use std::collections::{BTreeMap, HashMap};

use saphyr_parser::Parser;
use serde_json::Value;

use crate::domain::phrase::{Phrase, phrase};
use builder::Builder;

/// Line and column, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    pub line: usize,
    pub column: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub code: &'static str,
    pub mark: Mark,
    pub message: Phrase,
    pub help: Option<Phrase>,
}

/// A value with the places of its parts, by JSON pointer.
#[derive(Debug, Default)]
pub struct Document {
    pub value: Value,
    values: BTreeMap<String, Mark>,
    keys: HashMap<String, Mark>,
}

impl Document {
    /// Where the value at `pointer` stands; for what is not there, where its nearest container does.
    pub fn value_at(&self, pointer: &str) -> Mark {
        let mut pointer = pointer;
        loop {
            if let Some(mark) = self.values.get(pointer) {
                return *mark;
            }
            match pointer.rfind('/') {
                Some(at) => pointer = &pointer[..at],
                None => return Mark { line: 1, column: 1 },
            }
        }
    }

    /// Where the key of the value at `pointer` stands; for the member of a list, where the value does.
    pub fn key_at(&self, pointer: &str) -> Mark {
        self.keys
            .get(pointer)
            .copied()
            .unwrap_or_else(|| self.value_at(pointer))
    }
}

/// `pointer/key`, escaped as RFC 6901 says.
pub fn join(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// Reads one document. Faults that leave a value usable (a duplicate key) come beside it.
pub fn parse(text: &str) -> (Option<Document>, Vec<Fault>) {
    let mut builder = Builder::default();
    let mut parser = Parser::new_from_str(text);
    while let Some(step) = parser.next_event() {
        let (event, span) = match step {
            Ok(step) => step,
            Err(error) => {
                let marker = error.marker();
                builder.faults.push(scan_fault(
                    error.info(),
                    Mark {
                        line: marker.line().max(1),
                        column: marker.col() + 1,
                    },
                ));
                return (None, builder.faults);
            }
        };
        let mark = Mark {
            line: span.start.line().max(1),
            column: span.start.col() + 1,
        };
        if let Err(fault) = builder.take(event, mark) {
            builder.faults.push(*fault);
            return (None, builder.faults);
        }
    }
    if builder.documents == 0 || builder.document.value.is_null() {
        builder.faults.push(Fault {
            code: "empty-file",
            mark: Mark { line: 1, column: 1 },
            message: phrase!("yaml.empty"),
            help: Some(phrase!("yaml.empty-help")),
        });
        return (None, builder.faults);
    }
    (Some(builder.document), builder.faults)
}

fn scan_fault(info: &str, mark: Mark) -> Fault {
    let help = if info.contains("tab") {
        phrase!("yaml.tab-help")
    } else if info.contains("mapping values") || info.contains("simple key") {
        phrase!("yaml.quotes-help")
    } else {
        phrase!("yaml.brackets-help")
    };
    Fault {
        code: "yaml-syntax",
        mark,
        message: phrase!("yaml.syntax", info = told(info)),
        help: Some(help),
    }
}

/// What the scanner says, as far as it says it often.
fn told(info: &str) -> Phrase {
    let has = |words: &str| info.contains(words);
    match info {
        _ if has("flow sequence") => phrase!("yaml.open-list"),
        _ if has("flow mapping") => phrase!("yaml.open-mapping"),
        _ if has("block mapping") => phrase!("yaml.no-key"),
        _ if has("block collection") => phrase!("yaml.no-dash"),
        _ if has("node content") => phrase!("yaml.no-value"),
        _ if has("mapping values") => phrase!("yaml.mapping-values"),
        _ if has("key expected") => phrase!("yaml.simple-key"),
        _ if has("simple key") => phrase!("yaml.simple-key-colon"),
        _ if has("end of") => phrase!("yaml.open-quote"),
        _ if has("as indentation") => phrase!("yaml.tab-indents"),
        _ if has("(block") => phrase!("yaml.tab-in-block"),
        _ if has("tabs disallowed") => phrase!("yaml.tab-here"),
        "invalid indentation" => phrase!("yaml.indentation"),
        _ if has("unknown anchor") => phrase!("yaml.unknown-anchor"),
        _ if has("misplaced bracket") => phrase!("yaml.bracket"),
        _ if has("unknown escape") => phrase!("yaml.escape"),
        _ if has("sequence entries") => phrase!("yaml.entries"),
        _ => phrase!("yaml.other", info),
    }
}
#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn value(text: &str) -> Value {
        let (document, faults) = parse(text);
        assert_eq!(faults, [], "{text}");
        document.expect(text).value
    }

    fn codes(text: &str) -> Vec<(&'static str, usize, usize)> {
        parse(text)
            .1
            .iter()
            .map(|fault| (fault.code, fault.mark.line, fault.mark.column))
            .collect()
    }

    #[test]
    fn words_that_older_yaml_mistook_stay_text() {
        assert_eq!(
            value(
                "a: no\nb: 08:30\nc: 2026-05-01\nd: 010\ne: 12e\nf: on\ng: 1.5\nh: 0x1F\ni: -7\nj: ~"
            ),
            json!({"a": "no", "b": "08:30", "c": "2026-05-01", "d": "010", "e": "12e", "f": "on",
                   "g": 1.5, "h": 31, "i": -7, "j": null})
        );
    }

    #[test]
    fn every_key_and_value_has_its_place() {
        let (document, _) = parse("a: 1\nb:\n  - 县: x\n    d: {e: [5, 六]}\n");
        let document = document.expect("YAML");
        let at = |mark: Mark| (mark.line, mark.column);
        assert_eq!(at(document.key_at("/b/0/d")), (4, 5));
        assert_eq!(at(document.value_at("/b/0/县")), (3, 8));
        assert_eq!(at(document.value_at("/b/0/d/e/1")), (4, 16));
        assert_eq!(at(document.value_at("/b/0/d/missing/deeper")), (4, 8));
        assert_eq!(at(document.value_at("")), (1, 1));
    }

    #[test]
    fn the_first_of_two_keys_counts_and_the_second_is_named() {
        let (document, faults) = parse("a: 1\nb: 2\na: 3\n");
        assert_eq!(document.expect("YAML").value, json!({"a": 1, "b": 2}));
        assert_eq!(faults.len(), 1);
        assert_eq!((faults[0].code, faults[0].mark.line), ("duplicate-key", 3));
    }

    #[test]
    fn an_alias_repeats_and_keeps_the_places() {
        let (document, faults) = parse("a: &x {k: [1, 2]}\nb: *x\n");
        let document = document.expect("YAML");
        assert_eq!(faults, []);
        assert_eq!(
            document.value,
            json!({"a": {"k": [1, 2]}, "b": {"k": [1, 2]}})
        );
        assert_eq!(document.value_at("/b/k/1").line, 1);
        assert_eq!(document.value_at("/b").line, 2);
    }

    #[test]
    fn what_does_not_belong_is_refused_with_its_place() {
        assert_eq!(codes("a: 1\n---\nb: 2\n"), [("several-documents", 2, 1)]);
        assert_eq!(codes("a: &x [*x]\n"), [("alias-of-itself", 1, 8)]);
        assert_eq!(codes("{[1]: 2}\n"), [("key-not-text", 1, 2)]);
        assert_eq!(codes("a: !secret x\n"), [("yaml-tag", 1, 4)]);
        assert_eq!(codes(""), [("empty-file", 1, 1)]);
        assert_eq!(codes("# only a comment\n"), [("empty-file", 1, 1)]);
        assert_eq!(codes(&"[".repeat(60))[0].0, "too-deep");
        assert_eq!(codes(&"- ".repeat(1_000))[0].0, "too-deep");
        assert_eq!(codes("a:\n\tb: 1\n")[0].0, "yaml-syntax");
    }

    #[test]
    fn a_bomb_of_aliases_is_defused() {
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for n in 1..12 {
            let last = n - 1;
            bomb.push_str(&format!(
                "a{n}: &a{n} [*a{last}, *a{last}, *a{last}, *a{last}, *a{last}, *a{last}, *a{last}, *a{last}]\n"
            ));
        }
        assert_eq!(codes(&bomb)[0].0, "too-large");
    }
}
