//! Every word of the command line, from `locales/*/cli/*.toml`, compiled in. The language is chosen once, at the start.
//!
//! `word!("release.signed", name)` says `signed` of `release.toml` with its `{name}` put in, `count!` a number with its
//! noun, `named!` what a code is called. The tests below hold the two languages and the sources against each other.

use std::ffi::OsString;
use std::fmt::Display;
use std::sync::{LazyLock, OnceLock};

use include_dir::{Dir, include_dir};

use super::output::thousands;
use crate::domain::bulletin::Language;
use crate::domain::phrase::Phrase;
use crate::words::catalogue::{self, Catalogue};
use crate::words::fill;

static ZH_FILES: Dir = include_dir!("$CARGO_MANIFEST_DIR/locales/zh-CN/cli");
static EN_FILES: Dir = include_dir!("$CARGO_MANIFEST_DIR/locales/en/cli");
static ZH: LazyLock<Catalogue> = LazyLock::new(|| catalogue::read(&ZH_FILES));
static EN: LazyLock<Catalogue> = LazyLock::new(|| catalogue::read(&EN_FILES));
static CHOSEN: OnceLock<Language> = OnceLock::new();

pub(super) use crate::words::catalogue::APART;

/// A word, with its blanks filled: `word!("release.signed", name = release.name)`.
macro_rules! word {
    (@value $name:ident = $value:expr) => { $value };
    (@value $name:ident) => { $name };
    ($key:literal $(,)?) => { $crate::cli::words::get($key) };
    ($key:literal, $($name:ident $(= $value:expr)?),+ $(,)?) => {
        $crate::cli::words::filled(
            $key,
            &[$((stringify!($name), &$crate::cli::words::word!(@value $name $(= $value)?) as &dyn std::fmt::Display)),+],
        )
    };
}

/// A number with its noun: `count!("fabu.rows", bad)` is `1 row`, `2 rows`, `2 行`; a word has the forms of one and many,
/// or of none, one and many, parted by `|`.
macro_rules! count {
    ($key:literal, $number:expr) => {
        $crate::cli::words::counted($key, $number)
    };
}

/// What a code is called: `named!("release.state", status)`; a code without a name stays as it is.
macro_rules! named {
    ($under:literal, $code:expr) => {
        $crate::cli::words::called($under, $code)
    };
}

/// The words under a name, each with the last part of its own: `each!("fabu.foreign")`.
macro_rules! each {
    ($under:literal) => {
        $crate::cli::words::under(concat!($under, "."))
    };
}

/// Reads a value of a command line, or says what it must look like: `form!(Span, "span")`.
macro_rules! form {
    ($kind:ty, $form:literal) => {
        |text: &str| {
            text.parse::<$kind>()
                .map_err(|_| $crate::cli::words::get(concat!("usage.form.", $form)))
        }
    };
}

pub(super) use {count, each, form, named, word};

/// The language that the first of `wishes` names that says anything: `--lang` and `FABU_LANG`, as far as they name one of
/// ours, then `LC_ALL`, `LC_MESSAGES`, `LANG`, whose other languages are answered in English.
pub(super) fn choose(own: [Option<&str>; 2], of_system: [Option<&str>; 3]) -> Language {
    let known = |wish: &&str| ["zh", "en"].iter().any(|code| begins(wish, code));
    let wish = own.into_iter().flatten().find(known).or_else(|| {
        of_system
            .into_iter()
            .flatten()
            .find(|wish| !wish.is_empty())
    });
    match wish {
        Some(wish) if begins(wish, "zh") => Language::ZhCn,
        _ => Language::En,
    }
}

fn begins(wish: &str, code: &str) -> bool {
    wish.get(..2)
        .is_some_and(|head| head.eq_ignore_ascii_case(code))
}

/// Settles the language of this process by its command line and its environment.
pub(super) fn settle(args: &[OsString]) {
    let env = |name| std::env::var(name).ok();
    let own = env("FABU_LANG");
    let system = ["LC_ALL", "LC_MESSAGES", "LANG"].map(env);
    // Only the first command line of a process counts, as only it was typed.
    let _ = CHOSEN.set(choose(
        [flagged(args), own.as_deref()],
        system.each_ref().map(Option::as_deref),
    ));
}

/// The value of `--lang`, looked for before anything else is read, since what is wrong with the rest is said in it.
fn flagged(args: &[OsString]) -> Option<&str> {
    let mut args = args.iter().skip(1).filter_map(|arg| arg.to_str());
    while let Some(arg) = args.next() {
        match arg {
            "--" => return None,
            "--lang" => return args.next(),
            _ => {
                if let Some(value) = arg.strip_prefix("--lang=") {
                    return Some(value);
                }
            }
        }
    }
    None
}

/// The language of this process.
pub(super) fn language() -> Language {
    CHOSEN.get().copied().unwrap_or(Language::En)
}

/// Of what is kept in both languages, the one that is spoken.
pub(super) fn either<'a>(zh: &'a str, en: &'a str) -> &'a str {
    match language() {
        Language::ZhCn => zh,
        Language::En => en,
    }
}

/// A name in the language that is spoken; the Chinese one where there is none in English.
pub(super) fn in_own<'a>(zh: &'a str, en: Option<&'a String>) -> &'a str {
    either(zh, en.map_or(zh, String::as_str))
}

fn table(language: Language) -> &'static Catalogue {
    match language {
        Language::ZhCn => &ZH,
        Language::En => &EN,
    }
}

pub(super) fn find(key: &str) -> Option<&'static str> {
    table(language()).get(key).map(String::as_str)
}

pub(super) fn get(key: &'static str) -> &'static str {
    find(key).unwrap_or(key)
}

pub(super) fn filled(key: &'static str, blanks: &[(&str, &dyn Display)]) -> String {
    let values: Vec<String> = blanks.iter().map(|(_, value)| value.to_string()).collect();
    let pairs: Vec<(&str, &str)> = blanks
        .iter()
        .zip(&values)
        .map(|((name, _), value)| (*name, value.as_str()))
        .collect();
    fill(get(key), &pairs)
}

pub(super) fn counted(key: &'static str, number: u64) -> String {
    let text = get(key);
    fill(catalogue::form(text, number), &[("n", &thousands(number))])
}

pub(super) fn called(under: &'static str, code: &str) -> String {
    find(&format!("{under}.{code}")).unwrap_or(code).to_owned()
}

pub(super) fn under(head: &'static str) -> Vec<(&'static str, &'static str)> {
    let words = table(language()).iter();
    let mut found: Vec<_> = words
        .filter_map(|(key, word)| Some((key.strip_prefix(head)?, word.as_str())))
        .collect();
    found.sort_unstable();
    found
}

/// `title: + …` with the part of the text by its name.
pub(super) fn of_part(difference: &str) -> String {
    match difference.split_once(": ") {
        Some((part, rest)) => word!("release.of-part", part = named!("release.part", part), rest),
        None => difference.to_owned(),
    }
}

/// What another part says, in the user's language.
pub(super) fn spoken(phrase: &Phrase) -> String {
    crate::words::say(language(), phrase)
}

/// `a, b`, `甲、乙`.
pub(super) fn joined<S: AsRef<str>>(words: &[S]) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    words.join(word!("fabu.comma"))
}

/// The names of all words, for what is tested elsewhere.
#[cfg(test)]
pub(super) fn keys() -> impl Iterator<Item = &'static str> {
    EN.keys().map(String::as_str)
}

#[cfg(test)]
mod tests;
