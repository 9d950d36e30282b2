//! Words in files, one folder a language and one file a subject: `signed` of `release.toml` is `release.signed`.

use std::collections::HashMap;

use include_dir::Dir;

/// What parts the headings of a table.
pub(crate) const APART: char = '\t';

pub(crate) type Catalogue = HashMap<String, String>;

/// The words of `files`, which are part of the program: the tests read every one of them.
pub(crate) fn read(files: &Dir) -> Catalogue {
    let mut words = Catalogue::new();
    for file in files.files() {
        let subject = file.path().file_stem().unwrap_or_default();
        let read = table(file.contents_utf8().unwrap_or_default());
        flatten(&subject.to_string_lossy(), read, &mut words);
    }
    words
}

/// The words of one file, under its own headings.
pub(crate) fn of(text: &str) -> Catalogue {
    let mut words = Catalogue::new();
    if let toml::Value::Table(headings) = table(text) {
        for (heading, value) in headings {
            flatten(&heading, value, &mut words);
        }
    }
    words
}

fn table(text: &str) -> toml::Value {
    toml::Value::Table(text.parse().unwrap_or_default())
}

fn flatten(key: &str, value: toml::Value, words: &mut Catalogue) {
    match value {
        toml::Value::Table(table) => {
            for (name, value) in table {
                flatten(&format!("{key}.{name}"), value, words);
            }
        }
        toml::Value::Array(row) => {
            let row: Vec<&str> = row.iter().filter_map(toml::Value::as_str).collect();
            words.insert(key.to_owned(), row.join(&APART.to_string()));
        }
        value => {
            words.insert(
                key.to_owned(),
                value.as_str().unwrap_or_default().to_owned(),
            );
        }
    }
}

/// The form of `text` for `number`: `one|many` or `none|one|many`.
pub(crate) fn form(text: &str, number: u64) -> &str {
    let forms: Vec<&str> = text.split('|').collect();
    match (&forms[..], number) {
        ([none, _, _], 0) => none,
        ([_, one, _] | [one, _], 1) => one,
        (forms, _) => forms.last().unwrap_or(&text),
    }
}
