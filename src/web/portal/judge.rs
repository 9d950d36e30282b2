//! What is known here of a thing that somebody was sent: a link, a number, a code, a title, or words that were pasted.
//!
//! Pure. It says what was found and how it differs; never what a reader should leave undone, for a text that is not
//! found may be genuine all the same.

use std::collections::HashSet;

use super::SiteSettings;
use super::register::{SHORTEST_PIECE, forms, serial_in};
use super::route::{Route, View};
use super::shelf::Shelf;
use super::wording::{Likeness, Piece, Wording, grams, likeness};
use crate::domain::check_code::CheckCode;
use crate::domain::invisible::{ordinary, visible};
use crate::domain::portal::PortalEntry;
use crate::domain::short_code;

/// The longest question, in characters; what is longer is cut, and that is said.
pub const LONGEST: usize = 5_000;
/// How many texts are listed.
pub const MOST_FOUND: usize = 10;
/// How much of a pasted text must stand here so that it is compared: so many words, and so great a part.
const ALIKE: (usize, f64) = (8, 0.4);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    NotAsked,
    Genuine,
    /// Published here, but no longer true.
    Changed,
    Several,
    /// A text of ours stands in it unchanged, with words around it that are not ours.
    Within,
    /// A text of ours, with other words in it.
    Altered,
    /// An address of another site.
    Foreign,
    /// A link or number of ours, among words that are not.
    OnlyNamed,
    /// A text of an exercise, which this site does not keep.
    Drill,
    /// Too few words to tell.
    TooShort,
    Unknown,
}

#[derive(Debug)]
pub struct Judgement<'e> {
    pub verdict: Verdict,
    pub found: Vec<&'e PortalEntry>,
    pub differences: Vec<Piece>,
    /// How many more fit than are listed.
    pub more: usize,
}

impl<'e> Judgement<'e> {
    fn of(verdict: Verdict) -> Self {
        Self {
            verdict,
            found: Vec::new(),
            differences: Vec::new(),
            more: 0,
        }
    }

    fn found(mut found: Vec<&'e PortalEntry>) -> Self {
        let verdict = match found.as_slice() {
            [] => Verdict::Unknown,
            [one] if one.standing.is_current() => Verdict::Genuine,
            [_] => Verdict::Changed,
            _ => Verdict::Several,
        };
        let more = found.len().saturating_sub(MOST_FOUND);
        found.truncate(MOST_FOUND);
        Self {
            found,
            more,
            ..Self::of(verdict)
        }
    }
}

/// `page` gives the words that a text's own page shows, in every language: a reader may have copied from there.
pub fn judge<'e>(
    settings: &SiteSettings,
    shelf: &'e Shelf,
    question: &str,
    page: impl Fn(&PortalEntry) -> Vec<String>,
) -> Judgement<'e> {
    let question = visible(question);
    if question.is_empty() {
        return Judgement::of(Verdict::NotAsked);
    }
    let named = by_name(shelf, &question);
    if !named.is_empty() {
        return Judgement::found(named);
    }
    let (ours, is_only_link) = linked(settings, shelf, &question);
    let is_of_drill = !settings.drill && mentions_drill(&question);
    match is_only_link {
        Some(false) if !is_of_drill => return Judgement::of(Verdict::Foreign),
        Some(true) if !ours.is_empty() => return Judgement::found(ours),
        _ => {}
    }
    let judged = compared(settings, shelf, &question, ours, page);
    match judged.verdict {
        Verdict::Unknown | Verdict::TooShort | Verdict::Altered | Verdict::OnlyNamed
            if is_of_drill =>
        {
            Judgement::of(Verdict::Drill)
        }
        _ => judged,
    }
}

/// The texts whose id, number, code or title `question` is.
fn by_name<'e>(shelf: &'e Shelf, question: &str) -> Vec<&'e PortalEntry> {
    let asked = Wording::new(question);
    let register = shelf.register();
    let named = register.named(&asked);
    if !named.is_empty() {
        return shelf.at(named.iter().copied());
    }
    let plain: String = ordinary(question)
        .chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .collect();
    let is_one_word = plain.len() + 16 >= question.len();
    if let Some(name) = short_code::typed(&plain).filter(|_| is_one_word) {
        let named = shelf.short(&name);
        if !named.is_empty() {
            return named;
        }
    }
    let code = plain.to_ascii_lowercase();
    let is_code = is_one_word && code.len() >= 8 && code.bytes().all(|b| b.is_ascii_hexdigit());
    if is_code {
        let coded = shelf.at(register.coded(&code));
        if !coded.is_empty() {
            return coded;
        }
    }
    if let Ok(code) = ordinary(question).parse::<CheckCode>() {
        let of = |entry: &&PortalEntry| code.names(entry.version, &entry.hash);
        let head: String = plain
            .chars()
            .rev()
            .take(16)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect();
        let coded = shelf.at(register.coded(&head.to_ascii_lowercase()));
        return coded.into_iter().filter(of).collect();
    }
    serial(shelf, question)
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

/// The texts that links and ids in `question` lead to; and, if it is one link and nothing else, whether it is this site's.
fn linked<'e>(
    settings: &SiteSettings,
    shelf: &'e Shelf,
    question: &str,
) -> (Vec<&'e PortalEntry>, Option<bool>) {
    let mut found: Vec<&PortalEntry> = Vec::new();
    let mut add = |entries: Vec<&'e PortalEntry>| {
        for entry in entries {
            if !found.iter().any(|other| other.release == entry.release) {
                found.push(entry);
            }
        }
    };
    let question = ordinary(question);
    let words: Vec<&str> = question.split_whitespace().collect();
    let mut has_link = false;
    for word in &words {
        let mut rest = *word;
        while let Some((at, len)) = own_link(settings, rest) {
            has_link = true;
            rest = &rest[at + len..];
            add(target(shelf, rest));
        }
        if word.starts_with("/b/") || word.starts_with("/s/") {
            add(target(shelf, word));
            return (found, (words.len() == 1).then_some(true));
        }
    }
    let is_only_link = if has_link {
        // Words that hang on a link are words all the same.
        let rest = bare(settings, &question);
        Wording::new(&rest).keys().is_empty().then_some(true)
    } else {
        let is_foreign = words.len() == 1 && words.iter().all(|word| is_address(word));
        is_foreign.then_some(false)
    };
    let ids = question.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    for id in ids.filter(|id| id.len() == 28) {
        add(shelf
            .release(&id.to_ascii_uppercase())
            .into_iter()
            .collect());
    }
    (found, is_only_link)
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
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || "-._~:@/%".contains(c);
    lower.match_indices(&own).find_map(|(at, _)| {
        let before = lower[..at]
            .strip_suffix("https://")
            .or_else(|| lower[..at].strip_suffix("http://"))
            .unwrap_or(&lower[..at]);
        let behind = &lower[at + own.len()..];
        let begins = before.chars().next_back().is_none_or(|c| !is_of_name(c));
        let ends = behind.starts_with(['/', '?', '#'])
            || behind.chars().next().is_none_or(|c| !is_of_name(c));
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

/// What an exercise puts on every text, the longer first.
const DRILL_MARKS: [&str; 5] = [
    "【演练】",
    "[DRILL]",
    "[EXERCISE]",
    "THIS WAS AN EXERCISE.",
    "以上为演练",
];

/// Whether it bears a mark of an exercise, or names an id of one.
fn mentions_drill(question: &str) -> bool {
    let upper = question.to_uppercase();
    DRILL_MARKS.iter().any(|mark| upper.contains(mark))
        || upper
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
            .any(|word| word.len() == 28 && word.starts_with("D-"))
}

/// The text that `question` is a copy of, or that it resembles most; `hinted` are those it names.
fn compared<'e>(
    settings: &SiteSettings,
    shelf: &'e Shelf,
    question: &str,
    hinted: Vec<&'e PortalEntry>,
    page: impl Fn(&PortalEntry) -> Vec<String>,
) -> Judgement<'e> {
    let asked_text = bare(settings, question);
    let asked = Wording::new(&asked_text);
    let words = asked.keys().len();
    let mut near = hinted.clone();
    for entry in shelf.at(shelf.register().resembling(&asked).into_iter()) {
        if !near.iter().any(|other| other.release == entry.release) {
            near.push(entry);
        }
    }
    let mut copies: Vec<&PortalEntry> = Vec::new();
    let mut best: Option<(&PortalEntry, Resemblance)> = None;
    for entry in near {
        match resemblance(settings, entry, &asked, &page) {
            Some(Resemblance::Copy) => copies.push(entry),
            Some(like)
                if best
                    .as_ref()
                    .is_none_or(|(_, other)| like.shared() > other.shared()) =>
            {
                best = Some((entry, like));
            }
            _ => {}
        }
    }
    if words < SHORTEST_PIECE && copies.is_empty() && hinted.is_empty() {
        return Judgement::of(Verdict::TooShort);
    }
    if !copies.is_empty() {
        return Judgement::found(copies);
    }
    let (fewest, part) = ALIKE;
    // Only the likeliest is compared word by word, since that is what takes time.
    let best = best.and_then(|(entry, like)| Some((entry, like.closely(&asked)?)));
    match best {
        Some((entry, like))
            if like.same >= fewest
                && (like.is_whole || like.same as f64 >= part * words as f64) =>
        {
            Judgement {
                found: vec![entry],
                verdict: if like.is_whole {
                    Verdict::Within
                } else {
                    Verdict::Altered
                },
                differences: like.pieces,
                more: 0,
            }
        }
        _ if !hinted.is_empty() => Judgement {
            found: hinted,
            ..Judgement::of(Verdict::OnlyNamed)
        },
        _ => Judgement::of(Verdict::Unknown),
    }
}

/// How much a text has in common with what was pasted.
enum Resemblance {
    /// It holds all of it, word for word.
    Copy,
    /// The forms that it has most in common with, and how many pieces that are.
    Near { forms: Vec<String>, shared: usize },
}

impl Resemblance {
    fn shared(&self) -> usize {
        match self {
            Self::Copy => usize::MAX,
            Self::Near { shared, .. } => *shared,
        }
    }

    /// The comparison with the form that is most like `asked`.
    fn closely(&self, asked: &Wording) -> Option<Likeness> {
        let Self::Near { forms, .. } = self else {
            return None;
        };
        let alike = forms
            .iter()
            .filter_map(|form| likeness(&Wording::new(form), asked));
        // Of equal ones the first: that is what was sent.
        alike.reduce(
            |best, like| match (like.same, like.is_whole) > (best.same, best.is_whole) {
                true => like,
                false => best,
            },
        )
    }
}

fn resemblance(
    settings: &SiteSettings,
    entry: &PortalEntry,
    asked: &Wording,
    page: impl Fn(&PortalEntry) -> Vec<String>,
) -> Option<Resemblance> {
    let pieces: HashSet<u32> = grams(asked.keys()).into_iter().collect();
    let mut near: Option<(Vec<String>, usize)> = None;
    for form in forms(entry).into_iter().chain(page(entry)) {
        let form = bare(settings, &form);
        let ours = Wording::new(&form);
        if ours.find(asked).is_some() {
            return Some(Resemblance::Copy);
        }
        let shared: HashSet<u32> = grams(ours.keys()).into_iter().collect();
        let shared = shared.intersection(&pieces).count();
        match &mut near {
            Some((forms, most)) if shared == *most => forms.push(form),
            Some((_, most)) if shared < *most => {}
            _ => near = Some((vec![form], shared)),
        }
    }
    let (mut forms, shared) = near.filter(|(_, shared)| *shared > 0)?;
    forms.truncate(2);
    Some(Resemblance::Near { forms, shared })
}

/// `text` without what channels put around a text: links to it with the words before them, the count of a message, and
/// the marks of an exercise where all is one.
fn bare(settings: &SiteSettings, text: &str) -> String {
    const BEFORE_LINK: [&str; 6] = [
        "网页版：",
        "全文见",
        "详见",
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
        for mark in DRILL_MARKS {
            out = out.replace(mark, "\n");
        }
        out = out.replace("This was an exercise.", "\n");
    }
    out
}
