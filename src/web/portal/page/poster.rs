//! One sheet for notice boards: who says so, what to do, until when, whom to call, and the way to the whole text.
//!
//! It is one page of A4 whatever the text: `sheet` decides type and what has room, once for the page and the picture, and what
//! has none is read behind the square code. Printing and PDF are the browser's.

mod drawn;
mod lines;
mod measure;
mod pick;
mod sheet;
mod square;

use askama::Template;

use self::lines::{Take, lines_of, picked, rest};
use self::measure::length;
use self::sheet::{LONGEST_ACTION, LONGEST_TITLE, Parts, Sheet, cut};
use self::square::Square;
use super::answer::Found;
use super::asked::{action, binding_line, except, lifted_beside, named_over, standing_orders};
use super::banner::Banner;
use super::mended::{Mend, Pieces, spoken};
use super::record::spoken_code;
use crate::domain::portal::{PortalEntry, Standing};
use crate::domain::short_code;
use crate::web::portal::SiteSettings;
use crate::web::portal::fate::{Fate, Is, Over};
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
    /// What it asked is struck.
    strikes: bool,
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
        let asked = asked(&f, shelf, &fate, entry);
        let marked = mend.and_then(|mend| mend.mark(&named));
        let righted = mend.and_then(|mend| mend.righted(&named));
        let title = large(marked, righted.unwrap_or(named), LONGEST_TITLE, f.w);
        let action = asked.map(|asked| {
            let marked = mend.and_then(|mend| mend.mark_action(&asked));
            let righted = mend.map_or_else(|| asked.clone(), |mend| mend.action_as_now(&asked));
            large(marked, righted, LONGEST_ACTION, f.w)
        });
        let bars = bars(&f, shelf, &fate, mend, entry);
        let facts = facts(&f, shelf, &fate, entry);
        let text = shown(body_text(view.language, entry));
        let levels = f.levels(shelf, entry);
        let badge = f.badge_of(shelf, entry);
        let kind = f.kind(entry);
        let issuer = f.body_name(entry);
        let said = |pieces: &Pieces| spoken(pieces, f.w);
        let colon = &f.w.colon;
        let of_facts = facts
            .iter()
            .map(|fact| format!("{}{colon}{}", fact.name, fact.value));
        let tag = tag(badge.text, &kind, levels.as_deref());
        let of_facts: Vec<String> = of_facts.collect();
        let of_bars = bars.iter().map(Bar::pieces).map(|bar| said(&bar));
        let of_bars: Vec<String> = of_bars.collect();
        let set = |body: &[Pieces]| {
            Sheet::new(&Parts {
                issuer: &issuer.text,
                tag: &tag,
                bars: &of_bars,
                title: &said(&title),
                action: action.as_ref().map(said).as_deref(),
                facts: &of_facts,
                is_void: fate.is_void(),
                is_over: !fate.asks(),
                is_drill: settings.drill,
                text: &body.iter().map(said).collect::<Vec<_>>(),
                rest: &rest(&f, 9),
            })
        };
        let mut body = lines_of(mend, &text, Take::Paragraphs);
        let mut sheet = set(&body);
        for take in [Take::Sentences, Take::WithoutGlosses] {
            if !sheet.picked.is_cut
                || take == Take::WithoutGlosses && sheet.picked.has_all_that_matters
            {
                break;
            }
            body = lines_of(mend, &text, take);
            sheet = set(&body);
        }
        let link = short_code::link(&settings.base_url, &entry.release);
        let published = f.stamp(entry.published_at, entry);
        Self {
            picture: f.to(&format!("{page}/poster.svg")),
            page: f.to(&page),
            text: picked(&body, &sheet, &rest(&f, sheet.picked.shelters_left_out)),
            strikes: fate.is_void()
                || !fate.asks() && (entry.binds || fate.is == Is::Over(Over::Lifted)),
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

impl Poster<'_> {
    /// Whether a line of what it asked is struck: never one with a number that saves lives.
    fn is_struck(&self, pieces: &Pieces) -> bool {
        const EMERGENCY: [&str; 3] = ["110", "119", "120"];
        let has = |number: &str| {
            pieces.iter().any(|piece| {
                let (Piece::Same(text) | Piece::Ours(text) | Piece::Theirs(text)) = piece;
                let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
                words.any(|word| word == number)
            })
        };
        self.strikes && !EMERGENCY.into_iter().any(has)
    }
}

/// What stands with the issuer.
fn tag(badge: &str, kind: &str, levels: Option<&str>) -> String {
    let levels = levels.unwrap_or_default();
    format!("{badge} {kind} {levels}").trim_end().to_owned()
}

/// What it asks of people; what was found out about a rumour stands before that.
fn asked(f: &Frame, shelf: &Shelf, fate: &Fate, entry: &PortalEntry) -> Option<String> {
    let found = Found::new(f, entry).filter(|_| fate.asks());
    let found = found.map(|found| found.line(f));
    let action = action(f, shelf, entry, fate.asks()).map(|action| action.text);
    let both: Vec<String> = [found, action].into_iter().flatten().collect();
    (!both.is_empty()).then(|| both.join(if f.is_chinese() { "" } else { " " }))
}

/// What stands in large type. What is too long for that with its marks stands there as it is right: above it is said what was
/// wrong.
fn large(
    marked: Option<Pieces>,
    mut righted: String,
    most: f64,
    w: &'static crate::words::Portal,
) -> Pieces {
    if let Some(marked) = marked.filter(|marked| length(&spoken(marked, w)) <= most) {
        return marked;
    }
    cut(&mut righted, most);
    vec![Piece::Same(righted)]
}

fn bars(
    f: &Frame,
    shelf: &Shelf,
    fate: &Fate,
    mend: Option<&Mend>,
    entry: &PortalEntry,
) -> Vec<Bar> {
    let mut bars = Vec::new();
    if !fate.asks() && !fate.is_void() {
        bars.push(Bar {
            said: f.w.past_begin.clone(),
            passage: Pieces::new(),
        });
    }
    if let Some(banner) = Banner::new(f, shelf, entry) {
        bars.push(Bar {
            said: match mend {
                Some(mend) => {
                    let said = corrected(f, fate, mend, entry).unwrap_or(banner.text);
                    format!("{said} {}", mend.heading(f.w))
                }
                None => banner.text,
            },
            passage: mend.map(Mend::by_itself).unwrap_or_default(),
        });
    }
    let mut lines = Vec::new();
    if fate.asks() {
        let action = action(f, shelf, entry, true);
        lines.extend(lifted_beside(f, shelf, entry, action.as_ref()));
        lines.extend(standing_orders(f, shelf, entry));
        lines.extend(named_over(f, shelf, entry));
        lines.extend(binding_line(f, shelf, entry));
        // Of what binds on its badge says so.
        lines.extend(f.ended_note(entry).filter(|_| !entry.binds));
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

/// That it was corrected, in fewer words than its page takes: the room is for where to go.
fn corrected(f: &Frame, fate: &Fate, mend: &Mend, entry: &PortalEntry) -> Option<String> {
    let Standing::Corrected { at, .. } = entry.standing else {
        return None;
    };
    let words = match mend.is_in_place() {
        true => &f.w.poster_wrong_marked,
        false => &f.w.poster_wrong_beside,
    };
    let at = f.stamp(at, entry).text;
    fate.asks().then(|| f.fill(words, &[("at", &at)]))
}

fn facts(f: &Frame, shelf: &Shelf, fate: &Fate, entry: &PortalEntry) -> Vec<Fact> {
    let mut areas = places(f.view.language, &entry.areas);
    cut(&mut areas, PLACES);
    if let Some(except) = except(f, shelf, entry).filter(|_| fate.asks()) {
        areas.push_str(&except);
    }
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
