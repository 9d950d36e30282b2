//! Feeds: Atom (RFC 4287) and JSON Feed 1.1, newest change first.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use serde_json::{Value, json};

use super::SiteSettings;
use super::frame::{Frame, entry_title};
use super::page::card::{Banner, Fate, action};
use super::route::View;
use super::shelf::{Shelf, changed_at};
use super::typeset::{head, shown};
use super::when::iso;
use crate::domain::bulletin::Language;
use crate::domain::portal::{PortalEntry, Standing};
use crate::domain::time::Moment;
use crate::words::words;

/// How many entries a feed holds.
const FEED_ENTRIES: usize = 40;

fn newest(shelf: &Shelf) -> Vec<&PortalEntry> {
    let mut all: Vec<_> = shelf.all().iter().collect();
    all.sort_by_key(|entry| std::cmp::Reverse(changed_at(entry)));
    all.truncate(FEED_ENTRIES);
    all
}

/// What a feed reader lists: a title that says when the text is no longer true.
fn feed_title(settings: &SiteSettings, language: Language, entry: &PortalEntry) -> String {
    let title = entry_title(settings.drill, language, entry).text;
    match Fate::new(&words(language).portal, entry) {
        fate if fate.is_current() => title,
        fate if language == Language::ZhCn => format!("【{}】{title}", fate.word),
        fate => format!("[{}] {title}", fate.word),
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

/// RFC 4287.
pub fn atom(settings: &SiteSettings, shelf: &Shelf, language: Language, now: Moment) -> String {
    let frame = Frame::new(settings, View::new(language, false), "", "/feed.atom");
    let mut writer = Writer::new(Vec::new());
    // Writing to a Vec cannot fail; an empty feed would be the worst that could come of it.
    match write_atom(&mut writer, &frame, shelf, now) {
        Ok(()) => String::from_utf8(writer.into_inner()).unwrap_or_default(),
        Err(_) => String::new(),
    }
}

type Xml = Writer<Vec<u8>>;

fn leaf(xml: &mut Xml, name: &str, attributes: &[(&str, &str)], text: &str) -> std::io::Result<()> {
    let start = BytesStart::new(name).with_attributes(attributes.iter().copied());
    if text.is_empty() {
        return xml.write_event(Event::Empty(start));
    }
    xml.write_event(Event::Start(start))?;
    xml.write_event(Event::Text(BytesText::new(text)))?;
    xml.write_event(Event::End(BytesEnd::new(name)))
}

fn write_atom(xml: &mut Xml, f: &Frame, shelf: &Shelf, now: Moment) -> std::io::Result<()> {
    let settings = f.settings;
    let language = f.view.language;
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    let root = [
        ("xmlns", "http://www.w3.org/2005/Atom"),
        ("xml:lang", language.code()),
    ];
    xml.write_event(Event::Start(BytesStart::new("feed").with_attributes(root)))?;
    leaf(xml, "id", &[], &f.canonical())?;
    leaf(xml, "title", &[], &feed_name(settings, language))?;
    leaf(xml, "subtitle", &[], &f.w.feed_subtitle)?;
    let page = format!("{}{}/", settings.base_url, f.base());
    leaf(
        xml,
        "link",
        &[
            ("rel", "self"),
            ("type", "application/atom+xml"),
            ("href", &f.canonical()),
        ],
        "",
    )?;
    leaf(
        xml,
        "link",
        &[("rel", "alternate"), ("type", "text/html"), ("href", &page)],
        "",
    )?;
    leaf(
        xml,
        "updated",
        &[],
        &iso(shelf.changed_at().unwrap_or(now), settings.zone),
    )?;
    xml.write_event(Event::Start(BytesStart::new("author")))?;
    leaf(xml, "name", &[], f.host())?;
    xml.write_event(Event::End(BytesEnd::new("author")))?;
    for entry in newest(shelf) {
        let own = Frame::new(settings, f.view, "", &format!("/b/{}", entry.release));
        xml.write_event(Event::Start(BytesStart::new("entry")))?;
        leaf(xml, "id", &[], &stable_id(entry))?;
        leaf(xml, "title", &[], &feed_title(settings, language, entry))?;
        leaf(
            xml,
            "link",
            &[
                ("rel", "alternate"),
                ("type", "text/html"),
                ("href", &own.canonical()),
            ],
            "",
        )?;
        leaf(xml, "published", &[], &iso(entry.published_at, entry.zone))?;
        leaf(xml, "updated", &[], &iso(changed_at(entry), entry.zone))?;
        xml.write_event(Event::Start(BytesStart::new("author")))?;
        leaf(xml, "name", &[], &own.body_name(entry).text)?;
        xml.write_event(Event::End(BytesEnd::new("author")))?;
        for (scheme, term, label) in [
            ("level", entry.level.code(), f.common.level(entry.level)),
            ("kind", entry.kind.code(), f.common.kind(entry.kind)),
        ] {
            leaf(
                xml,
                "category",
                &[
                    ("term", term),
                    ("scheme", &format!("{page}about#{scheme}")),
                    ("label", label),
                ],
                "",
            )?;
        }
        leaf(
            xml,
            "summary",
            &[("type", "text")],
            &summary(&own, shelf, entry),
        )?;
        leaf(
            xml,
            "content",
            &[("type", "text")],
            &shown(body_text(language, entry)),
        )?;
        xml.write_event(Event::End(BytesEnd::new("entry")))?;
    }
    xml.write_event(Event::End(BytesEnd::new("feed")))
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

/// The text in `language`, or the Chinese one.
pub fn body_text(language: Language, entry: &PortalEntry) -> &str {
    match (language, entry.text.text_en.as_deref()) {
        (Language::En, Some(english)) if !english.trim().is_empty() => english,
        _ => &entry.text.text,
    }
}

/// What became of it, what to do, and the head of the text.
fn summary(f: &Frame, shelf: &Shelf, entry: &PortalEntry) -> String {
    let banner = Banner::new(f, shelf, entry).map(|banner| banner.text);
    let action = action(f, entry).map(|action| action.text);
    let head = head(body_text(f.view.language, entry), 120);
    [banner, action, Some(head)]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ")
}

/// JSON Feed 1.1.
pub fn json_feed(settings: &SiteSettings, shelf: &Shelf, language: Language) -> String {
    let f = Frame::new(settings, View::new(language, false), "", "/feed.json");
    let items: Vec<Value> = newest(shelf)
        .into_iter()
        .map(|entry| {
            let own = Frame::new(settings, f.view, "", &format!("/b/{}", entry.release));
            json!({
                "id": stable_id(entry),
                "url": own.canonical(),
                "title": feed_title(settings, language, entry),
                "summary": summary(&own, shelf, entry),
                "content_text": shown(body_text(language, entry)),
                "date_published": iso(entry.published_at, entry.zone),
                "date_modified": iso(changed_at(entry), entry.zone),
                "authors": [{"name": own.body_name(entry).text}],
                "tags": [f.common.level(entry.level), f.common.kind(entry.kind)],
                "language": language.code(),
                "_fabu": {
                    "about": format!("{}/about", settings.base_url),
                    "level": entry.level.code(),
                    "kind": entry.kind.code(),
                    "standing": standing_code(&entry.standing),
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

fn standing_code(standing: &Standing) -> &'static str {
    match standing {
        Standing::Current => "current",
        Standing::Expired { .. } => "expired",
        Standing::Superseded { .. } => "superseded",
        Standing::Corrected { .. } => "corrected",
        Standing::Withdrawn { .. } => "withdrawn",
    }
}
