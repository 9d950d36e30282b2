//! The texts whose id, number, code or title a question is.
//!
//! Pure. Words beside a code make it another question, unless they are those that stand before it on our own pages.

use super::register::serial_in;
use super::shelf::Shelf;
use super::wording::Wording;
use crate::domain::bulletin::Language;
use crate::domain::check_code::CheckCode;
use crate::domain::invisible::ordinary;
use crate::domain::portal::PortalEntry;
use crate::domain::short_code;
use crate::words::words;

/// What people write before a code, a number or a link, beside what stands before it on the pages; the longer first.
const LABELS: [&str; 22] = [
    "公告网址",
    "公告链接",
    "短链接",
    "短链",
    "链接",
    "网页版",
    "网页",
    "全文见",
    "详见",
    "原文",
    "校验码",
    "核对码",
    "编号",
    "标题",
    "公告标题",
    "check code",
    "short link",
    "on the web",
    "full text",
    "link",
    "title",
    "see",
];

/// `text` without a known label at its beginning.
pub fn unlabelled(text: &str) -> String {
    let text = ordinary(text);
    let mut rest = text.trim();
    while let Some(behind) = without_label(rest) {
        rest = behind;
    }
    rest.to_owned()
}

fn without_label(text: &str) -> Option<&str> {
    let own = [Language::ZhCn, Language::En]
        .into_iter()
        .flat_map(|language| {
            let w = &words(language).portal;
            [
                &w.code,
                &w.address,
                &w.poster_scan,
                &w.document_number,
                &w.index_number,
                &w.hash,
            ]
        });
    let labels = LABELS.into_iter().chain(own.map(String::as_str));
    let behind = labels.filter_map(|label| {
        let head = text.get(..label.len())?;
        let rest = head
            .eq_ignore_ascii_case(label)
            .then(|| &text[label.len()..])?;
        // A label in letters ends where a word does.
        let is_part = label.is_ascii() && rest.starts_with(|c: char| c.is_ascii_alphanumeric());
        (!is_part).then(|| rest.trim_start_matches([':', ' ', '\n', '\t', '是', '为']))
    });
    behind.min_by_key(|rest| rest.len())
}

/// The texts whose id, number, code or title `question` is; a label may stand before it.
pub fn by_name<'e>(shelf: &'e Shelf, question: &str) -> Vec<&'e PortalEntry> {
    let named = exactly(shelf, question);
    if !named.is_empty() {
        return named;
    }
    let bare = unlabelled(question);
    if bare.is_empty() || bare == ordinary(question).trim() {
        return named;
    }
    exactly(shelf, &bare)
}

fn exactly<'e>(shelf: &'e Shelf, question: &str) -> Vec<&'e PortalEntry> {
    let register = shelf.register();
    let named = register.named(&Wording::new(question));
    if !named.is_empty() {
        return shelf.at(named.iter().copied());
    }
    let text = ordinary(question);
    let code = text.trim_matches(|c: char| !c.is_ascii_alphanumeric() && !c.is_alphanumeric());
    if code
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "- ".contains(c))
    {
        let coded = coded(shelf, code);
        if !coded.is_empty() {
            return coded;
        }
    }
    serial(shelf, question)
}

/// The texts that a code without anything beside it names: a short name, the beginning of a hash, or a check code.
fn coded<'e>(shelf: &'e Shelf, code: &str) -> Vec<&'e PortalEntry> {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    if let Some(name) = short_code::typed(&plain) {
        let named = shelf.short(&name);
        if !named.is_empty() {
            return named;
        }
    }
    let register = shelf.register();
    let hex = plain.to_ascii_lowercase();
    if hex.len() >= 8 && hex.bytes().all(|b| b.is_ascii_hexdigit()) {
        let coded = shelf.at(register.coded(&hex));
        if !coded.is_empty() {
            return coded;
        }
    }
    let Ok(code) = code.parse::<CheckCode>() else {
        return Vec::new();
    };
    let head = hex.get(hex.len().saturating_sub(16)..).unwrap_or(&hex);
    let coded = shelf.at(register.coded(head));
    let of = |entry: &&PortalEntry| code.names(entry.version, &entry.hash);
    coded.into_iter().filter(of).collect()
}

/// The texts that ids and codes anywhere in `question` name.
pub fn mentioned<'e>(shelf: &'e Shelf, question: &str) -> Vec<&'e PortalEntry> {
    let tokens = question.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    tokens
        .map(|token| token.trim_matches('-'))
        .flat_map(|token| match token.len() {
            28 => shelf
                .release(&token.to_ascii_uppercase())
                .into_iter()
                .collect(),
            7..=9 => coded(shelf, token),
            _ => Vec::new(),
        })
        .collect()
}

/// 第3号 of an incident, or of a kind of text: the words beside the number must stand in one of their names.
fn serial<'e>(shelf: &'e Shelf, question: &str) -> Vec<&'e PortalEntry> {
    let question = ordinary(question);
    let Some(number) = serial_in(&question) else {
        return Vec::new();
    };
    let asked = Wording::new(&question);
    if asked.keys().len() > 60 {
        return Vec::new();
    }
    let (mark, number_word) = (format!("第{number}号"), number.to_string());
    let words: Vec<&str> = question
        .split(mark.as_str())
        .flat_map(|part| part.split(|c: char| !c.is_alphanumeric() && c != '·'))
        .filter(|word| !word.is_empty() && !["第", "号", "No", number_word.as_str()].contains(word))
        .collect();
    if words.is_empty() {
        return Vec::new();
    }
    let fits = |entry: &&PortalEntry| {
        let names =
            [&entry.incident_title, &entry.text.title, &entry.body_name].map(|name| ordinary(name));
        words
            .iter()
            .all(|word| names.iter().any(|name| name.contains(word)))
    };
    let numbered = shelf.register().numbered(number).iter().copied();
    shelf.at(numbered).into_iter().filter(fits).collect()
}
