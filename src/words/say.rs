//! Puts a phrase into words, from `locales/*/said/*.toml`.

use std::fmt;
use std::sync::LazyLock;

use include_dir::{Dir, include_dir};

use super::catalogue::{self, Catalogue};
use super::fill;
use crate::domain::bulletin::Language;
use crate::domain::phrase::{Blank, Phrase};

static ZH_FILES: Dir = include_dir!("$CARGO_MANIFEST_DIR/locales/zh-CN/said");
static EN_FILES: Dir = include_dir!("$CARGO_MANIFEST_DIR/locales/en/said");
static ZH: LazyLock<Catalogue> = LazyLock::new(|| catalogue::read(&ZH_FILES));
static EN: LazyLock<Catalogue> = LazyLock::new(|| catalogue::read(&EN_FILES));

/// `phrase` in the words of `language`.
pub fn say(language: Language, phrase: &Phrase) -> String {
    let words = match language {
        Language::ZhCn => &ZH,
        Language::En => &EN,
    };
    let Some(text) = words.get(phrase.key) else {
        // Nobody's words but their own; a key without words does not pass the tests.
        let own = phrase
            .blanks
            .iter()
            .map(|(_, blank)| filled(language, blank));
        return own.fold(phrase.key.to_owned(), |said, next| said + &next);
    };
    let number = phrase.blanks.iter().find_map(|(name, blank)| match blank {
        Blank::Number(number) if *name == "n" => Some(*number),
        _ => None,
    });
    let text = number.map_or(text.as_str(), |number| catalogue::form(text, number));
    let values: Vec<(&str, String)> = phrase
        .blanks
        .iter()
        .map(|(name, blank)| (*name, filled(language, blank)))
        .collect();
    let values: Vec<(&str, &str)> = values.iter().map(|(name, v)| (*name, v.as_str())).collect();
    fill(text, &values)
}

fn filled(language: Language, blank: &Blank) -> String {
    match blank {
        Blank::Text(text) => text.clone(),
        Blank::Number(number) => number.to_string(),
        Blank::Phrase(phrase) => say(language, phrase),
        Blank::Name { zh, en } => match language {
            Language::ZhCn => zh.clone(),
            Language::En => en.clone(),
        },
        Blank::List(list) => {
            let comma = match language {
                Language::ZhCn => "、",
                Language::En => ", ",
            };
            let list: Vec<String> = list.iter().map(|blank| filled(language, blank)).collect();
            list.join(comma)
        }
    }
}

/// English, for the log and for who debugs.
impl fmt::Display for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&say(Language::En, self))
    }
}

#[cfg(test)]
mod tests;
