//! One sheet for notice boards: who says so, what to do, until when, whom to call, and the way to the whole text.
//!
//! It is one page of A4 whatever the text: `sheet` decides type and what has room, once for the page and the picture, and what
//! has none is read behind the square code. Printing and PDF are the browser's.

mod drawn;
mod measure;
mod pick;
mod sheet;
mod square;

use askama::Template;

use self::measure::length;
use self::sheet::{LONGEST_ACTION, LONGEST_TITLE, Parts, Sheet, cut};
use self::square::Square;
use super::answer::Found;
use super::banner::Banner;
use super::card::{action, lifted};
use super::mended::{Mend, Pieces, spoken};
use super::record::spoken_code;
use crate::domain::portal::PortalEntry;
use crate::domain::short_code;
use crate::web::portal::SiteSettings;
use crate::web::portal::fate::Fate;
use crate::web::portal::frame::{Badge, Frame, Said, body_text, english_text, places};
use crate::web::portal::route::View;
use crate::web::portal::shelf::Shelf;
use crate::web::portal::typeset::shown;
use crate::web::portal::wording::Piece;

/// The most of a list of places.
const PLACES: f64 = 60.0;

#[derive(Template)]
#[template(path = "portal/pages/poster.html")]
pub struct Poster<'a> {
    f: Frame<'a>,
    page: String,
    picture: String,
    body: Said,
    badge: Badge,
    levels: Option<String>,
    kind: String,
    title: Pieces,
    fate: Fate,
    /// What became of the text, with what was corrected in it: a sheet must not spread what is wrong.
    bars: Vec<Bar>,
    bar_lang: Option<&'static str>,
    action: Option<Pieces>,
    facts: Vec<Fact>,
    published: String,
    published_iso: String,
    text: Vec<Pieces>,
    text_lang: Option<&'static str>,
    number: Option<String>,
    code: String,
    link: String,
    square: Option<Square>,
    sheet: Sheet,
}

/// A sentence above the title, and the passage that it speaks of.
struct Bar {
    said: String,
    passage: Pieces,
}

impl Bar {
    fn pieces(&self) -> Pieces {
        let said = Piece::Same(format!("{} ", self.said));
        std::iter::once(said)
            .chain(self.passage.iter().cloned())
            .collect()
    }
}

/// A line under the action.
struct Fact {
    name: &'static str,
    value: String,
    /// In larger type: a number to call.
    is_call: bool,
}

impl<'a> Poster<'a> {
    pub fn new(settings: &'a SiteSettings, shelf: &Shelf, view: View, entry: &PortalEntry) -> Self {
        let page = format!("/b/{}", entry.release);
        let mut f = Frame::new(settings, view, "", &format!("{page}/poster"));
        let fate = Fate::new(f.w, shelf, entry);
        let mend = Mend::of(shelf, entry, view.language);
        let mend = mend.as_ref();
        let named = f.entry_title(entry).text;
        f.title = f.fill(&f.w.poster_of, &[("title", &named)]);
        f.noindex = true;
        let asked = asked(&f, &fate, entry);
        let title = large(mend, named, LONGEST_TITLE, f.w);
        let action = asked.map(|asked| large(mend, asked, LONGEST_ACTION, f.w));
        let bars = bars(&f, shelf, &fate, mend, entry);
        let facts = facts(&f, &fate, entry);
        let body = shown(body_text(view.language, entry));
        let body = body.lines().map(str::trim).filter(|line| !line.is_empty());
        let body: Vec<Pieces> = body
            .map(|line| {
                let marked = mend.and_then(|mend| mend.mark(line));
                marked.unwrap_or_else(|| vec![Piece::Same(line.to_owned())])
            })
            .collect();
        let levels = f.levels(entry);
        let badge = f.badge_of(shelf, entry);
        let kind = f.common.kind(entry.kind).to_owned();
        let issuer = f.body_name(entry);
        let said = |pieces: &Pieces| spoken(pieces, f.w);
        let colon = &f.w.colon;
        let of_facts = facts
            .iter()
            .map(|fact| format!("{}{colon}{}", fact.name, fact.value));
        let tag = length(badge.text) + length(&kind) + 4.0;
        let sheet = Sheet::new(&Parts {
            issuer: &issuer.text,
            tag: tag + levels.as_deref().map_or(0.0, length),
            bars: &bars
                .iter()
                .map(Bar::pieces)
                .map(|bar| said(&bar))
                .collect::<Vec<_>>(),
            title: &said(&title),
            action: action.as_ref().map(said).as_deref(),
            facts: &of_facts.collect::<Vec<_>>(),
            is_void: fate.is_void(),
            is_drill: settings.drill,
            text: &body.iter().map(said).collect::<Vec<_>>(),
            rest: &f.w.poster_rest,
        });
        let link = short_code::link(&settings.base_url, &entry.release);
        let published = f.stamp(entry.published_at, entry);
        Self {
            picture: f.to(&format!("{page}/poster.svg")),
            page: f.to(&page),
            text: picked(&body, &sheet, &f.w.poster_rest),
            text_lang: (!f.is_chinese() && english_text(entry).is_none()).then_some("zh-CN"),
            bar_lang: mend.and_then(|mend| mend.lang(&f)),
            number: entry.text.document_number.clone(),
            code: spoken_code(&entry.hash),
            square: Square::of(&link),
            published: published.text,
            published_iso: published.iso,
            body: issuer,
            badge,
            levels,
            kind,
            title,
            fate,
            bars,
            action,
            facts,
            link,
            sheet,
            f,
        }
    }
}

/// What it asks of people; what was found out about a rumour stands before that.
fn asked(f: &Frame, fate: &Fate, entry: &PortalEntry) -> Option<String> {
    let found = Found::new(f, entry).filter(|_| fate.asks());
    let found = found.map(|found| found.line(f));
    let action = action(f, entry, fate.asks()).map(|action| action.text);
    let both: Vec<String> = [found, action].into_iter().flatten().collect();
    (!both.is_empty()).then(|| both.join(if f.is_chinese() { "" } else { " " }))
}

/// What stands in large type. What is too long for that with its marks stands there as it is right: above it is said what was
/// wrong.
fn large(mend: Option<&Mend>, text: String, most: f64, w: &'static crate::words::Portal) -> Pieces {
    let marked = mend.and_then(|mend| mend.mark(&text));
    if let Some(marked) = marked.filter(|marked| length(&spoken(marked, w)) <= most) {
        return marked;
    }
    let righted = mend.and_then(|mend| mend.righted(&text));
    let mut text = righted.unwrap_or(text);
    cut(&mut text, most);
    vec![Piece::Same(text)]
}

fn bars(
    f: &Frame,
    shelf: &Shelf,
    fate: &Fate,
    mend: Option<&Mend>,
    entry: &PortalEntry,
) -> Vec<Bar> {
    let mut bars = Vec::new();
    if let Some(banner) = Banner::new(f, shelf, entry) {
        bars.push(Bar {
            said: match mend {
                Some(mend) => format!("{} {}", banner.text, mend.heading(f.w)),
                None => banner.text,
            },
            passage: mend.map(Mend::by_itself).unwrap_or_default(),
        });
    }
    let mut lines = Vec::new();
    if fate.asks() {
        lines.extend(lifted(f, shelf.stands_for(entry)));
        lines.extend(f.ended_note(entry));
    }
    if !f.is_chinese() && english_text(entry).is_none() {
        lines.push(f.w.chinese_only.clone());
    }
    bars.extend(lines.into_iter().map(|said| Bar {
        said,
        passage: Pieces::new(),
    }));
    bars
}

fn facts(f: &Frame, fate: &Fate, entry: &PortalEntry) -> Vec<Fact> {
    let mut areas = places(f.view.language, &entry.areas);
    cut(&mut areas, PLACES);
    let until = entry.valid_until.filter(|_| fate.asks());
    let until = until.map(|at| f.stamp(at, entry).text);
    let fact = |name: &'static String, value: Option<String>, is_call| {
        value.filter(|value| !value.is_empty()).map(|value| Fact {
            name,
            value,
            is_call,
        })
    };
    let facts = [
        fact(&f.w.place, Some(areas), false),
        fact(&f.w.valid_until, until, false),
        fact(&f.w.hotline, entry.hotline.clone(), true),
    ];
    facts.into_iter().flatten().collect()
}

/// The lines of `body` that the sheet has room for; the last one says that there is more.
fn picked(body: &[Pieces], sheet: &Sheet, rest: &str) -> Vec<Pieces> {
    let mut out: Vec<Pieces> = Vec::new();
    for line in &sheet.picked.lines {
        let mut pieces = match &line.cut {
            Some(begun) => vec![Piece::Same(begun.clone())],
            None => body.get(line.at).cloned().unwrap_or_default(),
        };
        if line.is_behind_gap {
            pieces.insert(0, Piece::Same("…… ".to_owned()));
        }
        out.push(pieces);
    }
    if sheet.picked.is_cut {
        let rest = Piece::Same(rest.to_owned());
        match out.last_mut() {
            Some(last) => last.push(rest),
            None => out.push(vec![rest]),
        }
    }
    out
}
