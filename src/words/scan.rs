//! Finds the words that the sources say, so that they can be held against the tables.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// One use of a word in the sources.
pub(crate) struct Use {
    pub(crate) place: String,
    pub(crate) key: String,
    /// The names of the blanks that are filled.
    pub(crate) blanks: BTreeSet<String>,
    /// Whether `key` is what many words stand under.
    pub(crate) is_group: bool,
}

/// The Rust files below `folder`.
pub(crate) fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// Where `paths` use one of `macros`, which are called like `word!("key", blank = value)`.
pub(crate) fn uses(paths: &[PathBuf], macros: &[&str]) -> Vec<Use> {
    let mut found = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(path).unwrap();
        for name in macros {
            for (at, _) in text.match_indices(name) {
                let line = text[..at].rsplit('\n').next().unwrap_or_default();
                let is_comment = line.trim_start().starts_with("//");
                if is_comment || line.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                    continue;
                }
                let arguments = arguments(&text[at + name.len()..]);
                if !arguments
                    .iter()
                    .take(2)
                    .any(|argument| argument.trim().starts_with('"'))
                {
                    continue;
                }
                let number = text[..at].lines().count();
                let place = format!("{}:{number}", path.display());
                found.push(one_use(name, arguments, place));
            }
        }
    }
    found
}

/// English sentences in the literals of `paths`, unless they are known; what tests and comments say is their own.
pub(crate) fn sentences(paths: &[PathBuf], is_known: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(path).unwrap();
        let program = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        let lines = program
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        for literal in lines.flat_map(|line| line.split('"').skip(1).step_by(2)) {
            if is_sentence(literal) && !is_known(literal) {
                found.push(format!("{}: {literal:?}", path.display()));
            }
        }
    }
    found
}

fn is_sentence(literal: &str) -> bool {
    let is_word =
        |word: &&str| word.len() > 1 && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'\'');
    let words: Vec<&str> = literal.split(' ').collect();
    words.windows(3).any(|three| three.iter().all(is_word))
}

fn one_use(name: &str, arguments: Vec<String>, place: String) -> Use {
    let literal = |text: &String| text.trim().trim_matches('"').to_owned();
    let blanks = match name {
        "word!(" | "phrase!(" => arguments[1..]
            .iter()
            .map(|argument| {
                argument
                    .split('=')
                    .next()
                    .unwrap_or_default()
                    .trim()
                    .to_owned()
            })
            .filter(|blank| !blank.is_empty())
            .collect(),
        "count!(" => BTreeSet::from(["n".to_owned()]),
        _ => BTreeSet::new(),
    };
    Use {
        place,
        key: match name {
            "form!(" => format!("usage.form.{}", literal(&arguments[1])),
            _ => literal(&arguments[0]),
        },
        blanks,
        is_group: ["named!(", "each!("].contains(&name),
    }
}

/// What stands between the parenthesis that was opened and the one that closes it, parted at its commas.
fn arguments(text: &str) -> Vec<String> {
    let (mut depth, mut quoted, mut escaped) = (0, false, false);
    let mut parts = vec![String::new()];
    for c in text.chars() {
        let is_end = !quoted && depth == 0 && matches!(c, ')' | ',');
        match c {
            _ if quoted && escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ')' if is_end => break,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => depth -= 1,
            _ => {}
        }
        if is_end {
            parts.push(String::new());
        } else {
            parts.last_mut().unwrap().push(c);
        }
    }
    parts
}

/// The names of the blanks of `text`.
pub(crate) fn blanks(text: &str) -> BTreeSet<String> {
    let is_name =
        |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    text.split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}').map(|(name, _)| name))
        .filter(|name| is_name(name))
        .map(str::to_owned)
        .collect()
}
