//! This site's own links in a text, and what channels write around them.
//!
//! Pure. Knows no page but by its address.

use super::SiteSettings;
use super::names::{mentioned, unlabelled};
use super::route::{Route, View};
use super::shelf::Shelf;
use super::wording::Wording;
use crate::domain::invisible::ordinary;
use crate::domain::portal::PortalEntry;

/// What the links of a question say.
pub struct Linked<'e> {
    /// The texts that its links, ids and codes lead to.
    pub found: Vec<&'e PortalEntry>,
    /// It has a link of this site.
    pub has_link: bool,
    pub only: Only,
}

/// Whether a question is one link and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Only {
    Ours,
    Foreign,
    Words,
}

pub fn linked<'e>(settings: &SiteSettings, shelf: &'e Shelf, question: &str) -> Linked<'e> {
    let mut found: Vec<&PortalEntry> = Vec::new();
    let mut add = |entries: Vec<&'e PortalEntry>| {
        for entry in entries {
            if !found.iter().any(|other| other.release == entry.release) {
                found.push(entry);
            }
        }
    };
    let text = ordinary(question);
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut has_link = false;
    let mut is_path = false;
    for word in &words {
        let mut rest = *word;
        while let Some((at, len)) = own_link(settings, rest) {
            has_link = true;
            rest = &rest[at + len..];
            add(target(shelf, rest));
        }
        if word.starts_with("/b/") || word.starts_with("/s/") {
            add(target(shelf, word));
            is_path = words.len() == 1;
        }
    }
    // Words that hang on a link are words all the same.
    let is_alone = || {
        let rest = bare(settings, &text);
        Wording::new(&unlabelled(&rest)).keys().is_empty()
    };
    let only = if is_path || has_link && is_alone() {
        Only::Ours
    } else if !has_link && words.len() == 1 && is_address(&unlabelled(&text)) {
        Only::Foreign
    } else {
        Only::Words
    };
    add(mentioned(shelf, &text));
    Linked {
        found,
        has_link,
        only,
    }
}

fn target<'e>(shelf: &'e Shelf, path: &str) -> Vec<&'e PortalEntry> {
    let path = path.split(['?', '#']).next().unwrap_or("");
    match Route::of(View::of(path).1) {
        Some(
            Route::Bulletin(id)
            | Route::Overrun(id)
            | Route::BulletinText(id)
            | Route::BulletinData(id)
            | Route::Poster(id),
        ) => shelf
            .release(&id.to_ascii_uppercase())
            .into_iter()
            .collect(),
        Some(Route::Short(name)) => shelf.short_typed(name),
        _ => Vec::new(),
    }
}

/// Where in `text` this site's own address stands, to the letter of its host, and its length without a path.
fn own_link(settings: &SiteSettings, text: &str) -> Option<(usize, usize)> {
    let bare = |text: &str| {
        text.split_once("://")
            .map_or(text, |(_, rest)| rest)
            .to_ascii_lowercase()
    };
    let own = bare(&settings.base_url);
    let lower = text.to_ascii_lowercase();
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || "-._~@/%".contains(c);
    lower.match_indices(&own).find_map(|(at, _)| {
        let before = lower[..at]
            .strip_suffix("https://")
            .or_else(|| lower[..at].strip_suffix("http://"))
            .unwrap_or(&lower[..at]);
        let behind = &lower[at + own.len()..];
        // A colon before it belongs to the words that announce it; one behind it makes another host's port or name of it.
        let begins = before.chars().next_back().is_none_or(|c| !is_of_name(c));
        let ends = behind.starts_with(['/', '?', '#'])
            || behind
                .chars()
                .next()
                .is_none_or(|c| !is_of_name(c) && c != ':');
        (begins && ends).then_some((before.len(), at - before.len() + own.len()))
    })
}

/// Whether one word is an address of some site.
fn is_address(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    let has_path = word.split_once('/').is_some_and(|(host, _)| {
        host.contains('.')
            && host
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-.:@".contains(&b))
    });
    word.contains("://") || word.starts_with("www.") || has_path
}

/// What an exercise puts on every text, in small letters, the longer first; and how people type it.
const DRILL_MARKS: [&str; 15] = [
    "this was an exercise.",
    "this is an exercise.",
    "this was an exercise",
    "this is an exercise",
    "以上为演练",
    "【exercise】",
    "[exercise]",
    "(exercise)",
    "【演练】",
    "（演练）",
    "[演练]",
    "(演练)",
    "【drill】",
    "[drill]",
    "(drill)",
];
/// The same where a text begins with it.
const DRILL_OPENINGS: [&str; 4] = ["exercise:", "exercise -", "exercise exercise", "drill:"];

/// Whether it bears a mark of an exercise, or names an id of one.
pub fn mentions_drill(question: &str) -> bool {
    let lower = question.to_ascii_lowercase();
    DRILL_MARKS.iter().any(|mark| lower.contains(mark))
        || opening(&lower).is_some()
        || question
            .to_ascii_uppercase()
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
            .any(|word| word.len() == 28 && word.starts_with("D-"))
}

/// Where the words begin behind an opening that says that it is an exercise; `lower` is in small letters.
fn opening(lower: &str) -> Option<usize> {
    let text = lower.trim_start();
    let mark = DRILL_OPENINGS
        .iter()
        .find(|mark| text.starts_with(**mark))?;
    Some(lower.len() - text.len() + mark.len())
}

/// `text` without the marks of an exercise.
pub fn without_marks(text: &str) -> String {
    // As many bytes as `text`, so that places in one are places in the other.
    let lower = text.to_ascii_lowercase();
    let mut at = opening(&lower).unwrap_or(0);
    let mut out = String::with_capacity(text.len());
    while at < text.len() {
        let rest = &lower[at..];
        let next = DRILL_MARKS
            .iter()
            .filter_map(|mark| Some((rest.find(mark)?, mark.len())));
        let Some((found, len)) = next.min_by_key(|(found, len)| (*found, std::cmp::Reverse(*len)))
        else {
            break;
        };
        out.push_str(&text[at..at + found]);
        out.push('\n');
        at += found + len;
    }
    out.push_str(&text[at..]);
    out
}

/// `text` without what channels put around a text: links to it with the words before them, the count of a message, and
/// the marks of an exercise where all is one.
pub fn bare(settings: &SiteSettings, text: &str) -> String {
    const BEFORE_LINK: [&str; 11] = [
        "扫码看全文：",
        "扫码看全文:",
        "网页版：",
        "网址：",
        "网址:",
        "全文见",
        "详见",
        "Address:",
        "On the web:",
        "Full text:",
        "See",
    ];
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, len)) = own_link(settings, rest) {
        let mut before = rest[..at].trim_end();
        for words in BEFORE_LINK {
            before = before.strip_suffix(words).unwrap_or(before);
        }
        out.push_str(before);
        out.push('\n');
        let behind = &rest[at + len..];
        let is_of_path = |c: char| c.is_ascii_alphanumeric() || "/-._~?=&#%".contains(c);
        let end = behind.find(|c| !is_of_path(c)).unwrap_or(behind.len());
        rest = &behind[end..];
    }
    out.push_str(rest);
    let numbered = out.trim_start();
    if let Some(end) = numbered.find(['）', ')']).filter(|end| *end <= 12)
        && numbered.starts_with(['（', '('])
        && numbered[..end]
            .trim_start_matches(['（', '('])
            .split('/')
            .count()
            == 2
        && numbered[..end]
            .trim_start_matches(['（', '('])
            .bytes()
            .all(|b| b.is_ascii_digit() || b == b'/')
    {
        out = numbered[end..].trim_start_matches(['）', ')']).to_owned();
    }
    if settings.drill {
        out = without_marks(&out);
    }
    out
}
