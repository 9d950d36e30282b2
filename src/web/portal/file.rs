//! Each bulletin as plain text, to be read out and pasted, and as data for other programs.

use serde::Serialize;
use serde_json::json;

use super::SiteSettings;
use super::fate::Fate;
use super::feed::standing_code;
use super::frame::{Frame, entry_title, places};
use super::page::asked::{action, except};
use super::page::banner::Banner;
use super::page::card::original;
use super::page::mended::{Mend, passages};
use super::page::record::spoken_code;
use super::plain::Plain;
use super::route::View;
use super::shelf::Shelf;
use super::when::iso;
use crate::domain::bulletin::Language;
use crate::domain::portal::{PortalEntry, Standing};
use crate::domain::short_code;
use crate::domain::time::Moment;
use crate::words::words;

/// One bulletin as data. A program may read `text` and `action` and nothing else, so these are what holds: with the right words where
/// a passage was corrected, without an action where it asks nothing any more, and none where it never held. What was published
/// stands in `as_published`, if that is something else.
pub fn data(settings: &SiteSettings, shelf: &Shelf, entry: &PortalEntry) -> String {
    let address = |id: &str| format!("{}/b/{id}", settings.base_url);
    let at = |moment: Moment| iso(moment, entry.zone);
    let text = &entry.text;
    let is = standing_code(shelf, entry);
    let further = shelf.further(entry);
    let standing = match &entry.standing {
        Standing::Current => json!({"is": is}),
        Standing::Superseded { .. } if further.is_some() => json!({
            "is": is, "further": further.map(|last| address(last.release.as_str())),
        }),
        Standing::Expired { at: when } | Standing::Superseded { at: when } => {
            json!({"is": is, "at": at(*when)})
        }
        Standing::Lifted { at: when, by } => {
            json!({"is": is, "at": at(*when), "by": address(by.as_str())})
        }
        Standing::Corrected { at: when, by, kind } => {
            json!({"is": is, "at": at(*when), "by": address(by.as_str()), "kind": kind})
        }
        Standing::Withdrawn { at: when, by } => json!({
            "is": is, "at": at(*when), "by": by.as_ref().map(|by| address(by.as_str())),
        }),
    };
    let fate = Fate::new(&words(Language::ZhCn).portal, shelf, entry);
    let asks = fate.asks();
    let now = Reading::new(settings, shelf, entry, &fate);
    let as_published = Reading::of(entry);
    let title = |language| {
        let title = entry_title(settings.drill, language, entry).text;
        let mend = Mend::of(shelf, entry, language);
        mend.and_then(|mend| mend.righted(&title)).unwrap_or(title)
    };
    let explained = shelf.interpretations(entry.release.as_str());
    let value = json!({
        "id": entry.release,
        "drill": settings.drill,
        "url": address(entry.release.as_str()),
        "short_url": short_code::link(&settings.base_url, &entry.release),
        "standing": standing,
        "level": entry.level.code(),
        "kind": entry.kind.code(),
        "in_force": asks,
        "title": title(Language::ZhCn),
        "title_en": text.title_en.as_ref().map(|_| title(Language::En)),
        "action": now.action,
        "action_en": now.action_en,
        "text": now.text,
        "text_en": now.text_en,
        "as_published": (now != as_published).then_some(&as_published),
        "answer": entry.answer,
        "areas": entry.areas.iter().map(|area| json!({
            "code": area.area, "name": area.name, "name_en": area.name_en,
        })).collect::<Vec<_>>(),
        "lifted": shelf.stands_for(entry).lifted.iter().map(|lifted| json!({
            "at": at(lifted.at), "by": address(lifted.by.as_str()), "to_come": lifted.to_come,
            "except": lifted.except, "except_en": lifted.except_en,
            "areas": lifted.areas.iter().map(|area| &area.area).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "body": {"code": entry.body, "name": entry.body_name, "name_en": entry.body_name_en, "hotline": entry.hotline},
        "event": {"code": entry.event, "name": entry.event_name, "name_en": entry.event_name_en, "class": entry.class},
        "incident": {
            "id": entry.incident,
            "title": entry.incident_title,
            "title_en": entry.incident_title_en,
            "url": format!("{}/incident/{}", settings.base_url, entry.incident),
        },
        "index_number": entry.index_number,
        "document_number": text.document_number,
        "basis": entry.basis,
        "drafted_at": at(entry.drafted_at),
        "published_at": at(entry.published_at),
        "due_at": entry.due_at.map(at),
        "valid_until": entry.valid_until.filter(|_| asks).map(at),
        "next_update": entry.next_update.filter(|_| asks).map(at),
        "signed": {"body": text.signed_body, "date": text.signed_date},
        "corrected": shelf.correction(entry).and_then(|by| Some(json!({
            "by": address(by.release.as_str()), "passage": by.corrects.as_ref()?.passage.as_ref()?,
        }))),
        "corrected_passages": passages(shelf, entry, Language::ZhCn),
        "interprets": entry.interprets.as_ref().map(|id| address(id.as_str())),
        "interpreted_by": explained.iter().map(|other| address(other.release.as_str())).collect::<Vec<_>>(),
        "corrects": entry.corrects.as_ref().map(|c| json!({
            "url": address(c.release.as_str()), "kind": c.kind, "passage": c.passage,
        })),
        "version": entry.version,
        "hash": entry.hash,
    });
    format!("{value:#}\n")
}

/// What a text says and asks.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Reading {
    action: Option<String>,
    action_en: Option<String>,
    text: Option<String>,
    text_en: Option<String>,
}

impl Reading {
    fn of(entry: &PortalEntry) -> Self {
        let text = &entry.text;
        Self {
            action: text.action.clone(),
            action_en: text.action_en.clone(),
            text: Some(text.text.clone()),
            text_en: text.text_en.clone(),
        }
    }

    /// As it is to be read now.
    fn new(settings: &SiteSettings, shelf: &Shelf, entry: &PortalEntry, fate: &Fate) -> Self {
        let published = Self::of(entry);
        let of = |language| Mend::of(shelf, entry, language);
        let (zh, en) = (of(Language::ZhCn), of(Language::En));
        let righted = |text: Option<String>, mend: &Option<Mend>| {
            let text = text?;
            Some(
                mend.as_ref()
                    .map_or_else(|| text.clone(), |mend| mend.as_now(&text)),
            )
        };
        let asked = |language, mend: &Option<Mend>| {
            let f = Frame::new(settings, View::new(language, false), "", "");
            let action = action(&f, shelf, entry, true)?.text;
            let righted = mend.as_ref().map(|mend| mend.action_as_now(&action));
            Some(righted.unwrap_or(action))
        };
        let (asks, held) = (fate.asks(), !fate.is_void());
        Self {
            action: (published.action.and_then(|_| asked(Language::ZhCn, &zh))).filter(|_| asks),
            action_en: (published.action_en.and_then(|_| asked(Language::En, &en)))
                .filter(|_| asks),
            text: righted(published.text, &zh).filter(|_| held),
            text_en: righted(published.text_en, &en).filter(|_| held),
        }
    }
}

/// One bulletin as plain text, to be read out, printed or pasted.
pub fn text(
    settings: &SiteSettings,
    shelf: &Shelf,
    language: Language,
    entry: &PortalEntry,
) -> String {
    let path = format!("/b/{}", entry.release);
    let f = Frame::new(settings, View::new(language, false), "", &path);
    let w = f.w;
    let plain = Plain::new(&f, shelf, entry);
    let colon = if f.is_chinese() { "：" } else { ": " };
    let mut out = String::new();
    let mut line = |text: &str| {
        out.push_str(text);
        out.push('\n');
    };
    if settings.drill {
        line(&w.drill_bar);
        line("");
    }
    if let Some(Banner { text, link, .. }) = &plain.banner {
        line(&format!("*** {text} ***"));
        let (name, way) = (&link.text.text, &link.href);
        line(&format!("{name} {}{way}", settings.base_url));
    }
    for note in &plain.notes {
        line(&format!("*** {note} ***"));
    }
    if !plain.became().is_empty() {
        line("");
    }
    line(&plain.title);
    if let Some(original) = original(&f, &entry.text.title, entry.text.title_en.as_deref()) {
        line(&original);
    }
    line(f.badge_of(shelf, entry).text);
    if let Some(levels) = f.levels(shelf, entry) {
        line(&levels);
    }
    line("");
    let mut areas = places(language, &entry.areas);
    if let Some(except) = except(&f, shelf, entry).filter(|_| plain.fate.asks()) {
        areas.push_str(&except);
    }
    let stamp = |at: Moment| f.stamp(at, entry).text;
    let asks = plain.fate.asks();
    let facts: [(&str, Option<String>); 8] = [
        (&w.answer, plain.answer.clone()),
        (plain.fate.heading, plain.action.clone()),
        (&w.place, Some(areas).filter(|areas| !areas.is_empty())),
        (&w.time, Some(stamp(entry.published_at))),
        (
            &w.valid_until,
            entry.valid_until.filter(|_| asks).map(stamp),
        ),
        (&w.who, Some(f.body_name(entry).text)),
        (&w.hotline, entry.hotline.clone()),
        (
            &w.next_update,
            entry.next_update.filter(|_| asks).map(stamp),
        ),
    ];
    for (name, value) in facts {
        if let Some(value) = value {
            line(&format!("{name}{colon}{value}"));
        }
    }
    line("");
    if let Some(before) = plain.before {
        line(before);
        line("");
    }
    if let Some(action) = &plain.past_action {
        line(&format!("{}{colon}{action}", w.action_past));
        line("");
    }
    line(plain.text.trim());
    line("");
    if let Some(behind) = plain.behind {
        line(behind);
        line("");
    }
    let source = &entry.text;
    let signed = if source.signed_body.is_empty() {
        &entry.body_name
    } else {
        &source.signed_body
    };
    line(&f.said(signed, source.signed_body_en.as_deref()).text);
    line(
        &f.said(&source.signed_date, source.signed_date_en.as_deref())
            .text,
    );
    line("");
    line(&format!("{}{colon}{}", w.index_number, entry.index_number));
    line(&format!(
        "{}{colon}{}",
        w.document_number,
        source.document_number.as_deref().unwrap_or(&w.none)
    ));
    line(&format!("{}{colon}{}", w.code, spoken_code(&entry.hash)));
    line(&format!("{}{colon}{}", w.address, f.canonical()));
    if let Some(banner) = plain.banner.filter(|_| plain.fate.is_void()) {
        line("");
        line(&format!("*** {} ***", banner.text));
    }
    if settings.drill {
        line("");
        line(&w.drill_end);
    }
    out
}
