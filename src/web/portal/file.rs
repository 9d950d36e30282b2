//! Each bulletin as plain text, to be read out and pasted, and as data for other programs.

use serde_json::json;

use super::SiteSettings;
use super::feed::body_text;
use super::frame::{Frame, entry_title};
use super::page::card::{Banner, Fate, action, lifted};
use super::page::mended::passage;
use super::page::record::spoken_code;
use super::route::View;
use super::shelf::Shelf;
use super::typeset::shown;
use super::when::iso;
use crate::domain::bulletin::Language;
use crate::domain::portal::{PortalEntry, Standing};
use crate::domain::short_code;
use crate::domain::time::Moment;

/// One bulletin as data.
pub fn data(settings: &SiteSettings, shelf: &Shelf, entry: &PortalEntry) -> String {
    let address = |id: &str| format!("{}/b/{id}", settings.base_url);
    let at = |moment: Moment| iso(moment, entry.zone);
    let text = &entry.text;
    let standing = match &entry.standing {
        Standing::Current => json!({"is": "current"}),
        Standing::Expired { at: when } => json!({"is": "expired", "at": at(*when)}),
        Standing::Superseded { at: when } => json!({"is": "superseded", "at": at(*when)}),
        Standing::Lifted { at: when, by } => {
            json!({"is": "lifted", "at": at(*when), "by": address(by.as_str())})
        }
        Standing::Corrected { at: when, by, kind } => {
            json!({"is": "corrected", "at": at(*when), "by": address(by.as_str()), "kind": kind})
        }
        Standing::Withdrawn { at: when, by } => json!({
            "is": "withdrawn", "at": at(*when), "by": by.as_ref().map(|by| address(by.as_str())),
        }),
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
        "title": entry_title(settings.drill, Language::ZhCn, entry).text,
        "title_en": text.title_en.as_ref().map(|_| entry_title(settings.drill, Language::En, entry).text),
        "action": text.action,
        "action_en": text.action_en,
        "text": text.text,
        "text_en": text.text_en,
        "areas": entry.areas.iter().map(|area| json!({
            "code": area.area, "name": area.name, "name_en": area.name_en,
        })).collect::<Vec<_>>(),
        "lifted": shelf.stands_for(entry).lifted.iter().map(|lifted| json!({
            "at": at(lifted.at), "by": address(lifted.by.as_str()), "to_come": lifted.to_come,
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
        "valid_until": entry.valid_until.map(at),
        "next_update": entry.next_update.map(at),
        "signed": {"body": text.signed_body, "date": text.signed_date},
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

/// One bulletin as plain text, to be read out, printed or pasted.
pub fn text(
    settings: &SiteSettings,
    shelf: &Shelf,
    language: Language,
    entry: &PortalEntry,
) -> String {
    let f = Frame::new(
        settings,
        View::new(language, false),
        "",
        &format!("/b/{}", entry.release),
    );
    let w = f.w;
    let source = &entry.text;
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
    let banner = Banner::new(&f, shelf, entry);
    if let Some(banner) = &banner {
        line(&format!("*** {} ***", banner.text));
        if let Some(link) = &banner.link {
            line(&format!(
                "{} {}{}",
                link.text.text, settings.base_url, link.href
            ));
        }
        if let Some(passage) = passage(shelf, entry, language) {
            line(&w.amended_here);
            line(&format!("{}{}", w.amended_wrong, passage.wrong));
            line(&format!("{}{}", w.amended_right, passage.right));
        }
        line("");
    }
    for lifted in lifted(&f, shelf.stands_for(entry)) {
        line(&format!("*** {lifted} ***"));
    }
    line(&f.entry_title(entry).text);
    line(f.common.level(entry.level));
    if let Some(levels) = f.levels(entry) {
        line(&levels);
    }
    line("");
    let action = action(&f, entry).map(|action| action.text);
    let areas: Vec<_> = f
        .area_links(&entry.areas)
        .into_iter()
        .map(|link| link.text.text)
        .collect();
    let facts = [
        (&w.action, action),
        (
            &w.place,
            Some(areas.join(if f.is_chinese() { "、" } else { ", " }))
                .filter(|text| !text.is_empty()),
        ),
        (&w.time, Some(f.stamp(entry.published_at, entry).text)),
        (
            &w.valid_until,
            entry.valid_until.map(|at| f.stamp(at, entry).text),
        ),
        (&w.who, Some(f.body_name(entry).text)),
        (&w.hotline, entry.hotline.clone()),
        (
            &w.next_update,
            entry.next_update.map(|at| f.stamp(at, entry).text),
        ),
    ];
    for (name, value) in facts {
        if let Some(value) = value {
            line(&format!("{name}{colon}{value}"));
        }
    }
    line("");
    let is_void = Fate::new(w, entry).is_void();
    if is_void {
        line(&w.void_begin);
        line("");
    }
    line(shown(body_text(language, entry)).trim());
    line("");
    if is_void {
        line(&w.void_end);
        line("");
    }
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
    if let Some(banner) = banner.filter(|_| is_void) {
        line("");
        line(&format!("*** {} ***", banner.text));
    }
    if settings.drill {
        line("");
        line(&w.drill_end);
    }
    out
}
