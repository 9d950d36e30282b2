//! Is it genuine? The reader gives an address, a number or a code; the page shows what really stands here.

use askama::Template;

use super::bulletin::cards;
use super::card::Card;
use super::record::spoken_code;
use crate::domain::portal::PortalEntry;
use crate::web::portal::SiteSettings;
use crate::web::portal::frame::Frame;
use crate::web::portal::route::{Route, View, encode};
use crate::web::portal::shelf::Shelf;
use crate::web::portal::typeset::fold;
use crate::words::words;

const LONGEST: usize = 300;
const MOST_FOUND: usize = 10;

#[derive(Template)]
#[template(path = "portal/pages/verify.html")]
pub struct Verify<'a> {
    f: Frame<'a>,
    question: String,
    verdict: Verdict,
    found: Vec<Found>,
}

struct Found {
    card: Card,
    code: String,
}

/// What is known of the thing asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    NotAsked,
    Genuine,
    /// Published here, but no longer true.
    Changed,
    Several,
    /// An address of another site.
    Foreign,
    Unknown,
}

impl<'a> Verify<'a> {
    pub fn new(settings: &'a SiteSettings, shelf: &Shelf, view: View, question: &str) -> Self {
        let question: String = question.trim().chars().take(LONGEST).collect();
        let path = if question.is_empty() {
            "/verify".to_owned()
        } else {
            format!("/verify?q={}", encode(&question))
        };
        let f = Frame::new(
            settings,
            view,
            &words(view.language).portal.verify_heading,
            &path,
        );
        let (verdict, entries) = judge(settings, shelf, &question);
        let found = cards(&f, shelf, &entries).into_iter().zip(&entries);
        Self {
            found: found
                .map(|(card, entry)| Found {
                    card,
                    code: spoken_code(&entry.hash),
                })
                .collect(),
            verdict,
            question,
            f: Frame { noindex: true, ..f },
        }
    }

    fn asked(&self) -> bool {
        self.verdict != Verdict::NotAsked
    }

    fn class(&self) -> &'static str {
        match self.verdict {
            Verdict::Genuine => "good",
            Verdict::Changed | Verdict::Several => "past",
            _ => "void",
        }
    }

    fn says(&self) -> &'static str {
        let w = self.f.w;
        match self.verdict {
            Verdict::NotAsked => "",
            Verdict::Genuine => &w.verify_genuine,
            Verdict::Changed => &w.verify_changed,
            Verdict::Several => &w.verify_many,
            Verdict::Foreign => &w.verify_foreign,
            Verdict::Unknown => &w.verify_unknown,
        }
    }
}

fn judge<'e>(
    settings: &SiteSettings,
    shelf: &'e Shelf,
    question: &str,
) -> (Verdict, Vec<&'e PortalEntry>) {
    if question.is_empty() {
        return (Verdict::NotAsked, Vec::new());
    }
    let found = match address(settings, question) {
        Address::Foreign => return (Verdict::Foreign, Vec::new()),
        Address::Release(id) => shelf.release(&id).into_iter().collect(),
        Address::None => numbered(shelf, question),
    };
    let verdict = match found.as_slice() {
        [] => Verdict::Unknown,
        [one] if one.standing.is_current() => Verdict::Genuine,
        [_] => Verdict::Changed,
        _ => Verdict::Several,
    };
    (verdict, found)
}

enum Address {
    None,
    /// It leads to another site, whatever its path looks like.
    Foreign,
    Release(String),
}

/// Reads `question` as an address. Only this site's own host, to the letter, is this site.
fn address(settings: &SiteSettings, question: &str) -> Address {
    let bare = |text: &str| {
        let text = text.split_once("://").map_or(text, |(_, rest)| rest);
        text.trim_end_matches('/').to_ascii_lowercase()
    };
    let own = bare(&settings.base_url);
    let Some(slash) = question.find("/b/").or_else(|| question.find("://")) else {
        return Address::None;
    };
    let has_host = question.contains("://") || slash > 0;
    let asked = bare(question);
    if has_host && !question.starts_with('/') {
        let Some(path) = asked
            .strip_prefix(&own)
            .filter(|path| path.is_empty() || path.starts_with(['/', '?', '#']))
        else {
            return Address::Foreign;
        };
        if path.is_empty() {
            return Address::None;
        }
    }
    let path = question.find("/b/").map_or("", |at| &question[at..]);
    let path = path.split(['?', '#']).next().unwrap_or("");
    match Route::of(path) {
        Some(
            Route::Bulletin(id)
            | Route::Overrun(id)
            | Route::BulletinText(id)
            | Route::BulletinData(id),
        ) => Address::Release(id.to_ascii_uppercase()),
        _ => Address::None,
    }
}

/// The entries whose id, index number, document number or hash `question` is. A code needs eight characters.
fn numbered<'e>(shelf: &'e Shelf, question: &str) -> Vec<&'e PortalEntry> {
    let plain = |text: &str| -> String {
        let folded = fold(text);
        let bare = folded.chars().filter(|c| !c.is_whitespace());
        bare.map(|c| match c {
            '[' | '(' | '【' => '〔',
            ']' | ')' | '】' => '〕',
            c => c,
        })
        .collect()
    };
    let asked = plain(question);
    let code: String = asked.chars().filter(|&c| c != '-').collect();
    let is_code = code.len() >= 8 && code.bytes().all(|b| b.is_ascii_hexdigit());
    let fits = |entry: &&PortalEntry| {
        plain(entry.release.as_str()) == asked
            || plain(&entry.index_number) == asked
            || entry
                .text
                .document_number
                .as_deref()
                .is_some_and(|number| plain(number) == asked)
            || (is_code && entry.hash.starts_with(&code))
    };
    shelf.all().iter().filter(fits).take(MOST_FOUND).collect()
}
