//! Feeds: Atom (RFC 4287) and JSON Feed 1.1, newest change first.

use askama::Template;
use serde_json::{Value, json};

use super::SiteSettings;
use super::frame::{Frame, english_text};
use super::plain::Plain;
use super::route::View;
use super::shelf::Shelf;
use super::typeset::head;
use super::when::iso;
use crate::domain::area::Area;
use crate::domain::bulletin::Language;
use crate::domain::portal::{PortalEntry, Standing};
use crate::domain::time::Moment;

/// How many entries a feed holds.
const FEED_ENTRIES: usize = 40;

fn newest<'s>(shelf: &'s Shelf, area: Option<&Area>) -> Vec<&'s PortalEntry> {
    let mut all: Vec<_> = match area {
        Some(area) => shelf.area(&area.area),
        None => shelf.all().iter().collect(),
    };
    all.sort_by_key(|entry| std::cmp::Reverse(shelf.changed(entry)));
    all.truncate(FEED_ENTRIES);
    all
}

/// What a feed reader lists: a title that says what became of the text.
fn feed_title(language: Language, plain: &Plain) -> String {
    let (title, word) = (&plain.title, &plain.fate.word);
    match language {
        _ if plain.fate.is_plain() => title.clone(),
        Language::ZhCn => format!("【{word}】{title}"),
        Language::En => format!("[{word}] {title}"),
    }
}

fn feed_name(settings: &SiteSettings, language: Language) -> String {
    let frame = Frame::new(settings, View::new(language, false), "", "/");
    let mark = if settings.drill {
        frame.w.drill_prefix.as_str()
    } else {
        ""
    };
    format!("{mark}{} {}", frame.site_name(), frame.w.feed_title)
        .trim()
        .to_owned()
}

/// A text as a feed reader lists it.
struct Item<'a> {
    entry: &'a PortalEntry,
    id: String,
    url: String,
    title: String,
    author: String,
    published: String,
    updated: String,
    summary: String,
    text: String,
    /// The language of the text.
    language: Language,
    standing: &'static str,
    asks: bool,
}

fn items<'a>(f: &Frame, shelf: &'a Shelf, area: Option<&Area>) -> Vec<Item<'a>> {
    let language = f.view.language;
    let items = newest(shelf, area).into_iter().map(|entry| {
        let own = Frame::new(f.settings, f.view, "", &format!("/b/{}", entry.release));
        let plain = Plain::new(&own, shelf, entry);
        Item {
            entry,
            id: stable_id(entry),
            url: own.canonical(),
            title: feed_title(language, &plain),
            author: own.body_name(entry).text,
            published: iso(entry.published_at, entry.zone),
            updated: iso(shelf.changed(entry), entry.zone),
            summary: summary(&plain),
            text: plain.whole(),
            language: match english_text(entry) {
                None => Language::ZhCn,
                Some(_) => language,
            },
            standing: standing_code(shelf, entry),
            asks: plain.fate.asks(),
        }
    });
    items.collect()
}

#[derive(Template)]
#[template(path = "portal/pages/feed.xml")]
struct Atom<'a> {
    f: Frame<'a>,
    name: String,
    page: String,
    about: String,
    updated: String,
    items: Vec<Item<'a>>,
}

/// RFC 4287; of everything, or of what concerns one place.
pub fn atom(
    settings: &SiteSettings,
    shelf: &Shelf,
    language: Language,
    now: Moment,
    area: Option<&Area>,
) -> String {
    let page = area.map_or("/".to_owned(), |area| format!("/area/{}", area.area.0));
    let path = match area {
        Some(_) => format!("{page}/feed.atom"),
        None => "/feed.atom".to_owned(),
    };
    let f = Frame::new(settings, View::new(language, false), "", &path);
    let items = items(&f, shelf, area);
    let site = feed_name(settings, language);
    let feed = Atom {
        name: match area {
            Some(area) => format!(
                "{} - {site}",
                f.said(&area.name, area.name_en.as_deref()).text
            ),
            None => site,
        },
        page: format!("{}{}{page}", settings.base_url, f.base()),
        about: format!("{}{}/about", settings.base_url, f.base()),
        updated: match (area, items.first()) {
            (Some(_), Some(newest)) => newest.updated.clone(),
            _ => iso(shelf.changed_at().unwrap_or(now), settings.zone),
        },
        items,
        f,
    };
    // Writing into memory cannot fail; an empty feed would be the worst that could come of it.
    feed.render().unwrap_or_default()
}

/// The id of a release is a UUID in other clothes; the feed shows it as what it is, so that it outlives any address.
fn stable_id(entry: &PortalEntry) -> String {
    const ALPHABET: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let tail = entry
        .release
        .as_str()
        .get(2..)
        .unwrap_or_default()
        .to_ascii_uppercase();
    let value = tail.chars().try_fold(0u128, |value, c| {
        let digit = ALPHABET.find(c)? as u128;
        value.checked_mul(32)?.checked_add(digit)
    });
    match value {
        Some(value) => format!("urn:uuid:{}", uuid::Uuid::from_u128(value)),
        None => format!("urn:fabu:{}", entry.release),
    }
}

/// What became of it; and of what still asks something, what that is, and the head of the text.
fn summary(plain: &Plain) -> String {
    let mut parts = plain.became();
    let head = head(plain.righted.as_ref().unwrap_or(&plain.text), 120);
    if plain.fate.asks() {
        parts.extend(plain.answer.as_deref());
        parts.extend(plain.action.as_deref());
        parts.push(&head);
    }
    parts.join(" ")
}

/// JSON Feed 1.1.
pub fn json_feed(settings: &SiteSettings, shelf: &Shelf, language: Language) -> String {
    let f = Frame::new(settings, View::new(language, false), "", "/feed.json");
    let items: Vec<Value> = items(&f, shelf, None)
        .into_iter()
        .map(|item| {
            let entry = item.entry;
            json!({
                "id": item.id,
                "url": item.url,
                "title": item.title,
                "summary": item.summary,
                "content_text": item.text,
                "date_published": item.published,
                "date_modified": item.updated,
                "authors": [{"name": item.author}],
                "tags": [f.common.level(entry.level), f.common.kind(entry.kind)],
                "language": item.language.code(),
                "_fabu": {
                    "about": format!("{}/about", settings.base_url),
                    "level": entry.level.code(),
                    "kind": entry.kind.code(),
                    "standing": item.standing,
                    "in_force": item.asks,
                    "drill": settings.drill,
                },
            })
        })
        .collect();
    let feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed_name(settings, language),
        "description": f.w.feed_subtitle,
        "home_page_url": format!("{}{}/", settings.base_url, f.base()),
        "feed_url": f.canonical(),
        "language": language.code(),
        "authors": [{"name": f.host()}],
        "items": items,
    });
    feed.to_string()
}

/// For programs: an earlier correction that a later one repeats holds on, as its page says.
pub fn standing_code(shelf: &Shelf, entry: &PortalEntry) -> &'static str {
    match entry.standing {
        Standing::Superseded { .. } if shelf.further(entry).is_some() => "current",
        Standing::Current => "current",
        Standing::Expired { .. } => "expired",
        Standing::Superseded { .. } if entry.ended_with_response().is_some() => "ended",
        Standing::Superseded { .. } => "superseded",
        Standing::Lifted { .. } => "lifted",
        Standing::Corrected { .. } => "corrected",
        Standing::Withdrawn { .. } => "withdrawn",
    }
}
